/**
 * Ends of slices that change nothing but counts: nobody else can run, so whoever has the processor gets it again. The machine lets them pass
 * without leaving the guest's code, and the kernel does afterwards what it would have done at each: the same events, at the same steps.
 */
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { ENV, ENV_STATE, HEADER } from "./layout.ts";
import { indexOfId } from "./records.ts";
import { handleTimer, isLibosSwitched, isRunnable, runnerFor } from "./time-slices.ts";

/**
 * Whether the ends of slices from now on are quiet, until the running environment traps or something arrives. What is known to come is for the
 * caller: he lets none pass beyond it.
 */
export function areTicksQuiet(core: Core): boolean {
  const { records } = core;
  const { current } = core;
  // Whoever is told saves and yields; what is pending is shown anew at each begin.
  if (current === 0 || isLibosSwitched(core, current)) return false;
  if (records.env(current, ENV.pending) !== 0 || records.header(HEADER.inExcess) !== 0)
    return false;
  // A guest that reads the records, or a debugger who watches them, would see each tick.
  const owner = indexOfId(records.header(HEADER.sliceOwner));
  if (core.isStateMapped || isWatched(core, HEADER.position)) return false;
  if (isWatched(core, records.envAddress(owner, 0)) || records.env(owner, ENV.forfeits) !== 0)
    return false;
  return isAlone(core, records.header(HEADER.position), current);
}

/** Whether the slice at `position` is the only one that can begin. */
function isAlone(core: Core, position: number, current: number): boolean {
  const { records } = core;
  for (let other = 0; other < LIMITS.sliceVector; other += 1) {
    const id = records.sliceOwner(other);
    if (id === 0) continue;
    const runner = runnerFor(core, indexOfId(id));
    if (other === position) {
      if (runner !== current) return false;
    } else if (isRunnable(core, runner) || sleepsOnPredicate(core, runner)) {
      return false;
    }
  }
  return records.sliceOwner(position) !== 0;
}

/** What wakes it may come to hold at any time. */
function sleepsOnPredicate(core: Core, index: number): boolean {
  const { records } = core;
  return (
    records.envState(index) === ENV_STATE.sleeping && records.env(index, ENV.predicateCount) !== 0
  );
}

const isWatched = ({ machine }: Core, address: number): boolean =>
  machine.memory.watched[address >>> 12] !== 0;

/** What the kernel does at each of `count` quiet ticks, which the machine has let pass: the first at the timer's deadline. */
export function passQuietTicks(core: Core, count: number): void {
  const { records, machine, policy } = core;
  const owner = records.header(HEADER.sliceOwner);
  const period = policy.tick + 1;
  core.emitTicks({
    step: machine.timerDeadline + 1,
    count,
    period,
    environment: records.idOf(core.current),
    position: records.header(HEADER.position),
    owner,
  });
  machine.timerDeadline += count * period;
  records.setHeader(HEADER.idling, 0);
  records.count(indexOfId(owner), "slices", count);
}

/** The timer has come: a quiet tick like others where it can be one, else whatever the end of this slice takes. */
export function endSlice(core: Core): void {
  const { machine } = core;
  // After an interrupt at the deadline it is a step late.
  if (machine.steps !== machine.timerDeadline + 1 || !areTicksQuiet(core)) {
    handleTimer(core);
    return;
  }
  machine.hart.clearReservation();
  passQuietTicks(core, 1);
}
