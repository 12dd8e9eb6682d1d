import { expect, test } from "vitest";
import { filtered } from "./filter.ts";
import { asText, chunked, type Row } from "./row.ts";

const row = (label: string, children?: readonly Row[]): Row => ({
  id: label,
  label,
  tooltip: () => "",
  icon: "dash",
  context: "",
  ...(children === undefined ? {} : { children: () => children }),
});
const rows = [
  row("client", [row("page 0x10", [row("mapping rw-")]), row("page 0x20")]),
  row("server", [row("page 0x30")]),
];

test("rows that have the word stay, with what they stand under, whatever the letters' case", () => {
  expect(asText(filtered(rows, " PAGE 0x2 "))).toBe("client\n  page 0x20\n");
  expect(asText(filtered(rows, "nowhere"))).toBe("");
  expect(filtered(rows, "")).toBe(rows);
});

test("below a row that has the word everything stays", () => {
  expect(asText(filtered(rows, "0x10"))).toBe("client\n  page 0x10\n    mapping rw-\n");
});

test("what stands above a hit is unfolded, by an id of its own so that it folds again later", () => {
  const [above] = filtered(rows, "0x20");
  expect(above).toMatchObject({ id: "client?0x20", isOpen: true });
  expect(above?.children?.()[0]?.id).toBe("page 0x20");
});

test("a range of a long list is no hit by its name, and many hits are not unfolded", () => {
  const many = chunked(
    Array.from({ length: 1000 }, (_, i) => row(`page ${i}`)),
    "many",
  );
  expect(asText(filtered(many, "page 150"))).toBe("page 100 .. page 199  100 rows\n  page 150\n");
  expect(filtered(many, "page").every(({ isOpen }) => isOpen !== true)).toBe(true);
});
