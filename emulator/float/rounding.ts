/** From an exact result to one that a format has: the same for both formats, for all rounding modes and for all operations. */

import { FLAG, ROUNDING, type Rounding } from "./arithmetic.ts";
import type { Format } from "./format.ts";

export interface Rounded {
  readonly bits: bigint;
  readonly flags: number;
}

/** The number of `format` for the exact value significand * 2 ** exponent, of which the significand is not 0, and what is to be said of it. */
export function round(
  isNegative: boolean,
  significand: bigint,
  exponent: number,
  format: Format,
  rounding: Rounding,
): Rounded {
  const { precision, unitMin, exponentMax } = format;
  const sign = isNegative ? format.sign : 0n;
  const normalUnit = exponent + bitLength(significand) - precision;
  const unit = Math.max(normalUnit, unitMin);
  const { multiple, isInexact } = toMultiple(isNegative, significand, exponent, unit, rounding);

  // The exponent's field is one more than the distance from unitMin as soon as the hidden bit is there, and the hidden bit adds that one. So it
  // does when rounding up gave one bit more: then the fraction is 0.
  const magnitude = (BigInt(unit - unitMin) << BigInt(precision - 1)) + multiple;
  if (magnitude >= format.infinity) {
    const isUp = rounding === ROUNDING.rne || rounding === ROUNDING.rmm;
    const isAway = isUp || rounding === (isNegative ? ROUNDING.rdn : ROUNDING.rup);
    return {
      bits: sign | (isAway ? format.infinity : format.infinity - 1n),
      flags: FLAG.overflow | FLAG.inexact,
    };
  }
  if (!isInexact) return { bits: sign | magnitude, flags: 0 };

  // Tininess is detected after rounding (Unpriv §11.2): rounded as if exponents had no end, it is below the smallest normal number.
  const unbounded = toMultiple(isNegative, significand, exponent, normalUnit, rounding).multiple;
  const exponentMin = 1 - exponentMax;
  const isTiny = normalUnit + bitLength(unbounded) - 1 < exponentMin;
  return { bits: sign | magnitude, flags: FLAG.inexact | (isTiny ? FLAG.underflow : 0) };
}

/** The value as a multiple of 2 ** unit, its magnitude rounded to a whole one. */
export function toMultiple(
  isNegative: boolean,
  significand: bigint,
  exponent: number,
  unit: number,
  rounding: Rounding,
): { readonly multiple: bigint; readonly isInexact: boolean } {
  if (exponent >= unit) {
    return { multiple: significand << BigInt(exponent - unit), isInexact: false };
  }
  const shift = BigInt(unit - exponent);
  const multiple = significand >> shift;
  const rest = significand - (multiple << shift);
  if (rest === 0n) return { multiple, isInexact: false };
  const isUp = roundsUp(isNegative, multiple, rest, 1n << (shift - 1n), rounding);
  return { multiple: isUp ? multiple + 1n : multiple, isInexact: true };
}

/** Whether a magnitude that is some rest above a multiple gets the next one. */
function roundsUp(
  isNegative: boolean,
  multiple: bigint,
  rest: bigint,
  half: bigint,
  rounding: Rounding,
): boolean {
  switch (rounding) {
    case ROUNDING.rne:
      return rest > half || (rest === half && (multiple & 1n) === 1n);
    case ROUNDING.rtz:
      return false;
    case ROUNDING.rdn:
      return isNegative;
    case ROUNDING.rup:
      return !isNegative;
    case ROUNDING.rmm:
      return rest >= half;
  }
}

/** Of a positive number; 1 has one. */
export function bitLength(number: bigint): number {
  const digits = number.toString(16);
  return digits.length * 4 - LEADING_ZEROS[Number.parseInt(digits[0], 16)];
}

/** Of a digit of four bits. */
const LEADING_ZEROS = [4, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
