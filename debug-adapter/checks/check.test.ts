import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { prepare } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { RunControl } from "../run/run-control.ts";
import { ROOT } from "../testing/dap-client.ts";
import { WORKSPACE } from "../testing/run-guest.ts";
import {
  type Answers,
  askNewRun,
  askPast,
  JsonPlace,
  pastHappenings,
  readComputed,
  readCondition,
  readOccurrence,
  sourcesOf,
} from "./check.ts";
import { runUntil } from "./until.ts";

const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
const place = (json: unknown) => new JsonPlace("test.grade.json", "", json);

async function boot(program: string, limit = 20_000_000) {
  const debuggee = await prepare({ program: join(WORKSPACE, program) }, nodeHost, builder);
  const control = new RunControl(debuggee);
  control.limit = limit;
  return { debuggee, control, readSource: sourcesOf(nodeHost) };
}

/** Runs a sample and asks it; conditions and computed values as a file has them. */
async function ask(
  program: string,
  conditions: readonly unknown[],
  computed: readonly unknown[] = [],
  limit?: number,
): Promise<Answers> {
  return askNewRun(await boot(program, limit), {
    conditions: conditions.map((json) => readCondition(place(json))),
    computed: computed.map((json) => readComputed(place(json))),
  });
}

const STORE_FAULT = { event: "upcall", env: "page-fault", cause: "store page fault" };

test("what happens is counted, and what is missing or too much is told with its moment", async () => {
  const { verdicts, seen } = await ask("page-fault.c", [
    { happens: STORE_FAULT, times: ">= 4" },
    { happens: STORE_FAULT, times: 2 },
    { happens: STORE_FAULT, times: ">= 40", hint: "Look at the loop." },
    { never: { event: "refused" } },
    { never: STORE_FAULT },
    { happens: { marker: "pager" }, times: 4 },
    { happens: { marker: "pagr" } },
    { happens: { function: "on_page_fault", if: "frame->value >= 0x40000000" }, times: ">= 4" },
    { happens: { ...STORE_FAULT, env: "pagefault" } },
  ]);
  expect(seen.how).toBe("exited");
  expect(verdicts.map(({ holds }) => holds)).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
});

const BOUND = {
  event: "bound",
  env: "page-fault",
  address: { from: "0x40000000", to: "0x4000ffff" },
};
const RETURNED = { marker: "return" };

test("a name that the run does not have is a mistake, also where it must not happen", async () => {
  const { verdicts } = await ask("page-fault.c", [
    { never: { marker: "pagr" } },
    { never: { event: "refused", env: "page-fualt" } },
    { not: { happens: { event: "upcall", env: "page-fualt" } } },
    { not: { happens: STORE_FAULT, before: { marker: "nowhere" } } },
    { not: { happens: { event: "refused" } } },
    { every: { event: "refused" }, followedBy: STORE_FAULT },
  ]);
  expect(verdicts.map(({ holds }) => holds)).toEqual([false, false, false, false, true, true]);
  expect(verdicts[2]?.reason).toBe(
    "There is no environment 'page-fualt' in this run; did you mean 'page-fault'?",
  );
});

test("an order may forbid what comes between, and says how far it came", async () => {
  const { verdicts } = await ask("page-fault.c", [
    {
      order: [
        { marker: "store" },
        { ...STORE_FAULT, value: "0x40000020" },
        { marker: "pager" },
        BOUND,
        RETURNED,
      ],
    },
    { order: [{ marker: "store" }, { not: RETURNED }, { marker: "after" }] },
    { order: [{ marker: "after" }, { marker: "store" }] },
    { every: { marker: "pager" }, followedBy: BOUND, unless: { marker: "pager" } },
    { every: { marker: "pager" }, followedBy: RETURNED, steps: 10 },
    { order: ["start", { output: "nothing is mapped" }, { output: "before 7" }, "end"] },
  ]);
  expect(verdicts.map(({ holds }) => holds)).toEqual([true, false, false, true, false, true]);
});

test("values are told in the program's own code, also when it has come to its end", async () => {
  const { verdicts, answers } = await ask(
    "page-fault.c",
    [
      { holds: "faults == 4" },
      { holds: "faults == 5" },
      { holds: "before == 7 && after == 42", at: { marker: "loop" }, frame: "main" },
      { holds: "physical > 0", each: { marker: "bind" } },
      { holds: "nothing == 1" },
      { exit: 0 },
      { exit: 3 },
      { ends: true },
      { invariants: "hold", each: STORE_FAULT },
      { unchanged: "pages", between: [{ marker: "store" }, { marker: "after" }] },
      { kept: "pages", between: [{ marker: "store" }, { marker: "after" }] },
      { unchanged: { value: "faults" }, between: [{ marker: "store" }, { marker: "after" }] },
      { output: { contains: ["before 7", "four pages"] } },
      { output: { contains: ["four pages", "before 7"] } },
      {
        output: {
          equals:
            "nothing is mapped at 0x40000020\nbefore 7, after 42, faults 1\nfour pages touched, faults 4\n",
        },
      },
      { output: { equals: "nothing is mapped at 0x40000020\nbefore 8\n" } },
      {
        number: { held: "pages", at: { marker: "after" } },
        is: { sum: [2, { held: "pages", at: { marker: "store" } }] },
      },
    ],
    [
      { count: STORE_FAULT },
      { value: "faults" },
      { value: "cell", at: { marker: "loop" } },
      { steps: [{ marker: "store" }, { marker: "after" }] },
      { field: "cause", of: { event: "upcall" } },
      { environment: { event: "upcall" } },
      { functionAt: { marker: "pager" } },
      { fromOutput: "touched, faults (\\d+)" },
      { exitStatus: "page-fault" },
      { freePages: "end" },
    ],
  );
  expect(answers.map((answer) => ("value" in answer ? answer.value : answer.problem))).toEqual([
    5,
    4,
    0x40000020,
    947,
    "store page fault",
    "page-fault",
    "on_page_fault",
    4,
    0,
    expect.any(Number),
  ]);
  expect(verdicts.map(({ holds }) => holds)).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    false,
    true,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
});

test("a session's past is asked without moving it, and a run goes on until something happens", async () => {
  const parts = await boot("page-fault.c");
  const first = await runUntil(parts, readOccurrence(place(BOUND)));
  expect(first).toMatchObject({ kind: "happened", happening: { name: "page-fault" } });
  const { now } = parts.debuggee.timeline;
  const condition = readCondition(place({ happens: BOUND, times: 1 }));
  const { verdicts } = await askPast(parts, { conditions: [condition] });
  expect(verdicts[0]?.reason).toMatch(/happened once/);
  expect(verdicts[0]?.holds).toBe(true);
  expect(parts.debuggee.timeline.now).toEqual(now);
  const marked = readOccurrence(place({ marker: "after" }));
  const next = await runUntil(parts, marked);
  expect(next.kind).toBe("happened");
  expect((await pastHappenings(parts, marked)).length).toBe(1);
  const written = await runUntil(parts, readOccurrence(place({ output: "four pages" })));
  expect(written.kind).toBe("happened");
  const never = await runUntil(parts, marked);
  expect(never).toMatchObject({ kind: "halted", halt: { kind: "exited" } });
});

test("who asks about the past hits no breakpoint of the user's, and a run until something stops at them", async () => {
  const parts = await boot("page-fault.c");
  const { control, debuggee } = parts;
  const image = debuggee.images[0];
  const main = image?.debug.functionsNamed("main")[0]?.prologueEndAddress ?? 0;
  let hits = 0;
  control.setUserPlaces(() => [main]);
  control.accepts = () => {
    hits += 1;
    return true;
  };
  const { accepts, wantsEvent } = control;
  const after = readOccurrence(place({ marker: "after" }));
  expect(await runUntil(parts, after)).toMatchObject({
    kind: "halted",
    halt: { kind: "breakpoint", pc: main },
  });
  expect((await runUntil(parts, after)).kind).toBe("happened");
  expect(hits).toBe(1);
  const condition = readCondition(place({ happens: { function: "main" }, times: 1 }));
  const { verdicts } = await askPast(parts, { conditions: [condition] });
  expect(verdicts[0]).toMatchObject({ holds: true });
  expect(hits).toBe(1);
  expect(control).toMatchObject({ accepts, wantsEvent });
});
