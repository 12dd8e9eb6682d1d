import { describe, expect, test } from "vitest";
import { OP } from "./constants.ts";
import { type ExpressionContext, evaluatePlace, evaluateValue } from "./expression.ts";
import { partOf, readBytes } from "./places.ts";
import { binary, convert, generic, typed, unary } from "./stack-values.ts";

const memory = new Map([[0x1000, [0x78, 0x56, 0x34, 0x12, 0xef, 0xcd, 0xab, 0x89]]]);

const context: ExpressionContext = {
  unit: undefined,
  readRegister: (register) => (register === 31 ? undefined : 0x100 * register),
  readMemory: (address, size) => {
    const bytes = memory.get(address);
    return bytes && new Uint8Array(bytes.slice(0, size));
  },
  frameBase: () => 0x8000,
  cfa: () => 0x9000,
  entryValue: (bytes) => (bytes[0] === OP.reg0 + 10 ? generic(7) : "known only at the entry"),
  procedure: () => undefined,
  baseType: () => undefined,
};

const place = (...bytes: number[]) => evaluatePlace(new Uint8Array(bytes), context);
const value = (...bytes: number[]) => {
  const result = evaluateValue(new Uint8Array(bytes), context);
  return typeof result === "string" ? result : BigInt.asIntN(32, result.value);
};
const lit = (n: number) => OP.lit0 + n;

test.each`
  operations                                                      | expected                                            | because
  ${[OP.addr, 0x78, 0x56, 0x34, 0x12]}                            | ${{ kind: "memory", address: 0x12345678 }}          | ${"an address is the place of an object"}
  ${[OP.fbreg, 0x70]}                                             | ${{ kind: "memory", address: 0x7ff0 }}              | ${"fbreg is relative to the frame base"}
  ${[OP.breg0 + 2, 0x10]}                                         | ${{ kind: "memory", address: 0x210 }}               | ${"breg2 is relative to sp"}
  ${[OP.bregx, 3, 0x7f]}                                          | ${{ kind: "memory", address: 0x2ff }}               | ${"bregx names its register"}
  ${[OP.call_frame_cfa, OP.plus_uconst, 4]}                       | ${{ kind: "memory", address: 0x9004 }}              | ${"the canonical frame address is known"}
  ${[OP.reg0 + 10]}                                               | ${{ kind: "register", register: 10 }}               | ${"the object is in a register"}
  ${[OP.regx, 42]}                                                | ${{ kind: "register", register: 42 }}               | ${"regx names its register"}
  ${[lit(5), OP.stack_value]}                                     | ${{ kind: "value", value: 5n }}                     | ${"the object has a value and no place"}
  ${[OP.consts, 0x7f, OP.stack_value]}                            | ${{ kind: "value", value: -1n }}                    | ${"a constant keeps its sign"}
  ${[OP.constu, 0x80, 0x80, 0x80, 0x80, 0x80, 1, OP.stack_value]} | ${{ kind: "value", value: 2n ** 35n }}              | ${"a constant keeps more than 32 bits"}
  ${[OP.implicit_value, 2, 1, 2]}                                 | ${{ kind: "bytes", bytes: new Uint8Array([1, 2]) }} | ${"the object's bytes are in the expression"}
  ${[OP.entry_value, 1, OP.reg0 + 10, OP.stack_value]}            | ${{ kind: "value", value: 7n }}                     | ${"the value at the entry is known"}
  ${[OP.GNU_entry_value, 1, OP.reg0 + 10, OP.stack_value]}        | ${{ kind: "value", value: 7n }}                     | ${"GNU's entry value is the same"}
  ${[OP.addr, 0, 0x10, 0, 0, OP.deref]}                           | ${{ kind: "memory", address: 0x12345678 }}          | ${"deref reads an address"}
  ${[lit(1), lit(2), OP.minus]}                                   | ${{ kind: "memory", address: 0xffff_ffff }}         | ${"arithmetic wraps at 32 bits"}
`("$because", ({ operations, expected }) => {
  expect(place(...operations)).toEqual(expected);
});

test.each`
  operations                                              | expected
  ${[lit(3), lit(4), OP.plus]}                            | ${7n}
  ${[lit(3), lit(4), OP.minus]}                           | ${-1n}
  ${[lit(3), lit(4), OP.mul]}                             | ${12n}
  ${[OP.const1s, 0xf9, lit(2), OP.div]}                   | ${-3n}
  ${[lit(17), lit(5), OP.mod]}                            | ${2n}
  ${[lit(12), lit(10), OP.and]}                           | ${8n}
  ${[lit(12), lit(10), OP.or]}                            | ${14n}
  ${[lit(12), lit(10), OP.xor]}                           | ${6n}
  ${[lit(1), lit(31), OP.shl]}                            | ${-(2n ** 31n)}
  ${[OP.const1s, 0xff, lit(28), OP.shr]}                  | ${15n}
  ${[OP.const1s, 0xf0, lit(2), OP.shra]}                  | ${-4n}
  ${[OP.const2s, 0xfe, 0xff, OP.abs]}                     | ${2n}
  ${[lit(2), OP.neg]}                                     | ${-2n}
  ${[lit(0), OP.not]}                                     | ${-1n}
  ${[OP.const4s, 0xfe, 0xff, 0xff, 0xff, lit(1), OP.lt]}  | ${1n}
  ${[OP.const4u, 0xfe, 0xff, 0xff, 0xff, lit(1), OP.gt]}  | ${0n}
  ${[lit(1), lit(1), OP.eq]}                              | ${1n}
  ${[lit(1), lit(1), OP.ne]}                              | ${0n}
  ${[lit(2), lit(1), OP.ge]}                              | ${1n}
  ${[lit(2), lit(1), OP.le]}                              | ${0n}
  ${[lit(1), lit(2), OP.dup, OP.plus]}                    | ${4n}
  ${[lit(1), lit(2), OP.drop]}                            | ${1n}
  ${[lit(1), lit(2), OP.over]}                            | ${1n}
  ${[lit(1), lit(2), lit(3), OP.pick, 2]}                 | ${1n}
  ${[lit(1), lit(2), OP.swap]}                            | ${1n}
  ${[lit(1), lit(2), lit(3), OP.rot]}                     | ${2n}
  ${[lit(1), lit(2), lit(3), OP.rot, OP.drop]}            | ${1n}
  ${[OP.const2u, 0, 0x10, OP.deref_size, 2]}              | ${0x5678n}
  ${[OP.const8u, 1, 0, 0, 0, 0, 0, 0, 0]}                 | ${1n}
  ${[OP.const8s, 255, 255, 255, 255, 255, 255, 255, 255]} | ${-1n}
  ${[lit(1), OP.bra, 1, 0, lit(9), lit(8)]}               | ${8n}
  ${[lit(0), OP.bra, 1, 0, lit(9), lit(8), OP.plus]}      | ${17n}
  ${[lit(1), OP.skip, 1, 0, lit(9), OP.nop]}              | ${1n}
  ${[OP.reg0 + 3]}                                        | ${0x300n}
`("$operations computes $expected", ({ operations, expected }) => {
  expect(value(...operations)).toBe(expected);
});

test.each`
  operations                               | reason
  ${[]}                                    | ${/optimised away/}
  ${[lit(1), lit(0), OP.div]}              | ${/divides by zero/}
  ${[lit(1), lit(0), OP.mod]}              | ${/divides by zero/}
  ${[OP.skip, 0xfd, 0xff]}                 | ${/doesn't end/}
  ${[lit(1), OP.dup, OP.skip, 0xfc, 0xff]} | ${/too much stack/}
  ${[OP.skip, 0x10, 0]}                    | ${/leaves the expression/}
  ${[OP.plus]}                             | ${/more from its stack/}
  ${[OP.pick, 9]}                          | ${/more from its stack/}
  ${[OP.addr, 1]}                          | ${/beyond its end/}
  ${[OP.breg0 + 31, 0]}                    | ${/register 31 wasn't saved/}
  ${[lit(0), OP.deref]}                    | ${/no memory at 0x0/}
  ${[lit(0), OP.deref_size, 200]}          | ${/read of 200 bytes/}
  ${[OP.entry_value, 1, OP.reg0 + 11]}     | ${/known only at the entry/}
  ${[OP.form_tls_address]}                 | ${/thread-local/}
  ${[OP.addrx, 0]}                         | ${/needs a unit/}
  ${[OP.push_object_address]}              | ${/another object/}
  ${[0x01]}                                | ${/operation 0x1, which isn't supported/}
  ${[0xff]}                                | ${/operation 0xff, which isn't supported/}
`("$operations is unavailable: $reason", ({ operations, reason }) => {
  expect(place(...operations)).toMatchObject({
    kind: "unavailable",
    reason: expect.stringMatching(reason),
  });
});

describe("pieces", () => {
  const split = place(OP.reg0 + 10, OP.piece, 4, OP.piece, 2, OP.const2u, 0, 0x10, OP.piece, 2);

  test("are what an object consists of, one of them optimised away", () => {
    expect(split).toEqual({
      kind: "pieces",
      pieces: [
        { place: { kind: "register", register: 10 }, bitSize: 32, bitOffset: 0 },
        { place: { kind: "unavailable", reason: "optimised away" }, bitSize: 16, bitOffset: 0 },
        { place: { kind: "memory", address: 0x1000 }, bitSize: 16, bitOffset: 0 },
      ],
    });
  });

  test("make the whole unavailable, but not the parts that are there", () => {
    expect(readBytes(split, 8, context)).toBe("partly optimised away");
    expect(readBytes(partOf(split, 0, 4), 4, context)).toEqual(new Uint8Array([0, 10, 0, 0]));
    expect(partOf(split, 6, 2)).toEqual({ kind: "memory", address: 0x1000 });
    expect(partOf(split, 4, 2)).toMatchObject({ kind: "unavailable" });
    expect(partOf(split, 1, 1)).toMatchObject({ kind: "pieces" });
    expect(readBytes(partOf(split, 1, 1), 1, context)).toEqual(new Uint8Array([10]));
    expect(partOf(split, 8, 4)).toMatchObject({ kind: "unavailable" });
  });

  test("of bits are put together from the low end", () => {
    const bits = place(
      lit(5),
      OP.stack_value,
      OP.bit_piece,
      3,
      0,
      lit(12),
      OP.stack_value,
      OP.bit_piece,
      5,
      2,
    );
    expect(readBytes(bits, 1, context)).toEqual(new Uint8Array([5 | (3 << 3)]));
  });

  test("of absurd size are refused rather than allocated", () => {
    const huge = place(lit(1), OP.piece, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(readBytes(huge, 4, context)).toMatch(/too large/);
  });
});

describe("the bytes of an object", () => {
  test.each([
    [{ kind: "memory", address: 0x1000 }, [0x78, 0x56, 0x34, 0x12]],
    [{ kind: "register", register: 3 }, [0, 3, 0, 0]],
    [{ kind: "register", register: 0 }, [0, 0, 0, 0]],
    [{ kind: "value", value: -2n }, [0xfe, 0xff, 0xff, 0xff]],
    [{ kind: "bytes", bytes: new Uint8Array([1, 2]) }, [1, 2, 0, 0]],
  ] as const)("at %o are read", (at, bytes) => {
    expect(readBytes(at, 4, context)).toEqual(new Uint8Array(bytes));
  });

  test("say why they aren't there", () => {
    expect(readBytes({ kind: "memory", address: 4 }, 4, context)).toMatch(/no memory at 0x4/);
    expect(readBytes({ kind: "register", register: 31 }, 4, context)).toMatch(/register 31/);
    expect(readBytes({ kind: "unavailable", reason: "gone" }, 4, context)).toBe("gone");
  });

  test("of a member are found wherever the struct is", () => {
    expect(partOf({ kind: "memory", address: 0x1000 }, 8, 4)).toEqual({
      kind: "memory",
      address: 0x1008,
    });
    expect(partOf({ kind: "value", value: 0x1122_3344_5566n }, 4, 2)).toEqual({
      kind: "value",
      value: 0x1122n,
    });
    const bytes = new Uint8Array([1, 2, 3, 4]);
    expect(partOf({ kind: "bytes", bytes }, 1, 2)).toEqual({
      kind: "bytes",
      bytes: new Uint8Array([2, 3]),
    });
    const inRegister = partOf({ kind: "register", register: 3 }, 1, 1);
    expect(readBytes(inRegister, 1, context)).toEqual(new Uint8Array([3]));
  });
});

describe("typed values", () => {
  const i8 = { size: 1, kind: "signed" } as const;
  const u8 = { size: 1, kind: "unsigned" } as const;
  const i64 = { size: 8, kind: "signed" } as const;
  const f32 = { size: 4, kind: "float" } as const;
  const f64 = { size: 8, kind: "float" } as const;

  test("are extended by the type that they have, generic ones by the type that they get", () => {
    expect(convert(typed(0xffn, i8), i64).value).toBe(-1n);
    expect(convert(typed(0xffn, u8), i64).value).toBe(255n);
    expect(convert(generic(0xffff_fff0), i64).value).toBe(-16n);
    expect(convert(generic(0x1ff), u8).value).toBe(0xffn);
    expect(convert(typed(-1n, i64), undefined).value).toBe(0xffff_ffffn);
  });

  test("wrap at their own size", () => {
    expect(binary(OP.plus, typed(127n, i8), typed(1n, i8)).value).toBe(-128n);
    expect(binary(OP.mul, typed(2n ** 40n, i64), typed(4n, i64)).value).toBe(2n ** 42n);
    expect(unary(OP.neg, typed(5n, i8)).value).toBe(-5n);
    expect(binary(OP.shl, typed(1n, i64), generic(1_000_000)).value).toBe(0n);
  });

  test("may be floats", () => {
    const half = convert(typed(1n, i64), f64);
    const third = binary(OP.div, half, convert(typed(4n, i64), f64));
    expect(third.value).toBe(0x3fd0_0000_0000_0000n);
    expect(convert(third, f32).value).toBe(0x3e80_0000n);
    expect(convert(unary(OP.neg, convert(typed(3n, i64), f32)), i64).value).toBe(-3n);
    expect(binary(OP.lt, third, half).value).toBe(1n);
  });
});

test("expressions that call each other without end are cut off", () => {
  const bytes = new Uint8Array([OP.call_ref, 0, 0, 0, 0]);
  const unit = { offset: 0, offsetSize: 4 } as ExpressionContext["unit"];
  const endless = { ...context, unit, procedure: () => bytes };
  expect(evaluatePlace(bytes, endless)).toMatchObject({
    reason: expect.stringMatching(/call each other/),
  });
});
