/** C's arithmetic under ILP32 (psABI, C/C++ type sizes): which types are numbers, and the conversions between them (C11 §6.3). */
import {
  type BaseType,
  type EnumType,
  type PointerType,
  stripped,
  type Type,
} from "../dwarf/debug-info.ts";
import { floatFromBits, floatToBits } from "./floats.ts";

/** The types of single values. */
export type Scalar = BaseType | EnumType | PointerType;

/** A single value that was read or computed: a number if its type is a floating type, else a bigint. */
export interface Operand {
  readonly type: Scalar;
  readonly value: bigint | number;
}

const integer = (name: string, encoding: BaseType["encoding"], size: number): BaseType => ({
  kind: "base",
  name,
  size,
  encoding,
});

export const CHAR = integer("char", "unsigned char", 1);
export const BOOL = integer("_Bool", "boolean", 1);
export const INT = integer("int", "signed", 4);
export const UNSIGNED = integer("unsigned int", "unsigned", 4);
export const LONG = integer("long", "signed", 4);
export const UNSIGNED_LONG = integer("unsigned long", "unsigned", 4);
export const LONG_LONG = integer("long long", "signed", 8);
export const UNSIGNED_LONG_LONG = integer("unsigned long long", "unsigned", 8);
export const FLOAT: BaseType = { kind: "base", name: "float", size: 4, encoding: "float" };
export const DOUBLE: BaseType = { kind: "base", name: "double", size: 8, encoding: "float" };
export const LONG_DOUBLE: BaseType = { ...DOUBLE, name: "long double", size: 16 };

export function pointerTo(target: Type): PointerType {
  return { kind: "pointer", size: 4, target };
}

/** `type` without typedefs and qualifiers if it is of single values; complex numbers and such are not. */
export function scalarOf(type: Type): Scalar | undefined {
  const plain = stripped(type);
  if (plain.kind === "enum" || plain.kind === "pointer") return plain;
  if (plain.kind !== "base" || plain.size < 1 || plain.size > 16) return undefined;
  return plain.encoding === "complex" || plain.encoding === "other" ? undefined : plain;
}

export function isFloating(type: Scalar): boolean {
  return type.kind === "base" && type.encoding === "float";
}

export function isSigned(type: Scalar): boolean {
  if (type.kind === "enum") return type.isSigned;
  return type.kind === "base" && (type.encoding === "signed" || type.encoding === "signed char");
}

/** Whether C programs keep text in it. `uint8_t` and `unsigned char` hold numbers more often than letters. */
export function isText(type: Type): boolean {
  const plain = stripped(type);
  return plain.kind === "base" && plain.name === "char";
}

export function isByte(type: Type): boolean {
  const plain = stripped(type);
  return plain.kind === "base" && plain.size === 1 && !isFloating(plain);
}

/** The value that `bits` have as a `type`; only the low bits count. */
export function fromBits(type: Scalar, bits: bigint): bigint | number {
  if (isFloating(type)) return floatFromBits(bits, type.size);
  return wrap(type, bits);
}

/** The bits of `value`, which is of `type`, as an unsigned number. */
export function toBits({ type, value }: Operand): bigint {
  if (typeof value === "number") return floatToBits(value, type.size);
  return BigInt.asUintN(type.size * 8, value);
}

/** C11 §6.3.1. What C leaves undefined is what compiled code mostly does: a float beyond the range of 32 or 64 bits becomes the nearest integer, NaN becomes 0. */
export function convert(type: Scalar, value: bigint | number): bigint | number {
  if (isFloating(type)) {
    const number = Number(value);
    return type.size === 4 ? Math.fround(number) : number;
  }
  if (type.kind === "base" && type.encoding === "boolean") {
    return value !== 0n && value !== 0 ? 1n : 0n;
  }
  if (typeof value === "bigint") return wrap(type, value);
  if (Number.isNaN(value)) return 0n;
  const [low, high] = rangeOf(type.size < 4 ? INT : type);
  if (value <= Number(low)) return wrap(type, low);
  if (value >= Number(high)) return wrap(type, high);
  return wrap(type, BigInt(Math.trunc(value)));
}

/** The least and the greatest value of an integer type or a pointer. */
export function rangeOf(type: Scalar, bitCount = type.size * 8): [low: bigint, high: bigint] {
  if (type.kind === "base" && type.encoding === "boolean") return [0n, 1n];
  const count = BigInt(bitCount);
  return isSigned(type)
    ? [-(1n << (count - 1n)), (1n << (count - 1n)) - 1n]
    : [0n, (1n << count) - 1n];
}

function wrap(type: Scalar, value: bigint): bigint {
  const bits = type.size * 8;
  return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** The integer promotions (C11 §6.3.1.1). A bit field of fewer bits than an int becomes an int whatever its type. */
export function promoted(type: Scalar, bitCount = type.size * 8): BaseType | PointerType {
  if (type.kind === "pointer") return type;
  if (isFloating(type)) return type as BaseType;
  if (type.size < 4 || bitCount < 32) return INT;
  if (type.kind === "enum") return ofSize(type.size, type.isSigned);
  return type.encoding === "address" ? UNSIGNED : type;
}

/** The usual arithmetic conversions of two promoted types (C11 §6.3.1.8). */
export function commonType(left: BaseType, right: BaseType): BaseType {
  if (isFloating(left) || isFloating(right)) {
    if (!isFloating(right)) return left;
    return isFloating(left) && left.size >= right.size ? left : right;
  }
  if (isSigned(left) === isSigned(right)) return rank(left) >= rank(right) ? left : right;
  const [signed, unsigned] = isSigned(left) ? [left, right] : [right, left];
  if (rank(unsigned) >= rank(signed)) return unsigned;
  if (signed.size > unsigned.size) return signed;
  return isLong(signed) ? UNSIGNED_LONG : ofSize(signed.size, false);
}

function rank(type: BaseType): number {
  return type.size * 2 + (isLong(type) ? 1 : 0);
}

/** `long` is as large as `int` but ranks higher; only its name tells them apart. */
function isLong(type: BaseType): boolean {
  return type.size === 4 && /\blong\b/.test(type.name);
}

function ofSize(size: number, isSigned: boolean): BaseType {
  if (size > 4) return isSigned ? LONG_LONG : UNSIGNED_LONG_LONG;
  return isSigned ? INT : UNSIGNED;
}
