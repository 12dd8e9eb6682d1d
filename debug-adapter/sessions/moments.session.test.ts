/** Going to moments: to ends, events and positions that someone names; what does not exist is refused before anything moves. */
import { expect, test } from "vitest";
import type { GoToArguments } from "../protocol.ts";
import { DapClient, frameText } from "../testing/dap-client.ts";
import { LONG, THIRTY } from "../testing/history-programs.ts";

async function stoppedAt(file: string, marker: string) {
  const client = new DapClient();
  await client.launch({ program: file }, [{ file, marker }]);
  const { threadId } = await client.stopped();
  return { client, threadId };
}

const history = (client: DapClient) => client.request("exo/history", undefined);

test("where the program has ended one can look and go back, however one comes there", async () => {
  const client = new DapClient();
  await client.launch({ program: "hello.c", stopAtEnd: true });
  const ended = await client.stopped();
  const atEnd = async () =>
    (await client.request("threads", undefined)).threads.map(({ id }) => id);
  expect(await atEnd()).toEqual([ended.threadId]);
  await client.request("exo/mark", { name: "the end" });
  for (const place of [{ end: "end" }, { mark: 1 }] as const) {
    await client.request("exo/goTo", { end: "start" });
    await client.stopped();
    await client.request("exo/goTo", place);
    expect(await client.stopped()).toMatchObject({
      text: ended.text,
      description: "end of the run",
      threadId: ended.threadId,
    });
    expect(await atEnd()).toEqual([ended.threadId]);
  }
  await expect(client.request("next", { threadId: ended.threadId })).rejects.toThrow(
    "The program has ended: go back, or continue to end the session.",
  );
  expect(await client.go("continue", ended.threadId)).toEqual({ kind: "ended", exitCode: 0 });
});

test("a branch that has ended can be gone to and back from", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json", stopOnEntry: true, stopAtEnd: true });
  await client.stopped();
  const { outcomes } = await client.request("exo/crashes", { mode: "drop" });
  await client.request("exo/branch", { branch: outcomes[1]?.branch ?? 0 });
  const { description, threadId } = await client.stopped();
  expect(description).toBe("end of the run");
  const { threads } = await client.request("threads", undefined);
  expect(threads.map(({ id }) => id)).toEqual([threadId]);
  expect(await client.back("into", threadId)).toMatchObject({ kind: "stopped" });
  expect((await client.stack(threadId)).length).toBeGreaterThan(0);
});

test("the previous event is the last one, also when no event has just happened", async () => {
  const { client } = await stoppedAt(LONG, "after");
  const { recent, now } = await history(client);
  const last = recent.at(-1);
  expect(last?.position.step).toBeLessThan(now.step);
  await client.request("exo/goToEvent", { direction: "previous", text: last?.text ?? "" });
  await client.stopped();
  expect((await history(client)).now).toEqual(last?.position);
});

test("from event to event each previous one lies further back, to the start", async () => {
  const client = new DapClient();
  await client.launch({ program: "page-fault.c", stopAtEnd: true });
  await client.stopped();
  const { start } = await history(client);
  const steps: number[] = [];
  for (;;) {
    await client.request("exo/goToEvent", { direction: "previous" });
    const { description } = await client.stopped();
    steps.push((await history(client)).now.step);
    if (description === "start of the history") break;
  }
  expect(steps.length).toBeGreaterThan(5);
  expect(steps).toEqual([...steps].sort((a, b) => b - a));
  expect(steps.at(-1)).toBe(start.step);
});

test("a step back of an unknown kind or thread is refused, and nothing moves", async () => {
  const { client, threadId } = await stoppedAt(THIRTY, "after");
  const { now } = await history(client);
  await expect(
    client.request("exo/stepBack", { threadId, kind: "sideways" as never }),
  ).rejects.toThrow("'kind' of exo/stepBack must be 'over', 'into' or 'out'.");
  const unknown = { threadId: 9999 };
  await expect(client.request("stepBack", unknown)).rejects.toThrow(/no environment 9999/);
  await expect(client.request("exo/stepBack", unknown)).rejects.toThrow(/no environment 9999/);
  expect((await history(client)).now).toEqual(now);
  expect(await client.go("stepBack", threadId)).toMatchObject({ kind: "stopped" });
});

test("a moment behind the last event of its step is that step's last", async () => {
  const { client } = await stoppedAt(LONG, "two");
  const step = (await history(client)).now.step - 500;
  await client.request("exo/goTo", { position: { branch: 1, step, event: 9_999_999 } });
  await client.stopped();
  expect((await history(client)).now.step).toBe(step);
});

test("a moment behind the end of another branch is its end", async () => {
  const { client, threadId } = await stoppedAt(LONG, "two");
  await client.go("stepBack", threadId);
  const [top] = await client.stack(threadId);
  await client.request("setExpression", { expression: "y", value: "5", frameId: top?.id ?? 0 });
  const [main] = (await history(client)).branches;
  if (main === undefined) throw new Error("no branch");
  const behind = { ...main.end, event: main.end.event + 5 };
  await client.request("exo/goTo", { position: behind });
  await client.stopped();
  expect((await history(client)).now).toEqual(main.end);
});

test("what names no moment is refused, and nothing moves", async () => {
  const { client } = await stoppedAt(THIRTY, "after");
  const { now } = await history(client);
  const position = { branch: 1, step: now.step - 500, event: now.event };
  const wrong: readonly unknown[] = [
    { position: null },
    { position: {} },
    { position: { ...position, event: -5 } },
    { position: { ...position, event: Number.NaN } },
    { position: { ...position, event: "x" } },
    { position: { ...position, step: "x" } },
    { end: "middle" },
    { step: Number.NaN },
    { step: "5" },
    { mark: "x" },
    { event: -1 },
  ];
  for (const args of wrong) {
    await expect(client.request("exo/goTo", args as GoToArguments)).rejects.toMatchObject({
      name: "UserError",
    });
    expect((await history(client)).now).toEqual(now);
  }
});

test("questions and searches with senseless arguments are refused, and the session goes on", async () => {
  const { client, threadId } = await stoppedAt(THIRTY, "after");
  const [top] = await client.stack(threadId);
  const { result } = await client.request("evaluate", {
    expression: "&total",
    frameId: top?.id ?? 0,
  });
  const address = /0x[0-9a-f]+/.exec(result)?.[0] ?? "";
  for (const length of [0, -1, Number.NaN, 1e9, "x"]) {
    const args = { environment: threadId, address, length: length as number };
    await expect(client.request("exo/whoChanged", args)).rejects.toThrow(
      `A question is about 1 to 1048576 bytes, not about ${length}.`,
    );
  }
  for (const args of [
    { direction: "previous", text: 5 },
    { direction: "up" },
    { direction: "next", kinds: "upcall" },
  ]) {
    await expect(client.request("exo/goToEvent", args as never)).rejects.toThrow(
      /of exo\/goToEvent must be/,
    );
  }
  expect(frameText((await client.stack(threadId))[0] as never)).toMatch(/^main thirty\.c:/);
});

test("nothing that is typed in the past begins no branch", async () => {
  const { client } = await stoppedAt(THIRTY, "after");
  await client.request("exo/goTo", { end: "start" });
  await client.stopped();
  await client.request("exo/consoleInput", { text: "" });
  await expect(client.request("exo/consoleInput", {} as never)).rejects.toThrow(
    "'text' of exo/consoleInput must be what is typed, as a string.",
  );
  expect((await history(client)).branches).toHaveLength(1);
});
