import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { childrenOf } from "./children.ts";
import { completionsAt } from "./completions.ts";
import { interpolate, truth } from "./conditions.ts";
import { evaluate, syntaxError } from "./evaluate.ts";
import { formatValue } from "./format.ts";
import type { FrameAccess } from "./frame-access.ts";

const program = stopAt(FIXTURE, "// stop");
const frame = program.frame();

function shown(text: string, inFrame: FrameAccess = frame): string {
  const result = evaluate(text, inFrame);
  return result.ok ? formatValue(result.value, inFrame) : result.message;
}

describe("names", () => {
  test("the innermost scope hides outer ones", () => {
    expect(shown("number")).toBe("99");
    expect(shown("shadow")).toBe("99");
    expect(shown("natural")).toBe("4000000000");
  });

  test("a caller's frame has its own locals, and the program's globals", () => {
    const caller = program.frame(1);
    expect(shown("local", caller)).toBe("12");
    expect(shown("first.name", caller)).toBe('"first"');
    expect(shown("counter", caller)).toBe("7");
    expect(shown("letter", caller)).toMatch(/^there is no 'letter' in scope/);
  });

  test("a static of another function isn't in scope, one of a file is", () => {
    expect(shown("counted")).toMatch(/^there is no 'counted' in scope/);
    expect(shown("words[2]")).toMatch(/"two"$/);
  });

  test("a function's static is in scope within it", () => {
    const inTwice = stopAt(FIXTURE, "counted += x").frame();
    expect(shown("counted", inTwice)).toBe("3");
  });

  test("a name that is no variable may be an enumerator, a function, a symbol or a usual macro", () => {
    expect(shown("GREEN")).toBe("GREEN");
    expect(shown("main")).toMatch(/<main>$/);
    expect(shown("NULL == 0 && true && !false")).toBe("1");
    const symbols: FrameAccess = {
      ...frame,
      symbolAddress: (name) => (name === "_end" || name === "entry" ? 0x70000 : undefined),
      functionName: () => "entry",
    };
    expect(shown("_end", symbols)).toBe("0x00070000 []");
    expect(shown("&_end", symbols)).toBe("0x00070000");
    expect(shown("(unsigned)_end", symbols)).toBe("458752");
    expect(shown("entry", symbols)).toBe("0x00070000 <entry>");
  });

  test("registers have both their names", () => {
    expect(shown("$a0 == $x10 && $fp == $s0 && $sp == $x2")).toBe("1");
    expect(shown("$pc")).toMatch(/<inner\+\d+>$/);
    expect(shown("$zero")).toBe("0");
    expect(shown("$ucause")).toBe("<unknown in this frame>");
  });

  test("without debug data there are registers, memory, symbols and C's own types", () => {
    const bare: FrameAccess = { ...frame, debug: undefined };
    expect(shown("*(int *)($sp + 0) == *(int *)$x2", bare)).toBe("1");
    expect(shown("(uint8_t)300 + sizeof(long long)", bare)).toBe("52");
    expect(shown("main", bare)).toMatch(/^0x[\da-f]{8} <main>$/);
    expect(shown("*(int *)counter", bare)).toBe("7");
    expect(shown("(struct node *)0", bare)).toBe(
      "this program has no type 'struct node' (column 2)",
    );
  });
});

test.each`
  text                             | message
  ${"nod"}                         | ${"there is no 'nod' in scope; did you mean 'node'? (column 1)"}
  ${"1 + LETTER"}                  | ${"there is no 'LETTER' in scope; did you mean 'letter'? (column 5)"}
  ${"countre"}                     | ${"there is no 'countre' in scope; did you mean 'counter'? (column 1)"}
  ${"hanlder"}                     | ${"there is no 'hanlder' in scope; did you mean 'handler'? (column 1)"}
  ${"xyzzy"}                       | ${"there is no 'xyzzy' in scope (column 1)"}
  ${"$a8"}                         | ${"there is no register '$a8'; did you mean '$a0'? (column 1)"}
  ${"$"}                           | ${"there is no register '$' (column 1)"}
  ${"node.value"}                  | ${"'node' is a pointer: use '->' (column 1)"}
  ${"outer->node"}                 | ${"'outer' is a struct, not a pointer: use '.' (column 1)"}
  ${"node->valeu"}                 | ${"struct node has no member 'valeu'; did you mean 'value'? (column 7)"}
  ${"number.x"}                    | ${"'number' has no members: it is no struct (column 1)"}
  ${"number->x"}                   | ${"'number' is no pointer (column 1)"}
  ${"opaque->x"}                   | ${"struct opaque is declared but not defined (column 9)"}
  ${"opaque + 1"}                  | ${"struct opaque has no known size to count in (column 8)"}
  ${"*number"}                     | ${"'number' is no pointer: cast it first, as in *(int *)number (column 2)"}
  ${"*vague"}                      | ${"'vague' is a void pointer: cast it to another first (column 2)"}
  ${"number[0]"}                   | ${"'number' is neither an array nor a pointer (column 1)"}
  ${"&5"}                          | ${"'5' is a value that is nowhere in memory (column 2)"}
  ${"&fields.low"}                 | ${"'fields.low' is a bit field, which has no address (column 2)"}
  ${"&$a0"}                        | ${"'$a0' is in register a0, which has no address (column 2)"}
  ${"sizeof fields.low"}           | ${"a bit field has no size in bytes (column 1)"}
  ${"sizeof(void)"}                | ${"void has no known size (column 1)"}
  ${"sizeof *opaque"}              | ${"struct opaque has no known size (column 1)"}
  ${"-node"}                       | ${"'-' can't be applied to a pointer (column 2)"}
  ${"node * 2"}                    | ${"'*' can't be applied to a pointer (column 6)"}
  ${"node + node"}                 | ${"two pointers can't be added (column 6)"}
  ${"1 - node"}                    | ${"a pointer can't be subtracted from a number (column 3)"}
  ${"node - text"}                 | ${"pointers to types of different sizes have no difference (column 6)"}
  ${"node + 1.5"}                  | ${"'+' of a pointer needs an integer (column 6)"}
  ${"outer + 1"}                   | ${"'outer' is of type struct outer, which isn't a number (column 1)"}
  ${"!outer"}                      | ${"'outer' is of type struct outer, which isn't a number (column 2)"}
  ${"1.5 % 2"}                     | ${"'%' needs integers (column 5)"}
  ${"~1.5"}                        | ${"'~' needs an integer (column 1)"}
  ${"1.5 << 2"}                    | ${"'<<' needs integers (column 5)"}
  ${"number / (number - 99)"}      | ${"division by zero (column 8)"}
  ${"5 % 0"}                       | ${"division by zero (column 3)"}
  ${"1 << 32"}                     | ${"a shift by 32 is undefined in C: it must be from 0 to 31 (column 3)"}
  ${"1ll >> -1"}                   | ${"a shift by -1 is undefined in C: it must be from 0 to 63 (column 5)"}
  ${"wild_number[1] + 1"}          | ${"'wild_number[1]' can't be read: page not bound: 0x40000004 (column 1)"}
  ${"none->value"}                 | ${"'none' has no members: it is no struct (column 1)"}
  ${"node->next->next->value + 1"} | ${"'node->next->next->value' can't be read: page not bound: 0x00000000 (column 1)"}
  ${"handler(1)"}                  | ${"calling functions of the guest is not supported (column 1)"}
  ${'printf("%d", 1) + 2'}         | ${"there is no 'printf' in scope (column 1)"}
  ${'word == "hello"'}             | ${"string literals aren't supported: there is no place in the guest's memory for them (column 9)"}
  ${"(struct nope *)0"}            | ${"this program has no type 'struct nope' (column 2)"}
  ${"(nope *)0"}                   | ${"a value is expected instead of ')' (column 8)"}
  ${"(struct node)1"}              | ${"'struct node' can't be cast to: a cast is to a number or a pointer (column 2)"}
  ${"(float)node"}                 | ${"C has no cast between pointers and floating types (column 2)"}
  ${"number,3"}                    | ${"',3' shows elements of a pointer or an array, which this isn't (column 1)"}
  ${"1 +"}                         | ${"a value is missing at the end (column 4)"}
  ${"(1"}                          | ${"')' is missing at the end (column 3)"}
  ${"1 2"}                         | ${"an operator is expected instead of a constant (column 3)"}
  ${"a b"}                         | ${"an operator is expected instead of 'b' (column 3)"}
  ${"node->"}                      | ${"the name of a member is missing (column 7)"}
  ${"numbers[1"}                   | ${"']' is missing at the end (column 10)"}
  ${"1 ? 2"}                       | ${"':' is missing at the end (column 6)"}
  ${"int"}                         | ${"the type 'int' is no value; a cast needs () (column 1)"}
  ${"'ab'"}                        | ${"a character constant is one character, such as 'a' or '\\n' (column 1)"}
  ${"'a"}                          | ${"the closing ' is missing (column 1)"}
  ${"'\\q'"}                       | ${"'\\q' is no escape sequence of C (column 2)"}
  ${"089"}                         | ${"'089' isn't a number: one that begins with 0 is octal (column 1)"}
  ${"12abc"}                       | ${"'12abc' isn't a number (column 1)"}
  ${"0x1ffffffffffffffff"}         | ${"0x1ffffffffffffffff is too large for any integer type of 64 bits (column 1)"}
  ${"1 # 2"}                       | ${"'#' has no meaning in a C expression (column 3)"}
  ${"é"}                           | ${"'é' has no meaning in a C expression (column 1)"}
  ${""}                            | ${"there is no expression (column 1)"}
  ${"  "}                          | ${"there is no expression (column 1)"}
`("$text: $message", ({ text, message }) => {
  expect(shown(text)).toBe(message);
});

test("what is nested too deeply or too long is refused, not a crash", () => {
  expect(shown(`${"(".repeat(900)}1${")".repeat(900)}`)).toMatch(/nested too deeply/);
  expect(shown(`${"-".repeat(999)}1`)).toMatch(/nested too deeply|can't be changed/);
  expect(shown("1+".repeat(999).concat("1"))).toBe("1000");
  expect(shown("1+".repeat(5000).concat("1"))).toBe("the expression is too long (column 1)");
  expect(shown(`sizeof(int ${"(*".repeat(300)}`)).toMatch(/nested too deeply/);
});

test("a suffix follows the comma without a space; with one it is C's operator", () => {
  expect(shown("number,x")).toBe("0x63");
  expect(shown("number, letter")).toBe("65 'A'");
  expect(shown("numbers,2")).toBe("[10, 20]");
  expect(shown("numbers, 2")).toBe("2");
});

test("the form of an expression can be checked without a frame", () => {
  const { debug } = program;
  expect(syntaxError("(handler_t)anything->at[all] == 3", debug)).toBe(undefined);
  expect(syntaxError("(unsigned)x")).toBe(undefined);
  expect(syntaxError("x ==")).toBe("a value is missing at the end (column 5)");
});

describe("properties", () => {
  const words = fc.constantFrom(
    ..."node next value numbers fields low number outer wild opaque handler main RED $a0 $ int struct unsigned sizeof char ( ) [ ] * & -> . + - / % << >= == ! ~ ? : , = += ++ -- 0 1 0x7f 2.5 'a' \"s\" ,x ,3 x { }".split(
      " ",
    ),
  );
  const anyText = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(words, { maxLength: 14 }).map((parts) => parts.join("")),
    fc.array(words, { maxLength: 14 }).map((parts) => parts.join(" ")),
  );

  test("whatever the text, there is a value or a sentence, and both can be shown", () => {
    const hash = program.machine.hash();
    fc.assert(
      fc.property(anyText, (text) => {
        const result = evaluate(text, frame);
        if (!result.ok) {
          expect(result.message).toMatch(/\S \(column \d+\)$/);
          return;
        }
        expect(formatValue(result.value, frame).length).toBeLessThan(300);
        for (const { value } of childrenOf(result.value, frame, { count: 3 })) {
          formatValue(value, frame, { hex: true });
        }
      }),
      { numRuns: 3000 },
    );
    expect(program.machine.hash()).toBe(hash);
  });

  test("whatever the text, conditions, log messages and completions have an answer", () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, at) => {
        truth(text, frame);
        interpolate(text, frame);
        completionsAt(text, at, frame);
      }),
      { numRuns: 300 },
    );
  });
});
