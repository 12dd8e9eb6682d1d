/**
 * Hostile callers: numbers that fast-check draws are read as kernel calls with arguments that are interesting in the
 * state at hand: live and stale ids, filled and empty slots, free and taken pages, and nonsense.
 */
import { PAGE_SIZE } from "#emulator";
import { ANY, CALLS, type CallName, type KINDS, LAYOUT, LIMITS } from "../abi.ts";
import { capabilitiesOf, capabilityAt } from "../capability.ts";
import { liveIndices } from "../environment.ts";
import { HEADER } from "../layout.ts";
import { type CapabilityRef, refIndex, refOf, refSlot } from "../records.ts";
import { DATA, type GuestSystem, TEXT } from "./system.ts";

/** Calls to draw from: all of them, and again those without which the others have little to act on. */
export const CALL_NAMES: readonly CallName[] = [
  ...(Object.keys(CALLS) as CallName[]),
  ...(["envSetEntry", "envSetEntry", "envSetEntry", "transferSync", "transferSync"] as const),
  ...(["rest", "rest", "capDerive", "capOffer", "capOffer", "capAccept", "capAccept"] as const),
  ...(["pageAlloc", "bind", "bindGuaranteed", "sliceAlloc", "envStart", "transferAsync"] as const),
  ...(["pageAllocBatch", "bindBatch", "sleepUntil", "revokeAsk", "arbiterChoose"] as const),
  ...(["extentAlloc", "diskRead", "diskRead", "diskWrite", "diskWrite", "diskBarrier"] as const),
  ...(["filterInsert", "filterInsert", "filterInsert", "ringSet", "ringSet"] as const),
  ...(["networkSend", "networkSend"] as const),
];

/** Calls after which there is less to act on. */
const ENDS: readonly CallName[] = [
  "envDestroy",
  "capDelete",
  "capRestrict",
  "pageFree",
  "extentFree",
  "filterRemove",
];

/** One drawn action: what to do, who does it, and a selector for each argument. */
export type Action = readonly number[];
export const ACTION_NUMBERS = 10;

export interface HostileCall {
  readonly caller: number;
  readonly name: CallName;
  readonly args: readonly number[];
}

/** Ids that were seen, so that stale ones can be tried. */
export type Past = Set<number>;

const NONSENSE = [
  0,
  1,
  2,
  3,
  4,
  5,
  7,
  8,
  15,
  16,
  17,
  26,
  27,
  31,
  32,
  63,
  64,
  255,
  256,
  257,
  1023,
  1024,
  65_535,
  65_536,
  0x1_0001,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_f000,
  0xffff_fffe,
  ANY,
  TEXT,
  TEXT + 1,
  DATA,
  DATA + 2,
  LAYOUT.bootPage,
  LAYOUT.stackTop,
];
const PAGES = [
  0,
  0x4_0000,
  0x4_1000,
  0x8_0000,
  0x104_0000,
  TEXT,
  DATA,
  LAYOUT.bootPage,
  0xffff_f000,
];
const SLOTS = [0, 1, 2, 3, 4, 16, 17, 18, 19, 20, 21, 22, 23, 24, 130, 300, 900, 1023];

/** Reads an action as a kernel call of a live environment (of `caller`, when one is given). */
export function readCall(
  system: GuestSystem,
  past: Past,
  action: Action,
  given?: number,
): HostileCall {
  const { core } = system.kernel;
  const live = [...liveIndices(core)];
  // The launcher calls too, but seldom.
  const guests = live.filter((index) => index !== 1);
  const everyone = action[1] % 16 === 0 || guests.length === 0 ? live : guests;
  // The arbiter is seldom asked: then it is its turn, mostly.
  const isAsked = core.records.header(HEADER.arbiterKind) !== 0 && action[1] % 4 !== 0;
  const arbiter = isAsked ? core.records.header(HEADER.arbiter) : 0;
  const caller = given ?? (arbiter !== 0 ? arbiter : everyone[(action[1] >>> 4) % everyone.length]);
  let name = CALL_NAMES[action[2] % CALL_NAMES.length];
  // Destruction is interesting, but nothing is after it.
  if (ENDS.includes(name) && action[1] % 4 !== 0) name = "yield";
  // Without an extent there is little to refuse but that.
  const holdsExtent = [...capabilitiesOf(core, caller)].some(({ kind }) => kind === "extent");
  if (name.startsWith("disk") && name !== "diskNext" && !holdsExtent && action[1] % 4 !== 0) {
    name = "extentAlloc";
  }
  if (isAsked && core.records.header(HEADER.arbiter) === caller) {
    name = action[2] % 2 === 0 ? "arbiterChoose" : "arbiterInfo";
  }
  const filter = [...capabilitiesOf(core, caller)].find(
    ({ kind, isOwner }) => kind === "filter" && isOwner,
  );
  if (name === "ringSet" && filter === undefined && action[1] % 4 !== 0) name = "filterInsert";
  const { parameters } = CALLS[name];
  for (const index of live) past.add(core.records.idOf(index));
  const args: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const parameter = i === 7 ? "target" : (parameters[i]?.name ?? "");
    args.push(argument(system, past, caller, parameter, action[3 + (i % 7)] ?? 0));
  }
  if (["bind", "bindGuaranteed"].includes(name) && action[6] % 8 !== 0) {
    args[3] = [1, 3, 5, 7][action[6] % 4];
  }
  if (name === "bindState" && action[6] % 8 !== 0) {
    args[3] = (action[6] >>> 4) % (core.records.regions.exposed + 2);
  }
  // Who has a quota and somebody to share it with.
  const child = [...capabilitiesOf(core, caller)].find(
    ({ kind, ref, resource }) =>
      kind === "environment" && refSlot(ref) !== 0 && core.records.indexOf(resource) !== caller,
  );
  if (name === "quotaMove" && child !== undefined && action[6] % 4 !== 0)
    args[0] = refSlot(child.ref);
  if (name === "bindBatch") writeList(system, caller, args[1], action, bindingWords);
  if (name === "sleepUntil") writeList(system, caller, args[0], action, termWords);
  if (name === "ringSet" && action[7] % 4 !== 0) args[2] = 1;
  // Filters that overlap begin with an offer.
  if (name === "capOffer" && filter !== undefined && action[7] % 4 !== 0) {
    args[0] = refSlot(filter.ref);
    args[2] = action[7] % 8 < 4 ? 1 : 9;
  }
  const offer = name === "capAccept" ? offerTo(system, caller) : undefined;
  if (offer !== undefined && action[3] % 2 === 0) {
    args[0] = core.records.idOf(refIndex(offer));
    args[1] = refSlot(offer);
  }
  writeTerms(system, { caller, name, args }, action);
  return { caller, name, args };
}

/** A frame from outside. It begins as many of the filters want it. */
export const frameFrom = (action: Action): Uint8Array =>
  Uint8Array.from({ length: 1 + (action[4] % 1514) }, (_, i) => (action[3] >>> (i % 6)) & 1);

/** Fills the begin of the page that a call names with a list, as the guest would have: the kernel reads it there. */
function writeList(
  system: GuestSystem,
  caller: number,
  slot: number,
  action: Action,
  words: (drawn: number, pages: readonly number[]) => readonly number[],
): void {
  const { core } = system.kernel;
  const pages = [...capabilitiesOf(core, caller)].filter(({ kind }) => kind === "page");
  const page = pages.find(({ ref }) => refSlot(ref) === slot);
  if (page === undefined || action[6] % 8 === 0) return;
  const slots = pages.map(({ ref }) => refSlot(ref));
  const list = action.slice(3).flatMap((drawn) => words(drawn, slots));
  for (const [i, word] of list.entries()) {
    core.machine.memory.writeU32(page.resource * 4096 + 4 * i, word >>> 0);
  }
}

/** An entry of bind_batch. */
function bindingWords(drawn: number, slots: readonly number[]): number[] {
  const address = PAGES[(drawn >>> 4) % PAGES.length] ?? 0;
  const rights = drawn % 16 === 0 ? (drawn >>> 8) & 0xfff : ([0, 1, 3, 5, 7][drawn % 5] ?? 0);
  return [(address & ~0xfff) | rights, slots[(drawn >>> 8) % slots.length] ?? 17];
}

/** A term of sleep_until. */
function termWords(drawn: number, slots: readonly number[]): number[] {
  const where = (4 * ((drawn >>> 4) % 1025)) | (((drawn >>> 14) % 7) << 16) | ((drawn % 3) << 24);
  const slot = drawn % 2 === 0 ? ANY : (slots[(drawn >>> 8) % slots.length] ?? 17);
  return [slot, where, drawn % 5 === 0 ? drawn : (drawn >>> 4) % 4000, 0];
}

/** What a caller stores before most of its `filterInsert`: terms of which many overlap, and some contradict each other. */
export function writeTerms(system: GuestSystem, call: HostileCall, action: Action): void {
  const { core, machine } = system.kernel;
  const [, , page, offset] = call.args;
  if (call.name !== "filterInsert" || action[4] % 8 === 0 || page >= LIMITS.slots) return;
  const capability = capabilityAt(core, refOf(call.caller, page));
  if (
    capability?.kind !== "page" ||
    offset % 4 !== 0 ||
    offset > PAGE_SIZE - 16 * LIMITS.filterTerms
  )
    return;
  for (let i = 0; i < LIMITS.filterTerms; i += 1) {
    const drawn = action[5 + (i % 4)] >>> i;
    const mask = [0xff, 0xff, 1, 0][drawn % 4];
    // Now and then a mask beyond the size, or a value beyond the mask.
    const beyond = drawn % 64 === 5 ? [0x1ff, 0] : drawn % 64 === 9 ? [1, 2] : undefined;
    const [bits, value] = beyond ?? [mask, (drawn >>> 4) & 1 & mask];
    const term = [(drawn >>> 2) % 3, 1, bits, value];
    for (const [word, number] of term.entries()) {
      machine.memory.writeU32(capability.resource * PAGE_SIZE + offset + 16 * i + 4 * word, number);
    }
  }
}

/** A capability for a filter that another environment owns. */
function anothers({ kernel }: GuestSystem, caller: number): CapabilityRef | undefined {
  return [...capabilitiesOf(kernel.core, caller)].find(
    ({ kind, isOwner }) => kind === "filter" && !isOwner,
  )?.ref;
}

/** A capability that is offered to an environment. */
function offerTo(system: GuestSystem, receiver: number): CapabilityRef | undefined {
  const { core } = system.kernel;
  for (const index of liveIndices(core)) {
    for (const { offeredTo, ref } of capabilitiesOf(core, index)) {
      if (offeredTo === core.records.idOf(receiver)) return ref;
    }
  }
  return undefined;
}

function argument(
  system: GuestSystem,
  past: Past,
  caller: number,
  parameter: string,
  drawn: number,
): number {
  const { core } = system.kernel;
  const pick = <T>(from: readonly T[]): T | undefined => from[(drawn >>> 4) % from.length];
  if (drawn % 16 === 0) return (pick(NONSENSE) ?? 0) >>> 0;
  const slotsOf = (...kinds: (keyof typeof KINDS)[]) =>
    [...capabilitiesOf(core, caller)]
      .filter((c) => kinds.length === 0 || kinds.includes(c.kind))
      .map((c) => refSlot(c.ref));
  switch (parameter) {
    case "target":
    case "receiver":
    case "giver": {
      // Mostly somebody else who lives.
      if (drawn % 4 === 1) return pick([...past]) ?? 0;
      const others = [...liveIndices(core)].filter((index) => index !== 1 && index !== caller);
      const index = pick(others);
      return index === undefined ? 0 : core.records.idOf(index);
    }
    case "environment":
    case "from":
    case "to":
      return drawn % 4 === 1 ? (pick(slotsOf("environment")) ?? 0) : 0;
    case "creator":
      return pick(slotsOf("environments")) ?? 4;
    case "memory":
      return pick(slotsOf("memory")) ?? 1;
    case "processor":
      return pick(slotsOf("processor")) ?? 2;
    case "console":
      return pick(slotsOf("console")) ?? 3;
    case "page":
      return pick(slotsOf("page")) ?? 16;
    case "slice":
      return pick(slotsOf("slice")) ?? 17;
    case "disk":
      return pick(slotsOf("disk")) ?? 5;
    case "state":
      return pick(slotsOf("state")) ?? 6;
    case "resource":
      return pick(slotsOf("memory", "processor", "disk")) ?? 1;
    case "extent":
      return pick(slotsOf("extent")) ?? 300;
    case "network":
      return pick(slotsOf("network")) ?? 7;
    case "filter":
      return pick(slotsOf("filter")) ?? 300;
    case "over":
      return refSlot(anothers(system, caller) ?? pick(slotsOf("filter")) ?? 0);
    case "length":
      return drawn % 4 === 1 ? (drawn >>> 4) % 1516 : 1 + ((drawn >>> 4) % 64);
    case "first":
      return drawn % 4 === 1 ? (drawn >>> 4) % 66 : ANY;
    case "sector":
      return drawn % 4 === 1 ? (drawn >>> 4) % 6 : 0;
    case "clear":
      return (drawn >>> 4) % 4;
    case "pages":
      return [0, 1, 2, 3, 8, 40, -1 >>> 0, 0x100_0000][(drawn >>> 4) % 8] ?? 0;
    case "offset":
      return drawn % 16 === 1 ? (drawn >>> 4) % 4100 : ((drawn >>> 4) % 8) * 512;
    case "source":
      return drawn % 4 === 1 ? (pick(SLOTS) ?? 0) : (pick(slotsOf()) ?? 0);
    case "destination":
      return pick(SLOTS) ?? 0;
    case "rights":
      return drawn % 4 === 1
        ? (drawn >>> 4) % 40
        : ([1, 3, 5, 7, 9, 11, 15, 31][(drawn >>> 4) % 8] ?? 0);
    case "address":
      return pick(PAGES) ?? 0;
    case "frame":
      return drawn % 4 === 1 ? (drawn >>> 4) % (core.records.pageCount + 2) : ANY;
    case "position":
      return drawn % 4 === 1 ? (drawn >>> 4) % 66 : ANY;
    case "entry":
      return drawn % 4 === 1
        ? (drawn >>> 4) % 29
        : (pick([16, 17, 16, 17, 18, 19, 20, 23, 25, 27]) ?? 0);
    case "pc":
      return drawn % 8 === 1 ? 0 : TEXT + 4 * ((drawn >>> 4) % 72);
    case "count":
      return drawn % 4 === 1 ? (drawn >>> 4) % 22 : 1 + ((drawn >>> 4) % 4);
    case "index":
      return (drawn >>> 4) % 17;
    default:
      return drawn;
  }
}
