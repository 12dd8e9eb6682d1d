/** Places of guards in the kernel's source, made from the sources as they are. */
import { expect, test } from "vitest";
import { CALLS, WEAKENABLE_GUARDS } from "#exokernel";
import { kernelSource, readKernelSource } from "../tools/kernel-source.mjs";

const source = readKernelSource();

test("every guard has a place: a line that begins it, and the condition that stands there", () => {
  const names = Object.keys(source.guards);
  expect(names.length).toBeGreaterThan(40);
  for (const [name, { file, line, text }] of Object.entries(source.guards)) {
    const lines = (source.files[file] ?? "").split("\n").slice(line - 1, line + 12);
    expect(lines[0], name).toMatch(/^\s*(guard|need)\(|\bunless\(|guard: "/);
    expect(lines.join(" "), name).toContain(`"${name}"`);
    expect(lines.join(" ").replace(/\s+/g, " "), name).toContain(text);
  }
  expect(source.guards["rights do not grow"]?.text).toBe("(rights & ~held) === 0");
});

test("every call has the lines of its decode and its invoke", () => {
  expect(Object.keys(source.calls).sort()).toEqual(Object.keys(CALLS).sort());
  for (const { file, decode, invoke } of Object.values(source.calls)) {
    const lines = (source.files[file] ?? "").split("\n");
    expect(lines[decode - 1]).toMatch(/^ {2}decode: /);
    expect(lines[invoke - 1]).toMatch(/^ {2}invoke: /);
  }
});

test("the guards that a scenario may weaken are exactly those that are not structural", () => {
  const loose = Object.entries(source.guards).filter(([, { isStructural }]) => !isStructural);
  expect(loose.map(([name]) => name).sort()).toEqual([...WEAKENABLE_GUARDS].sort());
});

test("a name that comes twice, or is no literal, is refused with both places", () => {
  const twice = 'guard(call, "a", true, "INVAL", "");\nneed(call, "a", true, "INVAL", "");';
  expect(() => kernelSource({ "exokernel/x.ts": twice })).toThrow(
    "Guards need unique literal names: 'a' is at exokernel/x.ts:1 and at exokernel/x.ts:2.",
  );
  expect(() => kernelSource({ "exokernel/x.ts": "guard(call, name, true)" })).toThrow(
    "the guard at exokernel/x.ts:1 has no literal name",
  );
});
