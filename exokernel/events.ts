/**
 * Every decision of the kernel as one typed event (DESIGN.md 3, Events). Views, event breakpoints and provenance
 * read only these and the kernel's records.
 */

import { causeName, type DiskRequestKind, type PowerFailureMode } from "#emulator";
import { entryName, kindName, rightsText } from "./abi.ts";
import { type FilterTerm, termsText } from "./filter-terms.ts";

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
      readonly error: string;
      readonly guard: string;
      readonly because: string;
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

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** The name that people read for an upcall's cause: an exception's or an entry's. */
export function upcallName(entry: number, cause: number): string {
  return entryName(entry) === undefined || entryName(entry) === "doubleUpcall"
    ? causeName(cause)
    : spaced(entryName(entry) as string);
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function resourceText(kind: number, resource: number): string {
  const name = kindName(kind);
  if (name === "page") return `page ${hex(resource)}`;
  if (name === "slice") return `slice ${resource}`;
  if (name === "environment") return `environment ${resource}`;
  if (name === "extent" || name === "filter") return `${name} ${resource}`;
  return name;
}

/** In what a kind of resource is counted. */
function unitOf(kind: number): string {
  return kindName(kind) === "extent" ? "sector" : kindName(kind);
}

function amount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** `sectors 8-9`, `sector 8`. */
function sectorsText(first: number, count: number): string {
  return count === 1 ? `sector ${first}` : `sectors ${first}-${first + count - 1}`;
}

function diskText(event: {
  readonly request: DiskRequestKind;
  readonly sector: number;
  readonly count: number;
}): string {
  return event.request === "barrier"
    ? "barrier"
    : `${event.request} of ${sectorsText(event.sector, event.count)}`;
}

const bytesText = (count: number): string => `${count} byte${count === 1 ? "" : "s"}`;

function packetText(
  event: Extract<EventBody, { readonly kind: "packet" }>,
  nameOf: (id: number) => string,
): string {
  const { number, length, filter, target, alsoMatched, dropped } = event;
  const what = `packet ${number} (${bytesText(length)})`;
  if (dropped === "no power") return `${what} dropped: the power is off`;
  if (filter < 0) return `${what} dropped: no filter matches it`;
  const others =
    alsoMatched.length === 0
      ? ""
      : `; filter${alsoMatched.length === 1 ? "" : "s"} ${alsoMatched.join(", ")} matched, too`;
  const why =
    dropped === "ring full"
      ? "its ring is full"
      : dropped === "ring lost"
        ? "a page of its ring is lost"
        : "it has no ring";
  const to = `for ${nameOf(target)} by filter ${filter}${others}`;
  return dropped === undefined ? `${what} ${to}` : `${what} ${to}; dropped: ${why}`;
}

/** One sentence without a full stop; `nameOf` turns an environment's id into what people call it. */
export function describeEvent(event: EventBody, nameOf: (id: number) => string): string {
  switch (event.kind) {
    case "created":
      return `environment ${nameOf(event.created)} created`;
    case "started":
      return `${nameOf(event.target)} started at ${hex(event.pc)}`;
    case "destroyed":
      return `${nameOf(event.target)} destroyed: ${event.because} (status ${event.status})`;
    case "entry":
      return `${nameOf(event.target)} registered ${hex(event.pc)} for ${upcallName(event.entry, event.entry)}`;
    case "published":
      return `${nameOf(event.target)} published an image at ${hex(event.address)}`;
    case "allocated":
      return `page ${hex(event.frame)} allocated to ${nameOf(event.owner)}, slot ${event.slot}`;
    case "freed":
      return `page ${hex(event.frame)} of ${nameOf(event.owner)} freed`;
    case "derived":
      return `${resourceText(event.capabilityKind, event.resource)} derived from ${nameOf(event.from)} slot ${event.fromSlot} to ${nameOf(event.to)} slot ${event.toSlot}, ${rightsText(event.rights)}`;
    case "offered":
      return event.to === 0
        ? `offer of slot ${event.slot} withdrawn`
        : `slot ${event.slot} offered to ${nameOf(event.to)}, ${rightsText(event.rights)}`;
    case "accepted":
      return `slot ${event.fromSlot} of ${nameOf(event.from)} accepted into slot ${event.slot}, ${rightsText(event.rights)}`;
    case "removed":
      return `${resourceText(event.capabilityKind, event.resource)} removed from ${nameOf(event.holder)} slot ${event.slot}: ${event.why}`;
    case "lost":
      return `${nameOf(event.holder)} lost ${resourceText(event.capabilityKind, event.resource)} (slot ${event.slot}): ${event.why}`;
    case "bound":
      return `${nameOf(event.target)} ${hex(event.address)} bound to page ${hex(event.frame)} ${rightsText(event.rights).slice(0, 3)} by slot ${event.slot}${event.guaranteed ? ", guaranteed" : ""}`;
    case "unbound":
      return `${nameOf(event.target)} ${hex(event.address)} unbound from page ${hex(event.frame)}: ${event.why}`;
    case "evicted":
      return `${nameOf(event.target)} ${hex(event.address)} evicted from the software TLB by ${nameOf(event.by)} ${hex(event.byAddress)}`;
    case "upcall":
      return `upcall: ${upcallName(event.entry, event.cause)}${event.entry < 16 ? ` at ${hex(event.value)}` : ""}, pc ${hex(event.pc)}, entered at ${hex(event.entryPc)}`;
    case "doubleUpcall":
      return `double upcall: ${causeName(event.cause)} at ${hex(event.value)} while upcalls are disabled, pc ${hex(event.pc)}`;
    case "fatal":
      return `about to be destroyed: ${event.because}`;
    case "transfer":
      return `${event.synchronous ? (event.reply ? "reply" : "synchronous transfer") : "asynchronous transfer"} to ${nameOf(event.to)} at ${hex(event.entryPc)}`;
    case "calleeDied":
      return `the callee ${nameOf(event.callee)} died before it replied`;
    case "sliceAllocated":
      return `slice ${event.position} allocated to ${nameOf(event.owner)}`;
    case "sliceFreed":
      return `slice ${event.position} of ${nameOf(event.owner)} freed`;
    case "sliceBegan":
      return `slice ${event.position} of ${nameOf(event.owner)} begins`;
    case "sliceEnded":
      return `slice ${event.position} ends; the ${event.switchedBy} saves the registers`;
    case "yielded":
      return event.to === 0 ? "yields" : `yields to ${nameOf(event.to)}`;
    case "slept":
      return event.terms === 0
        ? "sleeps until an upcall is pending"
        : `sleeps until an upcall is pending or its predicate of ${event.terms} term${event.terms === 1 ? "" : "s"} holds`;
    case "woken":
      return event.product === 0
        ? "wakes: a page that its predicate reads is lost"
        : `wakes: product ${event.product} of its predicate holds`;
    case "restricted":
      return `${resourceText(event.capabilityKind, event.resource)} of ${nameOf(event.holder)} slot ${event.slot} restricted to ${rightsText(event.rights)}`;
    case "transferBroken":
      return `the transfer that was queued for page ${hex(event.frame)} of ${nameOf(event.target)} is broken: ${event.why}`;
    case "guaranteed":
      return `${amount(event.pages, "page")} guaranteed to ${nameOf(event.target)}`;
    case "quota":
      return event.pages === 0
        ? `${nameOf(event.target)} has no quota`
        : `${nameOf(event.target)} may be charged with ${amount(event.pages, "page")}`;
    case "shortage":
      return `shortage of ${unitOf(event.resourceKind)}s: ${event.wanted} wanted, ${event.free} free`;
    case "unmet":
      return `${amount(event.count, unitOf(event.resourceKind))} more wanted, and nobody holds any above a guarantee`;
    case "arbiter":
      return event.target === 0
        ? "no arbiter any more: the default rule chooses"
        : `${nameOf(event.target)} is the arbiter`;
    case "arbiterAsked":
      return `the arbiter ${nameOf(event.arbiter)} is asked who gives ${amount(event.count, unitOf(event.resourceKind))}, by step ${event.deadline}`;
    case "arbiterLate":
      return `the arbiter has not chosen who gives ${amount(event.count, unitOf(event.resourceKind))} (${event.because}): the default rule does`;
    case "asked": {
      const others = event.candidates.map(({ id, available }) => `${nameOf(id)} ${available}`);
      const among = others.length === 0 ? "" : `; could give: ${others.join(", ")}`;
      return `${nameOf(event.target)} is asked for ${amount(event.count, unitOf(event.resourceKind))} (owes ${event.owed}), by step ${event.deadline}: ${event.rule}${among}`;
    }
    case "insisted":
      return `${nameOf(event.target)} must give ${amount(event.owed, unitOf(event.resourceKind))} by step ${event.deadline}, or they are taken`;
    case "complied":
      return `${nameOf(event.target)} has given all ${unitOf(event.resourceKind)}s that it owed${event.stage === 2 ? ", late" : ""}`;
    case "repossessed":
      return `${amount(event.taken, unitOf(event.resourceKind))} taken from ${nameOf(event.target)} by force, which owed ${event.owed}${event.taken < event.owed ? ": the rest is guaranteed to it, or in use by a device" : ""}`;
    case "savePlace":
      return event.pages === 0
        ? "names no place to save what is taken"
        : `names a place for ${amount(event.pages, "page")} that may be taken: extent ${event.extent}, from sector ${event.sector} on`;
    case "rested":
      return "rests until it is entered";
    case "excess":
      return `excess time ${event.count}`;
    case "forfeited":
      return `slice ${event.position} forfeited, ${event.remaining} to go`;
    case "refused":
      return `${event.call} refused (${event.error}, guard '${event.guard}'): ${event.because}`;
    case "consoleInput":
      return `${event.count} byte${event.count === 1 ? "" : "s"} of console input${event.lost === 0 ? "" : `, ${event.lost} lost: the queue is full`}`;
    case "extentAllocated":
      return `extent ${event.extent} (${sectorsText(event.first, event.count)}) allocated to ${nameOf(event.owner)}, slot ${event.slot}`;
    case "extentFreed":
      return `extent ${event.extent} (${sectorsText(event.first, event.count)}) of ${nameOf(event.owner)} freed; the contents stay`;
    case "diskRequest":
      return `disk: ${event.write === 0 ? "" : `write ${event.write}: `}${diskText(event)} requested, tag ${hex(event.tag)}`;
    case "diskComplete":
      return `disk: ${diskText(event)} complete, tag ${hex(event.tag)}${event.target === 0 ? "; the environment that asked for it is gone" : `, for ${nameOf(event.target)}${event.status === 0 ? "" : "; the page that it was for is lost, nothing was written to it"}`}`;
    case "powerFailed":
      return `power fails${event.beforeWrite === 0 ? "" : ` before write ${event.beforeWrite}`}: ${event.reached} of ${event.unflushed} unflushed sector${event.unflushed === 1 ? "" : "s"} reached the platter (${event.mode}${event.mode === "random" ? `, seed ${event.seed}` : ""})`;
    case "poweredOn":
      return `power comes back after failure ${event.failures}; RAM is zero, the platter holds what it held`;
    case "packetSent":
      return `packet ${event.number} (${bytesText(event.length)}) sent`;
    case "packetLeft":
      return `packet ${event.number} (${bytesText(event.length)}) has left`;
    case "packet":
      return packetText(event, nameOf);
    case "filterInserted":
      return `filter ${event.filter} inserted for ${nameOf(event.owner)}, slot ${event.slot}${event.over < 0 ? "" : `, over filter ${event.over}`}: ${termsText(event.terms)}`;
    case "filterRemoved":
      return `filter ${event.filter} of ${nameOf(event.owner)} removed`;
    case "ringSet":
      return event.frames.length === 0
        ? `filter ${event.filter} has no ring any more`
        : `the ring of filter ${event.filter} is in page${event.frames.length === 1 ? "" : "s"} ${event.frames.map(hex).join(", ")}`;
    case "idle":
      return `nobody can run; the clock jumps to step ${event.until}`;
    case "intervention":
      return `debugger: ${event.what}`;
  }
}
