/** Instructions of F and D, each in a loop of its own, and states that are hard for them: for tests that compare engines. */
import { CSR } from "../csr.ts";
import { DYNAMIC, ROUNDING } from "../float/arithmetic.ts";
import { operand } from "../isa/decode.ts";
import { encode, type Operands } from "../isa/encode.ts";
import type { Instruction, OperandName } from "../isa/instruction.ts";
import { INSTRUCTIONS } from "../isa/instructions.ts";
import type { Machine } from "../machine.ts";
import type { Dice } from "./dice.ts";
import { FloatOperands } from "./float-operands.ts";
import { DATA } from "./guest.ts";
import { EDGES } from "./instruction-model.ts";
import {
  FLOAT_ACCESSES,
  FLOATING,
  flagsAccess,
  floatBytes,
  floatNumbers,
  lettersOf,
  roundingOf,
} from "./random-code.ts";

const COUNTER = 5;
const SP = 2;

/** One instance of an instruction. */
export interface Instance {
  readonly row: Instruction;
  readonly bits: number;
  readonly operands: Readonly<Partial<Record<OperandName, number>>>;
}

/** A loop that counts down, does some instances, branches back. */
export interface Site {
  readonly instances: readonly Instance[];
  /** In bytes from the beginning of the code. */
  readonly at: number;
  /** Of one time around. */
  readonly steps: number;
}

/** Puts loops around instances, one after the other, into `code`. */
export function floatSites(loops: readonly (readonly Instance[])[], code: Uint8Array): Site[] {
  const view = new DataView(code.buffer);
  let at = 0;
  const put = (bits: number, length: number): void => {
    if (length === 4) view.setUint32(at, bits, true);
    else view.setUint16(at, bits, true);
    at += length;
  };
  return loops.map((instances) => {
    const site: Site = { instances, at, steps: 2 + instances.length };
    put(word("addi", { rd: COUNTER, rs1: COUNTER, imm: -1 }), 4);
    for (const { bits, row } of instances) put(bits, row.encoding.length);
    put(word("bne", { rs1: COUNTER, rs2: 0, imm: site.at - at }), 4);
    return site;
  });
}

function word(mnemonic: string, operands: Operands): number {
  const row = INSTRUCTIONS.find((candidate) => candidate.mnemonic === mnemonic)!;
  const bits = encode(row, operands);
  if (typeof bits === "string") throw new Error(bits);
  return bits;
}

/** `count` loops with one instance for each mode that the rm field may hold; or so many, where there is none. */
export function inEachMode(dice: Dice, row: Instruction, count: number): Instance[][] {
  const modes =
    row.format.rounding === undefined ? [undefined] : [...Object.values(ROUNDING), DYNAMIC];
  return modes.flatMap((mode) =>
    Array.from({ length: count }, () => [
      instance(dice, row, mode, dice.isOneIn(3) ? [8, 9] : ANY_REGISTER),
    ]),
  );
}

/** Loops with some instances, of which one uses what another has computed. */
export function inARow(dice: Dice, count: number): Instance[][] {
  const registers = [8, 9, 12, 13];
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + dice.below(4) }, () => {
      if (dice.isOneIn(10)) {
        const [row, operands] = flagsAccess(dice);
        return { row, operands, bits: word(row.mnemonic, operands) };
      }
      const row = dice.of(FLOATING);
      const mode = row.format.rounding === undefined ? undefined : roundingOf(dice, row);
      return instance(dice, row, mode, registers);
    }),
  );
}

const ANY_REGISTER = Array.from({ length: 32 }, (_, index) => index);

/** Any of some f-registers; x-registers that the loop does not need. */
function instance(
  dice: Dice,
  row: Instruction,
  mode: number | undefined,
  registers: readonly number[],
): Instance {
  const { rd, rs1, rs2, imm, syntax } = row.format;
  for (;;) {
    const rs3 = syntax.includes("rs3") ? dice.of(registers) << 3 : 0;
    const offset = imm && imm.min + dice.below((imm.max - imm.min) / imm.step + 1) * imm.step;
    const bits = encode(row, {
      ...(rd && { rd: rd.isFloat ? dice.of(registers) : dice.of([0, 10, 11, 12, 13, 14, 15]) }),
      ...(rs1 && { rs1: rs1.isFloat ? dice.of(registers) : dice.of([SP, 8, 9, 10, 11]) }),
      ...(rs2 && { rs2: dice.of(registers) }),
      ...(imm && { imm: mode === undefined ? offset! : rs3 | mode }),
    });
    if (typeof bits === "string") continue;
    const operands: Partial<Record<OperandName, number>> = {};
    for (const name of ["rd", "rs1", "rs2", "imm"] as const) {
      if (row.format[name]) operands[name] = operand(row, bits, name);
    }
    return { row, bits, operands };
  }
}

/** Registers, flags and memory before the loop of a site. */
export interface Situation {
  readonly x: Uint32Array;
  readonly floats: Int32Array;
  readonly fcsr: number;
  /** Of the page at DATA, from here on. */
  readonly near: number;
  readonly numbers: Int32Array;
}

/** Numbers for which no instruction sets a flag: the loop becomes translated with them. */
export function harmless({ instances }: Site): Situation {
  const isDouble = lettersOf(instances[0]!.row).from === "d";
  const floats = new Int32Array(64);
  for (let i = 0; i < 64; i += 2) floats.set(isDouble ? [0, 0x3ff0_0000] : [0x3f80_0000, -1], i);
  const x = new Uint32Array(32).fill(1);
  for (const { row, operands } of instances) {
    if (FLOAT_ACCESSES.includes(row)) x[operands.rs1!] = DATA - operands.imm!;
  }
  return { x, floats, fcsr: 0, near: 0, numbers: new Int32Array(4) };
}

/** What is hard for each instance, if none before it changes it. */
export function hard(dice: Dice, { instances }: Site): Situation {
  const floats = floatNumbers(dice, 64, "registers");
  const x = new Uint32Array(32);
  for (let i = 1; i < 32; i++) x[i] = dice.isOneIn(2) ? dice.of(EDGES) : dice.next();
  const near = 64 + dice.below(32) * 8;
  const chosen = new FloatOperands();
  for (const { row, operands } of instances) {
    const { format } = row;
    const { from, to } = lettersOf(row);
    const precision = (format.rs1?.isFloat ? from : to) === "d" ? "double" : "single";
    const isToWord = format.rounding !== undefined && format.rd?.isFloat === false;
    if (isToWord && dice.isOneIn(2)) chosen.chooseNearWord(dice, precision);
    else chosen.choose(dice, precision);
    const { rs1 = 0, rs2 = 0, imm = 0 } = operands;
    const put = (index: number, place: number): void =>
      floats.set(chosen.words.subarray(place * 2, place * 2 + 2), index * 2);
    if (format.syntax.includes("rs3")) put(imm >>> 3, 2);
    if (format.rs2) put(rs2, 1);
    if (format.rs1?.isFloat) put(rs1, 0);
    else if (FLOAT_ACCESSES.includes(row)) x[rs1] = DATA + addressOf(dice, near, row) - imm;
    else if (format.rs1 && dice.isOneIn(2)) x[rs1] = chosen.word;
  }
  const isRounded = instances.some(({ row }) => row.format.rounding !== undefined);
  const numbers = floatNumbers(dice, 8, "memory");
  return { x, floats, fcsr: fcsrOf(dice, isRounded), near, numbers };
}

/** Where the numbers are, mostly. */
function addressOf(dice: Dice, near: number, row: Instruction): number {
  const size = floatBytes(row);
  if (dice.isOneIn(8)) return near + dice.below(16);
  // The ends of the two pages; whatever spans them is misaligned.
  if (dice.isOneIn(8)) return dice.of([0, 4096, 8192, 8192, 1 << 20]) - dice.below(3) * size;
  return near + dice.below(16 / size) * size;
}

/** With NX clear as often as set; mostly in the mode in which something is fast, seldom in one that is reserved. */
function fcsrOf(dice: Dice, isRounded: boolean): number {
  const others = dice.isOneIn(3) ? dice.below(16) << 1 : 0;
  const mode = isRounded && dice.isOneIn(2) ? dice.below(8) : ROUNDING.rne;
  return (mode << 5) | others | dice.below(2);
}

export function assume(machine: Machine, situation: Situation, pc: number): void {
  const { hart, memory } = machine;
  hart.setRegisters(situation.x);
  hart.setX(COUNTER, 1000);
  hart.setFloatWords(situation.floats);
  hart.writeCsr(CSR.fcsr, situation.fcsr);
  hart.setPc(pc);
  const { buffer, byteLength } = situation.numbers;
  memory.writeBytes(DATA_AT + situation.near, new Uint8Array(buffer, 0, byteLength));
}

/** The first byte of physical memory that is seen at DATA. */
export const DATA_AT = 8 * 4096;
