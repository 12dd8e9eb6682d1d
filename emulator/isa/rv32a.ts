import { bits } from "./encoding.ts";
import { AMO, LR } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "A", atomic instructions (Unpriv ch. 8). A misaligned or failing one traps as a store does, LR as a load does. */
export const rv32a: readonly Instruction[] = [
  {
    mnemonic: "lr.w",
    extension: "A",
    format: LR,
    encoding: bits("00010 .. 00000 ..... 010 ..... 0101111"),
    section: "Unpriv §8.2",
    meaning: "rd = the word at rs1, and reserve it",
    execute: (m, op) => m.loadReserved(op),
  },
  {
    mnemonic: "sc.w",
    extension: "A",
    format: AMO,
    encoding: bits("00011 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.2",
    meaning: "if the word at rs1 is still reserved, it = rs2 and rd = 0; else rd = 1",
    execute: (m, op) => m.storeConditional(op),
  },
  {
    mnemonic: "amoswap.w",
    extension: "A",
    format: AMO,
    encoding: bits("00001 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, m.x[op.rs2]);
    },
  },
  {
    mnemonic: "amoadd.w",
    extension: "A",
    format: AMO,
    encoding: bits("00000 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = it + rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, m.words[at] + m.x[op.rs2]);
    },
  },
  {
    mnemonic: "amoxor.w",
    extension: "A",
    format: AMO,
    encoding: bits("00100 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = it ^ rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, m.words[at] ^ m.x[op.rs2]);
    },
  },
  {
    mnemonic: "amoand.w",
    extension: "A",
    format: AMO,
    encoding: bits("01100 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = it & rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, m.words[at] & m.x[op.rs2]);
    },
  },
  {
    mnemonic: "amoor.w",
    extension: "A",
    format: AMO,
    encoding: bits("01000 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = it | rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, m.words[at] | m.x[op.rs2]);
    },
  },
  {
    mnemonic: "amomin.w",
    extension: "A",
    format: AMO,
    encoding: bits("10000 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = the lesser of it and rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, Math.min(m.words[at], m.x[op.rs2]));
    },
  },
  {
    mnemonic: "amomax.w",
    extension: "A",
    format: AMO,
    encoding: bits("10100 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = the greater of it and rs2",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, Math.max(m.words[at], m.x[op.rs2]));
    },
  },
  {
    mnemonic: "amominu.w",
    extension: "A",
    format: AMO,
    encoding: bits("11000 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = the lesser of it and rs2, unsigned",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, Math.min(m.words[at] >>> 0, m.x[op.rs2] >>> 0));
    },
  },
  {
    mnemonic: "amomaxu.w",
    extension: "A",
    format: AMO,
    encoding: bits("11100 .. ..... ..... 010 ..... 0101111"),
    section: "Unpriv §8.4",
    meaning: "rd = the word at rs1; it = the greater of it and rs2, unsigned",
    execute: (m, op) => {
      const at = m.atomicWord(op);
      return at < 0 ? op : m.atomicWrite(op, at, Math.max(m.words[at] >>> 0, m.x[op.rs2] >>> 0));
    },
  },
];
