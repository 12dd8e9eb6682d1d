/**
 * Where the kernel's records lie in physical memory, in bytes (CONTRACT C8).
 *
 *     frame 0                 header, slice vector
 *     pageTable ..            one record a physical page
 *     environments ..         256 records of 1 KiB: exposed state
 *     softwareTlb ..          4096 entries of 16 bytes: exposed state
 *     extents ..              with a disk only: 512 records of 16 bytes: exposed state
 *     saveAreas ..            256 records of 512 bytes: registers of environments that do not run
 *     repossessions ..        256 vectors of 1 KiB
 *     diskRequests ..         with a disk only: a record for each place in the disk's queue
 *     completions ..          with a disk only: 256 queues of completions that were not taken
 *     network ..              with a network only: counts
 *     filters ..              with a network only: 128 records of 160 bytes
 *     rings ..                with a network only: 128 records of 64 bytes
 *     first free frame ..     everything else; capability tables are allocated from here on demand
 *
 * What is exposed (`Regions.exposed`) every environment may bind, read-only. So nothing may stand there that depends on where
 * a run was cut into pieces: the count of an environment's steps is in its save area.
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
  /** The step, low and high word, at which the kernel acts on a deadline or a predicate's clock; all ones: at none. */
  nextDeadline: 56,
  /** Index of the environment that chooses who is asked in a shortage; 0: the default rule. */
  arbiter: 64,
  /** The question that the arbiter was asked: kind of resource (0: none), how many, by when. */
  arbiterKind: 68,
  arbiterCount: 72,
  arbiterDeadline: 76,
  /** Pages that are guaranteed to environments, together. */
  guaranteedSum: 84,
  /** First page of each further part of the exposed state; 0 where there is none. */
  pagesAt: 88,
  environmentsAt: 92,
  softwareTlbAt: 96,
  extentsAt: 100,
  sliceVector: 1024,
} as const;
export const MAGIC = 0x6f78_6521;
export const SLICE_BYTES = 8;

/**
 * One physical page. While free, `owner` and `capability` are the list's next and previous frame. `bindings`: how many there are; in the upper half, how many device transfers are queued.
 */
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
  /** Reference of the creator's capability, the root of all capabilities for this environment; 0 when it is gone. */
  root: 216,
  /** Pages that it may be charged with, its own and the kernel's for it; 0: any number. */
  quota: 220,
  /** Pages that are guaranteed to it: never taken by force, and always there to be allocated. */
  minimum: 224,
  /** What it is asked to give back, a record a kind of resource (REVOCATION). */
  revocations: 228,
  /** Where the kernel may save what it takes (SAVE_PLACE). */
  savePlace: 292,
  guaranteed: 320,
  capabilityFrames: 480,
  /** The predicate that it sleeps on: how many terms, and which product of them held when it woke (0: none). */
  predicateCount: 512,
  predicateFired: 516,
  predicate: 520,
  counters: 768,
  bytes: 1024,
} as const;
export const GUARANTEED_BYTES = 8;

/** What an environment is asked to give back of one kind: how many, at which stage (0: nothing), by when, by whom. */
export const REVOCATION = {
  owed: 0,
  stage: 4,
  deadline: 8,
  by: 16,
  bytes: 20,
} as const;
export const REVOCATION_STAGE = { none: 0, asked: 1, insisted: 2 } as const;

/** A run of an extent's sectors, eight a page, into which the kernel may save pages that it takes by force. */
export const SAVE_PLACE = { capability: 0, step: 4, sector: 8, pages: 12, bytes: 16 } as const;

/** One term of a predicate: a word of a page, or the clock (no capability), against a constant. */
export const TERM = { capability: 0, step: 4, where: 8, value: 12, high: 16, bytes: 20 } as const;

/** A vector of what was taken: a ring of entries. */
export const REPOSSESSION = {
  first: 0,
  count: 4,
  entries: 8,
  /** Of an entry. */
  kind: 0,
  resource: 4,
  by: 8,
  reasonAndSlot: 12,
  saved: 16,
  entryBytes: 24,
  bytes: 1024,
} as const;

/** Accounting words in an environment's record, from `ENV.counters` on. */
export const COUNTERS = [
  "slices",
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
  "kernelPages",
] as const;
export type CounterName = (typeof COUNTERS)[number];

/**
 * Registers of an environment that does not run; x0's word holds the pc. Words from `csrs` on: CSR_SAVED, in order. `steps`
 * counts what it has executed, brought up to date wherever a run is cut. `floats`: f0 to f31, two words each, if `usesFloats` is not 0.
 */
export const SAVE = {
  ...{ registers: 0, csrs: 128, steps: 192 },
  ...{ usesFloats: 200, floats: 256, bytes: 512 },
} as const;

/** Whether a word of the save area counts steps, which outlives the environment. */
export const isStepCount = (at: number): boolean => at === SAVE.steps || at === SAVE.steps + 4;

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

/** Whose a request in the disk's queue is, and for a read the page's capability; 0 when that is gone: the transfer is broken. */
export const DISK_REQUEST = {
  environment: 0,
  tag: 4,
  capability: 8,
  frame: 12,
  offset: 16,
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
  readonly softwareTlb: number;
  /** Empty without a disk, as are `diskRequests` and `completions`. */
  readonly extents: number;
  readonly saveAreas: number;
  readonly repossessions: number;
  readonly diskRequests: number;
  readonly completions: number;
  /** Frames below are exposed: header, pages, environments, software TLB, extents. */
  readonly exposed: number;
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
  const softwareTlb = take(LIMITS.softwareTlb * STLB.bytes);
  const extents = take(hasDisk ? LIMITS.extents * EXTENT.bytes : 0);
  const exposed = frame;
  const saveAreas = take(LIMITS.environments * SAVE.bytes);
  const repossessions = take(LIMITS.environments * REPOSSESSION.bytes);
  const diskRequests = take(hasDisk ? DISK_QUEUE * DISK_REQUEST.bytes : 0);
  const completions = take(hasDisk ? LIMITS.environments * COMPLETIONS.bytes : 0);
  const network = take(hasNetwork ? NETWORK.bytes : 0);
  const filters = take(hasNetwork ? LIMITS.filters * FILTER.bytes : 0);
  const rings = take(hasNetwork ? LIMITS.filters * RING.bytes : 0);
  return {
    pageTable,
    environments,
    softwareTlb,
    extents,
    exposed,
    saveAreas,
    repossessions,
    diskRequests,
    completions,
    network,
    filters,
    rings,
    firstFree: frame,
  };
}
