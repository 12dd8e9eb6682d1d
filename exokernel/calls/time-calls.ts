/** Kernel calls on processor time: slices, yield, sleep, rest. Decode beside invoke. */
import { ANY, LIMITS, RELATIONS, RIGHTS } from "../abi.ts";
import { putCapability, removeTree } from "../capability.ts";
import type { Core } from "../core.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireId,
  requireOwner,
  requireRunning,
} from "../guards.ts";
import { type Decoding, defineCall, guard, need, SWITCHED } from "../kernel-call.ts";
import { ENV, ENV_STATE } from "../layout.ts";
import { outcome, setPredicate, type Term, WAITS } from "../predicate.ts";
import { type CapabilityRef, refIndex } from "../records.ts";
import {
  donate,
  END_SLICE_BIT,
  isLibosSwitched,
  isRunnable,
  leave,
  runnerFor,
  startNextSlice,
} from "../time-slices.ts";
import { deliverable } from "../upcall.ts";
import { requireList } from "./memory-calls.ts";

export const sliceAlloc = defineCall<{
  processor: CapabilityRef;
  position: number;
  destination: CapabilityRef;
}>({
  name: "sliceAlloc",
  decode: (call, [target, processor, position, destination]) => {
    const { records } = call.core;
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, processor, "processor", RIGHTS.CONTROL);
    need(call, "position exists", position === ANY || position < LIMITS.sliceVector, "INVAL", () =>
      position === ANY ? "any position" : `position ${position} of 0..${LIMITS.sliceVector - 1}`,
    );
    guard(
      call,
      "position is free",
      position === ANY || records.sliceOwner(position) === 0,
      "TAKEN",
      () => (position === ANY ? "any position" : `position ${position}`),
    );
    const free: number | undefined = position === ANY ? freePosition(call.core) : position;
    call.shortage = { kind: "slice", count: 1 };
    need(
      call,
      "a slice is left",
      free !== undefined,
      "NONE",
      () => `all ${LIMITS.sliceVector} positions of the slice vector are taken`,
    );
    call.shortage = undefined;
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

export const sliceFree = defineCall<{ slice: CapabilityRef }>({
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

export const yieldCall = defineCall<{ runner: number | undefined; target: number }>({
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
      () =>
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

export const sleep = defineCall<Record<string, never>>({
  name: "sleep",
  decode: (call) => {
    requireRunning(call);
    return {};
  },
  invoke: (core, _request, caller) => {
    const { records } = core;
    setPredicate(core, caller, []);
    if (hasNews(core, caller)) {
      // Something came between the caller's last look and this call: it is not lost (CONTRACT C18).
      records.setEnv(caller, ENV.pending, deliverable(core, caller));
      return 0;
    }
    core.emit({ kind: "slept", terms: 0 });
    fallAsleep(core, caller);
    return SWITCHED;
  },
});

/** Whether something is pending. The end of the slice is no reason to stay awake: sleeping is what was asked for. */
function hasNews(core: Core, caller: number): boolean {
  return (core.records.env(caller, ENV.pending) & ~END_SLICE_BIT) !== 0;
}

function fallAsleep(core: Core, caller: number): void {
  core.machine.hart.setX(10, 0);
  core.records.setEnv(caller, ENV.state, ENV_STATE.sleeping);
  leave(core, !isLibosSwitched(core, caller));
  startNextSlice(core);
}

const TERM_BYTES = 16;
/** Steps are counted exactly to 2^52. */
const CLOCK_HIGH_MAX = 2 ** 20;

export const sleepUntil = defineCall<{ terms: readonly Term[] }>({
  name: "sleepUntil",
  decode: (call, [page, offset, count]) => {
    requireRunning(call);
    const word = requireList(call, page, offset, count, TERM_BYTES, LIMITS.terms);
    const terms: Term[] = [];
    for (let i = 0; i < count; i += 1) {
      terms.push(requireTerm(call, [word(i, 0), word(i, 1), word(i, 2), word(i, 3)]));
    }
    return { terms };
  },
  invoke: (core, { terms }, caller) => {
    const { records } = core;
    setPredicate(core, caller, terms);
    const now = outcome(core, caller);
    if (now !== WAITS || hasNews(core, caller)) {
      records.setEnv(caller, ENV.predicateCount, 0);
      if (now === WAITS) records.setEnv(caller, ENV.pending, deliverable(core, caller));
      return now;
    }
    core.emit({ kind: "slept", terms: terms.length });
    fallAsleep(core, caller);
    return SWITCHED;
  },
});

/** One struct exo_term: {slot or the clock, offset | relation << 16 | begins << 24, value, high}. */
function requireTerm(
  call: Decoding,
  [slot, where, value, high]: readonly [number, number, number, number],
): Term {
  const [offset, relation] = [where & 0xffff, (where >>> 16) & 0xff];
  guard(
    call,
    "the relation exists",
    relation < Object.keys(RELATIONS).length && where >>> 25 === 0,
    "INVAL",
    () => `relation ${relation} of 0..${Object.keys(RELATIONS).length - 1}`,
  );
  const term = { offset, relation, begins: where >>> 24 === 1, value, high };
  if (slot === ANY) {
    // Only order says at which step the clock next changes what a term comes to.
    need(
      call,
      "the clock is compared by order",
      relation < RELATIONS.anyBit && high < CLOCK_HIGH_MAX,
      "INVAL",
      () => `relation ${relation}, with a step of which the high word is ${high}`,
    );
    return { ...term, page: undefined };
  }
  guard(
    call,
    "the word is within the page",
    offset < 4096 && offset % 4 === 0,
    "INVAL",
    () => `offset ${offset}`,
  );
  return { ...term, page: requireCapability(call, call.caller, slot, "page", RIGHTS.READ) };
}

export const rest = defineCall<Record<string, never>>({
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
