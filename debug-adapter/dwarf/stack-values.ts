/** Values on the stack of a DWARF expression and their arithmetic (DWARF5 §2.5.1). */
import { OP } from "./constants.ts";

/** The base type of a typed value. */
export interface ValueType {
  readonly size: number;
  readonly kind: "signed" | "unsigned" | "float";
}

/** `type` undefined: the generic type, an integer of the size of an address without a sign of its own. */
export interface StackValue {
  /**
   * Integers by value, floats by their bits. A generic constant keeps what it was written with, even beyond 32 bits: producers give 64-bit
   * variables such constants as their value. Arithmetic wraps.
   */
  readonly value: bigint;
  readonly type: ValueType | undefined;
}

/** Division by 0, or operands that don't go together. */
export class ArithmeticError extends Error {}

export function generic(value: bigint | number): StackValue {
  return { value: BigInt(value), type: undefined };
}

/** The value as an unsigned 32-bit number: as an address. */
export function toAddress({ value }: StackValue): number {
  return Number(BigInt.asUintN(32, value));
}

/** `value` wrapped to the range of `type`. */
export function typed(value: bigint, type: ValueType | undefined): StackValue {
  return { value: wrap(value, type), type };
}

function wrap(value: bigint, type: ValueType | undefined): bigint {
  const bits = (type?.size ?? 4) * 8;
  return type?.kind === "signed" ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** The result of a binary operation; both operands have the same type in correct expressions. */
export function binary(operation: number, left: StackValue, right: StackValue): StackValue {
  const type = left.type ?? right.type;
  if (type?.kind === "float") return floatBinary(operation, left, right, type);
  const a = wrap(left.value, type);
  const b = wrap(right.value, type);
  switch (operation) {
    case OP.plus:
      return typed(a + b, type);
    case OP.minus:
      return typed(a - b, type);
    case OP.mul:
      return typed(a * b, type);
    case OP.div:
      // Division of generic values is signed, their remainder isn't (DWARF5 §2.5.1.4).
      return typed(signed(a, type) / nonZero(signed(b, type)), type);
    case OP.mod:
      return typed(a % nonZero(b), type);
    case OP.and:
      return typed(a & b, type);
    case OP.or:
      return typed(a | b, type);
    case OP.xor:
      return typed(a ^ b, type);
    case OP.shl:
      return typed(a << shiftCount(b), type);
    case OP.shr:
      return typed(BigInt.asUintN((type?.size ?? 4) * 8, a) >> shiftCount(b), type);
    case OP.shra:
      return typed(BigInt.asIntN((type?.size ?? 4) * 8, a) >> shiftCount(b), type);
    default:
      return generic(compare(operation, signed(a, type), signed(b, type)) ? 1 : 0);
  }
}

/** DW_OP_abs, DW_OP_neg and DW_OP_not. */
export function unary(operation: number, operand: StackValue): StackValue {
  const { type } = operand;
  if (type?.kind === "float") {
    const value = floatOf(operand.value, type);
    return floatValue(operation === OP.abs ? Math.abs(value) : -value, type);
  }
  const value = signed(wrap(operand.value, type), type);
  if (operation === OP.abs) return typed(value < 0n ? -value : value, type);
  return typed(operation === OP.neg ? -value : ~value, type);
}

/** DW_OP_convert: the same number in another type. */
export function convert(operand: StackValue, type: ValueType | undefined): StackValue {
  const from = operand.type;
  if (from?.kind === "float") {
    const value = floatOf(operand.value, from);
    if (type?.kind === "float") return floatValue(value, type);
    return typed(Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n, type);
  }
  const value = wrap(operand.value, from);
  if (type?.kind === "float") return floatValue(Number(signed(value, from)), type);
  // A generic value has no sign; the target's decides how it is widened.
  return typed(from === undefined && type?.kind === "signed" ? signed(value, from) : value, type);
}

/** Generic values are signed where it matters (DWARF5 §2.5.1.4, §2.5.1.5). */
function signed(value: bigint, type: ValueType | undefined): bigint {
  return type === undefined ? BigInt.asIntN(32, value) : value;
}

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new ArithmeticError("its expression divides by zero");
  return value;
}

/** Shifting by more than any type has bits gives the same as by 64, and takes less memory. */
function shiftCount(count: bigint): bigint {
  return count < 0n || count > 64n ? 64n : count;
}

function compare(operation: number, a: bigint | number, b: bigint | number): boolean {
  switch (operation) {
    case OP.eq:
      return a === b;
    case OP.ne:
      return a !== b;
    case OP.lt:
      return a < b;
    case OP.le:
      return a <= b;
    case OP.gt:
      return a > b;
    case OP.ge:
      return a >= b;
    default:
      throw new ArithmeticError(`its expression has the unknown operation ${operation}`);
  }
}

function floatBinary(
  operation: number,
  left: StackValue,
  right: StackValue,
  type: ValueType,
): StackValue {
  const a = floatOf(left.value, type);
  const b = floatOf(right.value, type);
  switch (operation) {
    case OP.plus:
      return floatValue(a + b, type);
    case OP.minus:
      return floatValue(a - b, type);
    case OP.mul:
      return floatValue(a * b, type);
    case OP.div:
      return floatValue(a / b, type);
    default:
      return generic(compare(operation, a, b) ? 1 : 0);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

function floatOf(bits: bigint, type: ValueType): number {
  if (type.size === 4) {
    scratch.setUint32(0, Number(BigInt.asUintN(32, bits)));
    return scratch.getFloat32(0);
  }
  scratch.setBigUint64(0, BigInt.asUintN(64, bits));
  return scratch.getFloat64(0);
}

function floatValue(value: number, type: ValueType): StackValue {
  if (type.size === 4) {
    scratch.setFloat32(0, value);
    return { value: BigInt(scratch.getUint32(0)), type };
  }
  scratch.setFloat64(0, value);
  return { value: scratch.getBigUint64(0), type };
}
