import { bits } from "./encoding.ts";
import { R, SHIFT, UNARY } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "Zbb", basic bit manipulation, of the extension "B" (RISC-V Bit-Manipulation ISA-extensions 1.0.0), in its order (§1.2). */
export const rv32zbb: readonly Instruction[] = [
  {
    mnemonic: "andn",
    extension: "Zbb",
    format: R,
    encoding: bits("0100000 ..... ..... 111 ..... 0110011"),
    section: "Bitmanip 1.0, andn",
    meaning: "rd = rs1 & ~rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] & ~m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "orn",
    extension: "Zbb",
    format: R,
    encoding: bits("0100000 ..... ..... 110 ..... 0110011"),
    section: "Bitmanip 1.0, orn",
    meaning: "rd = rs1 | ~rs2",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] | ~m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "xnor",
    extension: "Zbb",
    format: R,
    encoding: bits("0100000 ..... ..... 100 ..... 0110011"),
    section: "Bitmanip 1.0, xnor",
    meaning: "rd = ~(rs1 ^ rs2)",
    execute: (m, op) => {
      m.x[op.rd] = ~(m.x[op.rs1] ^ m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "clz",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110000 00000 ..... 001 ..... 0010011"),
    section: "Bitmanip 1.0, clz",
    meaning: "rd = the number of zeros above the highest one of rs1; 32 if there is none",
    execute: (m, op) => {
      m.x[op.rd] = Math.clz32(m.x[op.rs1]);
      return op.next;
    },
  },
  {
    mnemonic: "ctz",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110000 00001 ..... 001 ..... 0010011"),
    section: "Bitmanip 1.0, ctz",
    meaning: "rd = the number of zeros below the lowest one of rs1; 32 if there is none",
    execute: (m, op) => {
      m.x[op.rd] = trailingZeros(m.x[op.rs1]);
      return op.next;
    },
  },
  {
    mnemonic: "cpop",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110000 00010 ..... 001 ..... 0010011"),
    section: "Bitmanip 1.0, cpop",
    meaning: "rd = the number of ones in rs1",
    execute: (m, op) => {
      m.x[op.rd] = ones(m.x[op.rs1]);
      return op.next;
    },
  },
  {
    mnemonic: "max",
    extension: "Zbb",
    format: R,
    encoding: bits("0000101 ..... ..... 110 ..... 0110011"),
    section: "Bitmanip 1.0, max",
    meaning: "rd = the greater of rs1 and rs2",
    execute: (m, op) => {
      m.x[op.rd] = Math.max(m.x[op.rs1], m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "maxu",
    extension: "Zbb",
    format: R,
    encoding: bits("0000101 ..... ..... 111 ..... 0110011"),
    section: "Bitmanip 1.0, maxu",
    meaning: "rd = the greater of rs1 and rs2, unsigned",
    execute: (m, op) => {
      m.x[op.rd] = Math.max(m.x[op.rs1] >>> 0, m.x[op.rs2] >>> 0);
      return op.next;
    },
  },
  {
    mnemonic: "min",
    extension: "Zbb",
    format: R,
    encoding: bits("0000101 ..... ..... 100 ..... 0110011"),
    section: "Bitmanip 1.0, min",
    meaning: "rd = the lesser of rs1 and rs2",
    execute: (m, op) => {
      m.x[op.rd] = Math.min(m.x[op.rs1], m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "minu",
    extension: "Zbb",
    format: R,
    encoding: bits("0000101 ..... ..... 101 ..... 0110011"),
    section: "Bitmanip 1.0, minu",
    meaning: "rd = the lesser of rs1 and rs2, unsigned",
    execute: (m, op) => {
      m.x[op.rd] = Math.min(m.x[op.rs1] >>> 0, m.x[op.rs2] >>> 0);
      return op.next;
    },
  },
  {
    mnemonic: "sext.b",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110000 00100 ..... 001 ..... 0010011"),
    section: "Bitmanip 1.0, sext.b",
    meaning: "rd = the low byte of rs1, sign-extended",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << 24) >> 24;
      return op.next;
    },
  },
  {
    mnemonic: "sext.h",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110000 00101 ..... 001 ..... 0010011"),
    section: "Bitmanip 1.0, sext.h",
    meaning: "rd = the low halfword of rs1, sign-extended",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << 16) >> 16;
      return op.next;
    },
  },
  {
    mnemonic: "zext.h",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0000100 00000 ..... 100 ..... 0110011"),
    section: "Bitmanip 1.0, zext.h",
    meaning: "rd = the low halfword of rs1, zero-extended",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs1] & 0xffff;
      return op.next;
    },
  },
  {
    mnemonic: "rol",
    extension: "Zbb",
    format: R,
    encoding: bits("0110000 ..... ..... 001 ..... 0110011"),
    section: "Bitmanip 1.0, rol",
    meaning: "rd = rs1 rotated to the left by the low 5 bits of rs2",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] << m.x[op.rs2]) | (m.x[op.rs1] >>> -m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "ror",
    extension: "Zbb",
    format: R,
    encoding: bits("0110000 ..... ..... 101 ..... 0110011"),
    section: "Bitmanip 1.0, ror",
    meaning: "rd = rs1 rotated to the right by the low 5 bits of rs2",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] >>> m.x[op.rs2]) | (m.x[op.rs1] << -m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "rori",
    extension: "Zbb",
    format: SHIFT,
    encoding: bits("0110000 ..... ..... 101 ..... 0010011"),
    section: "Bitmanip 1.0, rori",
    meaning: "rd = rs1 rotated to the right by imm",
    execute: (m, op) => {
      m.x[op.rd] = (m.x[op.rs1] >>> op.imm) | (m.x[op.rs1] << -op.imm);
      return op.next;
    },
  },
  {
    mnemonic: "orc.b",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0010100 00111 ..... 101 ..... 0010011"),
    section: "Bitmanip 1.0, orc.b",
    meaning: "each byte of rd = 0xff if that byte of rs1 has a one, else 0",
    execute: (m, op) => {
      m.x[op.rd] = combinedBytes(m.x[op.rs1]);
      return op.next;
    },
  },
  {
    mnemonic: "rev8",
    extension: "Zbb",
    format: UNARY,
    encoding: bits("0110100 11000 ..... 101 ..... 0010011"),
    section: "Bitmanip 1.0, rev8",
    meaning: "rd = the bytes of rs1 in the opposite order",
    execute: (m, op) => {
      m.x[op.rd] = reversedBytes(m.x[op.rs1]);
      return op.next;
    },
  },
];

function trailingZeros(word: number): number {
  return word === 0 ? 32 : 31 - Math.clz32(word & -word);
}

/** By sums of two, four and eight bits in place (Hacker's Delight, 5-1). */
function ones(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555);
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A byte's low seven bits carry into its eighth when 0x7f is added, unless all are 0. */
function combinedBytes(word: number): number {
  const marks = (((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word) & 0x80808080;
  return Math.imul(marks >>> 7, 0xff);
}

function reversedBytes(word: number): number {
  const left = (word << 8) | (word >>> 24);
  const right = (word >>> 8) | (word << 24);
  return (left & 0x00ff00ff) | (right & 0xff00ff00);
}
