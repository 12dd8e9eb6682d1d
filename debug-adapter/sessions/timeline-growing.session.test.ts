/** The timeline while a run grows: what was asked on the way changes no answer, and many events are answered fast. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TimelineBody, TimelineSpan } from "../protocol.ts";
import { DapClient } from "../testing/dap-client.ts";

const timeline = (client: DapClient, args = {}): Promise<TimelineBody> =>
  client.request("exo/timeline", { resolution: 0, ...args });

async function ended(program: string, args = {}): Promise<DapClient> {
  const client = new DapClient();
  await client.launch({ program, stopAtEnd: true, ...args });
  await client.stopped();
  return client;
}

/** What is drawn, without where one stands. */
const drawn = ({ spans, upcalls, arrows, marks, lanes, last, endEvent }: TimelineBody) => ({
  spans,
  upcalls,
  arrows,
  marks,
  lanes,
  last,
  endEvent,
});

const stepsOf = (spans: readonly TimelineSpan[], environment: number): number =>
  spans.filter(([who]) => who === environment).reduce((sum, span) => sum + span[10], 0);

async function matchesKernel(client: DapClient, spans: readonly TimelineSpan[]): Promise<void> {
  const { environments } = await client.request("exo/environments", undefined);
  for (const { id, name, counters } of environments)
    expect(stepsOf(spans, id), name).toBe(counters["steps"]);
}

test.each(["page-fault.c", "slices/slices.exo.json"])(
  "%s asked of after every instruction ends with what it has when it is asked once",
  async (program) => {
    const whole = drawn(await timeline(await ended(program)));
    const client = new DapClient();
    await client.launch({ program, stopOnEntry: true, stopAtEnd: true });
    let { threadId } = await client.stopped();
    for (let i = 0; i < 400; i += 1) {
      const arrival = await client.go("stepIn", threadId, "instruction");
      if (arrival.kind !== "stopped") throw new Error("it ended too early");
      threadId = arrival.body.threadId;
      const { spans, step, last } = await timeline(client);
      expect(last).toBe(step);
      await matchesKernel(client, spans);
    }
    await client.go("continue", threadId);
    expect(drawn(await timeline(client))).toEqual(whole);
  },
  60_000,
);

test("a run that took another course is told by the events that it has now", async () => {
  const client = await ended("ping-pong/ping-pong.exo.json");
  const whole = await timeline(client);
  await client.request("exo/goTo", { step: Math.floor(whole.last / 2) });
  const { threadId } = await client.stopped();
  await client.request("exo/consoleInput", { text: "x" });
  await client.go("continue", threadId);
  const other = await timeline(client);
  expect(other.branch).not.toBe(whole.branch);
  await matchesKernel(client, other.spans);
  expect((await timeline(client, { branch: whole.branch })).spans).toEqual(whole.spans);
}, 60_000);

/** Each turn is two events: it yields, and its slice begins anew. */
const RESTLESS = `#include <libos.h>
int main(void)
{
  for (int i = 0; i < 60000; i++) exo_yield(0);
  return 0;
}
`;

test("a run of more than 100,000 events has as many rows as can be drawn, and loses no step", async () => {
  const folder = await mkdtemp(join(tmpdir(), "restless-"));
  try {
    const program = join(folder, "restless.c");
    await writeFile(program, RESTLESS);
    const client = await ended(program);
    const { endEvent, firstEvent, last } = await timeline(client, { from: 0, to: 0 });
    expect(endEvent).toBeGreaterThan(100_000);
    expect(firstEvent).toBe(0);
    const begin = performance.now();
    const body = await timeline(client, { resolution: last / 1000 });
    const took = performance.now() - begin;
    console.info(
      `exo/timeline: ${endEvent} events as ${body.spans.length} spans in ${took.toFixed(0)} ms`,
    );
    expect(body.spans.length).toBeLessThan(2500);
    await matchesKernel(client, body.spans);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

test("a refusal in the timeline's list names the same slot as in exo/events", async () => {
  const client = await ended("refused/refused.exo.json");
  const { events } = await client.request("exo/events", { since: 0, limit: 1000 });
  const { events: listed } = await timeline(client, { events: { since: 0, limit: 1000 } });
  const refusals = (items: typeof events) =>
    items.filter(({ kind }) => kind === "refused").map(({ index, slot }) => ({ index, slot }));
  expect(refusals(events).some(({ slot }) => slot !== undefined)).toBe(true);
  expect(refusals(listed)).toEqual(refusals(events));
}, 60_000);
