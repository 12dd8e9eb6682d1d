import { beforeEach, expect, test } from "vitest";
import * as vscode from "vscode";
import { type RecordedSession, recordingName, saveRecording } from "./save-recording.ts";
import { stub } from "./testing/vscode-stub.ts";

let requests: unknown[][];
beforeEach(() => {
  requests = [];
  stub.messages.length = 0;
  stub.answers.length = 0;
  stub.asked.length = 0;
});

function sessionOf(answer: () => object): RecordedSession {
  return {
    type: "exoscope",
    configuration: { type: "exoscope", request: "launch", name: "x", program: "/w/sub/hello.c" },
    workspaceFolder: { uri: vscode.Uri.file("/w"), name: "w", index: 0 },
    customRequest: async (...call: unknown[]) => {
      requests.push(call);
      return answer();
    },
  };
}

test.each([
  [0, false],
  [1, true],
])("answer %i to the question about programs: withPrograms is %s", async (answer, withPrograms) => {
  stub.answers.push(answer, vscode.Uri.file("/w/mine"));
  await saveRecording(sessionOf(() => ({ path: "/w/mine.exorec", bytes: 1234 })));
  expect(requests).toEqual([["exo/record", { path: "/w/mine.exorec", withPrograms }]]);
  expect(stub.asked[1]).toMatchObject({ defaultUri: { path: "/w/hello.exorec" } });
  expect(stub.messages).toEqual([
    "mine.exorec is saved (1 KB). Open it and press F5 to be at its beginning again.",
  ]);
});

test("whoever declines either question has saved nothing", async () => {
  await saveRecording(sessionOf(() => ({})));
  stub.answers.push(1, undefined);
  await saveRecording(sessionOf(() => ({})));
  expect(requests).toEqual([]);
  expect(stub.messages).toEqual([]);
});

test("what the adapter refuses is said as it says it", async () => {
  stub.answers.push(0, vscode.Uri.file("/full/x.exorec"));
  await saveRecording(
    sessionOf(() => {
      throw new Error("'/full/x.exorec' cannot be written (ENOSPC).");
    }),
  );
  stub.answers.push(0, vscode.Uri.from({ scheme: "web", path: "/x.exorec" }));
  await saveRecording(sessionOf(() => ({})));
  await saveRecording(undefined);
  expect(stub.messages).toEqual([
    "error: '/full/x.exorec' cannot be written (ENOSPC).",
    expect.stringMatching(/^error: .*'web:\/\/\/x\.exorec' is none\.$/),
    expect.stringMatching(/^There is no session to save/),
  ]);
  expect(requests).toHaveLength(1);
});

test.each([
  ["/w/hello.c", "hello.exorec"],
  ["C:\\w\\ping-pong.exo.json", "ping-pong.exorec"],
  ["/w/old.exorec", "old.exorec"],
  ["", "session.exorec"],
])("a recording of %s is called %s", (program, name) => {
  expect(recordingName(program)).toBe(name);
});
