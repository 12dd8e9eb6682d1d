/**
 * Generated hostile calls (DESIGN.md 3, Bad input): whatever environments call, the kernel's invariants hold and nothing throws. A
 * small sample by default, a million calls with EXOSCOPE_FULL=1.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLS } from "./abi.ts";
import { checkInvariants } from "./invariants.ts";
import {
  ACTION_NUMBERS,
  type Action,
  CALL_NAMES,
  frameFrom,
  type Past,
  readCall,
} from "./testing/hostile-calls.ts";
import { hostileSystem, make, recruit } from "./testing/hostile-system.ts";
import { announceSeed, sampled, TIMEOUT } from "./testing/sampling.ts";
import type { GuestSystem } from "./testing/system.ts";

announceSeed("hostile calls");

function act(system: GuestSystem, past: Past, action: Action): string {
  const { kernel } = system;
  recruit(system);
  switch (action[0] % 8) {
    case 0:
      return `run(${action[2] % 400}) = ${kernel.run(action[2] % 400).kind}`;
    case 1:
      if (action[2] % 8 === 0) kernel.consoleInput(new Uint8Array(action[3] % 4));
      if (action[2] % 8 === 1) kernel.networkInput(frameFrom(action));
      return `run(1) = ${kernel.run(1).kind}`;
    case 2:
    case 3:
    case 4: {
      if (kernel.core.current === 0) kernel.run(1);
      const runner = kernel.core.current;
      return runner === 0 ? "" : make(system, readCall(system, past, action, runner));
    }
    default:
      return make(system, readCall(system, past, action));
  }
}

/** Lists of actions. They are shortened by `shortest` rather than by fast-check, whose counterexamples nobody can read. */
const actions = (length: number) =>
  fc.noBias(
    fc.noShrink(
      fc.array(
        fc.array(fc.nat(0xfff_ffff), { minLength: ACTION_NUMBERS, maxLength: ACTION_NUMBERS }),
        { minLength: length / 2, maxLength: length, size: "max" },
      ),
    ),
  );

/** Performs actions and checks the invariants after every `every`th; says what went wrong first. */
function perform(tick: number, list: readonly Action[], every: number): string | undefined {
  const system = hostileSystem(tick);
  const past: Past = new Set();
  const calls: string[] = [];
  for (const [i, action] of list.entries()) {
    try {
      calls.push(act(system, past, action));
    } catch (problem) {
      return `${(problem as Error).stack}\nafter ${calls.slice(-8).join("; ")}`;
    }
    if (i % every !== every - 1 && i !== list.length - 1) continue;
    const problems = checkInvariants(system.kernel);
    if (problems.length > 0) return `${problems.join("; ")}\nafter ${calls.slice(-8).join("; ")}`;
  }
  return undefined;
}

/** Leaves out what is not needed to fail, and says how the rest fails. */
function shortest(tick: number, list: readonly Action[]): string {
  let needed = [...list];
  for (let size = list.length; size >= 1; size >>>= 1) {
    for (let at = needed.length - size; at >= 0; at -= size) {
      const fewer = needed.filter((_, i) => i < at || i >= at + size);
      if (perform(tick, fewer, 1) !== undefined) needed = fewer;
    }
  }
  return `${perform(tick, needed, 1)} (${needed.length} actions)`;
}

test(
  "whatever kernel calls several environments make, the invariants hold and nothing throws",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(20, 100, 1000), actions(300), (tick, list) => {
        if (perform(tick, list, 25) !== undefined) throw new Error(shortest(tick, list));
      }),
      sampled(40, 6000),
    );
  },
  TIMEOUT,
);

/** Calls by which filters come, overlap, are lent and go. */
const FILTER_CALLS = [
  ...(["filterInsert", "filterInsert", "filterInsert", "filterInsert", "filterInsert"] as const),
  ...(["capOffer", "capOffer", "capOffer", "capAccept", "capAccept", "capAccept"] as const),
  ...(["ringSet", "capDerive", "filterRemove", "capRevoke", "capDelete", "yield"] as const),
];

test(
  "whatever is done with packet filters of several owners, the invariants hold and nothing throws",
  () => {
    const only = ([first, second, third, ...rest]: Action): Action => [
      first % 16 === 0 ? 1 : 5,
      second,
      first % 16 === 0 ? 1 : CALL_NAMES.indexOf(FILTER_CALLS[third % FILTER_CALLS.length]),
      ...rest,
    ];
    fc.assert(
      fc.property(fc.constantFrom(20, 1000), actions(200), (tick, list) => {
        const drawn = list.map(only);
        if (perform(tick, drawn, 10) !== undefined) throw new Error(shortest(tick, drawn));
      }),
      sampled(20, 2000),
    );
  },
  TIMEOUT,
);

test(
  "whatIf has no effect, and says of every call what the call then does",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(20, 1000), actions(120), (tick, list) => {
        const system = hostileSystem(tick);
        const past: Past = new Set();
        for (const action of list) predict(system, past, action);
      }),
      sampled(12, 1000),
    );
  },
  TIMEOUT,
);

/** Asks what a call would do, then makes it. */
function predict(system: GuestSystem, past: Past, action: Action): void {
  const { kernel } = system;
  const { core, machine } = kernel;
  recruit(system);
  if (action[0] % 8 < 2) {
    act(system, past, action);
    return;
  }
  const given = action[0] % 8 < 5 && core.current !== 0 ? core.current : undefined;
  const drawn = readCall(system, past, action, given);
  // The interrupt or the timer would come first, not the call.
  const preempted = machine.hart.interruptPending || machine.steps + 2 >= machine.timerDeadline;
  if (drawn.caller === core.current && (preempted || core.doomed.length > 0)) return;
  const before = kernel.hash();
  const total = core.log.total;
  const answer = kernel.whatIf(drawn.caller, drawn.name, drawn.args);
  expect([kernel.hash(), core.log.total]).toEqual([before, total]);
  expect(answer.trail.map((verdict) => verdict.holds)).toEqual(
    answer.trail.map((_, i) => answer.ok || i < answer.trail.length - 1),
  );
  const what = make(system, drawn);
  if (what === "") return;
  const refused = system.view
    .events(total)
    .find((event) => event.kind === "refused" && event.call === CALLS[drawn.name].name);
  if (answer.ok || answer.refusal.error === "AGAIN") expect(refused, what).toBeUndefined();
  else {
    const { error, guard, because } = answer.refusal;
    expect(refused, what).toMatchObject({ error, guard, because });
  }
}
