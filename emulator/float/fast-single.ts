import { FLAG, ROUNDING, type Rounding } from "./arithmetic.ts";
import { isBetweenSingles, isExactSum } from "./error-terms.ts";
import { FastArithmetic } from "./fast-arithmetic.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { SINGLE } from "./format.ts";

export const SINGLE_MAX = 2 ** 128 - 2 ** 104;
/** Above it, a result is normal, and would be if exponents had no end: no underflow. */
export const SINGLE_NORMAL_MIN = 2 ** -126;

/**
 * Singles, computed in doubles and rounded again: to nearest, and where the result is a normal number or exact. A double has more than twice the bits of a single
 * and two more, so that sums, products, quotients and roots of singles that are rounded twice are what they are when rounded once (Figueroa 1995). All
 * else (other rounding modes, infinities, NaNs, what is not boxed, subnormal results) is done exactly.
 */
export class FastSingle extends FastArithmetic {
  constructor(registers: FloatRegisters) {
    super(registers, SINGLE);
  }

  protected read(index: number): number {
    return this.registers.single(index);
  }

  protected write(index: number, value: number): void {
    this.registers.setSingle(index, value);
  }

  override add(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { registers } = this;
    const a = registers.single(rs1);
    const b = registers.single(rs2);
    if (!this.#putSum(rd, a, b, rounding)) super.add(rd, rs1, rs2, rounding);
  }

  override subtract(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { registers } = this;
    const a = registers.single(rs1);
    const b = -registers.single(rs2);
    if (!this.#putSum(rd, a, b, rounding)) super.subtract(rd, rs1, rs2, rounding);
  }

  override multiply(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { registers } = this;
    // Exact: no product of singles has more bits than a double, or is too small for one.
    const product = registers.single(rs1) * registers.single(rs2);
    const result = Math.fround(product);
    if (rounding !== ROUNDING.rne || !(product === 0 || isNormal(result))) {
      super.multiply(rd, rs1, rs2, rounding);
      return;
    }
    if (result !== product) registers.raise(FLAG.inexact);
    registers.setSingle(rd, result);
  }

  override divide(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    const { registers } = this;
    const a = registers.single(rs1);
    const b = registers.single(rs2);
    // As a double it is 0 only where it is exactly.
    const quotient = a / b;
    const result = Math.fround(quotient);
    if (rounding !== ROUNDING.rne || !(quotient === 0 || isNormal(result))) {
      super.divide(rd, rs1, rs2, rounding);
      return;
    }
    if (quotient !== 0 && result * b !== a) registers.raise(FLAG.inexact);
    registers.setSingle(rd, result);
  }

  override squareRoot(rd: number, rs1: number, rounding: Rounding): void {
    const { registers } = this;
    const a = registers.single(rs1);
    const result = Math.fround(Math.sqrt(a));
    // No root is subnormal.
    if (rounding !== ROUNDING.rne || !(Math.abs(result) <= SINGLE_MAX)) {
      super.squareRoot(rd, rs1, rounding);
      return;
    }
    if (result * result !== a) registers.raise(FLAG.inexact);
    registers.setSingle(rd, result);
  }

  /** The product is exact, the sum is not, and would be rounded twice: that matters only where the first rounding gives the middle between two singles. */
  override multiplyAdd(
    rd: number,
    rs1: number,
    rs2: number,
    rs3: number,
    rounding: Rounding,
    negatesProduct: boolean,
    negatesAddend: boolean,
  ): void {
    const { registers } = this;
    const unsigned = registers.single(rs1) * registers.single(rs2);
    const product = negatesProduct ? -unsigned : unsigned;
    const c = negatesAddend ? -registers.single(rs3) : registers.single(rs3);
    const sum = product + c;
    const result = Math.fround(sum);
    const isExact = isExactSum(product, c, sum);
    if (
      rounding !== ROUNDING.rne ||
      !(sum === 0 || isNormal(result)) ||
      (!isExact && isBetweenSingles(sum))
    ) {
      super.multiplyAdd(rd, rs1, rs2, rs3, rounding, negatesProduct, negatesAddend);
      return;
    }
    if (!isExact || result !== sum) registers.raise(FLAG.inexact);
    registers.setSingle(rd, result);
  }

  override copySign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, this.registers.singleBits(rs2));
  }

  override copyOppositeSign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, ~this.registers.singleBits(rs2));
  }

  override combineSigns(rd: number, rs1: number, rs2: number): void {
    const { registers } = this;
    this.#putSign(rd, rs1, registers.singleBits(rs1) ^ registers.singleBits(rs2));
  }

  override fromSigned(rd: number, word: number, rounding: Rounding): void {
    if (!this.#putRounded(rd, word | 0, rounding)) super.fromSigned(rd, word, rounding);
  }

  override fromUnsigned(rd: number, word: number, rounding: Rounding): void {
    if (!this.#putRounded(rd, word >>> 0, rounding)) super.fromUnsigned(rd, word, rounding);
  }

  override convert(rd: number, rs1: number, rounding: Rounding): void {
    const value = this.registers.doubles[rs1];
    if (!this.#putRounded(rd, value, rounding)) super.convert(rd, rs1, rounding);
  }

  /** False where a + b is to be computed exactly. A sum that is too small to be normal is exact. */
  #putSum(rd: number, a: number, b: number, rounding: Rounding): boolean {
    const sum = a + b;
    const result = Math.fround(sum);
    if (rounding !== ROUNDING.rne || !(Math.abs(result) <= SINGLE_MAX)) return false;
    if (result !== sum || !isExactSum(a, b, sum)) this.registers.raise(FLAG.inexact);
    this.registers.setSingle(rd, result);
    return true;
  }

  /** False where a number is to be rounded exactly. Where it is a single already, rounding modes do not matter. */
  #putRounded(rd: number, value: number, rounding: Rounding): boolean {
    const result = Math.fround(value);
    if (result !== value) {
      if (rounding !== ROUNDING.rne || !isNormal(result)) return false;
      this.registers.raise(FLAG.inexact);
    }
    this.registers.setSingle(rd, result);
    return true;
  }

  /** Register `rs1` with the sign of `signWord`. */
  #putSign(rd: number, rs1: number, signWord: number): void {
    const magnitude = this.registers.singleBits(rs1) & 0x7fff_ffff;
    this.registers.setSingleBits(rd, magnitude | (signWord & 0x8000_0000));
  }
}

function isNormal(value: number): boolean {
  const size = Math.abs(value);
  return size > SINGLE_NORMAL_MIN && size <= SINGLE_MAX;
}
