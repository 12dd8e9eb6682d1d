import { expect, test } from "vitest";
import { typeName } from "../dwarf/debug-info.ts";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { type ChildRange, childCounts, childrenOf } from "./children.ts";
import { evaluate } from "./evaluate.ts";
import { formatValue } from "./format.ts";
import type { Value } from "./value.ts";

const frame = stopAt(FIXTURE, "// stop").frame();

function evaluated(text: string): Value {
  const result = evaluate(text, frame);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

function children(text: string, range?: ChildRange): string[] {
  return childrenOf(evaluated(text), frame, range).map(
    ({ name, value }) => `${name}: ${formatValue(value, frame)}`,
  );
}

test("a struct has its members, those of anonymous members among them", () => {
  expect(children("outer")).toEqual([
    expect.stringMatching(/^node: \{value = 1, name = "in", next = 0x[\da-f]{8}\}$/),
    "numbers: [7, 8]",
  ]);
  expect(children("anonymous")).toEqual([
    "kind: 1",
    "number: 2",
    "fraction: 3e-45",
    "red: 2",
    "green: 0",
  ]);
  expect(childCounts(evaluated("anonymous"), frame)).toEqual({ named: 5, indexed: 0 });
});

test("bit fields are members like any other", () => {
  expect(children("fields")).toEqual([
    "low: 5",
    "middle: -3",
    "wide: 74565",
    "flag: true",
    "color: BLUE",
  ]);
});

test("an array has elements, of which a page may be asked for", () => {
  expect(childCounts(evaluated("numbers"), frame)).toEqual({ named: 0, indexed: 5 });
  expect(children("numbers", { start: 1, count: 2 })).toEqual(["[1]: 20", "[2]: 30"]);
  expect(children("numbers", { start: 4, count: 9 })).toEqual(["[4]: 50"]);
  expect(children("numbers", { start: 9 })).toEqual([]);
  expect(children("grid")).toEqual(["[0]: [1, 2, 3]", "[1]: [4, 5, 6]"]);
  expect(children("vla")).toEqual(["[0]: 0", "[1]: 1", "[2]: 4", "[3]: 9"]);
});

test("a huge array is no work before a page of it is looked at", () => {
  const huge = evaluated("(char *)0x10000,1000000000");
  expect(childCounts(huge, frame).indexed).toBe(1_000_000_000);
  expect(childrenOf(huge, frame, { start: 999_999_998, count: 100 })).toHaveLength(2);
  expect(childrenOf(huge, frame)).toHaveLength(4096);
});

test("a pointer to a struct has the struct's members", () => {
  expect(children("node")).toEqual([
    "value: 1",
    'name: "first"',
    expect.stringMatching(/^next: 0x/),
  ]);
});

test("a pointer to anything else has what it points to", () => {
  expect(children("&counter")).toEqual(["*&counter: 7"]);
  expect(children("wild_number")).toEqual(["*wild_number: <page not bound: 0x40000000>"]);
});

test.each([
  "text",
  "vague",
  "handler_pointer",
  "none",
  "node->next->next",
  "opaque",
  "number",
  "main",
])("%s has no children", (text) => {
  expect(children(text)).toEqual([]);
  expect(childCounts(evaluated(text), frame)).toEqual({ named: 0, indexed: 0 });
});

test("what is asked for in hexadecimal has hexadecimal children", () => {
  expect(children("outer,x").at(-1)).toBe("numbers: [0x7, 0x8]");
  expect(children("numbers,x", { count: 1 })).toEqual(["[0]: 0xa"]);
});

test.each([
  "node",
  "*node",
  "outer",
  "outer_pointer",
  "anonymous",
  "fields",
  "grid",
  "both",
  "table",
  "double_pointer",
  "&numbers[1]",
  "(struct node *)node",
  "outer_pointer->node.next",
  "numbers + 1,3",
  "octets,x",
  "$sp ? node : 0",
])("each child of %s is found again by its expression, three levels down", (text) => {
  const check = (value: Value, depth: number) => {
    for (const { value: child, evaluateName } of childrenOf(value, frame)) {
      const again = evaluate(evaluateName!, frame);
      if (!again.ok) throw new Error(`${evaluateName}: ${again.message}`);
      expect(again.value.place).toEqual(child.place);
      expect(typeName(again.value.type)).toBe(typeName(child.type));
      expect(again.value.bits).toEqual(child.bits);
      if (depth > 1) check(child, depth - 1);
    }
  };
  const value = evaluated(text);
  expect(childrenOf(value, frame).length).toBeGreaterThan(0);
  check(value, 3);
});
