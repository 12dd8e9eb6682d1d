/** The tokens of C expressions (C11 §6.4), and of the debugger's `$registers`. */
import type { BaseType } from "../dwarf/debug-info.ts";
import {
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  LONG_DOUBLE,
  LONG_LONG,
  rangeOf,
  UNSIGNED,
  UNSIGNED_LONG,
  UNSIGNED_LONG_LONG,
} from "./c-types.ts";
import { ExpressionError, type Span } from "./syntax.ts";

export type Token = Span &
  (
    | { readonly kind: "identifier" | "register" | "operator"; readonly text: string }
    | { readonly kind: "literal"; readonly type: BaseType; readonly value: bigint | number }
    | { readonly kind: "string"; readonly bytes: readonly number[] }
    | { readonly kind: "end" }
  );

/** Longest first. */
const OPERATORS =
  "<<= >>= ... -> ++ -- << >> <= >= == != && || += -= *= /= %= &= ^= |= + - * / % < > = ! & ^ | ~ ? : , . ( ) [ ]".split(
    " ",
  );

const SPACE = /\s+|\/\*[\s\S]*?\*\//y;
const IDENTIFIER = /[A-Za-z_]\w*/y;
const REGISTER = /\$\w*/y;
const NUMBER = /\.?\d(?:[eEpP][+-]|[\w.])*/y;

/** The tokens of `text`; the last is of kind "end". */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    for (let space = match(SPACE); space; space = match(SPACE)) at += space.length;
    if (at >= text.length) {
      tokens.push({ kind: "end", start: text.length, end: text.length });
      return tokens;
    }
    const token = tokenAt(text, at, match);
    tokens.push(token);
    at = token.end;
  }
}

/** The bytes of `text` if it is a string literal and nothing else. */
export function stringBytes(text: string): readonly number[] | undefined {
  try {
    const [string, end] = tokenize(text);
    return string?.kind === "string" && end?.kind === "end" ? string.bytes : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function tokenAt(text: string, at: number, match: (pattern: RegExp) => string | undefined): Token {
  const span = (length: number) => ({ start: at, end: at + length });
  const identifier = match(IDENTIFIER);
  if (identifier) return { kind: "identifier", text: identifier, ...span(identifier.length) };
  const number = match(NUMBER);
  if (number) return { kind: "literal", ...numberOf(number, at), ...span(number.length) };
  const register = match(REGISTER);
  if (register) return { kind: "register", text: register.slice(1), ...span(register.length) };
  const first = text[at]!;
  if (first === "'" || first === '"') {
    const { bytes, end } = quoted(text, at);
    if (first === '"') return { kind: "string", bytes, start: at, end };
    if (bytes.length !== 1) {
      throw new ExpressionError(at, "a character constant is one character, such as 'a' or '\\n'");
    }
    return { kind: "literal", type: INT, value: BigInt(bytes[0]!), start: at, end };
  }
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  if (!operator) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    throw new ExpressionError(at, `'${character}' has no meaning in a C expression`);
  }
  return { kind: "operator", text: operator, ...span(operator.length) };
}

const INTEGER = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uU]?(?:ll|LL|[lL])?|(?:ll|LL|[lL])[uU])$/;
const DECIMAL_FLOAT = /^((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([fFlL]?)$/;
const HEX_FLOAT = /^0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)([fFlL]?)$/;

function numberOf(text: string, at: number): { type: BaseType; value: bigint | number } {
  const integer = INTEGER.exec(text);
  if (integer) return integerOf(integer[1]!, integer[2]!.toLowerCase(), at);
  const decimal = DECIMAL_FLOAT.exec(text);
  if (decimal) return floatOf(Number(decimal[1]), decimal[2]!);
  const hex = HEX_FLOAT.exec(text);
  if (hex && hex[1]! + hex[2]! !== "") {
    const digits = Number.parseInt(hex[1]! + hex[2]!, 16);
    return floatOf(digits * 2 ** (Number(hex[3]) - 4 * hex[2]!.length), hex[4]!);
  }
  throw new ExpressionError(at, `'${text}' isn't a number`);
}

/** C11 §6.4.4.1: the first type that holds the value; decimal constants become unsigned only when they say so. */
function integerOf(digits: string, suffix: string, at: number): { type: BaseType; value: bigint } {
  const isDecimal = /^(0|[1-9]\d*)$/.test(digits);
  if (!isDecimal && /^0\d*[89]/.test(digits)) {
    throw new ExpressionError(at, `'${digits}' isn't a number: one that begins with 0 is octal`);
  }
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const isUnsigned = suffix.includes("u");
  const longs = suffix.replace("u", "").length;
  const types = [
    [INT, UNSIGNED],
    [LONG, UNSIGNED_LONG],
    [LONG_LONG, UNSIGNED_LONG_LONG],
  ].slice(longs);
  for (const [signed, unsigned] of types) {
    if (!isUnsigned && value <= rangeOf(signed!)[1]) return { type: signed!, value };
    if ((isUnsigned || !isDecimal) && value <= rangeOf(unsigned!)[1]) {
      return { type: unsigned!, value };
    }
  }
  throw new ExpressionError(at, `${digits} is too large for any integer type of 64 bits`);
}

function floatOf(value: number, suffix: string): { type: BaseType; value: number } {
  switch (suffix.toLowerCase()) {
    case "f":
      return { type: FLOAT, value: Math.fround(value) };
    case "l":
      return { type: LONG_DOUBLE, value };
    default:
      return { type: DOUBLE, value };
  }
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The bytes between the quotes at `start`, and where the closing one ends (C11 §6.4.4.4). */
function quoted(text: string, start: number): { bytes: number[]; end: number } {
  const quote = text[start]!;
  const bytes: number[] = [];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] === "\\") {
      const pattern = /\\(?:x[\da-fA-F]+|[0-7]{1,3}|[\s\S])/y;
      pattern.lastIndex = at;
      const matched = pattern.exec(text)?.[0];
      if (!matched) break;
      bytes.push(escapeValue(matched, at));
      at += matched.length;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      bytes.push(...new TextEncoder().encode(character));
      at += character.length;
    }
  }
  if (at >= text.length) throw new ExpressionError(start, `the closing ${quote} is missing`);
  return { bytes, end: at + 1 };
}

function escapeValue(sequence: string, at: number): number {
  const rest = sequence.slice(1);
  const value = /^x[\da-fA-F]/.test(rest)
    ? Number.parseInt(rest.slice(1), 16)
    : /^[0-7]/.test(rest)
      ? Number.parseInt(rest, 8)
      : (ESCAPES[rest] ?? (/^[\\'"?]$/.test(rest) ? rest.charCodeAt(0) : undefined));
  if (value === undefined)
    throw new ExpressionError(at, `'${sequence}' is no escape sequence of C`);
  if (value > 255) throw new ExpressionError(at, `'${sequence}' doesn't fit in a char`);
  return value;
}
