import { expect, test } from "vitest";
import { ColdTrials } from "./cold-trials.ts";

/** Stretches of next to nothing until the loop is passed over, and how often it is then. */
function pause(trials: ColdTrials, decoded: number): { stretches: number; skips: number } {
  let stretches = 0;
  for (; trials.isDue && stretches < 1000; stretches++) trials.tried(1, decoded);
  let skips = 0;
  for (; !trials.isDue; skips++) trials.skipped();
  return { stretches, skips };
}

test("a loop that does next to nothing is passed over, for longer each time, up to some length", () => {
  const trials = new ColdTrials(false);
  expect(pause(trials, 0)).toEqual({ stretches: 17, skips: 512 });
  expect(pause(trials, 0)).toEqual({ stretches: 3, skips: 1024 });
  for (let i = 0; i < 10; i++) pause(trials, 0);
  expect(pause(trials, 0)).toEqual({ stretches: 3, skips: 65536 });
});

test("it is tried sooner again where much was decoded meanwhile", () => {
  const trials = new ColdTrials(false);
  for (let i = 0; i < 5; i++) pause(trials, 0);
  expect(pause(trials, 10_000).skips).toBe(256);
  expect(pause(trials, 10_100).skips).toBe(512);
});

test("a longer stretch begins the count anew", () => {
  const trials = new ColdTrials(false);
  for (let i = 0; i < 200; i++) trials.tried(i % 16 === 15 ? 100 : 99, 0);
  expect(trials.isDue).toBe(true);
});

test("where it is always tried it is never passed over", () => {
  expect(pause(new ColdTrials(true), 0)).toEqual({ stretches: 1000, skips: 0 });
});
