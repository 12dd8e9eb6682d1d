/**
 * What a C file declares and defines at its top level, with the comment that stands above it: functions, macros, types and enumeration
 * constants. It reads text as it is, half-written too, and knows no preprocessor: every branch of a conditional counts.
 */

export type DeclarationKind = "function" | "macro" | "type" | "constant" | "variable";

export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** As it is written, on one line; a structure's fields and a macro's value included. */
  readonly text: string;
  /** The comment above it or behind it, without its marks. */
  readonly comment: string;
  /** From 0. */
  readonly line: number;
  readonly character: number;
  /** With a body. */
  readonly isDefinition: boolean;
  /** Of a function or of a macro with parameters, as they are written. */
  readonly parameters?: readonly string[];
}

/** Longer ones are cut in a hover. */
const TEXT_MAX = 2000;

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly comment: string;
  readonly hasBody: boolean;
}

export function declarationsOf(source: string): Declaration[] {
  const code = blankComments(source);
  const lines = lineStarts(source);
  const found: Declaration[] = [];
  const add = (
    piece: Piece,
    name: string,
    kind: DeclarationKind,
    at: number,
    rest: Partial<Declaration> = {},
  ) => {
    const line = lineOf(lines, piece.start + at);
    found.push({
      name,
      kind,
      text: (kind === "type" ? piece.text : oneLine(piece.text)).slice(0, TEXT_MAX),
      comment: piece.comment,
      line,
      character: piece.start + at - (lines[line] ?? 0),
      isDefinition: piece.hasBody,
      ...rest,
    });
  };
  for (const piece of piecesOf(source, code)) readPiece(piece, add);
  return found;
}

type Add = (
  piece: Piece,
  name: string,
  kind: DeclarationKind,
  at: number,
  rest?: Partial<Declaration>,
) => void;

const MACRO = /^#\s*define\s+(\w+)(\(([^)]*)\))?/;
const FUNCTION = /(?:^|[\s*])([A-Za-z_]\w*)\s*\(/g;
const TYPE = /^(?:typedef\s+)?(struct|union|enum)\s+(\w+)\s*\{/;
const NOT_NAMES = new Set(["__attribute__", "if", "while", "for", "switch", "return", "sizeof"]);

function readPiece(piece: Piece, add: Add): void {
  const macro = MACRO.exec(piece.text);
  if (macro !== null) {
    const [, name = "", list, parameters = ""] = macro;
    add(piece, name, "macro", piece.text.indexOf(name), {
      isDefinition: true,
      ...(list === undefined ? {} : { parameters: splitList(parameters) }),
    });
    return;
  }
  if (piece.text.startsWith("#")) return;
  const type = TYPE.exec(piece.text);
  if (type !== null) {
    const [all, what, name = ""] = type;
    add(piece, name, "type", all.indexOf(name, what?.length), { isDefinition: true });
    if (what === "enum") readConstants(piece, add);
  } else if (/^(?:typedef\s+)?enum\s*\{/.test(piece.text)) readConstants(piece, add);
  if (piece.text.startsWith("typedef")) {
    const alias = /\b(\w+)\s*(?:\[[^\]]*\]|\([^()]*\))?\s*;?$/.exec(piece.text);
    if (alias?.[1] !== undefined && alias[1] !== type?.[2])
      add(piece, alias[1], "type", alias.index);
    return;
  }
  if (type !== null) return;
  for (const match of piece.text.matchAll(FUNCTION)) {
    const [all, name = ""] = match;
    if (NOT_NAMES.has(name)) continue;
    const open = match.index + all.length;
    const close = closing(piece.text, open);
    if (close < 0 || /=/.test(piece.text.slice(0, open))) break;
    // An attribute of the same form: another name with an argument list follows.
    if (
      /^\s*[A-Za-z_*]/.test(piece.text.slice(close + 1)) &&
      !/^\s*__/.test(piece.text.slice(close + 1))
    )
      continue;
    add(piece, name, "function", open - 1 - /\s*\($/.exec(all)![0].length + 1 - name.length, {
      parameters: splitList(piece.text.slice(open, close)),
    });
    return;
  }
  const variable = /\b([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\s*(?:=[\s\S]*)?;?$/.exec(piece.text);
  // A lone word is no declaration yet.
  if (variable?.[1] !== undefined && variable.index > 0) {
    add(piece, variable[1], "variable", variable.index, {
      isDefinition: !piece.text.startsWith("extern"),
    });
  }
}

function readConstants(piece: Piece, add: Add): void {
  const open = piece.text.indexOf("{") + 1;
  const body = piece.text.slice(open, piece.text.lastIndexOf("}"));
  for (const match of body.matchAll(/(?:^|,)\s*([A-Za-z_]\w*)/g)) {
    const [all, name = ""] = match;
    add(piece, name, "constant", open + match.index + all.length - name.length, {
      text: name,
      isDefinition: true,
    });
  }
}

/** Top-level statements and preprocessor lines. A comment belongs to all that follows it up to an empty line. */
function* piecesOf(source: string, code: string): Generator<Piece> {
  let at = 0;
  let comment = "";
  while (at < code.length) {
    const gap = /\s*/y;
    gap.lastIndex = at;
    const start = at + (gap.exec(code)?.[0].length ?? 0);
    comment = commentIn(source.slice(at, start), comment);
    if (start >= code.length) return;
    const end = code[start] === "#" ? lineEnd(code, start) : statementEnd(code, start);
    const raw = code.slice(start, end.at);
    const behind = /^[^\n]*/.exec(source.slice(end.at))?.[0] ?? "";
    const trailing = /^\s*\/\/\s?(.*)/.exec(behind)?.[1];
    const head = end.body < 0 ? raw : code.slice(start, end.body);
    const isType = /^(?:typedef\s+)?(?:struct|union|enum)\b[^(]*$/.test(head);
    yield {
      text: (isType ? source.slice(start, end.at) : head).trim().replace(/;$/, ""),
      start,
      comment: trailing ?? comment,
      hasBody: end.body >= 0,
    };
    // An external block or a stray bracket must not end the reading.
    at = Math.max(end.at, start + 1);
    if (trailing !== undefined) at += behind.length;
  }
}

/** The comment that a stretch between two pieces leaves in force. */
function commentIn(gap: string, before: string): string {
  let comment = /\n[ \t]*\n/.test(gap) ? "" : before;
  const blocks = gap.match(/\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+/g) ?? [];
  const last = blocks.at(-1);
  if (last === undefined) return comment;
  comment = last
    .replace(/^\/\*+|\*+\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*(?:\/\/ ?|\* ?)/, "").trimEnd())
    .join("\n")
    .trim();
  // A heading over a stretch of a file is about no one declaration.
  if (/^-{2,}/.test(comment)) return "";
  const after = gap.slice(gap.lastIndexOf(last) + last.length);
  return /\n[ \t]*\n/.test(after) ? "" : comment;
}

function statementEnd(code: string, start: number): { at: number; body: number } {
  let depth = 0;
  let body = -1;
  for (let at = start; at < code.length; at += 1) {
    const character = code[at];
    if (character === "{" || character === "(") {
      if (character === "{" && depth === 0 && body < 0) body = at;
      depth += 1;
    } else if (character === "}" || character === ")") {
      depth = Math.max(0, depth - 1);
      if (character === "}" && depth === 0) {
        // A function ends here; a type or an initialised variable ends at its semicolon.
        const head = code.slice(start, body);
        if (/\)\s*(?:__\w+\S*\s*)*$/.test(head) && !head.includes("=")) return { at: at + 1, body };
      }
    } else if (character === ";" && depth === 0) return { at: at + 1, body };
    else if (character === "#" && code[at - 1] === "\n" && depth === 0) return { at, body };
  }
  return { at: code.length, body };
}

function lineEnd(code: string, start: number): { at: number; body: number } {
  let at = code.indexOf("\n", start);
  while (at > 0 && code[at - 1] === "\\") at = code.indexOf("\n", at + 1);
  return { at: at < 0 ? code.length : at, body: -1 };
}

function closing(text: string, open: number): number {
  let depth = 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The parts of a parameter list: commas within brackets do not separate. */
export function splitList(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at += 1) {
    const character = list[at];
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (at === list.length || (character === "," && depth === 0)) {
      parts.push(oneLine(list.slice(start, at)));
      start = at + 1;
    }
  }
  return parts.filter((part) => part !== "" && part !== "void");
}

export const oneLine = (text: string): string =>
  text.replace(/\\\n/g, " ").replace(/\s+/g, " ").trim();

/** The text with comments, and what is between quotes, blank: at the same offsets. */
export function blankComments(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
    (piece) => piece.replace(/[^\n]/g, " "),
  );
}

export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
