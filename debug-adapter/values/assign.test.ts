import { expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { setValue } from "./assign.ts";
import { evaluate } from "./evaluate.ts";
import { formatValue } from "./format.ts";

const program = stopAt(FIXTURE, "// stop");
const frame = program.frame();

function shown(text: string): string {
  const result = evaluate(text, frame);
  return result.ok ? formatValue(result.value, frame) : result.message;
}

/** Sets `target` and shows what it is then, or the message; everything is as before afterwards. */
function set(target: string, text: string): string {
  const ram = program.machine.memory.bytes.slice();
  const registers = program.machine.hart.registers();
  const hash = program.machine.hash();
  const result = evaluate(target, frame);
  if (!result.ok) throw new Error(result.message);
  const outcome = setValue(result.value, text, frame);
  const after = outcome.ok ? formatValue(outcome.value, frame) : outcome.message;
  if (outcome.ok) expect(after).toBe(shown(target));
  else expect(program.machine.hash()).toBe(hash);
  program.machine.memory.bytes.set(ram);
  program.machine.hart.setRegisters(registers);
  return after;
}

test.each`
  target                 | text                 | result
  ${"number"}            | ${"5"}               | ${"5"}
  ${"number"}            | ${"-5"}              | ${"-5"}
  ${"number"}            | ${"counter * 2 + 1"} | ${"15"}
  ${"number"}            | ${"0xffffffff"}      | ${"-1"}
  ${"number"}            | ${"2147483648"}      | ${"2147483648 doesn't fit in int, which holds -2147483648 to 2147483647"}
  ${"byte"}              | ${"255"}             | ${"255"}
  ${"byte"}              | ${"-1"}              | ${"255"}
  ${"byte"}              | ${"300"}             | ${"300 doesn't fit in uint8_t, which holds 0 to 255"}
  ${"small"}             | ${"200"}             | ${"200 doesn't fit in signed char, which holds -128 to 127"}
  ${"small"}             | ${"0xff"}            | ${"-1"}
  ${"half"}              | ${"-32768"}          | ${"-32768"}
  ${"big"}               | ${"1 << 30"}         | ${"1073741824"}
  ${"big"}               | ${"-(1ll << 40)"}    | ${"-1099511627776"}
  ${"letter"}            | ${"'z'"}             | ${"122 'z'"}
  ${"letter"}            | ${"66"}              | ${"66 'B'"}
  ${"letter"}            | ${"66 'A'"}          | ${"66 'B'"}
  ${"letter"}            | ${"65 'C'"}          | ${"67 'C'"}
  ${"letter"}            | ${"0x41 'C'"}        | ${"67 'C'"}
  ${"yes"}               | ${"false"}           | ${"false"}
  ${"no"}                | ${"42"}              | ${"true"}
  ${"color"}             | ${"BLUE"}            | ${"BLUE"}
  ${"color"}             | ${"0"}               | ${"RED"}
  ${"flags"}             | ${"READ | WRITE"}    | ${"READ | WRITE"}
  ${"flags"}             | ${"flags & ~READ"}   | ${"EXECUTE"}
  ${"level"}             | ${"HIGH"}            | ${"HIGH"}
  ${"single"}            | ${"2.25"}            | ${"2.25"}
  ${"single"}            | ${"1"}               | ${"1.0"}
  ${"ratio"}             | ${"1e-3"}            | ${"0.001"}
  ${"number"}            | ${"2.9"}             | ${"2"}
  ${"number"}            | ${"1e10"}            | ${"10000000000 doesn't fit in int, which holds -2147483648 to 2147483647"}
  ${"node"}              | ${"0"}               | ${"0x00000000"}
  ${"node"}              | ${"NULL"}            | ${"0x00000000"}
  ${"node"}              | ${"0x00000020"}      | ${"0x00000020"}
  ${"none"}              | ${"words[1]"}        | ${shown("words[1]")}
  ${"none"}              | ${shown("text")}     | ${shown("text")}
  ${"handler_pointer"}   | ${shown("main")}     | ${shown("main")}
  ${"handler_pointer"}   | ${"main"}            | ${shown("main")}
  ${"vague"}             | ${"numbers"}         | ${shown("&numbers[0]")}
  ${"node"}              | ${"1.5"}             | ${"C has no conversion between pointers and floating types"}
  ${"node->next->value"} | ${"77"}              | ${"77"}
  ${"numbers[3]"}        | ${"numbers[4]"}      | ${"50"}
  ${"fields.low"}        | ${"2"}               | ${"2"}
  ${"fields.low"}        | ${"8"}               | ${"8 doesn't fit in a field of 3 bits, which holds 0 to 7"}
  ${"fields.middle"}     | ${"-16"}             | ${"-16"}
  ${"fields.wide"}       | ${"0xfffff"}         | ${"1048575"}
  ${"fields.flag"}       | ${"0"}               | ${"false"}
  ${"fields.color"}      | ${"GREEN"}           | ${"GREEN"}
  ${"fields.color"}      | ${"9"}               | ${"9 doesn't fit in a field of 3 bits, which holds 0 to 7"}
  ${"word"}              | ${'"bye"'}           | ${'"bye"'}
  ${"word"}              | ${'"12345678"'}      | ${'"12345678"'}
  ${"word"}              | ${'"123456789"'}     | ${"a string of 9 bytes doesn't fit in 'word', which has 8"}
  ${"word"}              | ${"5"}               | ${"'word' is set by a string such as \"abc\", or element by element"}
  ${"outer.node"}        | ${"*node"}           | ${shown("*node")}
  ${"outer.node"}        | ${"fields"}          | ${"'outer.node' can be set only to another struct node"}
  ${"numbers"}           | ${"0"}               | ${"'numbers' can't be changed as a whole: it is of type int [5]"}
  ${"number"}            | ${"nonesuch"}        | ${"there is no 'nonesuch' in scope (column 1)"}
  ${"number"}            | ${"*node"}           | ${"'*node' is of type struct node, which isn't a number (column 1)"}
  ${"number"}            | ${"counter = 3"}     | ${"'=' would change the program, which isn't allowed here (column 9)"}
  ${"number + 1"}        | ${"3"}               | ${"'number + 1' can't be changed: it is a value without a place of its own"}
  ${"*wild_number"}      | ${"3"}               | ${"'*wild_number' can't be changed: the page of 0x40000000 isn't bound"}
  ${"$a5"}               | ${"-2"}              | ${"-2"}
  ${"$s1"}               | ${"number"}          | ${"99"}
  ${"$sp"}               | ${"$sp - 16"}        | ${shown("$sp - 16")}
  ${"$zero"}             | ${"1"}               | ${"'$zero' can't be changed: register zero is always 0"}
`("$target set to $text is $result", ({ target, text, result }) => {
  expect(set(target, text)).toBe(result);
});

test("setting a bit field leaves its neighbours alone", () => {
  const ram = program.machine.memory.bytes.slice();
  const set = (text: string) => expect(evaluate(text, frame, { allowEffects: true }).ok).toBe(true);
  set("fields.wide = 0");
  set("fields.middle = 15");
  expect(shown("fields")).toBe("{low = 5, middle = 15, wide = 0, flag = true, color = BLUE}");
  program.machine.memory.bytes.set(ram);
});

test("a register of a caller is set where the callee saved it", () => {
  const other = stopAt(FIXTURE, "// stop");
  const caller = other.frame(1);
  const result = evaluate("$s0", caller);
  if (!result.ok) throw new Error(result.message);
  expect(setValue(result.value, "0x1234", caller).ok).toBe(true);
  const again = evaluate("$s0 == 0x1234", other.frame(1));
  expect(again.ok && formatValue(again.value, caller)).toBe("1");
});

test.each`
  text                               | result                                                                                | after            | is
  ${"number = 5"}                    | ${"5"}                                                                                | ${"number"}      | ${"5"}
  ${"number += 2"}                   | ${"101"}                                                                              | ${"number"}      | ${"101"}
  ${"number -= 100"}                 | ${"-1"}                                                                               | ${"number"}      | ${"-1"}
  ${"number *= 2.5"}                 | ${"247"}                                                                              | ${"number"}      | ${"247"}
  ${"number /= 2"}                   | ${"49"}                                                                               | ${"number"}      | ${"49"}
  ${"number %= 10"}                  | ${"9"}                                                                                | ${"number"}      | ${"9"}
  ${"number <<= 1"}                  | ${"198"}                                                                              | ${"number"}      | ${"198"}
  ${"number >>= 1"}                  | ${"49"}                                                                               | ${"number"}      | ${"49"}
  ${"number &= 3"}                   | ${"3"}                                                                                | ${"number"}      | ${"3"}
  ${"number |= 4"}                   | ${"103"}                                                                              | ${"number"}      | ${"103"}
  ${"number ^= 1"}                   | ${"98"}                                                                               | ${"number"}      | ${"98"}
  ${"number++"}                      | ${"99"}                                                                               | ${"number"}      | ${"100"}
  ${"++number"}                      | ${"100"}                                                                              | ${"number"}      | ${"100"}
  ${"number--"}                      | ${"99"}                                                                               | ${"number"}      | ${"98"}
  ${"--number"}                      | ${"98"}                                                                               | ${"number"}      | ${"98"}
  ${"byte = 300"}                    | ${"44"}                                                                               | ${"byte"}        | ${"44"}
  ${"byte += 100"}                   | ${"44"}                                                                               | ${"byte"}        | ${"44"}
  ${"number = counter = 8"}          | ${"8"}                                                                                | ${"number"}      | ${"8"}
  ${"number = 1, counter = 2"}       | ${"2"}                                                                                | ${"number"}      | ${"1"}
  ${"numbers[1] = numbers[0]++"}     | ${"10"}                                                                               | ${"numbers"}     | ${"[11, 10, 30, 40, 50]"}
  ${"table++, table[0][0]"}          | ${"111 'o'"}                                                                          | ${"*table,s"}    | ${'"one"'}
  ${"node = node->next"}             | ${shown("node->next")}                                                                | ${"node->value"} | ${"2"}
  ${"outer.node = *node"}            | ${shown("*node")}                                                                     | ${"outer.node"}  | ${shown("*node")}
  ${"0 && (number = 1)"}             | ${"0"}                                                                                | ${"number"}      | ${"99"}
  ${"1 ? number = 1 : (number = 2)"} | ${"1"}                                                                                | ${"number"}      | ${"1"}
  ${"sizeof(number = 1)"}            | ${"4"}                                                                                | ${"number"}      | ${"99"}
  ${"$a5 = 3"}                       | ${"3"}                                                                                | ${"$a5"}         | ${"3"}
  ${"5 = 3"}                         | ${"'5' can't be changed: it is a value without a place of its own (column 1)"}        | ${"number"}      | ${"99"}
  ${"number++ ++"}                   | ${"'number++' can't be changed: it is a value without a place of its own (column 1)"} | ${"number"}      | ${"99"}
  ${"numbers = 0"}                   | ${"'numbers' can't be changed: it is of type int [5] (column 1)"}                     | ${"number"}      | ${"99"}
  ${"number = 5, nonesuch = 3"}      | ${"there is no 'nonesuch' in scope (column 13)"}                                      | ${"number"}      | ${"99"}
  ${"number = *node"}                | ${"'*node' is of type struct node, which isn't a number (column 10)"}                 | ${"number"}      | ${"99"}
`("$text gives $result; $after is $is then", ({ text, result, after, is }) => {
  const ram = program.machine.memory.bytes.slice();
  const registers = program.machine.hart.registers();
  const outcome = evaluate(text, frame, { allowEffects: true });
  expect(outcome.ok ? formatValue(outcome.value, frame) : outcome.message).toBe(result);
  expect(shown(after)).toBe(is);
  program.machine.memory.bytes.set(ram);
  program.machine.hart.setRegisters(registers);
});

test.each(["number = 5", "number++", "--number", "number <<= 1", "(number = 1) == 1"])(
  "%s is refused unless effects are allowed",
  (text) => {
    const before = shown("number");
    expect(shown(text)).toMatch(
      /^'.+' would change the program, which isn't allowed here \(column \d+\)$/,
    );
    expect(shown("number")).toBe(before);
  },
);
