/** Conditions that the machine evaluates by itself: stops, messages and the way back are those of conditions that the adapter evaluates. */
import { expect, test } from "vitest";
import { type Arrival, type BreakpointSpec, DapClient } from "../testing/dap-client.ts";
import { lineOf, turns, written } from "../testing/history-programs.ts";

const HOT = written(
  "hot.c",
  `#include <stdio.h>
struct node { int value; struct node *next; };
static volatile int total;
static struct node second = {2, 0}, first = {1, &second};
static __attribute__((noinline)) int work(struct node *node, int i, short step)
{
  int sum = node->value + i;
  total = sum + step;                             //@step body
  return sum & 1;
}
int main(void)
{
  struct node *node = &first;
  int odd = 0;
  for (int i = 0; i < 20000; i++) {
    odd += work(node, i, 3);
    if (i == 15000) node = node->next;
  }
  printf("%d\\n", odd);                            //@step end
  return 0;
}
`,
);

const ENDLESS = written(
  "endless.c",
  `static volatile int total;
int main(void)
{
  for (int i = 0;; i = (i + 1) & 0xffffff) {
    total += i;                                   //@step body
  }
}
`,
);

const body = (rest: object): BreakpointSpec => ({ file: HOT, marker: "body", ...rest });

async function evaluated(client: DapClient, arrival: Arrival, expression: string) {
  if (arrival.kind === "ended") return "ended";
  const [top] = await client.stack(arrival.body.threadId);
  return (await client.request("evaluate", { expression, frameId: top?.id ?? 0 })).result;
}

async function launched(condition: object, optimization: "0" | "2" = "0", more: object = {}) {
  const client = new DapClient();
  const [set] = await client.launch({ program: HOT, optimization, ...more }, [body(condition)]);
  return { client, id: set?.id, arrival: await client.arrival() };
}

/** The step of each stop until the end. */
async function steps(condition: string, optimization: "0" | "2"): Promise<(number | string)[]> {
  const { client, arrival: first } = await launched({ condition }, optimization);
  const found: (number | string)[] = [];
  for (let arrival = first; arrival.kind === "stopped"; ) {
    found.push((await client.request("exo/history", undefined)).now.step);
    arrival = await client.go("continue", arrival.body.threadId);
  }
  return found;
}

// A number with a fraction as an integer is none of the machine's conditions.
test.each(["0", "2"] as const)(
  "at -O%s the stops are those of a condition that is not compiled",
  async (optimization) => {
    for (const condition of [
      "i == 17000",
      "node->value == 2 && i % 4000 == 3",
      "i < 2 || sum == -1",
    ]) {
      const found = await steps(condition, optimization);
      expect(found.length).toBeGreaterThan(0);
      expect(await steps(`(int)((${condition}) + 0.0)`, optimization)).toEqual(found);
    }
  },
  120_000,
);

test.each(["0", "2"] as const)(
  "at -O%s it stops in the iteration that is meant",
  async (optimization) => {
    const { client, arrival } = await launched({ condition: "i == 12345" }, optimization);
    expect(await evaluated(client, arrival, "i")).toBe("12345");
    if (arrival.kind === "ended") return;
    expect(await client.go("continue", arrival.body.threadId)).toMatchObject({ kind: "ended" });
  },
);

test.each([
  ["i < 600 && 1000 / (i - 500) == 7", "division by zero (column 17)", "500"],
  ["i == 700 && *(int *)0x40000000 == 1", "page not bound: 0x40000000", "700"],
  ["i == 20 && 1 << (i + 12)", "a shift by 32 is undefined in C", "20"],
])("'%s' says what is wrong where it goes wrong", async (condition, reason, i) => {
  const { client, arrival } = await launched({ condition: `${condition}` });
  expect(await evaluated(client, arrival, "i")).toBe(i);
  expect(client.output("console")).toContain(reason);
  expect(client.output("console")).toContain("cannot be evaluated");
  // Above the call stack, too: nobody reads the console at each stop.
  expect(arrival).toMatchObject({
    body: { description: "condition without an answer", text: expect.stringContaining(reason) },
  });
});

test("what is wrong from the start is said at the first hit", async () => {
  const { client, arrival } = await launched({ condition: "i == missing" });
  expect(await evaluated(client, arrival, "i")).toBe("0");
  expect(client.output("console")).toContain("there is no 'missing' in scope");
});

test("going back meets the same stops", async () => {
  const condition = "i % 6000 == 5";
  const { client, arrival: first } = await launched({ condition }, "0", { stopAtEnd: true });
  const forth: unknown[] = [];
  let arrival = first;
  let thread = 0;
  while (arrival.kind === "stopped" && arrival.body.reason === "breakpoint") {
    thread = arrival.body.threadId;
    forth.push((await client.request("exo/history", undefined)).now);
    arrival = await client.go("continue", thread);
  }
  expect(forth).toHaveLength(4);
  const back: unknown[] = [];
  for (const _ of forth) {
    await client.go("reverseContinue", thread);
    back.push((await client.request("exo/history", undefined)).now);
  }
  expect(back).toEqual(forth.reverse());
  expect(await client.go("reverseContinue", thread)).toMatchObject({
    body: { description: "start of the history" },
  });
});

test("a condition that is changed while the program runs holds from then on", async () => {
  const client = new DapClient();
  const endless = { file: ENDLESS, marker: "body", condition: "i < 0" };
  await client.launch({ program: ENDLESS, stopOnEntry: true }, [endless]);
  const { threadId } = await client.stopped();
  await client.request("continue", { threadId });
  await turns(5);
  const breakpoints = [{ line: lineOf(ENDLESS, "body"), condition: "i % 1000 == 999" }];
  await client.request("setBreakpoints", { source: { path: ENDLESS }, breakpoints });
  expect(await evaluated(client, await client.arrival(), "i % 1000")).toBe("999");
});

test("of two breakpoints at one place each has its condition, and one without takes both to a stop", async () => {
  const { client, id, arrival } = await launched({ condition: "i == 5000 || i == 7000" });
  if (arrival.kind === "ended") throw new Error("it stops");
  const { threadId } = arrival.body;
  const [top] = await client.stack(threadId);
  const instructionReference = top?.instructionPointerReference ?? "";
  const set = async (condition?: string) => {
    const breakpoints = [{ instructionReference, ...(condition && { condition }) }];
    const { breakpoints: made } = await client.request("setInstructionBreakpoints", {
      breakpoints,
    });
    return made[0]?.id;
  };
  const other = await set("i == 6000 || i == 7000");
  const next = async () => {
    const stop = await client.go("continue", threadId);
    const hits = stop.kind === "stopped" ? stop.body.hitBreakpointIds : undefined;
    return [await evaluated(client, stop, "i"), hits];
  };
  expect(await next()).toEqual(["6000", [other]]);
  expect(await next()).toEqual(["7000", [id, other]]);
  const always = await set();
  expect(await next()).toEqual(["7001", [always]]);
});

test("hit counts and log points see only hits for which the condition holds", async () => {
  const { client, arrival } = await launched({ condition: "i % 100 == 0", hitCondition: "100" });
  expect(await evaluated(client, arrival, "i")).toBe("9900");
  const logged = await launched({ condition: "i % 8000 == 1", logMessage: "at {i}" });
  expect(logged.arrival).toMatchObject({ kind: "ended" });
  expect(logged.client.output("console").match(/at \d+/g)).toEqual(["at 1", "at 8001", "at 16001"]);
});

test("a step to the place of a false condition stops there", async () => {
  const { client, arrival } = await launched({ condition: "i == 10 && total >= 0" });
  if (arrival.kind === "ended") throw new Error("it stops");
  const { threadId } = arrival.body;
  await client.setBreakpoints([body({ condition: "i == 10 && total < 0" })]);
  await client.go("stepBack", threadId);
  expect(await client.go("next", threadId)).toMatchObject({ body: { reason: "step" } });
  expect(await evaluated(client, { kind: "stopped", body: { reason: "", threadId } }, "i")).toBe(
    "10",
  );
});
