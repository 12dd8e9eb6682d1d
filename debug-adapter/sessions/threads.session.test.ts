/** Threads that a libOS makes itself, as a debugger shows and steps them (docs/dap.md, CONTRACT C24, C25). */
import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient, frameText, markerLine } from "../testing/dap-client.ts";
import { LIBOS } from "../testing/run-guest.ts";

const SAME = join(LIBOS, "threads/tests/same-code.c");
const NONSENSE = join(LIBOS, "threads/tests/nonsense.c");
const WAITING = join(LIBOS, "threads/tests/waiting.c");
const THREADS = "threads/threads.exo.json";
const at = (marker: string) => markerLine(SAME, marker);

async function names(client: DapClient): Promise<Map<string, number>> {
  const { threads } = await client.request("threads", undefined);
  return new Map(threads.map(({ id, name }) => [name.replace(/ \(.*/, ""), id]));
}

async function top(client: DapClient, thread: number) {
  const [frame] = await client.stack(thread);
  return frame;
}

async function valueIn(client: DapClient, frameId: number | undefined, expression: string) {
  const { result } = await client.request("evaluate", {
    expression,
    context: "watch",
    ...(frameId === undefined ? {} : { frameId }),
  });
  return result;
}

/** The frame of a thread's stack with that name. */
async function frameOf(client: DapClient, thread: number, name: string) {
  const found = (await client.stack(thread)).find((frame) => frame.name === name);
  if (found === undefined) throw new Error(`no frame ${name}`);
  return found;
}

test("each thread of a libOS is a thread with its own stack, and the stop is of the one that runs", async () => {
  const client = new DapClient();
  await client.launch({ program: THREADS }, [{ file: "threads/threads.c", marker: "compute" }]);
  const { threadId } = await client.stopped();
  const threads = await names(client);
  expect([...threads.keys()]).toEqual([
    "threads: main",
    "threads: reads",
    "threads: touches",
    "threads: computes",
  ]);
  expect(threadId).toBe(threads.get("threads: computes"));
  const texts = async (name: string) =>
    (await client.stack(threads.get(`threads: ${name}`) ?? 0))
      .filter(({ source }) => source?.path?.includes("/libos/") === false)
      .map(({ name: called }) => called);
  expect(await texts("computes")).toEqual(["computes"]);
  expect(await texts("reads")).toEqual(["reads"]);
  expect(await texts("touches")).toEqual(["touches"]);
  expect(await texts("main")).toEqual(["main"]);
  // The one that faulted stands at the statement that did.
  const touches = await top(client, threads.get("threads: touches") ?? 0);
  expect(touches?.line).toBe(
    markerLine(join(LIBOS, "../test-workspace/threads/threads.c"), "touch"),
  );
  // And what the picture of the environments says agrees.
  const { environments } = await client.request("exo/environments", undefined);
  const described = environments.find(({ name }) => name === "threads")?.threads ?? [];
  expect(described.map(({ id, state }) => [id, state])).toEqual([
    [threads.get("threads: main"), "waiting"],
    [threads.get("threads: reads"), "waiting"],
    [threads.get("threads: touches"), "waiting"],
    [threads.get("threads: computes"), "running"],
  ]);
});

test("variables are read and set in the frames of a thread that does not run", async () => {
  const client = new DapClient();
  await client.launch({ program: SAME, tick: 3001 }, [{ file: SAME, marker: "resumed" }]);
  const { threadId } = await client.stopped();
  const threads = await names(client);
  const [one, two] = [threads.get("same-code: seven") ?? 0, threads.get("same-code: nine") ?? 0];
  const [own, byOwn, other, byOther] =
    threadId === one ? [one, "7", two, "9"] : [two, "9", one, "7"];
  const same = await frameOf(client, other, "same");
  expect(await valueIn(client, same.id, "by")).toBe(byOther);
  expect(await valueIn(client, (await frameOf(client, own, "same")).id, "by")).toBe(byOwn);
  const main = await frameOf(client, threads.get("same-code: main") ?? 0, "main");
  expect(await valueIn(client, main.id, "two->name")).toMatch(/"nine"/);
  // A register of the innermost frame is where the libOS keeps it, and so is what is set.
  const inner = await top(client, other);
  const before = (await client.scope(inner?.id ?? 0, "Registers")).find(
    ({ name }) => name === "s1",
  );
  expect(before?.value).toMatch(/^0x/);
  const { scopes } = await client.request("scopes", { frameId: inner?.id ?? 0 });
  const registers = scopes.find(({ name }) => name === "Registers")?.variablesReference ?? 0;
  await client.request("setVariable", {
    variablesReference: registers,
    name: "s1",
    value: "0x1234",
  });
  expect(
    (await client.scope(inner?.id ?? 0, "Registers")).find(({ name }) => name === "s1")?.value,
  ).toBe("0x00001234");
  const locals = await client.request("scopes", { frameId: same.id });
  const own2 = locals.scopes.find(({ name }) => name === "Locals")?.variablesReference ?? 0;
  await client.request("setVariable", { variablesReference: own2, name: "before", value: "77" });
  expect(await valueIn(client, same.id, "before")).toBe("77");
});

// Ticks so short that slices end within every statement, and one in which none does.
for (const tick of [2003, 3001, 100_000]) {
  test(`a step over keeps to its thread, though the other runs the same code meanwhile (tick ${tick})`, async () => {
    const client = new DapClient();
    await client.launch({ program: SAME, tick }, [{ file: SAME, marker: "first" }]);
    const { threadId } = await client.stopped();
    await client.setBreakpoints([]);
    await client.request("setBreakpoints", { source: { path: SAME }, breakpoints: [] });
    const by = await valueIn(client, undefined, "by");
    const lines = ["call", "behind", "yield", "resumed", "last"];
    for (const marker of lines) {
      const arrival = await client.go("next", threadId);
      if (arrival.kind !== "stopped") throw new Error("it ended");
      expect([marker, arrival.body.threadId]).toEqual([marker, threadId]);
      const frame = await top(client, threadId);
      expect([marker, frame?.line]).toEqual([marker, at(marker)]);
      expect(await valueIn(client, frame?.id, "by")).toBe(by);
    }
    // Out of it, into it again, and back.
    const out = await client.go("stepOut", threadId);
    expect(out.kind === "stopped" && out.body.threadId).toBe(threadId);
    expect((await top(client, threadId))?.name).toBe("runs");
    let name = "runs";
    for (let i = 0; i < 4 && name !== "same"; i += 1) {
      const into = await client.go("stepIn", threadId);
      expect(into.kind === "stopped" && into.body.threadId).toBe(threadId);
      name = (await top(client, threadId))?.name ?? "";
    }
    expect(name).toBe("same");
    expect(await valueIn(client, undefined, "by")).toBe(by);
    await client.go("next", threadId);
    await client.go("next", threadId);
    expect((await top(client, threadId))?.line).toBe(at("behind"));
    const back = await client.go("stepBack", threadId);
    expect(back.kind === "stopped" && back.body.threadId).toBe(threadId);
    expect((await top(client, threadId))?.line).toBe(at("call"));
    expect(await valueIn(client, undefined, "by")).toBe(by);
  });
}

test("a thread that does not run can be stepped: it stops where that one goes on", async () => {
  const client = new DapClient();
  await client.launch({ program: SAME, tick: 3001 }, [{ file: SAME, marker: "resumed" }]);
  const { threadId } = await client.stopped();
  await client.request("setBreakpoints", { source: { path: SAME }, breakpoints: [] });
  const threads = await names(client);
  const [one, two] = [threads.get("same-code: seven") ?? 0, threads.get("same-code: nine") ?? 0];
  const other = threadId === one ? two : one;
  const before = await frameOf(client, other, "same");
  const arrival = await client.go("stepOut", other);
  expect(arrival.kind === "stopped" && arrival.body.threadId).toBe(other);
  const frame = await top(client, other);
  expect(frame?.name === "same" || frame?.source?.path?.includes("/libos/")).toBe(true);
  expect(before.name).toBe("same");
  // Once more by instruction: it stays with the thread.
  const next = await client.go("next", other, "instruction");
  expect(next.kind === "stopped" && next.body.threadId).toBe(other);
});

test("a step ends with its thread", async () => {
  const client = new DapClient();
  await client.launch({ program: SAME, tick: 3001 }, [{ file: SAME, marker: "ends" }]);
  let { threadId } = await client.stopped();
  const threads = await names(client);
  const seven = threads.get("same-code: seven") ?? 0;
  if (threadId !== seven) {
    const arrival = await client.go("continue", threadId);
    threadId = arrival.kind === "stopped" ? arrival.body.threadId : 0;
  }
  expect(threadId).toBe(seven);
  const end = await client.go("next", seven);
  expect(end.kind === "stopped" && end.body.threadId).toBe(seven);
  const frames = (await client.stack(seven)).map(({ name }) => name);
  expect(frames).toContain("thread_ended");
  expect(frames).toContain("runs");
  // Its id is never another's, and asking for it afterwards is answered with a sentence.
  await client.request("setBreakpoints", { source: { path: SAME }, breakpoints: [] });
  await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "exit" }] });
  const exit = await client.go("continue", seven);
  expect(exit.kind).toBe("stopped");
  const after = await names(client);
  expect([...after.values()]).not.toContain(seven);
  expect((await client.stack(seven)).map(frameText)).toEqual(["-- this thread is not there --"]);
  await expect(client.request("next", { threadId: seven })).rejects.toThrow(/has ended/);
});

test("between two threads the library itself is what runs; while all wait, a pause shows where each does", async () => {
  const client = new DapClient();
  await client.launch({ program: WAITING, stopOnEntry: true }, []);
  await client.stopped();
  const name = "sleep_until_something_happens";
  await client.request("setFunctionBreakpoints", { breakpoints: [{ name }] });
  const shown = async () => {
    const { threads } = await client.request("threads", undefined);
    return threads.map((thread) => ({
      id: thread.id,
      name: thread.name.replace(/ \(.*/, ""),
    }));
  };
  const before = await shown();
  expect(before.map((thread) => thread.name)).toEqual(["waiting: main"]);
  const arrival = await client.go("continue", before[0]?.id ?? 0);
  const all = await shown();
  expect(all.map((thread) => thread.name)).toEqual(["waiting", "waiting: main", "waiting: types"]);
  expect(arrival.kind === "stopped" && arrival.body.threadId).toBe(all[0]?.id);
  expect((await top(client, all[0]?.id ?? 0))?.name).toBe(name);
  expect((await frameOf(client, all[2]?.id ?? 0, "types")).source?.name).toBe("waiting.c");

  await client.request("setFunctionBreakpoints", { breakpoints: [] });
  await client.request("continue", { threadId: all[0]?.id ?? 0 });
  await client.request("pause", { threadId: all[0]?.id ?? 0 });
  const { threadId, reason } = await client.stopped();
  expect(reason).toBe("pause");
  expect((await shown()).map(({ id }) => id)).toContain(threadId);
  expect((await frameOf(client, all[1]?.id ?? 0, "main")).source?.name).toBe("waiting.c");
});

test("wrong-registers: the mistake shows as a thread in the frames of another", async () => {
  const client = new DapClient();
  const program = "threads/wrong-registers.exo.json";
  await client.launch({ program }, [{ file: "threads/wrong-registers.c", marker: "mixed-up" }]);
  const { threadId } = await client.stopped();
  const threads = await names(client);
  expect(threadId).toBe(threads.get("wrong-registers: anna"));
  const frame = await frameOf(client, threadId, "works");
  expect(await valueIn(client, frame.id, "name")).toMatch(/"bert"/);
});

const NONSENSES = [
  "cycle",
  "self",
  "wild",
  "first",
  "current",
  "version",
  "state",
  "twins",
  "registers",
  "name",
  "many",
  "code",
  "slide",
];

test.each(NONSENSES)("a libOS that tells nonsense (%s) confuses nobody", async (what) => {
  const client = new DapClient();
  await client.launch({ program: NONSENSE, args: [what] }, [
    { file: NONSENSE, marker: "told" },
    { file: NONSENSE, marker: "changed" },
  ]);
  for (const marker of ["told", "changed"]) {
    const { threadId } = await client.stopped();
    const { threads } = await client.request("threads", undefined);
    expect(threads.length).toBeLessThanOrEqual(257);
    expect(new Set(threads.map(({ id }) => id)).size).toBe(threads.length);
    for (const { id, name } of threads) {
      expect(name).toMatch(/^[ -~]{1,90}$/);
      const { stackFrames } = await client.request("stackTrace", { threadId: id });
      expect(stackFrames.length).toBeLessThanOrEqual(1001);
    }
    const { environments } = await client.request("exo/environments", undefined);
    expect(environments.length).toBe(2);
    // The environment itself is what it is, and can be stepped.
    const { environments: all } = await client.request("exo/environments", undefined);
    const id = all.find(({ isLauncher }) => !isLauncher)?.id ?? 0;
    const frames = await client.stack(id);
    expect(frames[0]?.line).toBe(markerLine(NONSENSE, marker));
    expect(threads.map((thread) => thread.id)).toContain(threadId);
    const next = await client.go("next", id);
    expect(next.kind).toBe("stopped");
    if (marker === "told") await client.request("continue", { threadId: id });
  }
});
