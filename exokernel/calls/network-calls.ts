/** Kernel calls on the network: frames out, filters, rings. Decode beside invoke. */
import { FRAME_BYTES_MAX, NETWORK_ADDRESS, PAGE_SIZE } from "#emulator";
import { LIMITS, RIGHTS } from "../abi.ts";
import { type Capability, capabilityAt, putCapability, removeTree } from "../capability.ts";
import { hex } from "../core.ts";
import { canMatch, type FilterTerm } from "../filter-terms.ts";
import { filtersOf, freeFilterNumber, setFilter } from "../filters.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireOwner,
} from "../guards.ts";
import { type Decoding, defineCall, guard, need } from "../kernel-call.ts";
import { FILTER_TERM } from "../layout.ts";
import { networkOf, send } from "../network.ts";
import { type CapabilityRef, refIndex, refSlot } from "../records.ts";
import { type RingPage, ringSize, setRing } from "../rings.ts";

export const networkSend = defineCall<{ frame: number; offset: number; length: number }>({
  name: "networkSend",
  decode: (call, [network, page, offset, length]) => {
    requireCapability(call, call.caller, network, "network", RIGHTS.WRITE);
    const capability = requireCapability(call, call.caller, page, "page", RIGHTS.READ);
    need(
      call,
      "a frame has so many bytes",
      length >= 1 && length <= FRAME_BYTES_MAX,
      "INVAL",
      () => `${length}, 1 to ${FRAME_BYTES_MAX} are possible`,
    );
    guard(
      call,
      "the bytes to send are the page's",
      offset <= PAGE_SIZE - length,
      "INVAL",
      () => `${length} bytes at ${offset}: not beyond ${PAGE_SIZE}`,
    );
    const device = call.core.machine.network;
    need(call, "the machine has a network", device !== undefined, "NONE", "the scenario says so");
    need(
      call,
      "the interface's queue has room",
      !device.isFull,
      "BUSY",
      () => `${device.waiting} frames wait for the line`,
    );
    return { frame: capability.resource, offset, length };
  },
  invoke: (core, { frame, offset, length }) => {
    send(core, frame, offset, length);
    return 0;
  },
});

/** The terms that a page holds, each within what the language allows. */
function requireTerms(
  call: Decoding,
  page: Capability,
  offset: number,
  count: number,
): FilterTerm[] {
  need(
    call,
    "a filter has so many terms",
    count >= 1 && count <= LIMITS.filterTerms,
    "INVAL",
    () => `${count}, 1 to ${LIMITS.filterTerms} are possible`,
  );
  guard(
    call,
    "the terms are the page's",
    offset % 4 === 0 && offset <= PAGE_SIZE - count * FILTER_TERM.bytes,
    "INVAL",
    () =>
      `${count * FILTER_TERM.bytes} bytes at ${offset}: a multiple of 4, and not beyond ${PAGE_SIZE}`,
  );
  const terms = Array.from({ length: count }, (_, i) => {
    const at = page.resource * PAGE_SIZE + offset + i * FILTER_TERM.bytes;
    const word = (field: number) => call.core.machine.memory.readU32(at + field);
    return {
      offset: word(FILTER_TERM.offset),
      size: word(FILTER_TERM.size),
      mask: word(FILTER_TERM.mask),
      value: word(FILTER_TERM.value),
    };
  });
  for (const [i, term] of terms.entries()) requireTerm(call, i, term);
  guard(call, "some packet can match", canMatch(...terms), "INVAL", () =>
    canMatch(...terms) ? "the terms agree" : "two terms want different values of the same bits",
  );
  return terms;
}

/** That it ends within a frame is what makes a filter safe to run for anyone. */
function requireTerm(call: Decoding, i: number, { offset, size, mask, value }: FilterTerm): void {
  need(
    call,
    "a term looks at 1, 2 or 4 bytes",
    size === 1 || size === 2 || size === 4,
    "INVAL",
    () => `term ${i} looks at ${size}`,
  );
  need(
    call,
    "a term looks into a frame",
    offset <= FRAME_BYTES_MAX - size,
    "INVAL",
    () =>
      `term ${i} looks at ${size} byte${size === 1 ? "" : "s"} from ${offset} on, a frame has at most ${FRAME_BYTES_MAX}`,
  );
  const bits = size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1;
  need(
    call,
    "the mask is within the size",
    (mask & ~bits) === 0,
    "INVAL",
    () => `term ${i} has the mask ${hex(mask)} for ${size} byte${size === 1 ? "" : "s"}`,
  );
  need(
    call,
    "the value is within the mask",
    (value & ~mask) === 0,
    "INVAL",
    () => `term ${i} has the value ${hex(value)} under the mask ${hex(mask)}`,
  );
}

/**
 * Refuses a filter that some packet would match together with one of another environment, unless the capability in slot `over` is
 * for that one. Returns that capability's reference where it is needed, else 0.
 */
function requireNoOverlap(
  call: Decoding,
  index: number,
  terms: readonly FilterTerm[],
  over: number,
): CapabilityRef {
  const { records } = call.core;
  const allowed =
    over === 0 ? undefined : requireCapability(call, index, over, "filter", RIGHTS.READ);
  const others = filtersOf(records).filter(
    (filter) => filter.owner !== records.idOf(index) && canMatch(...filter.terms, ...terms),
  );
  const thief = others.find(({ number }) => number !== allowed?.resource);
  guard(call, "no packet is another's, too", thief === undefined, "OVERLAP", () =>
    thief === undefined
      ? others.length === 0
        ? "no filter of another environment can match the same packet"
        : `slot ${over} allows it over filter ${allowed?.resource}`
      : `some packet would match filter ${thief.number} of environment ${thief.owner}, too; only with a capability for it from its owner may another overlap it`,
  );
  return others.length === 0 ? 0 : (allowed?.ref ?? 0);
}

export const filterInsert = defineCall<{
  network: CapabilityRef;
  number: number;
  over: CapabilityRef;
  terms: readonly FilterTerm[];
  destination: CapabilityRef;
}>({
  name: "filterInsert",
  decode: (call, [target, network, page, offset, count, over, destination]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, network, "network", RIGHTS.READ);
    const holder = requireCapability(call, index, page, "page", RIGHTS.READ);
    const terms = requireTerms(call, holder, offset, count);
    const overRef = requireNoOverlap(call, index, terms, over);
    const number = freeFilterNumber(call.core.records);
    need(call, "a filter is left", number !== undefined, "NONE", () => `at most ${LIMITS.filters}`);
    return {
      network: capability.ref,
      number,
      over: overRef,
      terms,
      destination: requireEmptySlot(call, index, destination),
    };
  },
  invoke: (core, { network, number, over, terms, destination }) => {
    const owner = core.records.idOf(refIndex(destination));
    putCapability(core, destination, "filter", number, RIGHTS.READ | RIGHTS.GRANT, network, true);
    setFilter(core, { number, owner, capability: destination, over, terms });
    core.emit({
      kind: "filterInserted",
      owner,
      filter: number,
      slot: refSlot(destination),
      over: over === 0 ? -1 : (capabilityAt(core, over)?.resource ?? -1),
      terms,
    });
    return number;
  },
});

export const filterRemove = defineCall<{ filter: CapabilityRef }>({
  name: "filterRemove",
  decode: (call, [target, filter]) => {
    const index = requireEnvironment(call, target);
    return { filter: requireOwner(call, index, filter, "filter").ref };
  },
  invoke: (core, { filter }) => {
    removeTree(core, filter, "freed");
    return 0;
  },
});

export const ringSet = defineCall<{ filter: number; pages: readonly RingPage[] }>({
  name: "ringSet",
  decode: (call, [filter, page, count]) => {
    const capability = requireOwner(call, call.caller, filter, "filter");
    need(
      call,
      "a ring has so many pages",
      count <= LIMITS.ringPages,
      "INVAL",
      () => `${count}, up to ${LIMITS.ringPages} are possible`,
    );
    const pages = Array.from({ length: count }, (_, i) => {
      const rights = RIGHTS.READ | RIGHTS.WRITE;
      const each = requireCapability(call, call.caller, page + i, "page", rights);
      return { capability: each.ref, step: each.step, frame: each.resource };
    });
    const frames = pages.map(({ frame }) => frame);
    need(
      call,
      "the pages are different ones",
      new Set(frames).size === count,
      "INVAL",
      () => `physical pages ${frames.length === 0 ? "none" : frames.map(hex).join(", ")}`,
    );
    return { filter: capability.resource, pages };
  },
  invoke: (core, { filter, pages }) => {
    setRing(core, filter, pages);
    core.emit({ kind: "ringSet", filter, frames: pages.map(({ frame }) => frame) });
    return ringSize(pages.length);
  },
});

export const networkInfo = defineCall<Record<string, never>>({
  name: "networkInfo",
  decode: (call, [network]) => {
    requireCapability(call, call.caller, network, "network", 0);
    return {};
  },
  invoke: (core, _request, caller) => {
    const { sent, received } = networkOf(core);
    // Counts may be larger than a register; an error is below 0.
    const low = (count: number): number => count % 0x8000_0000;
    if (core.current === caller) {
      const { hart } = core.machine;
      const octets = (...at: number[]) =>
        at.reduce((word, i, place) => (word | (NETWORK_ADDRESS[i] << (8 * place))) >>> 0, 0);
      hart.setX(11, octets(0, 1, 2, 3));
      hart.setX(12, octets(4, 5));
      hart.setX(13, low(sent));
      hart.setX(14, low(core.records.network("unmatched")));
    }
    return low(received);
  },
});
