/**
 * The one table of the kernel's interface: calls, upcalls, errors, rights and structures.
 *
 * The C header (`libos/include/exo_abi.h`), the call stubs, `docs/abi.md`, the kernel's dispatch and the debugger's
 * names are generated from it or checked against it; nothing is kept equal by a comment. Calls are numbered in groups of
 * sixteen, one group a resource. Every call names the capability that it uses (DESIGN.md, 3).
 */

/** A parameter or result of a kernel call, in the order of a0, a1, ... */
export interface Parameter {
  readonly name: string;
  readonly meaning: string;
}

/** One kernel call: `a7` holds the number, `a0`.. the parameters; `a0` returns a value >= 0 or an error < 0. */
export interface CallRow {
  readonly number: number;
  readonly name: string;
  readonly meaning: string;
  readonly parameters: readonly Parameter[];
  /** What `a0` holds on success. */
  readonly result: string;
  /** False where the call does not come back to its caller by returning (it gives up its context). */
  readonly returns: boolean;
}

const environment: Parameter = {
  name: "environment",
  meaning: "slot of the environment on whose behalf; 0 is the caller itself",
};
const slot = (meaning: string, name = "slot"): Parameter => ({ name, meaning });

const row = (
  number: number,
  name: string,
  parameters: readonly Parameter[],
  result: string,
  meaning: string,
  returns = true,
): CallRow => ({ number, name, parameters, result, meaning, returns });

/** Every kernel call, in the order of its number. */
export const CALLS = {
  envCreate: row(
    0x01,
    "env_create",
    [
      slot("capability of kind environments with CONTROL", "creator"),
      slot("empty slot for the new environment's capability", "destination"),
    ],
    "the new environment's id",
    "Creates an environment that owns nothing, runs nothing and has one capability: itself in slot 0, derived from its creator's.",
  ),
  envDestroy: row(
    0x02,
    "env_destroy",
    [environment],
    "0 (never, when it destroys itself)",
    "Destroys an environment; everything it owns is freed and all that descends from its capabilities is revoked.",
  ),
  envSetEntry: row(
    0x03,
    "env_set_entry",
    [
      environment,
      { name: "entry", meaning: "which entry (EXO_ENTRY_...; exceptions by cause)" },
      { name: "pc", meaning: "where the kernel enters, 2-byte aligned; 0 removes the entry" },
    ],
    "0",
    "Registers where the kernel enters an environment for one cause.",
  ),
  envSetWord: row(
    0x04,
    "env_set_word",
    [
      environment,
      { name: "index", meaning: "0..15" },
      { name: "value", meaning: "any word; the kernel never reads it" },
    ],
    "0",
    "Writes one of the sixteen words of an environment's record that are the libOS's own (word 0: exit status).",
  ),
  envStart: row(
    0x05,
    "env_start",
    [
      environment,
      { name: "pc", meaning: "where it starts, 2-byte aligned" },
      { name: "argument", meaning: "its a0; every other register is zero" },
    ],
    "0",
    "Makes a created environment ready to run; it runs when it has a slice or is donated one.",
  ),
  quotaMove: row(
    0x07,
    "quota_move",
    [environment, { name: "pages", meaning: "how many; negative takes back" }],
    "0",
    "Moves a part of the caller's quota to an environment that it controls. Both must have one; each keeps what it is charged with.",
  ),
  envPublish: row(
    0x06,
    "env_publish",
    [environment, { name: "address", meaning: "of a struct exo_image in its own memory" }],
    "0",
    "Says which image an environment now runs, so that a debugger can bind symbols to it.",
  ),
  capDerive: row(
    0x10,
    "cap_derive",
    [
      { name: "from", meaning: "slot of the environment that holds the source; 0 is the caller" },
      slot("the source", "source"),
      { name: "to", meaning: "slot of the environment that receives; 0 is the caller" },
      slot("empty slot there", "destination"),
      { name: "rights", meaning: "a subset of the source's rights" },
    ],
    "0",
    "Makes a weaker or equal capability below an existing one in the derivation tree.",
  ),
  capOffer: row(
    0x11,
    "cap_offer",
    [
      slot("the capability, which needs GRANT", "source"),
      { name: "receiver", meaning: "id of the environment that may accept; 0 withdraws the offer" },
      { name: "rights", meaning: "what the receiver will get" },
    ],
    "0",
    "Offers a capability to one environment; the offer stands until it is accepted, withdrawn or revoked.",
  ),
  capAccept: row(
    0x12,
    "cap_accept",
    [
      { name: "giver", meaning: "id of the environment that offers" },
      slot("the giver's slot", "source"),
      slot("empty slot of the caller", "destination"),
    ],
    "the rights received",
    "Accepts an offer: a capability derived from the giver's appears in the caller's table, once.",
  ),
  capRevoke: row(
    0x13,
    "cap_revoke",
    [environment, slot("whose descendants go", "source")],
    "how many capabilities were removed",
    "Removes everything derived from a capability, in whatever environment; each loser is told who and why.",
  ),
  capDelete: row(
    0x14,
    "cap_delete",
    [environment, slot("the capability", "source")],
    "0",
    "Removes a capability and everything derived from it. An owner's capability is freed instead (page_free, slice_free).",
  ),
  capRestrict: row(
    0x15,
    "cap_restrict",
    [
      environment,
      slot("the capability", "source"),
      { name: "rights", meaning: "what is left; a subset of what it has" },
    ],
    "how many capabilities lost rights",
    "Takes rights from a capability and from all of its kind that descends from it; bindings that have more are broken.",
  ),
  pageAlloc: row(
    0x20,
    "page_alloc",
    [
      environment,
      slot("capability of kind memory with CONTROL", "memory"),
      { name: "frame", meaning: "a physical page's number, or EXO_ANY" },
      slot("empty slot for the page's capability", "destination"),
    ],
    "the physical page's number",
    "Allocates a free physical page, by name or any. Its contents are zero.",
  ),
  pageFree: row(
    0x21,
    "page_free",
    [environment, slot("the owner's capability", "page")],
    "0",
    "Frees a page by its owner: bindings are broken, derived capabilities revoked, contents cleared.",
  ),
  bind: row(
    0x22,
    "bind",
    [
      environment,
      { name: "address", meaning: "virtual, page-aligned" },
      slot("capability of kind page", "page"),
      {
        name: "rights",
        meaning: "READ, WRITE, EXECUTE: a subset of the capability's; WRITE needs READ",
      },
    ],
    "0",
    "Binds a virtual page to a physical page: the check is made now, use is unchecked after.",
  ),
  unbind: row(
    0x23,
    "unbind",
    [environment, { name: "address", meaning: "virtual, page-aligned" }],
    "0 (also when nothing was bound)",
    "Removes a binding from the software TLB, the guaranteed mappings and the TLB.",
  ),
  bindGuaranteed: row(
    0x24,
    "bind_guaranteed",
    [
      environment,
      { name: "address", meaning: "virtual, page-aligned" },
      slot("capability of kind page", "page"),
      {
        name: "rights",
        meaning: "READ, WRITE, EXECUTE: a subset of the capability's; WRITE needs READ",
      },
    ],
    "0",
    "As bind, but the kernel itself refills it for ever (at most 20), so that a fault handler can always run.",
  ),
  bindBatch: row(
    0x25,
    "bind_batch",
    [
      environment,
      slot("capability of kind page with READ: where the list is", "page"),
      { name: "offset", meaning: "of the list in that page, a multiple of 4" },
      { name: "count", meaning: "how many struct exo_binding, 1..64" },
    ],
    "the count",
    "Binds and unbinds as bind and unbind do, as a list says. All of it is checked first: either everything is done or nothing.",
  ),
  pageAllocBatch: row(
    0x26,
    "page_alloc_batch",
    [
      environment,
      slot("capability of kind memory with CONTROL", "memory"),
      { name: "count", meaning: "pages, 1..64" },
      slot("the first of so many empty slots", "destination"),
    ],
    "the count",
    "Allocates pages, any that are free, into neighbouring slots: all of them or none.",
  ),
  bindState: row(
    0x27,
    "bind_state",
    [
      environment,
      { name: "address", meaning: "virtual, page-aligned" },
      slot("capability of kind state with READ", "state"),
      {
        name: "frame",
        meaning: "a page of the kernel's that is exposed; page 0 says where the others are",
      },
    ],
    "0",
    "Binds a page of the kernel's own records, to be read: not a copy, but what decides.",
  ),
  pageBits: row(
    0x28,
    "page_bits",
    [
      environment,
      slot("the owner's capability", "page"),
      { name: "clear", meaning: "which bits to clear: 1 dirty, 2 referenced" },
    ],
    "the bits as they were",
    "Reads and clears the dirty and referenced bits of a page. What a device writes makes no page dirty.",
  ),
  memoryGuarantee: row(
    0x29,
    "memory_guarantee",
    [
      environment,
      slot("capability of kind memory with WRITE", "memory"),
      { name: "pages", meaning: "how many, its tables among them; 0: none" },
    ],
    "0",
    "Guarantees pages to an environment: they are never taken by force, and there when it allocates them.",
  ),
  quotaSet: row(
    0x2a,
    "quota_set",
    [
      environment,
      slot("capability of kind memory with WRITE", "memory"),
      { name: "pages", meaning: "how many, its tables among them; 0: no quota" },
    ],
    "0",
    "Limits the pages that an environment may be charged with.",
  ),
  sliceAlloc: row(
    0x30,
    "slice_alloc",
    [
      environment,
      slot("capability of kind processor with CONTROL", "processor"),
      { name: "position", meaning: "in the slice vector, or EXO_ANY" },
      slot("empty slot for the slice's capability", "destination"),
    ],
    "the position",
    "Allocates a slot of the slice vector, by position or any.",
  ),
  sliceFree: row(
    0x31,
    "slice_free",
    [environment, slot("the owner's capability", "slice")],
    "0",
    "Gives a slot of the slice vector back.",
  ),
  yield: row(
    0x32,
    "yield",
    [{ name: "target", meaning: "id of who runs for the rest of this slice; 0: the next slice" }],
    "0, when it runs again",
    "Gives up the rest of this slice.",
  ),
  sleep: row(
    0x33,
    "sleep",
    [],
    "0, when an upcall has become pending",
    "Yields, and takes no slices until an upcall is pending for the caller.",
  ),
  rest: row(
    0x34,
    "rest",
    [],
    "does not return",
    "Gives up the processor and the context: the caller next runs at one of its entries.",
    false,
  ),
  sleepUntil: row(
    0x35,
    "sleep_until",
    [
      slot("capability of kind page with READ: where the predicate is", "page"),
      { name: "offset", meaning: "of the predicate in that page, a multiple of 4" },
      { name: "count", meaning: "how many struct exo_term, 1..8" },
    ],
    "the number of the product that holds, from 1; 0: an upcall is pending; EXO_E_CAP: a page of it is lost",
    "Sleeps as sleep does, until a predicate over memory words and the clock holds: products of terms, of which one must hold. Who saves its own registers finds the result in utval at the begin of its slice.",
  ),
  transferSync: row(
    0x40,
    "transfer_sync",
    [],
    "an error, or nothing: the reply arrives at the caller's transfer entry",
    "Synchronous protected control transfer to the environment named in t6; a reply when that one waits for the caller.",
    false,
  ),
  transferAsync: row(
    0x41,
    "transfer_async",
    [],
    "an error, or 0 when the caller runs again",
    "Asynchronous protected control transfer to the environment named in t6: donates the rest of this slice.",
  ),
  consoleWrite: row(
    0x50,
    "console_write",
    [
      slot("capability of kind console with WRITE", "console"),
      { name: "count", meaning: "bytes, 0..20" },
      { name: "bytes0", meaning: "bytes 0-3, little endian" },
      { name: "bytes4", meaning: "bytes 4-7" },
      { name: "bytes8", meaning: "bytes 8-11" },
      { name: "bytes12", meaning: "bytes 12-15" },
      { name: "bytes16", meaning: "bytes 16-19" },
    ],
    "the count",
    "Writes up to twenty raw bytes, which travel in registers: the kernel reads no memory of the guest.",
  ),
  consoleRead: row(
    0x51,
    "console_read",
    [slot("capability of kind console with READ", "console")],
    "one byte, or EXO_E_AGAIN",
    "Takes one raw byte of input; the console upcall says when there is one.",
  ),
  repossessionNext: row(
    0x60,
    "repossession_next",
    [],
    "the kind of what was taken, or EXO_E_AGAIN; a1: resource, a2: who took it, a3: why, a4: the slot it was in, a5: where it was saved (1 + sector) or 0",
    "Takes the oldest entry of the caller's repossession vector, which records every loss by force.",
  ),
  revocationNext: row(
    0x61,
    "revocation_next",
    [],
    "the kind of what is asked for, or EXO_E_AGAIN; a1: how many, a2: steps that are left, a3: 1 asked, 2 insisted, a4: who asks (0: the kernel)",
    "Says what the caller is asked to give back: pages, slices, or sectors of extents. It chooses which.",
  ),
  revokeAsk: row(
    0x62,
    "revoke_ask",
    [
      slot("capability of kind memory, processor or disk with WRITE", "resource"),
      { name: "target", meaning: "id of the environment that is asked" },
      { name: "count", meaning: "pages, slices or sectors" },
    ],
    "0",
    "Asks an environment to give something back, in the kernel's name: it will insist, and then take by force.",
  ),
  arbiterSet: row(
    0x63,
    "arbiter_set",
    [
      slot("capability of kind memory with WRITE", "memory"),
      { name: "target", meaning: "id of the environment that chooses; 0: the default rule does" },
    ],
    "0",
    "Names the environment that chooses who gives something back in a shortage.",
  ),
  arbiterInfo: row(
    0x64,
    "arbiter_info",
    [],
    "the kind of what is short, or EXO_E_AGAIN; a1: how many are wanted, a2: who has most above its guarantee, a3: how many",
    "Says what the arbiter is asked.",
  ),
  arbiterChoose: row(
    0x65,
    "arbiter_choose",
    [
      { name: "target", meaning: "id of the environment that is to give" },
      { name: "count", meaning: "how many; at most what it has above its guarantee" },
    ],
    "how many are still wanted",
    "The arbiter's answer. What it has not chosen by its deadline, the default rule does.",
  ),
  savePlace: row(
    0x66,
    "save_place",
    [
      slot("capability of kind extent with WRITE", "extent"),
      { name: "sector", meaning: "the first one, counted from the begin of the extent" },
      { name: "pages", meaning: "how many pages may be saved there, eight sectors each; 0: none" },
    ],
    "0",
    "Pre-loads the repossession vector: what the kernel takes by force is saved there first.",
  ),
  extentAlloc: row(
    0x70,
    "extent_alloc",
    [
      environment,
      slot("capability of kind disk with CONTROL", "disk"),
      { name: "first", meaning: "the first sector, or EXO_ANY" },
      { name: "count", meaning: "sectors, at least 1" },
      slot("empty slot for the extent's capability", "destination"),
    ],
    "the first sector",
    "Allocates sectors of the disk that are free, by name or any. Their contents are what they were: it is by name that a program finds its data again.",
  ),
  extentFree: row(
    0x71,
    "extent_free",
    [environment, slot("the owner's capability", "extent")],
    "0",
    "Gives an extent back: derived capabilities are revoked, the contents stay on the disk.",
  ),
  extentInfo: row(
    0x72,
    "extent_info",
    [slot("capability of kind extent", "extent")],
    "how many sectors it has; a1: the first one on the disk",
    "Says which sectors of the disk an extent is.",
  ),
  diskRead: row(
    0x73,
    "disk_read",
    [
      slot("capability of kind extent with READ", "extent"),
      { name: "sector", meaning: "the first one, counted from the begin of the extent" },
      { name: "count", meaning: "sectors, 1..8" },
      slot("capability of kind page with WRITE", "page"),
      { name: "offset", meaning: "in bytes from the page's begin, a multiple of 512" },
      { name: "tag", meaning: "any word; comes back with the completion" },
    ],
    "0",
    "Asks for sectors; they are in the page when the completion is there. The page must still be the caller's then, or nothing is written.",
  ),
  diskWrite: row(
    0x74,
    "disk_write",
    [
      slot("capability of kind extent with WRITE", "extent"),
      { name: "sector", meaning: "the first one, counted from the begin of the extent" },
      { name: "count", meaning: "sectors, 1..8" },
      slot("capability of kind page with READ", "page"),
      { name: "offset", meaning: "in bytes from the page's begin, a multiple of 512" },
      { name: "tag", meaning: "any word; comes back with the completion" },
    ],
    "0",
    "Asks to write sectors; the data is taken from the page now. Complete means in the disk's volatile cache: only a barrier brings it to the platter.",
  ),
  diskBarrier: row(
    0x75,
    "disk_barrier",
    [
      slot("capability of kind extent with WRITE", "extent"),
      { name: "tag", meaning: "any word; comes back with the completion" },
    ],
    "0",
    "Completes when every write that the disk accepted before it is on the platter.",
  ),
  diskNext: row(
    0x76,
    "disk_next",
    [],
    "0, or EXO_E_AGAIN; a1: the tag, a2: 0, or the error of a request that did nothing (EXO_E_CAP: the page was lost meanwhile)",
    "Takes the oldest completion of the caller's disk requests; the disk upcall says when there is one.",
  ),
  diskInfo: row(
    0x77,
    "disk_info",
    [slot("capability of kind disk", "disk")],
    "how many sectors of 512 bytes the disk has; a1: how many of them are in no extent",
    "Says how large the disk is.",
  ),
  networkSend: row(
    0x80,
    "network_send",
    [
      slot("capability of kind network with WRITE", "network"),
      slot("capability of kind page with READ", "page"),
      { name: "offset", meaning: "in bytes from the page's begin" },
      { name: "length", meaning: "of the frame in bytes, 1..1514" },
    ],
    "0",
    "Sends a frame, whose bytes are taken from the page now. It leaves later; EXO_E_BUSY while the interface's queue is full.",
  ),
  filterInsert: row(
    0x81,
    "filter_insert",
    [
      environment,
      slot("capability of kind network with READ", "network"),
      slot("capability of kind page with READ, where the terms are", "page"),
      { name: "offset", meaning: "of the first struct exo_filter_term there, a multiple of 4" },
      { name: "count", meaning: "terms, 1..8" },
      slot("capability of another's filter that this one may overlap; 0: none", "over"),
      slot("empty slot for the filter's capability", "destination"),
    ],
    "the filter's number",
    "Inserts a packet filter: a frame for which every term holds is the filter's. The right to receive is checked now and not at each packet, so a filter that some frame would match together with another's is refused.",
  ),
  filterRemove: row(
    0x82,
    "filter_remove",
    [environment, slot("the owner's capability", "filter")],
    "0",
    "Removes a filter, and with it the filters that others inserted over it.",
  ),
  ringSet: row(
    0x83,
    "ring_set",
    [
      slot("the owner's capability", "filter"),
      slot(
        "capability of kind page with READ and WRITE; further pages are in the slots after it",
        "page",
      ),
      { name: "count", meaning: "pages, 1..4; 0 takes the ring away" },
    ],
    "the bytes that the ring has for frames",
    "Says where the kernel puts a filter's frames: a struct exo_ring at the begin of the first page, which this call makes empty. Without a ring frames are dropped.",
  ),
  networkInfo: row(
    0x84,
    "network_info",
    [slot("capability of kind network", "network")],
    "how many frames arrived; a1: the interface's address, octets 0-3, a2: octets 4-5, a3: how many frames were sent, a4: how many arrived for no filter",
    "Says the interface's address and what it has counted (31 bits of it).",
  ),
} as const satisfies Record<string, CallRow>;

export type CallName = keyof typeof CALLS;

/** Errors, returned in a0. `text` is for people; a refusal's own sentence is in its event. */
export const ERRORS = {
  INVAL: { code: -1, text: "an argument is out of range or not aligned" },
  CAP: { code: -2, text: "no capability of the needed kind in that slot" },
  RIGHTS: { code: -3, text: "the capability lacks a right" },
  TAKEN: { code: -4, text: "the resource named is not free" },
  NONE: { code: -5, text: "nothing of that kind is left" },
  SLOT: { code: -6, text: "the destination slot is not empty" },
  ENV: { code: -7, text: "no such environment (it may have been destroyed)" },
  BUSY: { code: -8, text: "the environment, the disk or the network takes no more now" },
  ENTRY: { code: -9, text: "the environment has registered no such entry" },
  AGAIN: { code: -10, text: "nothing there yet" },
  OFFER: { code: -11, text: "no such offer to the caller" },
  CALL: { code: -12, text: "no such kernel call" },
  DEAD: { code: -13, text: "the environment died before it replied" },
  OWNER: { code: -14, text: "it takes the owner's capability" },
  QUOTA: { code: -15, text: "the quota does not allow it" },
  OVERLAP: { code: -16, text: "some packet would match another's filter, too" },
} as const;
export type ErrorName = keyof typeof ERRORS;

/** Rights of capabilities. A derived capability's are a subset of its parent's. */
export const RIGHTS = {
  READ: 1,
  WRITE: 2,
  EXECUTE: 4,
  /** May be derived or offered into another environment. */
  GRANT: 8,
  /**
   * Environments: act on its behalf, destroy it. Memory, processor, disk, environments: allocate, create. On those, WRITE
   * is to administer: guarantees and quotas, whom to ask to give back, who is the arbiter.
   */
  CONTROL: 16,
} as const;
export const ALL_RIGHTS = 31;

/** What a capability is about. */
export const KINDS = {
  empty: 0,
  environment: 1,
  memory: 2,
  page: 3,
  processor: 4,
  slice: 5,
  console: 6,
  environments: 7,
  disk: 8,
  extent: 9,
  state: 10,
  network: 11,
  filter: 12,
} as const;
export type KindName = keyof typeof KINDS;

/** Entries of an environment. 0..15 are the exception causes of the machine (entry 0 there: `utvec`). */
export const ENTRIES = {
  beginSlice: { number: 16, meaning: "begin of a slice" },
  endSlice: { number: 17, meaning: "end of a slice" },
  revocation: { number: 18, meaning: "a request to give something back" },
  repossession: {
    number: 19,
    meaning: "something was taken by force; see the repossession vector",
  },
  console: { number: 20, meaning: "console input has arrived" },
  disk: { number: 21, meaning: "a disk request is complete" },
  packet: { number: 22, meaning: "a packet has arrived" },
  transfer: { number: 23, meaning: "a synchronous transfer, or the reply to one" },
  transferAsync: { number: 24, meaning: "an asynchronous transfer" },
  calleeDied: { number: 25, meaning: "the environment waited for was destroyed" },
  doubleUpcall: { number: 26, meaning: "an exception while upcalls were disabled" },
  arbiter: { number: 27, meaning: "a shortage in which the arbiter is to choose" },
} as const;
export type EntryName = keyof typeof ENTRIES;
export const ENTRY_COUNT = 28;
export const FIRST_INTERRUPT_ENTRY = 16;
/** Set in `ucause` when the cause is an entry number rather than an exception. */
export const INTERRUPT_BIT = 0x8000_0000;

/** Why something was taken: word 3 of a repossession-vector entry. */
export const LOSS_REASONS = {
  revoked: 1,
  freed: 2,
  holderDestroyed: 3,
  kernel: 4,
  /** Not lost, but with fewer rights than before. */
  restricted: 5,
} as const;
export type LossReason = keyof typeof LOSS_REASONS;

/** Capability slots that the launcher fills for a new environment. */
export const SLOTS = {
  self: 0,
  memory: 1,
  processor: 2,
  console: 3,
  /** Empty unless the scenario grants the right to create environments. */
  environments: 4,
  /** Empty unless the machine has a disk. */
  disk: 5,
  /** To read the kernel's own records. */
  state: 6,
  /** Empty unless the machine has a network. */
  network: 7,
  /** The first slot that the launcher uses for the pages that it binds. */
  firstPage: 16,
} as const;

/** How a term of a predicate compares a word (or the clock) with its value, unsigned. */
export const RELATIONS = {
  equal: 0,
  notEqual: 1,
  below: 2,
  atLeast: 3,
  anyBit: 4,
  noBit: 5,
} as const;

/** What a physical page is, in the lowest byte of `exo_state_page.state`; above it are two flags. */
export const PAGE_STATES = {
  free: 0,
  kernel: 1,
  owned: 2,
  dirty: 0x100,
  referenced: 0x200,
} as const;

/** `exo_state_environment.state`. */
export const ENVIRONMENT_STATES = {
  free: 0,
  created: 1,
  ready: 2,
  sleeping: 3,
  resting: 4,
  waiting: 5,
  destroyed: 6,
} as const;

export const LIMITS = {
  environments: 256,
  slots: 1024,
  sliceVector: 64,
  softwareTlb: 4096,
  guaranteed: 20,
  exoPages: 16,
  repossessions: 32,
  privateWords: 16,
  consoleBytes: 20,
  extents: 512,
  /** Requests of one environment that are in flight, or complete and not taken. */
  diskRequests: 16,
  /** Of one request. */
  requestSectors: 8,
  /** Entries of one batch. */
  batch: 64,
  /** Terms of one predicate. */
  terms: 8,
  filters: 128,
  /** Of one filter. */
  filterTerms: 8,
  /** Of one ring. */
  ringPages: 4,
} as const;
/** "Any instance will do", where a call takes a physical name. */
export const ANY = 0xffff_ffff;

/** Where the launcher puts things in a new address space; a libOS may do otherwise for its own. */
export const LAYOUT = {
  /** The stack grows down from here; pages below are the libOS's to fill. */
  stackTop: 0x7ffe_0000,
  /** The boot page, read-only; its address is a0 at entry. */
  bootPage: 0x7fff_0000,
} as const;

export interface Field {
  readonly name: string;
  readonly type: "u32" | "i32";
  readonly count?: number;
  readonly meaning: string;
}
const u32 = (name: string, meaning: string, count?: number): Field =>
  count === undefined ? { name, type: "u32", meaning } : { name, type: "u32", count, meaning };

/** Structures in guest memory that kernel, launcher and debugger read or write. All fields are words. */
export const STRUCTURES = {
  exo_boot: {
    meaning: "The boot page: what a new environment has. Its address is a0 at entry.",
    fields: [
      u32("magic", "EXO_BOOT_MAGIC"),
      u32("version", "EXO_ABI_VERSION"),
      u32("environment", "this environment's id"),
      u32("launcher", "the id of the environment that created it"),
      u32("tick", "length of a slice in steps"),
      u32("slice_count", "slices owned"),
      u32("argument_count", "argc"),
      u32("arguments", "address of argc addresses of strings, then a zero word"),
      u32("mapping_count", "bound pages"),
      u32("mappings", "address of the first struct exo_mapping"),
      u32("first_free_slot", "the launcher used the slots below"),
      u32("heap_start", "first address after the program's segments, page-aligned"),
      u32("stack_top", "where the stack begins; nothing is bound there"),
      u32("boot_pages", "how many pages this structure and its lists take"),
    ],
  },
  exo_mapping: {
    meaning: "One bound page of the boot list.",
    fields: [
      u32("page", "virtual address, page-aligned; low bits: rights, EXO_MAPPING_GUARANTEED"),
      u32("frame", "physical page's number"),
      u32("slot", "of its capability"),
    ],
  },
  exo_image: {
    meaning: "What env_publish points to: the image that an environment runs.",
    fields: [
      u32("build_id", "first twenty bytes of the ELF's build id, or zeros", 5),
      u32("base", "load address minus link address"),
      u32("path", "address of its path, a string"),
    ],
  },
  exo_binding: {
    meaning: "One entry of the list of bind_batch.",
    fields: [
      u32("page", "virtual address, page-aligned; low bits: rights, none to unbind"),
      u32("slot", "of the page's capability"),
    ],
  },
  exo_term: {
    meaning: "One term of the predicate of sleep_until: terms are joined by and.",
    fields: [
      u32("slot", "of the page whose word is compared; EXO_ANY: the clock, in steps"),
      u32("where", "offset in the page, a multiple of 4, | EXO_RELATION_... << 16 | EXO_OR"),
      u32("value", "what it is compared with; of the clock the low word"),
      u32("high", "of the clock the high word"),
    ],
  },
  exo_filter_term: {
    meaning:
      "One term of a packet filter: it holds when the frame's bytes at the offset, as a big-endian number, give the value under the mask.",
    fields: [
      u32(
        "offset",
        "of the first byte in the frame; a frame that ends before the last one does not match",
      ),
      u32("size", "bytes: 1, 2 or 4"),
      u32("mask", "which bits are compared; no bits above the size"),
      u32("value", "of these bits; no others"),
    ],
  },
  exo_ring: {
    meaning:
      "The begin of a packet ring in the receiver's own pages. Frames follow it; empty is head = tail, and the kernel never makes it so by a frame.",
    fields: [
      u32("head", "where the kernel puts the next frame, in bytes behind this structure"),
      u32("tail", "where the receiver takes the next one: its own, the kernel only reads it"),
      u32("dropped", "frames that found no room"),
      u32("size", "bytes behind this structure; after the last comes the first"),
    ],
  },
  exo_ring_frame: {
    meaning:
      "What is before each frame in a ring. The next one is after it, at the next multiple of 8; a frame is never split.",
    fields: [
      u32(
        "length",
        "of the frame in bytes; 0: no frame here, the next one is at the begin of the ring",
      ),
      u32("number", "of the packet, counted by the interface"),
    ],
  },
  exo_threads: {
    meaning:
      "What a libOS with threads publishes under the symbol exo_threads, for debuggers: a list of its threads.",
    fields: [
      u32("version", "1"),
      u32("current", "address of the running thread's struct exo_thread, or 0"),
      u32("first", "address of the first struct exo_thread, or 0"),
    ],
  },
  exo_thread: {
    meaning: "One thread of a libOS.",
    fields: [
      u32("next", "address of the next, or 0"),
      u32("id", "a number that is not reused"),
      u32("name", "address of a string, or 0"),
      u32("state", "0 running, 1 ready, 2 waiting"),
      u32("registers", "address of 32 saved words: pc, x1..x31; valid unless running"),
    ],
  },
  exo_state_header: {
    meaning:
      "Exposed state: the begin of page 0, which says where the rest is. These are the kernel's own records; bind_state binds them to be read.",
    fields: [
      u32("magic", "0x6f786521"),
      u32("version", "of the layout"),
      u32("page_count", "physical pages of the machine"),
      u32("free_first", "page number: the first of the list of free pages; 0: none"),
      u32("free_last", "the last"),
      u32("free_count", "how many there are"),
      u32("free_low_water", "how few there ever were"),
      u32("current", "index of the environment that runs; 0: nobody"),
      u32("position", "of the slice that runs, in the vector"),
      u32("slice_owner", "id of who owns that slice; it may have donated it"),
      u32("in_excess", "1 from the end of a slice until the libOS yields"),
      u32("excess_in_slice", "excesses in this slice"),
      u32("tick", "length of a slice in steps"),
      u32("idling", "1 while the clock jumps because nobody can run"),
      u32("next_deadline", "the step at which the kernel acts next: low word, high word", 2),
      u32("arbiter", "index of the environment that chooses in a shortage; 0: the default rule"),
      u32("arbiter_kind", "the question to it: which kind, 0 for none"),
      u32("arbiter_count", "how many are still wanted"),
      u32("arbiter_deadline", "by which step: low word, high word", 2),
      u32("guaranteed_sum", "pages that are guaranteed to environments, together"),
      u32("pages_at", "page number where the exo_state_page are, one for each physical page"),
      u32("environments_at", "page number where the 256 exo_state_environment are, by index"),
      u32("software_tlb_at", "page number where the 4096 exo_state_stlb are"),
      u32("extents_at", "page number where the 512 exo_state_extent are; 0 without a disk"),
      u32("unused", "0", 230),
      u32(
        "slice_vector",
        "of each of 64 slices the owner's id (0: nobody) and its capability",
        128,
      ),
    ],
  },
  exo_state_page: {
    meaning: "Exposed state: one physical page.",
    fields: [
      u32("owner", "id of the owner; of a free page the next in the list"),
      u32("capability", "the owner's: environment index << 16 | slot; of a free page the previous"),
      u32("state", "EXO_PAGE_FREE, EXO_PAGE_KERNEL or EXO_PAGE_OWNED, | EXO_PAGE_DIRTY, ..."),
      u32("bindings", "how many there are, | queued device transfers << 16"),
    ],
  },
  exo_state_environment: {
    meaning: "Exposed state: one environment. Its registers are not here.",
    fields: [
      u32("id", "uniquifier * 256 + index"),
      u32("state", "EXO_STATE_READY, ..."),
      u32("parent", "id of who made it"),
      u32("pending", "bit n: the upcall of entry 16 + n is pending"),
      u32("waiting_on", "id of the callee that it waits for; 0: none"),
      u32("serving", "id of the caller that it serves; 0: none"),
      u32("has_context", "1: the kernel keeps its registers"),
      u32("died_callee", "id of a callee that died"),
      u32("entries", "where it is entered, by entry; 0: nowhere", 28),
      u32("words", "its sixteen words of its own; word 0 is its exit status", 16),
      u32("image", "address of its struct exo_image"),
      u32("forfeits", "slices that it has yet to forfeit"),
      u32("root", "the capability that all capabilities for it descend from; 0: gone"),
      u32("quota", "pages that it may be charged with; 0 is no limit"),
      u32("minimum", "pages that are guaranteed to it"),
      u32("revocations", "what it owes: three times {how many, stage, deadline low, high, by}", 15),
      u32("unused1", "0"),
      u32("save_place", "where what is taken is saved: {capability, its step, sector, pages}", 4),
      u32("unused2", "0", 3),
      u32("guaranteed", "its guaranteed mappings, two words each", 40),
      u32("capability_frames", "pages of its capability table", 8),
      u32("predicate_count", "terms of the predicate that it sleeps on"),
      u32("predicate_fired", "the product that held when it woke; 0: none"),
      u32("predicate", "eight terms of five words", 40),
      u32("unused3", "0", 22),
      u32("slices", "counters, all since its creation: slices begun"),
      u32("calls", "kernel calls"),
      u32("refusals", "of them refused"),
      u32("upcalls", "upcalls"),
      u32("transfers", "protected control transfers"),
      u32("refills", "TLB misses that the kernel refilled"),
      u32("evictions", "bindings evicted from the software TLB"),
      u32("excess", "tenths of a tick that it ran over the end of a slice"),
      u32("pages", "pages that it owns now"),
      u32("capabilities", "capabilities that it holds now"),
      u32("losses", "entries that its repossession vector ever got"),
      u32("kernel_pages", "pages of the kernel's that it is charged with now"),
      u32("unused4", "0", 52),
    ],
  },
  exo_state_stlb: {
    meaning: "Exposed state: one binding of the software TLB.",
    fields: [
      u32("tag", "0x80000000 | environment index << 20 | virtual page; 0: empty"),
      u32("data", "physical page << 12 | rights | 0x80 dirty"),
      u32("capability", "through which it was bound"),
      u32("unused", "0"),
    ],
  },
  exo_state_extent: {
    meaning: "Exposed state: one extent of the disk.",
    fields: [
      u32("first", "sector"),
      u32("count", "sectors; 0: there is no such extent"),
      u32("owner", "id"),
      u32("capability", "the owner's"),
    ],
  },
} as const satisfies Record<
  string,
  { readonly meaning: string; readonly fields: readonly Field[] }
>;

export const BOOT_MAGIC = 0x316f_7865; // "exo1"
export const ABI_VERSION = 1;
export const MAPPING_GUARANTEED = 0x100;
/** In `exo_term.where`: this term begins another product. */
export const TERM_OR = 0x0100_0000;

/** Size in bytes of a structure of the table. */
export function structureSize(name: keyof typeof STRUCTURES): number {
  return STRUCTURES[name].fields.reduce((size, field: Field) => size + 4 * (field.count ?? 1), 0);
}

/** Byte offset of a field in a structure of the table. */
export function fieldOffset(name: keyof typeof STRUCTURES, field: string): number {
  let offset = 0;
  for (const candidate of STRUCTURES[name].fields as readonly Field[]) {
    if (candidate.name === field) return offset;
    offset += 4 * (candidate.count ?? 1);
  }
  throw new Error(`assertion failed: no field ${field} in ${name}`);
}

const callsByNumber = new Map<number, CallRow>(
  Object.values(CALLS).map((call) => [call.number, call]),
);

/** The call's row, or undefined. */
export function callByNumber(number: number): CallRow | undefined {
  return callsByNumber.get(number);
}

const entriesByNumber = new Map<number, EntryName>(
  Object.entries(ENTRIES).map(([name, entry]) => [entry.number, name as EntryName]),
);

/** The name of an interrupt-like entry (16..26), or undefined. */
export function entryName(number: number): EntryName | undefined {
  return entriesByNumber.get(number);
}

const kindsByNumber = new Map<number, KindName>(
  Object.entries(KINDS).map(([name, number]) => [number, name as KindName]),
);

export function kindName(number: number): KindName {
  return kindsByNumber.get(number) ?? "empty";
}

/** Rights as people read them: `rwxgc`, a dash for each that is missing. */
export function rightsText(rights: number): string {
  const bit = (mask: number, letter: string) => ((rights & mask) !== 0 ? letter : "-");
  return (
    bit(RIGHTS.READ, "r") +
    bit(RIGHTS.WRITE, "w") +
    bit(RIGHTS.EXECUTE, "x") +
    bit(RIGHTS.GRANT, "g") +
    bit(RIGHTS.CONTROL, "c")
  );
}

/** The machine registers that the interface uses by name. */
export const REGISTERS = {
  callNumber: 17,
  firstArgument: 10,
  target: 31,
  stackPointer: 2,
} as const;
