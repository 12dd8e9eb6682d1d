import fc from "fast-check";
import { expect, test } from "vitest";
import { Cursor } from "./cursor.ts";
import { joinPath } from "./paths.ts";
import { DwarfDataError, Problems } from "./problems.ts";

function unsignedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest >= -64n && rest < 64n) return [...bytes, Number(rest & 127n)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const cursor = (...bytes: number[]) => new Cursor(".test", new Uint8Array(bytes));

test("every unsigned number survives LEB128", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 60n }), (value) => {
      const bytes = unsignedLeb(value);
      expect(cursor(...bytes).ulebBig()).toBe(value);
      if (value <= Number.MAX_SAFE_INTEGER) expect(cursor(...bytes).uleb()).toBe(Number(value));
    }),
  );
});

test("every signed number survives LEB128", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(cursor(...signedLeb(value)).slebBig()).toBe(value);
    }),
  );
});

test("a LEB128 number without end is malformed, not a loop", () => {
  const endless = Array(100).fill(0x80);
  expect(() => cursor(...endless).uleb()).toThrow(DwarfDataError);
  expect(() => cursor(...endless).slebBig()).toThrow(DwarfDataError);
});

test("a read beyond the end names section and offset", () => {
  const short = cursor(1, 2, 3);
  short.skip(2);
  expect(() => short.u32()).toThrow("4 bytes at offset 0x2 of .test lie beyond its end at 0x3");
  expect(() => cursor(65, 66).string()).toThrow(DwarfDataError);
  expect(short.position).toBe(2);
});

test("numbers are little-endian", () => {
  expect(cursor(1, 2, 3).u24()).toBe(0x030201);
  expect(cursor(0xfe, 0xff, 0xff, 0xff).i32()).toBe(-2);
  expect(cursor(1, 0, 0, 0, 0, 0, 0, 0x80).u64()).toBe(0x8000000000000001n);
});

test("a length of 0xffffffff announces the 64-bit format", () => {
  const bytes = [0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
  expect(cursor(...bytes).initialLength()).toEqual({ end: 16, offsetSize: 8, isClipped: false });
  expect(cursor(9, 0, 0, 0, 1).initialLength()).toEqual({ end: 5, offsetSize: 4, isClipped: true });
});

test.each([
  [["/project", "src", "a.c"], "/project/src/a.c"],
  [["/project", "/usr/include", "a.h"], "/usr/include/a.h"],
  [["/project/build", "../src/./a.c"], "/project/src/a.c"],
  [["C:\\guest", "lib\\a.c"], "C:/guest/lib/a.c"],
  [["/", "a.c"], "/a.c"],
  [["", "a.c"], "a.c"],
  [["..", "a.c"], "../a.c"],
  [["/project", "../../../a.c"], "/a.c"],
])("the path of %j is %s", (parts, path) => {
  expect(joinPath(...parts)).toBe(path);
});

test("a problem is told once, and there are not too many of them", () => {
  const problems = new Problems();
  for (let index = 0; index < 1000; index++) problems.report(`problem ${index % 80}`);
  expect(problems.sentences).toHaveLength(51);
  expect(problems.sentences.at(-1)).toBe("There are more problems of this kind.");
});

test("our own mistakes aren't taken for malformed data", () => {
  const problems = new Problems();
  const broken = () => {
    throw new TypeError("a bug");
  };
  expect(() => problems.guard("Something", 0, broken)).toThrow("a bug");
  expect(problems.guard("Something", 7, () => cursor().u8())).toBe(7);
  expect(problems.sentences[0]).toMatch(/^Something: 1 bytes at offset 0x0 of .test/);
});
