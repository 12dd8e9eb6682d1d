/** Programs that are built for F and D: what they compute, who keeps their registers, and how they are shown. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-floats-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const HARDWARE = { floatingPoint: "hardware", optimization: "1" } as const;

const SERIES = file(
  "series.c",
  `#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) double term(double x, float scale) {
  return scale / (x * x);              //@step term
}
int main(int argc, char **argv) {
  double sum = 0;
  float start = atoi(argv[1]);
  for (int i = 1; i <= 3000; i++) sum += term(i, start);
  printf("%d\\n", (int)(sum * 1000000));
  return 0;
}
`,
);

const THREADS = file(
  "threads.c",
  `#include <stdio.h>
#include <threads.h>
static double results[3];
static int work(void *argument) {
  int n = (int)argument;
  double sum = 0, sign = 1;
  for (int i = 0; i < 20000; i++) {
    sum += sign * n / (2 * i + 1);     //@step add
    sign = -sign;
  }
  results[n - 1] = sum;
  return 0;
}
int main(void) {
  struct thread *all[3];
  for (int i = 0; i < 3; i++) all[i] = thread_create("worker", work, (void *)(i + 1));
  for (int i = 0; i < 3; i++) thread_join(all[i]);
  for (int i = 0; i < 3; i++) printf("t%d %d\\n", i, (int)(results[i] * 100000));
  return 0;
}
`,
);

test("locals in f-registers are found, shown, set, and the program computes with what was set", async () => {
  const client = new DapClient();
  const launch = { program: SERIES, args: ["2"], ...HARDWARE };
  await client.launch(launch, [{ file: SERIES, marker: "term" }]);
  const { threadId } = await client.stopped();
  const [frame] = await client.stack(threadId);
  const shown = await client.scope(frame!.id, "Arguments");
  expect(shown.map(({ name, value }) => [name, value])).toEqual([
    ["x", "1.0"],
    ["scale", "2.0"],
  ]);
  const registers = await client.scope(frame!.id, "Floating-Point Registers");
  expect(registers).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: "fa0", value: "1.0", type: "double" }),
      expect.objectContaining({ name: "fa1", value: "2.0", type: "float" }),
    ]),
  );
  const evaluate = async (expression: string) =>
    (await client.request("evaluate", { expression, frameId: frame!.id, context: "repl" })).result;
  expect(await evaluate("scale = 0.5")).toBe("0.5");
  expect(await evaluate("$fa1")).toBe("0.5");
  expect(await evaluate("x = 2")).toBe("2.0");
  await client.request("setBreakpoints", { source: { path: SERIES }, breakpoints: [] });
  expect(await client.go("continue", threadId)).toMatchObject({ kind: "ended", exitCode: 0 });
  // 2 * (pi^2/6 - 1/3000) = 3.289201..., where the first term was 2 and is 0.125.
  expect(Number(client.output())).toBe(1414201);
});

test("programs that run beside each other keep their f-registers, whoever switches them", async () => {
  const scenario = file(
    "beside.exo.json",
    JSON.stringify({
      tick: 2000,
      environments: [
        { name: "one", program: SERIES, arguments: ["2"] },
        { name: "two", program: SERIES, arguments: ["3"] },
        { name: "threads", program: THREADS },
      ],
    }),
  );
  const client = new DapClient();
  await client.launch({ program: scenario, noDebug: true, ...HARDWARE });
  expect(await client.arrival()).toMatchObject({ kind: "ended", exitCode: 0 });
  const lines = client.output().trim().split("\n").sort();
  expect(lines).toEqual(["3289201", "4933802", "t0 78538", "t1 157077", "t2 235615"]);
});

test("a thread that does not run has its f-registers where its libOS keeps them", async () => {
  const client = new DapClient();
  const condition = "n == 2 && i == 10000";
  await client.launch({ program: THREADS, tick: 2000, ...HARDWARE }, [
    { file: THREADS, marker: "add", condition },
  ]);
  const { threadId } = await client.stopped();
  const { threads } = await client.request("threads", undefined);
  const others = threads.filter(({ id, name }) => id !== threadId && /worker/.test(name));
  expect(others).toHaveLength(2);
  for (const { id } of others) {
    const frame = (await client.stack(id)).find(({ name }) => name === "work");
    const evaluate = async (expression: string) => {
      const args = { expression, frameId: frame!.id, context: "repl" } as const;
      return Number((await client.request("evaluate", args)).result);
    };
    const [n, i] = [await evaluate("n"), await evaluate("i")];
    expect(i).toBeGreaterThan(100);
    // It was interrupted before or after the last of these was added.
    const sums: number[] = [];
    for (let at = 0, sum = 0; at <= i; at++) {
      sum += ((at % 2 === 0 ? 1 : -1) * n) / (2 * at + 1);
      sums.push(sum);
    }
    expect(sums.slice(-3)).toContainEqual(expect.closeTo(await evaluate("sum"), 12));
  }
});
