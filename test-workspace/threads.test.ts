/** The programs about threads: what each of them shows, measured. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { KernelView } from "#exokernel";
import { type RunOptions, runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";

const at = (name: string) => join(WORKSPACE, "threads", `${name}.exo.json`);
const LATENCY = 50_000 + 100;

/** Runs a scenario, and says what its environment executed between the request for its first read and the completion of that. */
async function play(name: string, options: RunOptions = {}) {
  let asked: { readonly step: number; readonly executed: number } | undefined;
  let during: { readonly steps: number; readonly executed: number } | undefined;
  const run = await runGuest(at(name), {
    ...options,
    onEvent: (event, kernel) => {
      const executed = () => new KernelView(kernel).environment(0x102)?.counters.steps ?? 0;
      if (event.kind === "diskRequest" && event.request === "read") {
        asked ??= { step: event.step, executed: executed() };
      } else if (event.kind === "diskComplete" && event.request === "read" && asked) {
        during ??= { steps: event.step - asked.step, executed: executed() - asked.executed };
      }
    },
  });
  const said = /reads: 'a word from the disk'; meanwhile (\d+) rounds/.exec(run.output);
  return { run, during, rounds: Number(said?.[1] ?? -1) };
}

test("threads: while one waits for the disk the others have all of the latency but a few steps", async () => {
  const { run, during, rounds } = await play("threads");
  expect(run.output).toMatch(/touches: 'a page from the disk'; meanwhile \d+ rounds\n/);
  expect(run.output).toMatch(/main: all three are done\n$/);
  expect([...run.statuses.values()]).toEqual([0]);
  expect(during?.steps).toBeGreaterThanOrEqual(LATENCY);
  expect(during?.executed).toBe(during?.steps);
  // A round is seven instructions or more; the rest is the library, and the thread that waits for its page.
  expect(7 * rounds).toBeGreaterThan(0.6 * LATENCY);
});

test("blocking: while the one flow of control waits for the disk nothing is executed", async () => {
  const { run, during, rounds } = await play("blocking");
  expect(run.output).toMatch(/main: all three are done\n$/);
  expect(during?.steps).toBeGreaterThanOrEqual(LATENCY);
  expect(during?.executed).toBeLessThan(500); // the way to sleep
  expect(rounds).toBe(0);
});

test("wrong-registers: a thread goes on with the registers of another", async () => {
  const { run } = await play("wrong-registers");
  expect(run.output).toBe("anna runs with the registers of bert\n");
  expect([...run.statuses.values()]).toEqual([1]);
});

test("stride: of twelve blocks three threads with the shares 3, 2 and 1 get 6, 4 and 2", async () => {
  const { run } = await play("stride");
  const [blocks = "", ...counts] = run.output.split("\n");
  expect([...blocks].sort().join("")).toBe("aaaaaabbbbcc");
  expect(counts).toEqual([
    "a: share 3, 6 of 12 blocks",
    "b: share 2, 4 of 12 blocks",
    "c: share 1, 2 of 12 blocks",
    "",
  ]);
});
