/* Generated from exokernel/abi.ts by tools/generate-abi.mjs. Do not edit. */
#ifndef EXO_CALLS_H
#define EXO_CALLS_H

#include "exo_abi.h"

/*
 * Creates an environment that owns nothing, runs nothing and has one capability: itself in slot 0, derived from its creator's.
 *   creator: capability of kind environments with CONTROL
 *   destination: empty slot for the new environment's capability
 * Returns the new environment's id.
 */
int exo_env_create(exo_slot creator, exo_slot destination);

/*
 * Destroys an environment; everything it owns is freed and all that descends from its capabilities is revoked.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 * Returns 0 (never, when it destroys itself).
 */
int exo_env_destroy(exo_slot environment);

/*
 * Registers where the kernel enters an environment for one cause.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   entry: which entry (EXO_ENTRY_...; exceptions by cause)
 *   pc: where the kernel enters, 2-byte aligned; 0 removes the entry
 * Returns 0.
 */
int exo_env_set_entry(exo_slot environment, uint32_t entry, uintptr_t pc);

/*
 * Writes one of the sixteen words of an environment's record that are the libOS's own (word 0: exit status).
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   index: 0..15
 *   value: any word; the kernel never reads it
 * Returns 0.
 */
int exo_env_set_word(exo_slot environment, uint32_t index, uint32_t value);

/*
 * Makes a created environment ready to run; it runs when it has a slice or is donated one.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   pc: where it starts, 2-byte aligned
 *   argument: its a0; every other register is zero
 * Returns 0.
 */
int exo_env_start(exo_slot environment, uintptr_t pc, uint32_t argument);

/*
 * Moves a part of the caller's quota to an environment that it controls. Both must have one; each keeps what it is charged with.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   pages: how many; negative takes back
 * Returns 0.
 */
int exo_quota_move(exo_slot environment, uint32_t pages);

/*
 * Says which image an environment now runs, so that a debugger can bind symbols to it.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   address: of a struct exo_image in its own memory
 * Returns 0.
 */
int exo_env_publish(exo_slot environment, uintptr_t address);

/*
 * Makes a weaker or equal capability below an existing one in the derivation tree.
 *   from: slot of the environment that holds the source; 0 is the caller
 *   source: the source
 *   to: slot of the environment that receives; 0 is the caller
 *   destination: empty slot there
 *   rights: a subset of the source's rights
 * Returns 0.
 */
int exo_cap_derive(exo_slot from, exo_slot source, exo_slot to, exo_slot destination, exo_rights rights);

/*
 * Offers a capability to one environment; the offer stands until it is accepted, withdrawn or revoked.
 *   source: the capability, which needs GRANT
 *   receiver: id of the environment that may accept; 0 withdraws the offer
 *   rights: what the receiver will get
 * Returns 0.
 */
int exo_cap_offer(exo_slot source, exo_env receiver, exo_rights rights);

/*
 * Accepts an offer: a capability derived from the giver's appears in the caller's table, once.
 *   giver: id of the environment that offers
 *   source: the giver's slot
 *   destination: empty slot of the caller
 * Returns the rights received.
 */
int exo_cap_accept(exo_env giver, exo_slot source, exo_slot destination);

/*
 * Removes everything derived from a capability, in whatever environment; each loser is told who and why.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   source: whose descendants go
 * Returns how many capabilities were removed.
 */
int exo_cap_revoke(exo_slot environment, exo_slot source);

/*
 * Removes a capability and everything derived from it. An owner's capability is freed instead (page_free, slice_free).
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   source: the capability
 * Returns 0.
 */
int exo_cap_delete(exo_slot environment, exo_slot source);

/*
 * Takes rights from a capability and from all of its kind that descends from it; bindings that have more are broken.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   source: the capability
 *   rights: what is left; a subset of what it has
 * Returns how many capabilities lost rights.
 */
int exo_cap_restrict(exo_slot environment, exo_slot source, exo_rights rights);

/*
 * Allocates a free physical page, by name or any. Its contents are zero.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   memory: capability of kind memory with CONTROL
 *   frame: a physical page's number, or EXO_ANY
 *   destination: empty slot for the page's capability
 * Returns the physical page's number.
 */
int exo_page_alloc(exo_slot environment, exo_slot memory, uint32_t frame, exo_slot destination);

/*
 * Frees a page by its owner: bindings are broken, derived capabilities revoked, contents cleared.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   page: the owner's capability
 * Returns 0.
 */
int exo_page_free(exo_slot environment, exo_slot page);

/*
 * Binds a virtual page to a physical page: the check is made now, use is unchecked after.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   address: virtual, page-aligned
 *   page: capability of kind page
 *   rights: READ, WRITE, EXECUTE: a subset of the capability's; WRITE needs READ
 * Returns 0.
 */
int exo_bind(exo_slot environment, uintptr_t address, exo_slot page, exo_rights rights);

/*
 * Removes a binding from the software TLB, the guaranteed mappings and the TLB.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   address: virtual, page-aligned
 * Returns 0 (also when nothing was bound).
 */
int exo_unbind(exo_slot environment, uintptr_t address);

/*
 * As bind, but the kernel itself refills it for ever (at most 20), so that a fault handler can always run.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   address: virtual, page-aligned
 *   page: capability of kind page
 *   rights: READ, WRITE, EXECUTE: a subset of the capability's; WRITE needs READ
 * Returns 0.
 */
int exo_bind_guaranteed(exo_slot environment, uintptr_t address, exo_slot page, exo_rights rights);

/*
 * Binds and unbinds as bind and unbind do, as a list says. All of it is checked first: either everything is done or nothing.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   page: capability of kind page with READ: where the list is
 *   offset: of the list in that page, a multiple of 4
 *   count: how many struct exo_binding, 1..64
 * Returns the count.
 */
int exo_bind_batch(exo_slot environment, exo_slot page, uint32_t offset, uint32_t count);

/*
 * Allocates pages, any that are free, into neighbouring slots: all of them or none.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   memory: capability of kind memory with CONTROL
 *   count: pages, 1..64
 *   destination: the first of so many empty slots
 * Returns the count.
 */
int exo_page_alloc_batch(exo_slot environment, exo_slot memory, uint32_t count, exo_slot destination);

/*
 * Binds a page of the kernel's own records, to be read: not a copy, but what decides.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   address: virtual, page-aligned
 *   state: capability of kind state with READ
 *   frame: a page of the kernel's that is exposed; page 0 says where the others are
 * Returns 0.
 */
int exo_bind_state(exo_slot environment, uintptr_t address, exo_slot state, uint32_t frame);

/*
 * Reads and clears the dirty and referenced bits of a page. What a device writes makes no page dirty.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   page: the owner's capability
 *   clear: which bits to clear: 1 dirty, 2 referenced
 * Returns the bits as they were.
 */
int exo_page_bits(exo_slot environment, exo_slot page, uint32_t clear);

/*
 * Guarantees pages to an environment: they are never taken by force, and there when it allocates them.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   memory: capability of kind memory with WRITE
 *   pages: how many, its tables among them; 0: none
 * Returns 0.
 */
int exo_memory_guarantee(exo_slot environment, exo_slot memory, uint32_t pages);

/*
 * Limits the pages that an environment may be charged with.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   memory: capability of kind memory with WRITE
 *   pages: how many, its tables among them; 0: no quota
 * Returns 0.
 */
int exo_quota_set(exo_slot environment, exo_slot memory, uint32_t pages);

/*
 * Allocates a slot of the slice vector, by position or any.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   processor: capability of kind processor with CONTROL
 *   position: in the slice vector, or EXO_ANY
 *   destination: empty slot for the slice's capability
 * Returns the position.
 */
int exo_slice_alloc(exo_slot environment, exo_slot processor, uint32_t position, exo_slot destination);

/*
 * Gives a slot of the slice vector back.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   slice: the owner's capability
 * Returns 0.
 */
int exo_slice_free(exo_slot environment, exo_slot slice);

/*
 * Gives up the rest of this slice.
 *   target: id of who runs for the rest of this slice; 0: the next slice
 * Returns 0, when it runs again.
 */
int exo_yield(exo_env target);

/*
 * Yields, and takes no slices until an upcall is pending for the caller.
 * Returns 0, when an upcall has become pending.
 */
int exo_sleep(void);

/*
 * Gives up the processor and the context: the caller next runs at one of its entries.
 * Returns does not return.
 */
int exo_rest(void);

/*
 * Sleeps as sleep does, until a predicate over memory words and the clock holds: products of terms, of which one must hold. Who saves its own registers finds the result in utval at the begin of its slice.
 *   page: capability of kind page with READ: where the predicate is
 *   offset: of the predicate in that page, a multiple of 4
 *   count: how many struct exo_term, 1..8
 * Returns the number of the product that holds, from 1; 0: an upcall is pending; EXO_E_CAP: a page of it is lost.
 */
int exo_sleep_until(exo_slot page, uint32_t offset, uint32_t count);

/*
 * Synchronous protected control transfer to the environment named in t6; a reply when that one waits for the caller.
 *   target: the environment to enter; it and the words arrive there in a0..a6
 * Returns an error, or nothing: the reply arrives at the caller's transfer entry.
 */
int exo_transfer_sync(exo_env target, uint32_t word1, uint32_t word2, uint32_t word3, uint32_t word4, uint32_t word5, uint32_t word6);

/*
 * Asynchronous protected control transfer to the environment named in t6: donates the rest of this slice.
 *   target: the environment to enter; it and the words arrive there in a0..a6
 * Returns an error, or 0 when the caller runs again.
 */
int exo_transfer_async(exo_env target, uint32_t word1, uint32_t word2, uint32_t word3, uint32_t word4, uint32_t word5, uint32_t word6);

/*
 * Writes up to twenty raw bytes, which travel in registers: the kernel reads no memory of the guest.
 *   console: capability of kind console with WRITE
 *   count: bytes, 0..20
 *   bytes0: bytes 0-3, little endian
 *   bytes4: bytes 4-7
 *   bytes8: bytes 8-11
 *   bytes12: bytes 12-15
 *   bytes16: bytes 16-19
 * Returns the count.
 */
int exo_console_write(exo_slot console, uint32_t count, uint32_t bytes0, uint32_t bytes4, uint32_t bytes8, uint32_t bytes12, uint32_t bytes16);

/*
 * Takes one raw byte of input; the console upcall says when there is one.
 *   console: capability of kind console with READ
 * Returns one byte, or EXO_E_AGAIN.
 */
int exo_console_read(exo_slot console);

/*
 * Takes the oldest entry of the caller's repossession vector, which records every loss by force.
 * Returns the kind of what was taken, or EXO_E_AGAIN; a1: resource, a2: who took it, a3: why, a4: the slot it was in, a5: where it was saved (1 + sector) or 0.
 */
int exo_repossession_next(struct exo_repossession_next *more);

/*
 * Says what the caller is asked to give back: pages, slices, or sectors of extents. It chooses which.
 * Returns the kind of what is asked for, or EXO_E_AGAIN; a1: how many, a2: steps that are left, a3: 1 asked, 2 insisted, a4: who asks (0: the kernel).
 */
int exo_revocation_next(struct exo_revocation_next *more);

/*
 * Asks an environment to give something back, in the kernel's name: it will insist, and then take by force.
 *   resource: capability of kind memory, processor or disk with WRITE
 *   target: id of the environment that is asked
 *   count: pages, slices or sectors
 * Returns 0.
 */
int exo_revoke_ask(exo_slot resource, exo_env target, uint32_t count);

/*
 * Names the environment that chooses who gives something back in a shortage.
 *   memory: capability of kind memory with WRITE
 *   target: id of the environment that chooses; 0: the default rule does
 * Returns 0.
 */
int exo_arbiter_set(exo_slot memory, exo_env target);

/*
 * Says what the arbiter is asked.
 * Returns the kind of what is short, or EXO_E_AGAIN; a1: how many are wanted, a2: who has most above its guarantee, a3: how many.
 */
int exo_arbiter_info(struct exo_arbiter_info *more);

/*
 * The arbiter's answer. What it has not chosen by its deadline, the default rule does.
 *   target: id of the environment that is to give
 *   count: how many; at most what it has above its guarantee
 * Returns how many are still wanted.
 */
int exo_arbiter_choose(exo_env target, uint32_t count);

/*
 * Pre-loads the repossession vector: what the kernel takes by force is saved there first.
 *   extent: capability of kind extent with WRITE
 *   sector: the first one, counted from the begin of the extent
 *   pages: how many pages may be saved there, eight sectors each; 0: none
 * Returns 0.
 */
int exo_save_place(exo_slot extent, uint32_t sector, uint32_t pages);

/*
 * Allocates sectors of the disk that are free, by name or any. Their contents are what they were: it is by name that a program finds its data again.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   disk: capability of kind disk with CONTROL
 *   first: the first sector, or EXO_ANY
 *   count: sectors, at least 1
 *   destination: empty slot for the extent's capability
 * Returns the first sector.
 */
int exo_extent_alloc(exo_slot environment, exo_slot disk, uint32_t first, uint32_t count, exo_slot destination);

/*
 * Gives an extent back: derived capabilities are revoked, the contents stay on the disk.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   extent: the owner's capability
 * Returns 0.
 */
int exo_extent_free(exo_slot environment, exo_slot extent);

/*
 * Says which sectors of the disk an extent is.
 *   extent: capability of kind extent
 * Returns how many sectors it has; a1: the first one on the disk.
 */
int exo_extent_info(exo_slot extent, struct exo_extent_info *more);

/*
 * Asks for sectors; they are in the page when the completion is there. The page must still be the caller's then, or nothing is written.
 *   extent: capability of kind extent with READ
 *   sector: the first one, counted from the begin of the extent
 *   count: sectors, 1..8
 *   page: capability of kind page with WRITE
 *   offset: in bytes from the page's begin, a multiple of 512
 *   tag: any word; comes back with the completion
 * Returns 0.
 */
int exo_disk_read(exo_slot extent, uint32_t sector, uint32_t count, exo_slot page, uint32_t offset, uint32_t tag);

/*
 * Asks to write sectors; the data is taken from the page now. Complete means in the disk's volatile cache: only a barrier brings it to the platter.
 *   extent: capability of kind extent with WRITE
 *   sector: the first one, counted from the begin of the extent
 *   count: sectors, 1..8
 *   page: capability of kind page with READ
 *   offset: in bytes from the page's begin, a multiple of 512
 *   tag: any word; comes back with the completion
 * Returns 0.
 */
int exo_disk_write(exo_slot extent, uint32_t sector, uint32_t count, exo_slot page, uint32_t offset, uint32_t tag);

/*
 * Completes when every write that the disk accepted before it is on the platter.
 *   extent: capability of kind extent with WRITE
 *   tag: any word; comes back with the completion
 * Returns 0.
 */
int exo_disk_barrier(exo_slot extent, uint32_t tag);

/*
 * Takes the oldest completion of the caller's disk requests; the disk upcall says when there is one.
 * Returns 0, or EXO_E_AGAIN; a1: the tag, a2: 0, or the error of a request that did nothing (EXO_E_CAP: the page was lost meanwhile).
 */
int exo_disk_next(struct exo_disk_next *more);

/*
 * Says how large the disk is.
 *   disk: capability of kind disk
 * Returns how many sectors of 512 bytes the disk has; a1: how many of them are in no extent.
 */
int exo_disk_info(exo_slot disk, struct exo_disk_info *more);

/*
 * Sends a frame, whose bytes are taken from the page now. It leaves later; EXO_E_BUSY while the interface's queue is full.
 *   network: capability of kind network with WRITE
 *   page: capability of kind page with READ
 *   offset: in bytes from the page's begin
 *   length: of the frame in bytes, 1..1514
 * Returns 0.
 */
int exo_network_send(exo_slot network, exo_slot page, uint32_t offset, uint32_t length);

/*
 * Inserts a packet filter: a frame for which every term holds is the filter's. The right to receive is checked now and not at each packet, so a filter that some frame would match together with another's is refused.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   network: capability of kind network with READ
 *   page: capability of kind page with READ, where the terms are
 *   offset: of the first struct exo_filter_term there, a multiple of 4
 *   count: terms, 1..8
 *   over: capability of another's filter that this one may overlap; 0: none
 *   destination: empty slot for the filter's capability
 * Returns the filter's number.
 */
int exo_filter_insert(exo_slot environment, exo_slot network, exo_slot page, uint32_t offset, uint32_t count, exo_slot over, exo_slot destination);

/*
 * Removes a filter, and with it the filters that others inserted over it.
 *   environment: slot of the environment on whose behalf; 0 is the caller itself
 *   filter: the owner's capability
 * Returns 0.
 */
int exo_filter_remove(exo_slot environment, exo_slot filter);

/*
 * Says where the kernel puts a filter's frames: a struct exo_ring at the begin of the first page, which this call makes empty. Without a ring frames are dropped.
 *   filter: the owner's capability
 *   page: capability of kind page with READ and WRITE; further pages are in the slots after it
 *   count: pages, 1..4; 0 takes the ring away
 * Returns the bytes that the ring has for frames.
 */
int exo_ring_set(exo_slot filter, exo_slot page, uint32_t count);

/*
 * Says the interface's address and what it has counted (31 bits of it).
 *   network: capability of kind network
 * Returns how many frames arrived; a1: the interface's address, octets 0-3, a2: octets 4-5, a3: how many frames were sent, a4: how many arrived for no filter.
 */
int exo_network_info(exo_slot network, struct exo_network_info *more);

#endif
