/** Each step forward and its reverse: back to the same moment, frame, line and values (docs/time-travel.md). */
import { expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { prepare } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import type { HistoryPosition } from "../protocol.ts";
import { Backward } from "../run/backward.ts";
import { RunControl } from "../run/run-control.ts";
import { type Arrival, DapClient, frameText, ROOT, WORKSPACE } from "../testing/dap-client.ts";
import { written } from "../testing/history-programs.ts";

interface Moment {
  readonly thread: number;
  readonly position: HistoryPosition;
  /** The whole stack, and the variables of its innermost frame. */
  readonly shown: readonly string[];
  readonly depth: number;
}

async function look(client: DapClient, arrival: Arrival): Promise<Moment> {
  if (arrival.kind === "ended") throw new Error("the session ended");
  const { threadId: thread } = arrival.body;
  const frames = await client.stack(thread);
  const [top] = frames;
  const locals = top === undefined ? [] : await client.scope(top.id, "Locals");
  const { now: position } = await client.request("exo/history", undefined);
  return {
    thread,
    position,
    shown: [...frames.map(frameText), ...locals.map(({ name, value }) => `${name} = ${value}`)],
    depth: frames.length,
  };
}

const PROGRAMS = [
  "hello.c",
  "page-fault.c",
  "own-write.c",
  "ping-pong/ping-pong.exo.json",
  "share/share.exo.json",
  "slices/slices.exo.json",
  "refused/refused.exo.json",
];

/** Steps of one kind to the end, or so many, and after each its reverse. Says what did not come back. */
async function walk(
  program: string,
  kind: "over" | "into",
  grain: "statement" | "instruction",
  count: number,
  skip = 0,
): Promise<{ readonly steps: number; readonly wrong: string[] }> {
  const client = new DapClient();
  // A walk through the kernel moves nothing, so there is nothing to come back from.
  await client.launch({ program, stopOnEntry: true, stepIntoKernel: false }, [], []);
  let before = await look(client, await client.arrival());
  const forward = kind === "over" ? "next" : "stepIn";
  const wrong: string[] = [];
  let steps = 0;
  for (let i = 0; i < skip; i += 1) {
    before = await look(client, await client.go(forward, before.thread, grain));
  }
  for (; steps < count; steps += 1) {
    const arrival = await client.go(forward, before.thread, grain);
    if (arrival.kind === "ended" || arrival.body.description === "end of the run") break;
    const after = await look(client, arrival);
    // A step over that has left its frame is undone by going back into it.
    const left = after.depth < before.depth;
    const back = await look(client, await client.back(left ? "into" : kind, after.thread, grain));
    const isBack = JSON.stringify(back) === JSON.stringify(before);
    if (!isBack) {
      wrong.push(
        `${steps}: ${before.position.step} ${before.shown[0]} -> ${after.position.step} ${after.shown[0]} -> ${back.position.step} ${back.shown[0]}`,
      );
    }
    await client.request("exo/goTo", { position: after.position });
    before = await look(client, await client.arrival());
    expect(before).toEqual({ ...after, thread: before.thread });
    before = after;
  }
  return { steps, wrong };
}

test.each(PROGRAMS)("in %s each step over comes back", async (program) => {
  const { steps, wrong } = await walk(program, "over", "statement", 60);
  expect(wrong).toEqual([]);
  expect(steps).toBeGreaterThan(1);
});

test.each(PROGRAMS)("in %s each step into comes back", async (program) => {
  const { steps, wrong } = await walk(program, "into", "statement", 150);
  expect(wrong).toEqual([]);
  expect(steps).toBeGreaterThan(1);
});

test.each(PROGRAMS)("in %s each step by instruction comes back", async (program) => {
  const over = await walk(program, "over", "instruction", 40);
  expect(over.wrong).toEqual([]);
  const into = await walk(program, "into", "instruction", 120);
  expect(into.wrong).toEqual([]);
  expect(over.steps + into.steps).toBeGreaterThan(100);
});

/** With three entries most steps meet a refill of the TLB, which takes a step of its own and leaves the guest where it was. */
const THREE_ENTRIES = written(
  "three-entries.exo.json",
  JSON.stringify({
    machine: { tlb: 3 },
    environments: [{ name: "hello", program: `${WORKSPACE}/hello.c` }],
  }),
);

test("steps come back to the same moment where nearly every page must be fetched first", async () => {
  expect((await walk(THREE_ENTRIES, "into", "statement", 150)).wrong).toEqual([]);
  expect((await walk(THREE_ENTRIES, "over", "instruction", 60)).wrong).toEqual([]);
});

test("a step back by instruction adds nothing to the history, also where a page is still to be fetched", async () => {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const debuggee = await prepare({ program: THREE_ENTRIES }, nodeHost, builder);
  const { timeline, firstId } = debuggee;
  const control = new RunControl(debuggee);
  for (let step = 5300; step < 5400; step += 1) {
    control.limit = step;
    await control.run();
    control.limit = Number.POSITIVE_INFINITY;
    const { end } = timeline;
    expect(end.step).toBe(step);
    await new Backward(debuggee, control).into(firstId, "instruction");
    expect(timeline.end).toEqual(end);
    timeline.seek(end);
  }
});
