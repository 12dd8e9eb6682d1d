/** Running backward finds the stops of running forward, in reverse order; the past can be changed; the ends are harmless. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { expect, test } from "vitest";
import type { HistoryPosition } from "../protocol.ts";
import { type BreakpointSpec, DapClient, frameText } from "../testing/dap-client.ts";

interface Seen {
  readonly position: HistoryPosition;
  readonly reason: string;
  readonly text: string | undefined;
  readonly stack: readonly string[];
  readonly hit: readonly number[] | undefined;
}

async function here(client: DapClient, arrival: Awaited<ReturnType<DapClient["arrival"]>>) {
  if (arrival.kind === "ended") return undefined;
  const { reason, text, threadId, hitBreakpointIds, description } = arrival.body;
  const { now } = await client.request("exo/history", undefined);
  const seen: Seen = {
    position: now,
    reason,
    text,
    stack: (await client.stack(threadId)).map(frameText),
    hit: hitBreakpointIds,
  };
  return { seen, thread: threadId, description };
}

interface Setup {
  readonly program: string;
  readonly breakpoints?: readonly BreakpointSpec[];
  readonly filters?: readonly (string | Dap.ExceptionFilterOptions)[];
  /** A variable to watch, in the frame of the first stop. */
  readonly watch?: string;
  readonly access?: Dap.DataBreakpointAccessType;
  readonly more?: { readonly tick?: number };
}

/** All stops of a run to its end, then all stops of the way back. */
async function thereAndBack(setup: Setup): Promise<{ forth: Seen[]; back: Seen[] }> {
  const { program, breakpoints = [], filters = [], watch, access, more } = setup;
  const client = new DapClient();
  await client.launch({ program, stopAtEnd: true, ...more }, breakpoints, filters);
  const forth: Seen[] = [];
  let stop = await here(client, await client.arrival());
  if (watch !== undefined && stop !== undefined) {
    const [top] = await client.stack(stop.thread);
    const info = await client.request("dataBreakpointInfo", { name: watch, frameId: top?.id ?? 0 });
    const { breakpoints: set } = await client.request("setDataBreakpoints", {
      breakpoints: [
        { dataId: String(info.dataId), ...(access === undefined ? {} : { accessType: access }) },
      ],
    });
    expect(set).toMatchObject([{ verified: true }]);
  }
  while (stop !== undefined && stop.description !== "end of the run") {
    forth.push(stop.seen);
    stop = await here(client, await client.go("continue", stop.thread));
  }
  const back: Seen[] = [];
  while (stop !== undefined) {
    stop = await here(client, await client.go("reverseContinue", stop.thread));
    if (stop?.description === "start of the history") break;
    if (stop !== undefined) back.push(stop.seen);
    if (back.length > forth.length + 3) break;
  }
  return { forth, back };
}

const SETUPS: readonly (readonly [string, Setup, number])[] = [
  [
    "breakpoints",
    {
      program: "ping-pong/ping-pong.exo.json",
      breakpoints: [
        { file: "ping-pong/client.c", marker: "call" },
        { file: "ping-pong/server.c", marker: "serve" },
      ],
    },
    6,
  ],
  [
    "conditions",
    {
      program: "ping-pong/ping-pong.exo.json",
      breakpoints: [{ file: "ping-pong/server.c", marker: "serve", condition: "words[1] >= 2" }],
    },
    2,
  ],
  [
    "ends of slices",
    { program: "slices/slices.exo.json", filters: ["slice"], more: { tick: 5000 } },
    10,
  ],
  [
    "hit counts of the run",
    {
      program: "page-fault.c",
      breakpoints: [{ file: "page-fault.c", marker: "pager", hitCondition: "% 2" }],
    },
    2,
  ],
  [
    "kernel events",
    { program: "share/share.exo.json", filters: ["upcall", "transfer", "refused"] },
    10,
  ],
  [
    "data breakpoints",
    {
      program: "page-fault.c",
      breakpoints: [{ file: "page-fault.c", marker: "store" }],
      watch: "faults",
    },
    4,
  ],
  [
    "data breakpoints on reading",
    {
      program: "page-fault.c",
      breakpoints: [{ file: "page-fault.c", marker: "store" }],
      watch: "faults",
      access: "readWrite",
    },
    6,
  ],
];

test.each(SETUPS)(
  "running backward meets the same %s, in reverse order",
  async (_, setup, least) => {
    const { forth, back } = await thereAndBack(setup);
    expect(forth.length).toBeGreaterThanOrEqual(least);
    const first = setup.watch === undefined ? forth : forth.slice(1);
    const expected = [...first].reverse();
    expect(back.slice(0, expected.length)).toEqual(expected);
  },
);

test("a change in the past begins a branch, and the old future can be gone to", async () => {
  const client = new DapClient();
  await client.launch({ program: "page-fault.c", stopAtEnd: true }, [
    { file: "page-fault.c", marker: "store" },
  ]);
  const { threadId } = await client.stopped();
  const store = (await client.request("exo/history", undefined)).now;
  await client.go("continue", threadId);
  const end = (await client.request("exo/history", undefined)).now;
  expect(client.output()).toContain("before 7, after 42");
  await client.request("exo/goTo", { position: store });
  await client.stopped();
  const [top] = await client.stack(threadId);
  await client.request("setExpression", {
    expression: "before",
    value: "9",
    frameId: top?.id ?? 0,
  });
  const forked = await client.request("exo/history", undefined);
  expect(forked).toMatchObject({ isAltered: true, isAtEnd: true, now: { branch: 2 } });
  expect(forked.branches).toMatchObject([
    { id: 1, name: "main", end: { step: end.step } },
    { id: 2, name: "branch 2", parent: 1, fork: { step: store.step }, isCurrent: true },
  ]);
  expect(forked.journal).toMatchObject([
    { text: expect.stringMatching(/4 bytes written at 0x\w+ of page-fault/) },
  ]);
  await client.go("continue", threadId);
  expect(client.output()).toContain("before 9, after 54");
  await client.request("exo/branch", { branch: 2, name: "what if it were nine" });
  await client.request("exo/branch", { branch: 1 });
  await client.stopped();
  const main = await client.request("exo/history", undefined);
  expect(main.now).toEqual(end);
  expect(main).toMatchObject({ isAltered: false });
  expect(main.branches[1]).toMatchObject({ name: "what if it were nine" });
  expect(client.output("console")).toContain("'branch 2' begins here, at step");
});

test("marks are moments with a name; events are moments too", async () => {
  const client = new DapClient();
  await client.launch({ program: "page-fault.c", stopAtEnd: true }, [
    { file: "page-fault.c", marker: "store" },
  ]);
  const { threadId } = await client.stopped();
  const { marks, now } = await client.request("exo/mark", { name: "before", note: "it is 7 here" });
  expect(marks).toEqual([{ id: 1, name: "before", note: "it is 7 here", position: now }]);
  await client.go("continue", threadId);
  await client.request("exo/goTo", { mark: 1 });
  await client.stopped();
  expect((await client.request("exo/history", undefined)).now).toEqual(now);
  await client.request("exo/goToEvent", { direction: "next", kinds: ["allocated"] });
  expect((await client.stopped()).text).toMatch(/page 0x\w+ allocated to page-fault/);
  const [top] = await client.stack(threadId);
  expect(top?.name).toBe("exo_page_alloc");
  await client.request("exo/goToEvent", { direction: "previous", kinds: ["upcall"] });
  expect((await client.stopped()).text).toMatch(/store page fault at 0x40000020/);
  await client.request("exo/goToEvent", { direction: "previous", text: "no such thing" });
  expect((await client.stopped()).description).toBe("start of the history");
  await client.request("exo/mark", { remove: 1 });
  await expect(client.request("exo/goTo", { mark: 1 })).rejects.toThrow("There is no mark 1");
});

test("both ends of history answer, and a moment outside is refused before anything moves", async () => {
  const client = new DapClient();
  await client.launch({ program: "hello.c", stopOnEntry: true });
  const { threadId } = await client.stopped();
  const at = (await client.request("exo/history", undefined)).now;
  await expect(client.request("exo/goTo", { step: 1e9 })).rejects.toThrow(
    /There is no step 1000000000 in this history: it goes from step 0 to step \d+\./,
  );
  await expect(
    client.request("exo/goTo", { position: { branch: 4, step: 0, event: 0 } }),
  ).rejects.toThrow(/There is no branch 4/);
  expect((await client.request("exo/history", undefined)).now).toEqual(at);
  for (const kind of ["over", "into", "out"] as const) {
    await client.request("exo/goTo", { end: "start" });
    await client.stopped();
    const arrival = await client.back(kind, threadId);
    expect(arrival).toMatchObject({
      kind: "stopped",
      body: { description: "start of the history" },
    });
  }
  expect(await client.go("reverseContinue", threadId)).toMatchObject({
    kind: "stopped",
    body: { description: "start of the history" },
  });
  const forward = await client.go("next", threadId);
  expect(forward.kind).toBe("stopped");
  expect(await client.go("continue", threadId)).toEqual({ kind: "ended", exitCode: 0 });
});

test("what is typed in the past begins a branch; at the end it is history", async () => {
  const client = new DapClient();
  await client.launch({ program: "echo.c" });
  const [thread] = (await client.request("threads", undefined)).threads;
  const id = thread?.id ?? 0;
  await client.request("pause", { threadId: id });
  await client.stopped();
  const before = (await client.request("exo/history", undefined)).now;
  await client.request("exo/consoleInput", { text: "one\n" });
  await client.request("continue", { threadId: id });
  await client.request("pause", { threadId: id });
  await client.stopped();
  const typed = await client.request("exo/history", undefined);
  expect(typed.branches).toHaveLength(1);
  expect(typed.journal).toMatchObject([{ text: 'typed "one\\n"' }]);
  await client.request("exo/goTo", { position: before });
  await client.stopped();
  await client.request("exo/consoleInput", { text: "two\n" });
  const forked = await client.request("exo/history", undefined);
  expect(forked.branches).toHaveLength(2);
  expect(forked.journal).toMatchObject([{ text: 'typed "two\\n"' }]);
});
