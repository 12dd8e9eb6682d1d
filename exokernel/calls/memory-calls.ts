/** Kernel calls on memory beyond single pages: batches, bits, exposed state, guarantees, quotas. Decode beside invoke. */
import { LIMITS, RIGHTS } from "../abi.ts";
import { tablePagesNeeded } from "../capability.ts";
import type { Core } from "../core.ts";
import { hex } from "../core.ts";
import { isExposed } from "../exposed-state.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireOwner,
  requirePageAligned,
  requirePages,
  requireSlotNumber,
} from "../guards.ts";
import { charge, promised, setMinimum } from "../holdings.ts";
import { type Decoding, defineCall, guard, need } from "../kernel-call.ts";
import { ENV, HEADER, PAGE_FLAG, PAGE_RECORD } from "../layout.ts";
import { type CapabilityRef, refOf } from "../records.ts";
import { bindStlb, cleanBindings, removeBinding } from "../secure-binding.ts";
import { allocatePage, requireAccess } from "./page-calls.ts";

/** A list in a page that the caller may read: the kernel follows no address of the guest's, as in disk_write. */
export function requireList(
  call: Decoding,
  page: number,
  offset: number,
  count: number,
  entryBytes: number,
  max: number,
): (entry: number, word: number) => number {
  const capability = requireCapability(call, call.caller, page, "page", RIGHTS.READ);
  need(
    call,
    "the list has so many entries",
    count >= 1 && count <= max,
    "INVAL",
    () => `${count} entries, 1 to ${max} are possible`,
  );
  guard(
    call,
    "the list is within the page",
    offset % 4 === 0 && offset <= 4096 - count * entryBytes,
    "INVAL",
    () =>
      `${count} entries of ${entryBytes} bytes at ${offset}: a multiple of 4, and not beyond 4096`,
  );
  const base = capability.resource * 4096 + offset;
  return (entry, word) => call.core.records.word(base + entry * entryBytes + 4 * word);
}

interface Rebinding {
  readonly virtualPage: number;
  readonly page: CapabilityRef;
  /** 0 removes the binding. */
  readonly rights: number;
}

const ENTRY_BYTES = 8;

export const bindBatch = defineCall<{ index: number; list: readonly Rebinding[] }>({
  name: "bindBatch",
  decode: (call, [target, page, offset, count]) => {
    const index = requireEnvironment(call, target);
    const word = requireList(call, page, offset, count, ENTRY_BYTES, LIMITS.batch);
    const list: Rebinding[] = [];
    for (let i = 0; i < count; i += 1) {
      const [where, slot] = [word(i, 0), word(i, 1)];
      const rights = where & 0xfff;
      const virtualPage = where >>> 12;
      const through = rights === 0 ? { page: 0 } : requireAccess(call, index, slot, rights);
      list.push({ virtualPage, ...through, rights });
    }
    return { index, list };
  },
  invoke: (core, { index, list }) => {
    for (const { virtualPage, page, rights } of list) {
      if (rights === 0) removeBinding(core, index, virtualPage, "unbound by the libOS");
      else bindStlb(core, index, virtualPage, page, rights);
    }
    return list.length;
  },
});

export const pageAllocBatch = defineCall<{
  memory: CapabilityRef;
  index: number;
  slot: number;
  count: number;
}>({
  name: "pageAllocBatch",
  decode: (call, [target, memory, count, slot]) => {
    const index = requireEnvironment(call, target);
    const { ref } = requireCapability(call, index, memory, "memory", RIGHTS.CONTROL);
    guard(
      call,
      "the batch has so many pages",
      count >= 1 && count <= LIMITS.batch,
      "INVAL",
      () => `${count} pages, 1 to ${LIMITS.batch} are possible`,
    );
    requireSlotNumber(call, slot);
    requireSlotNumber(call, slot + count - 1);
    const refs = Array.from({ length: count }, (_, i) => refOf(index, slot + i));
    // Neighbouring slots lie in two pages of the table at most.
    const tables =
      tablePagesNeeded(call.core, refs[0]) +
      (Math.floor(slot / 128) === Math.floor((slot + count - 1) / 128)
        ? 0
        : tablePagesNeeded(call.core, refs[count - 1]));
    for (let i = 0; i < count; i += 1) requireEmptySlot(call, index, slot + i);
    requirePages(call, index, count + tables);
    return { memory: ref, index, slot, count };
  },
  invoke: (core, { memory, index, slot, count }) => {
    for (let i = 0; i < count; i += 1) allocatePage(core, memory, refOf(index, slot + i));
    return count;
  },
});

export const bindState = defineCall<{
  index: number;
  virtualPage: number;
  state: CapabilityRef;
  frame: number;
}>({
  name: "bindState",
  decode: (call, [target, address, state, frame]) => {
    const index = requireEnvironment(call, target);
    const virtualPage = requirePageAligned(call, address);
    const { ref } = requireCapability(call, index, state, "state", RIGHTS.READ);
    const { exposed } = call.core.records.regions;
    guard(
      call,
      "the page is exposed state",
      isExposed(call.core, frame),
      "RIGHTS",
      () => `page ${hex(frame)}: exposed are pages 0 to ${hex(exposed - 1)}`,
    );
    return { index, virtualPage, state: ref, frame };
  },
  invoke: (core, { index, virtualPage, state, frame }) => {
    bindStlb(core, index, virtualPage, state, RIGHTS.READ, frame);
    return 0;
  },
});

export const pageBits = defineCall<{ frame: number; clear: number }>({
  name: "pageBits",
  decode: (call, [target, page, clear]) => {
    const index = requireEnvironment(call, target);
    const { resource } = requireOwner(call, index, page, "page");
    guard(call, "the bits exist", (clear & ~3) === 0, "INVAL", () => `bits ${hex(clear)}, of 3`);
    return { frame: resource, clear };
  },
  invoke: (core, { frame, clear }) => {
    const { records } = core;
    const flags = records.page(frame, PAGE_RECORD.state);
    // The bits as the call names them: 1 is dirty, 2 is referenced.
    const mask =
      ((clear & 1) !== 0 ? PAGE_FLAG.dirty : 0) | ((clear & 2) !== 0 ? PAGE_FLAG.referenced : 0);
    if (mask !== 0) {
      records.setPage(frame, PAGE_RECORD.state, flags & ~mask);
      cleanBindings(core, frame, (clear & 1) !== 0);
    }
    return (
      ((flags & PAGE_FLAG.dirty) !== 0 ? 1 : 0) | ((flags & PAGE_FLAG.referenced) !== 0 ? 2 : 0)
    );
  },
});

/** More than any machine has, and few enough that sums of them stay numbers of pages. */
const PAGES_MAX = 0xff_ffff;

/** Guarantees and quotas are for who administers memory: WRITE on the memory. */
function requireAdministrator(call: Decoding, memory: number): void {
  requireCapability(call, call.caller, memory, "memory", RIGHTS.WRITE);
}

export const memoryGuarantee = defineCall<{ index: number; pages: number }>({
  name: "memoryGuarantee",
  decode: (call, [target, memory, pages]) => {
    const { core } = call;
    const { records } = core;
    const index = requireEnvironment(call, target);
    requireAdministrator(call, memory);
    const before = records.env(index, ENV.minimum);
    const more = Math.max(0, pages - Math.max(before, charge(core, index)));
    const free = records.header(HEADER.freeCount);
    guard(
      call,
      "the pages are there",
      free - promised(core) >= more,
      "NONE",
      () =>
        `${more} more must stay free, ${free} are free and ${promised(core)} of them guaranteed`,
    );
    return { index, pages };
  },
  invoke: (core, { index, pages }) => {
    setMinimum(core, index, pages);
    core.emit({ kind: "guaranteed", target: core.records.idOf(index), pages });
    return 0;
  },
});

export const quotaSet = defineCall<{ index: number; pages: number }>({
  name: "quotaSet",
  decode: (call, [target, memory, pages]) => {
    const index = requireEnvironment(call, target);
    requireAdministrator(call, memory);
    need(call, "there can be so many pages", pages <= PAGES_MAX, "INVAL", () => `${pages} pages`);
    requireCovered(call, index, pages);
    return { index, pages };
  },
  invoke: (core, { index, pages }) => {
    setQuota(core, index, pages);
    return 0;
  },
});

/** A quota that covers what the environment is charged with already; 0 is none. */
function requireCovered(call: Decoding, index: number, pages: number): void {
  const charged = charge(call.core, index);
  guard(
    call,
    "the quota covers what is charged",
    pages === 0 || pages >= charged,
    "QUOTA",
    () =>
      `${pages} pages for environment ${call.core.records.idOf(index)}, which answers for ${charged}`,
  );
}

function setQuota(core: Core, index: number, pages: number): void {
  core.records.setEnv(index, ENV.quota, pages);
  core.emit({ kind: "quota", target: core.records.idOf(index), pages });
}

export const quotaMove = defineCall<{ from: number; to: number; pages: number }>({
  name: "quotaMove",
  decode: (call, [target, pages]) => {
    const { records } = call.core;
    const to = requireEnvironment(call, target);
    const from = call.caller;
    const [mine, its] = [records.env(from, ENV.quota), records.env(to, ENV.quota)];
    guard(
      call,
      "both have quotas",
      from !== to && mine !== 0 && its !== 0,
      "INVAL",
      () =>
        `the caller's quota is ${mine}, ${from === to ? "and it names itself" : `the other's ${its}`}; 0 is none`,
    );
    const moved = pages | 0;
    need(
      call,
      "so many can be moved",
      Math.abs(moved) <= PAGES_MAX,
      "INVAL",
      () => `${moved} pages`,
    );
    guard(
      call,
      "the giver covers its charge",
      mine - moved >= Math.max(1, charge(call.core, from)) &&
        its + moved >= Math.max(1, charge(call.core, to)),
      "QUOTA",
      () =>
        `${moved} pages: the caller answers for ${charge(call.core, from)} of ${mine}, the other for ${charge(call.core, to)} of ${its}`,
    );
    return { from, to, pages: moved };
  },
  invoke: (core, { from, to, pages }) => {
    setQuota(core, from, core.records.env(from, ENV.quota) - pages);
    setQuota(core, to, core.records.env(to, ENV.quota) + pages);
    return 0;
  },
});
