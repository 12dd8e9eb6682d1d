/** How instructions are laid out in bits (Unpriv §2.2, Base Instruction Formats; §2.3, Immediate Encoding Variants). */

export interface Encoding {
  /** The bits that are fixed, at their values. */
  readonly match: number;
  /** 1 for each bit that is fixed. */
  readonly mask: number;
  /** Length of the instruction in bytes. */
  readonly length: 2 | 4;
}

/**
 * Reads an encoding as the manual prints it, most significant bit first: 0 and 1 are fixed, `.` belongs to an operand, and
 * spaces are for the eye. Throws on a pattern that isn't 32 or 16 bits wide.
 */
export function bits(pattern: string): Encoding {
  const digits = pattern.replaceAll(" ", "");
  if (!/^[01.]+$/.test(digits)) throw new Error(`'${pattern}' is written with 0, 1 and .`);
  if (digits.length !== 32 && digits.length !== 16) {
    throw new Error(`'${pattern}' is ${digits.length} bits wide, not 32 or 16`);
  }
  return {
    match: Number.parseInt(digits.replaceAll(".", "0"), 2) | 0,
    mask: Number.parseInt(digits.replaceAll("0", "1").replaceAll(".", "0"), 2) | 0,
    length: digits.length === 32 ? 4 : 2,
  };
}

/** Whether `word` is an instance of `encoding`. */
export function matches(encoding: Encoding, word: number): boolean {
  return (word & encoding.mask) === encoding.match;
}

/** The length of an instruction is in its two low bits (Unpriv §1.5, Base Instruction-Length Encoding). */
export function instructionLength(firstHalf: number): 2 | 4 {
  return (firstHalf & 3) === 3 ? 4 : 2;
}

/** Where an instruction names a register: `count` bits from bit `at` on, counted from register `first`. */
export interface RegisterField {
  readonly at: number;
  readonly count: number;
  readonly first: number;
  /** Whether it names f-registers. */
  readonly isFloat: boolean;
  readonly decode: (word: number) => number;
  /** The bits that name register `index`, or undefined if this field can't. */
  readonly encode: (index: number) => number | undefined;
}

/** Five bits from bit `at` on. */
export function register(at: number): RegisterField {
  return {
    at,
    count: 5,
    first: 0,
    isFloat: false,
    decode: (word) => (word >>> at) & 31,
    encode: (index) => index << at,
  };
}

/** Three bits from bit `at` on, which name x8 to x15 (Unpriv §16.2, Compressed Instruction Formats). */
export function popularRegister(at: number): RegisterField {
  return {
    at,
    count: 3,
    first: 8,
    isFloat: false,
    decode: (word) => 8 + ((word >>> at) & 7),
    encode: (index) => (index >= 8 && index < 16 ? (index - 8) << at : undefined),
  };
}

/** A register that is implied by the instruction and takes no bits. */
export function impliedRegister(implied: number): RegisterField {
  return {
    at: 0,
    count: 0,
    first: implied,
    isFloat: false,
    decode: () => implied,
    encode: (index) => (index === implied ? 0 : undefined),
  };
}

/** The same bits, which name an f-register. */
export function float(field: RegisterField): RegisterField {
  return { ...field, isFloat: true };
}

/** Where an instruction holds an immediate. */
export interface ImmediateField {
  readonly decode: (word: number) => number;
  /** The bits that hold `value`, or undefined if this field can't. */
  readonly encode: (value: number) => number | undefined;
  readonly signed: boolean;
  /** The bits of the instruction that hold it; none of one that is implied. */
  readonly runs: readonly Run[];
  readonly min: number;
  readonly max: number;
  /** Values are multiples of this. */
  readonly step: number;
}

/** One stretch of an immediate: which of its bits are held from instruction bit `at` on, as the manual prints them. */
export type Piece = readonly [at: number, held: string];

export function signedImmediate(...pieces: Piece[]): ImmediateField {
  return immediate(true, pieces);
}

export function unsignedImmediate(...pieces: Piece[]): ImmediateField {
  return immediate(false, pieces);
}

/** No bits at all: the value is always `implied`. */
export function impliedImmediate(implied: number): ImmediateField {
  return {
    decode: () => implied,
    encode: (value) => (value === implied ? 0 : undefined),
    signed: true,
    runs: [],
    min: implied,
    max: implied,
    step: 1,
  };
}

/** `[instruction bit, immediate bit, count]`: a run of neighbouring bits that stay neighbours. */
export type Run = readonly [from: number, to: number, count: number];

function immediate(signed: boolean, pieces: readonly Piece[]): ImmediateField {
  const runs = pieces.flatMap(runsOfPiece);
  const low = Math.min(...runs.map(([, to]) => to));
  const width = Math.max(...runs.map(([, to, count]) => to + count));
  const step = 2 ** low;
  const min = signed ? -(2 ** (width - 1)) : 0;
  const max = (signed ? 2 ** (width - 1) : 2 ** width) - step;
  return {
    signed,
    runs,
    min,
    max,
    step,
    decode: (word) => {
      let value = 0;
      for (const [from, to, count] of runs) value |= ((word >>> from) & ones(count)) << to;
      return signed ? (value << (32 - width)) >> (32 - width) : value;
    },
    encode: (value) => {
      if (value < min || value > max || value % step !== 0) return undefined;
      let word = 0;
      for (const [from, to, count] of runs) word |= ((value >>> to) & ones(count)) << from;
      return word;
    },
  };
}

/** "12|10:5" at 25: from the most significant bit down, bit 12, then bits 10 to 5; the last one is at bit 25. */
function runsOfPiece([at, held]: Piece): Run[] {
  const ranges = held.split("|").map((range) => {
    const [high, low = high] = range.split(":").map(Number) as [number, number?];
    return { low, count: high - low + 1 };
  });
  const runs: Run[] = [];
  let from = at;
  for (const { low, count } of ranges.reverse()) {
    runs.push([from, low, count]);
    from += count;
  }
  return runs;
}

function ones(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1;
}
