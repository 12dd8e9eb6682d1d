/** Parts of objects: members, elements, what a pointer points to; each with its place and the C expression that means it. */
import {
  type Member,
  type Place,
  type StructType,
  stripped,
  type Type,
} from "../dwarf/debug-info.ts";
import type { FrameAccess } from "./frame-access.ts";
import { byteSize, type Format, registerBytes, type Value, type ValuePlace } from "./value.ts";

/** A member that is reached by its name, also through anonymous structs and unions; `offset` is from the outermost struct. */
export type NamedMember = Member & { readonly name: string };

const ANONYMOUS_DEPTH_MAX = 16;

/** The members of `type` by name, those of anonymous members among them (C11 §6.7.2.1). */
export function membersOf(type: StructType): NamedMember[] {
  const found: NamedMember[] = [];
  collectMembers(type, 0, 0, found);
  return found;
}

function collectMembers(
  { members }: StructType,
  base: number,
  depth: number,
  found: NamedMember[],
): void {
  for (const member of members) {
    const offset = base + member.offset;
    const { name, type, bits } = member;
    if (name !== undefined) {
      found.push({ name, type, bits, offset });
      continue;
    }
    const inner = stripped(type);
    const isNested = inner.kind === "struct" || inner.kind === "union";
    if (isNested && depth < ANONYMOUS_DEPTH_MAX) collectMembers(inner, offset, depth + 1, found);
  }
}

/** Member `member` of `object`, which is a struct or union. */
export function memberValue(object: Value, member: NamedMember, frame: FrameAccess): Value {
  return memberAt(object, member, ".", object.evaluateName, frame);
}

/** Member `member` of what `pointer` points to, which is at `address`. */
export function memberThrough(
  pointer: Value,
  address: number,
  member: NamedMember,
  frame: FrameAccess,
): Value {
  const target: Value = { type: pointer.type, place: memory(address), format: pointer.format };
  return memberAt(target, member, "->", pointer.evaluateName, frame);
}

function memberAt(
  { place, format }: Value,
  { name, type, bits, offset }: NamedMember,
  operator: "." | "->",
  objectName: string | undefined,
  frame: FrameAccess,
): Value {
  const size = bits ? Math.ceil((bits.offset + bits.size) / 8) : (byteSize(type, frame) ?? 0);
  return {
    type,
    place: partOf(place, offset, size),
    bits,
    name,
    evaluateName: objectName && `${asPrimary(objectName)}${operator}${name}`,
    format: inherited(format),
  };
}

/** Element `index` of `array`, whose elements are `element`s. */
export function elementValue(
  array: Value,
  element: Type,
  index: number,
  frame: FrameAccess,
): Value {
  const size = byteSize(element, frame);
  const { evaluateName } = array;
  return {
    type: element,
    place:
      size === undefined
        ? { kind: "unavailable", reason: "an element of an unknown size" }
        : partOf(array.place, index * size, size),
    name: `[${index}]`,
    evaluateName: evaluateName && `${asPrimary(evaluateName)}[${index}]`,
    format: inherited(array.format),
  };
}

/** What `pointer`, whose value is `address`, points to. */
export function targetValue(pointer: Value, target: Type, address: number): Value {
  const name = pointer.evaluateName && `*${asOperand(pointer.evaluateName)}`;
  return {
    type: target,
    place: memory(address),
    name: pointer.name === undefined ? "*" : `*${pointer.name}`,
    evaluateName: name,
    format: inherited(pointer.format),
  };
}

export function memory(address: number): Place {
  return { kind: "memory", address: address >>> 0 };
}

/** A radix is meant for all parts of what it was asked for; "as text" only for the whole. */
function inherited(format: Format | undefined): Format | undefined {
  return format?.radix === undefined ? undefined : { radix: format.radix };
}

const PRIMARY = /^\$?[A-Za-z_]\w*(?:(?:\.|->)[A-Za-z_]\w*|\[\d+\])*$/;

/** `text` so that a postfix operator may follow. */
function asPrimary(text: string): string {
  return PRIMARY.test(text) ? text : `(${text})`;
}

/** `text` so that a unary operator may precede it. */
function asOperand(text: string): string {
  return PRIMARY.test(text.replace(/^\*+/, "")) ? text : `(${text})`;
}

/** The `size` bytes from byte `offset` on of what is at `place`. */
export function partOf(place: ValuePlace, offset: number, size: number): ValuePlace {
  switch (place.kind) {
    case "memory":
      return memory(place.address + offset);
    case "value":
      if (offset < 0) return OUTSIDE;
      return { kind: "value", value: BigInt.asUintN(size * 8, place.value >> BigInt(offset * 8)) };
    case "bytes":
      if (offset < 0 || offset + size > place.bytes.length) return OUTSIDE;
      return { kind: "bytes", bytes: place.bytes.subarray(offset, offset + size) };
    case "register": {
      const whole = registerBytes(place.register);
      if (offset < 0 || offset + size > whole) return OUTSIDE;
      if (size === whole) return place;
      return { kind: "pieces", pieces: [{ place, bitSize: size * 8, bitOffset: offset * 8 }] };
    }
    case "pieces":
      return offset < 0 ? OUTSIDE : partOfPieces(place, offset * 8, size * 8);
    case "unavailable":
      return place;
    case "pc":
      return OUTSIDE;
  }
}

const OUTSIDE: Place = { kind: "unavailable", reason: "outside of what is known of the object" };

function partOfPieces(
  { pieces }: Extract<Place, { kind: "pieces" }>,
  start: number,
  bitCount: number,
): Place {
  const end = start + bitCount;
  const parts = [];
  let position = 0;
  for (const piece of pieces) {
    const low = Math.max(position, start);
    const high = Math.min(position + piece.bitSize, end);
    if (low < high) {
      const isWhole = low === position && high === position + piece.bitSize;
      // An object that has a place of its own is at it, not at a part of it: a register then holds it extended to 32 bits.
      if (isWhole && high - low === bitCount && piece.bitOffset === 0) return piece.place;
      const bitOffset = piece.bitOffset + low - position;
      parts.push({ place: piece.place, bitSize: high - low, bitOffset });
    }
    position += piece.bitSize;
  }
  return { kind: "pieces", pieces: parts };
}
