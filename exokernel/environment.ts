/**
 * Environments: creation, the four contexts as registered entries, destruction (DESIGN.md 3). Nothing here would be
 * recognised by UNIX: there is no argument vector, no exit status, no parent that waits.
 */
import { USTATUS } from "#emulator";
import { ALL_RIGHTS, ENTRY_COUNT, LIMITS, RIGHTS } from "./abi.ts";
import { capabilitiesOf, putCapability, removeTree } from "./capability.ts";
import { forgetCompletions } from "./completions.ts";
import { endTransfersOf } from "./control-transfer.ts";
import type { Core } from "./core.ts";
import { releaseFrame } from "./frames.ts";
import {
  requireCapability,
  requireCodeAddress,
  requireEmptySlot,
  requireEnvironment,
} from "./guards.ts";
import { returnQuota, setMinimum, startQuota } from "./holdings.ts";
import { defineCall, guard, need, SWITCHED } from "./kernel-call.ts";
import {
  ENV,
  ENV_STATE,
  HEADER,
  isStepCount,
  LAUNCHER_INDEX,
  REPOSSESSION,
  SAVE,
  SLOTS_PER_FRAME,
  UNIQUIFIER_MAX,
} from "./layout.ts";
import { type CapabilityRef, refOf } from "./records.ts";
import { forgetRequests } from "./requests.ts";
import { setArbiter } from "./revocation.ts";
import { breakAllBindings } from "./secure-binding.ts";
import { startNextSlice } from "./time-slices.ts";
import { showPending } from "./upcall.ts";

/** Index for a new environment, or undefined when all are taken. */
function freeIndex(core: Core): number | undefined {
  const { records } = core;
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!records.isLive(index) && records.idOf(index) >>> 8 < UNIQUIFIER_MAX) return index;
  }
  return undefined;
}

/**
 * Makes an environment in a free record and puts its own capability into its slot 0, below its creator's.
 * An id is uniquifier * 256 + index; the record keeps the last id, so that none comes twice.
 */
export function createEnvironment(core: Core, parentId: number, creator: CapabilityRef): number {
  const index = freeIndex(core);
  if (index === undefined) throw new Error("assertion failed: no free environment");
  const { records } = core;
  const id = (((records.idOf(index) >>> 8) + 1) << 8) | index;
  for (let field = 0; field < ENV.bytes; field += 4) records.setEnv(index, field, 0);
  for (let at = 0; at < SAVE.bytes; at += 4) records.setWord(records.saveArea(index) + at, 0);
  for (let at = 0; at < REPOSSESSION.bytes; at += 4) records.setRepossession(index, at, 0);
  records.setEnv(index, ENV.id, id);
  records.setEnv(index, ENV.state, ENV_STATE.created);
  records.setEnv(index, ENV.parent, parentId);
  core.activations.forget(index);
  core.emit({ kind: "created", created: id });
  if (creator !== 0) putCapability(core, creator, "environment", id, ALL_RIGHTS, 0, false);
  putCapability(core, refOf(index, 0), "environment", id, ALL_RIGHTS, creator, false);
  records.setEnv(index, ENV.root, creator);
  return index;
}

export const envCreate = defineCall<{ destination: CapabilityRef }>({
  name: "envCreate",
  decode: (call, [creator, destination]) => {
    requireCapability(call, call.caller, creator, "environments", RIGHTS.CONTROL);
    const free = freeIndex(call.core);
    need(
      call,
      "an environment is free",
      free !== undefined,
      "NONE",
      () => `at most ${LIMITS.environments - 1} environments`,
    );
    // One more page: the new environment's own table.
    return { destination: requireEmptySlot(call, call.caller, destination, { others: 1 }) };
  },
  invoke: (core, { destination }, caller) => {
    const index = createEnvironment(core, core.records.idOf(caller), destination);
    startQuota(core, caller, index);
    return core.records.idOf(index);
  },
});

export const envDestroy = defineCall<{ target: number }>({
  name: "envDestroy",
  decode: (call, [environment]) => {
    const target = requireEnvironment(call, environment);
    need(
      call,
      "the launcher stays",
      target !== LAUNCHER_INDEX,
      "INVAL",
      () =>
        `environment ${call.core.records.idOf(target)}; the first holds the root of every capability`,
    );
    return { target };
  },
  invoke: (core, { target }, caller) => {
    const callerRuns = core.current === caller;
    destroyEnvironment(
      core,
      target,
      target === caller ? "it destroyed itself" : "destroyed by another environment",
    );
    if (target !== caller || !callerRuns) return 0;
    startNextSlice(core);
    return SWITCHED;
  },
});

/** Ends an environment and everything that it owns; `current` becomes 0 if it was running. */
export function destroyEnvironment(core: Core, index: number, because: string): void {
  const { records } = core;
  const id = records.idOf(index);
  const actorBefore = core.actor;
  core.emit({ kind: "destroyed", target: id, status: records.env(index, ENV.words), because });
  if (core.current === index) {
    records.setHeader(HEADER.current, 0);
    core.machine.timerDeadline = Number.POSITIVE_INFINITY;
  }
  core.actor = index;
  forgetRequests(core, index);
  setMinimum(core, index, 0);
  const why = "the environment was destroyed";
  breakAllBindings(core, index, why);
  for (const capability of [...capabilitiesOf(core, index)]) {
    // An earlier removal may have taken it along as a descendant.
    if (records.capability(capability.ref, 0) !== 0) {
      removeTree(core, capability.ref, "holderDestroyed", why);
    }
  }
  const root = records.env(index, ENV.root);
  if (root !== 0) removeTree(core, root, "holderDestroyed", why);
  core.actor = actorBefore;
  for (let table = 0; table < LIMITS.slots / SLOTS_PER_FRAME; table += 1) {
    const frame = records.env(index, ENV.capabilityFrames + 4 * table);
    if (frame !== 0) {
      releaseFrame(core, frame);
      records.count(index, "kernelPages", -1);
    }
    records.setEnv(index, ENV.capabilityFrames + 4 * table, 0);
  }
  for (let at = 0; at < SAVE.bytes; at += 4) {
    if (!isStepCount(at)) records.setWord(records.saveArea(index) + at, 0);
  }
  forgetCompletions(core, index);
  returnQuota(core, index);
  records.setEnv(index, ENV.state, ENV_STATE.destroyed);
  core.activations.forget(index);
  // After its end, so that it is not asked itself.
  if (records.header(HEADER.arbiter) === index) setArbiter(core, 0);
  endTransfersOf(core, id, liveIndices(core));
}

export function* liveIndices(core: Core): Generator<number> {
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (core.records.isLive(index)) yield index;
  }
}

export const envSetEntry = defineCall<{ target: number; entry: number; pc: number }>({
  name: "envSetEntry",
  decode: (call, [environment, entry, pc]) => {
    const target = requireEnvironment(call, environment);
    need(
      call,
      "entry exists",
      entry < ENTRY_COUNT,
      "INVAL",
      () => `entry ${entry} of 0..${ENTRY_COUNT - 1}`,
    );
    requireCodeAddress(call, pc);
    return { target, entry, pc };
  },
  invoke: (core, { target, entry, pc }) => {
    core.records.setEnv(target, ENV.entries + 4 * entry, pc);
    core.emit({ kind: "entry", target: core.records.idOf(target), entry, pc });
    if (core.current === target) showPending(core, target);
    return 0;
  },
});

export const envSetWord = defineCall<{ target: number; index: number; value: number }>({
  name: "envSetWord",
  decode: (call, [environment, index, value]) => {
    const target = requireEnvironment(call, environment);
    need(
      call,
      "word exists",
      index < LIMITS.privateWords,
      "INVAL",
      () => `word ${index} of 0..${LIMITS.privateWords - 1}`,
    );
    return { target, index, value };
  },
  invoke: (core, { target, index, value }) => {
    core.records.setEnv(target, ENV.words + 4 * index, value);
    return 0;
  },
});

export const envStart = defineCall<{ target: number; pc: number; argument: number }>({
  name: "envStart",
  decode: (call, [environment, pc, argument]) => {
    const target = requireEnvironment(call, environment);
    const state = call.core.records.envState(target);
    guard(
      call,
      "environment has not started",
      state === ENV_STATE.created,
      "BUSY",
      () =>
        `environment ${call.core.records.idOf(target)} ${state === ENV_STATE.created ? "has not started" : "runs already"}`,
    );
    need(
      call,
      "the launcher runs beneath the machine",
      target !== LAUNCHER_INDEX,
      "INVAL",
      () => `environment ${call.core.records.idOf(target)}`,
    );
    requireCodeAddress(call, pc);
    return { target, pc, argument };
  },
  invoke: (core, { target, pc, argument }) => {
    const { records } = core;
    const area = records.saveArea(target);
    records.setWord(area, pc);
    records.setWord(area + 4 * 10, argument);
    records.setWord(area + SAVE.csrs, USTATUS.UIE);
    records.setEnv(target, ENV.hasContext, 1);
    records.setEnv(target, ENV.state, ENV_STATE.ready);
    core.emit({ kind: "started", target: records.idOf(target), pc });
    return 0;
  },
});

export const envPublish = defineCall<{ target: number; address: number }>({
  name: "envPublish",
  decode: (call, [environment, address]) => {
    const target = requireEnvironment(call, environment);
    guard(
      call,
      "address is word-aligned",
      (address & 3) === 0,
      "INVAL",
      () => `address ${address}`,
    );
    return { target, address };
  },
  invoke: (core, { target, address }) => {
    core.records.setEnv(target, ENV.image, address);
    core.emit({ kind: "published", target: core.records.idOf(target), address });
    return 0;
  },
});
