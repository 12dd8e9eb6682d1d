import { expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { prepare } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import type { RecordedMark } from "../recording/recording.ts";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";
import { saveRecording } from "./recordings.ts";

test("a recording that could not be opened again is not saved", async () => {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const debuggee = await prepare({ program: `${WORKSPACE}/hello.c` }, nodeHost, builder);
  const save = (name: unknown) => {
    const mark = { name, note: "", branch: 1, at: debuggee.timeline.now } as RecordedMark;
    const written: string[] = [];
    const host = { ...nodeHost, writeFile: (path: string) => written.push(path) };
    const time = { recordedMarks: () => [mark] } as unknown as Parameters<typeof saveRecording>[1];
    saveRecording(debuggee, time, { path: "/nowhere/a.exorec" }, host);
    return written;
  };
  expect(save("here")).toEqual(["/nowhere/a.exorec"]);
  expect(() => save(5)).toThrow(
    /^The recording was not saved, since it could not be opened again; .*'marks\[0\]\.name' must be a string/,
  );
});
