import { expect, test } from "vitest";
import { changeCounts, differences, type Fact } from "./changes.ts";

interface Item {
  readonly name: string;
  readonly size: number;
  readonly color: string;
}
const item = (name: string, size = 1, color = "red"): Item => ({ name, size, color });
const FACTS: readonly Fact<Item>[] = [
  { name: "size", value: ({ size }) => `${size}`, isShort: true },
  { name: "color", value: ({ color }) => color },
];
const compare = (before: Item[] | undefined, now: Item[]) =>
  differences(before, now, ({ name }) => name, FACTS);

test("without an earlier picture nothing is marked", () => {
  expect(compare(undefined, [item("a")])).toEqual({ of: new Map(), gone: [] });
});

test("an item is new, changed, gone or unmarked, and a change says what", () => {
  const gone = item("gone");
  const { of, gone: lost } = compare(
    [item("same"), item("grown", 1), item("painted"), gone],
    [item("same"), item("grown", 3), item("painted", 1, "blue"), item("new")],
  );
  expect(Object.fromEntries(of)).toEqual({
    grown: { kind: "changed", words: ["size 1 -> 3"] },
    painted: { kind: "changed", words: ["color"] },
    new: { kind: "new", words: [] },
    gone: { kind: "gone", words: [] },
  });
  expect(lost).toEqual([gone]);
});

test("counts name only the kinds that occur", () => {
  const { of } = compare([item("a")], [item("a", 2), item("b"), item("c")]);
  expect(changeCounts(of.values())).toBe("2 new, 1 changed");
  expect(changeCounts([undefined])).toBe("");
});
