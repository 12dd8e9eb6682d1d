/**
 * Every decision of the kernel as one typed event (DESIGN.md 3, Events). Views, event breakpoints and provenance
 * read only these and the kernel's records.
 */

import type { DiskRequestKind, PowerFailureMode } from "#emulator";
import type { FilterTerm } from "./filter-terms.ts";

/** What happened, without when and to whom. Ids of environments are full ids, frames physical page numbers. */
export type EventBody =
  | { readonly kind: "created"; readonly created: number }
  | { readonly kind: "started"; readonly target: number; readonly pc: number }
  | {
      readonly kind: "destroyed";
      readonly target: number;
      readonly status: number;
      readonly because: string;
    }
  | { readonly kind: "entry"; readonly target: number; readonly entry: number; readonly pc: number }
  | { readonly kind: "published"; readonly target: number; readonly address: number }
  | {
      readonly kind: "allocated";
      readonly owner: number;
      readonly frame: number;
      readonly slot: number;
    }
  | { readonly kind: "freed"; readonly owner: number; readonly frame: number }
  | {
      readonly kind: "derived";
      readonly from: number;
      readonly fromSlot: number;
      readonly to: number;
      readonly toSlot: number;
      readonly rights: number;
      readonly capabilityKind: number;
      readonly resource: number;
    }
  | {
      readonly kind: "offered";
      readonly slot: number;
      readonly to: number;
      readonly rights: number;
    }
  | {
      readonly kind: "accepted";
      readonly from: number;
      readonly fromSlot: number;
      readonly slot: number;
      readonly rights: number;
    }
  | {
      readonly kind: "removed";
      readonly holder: number;
      readonly slot: number;
      readonly capabilityKind: number;
      readonly resource: number;
      readonly why: string;
    }
  | {
      readonly kind: "lost";
      readonly holder: number;
      readonly slot: number;
      readonly capabilityKind: number;
      readonly resource: number;
      readonly why: string;
    }
  | {
      readonly kind: "bound";
      readonly target: number;
      readonly address: number;
      readonly frame: number;
      readonly rights: number;
      readonly slot: number;
      readonly guaranteed: boolean;
    }
  | {
      readonly kind: "unbound";
      readonly target: number;
      readonly address: number;
      readonly frame: number;
      readonly why: string;
    }
  | {
      readonly kind: "evicted";
      readonly target: number;
      readonly address: number;
      readonly frame: number;
      readonly by: number;
      readonly byAddress: number;
    }
  | {
      readonly kind: "upcall";
      readonly entry: number;
      readonly cause: number;
      readonly value: number;
      readonly pc: number;
      readonly entryPc: number;
    }
  | {
      readonly kind: "doubleUpcall";
      readonly cause: number;
      readonly value: number;
      readonly pc: number;
    }
  | { readonly kind: "fatal"; readonly because: string }
  | {
      readonly kind: "transfer";
      readonly synchronous: boolean;
      readonly reply: boolean;
      readonly to: number;
      readonly entryPc: number;
    }
  | { readonly kind: "calleeDied"; readonly callee: number }
  | { readonly kind: "sliceAllocated"; readonly owner: number; readonly position: number }
  | { readonly kind: "sliceFreed"; readonly owner: number; readonly position: number }
  | { readonly kind: "sliceBegan"; readonly position: number; readonly owner: number }
  | {
      readonly kind: "sliceEnded";
      readonly position: number;
      readonly switchedBy: "kernel" | "libOS";
    }
  | { readonly kind: "yielded"; readonly to: number }
  /** `terms`: of the predicate that it waits for; 0 without one. */
  | { readonly kind: "slept"; readonly terms: number }
  /** By its predicate: the first product of it that holds, from 1; 0: a page that it reads is lost. */
  | { readonly kind: "woken"; readonly product: number }
  | { readonly kind: "rested" }
  | { readonly kind: "excess"; readonly count: number }
  | { readonly kind: "forfeited"; readonly position: number; readonly remaining: number }
  | {
      readonly kind: "refused";
      readonly call: string;
      /** a0 to a6, and t6. */
      readonly args: readonly number[];
      readonly error: string;
      readonly guard: string;
      readonly because: string;
    }
  /** A guard did not hold, and the call went on: the scenario has weakened it. */
  | {
      readonly kind: "weakened";
      readonly call: string;
      readonly guard: string;
      readonly because: string;
    }
  /** What a call that passed a weakened guard broke, as sentences. */
  | { readonly kind: "invariantBroken"; readonly call: string; readonly broken: readonly string[] }
  /** An assertion of the kernel failed after guards were weakened; the machine halts. */
  | {
      readonly kind: "kernelFailed";
      readonly because: string;
      readonly weakened: readonly string[];
    }
  /** Bytes that went into the queue, and bytes that found it full. */
  | { readonly kind: "consoleInput"; readonly count: number; readonly lost: number }
  | {
      readonly kind: "extentAllocated";
      readonly owner: number;
      readonly extent: number;
      readonly first: number;
      readonly count: number;
      readonly slot: number;
    }
  | {
      readonly kind: "extentFreed";
      readonly owner: number;
      readonly extent: number;
      readonly first: number;
      readonly count: number;
    }
  /** `write` numbers the write requests of a run from 1 on; 0 for the others. Sectors are the disk's. */
  | {
      readonly kind: "diskRequest";
      readonly request: DiskRequestKind;
      readonly extent: number;
      readonly sector: number;
      readonly count: number;
      readonly tag: number;
      readonly write: number;
    }
  /** `target` is 0 when the environment that asked is gone. */
  | {
      readonly kind: "diskComplete";
      readonly target: number;
      readonly request: DiskRequestKind;
      readonly sector: number;
      readonly count: number;
      readonly tag: number;
      readonly status: number;
    }
  /** `beforeWrite` is the number of the write that was not accepted any more; 0 when none had to do with it. */
  | {
      readonly kind: "powerFailed";
      readonly mode: PowerFailureMode;
      readonly seed: number;
      readonly beforeWrite: number;
      readonly unflushed: number;
      readonly reached: number;
    }
  | { readonly kind: "poweredOn"; readonly failures: number }
  | {
      readonly kind: "restricted";
      readonly holder: number;
      readonly slot: number;
      readonly capabilityKind: number;
      readonly resource: number;
      readonly rights: number;
    }
  /** A queued device transfer to a page that is lost. */
  | {
      readonly kind: "transferBroken";
      readonly target: number;
      readonly frame: number;
      readonly why: string;
    }
  | { readonly kind: "guaranteed"; readonly target: number; readonly pages: number }
  /** 0 pages: no quota. */
  | { readonly kind: "quota"; readonly target: number; readonly pages: number }
  | {
      readonly kind: "shortage";
      readonly resourceKind: number;
      readonly free: number;
      readonly wanted: number;
    }
  /** Nobody holds what is still wanted. */
  | { readonly kind: "unmet"; readonly resourceKind: number; readonly count: number }
  | { readonly kind: "arbiter"; readonly target: number }
  | {
      readonly kind: "arbiterAsked";
      readonly arbiter: number;
      readonly resourceKind: number;
      readonly count: number;
      readonly deadline: number;
    }
  | {
      readonly kind: "arbiterLate";
      readonly resourceKind: number;
      readonly count: number;
      readonly because: string;
    }
  /** `candidates`: who could have been asked, and for how much above its guarantee. */
  | {
      readonly kind: "asked";
      readonly target: number;
      readonly resourceKind: number;
      readonly count: number;
      readonly owed: number;
      readonly deadline: number;
      readonly rule: string;
      readonly candidates: readonly { readonly id: number; readonly available: number }[];
    }
  | {
      readonly kind: "insisted";
      readonly target: number;
      readonly resourceKind: number;
      readonly owed: number;
      readonly deadline: number;
    }
  | {
      readonly kind: "complied";
      readonly target: number;
      readonly resourceKind: number;
      readonly stage: number;
    }
  | {
      readonly kind: "repossessed";
      readonly target: number;
      readonly resourceKind: number;
      readonly owed: number;
      readonly taken: number;
    }
  | {
      readonly kind: "savePlace";
      readonly extent: number;
      readonly sector: number;
      readonly pages: number;
    }
  /** Frames sent are numbered from 1 on, those that arrive likewise and apart. */
  | { readonly kind: "packetSent"; readonly number: number; readonly length: number }
  | { readonly kind: "packetLeft"; readonly number: number; readonly length: number }
  /**
   * A frame has arrived. `filter` is the one that wins it, -1 when none matches; `target` its owner, 0 for nobody; `alsoMatched` the
   * others that match, in the order in which they would have won. `head` is hexadecimal: the first bytes, at most 64.
   */
  | {
      readonly kind: "packet";
      readonly number: number;
      readonly length: number;
      readonly filter: number;
      readonly target: number;
      readonly alsoMatched: readonly number[];
      readonly head: string;
      readonly dropped?: DropReason;
    }
  /** `over` is the number of another's filter over which it was inserted, -1 for none. */
  | {
      readonly kind: "filterInserted";
      readonly owner: number;
      readonly filter: number;
      readonly slot: number;
      readonly over: number;
      readonly terms: readonly FilterTerm[];
    }
  | { readonly kind: "filterRemoved"; readonly owner: number; readonly filter: number }
  | {
      readonly kind: "ringSet";
      readonly filter: number;
      /** Physical pages, in order; none when the ring was taken away. */
      readonly frames: readonly number[];
    }
  | { readonly kind: "idle"; readonly until: number }
  | { readonly kind: "intervention"; readonly what: string };

/** Why a frame reached nobody: no filter matches, or the winner's owner has no ring, a full one, or one in a page it has lost. */
export type DropReason = "no filter" | "no ring" | "ring full" | "ring lost" | "no power";

export type EventKind = EventBody["kind"];

/** One event: the step after which it happened, a running number, and the environment that caused it (0: the kernel). */
export type KernelEvent = EventBody & {
  readonly step: number;
  readonly index: number;
  readonly environment: number;
};
