import fc from "fast-check";
import { expect, test } from "vitest";
import { typeName } from "../dwarf/debug-info.ts";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { evaluate } from "./evaluate.ts";
import { formatValue } from "./format.ts";
import { numberOf } from "./value.ts";

const frame = stopAt(FIXTURE, "// stop").frame();

/** The type and the value of an expression, or the message. */
function evaluated(text: string): string {
  const result = evaluate(text, frame);
  if (!result.ok) return result.message;
  return `${typeName(result.value.type)} ${formatValue(result.value, frame)}`;
}

test.each`
  text                            | result                                       | because
  ${"42"}                         | ${"int 42"}                                  | ${"a constant that fits is an int"}
  ${"2147483648"}                 | ${"long long 2147483648"}                    | ${"a decimal constant never becomes unsigned by itself"}
  ${"0x80000000"}                 | ${"unsigned int 2147483648"}                 | ${"a hexadecimal one does"}
  ${"0xffffffffff"}               | ${"long long 1099511627775"}                 | ${"40 bits need a long long"}
  ${"0xffffffffffffffff"}         | ${"unsigned long long 18446744073709551615"} | ${"64 bits are unsigned"}
  ${"017"}                        | ${"int 15"}                                  | ${"a leading 0 is octal"}
  ${"0b101"}                      | ${"int 5"}                                   | ${"binary is an extension that every compiler has"}
  ${"5u"}                         | ${"unsigned int 5"}                          | ${"u says unsigned"}
  ${"5L"}                         | ${"long 5"}                                  | ${"l says long"}
  ${"5ULL"}                       | ${"unsigned long long 5"}                    | ${"suffixes combine"}
  ${"'A'"}                        | ${"int 65"}                                  | ${"a character constant is an int"}
  ${"'\\n' + '\\x41' + '\\101'"}  | ${"int 140"}                                 | ${"10 + 65 + 65"}
  ${"1.5"}                        | ${"double 1.5"}                              | ${"a floating constant is a double"}
  ${"1.5f"}                       | ${"float 1.5"}                               | ${"f says float"}
  ${"0x1.8p1"}                    | ${"double 3.0"}                              | ${"hexadecimal floats"}
  ${"7 / 2"}                      | ${"int 3"}                                   | ${"integer division"}
  ${"-7 / 2"}                     | ${"int -3"}                                  | ${"towards zero"}
  ${"-7 % 2"}                     | ${"int -1"}                                  | ${"the sign of the dividend"}
  ${"7.0 / 2"}                    | ${"double 3.5"}                              | ${"one double makes both double"}
  ${"1.0f / 3"}                   | ${"float 0.33333334"}                        | ${"float arithmetic stays float"}
  ${"1 << 31"}                    | ${"int -2147483648"}                         | ${"wraps as the machine does"}
  ${"1u << 31"}                   | ${"unsigned int 2147483648"}                 | ${"the type is that of the left operand"}
  ${"1 << 3LL"}                   | ${"int 8"}                                   | ${"whatever the right operand's type is"}
  ${"-16 >> 2"}                   | ${"int -4"}                                  | ${"arithmetic for signed"}
  ${"-16u >> 2"}                  | ${"unsigned int 1073741820"}                 | ${"logical for unsigned"}
  ${"2147483647 + 1"}             | ${"int -2147483648"}                         | ${"overflow wraps"}
  ${"-1 < 1u"}                    | ${"int 0"}                                   | ${"the comparison is unsigned (C11 §6.3.1.8)"}
  ${"-1 < 1"}                     | ${"int 1"}                                   | ${"the comparison is signed"}
  ${"-1L < 1u"}                   | ${"int 0"}                                   | ${"long can't hold every unsigned int under ILP32"}
  ${"-1LL < 1u"}                  | ${"int 1"}                                   | ${"long long can"}
  ${"1u + 1L"}                    | ${"unsigned long 2"}                         | ${"neither holds the other, so unsigned long"}
  ${"0u - 1"}                     | ${"unsigned int 4294967295"}                 | ${"unsigned arithmetic is modulo 2^32"}
  ${"byte + byte"}                | ${"int 400"}                                 | ${"narrow types are promoted before they are added"}
  ${"~byte"}                      | ${"int -201"}                                | ${"and before they are inverted"}
  ${"-unsigned_half"}             | ${"int -65000"}                              | ${"an unsigned short becomes an int"}
  ${"letter + 1"}                 | ${"int 66"}                                  | ${"a char is a number"}
  ${"yes + yes"}                  | ${"int 2"}                                   | ${"so is a _Bool"}
  ${"!counter"}                   | ${"int 0"}                                   | ${"counter is 7"}
  ${"!!counter"}                  | ${"int 1"}                                   | ${"not not"}
  ${"6 & 3"}                      | ${"int 2"}                                   | ${"110 & 011"}
  ${"6 | 3"}                      | ${"int 7"}                                   | ${"110 | 011"}
  ${"6 ^ 3"}                      | ${"int 5"}                                   | ${"110 ^ 011"}
  ${"1 | 2 ^ 2 & 3"}              | ${"int 1"}                                   | ${"& binds tighter than ^ and ^ tighter than |"}
  ${"1 + 2 * 3 - 4 / 2"}          | ${"int 5"}                                   | ${"* and / before + and -"}
  ${"10 - 4 - 3"}                 | ${"int 3"}                                   | ${"from the left"}
  ${"1 == 1 != 0"}                | ${"int 1"}                                   | ${"from the left as well"}
  ${"3 > 2 > 1"}                  | ${"int 0"}                                   | ${"(3 > 2) is 1"}
  ${"1 << 2 + 1"}                 | ${"int 8"}                                   | ${"+ before <<"}
  ${"5 >= 5 && 4 <= 3 || 2 != 1"} | ${"int 1"}                                   | ${"&& before ||"}
  ${"0 && 1 / 0"}                 | ${"int 0"}                                   | ${"what is decided isn't evaluated"}
  ${"1 || *wild_number"}          | ${"int 1"}                                   | ${"nor read"}
  ${"1 ? 2 : 3.5"}                | ${"double 2.0"}                              | ${"both branches decide the type (C11 §6.5.15)"}
  ${"0 ? 1 : -1 ? 2u : 3"}        | ${"unsigned int 2"}                          | ${"from the right"}
  ${"1 ? node : 0"}               | ${evaluated("node")}                         | ${"0 is a null pointer"}
  ${"0 ? node : 0"}               | ${"struct node * 0x00000000"}                | ${"of the other's type"}
  ${"(1, 2)"}                     | ${"int 2"}                                   | ${"a comma gives its right operand"}
  ${"1, 2"}                       | ${"int 2"}                                   | ${"also without parentheses, with a space"}
  ${"+letter"}                    | ${"int 65"}                                  | ${"unary + promotes"}
  ${"- -3"}                       | ${"int 3"}                                   | ${"unary operators nest"}
  ${"-0.0"}                       | ${"double -0.0"}                             | ${"a float has a negative zero"}
  ${"1 / 0.0"}                    | ${"double inf"}                              | ${"a floating division by zero is infinite"}
  ${"/* a comment */ 1"}          | ${"int 1"}                                   | ${"comments are spaces"}
`("$text is $result: $because", ({ text, result }) => {
  expect(evaluated(text)).toBe(result);
});

test.each`
  text                                  | result                                       | because
  ${"(uint8_t)300"}                     | ${"uint8_t 44"}                              | ${"modulo 256"}
  ${"(int8_t)200"}                      | ${"signed char -56"}                         | ${"the sign bit is set"}
  ${"(char)65"}                         | ${"char 65 'A'"}                             | ${"a char shows its letter"}
  ${"(unsigned)-1"}                     | ${"unsigned int 4294967295"}                 | ${"modulo 2^32"}
  ${"(long long unsigned int)-1"}       | ${"unsigned long long 18446744073709551615"} | ${"the words of a type stand in any order"}
  ${"(_Bool)0.5"}                       | ${"_Bool true"}                              | ${"whatever isn't 0 is true"}
  ${"(int)-2.9"}                        | ${"int -2"}                                  | ${"towards zero"}
  ${"(int)1e10"}                        | ${"int 2147483647"}                          | ${"undefined in C; the nearest, as RISC-V's fcvt"}
  ${"(float)0.1"}                       | ${"float 0.1"}                               | ${"rounded to a float, which 0.1 stands for"}
  ${"(double)0.1f"}                     | ${"double 0.10000000149011612"}              | ${"and back it isn't 0.1"}
  ${"(enum color)5"}                    | ${"enum color GREEN"}                        | ${"an enum shows its names"}
  ${"(int)GREEN"}                       | ${"int 5"}                                   | ${"which are numbers"}
  ${"(struct node *)0x40"}              | ${"struct node * 0x00000040"}                | ${"an address for a pointer"}
  ${"(const volatile char *const)0"}    | ${"char * 0x00000000"}                       | ${"qualifiers are allowed and mean nothing here"}
  ${"(int (*)[3])0x40"}                 | ${"int (*)[3] 0x00000040"}                   | ${"pointers to arrays"}
  ${"(handler_t)handler == handler"}    | ${"int 1"}                                   | ${"typedefs of function pointers"}
  ${"(int (*)(int, char *))0"}          | ${"int (*)(int, char *) 0x00000000"}         | ${"or spelled out"}
  ${"(size_t)1"}                        | ${"unsigned int 1"}                          | ${"standard names are known though the program has none"}
  ${"sizeof(int)"}                      | ${"unsigned int 4"}                          | ${"ILP32"}
  ${"sizeof(long long)"}                | ${"unsigned int 8"}                          | ${"ILP32"}
  ${"sizeof(void *)"}                   | ${"unsigned int 4"}                          | ${"ILP32"}
  ${"sizeof(long double)"}              | ${"unsigned int 16"}                         | ${"psABI"}
  ${"sizeof(struct node)"}              | ${"unsigned int 16"}                         | ${"4 + 8 + 4"}
  ${"sizeof(int[3][2])"}                | ${"unsigned int 24"}                         | ${"3 times 2 times 4"}
  ${"sizeof numbers"}                   | ${"unsigned int 20"}                         | ${"an array isn't a pointer here"}
  ${"sizeof numbers / sizeof *numbers"} | ${"unsigned int 5"}                          | ${"sizeof binds tighter than /"}
  ${"sizeof vla"}                       | ${"unsigned int 16"}                         | ${"4 elements, as long as it is now"}
  ${"sizeof *wild_number"}              | ${"unsigned int 4"}                          | ${"nothing is read"}
  ${"sizeof (1 / 0)"}                   | ${"unsigned int 4"}                          | ${"nothing is computed"}
  ${"sizeof 'a'"}                       | ${"unsigned int 4"}                          | ${"an int"}
  ${"sizeof letter"}                    | ${"unsigned int 1"}                          | ${"a char"}
  ${"sizeof (letter + letter)"}         | ${"unsigned int 4"}                          | ${"promoted"}
`("$text is $result: $because", ({ text, result }) => {
  expect(evaluated(text)).toBe(result);
});

test.each`
  text                                       | result
  ${"numbers[2]"}                            | ${"int 30"}
  ${"2[numbers]"}                            | ${"int 30"}
  ${"*(numbers + 2)"}                        | ${"int 30"}
  ${"*numbers"}                              | ${"int 10"}
  ${"*&numbers[4]"}                          | ${"int 50"}
  ${"&numbers[4] - numbers"}                 | ${"int 4"}
  ${"numbers - &numbers[4]"}                 | ${"int -4"}
  ${"(&numbers[4])[-1]"}                     | ${"int 40"}
  ${"*(&numbers[4] - 1)"}                    | ${"int 40"}
  ${"(char *)&numbers[1] - (char *)numbers"} | ${"int 4"}
  ${"(void *)&numbers[1] - (void *)numbers"} | ${"int 4"}
  ${"grid[1][2]"}                            | ${"int 6"}
  ${"*grid[1]"}                              | ${"int 4"}
  ${"(*(grid + 1))[1]"}                      | ${"int 5"}
  ${"node->value"}                           | ${"int 1"}
  ${"(*node).value"}                         | ${"int 1"}
  ${"node->next->value"}                     | ${"int 2"}
  ${"node[0].next->next == 0"}               | ${"int 1"}
  ${"node && node->next"}                    | ${"int 1"}
  ${"!node->next->next"}                     | ${"int 1"}
  ${"outer.node.value"}                      | ${"int 1"}
  ${"outer_pointer->numbers[1]"}             | ${"int 8"}
  ${"outer.numbers == &outer.numbers[0]"}    | ${"int 1"}
  ${"anonymous.number"}                      | ${"int 2"}
  ${"anonymous.red"}                         | ${"uint8_t 2"}
  ${"both.bytes[3]"}                         | ${"uint8_t 4"}
  ${"fields.low"}                            | ${"unsigned int 5"}
  ${"fields.middle"}                         | ${"int -3"}
  ${"fields.low - 6"}                        | ${"int -1"}
  ${"handler_pointer == &handler"}           | ${"int 1"}
  ${"*handler_pointer == handler"}           | ${"int 1"}
  ${"table[1][0]"}                           | ${"const char 111 'o'"}
  ${"(uint32_t)vague == (uint32_t)&counter"} | ${"int 1"}
  ${"vague == &counter"}                     | ${"int 1"}
  ${"*(int *)vague"}                         | ${"int 7"}
  ${"node > 0"}                              | ${"int 1"}
  ${"(char *)0xffffffff > (char *)1"}        | ${"int 1"}
  ${"(int *)4 + 3 == (int *)16"}             | ${"int 1"}
  ${"3 + (int *)4"}                          | ${"int * 0x00000010"}
  ${"(int *)0 - 1"}                          | ${"int * 0xfffffffc"}
  ${"$sp & 15"}                              | ${"unsigned long 0"}
  ${"LIMIT + 2"}                             | ${"int 42"}
  ${"RED - 1"}                               | ${"int -1"}
  ${"color == GREEN"}                        | ${"int 1"}
  ${"flags & WRITE"}                         | ${"unsigned int 0"}
  ${"level < 0"}                             | ${"int 1"}
  ${"number"}                                | ${"int 99"}
  ${"huge"}                                  | ${"unsigned long long 18364758544493064720"}
  ${"big / 1000"}                            | ${"long long -5000000"}
  ${"single * 2"}                            | ${"float 2.2"}
  ${"ratio < 0"}                             | ${"int 1"}
  ${"**double_pointer == *wild_number || 1"} | ${"'**double_pointer' can't be read: page not bound: 0x40000000 (column 1)"}
`("$text is $result", ({ text, result }) => {
  expect(evaluated(text)).toBe(result);
});

test("an integer expression is what a model of 32-bit C says", () => {
  type Model = { text: string; value: bigint | undefined; isUnsigned: boolean };
  const wrap = (value: bigint, isUnsigned: boolean) =>
    isUnsigned ? BigInt.asUintN(32, value) : BigInt.asIntN(32, value);
  const leaf = fc
    .tuple(fc.integer({ min: 0, max: 0x7fffffff }), fc.boolean())
    .map(([value, isUnsigned]): Model => {
      return { text: isUnsigned ? `${value}u` : `${value}`, value: BigInt(value), isUnsigned };
    });
  const operations: Record<string, (a: bigint, b: bigint) => bigint | undefined> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => (b === 0n ? undefined : a / b),
    "%": (a, b) => (b === 0n ? undefined : a % b),
    "&": (a, b) => a & b,
    "|": (a, b) => a | b,
    "^": (a, b) => a ^ b,
    "<": (a, b) => (a < b ? 1n : 0n),
    ">=": (a, b) => (a >= b ? 1n : 0n),
    "==": (a, b) => (a === b ? 1n : 0n),
  };
  const { tree } = fc.letrec<{ tree: Model }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc
        .tuple(fc.constantFrom("-", "~", "!", "+"), tie("tree"))
        .map(([operator, { text, value, isUnsigned }]): Model => {
          const results = { "-": (x: bigint) => -x, "~": (x: bigint) => ~x, "+": (x: bigint) => x };
          const isNot = operator === "!";
          const apply = isNot
            ? (x: bigint) => (x === 0n ? 1n : 0n)
            : results[operator as "-" | "~" | "+"];
          return {
            text: `${operator}(${text})`,
            value: value === undefined ? undefined : wrap(apply(value), isUnsigned && !isNot),
            isUnsigned: isUnsigned && !isNot,
          };
        }),
      fc
        .tuple(tie("tree"), fc.constantFrom(...Object.keys(operations)), tie("tree"))
        .map(([left, operator, right]): Model => {
          const text = `(${left.text}) ${operator} (${right.text})`;
          const isCommonUnsigned = left.isUnsigned || right.isUnsigned;
          const isUnsigned = isCommonUnsigned && !/[<>=]/.test(operator);
          if (left.value === undefined || right.value === undefined) {
            return { text, value: undefined, isUnsigned };
          }
          const [a, b] = [left.value, right.value].map((value) => wrap(value, isCommonUnsigned));
          const value = operations[operator]!(a!, b!);
          return { text, value: value === undefined ? value : wrap(value, isUnsigned), isUnsigned };
        }),
    ),
  }));
  fc.assert(
    fc.property(tree, ({ text, value, isUnsigned }) => {
      const result = evaluate(text, frame);
      if (value === undefined) {
        expect(result.ok ? "a value" : result.message).toMatch(/^division by zero \(column \d+\)$/);
        return;
      }
      if (!result.ok) throw new Error(`${text}: ${result.message}`);
      expect(numberOf(result.value, frame)).toBe(value);
      expect(typeName(result.value.type)).toBe(isUnsigned ? "unsigned int" : "int");
    }),
    { numRuns: 500 },
  );
});
