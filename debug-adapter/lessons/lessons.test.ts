// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the file's.
/** Every lesson of the sample workspace agrees with its programs, and finds its mistakes; and a lesson that does not is found out. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { NodeBuilder } from "../node-builder.ts";
import { ROOT, WORKSPACE } from "../testing/run-guest.ts";
import { checkLesson, type LessonReport } from "./check-lesson.ts";
import { readLesson } from "./read-lesson.ts";

const LESSONS = join(WORKSPACE, "lessons");
const names = readdirSync(LESSONS).filter((name) => name.endsWith(".lesson.json"));
const parts = {
  host: nodeHost,
  builder: new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} }),
};
const read = (path: string, seed = 0) => readLesson(path, readFileSync(path, "utf8"), seed);

test("there are thirteen lessons, and each leads to the next", () => {
  const next = new Map(names.map((name) => [name, read(join(LESSONS, name)).next]));
  const order: string[] = [];
  for (let at: string | undefined = "w0-who.lesson.json"; at !== undefined; at = next.get(at)) {
    order.push(at);
  }
  expect(order).toHaveLength(13);
  expect([...order].sort()).toEqual([...names].sort());
});

/** Draws for every lesson other values than those of the lesson as it is written. */
const SEED = 2;

describe.each(names)("%s", (name) => {
  const path = join(LESSONS, name);
  let written: LessonReport | undefined;

  test("agrees with its programs: moments, answers, checks, and mistakes that are found where they are", async () => {
    const lesson = read(path);
    written = await checkLesson(lesson, parts);
    expect(written.problems).toEqual([]);
    expect(written.predictions).toBeGreaterThanOrEqual(5);
    expect(written.checks).toBeGreaterThan(0);
    expect(lesson.misconception).toMatch(/\w/);
    for (const [i, { predict }] of lesson.steps.entries()) {
      expect(written.answers[i] !== undefined).toBe(predict !== undefined);
    }
  }, 60_000);

  test("has other answers with another seed, which agree as well", async () => {
    const varied = await checkLesson(read(path, SEED), parts);
    expect(varied.problems).toEqual([]);
    expect(varied.answers).not.toEqual(written?.answers);
  }, 60_000);
});

interface LessonFile {
  readonly steps: {
    reveal: string;
    readonly predict: { wrong: object; answerFrom: { then: string } };
  }[];
  readonly broken: { check: object[] }[];
}

/** The lesson of the page in a folder of its own, with the program or the lesson changed. */
function changedLesson(change: {
  program?: [string, string];
  lesson?: (lesson: LessonFile) => void;
}) {
  const folder = mkdtempSync(join(tmpdir(), "exo-lesson-"));
  for (const each of ["lessons", "allocate"]) {
    cpSync(join(WORKSPACE, each), join(folder, each), { recursive: true });
  }
  const program = join(folder, "allocate/allocate.h");
  const lesson = join(folder, "lessons/w1-allocate.lesson.json");
  if (change.program !== undefined) {
    const text = readFileSync(program, "utf8");
    expect(text).toContain(change.program[0]);
    writeFileSync(program, text.replace(...change.program));
  }
  const file = JSON.parse(readFileSync(lesson, "utf8"));
  change.lesson?.(file);
  writeFileSync(lesson, JSON.stringify(file));
  return checkLesson(read(lesson), parts);
}

test.each<[string, Parameters<typeof changedLesson>[0], RegExp]>([
  [
    "a marker that is gone",
    { program: ["//@step again", ""] },
    /^Step 7: allocate\.h has no comment '\/\/@step again'|Step 7: '(until|then)'/,
  ],
  [
    "a moment that never comes",
    { program: ["  pager_unmap(REGION);", "  if (0) pager_unmap(REGION);"] },
    /^(Check|Step \d): /,
  ],
  [
    "a hint for what is right",
    {
      lesson: ({ steps }) => {
        steps[5]!.predict.wrong = { 42: "Really?" };
      },
    },
    /^Step 6: 'wrong' has a hint for '42', which is right/,
  ],
  [
    "an option that is not there",
    {
      lesson: ({ steps }) => {
        // biome-ignore lint/suspicious/noThenProperty: it is the file's word.
        Object.assign(steps[0]!.predict.answerFrom, { then: "namd" });
      },
    },
    /^Step 1: (The run's answer is 'namd', which is none of|'answerFrom' may be 'namd')/,
  ],
  [
    "a value that is shown as a list",
    {
      lesson: ({ steps }) => {
        steps[5]!.reveal = '${{"count": "end"}}. It is there.';
      },
    },
    /^Step 6: 'reveal' begins with a number and a dot/,
  ],
  [
    "a mistake that the check does not find",
    {
      lesson: ({ broken }) => {
        broken[0]!.check = [{ exit: 139 }];
      },
    },
    /^Broken variant 1: The check holds though/,
  ],
])(
  "drift is found: %s",
  async (_, change, problem) => {
    const { problems } = await changedLesson(change);
    expect(problems.filter((each) => problem.test(each)).length).toBeGreaterThan(0);
  },
  60_000,
);
