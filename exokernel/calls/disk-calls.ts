/** Kernel calls on the disk: extents, requests, completions. Decode beside invoke. */
import { PAGE_SIZE, SECTOR_BYTES } from "#emulator";
import { ANY, LIMITS, RIGHTS } from "../abi.ts";
import { type Capability, putCapability, removeTree } from "../capability.ts";
import {
  completionCount,
  hasRoomForRequest,
  inFlightCount,
  takeCompletion,
} from "../completions.ts";
import { submit } from "../disk.ts";
import {
  type Extent,
  extentAmong,
  extentAt,
  firstFit,
  freeExtentNumber,
  freeSectors,
  sectorCount,
  setExtent,
} from "../extents.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireOwner,
} from "../guards.ts";
import { type Decoding, defineCall, guard, need, unless } from "../kernel-call.ts";
import { type CapabilityRef, refIndex, refSlot } from "../records.ts";

const sectors = (count: number): string => `${count} sector${count === 1 ? "" : "s"}`;

export const extentAlloc = defineCall<{
  disk: CapabilityRef;
  number: number;
  first: number;
  count: number;
  destination: CapabilityRef;
}>({
  name: "extentAlloc",
  decode: (call, [target, disk, first, count, destination]) => {
    const { core } = call;
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, disk, "disk", RIGHTS.CONTROL);
    const total = sectorCount(core);
    need(
      call,
      "the sectors exist",
      count >= 1 && count <= total && (first === ANY || first <= total - count),
      "INVAL",
      () =>
        `${sectors(count)} ${first === ANY ? "anywhere" : `from ${first} on`}, of a disk of ${total}`,
    );
    const other = first === ANY ? undefined : extentAmong(core, first, count);
    guard(call, "the sectors are free", other === undefined, "TAKEN", () =>
      other === undefined
        ? "no extent has any of them"
        : `extent ${other.number} of environment ${other.owner} has sectors ${other.first} to ${other.first + other.count - 1}`,
    );
    const place: number | undefined = first === ANY ? firstFit(core, count) : first;
    call.shortage = { kind: "extent", count };
    need(
      call,
      "so many sectors are free in a row",
      place !== undefined,
      "NONE",
      () => `${sectors(count)} asked for, ${freeSectors(core)} free in all`,
    );
    call.shortage = undefined;
    const number = freeExtentNumber(core);
    need(
      call,
      "an extent is left",
      number !== undefined,
      "NONE",
      () => `at most ${LIMITS.extents}`,
    );
    return {
      disk: capability.ref,
      number,
      first: place,
      count,
      destination: requireEmptySlot(call, index, destination),
    };
  },
  invoke: (core, { disk, number, first, count, destination }) => {
    const owner = core.records.idOf(refIndex(destination));
    const rights = RIGHTS.READ | RIGHTS.WRITE | RIGHTS.GRANT;
    putCapability(core, destination, "extent", number, rights, disk, true);
    setExtent(core, { number, first, count, owner, capability: destination });
    const slot = refSlot(destination);
    core.emit({ kind: "extentAllocated", owner, extent: number, first, count, slot });
    return first;
  },
});

export const extentFree = defineCall<{ extent: CapabilityRef }>({
  name: "extentFree",
  decode: (call, [target, extent]) => {
    const index = requireEnvironment(call, target);
    return { extent: requireOwner(call, index, extent, "extent").ref };
  },
  invoke: (core, { extent }) => {
    removeTree(core, extent, "freed");
    return 0;
  },
});

/** The extent of a slot, with the rights that the call needs. */
function requireExtent(call: Decoding, slot: number, rights: number): Extent {
  const capability = requireCapability(call, call.caller, slot, "extent", rights);
  const extent = extentAt(call.core, capability.resource);
  need(
    call,
    "the extent is there",
    extent !== undefined,
    "CAP",
    () => `extent ${capability.resource}`,
  );
  return extent;
}

export const extentInfo = defineCall<{ extent: Extent }>({
  name: "extentInfo",
  decode: (call, [extent]) => ({ extent: requireExtent(call, extent, 0) }),
  invoke: (core, { extent }, caller) => {
    if (core.current === caller) core.machine.hart.setX(11, extent.first);
    return extent.count;
  },
});

/** A place in the disk's queue, and in the caller's ring of completions. */
function requireRoom(call: Decoding): void {
  const { core, caller } = call;
  need(
    call,
    "the caller may ask for more",
    hasRoomForRequest(core, caller),
    "BUSY",
    () =>
      `${inFlightCount(core, caller)} of its requests are in flight and ${completionCount(core, caller)} completions not taken, at most ${LIMITS.diskRequests} together`,
  );
  const { disk } = core.machine;
  need(call, "the machine has a disk", disk !== undefined, "NONE", "the scenario says so");
  need(
    call,
    "the disk's queue has room",
    !disk.isFull,
    "BUSY",
    () => `${disk.inFlight} requests are in flight`,
  );
}

interface Transfer {
  readonly extent: Extent;
  /** Of the disk. */
  readonly sector: number;
  readonly count: number;
  readonly page: Capability;
  readonly offset: number;
  readonly tag: number;
}

function decodeTransfer(
  call: Decoding,
  [slot, sector, count, page, offset, tag]: Uint32Array,
  extentRight: number,
  pageRight: number,
): Transfer {
  const extent = requireExtent(call, slot, extentRight);
  need(
    call,
    "a request has so many sectors",
    count >= 1 && count <= LIMITS.requestSectors,
    "INVAL",
    () => `${sectors(count)}, 1 to ${LIMITS.requestSectors} are possible`,
  );
  guard(
    call,
    "the sectors are the extent's",
    count <= extent.count && sector <= extent.count - count,
    "INVAL",
    () => `${sectors(count)} from ${sector} on, of an extent of ${extent.count}`,
  );
  const capability = requireCapability(call, call.caller, page, "page", pageRight);
  guard(
    call,
    "the bytes are the page's",
    offset % SECTOR_BYTES === 0 && offset <= PAGE_SIZE - count * SECTOR_BYTES,
    "INVAL",
    () =>
      `${count * SECTOR_BYTES} bytes at ${offset}: a multiple of ${SECTOR_BYTES}, and not beyond ${PAGE_SIZE}`,
  );
  requireRoom(call);
  return { extent, sector: extent.first + sector, count, page: capability, offset, tag };
}

export const diskRead = defineCall<Transfer>({
  name: "diskRead",
  decode: (call, args) => decodeTransfer(call, args, RIGHTS.READ, RIGHTS.WRITE),
  invoke: (core, { extent, sector, count, page, offset, tag }, caller) => {
    const request = { kind: "read", sector, count } as const;
    submit(core, caller, extent.number, request, tag, { capability: page, offset });
    return 0;
  },
});

export const diskWrite = defineCall<Transfer>({
  name: "diskWrite",
  decode: (call, args) => decodeTransfer(call, args, RIGHTS.WRITE, RIGHTS.READ),
  invoke: (core, { extent, sector, count, page, offset, tag }, caller) => {
    const at = page.resource * PAGE_SIZE + offset;
    const data = core.machine.memory.readBytes(at, count * SECTOR_BYTES);
    submit(core, caller, extent.number, { kind: "write", sector, data }, tag);
    return 0;
  },
});

export const diskBarrier = defineCall<{ extent: Extent; tag: number }>({
  name: "diskBarrier",
  decode: (call, [slot, tag]) => {
    const extent = requireExtent(call, slot, RIGHTS.WRITE);
    requireRoom(call);
    return { extent, tag };
  },
  invoke: (core, { extent, tag }, caller) => {
    submit(core, caller, extent.number, { kind: "barrier" }, tag);
    return 0;
  },
});

export const diskNext = defineCall<Record<string, never>>({
  name: "diskNext",
  decode: (call) => {
    const { core, caller } = call;
    const count = core.machine.disk === undefined ? 0 : completionCount(core, caller);
    return unless(call, "a request is complete", count > 0, () => `${count} completions`) ?? {};
  },
  invoke: (core, _request, caller) => {
    const { tag, status } = takeCompletion(core, caller);
    if (core.current === caller) {
      core.machine.hart.setX(11, tag);
      core.machine.hart.setX(12, status >>> 0);
    }
    return 0;
  },
});

export const diskInfo = defineCall<Record<string, never>>({
  name: "diskInfo",
  decode: (call, [disk]) => {
    requireCapability(call, call.caller, disk, "disk", 0);
    return {};
  },
  invoke: (core, _request, caller) => {
    if (core.current === caller) core.machine.hart.setX(11, freeSectors(core));
    return sectorCount(core);
  },
});
