import { expect, test } from "vitest";
import type { Frame } from "./stack-reading.ts";
import { lineOfMarker, type Progress, progressAt } from "./walkthrough.ts";

const stack = (...names: string[]): Frame[] =>
  names.map((name, id) => ({ id, name, isBoundary: name.startsWith("upcall:") }));
const main = stack("main");
const handler = stack("on_page_fault", "upcall: store page fault at 0x40000020", "main");

test.each<[string, Frame[], Progress[], Progress[]]>([
  ["a stop in main", main, [], ["stoppedInMain"]],
  ["a stop in the handler", handler, ["stoppedInMain"], ["stoppedInHandler"]],
  [
    "main after the handler",
    main,
    ["stoppedInMain", "stoppedInHandler"],
    ["stoppedInMain", "cameBack"],
  ],
  ["a stop elsewhere", stack("printf", "main"), [], []],
])("%s completes its step", (_, frames, reached, expected) => {
  expect(progressAt(frames, new Set(reached))).toEqual(expected);
});

test("a marker's line is found by its comment", () => {
  expect(lineOfMarker("int x;\nx = 1; //@step store\n", "store")).toBe(1);
  expect(lineOfMarker("int x;\n", "store")).toBe(-1);
});
