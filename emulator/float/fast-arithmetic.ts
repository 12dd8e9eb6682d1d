import { FLAG, type Rounding } from "./arithmetic.ts";
import { ExactArithmetic } from "./exact-arithmetic.ts";
import { toInteger } from "./to-integer.ts";

/** What the host does alike with singles and doubles, since nothing is rounded to their format; NaNs, and zeros that differ in their signs only, are left to what is defined. */
export abstract class FastArithmetic extends ExactArithmetic {
  /** A register's number; NaN, whichever, for a NaN. */
  protected abstract read(index: number): number;
  /** `value` is a number of the format, and no NaN. */
  protected abstract write(index: number, value: number): void;

  override minimum(rd: number, rs1: number, rs2: number): void {
    const a = this.read(rs1);
    const b = this.read(rs2);
    if (a < b) this.write(rd, a);
    else if (b < a) this.write(rd, b);
    else super.minimum(rd, rs1, rs2);
  }

  override maximum(rd: number, rs1: number, rs2: number): void {
    const a = this.read(rs1);
    const b = this.read(rs2);
    if (a > b) this.write(rd, a);
    else if (b > a) this.write(rd, b);
    else super.maximum(rd, rs1, rs2);
  }

  override equal(rs1: number, rs2: number): number {
    const a = this.read(rs1);
    const b = this.read(rs2);
    if (a === b) return 1;
    return a < b || a > b ? 0 : super.equal(rs1, rs2);
  }

  override less(rs1: number, rs2: number): number {
    const a = this.read(rs1);
    const b = this.read(rs2);
    if (a < b) return 1;
    return a >= b ? 0 : super.less(rs1, rs2);
  }

  override lessOrEqual(rs1: number, rs2: number): number {
    const a = this.read(rs1);
    const b = this.read(rs2);
    if (a <= b) return 1;
    return a > b ? 0 : super.lessOrEqual(rs1, rs2);
  }

  override toSigned(rs1: number, rounding: Rounding): number {
    const value = this.read(rs1);
    const integer = toInteger(value, rounding);
    if (!(integer >= -0x8000_0000 && integer <= 0x7fff_ffff)) return super.toSigned(rs1, rounding);
    if (integer !== value) this.registers.raise(FLAG.inexact);
    return integer | 0;
  }

  override toUnsigned(rs1: number, rounding: Rounding): number {
    const value = this.read(rs1);
    const integer = toInteger(value, rounding);
    if (!(integer >= 0 && integer <= 0xffff_ffff)) return super.toUnsigned(rs1, rounding);
    if (integer !== value) this.registers.raise(FLAG.inexact);
    return integer | 0;
  }
}
