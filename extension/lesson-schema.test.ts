// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the file's.
/** The schema that an editor underlines by and the reader that has the last word say the same. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLesson } from "#debug-adapter";
import { type Schema, violations } from "./testing/json-schema.ts";

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "schemas/lesson.schema.json"), "utf8"),
);
const LESSONS = join(import.meta.dirname, "../test-workspace/lessons");
const lessons = readdirSync(LESSONS).filter((name) => name.endsWith(".lesson.json"));

test.each(lessons)("%s is not underlined", (name) => {
  expect(violations(JSON.parse(readFileSync(join(LESSONS, name), "utf8")), schema)).toEqual([]);
});

const step = { title: "A", description: "B" };
const one = { title: "T", scenario: "a.c", steps: [step] };
const asking = (predict: object) => ({ ...one, steps: [{ ...step, predict }] });
const until = (occurrence: object, parameters = {}) => ({
  ...one,
  parameters,
  steps: [{ ...step, until: occurrence }],
});
// biome-ignore lint/suspicious/noThenProperty: it is the file's word.
const choose = (condition: object) => ({ if: condition, then: 1, else: { count: "end" } });
const number = { kind: "number", ask: "?", answerFrom: 1 };

test.each<[string, unknown, boolean]>([
  ["the smallest one", one, true],
  ["no steps", { ...one, steps: [] }, false],
  ["no title", { ...one, title: undefined }, false],
  ["an unknown key", { ...one, hint: "x" }, false],
  ["an unknown key of a step", { ...one, steps: [{ ...step, line: 3 }] }, false],
  ["half a minute", { ...one, minutes: 0.5 }, false],
  ["a scenario that is a picture", { ...one, scenario: "a.png" }, false],
  ["arguments that are no list", { ...one, args: "x" }, false],
  ["a parameter without values", { ...one, parameters: { n: [] } }, false],
  ["a parameter", { ...one, parameters: { n: ["1"] } }, true],
  ["a question", asking(number), true],
  ["a question without an answer", asking({ kind: "number", ask: "?" }), false],
  ["a question of no kind", asking({ ...number, kind: "essay" }), false],
  ["a moment with a mistyped key", until({ event: "upcall", casue: "store page fault" }), false],
  ["a moment of no event", until({ event: "upcal" }), false],
  ["a moment at a mark of a file", until({ marker: "a", file: "b.c", nth: 2, if: "x > 1" }), true],
  ["a number that is a parameter", until({ event: "bound", frame: "${n}" }, { n: ["1"] }), true],
  ["a condition with a mistyped key", { ...one, check: [{ happen: { event: "upcall" } }] }, false],
  [
    "a condition",
    {
      ...one,
      check: [{ happens: { event: "upcall" }, times: ">= ${n}" }],
      parameters: { n: ["3"] },
    },
    true,
  ],
  [
    "an answer that is computed",
    asking({ ...number, answerFrom: { count: { event: "upcall" } } }),
    true,
  ],
  [
    "an answer with a mistyped key",
    asking({ ...number, answerFrom: { counts: { event: "upcall" } } }),
    false,
  ],
  ["an answer by what is true", asking({ ...number, answerFrom: choose({ ends: true }) }), true],
  ["an answer by nothing", asking({ ...number, answerFrom: choose({ end: true }) }), false],
  ["a moment of no kind", { ...one, steps: [{ ...step, until: "noon" }] }, false],
  ["a variant without its mistake", { ...one, broken: [{ scenario: "b.c", at: "end" }] }, false],
  ["a variant", { ...one, broken: [{ scenario: "b.c", because: "x", at: "end" }] }, true],
])("schema and reader agree on %s", (_, lesson, isValid) => {
  const text = JSON.stringify(lesson);
  expect(violations(JSON.parse(text), schema).length === 0).toBe(isValid);
  const read = () => readLesson("/x/a.lesson.json", text);
  if (isValid) expect(read).not.toThrow();
  else expect(read).toThrow(/^\/x\/a\.lesson\.json: /);
});
