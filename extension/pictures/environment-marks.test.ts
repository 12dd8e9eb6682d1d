import { expect, test } from "vitest";
import { environmentMark, environmentMarks, HATCHES, HUES } from "./environment-marks.ts";

const item = (index: number, isLauncher = false) => ({
  id: 256 + index,
  index,
  name: `program ${index}`,
  isLauncher,
});

test("programs are lettered by their records, and the launcher is a star at the end", () => {
  const marks = environmentMarks([item(1, true), item(3), item(2)]);
  expect(marks.map(({ letter }) => letter)).toEqual(["A", "B", "*"]);
});

test("of 64 environments no two have the same letter, and of 24 no two the same hue and hatch", () => {
  const marks = Array.from({ length: 64 }, (_, i) => environmentMark(item(i + 2)));
  expect(new Set(marks.map(({ letter }) => letter)).size).toBe(64);
  const looks = marks.slice(0, 24).map(({ hue, hatch }) => `${hue} ${hatch}`);
  expect(new Set(looks).size).toBe(24);
});

test("the first eight are told apart by their hatch alone", () => {
  const marks = Array.from({ length: 8 }, (_, i) => environmentMark(item(i + 2)));
  expect(new Set(marks.map(({ hatch }) => hatch)).size).toBe(HATCHES.length);
  expect(HUES).toHaveLength(6);
});
