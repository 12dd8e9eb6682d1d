/**
 * What F and D compute (Unpriv ch. 11 and 12), in one of the two formats: what a row of the instruction table needs of it.
 *
 * Registers are numbers of f0..f31, which lie in the state area (STATE.f, 8 bytes each). A single lies in the lower word, boxed: the upper word is all ones,
 * and where it is not, the operand counts as the canonical NaN (Unpriv §12.2). Results are boxed, a NaN that is computed is the canonical one, and
 * flags accrue in STATE.fcsr.
 */
export interface FloatArithmetic {
  add(rd: number, rs1: number, rs2: number, rounding: Rounding): void;
  subtract(rd: number, rs1: number, rs2: number, rounding: Rounding): void;
  multiply(rd: number, rs1: number, rs2: number, rounding: Rounding): void;
  divide(rd: number, rs1: number, rs2: number, rounding: Rounding): void;
  squareRoot(rd: number, rs1: number, rounding: Rounding): void;
  /** rd = rs1 * rs2 + rs3, rounded once; each of the two terms with its sign changed where that is said. */
  multiplyAdd(
    rd: number,
    rs1: number,
    rs2: number,
    rs3: number,
    rounding: Rounding,
    negatesProduct: boolean,
    negatesAddend: boolean,
  ): void;
  minimum(rd: number, rs1: number, rs2: number): void;
  maximum(rd: number, rs1: number, rs2: number): void;
  /** rs1 with the sign of rs2, with the opposite one, and with both signs combined by xor. */
  copySign(rd: number, rs1: number, rs2: number): void;
  copyOppositeSign(rd: number, rs1: number, rs2: number): void;
  combineSigns(rd: number, rs1: number, rs2: number): void;
  equal(rs1: number, rs2: number): number;
  less(rs1: number, rs2: number): number;
  lessOrEqual(rs1: number, rs2: number): number;
  /** One bit of ten (Unpriv §11.9, Table 11.5). */
  classify(rs1: number): number;
  /** As a word of an x-register. */
  toSigned(rs1: number, rounding: Rounding): number;
  toUnsigned(rs1: number, rounding: Rounding): number;
  fromSigned(rd: number, word: number, rounding: Rounding): void;
  fromUnsigned(rd: number, word: number, rounding: Rounding): void;
  /** From the other format. */
  convert(rd: number, rs1: number, rounding: Rounding): void;
}

/** Unpriv §11.2, Table 11.1: to nearest, ties to even; towards zero; down; up; to nearest, ties away from zero. */
export const ROUNDING = { rne: 0, rtz: 1, rdn: 2, rup: 3, rmm: 4 } as const;
/** What an rm field holds where the mode of fcsr is meant. */
export const DYNAMIC = 7;
export type Rounding = (typeof ROUNDING)[keyof typeof ROUNDING];

/** Unpriv §11.2, Table 11.2: the bits of fflags. */
export const FLAG = {
  inexact: 1 << 0,
  underflow: 1 << 1,
  overflow: 1 << 2,
  divideByZero: 1 << 3,
  invalid: 1 << 4,
} as const;
