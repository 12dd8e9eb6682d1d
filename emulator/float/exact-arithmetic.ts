import type { FloatArithmetic, Rounding } from "./arithmetic.ts";
import * as exact from "./exact.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { DOUBLE, type Format, SINGLE } from "./format.ts";
import type { Rounded } from "./rounding.ts";

const BOX = 0xffff_ffff_0000_0000n;

/** On registers, what exact.ts does on bits. */
export class ExactArithmetic implements FloatArithmetic {
  protected readonly registers: FloatRegisters;
  readonly #format: Format;

  constructor(registers: FloatRegisters, format: Format) {
    this.registers = registers;
    this.#format = format;
  }

  add(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    this.#put(rd, exact.add(this.#bits(rs1), this.#bits(rs2), this.#format, rounding));
  }

  subtract(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    // A NaN's sign says nothing.
    const negated = this.#bits(rs2) ^ this.#format.sign;
    this.#put(rd, exact.add(this.#bits(rs1), negated, this.#format, rounding));
  }

  multiply(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    this.#put(rd, exact.multiply(this.#bits(rs1), this.#bits(rs2), this.#format, rounding));
  }

  divide(rd: number, rs1: number, rs2: number, rounding: Rounding): void {
    this.#put(rd, exact.divide(this.#bits(rs1), this.#bits(rs2), this.#format, rounding));
  }

  squareRoot(rd: number, rs1: number, rounding: Rounding): void {
    this.#put(rd, exact.squareRoot(this.#bits(rs1), this.#format, rounding));
  }

  multiplyAdd(
    rd: number,
    rs1: number,
    rs2: number,
    rs3: number,
    rounding: Rounding,
    negatesProduct: boolean,
    negatesAddend: boolean,
  ): void {
    const format = this.#format;
    const a = this.#bits(rs1) ^ (negatesProduct ? format.sign : 0n);
    const c = this.#bits(rs3) ^ (negatesAddend ? format.sign : 0n);
    this.#put(rd, exact.multiplyAdd(a, this.#bits(rs2), c, format, rounding));
  }

  minimum(rd: number, rs1: number, rs2: number): void {
    this.#put(rd, exact.minimum(this.#bits(rs1), this.#bits(rs2), this.#format));
  }

  maximum(rd: number, rs1: number, rs2: number): void {
    this.#put(rd, exact.maximum(this.#bits(rs1), this.#bits(rs2), this.#format));
  }

  copySign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, this.#bits(rs2));
  }

  copyOppositeSign(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, ~this.#bits(rs2));
  }

  combineSigns(rd: number, rs1: number, rs2: number): void {
    this.#putSign(rd, rs1, this.#bits(rs1) ^ this.#bits(rs2));
  }

  equal(rs1: number, rs2: number): number {
    return this.#compared(exact.equal(this.#bits(rs1), this.#bits(rs2), this.#format));
  }

  less(rs1: number, rs2: number): number {
    return this.#compared(exact.less(this.#bits(rs1), this.#bits(rs2), this.#format));
  }

  lessOrEqual(rs1: number, rs2: number): number {
    return this.#compared(exact.lessOrEqual(this.#bits(rs1), this.#bits(rs2), this.#format));
  }

  classify(rs1: number): number {
    return exact.classify(this.#bits(rs1), this.#format);
  }

  toSigned(rs1: number, rounding: Rounding): number {
    return this.#toInteger(rs1, -0x8000_0000, 0x7fff_ffff, rounding);
  }

  toUnsigned(rs1: number, rounding: Rounding): number {
    return this.#toInteger(rs1, 0, 0xffff_ffff, rounding);
  }

  fromSigned(rd: number, word: number, rounding: Rounding): void {
    this.#put(rd, exact.fromInteger(word | 0, this.#format, rounding));
  }

  fromUnsigned(rd: number, word: number, rounding: Rounding): void {
    this.#put(rd, exact.fromInteger(word >>> 0, this.#format, rounding));
  }

  convert(rd: number, rs1: number, rounding: Rounding): void {
    const other = this.#format === SINGLE ? DOUBLE : SINGLE;
    this.#put(rd, exact.convert(this.#bits(rs1, other), other, this.#format, rounding));
  }

  #bits(index: number, format = this.#format): bigint {
    if (format === DOUBLE) return this.registers.bits[index];
    return BigInt(this.registers.singleBits(index) >>> 0);
  }

  #put(index: number, { bits, flags }: Rounded): void {
    this.registers.bits[index] = this.#format === SINGLE ? BOX | bits : bits;
    this.registers.raise(flags);
  }

  /** Register `rs1` with the sign of `signBits`. */
  #putSign(rd: number, rs1: number, signBits: bigint): void {
    const { sign } = this.#format;
    this.#put(rd, { bits: (this.#bits(rs1) & ~sign) | (signBits & sign), flags: 0 });
  }

  #compared({ holds, flags }: exact.Comparison): number {
    this.registers.raise(flags);
    return Number(holds);
  }

  #toInteger(rs1: number, min: number, max: number, rounding: Rounding): number {
    const { integer, flags } = exact.toInteger(this.#bits(rs1), min, max, this.#format, rounding);
    this.registers.raise(flags);
    return integer | 0;
  }
}
