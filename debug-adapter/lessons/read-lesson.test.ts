// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the file's.
import { expect, test } from "vitest";
import { lineOfAnchor } from "./anchors.ts";
import { drawn, withValues } from "./parameters.ts";
import { readLesson } from "./read-lesson.ts";

const step = { title: "A", description: "B" };
const one = { title: "T", scenario: "a.c", steps: [step] };
const read = (lesson: unknown, seed = 0) =>
  readLesson("/x/a.lesson.json", JSON.stringify(lesson), seed);

test.each([
  [{ ...one, scenario: undefined }, "has no 'scenario': name a program or a scenario"],
  [{ ...one, args: [1] }, "'args[0]' must be a text in quotes"],
  [{ ...one, environments: { a: [] } }, "'environments' is for a scenario"],
  [{ ...one, scenario: "a.exo.json", args: [] }, "'args' is for a program"],
  [{ ...one, steps: [{ title: "A" }] }, "'steps[0].description' must be a text in quotes"],
  [{ ...one, steps: [{ ...step, marker: "m" }] }, "'steps[0]' has no 'file' for its marker"],
  [
    { ...one, steps: [{ ...step, file: "a.c", marker: "m", pattern: "p" }] },
    "'steps[0]' has 'marker' and 'pattern'",
  ],
  [{ ...one, steps: [{ ...step, untill: "end" }] }, "unknown key 'untill'; did you mean 'until'?"],
  [{ ...one, steps: [{ ...step, until: { event: "upcal" } }] }, "did you mean 'upcall'?"],
  [{ ...one, steps: [{ ...step, reveal: "it is ${x" }] }, "has a '${' at column 7 that has no end"],
  [{ ...one, steps: [{ ...step, reveal: "${x}" }] }, "has '${x}', which is no JSON"],
  [
    {
      ...one,
      steps: [
        {
          ...step,
          predict: {
            ...{ kind: "choice", ask: "?", answerFrom: "a", options: { a: "A", b: "B" } },
            wrong: { c: "no" },
          },
        },
      ],
    },
    "'steps[0].predict.wrong' has 'c', which is no option",
  ],
])("a mistake is one sentence that says where: %#", (lesson, sentence) => {
  let said = "";
  try {
    read(lesson);
  } catch (problem) {
    said = (problem as Error).message;
  }
  expect(said).toContain(sentence);
  expect(said).toMatch(/^\/x\/a\.lesson\.json: [^\n]+[.?]$/);
});

test("a step at a marker stands where that is reached first, unless it says otherwise", () => {
  const at = { ...step, file: "../a/b.c", marker: "m" };
  const { steps } = read({ ...one, steps: [at, { ...at, until: "end" }, step] });
  expect(steps.map(({ until }) => until)).toEqual([
    { kind: "marker", name: "m", file: "b.c", nth: 1 },
    { kind: "end", nth: 1 },
    undefined,
  ]);
});

test("a seed draws values for parameters, wherever they stand, and 0 takes the first", () => {
  const lesson = {
    ...one,
    args: ["${n}"],
    parameters: { n: ["1", "2", "3", "4"] },
    steps: [{ ...step, description: "n is ${n}, ${other} is not ours" }],
  };
  expect(read(lesson)).toMatchObject({ run: { args: ["1"] } });
  expect(read(lesson).steps[0]?.description).toBe("n is 1, ${other} is not ours");
  const all = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => read(lesson, seed).run?.args?.[0]);
  expect(new Set(all).size).toBeGreaterThan(2);
  expect(all).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => drawn(lesson.parameters, seed)["n"]));
  const json = { a: ["${n}"], b: 3, c: { "${n}": "${n}" } };
  expect(withValues(json, { n: "x" })).toEqual({ a: ["x"], b: 3, c: { x: "x" } });
});

test("parameters that belong together are drawn together", () => {
  const parameters = { "port count": ["9 2", "11 1", "13 7"], text: ["a b"] };
  const lesson = { ...one, args: ["${port}/${count} ${text}"], parameters };
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((seed) => read(lesson, seed).run?.args?.[0]);
  expect(new Set(all)).toEqual(new Set(["9/2 a b", "11/1 a b", "13/7 a b"]));
  const odd = { ...lesson, parameters: { "port count": ["9 2", "11"] } };
  expect(() => read(odd)).toThrow(/has '11', and it must have 2 values with a space between them/);
});

test("a tour of CodeTour's is a lesson without a run", () => {
  const tour = {
    $schema: "https://aka.ms/codetour-schema",
    title: "First tour",
    ref: "main",
    steps: [
      { title: "Here", file: "a.c", line: 2, description: "See.", view: "debug:callstack" },
      { file: "a.c", pattern: "^int main", description: "### Main\nIt begins.", selection: {} },
      { directory: "src", description: "A folder.", commands: ["editor.fold"] },
    ],
  };
  const { title, run, steps } = readLesson("/x/first.tour", JSON.stringify(tour));
  expect({ title, run }).toEqual({ title: "First tour", run: undefined });
  expect(steps.map((each) => [each.title, each.anchor])).toEqual([
    ["Here", { file: "a.c", line: 2 }],
    ["Main", { file: "a.c", pattern: "^int main" }],
    ["Step 3", undefined],
  ]);
});

test("an anchor is found by its comment or its pattern, and what is not there or there twice is said", () => {
  const text =
    "int a; //@step one\nint b; //@step two\nint c; //@step two\nint d; //@step oneself\n";
  expect(lineOfAnchor({ file: "a.c", marker: "one" }, text)).toBe(1);
  expect(lineOfAnchor({ file: "a.c", marker: "three" }, text)).toBe(
    "a.c has no comment '//@step three' at the end of a line",
  );
  expect(lineOfAnchor({ file: "a.c", marker: "two" }, text)).toBe(
    "a.c has '//@step two' in the lines 2 and 3",
  );
  expect(lineOfAnchor({ file: "a.c", pattern: "int [cd]" }, text)).toBe(3);
  expect(lineOfAnchor({ file: "a.c", pattern: "long" }, text)).toMatch(/no line with the pattern/);
  expect(lineOfAnchor({ file: "a.c", line: 9 }, text)).toBe("a.c has 5 lines, and not line 9");
});
