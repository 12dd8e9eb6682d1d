/** The order of guards that is read from the kernel's source is the order in which the running kernel evaluates them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLS } from "#exokernel";
import { ACTION_NUMBERS, type Past, readCall } from "../../exokernel/testing/hostile-calls.ts";
import { hostileSystem, make, recruit } from "../../exokernel/testing/hostile-system.ts";
import { readKernelSource } from "../../tools/kernel-source.mjs";
import { guardsByCall } from "./call-guards.ts";

const CALLS_MADE = 6000;

/** Whether `part` is what is left of `whole` when some are taken out. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const each of whole) if (each === part[at]) at += 1;
  return at === part.length;
}

test("hostile calls meet the guards of a call in the order that its hover names", () => {
  const guards = guardsByCall(readKernelSource());
  const action = fc.array(fc.nat(0xfff_ffff), {
    minLength: ACTION_NUMBERS,
    maxLength: ACTION_NUMBERS,
  });
  const rounds = fc.sample(
    fc.noBias(fc.array(action, { minLength: 600, maxLength: 600, size: "max" })),
    {
      numRuns: CALLS_MADE / 600,
      seed: 20_261_126,
    },
  );
  const wrong = new Set<string>();
  const met = new Set<string>();
  for (const round of rounds) {
    const system = hostileSystem(1000, 5000);
    const past: Past = new Set();
    for (const each of round) {
      recruit(system);
      const call = readCall(system, past, each);
      const trail = [
        ...new Set(
          system.kernel.whatIf(call.caller, call.name, call.args).trail.map(({ guard }) => guard),
        ),
      ];
      const row = CALLS[call.name];
      const isForCaller =
        (row.parameters as readonly { name: string }[])[0]?.name === "environment" &&
        call.args[0] === 0;
      const named = (guards.get(call.name) ?? []).filter(
        ({ isForOthers }) => !(isForCaller && isForOthers),
      );
      const order = [...new Set(named.map(({ name }) => name))];
      if (!isWithin(trail, order))
        wrong.add(`${call.name}: ${trail.join(" > ")} is not within ${order.join(" > ")}`);
      if (trail.length > 2) met.add(call.name);
      make(system, call);
    }
  }
  expect([...wrong]).toEqual([]);
  expect(met.size).toBeGreaterThan(20);
}, 60_000);
