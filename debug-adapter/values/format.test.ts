import { expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { CHAR } from "./c-types.ts";
import { evaluate } from "./evaluate.ts";
import { type FormatOptions, floatText, formatValue } from "./format.ts";
import type { FrameAccess } from "./frame-access.ts";

const frame = stopAt(FIXTURE, "// stop").frame();

function shown(text: string, options?: FormatOptions): string {
  const result = evaluate(text, frame);
  return result.ok ? formatValue(result.value, frame, options) : result.message;
}

test.each`
  text                            | result
  ${"letter"}                     | ${"65 'A'"}
  ${"small"}                      | ${"-5"}
  ${"byte"}                       | ${"200"}
  ${"half"}                       | ${"-300"}
  ${"unsigned_half"}              | ${"65000"}
  ${"natural"}                    | ${"4000000000"}
  ${"big"}                        | ${"-5000000000"}
  ${"single"}                     | ${"1.1"}
  ${"ratio"}                      | ${"-2.5"}
  ${"1.0"}                        | ${"1.0"}
  ${"1e300"}                      | ${"1e+300"}
  ${"yes"}                        | ${"true"}
  ${"no"}                         | ${"false"}
  ${"color"}                      | ${"GREEN"}
  ${"(enum color)17"}             | ${"17"}
  ${"flags"}                      | ${"READ | EXECUTE"}
  ${"(enum flag)66"}              | ${"WRITE | 0x40"}
  ${"(enum flag)0"}               | ${"0"}
  ${"level"}                      | ${"LOW"}
  ${"(enum level)9"}              | ${"9"}
  ${"numbers"}                    | ${"[10, 20, 30, 40, 50]"}
  ${"grid"}                       | ${"[[1, 2, 3], [4, 5, 6]]"}
  ${"word"}                       | ${'"hello"'}
  ${"full"}                       | ${'"abc\\n"'}
  ${"octets"}                     | ${"[1, 2, 3, 254]"}
  ${"both"}                       | ${"{word = 67305985, bytes = [1, 2, 3, 4]}"}
  ${"fields"}                     | ${"{low = 5, middle = -3, wide = 74565, flag = true, color = BLUE}"}
  ${"node->next[0]"}              | ${'{value = 2, name = "second", next = 0x00000000}'}
  ${"none"}                       | ${"0x00000000"}
  ${"wild"}                       | ${"0x40000000 <page not bound: 0x40000000>"}
  ${"wild_number"}                | ${"0x40000000"}
  ${"*wild_number"}               | ${"<page not bound: 0x40000000>"}
  ${"*opaque"}                    | ${"<incomplete type struct opaque>"}
  ${"*(struct node *)0x40000ffc"} | ${"<page not bound: 0x40000ffc>"}
  ${"(void)0"}                    | ${"void"}
  ${"numbers,x"}                  | ${"[0xa, 0x14, 0x1e, 0x28, 0x32]"}
  ${"small,x"}                    | ${"0xfb"}
  ${"numbers,2"}                  | ${"[10, 20]"}
  ${"&numbers[3],2"}              | ${"[40, 50]"}
  ${"&numbers[3],2,x"}            | ${"[0x28, 0x32]"}
  ${"byte,b"}                     | ${"0b11001000"}
  ${"byte,o"}                     | ${"0310"}
  ${"color,d"}                    | ${"5"}
  ${"color,x"}                    | ${"0x5"}
  ${"byte,c"}                     | ${"200 '\\310'"}
  ${"both.bytes,s"}               | ${'"\\001\\002\\003\\004"'}
  ${"words[1],s"}                 | ${'"one"'}
  ${"letter,x"}                   | ${"0x41 'A'"}
`("$text is shown as $result", ({ text, result }) => {
  expect(shown(text)).toBe(result);
});

test("integers are hexadecimal when asked for, also inside of structs, but names stay names", () => {
  expect(shown("number", { hex: true })).toBe("0x63");
  expect(shown("half", { hex: true })).toBe("0xfed4");
  expect(shown("letter", { hex: true })).toBe("0x41 'A'");
  expect(shown("fields", { hex: true })).toBe(
    "{low = 0x5, middle = 0x1d, wide = 0x12345, flag = true, color = BLUE}",
  );
  expect(shown("number,d", { hex: true })).toBe("99");
});

test("a char pointer shows the text that it points to", () => {
  expect(shown("text")).toMatch(/^0x[\da-f]{8} "say \\"hi\\"\\n"$/);
  expect(shown("table[2]")).toMatch(/^0x[\da-f]{8} "two"$/);
});

test("a function and a pointer to one show its name", () => {
  expect(shown("handler")).toMatch(/^0x[\da-f]{8} <handler>$/);
  expect(shown("handler_pointer")).toBe(shown("handler"));
  expect(shown("$pc")).toMatch(/^0x[\da-f]{8} <inner\+\d+>$/);
});

test("what is long is cut off near 200 characters", () => {
  for (const text of ["(int *)$sp,100", "(struct node *)node,8", "(uint8_t *)main,900"]) {
    const { length } = shown(text);
    expect(length).toBeGreaterThan(50);
    expect(length).toBeLessThan(260);
    expect(shown(text)).toContain("…");
  }
});

test("text that goes on in a page that isn't bound ends with an ellipsis", () => {
  const bytes = new TextEncoder().encode("end of the page");
  const start = 0x5000 - bytes.length;
  const cut: FrameAccess = {
    ...frame,
    context: {
      ...frame.context,
      readMemory: (address, size) =>
        address >= start && address + size <= 0x5000
          ? bytes.subarray(address - start, address - start + size)
          : undefined,
    },
  };
  const place = { kind: "value", value: BigInt(start) } as const;
  const value = { type: { kind: "pointer", size: 4, target: CHAR }, place } as const;
  expect(formatValue(value, cut)).toBe(
    `0x${start.toString(16).padStart(8, "0")} "end of the page"…`,
  );
});

test("UTF-8 is readable, bytes that aren't are octal", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("añ→🦀"), 0xff, 0xc3]);
  const type = {
    kind: "array",
    element: CHAR,
    count: bytes.length,
    dynamicCount: undefined,
  } as const;
  expect(formatValue({ type, place: { kind: "bytes", bytes } }, frame)).toBe('"añ→🦀\\377\\303"');
});

test("a value that is nowhere says why", () => {
  const place = { kind: "unavailable", reason: "optimised away" } as const;
  expect(formatValue({ type: CHAR, place }, frame)).toBe("<optimised out>");
});

test("a float is shown by the shortest number that gives it back", () => {
  expect(floatText(Math.fround(0.1), 4)).toBe("0.1");
  expect(floatText(Math.fround(16777216), 4)).toBe("16777216.0");
  expect(floatText(Math.fround(3.4028234663852886e38), 4)).toBe("3.4028235e+38");
  expect(floatText(0.1, 8)).toBe("0.1");
  expect(floatText(Number.NaN, 8)).toBe("nan");
  expect(floatText(-Infinity, 4)).toBe("-inf");
});
