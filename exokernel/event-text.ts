/** Kernel events as sentences for people: what `exo trace`, the views and explanations say. */
import { causeName, type DiskRequestKind } from "#emulator";
import { entryName, kindName, rightsText } from "./abi.ts";
import type { EventBody } from "./events.ts";
import { termsText } from "./filter-terms.ts";

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
