import { CAUSE } from "../trap.ts";
import { bits } from "./encoding.ts";
import { B, FENCE, I, J, LOAD, NONE, R, S, SHIFT, U } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** RV32I (Unpriv ch. 2), in the order of its instruction listing (ch. 24). */
export const rv32i: readonly Instruction[] = [
  {
    mnemonic: "lui",
    extension: "I",
    format: U,
    encoding: bits(".................... ..... 0110111"),
    section: "Unpriv §2.4",
    meaning: "rd = upper << 12",
    execute: (m, op) => {
      m.x[op.rd] = op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "auipc",
    extension: "I",
    format: U,
    encoding: bits(".................... ..... 0010111"),
    section: "Unpriv §2.4",
    meaning: "rd = pc + (upper << 12)",
    execute: (m, op) => {
      m.x[op.rd] = op.pc + op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "jal",
    extension: "I",
    format: J,
    encoding: bits(".................... ..... 1101111"),
    section: "Unpriv §2.5",
    meaning: "rd = the next address, jump to target",
    execute: (m, op) => {
      m.x[op.rd] = op.next.pc;
      return op.target;
    },
  },
  {
    mnemonic: "jalr",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 000 ..... 1100111"),
    section: "Unpriv §2.5",
    meaning: "rd = the next address, jump to (rs1 + imm) with bit 0 cleared",
    execute: (m, op) => {
      const target = (m.x[op.rs1] + op.imm) & ~1;
      m.x[op.rd] = op.next.pc;
      return m.jump(target);
    },
  },
  {
    mnemonic: "beq",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 000 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 = rs2",
    execute: (m, op) => (m.x[op.rs1] === m.x[op.rs2] ? op.target : op.next),
  },
  {
    mnemonic: "bne",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 001 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 ≠ rs2",
    execute: (m, op) => (m.x[op.rs1] !== m.x[op.rs2] ? op.target : op.next),
  },
  {
    mnemonic: "blt",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 100 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 < rs2",
    execute: (m, op) => (m.x[op.rs1] < m.x[op.rs2] ? op.target : op.next),
  },
  {
    mnemonic: "bge",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 101 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 ≥ rs2",
    execute: (m, op) => (m.x[op.rs1] >= m.x[op.rs2] ? op.target : op.next),
  },
  {
    mnemonic: "bltu",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 110 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 < rs2, unsigned",
    execute: (m, op) => (m.x[op.rs1] >>> 0 < m.x[op.rs2] >>> 0 ? op.target : op.next),
  },
  {
    mnemonic: "bgeu",
    extension: "I",
    format: B,
    encoding: bits("....... ..... ..... 111 ..... 1100011"),
    section: "Unpriv §2.5",
    meaning: "jump to target if rs1 ≥ rs2, unsigned",
    execute: (m, op) => (m.x[op.rs1] >>> 0 >= m.x[op.rs2] >>> 0 ? op.target : op.next),
  },
  {
    mnemonic: "lb",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 000 ..... 0000011"),
    section: "Unpriv §2.6",
    meaning: "rd = the byte at rs1 + imm, sign-extended",
    execute: (m, op) => m.loadByte(op),
  },
  {
    mnemonic: "lh",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 001 ..... 0000011"),
    section: "Unpriv §2.6",
    meaning: "rd = the halfword at rs1 + imm, sign-extended",
    execute: (m, op) => m.loadHalf(op),
  },
  {
    mnemonic: "lw",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 010 ..... 0000011"),
    section: "Unpriv §2.6",
    meaning: "rd = the word at rs1 + imm",
    execute: (m, op) => m.loadWord(op),
  },
  {
    mnemonic: "lbu",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 100 ..... 0000011"),
    section: "Unpriv §2.6",
    meaning: "rd = the byte at rs1 + imm, zero-extended",
    execute: (m, op) => m.loadByteUnsigned(op),
  },
  {
    mnemonic: "lhu",
    extension: "I",
    format: LOAD,
    encoding: bits("............ ..... 101 ..... 0000011"),
    section: "Unpriv §2.6",
    meaning: "rd = the halfword at rs1 + imm, zero-extended",
    execute: (m, op) => m.loadHalfUnsigned(op),
  },
  {
    mnemonic: "sb",
    extension: "I",
    format: S,
    encoding: bits("....... ..... ..... 000 ..... 0100011"),
    section: "Unpriv §2.6",
    meaning: "the byte at rs1 + imm = rs2",
    execute: (m, op) => m.storeByte(op),
  },
  {
    mnemonic: "sh",
    extension: "I",
    format: S,
    encoding: bits("....... ..... ..... 001 ..... 0100011"),
    section: "Unpriv §2.6",
    meaning: "the halfword at rs1 + imm = rs2",
    execute: (m, op) => m.storeHalf(op),
  },
  {
    mnemonic: "sw",
    extension: "I",
    format: S,
    encoding: bits("....... ..... ..... 010 ..... 0100011"),
    section: "Unpriv §2.6",
    meaning: "the word at rs1 + imm = rs2",
    execute: (m, op) => m.storeWord(op),
  },
  {
    mnemonic: "addi",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 000 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 + imm",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] + op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "slti",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 010 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = 1 if rs1 < imm, else 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] < op.imm ? 1 : 0;
      return op.next;
    },
  },
  {
    mnemonic: "sltiu",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 011 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = 1 if rs1 < imm, unsigned, else 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >>> 0 < op.imm >>> 0 ? 1 : 0;
      return op.next;
    },
  },
  {
    mnemonic: "xori",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 100 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 ^ imm",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] ^ op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "ori",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 110 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 | imm",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] | op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "andi",
    extension: "I",
    format: I,
    encoding: bits("............ ..... 111 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 & imm",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] & op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "slli",
    extension: "I",
    format: SHIFT,
    encoding: bits("0000000 ..... ..... 001 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 << imm",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] << op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "srli",
    extension: "I",
    format: SHIFT,
    encoding: bits("0000000 ..... ..... 101 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 >> imm, zeros come in",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >>> op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "srai",
    extension: "I",
    format: SHIFT,
    encoding: bits("0100000 ..... ..... 101 ..... 0010011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 >> imm, copies of the sign come in",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >> op.imm;
      return op.next;
    },
  },
  {
    mnemonic: "add",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 000 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 + rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] + m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "sub",
    extension: "I",
    format: R,
    encoding: bits("0100000 ..... ..... 000 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 - rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] - m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "sll",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 001 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 << the low 5 bits of rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] << m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "slt",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 010 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = 1 if rs1 < rs2, else 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] < m.x[op.rs2] ? 1 : 0;
      return op.next;
    },
  },
  {
    mnemonic: "sltu",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 011 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = 1 if rs1 < rs2, unsigned, else 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >>> 0 < m.x[op.rs2] >>> 0 ? 1 : 0;
      return op.next;
    },
  },
  {
    mnemonic: "xor",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 100 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 ^ rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] ^ m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "srl",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 101 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 >> the low 5 bits of rs2, zeros come in",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >>> m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "sra",
    extension: "I",
    format: R,
    encoding: bits("0100000 ..... ..... 101 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 >> the low 5 bits of rs2, copies of the sign come in",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] >> m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "or",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 110 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 | rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] | m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "and",
    extension: "I",
    format: R,
    encoding: bits("0000000 ..... ..... 111 ..... 0110011"),
    section: "Unpriv §2.4",
    meaning: "rd = rs1 & rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] & m.x[op.rs2];
      return op.next;
    },
  },
  {
    // With one hart, all memory accesses are in order already. The reserved fields are ignored, as §2.7 asks.
    mnemonic: "fence",
    extension: "I",
    format: FENCE,
    encoding: bits("............ ..... 000 ..... 0001111"),
    section: "Unpriv §2.7",
    meaning:
      "accesses before it, of the kinds in pred, happen before those after it, of the kinds in succ",
    execute: (_, op) => op.next,
  },
  {
    mnemonic: "ecall",
    extension: "I",
    format: NONE,
    encoding: bits("000000000000 00000 000 00000 1110011"),
    section: "Unpriv §2.8",
    meaning: "ask the kernel: trap with cause 8",
    execute: (m, op) => m.trap(op, CAUSE.ecall, 0),
  },
  {
    mnemonic: "ebreak",
    extension: "I",
    format: NONE,
    encoding: bits("000000000001 00000 000 00000 1110011"),
    section: "Unpriv §2.8",
    meaning: "trap with cause 3",
    execute: (m, op) => m.trap(op, CAUSE.breakpoint, op.pc),
  },
];
