/** The two formats of numbers (IEEE 754 §3.4), and a number taken apart. */

export interface Format {
  /** Bits of a significand, the one before the point included. */
  readonly precision: number;
  /** What the exponent of the lowest bit of the smallest numbers is, subnormal ones included. */
  readonly unitMin: number;
  /** The exponent of the highest bit of the largest numbers. */
  readonly exponentMax: number;
  readonly sign: bigint;
  readonly infinity: bigint;
  /** The bit by which a quiet NaN differs from a signaling one. */
  readonly quiet: bigint;
  /** What every operation gives that gives a NaN (Unpriv §11.3). */
  readonly canonicalNaN: bigint;
}

export const SINGLE: Format = {
  precision: 24,
  unitMin: -149,
  exponentMax: 127,
  sign: 0x8000_0000n,
  infinity: 0x7f80_0000n,
  quiet: 0x0040_0000n,
  canonicalNaN: 0x7fc0_0000n,
};

export const DOUBLE: Format = {
  precision: 53,
  unitMin: -1074,
  exponentMax: 1023,
  sign: 0x8000_0000_0000_0000n,
  infinity: 0x7ff0_0000_0000_0000n,
  quiet: 0x0008_0000_0000_0000n,
  canonicalNaN: 0x7ff8_0000_0000_0000n,
};

export interface Unpacked {
  readonly kind: "finite" | "infinity" | "quietNaN" | "signalingNaN";
  readonly isNegative: boolean;
  /** What a finite number is, but for its sign: significand * 2 ** exponent. */
  readonly significand: bigint;
  readonly exponent: number;
}

export function unpack(bits: bigint, format: Format): Unpacked {
  const isNegative = (bits & format.sign) !== 0n;
  const magnitude = bits & ~format.sign;
  if (magnitude >= format.infinity) {
    const isNan = magnitude > format.infinity;
    const isQuiet = (magnitude & format.quiet) !== 0n;
    const kind = !isNan ? "infinity" : isQuiet ? "quietNaN" : "signalingNaN";
    return { kind, isNegative, significand: 0n, exponent: 0 };
  }
  const hidden = 1n << BigInt(format.precision - 1);
  const fraction = magnitude & (hidden - 1n);
  const field = Number(magnitude >> BigInt(format.precision - 1));
  // The numbers of field 0 are subnormal: they have the exponent of field 1, without the hidden bit.
  return field === 0
    ? { kind: "finite", isNegative, significand: fraction, exponent: format.unitMin }
    : {
        kind: "finite",
        isNegative,
        significand: hidden | fraction,
        exponent: format.unitMin + field - 1,
      };
}
