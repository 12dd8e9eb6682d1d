/** Every operation of F and D by its mnemonic, on fixed registers: for tests that compare ways to compute them. */

import type { FloatArithmetic, Rounding } from "../float/arithmetic.ts";

/** Operands are in f1, f2, f3 and in a word; the result goes to f4, or is a word. */
export const OPERAND = { first: 1, second: 2, third: 3, result: 4 } as const;
const { first, second, third, result } = OPERAND;

export type FloatFormat = "single" | "double";

/** Of a FloatUnit, what computes. */
export type FloatFormats = Readonly<Record<FloatFormat, FloatArithmetic>>;

export interface FloatOperation {
  readonly mnemonic: string;
  /** Of its float operands; where it has none, of its result. */
  readonly format: FloatFormat;
  readonly takesRounding: boolean;
  /** Sets f4 and gives 0, or gives a word. */
  readonly apply: (formats: FloatFormats, word: number, rounding: Rounding) => number;
}

/** Gives a number where the result is a word. */
type Apply = (f: FloatArithmetic, rounding: Rounding, word: number) => unknown;

/** Mnemonics without their formats: ".f" is for the format itself, as in fcvt.w.f. */
const ROUNDED: Readonly<Record<string, Apply>> = {
  "fadd.f": (f, rounding) => f.add(result, first, second, rounding),
  "fsub.f": (f, rounding) => f.subtract(result, first, second, rounding),
  "fmul.f": (f, rounding) => f.multiply(result, first, second, rounding),
  "fdiv.f": (f, rounding) => f.divide(result, first, second, rounding),
  "fsqrt.f": (f, rounding) => f.squareRoot(result, first, rounding),
  "fmadd.f": (f, rounding) => f.multiplyAdd(result, first, second, third, rounding, false, false),
  "fmsub.f": (f, rounding) => f.multiplyAdd(result, first, second, third, rounding, false, true),
  "fnmsub.f": (f, rounding) => f.multiplyAdd(result, first, second, third, rounding, true, false),
  "fnmadd.f": (f, rounding) => f.multiplyAdd(result, first, second, third, rounding, true, true),
  "fcvt.w.f": (f, rounding) => f.toSigned(first, rounding),
  "fcvt.wu.f": (f, rounding) => f.toUnsigned(first, rounding),
  "fcvt.f.w": (f, rounding, word) => f.fromSigned(result, word, rounding),
  "fcvt.f.wu": (f, rounding, word) => f.fromUnsigned(result, word, rounding),
};

const UNROUNDED: Readonly<Record<string, Apply>> = {
  "fmin.f": (f) => f.minimum(result, first, second),
  "fmax.f": (f) => f.maximum(result, first, second),
  "fsgnj.f": (f) => f.copySign(result, first, second),
  "fsgnjn.f": (f) => f.copyOppositeSign(result, first, second),
  "fsgnjx.f": (f) => f.combineSigns(result, first, second),
  "feq.f": (f) => f.equal(first, second),
  "flt.f": (f) => f.less(first, second),
  "fle.f": (f) => f.lessOrEqual(first, second),
  "fclass.f": (f) => f.classify(first),
};

function operationsOf(format: FloatFormat): FloatOperation[] {
  const rows = (table: Readonly<Record<string, Apply>>, takesRounding: boolean) =>
    Object.entries(table).map(
      ([mnemonic, apply]): FloatOperation => ({
        mnemonic: mnemonic.replace(".f", format === "single" ? ".s" : ".d"),
        format,
        takesRounding,
        apply: (formats, word, rounding) => Number(apply(formats[format], rounding, word) ?? 0),
      }),
    );
  return [...rows(ROUNDED, true), ...rows(UNROUNDED, false)];
}

export const FLOAT_OPERATIONS: readonly FloatOperation[] = [
  ...operationsOf("single"),
  ...operationsOf("double"),
  {
    mnemonic: "fcvt.s.d",
    format: "double",
    takesRounding: true,
    apply: ({ single }, _word, rounding) => {
      single.convert(result, first, rounding);
      return 0;
    },
  },
  {
    mnemonic: "fcvt.d.s",
    format: "single",
    takesRounding: true,
    apply: ({ double }, _word, rounding) => {
      double.convert(result, first, rounding);
      return 0;
    },
  },
];
