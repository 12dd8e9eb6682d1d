/**
 * Processor time: the slice vector, the switch from one environment to another, excess time (CONTRACT C19)
 * [Engler95, Processor Time Slices].
 */
import { CSR, USTATUS } from "#emulator";
import { ENTRIES, ERRORS, FIRST_INTERRUPT_ENTRY, INTERRUPT_BIT, LIMITS, REGISTERS } from "./abi.ts";
import { savedRegistersOf } from "./activations.ts";
import type { Core } from "./core.ts";
import { clearFloats, keepFloats, restoreFloats } from "./float-registers.ts";
import { ENV, ENV_STATE, HEADER, SAVE, SLICE_BYTES } from "./layout.ts";
import { nextPosition } from "./policy.ts";
import { isWokenByPredicate, LOST, outcome } from "./predicate.ts";
import { indexOfId } from "./records.ts";
import { deliverable, deliverPending, doom, enter, setPending, showPending } from "./upcall.ts";

/** The CSRs of an environment (CONTRACT C16), in the order of their words in the save area. */
export const CSR_SAVED: readonly number[] = [
  CSR.ustatus,
  CSR.utvec,
  CSR.uscratch,
  CSR.uepc,
  CSR.ucause,
  CSR.utval,
  CSR.uie,
  CSR.fcsr,
];

/** The end-of-slice upcall among an environment's pending ones. */
export const END_SLICE_BIT = 1 << (ENTRIES.endSlice.number - FIRST_INTERRUPT_ENTRY);

const VECTOR_LENGTH = LIMITS.sliceVector;
const SLICE_WORDS = SLICE_BYTES / 4;

/** Whether the libOS saves its own registers at the end of a slice. */
export function isLibosSwitched(core: Core, index: number): boolean {
  return (
    core.records.entry(index, ENTRIES.beginSlice.number) !== 0 &&
    core.records.entry(index, ENTRIES.endSlice.number) !== 0
  );
}

/** Who runs when `index` is given time: itself, or whom it waits for in synchronous transfers. */
export function runnerFor(core: Core, index: number): number {
  let runner = index;
  for (let hops = 0; hops < LIMITS.environments; hops += 1) {
    if (core.records.envState(runner) !== ENV_STATE.waiting) return runner;
    runner = indexOfId(core.records.env(runner, ENV.waitingOn));
  }
  return runner;
}

export function isRunnable(core: Core, index: number): boolean {
  const state = core.records.envState(index);
  if (state === ENV_STATE.ready || isWokenByPredicate(core, index)) return true;
  return state === ENV_STATE.resting && deliverable(core, index) !== 0;
}

/** Takes the processor from the running environment; `keep` says whether the kernel keeps its registers. */
export function leave(core: Core, keep: boolean): void {
  const index = core.current;
  if (index === 0) return;
  const { records, machine } = core;
  const area = records.saveArea(index);
  if (keep) {
    for (let i = 1; i < 32; i += 1) records.setWord(area + 4 * i, machine.hart.x(i));
    records.setWord(area, machine.hart.pc);
    keepFloats(core, index);
  } else {
    // Of a context that the libOS keeps, only who looks at it knows.
    core.activations.park(index, savedRegistersOf(machine.hart));
    machine.hart.writeCsr(CSR.ustatus, machine.hart.readCsr(CSR.ustatus) | USTATUS.UIE);
  }
  // Whoever gives the processor up need not be told any more that its slice has ended.
  records.setEnv(index, ENV.pending, records.env(index, ENV.pending) & ~END_SLICE_BIT);
  records.setEnv(index, ENV.hasContext, keep ? 1 : 0);
  for (let i = 0; i < CSR_SAVED.length; i += 1) {
    records.setWord(area + SAVE.csrs + 4 * i, machine.hart.readCsr(CSR_SAVED[i]!));
  }
  records.setHeader(HEADER.current, 0);
}

/** Installs an environment's address space and CSRs; the registers stay as they are. */
export function install(core: Core, index: number): void {
  const { records, machine } = core;
  const area = records.saveArea(index);
  machine.hart.asid = index;
  machine.hart.clearReservation();
  for (let i = 0; i < CSR_SAVED.length; i += 1) {
    machine.hart.writeCsr(CSR_SAVED[i]!, records.word(area + SAVE.csrs + 4 * i));
  }
  records.setHeader(HEADER.current, index);
  showPending(core, index);
}

/** Ends a sleep by the predicate: its outcome is the result of `sleep_until`, or the value of the begin of the slice. */
function wakeByPredicate(core: Core, index: number): void {
  const { records } = core;
  const fired = outcome(core, index);
  records.setEnv(index, ENV.predicateCount, 0);
  const result = fired === LOST ? ERRORS.CAP.code : fired;
  records.setEnv(index, ENV.predicateFired, result);
  records.setEnv(index, ENV.state, ENV_STATE.ready);
  if (records.env(index, ENV.hasContext) !== 0) {
    records.setWord(records.saveArea(index) + 4 * REGISTERS.firstArgument, result >>> 0);
  }
  core.emit({ kind: "woken", product: fired === LOST ? 0 : fired }, index);
}

/** Runs an environment that is runnable: its kept context, its begin-of-slice entry, or its pending upcall. */
export function dispatch(core: Core, index: number): void {
  const { records, machine } = core;
  if (isWokenByPredicate(core, index)) wakeByPredicate(core, index);
  install(core, index);
  if (records.env(index, ENV.hasContext) !== 0) {
    const area = records.saveArea(index);
    for (let i = 1; i < 32; i += 1) machine.hart.setX(i, records.word(area + 4 * i));
    machine.hart.setPc(records.word(area));
    restoreFloats(core, index);
    records.setEnv(index, ENV.hasContext, 0);
    return;
  }
  clearFloats(core);
  for (let i = 1; i < 32; i += 1) machine.hart.setX(i, 0);
  records.setEnv(index, ENV.state, ENV_STATE.ready);
  const begin = ENTRIES.beginSlice.number;
  if (isLibosSwitched(core, index)) {
    const fired = records.env(index, ENV.predicateFired);
    enter(core, index, begin, (INTERRUPT_BIT | begin) >>> 0, fired, undefined);
    // Told once: at the next slice it is nothing new.
    records.setEnv(index, ENV.predicateFired, 0);
  } else if (deliverable(core, index) !== 0) {
    deliverPending(core, index, undefined);
  } else {
    doom(core, index, "it gave up its registers and has no entry at which it could go on");
  }
}

/**
 * Starts the next slice of the vector whose runner can run; false when there is none (the processor is idle). `holder`, if any, has
 * the processor until now: where the next slice is its own, too, it goes on and nothing is moved.
 */
export function startNextSlice(core: Core, holder = 0): boolean {
  const { records } = core;
  let position = records.header(HEADER.position);
  let forfeited = true;
  while (forfeited) {
    forfeited = false;
    for (let i = 0; i < VECTOR_LENGTH; i += 1) {
      const free = freeBehind(records.words, position);
      i += free;
      if (i >= VECTOR_LENGTH) break;
      position = nextPosition(position + free, VECTOR_LENGTH);
      const owner = indexOfId(records.sliceOwner(position));
      const runner = runnerFor(core, owner);
      if (!isRunnable(core, runner)) continue;
      if (forfeit(core, owner, position)) {
        forfeited = true;
        continue;
      }
      beginSlice(core, position, owner, runner);
      if (runner === holder) goOn(core, runner);
      else {
        if (holder !== 0) leave(core, true);
        dispatch(core, runner);
      }
      return true;
    }
  }
  if (holder !== 0) leave(core, true);
  records.setHeader(HEADER.current, 0);
  core.machine.timerDeadline = Number.POSITIVE_INFINITY;
  return false;
}

/** How many positions after this one are free, in the order of the vector. Most are, and this is asked each tick: so no more than a loop. */
function freeBehind(words: Uint32Array, position: number): number {
  const first = HEADER.sliceVector >>> 2;
  const end = first + VECTOR_LENGTH * SLICE_WORDS;
  const from = first + (position + 1) * SLICE_WORDS;
  let at = from;
  while (at < end && words[at] === 0) at += SLICE_WORDS;
  if (at < end) return (at - from) / SLICE_WORDS;
  at = first;
  while (at < from && words[at] === 0) at += SLICE_WORDS;
  return (end - from + at - first) / SLICE_WORDS;
}

function forfeit(core: Core, owner: number, position: number): boolean {
  const left = core.records.env(owner, ENV.forfeits);
  if (left === 0) return false;
  core.records.setEnv(owner, ENV.forfeits, left - 1);
  core.emit({ kind: "forfeited", position, remaining: left - 1 }, owner);
  return true;
}

function beginSlice(core: Core, position: number, owner: number, runner: number): void {
  const { records } = core;
  records.setHeader(HEADER.position, position);
  records.setHeader(HEADER.sliceOwner, records.idOf(owner));
  records.setHeader(HEADER.inExcess, 0);
  records.setHeader(HEADER.excessInSlice, 0);
  records.setHeader(HEADER.idling, 0);
  core.machine.timerDeadline = core.machine.steps + core.policy.tick;
  records.count(owner, "slices");
  core.push({
    step: core.machine.steps,
    index: core.log.total,
    environment: records.idOf(runner),
    kind: "sliceBegan",
    position,
    owner: records.idOf(owner),
  });
}

/** What `leave` and `dispatch` together come to for one that keeps the processor. */
function goOn(core: Core, index: number): void {
  const { records, machine } = core;
  machine.hart.clearReservation();
  const pending = records.env(index, ENV.pending);
  if (pending === 0) return;
  records.setEnv(index, ENV.pending, pending & ~END_SLICE_BIT);
  showPending(core, index);
}

/** The timer: the end of a slice, or another excess after it. */
export function handleTimer(core: Core): void {
  const index = core.current;
  const { records } = core;
  const position = records.header(HEADER.position);
  if (records.header(HEADER.inExcess) !== 0) {
    countExcess(core, index);
    return;
  }
  if (!isLibosSwitched(core, index)) {
    sliceEnded(core, index, position, "kernel");
    startNextSlice(core, index);
    return;
  }
  sliceEnded(core, index, position, "libOS");
  records.setHeader(HEADER.inExcess, 1);
  core.machine.timerDeadline = core.machine.steps + core.policy.excessTick;
  setPending(core, index, "endSlice");
}

function sliceEnded(
  core: Core,
  index: number,
  position: number,
  switchedBy: "kernel" | "libOS",
): void {
  core.push({
    step: core.machine.steps,
    index: core.log.total,
    environment: core.records.idOf(index),
    kind: "sliceEnded",
    position,
    switchedBy,
  });
}

function countExcess(core: Core, index: number): void {
  const { records, policy } = core;
  const excess = records.header(HEADER.excessInSlice) + 1;
  records.setHeader(HEADER.excessInSlice, excess);
  // The owner answers for its slice, whomever it donated it to: else two could share one's slices and the other's excess.
  const owner = records.indexOf(records.header(HEADER.sliceOwner)) ?? index;
  records.setEnv(owner, ENV.forfeits, records.env(owner, ENV.forfeits) + policy.forfeitsPerExcess);
  records.count(index, "excess");
  core.machine.timerDeadline = core.machine.steps + policy.excessTick;
  core.emit({ kind: "excess", count: excess }, index);
  if (excess > policy.excessMax) {
    doom(
      core,
      index,
      `it ran ${excess} times ${policy.excessTick} steps over the end of its slice without yielding`,
    );
  }
}

/** Gives the rest of the slice to `target`, or starts the next slice when there is no rest. */
export function donate(core: Core, target: number): void {
  if (core.records.header(HEADER.inExcess) !== 0) {
    startNextSlice(core);
    return;
  }
  dispatch(core, target);
}
