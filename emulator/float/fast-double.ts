import { FLAG, ROUNDING, type Rounding } from "./arithmetic.ts";
import {
  DOUBLE_MAX,
  DOUBLE_NORMAL_MIN,
  isExactSum,
  isInSplitRange,
  isSplittable,
  productError,
  sumError,
  toOdd,
} from "./error-terms.ts";
import { FastArithmetic } from "./fast-arithmetic.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { DOUBLE } from "./format.ts";

/**
 * Doubles, as the host computes them: rounded to nearest, and where the result is a normal number or exact. Whether it is exact follows from what is left over,
 * and does not matter once fcsr says inexact. All else (other rounding modes, infinities, NaNs, subnormal results) is done exactly.
 */
export class FastDouble extends FastArithmetic {
  constructor(registers: FloatRegisters) {
    super(registers, DOUBLE);
  }

  protected read(index: number): number {
    return this.registers.doubles[index];
  }

  protected write(index: number, value: number): void {
    this.registers.doubles[index] = value;
  }

  override add(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { doubles } = this.registers;
    const isDone = rounding === ROUNDING.rne && this.#putSum(rd, doubles[rs1], doubles[rs2]);
    if (!isDone) super.add(rd, rs1, rs2, rounding);
  }

  override subtract(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { doubles } = this.registers;
    const isDone = rounding === ROUNDING.rne && this.#putSum(rd, doubles[rs1], -doubles[rs2]);
    if (!isDone) super.subtract(rd, rs1, rs2, rounding);
  }

  override multiply(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { doubles } = this.registers;
    const isDone = rounding === ROUNDING.rne && this.#putProduct(rd, doubles[rs1], doubles[rs2]);
    if (!isDone) super.multiply(rd, rs1, rs2, rounding);
  }

  override divide(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { doubles } = this.registers;
    const isDone = rounding === ROUNDING.rne && this.#putQuotient(rd, doubles[rs1], doubles[rs2]);
    if (!isDone) super.divide(rd, rs1, rs2, rounding);
  }

  override squareRoot(rd: number, rs1: number, rounding: Rounding): void {
    const isDone = rounding === ROUNDING.rne && this.#putRoot(rd, this.registers.doubles[rs1]);
    if (!isDone) super.squareRoot(rd, rs1, rounding);
  }

  override multiplyAdd(
    rd: number,
    rs1: number,
    rs2: number,
    rs3: number,
    rounding: Rounding,
    negatesProduct: boolean,
    negatesAddend: boolean,
  ): void {
    const { doubles } = this.registers;
    const a = negatesProduct ? -doubles[rs1] : doubles[rs1];
    const b = doubles[rs2];
    const c = negatesAddend ? -doubles[rs3] : doubles[rs3];
    const isDone = rounding === ROUNDING.rne && this.#putMultiplyAdd(rd, a, b, c);
    if (!isDone) {
      super.multiplyAdd(rd, rs1, rs2, rs3, rounding, negatesProduct, negatesAddend);
    }
  }

  override copySign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, this.registers.words[rs2 * 2 + 1]);
  }

  override copyOppositeSign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, ~this.registers.words[rs2 * 2 + 1]);
  }

  override combineSigns(rd: number, rs1: number, rs2: number): void {
    const { words } = this.registers;
    this.#putSign(rd, rs1, words[rs1 * 2 + 1] ^ words[rs2 * 2 + 1]);
  }

  override fromSigned(rd: number, word: number): void {
    this.registers.doubles[rd] = word | 0;
  }

  override fromUnsigned(rd: number, word: number): void {
    this.registers.doubles[rd] = word >>> 0;
  }

  override convert(rd: number, rs1: number, rounding: Rounding): void {
    const value = this.registers.single(rs1);
    if (Number.isNaN(value)) super.convert(rd, rs1, rounding);
    else this.registers.doubles[rd] = value;
  }

  // Each of these is false, and has changed nothing, where the result is to be computed exactly.

  /** A sum that is too small to be normal is exact. */
  #putSum(rd: number, a: number, b: number): boolean {
    const { registers } = this;
    const sum = a + b;
    if (!(Math.abs(sum) <= DOUBLE_MAX)) return false;
    if (!registers.isInexact && !isExactSum(a, b, sum)) registers.raise(FLAG.inexact);
    registers.doubles[rd] = sum;
    return true;
  }

  #putProduct(rd: number, a: number, b: number): boolean {
    const { registers } = this;
    const product = a * b;
    const isZero = (a === 0 || b === 0) && product === 0;
    if (!isZero && !isNormal(product)) return false;
    if (!isZero && !registers.isInexact) {
      if (!isSplittable(a, b, product)) return false;
      if (productError(a, b, product) !== 0) registers.raise(FLAG.inexact);
    }
    registers.doubles[rd] = product;
    return true;
  }

  #putQuotient(rd: number, a: number, b: number): boolean {
    const { registers } = this;
    const quotient = a / b;
    const isZero = a === 0 && quotient === 0;
    if (!isZero && !isNormal(quotient)) return false;
    if (!isZero && !registers.isInexact) {
      const product = quotient * b;
      if (!isSplittable(quotient, b, product)) return false;
      const isExact = product === a && productError(quotient, b, product) === 0;
      if (!isExact) registers.raise(FLAG.inexact);
    }
    registers.doubles[rd] = quotient;
    return true;
  }

  #putRoot(rd: number, a: number): boolean {
    const { registers } = this;
    const root = Math.sqrt(a);
    if (a !== 0 && !isNormal(root)) return false;
    if (a !== 0 && !registers.isInexact) {
      const square = root * root;
      if (!isSplittable(root, root, square)) return false;
      const isExact = square === a && productError(root, root, square) === 0;
      if (!isExact) registers.raise(FLAG.inexact);
    }
    registers.doubles[rd] = root;
    return true;
  }

  /**
   * Boldo and Melquiond, Emulation of a FMA and Correctly Rounded Sums (2008), figure 3: all three terms of the
   * exact value are added so that what is left is small against the first part, and rounded to odd, so that the last addition rounds as the value would.
   * With operands in this range no term is subnormal: each is a multiple of 2 ** -1006.
   */
  #putMultiplyAdd(rd: number, a: number, b: number, c: number): boolean {
    const product = a * b;
    // The product is a zero, whose sum with c is exact.
    if (product === 0 && (a === 0 || b === 0)) return this.#putSum(rd, product, c);
    if (!isSplittable(a, b, product) || !(c === 0 || isInSplitRange(c))) return false;
    const productRest = productError(a, b, product);
    const lower = c + productRest;
    const lowerRest = sumError(c, productRest, lower);
    const upper = product + lower;
    const upperRest = sumError(product, lower, upper);
    const rest = lowerRest + upperRest;
    const restError = sumError(lowerRest, upperRest, rest);
    const odd = toOdd(rest, restError);
    const result = upper + odd;
    if (restError !== 0 || !isExactSum(upper, odd, result)) this.registers.raise(FLAG.inexact);
    this.registers.doubles[rd] = result;
    return true;
  }

  /** Register `rs1` with the sign of `signWord`. */
  #putSign(rd: number, rs1: number, signWord: number): void {
    const { words } = this.registers;
    words[rd * 2 + 1] = (words[rs1 * 2 + 1] & 0x7fff_ffff) | (signWord & 0x8000_0000);
    words[rd * 2] = words[rs1 * 2];
  }
}

function isNormal(value: number): boolean {
  const size = Math.abs(value);
  return size > DOUBLE_NORMAL_MIN && size <= DOUBLE_MAX;
}
