import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient, frameText, markerLine, WORKSPACE } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-breakpoints-"));
const SOURCE = join(folder, "twin.c");
writeFileSync(
  SOURCE,
  `#include <stdio.h>
static int fib(int n) {
  if (n < 2) return n;               //@step base
  return fib(n - 1) + fib(n - 2);    //@step recurse
}
struct pair { int a; char name[8]; };
int total;
int main(int argc, char **argv) {
  struct pair pair = {1, "one"};
  for (int i = 0; i < 10; i++) {
    total += i;                      //@step loop
    pair.a = total;
  }
  printf("%s %d %d\\n", argv[1], total, fib(8)); //@step print
  return pair.a == 45 ? argc : 99;   //@step end
}
`,
);
const TWINS = join(folder, "twins.exo.json");
writeFileSync(
  TWINS,
  JSON.stringify({
    environments: ["left", "right"].map((name) => ({ name, program: "twin.c", arguments: [name] })),
  }),
);

const at = (marker: string, rest: object = {}) => ({ file: SOURCE, marker, ...rest });

async function threadNamed(client: DapClient, name: string): Promise<number> {
  const { threads } = await client.request("threads", undefined);
  return threads.find((thread) => thread.name.startsWith(`${name} `))?.id ?? 0;
}

/** Continues to the end and returns the threads of all stops on the way, the first one included. */
async function allStops(client: DapClient): Promise<number[]> {
  const stops: number[] = [];
  for (let arrival = await client.arrival(); arrival.kind === "stopped"; ) {
    stops.push(arrival.body.threadId);
    arrival = await client.go("continue", arrival.body.threadId);
  }
  return stops;
}

test("a breakpoint set for one of two environments that run the same program never stops the other", async () => {
  const both = new DapClient();
  await both.launch({ program: TWINS }, [at("print")]);
  expect(new Set(await allStops(both)).size).toBe(2);

  const one = new DapClient();
  await one.launch({ program: TWINS, tick: 100 }, [
    at("loop", { condition: "env == right && i >= 8" }),
  ]);
  const right = await threadNamed(one, "right");
  expect(await allStops(one)).toEqual([right, right]);
});

test("a function breakpoint can be for one environment, and says so when there is no such function", async () => {
  const client = new DapClient();
  await client.launch({ program: TWINS, stopOnEntry: true });
  await client.stopped();
  const { breakpoints } = await client.request("setFunctionBreakpoints", {
    breakpoints: [
      { name: "fib@right", hitCondition: "1" },
      { name: "nosuch" },
      { name: "fib@middle" },
    ],
  });
  expect(breakpoints.map(({ verified }) => verified)).toEqual([true, false, false]);
  expect(breakpoints[1]?.message).toBe("No program of this run has a function 'nosuch'.");
  const right = await threadNamed(client, "right");
  const arrival = await client.go("continue", right);
  expect(arrival).toMatchObject({
    kind: "stopped",
    body: { threadId: right, reason: "breakpoint" },
  });
  const [frame] = await client.stack(right);
  expect(frame?.name).toBe("fib");
});

test("an instruction breakpoint binds where the image in focus runs, and stops at its instruction", async () => {
  const client = new DapClient();
  await client.launch({ program: "ping-pong/ping-pong.exo.json" }, [
    { file: "ping-pong/client.c", marker: "call" },
  ]);
  const { threadId } = await client.stopped();
  const [frame] = await client.stack(threadId);
  const { instructions } = await client.request("disassemble", {
    memoryReference: frame?.instructionPointerReference ?? "",
    instructionOffset: 0,
    instructionCount: 3,
  });
  const target = instructions[2]?.address ?? "";
  const { breakpoints } = await client.request("setInstructionBreakpoints", {
    breakpoints: [{ instructionReference: target }],
  });
  expect(breakpoints[0]).toMatchObject({ verified: true });
  await client.setBreakpoints([{ file: "ping-pong/client.c", marker: "print" }]);
  const arrival = await client.go("continue", threadId);
  expect(arrival).toMatchObject({ kind: "stopped", body: { threadId } });
  expect((await client.stack(threadId))[0]?.instructionPointerReference).toBe(target);
});

test.each([
  ["condition that holds sometimes", { condition: "i == 3 || i == 7" }, 2],
  ["condition on a member", { condition: "pair.a > 20" }, 3],
  ["hit count", { hitCondition: ">= 9" }, 2],
  ["every third hit", { hitCondition: "% 3" }, 3],
  ["condition and hit count", { condition: "i % 2 == 0", hitCondition: "2" }, 1],
  ["no condition", {}, 10],
] as const)("%s", async (_name, conditions, stops) => {
  const client = new DapClient();
  await client.launch({ program: SOURCE, args: ["x"] }, [at("loop", conditions)]);
  expect(await allStops(client)).toHaveLength(stops);
});

test("a log point logs values and does not stop", async () => {
  const client = new DapClient();
  await client.launch({ program: SOURCE, args: ["x"] }, [
    at("loop", { logMessage: "i is {i}, {pair.name}", condition: "i > 7" }),
  ]);
  expect(await allStops(client)).toEqual([]);
  expect(client.output("console")).toContain('i is 8, "one"\ni is 9, "one"\n');
});

test("a condition that cannot be evaluated stops and says why; a wrong hit count is unverified", async () => {
  const client = new DapClient();
  const set = await client.launch({ program: SOURCE, args: ["x"] }, [
    at("loop", { condition: "j == 3" }),
    at("print", { hitCondition: "often" }),
  ]);
  expect(set[0]).toMatchObject({ verified: true });
  expect(set[1]).toMatchObject({ verified: false });
  expect(set[1]?.message).toMatch(/'often' is no hit condition/);
  await client.stopped();
  expect(client.output("console")).toMatch(/condition 'j == 3' cannot be evaluated: .*no 'j'/);
});

test("an unverified breakpoint has a reason, and one between statements slides to the next", async () => {
  const client = new DapClient();
  const set = await client.launch({ program: SOURCE, args: ["x"], stopOnEntry: true }, [
    { file: "hello.c", marker: "#5" },
    { file: SOURCE, marker: "#900" },
    { file: SOURCE, marker: "#8" },
  ]);
  expect(set[0]).toMatchObject({
    verified: false,
    message: "No program of this run has code from this file.",
  });
  expect(set[1]).toMatchObject({ verified: false });
  expect(set[1]?.message).toMatch(/no code at line 900/);
  expect(set[2]?.verified).toBe(true);
  const { breakpoints } = await client.request("breakpointLocations", {
    source: { path: SOURCE },
    line: 1,
    endLine: 20,
  });
  expect(breakpoints.map(({ line }) => line)).toContain(markerLine(SOURCE, "loop"));
});

test("a breakpoint in the libOS's own source binds, and one where we stand does not stop again at once", async () => {
  const client = new DapClient();
  const pager = join(WORKSPACE, "../libos/pager.c");
  await client.launch({ program: SOURCE, args: ["x"] }, [at("loop")]);
  const { threadId } = await client.stopped();
  const first = await client.request("evaluate", { expression: "i", context: "watch" });
  await client.go("continue", threadId);
  const second = await client.request("evaluate", { expression: "i", context: "watch" });
  expect([first.result, second.result]).toEqual(["0", "1"]);
  const { breakpoints } = await client.request("breakpointLocations", {
    source: { path: pager },
    line: 1,
    endLine: 400,
  });
  expect(breakpoints.length).toBeGreaterThan(20);
});

test("step over a recursive call ends on the next line of the same activation", async () => {
  const client = new DapClient();
  await client.launch({ program: SOURCE, args: ["x"] }, [at("recurse", { condition: "n == 8" })]);
  const { threadId } = await client.stopped();
  await client.setBreakpoints([{ file: SOURCE, marker: "end", condition: "0" }]);
  const depth = (await client.stack(threadId)).length;
  await client.go("next", threadId);
  const frames = await client.stack(threadId);
  expect(frames.length).toBeLessThanOrEqual(depth);
  expect(frames.map(frameText)[0]).toMatch(/^(fib|main) twin\.c/);
});

test("kernel events stop by filter and condition, with a text and on the thread that they are about", async () => {
  const client = new DapClient();
  await client.launch(
    { program: "page-fault.c" },
    [],
    [{ filterId: "upcall", condition: "store page fault at 0x40000020" }],
  );
  const stopped = await client.stopped();
  expect(stopped).toMatchObject({ reason: "exception", description: "upcall" });
  expect(stopped.text).toMatch(/upcall: store page fault at 0x40000020/);
  const info = await client.request("exceptionInfo", { threadId: stopped.threadId });
  expect(info.details?.message).toBe(stopped.text);
  expect(await client.go("continue", stopped.threadId)).toEqual({ kind: "ended", exitCode: 0 });
});

test("variables are read and set in the frame that is asked for, and registers and memory too", async () => {
  const client = new DapClient();
  await client.launch({ program: SOURCE, args: ["x"] }, [
    at("recurse", { condition: "n == 6" }),
    at("end"),
  ]);
  const { threadId } = await client.stopped();
  const frames = await client.stack(threadId);
  const main = frames.find(({ name }) => name === "main");
  const { scopes } = await client.request("scopes", { frameId: main?.id ?? 0 });
  expect(scopes.map(({ name }) => name)).toEqual(["Locals", "Arguments", "Globals", "Registers"]);
  const locals = scopes[0]?.variablesReference ?? 0;
  const { variables } = await client.request("variables", { variablesReference: locals });
  const pair = variables.find(({ name }) => name === "pair");
  expect(pair?.value).toBe('{a = 45, name = "one"}');
  const set = await client.request("setVariable", {
    variablesReference: pair?.variablesReference ?? 0,
    name: "a",
    value: "40 + 4",
  });
  expect(set.value).toBe("44");
  await expect(
    client.request("setVariable", {
      variablesReference: pair?.variablesReference ?? 0,
      name: "a",
      value: "nonsense",
    }),
  ).rejects.toThrow(/nonsense/);

  const total = await client.request("evaluate", {
    expression: "&total",
    context: "watch",
    frameId: frames[0]?.id,
  });
  const memory = await client.request("readMemory", {
    memoryReference: total.memoryReference ?? "",
    count: 4,
  });
  expect(Buffer.from(memory.data ?? "", "base64").readInt32LE()).toBe(45);
  await client.request("writeMemory", {
    memoryReference: total.memoryReference ?? "",
    data: Buffer.from([7, 0, 0, 0]).toString("base64"),
  });
  const changed = await client.request("evaluate", {
    expression: "total",
    context: "watch",
    frameId: frames[0]?.id,
  });
  expect(changed.result).toBe("7");

  await expect(
    client.request("evaluate", {
      expression: "total = 1",
      context: "hover",
      frameId: frames[0]?.id,
    }),
  ).rejects.toThrow(/isn't allowed here/);
  const assigned = await client.request("evaluate", {
    expression: "$t0 = 5",
    context: "repl",
    frameId: frames[0]?.id,
  });
  expect(assigned.result).toBe("5");
  const completions = await client.request("completions", {
    text: "pair.",
    column: 6,
    frameId: main?.id,
  });
  expect(completions.targets.map(({ label }) => label)).toEqual(["a", "name"]);

  await client.setBreakpoints([at("end")]);
  await client.go("continue", threadId);
  const end = await client.request("evaluate", { expression: "pair.a", context: "watch" });
  expect(end.result).toBe("44");
});

test("disassembly has exactly as many instructions as asked for, also before the function and where nothing is bound", async () => {
  const client = new DapClient();
  await client.launch({ program: SOURCE, args: ["x"] }, [at("loop")]);
  const { threadId } = await client.stopped();
  const [frame] = await client.stack(threadId);
  const memoryReference = frame?.instructionPointerReference ?? "";
  for (const instructionOffset of [0, -20, -5000, 40]) {
    const { instructions } = await client.request("disassemble", {
      memoryReference,
      instructionOffset,
      instructionCount: 60,
    });
    expect(instructions).toHaveLength(60);
    if (instructionOffset === -20) expect(instructions[20]?.address).toBe(memoryReference);
  }
  const { instructions } = await client.request("disassemble", {
    memoryReference: "0x60000000",
    instructionCount: 5,
  });
  expect(instructions.every(({ presentationHint }) => presentationHint === "invalid")).toBe(true);
});

test("a breakpoint stops once at an instruction that waits for its page", async () => {
  const source = join(folder, "waits.c");
  writeFileSync(
    source,
    `static volatile int total;
static volatile char area[64 * 4096];
int main(void)
{
  for (int i = 0; i < 4; i++) {
    total = 1; area[4096 * 20] = 1; area[4096 * 30] = 2;
    total = i;                                    //@step hit
  }
  return 0;
}
`,
  );
  const program = join(folder, "waits.exo.json");
  const machine = { tlb: 3 };
  writeFileSync(
    program,
    JSON.stringify({ machine, environments: [{ name: "a", program: source }] }),
  );
  const client = new DapClient();
  await client.launch({ program }, [{ file: source, marker: "hit" }]);
  const values: string[] = [];
  let arrival = await client.arrival();
  while (arrival.kind === "stopped") {
    const [top] = await client.stack(arrival.body.threadId);
    const { result } = await client.request("evaluate", {
      expression: "i",
      ...(top === undefined ? {} : { frameId: top.id }),
    });
    values.push(result);
    arrival = await client.go("continue", arrival.body.threadId);
  }
  expect(values).toEqual(["0", "1", "2", "3"]);
});
