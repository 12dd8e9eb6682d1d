import { csrName } from "../csr.ts";
import { decode, operand } from "./decode.ts";
import { instructionLength } from "./encoding.ts";
import type { Instruction } from "./instruction.ts";
import { FLOAT_REGISTER_NAMES, REGISTER_NAMES } from "./registers.ts";

export interface Disassembly {
  /** In bytes. */
  readonly length: 2 | 4;
  readonly mnemonic: string;
  readonly operands: string;
  /** Mnemonic and operands, as the assembler takes them back. */
  readonly text: string;
  /** Undefined for an illegal instruction, which is written as data. */
  readonly row?: Instruction;
}

/**
 * The instruction at `pc` whose bits are `word`; of a compressed one only the low half counts, so a caller may pass
 * whatever follows. Targets are absolute addresses; `symbolOf` may give them a name, added in angle brackets.
 */
export function disassemble(
  word: number,
  pc: number,
  symbolOf?: (address: number) => string | undefined,
): Disassembly {
  const length = instructionLength(word);
  const row = decode(word);
  if (row === undefined) {
    const mnemonic = length === 4 ? ".word" : ".half";
    const operands = hex(length === 4 ? word : word & 0xffff);
    return { length, mnemonic, operands, text: `${mnemonic} ${operands}` };
  }
  const ordering = row.format.ordered ? ORDERINGS[operand(row, word, "imm")] : "";
  const mnemonic = row.mnemonic + ordering;
  const list = row.format.syntax.replace(/\w+/g, (name) => written(row, word, name, pc, symbolOf));
  const operands = list + roundingText(row, word);
  return { length, mnemonic, operands, text: operands ? `${mnemonic} ${operands}` : mnemonic, row };
}

/** What bits aq and rl add to a mnemonic (Unpriv §8.1). */
export const ORDERINGS: readonly string[] = ["", ".rl", ".aq", ".aqrl"];

/** By number, the modes in which an instruction can round (Unpriv §11.2, Table 11.1); 5 and 6 are reserved. */
export const ROUNDING_NAMES: readonly string[] = ["rne", "rtz", "rdn", "rup", "rmm", "", "", "dyn"];

/** The sets that fence takes, most significant bit first (Unpriv §2.7): device input and output, memory reads and writes. */
export const FENCE_SET = "iorw";

function written(
  row: Instruction,
  word: number,
  name: string,
  pc: number,
  symbolOf: ((address: number) => string | undefined) | undefined,
): string {
  const imm = operand(row, word, "imm");
  switch (name) {
    case "rd":
    case "rs1":
    case "rs2":
      return row.format[name]?.isFloat
        ? FLOAT_REGISTER_NAMES[operand(row, word, name)]
        : REGISTER_NAMES[operand(row, word, name)];
    case "rs3":
      return FLOAT_REGISTER_NAMES[imm >>> 3];
    case "imm":
      return String(imm);
    case "upper":
      return hex(imm >>> 12);
    case "zimm":
      return String(operand(row, word, "rs1"));
    case "csr":
      return csrName(imm);
    case "pred":
      return fenceSet(imm >>> 4);
    case "succ":
      return fenceSet(imm);
    case "target": {
      const target = (pc + imm) >>> 0;
      const symbol = symbolOf?.(target);
      return symbol ? `${hex(target)} <${symbol}>` : hex(target);
    }
    default:
      throw new Error(`'${name}' in the syntax of ${row.mnemonic} is no operand`);
  }
}

/** The rounding mode, where it is not the one that is meant where none stands. */
function roundingText(row: Instruction, word: number): string {
  const mode = operand(row, word, "imm") & 7;
  const { rounding } = row.format;
  return rounding === undefined || mode === rounding ? "" : `, ${ROUNDING_NAMES[mode]}`;
}

function fenceSet(set: number): string {
  const letters = [...FENCE_SET].filter((_, index) => (set & (8 >>> index)) !== 0).join("");
  return letters || "0";
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
