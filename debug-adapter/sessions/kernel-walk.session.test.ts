/** Step into at an `ecall`: through the guards of the call in the kernel's own source, while nothing moves. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { Conversation } from "../testing/conversation.ts";
import {
  DapClient,
  frameText,
  KERNEL_SOURCE,
  markerLine,
  WORKSPACE,
} from "../testing/dap-client.ts";

const OWNER = join(WORKSPACE, "share/owner.c");
const golden = (stem: string) => join(import.meta.dirname, "golden", `${stem}.txt`);

/** A session in the walk of the first `page_alloc` of the owner. */
async function inPageAlloc() {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [
    { file: "share/owner.c", marker: "alloc" },
  ]);
  const { threadId } = await client.stopped();
  await client.go("next", threadId);
  await client.go("stepIn", threadId);
  return { client, threadId };
}

const stateOf = async (client: DapClient) => {
  const { now, branches } = await client.request("exo/history", undefined);
  return { now, branches };
};

test("page_alloc: every guard in the kernel's source, then the call is done", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "share/share.exo.json" }, [
    { file: "share/owner.c", marker: "alloc" },
  ]);
  await talk.go("next");
  await talk.go("stepIn");
  await talk.stack();
  await talk.scope("Call");
  for (let i = 0; i < 4; i += 1) await talk.go(i % 2 === 0 ? "stepIn" : "next");
  await talk.go("stepBack");
  await talk.scope("Guards");
  for (let i = 0; i < 7; i += 1) await talk.go("stepIn");
  await talk.stack();
  await talk.go("stepIn");
  await talk.show(["frame >= 0"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("walk-page-alloc"));
});

test("bind that is refused: the walk ends at the guard, and out of it is the next statement", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "share/thief.exo.json" }, [
    { file: "share/thief.c", marker: "steal" },
  ]);
  await talk.go("stepIn");
  for (let i = 0; i < 8; i += 1) await talk.go("stepIn", undefined, i < 7 ? "quietly" : "noted");
  await talk.scope("Guards");
  await talk.go("stepOut");
  await talk.go("next");
  await talk.show(["error"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("walk-refused"));
});

test("by instruction: the walk begins at the ecall and ends behind it; a transfer leads into the callee", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "ping-pong/ping-pong.exo.json" }, [
    { file: "ping-pong/client.c", marker: "call", hitCondition: "2" },
  ]);
  for (let i = 0; i < 400 && !talk.place.includes("kernel: transfer_sync"); i += 1) {
    const verb = talk.place.includes("kernel: ") ? "stepOut" : "stepIn";
    await talk.go(verb, "instruction", "quietly");
  }
  await talk.stack();
  for (let i = 0; i < 10 && talk.place.includes("kernel: "); i += 1) {
    await talk.go("stepIn", "instruction");
  }
  await talk.stack();
  await expect(talk.transcript).toMatchFileSnapshot(golden("walk-transfer"));
});

test("a call that does not exist is refused by the kernel itself", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "refused/refused.exo.json" }, [
    { file: "refused/refused.c", marker: "#26" },
  ]);
  await talk.go("stepIn");
  await talk.stack();
  await talk.go("stepIn");
  await talk.show(["(int)$a0"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("walk-no-call"));
});

test("the kernel's frame is at the line of the guard, in a text that the adapter serves", async () => {
  const { client, threadId } = await inPageAlloc();
  for (;;) {
    const [frame] = await client.stack(threadId);
    const reference = frame?.source?.sourceReference ?? 0;
    const args = { sourceReference: reference, source: frame?.source };
    const { content } = await client.request("source", args);
    expect(content).toBe(KERNEL_SOURCE.files[frame?.source?.path ?? ""]);
    const lines = content.split("\n").slice((frame?.line ?? 0) - 1, (frame?.line ?? 0) + 6);
    const arrival = await client.go("next", threadId);
    if (arrival.kind === "ended") throw new Error("ended");
    const [text = "", ended] = [arrival.body.text, arrival.body.text === undefined];
    if (ended) {
      expect(lines[0]).toMatch(/^ {2}invoke: \(core, \{ memory, frame, destination/);
      return;
    }
    expect(lines[0]).toMatch(/^ *(guard|need)\(/);
    expect(text).toMatch(/^guard \d+ of \d+ \(exokernel\/[\w/-]+\.ts:\d+\), '|will be done/);
  }
});

test("walking forth and back moves nothing, and leaving it backward stands before the ecall", async () => {
  const { client, threadId } = await inPageAlloc();
  const before = await stateOf(client);
  for (let i = 0; i < 3; i += 1) await client.go("stepIn", threadId);
  expect(await stateOf(client)).toEqual(before);
  for (let i = 0; i < 4; i += 1) await client.go("stepBack", threadId);
  expect(await stateOf(client)).toEqual(before);
  const [top] = (await client.stack(threadId)).map(frameText);
  expect(top).toBe("exo_page_alloc exo_calls.S");
  // Once more into it, and out: behind the call in the function that made it.
  await client.go("stepIn", threadId);
  const out = await client.go("stepOut", threadId);
  expect(out).toMatchObject({ kind: "stopped", body: { reason: "step" } });
  expect((await client.stack(threadId)).map(frameText)[0]).toMatch(/^exo_page_alloc|^main owner/);
});

test("a walk in the past is over the guards as they were, and begins no branch", async () => {
  const { client, threadId } = await inPageAlloc();
  const before = await client.request("exo/history", undefined);
  await client.go("stepOut", threadId);
  await client.go("next", threadId);
  const after = await client.request("exo/history", undefined);
  // Step Back lands on the statement that made the call, Step Into at its ecall again.
  for (let i = 0; i < 5; i += 1) {
    const back = await client.go("stepBack", threadId);
    const [top] = await client.stack(threadId);
    if (
      back.kind === "ended" ||
      (top?.name === "main" && top.line === markerLine(OWNER, "alloc") + 1)
    )
      break;
  }
  const again = await client.go("stepIn", threadId);
  expect(again).toMatchObject({
    body: { text: expect.stringMatching(/^guard 1 of \d+ .*'slot is in the table': holds/) },
  });
  const now = await client.request("exo/history", undefined);
  expect(now.now).toEqual(before.now);
  expect(now.end).toEqual(after.end);
  expect(now.branches).toHaveLength(1);
});

test("expressions in a walk are the guest's, and setting something ends it", async () => {
  const { client, threadId } = await inPageAlloc();
  const frames = await client.stack(threadId);
  expect(frames[1]?.presentationHint).toBe("label");
  expect((await client.request("scopes", { frameId: frames[1]?.id ?? 0 })).scopes).toEqual([]);
  const frameId = frames[0]?.id ?? 0;
  const { result } = await client.request("evaluate", { expression: "$a1", frameId });
  expect(result).toMatch(/^1\b/);
  const legal = await client.request("exo/whyLegal", { frameId });
  expect(legal.text).toMatch(/^owner \(env \d+\) calls page_alloc with slot 1: memory/);
  expect((await client.stack(threadId))[0]?.name).toBe("kernel: page_alloc");
  expect(client.events.filter(({ event }) => event === "invalidated")).toEqual([]);
  await client.request("setExpression", { expression: "$a1", value: "77", frameId });
  const told = client.events.filter(({ event }) => event === "invalidated");
  expect(told.map(({ body }) => body)).toEqual([{ areas: ["stacks", "variables"] }]);
  expect((await client.stack(threadId)).map(frameText)[0]).toBe("exo_page_alloc exo_calls.S");
  // The scopes of a frame that is gone are none, and no mistake.
  expect((await client.request("scopes", { frameId })).scopes).toEqual([]);
  await client.go("stepIn", threadId);
  const second = await client.go("stepIn", threadId);
  expect(second).toMatchObject({
    body: { text: expect.stringMatching(/refused: E_CAP: slot 77 of environment \d+ is empty\.$/) },
  });
});

test("frames of a walk are paged like all others, and continue goes on from it", async () => {
  const { client, threadId } = await inPageAlloc();
  const all = await client.stack(threadId);
  const names = (frames: readonly { readonly name: string }[]) => frames.map(({ name }) => name);
  for (const [startFrame, levels] of [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 1],
    [3, 20],
  ] as const) {
    const page = await client.request("stackTrace", { threadId, startFrame, levels });
    expect(names(page.stackFrames)).toEqual(names(all.slice(startFrame, startFrame + levels)));
    expect(page.totalFrames).toBe(all.length);
  }
  const end = await client.go("continue", threadId);
  expect(end).toEqual({ kind: "ended", exitCode: 0 });
});

test("with stepIntoKernel false a step into passes the kernel", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json", stepIntoKernel: false }, [
    { file: "share/owner.c", marker: "alloc" },
  ]);
  const { threadId } = await client.stopped();
  await client.go("next", threadId);
  await client.go("stepIn", threadId);
  expect((await client.stack(threadId)).map(frameText)[0]).toMatch(/^main owner\.c:/);
});
