/** Attribute values by class (DWARF5 §7.5.5): what the forms of an entry's attributes decode to. */
import { directForm } from "./abbreviations.ts";
import { FORM } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import { DwarfDataError } from "./problems.ts";
import type { DebugSections } from "./sections.ts";

export type AttributeValue =
  | { readonly kind: "address"; readonly value: number }
  /** Fixed-size forms don't say whether they are signed: `isSigned` only for sdata and implicit_const. */
  | { readonly kind: "constant"; readonly value: bigint; readonly isSigned: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "block"; readonly value: Uint8Array }
  | { readonly kind: "flag"; readonly value: boolean }
  /** An offset in .debug_info. */
  | { readonly kind: "reference"; readonly value: number }
  /** The signature of a type unit. */
  | { readonly kind: "signature"; readonly value: bigint }
  | { readonly kind: "section offset"; readonly value: number }
  /** An index into the unit's table of location or range lists. */
  | { readonly kind: "list index"; readonly value: number };

/** What of a unit decides how its values are read. */
export interface FormContext {
  readonly sections: DebugSections;
  readonly offset: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly strOffsetsBase: number;
  readonly addrBase: number;
}

/** Reads a value of `form`. Throws a `DwarfDataError` if it is malformed or refers outside of its section. */
export function readForm(
  cursor: Cursor,
  form: number,
  implicitValue: bigint,
  unit: FormContext,
): AttributeValue {
  switch (form) {
    case FORM.addr:
      return { kind: "address", value: cursor.u32() };
    case FORM.addrx:
    case FORM.GNU_addr_index:
      return { kind: "address", value: indexedAddress(unit, cursor.uleb()) };
    case FORM.addrx1:
      return { kind: "address", value: indexedAddress(unit, cursor.u8()) };
    case FORM.addrx2:
      return { kind: "address", value: indexedAddress(unit, cursor.u16()) };
    case FORM.addrx3:
      return { kind: "address", value: indexedAddress(unit, cursor.u24()) };
    case FORM.addrx4:
      return { kind: "address", value: indexedAddress(unit, cursor.u32()) };

    case FORM.data1:
      return constant(BigInt(cursor.u8()));
    case FORM.data2:
      return constant(BigInt(cursor.u16()));
    case FORM.data4:
      // Up to DWARF 3, data4 and data8 were also section offsets.
      return unit.version < 4
        ? { kind: "section offset", value: cursor.u32() }
        : constant(BigInt(cursor.u32()));
    case FORM.data8:
      return constant(cursor.u64());
    case FORM.udata:
      return constant(cursor.ulebBig());
    case FORM.sdata:
      return { kind: "constant", value: cursor.slebBig(), isSigned: true };
    case FORM.implicit_const:
      return { kind: "constant", value: implicitValue, isSigned: true };

    case FORM.flag:
      return { kind: "flag", value: cursor.u8() !== 0 };
    case FORM.flag_present:
      return { kind: "flag", value: true };

    case FORM.string:
      return { kind: "string", value: cursor.string() };
    case FORM.strp:
      return text(unit.sections.cursor("str", cursor.unsigned(unit.offsetSize)));
    case FORM.line_strp:
      return text(unit.sections.cursor("lineStr", cursor.unsigned(unit.offsetSize)));
    case FORM.strx:
    case FORM.GNU_str_index:
      return indexedString(unit, cursor.uleb());
    case FORM.strx1:
      return indexedString(unit, cursor.u8());
    case FORM.strx2:
      return indexedString(unit, cursor.u16());
    case FORM.strx3:
      return indexedString(unit, cursor.u24());
    case FORM.strx4:
      return indexedString(unit, cursor.u32());

    case FORM.block1:
      return { kind: "block", value: cursor.take(cursor.u8()) };
    case FORM.block2:
      return { kind: "block", value: cursor.take(cursor.u16()) };
    case FORM.block4:
      return { kind: "block", value: cursor.take(cursor.u32()) };
    case FORM.block:
    case FORM.exprloc:
      return { kind: "block", value: cursor.take(cursor.uleb()) };
    case FORM.data16:
      return { kind: "block", value: cursor.take(16) };

    case FORM.ref1:
      return { kind: "reference", value: unit.offset + cursor.u8() };
    case FORM.ref2:
      return { kind: "reference", value: unit.offset + cursor.u16() };
    case FORM.ref4:
      return { kind: "reference", value: unit.offset + cursor.u32() };
    case FORM.ref8:
      return { kind: "reference", value: unit.offset + Number(cursor.u64()) };
    case FORM.ref_udata:
      return { kind: "reference", value: unit.offset + cursor.uleb() };
    case FORM.ref_addr:
      return { kind: "reference", value: cursor.unsigned(unit.offsetSize) };
    case FORM.ref_sig8:
      return { kind: "signature", value: cursor.u64() };

    case FORM.sec_offset:
      return { kind: "section offset", value: cursor.unsigned(unit.offsetSize) };
    case FORM.loclistx:
    case FORM.rnglistx:
      return { kind: "list index", value: cursor.uleb() };
    case FORM.indirect:
      return readForm(cursor, directForm(cursor), 0n, unit);
    default:
      throw new DwarfDataError(
        `the form 0x${form.toString(16)} at ${cursor.where()} isn't supported (it refers to another file)`,
      );
  }
}

/** Entry `index` of the unit's part of .debug_addr (DWARF5 §7.27). */
export function indexedAddress(unit: FormContext, index: number): number {
  return unit.sections.cursor("addr", unit.addrBase + index * 4).u32();
}

/** Entry `index` of the unit's part of .debug_str_offsets (DWARF5 §7.26). */
function indexedString(unit: FormContext, index: number): AttributeValue {
  const { sections, strOffsetsBase, offsetSize } = unit;
  const offset = sections
    .cursor("strOffsets", strOffsetsBase + index * offsetSize)
    .unsigned(offsetSize);
  return text(sections.cursor("str", offset));
}

function constant(value: bigint): AttributeValue {
  return { kind: "constant", value, isSigned: false };
}

function text(cursor: Cursor): AttributeValue {
  return { kind: "string", value: cursor.string() };
}
