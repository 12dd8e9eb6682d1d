/** Terms of the machine's conditions, from C's operators on integers of at most 32 bits, which stand extended by their types. */
import type { Condition, ConditionOperator } from "#emulator";
import type { Member } from "../dwarf/debug-info.ts";
import { isSigned, type Scalar } from "./c-types.ts";
import type { BinaryOperator } from "./syntax.ts";

export const ZERO: Condition = { kind: "constant", value: 0 };
export const ALL_ONES: Condition = { kind: "constant", value: -1 };

export function constantOf(value: bigint | number): Condition {
  return { kind: "constant", value: Number(BigInt.asIntN(32, BigInt(value))) };
}

export function contentOf(register: number): Condition {
  return register === 0 ? ZERO : { kind: "register", x: register };
}

/** A binary operation, or what it comes to where that is plain to see. */
export function binary(operator: ConditionOperator, left: Condition, right: Condition): Condition {
  if (left.kind === "constant" && right.kind === "constant") {
    if (operator === "add") return constantOf(left.value + right.value);
    if (operator === "sub") return constantOf(left.value - right.value);
    if (operator === "mul") return constantOf(BigInt(left.value) * BigInt(right.value));
  }
  if (right.kind === "constant") {
    if (right.value === 0 && ["add", "sub", "shl"].includes(operator)) return left;
    if (right.value === 1 && operator === "mul") return left;
  }
  return { kind: "binary", operator, left, right };
}

/** With an offset that is already there in one. */
export function added(term: Condition, offset: number): Condition {
  if (term.kind === "binary" && term.operator === "add" && term.right.kind === "constant") {
    return binary("add", term.left, constantOf(term.right.value + offset));
  }
  return binary("add", term, constantOf(offset));
}

/** The low bytes of a word as a number of that type. */
export function narrowed(type: Scalar, term: Condition): Condition {
  if (type.size === 4) return term;
  const shift = 32 - type.size * 8;
  if (term.kind === "constant") {
    const { value } = term;
    return constantOf(isSigned(type) ? (value << shift) >> shift : (value << shift) >>> shift);
  }
  const bits = type.size === 1 ? 8 : 16;
  return { kind: "extend", bits, isSigned: isSigned(type), operand: term };
}

/** A bit field, byte by byte: what lies around it need not be readable, nor aligned. Undefined for one that reaches into a fifth byte. */
export function fieldAt(
  address: Condition,
  { offset, size }: NonNullable<Member["bits"]>,
  isSigned: boolean,
): Condition | undefined {
  const end = offset + size;
  if (end > 32) return undefined;
  let word = byteAt(address);
  for (let bit = 8; bit < end; bit += 8) {
    const byte = byteAt(added(address, bit / 8));
    word = binary("or", word, binary("shl", byte, constantOf(bit)));
  }
  const left = binary("shl", word, constantOf(32 - end));
  return binary(isSigned ? "shrS" : "shrU", left, constantOf(32 - size));
}

function byteAt(address: Condition): Condition {
  return { kind: "load", bytes: 1, isSigned: false, address };
}

/** Undefined if `operator` is no comparison. */
export function comparison(
  operator: BinaryOperator,
  left: Condition,
  right: Condition,
  isSigned: boolean,
): Condition | undefined {
  switch (operator) {
    case "==":
      return binary("eq", left, right);
    case "!=":
      return binary("ne", left, right);
    case "<":
      return binary(isSigned ? "ltS" : "ltU", left, right);
    case ">":
      return binary(isSigned ? "ltS" : "ltU", right, left);
    case "<=":
      return binary(isSigned ? "leS" : "leU", left, right);
    case ">=":
      return binary(isSigned ? "leS" : "leU", right, left);
    default:
      return undefined;
  }
}

/** Undefined if `operator` is none that the machine has by one name. */
export function arithmetic(
  operator: BinaryOperator,
  isSigned: boolean,
): ConditionOperator | undefined {
  switch (operator) {
    case "+":
      return "add";
    case "-":
      return "sub";
    case "*":
      return "mul";
    case "/":
      return isSigned ? "divS" : "divU";
    case "%":
      return isSigned ? "remS" : "remU";
    case "&":
      return "and";
    case "^":
      return "xor";
    case "|":
      return "or";
    default:
      return undefined;
  }
}

/** Emitted code is some twenty times as long, and each bit field multiplies the length of what leads to it. */
const SIZE_MAX = 500;

/** Whether a condition has no more parts than are worth it. */
export function isShort(condition: Condition): boolean {
  let left = SIZE_MAX;
  const pending = [condition];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (left-- === 0) return false;
    for (const value of Object.values(part)) if (typeof value === "object") pending.push(value);
  }
  return true;
}
