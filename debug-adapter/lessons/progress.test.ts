import { expect, test } from "vitest";
import type { Prediction } from "./lesson.ts";
import {
  changed,
  exported,
  isDone,
  isRightAnswer,
  newProgress,
  problemOfAnswer,
  restored,
} from "./progress.ts";
import { readLesson } from "./read-lesson.ts";

const lesson = readLesson(
  "/x/a.lesson.json",
  JSON.stringify({
    title: "T",
    scenario: "a.c",
    steps: [
      { title: "Look", description: "x" },
      { title: "Ask", description: "x", predict: { kind: "number", ask: "?", answerFrom: 3 } },
    ],
  }),
);
const asked = (kind: Prediction["kind"], keys: string[] = []): Prediction => ({
  ...{ kind, ask: "?", wrong: {}, hints: [] },
  options: keys.map((key) => ({ key, text: key })),
  answerFrom: { kind: "computed", value: { kind: "constant", value: 1 } },
});

test.each<[Prediction["kind"], string, string, boolean]>([
  ["number", "1,234", "1234", true],
  ["number", "0x10", "16", true],
  ["number", "3", "4", false],
  ["number", "three", "3", false],
  ["frame", "200", "0x200", true],
  ["frame", "page 0x200", "0x200", true],
  ["frame", "201", "0x200", false],
  ["text", " On_Page_Fault ", "on_page_fault", true],
  ["choice", "yes", "yes", true],
  ["choice", "no", "yes", false],
])("to a %s '%s' is right where '%s' is: %s", (kind, given, answer, isRight) => {
  expect(isRightAnswer(asked(kind), given, answer)).toBe(isRight);
});

test("a slip is no wrong answer", () => {
  expect(problemOfAnswer(asked("number"), "many")).toMatch(/as a number/);
  expect(problemOfAnswer(asked("text"), " ")).toMatch(/needed/);
  expect(problemOfAnswer(asked("choice", ["a", "b"]), "c")).toMatch(/One of a, b/);
  expect(problemOfAnswer(asked("choice", ["a", "b"]), "a")).toBeUndefined();
});

test("a step is done when it was seen and what it asks is answered, or shown", () => {
  const [look, ask] = lesson.steps;
  const seen = changed(newProgress(lesson, 0), 0, { isSeen: true });
  expect(isDone(look?.predict, seen.steps[0]!)).toBe(true);
  expect(isDone(ask?.predict, seen.steps[1]!)).toBe(false);
  const both = changed(seen, 1, { isSeen: true });
  expect(isDone(ask?.predict, both.steps[1]!)).toBe(false);
  expect(isDone(ask?.predict, changed(both, 1, { isRight: true }).steps[1]!)).toBe(true);
  expect(isDone(ask?.predict, changed(both, 1, { isRevealed: true }).steps[1]!)).toBe(true);
});

test("what is exported says what was answered, and what was given up", () => {
  const seen = changed(newProgress(lesson, 7), 0, { isSeen: true });
  const done = changed(seen, 1, { isSeen: true, given: ["2", "3"], isRight: true, hints: 1 });
  expect(exported(lesson, done)).toEqual({
    ...{ lesson: "T", seed: 7, done: 2, of: 2, predictions: 1, rightAtOnce: 0 },
    steps: [
      { title: "Look", done: true },
      { title: "Ask", done: true, answers: ["2", "3"], right: true, hints: 1 },
    ],
  });
});

test("progress of another day is taken up, unless the lesson has other steps by now", () => {
  const progress = changed(newProgress(lesson, 0), 0, { isSeen: true });
  expect(restored(lesson, JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  expect(restored(lesson, { ...progress, steps: progress.steps.slice(1) })).toBeUndefined();
  expect(restored(lesson, undefined)).toBeUndefined();
});
