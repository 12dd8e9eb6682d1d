/** What each operation is in WebAssembly, and which registers it reads and writes. */
import { DISCARD, nameOf, type Operation } from "../isa/instruction.ts";
import { OP } from "./module-builder.ts";
import type { Block, Region } from "./region.ts";

// What of an address is compared with a lookaside's tag: the page, and the bits that must be 0 in an aligned address.
export const WORD = 0xfffff003 | 0;
const HALF = 0xfffff001 | 0;
const BYTE = 0xfffff000 | 0;

export const BINARY: Readonly<Record<string, number>> = {
  add: OP.i32Add,
  sub: OP.i32Sub,
  sll: OP.i32Shl,
  slt: OP.i32LtS,
  sltu: OP.i32LtU,
  xor: OP.i32Xor,
  srl: OP.i32ShrU,
  sra: OP.i32ShrS,
  or: OP.i32Or,
  and: OP.i32And,
  mul: OP.i32Mul,
};
export const IMMEDIATE: Readonly<Record<string, number>> = {
  addi: OP.i32Add,
  slti: OP.i32LtS,
  sltiu: OP.i32LtU,
  xori: OP.i32Xor,
  ori: OP.i32Or,
  andi: OP.i32And,
  slli: OP.i32Shl,
  srli: OP.i32ShrU,
  srai: OP.i32ShrS,
};
export const COMPARE: Readonly<Record<string, number>> = {
  beq: OP.i32Eq,
  bne: OP.i32Ne,
  blt: OP.i32LtS,
  bge: OP.i32GeS,
  bltu: OP.i32LtU,
  bgeu: OP.i32GeU,
};
export const LOADS: Readonly<
  Record<string, readonly [opcode: number, alignment: number, mask: number]>
> = {
  lw: [OP.i32Load, 2, WORD],
  lh: [OP.i32Load16S, 1, HALF],
  lhu: [OP.i32Load16U, 1, HALF],
  lb: [OP.i32Load8S, 0, BYTE],
  lbu: [OP.i32Load8U, 0, BYTE],
};
export const STORES: Readonly<
  Record<string, readonly [opcode: number, alignment: number, mask: number]>
> = {
  sw: [OP.i32Store, 2, WORD],
  sh: [OP.i32Store16, 1, HALF],
  sb: [OP.i32Store8, 0, BYTE],
};

/** Of an AMO: what makes the new word of the old one and rs2; for the lesser and the greater, what says that the old one stays. */
export const ATOMIC: Readonly<
  Record<string, readonly [kind: "binary" | "select" | "swap", opcode: number]>
> = {
  "amoswap.w": ["swap", 0],
  "amoadd.w": ["binary", OP.i32Add],
  "amoxor.w": ["binary", OP.i32Xor],
  "amoand.w": ["binary", OP.i32And],
  "amoor.w": ["binary", OP.i32Or],
  "amomin.w": ["select", OP.i32LtS],
  "amomax.w": ["select", OP.i32GtS],
  "amominu.w": ["select", OP.i32LtU],
  "amomaxu.w": ["select", OP.i32GtU],
};

/** Registers that an operation reads and writes, a bit each; x0 has none. */
export function uses(op: Operation): { reads: number; writes: number } {
  const name = nameOf(op);
  const bit = (register: number) => (register === 0 || register === DISCARD ? 0 : 1 << register);
  if (name === "lui" || name === "auipc" || name === "jal" || name === "fence") {
    return { reads: 0, writes: name === "fence" ? 0 : bit(op.rd) };
  }
  if (name in IMMEDIATE || name in LOADS || name === "jalr" || name === "lr.w") {
    return { reads: bit(op.rs1), writes: bit(op.rd) };
  }
  if (name in STORES || name in COMPARE) return { reads: bit(op.rs1) | bit(op.rs2), writes: 0 };
  return { reads: bit(op.rs1) | bit(op.rs2), writes: bit(op.rd) };
}

export const opsOf = ({ ops, ending }: Block): Operation[] =>
  "op" in ending ? [...ops, ending.op] : [...ops];

/** Registers that a region itself may write. */
export function writesOf(region: Region): number {
  let writes = 0;
  for (const block of region.blocks.values()) {
    for (const op of opsOf(block)) writes |= uses(op).writes;
  }
  return writes;
}
