import fc from "fast-check";
import { expect, test } from "vitest";
import { typeName } from "../dwarf/debug-info.ts";
import { stopAt } from "../testing/stopped-program.ts";
import { isFloating, scalarOf } from "./c-types.ts";
import { evaluate } from "./evaluate.ts";
import { numberOf } from "./value.ts";

const GLOBALS = `
volatile signed char sc = -77; volatile unsigned char uc = 201; volatile char c = 'z';
volatile short s = -30000; volatile unsigned short us = 50000;
volatile int i = -123456789; volatile unsigned u = 3000000000u;
volatile long l = -2000000000l; volatile unsigned long ul = 4000000001ul;
volatile long long ll = -81985529216486896ll; volatile unsigned long long ull = 0xfedcba9876543210ull;
volatile _Bool b = 1; volatile float f = 3.25f; volatile double d = 45.5;
enum color { RED, GREEN = 5 } volatile e = GREEN;
struct { unsigned narrow : 5; int negative : 7; unsigned full : 32; } volatile bits = {21, -30, 4000000000u};
`;
const NAMES = "sc uc c s us i u l ul ll ull b f d e bits.narrow bits.negative bits.full".split(" ");
const TYPES = [
  "char",
  "signed char",
  "short",
  "unsigned short",
  "int",
  "unsigned",
  "long",
  "unsigned long",
  "long long",
  "unsigned long long",
  "_Bool",
  "float",
  "double",
];
const CONSTANTS = [
  "0",
  "1",
  "-1",
  "7",
  "31",
  "0x80000000",
  "2147483647",
  "4294967295",
  "5u",
  "3l",
  "2ul",
  "9ll",
  "1ull",
  "2.5",
  "0.1f",
  "'a'",
  "GREEN",
];
const OPERATORS = "+ - * / % << >> < > <= >= == != & ^ | && ||".split(" ");

const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(...NAMES),
    fc.constantFrom(...CONSTANTS),
    fc.tuple(fc.constantFrom(...TYPES), tie("tree")).map(([type, text]) => `(${type})(${text})`),
    fc
      .tuple(fc.constantFrom("-", "~", "!", "+"), tie("tree"))
      .map(([sign, text]) => `${sign}(${text})`),
    fc
      .tuple(tie("tree"), fc.constantFrom(...OPERATORS), tie("tree"))
      .map(([a, o, b]) => `(${a}) ${o} (${b})`),
    fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
  ),
}));

/** `_Generic` tells apart what sizes can't. Narrow types appear only where nothing was promoted. */
const KINDS = [
  "int",
  "unsigned int",
  "long",
  "unsigned long",
  "long long",
  "unsigned long long",
  "float",
  "double",
  "char",
  "signed char",
  "unsigned char",
  "short",
  "unsigned short",
  "_Bool",
];

const HEADER = `${GLOBALS}
#define KIND(x) _Generic((x), ${KINDS.map((kind, index) => `${kind}: ${index}`).join(", ")})
`;
const FLAGS = ["-O0", "-g", "-fwrapv", "-w"];

test("what is evaluated has the value and the type that clang and the machine give it", () => {
  const empty = `${HEADER} long long sum; int _start(void) {\n return (int)sum + e + bits.narrow; // stop\n}`;
  const before = stopAt(empty, "// stop", { flags: FLAGS }).frame();
  const expressions = fc.sample(tree, { numRuns: 800, seed: 20240817 }).flatMap((text) => {
    const result = evaluate(text, before);
    if (!result.ok) {
      // What C leaves undefined or doesn't allow; everything else has a value.
      expect(result.message).toMatch(/division by zero|undefined in C|needs (an )?integers?/);
      return [];
    }
    const number = numberOf(result.value, before);
    if (typeof number === "string") throw new Error(`${text}: ${number}`);
    return [
      { text, number, type: scalarOf(result.value.type)!, name: typeName(result.value.type) },
    ];
  });
  expect(expressions.length).toBeGreaterThan(300);
  const body = expressions.map(({ text, type }, index) => {
    const table = isFloating(type) ? "floats" : "integers";
    return `${table}[${index}] = ${text}; kinds[${index}] = KIND(${text});`;
  });
  const { length } = expressions;
  const source = `${HEADER}
long long integers[${length}]; double floats[${length}]; int kinds[${length}];
void compute(void) { ${body.join("\n")} }
int _start(void) { compute();
  return kinds[0]; // stop
}`;
  const after = stopAt(source, "// stop", { flags: FLAGS }).frame();
  const computed = (table: string, index: number) => {
    const result = evaluate(`${table}[${index}]`, after);
    return result.ok ? numberOf(result.value, after) : result.message;
  };
  const wrong: unknown[] = [];
  for (const [index, { text, number, type, name }] of expressions.entries()) {
    const isFloat = isFloating(type);
    const value = computed(isFloat ? "floats" : "integers", index);
    const kind = KINDS[Number(computed("kinds", index))];
    const expected = isFloat ? value : BigInt.asUintN(64, value as bigint);
    const actual = isFloat ? number : BigInt.asUintN(64, number as bigint);
    const hasType = type.kind === "enum" || kind === name.replace(/^volatile /, "");
    if (!Object.is(actual, expected) || !hasType) wrong.push({ text, number, value, name, kind });
  }
  expect(wrong).toEqual([]);
});
