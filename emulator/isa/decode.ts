import { instructionLength, matches } from "./encoding.ts";
import type { Instruction, OperandName } from "./instruction.ts";
import { INSTRUCTIONS } from "./instructions.ts";

/**
 * The row that `word` is an instance of, or undefined for an illegal instruction. Of a word whose low bits say that it is
 * compressed, only the low half counts.
 */
export function decode(word: number): Instruction | undefined {
  const bits = instructionLength(word) === 4 ? word : word & 0xffff;
  for (const row of candidates[bucket(bits)]) {
    if (matches(row.encoding, bits) && !isExcepted(row, bits)) return row;
  }
  return undefined;
}

/** The operand `name` of an instance of `row`; 0 if its format has none. */
export function operand(row: Instruction, word: number, name: OperandName): number {
  return row.format[name]?.decode(word) ?? 0;
}

function isExcepted(row: Instruction, word: number): boolean {
  if (row.except === undefined) return false;
  for (const name of ["rd", "rs1", "rs2", "imm"] as const) {
    if (row.except[name]?.includes(operand(row, word, name))) return true;
  }
  return false;
}

// Rows are found by opcode and funct3: the seven low bits and bits 14 to 12 of a full instruction, the two low bits and bits
// 15 to 13 of a compressed one. A row that leaves one of these bits open stands in each bucket that it can be in.
const FULL_BUCKETS = 1 << 8;
const COMPRESSED_BUCKETS = 1 << 5;

function bucket(word: number): number {
  return (word & 3) === 3
    ? ((word >>> 2) & 31) | (((word >>> 12) & 7) << 5)
    : FULL_BUCKETS + ((word & 3) | (((word >>> 13) & 7) << 2));
}

/** A word of the given bucket, with zeros elsewhere. */
function representative(index: number): number {
  return index < FULL_BUCKETS
    ? 3 | ((index & 31) << 2) | ((index >>> 5) << 12)
    : ((index - FULL_BUCKETS) & 3) | (((index - FULL_BUCKETS) >>> 2) << 13);
}

const candidates: readonly (readonly Instruction[])[] = Array.from(
  { length: FULL_BUCKETS + COMPRESSED_BUCKETS },
  (_, index) => {
    const word = representative(index);
    const length = index < FULL_BUCKETS ? 4 : 2;
    const fixed = length === 4 ? 0x707f : 0xe003;
    return INSTRUCTIONS.filter(
      ({ encoding }) =>
        encoding.length === length && (word & encoding.mask & fixed) === (encoding.match & fixed),
    );
  },
);
