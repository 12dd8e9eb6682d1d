import { expect, test } from "vitest";
import { comparePriority, DEFAULT_TICK, defaultPolicy, nextPosition } from "./policy.ts";

test.each`
  tick         | excessTick | because
  ${undefined} | ${1000}    | ${"a tenth of the default"}
  ${777}       | ${77}      | ${"rounded down"}
  ${10}        | ${1}       | ${"a tenth"}
  ${3}         | ${1}       | ${"never none, or excess would not move the clock"}
`("C9: with a tick of $tick an excess is $excessTick steps: $because", ({ tick, excessTick }) => {
  const length = tick ?? DEFAULT_TICK;
  expect(defaultPolicy(tick)).toEqual({
    tick: length,
    excessTick,
    forfeitsPerExcess: 1,
    excessMax: 16,
    shortagePages: 0,
    revocationStep: 8,
    askSteps: 5 * length,
    insistSteps: 2 * length,
    arbiterSteps: length,
    guaranteedMinimum: 10,
  });
});

test("C9: slices come in the order of the vector, round and round", () => {
  const order = [60];
  for (let i = 0; i < 6; i += 1) order.push(nextPosition(order[i], 64));
  expect(order).toEqual([60, 61, 62, 63, 0, 1, 2]);
});

test("C9: of filters that match one packet the more specific wins, and of equals the older", () => {
  const filters = [
    { bits: 8, age: 0 },
    { bits: 16, age: 2 },
    { bits: 16, age: 1 },
  ];
  expect(filters.sort(comparePriority)).toEqual([
    { bits: 16, age: 1 },
    { bits: 16, age: 2 },
    { bits: 8, age: 0 },
  ]);
});
