import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { expect, test } from "vitest";
import {
  type Arrival,
  DapClient,
  frameText,
  markerLine,
  type StoppedBody,
  WORKSPACE,
} from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-data-breakpoints-"));
const SOURCE = join(folder, "watched.c");
writeFileSync(
  SOURCE,
  `#include <stdio.h>
#include <stdlib.h>
struct pair { int left; short right[3]; unsigned low : 4, high : 4; };
static struct pair pair;
static int total;
static char name[100];
static int *cell = &total;
static int
sum(int n)
{
  int result = 0;
  for (int i = 1; i <= n; i++) result += i; //@step add
  return result;
}
int
main(void)
{
  register int r asm("s5") = 3;
  total = 5;                               //@step first
  total = 5;                               //@step same
  total += r;                              //@step change
  pair.right[1] = 7;                       //@step right
  pair.high = 9;                           //@step high
  *cell = sum(3);                          //@step through
  name[70] = 'x';                          //@step name
  int seen = total;                        //@step read
  printf("%d %d\\n", seen, total);         //@step print
  return pair.left;
}
`,
);

const line = (marker: string): number => markerLine(SOURCE, marker);
const at = (marker: string) => ({ file: SOURCE, marker });

async function started(program: string, breakpoints: Parameters<DapClient["launch"]>[1] = []) {
  const client = new DapClient();
  await client.launch(
    breakpoints.length > 0 ? { program } : { program, stopOnEntry: true },
    breakpoints,
  );
  const { threadId } = await client.stopped();
  return { client, threadId };
}

async function topFrame(client: DapClient, threadId: number): Promise<Dap.StackFrame> {
  const [frame] = await client.stack(threadId);
  if (frame === undefined) throw new Error("no frame");
  return frame;
}

/** What can be watched under a name in the innermost frame. */
async function infoOf(client: DapClient, threadId: number, name: string, more: object = {}) {
  const { id: frameId } = await topFrame(client, threadId);
  return client.request("dataBreakpointInfo", { name, frameId, ...more });
}

async function watch(
  client: DapClient,
  threadId: number,
  name: string,
  more: Omit<Dap.DataBreakpoint, "dataId"> = {},
): Promise<string> {
  const { dataId, description } = await infoOf(client, threadId, name);
  if (dataId === null) throw new Error(description);
  const { breakpoints } = await client.request("setDataBreakpoints", {
    breakpoints: [{ dataId, ...more }],
  });
  expect(breakpoints).toMatchObject([{ verified: true }]);
  return dataId;
}

function bodyOf(arrival: Arrival): StoppedBody {
  if (arrival.kind === "ended") throw new Error(`the program ended (${arrival.exitCode})`);
  return arrival.body;
}

/** Continues to the end; the text of each stop, with what changes from build to build left out. */
async function allTexts(client: DapClient, threadId: number): Promise<string[]> {
  const texts: string[] = [];
  for (
    let arrival = await client.go("continue", threadId);
    arrival.kind === "stopped";
    arrival = await client.go("continue", threadId)
  ) {
    expect(arrival.body.reason).toBe("data breakpoint");
    texts.push(normalised(arrival.body.text ?? ""));
  }
  return texts;
}

const normalised = (text: string): string =>
  text.replace(/at 0x[0-9a-f]+, page 0x[0-9a-f]+/g, "at A, page P").replace(/\(env \d+\)/g, "(E)");

test("a variable of page-fault.c that changes stops with its values, who changed it and where", async () => {
  const { client, threadId } = await started("page-fault.c", [
    { file: "page-fault.c", marker: "bind" },
  ]);
  await client.setBreakpoints([{ file: "page-fault.c", marker: "return" }]);
  await client.go("continue", threadId);
  // The page is bound now, in the handler; the store that faulted has yet to be done again.
  const { dataId, description, accessTypes } = await client.request("dataBreakpointInfo", {
    name: "0x40000020",
    asAddress: true,
    bytes: 4,
  });
  expect(accessTypes).toEqual(["read", "write", "readWrite"]);
  expect(description).toMatch(/^0x40000020 \(4 bytes at 0x40000020, page 0x[0-9a-f]+\)$/);
  const { breakpoints } = await client.request("setDataBreakpoints", {
    breakpoints: [{ dataId: dataId ?? "" }],
  });
  await client.setBreakpoints([{ file: "page-fault.c", marker: "after" }]);
  const body = bodyOf(await client.go("continue", threadId));
  const path = join(WORKSPACE, "page-fault.c");
  expect(body).toMatchObject({
    reason: "data breakpoint",
    threadId,
    text: `${description} changed from 0x0 to 0x2a by page-fault at page-fault.c:${markerLine(path, "store")}`,
    hitBreakpointIds: [breakpoints[0]?.id],
  });
  // The breakpoint at the next statement is still met, at this very step or the next ones.
  expect(bodyOf(await client.go("continue", threadId)).reason).toBe("breakpoint");
  expect(frameText(await topFrame(client, threadId))).toBe(
    `main page-fault.c:${markerLine(path, "after")}`,
  );
  expect(await client.request("evaluate", { expression: "*cell" })).toMatchObject({ result: "42" });
});

test("a write stops when it changes the value; every write if the condition or the id asks for it", async () => {
  const said = async (more: Omit<Dap.DataBreakpoint, "dataId">, change = (id: string) => id) => {
    const { client, threadId } = await started(SOURCE);
    const dataId = change(await watch(client, threadId, "total", more));
    await client.request("setDataBreakpoints", { breakpoints: [{ dataId, ...more }] });
    return allTexts(client, threadId);
  };
  const where = "total (4 bytes at A, page P)";
  const changes = [
    `${where} changed from 0 to 5 by watched at watched.c:${line("first")}`,
    `${where} changed from 5 to 8 by watched at watched.c:${line("change")}`,
    `${where} changed from 8 to 6 by watched at watched.c:${line("through")}`,
  ];
  const again = `${where} was written with 5 again by watched at watched.c:${line("same")}`;
  const writes = [changes[0], again, changes[1], changes[2]];
  // That the kernel clears the pages of the last environment that ends is no stop: there is nothing to look at.
  expect(await said({})).toEqual(changes);
  expect(await said({ condition: "every write" })).toEqual(writes);
  expect(await said({}, (id) => id.replace(/^bytes:/, "writes:"))).toEqual(writes);
  const reads = await said({ accessType: "read" });
  expect(reads).toEqual([
    `${where}, 5, was read by watched at watched.c:${line("change")}`,
    `${where}, 6, was read by watched at watched.c:${line("read")}`,
    `${where}, 6, was read by watched at watched.c:${line("print")}`,
  ]);
  expect(await said({ accessType: "readWrite" })).toHaveLength(writes.length + reads.length);
  expect(await said({ condition: "total == 8" })).toEqual([changes[1]]);
  expect(await said({ hitCondition: "3" })).toEqual([changes[2]]);
  expect(await said({ condition: "every write && env == watched && total == 5" })).toEqual(
    writes.slice(0, 2),
  );
  expect(await said({ condition: "env == nobody" })).toEqual([]);
});

test("variables in a scope, members, elements, bit fields and targets of pointers can be watched by name", async () => {
  const { client, threadId } = await started(SOURCE);
  const { id: frameId } = await topFrame(client, threadId);
  const { scopes } = await client.request("scopes", { frameId });
  const globals = scopes.find(({ name }) => name === "Globals")?.variablesReference ?? 0;
  const { variables } = await client.request("variables", { variablesReference: globals });
  const pair = variables.find(({ name }) => name === "pair")?.variablesReference ?? 0;
  const members = await client.request("variables", { variablesReference: pair });
  const right = members.variables.find(({ name }) => name === "right")?.variablesReference ?? 0;
  await client.request("variables", { variablesReference: right });
  const infos = [
    await client.request("dataBreakpointInfo", { name: "total", variablesReference: globals }),
    await client.request("dataBreakpointInfo", { name: "right", variablesReference: pair }),
    await client.request("dataBreakpointInfo", { name: "[1]", variablesReference: right }),
    await client.request("dataBreakpointInfo", { name: "high", variablesReference: pair }),
    await client.request("dataBreakpointInfo", { name: "*cell", frameId }),
    await client.request("dataBreakpointInfo", { name: "name", frameId }),
    await client.request("dataBreakpointInfo", { name: "name", frameId, bytes: 8 }),
  ];
  expect(infos.map(({ description }) => normalised(description))).toEqual([
    "total (4 bytes at A, page P)",
    "pair.right (6 bytes at A, page P)",
    "pair.right[1] (2 bytes at A, page P)",
    "pair.high (1 byte at A, page P)",
    "*cell (4 bytes at A, page P)",
    "name (100 bytes at A, page P)",
    "name (8 bytes at A, page P)",
  ]);
  await client.request("setDataBreakpoints", {
    breakpoints: infos.slice(1, 6).map(({ dataId }) => ({ dataId: dataId ?? "" })),
  });
  const texts = await allTexts(client, threadId);
  expect(texts).toEqual([
    `*cell (4 bytes at A, page P) changed from 0 to 5 by watched at watched.c:${line("first")}`,
    `*cell (4 bytes at A, page P) changed from 5 to 8 by watched at watched.c:${line("change")}`,
    `pair.right (6 bytes at A, page P) changed from [0, 0, 0] to [0, 7, 0] by watched at watched.c:${line("right")}; ` +
      `pair.right[1] (2 bytes at A, page P) changed from 0 to 7 by watched at watched.c:${line("right")}`,
    `pair.high (1 byte at A, page P) changed from 0 to 9 by watched at watched.c:${line("high")}`,
    `*cell (4 bytes at A, page P) changed from 8 to 6 by watched at watched.c:${line("through")}`,
    `byte 70 of name (100 bytes at A, page P) changed from 0x0 to 0x78 by watched at watched.c:${line("name")}`,
  ]);
});

test("what cannot be watched says why", async () => {
  const { client, threadId } = await started(SOURCE, [at("first")]);
  const { id: frameId } = await topFrame(client, threadId);
  const { scopes } = await client.request("scopes", { frameId });
  const registers = scopes.find(({ name }) => name === "Registers")?.variablesReference ?? 0;
  const why = async (args: Dap.DataBreakpointInfoArguments) => {
    const { dataId, description } = await client.request("dataBreakpointInfo", args);
    expect(dataId).toBeNull();
    return description;
  };
  expect(await why({ name: "a0", variablesReference: registers })).toBe(
    "'a0' cannot be watched: it is not a variable in memory.",
  );
  expect(await why({ name: "total + 1", frameId })).toMatch(
    /^'total \+ 1' cannot be watched: it is .*/,
  );
  expect(await why({ name: "*(int *)0x70000000", frameId })).toBe(
    "'*(int *)0x70000000' cannot be watched: it is on a page not bound: 0x70000000.",
  );
  expect(await why({ name: "0x70000000", asAddress: true })).toBe(
    "'0x70000000' cannot be watched: it is on a page not bound: 0x70000000.",
  );
  expect(await why({ name: "page:99999" })).toBe("There is no page 0x1869f: the machine has 4096.");
  expect(await why({ name: "capability:7:16" })).toBe("There is no environment 7 in this run.");
  await expect(
    client.request("dataBreakpointInfo", { name: "total", frameId, bytes: 0 }),
  ).rejects.toThrow("A data breakpoint is on 1 to 1048576 bytes, not on 0.");
  await expect(
    client.request("dataBreakpointInfo", { name: "nowhere", asAddress: true }),
  ).rejects.toThrow("'nowhere' is not an address.");
  const { breakpoints } = await client.request("setDataBreakpoints", {
    breakpoints: [{ dataId: "nonsense" }, { dataId: "page:0x92", hitCondition: "x" }],
  });
  expect(breakpoints.map(({ verified }) => verified)).toEqual([false, false]);
  expect(breakpoints[0]?.message).toBe("'nonsense' names nothing that can be watched.");
});

test("a step over ends at a data breakpoint that it meets, and the next step goes on from there", async () => {
  const { client, threadId } = await started(SOURCE, [at("through")]);
  await watch(client, threadId, "total");
  const stopped = bodyOf(await client.go("next", threadId));
  expect(stopped.reason).toBe("data breakpoint");
  // The store was the statement's last instruction.
  expect(frameText(await topFrame(client, threadId))).toBe(`main watched.c:${line("name")}`);
  expect(bodyOf(await client.go("next", threadId)).reason).toBe("step");
  expect(frameText(await topFrame(client, threadId))).toBe(`main watched.c:${line("read")}`);
});

test("what a user sets himself does not stop", async () => {
  const { client, threadId } = await started(SOURCE, [at("print")]);
  await watch(client, threadId, "pair.left");
  await client.request("evaluate", { expression: "pair.left = 4", context: "repl" });
  expect(await allTexts(client, threadId)).toEqual([]);
});

test("a page that two environments share is watched in one and written by the other", async () => {
  const { client, threadId } = await started("share/share.exo.json", [
    { file: "share/borrower.c", marker: "change" },
  ]);
  const { dataId, description } = await infoOf(client, threadId, "text[2]");
  expect(description).toMatch(/^text\[2\] \(1 byte at 0x60000002, page 0x[0-9a-f]+\)$/);
  await client.request("setDataBreakpoints", { breakpoints: [{ dataId: dataId ?? "" }] });
  const body = bodyOf(await client.go("continue", threadId));
  const { threads } = await client.request("threads", undefined);
  expect(threads.find(({ id }) => id === body.threadId)?.name).toMatch(/^owner /);
  expect(body.text).toMatch(/changed from 112 'p' to 101 'e' by owner at string\.c:\d+$/);
});

test("the owner of a page: it is told when the page is allocated and when it is freed", async () => {
  const { client, threadId } = await started("share/share.exo.json", [
    { file: "share/owner.c", marker: "write" },
  ]);
  const frame = Number(
    (
      await client.request("evaluate", {
        expression: "frame",
        frameId: (await topFrame(client, threadId)).id,
      })
    ).result,
  );
  const name = `page:0x${frame.toString(16)}:owner`;
  const { dataId, description } = await client.request("dataBreakpointInfo", { name });
  expect({ dataId, description }).toEqual({
    dataId: name,
    description: `owner of page 0x${frame.toString(16)}`,
  });
  await client.request("setDataBreakpoints", { breakpoints: [{ dataId: name }] });
  const texts = await allTexts(client, threadId);
  expect(texts.map((text) => text.replace(/page 0x[0-9a-f]+/, "page P"))).toEqual([
    "owner of page P changed from owner (E) to nobody (free), by the kernel, for owner (E)",
  ]);

  const again = await started("share/share.exo.json");
  await again.client.request("setDataBreakpoints", { breakpoints: [{ dataId: name }] });
  const [first] = await allTexts(again.client, again.threadId);
  expect(first).toMatch(/changed from nobody \(free\) to owner \(E\), by the kernel, for owner/);
});

test("any write to a page: a page that the kernel clears is one write", async () => {
  const { client, threadId } = await started("share/share.exo.json", [
    { file: "share/borrower.c", marker: "after" },
  ]);
  const { pages } = await client.request("exo/pages", undefined);
  const { threads } = await client.request("threads", undefined);
  const owner = threads.find(({ name }) => name.startsWith("owner "))?.id ?? 0;
  const page = pages.find((candidate) =>
    candidate.mappings.some(
      ({ environment, address }) => environment === owner && address === "0x50000000",
    ),
  );
  const dataId = `page:0x${page?.frame.toString(16)}`;
  await client.request("setDataBreakpoints", { breakpoints: [{ dataId }] });
  const [text] = await allTexts(client, threadId);
  expect(text).toMatch(
    /^page 0x[0-9a-f]+: 4096 bytes at offset 0x0 changed by the kernel, for owner \(E\)$/,
  );
});

test("a capability: it appears, is offered, and goes when it is revoked", async () => {
  const { client, threadId } = await started("share/share.exo.json", [
    { file: "share/borrower.c", marker: "accept" },
  ]);
  const evaluate = async (expression: string) =>
    (
      await client.request("evaluate", {
        expression,
        frameId: (await topFrame(client, threadId)).id,
      })
    ).result;
  const slot = Number(await evaluate("slot"));
  const owner = Number(await evaluate("owner"));
  const offered = Number(await evaluate("words[1]"));
  const { breakpoints } = await client.request("setDataBreakpoints", {
    breakpoints: [
      { dataId: `capability:${threadId}:${slot}` },
      { dataId: `capability:${owner}:${offered}` },
    ],
  });
  const [mine, its] = breakpoints.map(({ id }) => id);
  const accepted = bodyOf(await client.go("continue", threadId));
  expect(accepted).toMatchObject({ reason: "data breakpoint", hitBreakpointIds: [mine, its] });
  expect(accepted.text).toMatch(
    /^capability in slot \d+ of borrower \(env \d+\): slot \d+ of owner \(env \d+\) accepted into slot \d+, r----, by borrower/,
  );
  const revoked = bodyOf(await client.go("continue", threadId));
  expect(revoked).toMatchObject({ threadId: owner, hitBreakpointIds: [mine] });
  expect(revoked.text).toMatch(/removed from borrower .* was revoked, by owner \(env \d+\)$/);
});

test("exo/breakOn adds to the client's list, says in the debug console what is watched, and exo/breakOff removes it", async () => {
  const { client, threadId } = await started("share/share.exo.json");
  const { threads } = await client.request("threads", undefined);
  const owner = threads.find(({ name }) => name.startsWith("owner "))?.id ?? 0;
  await client.request("exo/breakOn", { dataId: `capability:${owner}:64` });
  const { id, active } = await client.request("exo/breakOn", {
    dataId: `capability:${owner}:0`,
    condition: "env == owner",
  });
  expect(id).toBeGreaterThan(0);
  expect(active).toEqual([
    `capability in slot 64 of owner (env ${owner})`,
    `capability in slot 0 of owner (env ${owner})`,
  ]);
  expect(client.output("console")).toContain(
    `Watched objects of the kernel: ${active.join("; ")}.\n`,
  );
  // The client's own list, which is empty, leaves it alone.
  await client.request("setDataBreakpoints", { breakpoints: [] });
  expect(await client.request("exo/breakOff", { dataId: `capability:${owner}:64` })).toEqual({
    removed: 1,
    active: [`capability in slot 0 of owner (env ${owner})`],
  });
  expect(await client.request("exo/breakOff", undefined)).toEqual({ removed: 1, active: [] });
  await expect(client.request("exo/breakOn", { dataId: "page:5:colour" })).rejects.toThrow(
    "'page:5:colour' names nothing that can be watched.",
  );
  expect(await allTexts(client, threadId)).toEqual([]);
});

test("a run with data breakpoints that stop nowhere retires the same instructions", async () => {
  const steps = async (isWatched: boolean) => {
    const { client, threadId } = await started(SOURCE);
    if (isWatched) await watch(client, threadId, "total", { condition: "total == 12345" });
    const arrival = await client.go("continue", threadId);
    expect(arrival.kind).toBe("ended");
    return (await client.request("exo/events", { since: 0, limit: 1 })).step;
  };
  expect(await steps(true)).toBe(await steps(false));
});
