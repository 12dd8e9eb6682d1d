import { expect, test } from "vitest";
import { NewsReader } from "./session-news.ts";

test.each([
  "continue",
  "next",
  "stepIn",
  "stepOut",
  "stepBack",
  "reverseContinue",
  "configurationDone",
])("the machine runs from the request '%s' on", (command) => {
  expect(new NewsReader().fromClient({ type: "request", command, seq: 1 })).toEqual({
    kind: "running",
  });
});

test("a session that has loaded another program is told from one that begins", () => {
  const reader = new NewsReader();
  const initialized = { type: "event", event: "initialized" };
  expect(reader.fromAdapter(initialized)).toBeUndefined();
  const args = { program: "/w/b.c" };
  const relaunch = { type: "request", command: "exo/relaunch", seq: 3, arguments: args };
  expect(reader.fromClient(relaunch)).toBeUndefined();
  expect(reader.fromAdapter(initialized)).toEqual({ kind: "relaunched", program: "/w/b.c" });
  expect(reader.fromAdapter(initialized)).toBeUndefined();
});

test("a refused request to run leaves it where it stood", () => {
  const message = { type: "response", command: "stepBack", request_seq: 1, success: false };
  expect(new NewsReader().fromAdapter(message)).toEqual({ kind: "stayed" });
  expect(new NewsReader().fromAdapter({ ...message, success: true })).toBeUndefined();
});

test("frames are those of the thread and the position that were asked for", () => {
  const reader = new NewsReader();
  reader.fromClient({
    type: "request",
    command: "stackTrace",
    seq: 7,
    arguments: { threadId: 514, startFrame: 1 },
  });
  const frames = [
    { id: 11, name: "upcall: store page fault at 0x40000020", presentationHint: "label" },
    { id: 12, name: "main" },
  ];
  const answer = {
    type: "response",
    command: "stackTrace",
    request_seq: 7,
    success: true,
    body: { stackFrames: frames },
  };
  expect(reader.fromAdapter(answer)).toEqual({
    kind: "frames",
    threadId: 514,
    start: 1,
    frames: [
      { id: 11, name: "upcall: store page fault at 0x40000020", isBoundary: true },
      { id: 12, name: "main", isBoundary: false },
    ],
  });
  expect(reader.fromAdapter(answer)).toBeUndefined();
});

test.each([
  ["stopped", { threadId: 514 }, { kind: "stopped", threadId: 514 }],
  ["stopped", {}, { kind: "stopped" }],
  ["continued", { threadId: 514 }, { kind: "running" }],
  ["exo/console", { text: "hello\n" }, { kind: "console", text: "hello\n" }],
  ["exo/diagnostics", { diagnostics: [] }, { kind: "diagnostics", diagnostics: [] }],
  ["exited", { exitCode: 3 }, { kind: "exited", status: 3 }],
  ["terminated", undefined, { kind: "ended" }],
  ["output", { text: "x" }, undefined],
])("the event '%s' with %j", (event, body, expected) => {
  expect(new NewsReader().fromAdapter({ type: "event", event, body })).toEqual(expected);
});
