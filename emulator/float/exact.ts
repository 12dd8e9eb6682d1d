/**
 * What F and D compute, done as it is defined: on integers of any size, exactly, and rounded once. Slow, without a case that is left out, and what the
 * fast ways (fast-single.ts, fast-double.ts) are compared with and fall back to. Operands and results are the bits of a format.
 */

import { FLAG, ROUNDING, type Rounding } from "./arithmetic.ts";
import { type Format, type Unpacked, unpack } from "./format.ts";
import { bitLength, type Rounded, round, toMultiple } from "./rounding.ts";

export function add(a: bigint, b: bigint, format: Format, rounding: Rounding): Rounded {
  return sum(unpack(a, format), unpack(b, format), format, rounding);
}

export function multiply(a: bigint, b: bigint, format: Format, rounding: Rounding): Rounded {
  const [x, y] = [unpack(a, format), unpack(b, format)];
  const nan = nanFor(format, isInvalidProduct(x, y), x, y);
  if (nan !== undefined) return nan;
  return rounded(product(x, y), format, rounding);
}

/** a * b + c, rounded once. Infinity * 0 is invalid whatever is added to it (Unpriv §11.6). */
export function multiplyAdd(
  a: bigint,
  b: bigint,
  c: bigint,
  format: Format,
  rounding: Rounding,
): Rounded {
  const [x, y, z] = [unpack(a, format), unpack(b, format), unpack(c, format)];
  const nan = nanFor(format, isInvalidProduct(x, y), x, y, z);
  return nan ?? sum(product(x, y), z, format, rounding);
}

export function divide(a: bigint, b: bigint, format: Format, rounding: Rounding): Rounded {
  const [x, y] = [unpack(a, format), unpack(b, format)];
  const areInfinite = x.kind === "infinity" && y.kind === "infinity";
  const nan = nanFor(format, areInfinite || (isZero(x) && isZero(y)), x, y);
  if (nan !== undefined) return nan;
  const isNegative = x.isNegative !== y.isNegative;
  if (x.kind === "infinity") return { bits: infinity(isNegative, format), flags: 0 };
  if (isZero(x) || y.kind === "infinity") return { bits: zero(isNegative, format), flags: 0 };
  if (isZero(y)) return { bits: infinity(isNegative, format), flags: FLAG.divideByZero };

  const missing = format.precision + 2 + bitLength(y.significand) - bitLength(x.significand);
  const shift = Math.max(missing, 0);
  const dividend = x.significand << BigInt(shift);
  const quotient = dividend / y.significand;
  const rest = dividend - quotient * y.significand;
  const exponent = x.exponent - y.exponent - shift;
  return round(isNegative, withRest(quotient, rest), exponent - 1, format, rounding);
}

export function squareRoot(a: bigint, format: Format, rounding: Rounding): Rounded {
  const x = unpack(a, format);
  if (isZero(x)) return { bits: a, flags: 0 };
  const nan = nanFor(format, x.isNegative && !isNan(x), x);
  if (nan !== undefined) return nan;
  if (x.kind === "infinity") return { bits: a, flags: 0 };

  const missing = 2 * (format.precision + 2) - bitLength(x.significand);
  // An even exponent, which a root halves.
  const shift = missing + ((x.exponent - missing) & 1);
  const square = x.significand << BigInt(shift);
  const root = integerRoot(square);
  const exponent = (x.exponent - shift) / 2;
  return round(false, withRest(root, square - root * root), exponent - 1, format, rounding);
}

/** minimumNumber of IEEE 754-2019, as F has it since 2.2: a number wins over a NaN, -0 is less than +0, and a signaling NaN is invalid. */
export function minimum(a: bigint, b: bigint, format: Format): Rounded {
  return select(a, b, format, (order) => order <= 0);
}

export function maximum(a: bigint, b: bigint, format: Format): Rounded {
  return select(a, b, format, (order) => order > 0);
}

function select(
  a: bigint,
  b: bigint,
  format: Format,
  isFirst: (order: number) => boolean,
): Rounded {
  const [x, y] = [unpack(a, format), unpack(b, format)];
  const flags = isSignaling(x, y) ? FLAG.invalid : 0;
  if (isNan(x) && isNan(y)) return { bits: format.canonicalNaN, flags };
  if (isNan(x)) return { bits: b, flags };
  if (isNan(y)) return { bits: a, flags };
  // Zeros are equal; here their signs count, too.
  const order = compare(a, b, format) || Number(y.isNegative) - Number(x.isNegative);
  return { bits: isFirst(order) ? a : b, flags };
}

export interface Comparison {
  readonly holds: boolean;
  readonly flags: number;
}

/** Quiet: only a signaling NaN is invalid. */
export function equal(a: bigint, b: bigint, format: Format): Comparison {
  const [x, y] = [unpack(a, format), unpack(b, format)];
  if (isNan(x) || isNan(y)) return { holds: false, flags: isSignaling(x, y) ? FLAG.invalid : 0 };
  return { holds: compare(a, b, format) === 0, flags: 0 };
}

/** Signaling, as lessOrEqual: any NaN is invalid. */
export function less(a: bigint, b: bigint, format: Format): Comparison {
  return ordered(a, b, format, (order) => order < 0);
}

export function lessOrEqual(a: bigint, b: bigint, format: Format): Comparison {
  return ordered(a, b, format, (order) => order <= 0);
}

function ordered(
  a: bigint,
  b: bigint,
  format: Format,
  holds: (order: number) => boolean,
): Comparison {
  if (isNan(unpack(a, format)) || isNan(unpack(b, format))) {
    return { holds: false, flags: FLAG.invalid };
  }
  return { holds: holds(compare(a, b, format)), flags: 0 };
}

/** Unpriv §11.9, Table 11.5. */
export function classify(a: bigint, format: Format): number {
  const { kind, isNegative, significand } = unpack(a, format);
  if (kind === "signalingNaN") return 1 << 8;
  if (kind === "quietNaN") return 1 << 9;
  const isNormal = significand >> BigInt(format.precision - 1) === 1n;
  const size = kind === "infinity" ? 3 : isNormal ? 2 : significand !== 0n ? 1 : 0;
  return 1 << (isNegative ? 3 - size : 4 + size);
}

export interface RoundedInteger {
  readonly integer: number;
  readonly flags: number;
}

/** What lies outside is invalid and gives the nearest of the two bounds; a NaN gives the upper one (Unpriv §11.7, Table 11.4). */
export function toInteger(
  a: bigint,
  min: number,
  max: number,
  format: Format,
  rounding: Rounding,
): RoundedInteger {
  const { kind, isNegative, significand, exponent } = unpack(a, format);
  if (kind === "quietNaN" || kind === "signalingNaN") return { integer: max, flags: FLAG.invalid };
  if (kind === "infinity") return { integer: isNegative ? min : max, flags: FLAG.invalid };
  const { multiple, isInexact } = toMultiple(isNegative, significand, exponent, 0, rounding);
  // A number that large is out of bounds whatever its last digits are.
  const integer = isNegative ? 0 - Number(multiple) : Number(multiple);
  if (integer < min) return { integer: min, flags: FLAG.invalid };
  if (integer > max) return { integer: max, flags: FLAG.invalid };
  return { integer, flags: isInexact ? FLAG.inexact : 0 };
}

export function fromInteger(integer: number, format: Format, rounding: Rounding): Rounded {
  if (integer === 0) return { bits: 0n, flags: 0 };
  return round(integer < 0, BigInt(Math.abs(integer)), 0, format, rounding);
}

/** From one format to another. */
export function convert(a: bigint, from: Format, to: Format, rounding: Rounding): Rounded {
  const x = unpack(a, from);
  return nanFor(to, false, x) ?? rounded(x, to, rounding);
}

/** Of numbers and infinities, but no NaNs. */
function sum(x: Unpacked, y: Unpacked, format: Format, rounding: Rounding): Rounded {
  const areInfinite = x.kind === "infinity" && y.kind === "infinity";
  const nan = nanFor(format, areInfinite && x.isNegative !== y.isNegative, x, y);
  if (nan !== undefined) return nan;
  if (x.kind === "infinity") return rounded(x, format, rounding);
  if (y.kind === "infinity") return rounded(y, format, rounding);

  const exponent = Math.min(x.exponent, y.exponent);
  const total = scaled(x, exponent) + scaled(y, exponent);
  if (total !== 0n) {
    return round(total < 0n, total < 0n ? -total : total, exponent, format, rounding);
  }
  // IEEE 754 §6.3: what cancels is +0, or -0 when rounded down; zeros of one sign keep it.
  const isNegative = x.isNegative === y.isNegative ? x.isNegative : rounding === ROUNDING.rdn;
  return { bits: zero(isNegative, format), flags: 0 };
}

/** With its sign, as a multiple of 2 ** exponent. */
function scaled({ isNegative, significand, exponent: own }: Unpacked, exponent: number): bigint {
  const multiple = significand << BigInt(own - exponent);
  return isNegative ? -multiple : multiple;
}

/** Exact. Of numbers and infinities whose product is not invalid. */
function product(x: Unpacked, y: Unpacked): Unpacked {
  return {
    kind: x.kind === "infinity" || y.kind === "infinity" ? "infinity" : "finite",
    isNegative: x.isNegative !== y.isNegative,
    significand: x.significand * y.significand,
    exponent: x.exponent + y.exponent,
  };
}

function rounded(x: Unpacked, format: Format, rounding: Rounding): Rounded {
  if (x.kind === "infinity") return { bits: infinity(x.isNegative, format), flags: 0 };
  if (isZero(x)) return { bits: zero(x.isNegative, format), flags: 0 };
  return round(x.isNegative, x.significand, x.exponent, format, rounding);
}

/** The result of an operation that is invalid, or that has a NaN among its operands. */
function nanFor(
  format: Format,
  isInvalid: boolean,
  ...operands: readonly Unpacked[]
): Rounded | undefined {
  if (!isInvalid && !operands.some(isNan)) return undefined;
  const flags = isInvalid || isSignaling(...operands) ? FLAG.invalid : 0;
  return { bits: format.canonicalNaN, flags };
}

function isInvalidProduct(x: Unpacked, y: Unpacked): boolean {
  return (x.kind === "infinity" && isZero(y)) || (isZero(x) && y.kind === "infinity");
}

function isNan({ kind }: Unpacked): boolean {
  return kind === "quietNaN" || kind === "signalingNaN";
}

function isSignaling(...operands: readonly Unpacked[]): boolean {
  return operands.some(({ kind }) => kind === "signalingNaN");
}

function isZero({ kind, significand }: Unpacked): boolean {
  return kind === "finite" && significand === 0n;
}

function zero(isNegative: boolean, format: Format): bigint {
  return isNegative ? format.sign : 0n;
}

function infinity(isNegative: boolean, format: Format): bigint {
  return zero(isNegative, format) | format.infinity;
}

/** Below, at or above 0 as a is less than, equal to or greater than b. Neither is a NaN. Magnitudes are in the order of their bits. */
function compare(a: bigint, b: bigint, format: Format): number {
  const [x, y] = [a, b].map((bits) => {
    const magnitude = bits & ~format.sign;
    return (bits & format.sign) !== 0n ? -magnitude : magnitude;
  });
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A digit more, which says whether anything was left over: of longer numbers than the format's, rounding needs no more. */
function withRest(significand: bigint, rest: bigint): bigint {
  return (significand << 1n) | (rest === 0n ? 0n : 1n);
}

/** The largest integer whose square is not greater. */
function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt((bitLength(square) + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
