/** What each operation is in WebAssembly, and which registers it reads and writes. */
import { nameOf, type Operation, writesFloat } from "../isa/instruction.ts";
import { OP } from "./module-builder.ts";

// What of an address is compared with a lookaside's tag: the page, and the bits that must be 0 in an aligned address.
export const WORD = 0xfffff003 | 0;
export const DOUBLEWORD = 0xfffff007 | 0;
export const HALF = 0xfffff001 | 0;
export const BYTE = 0xfffff000 | 0;

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
  rol: OP.i32Rotl,
  ror: OP.i32Rotr,
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
  rori: OP.i32Rotr,
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

export interface FloatLoad {
  readonly opcode: number;
  readonly alignment: number;
  readonly mask: number;
  /** Boxed then. */
  readonly isSingle: boolean;
}

/** What stores an f-register: `load` takes its bits out of the state area. */
export interface FloatStore {
  readonly load: number;
  readonly opcode: number;
  readonly alignment: number;
  readonly mask: number;
}

export const FLOAT_LOADS: Readonly<Record<string, FloatLoad>> = {
  flw: { opcode: OP.i64Load32U, alignment: 2, mask: WORD, isSingle: true },
  fld: { opcode: OP.i64Load, alignment: 3, mask: DOUBLEWORD, isSingle: false },
};
export const FLOAT_STORES: Readonly<Record<string, FloatStore>> = {
  fsw: { load: OP.i32Load, opcode: OP.i32Store, alignment: 2, mask: WORD },
  fsd: { load: OP.i64Load, opcode: OP.i64Store, alignment: 3, mask: DOUBLEWORD },
};

/** Whether an instruction that writes an f-register leaves a single there. */
export function putsSingle(name: string): boolean {
  if (name === "flw" || name === "fmv.w.x" || name.startsWith("fcvt.s.")) return true;
  return name.endsWith(".s") && name !== "fcvt.d.s";
}

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

/** Which of its operands an instruction reads and writes, by the name of its base. */
const OPERANDS = new Map<
  string,
  { readonly rs1: boolean; readonly rs2: boolean; readonly rd: boolean }
>();

function operandsOf(name: string) {
  const known = OPERANDS.get(name);
  if (known !== undefined) return known;
  const hasNone = name === "lui" || name === "auipc" || name === "jal" || name === "fence";
  const hasOne = name in IMMEDIATE || name in LOADS || name === "jalr" || name === "lr.w";
  const found = {
    rs1: !hasNone,
    rs2: !hasNone && !hasOne,
    rd: name !== "fence" && !(name in STORES) && !(name in COMPARE),
  };
  OPERANDS.set(name, found);
  return found;
}

/** Registers that an operation reads and writes, a bit each; x0 has none. */
export function uses(op: Operation): { readonly reads: number; readonly writes: number } {
  const format = op.row?.format;
  if (format?.rd?.isFloat || format?.rs1?.isFloat || format?.rs2?.isFloat) {
    const reads = format.rs1 === undefined || format.rs1.isFloat ? 0 : 1 << op.rs1;
    const writes = format.rd === undefined || writesFloat(op) ? 0 : 1 << op.rd;
    return { reads: reads & ~1, writes: writes & ~1 };
  }
  const { rs1, rs2, rd } = operandsOf(nameOf(op));
  // Bit 0 is x0's, as the shift by 32 of what stands for it as a destination.
  const reads = (rs1 ? 1 << op.rs1 : 0) | (rs2 ? 1 << op.rs2 : 0);
  return { reads: reads & ~1, writes: rd ? (1 << op.rd) & ~1 : 0 };
}
