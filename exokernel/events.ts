/**
 * Every decision of the kernel as one typed event (DESIGN.md 3, Events). Views, event breakpoints and provenance
 * read only these and the kernel's records.
 */

import { causeName, type DiskRequestKind, type PowerFailureMode } from "#emulator";
import { entryName, kindName, rightsText } from "./abi.ts";

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
  | { readonly kind: "slept" }
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
  | { readonly kind: "idle"; readonly until: number }
  | { readonly kind: "intervention"; readonly what: string };

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
  if (name === "extent") return `extent ${resource}`;
  return name;
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

const LISTED = 3;

/** The first few of what is broken; one wrong word can break much. */
function listText(broken: readonly string[]): string {
  const more = broken.length - LISTED;
  return `${broken.slice(0, LISTED).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
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
      return "sleeps until an upcall is pending";
    case "rested":
      return "rests until it is entered";
    case "excess":
      return `excess time ${event.count}`;
    case "forfeited":
      return `slice ${event.position} forfeited, ${event.remaining} to go`;
    case "refused":
      return `${event.call} refused (${event.error}, guard '${event.guard}'): ${event.because}`;
    case "weakened":
      return `${event.call} goes on though guard '${event.guard}' does not hold, which is weakened: ${event.because}`;
    case "invariantBroken":
      return `${event.call} has broken the kernel: ${listText(event.broken)}`;
    case "kernelFailed":
      return `the kernel itself fails (${event.because}) with weakened guards: ${event.weakened.map((name) => `'${name}'`).join(", ")}`;
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
    case "idle":
      return `nobody can run; the clock jumps to step ${event.until}`;
    case "intervention":
      return `debugger: ${event.what}`;
  }
}

/**
 * The last events, in order, and how many there were until now. When a run goes back, what came later stays known until the run
 * takes another course: events that come again have the same numbers.
 */
export class EventLog {
  #events: KernelEvent[] = [];
  /** Running number of the first event that is kept. */
  #first = 0;
  readonly #capacity: number;
  #total = 0;

  constructor(capacity = 131_072) {
    this.#capacity = capacity;
  }

  /** How many events there were until now: the number of the next one. */
  get total(): number {
    return this.#total;
  }

  /** Running number of the first event that is still known. */
  get first(): number {
    return Math.min(this.#first, this.#total);
  }

  add(step: number, environment: number, body: EventBody): KernelEvent {
    const event: KernelEvent = { ...body, step, index: this.#total, environment };
    this.#events[this.#total - this.#first] = event;
    this.#total += 1;
    if (this.#events.length >= 2 * this.#capacity) {
      this.#events.splice(0, this.#capacity);
      this.#first += this.#capacity;
    }
    return event;
  }

  /** Events from running number `index` on until now, at most `limit`; older ones may be gone. */
  since(index: number, limit = Number.POSITIVE_INFINITY): KernelEvent[] {
    const from = Math.max(0, index - this.#first);
    return this.#events.slice(from, Math.min(from + limit, this.#total - this.#first));
  }

  /** The last events until now, for a snapshot to keep. */
  tail(count: number): readonly KernelEvent[] {
    return this.since(this.#total - count);
  }

  /** Goes back to when there were `total` events; `tail` is put in place where older ones are not known any more. */
  rewind(total: number, tail: readonly KernelEvent[]): void {
    const from = total - tail.length;
    if (total < this.#first || total > this.#first + this.#events.length) {
      this.#events = [...tail];
      this.#first = from;
    } else if (from < this.#first) {
      this.#events = [...tail.slice(0, this.#first - from), ...this.#events];
      this.#first = from;
    }
    this.#total = total;
  }

  /** Forgets the events from number `index` on: the run takes another course. */
  cut(index = this.#total): void {
    this.#events.length = Math.min(this.#events.length, Math.max(0, index - this.#first));
  }
}
