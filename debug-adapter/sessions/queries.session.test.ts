/** Questions to the past: who changed this, why was this legal, what became of it; the session stays where it is. */
import { basename } from "node:path";
import { expect, test } from "vitest";
import type { HistoryPosition, SourcePlace } from "../protocol.ts";
import { DapClient, frameText, markerLine, WORKSPACE } from "../testing/dap-client.ts";
import { LONG } from "../testing/history-programs.ts";

const OWNER = "share/owner.c";
const BORROWER = "share/borrower.c";
const lineIn = (file: string, marker: string) => markerLine(`${WORKSPACE}/${file}`, marker);

async function stopAt(
  program: string,
  file: string,
  marker: string,
  client = new DapClient(),
): Promise<{ client: DapClient; thread: number; frameId: number }> {
  await client.launch({ program }, [{ file, marker }]);
  const { threadId } = await client.stopped();
  const [top] = await client.stack(threadId);
  return { client, thread: threadId, frameId: top?.id ?? 0 };
}

const placeText = (place: SourcePlace | undefined) =>
  place && `${basename(place.path)}:${place.line}`;

async function goTo(client: DapClient, position: HistoryPosition | undefined): Promise<string> {
  if (position === undefined) throw new Error("no position");
  await client.request("exo/goTo", { position });
  const { threadId } = await client.stopped();
  const frames = await client.stack(threadId);
  return frames.map(frameText).find((text) => /(owner|borrower|page-fault)\.c:/.test(text)) ?? "";
}

test("from the borrower's variable one query leads to the owner's line that wrote it", async () => {
  const { client, frameId } = await stopAt("share/share.exo.json", BORROWER, "revoke");
  const before = (await client.request("exo/history", undefined)).now;
  const answer = await client.request("exo/whoChanged", { expression: "text[4]", frameId });
  expect(answer.text).toMatch(
    /^text\[4\] \(1 byte at 0x60000004, page 0x\w+\) changed from 103 'g' to 111 'o' by owner at string\.c:\d+, called at owner\.c:\d+, step [\d,]+\.$/,
  );
  expect(placeText(answer.place)).toBe(`owner.c:${lineIn(OWNER, "change")}`);
  // Asking has moved nothing.
  expect((await client.request("exo/history", undefined)).now).toEqual(before);
  expect(await goTo(client, answer.position)).toContain(`owner.c:${lineIn(OWNER, "change")}`);
  // One further back, from there: the first writing.
  const [top] = await client.stack(
    (await client.request("threads", undefined)).threads[0]?.id ?? 0,
  );
  expect(top).toBeDefined();
});

test("what is asked while a question is answered is not refused, but waits for the answer", async () => {
  const { client, thread, frameId } = await stopAt("share/share.exo.json", BORROWER, "revoke");
  const line = (await client.stack(thread))[0]?.line ?? 0;
  const order: string[] = [];
  const noted = <Body>(name: string, answer: Promise<Body>) =>
    answer.finally(() => order.push(name));
  const [first, second, stack] = await Promise.all([
    noted("first", client.request("exo/whoChanged", { expression: "text[4]", frameId })),
    noted("second", client.request("exo/lastRefusal", { environment: thread })),
    noted("stack", client.request("stackTrace", { threadId: thread })),
    noted("step", client.request("next", { threadId: thread })),
  ]);
  expect(order[0]).toBe("first");
  expect(order.indexOf("stack")).toBeLessThan(order.indexOf("step"));
  expect(first.text).toMatch(/changed from 103 'g' to 111 'o'/);
  expect(second).toBeDefined();
  expect(stack.stackFrames[0]?.line).toBe(line);
  const { threadId } = await client.stopped();
  expect((await client.stack(threadId))[0]?.line).toBeGreaterThan(line);
});

test("from the owner's store another leads to the grants that made it legal, up to the root", async () => {
  const { client, frameId } = await stopAt("share/share.exo.json", OWNER, "change");
  const answer = await client.request("exo/whyLegal", {
    expression: "text[0]",
    frameId,
    access: "write",
  });
  expect(answer.text).toMatch(/^owner \(env \d+\) writes 0x50000000, which is in page 0x\w+:/);
  const texts = answer.chain.map(({ text }) => text.replace(/page 0x\w+/g, "page P"));
  expect(texts).toEqual([
    expect.stringMatching(/^0x50000000 is bound to page P rw- by slot \d+ \(the software TLB\)/),
    expect.stringMatching(/^slot \d+ of owner \(env \d+\): page, rwxg-: page P allocated to owner/),
    expect.stringMatching(/^slot 1 of owner \(env \d+\): memory, .*: memory derived from launcher/),
    expect.stringMatching(/^slot 1 of launcher .*: memory, rwxgc, a root: there since/),
  ]);
  const allocated = answer.chain[1];
  expect(placeText(allocated?.place)).toBe(`owner.c:${lineIn(OWNER, "alloc") + 1}`);
  expect(await goTo(client, allocated?.position)).toContain("main owner.c:");
});

test("the borrower's reading leads by the offer to the owner's page", async () => {
  const { client, frameId } = await stopAt("share/share.exo.json", BORROWER, "change");
  const { chain } = await client.request("exo/whyLegal", { expression: "text[0]", frameId });
  expect(chain.map(({ text }) => text)).toEqual([
    expect.stringMatching(/is bound to page 0x\w+ r--/),
    expect.stringMatching(/^slot \d+ of borrower .*: page, r----: slot \d+ of owner .* accepted/),
    expect.stringMatching(/^slot \d+ of owner .*allocated to owner/),
    expect.stringMatching(/^slot 1 of owner/),
    expect.stringMatching(/^slot 1 of launcher/),
  ]);
  expect(placeText(chain[1]?.place)).toBe(`borrower.c:${lineIn(BORROWER, "accept")}`);
  const denied = await client.request("exo/whyLegal", {
    expression: "text[0]",
    frameId,
    access: "write",
  });
  expect(denied).toEqual({
    text: expect.stringMatching(/it would fault, page 0x\w+ is bound there r--/),
    chain: [],
  });
});

test("the instruction at a frame is asked for what it does: a store, a call, a fetch", async () => {
  const { client, thread } = await stopAt("page-fault.c", "page-fault.c", "store");
  const asked: string[] = [];
  for (let i = 0; i < 1500 && !asked.some((text) => /calls page_alloc/.test(text)); i += 1) {
    const [top] = await client.stack(thread);
    const { text } = await client.request("exo/whyLegal", { frameId: top?.id ?? 0 });
    asked.push(text);
    await client.go("stepIn", thread, "instruction");
  }
  expect(
    asked.some((text) => /writes 0x40000020: it would fault, no page is bound/.test(text)),
  ).toBe(true);
  expect(asked.some((text) => /fetches from 0x1\w+, which is in page/.test(text))).toBe(true);
  expect(asked.at(-1)).toMatch(/page-fault .* calls page_alloc with slot 1: memory, ---gc/);
});

test("a page's and a capability's history is every transition, each a moment to visit", async () => {
  const { client, frameId } = await stopAt("share/share.exo.json", BORROWER, "after");
  const { text } = await client.request("exo/whoChanged", { expression: "losses", frameId });
  expect(text).toMatch(/losses .* changed from 0 to 1 by borrower at borrower\.c:\d+/);
  const { environments } = await client.request("exo/environments", undefined);
  const owner = environments.find(({ name }) => name === "owner")?.id ?? 0;
  const { capabilities } = await client.request("exo/capabilities", { environment: owner });
  const { result } = await client.request("evaluate", { expression: "slot", frameId });
  expect(Number(result)).toBeGreaterThan(0);
  // The owner allocated it in the slot that it lent it from.
  const { chain } = await client.request("exo/whyLegal", {
    environment: owner,
    address: 0x5000_0000,
  });
  const lent = Number(/^slot (\d+)/.exec(chain[1]?.text ?? "")?.[1]);
  const slot = capabilities.find((capability) => capability.slot === lent);
  const page = await client.request("exo/historyOf", { page: slot?.resource ?? 0 });
  expect(page.items.map(({ text: item }) => item.replace(/^.*?: | page 0x\w+/g, ""))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/allocated to owner/),
      expect.stringMatching(/0x50000000 bound/),
      expect.stringMatching(/0x60000000 bound/),
      expect.stringMatching(/removed from borrower .* revoked/),
    ]),
  );
  const held = await client.request("exo/historyOf", { environment: owner, slot: slot?.slot ?? 0 });
  expect(held.items.map(({ text: item }) => item.replace(/^[^:]*: /, "").split(" ")[0])).toEqual([
    "page",
    "slot",
  ]);
  const gave = await client.request("exo/whoChanged", { page: slot?.resource ?? 0 });
  expect(gave.text).toMatch(/allocated to owner .* by owner \(env \d+\) at owner\.c:\d+, step/);
  for (const { position } of page.items) await goTo(client, position);
});

test("a log point over the past gives all its hits at once, those to come as well", async () => {
  const { client } = await stopAt("ping-pong/ping-pong.exo.json", "ping-pong/client.c", "call");
  const path = `${WORKSPACE}/ping-pong/server.c`;
  const line = lineIn("ping-pong/server.c", "serve");
  expect(await client.request("exo/hits", { path, line })).toEqual({ hits: [], isCut: false });
  const { threads } = await client.request("threads", undefined);
  const thread = threads.find(({ name }) => name.startsWith("client"))?.id ?? 0;
  await client.go("continue", thread);
  await client.go("continue", thread);
  await client.go("stepBack", thread);
  const { hits } = await client.request("exo/hits", {
    path,
    line,
    logMessage: "serves {words[1]}",
  });
  expect(hits.map(({ text }) => text)).toEqual(["serves 1", "serves 2"]);
  const second = await client.request("exo/hits", { path, line, condition: "words[1] == 2" });
  expect(second.hits).toHaveLength(1);
});

test("where a value first differs between two branches", async () => {
  const { client, thread, frameId } = await stopAt("page-fault.c", "page-fault.c", "store");
  await client.go("next", thread);
  await client.request("exo/goTo", { step: 6000 });
  const back = await client.stopped();
  const [frame] = await client.stack(back.threadId);
  expect(frame).toBeDefined();
  await client.request("exo/goTo", { end: "end" });
  await client.stopped();
  await client.go("stepBack", thread);
  const [top] = await client.stack(thread);
  await client.request("setExpression", {
    expression: "before",
    value: "9",
    frameId: top?.id ?? frameId,
  });
  await client.go("next", thread);
  const [here] = await client.stack(thread);
  const answer = await client.request("exo/divergence", {
    expression: "*cell",
    frameId: here?.id ?? 0,
    branches: [1, 2],
  });
  expect(answer.text).toMatch(
    /\*cell is first different at its change \d+ .*: 42 on 'main' at page-fault\.c:\d+, step [\d,]+; 54 on 'branch 2' at page-fault\.c:\d+/,
  );
  expect(answer.points.map(({ position }) => position?.branch)).toEqual([1, 2]);
});

test("what cannot be asked is refused in a sentence", async () => {
  const { client, frameId } = await stopAt("page-fault.c", "page-fault.c", "store");
  await expect(
    client.request("exo/whoChanged", { expression: "before + 1", frameId }),
  ).rejects.toThrow(/The past of 'before \+ 1' cannot be asked: it is/);
  await expect(client.request("exo/whoChanged", { page: 1e6 })).rejects.toThrow(
    /There is no page 1000000: the machine has 4096/,
  );
  await expect(
    client.request("exo/divergence", { expression: "before", frameId, branches: [1, 7] }),
  ).rejects.toThrow(/There is no branch 7 in this history; it has only branch 1/);
  const never = await client.request("exo/whoChanged", { page: 4000 });
  expect(never.text).toMatch(/page 0xfa0 never had an owner/);
});

async function change(client: DapClient, threadId: number, name: string, value: string) {
  const [top] = await client.stack(threadId);
  await client.request("setExpression", { expression: name, value, frameId: top?.id ?? 0 });
}

async function whoChanged(client: DapClient, threadId: number, expression: string) {
  const [top] = await client.stack(threadId);
  return client.request("exo/whoChanged", { expression, frameId: top?.id ?? 0 });
}

test("a change by the debugger is the last one, also at the very stop where the program has just written", async () => {
  const client = new DapClient();
  await client.launch({ program: LONG }, [{ file: LONG, marker: "two" }]);
  const { threadId } = await client.stopped();
  await change(client, threadId, "x", "7");
  const { now } = await client.request("exo/history", undefined);
  const expected = {
    text: expect.stringMatching(/^x was last changed by the debugger, step [\d,]+\.$/),
    position: now,
  };
  expect(await whoChanged(client, threadId, "x")).toMatchObject(expected);
  await client.go("next", threadId);
  expect(await whoChanged(client, threadId, "x")).toMatchObject(expected);
});

test("a change by the debugger long ago is found, by whatever addresses it was made", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [{ file: OWNER, marker: "change" }]);
  const owner = (await client.stopped()).threadId;
  await change(client, owner, "text[40]", "'z'");
  const { now } = await client.request("exo/history", undefined);
  const { breakpoints } = await client.request("setBreakpoints", {
    source: { path: `${WORKSPACE}/${BORROWER}` },
    breakpoints: [{ line: lineIn(BORROWER, "revoke") }],
  });
  expect(breakpoints).toMatchObject([{ verified: true }]);
  const arrival = await client.go("continue", owner);
  const thread = arrival.kind === "stopped" ? arrival.body.threadId : 0;
  // It is another's page here, at another address.
  expect(thread).not.toBe(owner);
  expect(await whoChanged(client, thread, "text[40]")).toMatchObject({
    text: expect.stringMatching(/^text\[40\] was last changed by the debugger, step [\d,]+\.$/),
    position: now,
  });
});

test("the change that made a branch is the first difference of the value that was changed", async () => {
  const client = new DapClient();
  await client.launch({ program: LONG }, [{ file: LONG, marker: "after2" }]);
  const { threadId } = await client.stopped();
  await client.go("stepBack", threadId);
  await change(client, threadId, "x", "9");
  await client.go("next", threadId);
  const [top] = await client.stack(threadId);
  const frameId = top?.id ?? 0;
  const args = { branches: [1, 2] as const, expression: "x", frameId };
  const { text, points } = await client.request("exo/divergence", args);
  expect(text).toMatch(
    /^x is first different at its change 1 after the branches part: it does not change any more on 'main'; 9 on 'branch 2' by the debugger, step [\d,]+\.$/,
  );
  expect(points[1]?.position?.branch).toBe(2);
  const same = await client.request("exo/divergence", { ...args, expression: "y" });
  expect(same).toMatchObject({
    text: "y goes through the same 1 value on 'main' and 'branch 2'.",
    points: [],
  });
});

test("what nothing has written since a boot was made by that boot", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/nolog.exo.json", stopOnEntry: true });
  await client.stopped();
  const { outcomes } = await client.request("exo/crashes", { mode: "drop" });
  await client.request("exo/branch", { branch: outcomes[2]?.branch ?? 0 });
  await client.stopped();
  await client.request("exo/goToEvent", { direction: "previous", kinds: ["poweredOn"] });
  await client.stopped();
  const { now } = await client.request("exo/history", undefined);
  const { threads } = await client.request("threads", undefined);
  const environment = threads[0]?.id ?? 0;
  const [frame] = await client.stack(environment);
  const address = Number(frame?.instructionPointerReference?.replace(/^.*:/, ""));
  const answer = await client.request("exo/whoChanged", { environment, address, length: 4 });
  expect(answer.text).toMatch(
    /is what the boot after power failure 1 made it: nothing has written it since, step [\d,]+\.$/,
  );
  expect(answer.position).toEqual(now);
});
