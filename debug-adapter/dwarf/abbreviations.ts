/** Abbreviation declarations (DWARF5 §7.5.3): the tag, children flag and attribute forms that entries refer to by a code. */
import { FORM } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import { DwarfDataError } from "./problems.ts";

export interface AttributeSpecification {
  readonly at: number;
  readonly form: number;
  /** The value itself, for DW_FORM_implicit_const. */
  readonly implicitValue: bigint;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpecification[];
  /** Bytes that an entry's attributes take, or `undefined` if that depends on the entry. */
  readonly fixedSize: number | undefined;
}

/** Reads one unit's table, from `cursor` to the code 0. Sizes are for entries with addresses of 4 bytes. */
export function readAbbreviations(cursor: Cursor, offsetSize: 4 | 8): Map<number, Abbreviation> {
  const table = new Map<number, Abbreviation>();
  for (;;) {
    const code = cursor.uleb();
    if (code === 0) return table;
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: AttributeSpecification[] = [];
    let fixedSize: number | undefined = 0;
    for (;;) {
      const at = cursor.uleb();
      const form = cursor.uleb();
      const implicitValue = form === FORM.implicit_const ? cursor.slebBig() : 0n;
      if (at === 0 && form === 0) break;
      attributes.push({ at, form, implicitValue });
      const size = fixedFormSize(form, offsetSize);
      fixedSize = size === undefined || fixedSize === undefined ? undefined : fixedSize + size;
    }
    table.set(code, { tag, hasChildren, attributes, fixedSize });
  }
}

/** Moves past a value of `form` (DWARF5 §7.5.5). */
export function skipForm(cursor: Cursor, form: number, offsetSize: 4 | 8): void {
  const size = fixedFormSize(form, offsetSize);
  if (size !== undefined) {
    cursor.skip(size);
    return;
  }
  switch (form) {
    case FORM.block1:
      cursor.skip(cursor.u8());
      return;
    case FORM.block2:
      cursor.skip(cursor.u16());
      return;
    case FORM.block4:
      cursor.skip(cursor.u32());
      return;
    case FORM.block:
    case FORM.exprloc:
      cursor.skip(cursor.uleb());
      return;
    case FORM.string:
      cursor.skipString();
      return;
    case FORM.sdata:
    case FORM.udata:
    case FORM.ref_udata:
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
    case FORM.GNU_addr_index:
    case FORM.GNU_str_index:
      cursor.ulebBig();
      return;
    case FORM.indirect:
      skipForm(cursor, directForm(cursor), offsetSize);
      return;
    default:
      throw new DwarfDataError(`unknown form 0x${form.toString(16)} at ${cursor.where()}`);
  }
}

/** The form that DW_FORM_indirect names; it can't be indirect again, or bad data would recurse without end. */
export function directForm(cursor: Cursor): number {
  const form = cursor.uleb();
  if (form === FORM.indirect || form === FORM.implicit_const) {
    throw new DwarfDataError(`an indirect form 0x${form.toString(16)} at ${cursor.where()}`);
  }
  return form;
}

function fixedFormSize(form: number, offsetSize: 4 | 8): number | undefined {
  switch (form) {
    case FORM.flag_present:
    case FORM.implicit_const:
      return 0;
    case FORM.data1:
    case FORM.ref1:
    case FORM.flag:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.addr:
    case FORM.data4:
    case FORM.ref4:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.ref_sup4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.ref_sig8:
    case FORM.ref_sup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.strp:
    case FORM.line_strp:
    case FORM.sec_offset:
    case FORM.ref_addr:
    case FORM.strp_sup:
    case FORM.GNU_ref_alt:
    case FORM.GNU_strp_alt:
      return offsetSize;
    default:
      return undefined;
  }
}
