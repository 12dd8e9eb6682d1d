/** Who ran when, as `exo/timeline` tells it, against the kernel's own account of steps. */
import { expect, test } from "vitest";
import type { TimelineBody, TimelineSpan } from "../protocol.ts";
import { DapClient } from "../testing/dap-client.ts";

async function ended(program: string, tick?: number): Promise<DapClient> {
  const client = new DapClient();
  await client.launch({ program, stopAtEnd: true, ...(tick === undefined ? {} : { tick }) });
  await client.stopped();
  return client;
}

const timeline = (client: DapClient, args = {}): Promise<TimelineBody> =>
  client.request("exo/timeline", { resolution: 0, ...args });

function stepsBy(spans: readonly TimelineSpan[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [environment, , , , , , , , , , busy] of spans) {
    sums.set(environment, (sums.get(environment) ?? 0) + busy);
  }
  return sums;
}

const PROGRAMS = [
  ["ping-pong/ping-pong.exo.json", undefined],
  ["ping-pong/ping-pong.exo.json", 60],
  ["slices/slices.exo.json", undefined],
  ["slices/rude.exo.json", undefined],
  ["bank/wal.exo.json", undefined],
  ["threads/blocking.exo.json", undefined],
  ["predicates/predicates.exo.json", undefined],
  ["rpc/rpc.exo.json", 200],
  ["revocation/polite.exo.json", undefined],
] as const;

test.each(PROGRAMS)(
  "the spans of %s (tick %s) are the kernel's own account of steps, without gap or overlap",
  async (program, tick) => {
    const client = await ended(program, tick);
    const body = await timeline(client);
    const { environments } = await client.request("exo/environments", undefined);
    const sums = stepsBy(body.spans);
    for (const { id, name, counters } of environments) {
      expect(sums.get(id) ?? 0, name).toBe(counters["steps"]);
    }
    const inOrder = [...body.spans].sort((a, b) => a[2] - b[2]);
    for (const [i, span] of inOrder.entries()) {
      expect(span[3], `${span}`).toBeGreaterThan(span[2]);
      if (i > 0) expect(span[2], `${inOrder[i - 1]} then ${span}`).toBe(inOrder[i - 1]?.[3]);
    }
    expect(inOrder.at(-1)?.[3]).toBe(body.last);
    // However coarse, nobody's steps are lost.
    const coarse = await timeline(client, { resolution: 5000 });
    expect(stepsBy(coarse.spans)).toEqual(sums);
    expect(coarse.spans.length).toBeLessThanOrEqual(body.spans.length);
  },
  120_000,
);

test("each slice says why it ended, and a donated one whose it is", async () => {
  const client = await ended("slices/slices.exo.json");
  const { spans, lanes } = await timeline(client);
  const id = (name: string) => lanes.find((lane) => lane.name === name)?.environment;
  const ends = (name: string) =>
    new Set(spans.filter(([environment]) => environment === id(name)).map((span) => span[5]));
  expect(ends("anna").has("Y") || ends("anna").has("E")).toBe(true);
  expect(ends("bert")).toContain("E");
  // carl gives its time to anna by name: she runs in his slice.
  const given = spans.filter(([, , , , , end, towards]) => end === "Y" && towards === id("anna"));
  expect(given.length).toBeGreaterThan(0);
  const donated = spans.filter(([who, , , , owner]) => who === id("anna") && owner === id("carl"));
  expect(donated.length).toBeGreaterThan(0);
});

test("a call and its reply are arrows, and the server runs in the client's slice", async () => {
  const client = await ended("ping-pong/ping-pong.exo.json");
  const { arrows, spans, lanes, upcalls } = await timeline(client);
  const id = (name: string) => lanes.find((lane) => lane.name === name)?.environment;
  const calls = arrows.filter((arrow) => arrow[3] === "call");
  expect(calls.every(([, from, to]) => from === id("client") && to === id("server"))).toBe(true);
  // Each call is answered before the next; the last one asks the server to end, which answers nothing.
  const between = arrows.map((arrow) => arrow[3]).filter((kind) => kind !== "yield");
  expect(between).toEqual(["call", "reply", "call", "reply", "call", "reply", "call"]);
  expect(spans.some(([who, , , , owner]) => who === id("server") && owner === id("client"))).toBe(
    true,
  );
  for (const [, , from, to] of upcalls) expect(to).toBeGreaterThanOrEqual(from);
});

test("an upcall lasts until its handler returns", async () => {
  const client = await ended("page-fault.c");
  const { upcalls } = await timeline(client);
  const faults = upcalls.filter(([, , , , , , name]) => /page fault/.test(name));
  expect(faults.length).toBeGreaterThan(0);
  for (const [, , from, to, , returned] of faults) {
    expect(returned).toBe(1);
    expect(to).toBeGreaterThan(from);
  }
});

test("threads of a libOS have spans of their own", async () => {
  const client = await ended("threads/threads.exo.json");
  const { spans, lanes } = await timeline(client);
  const lane = lanes.find(({ threads }) => threads.length > 1);
  expect(lane).toBeDefined();
  const ran = new Set(
    spans.filter(([who]) => who === lane?.environment).map(([, thread]) => thread),
  );
  for (const { id, name } of lane?.threads ?? []) {
    expect(ran).toContain(id);
    expect(name).not.toBe("");
  }
}, 60_000);

test("after going back the future is still told, and a branch has its own", async () => {
  const client = await ended("bank/wal.exo.json");
  const whole = await timeline(client);
  const { branch } = whole;
  await client.request("exo/goTo", { step: Math.floor(whole.last / 2) });
  await client.stopped();
  const back = await timeline(client);
  expect(back.step).toBe(Math.floor(whole.last / 2));
  expect(back.last).toBe(whole.last);
  expect(back.spans).toEqual(whole.spans);
  expect(back.marks).toEqual(whole.marks);
  const writes = whole.marks.filter((mark) => mark[2] === "diskWrite").map((mark) => mark[3]);
  expect(writes).toEqual(writes.map((_, i) => i + 1));
  const { outcomes } = await client.request("exo/crashes", undefined);
  expect(outcomes.length).toBe(writes.length + 1);
  const last = outcomes[1];
  const crashed = await timeline(client, { branch: last?.branch });
  expect(crashed.branch).toBe(last?.branch);
  expect(crashed.marks.filter((mark) => mark[2] === "powerFailed")).toHaveLength(1);
  // Both boots have a launcher and the program, each with an id of its own.
  const boots = (name: string) =>
    crashed.lanes
      .filter((lane) => lane.name === name)
      .map(({ boot, isLauncher }) => [boot, isLauncher]);
  expect(boots("launcher")).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(boots("bank")).toEqual([
    [1, false],
    [2, false],
  ]);
  expect(new Set(crashed.lanes.map(({ environment }) => environment)).size).toBe(4);
  const inOrder = [...crashed.spans].sort((a, b) => a[2] - b[2]);
  for (const [i, span] of inOrder.entries()) {
    if (i > 0) expect(span[2]).toBeGreaterThanOrEqual(inOrder[i - 1]?.[3] ?? 0);
  }
  // What was asked of another branch changes nothing of this one.
  expect((await timeline(client, { branch })).spans).toEqual(whole.spans);
}, 60_000);

test("events are listed with those that lie ahead, and a window has only what is in it", async () => {
  const client = await ended("ping-pong/ping-pong.exo.json");
  await client.request("exo/goTo", { end: "start" });
  await client.stopped();
  const body = await timeline(client, { events: { since: 0, limit: 1000 } });
  expect(body.events).toHaveLength(body.endEvent);
  expect(body.events.map(({ index }) => index)).toEqual(body.events.map((_, i) => i));
  const middle = Math.floor(body.last / 2);
  const part = await timeline(client, { from: middle, to: middle + 200 });
  for (const [, , from, to] of part.spans) {
    expect(from).toBeLessThanOrEqual(middle + 200);
    expect(to).toBeGreaterThanOrEqual(middle);
  }
  expect(part.spans.length).toBeGreaterThan(0);
});

test.each([
  [{ branch: 99 }, /branch/],
  [{ from: -1 }, /'from'|from/],
  [{ events: { since: "x", limit: 1 } }, /events/],
])("what makes no sense is refused in a sentence: %j", async (args, sentence) => {
  const client = await ended("hello.c");
  await expect(client.request("exo/timeline", args as never)).rejects.toThrow(sentence);
});
