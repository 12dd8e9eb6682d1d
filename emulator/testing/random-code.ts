/**
 * Random instructions that no engine may do otherwise than another: they loop, call and return to anywhere, write to themselves and trap. One
 * program in three has floating point, with operands that are hard, and there one instruction in three is of F or D.
 */
import { CSR } from "../csr.ts";
import { DYNAMIC, ROUNDING } from "../float/arithmetic.ts";
import { encode, type Operands } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { INSTRUCTIONS } from "../isa/instructions.ts";
import type { Dice } from "./dice.ts";
import { FloatOperands } from "./float-operands.ts";

const byName = (names: string) =>
  INSTRUCTIONS.filter(({ mnemonic }) => names.split(" ").includes(mnemonic));

/** Whether f-registers are among its operands. */
export const isFloating = ({ format: { rd, rs1, rs2 } }: Instruction): boolean =>
  [rd, rs1, rs2].some((field) => field?.isFloat === true);
export const FLOATING = INSTRUCTIONS.filter(isFloating);
/** Of them, what loads and stores; compressed ones too. */
export const FLOAT_ACCESSES = FLOATING.filter(({ format }) => format.syntax.includes("("));
/** Of them, what computes, converts, compares and moves. */
export const FLOAT_COMPUTING = FLOATING.filter((row) => !FLOAT_ACCESSES.includes(row));
/** What it accesses. */
export const floatBytes = ({ mnemonic }: Instruction): 4 | 8 => (/f[ls]d/.test(mnemonic) ? 8 : 4);

const MEMORY = INSTRUCTIONS.filter(
  ({ mnemonic, extension }) =>
    extension === "A" || "lb lh lw lbu lhu sb sh sw c.lw c.sw".split(" ").includes(mnemonic),
);
const BRANCHES = byName("beq bne blt bge bltu bgeu c.beqz c.bnez");
const JUMPS = byName("jal jalr c.j c.jr c.jalr c.jal");
const OTHERS = INSTRUCTIONS.filter(
  (row) => ![MEMORY, BRANCHES, JUMPS, FLOATING].some((rows) => rows.includes(row)),
);
/** Most of them trap or lead out of the code: programs with floats have few, so that more is computed between two stops. */
const LEAVING = [
  ...byName("jalr c.jr c.jalr"),
  ...INSTRUCTIONS.filter(({ extension }) => extension === "Zicsr"),
];
const ON_RESULTS = byName("beq bne blt bgeu");
const CSR_OF_REGISTER = byName("csrrw csrrs csrrc");
const CSR_OF_NUMBER = byName("csrrwi csrrsi csrrci");

/** Registers that hold addresses more often than others: s0 and s1 of data, a5 of code, ra of wherever. */
export const BASES = [8, 9, 8, 9, 15];
/** Of data, in programs with floats; there they are seldom written. */
const [SP, S0, S1] = [2, 8, 9];
const FLOAT_BASES = [SP, S0, S1];

type Encoded = readonly [bits: number, length: number];

function instruction(dice: Dice, hasFloats: boolean): Encoded {
  for (;;) {
    const kind = dice.below(100);
    const row = dice.of(kind < 25 ? MEMORY : kind < 45 ? BRANCHES : kind < 52 ? JUMPS : OTHERS);
    if (["ecall", "ebreak", "uret"].includes(row.mnemonic) && !dice.isOneIn(8)) continue;
    if (hasFloats && LEAVING.includes(row) && !dice.isOneIn(8)) continue;
    const field = row.format.imm;
    let imm = field && range(dice, field, kind);
    if (hasFloats && kind < 25 && imm !== undefined && !dice.isOneIn(4)) imm &= -4;
    const rd = dice.isOneIn(12) ? dice.of(BASES) : dice.below(32);
    if (hasFloats && FLOAT_BASES.includes(rd) && !dice.isOneIn(8)) continue;
    const bits = encode(row, {
      ...(row.format.rd && { rd }),
      ...(row.format.rs1 && { rs1: kind < 25 ? dice.of(BASES) : dice.below(32) }),
      ...(row.format.rs2 && { rs2: dice.below(32) }),
      ...(imm === undefined ? {} : { imm }),
    });
    if (typeof bits === "number") return [bits, row.encoding.length];
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

function range(dice: Dice, field: Range, kind: number): number {
  const near = kind < 52 ? 40 : Number.POSITIVE_INFINITY;
  const min = Math.max(field.min, -near);
  const max = Math.min(field.max, near);
  const count = Math.floor((max - min) / field.step) + 1;
  return Math.ceil(min / field.step) * field.step + dice.below(Math.max(count, 1)) * field.step;
}

/** One of F or D, and sometimes a branch on its result. */
function floatInstructions(dice: Dice): readonly Encoded[] {
  const kind = dice.below(100);
  if (kind < 8) return [encoded(() => flagsAccess(dice))];
  if (kind < 35) return [encoded(() => floatAccess(dice))];
  const result = dice.of([10, 11, 12, 13, 14, 20]);
  const row = dice.of(FLOAT_COMPUTING);
  const computing = encoded(() => [row, floatOperands(dice, row, result)]);
  const isWord = row.format.rd?.isFloat === false;
  if (!isWord || dice.isOneIn(3)) return [computing];
  const branch = { rs1: result, rs2: 0, imm: (dice.below(20) - 12) * 2 };
  return [computing, encoded(() => [dice.of(ON_RESULTS), branch])];
}

export type Chosen = readonly [row: Instruction, operands: Operands];

/** The first that can be encoded of what is chosen. */
function encoded(choose: () => Chosen): Encoded {
  for (;;) {
    const [row, operands] = choose();
    const bits = encode(row, operands);
    if (typeof bits === "number") return [bits, row.encoding.length];
  }
}

type Letter = "s" | "d";

/** Singles are mostly in other registers than doubles, each in some that compressed instructions name, so that results are used again. */
export function fRegister(dice: Dice, letter: Letter): number {
  if (dice.isOneIn(8)) return dice.below(32);
  const first = letter === "s" ? 8 : 12;
  return (dice.isOneIn(4) ? first - 8 : first) + dice.below(4);
}

/** What its f-registers hold: fcvt.s.d has another format on its left. */
export function lettersOf({ mnemonic }: Instruction): {
  readonly to: Letter;
  readonly from: Letter;
} {
  const parts = mnemonic.split(".");
  const last = parts.at(-1);
  const first = /^f(?:cvt|mv)$/.test(parts[0]!) ? parts[1] : last;
  return { to: first === "d" ? "d" : "s", from: last === "d" ? "d" : "s" };
}

/** What an instruction may say, and now and then what nothing else than a conversion says. */
export function roundingOf(dice: Dice, { mnemonic }: Instruction): number {
  if (dice.isOneIn(6)) return dice.of(Object.values(ROUNDING));
  if (/^fcvt\.wu?\./.test(mnemonic)) return dice.of([ROUNDING.rtz, ROUNDING.rtz, DYNAMIC]);
  return dice.of([DYNAMIC, ROUNDING.rne]);
}

/** Operands of one that computes; a word that it gives goes to `result`. */
export function floatOperands(dice: Dice, row: Instruction, result: number): Operands {
  const { rd, rs1, rs2, imm, syntax } = row.format;
  const { to, from } = lettersOf(row);
  const rs3 = syntax.includes("rs3") ? fRegister(dice, from) << 3 : 0;
  return {
    ...(rd && { rd: rd.isFloat ? fRegister(dice, to) : result }),
    ...(rs1 && { rs1: rs1.isFloat ? fRegister(dice, from) : dice.below(32) }),
    ...(rs2 && { rs2: fRegister(dice, from) }),
    ...(imm && { imm: rs3 | roundingOf(dice, row) }),
  };
}

/** Aligned, mostly, where its base is. */
function floatAccess(dice: Dice): Chosen {
  const row = dice.of(FLOAT_ACCESSES);
  const { rd, rs1, rs2, imm } = row.format;
  const size = floatBytes(row);
  const letter = size === 8 ? "d" : "s";
  const offset = range(dice, imm!, 0);
  return [
    row,
    {
      ...(rd && { rd: fRegister(dice, letter) }),
      ...(rs1 && { rs1: dice.isOneIn(20) ? dice.of(BASES) : dice.of(FLOAT_BASES) }),
      ...(rs2 && { rs2: fRegister(dice, letter) }),
      imm: dice.isOneIn(16) ? offset : offset & -size,
    },
  ];
}

/** Flags become clear or set, the rounding mode another one: seldom one that is reserved, since little can be computed then. */
export function flagsAccess(dice: Dice): Chosen {
  const rd = dice.isOneIn(2) ? 0 : dice.of([10, 11, 12, 13]);
  if (dice.isOneIn(8)) {
    const imm = dice.of([CSR.fflags, CSR.frm, CSR.fcsr]);
    return [dice.of(CSR_OF_REGISTER), { rd, rs1: dice.below(32), imm }];
  }
  if (dice.isOneIn(4)) {
    const mode = dice.isOneIn(2) ? ROUNDING.rne : dice.of([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 7]);
    return [CSR_OF_NUMBER[0]!, { rd, rs1: mode, imm: CSR.frm }];
  }
  const imm = dice.isOneIn(4) ? CSR.fcsr : CSR.fflags;
  return [dice.of(CSR_OF_NUMBER), { rd, rs1: dice.of([0, 1, 1, 31, dice.below(32)]), imm }];
}

export interface RandomCode {
  readonly bytes: Uint8Array;
  readonly hasFloats: boolean;
}

export function randomCode(dice: Dice, length: number): RandomCode {
  const hasFloats = dice.isOneIn(3);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < length - 4; ) {
    const some =
      hasFloats && dice.isOneIn(3) ? floatInstructions(dice) : [instruction(dice, hasFloats)];
    for (const [bits, size] of some) {
      if (at >= length - 4) break;
      if (size === 4) view.setUint32(at, bits, true);
      else view.setUint16(at, bits, true);
      at += size;
    }
  }
  return { bytes, hasFloats };
}

/** Words that are hard numbers for F or D: in memory singles stand side by side, of registers each second quarter has doubles. */
export function floatNumbers(dice: Dice, count: number, place: "registers" | "memory"): Int32Array {
  const operands = new FloatOperands();
  const words = new Int32Array(count);
  for (let at = 0; at + 8 <= count; at += 8) {
    const isDouble = place === "memory" ? dice.isOneIn(2) : (at & 8) !== 0;
    // Three that have to do with each other, and one that has not.
    for (const [from, length] of [
      [6, 2],
      [0, 6],
    ] as const) {
      operands.choose(dice, isDouble ? "double" : "single");
      words.set(operands.words.subarray(0, length), at + from);
    }
    if (isDouble || place === "registers") continue;
    for (let i = at; i < at + 8; i += 2) words[i + 1] = words[i]! ^ (1 << 31);
  }
  return words;
}
