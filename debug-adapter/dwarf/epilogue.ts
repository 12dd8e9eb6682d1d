/**
 * Frames that stand in an epilogue. Clang's call frame information describes prologues instruction by instruction, but keeps the body's
 * rules until the last `ret` (clang 17, RISC-V): after `lw s0` or `addi sp`, they give a wrong caller. An interrupt may come there, and
 * who steps by instructions passes there, so the few instructions that are left are executed here in thought.
 */
import type { ReadMemory } from "./unwind.ts";

/** What the rest of an epilogue does. */
export interface Epilogue {
  /** What it adds to sp: the caller's sp, which is the canonical frame address, is the present one plus this. */
  readonly spOffset: number;
  /** Registers that it still has to load, with the offset from the present sp. All others are the caller's already. */
  readonly loads: ReadonlyMap<number, number>;
}

/** Saved registers, moves and the return; longer straight code isn't an epilogue. */
const INSTRUCTION_COUNT_MAX = 24;

const SP = 2;

/**
 * What the code at `pc` does if it does nothing but restore registers and sp and leave the function, whose code is [low, high), by
 * `ret` or a jump elsewhere; otherwise `undefined`.
 */
export function epilogueAt(
  pc: number,
  low: number,
  high: number,
  read: ReadMemory,
): Epilogue | undefined {
  const loads = new Map<number, number>();
  let spOffset = 0;
  let address = pc;
  for (let count = 0; count < INSTRUCTION_COUNT_MAX && address < high; count++) {
    const instruction = fetch(address, read);
    if (instruction === undefined) return undefined;
    const effect = (instruction & 3) === 3 ? effectOf(instruction) : compressedEffect(instruction);
    switch (effect.kind) {
      case "load":
        if (!loads.has(effect.register)) loads.set(effect.register, spOffset + effect.offset);
        break;
      case "release":
        spOffset += effect.size;
        break;
      case "return":
        return { spOffset, loads };
      case "jump": {
        const target = address + effect.offset;
        return target < low || target >= high ? { spOffset, loads } : undefined;
      }
      case "harmless":
        break;
      case "other":
        return undefined;
    }
    address += (instruction & 3) === 3 ? 4 : 2;
  }
  return undefined;
}

type Effect =
  | { readonly kind: "load"; readonly register: number; readonly offset: number }
  | { readonly kind: "release"; readonly size: number }
  | { readonly kind: "return" }
  | { readonly kind: "jump"; readonly offset: number }
  /** Writes a register that no caller relies on. */
  | { readonly kind: "harmless" }
  | { readonly kind: "other" };

const HARMLESS: Effect = { kind: "harmless" };
const OTHER: Effect = { kind: "other" };

/** Instructions of 32 bits (Unpriv §2, RV32I). */
function effectOf(instruction: number): Effect {
  const opcode = instruction & 0x7f;
  const rd = (instruction >>> 7) & 31;
  const funct3 = (instruction >>> 12) & 7;
  const rs1 = (instruction >>> 15) & 31;
  const immediate = instruction >> 20;
  if (instruction === 0x0000_8067) return { kind: "return" };
  if (opcode === 0x6f && rd === 0) return { kind: "jump", offset: jumpOffset(instruction) };
  if (opcode === 0x03 && funct3 === 2 && rs1 === SP) {
    return { kind: "load", register: rd, offset: immediate };
  }
  if (opcode === 0x13 && funct3 === 0 && rd === SP) {
    return rs1 === SP && immediate > 0 ? { kind: "release", size: immediate } : OTHER;
  }
  // Loads of f-registers, other loads, and arithmetic.
  if (opcode === 0x07) return HARMLESS;
  const writes = opcode === 0x03 || opcode === 0x13 || opcode === 0x33 || opcode === 0x37;
  return writes && isTemporary(rd) ? HARMLESS : OTHER;
}

/** Instructions of 16 bits (Unpriv §16, the C extension). */
function compressedEffect(instruction: number): Effect {
  const bit = (from: number, to: number) => ((instruction >>> from) & 1) << to;
  const bits = (from: number, count: number, to: number) =>
    ((instruction >>> from) & ((1 << count) - 1)) << to;
  const rd = bits(7, 5, 0);
  if (instruction === 0x8082) return { kind: "return" };
  switch (((instruction >>> 13) << 2) | (instruction & 3)) {
    case 0b010_10: // c.lwsp
      return { kind: "load", register: rd, offset: bit(12, 5) | bits(4, 3, 2) | bits(2, 2, 6) };
    case 0b011_01: {
      // c.addi16sp; with another register it is c.lui.
      if (rd !== SP) return isTemporary(rd) ? HARMLESS : OTHER;
      const size = bit(12, 9) | bit(6, 4) | bit(5, 6) | bits(3, 2, 7) | bit(2, 5);
      return size < 512 && size > 0 ? { kind: "release", size } : OTHER;
    }
    case 0b000_01: {
      // c.addi
      const size = bit(12, 5) | bits(2, 5, 0);
      if (rd === SP) return size < 32 && size > 0 ? { kind: "release", size } : OTHER;
      return rd === 0 || isTemporary(rd) ? HARMLESS : OTHER;
    }
    case 0b101_01: {
      // c.j
      const offset =
        bit(12, 11) |
        bit(11, 4) |
        bits(9, 2, 8) |
        bit(8, 10) |
        bit(7, 6) |
        bit(6, 7) |
        bits(3, 3, 1) |
        bit(2, 5);
      return { kind: "jump", offset: (offset << 20) >> 20 };
    }
    case 0b010_01: // c.li
      return isTemporary(rd) ? HARMLESS : OTHER;
    case 0b001_10: // c.fldsp
    case 0b011_10: // c.flwsp
      return HARMLESS;
    case 0b100_10: // c.mv and c.add; without a second operand they are jumps
      return bits(2, 5, 0) !== 0 && isTemporary(rd) ? HARMLESS : OTHER;
    default:
      return OTHER;
  }
}

/** The offset of `jal` (Unpriv §2.5, J-type immediate). */
function jumpOffset(instruction: number): number {
  const high = (instruction >> 31) << 20;
  const middle = instruction & 0x000f_f000;
  return high | middle | ((instruction >>> 9) & 0x800) | ((instruction >>> 20) & 0x7fe);
}

/** t0 to t6 and a0 to a7: what a caller doesn't expect to be kept (psABI, Register Convention). */
function isTemporary(register: number): boolean {
  return (register >= 5 && register <= 7) || (register >= 10 && register <= 17) || register >= 28;
}

/** The instruction at `address`: 16 bits, or 32 as a signed number. */
function fetch(address: number, read: ReadMemory): number | undefined {
  const first = read(address, 2);
  if (!first || first.length < 2) return undefined;
  const low = first[0]! | (first[1]! << 8);
  if ((low & 3) !== 3) return low;
  const second = read(address + 2, 2);
  if (!second || second.length < 2) return undefined;
  return low | (second[0]! << 16) | (second[1]! << 24);
}
