/** The kernel calls on capabilities, pages, bindings, time, transfers and the console: decode beside invoke. */
import { ANY, CALLS, ENTRIES, KINDS, LIMITS, RIGHTS, rightsText } from "./abi.ts";
import {
  capabilityAt,
  putCapability,
  removeDescendants,
  removeTree,
  setOffer,
  takeRepossession,
} from "./capability.ts";
import { transfer, whyBusy } from "./control-transfer.ts";
import { type Core, hex } from "./core.ts";
import * as environment from "./environment.ts";
import { freeCount, isFree, ownFrame, takeFrame } from "./frames.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireId,
  requireOwner,
  requirePageAligned,
  requireSlotNumber,
  requireSubset,
} from "./guards.ts";
import { type AnyKernelCall, type Decoding, defineCall, guard, SWITCHED } from "./kernel-call.ts";
import { ENV, ENV_STATE } from "./layout.ts";
import { type CapabilityRef, refIndex, refOf, refSlot } from "./records.ts";
import { bindGuaranteed, bindStlb, canGuarantee, removeBinding } from "./secure-binding.ts";
import {
  donate,
  END_SLICE_BIT,
  isLibosSwitched,
  isRunnable,
  leave,
  runnerFor,
  startNextSlice,
} from "./time-slices.ts";
import { deliverable } from "./upcall.ts";

const ACCESS = RIGHTS.READ | RIGHTS.WRITE | RIGHTS.EXECUTE;

const capDerive = defineCall<{
  source: CapabilityRef;
  destination: CapabilityRef;
  rights: number;
}>({
  name: "capDerive",
  decode: (call, [from, source, to, destination, rights]) => {
    const fromIndex = requireEnvironment(call, from);
    const toIndex = requireEnvironment(call, to);
    const needed = fromIndex === toIndex ? 0 : RIGHTS.GRANT;
    const capability = requireCapability(call, fromIndex, source, undefined, needed);
    requireSubset(call, rights, capability.rights);
    return {
      source: capability.ref,
      destination: requireEmptySlot(call, toIndex, destination),
      rights,
    };
  },
  invoke: (core, { source, destination, rights }) => {
    derive(core, source, destination, rights);
    return 0;
  },
});

function derive(
  core: Core,
  source: CapabilityRef,
  destination: CapabilityRef,
  rights: number,
): void {
  const { records } = core;
  const kind = records.capability(source, 0) & 0xff;
  const resource = records.capability(source, 4);
  const name = Object.keys(KINDS)[kind] as keyof typeof KINDS;
  putCapability(core, destination, name, resource, rights, source, false);
  core.emit({
    kind: "derived",
    from: records.idOf(refIndex(source)),
    fromSlot: refSlot(source),
    to: records.idOf(refIndex(destination)),
    toSlot: refSlot(destination),
    rights,
    capabilityKind: kind,
    resource,
  });
}

const capOffer = defineCall<{ source: CapabilityRef; receiver: number; rights: number }>({
  name: "capOffer",
  decode: (call, [source, receiver, rights]) => {
    const capability = requireCapability(call, call.caller, source, undefined, RIGHTS.GRANT);
    if (receiver !== 0) requireId(call, receiver);
    requireSubset(call, rights, capability.rights);
    return { source: capability.ref, receiver, rights };
  },
  invoke: (core, { source, receiver, rights }) => {
    setOffer(core, source, receiver, receiver === 0 ? 0 : rights);
    core.emit({ kind: "offered", slot: refSlot(source), to: receiver, rights });
    return 0;
  },
});

const capAccept = defineCall<{ source: CapabilityRef; destination: CapabilityRef; rights: number }>(
  {
    name: "capAccept",
    decode: (call, [giver, source, destination]) => {
      const giverIndex = requireId(call, giver);
      requireSlotNumber(call, source);
      const capability = capabilityAt(call.core, refOf(giverIndex, source));
      const me = call.core.records.idOf(call.caller);
      // One answer whether the slot is empty or not: what another holds is not the caller's business.
      guard(
        call,
        "the offer is to the caller",
        capability?.offeredTo === me,
        "OFFER",
        capability?.offeredTo === me
          ? `slot ${source} of environment ${giver} is offered to environment ${me}`
          : `slot ${source} of environment ${giver} is not offered to environment ${me}`,
      );
      return {
        source: capability.ref,
        destination: requireEmptySlot(call, call.caller, destination),
        rights: capability.offeredRights,
      };
    },
    invoke: (core, { source, destination, rights }) => {
      setOffer(core, source, 0, 0);
      derive(core, source, destination, rights);
      core.emit({
        kind: "accepted",
        from: core.records.idOf(refIndex(source)),
        fromSlot: refSlot(source),
        slot: refSlot(destination),
        rights,
      });
      return rights;
    },
  },
);

const capRevoke = defineCall<{ source: CapabilityRef }>({
  name: "capRevoke",
  decode: (call, [target, source]) => {
    const index = requireEnvironment(call, target);
    return { source: requireCapability(call, index, source, undefined, 0).ref };
  },
  invoke: (core, { source }) => removeDescendants(core, source, "revoked"),
});

const capDelete = defineCall<{ source: CapabilityRef }>({
  name: "capDelete",
  decode: (call, [target, source]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, source, undefined, 0);
    guard(
      call,
      "capability is not an owner's",
      !capability.isOwner,
      "OWNER",
      `slot ${source} ${capability.isOwner ? `owns its ${capability.kind}: free it instead` : "owns nothing"}`,
    );
    guard(
      call,
      "slot 0 stays",
      source !== 0,
      "INVAL",
      `slot ${source}; an environment keeps its own capability in slot 0`,
    );
    return { source: capability.ref };
  },
  invoke: (core, { source }) => {
    removeTree(core, source, "revoked", "it was deleted");
    return 0;
  },
});

const pageAlloc = defineCall<{ memory: CapabilityRef; frame: number; destination: CapabilityRef }>({
  name: "pageAlloc",
  decode: (call, [target, memory, frame, destination]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, memory, "memory", RIGHTS.CONTROL);
    guard(
      call,
      "page exists",
      frame === ANY || frame < call.core.records.pageCount,
      "INVAL",
      frame === ANY ? "any page" : `page ${hex(frame)} of ${hex(call.core.records.pageCount)}`,
    );
    guard(
      call,
      "page is free",
      frame === ANY || isFree(call.core, frame),
      "TAKEN",
      frame === ANY
        ? "any page"
        : `page ${hex(frame)} ${isFree(call.core, frame) ? "is free" : "is not free"}`,
    );
    guard(
      call,
      "a page is left",
      freeCount(call.core) > 0,
      "NONE",
      `${freeCount(call.core)} pages are free`,
    );
    return {
      memory: capability.ref,
      frame,
      destination: requireEmptySlot(call, index, destination, 1),
    };
  },
  invoke: (core, { memory, frame: wanted, destination }) => {
    const index = refIndex(destination);
    const owner = core.records.idOf(index);
    const frame = takeFrame(core, wanted === ANY ? undefined : wanted);
    const rights = ACCESS | RIGHTS.GRANT;
    putCapability(core, destination, "page", frame, rights, memory, true);
    ownFrame(core, frame, owner, destination);
    core.records.count(index, "pages");
    core.emit({ kind: "allocated", owner, frame, slot: refSlot(destination) });
    return frame;
  },
});

const pageFree = defineCall<{ page: CapabilityRef }>({
  name: "pageFree",
  decode: (call, [target, page]) => {
    const index = requireEnvironment(call, target);
    return { page: requireOwner(call, index, page, "page").ref };
  },
  invoke: (core, { page }) => {
    removeTree(core, page, "freed");
    return 0;
  },
});

interface BindRequest {
  readonly index: number;
  readonly virtualPage: number;
  readonly page: CapabilityRef;
  readonly rights: number;
}

function decodeBind(call: Decoding, [target, address, page, rights]: Uint32Array): BindRequest {
  const index = requireEnvironment(call, target);
  const virtualPage = requirePageAligned(call, address);
  guard(
    call,
    "rights are of access",
    rights !== 0 && (rights & ~ACCESS) === 0,
    "INVAL",
    `rights ${hex(rights)}: READ, WRITE and EXECUTE are possible, at least one is needed`,
  );
  // Priv, Sv32, encodings of R, W and X: reserved. An AMO faults as a store and needs both, so its refill would never do.
  guard(
    call,
    "what is writable is readable",
    (rights & RIGHTS.WRITE) === 0 || (rights & RIGHTS.READ) !== 0,
    "INVAL",
    `rights ${rightsText(rights).slice(0, 3)}`,
  );
  const capability = requireCapability(call, index, page, "page", 0);
  requireSubset(call, rights, capability.rights);
  return { index, virtualPage, page: capability.ref, rights };
}

const bind = defineCall<BindRequest>({
  name: "bind",
  decode: (call, args) => decodeBind(call, args),
  invoke: (core, { index, virtualPage, page, rights }) => {
    bindStlb(core, index, virtualPage, page, rights);
    return 0;
  },
});

const bindGuaranteedCall = defineCall<BindRequest>({
  name: "bindGuaranteed",
  decode: (call, args) => {
    const request = decodeBind(call, args);
    guard(
      call,
      "a guaranteed mapping is left",
      canGuarantee(call.core, request.index, request.virtualPage),
      "NONE",
      `at most ${LIMITS.guaranteed} guaranteed mappings`,
    );
    return request;
  },
  invoke: (core, { index, virtualPage, page, rights }) => {
    bindGuaranteed(core, index, virtualPage, page, rights);
    return 0;
  },
});

const unbind = defineCall<{ index: number; virtualPage: number }>({
  name: "unbind",
  decode: (call, [target, address]) => ({
    index: requireEnvironment(call, target),
    virtualPage: requirePageAligned(call, address),
  }),
  invoke: (core, { index, virtualPage }) => {
    removeBinding(core, index, virtualPage, "unbound by the libOS");
    return 0;
  },
});

const sliceAlloc = defineCall<{
  processor: CapabilityRef;
  position: number;
  destination: CapabilityRef;
}>({
  name: "sliceAlloc",
  decode: (call, [target, processor, position, destination]) => {
    const { records } = call.core;
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, processor, "processor", RIGHTS.CONTROL);
    guard(
      call,
      "position exists",
      position === ANY || position < LIMITS.sliceVector,
      "INVAL",
      position === ANY ? "any position" : `position ${position} of 0..${LIMITS.sliceVector - 1}`,
    );
    guard(
      call,
      "position is free",
      position === ANY || records.sliceOwner(position) === 0,
      "TAKEN",
      position === ANY ? "any position" : `position ${position}`,
    );
    const free: number | undefined = position === ANY ? freePosition(call.core) : position;
    guard(
      call,
      "a slice is left",
      free !== undefined,
      "NONE",
      `all ${LIMITS.sliceVector} positions of the slice vector are taken`,
    );
    return {
      processor: capability.ref,
      position: free,
      destination: requireEmptySlot(call, index, destination),
    };
  },
  invoke: (core, { processor, position, destination }) => {
    const owner = core.records.idOf(refIndex(destination));
    putCapability(core, destination, "slice", position, RIGHTS.GRANT, processor, true);
    core.records.setSlice(position, owner, destination);
    core.emit({ kind: "sliceAllocated", owner, position });
    return position;
  },
});

function freePosition(core: Core): number | undefined {
  for (let position = 0; position < LIMITS.sliceVector; position += 1) {
    if (core.records.sliceOwner(position) === 0) return position;
  }
  return undefined;
}

const sliceFree = defineCall<{ slice: CapabilityRef }>({
  name: "sliceFree",
  decode: (call, [target, slice]) => {
    const index = requireEnvironment(call, target);
    return { slice: requireOwner(call, index, slice, "slice").ref };
  },
  invoke: (core, { slice }) => {
    removeTree(core, slice, "freed");
    return 0;
  },
});

/** Calls that give up the processor are for guests: the launcher runs beneath the machine and has none. */
function requireRunning(call: Decoding): void {
  guard(
    call,
    "caller runs on the machine",
    call.core.current === call.caller,
    "INVAL",
    `environment ${call.core.records.idOf(call.caller)}`,
  );
}

const yieldCall = defineCall<{ runner: number | undefined; target: number }>({
  name: "yield",
  decode: (call, [target]) => {
    requireRunning(call);
    if (target === 0) return { runner: undefined, target };
    const runner = runnerFor(call.core, requireId(call, target));
    guard(
      call,
      "target can run",
      runner === call.caller || isRunnable(call.core, runner),
      "BUSY",
      `environment ${target} ${isRunnable(call.core, runner) ? "can run" : "sleeps, rests or has not started"}`,
    );
    return { runner, target };
  },
  invoke: (core, { runner, target }, caller) => {
    core.emit({ kind: "yielded", to: target });
    core.machine.hart.setX(10, 0);
    leave(core, !isLibosSwitched(core, caller));
    if (runner === undefined) startNextSlice(core);
    else donate(core, runner);
    return SWITCHED;
  },
});

const sleep = defineCall<Record<string, never>>({
  name: "sleep",
  decode: (call) => {
    requireRunning(call);
    return {};
  },
  invoke: (core, _request, caller) => {
    const { records } = core;
    // The end of the slice is no reason to stay awake: sleeping is what it asks for.
    if ((records.env(caller, ENV.pending) & ~END_SLICE_BIT) !== 0) {
      // Something came between the caller's last look and this call: it is not lost (CONTRACT C18).
      records.setEnv(caller, ENV.pending, deliverable(core, caller));
      return 0;
    }
    core.emit({ kind: "slept" });
    core.machine.hart.setX(10, 0);
    records.setEnv(caller, ENV.state, ENV_STATE.sleeping);
    leave(core, !isLibosSwitched(core, caller));
    startNextSlice(core);
    return SWITCHED;
  },
});

const rest = defineCall<Record<string, never>>({
  name: "rest",
  decode: (call) => {
    requireRunning(call);
    return {};
  },
  invoke: (core, _request, caller) => {
    core.emit({ kind: "rested" });
    core.records.setEnv(caller, ENV.state, ENV_STATE.resting);
    leave(core, false);
    startNextSlice(core);
    return SWITCHED;
  },
});

function decodeTransfer(call: Decoding, target: number, synchronous: boolean): { callee: number } {
  requireRunning(call);
  const callee = requireId(call, target);
  guard(
    call,
    "callee is another environment",
    callee !== call.caller,
    "INVAL",
    `environment ${target} ${callee === call.caller ? "is the caller itself" : "is another"}`,
  );
  const entry = synchronous ? ENTRIES.transfer : ENTRIES.transferAsync;
  const state = call.core.records.envState(callee);
  guard(
    call,
    "callee has started",
    state !== ENV_STATE.created,
    "BUSY",
    `environment ${target} ${state === ENV_STATE.created ? "has not started" : "has started"}`,
  );
  guard(
    call,
    "entry is registered",
    call.core.records.entry(callee, entry.number) !== 0,
    "ENTRY",
    `environment ${target}, entry ${entry.number} (${entry.meaning})`,
  );
  const busy = whyBusy(call.core, callee, call.core.records.idOf(call.caller), synchronous);
  guard(
    call,
    "callee can be entered",
    busy === undefined,
    "BUSY",
    busy ?? `environment ${target} can be entered`,
  );
  return { callee };
}

const TARGET = 7;

const transferSync = defineCall<{ callee: number }>({
  name: "transferSync",
  decode: (call, args) => decodeTransfer(call, args[TARGET], true),
  invoke: (core, { callee }) => {
    transfer(core, callee, true);
    return SWITCHED;
  },
});

const transferAsync = defineCall<{ callee: number }>({
  name: "transferAsync",
  decode: (call, args) => decodeTransfer(call, args[TARGET], false),
  invoke: (core, { callee }) => {
    transfer(core, callee, false);
    return SWITCHED;
  },
});

const consoleWrite = defineCall<{ bytes: Uint8Array }>({
  name: "consoleWrite",
  decode: (call, args) => {
    requireCapability(call, call.caller, args[0], "console", RIGHTS.WRITE);
    const count = args[1];
    guard(
      call,
      "the bytes fit the registers",
      count <= LIMITS.consoleBytes,
      "INVAL",
      `${count} bytes, at most ${LIMITS.consoleBytes}`,
    );
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) bytes[i] = args[2 + (i >> 2)] >>> (8 * (i & 3));
    return { bytes };
  },
  invoke: (core, { bytes }) => {
    for (const byte of bytes) core.machine.console.write(byte);
    return bytes.length;
  },
});

const consoleRead = defineCall<Record<string, never>>({
  name: "consoleRead",
  decode: (call, [slot]) => {
    requireCapability(call, call.caller, slot, "console", RIGHTS.READ);
    const { available } = call.core.machine.console;
    guard(call, "there is input", available > 0, "AGAIN", `${available} bytes of input`);
    return {};
  },
  invoke: (core) => core.machine.console.read() ?? 0,
});

const repossessionNext = defineCall<Record<string, never>>({
  name: "repossessionNext",
  decode: (call) => {
    const count = call.core.records.env(call.caller, ENV.repossessionCount);
    guard(call, "the vector is not empty", count > 0, "AGAIN", `${count} entries`);
    return {};
  },
  invoke: (core, _request, caller) => {
    const entry = takeRepossession(core, caller);
    if (entry === undefined) throw new Error("assertion failed: the vector is empty");
    const { hart } = core.machine;
    if (core.current === caller) {
      hart.setX(11, entry.resource);
      hart.setX(12, entry.by);
      hart.setX(13, entry.reason);
      hart.setX(14, entry.slot);
    }
    return entry.kind;
  },
});

/** Every kernel call by its number. */
export const CALL_TABLE: ReadonlyMap<number, AnyKernelCall> = new Map(
  [
    environment.envCreate,
    environment.envDestroy,
    environment.envSetEntry,
    environment.envSetWord,
    environment.envStart,
    environment.envPublish,
    capDerive,
    capOffer,
    capAccept,
    capRevoke,
    capDelete,
    pageAlloc,
    pageFree,
    bind,
    unbind,
    bindGuaranteedCall,
    sliceAlloc,
    sliceFree,
    yieldCall,
    sleep,
    rest,
    transferSync,
    transferAsync,
    consoleWrite,
    consoleRead,
    repossessionNext,
  ].map((call) => [CALLS[call.name].number, call]),
);
