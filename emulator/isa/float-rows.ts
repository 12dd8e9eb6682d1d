import type { FloatArithmetic, Rounding } from "../float/arithmetic.ts";
import { CAUSE } from "../trap.ts";
import { bits, type Encoding } from "./encoding.ts";
import * as format from "./formats.ts";
import type { Execute, Execution, Format, Instruction, Operation } from "./instruction.ts";

/** What the rows of F and of D differ in (Unpriv ch. 11 and ch. 12). */
export interface Precision {
  readonly extension: "F" | "D";
  /** At the end of a mnemonic. */
  readonly letter: "s" | "d";
  /** Bits 26:25 of an instruction that computes, and 14:12 of one that loads or stores (§11.6, Table 11.3; §11.5, §12.3). */
  readonly fmt: "00" | "01";
  readonly width: "010" | "011";
  readonly arithmetic: (machine: Execution) => FloatArithmetic;
  /** How many bytes it loads and stores, as `meaning` says it. */
  readonly what: "word" | "doubleword";
  readonly load: Execute;
  readonly store: Execute;
  /** Where the manual has what computes, converts and moves, compares, classifies. */
  readonly sections: {
    readonly access: string;
    readonly compute: string;
    readonly convert: string;
    readonly compare: string;
    readonly classify: string;
  };
  /** Whether each word is a number of it. */
  readonly holdsWords: boolean;
}

/** Reserved as modes of an instruction (§11.2, Table 11.1); under an rs3, too. */
export const RESERVED_MODES = [5, 6] as const;
const RESERVED_WITH_RS3 = Array.from({ length: 32 }, (_, rs3) =>
  RESERVED_MODES.map((mode) => (rs3 << 3) | mode),
).flat();

type Compute = (
  unit: FloatArithmetic,
  op: Operation,
  rounding: Rounding,
  machine: Execution,
) => void;

/** In the mode of the instruction, or that of frm: where that is reserved, the instruction is illegal (§11.2). */
export function rounded(
  arithmetic: (machine: Execution) => FloatArithmetic,
  compute: Compute,
): Execute {
  return (m, op) => {
    const rounding = m.float.rounding(op.imm & 7);
    if (rounding < 0) return m.trap(op, CAUSE.illegalInstruction, op.bits);
    compute(arithmetic(m), op, rounding as Rounding, m);
    return op.next;
  };
}

/** The rows that both extensions have. */
export function floatRows(precision: Precision): readonly Instruction[] {
  const { extension, letter, fmt, width, arithmetic, what, load, store, sections } = precision;

  const row = (
    name: string,
    encoding: Encoding,
    form: Format,
    section: string,
    meaning: string,
    execute: Execute,
  ): Instruction => ({
    mnemonic: name,
    extension,
    format: form,
    encoding,
    ...(form.rounding !== undefined && {
      except: { imm: form === format.FLOAT_R4 ? RESERVED_WITH_RS3 : RESERVED_MODES },
    }),
    section,
    meaning,
    execute,
  });

  const plain =
    (compute: (unit: FloatArithmetic, op: Operation, machine: Execution) => void): Execute =>
    (m, op) => {
      compute(arithmetic(m), op, m);
      return op.next;
    };

  const multiplyAdd = (
    name: string,
    opcode: string,
    meaning: string,
    negatesProduct: boolean,
    negatesAddend: boolean,
  ) =>
    row(
      `${name}.${letter}`,
      bits(`..... ${fmt} ..... ..... ... ..... ${opcode}`),
      format.FLOAT_R4,
      sections.compute,
      meaning,
      rounded(arithmetic, (unit, { rd, rs1, rs2, imm }, rounding) =>
        unit.multiplyAdd(rd, rs1, rs2, imm >>> 3, rounding, negatesProduct, negatesAddend),
      ),
    );
  const computed = (name: string, funct5: string, meaning: string, compute: Compute) =>
    row(
      `${name}.${letter}`,
      bits(`${funct5} ${fmt} ..... ..... ... ..... 1010011`),
      format.FLOAT_R_ROUNDED,
      sections.compute,
      meaning,
      rounded(arithmetic, compute),
    );
  const chosen = (
    name: string,
    funct5: string,
    funct3: string,
    section: string,
    meaning: string,
    compute: (unit: FloatArithmetic, op: Operation) => void,
  ) =>
    row(
      `${name}.${letter}`,
      bits(`${funct5} ${fmt} ..... ..... ${funct3} ..... 1010011`),
      format.FLOAT_R,
      section,
      meaning,
      plain(compute),
    );
  const compared = (
    name: string,
    funct3: string,
    meaning: string,
    compute: (unit: FloatArithmetic, op: Operation) => number,
  ) =>
    row(
      `${name}.${letter}`,
      bits(`10100 ${fmt} ..... ..... ${funct3} ..... 1010011`),
      format.FLOAT_COMPARE,
      sections.compare,
      meaning,
      plain((unit, op, m) => {
        m.x[op.rd] = compute(unit, op);
      }),
    );
  const toWord = (
    name: string,
    rs2: string,
    meaning: string,
    compute: (unit: FloatArithmetic, op: Operation, rounding: Rounding) => number,
  ) =>
    row(
      `${name}.${letter}`,
      bits(`11000 ${fmt} ${rs2} ..... ... ..... 1010011`),
      format.FLOAT_TO_X_ROUNDED,
      sections.convert,
      meaning,
      rounded(arithmetic, (unit, op, rounding, m) => {
        m.x[op.rd] = compute(unit, op, rounding);
      }),
    );
  const fromWord = (name: string, rs2: string, meaning: string, compute: Compute) =>
    row(
      name,
      bits(`11010 ${fmt} ${rs2} ..... ... ..... 1010011`),
      precision.holdsWords ? format.X_TO_FLOAT_EXACT : format.X_TO_FLOAT_ROUNDED,
      sections.convert,
      meaning,
      rounded(arithmetic, compute),
    );

  return [
    row(
      `fl${what[0]}`,
      bits(`............ ..... ${width} ..... 0000111`),
      format.FLOAT_LOAD,
      sections.access,
      `rd = the ${what} at rs1 + imm`,
      load,
    ),
    row(
      `fs${what[0]}`,
      bits(`....... ..... ..... ${width} ..... 0100111`),
      format.FLOAT_STORE,
      sections.access,
      `the ${what} at rs1 + imm = rs2`,
      store,
    ),
    multiplyAdd("fmadd", "1000011", "rd = rs1 * rs2 + rs3, rounded once", false, false),
    multiplyAdd("fmsub", "1000111", "rd = rs1 * rs2 - rs3, rounded once", false, true),
    multiplyAdd("fnmsub", "1001011", "rd = -(rs1 * rs2) + rs3, rounded once", true, false),
    multiplyAdd("fnmadd", "1001111", "rd = -(rs1 * rs2) - rs3, rounded once", true, true),
    computed("fadd", "00000", "rd = rs1 + rs2", (unit, { rd, rs1, rs2 }, rounding) =>
      unit.add(rd, rs1, rs2, rounding),
    ),
    computed("fsub", "00001", "rd = rs1 - rs2", (unit, { rd, rs1, rs2 }, rounding) =>
      unit.subtract(rd, rs1, rs2, rounding),
    ),
    computed("fmul", "00010", "rd = rs1 * rs2", (unit, { rd, rs1, rs2 }, rounding) =>
      unit.multiply(rd, rs1, rs2, rounding),
    ),
    computed("fdiv", "00011", "rd = rs1 / rs2", (unit, { rd, rs1, rs2 }, rounding) =>
      unit.divide(rd, rs1, rs2, rounding),
    ),
    row(
      `fsqrt.${letter}`,
      bits(`01011 ${fmt} 00000 ..... ... ..... 1010011`),
      format.FLOAT_UNARY_ROUNDED,
      sections.compute,
      "rd = the square root of rs1",
      rounded(arithmetic, (unit, { rd, rs1 }, rounding) => unit.squareRoot(rd, rs1, rounding)),
    ),
    chosen(
      "fsgnj",
      "00100",
      "000",
      sections.convert,
      "rd = rs1 with the sign of rs2",
      (unit, { rd, rs1, rs2 }) => unit.copySign(rd, rs1, rs2),
    ),
    chosen(
      "fsgnjn",
      "00100",
      "001",
      sections.convert,
      "rd = rs1 with the opposite of the sign of rs2",
      (unit, { rd, rs1, rs2 }) => unit.copyOppositeSign(rd, rs1, rs2),
    ),
    chosen(
      "fsgnjx",
      "00100",
      "010",
      sections.convert,
      "rd = rs1, its sign changed if rs2 is negative",
      (unit, { rd, rs1, rs2 }) => unit.combineSigns(rd, rs1, rs2),
    ),
    chosen(
      "fmin",
      "00101",
      "000",
      sections.compute,
      "rd = the lesser of rs1 and rs2; the other one if one is NaN",
      (unit, { rd, rs1, rs2 }) => unit.minimum(rd, rs1, rs2),
    ),
    chosen(
      "fmax",
      "00101",
      "001",
      sections.compute,
      "rd = the greater of rs1 and rs2; the other one if one is NaN",
      (unit, { rd, rs1, rs2 }) => unit.maximum(rd, rs1, rs2),
    ),
    toWord(
      "fcvt.w",
      "00000",
      "rd = rs1 as an integer; the nearest one that there is, and the greatest for NaN",
      (unit, { rs1 }, rounding) => unit.toSigned(rs1, rounding),
    ),
    toWord(
      "fcvt.wu",
      "00001",
      "rd = rs1 as an unsigned integer; the nearest one that there is, and the greatest for NaN",
      (unit, { rs1 }, rounding) => unit.toUnsigned(rs1, rounding),
    ),
    compared("feq", "010", "rd = 1 if rs1 = rs2, else 0", (unit, { rs1, rs2 }) =>
      unit.equal(rs1, rs2),
    ),
    compared("flt", "001", "rd = 1 if rs1 < rs2, else 0", (unit, { rs1, rs2 }) =>
      unit.less(rs1, rs2),
    ),
    compared("fle", "000", "rd = 1 if rs1 ≤ rs2, else 0", (unit, { rs1, rs2 }) =>
      unit.lessOrEqual(rs1, rs2),
    ),
    row(
      `fclass.${letter}`,
      bits(`11100 ${fmt} 00000 ..... 001 ..... 1010011`),
      format.FLOAT_TO_X,
      sections.classify,
      "rd = a bit that says what rs1 is: -∞, negative, subnormal, -0, ... NaN",
      plain((unit, op, m) => {
        m.x[op.rd] = unit.classify(op.rs1);
      }),
    ),
    fromWord(
      `fcvt.${letter}.w`,
      "00000",
      "rd = the integer rs1",
      (unit, { rd, rs1 }, rounding, m) => unit.fromSigned(rd, m.x[rs1], rounding),
    ),
    fromWord(
      `fcvt.${letter}.wu`,
      "00001",
      "rd = the unsigned integer rs1",
      (unit, { rd, rs1 }, rounding, m) => unit.fromUnsigned(rd, m.x[rs1], rounding),
    ),
  ];
}
