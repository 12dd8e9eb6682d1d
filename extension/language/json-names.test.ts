import { expect, test } from "vitest";
import { environmentsOf, filesIn, isOf, marksOf, nameAt } from "./json-names.ts";

/** What is named at the `|` of a text. */
function at(format: Parameters<typeof nameAt>[0], marked: string) {
  const offset = marked.indexOf("|");
  const text = marked.replace("|", "");
  const found = nameAt(format, text, offset);
  return found && { ...found, replaced: text.slice(found.start, found.end) };
}

test("a scenario names programs of environments, and what is on its disk, also while it is typed", () => {
  expect(at("scenario", '{"environments": [{"program": "a|b.c"}]}')).toMatchObject({
    named: "program",
    value: "ab.c",
    replaced: "ab.c",
    isQuoted: true,
  });
  expect(at("scenario", '{"environments": [{"program": |}]}')).toMatchObject({
    named: "program",
    value: "",
    isQuoted: false,
  });
  expect(at("scenario", '{"environments": [{"program": "|')).toMatchObject({ named: "program" });
  expect(at("scenario", '{"disk": {"files": {"/bin/sh": "|"}}}')?.named).toBe("any");
  expect(at("scenario", '{"disk": {"files": {"/bin/sh": {"program": "|"}}}}')?.named).toBe(
    "program",
  );
  expect(at("scenario", '{"environments": [{"na|me": "x"}]}')).toBeUndefined();
  expect(at("scenario", '{"environments": [{"name": "|"}]}')).toBeUndefined();
  expect(at("scenario", '{"description": "program |"}')).toBeUndefined();
});

test("a mark is looked for in the source that stands beside it, or in that of its step", () => {
  const step = (inside: string) => `{"steps": [{"file": "../a/a.c", ${inside}}]}`;
  expect(at("lesson", step('"marker": "|"'))).toMatchObject({ named: "mark", source: "../a/a.c" });
  expect(at("lesson", step('"then": {"marker": "|"}'))).toMatchObject({ source: "../a/a.c" });
  expect(at("lesson", step('"then": {"file": "b.c", "marker": "|"}'))).toMatchObject({
    source: "b.c",
  });
  const free = at("grade", '{"tests": [{"conditions": [{"happens": {"marker": "|"}}]}]}');
  expect(free?.named).toBe("mark");
  expect(free).not.toHaveProperty("source");
});

test("environments are named in conditions, and not in what a lesson calls its own", () => {
  expect(at("grade", '{"tests": [{"conditions": [{"happens": {"env": "|"}}]}]}')?.named).toBe(
    "environment",
  );
  expect(at("lesson", '{"check": [{"never": {"event": "offered", "to": "|"}}]}')?.named).toBe(
    "environment",
  );
  expect(at("lesson", '{"parameters": {"to": ["|"]}}')).toBeUndefined();
  expect(environmentsOf('{"environments": [{"name": "x"}, {"program": "d/y.c"}, {}]}')).toEqual([
    "x",
    "y",
  ]);
  expect(environmentsOf("{")).toEqual([]);
});

test("every file that a text names is found, with the place of its name", () => {
  const text =
    '{"scenario": "a.exo.json", "next": "w2.lesson.json", "steps": [{"file": "b.c", "title": "c.c"}]}';
  const found = filesIn("lesson", text);
  expect(found.map(({ named, start, end }) => [named, text.slice(start, end)])).toEqual([
    ["runnable", "a.exo.json"],
    ["lesson", "w2.lesson.json"],
    ["source", "b.c"],
  ]);
  expect(filesIn("scenario", "{ not json")).toEqual([]);
});

test("marks are those on lines of their own kind, each once", () => {
  expect(marksOf('a(); //@step one\nb(); //@step two \n//@step one\n"//@step not this"')).toEqual([
    "one",
    "two",
  ]);
});

test("a name is completed with files of its kind only", () => {
  expect(
    ["a.c", "a.exo.json", "a.elf", "a.h", "a.lesson.json"].filter((path) => isOf("program", path)),
  ).toEqual(["a.c", "a.elf"]);
  expect(isOf("runnable", "a.exo.json")).toBe(true);
  expect(isOf("any", "a.lesson.json")).toBe(false);
});
