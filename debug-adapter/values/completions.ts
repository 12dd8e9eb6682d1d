/** Names that may come next at a place in an expression. */
import { stripped, typeName } from "../dwarf/debug-info.ts";
import { evaluateType } from "./evaluate.ts";
import type { FrameAccess } from "./frame-access.ts";
import { globalVariables, localVariables, registerNames } from "./names-in-scope.ts";
import { membersOf } from "./subobjects.ts";
import { enumeratorNames, functionNames } from "./unit-names.ts";

export interface Completion {
  readonly label: string;
  readonly kind: "variable" | "field" | "function" | "enum" | "register";
  /** The type, where that is known without cost. */
  readonly detail?: string;
  /** What is replaced by the label: `length` characters from the offset `start` of the text on. */
  readonly start: number;
  readonly length: number;
}

const COMPLETION_COUNT_MAX = 200;

/**
 * What can stand at offset `at` of `text`, where perhaps a part of it stands already: members after `.` and `->`, registers after `$`, else
 * locals, globals, functions and enumerators, nearest first.
 */
export function completionsAt(text: string, at: number, frame: FrameAccess): Completion[] {
  const before = text.slice(0, at);
  const word = /\$?\w*$/.exec(before)![0];
  const start = before.length - word.length;
  const completions = word.startsWith("$")
    ? registers()
    : (membersBefore(before.slice(0, start), frame) ?? names(frame));
  const wanted = word.toLowerCase();
  const known = new Set<string>();
  const found: Completion[] = [];
  for (const completion of completions) {
    const { label } = completion;
    if (known.has(label) || !label.toLowerCase().startsWith(wanted)) continue;
    known.add(label);
    found.push({ ...completion, start, length: word.length });
    if (found.length === COMPLETION_COUNT_MAX) break;
  }
  return found;
}

type Candidate = Pick<Completion, "label" | "kind" | "detail">;

function* registers(): Iterable<Candidate> {
  for (const name of registerNames()) yield { label: `$${name}`, kind: "register" };
}

function* names(frame: FrameAccess): Iterable<Candidate> {
  for (const { name, type } of localVariables(frame)) {
    yield { label: name, kind: "variable", detail: typeName(type) };
  }
  for (const { name, type } of globalVariables(frame.debug)) {
    yield { label: name, kind: "variable", detail: typeName(type) };
  }
  for (const label of functionNames(frame)) yield { label, kind: "function" };
  for (const label of enumeratorNames(frame)) yield { label, kind: "enum" };
}

/** The members of the object before the `.` or `->` that `text` ends with; undefined if it ends otherwise. */
function membersBefore(text: string, frame: FrameAccess): Candidate[] | undefined {
  const operator = /(\.|->)\s*$/.exec(text);
  if (!operator || /(^|[^\w)\]])\d+\.$/.test(text)) return undefined;
  const object = postfixExpressionAtEnd(text.slice(0, operator.index));
  const type = object === undefined ? undefined : evaluateType(object, frame);
  let plain = type && stripped(type);
  if (operator[1] === "->" && plain?.kind === "pointer") plain = stripped(plain.target);
  else if (operator[1] === "->" && plain?.kind === "array") plain = stripped(plain.element);
  if (plain?.kind !== "struct" && plain?.kind !== "union") return [];
  return membersOf(plain).map((member) => ({
    label: member.name,
    kind: "field",
    detail: typeName(member.type),
  }));
}

/** The longest `a->b[i].c`, `(x)`, `$reg` and the like that `text` ends with. */
function postfixExpressionAtEnd(text: string): string | undefined {
  let start = text.trimEnd().length;
  const end = start;
  for (;;) {
    const head = text.slice(0, start);
    const last = head.at(-1);
    if (last === ")" || last === "]") {
      const open = openingBracket(head);
      if (open < 0) return undefined;
      start = open;
      // What stands before `[` is indexed; before `(` there may be anything.
      if (last === "]") continue;
    } else {
      const word = /\$?\w+$/.exec(head)?.[0];
      if (word === undefined)
        return start < end && head === "" ? text.slice(start, end) : undefined;
      start -= word.length;
    }
    const operator = /(\.|->)\s*$/.exec(text.slice(0, start));
    if (!operator) return text.slice(start, end);
    start = text.slice(0, operator.index).trimEnd().length;
  }
}

function openingBracket(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ")" || text[at] === "]") depth++;
    else if ((text[at] === "(" || text[at] === "[") && --depth === 0) return at;
  }
  return -1;
}
