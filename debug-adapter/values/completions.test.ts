import { expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { completionsAt } from "./completions.ts";

const frame = stopAt(FIXTURE, "// stop").frame();

/** The labels at the `|` of `text`. */
function labels(text: string): string[] {
  const at = text.indexOf("|");
  return completionsAt(text.replace("|", ""), at, frame).map(({ label }) => label);
}

test.each`
  text                        | completions
  ${"uns|"}                   | ${["unsigned_half"]}
  ${"numb|"}                  | ${["number", "numbers"]}
  ${"1 + coun|"}              | ${["counter"]}
  ${"hand|"}                  | ${["handler_pointer", "handler"]}
  ${"GREE|"}                  | ${["GREEN"]}
  ${"gree|"}                  | ${["GREEN"]}
  ${"node->|"}                | ${["value", "name", "next"]}
  ${"node->n|"}               | ${["name", "next"]}
  ${"node -> n| + 1"}         | ${["name", "next"]}
  ${"node->next->next->v|"}   | ${["value"]}
  ${"outer.node.|"}           | ${["value", "name", "next"]}
  ${"outer_pointer->node.n|"} | ${["name", "next"]}
  ${"1 + (*node).|"}          | ${["value", "name", "next"]}
  ${"((struct node *)0)->n|"} | ${["name", "next"]}
  ${"node[0].|"}              | ${["value", "name", "next"]}
  ${"anonymous.f|"}           | ${["fraction"]}
  ${"$s1|"}                   | ${["$s1", "$s10", "$s11"]}
  ${"$p|"}                    | ${["$pc"]}
  ${"number.|"}               | ${[]}
  ${"nonesuch->|"}            | ${[]}
  ${"nonesuch|"}              | ${[]}
`("$text may go on as $completions", ({ text, completions }) => {
  expect(labels(text)).toEqual(completions);
});

test("a completion says what it replaces and of which type it is", () => {
  expect(completionsAt("1 + node->va", 12, frame)).toEqual([
    { label: "value", kind: "field", detail: "int", start: 10, length: 2 },
  ]);
  expect(completionsAt("letter", 3, frame)[0]).toEqual({
    label: "letter",
    kind: "variable",
    detail: "char",
    start: 0,
    length: 3,
  });
});

test("without anything typed there are locals first", () => {
  expect(labels("|").slice(0, 2)).toEqual(["number", "shadow"]);
});
