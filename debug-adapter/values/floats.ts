/** IEEE 754 bits to numbers and back: binary32, binary64, and binary128 (the psABI's long double) as near as a double can be. */

const view = new DataView(new ArrayBuffer(8));

/** `bits` of a float of `size` bytes as a number; a binary128 is rounded towards zero. */
export function floatFromBits(bits: bigint, size: number): number {
  if (size === 4) {
    view.setUint32(0, Number(BigInt.asUintN(32, bits)));
    return view.getFloat32(0);
  }
  if (size === 16) return quadFromBits(bits);
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
}

/** The bits of `value` as a float of `size` bytes. */
export function floatToBits(value: number, size: number): bigint {
  if (size === 4) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  return size === 16 ? quadToBits(value, bits) : bits;
}

/*
 *            sign  exponent  fraction   bias
 *  binary64    1      11        52      1023
 *  binary128   1      15       112     16383
 */
const FRACTION_GAP = 112n - 52n;
const BIAS_GAP = 16383 - 1023;

function quadFromBits(bits: bigint): number {
  const sign = (bits >> 127n) & 1n;
  const exponent = Number((bits >> 112n) & 0x7fffn);
  const fraction = BigInt.asUintN(112, bits);
  const factor = sign === 1n ? -1 : 1;
  if (exponent === 0x7fff) return fraction === 0n ? factor * Number.POSITIVE_INFINITY : Number.NaN;
  const rebiased = exponent - BIAS_GAP;
  if (rebiased >= 0x7ff) return factor * Number.POSITIVE_INFINITY;
  if (rebiased <= 0) {
    return factor * (1 + Number(fraction >> FRACTION_GAP) / 2 ** 52) * 2 ** (exponent - 16383);
  }
  view.setBigUint64(0, (sign << 63n) | (BigInt(rebiased) << 52n) | (fraction >> FRACTION_GAP));
  return view.getFloat64(0);
}

function quadToBits(value: number, bits: bigint): bigint {
  const sign = (bits >> 63n) << 127n;
  if (value === 0) return sign;
  if (!Number.isFinite(value)) {
    return sign | (0x7fffn << 112n) | (Number.isNaN(value) ? 1n << 111n : 0n);
  }
  const exponent = Number((bits >> 52n) & 0x7ffn);
  if (exponent === 0) {
    // Subnormal as a double, normal as a binary128: scaling by a power of two is exact.
    const scaled = value * 2 ** 64;
    return quadToBits(scaled, floatToBits(scaled, 8)) - (64n << 112n);
  }
  const fraction = BigInt.asUintN(52, bits) << FRACTION_GAP;
  return sign | (BigInt(exponent + BIAS_GAP) << 112n) | fraction;
}
