/**
 * Values: an object of a C type, and where it is. Nothing is read until somebody asks, so a value may be made of anything, and one that
 * can't be read says why. As in the DWARF library, a string in place of what was asked for is that reason; it completes "it is ...".
 */
import { FLOAT_REGISTER_NAMES, REGISTER_NAMES } from "#emulator";
import {
  type FrameContext,
  type Member,
  type Place,
  readBytes,
  stripped,
  type Type,
  typeName,
  type Variable,
} from "../dwarf/debug-info.ts";
import { fromBits, isSigned, scalarOf } from "./c-types.ts";
import { FIRST_FLOAT, type FrameAccess } from "./frame-access.ts";

export type ValuePlace = Place | { readonly kind: "pc" };

/** How to show a value, from a suffix such as `,x`. */
export interface Format {
  readonly radix?: 2 | 8 | 10 | 16;
  /** Bytes as letters, or a pointer or array of them as text. */
  readonly as?: "character" | "string";
}

export interface Value {
  readonly type: Type;
  readonly place: ValuePlace;
  /** For a bit field: its bits, counted from the least significant of the byte at `place`. */
  readonly bits?: Member["bits"];
  readonly name?: string;
  /** A C expression that means the same object in the same frame; undefined if there is none. */
  readonly evaluateName?: string | undefined;
  readonly format?: Format | undefined;
}

/** Nobody looks at more at once, and a damaged size must not take all memory. */
const SIZE_MAX = 1 << 20;
const PAGE_BYTES = 4096;

/** A variable as `frame` sees it. */
export function variableValue(variable: Variable, frame: FrameAccess): Value {
  const { name } = variable;
  const place = frame.debug?.evaluateLocation(variable.location, frame.context);
  return {
    type: variable.type,
    place: place ?? { kind: "unavailable", reason: "unknown, because there is no debug data" },
    name,
    evaluateName: name,
  };
}

/** `sizeof type`, also of an array of variable length; undefined if it is incomplete. */
export function byteSize(type: Type, frame: FrameAccess): number | undefined {
  let factor = 1;
  let inner = stripped(type);
  for (let depth = 0; inner.kind === "array" && depth < DIMENSIONS_MAX; depth++) {
    const count = frame.debug?.arrayCount(inner, frame.context) ?? inner.count;
    if (count === undefined) return undefined;
    factor *= count;
    inner = stripped(inner.element);
  }
  switch (inner.kind) {
    case "base":
    case "pointer":
    case "enum":
      return inner.size * factor;
    case "struct":
    case "union":
      return inner.isDeclaration ? undefined : inner.size * factor;
    default:
      return undefined;
  }
}

const DIMENSIONS_MAX = 64;

/** The bytes of the object; for a bit field, those that it has a part of. */
export function bytesOf(value: Value, frame: FrameAccess): Uint8Array | string {
  const { bits } = value;
  const size = bits ? Math.ceil((bits.offset + bits.size) / 8) : byteSize(value.type, frame);
  if (size === undefined) return `of the incomplete type ${typeName(value.type)}`;
  return readPlace(value.place, size, frame);
}

/** A bigint, or a number if the type is a floating type; a string says why there is neither. */
export function numberOf(value: Value, frame: FrameAccess): bigint | number | string {
  const type = scalarOf(value.type);
  if (!type) return `of type ${typeName(value.type)}, which isn't a number`;
  const bytes = bytesOf(value, frame);
  if (typeof bytes === "string") return bytes;
  const bits = littleEndian(bytes);
  if (!value.bits) return fromBits(type, bits);
  const { offset, size } = value.bits;
  const field = bits >> BigInt(offset);
  return isSigned(type) ? BigInt.asIntN(size, field) : BigInt.asUintN(size, field);
}

/** The value of an integer, enum, pointer, or a float cut off to one. */
export function integerOf(value: Value, frame: FrameAccess): bigint | string {
  const number = numberOf(value, frame);
  if (typeof number !== "number") return number;
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : "not a finite number";
}

/** The address where the object is, or why it has none. */
export function addressOf(value: Value): number | string {
  if (value.bits) return "a bit field, which has no address";
  const { place } = value;
  switch (place.kind) {
    case "memory":
      return place.address;
    case "register":
      return `in register ${registerName(place.register)}, which has no address`;
    case "pc":
      return "a register, which has no address";
    case "pieces":
      return "spread over several places and has no address";
    case "unavailable":
      return place.reason;
    default:
      return "a value that is nowhere in memory";
  }
}

export function readPlace(
  place: ValuePlace,
  size: number,
  frame: FrameAccess,
): Uint8Array | string {
  if (size > SIZE_MAX) return `too large to be read at once: ${size} bytes`;
  if (place.kind === "pc") return toBytes(BigInt(frame.pc ?? frame.context.pc), size);
  if (place.kind === "memory") return readMemory(place.address, size, frame);
  if (place.kind === "register") {
    const { register } = place;
    if (size > 4 && register < 32) {
      return `only partly known: register ${registerName(register)} holds 4 of its ${size} bytes`;
    }
    if (register !== 0 && frame.context.readRegister(register) === undefined) {
      return `unknown, because register ${registerName(register)} wasn't saved by the function that was called`;
    }
  }
  return readBytes(place, size, frame.context);
}

function readMemory(address: number, size: number, frame: FrameAccess): Uint8Array | string {
  if (size === 0) return new Uint8Array(0);
  const bytes = frame.context.readMemory(address, size);
  if (bytes && bytes.length >= size) return bytes.subarray(0, size);
  return notBound(firstUnreadable(address, size, frame.context));
}

export function notBound(address: number): string {
  return `page not bound: ${hex32(address)}`;
}

function firstUnreadable(address: number, size: number, context: FrameContext): number {
  let at = address;
  while (at < address + size) {
    if (!context.readMemory(at, 1)) return at;
    at = (Math.floor(at / PAGE_BYTES) + 1) * PAGE_BYTES;
  }
  return address;
}

/** What a register holds. */
export const registerBytes = (register: number): 4 | 8 => (register < FIRST_FLOAT ? 4 : 8);

export function registerName(register: number): string {
  if (register < FIRST_FLOAT) return REGISTER_NAMES[register]!;
  return FLOAT_REGISTER_NAMES[register - FIRST_FLOAT] ?? `${register}`;
}

export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index]!);
  }
  return value;
}

export function toBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size && rest !== 0n; index++) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

export function hex32(address: number | bigint): string {
  return `0x${BigInt.asUintN(32, BigInt(address)).toString(16).padStart(8, "0")}`;
}

/** A reason as people read it: the debug data's "optimised away" is what debuggers call optimised out. */
export function reasonText(reason: string): string {
  return reason.replace("optimised away", "optimised out");
}
