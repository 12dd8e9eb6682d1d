/* Generated from exokernel/abi.ts by tools/generate-abi.mjs. Do not edit. */
#include "exo_abi.h"

  .cfi_sections .debug_frame
  .section .exo.text, "ax", @progbits

/* Creates an environment that owns nothing, runs nothing and has one capability: itself in slot 0, derived from its creator's. */
  .weak exo_env_create
  .type exo_env_create, @function
exo_env_create:
  .cfi_startproc
  li a7, EXO_CALL_ENV_CREATE
  ecall
  ret
  .cfi_endproc
  .size exo_env_create, . - exo_env_create

/* Destroys an environment; everything it owns is freed and all that descends from its capabilities is revoked. */
  .weak exo_env_destroy
  .type exo_env_destroy, @function
exo_env_destroy:
  .cfi_startproc
  li a7, EXO_CALL_ENV_DESTROY
  ecall
  ret
  .cfi_endproc
  .size exo_env_destroy, . - exo_env_destroy

/* Registers where the kernel enters an environment for one cause. */
  .weak exo_env_set_entry
  .type exo_env_set_entry, @function
exo_env_set_entry:
  .cfi_startproc
  li a7, EXO_CALL_ENV_SET_ENTRY
  ecall
  ret
  .cfi_endproc
  .size exo_env_set_entry, . - exo_env_set_entry

/* Writes one of the sixteen words of an environment's record that are the libOS's own (word 0: exit status). */
  .weak exo_env_set_word
  .type exo_env_set_word, @function
exo_env_set_word:
  .cfi_startproc
  li a7, EXO_CALL_ENV_SET_WORD
  ecall
  ret
  .cfi_endproc
  .size exo_env_set_word, . - exo_env_set_word

/* Makes a created environment ready to run; it runs when it has a slice or is donated one. */
  .weak exo_env_start
  .type exo_env_start, @function
exo_env_start:
  .cfi_startproc
  li a7, EXO_CALL_ENV_START
  ecall
  ret
  .cfi_endproc
  .size exo_env_start, . - exo_env_start

/* Moves a part of the caller's quota to an environment that it controls. Both must have one; each keeps what it is charged with. */
  .weak exo_quota_move
  .type exo_quota_move, @function
exo_quota_move:
  .cfi_startproc
  li a7, EXO_CALL_QUOTA_MOVE
  ecall
  ret
  .cfi_endproc
  .size exo_quota_move, . - exo_quota_move

/* Says which image an environment now runs, so that a debugger can bind symbols to it. */
  .weak exo_env_publish
  .type exo_env_publish, @function
exo_env_publish:
  .cfi_startproc
  li a7, EXO_CALL_ENV_PUBLISH
  ecall
  ret
  .cfi_endproc
  .size exo_env_publish, . - exo_env_publish

/* Makes a weaker or equal capability below an existing one in the derivation tree. */
  .weak exo_cap_derive
  .type exo_cap_derive, @function
exo_cap_derive:
  .cfi_startproc
  li a7, EXO_CALL_CAP_DERIVE
  ecall
  ret
  .cfi_endproc
  .size exo_cap_derive, . - exo_cap_derive

/* Offers a capability to one environment; the offer stands until it is accepted, withdrawn or revoked. */
  .weak exo_cap_offer
  .type exo_cap_offer, @function
exo_cap_offer:
  .cfi_startproc
  li a7, EXO_CALL_CAP_OFFER
  ecall
  ret
  .cfi_endproc
  .size exo_cap_offer, . - exo_cap_offer

/* Accepts an offer: a capability derived from the giver's appears in the caller's table, once. */
  .weak exo_cap_accept
  .type exo_cap_accept, @function
exo_cap_accept:
  .cfi_startproc
  li a7, EXO_CALL_CAP_ACCEPT
  ecall
  ret
  .cfi_endproc
  .size exo_cap_accept, . - exo_cap_accept

/* Removes everything derived from a capability, in whatever environment; each loser is told who and why. */
  .weak exo_cap_revoke
  .type exo_cap_revoke, @function
exo_cap_revoke:
  .cfi_startproc
  li a7, EXO_CALL_CAP_REVOKE
  ecall
  ret
  .cfi_endproc
  .size exo_cap_revoke, . - exo_cap_revoke

/* Removes a capability and everything derived from it. An owner's capability is freed instead (page_free, slice_free). */
  .weak exo_cap_delete
  .type exo_cap_delete, @function
exo_cap_delete:
  .cfi_startproc
  li a7, EXO_CALL_CAP_DELETE
  ecall
  ret
  .cfi_endproc
  .size exo_cap_delete, . - exo_cap_delete

/* Takes rights from a capability and from all of its kind that descends from it; bindings that have more are broken. */
  .weak exo_cap_restrict
  .type exo_cap_restrict, @function
exo_cap_restrict:
  .cfi_startproc
  li a7, EXO_CALL_CAP_RESTRICT
  ecall
  ret
  .cfi_endproc
  .size exo_cap_restrict, . - exo_cap_restrict

/* Allocates a free physical page, by name or any. Its contents are zero. */
  .weak exo_page_alloc
  .type exo_page_alloc, @function
exo_page_alloc:
  .cfi_startproc
  li a7, EXO_CALL_PAGE_ALLOC
  ecall
  ret
  .cfi_endproc
  .size exo_page_alloc, . - exo_page_alloc

/* Frees a page by its owner: bindings are broken, derived capabilities revoked, contents cleared. */
  .weak exo_page_free
  .type exo_page_free, @function
exo_page_free:
  .cfi_startproc
  li a7, EXO_CALL_PAGE_FREE
  ecall
  ret
  .cfi_endproc
  .size exo_page_free, . - exo_page_free

/* Binds a virtual page to a physical page: the check is made now, use is unchecked after. */
  .weak exo_bind
  .type exo_bind, @function
exo_bind:
  .cfi_startproc
  li a7, EXO_CALL_BIND
  ecall
  ret
  .cfi_endproc
  .size exo_bind, . - exo_bind

/* Removes a binding from the software TLB, the guaranteed mappings and the TLB. */
  .weak exo_unbind
  .type exo_unbind, @function
exo_unbind:
  .cfi_startproc
  li a7, EXO_CALL_UNBIND
  ecall
  ret
  .cfi_endproc
  .size exo_unbind, . - exo_unbind

/* As bind, but the kernel itself refills it for ever (at most 20), so that a fault handler can always run. */
  .weak exo_bind_guaranteed
  .type exo_bind_guaranteed, @function
exo_bind_guaranteed:
  .cfi_startproc
  li a7, EXO_CALL_BIND_GUARANTEED
  ecall
  ret
  .cfi_endproc
  .size exo_bind_guaranteed, . - exo_bind_guaranteed

/* Binds and unbinds as bind and unbind do, as a list says. All of it is checked first: either everything is done or nothing. */
  .weak exo_bind_batch
  .type exo_bind_batch, @function
exo_bind_batch:
  .cfi_startproc
  li a7, EXO_CALL_BIND_BATCH
  ecall
  ret
  .cfi_endproc
  .size exo_bind_batch, . - exo_bind_batch

/* Allocates pages, any that are free, into neighbouring slots: all of them or none. */
  .weak exo_page_alloc_batch
  .type exo_page_alloc_batch, @function
exo_page_alloc_batch:
  .cfi_startproc
  li a7, EXO_CALL_PAGE_ALLOC_BATCH
  ecall
  ret
  .cfi_endproc
  .size exo_page_alloc_batch, . - exo_page_alloc_batch

/* Binds a page of the kernel's own records, to be read: not a copy, but what decides. */
  .weak exo_bind_state
  .type exo_bind_state, @function
exo_bind_state:
  .cfi_startproc
  li a7, EXO_CALL_BIND_STATE
  ecall
  ret
  .cfi_endproc
  .size exo_bind_state, . - exo_bind_state

/* Reads and clears the dirty and referenced bits of a page. What a device writes makes no page dirty. */
  .weak exo_page_bits
  .type exo_page_bits, @function
exo_page_bits:
  .cfi_startproc
  li a7, EXO_CALL_PAGE_BITS
  ecall
  ret
  .cfi_endproc
  .size exo_page_bits, . - exo_page_bits

/* Guarantees pages to an environment: they are never taken by force, and there when it allocates them. */
  .weak exo_memory_guarantee
  .type exo_memory_guarantee, @function
exo_memory_guarantee:
  .cfi_startproc
  li a7, EXO_CALL_MEMORY_GUARANTEE
  ecall
  ret
  .cfi_endproc
  .size exo_memory_guarantee, . - exo_memory_guarantee

/* Limits the pages that an environment may be charged with. */
  .weak exo_quota_set
  .type exo_quota_set, @function
exo_quota_set:
  .cfi_startproc
  li a7, EXO_CALL_QUOTA_SET
  ecall
  ret
  .cfi_endproc
  .size exo_quota_set, . - exo_quota_set

/* Allocates a slot of the slice vector, by position or any. */
  .weak exo_slice_alloc
  .type exo_slice_alloc, @function
exo_slice_alloc:
  .cfi_startproc
  li a7, EXO_CALL_SLICE_ALLOC
  ecall
  ret
  .cfi_endproc
  .size exo_slice_alloc, . - exo_slice_alloc

/* Gives a slot of the slice vector back. */
  .weak exo_slice_free
  .type exo_slice_free, @function
exo_slice_free:
  .cfi_startproc
  li a7, EXO_CALL_SLICE_FREE
  ecall
  ret
  .cfi_endproc
  .size exo_slice_free, . - exo_slice_free

/* Gives up the rest of this slice. */
  .weak exo_yield
  .type exo_yield, @function
exo_yield:
  .cfi_startproc
  li a7, EXO_CALL_YIELD
  ecall
  ret
  .cfi_endproc
  .size exo_yield, . - exo_yield

/* Yields, and takes no slices until an upcall is pending for the caller. */
  .weak exo_sleep
  .type exo_sleep, @function
exo_sleep:
  .cfi_startproc
  li a7, EXO_CALL_SLEEP
  ecall
  ret
  .cfi_endproc
  .size exo_sleep, . - exo_sleep

/* Gives up the processor and the context: the caller next runs at one of its entries. */
  .weak exo_rest
  .type exo_rest, @function
exo_rest:
  .cfi_startproc
  li a7, EXO_CALL_REST
  ecall
  ret
  .cfi_endproc
  .size exo_rest, . - exo_rest

/* Sleeps as sleep does, until a predicate over memory words and the clock holds: products of terms, of which one must hold. Who saves its own registers finds the result in utval at the begin of its slice. */
  .weak exo_sleep_until
  .type exo_sleep_until, @function
exo_sleep_until:
  .cfi_startproc
  li a7, EXO_CALL_SLEEP_UNTIL
  ecall
  ret
  .cfi_endproc
  .size exo_sleep_until, . - exo_sleep_until

/* Synchronous protected control transfer to the environment named in t6; a reply when that one waits for the caller. */
  .weak exo_transfer_sync
  .type exo_transfer_sync, @function
exo_transfer_sync:
  .cfi_startproc
  mv t6, a0
  li a7, EXO_CALL_TRANSFER_SYNC
  ecall
  ret
  .cfi_endproc
  .size exo_transfer_sync, . - exo_transfer_sync

/* Asynchronous protected control transfer to the environment named in t6: donates the rest of this slice. */
  .weak exo_transfer_async
  .type exo_transfer_async, @function
exo_transfer_async:
  .cfi_startproc
  mv t6, a0
  li a7, EXO_CALL_TRANSFER_ASYNC
  ecall
  ret
  .cfi_endproc
  .size exo_transfer_async, . - exo_transfer_async

/* Writes up to twenty raw bytes, which travel in registers: the kernel reads no memory of the guest. */
  .weak exo_console_write
  .type exo_console_write, @function
exo_console_write:
  .cfi_startproc
  li a7, EXO_CALL_CONSOLE_WRITE
  ecall
  ret
  .cfi_endproc
  .size exo_console_write, . - exo_console_write

/* Takes one raw byte of input; the console upcall says when there is one. */
  .weak exo_console_read
  .type exo_console_read, @function
exo_console_read:
  .cfi_startproc
  li a7, EXO_CALL_CONSOLE_READ
  ecall
  ret
  .cfi_endproc
  .size exo_console_read, . - exo_console_read

/* Takes the oldest entry of the caller's repossession vector, which records every loss by force. */
  .weak exo_repossession_next
  .type exo_repossession_next, @function
exo_repossession_next:
  .cfi_startproc
  mv t0, a0
  li a7, EXO_CALL_REPOSSESSION_NEXT
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
  sw a2, 4(t0)
  sw a3, 8(t0)
  sw a4, 12(t0)
  sw a5, 16(t0)
1:
  ret
  .cfi_endproc
  .size exo_repossession_next, . - exo_repossession_next

/* Says what the caller is asked to give back: pages, slices, or sectors of extents. It chooses which. */
  .weak exo_revocation_next
  .type exo_revocation_next, @function
exo_revocation_next:
  .cfi_startproc
  mv t0, a0
  li a7, EXO_CALL_REVOCATION_NEXT
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
  sw a2, 4(t0)
  sw a3, 8(t0)
  sw a4, 12(t0)
1:
  ret
  .cfi_endproc
  .size exo_revocation_next, . - exo_revocation_next

/* Asks an environment to give something back, in the kernel's name: it will insist, and then take by force. */
  .weak exo_revoke_ask
  .type exo_revoke_ask, @function
exo_revoke_ask:
  .cfi_startproc
  li a7, EXO_CALL_REVOKE_ASK
  ecall
  ret
  .cfi_endproc
  .size exo_revoke_ask, . - exo_revoke_ask

/* Names the environment that chooses who gives something back in a shortage. */
  .weak exo_arbiter_set
  .type exo_arbiter_set, @function
exo_arbiter_set:
  .cfi_startproc
  li a7, EXO_CALL_ARBITER_SET
  ecall
  ret
  .cfi_endproc
  .size exo_arbiter_set, . - exo_arbiter_set

/* Says what the arbiter is asked. */
  .weak exo_arbiter_info
  .type exo_arbiter_info, @function
exo_arbiter_info:
  .cfi_startproc
  mv t0, a0
  li a7, EXO_CALL_ARBITER_INFO
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
  sw a2, 4(t0)
  sw a3, 8(t0)
1:
  ret
  .cfi_endproc
  .size exo_arbiter_info, . - exo_arbiter_info

/* The arbiter's answer. What it has not chosen by its deadline, the default rule does. */
  .weak exo_arbiter_choose
  .type exo_arbiter_choose, @function
exo_arbiter_choose:
  .cfi_startproc
  li a7, EXO_CALL_ARBITER_CHOOSE
  ecall
  ret
  .cfi_endproc
  .size exo_arbiter_choose, . - exo_arbiter_choose

/* Pre-loads the repossession vector: what the kernel takes by force is saved there first. */
  .weak exo_save_place
  .type exo_save_place, @function
exo_save_place:
  .cfi_startproc
  li a7, EXO_CALL_SAVE_PLACE
  ecall
  ret
  .cfi_endproc
  .size exo_save_place, . - exo_save_place

/* Allocates sectors of the disk that are free, by name or any. Their contents are what they were: it is by name that a program finds its data again. */
  .weak exo_extent_alloc
  .type exo_extent_alloc, @function
exo_extent_alloc:
  .cfi_startproc
  li a7, EXO_CALL_EXTENT_ALLOC
  ecall
  ret
  .cfi_endproc
  .size exo_extent_alloc, . - exo_extent_alloc

/* Gives an extent back: derived capabilities are revoked, the contents stay on the disk. */
  .weak exo_extent_free
  .type exo_extent_free, @function
exo_extent_free:
  .cfi_startproc
  li a7, EXO_CALL_EXTENT_FREE
  ecall
  ret
  .cfi_endproc
  .size exo_extent_free, . - exo_extent_free

/* Says which sectors of the disk an extent is. */
  .weak exo_extent_info
  .type exo_extent_info, @function
exo_extent_info:
  .cfi_startproc
  mv t0, a1
  li a7, EXO_CALL_EXTENT_INFO
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
1:
  ret
  .cfi_endproc
  .size exo_extent_info, . - exo_extent_info

/* Asks for sectors; they are in the page when the completion is there. The page must still be the caller's then, or nothing is written. */
  .weak exo_disk_read
  .type exo_disk_read, @function
exo_disk_read:
  .cfi_startproc
  li a7, EXO_CALL_DISK_READ
  ecall
  ret
  .cfi_endproc
  .size exo_disk_read, . - exo_disk_read

/* Asks to write sectors; the data is taken from the page now. Complete means in the disk's volatile cache: only a barrier brings it to the platter. */
  .weak exo_disk_write
  .type exo_disk_write, @function
exo_disk_write:
  .cfi_startproc
  li a7, EXO_CALL_DISK_WRITE
  ecall
  ret
  .cfi_endproc
  .size exo_disk_write, . - exo_disk_write

/* Completes when every write that the disk accepted before it is on the platter. */
  .weak exo_disk_barrier
  .type exo_disk_barrier, @function
exo_disk_barrier:
  .cfi_startproc
  li a7, EXO_CALL_DISK_BARRIER
  ecall
  ret
  .cfi_endproc
  .size exo_disk_barrier, . - exo_disk_barrier

/* Takes the oldest completion of the caller's disk requests; the disk upcall says when there is one. */
  .weak exo_disk_next
  .type exo_disk_next, @function
exo_disk_next:
  .cfi_startproc
  mv t0, a0
  li a7, EXO_CALL_DISK_NEXT
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
  sw a2, 4(t0)
1:
  ret
  .cfi_endproc
  .size exo_disk_next, . - exo_disk_next

/* Says how large the disk is. */
  .weak exo_disk_info
  .type exo_disk_info, @function
exo_disk_info:
  .cfi_startproc
  mv t0, a1
  li a7, EXO_CALL_DISK_INFO
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
1:
  ret
  .cfi_endproc
  .size exo_disk_info, . - exo_disk_info

/* Sends a frame, whose bytes are taken from the page now. It leaves later; EXO_E_BUSY while the interface's queue is full. */
  .weak exo_network_send
  .type exo_network_send, @function
exo_network_send:
  .cfi_startproc
  li a7, EXO_CALL_NETWORK_SEND
  ecall
  ret
  .cfi_endproc
  .size exo_network_send, . - exo_network_send

/* Inserts a packet filter: a frame for which every term holds is the filter's. The right to receive is checked now and not at each packet, so a filter that some frame would match together with another's is refused. */
  .weak exo_filter_insert
  .type exo_filter_insert, @function
exo_filter_insert:
  .cfi_startproc
  li a7, EXO_CALL_FILTER_INSERT
  ecall
  ret
  .cfi_endproc
  .size exo_filter_insert, . - exo_filter_insert

/* Removes a filter, and with it the filters that others inserted over it. */
  .weak exo_filter_remove
  .type exo_filter_remove, @function
exo_filter_remove:
  .cfi_startproc
  li a7, EXO_CALL_FILTER_REMOVE
  ecall
  ret
  .cfi_endproc
  .size exo_filter_remove, . - exo_filter_remove

/* Says where the kernel puts a filter's frames: a struct exo_ring at the begin of the first page, which this call makes empty. Without a ring frames are dropped. */
  .weak exo_ring_set
  .type exo_ring_set, @function
exo_ring_set:
  .cfi_startproc
  li a7, EXO_CALL_RING_SET
  ecall
  ret
  .cfi_endproc
  .size exo_ring_set, . - exo_ring_set

/* Says the interface's address and what it has counted (31 bits of it). */
  .weak exo_network_info
  .type exo_network_info, @function
exo_network_info:
  .cfi_startproc
  mv t0, a1
  li a7, EXO_CALL_NETWORK_INFO
  ecall
  bltz a0, 1f
  sw a1, 0(t0)
  sw a2, 4(t0)
  sw a3, 8(t0)
  sw a4, 12(t0)
1:
  ret
  .cfi_endproc
  .size exo_network_info, . - exo_network_info
