/** The schema that an editor underlines by and the reader that has the last word say the same. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSpec } from "../debug-adapter/grading/spec.ts";
import { schemaFiles } from "../debug-adapter/schema-files.ts";
import { type Schema, violations } from "./testing/json-schema.ts";

const ROOT = join(import.meta.dirname, "..");
const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "schemas/grade.schema.json"), "utf8"),
);
const samples = readdirSync(join(ROOT, "test-workspace"), {
  recursive: true,
  encoding: "utf8",
}).filter((path) => path.endsWith(".grade.json"));

test.each([...schemaFiles()])("%s is what tools/generate-schemas.mjs makes", (path, text) => {
  const committed = JSON.parse(readFileSync(join(ROOT, path), "utf8"));
  expect(committed).toEqual(JSON.parse(text));
});

test.each(samples)("the sample %s is read and not underlined", (path) => {
  const text = readFileSync(join(ROOT, "test-workspace", path), "utf8");
  expect(() => readSpec(path, text)).not.toThrow();
  expect(violations(JSON.parse(text), schema)).toEqual([]);
});

const START_TO_END = ["start", "end"];
const UPCALL = { event: "upcall", env: "a*", cause: "store page fault", nth: -1 };

/** One condition of a test. */
test.each<[unknown, boolean]>([
  [{ happens: UPCALL, times: ">= 4", between: START_TO_END, hint: "x" }, true],
  [{ happens: UPCALL, times: "many" }, false],
  [{ happens: { event: "upcal" } }, false],
  [{ happens: { event: ["upcall", "transfer"] } }, true],
  [{ happens: { event: "upcall", value: { from: "0x10", to: 40 } } }, true],
  [{ happens: { event: "upcall", nth: 0 } }, false],
  [{ happens: { marker: "a", file: "b.c", if: "x > 1" } }, true],
  [{ happens: { marker: "a", if: "x", text: "y" } }, false],
  [{ happens: "middle" }, false],
  [{ never: { function: "f" }, after: { output: "x" } }, true],
  [{ never: { output: "x", if: "y" } }, false],
  [{ order: ["start", { not: UPCALL }, "end"] }, true],
  [{ order: [] }, false],
  [{ every: UPCALL, followedBy: { marker: "a" }, unless: UPCALL, steps: 3 }, true],
  [{ every: UPCALL }, false],
  [{ output: { contains: ["a", "b"] }, env: "x" }, true],
  [{ output: { equals: "" } }, true],
  [{ output: { equals: "a", lacks: "b" } }, false],
  [{ output: { lines: [] } }, true],
  [{ exit: 0, env: "a" }, true],
  [{ exit: "zero" }, false],
  [{ holds: "x == 1", frame: "main", at: { marker: "a" } }, true],
  [{ holds: "x == 1", each: { marker: "a" } }, true],
  [{ invariants: "hold", each: UPCALL }, true],
  [{ invariants: true }, false],
  [{ unchanged: "pages", env: "a", between: START_TO_END }, true],
  [{ unchanged: { value: "x" } }, true],
  [{ unchanged: "books" }, false],
  [{ kept: "capabilities" }, true],
  [{ kept: { value: "x" } }, false],
  [{ number: { count: UPCALL }, is: ">= 3" }, true],
  [{ number: { sum: [1, { held: "pages", at: "end" }] }, is: { steps: START_TO_END } }, true],
  [{ number: { field: "frame", of: { event: "bound" } }, is: { from: 1, to: 2 } }, true],
  [{ number: { counts: UPCALL }, is: 1 }, false],
  [{ number: 4 }, false],
  [{ ends: true }, true],
  [{ ends: false }, false],
  [{ all: [{ ends: true }, { not: { exit: 3 } }] }, true],
  [{ any: [] }, false],
  [{ ends: true, exit: 0 }, false],
])("reader and schema agree on %j", (condition, isFine) => {
  const spec = { tests: [{ name: "a", conditions: [condition] }] };
  let isRead = true;
  try {
    readSpec("test.grade.json", JSON.stringify(spec));
  } catch {
    isRead = false;
  }
  expect({ isRead, violations: violations(spec, schema).slice(0, isFine ? 3 : 0) }).toEqual({
    isRead: isFine,
    violations: [],
  });
  expect(violations(spec, schema).length === 0).toBe(isFine);
});
