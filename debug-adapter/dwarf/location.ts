/** Where the debug data says that an object is: an expression, a list of them by address, or a constant (DWARF5 §2.6). */
import { AT, LLE } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import type { AttributeValue } from "./forms.ts";
import { indexedAddress } from "./forms.ts";
import type { Entry, Unit } from "./info.ts";
import { DwarfDataError } from "./problems.ts";

/** Opaque to users: it is handed back to `DebugInfo.evaluateLocation`. */
export type Location =
  | { readonly kind: "expression"; readonly bytes: Uint8Array; readonly unit: Unit }
  | { readonly kind: "list"; readonly entries: readonly LocationListEntry[]; readonly unit: Unit }
  | { readonly kind: "constant"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "unavailable"; readonly reason: string };

/** The expression that holds for [low, high); `low` of a default location is -1. */
export interface LocationListEntry {
  readonly low: number;
  readonly high: number;
  readonly bytes: Uint8Array;
}

export const OPTIMISED_AWAY: Location = {
  kind: "unavailable",
  reason: "optimised away: the compiler kept no place for it",
};

/** The location of a variable or parameter, from DW_AT_location or DW_AT_const_value of the entry or its origin. */
export function locationOf(entry: Entry): Location {
  const constant = entry.inherited(AT.const_value);
  switch (constant?.kind) {
    case "constant":
      return { kind: "constant", value: constant.value };
    case "block":
      return { kind: "bytes", bytes: constant.value };
    case "string":
      return { kind: "bytes", bytes: new TextEncoder().encode(`${constant.value}\0`) };
    case "address":
      return { kind: "constant", value: BigInt(constant.value) };
    default:
  }
  // The expression belongs to the unit that it is written in, which for an origin may be another one.
  const owner = entry.ownerOf(AT.location);
  const value = owner?.attribute(AT.location);
  return (owner && value && readLocation(owner.unit, value)) ?? OPTIMISED_AWAY;
}

/** A location from an attribute's value; `undefined` if it is empty, which means that the object doesn't exist (DWARF5 §2.6.1.1.4). */
export function readLocation(unit: Unit, value: AttributeValue): Location | undefined {
  switch (value.kind) {
    case "block":
      return value.value.length === 0
        ? undefined
        : { kind: "expression", bytes: value.value, unit };
    case "section offset":
    case "list index": {
      const entries = unit.sections.problems.guard<LocationListEntry[]>("Location list", [], () => {
        if (unit.version < 5) return readListV4(unit, value.value);
        const isIndex = value.kind === "list index";
        return readLoclist(unit, isIndex ? loclistOffset(unit, value.value) : value.value);
      });
      return { kind: "list", entries, unit };
    }
    default:
      return undefined;
  }
}

/** Pairs of offsets from the base, each with a two-byte length and an expression (DWARF4 §2.6.2). */
function readListV4(unit: Unit, offset: number): LocationListEntry[] {
  const cursor = unit.sections.cursor("loc", offset);
  const entries: LocationListEntry[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = cursor.u32();
    const high = cursor.u32();
    if (low === 0 && high === 0) return entries;
    if (low === 0xffffffff) base = high;
    else {
      const bytes = cursor.take(cursor.u16());
      entries.push({ low: (base + low) >>> 0, high: (base + high) >>> 0, bytes });
    }
  }
}

function loclistOffset(unit: Unit, index: number): number {
  const { loclistsBase, offsetSize, sections } = unit;
  const cursor = sections.cursor("loclists", loclistsBase + index * offsetSize);
  return loclistsBase + cursor.unsigned(offsetSize);
}

/** DWARF5 §2.6.2, Location Lists, and §7.29. */
function readLoclist(unit: Unit, offset: number): LocationListEntry[] {
  const cursor = unit.sections.cursor("loclists", offset);
  const entries: LocationListEntry[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const kind = cursor.u8();
    if (kind === LLE.end_of_list) return entries;
    if (kind === LLE.base_addressx) base = indexedAddress(unit, cursor.uleb());
    else if (kind === LLE.base_address) base = cursor.u32();
    else {
      const { low, high } = readListRange(cursor, kind, unit, base);
      entries.push({ low, high, bytes: cursor.take(cursor.uleb()) });
    }
  }
}

function readListRange(cursor: Cursor, kind: number, unit: Unit, base: number) {
  switch (kind) {
    case LLE.startx_endx: {
      const low = indexedAddress(unit, cursor.uleb());
      return { low, high: indexedAddress(unit, cursor.uleb()) };
    }
    case LLE.startx_length: {
      const low = indexedAddress(unit, cursor.uleb());
      return { low, high: low + cursor.uleb() };
    }
    case LLE.offset_pair: {
      const low = base + cursor.uleb();
      return { low, high: base + cursor.uleb() };
    }
    case LLE.default_location:
      return { low: -1, high: -1 };
    case LLE.start_end: {
      const low = cursor.u32();
      return { low, high: cursor.u32() };
    }
    case LLE.start_length: {
      const low = cursor.u32();
      return { low, high: low + cursor.uleb() };
    }
    default:
      throw new DwarfDataError(`unknown location list entry ${kind} before ${cursor.where()}`);
  }
}
