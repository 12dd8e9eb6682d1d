/** Objects at the places that expressions describe: their bytes, and their parts. */
import type { Piece, Place, SimplePlace } from "./expression.ts";

/** What of a frame is needed to read: as in `FrameContext`. */
export interface FrameBytes {
  readRegister(register: number): number | bigint | undefined;
  readMemory(address: number, size: number): Uint8Array | undefined;
}

/**
 * The first `size` bytes of the object at `place`, or the reason why they aren't known. If any piece of it is unavailable, all of it is: ask
 * for the parts then, with `partOf`.
 */
export function readBytes(place: Place, size: number, frame: FrameBytes): Uint8Array | string {
  if (place.kind !== "pieces") return readSimple(place, size, frame);
  let value = 0n;
  let bitCount = 0;
  for (const { place: part, bitSize, bitOffset } of place.pieces) {
    if (bitCount >= size * 8) break;
    if (bitSize > PIECE_BITS_MAX) return "described by a piece that is too large";
    const bytes = readSimple(part, Math.ceil((bitOffset + bitSize) / 8), frame);
    if (typeof bytes === "string")
      return bytes === "optimised away" ? "partly optimised away" : bytes;
    const bits = BigInt.asUintN(bitSize, toBigint(bytes) >> BigInt(bitOffset));
    value |= bits << BigInt(bitCount);
    bitCount += bitSize;
  }
  if (bitCount < size * 8) return "partly optimised away";
  return toBytes(value, size);
}

/** One piece of an object; a megabyte of it isn't one. */
const PIECE_BITS_MAX = 8 * 65536;

function readSimple(place: SimplePlace, size: number, frame: FrameBytes): Uint8Array | string {
  switch (place.kind) {
    case "memory": {
      const bytes = frame.readMemory(place.address, size);
      if (bytes && bytes.length >= size) return bytes.subarray(0, size);
      return `unreadable: there is no memory at 0x${place.address.toString(16)}`;
    }
    case "register": {
      const value = place.register === 0 ? 0 : frame.readRegister(place.register);
      if (value === undefined) {
        return `unknown, because register ${place.register} wasn't saved by its callees`;
      }
      return toBytes(BigInt(value), size);
    }
    case "value":
      return toBytes(place.value, size);
    case "bytes": {
      const bytes = new Uint8Array(size);
      bytes.set(place.bytes.subarray(0, size));
      return bytes;
    }
    case "unavailable":
      return place.reason;
  }
}

function toBigint(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index]!);
  }
  return value;
}

function toBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size && rest !== 0n; index++) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The place of the `size` bytes from `offset` on of the object at `place`: of a member or an element. */
export function partOf(place: Place, offset: number, size: number): Place {
  switch (place.kind) {
    case "memory":
      return { kind: "memory", address: (place.address + offset) >>> 0 };
    case "bytes":
      return { kind: "bytes", bytes: place.bytes.subarray(offset, offset + size) };
    case "value":
      return { kind: "value", value: place.value >> BigInt(offset * 8) };
    case "unavailable":
      return place;
    case "register": {
      if (offset === 0) return place;
      return { kind: "pieces", pieces: [{ place, bitSize: size * 8, bitOffset: offset * 8 }] };
    }
    case "pieces":
      return piecesOf(place.pieces, offset * 8, (offset + size) * 8);
  }
}

/** The pieces that bits [start, end) of an object are in; a part that lies in one whole piece is simply there. */
function piecesOf(pieces: readonly Piece[], start: number, end: number): Place {
  const parts: Piece[] = [];
  let position = 0;
  for (const { place, bitSize, bitOffset } of pieces) {
    const from = Math.max(start, position);
    const to = Math.min(end, position + bitSize);
    if (from < to) {
      parts.push({ place, bitSize: to - from, bitOffset: bitOffset + from - position });
    }
    position += bitSize;
  }
  const only = parts[0];
  if (!only) return { kind: "unavailable", reason: "optimised away" };
  const isWhole = parts.length === 1 && only.bitSize === end - start;
  if (isWhole && (only.bitOffset === 0 || only.place.kind === "unavailable")) return only.place;
  if (isWhole && only.place.kind === "memory" && only.bitOffset % 8 === 0) {
    return partOf(only.place, only.bitOffset / 8, only.bitSize / 8);
  }
  return { kind: "pieces", pieces: parts };
}
