import { bits } from "./encoding.ts";
import { R } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "Zba", address generation, of the bit-manipulation extension "B" (RISC-V Bit-Manipulation ISA-extensions 1.0.0). */
export const rv32zba: readonly Instruction[] = [
  {
    mnemonic: "sh1add",
    extension: "Zba",
    format: R,
    encoding: bits("0010000 ..... ..... 010 ..... 0110011"),
    section: "Bitmanip 1.0, sh1add",
    meaning: "rd = (rs1 << 1) + rs2",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << 1) + m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "sh2add",
    extension: "Zba",
    format: R,
    encoding: bits("0010000 ..... ..... 100 ..... 0110011"),
    section: "Bitmanip 1.0, sh2add",
    meaning: "rd = (rs1 << 2) + rs2",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << 2) + m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "sh3add",
    extension: "Zba",
    format: R,
    encoding: bits("0010000 ..... ..... 110 ..... 0110011"),
    section: "Bitmanip 1.0, sh3add",
    meaning: "rd = (rs1 << 3) + rs2",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << 3) + m.x[op.rs2];
      return op.next;
    },
  },
];
