/** Changing a value by what a person types for it. */
import { stripped, typeName } from "../dwarf/debug-info.ts";
import {
  convert,
  isByte,
  isFloating,
  type Operand,
  rangeOf,
  type Scalar,
  scalarOf,
} from "./c-types.ts";
import { type Evaluation, evaluate, evaluateNumber } from "./evaluate.ts";
import { integerText } from "./format.ts";
import type { FrameAccess } from "./frame-access.ts";
import { stringBytes } from "./lexer.ts";
import { storeBytes, storeNumber, unwritableReason } from "./storing.ts";
import { byteSize, bytesOf, numberOf, reasonText, type Value } from "./value.ts";

/**
 * Sets `value` to what `text` is as an expression in `frame`, and returns it. What `formatValue` shows may be given back: of `65 'A'` and
 * `0x00010400 "hello"` the part that was edited counts. A char array takes a string literal, a struct another of its type. A number that the
 * type can't hold is refused, where C would silently cut it off; hexadecimal ones may use all bits.
 */
export function setValue(value: Value, text: string, frame: FrameAccess): Evaluation {
  const failed = (message: string): Evaluation => ({ ok: false, message });
  const name = value.evaluateName ?? value.name ?? "it";
  const unwritable = unwritableReason(value.place);
  if (unwritable !== undefined) return failed(`'${name}' can't be changed: ${unwritable}`);
  const type = scalarOf(value.type);
  if (!type) return setWhole(value, text, frame, name);
  const source = withoutAnnotation(value, type, text, frame);
  const result = evaluateNumber(source, frame, (word) => enumerator(type, word));
  if (!result.ok) return result;
  const { operand } = result;
  const problem = misfit(value, type, operand, source);
  if (problem !== undefined) return failed(problem);
  const reason = storeNumber(value, convert(type, operand.value), frame);
  return reason === undefined
    ? { ok: true, value }
    : failed(`'${name}' can't be changed: ${reason}`);
}

function setWhole(value: Value, text: string, frame: FrameAccess, name: string): Evaluation {
  const failed = (message: string): Evaluation => ({ ok: false, message });
  const type = stripped(value.type);
  let bytes: Uint8Array | string;
  if (type.kind === "array" && isByte(type.element)) {
    const string = stringBytes(text);
    const size = byteSize(type, frame) ?? 0;
    if (!string) return failed(`'${name}' is set by a string such as "abc", or element by element`);
    if (string.length > size) {
      return failed(
        `a string of ${string.length} bytes doesn't fit in '${name}', which has ${size}`,
      );
    }
    // The NUL is part of it where there is room, as in C.
    bytes = new Uint8Array(Math.min(string.length + 1, size));
    bytes.set(string);
  } else if (type.kind === "struct" || type.kind === "union") {
    const result = evaluate(text, frame);
    if (!result.ok) return result;
    const source = stripped(result.value.type);
    if (source !== type && (source.kind !== type.kind || source.name !== type.name || !type.name)) {
      return failed(`'${name}' can be set only to another ${typeName(value.type)}`);
    }
    bytes = bytesOf(result.value, frame);
    if (typeof bytes === "string") return failed(`'${text}' can't be read: ${reasonText(bytes)}`);
  } else {
    return failed(`'${name}' can't be changed as a whole: it is of type ${typeName(value.type)}`);
  }
  const reason = storeBytes(value.place, bytes, frame);
  return reason === undefined
    ? { ok: true, value }
    : failed(`'${name}' can't be changed: ${reason}`);
}

/** The enumerators of the value's own type go before everything that is in scope. */
function enumerator(type: Scalar, name: string): Value | undefined {
  if (type.kind !== "enum") return undefined;
  const constant = type.enumerators.find((candidate) => candidate.name === name);
  return constant && { type, place: { kind: "value", value: constant.value }, name };
}

/** The part of a shown value that is an expression, or the letter if only that was edited. */
function withoutAnnotation(value: Value, type: Scalar, text: string, frame: FrameAccess): string {
  const trimmed = text.trim();
  if (type.kind === "pointer") {
    return /^(0x[\da-f]+) (?:".*"…?|<.*>)$/i.exec(trimmed)?.[1] ?? trimmed;
  }
  const [, number, letter] = /^(-?\w+) ('(?:[^'\\]|\\.+)')$/.exec(trimmed) ?? [];
  if (number === undefined || letter === undefined) return trimmed;
  const current = numberOf(value, frame);
  const isUnedited =
    typeof current === "bigint" &&
    (number === current.toString() || number === integerText(current, 16, type.size * 8));
  return isUnedited ? letter : number;
}

/** Why `operand` can't become a `type`, if so. */
function misfit(value: Value, type: Scalar, operand: Operand, text: string): string | undefined {
  const isMixed =
    (type.kind === "pointer" && isFloating(operand.type)) ||
    (operand.type.kind === "pointer" && isFloating(type));
  if (isMixed) return "C has no conversion between pointers and floating types";
  const isBoolean = type.kind === "base" && type.encoding === "boolean";
  if (isFloating(type) || isBoolean) return undefined;
  const number = operand.value;
  const bitCount = value.bits?.size ?? type.size * 8;
  const [low, high] = rangeOf(type, bitCount);
  // Bits are bits: 0xff is a signed char's -1, and -1 is all ones of an unsigned type.
  const isPattern = /^0[xb]/i.test(text);
  const least = low === 0n ? -(high + 1n) / 2n : low;
  const most = isPattern && low !== 0n ? 2n * high + 1n : high;
  if (number >= least && number <= most) return undefined;
  const what = value.bits ? `a field of ${bitCount} bits` : typeName(value.type);
  return `${number} doesn't fit in ${what}, which holds ${low} to ${high}`;
}
