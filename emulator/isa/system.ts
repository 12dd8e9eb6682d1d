import { bits } from "./encoding.ts";
import { CSR_IMMEDIATE, CSR_REGISTER, NONE } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/**
 * "Zifencei" (Unpriv ch. 3), "Zicsr" (ch. 9), and the one instruction of the withdrawn "N" extension that a machine with user
 * mode only needs.
 */
export const system: readonly Instruction[] = [
  {
    // Code that is written is what runs, at once, so there is nothing left to do (docs/contract.md, 6).
    mnemonic: "fence.i",
    extension: "Zifencei",
    format: NONE,
    encoding: bits("............ ..... 001 ..... 0001111"),
    section: "Unpriv ch. 3",
    meaning: "fetches after it see stores before it, which they do here anyway",
    execute: (_, op) => op.next,
  },
  {
    mnemonic: "csrrw",
    extension: "Zicsr",
    format: CSR_REGISTER,
    encoding: bits("............ ..... 001 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; csr = rs1",
    execute: (m, op) => m.updateCsr(op, m.x[op.rs1], replaceBits),
  },
  {
    mnemonic: "csrrs",
    extension: "Zicsr",
    format: CSR_REGISTER,
    encoding: bits("............ ..... 010 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; the bits of rs1 are set in csr",
    execute: (m, op) => (op.rs1 === 0 ? m.readCsr(op) : m.updateCsr(op, m.x[op.rs1], setBits)),
  },
  {
    mnemonic: "csrrc",
    extension: "Zicsr",
    format: CSR_REGISTER,
    encoding: bits("............ ..... 011 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; the bits of rs1 are cleared in csr",
    execute: (m, op) => (op.rs1 === 0 ? m.readCsr(op) : m.updateCsr(op, m.x[op.rs1], clearBits)),
  },
  {
    mnemonic: "csrrwi",
    extension: "Zicsr",
    format: CSR_IMMEDIATE,
    encoding: bits("............ ..... 101 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; csr = zimm",
    execute: (m, op) => m.updateCsr(op, op.rs1, replaceBits),
  },
  {
    mnemonic: "csrrsi",
    extension: "Zicsr",
    format: CSR_IMMEDIATE,
    encoding: bits("............ ..... 110 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; the bits of zimm are set in csr",
    execute: (m, op) => (op.rs1 === 0 ? m.readCsr(op) : m.updateCsr(op, op.rs1, setBits)),
  },
  {
    mnemonic: "csrrci",
    extension: "Zicsr",
    format: CSR_IMMEDIATE,
    encoding: bits("............ ..... 111 ..... 1110011"),
    section: "Unpriv §9.1",
    meaning: "rd = csr; the bits of zimm are cleared in csr",
    execute: (m, op) => (op.rs1 === 0 ? m.readCsr(op) : m.updateCsr(op, op.rs1, clearBits)),
  },
  {
    mnemonic: "uret",
    extension: "N",
    format: NONE,
    encoding: bits("0000000 00010 00000 000 00000 1110011"),
    section: "N 1.1, uret",
    meaning: "return from an upcall: ustatus.UIE = UPIE, UPIE = 1, jump to uepc",
    execute: (m) => m.userReturn(),
  },
];

// csrrs and csrrc with x0 (or 0) as source don't write at all, so they may read a read-only register (§9.1, Table 9.1).
const replaceBits = (_: number, operand: number): number => operand;
const setBits = (old: number, operand: number): number => old | operand;
const clearBits = (old: number, operand: number): number => old & ~operand;
