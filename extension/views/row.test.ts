import { expect, test } from "vitest";
import { asText, changedGroup, chunked, escaped, pathTo, type Row, spoken } from "./row.ts";

const row = (id: string, fields: Partial<Row> = {}): Row => ({
  id,
  label: id,
  tooltip: () => "",
  icon: "file",
  context: "",
  ...fields,
});
const rows = (count: number): Row[] => Array.from({ length: count }, (_, i) => row(`r${i}`));

test("a short list stays as it is", () => {
  const list = rows(100);
  expect(chunked(list, "x")).toBe(list);
});

test.each([101, 4096, 10_001])("%d rows never stand side by side, and none is lost", (count) => {
  const folded = chunked(rows(count), "x");
  const leaves: string[] = [];
  const ids = new Set<string>();
  const visit = (list: readonly Row[]) => {
    expect(list.length).toBeLessThanOrEqual(100);
    for (const { id, children } of list) {
      expect(ids.has(id)).toBe(false);
      ids.add(id);
      if (children === undefined) leaves.push(id);
      else visit(children());
    }
  };
  visit(folded);
  expect(leaves).toEqual(rows(count).map(({ id }) => id));
});

test("a range says how many of its rows are new", () => {
  const list = rows(150).map((each, i) =>
    i === 120 ? { ...each, change: { kind: "new" as const, words: [] } } : each,
  );
  expect(chunked(list, "x").map(({ description }) => description)).toEqual([
    "100 rows",
    "1 new · 50 rows",
  ]);
});

test("the group of changes repeats rows under ids of its own, and is missing when nothing changed", () => {
  const [group] = changedGroup("g", 10, () => [row("a")], [{ kind: "new", words: [] }]);
  expect(group).toMatchObject({ label: "Since the last stop", description: "1 new", isOpen: true });
  expect(group!.children!().map(({ id }) => id)).toEqual(["g/a"]);
  expect(changedGroup("g", 10, () => [], [])).toEqual([]);
});

test("the way to a row leads through its parents", () => {
  const tree = [row("a"), row("b", { children: () => [row("c", { children: () => [row("d")] })] })];
  expect(pathTo(tree, ({ id }) => id === "d")?.map(({ id }) => id)).toEqual(["b", "c", "d"]);
  expect(pathTo(tree, ({ id }) => id === "e")).toBeUndefined();
});

test("the text twin has every row, indented", () => {
  const tree = [row("a", { description: "x · y", isFocused: true, children: () => [row("b")] })];
  expect(asText(tree)).toBe("a  x · y  (in focus)\n  b\n");
});

test("a screen reader hears pauses instead of dots", () => {
  expect(spoken(row("a", { description: "new · rw-", isFocused: true }))).toBe(
    "a, new, rw-, in focus",
  );
});

test("names that are not ours are literal in tooltips", () => {
  expect(escaped("my_[prog](x)")).toBe("my\\_\\[prog\\]\\(x\\)");
});
