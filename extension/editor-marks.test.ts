import { expect, test } from "vitest";
import { entryMarks, refusalMark } from "./editor-marks.ts";
import { environment } from "./testing/kernel-state.ts";

const place = { path: "/project/client.c", line: 12 };

test("a refused call's line says the error and why; its hover names the guard and the step", () => {
  const refusal = {
    text: "",
    call: "bind",
    error: "EXO_E_RIGHTS",
    guard: "rights do not grow",
    because: "slot 20 has r----",
    position: { branch: 0, step: 12_345, event: 9 },
  };
  expect(refusalMark({ refusal: { ...refusal, place } })).toMatchObject({
    place,
    text: "bind refused: EXO_E_RIGHTS, slot 20 has r----",
    hover: expect.stringMatching(/`EXO_E_RIGHTS` at step 12,345[\s\S]*Guard: rights do not grow/),
  });
  expect(refusalMark({ refusal })).toBeUndefined();
  expect(refusalMark({})).toBeUndefined();
});

test("a line that the kernel enters for several causes has one mark with all of them", () => {
  const entries = [
    { name: "store page fault", pc: "0x10100", place },
    { name: "load page fault", pc: "0x10100", place },
    { name: "begin of a slice", pc: "0x10200" },
  ];
  const exceptionEntry = { pc: "0x10100", place };
  expect(entryMarks(environment({ entries, exceptionEntry }))).toEqual([
    {
      kind: "entry",
      place,
      text: "upcall enters client here: store page fault, load page fault, every other exception",
      hover: expect.stringContaining("- load page fault"),
    },
  ]);
});
