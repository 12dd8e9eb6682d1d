/** Writing values to where they are. A string that is returned is the reason why nothing was written; undefined means that it was. */
import type { Piece } from "../dwarf/debug-info.ts";
import { isFloating, scalarOf, toBits } from "./c-types.ts";
import { FIRST_FLOAT, type FrameAccess, PC } from "./frame-access.ts";
import {
  littleEndian,
  readPlace,
  reasonText,
  registerBytes,
  registerName,
  toBytes,
  type Value,
  type ValuePlace,
} from "./value.ts";

const NO_PLACE = "it is a value without a place of its own";

/** Why a value at `place` can't be changed, as far as can be told without trying. */
export function unwritableReason(place: ValuePlace): string | undefined {
  switch (place.kind) {
    case "memory":
    case "pc":
      return undefined;
    case "register":
      if (place.register === 0) return "register zero is always 0";
      return place.register < 64
        ? undefined
        : `register ${registerName(place.register)} doesn't exist on this machine`;
    case "value":
    case "bytes":
      return NO_PLACE;
    case "unavailable":
      return `it is ${reasonText(place.reason)}`;
    case "pieces":
      for (const piece of place.pieces) {
        const reason = unwritableReason(piece.place);
        if (reason !== undefined) return `a part can't be changed: ${reason}`;
      }
      return undefined;
  }
}

/** Stores `number`, which is of the value's type already. */
export function storeNumber(
  value: Value,
  number: bigint | number,
  frame: FrameAccess,
): string | undefined {
  const type = scalarOf(value.type);
  if (!type) return "it isn't a single value";
  const { place, bits } = value;
  if (bits) {
    const size = Math.ceil((bits.offset + bits.size) / 8);
    const bytes = readPlace(place, size, frame);
    if (typeof bytes === "string") return `it is ${reasonText(bytes)}`;
    const old = littleEndian(bytes);
    return storeBytes(place, toBytes(replaced(old, BigInt(number), bits), size), frame);
  }
  // psABI, Integer Calling Convention: a register holds a narrower integer extended to 32 bits by its own sign.
  const isExtended = place.kind === "register" && type.size < 4 && !isFloating(type);
  const bytes = isExtended
    ? toBytes(BigInt(number), 4)
    : toBytes(toBits({ type, value: number }), type.size);
  return storeBytes(place, bytes, frame);
}

/** Stores the bytes of a whole object. */
export function storeBytes(
  place: ValuePlace,
  bytes: Uint8Array,
  frame: FrameAccess,
): string | undefined {
  const reason = unwritableReason(place);
  if (reason !== undefined) return reason;
  switch (place.kind) {
    case "memory":
      return frame.writeMemory(place.address, bytes);
    case "pc":
      return frame.writeRegister(PC, Number(littleEndian(bytes)));
    case "register":
      if (place.register >= FIRST_FLOAT) return storeFloat(place.register, bytes, frame);
      if (bytes.length > 4) {
        return `register ${registerName(place.register)} holds only 4 of its ${bytes.length} bytes`;
      }
      return frame.writeRegister(place.register, Number(littleEndian(bytes)));
    case "pieces":
      return storePieces(place.pieces, bytes, frame);
    default:
      return NO_PLACE;
  }
}

/** A value of less than 64 bits is boxed: all bits above it are ones (Unpriv §12.2). */
function storeFloat(register: number, bytes: Uint8Array, frame: FrameAccess): string | undefined {
  if (bytes.length > 8) {
    return `register ${registerName(register)} holds only 8 of its ${bytes.length} bytes`;
  }
  const ones = (1n << 64n) - (1n << BigInt(8 * bytes.length));
  return frame.writeFloat(register - FIRST_FLOAT, ones | littleEndian(bytes));
}

function storePieces(
  pieces: readonly Piece[],
  bytes: Uint8Array,
  frame: FrameAccess,
): string | undefined {
  const whole = littleEndian(bytes);
  const bitCount = pieces.reduce((sum, { bitSize }) => sum + bitSize, 0);
  if (bitCount < bytes.length * 8) return "a part of it is optimised out";
  let position = 0;
  for (const { place, bitSize, bitOffset } of pieces) {
    if (position >= bytes.length * 8) break;
    const size =
      place.kind === "register"
        ? registerBytes(place.register)
        : Math.ceil((bitOffset + bitSize) / 8);
    const old = readPlace(place, size, frame);
    if (typeof old === "string") return `it is ${reasonText(old)}`;
    const part = whole >> BigInt(position);
    const changed = replaced(littleEndian(old), part, { offset: bitOffset, size: bitSize });
    const reason = storeBytes(place, toBytes(changed, size), frame);
    if (reason !== undefined) return reason;
    position += bitSize;
  }
  return undefined;
}

/** `old` with `size` bits from `offset` on replaced by the low ones of `field`. */
function replaced(
  old: bigint,
  field: bigint,
  { offset, size }: { readonly offset: number; readonly size: number },
): bigint {
  const mask = ((1n << BigInt(size)) - 1n) << BigInt(offset);
  return (old & ~mask) | ((field << BigInt(offset)) & mask);
}
