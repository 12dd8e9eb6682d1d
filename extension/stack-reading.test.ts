import { expect, test } from "vitest";
import {
  environmentOfFrame,
  type Frame,
  isInHandler,
  isInterruptedFrame,
} from "./stack-reading.ts";

const stack = (...names: string[]): Frame[] =>
  names.map((name, id) => ({ id, name, isBoundary: /^(upcall:|protected)/.test(name) }));

const inServer = stack(
  "add",
  "serve",
  "protected control transfer from client (env 514)",
  "rpc_call",
  "upcall: end of a slice",
  "main",
);

test.each([
  [0, 771],
  [1, 771],
  [3, 514],
  [5, 514],
])("frame %d of a server's stack belongs to environment %d", (frame, expected) => {
  expect(environmentOfFrame(inServer, frame, 771)).toBe(expected);
});

test("a frame that is not in the stack belongs to its thread", () => {
  expect(environmentOfFrame(inServer, 99, 771)).toBe(771);
});

test("a function whose name looks like a boundary is none", () => {
  const frames = [{ id: 0, name: "upcall: mine", isBoundary: false }, ...stack("main")];
  expect(isInHandler(frames)).toBe(false);
});

test("a handler stands above an upcall's boundary, what it interrupted below", () => {
  const frames = stack("on_page_fault", "upcall: store page fault at 0x40000020", "main");
  expect(isInHandler(frames)).toBe(true);
  expect(frames.map(({ id }) => isInterruptedFrame(frames, id))).toEqual([false, false, true]);
  expect(isInHandler(stack("main"))).toBe(false);
});
