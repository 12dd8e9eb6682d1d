/** While a session looks back nothing enters the run, nobody sees where it is meanwhile, and it can be paused. */
import { expect, test } from "vitest";
import { DapClient } from "../testing/dap-client.ts";
import { HITS, LINES, LONG, turns, written } from "../testing/history-programs.ts";

async function stoppedAt(file: string, marker: string) {
  const client = new DapClient();
  await client.launch({ program: file }, [{ file, marker }]);
  const { threadId } = await client.stopped();
  const [top] = await client.stack(threadId);
  return { client, threadId, frameId: top?.id ?? 0 };
}

const history = (client: DapClient) => client.request("exo/history", undefined);

test("what is typed during a question enters where one stands, when that is answered", async () => {
  const { client, threadId, frameId } = await stoppedAt(LINES, "after");
  const before = await history(client);
  const asked = client.request("exo/whoChanged", { expression: "x", frameId });
  await turns(20);
  await client.request("exo/consoleInput", { text: "hello\n" });
  expect((await asked).text).toMatch(/x .* changed from 0 to 1 by/);
  const after = await history(client);
  expect(after.branches).toHaveLength(1);
  expect(after.journal).toMatchObject([{ text: 'typed "hello\\n"', position: before.now }]);
  await client.request("continue", { threadId });
  while (!client.output().includes("got")) await turns(1);
  expect(client.output()).toBe("hello\ngot hello\n");
  await client.request("disconnect", {});
});

test("what is typed while the program goes back is refused and leaves the history as it is", async () => {
  const { client, threadId } = await stoppedAt(LINES, "after");
  await client.setBreakpoints([{ file: LINES, marker: "one" }]);
  await client.request("reverseContinue", { threadId });
  await turns(20);
  await expect(client.request("exo/consoleInput", { text: "hello\n" })).rejects.toThrow(
    "The program is going back; type again when it has stopped.",
  );
  expect(await client.stopped()).toMatchObject({ reason: "breakpoint" });
  const { branches, journal } = await history(client);
  expect([branches.length, journal.length]).toEqual([1, 0]);
});

test("what is typed while the hits until now are counted enters when the run goes on", async () => {
  const { client, threadId } = await stoppedAt(LINES, "after");
  const { now } = await history(client);
  await client.setBreakpoints([{ file: LINES, marker: "line", hitCondition: "1" }]);
  await client.request("continue", { threadId });
  await turns(20);
  await client.request("exo/consoleInput", { text: "hello\n" });
  await client.stopped();
  const { branches, journal } = await history(client);
  expect(branches).toHaveLength(1);
  expect(journal).toMatchObject([{ position: now }]);
});

test("while a question is answered the history is the one at which one stands", async () => {
  const { client, frameId } = await stoppedAt(LONG, "after");
  const { now } = await history(client);
  let isDone = false;
  const asked = client.request("exo/whoChanged", { expression: "x", frameId }).finally(() => {
    isDone = true;
  });
  const seen: Promise<number>[] = [];
  while (!isDone) {
    await turns(1);
    seen.push(history(client).then((body) => body.now.step));
    seen.push(client.request("exo/environments", undefined).then(({ step }) => step));
  }
  await asked;
  expect(seen.length).toBeGreaterThan(10);
  expect(new Set(await Promise.all(seen))).toEqual(new Set([now.step]));
});

test("a pause ends a question with a sentence, and not the next run", async () => {
  const { client, threadId, frameId } = await stoppedAt(HITS, "later");
  const { now } = await history(client);
  const asked = client.request("exo/whoChanged", { expression: "y", frameId });
  await client.request("pause", { threadId });
  await expect(asked).rejects.toThrow(/The search was paused before it had found an answer/);
  expect((await history(client)).now).toEqual(now);
  expect(await client.go("continue", threadId)).toMatchObject({ body: { reason: "breakpoint" } });
});

test("a pause that comes when a question is answered already does not stop the next run", async () => {
  const { client, threadId, frameId } = await stoppedAt(LONG, "two");
  await client.setBreakpoints([{ file: LONG, marker: "after" }]);
  const asked = client.request("exo/whoChanged", { expression: "x", frameId });
  await client.request("pause", { threadId });
  await asked.catch(() => {});
  expect(await client.go("continue", threadId)).toMatchObject({ body: { reason: "breakpoint" } });
});

test("data breakpoints that are set during a question leave its answer as it is", async () => {
  const { client, frameId } = await stoppedAt(HITS, "later");
  let isDone = false;
  const asked = client.request("exo/whoChanged", { expression: "y", frameId }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await turns(1);
    await client.request("setDataBreakpoints", { breakpoints: [] });
  }
  expect((await asked).text).toMatch(/^y .* changed from 0 to 1 by hits/);
});

test("after every power failure was tried the run says on the console what it would have said", async () => {
  const run = async (isAsked: boolean) => {
    const client = new DapClient();
    await client.launch({ program: "bank/wal.exo.json", stopOnEntry: true, stopAtEnd: true });
    const { threadId } = await client.stopped();
    if (isAsked) {
      const { outcomes } = await client.request("exo/crashes", { mode: "drop" });
      expect(outcomes).toHaveLength(7);
      const told = client.events.filter(({ event }) => event === "exo/historyChanged");
      expect(told).toHaveLength(1);
    }
    const arrival = await client.go("continue", threadId);
    const threads = client.events.filter(({ event }) => event === "thread");
    return [arrival, client.output(), client.output("stderr"), threads.map(({ body }) => body)];
  };
  const plain = await run(false);
  expect(plain[1]).toContain("sum=200");
  expect(await run(true)).toEqual(plain);
});

test("power failures of a run that does not end are given up, and the history is what it was", async () => {
  written(
    "endless.c",
    `static volatile int n;
int main(void)
{
  n = 1;
  for (;;) n++;
}
`,
  );
  const program = written(
    "endless.exo.json",
    JSON.stringify({
      disk: { sectors: 8 },
      environments: [{ name: "endless", program: "endless.c" }],
    }),
  );
  const client = new DapClient();
  await client.launch({ program, stopOnEntry: true });
  const { threadId } = await client.stopped();
  const before = await history(client);
  const asked = client.request("exo/crashes", {});
  await turns(20);
  await client.request("pause", { threadId });
  await expect(asked).rejects.toThrow(/The search was paused/);
  const { snapshots: _, snapshotBytes: __, ...after } = await history(client);
  expect(before).toMatchObject(after);
  const [top] = await client.stack(threadId);
  await client.request("setExpression", { expression: "n", value: "5", frameId: top?.id ?? 0 });
  expect((await history(client)).branches).toHaveLength(1);
});
