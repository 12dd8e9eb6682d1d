/** What a value is made of: members, elements, the target of a pointer. One level at a time, so that recursive structures have no end here either. */
import { type StructType, stripped, type Type } from "../dwarf/debug-info.ts";
import { isText } from "./c-types.ts";
import type { FrameAccess } from "./frame-access.ts";
import { elementValue, membersOf, memberThrough, memberValue, targetValue } from "./subobjects.ts";
import { numberOf, type Value } from "./value.ts";

export interface Child {
  readonly name: string;
  readonly value: Value;
  /** C for the same object; undefined if the parent has none. */
  readonly evaluateName: string | undefined;
}

/** A page of children. `start` and `count` are those of a DAP `variables` request; a count of 0 is all, as there. */
export interface ChildRange {
  readonly start?: number;
  readonly count?: number;
}

/** A client that doesn't page gets so many; the rest of a larger array it can ask for by `,N` or an index. */
const CHILD_COUNT_MAX = 4096;

/** The number of children, at no greater cost than reading a pointer. A value has either named or indexed ones. */
export function childCounts(
  value: Value,
  frame: FrameAccess,
): { readonly named: number; readonly indexed: number } {
  const parts = partsOf(value, frame);
  switch (parts.kind) {
    case "members":
      return { named: membersOf(parts.type).length, indexed: 0 };
    case "elements":
      return { named: 0, indexed: parts.count };
    case "target":
      return { named: 1, indexed: 0 };
    case "none":
      return { named: 0, indexed: 0 };
  }
}

/**
 * The children of `value`. A pointer to a struct has the struct's members, any other one child, what it points to; text, `void *`, functions
 * and the null pointer have none. Members of anonymous structs and unions are shown among those of the one around them, as C names them.
 */
export function childrenOf(value: Value, frame: FrameAccess, range: ChildRange = {}): Child[] {
  const parts = partsOf(value, frame);
  switch (parts.kind) {
    case "members": {
      const { type, address } = parts;
      const members = membersOf(type).map((member) =>
        address === undefined
          ? memberValue(value, member, frame)
          : memberThrough(value, address, member, frame),
      );
      return paged(members.length, range, (index) => child(members[index]!));
    }
    case "elements":
      return paged(parts.count, range, (index) =>
        child(elementValue(value, parts.element, index, frame)),
      );
    case "target":
      return paged(1, range, () => child(targetValue(value, parts.type, parts.address)));
    case "none":
      return [];
  }
}

type Parts =
  | { readonly kind: "none" }
  /** `address`: the members are of what the value, a pointer, points to. */
  | { readonly kind: "members"; readonly type: StructType; readonly address?: number }
  | { readonly kind: "elements"; readonly element: Type; readonly count: number }
  | { readonly kind: "target"; readonly type: Type; readonly address: number };

const NONE: Parts = { kind: "none" };

function partsOf(value: Value, frame: FrameAccess): Parts {
  const type = stripped(value.type);
  switch (type.kind) {
    case "struct":
    case "union":
      return value.place.kind === "unavailable" ? NONE : { kind: "members", type };
    case "array": {
      if (value.place.kind === "unavailable") return NONE;
      const count = frame.debug?.arrayCount(type, frame.context) ?? type.count;
      return count === undefined ? NONE : { kind: "elements", element: type.element, count };
    }
    case "pointer": {
      const target = stripped(type.target);
      const address = numberOf(value, frame);
      if (typeof address !== "bigint" || address === 0n || isText(target)) return NONE;
      return targetParts(type.target, target, Number(address));
    }
    default:
      return NONE;
  }
}

function targetParts(target: Type, plain: ReturnType<typeof stripped>, address: number): Parts {
  switch (plain.kind) {
    case "struct":
    case "union":
      return plain.isDeclaration ? NONE : { kind: "members", type: plain, address };
    case "void":
    case "function":
    case "unknown":
      return NONE;
    default:
      return { kind: "target", type: target, address };
  }
}

function paged(
  total: number,
  { start = 0, count }: ChildRange,
  childAt: (index: number) => Child,
): Child[] {
  const first = Math.max(0, start);
  const wanted = count ? Math.max(0, count) : CHILD_COUNT_MAX;
  const length = Math.max(0, Math.min(total - first, wanted));
  return Array.from({ length }, (_, index) => childAt(first + index));
}

function child(value: Value): Child {
  return { name: value.name ?? "", value, evaluateName: value.evaluateName };
}
