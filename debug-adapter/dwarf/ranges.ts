/** Address ranges of entries: contiguous, .debug_ranges (DWARF4 §2.17.3) and .debug_rnglists (DWARF5 §2.17.3, §7.25). */
import { AT, RLE } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import { indexedAddress } from "./forms.ts";
import type { Entry, Unit } from "./info.ts";
import { DwarfDataError } from "./problems.ts";

/** Addresses from `low` up to but not including `high`. */
export interface AddressRange {
  readonly low: number;
  readonly high: number;
}

/** The address that marks an entry as one that selects a new base (DWARF4 §2.17.3). */
const BASE_SELECTION = 0xffffffff;

/** Scopes are searched for every row of a file; their ranges are decoded once. */
const decoded = new WeakMap<Entry, readonly AddressRange[]>();

/** The code that `entry` itself covers, in ascending order; empty if none, or if the linker discarded it. */
export function rangesOf(entry: Entry): readonly AddressRange[] {
  let ranges = decoded.get(entry);
  if (!ranges) {
    ranges = codeRangesOf(entry);
    decoded.set(entry, ranges);
  }
  return ranges;
}

function codeRangesOf(entry: Entry): readonly AddressRange[] {
  const { unit } = entry;
  return unit.sections.problems
    .guard("Address ranges", [], () => readRanges(entry))
    .filter(({ low, high }) => low < high && unit.sections.isCode(low))
    .sort((a, b) => a.low - b.low);
}

export function isWithin(ranges: readonly AddressRange[], address: number): boolean {
  return ranges.some(({ low, high }) => low <= address && address < high);
}

function readRanges(entry: Entry): AddressRange[] {
  const { unit } = entry;
  const list = entry.attribute(AT.ranges);
  if (list) {
    if (unit.version < 5) {
      return list.kind === "section offset" ? readRangesV4(unit, list.value) : [];
    }
    if (list.kind === "list index") return readRnglist(unit, rnglistOffset(unit, list.value));
    return list.kind === "section offset" ? readRnglist(unit, list.value) : [];
  }
  const low = entry.attribute(AT.low_pc);
  const high = entry.attribute(AT.high_pc);
  if (low?.kind !== "address" || !high) return [];
  // From DWARF 4 on, a constant high_pc is a size (DWARF5 §2.17.2).
  if (high.kind === "constant") return [{ low: low.value, high: low.value + Number(high.value) }];
  return high.kind === "address" ? [{ low: low.value, high: high.value }] : [];
}

function readRangesV4(unit: Unit, offset: number): AddressRange[] {
  const cursor = unit.sections.cursor("ranges", offset);
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = cursor.u32();
    const high = cursor.u32();
    if (low === 0 && high === 0) return ranges;
    if (low === BASE_SELECTION) base = high;
    else ranges.push({ low: (base + low) >>> 0, high: (base + high) >>> 0 });
  }
}

function rnglistOffset(unit: Unit, index: number): number {
  const { rnglistsBase, offsetSize, sections } = unit;
  const cursor = sections.cursor("rnglists", rnglistsBase + index * offsetSize);
  return rnglistsBase + cursor.unsigned(offsetSize);
}

function readRnglist(unit: Unit, offset: number): AddressRange[] {
  const cursor = unit.sections.cursor("rnglists", offset);
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const kind = cursor.u8();
    if (kind === RLE.end_of_list) return ranges;
    if (kind === RLE.base_addressx) base = indexedAddress(unit, cursor.uleb());
    else if (kind === RLE.base_address) base = cursor.u32();
    else ranges.push(readRangeEntry(cursor, kind, unit, base));
  }
}

function readRangeEntry(cursor: Cursor, kind: number, unit: Unit, base: number): AddressRange {
  switch (kind) {
    case RLE.startx_endx: {
      const low = indexedAddress(unit, cursor.uleb());
      return { low, high: indexedAddress(unit, cursor.uleb()) };
    }
    case RLE.startx_length: {
      const low = indexedAddress(unit, cursor.uleb());
      return { low, high: low + cursor.uleb() };
    }
    case RLE.offset_pair: {
      const low = base + cursor.uleb();
      return { low, high: base + cursor.uleb() };
    }
    case RLE.start_end: {
      const low = cursor.u32();
      return { low, high: cursor.u32() };
    }
    case RLE.start_length: {
      const low = cursor.u32();
      return { low, high: low + cursor.uleb() };
    }
    default:
      throw new DwarfDataError(`unknown range list entry ${kind} before ${cursor.where()}`);
  }
}
