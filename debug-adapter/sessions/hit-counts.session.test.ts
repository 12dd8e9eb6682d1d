/** A hit condition counts the hits of the run, from whichever side one comes to them and whenever it was set. */
import { expect, test } from "vitest";
import { type Arrival, DapClient, frameText } from "../testing/dap-client.ts";
import { HITS, LONG, lineOf, THIRTY, turns } from "../testing/history-programs.ts";

async function stoppedAt(file: string, marker: string) {
  const client = new DapClient();
  await client.launch({ program: file }, [{ file, marker }]);
  const { threadId } = await client.stopped();
  return { client, threadId };
}

/** The value of `i` where it has stopped, or what the stop says of itself. */
async function valueOfI(client: DapClient, arrival: Arrival): Promise<string> {
  if (arrival.kind === "ended") return "ended";
  if (arrival.body.reason !== "breakpoint") return arrival.body.description ?? arrival.body.reason;
  const [top] = await client.stack(arrival.body.threadId);
  const frameId = top?.id ?? 0;
  return (await client.request("evaluate", { expression: "i", frameId })).result;
}

test("a condition that is set before going backward counts from the start of the run", async () => {
  const { client, threadId } = await stoppedAt(THIRTY, "after");
  const back = async () => valueOfI(client, await client.go("reverseContinue", threadId));
  await client.setBreakpoints([{ file: THIRTY, marker: "hit", hitCondition: "% 10" }]);
  expect([await back(), await back(), await back(), await back()]).toEqual([
    "29",
    "19",
    "9",
    "start of the history",
  ]);
  await client.request("exo/goTo", { end: "end" });
  await client.stopped();
  await client.setBreakpoints([{ file: THIRTY, marker: "hit", hitCondition: "3" }]);
  expect(await back()).toBe("2");
});

test("a step back counts from the start of the run too, and the hit at which one stands is one of them", async () => {
  const { client, threadId } = await stoppedAt(THIRTY, "after");
  await client.setBreakpoints([{ file: THIRTY, marker: "hit", hitCondition: "1" }]);
  await client.go("stepBack", threadId);
  const [top] = await client.stack(threadId);
  expect(frameText(top as never)).toBe(`main thirty.c:${lineOf(THIRTY, "hit") - 2}`);
  const { client: other, threadId: thread } = await stoppedAt(THIRTY, "hit");
  for (let i = 0; i < 3; i += 1) await other.go("continue", thread);
  await other.setBreakpoints([{ file: THIRTY, marker: "hit", hitCondition: "5" }]);
  expect(await valueOfI(other, await other.go("continue", thread))).toBe("4");
});

test("a pause while the hits until now are counted is a stop, and the counts are right afterwards", async () => {
  const { client, threadId } = await stoppedAt(HITS, "mid");
  await client.setBreakpoints([{ file: HITS, marker: "later" }]);
  for (let i = 0; i < 10; i += 1) await client.go("continue", threadId);
  const { now } = await client.request("exo/history", undefined);
  await client.setBreakpoints([{ file: HITS, marker: "later", hitCondition: "20" }]);
  for (const command of ["continue", "reverseContinue"] as const) {
    await client.request(command, { threadId });
    await turns(3);
    await client.request("pause", { threadId });
    expect(await client.stopped()).toMatchObject({ reason: "pause" });
    expect((await client.request("exo/history", undefined)).now).toEqual(now);
  }
  expect(await valueOfI(client, await client.go("continue", threadId))).toBe("19");
});

test("to count many hits takes no longer for each of them", async () => {
  const time = async (hitCondition: string) => {
    const client = new DapClient();
    await client.launch({ program: HITS }, [{ file: HITS, marker: "body", hitCondition }]);
    const begin = performance.now();
    const arrival = await client.arrival();
    expect(await valueOfI(client, arrival)).toBe(String(Number(hitCondition) - 1));
    return performance.now() - begin;
  };
  await time("1000");
  const [few, many] = [await time("10000"), await time("80000")];
  // Eight times as many; it was forty times and more when each hit looked through all that were before it.
  expect(many).toBeLessThan(few * 24 + 500);
});

test("a log point over the past has the hit at which one stands", async () => {
  const client = new DapClient();
  await client.launch({ program: THIRTY }, [{ file: THIRTY, marker: "hit", hitCondition: "3" }]);
  await client.stopped();
  const ask = async () => {
    const args = { path: THIRTY, line: lineOf(THIRTY, "hit"), logMessage: "{i}" };
    return (await client.request("exo/hits", args)).hits;
  };
  const hits = await ask();
  expect(hits.map(({ text }) => text)).toEqual(["0", "1", "2"]);
  const { now } = await client.request("exo/history", undefined);
  expect(hits.at(-1)?.position).toEqual(now);
});

test("a breakpoint that is removed while a step runs to its place takes nothing away from the step", async () => {
  for (const isBack of [false, true]) {
    const { client, threadId } = await stoppedAt(LONG, isBack ? "after" : "loop");
    const set = (lines: readonly string[]) =>
      client.request("setBreakpoints", {
        source: { path: LONG },
        breakpoints: lines.map((marker) => ({ line: lineOf(LONG, marker), condition: "0" })),
      });
    await set(["loop", "after"]);
    await client.request(isBack ? "stepBack" : "next", { threadId });
    await turns(5);
    await set([]);
    await client.stopped();
    const [top] = await client.stack(threadId);
    expect(frameText(top as never)).toBe(`main long.c:${lineOf(LONG, isBack ? "loop" : "after")}`);
  }
});
