/**
 * C types as a graph that is followed lazily: a struct's members, a pointer's target are read when they are asked for, so that
 * recursive types cost nothing. The same entry always gives the same object.
 */
import { AT, ATE, OP, TAG } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import type { Entry } from "./info.ts";
import { type Location, locationOf, readLocation } from "./location.ts";
import type { NameIndex } from "./names.ts";

export type Type =
  | VoidType
  | BaseType
  | PointerType
  | StructType
  | ArrayType
  | EnumType
  | TypedefType
  | QualifiedType
  | FunctionType
  | UnknownType;

export interface VoidType {
  readonly kind: "void";
}

export type Encoding =
  | "signed"
  | "unsigned"
  | "signed char"
  | "unsigned char"
  | "boolean"
  | "float"
  | "complex"
  | "address"
  | "other";

export interface BaseType {
  readonly kind: "base";
  readonly name: string;
  readonly size: number;
  readonly encoding: Encoding;
}

export interface PointerType {
  readonly kind: "pointer";
  readonly size: number;
  readonly target: Type;
}

export interface StructType {
  readonly kind: "struct" | "union";
  /** The tag; `undefined` if it is anonymous. */
  readonly name: string | undefined;
  readonly size: number;
  readonly members: readonly Member[];
  /** True if no unit defines it: size and members are then unknown (0 and none). */
  readonly isDeclaration: boolean;
}

export interface Member {
  /** `undefined` for an anonymous struct or union, whose members are reached directly (C11 §6.7.2.1). */
  readonly name: string | undefined;
  readonly type: Type;
  /** In bytes; for a bit field, of the byte that holds its first bit. */
  readonly offset: number;
  /** For a bit field: `offset` counts from the least significant bit of the byte at the member's offset, and is 0 to 7. */
  readonly bits: { readonly offset: number; readonly size: number } | undefined;
}

export interface ArrayType {
  readonly kind: "array";
  /** Again an array for a multi-dimensional one. */
  readonly element: Type;
  /** `undefined` for a flexible array member, an incomplete array, and one of variable length. */
  readonly count: number | undefined;
  /** For a variable-length array: where its count is. `bias` is added: 1 if what is stored there is the highest index. */
  readonly dynamicCount: { readonly location: Location; readonly bias: number } | undefined;
}

export interface EnumType {
  readonly kind: "enum";
  readonly name: string | undefined;
  readonly size: number;
  readonly isSigned: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

export interface TypedefType {
  readonly kind: "typedef";
  readonly name: string;
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: "qualified";
  readonly qualifier: "const" | "volatile" | "restrict" | "_Atomic";
  readonly target: Type;
}

export interface FunctionType {
  readonly kind: "function";
  readonly returnType: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
  /** False for the old style `int f()`, which says nothing of parameters. */
  readonly isPrototyped: boolean;
}

/** A type that can't be shown; `reason` says why. */
export interface UnknownType {
  readonly kind: "unknown";
  readonly reason: string;
}

export const VOID: VoidType = { kind: "void" };

/** Types by entry. */
export class Types {
  readonly #names: () => NameIndex;
  readonly #byOffset = new Map<number, Type>();

  /** `names` is asked only when a declaration needs its definition. */
  constructor(names: () => NameIndex) {
    this.#names = names;
  }

  /** The type that `entry`'s DW_AT_type refers to; none means `void`. */
  ofType(entry: Entry): Type {
    const owner = entry.ownerOf(AT.type);
    if (!owner) return VOID;
    const type = owner.reference(AT.type);
    return type ? this.of(type) : { kind: "unknown", reason: "its type isn't in this file" };
  }

  /** The type that `entry` is. */
  of(entry: Entry): Type {
    let type = this.#byOffset.get(entry.offset);
    if (!type) {
      type = this.#create(entry);
      this.#byOffset.set(entry.offset, type);
    }
    return type;
  }

  #create(entry: Entry): Type {
    const types = this;
    switch (entry.tag) {
      case TAG.base_type:
        return {
          kind: "base",
          name: entry.name ?? "?",
          size: entry.number(AT.byte_size) ?? 0,
          encoding: ENCODINGS[entry.number(AT.encoding) ?? 0] ?? "other",
        };
      case TAG.unspecified_type:
        return { kind: "base", name: entry.name ?? "?", size: 0, encoding: "other" };
      case TAG.pointer_type:
      case TAG.reference_type:
      case TAG.rvalue_reference_type:
        return {
          kind: "pointer",
          size: entry.number(AT.byte_size) ?? 4,
          get target() {
            return types.ofType(entry);
          },
        };
      case TAG.structure_type:
      case TAG.union_type:
        return this.#struct(entry);
      case TAG.array_type:
        return this.#array(entry);
      case TAG.enumeration_type:
        return this.#enumeration(entry);
      case TAG.typedef:
        return {
          kind: "typedef",
          name: entry.name ?? "?",
          get target() {
            return types.ofType(entry);
          },
        };
      case TAG.const_type:
        return this.#qualified(entry, "const");
      case TAG.volatile_type:
        return this.#qualified(entry, "volatile");
      case TAG.restrict_type:
        return this.#qualified(entry, "restrict");
      case TAG.atomic_type:
        return this.#qualified(entry, "_Atomic");
      case TAG.subroutine_type:
      case TAG.subprogram:
        return {
          kind: "function",
          isVariadic: entry.children.some(({ tag }) => tag === TAG.unspecified_parameters),
          isPrototyped: entry.flag(AT.prototyped),
          get returnType() {
            return types.ofType(entry);
          },
          get parameters() {
            return entry.children
              .filter(({ tag }) => tag === TAG.formal_parameter)
              .map((parameter) => types.ofType(parameter));
          },
        };
      default:
        return { kind: "unknown", reason: `its type has the unknown tag ${entry.tag}` };
    }
  }

  #qualified(entry: Entry, qualifier: QualifiedType["qualifier"]): QualifiedType {
    const types = this;
    return {
      kind: "qualified",
      qualifier,
      get target() {
        return types.ofType(entry);
      },
    };
  }

  #struct(entry: Entry): Type {
    const kind = entry.tag === TAG.union_type ? "union" : "struct";
    const { name } = entry;
    const isDeclaration = entry.flag(AT.declaration);
    if (isDeclaration && name !== undefined) {
      const definition = this.#names().types.get(`${kind} ${name}`)?.[0];
      if (definition) return this.of(definition);
    }
    const types = this;
    let members: readonly Member[] | undefined;
    return {
      kind,
      name,
      size: entry.number(AT.byte_size) ?? 0,
      isDeclaration,
      get members() {
        members ??= entry.children
          .filter(({ tag }) => tag === TAG.member)
          .map((member) => types.#member(member));
        return members;
      },
    };
  }

  #member(entry: Entry): Member {
    const types = this;
    const start = memberOffset(entry);
    const size = entry.number(AT.bit_size);
    let offset = start;
    let bits: Member["bits"];
    if (size !== undefined) {
      // DWARF5 §5.7.6: data_bit_offset counts from the beginning of the struct, on a little-endian machine from the low bits up.
      let bitOffset = entry.number(AT.data_bit_offset);
      if (bitOffset === undefined) {
        // DWARF3 §5.5.6: bit_offset counts down from the most significant bit of the storage unit.
        const storage = entry.number(AT.byte_size) ?? sizeOf(this.ofType(entry)) ?? 4;
        const fromTop = entry.number(AT.bit_offset);
        bitOffset = start * 8 + (fromTop === undefined ? 0 : storage * 8 - fromTop - size);
      }
      offset = Math.floor(bitOffset / 8);
      bits = { offset: bitOffset - offset * 8, size };
    }
    return {
      name: entry.name,
      offset,
      bits,
      get type() {
        return types.ofType(entry);
      },
    };
  }

  /** An array with several subranges becomes an array of arrays, the first subrange outermost (DWARF5 §5.5). */
  #array(entry: Entry): Type {
    const types = this;
    const dimensions = entry.children.filter(({ tag }) => tag === TAG.subrange_type);
    const dimension = (index: number): ArrayType => ({
      kind: "array",
      ...countOf(dimensions[index]),
      get element() {
        return index + 1 < dimensions.length ? dimension(index + 1) : types.ofType(entry);
      },
    });
    return dimension(0);
  }

  #enumeration(entry: Entry): EnumType {
    const underlying = entry.has(AT.type) ? stripped(this.ofType(entry)) : undefined;
    const size = entry.number(AT.byte_size) ?? 4;
    const constants = entry.children.filter(({ tag }) => tag === TAG.enumerator);
    const values = constants.map((child) => {
      const value = child.attribute(AT.const_value);
      return value?.kind === "constant" ? value : { value: 0n, isSigned: false };
    });
    const isSigned =
      underlying?.kind === "base"
        ? underlying.encoding === "signed" || underlying.encoding === "signed char"
        : values.some(({ value, isSigned }) => isSigned && value < 0n);
    const bits = Math.min(size, 8) * 8;
    const enumerators = constants.map((child, index) => {
      const value = values[index]!.value;
      return {
        name: child.name ?? "?",
        value: isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value),
      };
    });
    return { kind: "enum", name: entry.name, size, isSigned, enumerators };
  }
}

const ENCODINGS: Readonly<Record<number, Encoding>> = {
  [ATE.address]: "address",
  [ATE.boolean]: "boolean",
  [ATE.complex_float]: "complex",
  [ATE.float]: "float",
  [ATE.signed]: "signed",
  [ATE.signed_char]: "signed char",
  [ATE.unsigned]: "unsigned",
  [ATE.unsigned_char]: "unsigned char",
  [ATE.UTF]: "unsigned",
};

/** DW_AT_data_member_location: a constant or, from older producers, an expression that adds one. */
function memberOffset(entry: Entry): number {
  const value = entry.attribute(AT.data_member_location);
  if (value?.kind === "constant") return Number(value.value);
  if (value?.kind !== "block") return 0;
  return entry.unit.sections.problems.guard("Member offset", 0, () => {
    const cursor = new Cursor("a member's location", value.value);
    return cursor.u8() === OP.plus_uconst ? cursor.uleb() : 0;
  });
}

/** The number of elements of one dimension, from DW_AT_count or DW_AT_upper_bound (DWARF5 §5.13). C's lower bound is 0. */
function countOf(subrange: Entry | undefined): Pick<ArrayType, "count" | "dynamicCount"> {
  for (const [at, bias] of [
    [AT.count, 0],
    [AT.upper_bound, 1],
  ] as const) {
    const value = subrange?.attribute(at);
    if (!subrange || !value) continue;
    if (value.kind === "constant") {
      // An upper bound of -1, in whatever size, is an array without elements.
      return {
        count: Number(BigInt.asUintN(32, value.value + BigInt(bias))),
        dynamicCount: undefined,
      };
    }
    const variable = value.kind === "reference" ? subrange.reference(at) : undefined;
    const location = variable ? locationOf(variable) : readLocation(subrange.unit, value);
    return { count: undefined, dynamicCount: location && { location, bias } };
  }
  return { count: undefined, dynamicCount: undefined };
}

/** Typedefs and qualifiers in a row; more is a circle in bad data. */
const ALIASES_MAX = 64;

/** `type` without typedefs and qualifiers around it. */
export function stripped(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let inner = type;
  for (let count = 0; count < ALIASES_MAX; count++) {
    if (inner.kind !== "typedef" && inner.kind !== "qualified") return inner;
    inner = inner.target;
  }
  return { kind: "unknown", reason: "its type refers to itself" };
}

/** `sizeof type`, or `undefined` if it is incomplete, a function, or of variable length. */
export function sizeOf(type: Type): number | undefined {
  let factor = 1;
  let inner = stripped(type);
  for (let count = 0; inner.kind === "array"; count++) {
    if (inner.count === undefined || count > ALIASES_MAX) return undefined;
    factor *= inner.count;
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
