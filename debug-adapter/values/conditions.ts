/** Conditions, hit conditions and log messages of breakpoints. */
import type { DebugInfo } from "../dwarf/debug-info.ts";
import { evaluate, evaluateNumber, syntaxError } from "./evaluate.ts";
import { formatValue } from "./format.ts";
import type { FrameAccess } from "./frame-access.ts";
import { isTrue } from "./operators.ts";

export type Truth =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly message: string };

/** Whether the expression `text` is true in `frame`, as `if` would have it. Effects are refused. */
export function truth(text: string, frame: FrameAccess): Truth {
  const result = evaluateNumber(text, frame);
  return result.ok ? { ok: true, value: isTrue(result.operand) } : result;
}

/** A part of a log message: text to print as it is, or an expression whose value is printed. */
export type MessagePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string };

/** The parts of `message`. Expressions stand in braces; `\{` and `\}` are braces; a brace that isn't closed is text. */
export function parseMessage(message: string): MessagePart[] {
  const parts: MessagePart[] = [];
  let text = "";
  for (let at = 0; at < message.length; at++) {
    const character = message[at]!;
    const next = message[at + 1];
    if (character === "\\" && (next === "{" || next === "}")) {
      text += next;
      at++;
      continue;
    }
    const end = character === "{" ? closingBrace(message, at + 1) : -1;
    if (end < 0) {
      text += character;
      continue;
    }
    if (text) parts.push({ kind: "text", text });
    text = "";
    parts.push({ kind: "expression", text: message.slice(at + 1, end) });
    at = end;
  }
  if (text) parts.push({ kind: "text", text });
  return parts;
}

/** Where the brace is that ends the expression from `start` on; one in a character constant doesn't. */
function closingBrace(message: string, start: number): number {
  for (let at = start; at < message.length; at++) {
    if (message[at] === "}") return at;
    const constant = /'(?:\\.|[^'\\])'/y;
    constant.lastIndex = at;
    const matched = constant.exec(message);
    if (matched) at += matched[0].length - 1;
  }
  return -1;
}

/** What is wrong with the form of a log message's expressions, if something is. */
export function messageError(message: string, debug?: DebugInfo): string | undefined {
  for (const { kind, text } of parseMessage(message)) {
    const problem = kind === "expression" ? syntaxError(text, debug) : undefined;
    if (problem !== undefined) return `{${text}}: ${problem}`;
  }
  return undefined;
}

/** `message` with the values of its expressions in `frame`; one that has none is its reason in angle brackets. */
export function interpolate(message: string, frame: FrameAccess): string {
  return parseMessage(message)
    .map(({ kind, text }) => {
      if (kind === "text") return text;
      const result = evaluate(text, frame);
      return result.ok ? formatValue(result.value, frame) : `<${result.message}>`;
    })
    .join("");
}

export type HitCondition =
  /** `matches` is given the number of hits, this one included: 1 for the first. */
  | { readonly ok: true; readonly matches: (count: number) => boolean }
  | { readonly ok: false; readonly message: string };

/** `5` and `== 5`: the fifth hit only; `>= 5`, `> 5`, `< 5`, `<= 5`, `!= 5`; `% 5`: every fifth. */
export function parseHitCondition(text: string): HitCondition {
  const [, operator = "==", digits] = /^\s*(>=?|<=?|={1,2}|!=|%)?\s*(\d+)\s*$/.exec(text) ?? [];
  if (digits === undefined) {
    const message = `'${text.trim()}' is no hit condition: write a count such as 5, >= 5 or % 5`;
    return { ok: false, message };
  }
  const count = Number(digits);
  if (operator === "%" && count === 0) {
    return { ok: false, message: "'% 0' is no hit condition: there is no every 0th hit" };
  }
  return { ok: true, matches: (hits) => compare(hits, operator, count) };
}

function compare(hits: number, operator: string, count: number): boolean {
  switch (operator) {
    case ">=":
      return hits >= count;
    case ">":
      return hits > count;
    case "<=":
      return hits <= count;
    case "<":
      return hits < count;
    case "!=":
      return hits !== count;
    case "%":
      return hits % count === 0;
    default:
      return hits === count;
  }
}
