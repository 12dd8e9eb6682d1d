import { instructionLength, matches } from "./encoding.ts";
import type { Instruction, OperandName } from "./instruction.ts";
import { INSTRUCTIONS } from "./instructions.ts";

/**
 * The row that `word` is an instance of, or undefined for an illegal instruction. Of a word whose low bits say that it is
 * compressed, only the low half counts.
 */
export function decode(word: number): Instruction | undefined {
  return instructionLength(word) === 4
    ? find(FULL_BUCKETS[fullIndex(word)]!, word)
    : compressed(word & 0xffff);
}

/** The operand `name` of an instance of `row`; 0 if its format has none. */
export function operand(row: Instruction, word: number, name: OperandName): number {
  return row.format[name]?.decode(word) ?? 0;
}

/** The rows that a word can be an instance of by its opcode and funct3: the first that fits is meant. Equal ones are one. */
export interface Bucket {
  readonly rows: readonly Instruction[];
  /** Bits that its words have in common, or that none of its rows looks at. */
  readonly mask: number;
}

const places = new Map(INSTRUCTIONS.map((row, place) => [row, place]));

// The seven low bits and bits 14 to 12 of a full instruction, the two low bits and bits 15 to 13 of a compressed one. A row that leaves
// one of these bits open stands in each bucket that it can be in.
const fullIndex = (word: number) => ((word >>> 2) & 31) | (((word >>> 12) & 7) << 5);
const compressedIndex = (word: number) => (word & 3) | (((word >>> 13) & 7) << 2);

/** By bits 6 to 2 and, above them, 14 to 12. */
export const FULL_BUCKETS = bucketsOf(4, 256, 0x707f, fullIndex);

/** By bits 1 and 0 and, above them, 15 to 13. */
export const COMPRESSED_BUCKETS = bucketsOf(2, 32, 0xe003, compressedIndex);

function bucketsOf(
  length: 2 | 4,
  count: number,
  mask: number,
  indexOf: (word: number) => number,
): readonly Bucket[] {
  const rows = Array.from({ length: count }, (): Instruction[] => []);
  for (const row of INSTRUCTIONS) {
    const { encoding } = row;
    if (encoding.length !== length) continue;
    // All values of the bits that it leaves open.
    const open = mask & ~encoding.mask;
    for (let bits = open; ; bits = (bits - 1) & open) {
      rows[indexOf((encoding.match & mask) | bits)]!.push(row);
      if (bits === 0) break;
    }
  }
  const known = new Map<string, Bucket>();
  return rows.map((each) => {
    const key = each.map((row) => places.get(row)).join();
    const bucket = known.get(key) ?? { rows: each, mask };
    known.set(key, bucket);
    return bucket;
  });
}

// Of each compressed word that was ever decoded, the row: its place in INSTRUCTIONS + 1, or ILLEGAL.
const ILLEGAL = 0xffff;
const known = new Uint16Array(1 << 16);

function compressed(word: number): Instruction | undefined {
  const place = known[word]!;
  if (place !== 0) return place === ILLEGAL ? undefined : INSTRUCTIONS[place - 1];
  const row = find(COMPRESSED_BUCKETS[compressedIndex(word)]!, word);
  known[word] = row === undefined ? ILLEGAL : places.get(row)! + 1;
  return row;
}

function find({ rows }: Bucket, word: number): Instruction | undefined {
  for (const row of rows) {
    if (matches(row.encoding, word) && !isExcepted(row, word)) return row;
  }
  return undefined;
}

function isExcepted(row: Instruction, word: number): boolean {
  if (row.except === undefined) return false;
  for (const name of ["rd", "rs1", "rs2", "imm"] as const) {
    if (row.except[name]?.includes(operand(row, word, name))) return true;
  }
  return false;
}
