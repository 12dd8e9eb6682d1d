/**
 * Where the kernel's records lie in physical memory, in bytes (CONTRACT C8).
 *
 *     frame 0                 header, slice vector
 *     pageTable ..            one record a physical page
 *     environments ..         256 records of 1 KiB: exposed state
 *     saveAreas ..            256 records of 512 bytes: registers of environments that do not run (not exposed)
 *     softwareTlb ..          4096 entries of 16 bytes
 *     extents ..              with a disk only: 512 records of 16 bytes
 *     diskRequests ..         with a disk only: a record for each place in the disk's queue
 *     completions ..          with a disk only: 256 queues of completions that were not taken
 *     network ..              with a network only: counts
 *     filters ..              with a network only: 64 records of 160 bytes
 *     rings ..                with a network only: 64 records of 64 bytes
 *     first free frame ..     everything else; capability tables are allocated from here on demand
 */
import { DISK_QUEUE } from "#emulator";
import { LIMITS } from "./abi.ts";

const PAGE = 4096;

export const HEADER = {
  magic: 0,
  version: 4,
  pageCount: 8,
  /** First and last free frame of the list through the page records, and how many. 0 is none: frame 0 is the kernel's. */
  freeFirst: 12,
  freeLast: 16,
  freeCount: 20,
  freeLowWater: 24,
  /** Index of the environment that runs; 0 while nobody does. */
  current: 28,
  /** Position in the slice vector of the slice that runs. */
  position: 32,
  /** Id of the environment that owns the running slice (it may have donated it). */
  sliceOwner: 36,
  /** 1 from the end of a slice until the libOS yields. */
  inExcess: 40,
  excessInSlice: 44,
  tick: 48,
  /** 1 while the clock jumps because nobody can run: until someone can or input comes. */
  idling: 52,
  sliceVector: 1024,
} as const;
export const MAGIC = 0x6f78_6521;
export const SLICE_BYTES = 8;

/** One physical page. While free, `owner` and `capability` are the list's next and previous frame. */
export const PAGE_RECORD = { owner: 0, capability: 4, state: 8, bindings: 12, bytes: 16 } as const;
export const PAGE_STATE = { free: 0, kernel: 1, owned: 2 } as const;
/** Flags above the state byte. */
export const PAGE_FLAG = { dirty: 0x100, referenced: 0x200 } as const;

/** Index of the launcher, the first environment (CONTRACT C11). */
export const LAUNCHER_INDEX = 1;
/**
 * An id is uniquifier * 256 + index, and positive as a result in a0. A record whose uniquifiers are used up is retired, since
 * ids do not come twice (CONTRACT C24).
 */
export const UNIQUIFIER_MAX = 0x7f_ffff;

export const ENV_STATE = {
  free: 0,
  created: 1,
  ready: 2,
  sleeping: 3,
  resting: 4,
  waiting: 5,
  destroyed: 6,
} as const;
export type EnvState = (typeof ENV_STATE)[keyof typeof ENV_STATE];
export type EnvStateName = keyof typeof ENV_STATE;

export const ENV = {
  id: 0,
  state: 4,
  parent: 8,
  /** Bit n: the upcall of entry 16 + n is pending. */
  pending: 12,
  /** Id of the callee while waiting in a synchronous transfer, else 0. */
  waitingOn: 16,
  /** Id of the caller that is being served, else 0. */
  serving: 20,
  /** 1: the save area holds registers to resume. */
  hasContext: 24,
  /** Id of the callee that died, for the calleeDied upcall. */
  diedCallee: 28,
  entries: 32,
  words: 144,
  image: 208,
  forfeits: 212,
  counters: 216,
  /** Reference of the creator's capability, the root of all capabilities for this environment; 0 when it is gone. */
  root: 264,
  guaranteed: 280,
  capabilityFrames: 440,
  repossessionFirst: 472,
  repossessionCount: 476,
  repossessions: 480,
  bytes: 1024,
} as const;
export const GUARANTEED_BYTES = 8;
export const REPOSSESSION_BYTES = 16;

/** Accounting words in an environment's record, from `ENV.counters` on. */
export const COUNTERS = [
  "slices",
  "steps",
  "calls",
  "refusals",
  "upcalls",
  "transfers",
  "refills",
  "evictions",
  "excess",
  "pages",
  "capabilities",
  "losses",
] as const;
export type CounterName = (typeof COUNTERS)[number];

/** Registers of an environment that does not run; x0's word holds the pc. Words from `csrs` on: CSR_SAVED, in order. */
export const SAVE = { registers: 0, csrs: 128, bytes: 512 } as const;

export const CAPABILITY = {
  /** kind | rights << 8 | flags << 16 | offered rights << 24 */
  head: 0,
  resource: 4,
  parent: 8,
  firstChild: 12,
  nextSibling: 16,
  previousSibling: 20,
  offeredTo: 24,
  step: 28,
  bytes: 32,
} as const;
/** `bound`: a binding was made through it, so that its removal looks for bindings. */
export const CAPABILITY_FLAG = { owner: 1, bound: 2 } as const;
export const SLOTS_PER_FRAME = PAGE / CAPABILITY.bytes;

/** tag: valid | environment index << 20 | virtual page; data: frame << 12 | rights | dirty; capability: its reference. */
export const STLB = { tag: 0, data: 4, capability: 8, bytes: 16, valid: 0x8000_0000 } as const;

/** One extent; a count of 0 says that the record is free. */
export const EXTENT = { first: 0, count: 4, owner: 8, capability: 12, bytes: 16 } as const;

/** Whose a request in the disk's queue is, and for a read the page's capability as it was when the disk accepted it. */
export const DISK_REQUEST = {
  environment: 0,
  tag: 4,
  capability: 8,
  /** Step at which that capability was made. */
  step: 12,
  frame: 16,
  offset: 20,
  bytes: 32,
} as const;

/** An environment's completions: a ring of {tag, status}, and how many requests are still to come. */
export const COMPLETIONS = {
  first: 0,
  count: 4,
  inFlight: 8,
  entries: 16,
  entryBytes: 8,
  bytes: 16 + 8 * LIMITS.diskRequests,
} as const;

/** What the kernel counts of the network: filters ever inserted, frames that none of them matched. */
export const NETWORK = { inserted: 0, unmatched: 4, bytes: 8 } as const;

/** One packet filter; a term count of 0 says that the record is free. */
export const FILTER = {
  owner: 0,
  capability: 4,
  termCount: 8,
  /** How many filters were inserted before it, in this boot: what makes one older than another. */
  age: 12,
  /** Reference of the capability for another's filter over which it was inserted, 0 when it needs none. */
  over: 16,
  terms: 32,
  bytes: 32 + 16 * LIMITS.filterTerms,
} as const;
/** The fields of a struct exo_filter_term. */
export const FILTER_TERM = { offset: 0, size: 4, mask: 8, value: 12, bytes: 16 } as const;

/** Where a filter's frames go: pages with the capabilities that were shown for them. `head` is the kernel's own. */
export const RING = {
  /** 0: there is no ring. */
  pageCount: 0,
  head: 4,
  received: 8,
  dropped: 12,
  pages: 16,
  bytes: 64,
} as const;
/** A page of a ring: its capability's reference, the step at which that was made, and the frame. */
export const RING_PAGE = { capability: 0, step: 4, frame: 8, bytes: 12 } as const;

export interface Regions {
  readonly pageTable: number;
  readonly environments: number;
  readonly saveAreas: number;
  readonly softwareTlb: number;
  /** Empty regions without a disk. */
  readonly extents: number;
  readonly diskRequests: number;
  readonly completions: number;
  /** Empty regions without a network. */
  readonly network: number;
  readonly filters: number;
  readonly rings: number;
  /** First frame that is not the kernel's at boot. */
  readonly firstFree: number;
}

/** Byte addresses of the regions for a machine of `pageCount` pages, with or without a disk and a network. */
export function regionsFor(pageCount: number, hasDisk: boolean, hasNetwork: boolean): Regions {
  let frame = 1;
  const take = (bytes: number): number => {
    const address = frame * PAGE;
    frame += Math.ceil(bytes / PAGE);
    return address;
  };
  const pageTable = take(pageCount * PAGE_RECORD.bytes);
  const environments = take(LIMITS.environments * ENV.bytes);
  const saveAreas = take(LIMITS.environments * SAVE.bytes);
  const softwareTlb = take(LIMITS.softwareTlb * STLB.bytes);
  const extents = take(hasDisk ? LIMITS.extents * EXTENT.bytes : 0);
  const diskRequests = take(hasDisk ? DISK_QUEUE * DISK_REQUEST.bytes : 0);
  const completions = take(hasDisk ? LIMITS.environments * COMPLETIONS.bytes : 0);
  const network = take(hasNetwork ? NETWORK.bytes : 0);
  const filters = take(hasNetwork ? LIMITS.filters * FILTER.bytes : 0);
  const rings = take(hasNetwork ? LIMITS.filters * RING.bytes : 0);
  return {
    pageTable,
    environments,
    saveAreas,
    softwareTlb,
    extents,
    diskRequests,
    completions,
    network,
    filters,
    rings,
    firstFree: frame,
  };
}
