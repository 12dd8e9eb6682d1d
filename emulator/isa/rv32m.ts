import { bits } from "./encoding.ts";
import { R } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "M", integer multiplication and division (Unpriv ch. 7). Division never traps: §7.2, Table 7.1. */
export const rv32m: readonly Instruction[] = [
  {
    mnemonic: "mul",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 000 ..... 0110011"),
    section: "Unpriv §7.1",
    meaning: "rd = the low word of rs1 * rs2",
    execute: (m, op) => {
      m.x[op.rd] = Math.imul(m.x[op.rs1], m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "mulh",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 001 ..... 0110011"),
    section: "Unpriv §7.1",
    meaning: "rd = the high word of rs1 * rs2",
    execute: (m, op) => {
      m.x[op.rd] = highWord(m.x[op.rs1], m.x[op.rs2]);
      return op.next;
    },
  },
  {
    mnemonic: "mulhsu",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 010 ..... 0110011"),
    section: "Unpriv §7.1",
    meaning: "rd = the high word of rs1 * rs2, rs2 unsigned",
    execute: (m, op) => {
      m.x[op.rd] = highWord(m.x[op.rs1], m.x[op.rs2]) + (m.x[op.rs2] < 0 ? m.x[op.rs1] : 0);
      return op.next;
    },
  },
  {
    mnemonic: "mulhu",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 011 ..... 0110011"),
    section: "Unpriv §7.1",
    meaning: "rd = the high word of rs1 * rs2, both unsigned",
    execute: (m, op) => {
      m.x[op.rd] =
        highWord(m.x[op.rs1], m.x[op.rs2]) +
        (m.x[op.rs1] < 0 ? m.x[op.rs2] : 0) +
        (m.x[op.rs2] < 0 ? m.x[op.rs1] : 0);
      return op.next;
    },
  },
  {
    mnemonic: "div",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 100 ..... 0110011"),
    section: "Unpriv §7.2",
    meaning: "rd = rs1 / rs2, towards zero; -1 if rs2 = 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs2] === 0 ? -1 : (m.x[op.rs1] / m.x[op.rs2]) | 0;
      return op.next;
    },
  },
  {
    mnemonic: "divu",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 101 ..... 0110011"),
    section: "Unpriv §7.2",
    meaning: "rd = rs1 / rs2, unsigned; all ones if rs2 = 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs2] === 0 ? -1 : (m.x[op.rs1] >>> 0) / (m.x[op.rs2] >>> 0);
      return op.next;
    },
  },
  {
    mnemonic: "rem",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 110 ..... 0110011"),
    section: "Unpriv §7.2",
    meaning: "rd = what rs1 / rs2 leaves, with the sign of rs1; rs1 if rs2 = 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs2] === 0 ? m.x[op.rs1] : m.x[op.rs1] % m.x[op.rs2];
      return op.next;
    },
  },
  {
    mnemonic: "remu",
    extension: "M",
    format: R,
    encoding: bits("0000001 ..... ..... 111 ..... 0110011"),
    section: "Unpriv §7.2",
    meaning: "rd = what rs1 / rs2 leaves, unsigned; rs1 if rs2 = 0",
    execute: (m, op) => {
      m.x[op.rd] = m.x[op.rs2] === 0 ? m.x[op.rs1] : (m.x[op.rs1] >>> 0) % (m.x[op.rs2] >>> 0);
      return op.next;
    },
  },
];

/**
 * The high word of the signed product, from four products of halves that stay within 32 bits (Hacker's Delight, 8-2). The
 * unsigned forms add a correction for each operand whose sign bit is set.
 */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >> 16;
  const bLow = b & 0xffff;
  const bHigh = b >> 16;
  const low = Math.imul(aLow, bLow);
  const middle = (Math.imul(aHigh, bLow) + (low >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >> 16) + (cross >> 16)) | 0;
}
