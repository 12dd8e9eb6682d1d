import { expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { interpolate, messageError, parseHitCondition, parseMessage, truth } from "./conditions.ts";

const program = stopAt(FIXTURE, "// stop");
const frame = program.frame();

test.each`
  text                      | result
  ${"number == 99"}         | ${true}
  ${"number"}               | ${true}
  ${"none"}                 | ${false}
  ${"node"}                 | ${true}
  ${"word"}                 | ${true}
  ${"handler"}              | ${true}
  ${"0.0"}                  | ${false}
  ${"ratio"}                | ${true}
  ${"no || color == GREEN"} | ${true}
  ${"node->value > 1"}      | ${false}
`("the condition $text is $result", ({ text, result }) => {
  expect(truth(text, frame)).toEqual({ ok: true, value: result });
});

test.each`
  text                  | message
  ${"*node"}            | ${"'*node' is of type struct node, which isn't a number (column 1)"}
  ${"number = 5"}       | ${"'=' would change the program, which isn't allowed here (column 8)"}
  ${"*wild_number > 1"} | ${"'*wild_number' can't be read: page not bound: 0x40000000 (column 1)"}
  ${""}                 | ${"there is no expression (column 1)"}
`("the condition $text is no condition: $message", ({ text, message }) => {
  expect(truth(text, frame)).toEqual({ ok: false, message });
});

test.each`
  message                                 | printed
  ${"plain"}                              | ${"plain"}
  ${"number is {number}"}                 | ${"number is 99"}
  ${"{node->value}, {node->next->name}!"} | ${'1, "second"!'}
  ${"{numbers[1] + 1}{color}"}            | ${"21GREEN"}
  ${"{number,x}"}                         | ${"0x63"}
  ${"{words[0],s}"}                       | ${'"zero"'}
  ${"\\{number\\}"}                       | ${"{number}"}
  ${"a } and a { alone"}                  | ${"a } and a { alone"}
  ${"{'}' == 125} {'\\'' == 39}"}         | ${"1 1"}
  ${"{nonesuch}"}                         | ${"<there is no 'nonesuch' in scope (column 1)>"}
  ${"{*wild_number}"}                     | ${"<page not bound: 0x40000000>"}
  ${"{}"}                                 | ${"<there is no expression (column 1)>"}
  ${"{number++}"}                         | ${"<'++' would change the program, which isn't allowed here (column 7)>"}
  ${""}                                   | ${""}
`("the log message $message prints $printed", ({ message, printed }) => {
  expect(interpolate(message, frame)).toBe(printed);
});

test("a log message consists of texts and expressions", () => {
  expect(parseMessage("a {b} c")).toEqual([
    { kind: "text", text: "a " },
    { kind: "expression", text: "b" },
    { kind: "text", text: " c" },
  ]);
});

test("the form of a log message can be checked before there is a frame", () => {
  const { debug } = program;
  expect(messageError("x is {x}, {(handler_t)x}", debug)).toBe(undefined);
  expect(messageError("x is {x +}", debug)).toBe("{x +}: a value is missing at the end (column 4)");
});

test.each`
  condition  | hits
  ${"3"}     | ${[3]}
  ${"== 3"}  | ${[3]}
  ${"=3"}    | ${[3]}
  ${"!= 3"}  | ${[1, 2, 4, 5, 6, 7]}
  ${">= 3"}  | ${[3, 4, 5, 6, 7]}
  ${">5"}    | ${[6, 7]}
  ${"< 3"}   | ${[1, 2]}
  ${"<= 3"}  | ${[1, 2, 3]}
  ${" % 3 "} | ${[3, 6]}
`("the hit condition $condition stops at the hits $hits", ({ condition, hits }) => {
  const result = parseHitCondition(condition);
  if (!result.ok) throw new Error(result.message);
  expect([1, 2, 3, 4, 5, 6, 7].filter(result.matches)).toEqual(hits);
});

test.each(["", "x", "> x", "5 5", "-1", "% 0", "1.5"])("'%s' is no hit condition", (text) => {
  const result = parseHitCondition(text);
  expect(result.ok ? "accepted" : result.message).toMatch(/^'.*' is no hit condition: /);
});
