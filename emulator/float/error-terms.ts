/**
 * What rounding took from a sum or a product of doubles, computed in doubles: whether a result is exact, without integers. Everything here is rounded to
 * nearest, ties to even. (Muller and others, Handbook of Floating-Point Arithmetic, ch. 4; Boldo and Melquiond 2008 for rounding to odd.)
 */

export const DOUBLE_MAX = Number.MAX_VALUE;
/** Above it, a result is normal, and would be if exponents had no end: no underflow. */
export const DOUBLE_NORMAL_MIN = 2 ** -1022;

/** Between these, products of factors can be split into parts without overflow, and no part is smaller than a double can be. */
export const SPLIT_MIN = 2 ** -900;
const SPLIT_MAX = 2 ** 990;

/** 2 ** 27 + 1, which cuts a significand of 53 bits in two halves (Veltkamp). */
export const SPLITTER = 0x800_0001;

export function isInSplitRange(value: number): boolean {
  const size = Math.abs(value);
  return size >= SPLIT_MIN && size <= SPLIT_MAX;
}

/**
 * Whether `sum`, a finite one, is a + b. The operand of greater magnitude is taken off exactly (as in Dekker's Fast2Sum), which leaves the other one only
 * if nothing was lost; and if nothing was lost, so it is for both.
 */
export function isExactSum(a: number, b: number, sum: number): boolean {
  return sum - a === b && sum - b === a;
}

/** a + b - sum (Knuth's and Møller's 2Sum), where nothing overflows. */
export function sumError(a: number, b: number, sum: number): number {
  const rest = sum - a;
  return a - (sum - rest) + (b - rest);
}

/** a * b - product (Dekker), where neither factor is above the split range and the product lies in it. */
export function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function upperHalf(value: number): number {
  const scaled = SPLITTER * value;
  return scaled - (scaled - value);
}

/** Whether `productError` can be asked. */
export function isSplittable(a: number, b: number, product: number): boolean {
  return Math.abs(a) <= SPLIT_MAX && Math.abs(b) <= SPLIT_MAX && isInSplitRange(product);
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** `sum`, which misses `error` and is not 0, rounded to odd: the neighbour of the exact sum whose last bit is 1. */
export function toOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  scratch[0] = sum;
  if ((scratchWords[0] & 1) !== 0) return sum;
  if (error > 0 === sum > 0) {
    scratchWords[0] |= 1;
  } else {
    if (scratchWords[0] === 0) scratchWords[1] -= 1;
    scratchWords[0] -= 1;
  }
  return scratch[0];
}

/** Whether a double of a normal single's exponent lies in the middle between two singles. */
export function isBetweenSingles(value: number): boolean {
  scratch[0] = value;
  return (scratchWords[0] & 0x1fff_ffff) === 0x1000_0000;
}
