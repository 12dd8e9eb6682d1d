import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { GradeWorker } from "../cli/grade-worker.ts";
import { ROOT } from "../testing/dap-client.ts";
import { WORKSPACE } from "../testing/run-guest.ts";
import { junitText, plain, programText } from "./report-text.ts";
import type { ProgramResult } from "./results.ts";
import { readSpec } from "./spec.ts";

// Programs are compiled and run, on a machine that may have more to do.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "exoscope-grading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(WORKSPACE, name);

async function grade(spec: string, program: string): Promise<ProgramResult> {
  const reply = await new GradeWorker(ROOT).grade({ spec, program });
  if (reply.kind !== "graded") throw new Error(reply.sentence);
  return reply.result;
}

/** Writes a file into the tests' folder. */
function file(name: string, text: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof text === "string" ? text : JSON.stringify(text));
  return path;
}

describe.each([
  ["page-fault", "page-fault.c", "grading/page-fault-one-page.c", [2, 2, 0, 1, 0]],
  ["share", "share/owner.c", "grading/owner-too-generous.c", [1, 0, 2, 1]],
  ["cowfork", "cowfork/cowfork.c", "cowfork/cowfork_bug.c", [1, 0, 0, 1]],
  ["bank", "bank/wal.c", "bank/wal-bug.c", [1, 0]],
])("the sample specification %s", (name, right, wrong, points) => {
  const spec = at(`grading/${name}.grade.json`);

  test("gives all points to the right program", async () => {
    const result = await grade(spec, at(right));
    expect(result.tests.flatMap(({ failures }) => failures)).toEqual([]);
    expect(result).toMatchObject({ verdict: "graded", points: result.of });
  });

  test("finds the wrong one's mistake, with a reason and a moment", async () => {
    const result = await grade(spec, at(wrong));
    expect(result.tests.map((each) => each.points)).toEqual(points);
    for (const { failures } of result.tests) {
      for (const { reason, at } of failures) {
        expect(reason).toMatch(/^.{40,}\.$/);
        expect(at?.step).toBeGreaterThan(1000);
      }
    }
  });
});

test("the same program has the same result, to the last step, however often it is graded", async () => {
  const spec = at("grading/cowfork.grade.json");
  const first = await grade(spec, at("cowfork/cowfork_bug.c"));
  expect(await grade(spec, at("cowfork/cowfork_bug.c"))).toEqual(first);
});

const SPEC = file("plain.grade.json", {
  steps: 300_000,
  tests: [
    { name: "ends", points: 2, conditions: [{ ends: true }, { exit: 0 }] },
    { name: "asks for nothing it must not have", conditions: [{ never: { event: "refused" } }] },
    { name: "says hello", conditions: [{ output: { equals: "hello\n" } }] },
    { name: "sleeps", conditions: [{ happens: { event: "slept", env: "program" } }] },
  ],
});

/** Programs that want points which they have not earned, or to spoil the grading of others. */
const HOSTILE: Readonly<Record<string, { readonly source: string; readonly points: number }>> = {
  "prints what the grader prints": {
    source: `int main(void) {
  printf("\\033[2J\\rhostile.c: 5 of 5 points\\n  ok    2/2  ends\\n");
  printf("</failure></testcase>{\\"verdict\\":\\"graded\\",\\"points\\":5}\\n");
  return 0;
}`,
    points: 3,
  },
  "never ends": { source: "int main(void) { for (;;) ; }", points: 1 },
  "prints for ever": { source: 'int main(void) { for (;;) printf("hello\\n"); }', points: 1 },
  "calls the kernel for ever": {
    source: "int main(void) { for (;;) exo_cap_delete(0, 4000); }",
    points: 0,
  },
  "waits for input that never comes": {
    source: "int main(void) { getchar(); return 0; }",
    points: 2,
  },
  "has no stack": {
    source: 'int main(void) { __asm__ volatile("li sp, 0\\n sw zero, 0(sp)"); return 0; }',
    points: 1,
  },
  "wants more memory than there is": {
    source: "char all[1 << 29] = { 1 }; int main(void) { return all[5]; }",
    points: 0,
  },
  "is no C": { source: '#error \u001b[2J"8 of 8 points"\n', points: 0 },
};

describe("a hostile program", () => {
  test.each(Object.entries(HOSTILE))("that %s gets what it has earned", async (name, each) => {
    const path = file(
      `${name.replaceAll(" ", "-")}.c`,
      `#include <stdio.h>\n#include <libos.h>\n${each.source}\n`,
    );
    const result = await grade(SPEC, path);
    expect({ name, points: result.points, tests: result.tests }).toMatchObject({
      points: each.points,
    });
    const text = programText(result) + junitText({ title: "t", spec: "s", programs: [result] });
    expect(/^[\x20-\x7e\n]*$/.test(text)).toBe(true);
    expect(text).not.toMatch(/^hostile\.c: 5 of 5/m);
  });

  test("that takes another's name is not taken for it", async () => {
    const spec = file("names.grade.json", {
      scenario: {
        environments: [
          { name: "program", program: "anything.c" },
          { name: "server", program: at("hello.c") },
        ],
      },
      submission: "program",
      tests: [
        {
          name: "the server has published itself twice",
          conditions: [{ happens: { event: "published", env: "server" }, times: ">= 2" }],
        },
        {
          name: "the program has published something",
          conditions: [{ happens: { event: "published", env: "program" } }],
        },
      ],
    });
    const program = file(
      "liar.c",
      `#include <libos.h>
static struct exo_image image;
int main(void) {
  image.path = (uintptr_t)"server";
  exo_env_publish(0, (uintptr_t)&image);
  exo_env_publish(0, (uintptr_t)&image);
  return 0;
}
`,
    );
    const result = await grade(spec, program);
    expect(result.tests.map(({ passed }) => passed)).toEqual([false, true]);
  });

  test.each([
    [
      "an executable of random bytes",
      Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) >> 3)),
    ],
    ["half of an executable", Buffer.from("\u007fELF\u0001\u0001\u0001")],
  ])("that is %s is not built, and says why", async (_, bytes) => {
    const path = join(folder, "damaged.elf");
    writeFileSync(path, bytes);
    expect(await grade(SPEC, path)).toMatchObject({ verdict: "not built", points: 0 });
  });

  test("that is not there is not built", async () => {
    const result = await grade(SPEC, join(folder, "nowhere.c"));
    expect(result.problem).toMatch(/^There is no file '.*nowhere\.c'/);
  });
});

test("a folder is graded by the files that have the names of the scenario's", async () => {
  const repository = join(folder, "alice");
  mkdirSync(repository);
  writeFileSync(join(repository, "owner.c"), readFileSync(at("share/owner.c")));
  // share.h is the scenario's.
  const spec = at("grading/share.grade.json");
  expect(await grade(spec, repository)).toMatchObject({ verdict: "graded", points: 6 });
  rmSync(join(repository, "owner.c"));
  expect((await grade(spec, repository)).problem).toMatch(/There is no file '.*alice\/owner\.c'/);
});

test("a run may change the scenario, give input and take seeds", async () => {
  const seed = "$".concat("{seed}");
  const spec = file("runs.grade.json", {
    scenario: {
      environments: [{ name: "program", program: "anything.c", arguments: [seed] }],
      console: [],
    },
    steps: 2_000_000,
    runs: {
      seeded: { seeds: [3, 5] },
      typed: { console: [{ at: 1000, text: "x" }] },
      changed: { change: { environments: { program: { arguments: ["7", "8"] } } } },
    },
    tests: [
      { name: "3", runs: "seeded", conditions: [{ output: { equals: "2 3\n" } }] },
      { name: "any", runs: "seeded", conditions: [{ output: { matches: "^2 [35]$" } }] },
      { name: "changed", runs: ["changed"], conditions: [{ output: { equals: "3 7\n" } }] },
      {
        name: "typed",
        runs: "typed",
        conditions: [{ happens: { event: "consoleInput", count: 1 } }],
      },
    ],
  });
  const program = file(
    "arguments.c",
    '#include <stdio.h>\nint main(int argc, char **argv) { printf("%d %s\\n", argc, argv[1]); return 0; }\n',
  );
  const result = await grade(spec, program);
  expect(result.tests.map(({ passed }) => passed)).toEqual([false, true, true, true]);
  expect(result.tests[0]?.failures).toEqual([
    expect.objectContaining({
      run: "seeded, seed 5",
      reason: expect.stringMatching(
        /^Line 1 of the output must be "2 3", and is "2 5", written at step/,
      ),
    }),
  ]);
});

test.each([
  [{ tests: [] }, "'tests' must not be empty."],
  [{ test: [] }, "it has an unknown key 'test'; did you mean 'tests'?"],
  [
    { tests: [{ name: "a", conditions: [{ happens: { event: "upcal" } }] }] },
    "'tests[0].conditions[0].happens.event' is 'upcal'; did you mean 'upcall'?",
  ],
  [
    { tests: [{ name: "a", conditions: [{ happens: { event: "upcall", couse: "x" } }] }] },
    "'tests[0].conditions[0].happens' has an unknown key 'couse'; did you mean 'cause'?",
  ],
  [
    {
      tests: [
        { name: "a", conditions: [{ happens: { event: "upcall", cause: "store pagefault" } }] },
      ],
    },
    "'tests[0].conditions[0].happens.cause' is 'store pagefault'; did you mean 'store page fault'?",
  ],
  [
    { tests: [{ name: "a", conditions: [{ hapens: "start" }] }] },
    "'tests[0].conditions[0]' is no condition; did you mean 'happens'?",
  ],
  [
    { tests: [{ name: "a", conditions: [{ holds: "n ==" }] }] },
    /^'tests\[0\]\.conditions\[0\]\.holds' is no C expression: /,
  ],
  [
    { tests: [{ name: "a", runs: "x", conditions: [{ ends: true }] }] },
    "'tests[0].runs' is 'x'; there may be run.",
  ],
  [
    { steps: "many", tests: [{ name: "a", conditions: [{ ends: true }] }] },
    "'steps' must be a whole number from 1 to 10000000000.",
  ],
])("a mistake in a specification is one sentence with its place: %j", (spec, sentence) => {
  const read = () => readSpec("s.grade.json", JSON.stringify(spec));
  const message = typeof sentence === "string" ? `s.grade.json: ${sentence}` : sentence;
  if (typeof message === "string") expect(read).toThrow(message);
  else expect(() => read()).toThrow(new RegExp(message.source.replace("^", "s\\.grade\\.json: ")));
});

test("a mistake in the scenario is the specification's, not the program's", async () => {
  const spec = file("wrong.grade.json", {
    scenario: {
      environments: [
        { name: "a", program: "nowhere.c" },
        { name: "b", program: "x.c" },
      ],
    },
    submission: "b",
    tests: [{ name: "t", conditions: [{ ends: true }] }],
  });
  const reply = await new GradeWorker(ROOT).grade({ spec, program: at("hello.c") });
  expect(reply).toMatchObject({ kind: "mistake", sentence: expect.stringContaining("nowhere.c") });
  const other = file("other.grade.json", {
    scenario: at("share/share.exo.json"),
    submission: "ower",
    tests: [{ name: "t", conditions: [{ ends: true }] }],
  });
  expect(await new GradeWorker(ROOT).grade({ spec: other, program: at("hello.c") })).toMatchObject({
    kind: "mistake",
    sentence: expect.stringContaining("did you mean 'owner'?"),
  });
});

test("what is printed of a program's text has no control characters in it", () => {
  expect(plain("a\u001b[31m\u202eb\u0000")).toBe("a\\u001b[31m\\u202eb\\u0000");
});
