/** The timeline's model, text and file, on the run of a real program. */
import { expect, test } from "vitest";
import type { TimelineBody } from "../../../debug-adapter/protocol.ts";
import { DapClient } from "../../../debug-adapter/testing/dap-client.ts";
import { type ChromeTrace, chromeTrace } from "./chrome-trace.ts";
import {
  askFor,
  eventAt,
  isLacking,
  modelOf,
  panned,
  revealed,
  spanAt,
  spanText,
  wholeOf,
  within,
  zoomed,
} from "./model.ts";
import { timelineText } from "./twin.ts";

async function run(program: string): Promise<{ client: DapClient; body: TimelineBody }> {
  const client = new DapClient();
  await client.launch({ program, stopAtEnd: true });
  await client.stopped();
  return { client, body: await client.request("exo/timeline", { resolution: 0 }) };
}

test("each environment that ran has a lane, each thread of its libOS one below it, and idle time the last", async () => {
  const { body } = await run("threads/threads.exo.json");
  const { rows } = modelOf(body);
  for (const { environment, threads, steps, isLauncher } of body.lanes) {
    const own = rows.filter((row) => row.environment === environment);
    expect(own.length).toBe(isLauncher && steps === 0 ? 0 : 1 + threads.length);
    expect(own.slice(1).map(({ label }) => label)).toEqual(threads.map(({ name }) => name));
  }
  for (const row of rows) {
    for (const [i, span] of row.spans.entries()) {
      if (i > 0) expect(span[2]).toBeGreaterThanOrEqual(row.spans[i - 1]?.[3] ?? 0);
      expect(spanAt(row, span[2] + 1)).toBe(span);
    }
  }
});

test("a window stays within what is known, and zooming holds the step under the pointer", async () => {
  const { body } = await run("ping-pong/ping-pong.exo.json");
  const whole = wholeOf(body);
  expect(whole).toEqual({ from: body.first, to: body.last });
  const at = body.last * 0.3;
  const near = zoomed(whole, 0.25, at, body);
  expect(near.to - near.from).toBeCloseTo((whole.to - whole.from) / 4);
  expect((at - near.from) / (near.to - near.from)).toBeCloseTo(0.3);
  expect(zoomed(near, 1e9, at, body)).toEqual(whole);
  expect(panned(near, -100, body).from).toBe(body.first);
  expect(panned(near, 100, body).to).toBe(body.last);
  const seen = revealed(near, body.last, body);
  expect(seen.to).toBe(body.last);
  expect(revealed(seen, body.last, body)).toBe(seen);
  expect(within({ from: -50, to: -40 }, body).from).toBe(body.first);
});

test("what is asked for a window is fine enough for it", async () => {
  const { client, body } = await run("bank/wal.exo.json");
  const coarse = await client.request("exo/timeline", { resolution: body.last / 10 });
  const window = { from: body.last * 0.4, to: body.last * 0.5 };
  expect(isLacking(coarse, window, 800)).toBe(true);
  const fine = await client.request("exo/timeline", askFor(coarse, window, 800));
  expect(isLacking(fine, window, 800)).toBe(false);
  expect(isLacking(fine, wholeOf(body), 800)).toBe(true);
});

test("the text says who ran in whose slice, why each stopped, and where one stands", async () => {
  const { client } = await run("ping-pong/ping-pong.exo.json");
  await client.request("exo/goTo", { event: 60 });
  await client.stopped();
  const timeline = await client.request("exo/timeline", { resolution: 0 });
  const { branches } = await client.request("exo/history", undefined);
  const text = timelineText({ timeline, branches });
  expect(text).toMatch(/^Timeline of branch 'main', steps 0 to [\d,]+; you are at step/);
  expect(text).toMatch(/runs in the slice of . client, steps/);
  expect(text).toMatch(/calls . server at step/);
  expect(text).toMatch(/donated the slice by a protected control transfer to . client/);
  expect(text.match(/you are here/g)).toHaveLength(1);
  const model = modelOf(timeline);
  for (const span of timeline.spans) expect(text).toContain(spanText(model, span));
});

test("programs of the boot after a power failure have lanes and letters of their own", async () => {
  const { client } = await run("bank/wal.exo.json");
  const { outcomes } = await client.request("exo/crashes", undefined);
  const branch = outcomes[1]?.branch ?? 0;
  const body = await client.request("exo/timeline", { branch, resolution: 0 });
  const model = modelOf(body);
  expect(model.rows.map(({ label }) => label)).toEqual([
    "A¹ bank, boot 1",
    "A² bank, boot 2",
    "idle",
  ]);
  const [first, second] = model.rows;
  expect(first?.spans.at(-1)?.[3]).toBeLessThanOrEqual(second?.spans[0]?.[2] ?? 0);
  const { branches } = await client.request("exo/history", undefined);
  const text = timelineText({ timeline: body, branches });
  expect(text).toMatch(/A¹ bank, boot 1 \(env \d+\): [\d,]+ steps/);
  expect(text).toMatch(/A² bank, boot 2 \(env \d+\): [\d,]+ steps/);
}, 60_000);

test("the event of a step is that of the turn in which it lies, whoever runs", async () => {
  const { body } = await run("ping-pong/ping-pong.exo.json");
  const model = modelOf(body);
  for (const span of body.spans) {
    if (span[3] > span[2]) expect(eventAt(model, span[2])).toBe(span[8]);
  }
  expect(eventAt(model, -1)).toBeUndefined();
});

/** Reads a file of the Trace Event Format as its document says, and complains of what a viewer could not place. */
function readTrace(text: string): ChromeTrace {
  const trace = JSON.parse(text) as ChromeTrace;
  const open = new Map<number, number>();
  const tracks = new Map<string, [number, number][]>();
  for (const event of trace.traceEvents) {
    expect(Number.isInteger(event.pid) && Number.isInteger(event.tid)).toBe(true);
    expect(event.name).not.toBe("");
    expect(event.ts).toBeGreaterThanOrEqual(0);
    if (event.ph === "X") {
      expect(event.dur).toBeGreaterThanOrEqual(0);
      const track = `${event.pid} ${event.tid}`;
      tracks.set(track, [...(tracks.get(track) ?? []), [event.ts, event.ts + (event.dur ?? 0)]]);
    } else if (event.ph === "s") open.set(event.id ?? -1, event.ts);
    else if (event.ph === "f") {
      expect(open.get(event.id ?? -1)).toBeLessThanOrEqual(event.ts);
      open.delete(event.id ?? -1);
    } else if (event.ph === "M") expect(event.args?.["name"]).toMatch(/\w/);
    else expect([event.ph, event.s]).toEqual(["i", "t"]);
  }
  expect(open.size).toBe(0);
  // Spans of a track lie inside each other or beside each other.
  for (const [track, spans] of tracks) {
    const around: number[] = [];
    for (const [from, to] of spans.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
      while (around.length > 0 && (around.at(-1) ?? 0) <= from) around.pop();
      if (to > (around.at(-1) ?? Number.POSITIVE_INFINITY)) throw new Error(`${track} at ${from}`);
      around.push(to);
    }
  }
  return trace;
}

test.each(["ping-pong/ping-pong.exo.json", "bank/wal.exo.json", "threads/threads.exo.json"])(
  "the trace of %s is read back with the same steps for each environment",
  async (program) => {
    const { body } = await run(program);
    const { traceEvents, otherData } = readTrace(JSON.stringify(chromeTrace(body)));
    expect(otherData["unit"]).toMatch(/1 microsecond here is 1 step/);
    for (const { environment, steps } of body.lanes) {
      const slices = traceEvents.filter(
        ({ ph, cat, pid }) => ph === "X" && cat === "slice" && pid === environment,
      );
      expect(slices.reduce((sum, { dur = 0 }) => sum + dur, 0)).toBe(steps);
      const names = traceEvents.filter(
        ({ name, pid }) => name === "process_name" && pid === environment,
      );
      expect(names).toHaveLength(1);
    }
    const instants = traceEvents.filter(({ ph }) => ph === "i");
    expect(instants).toHaveLength(body.marks.length);
  },
);
