/** Functions: which one an address belongs to, what was inlined there, and where the body begins. */

import { AT, TAG } from "./constants.ts";
import type { Entry, Unit } from "./info.ts";
import type { LineTable } from "./line-table.ts";
import { type Location, readLocation } from "./location.ts";
import { RangeMap } from "./range-map.ts";
import { type AddressRange, isWithin, rangesOf } from "./ranges.ts";
import type { Type, Types } from "./types.ts";
import type { Variable, Variables } from "./variables.ts";

/** DW_LANG_Mips_Assembler, what every assembler says (DWARF5 Table 7.17). */
const LANGUAGE_ASSEMBLER = 0x8001;

export interface FunctionInfo {
  readonly name: string;
  /** The address that a call goes to. */
  readonly lowPc: number;
  /** Ascending; more than one if the compiler moved cold code away. */
  readonly ranges: readonly AddressRange[];
  readonly declFile: string | undefined;
  readonly declLine: number | undefined;
  readonly isExternal: boolean;
  /** What DW_OP_fbreg is relative to. */
  readonly frameBase: Location | undefined;
  /**
   * Where a breakpoint on the function goes: after the code that sets up the frame, where parameters have their places. From the line
   * table's prologue_end; without one, the second row that isn't empty; `lowPc` if nothing is known or it is assembly.
   */
  readonly prologueEndAddress: number;
  readonly parameters: readonly Variable[];
  /** Its type as a function. */
  readonly type: Type;
  /** Full path of the unit's source file. */
  readonly unit: string;
  readonly entry: Entry;
}

/** A call that was inlined: `name` was called at `callFile`:`callLine`. */
export interface InlinedCall {
  readonly name: string;
  readonly callFile: string | undefined;
  readonly callLine: number | undefined;
  readonly callColumn: number | undefined;
  /** Where the inlined body begins. */
  readonly lowPc: number;
  readonly ranges: readonly AddressRange[];
  readonly declFile: string | undefined;
  readonly declLine: number | undefined;
  readonly entry: Entry;
}

export class Functions {
  readonly #unitAt: (address: number) => Unit | undefined;
  readonly #lines: LineTable;
  readonly #variables: Variables;
  readonly #types: Types;
  readonly #byUnit = new Map<Unit, RangeMap<Entry>>();
  readonly #infos = new Map<Entry, FunctionInfo>();
  readonly #inlined = new Map<Entry, InlinedCall>();

  constructor(
    unitAt: (address: number) => Unit | undefined,
    lines: LineTable,
    variables: Variables,
    types: Types,
  ) {
    this.#unitAt = unitAt;
    this.#lines = lines;
    this.#variables = variables;
    this.#types = types;
  }

  at(address: number): FunctionInfo | undefined {
    const unit = this.#unitAt(address);
    const entry = unit && this.#functionsOf(unit).at(address);
    return entry && this.of(entry);
  }

  /** The function that `entry`, one with code, describes. */
  of(entry: Entry): FunctionInfo {
    let info = this.#infos.get(entry);
    if (!info) {
      info = this.#create(entry);
      this.#infos.set(entry, info);
    }
    return info;
  }

  /** The calls that were inlined at `address`, innermost first. */
  inlinedCallsAt(address: number): InlinedCall[] {
    const entry = this.at(address)?.entry;
    if (!entry) return [];
    return scopePath(entry, address)
      .filter(({ tag }) => tag === TAG.inlined_subroutine)
      .map((inlined) => this.#inlinedCall(inlined));
  }

  /** The line that declares the function of which `instance` is a copy, if that is in `file`. */
  declarationLine(instance: Entry, file: string): number | undefined {
    return this.#file(instance, AT.decl_file) === file ? instance.number(AT.decl_line) : undefined;
  }

  #functionsOf(unit: Unit): RangeMap<Entry> {
    let functions = this.#byUnit.get(unit);
    if (!functions) {
      const items = [];
      for (const entry of unit.entries()) {
        if (entry.tag !== TAG.subprogram) continue;
        for (const range of rangesOf(entry)) items.push({ ...range, value: entry });
      }
      functions = new RangeMap(items);
      this.#byUnit.set(unit, functions);
    }
    return functions;
  }

  #create(entry: Entry): FunctionInfo {
    const ranges = rangesOf(entry);
    const lowPc = entryAddress(entry, ranges);
    const frameBase = entry.inherited(AT.frame_base);
    const variables = this.#variables;
    const types = this.#types;
    return {
      name: entry.name ?? "?",
      lowPc,
      ranges,
      ...this.#declaration(entry),
      isExternal: entry.flag(AT.external),
      frameBase: frameBase && readLocation(entry.unit, frameBase),
      prologueEndAddress: this.#prologueEnd(entry, ranges, lowPc),
      get parameters() {
        return variables.declaredIn(entry).filter(({ isParameter }) => isParameter);
      },
      get type() {
        return types.of(entry.root);
      },
      unit: entry.unit.path,
      entry,
    };
  }

  #prologueEnd(entry: Entry, ranges: readonly AddressRange[], lowPc: number): number {
    if (entry.unit.root?.number(AT.language) === LANGUAGE_ASSEMBLER) return lowPc;
    const range = ranges.find(({ low, high }) => low <= lowPc && lowPc < high);
    if (!range) return lowPc;
    const rows = this.#lines.rowsIn({ low: lowPc, high: range.high });
    const marked = rows.find(({ isPrologueEnd }) => isPrologueEnd);
    if (marked) return marked.address;
    const first = rows.findIndex(({ address, endAddress }) => address < endAddress);
    const second = rows.slice(first + 1).find(({ line }) => line !== 0);
    // An empty row before the first says that a second line begins at the very entry: there is no prologue.
    return first === 0 && second ? second.address : lowPc;
  }

  #inlinedCall(entry: Entry): InlinedCall {
    let call = this.#inlined.get(entry);
    if (!call) {
      const ranges = rangesOf(entry);
      call = {
        name: entry.name ?? "?",
        callFile: this.#file(entry, AT.call_file),
        callLine: entry.number(AT.call_line),
        callColumn: entry.number(AT.call_column),
        lowPc: entryAddress(entry, ranges),
        ranges,
        ...this.#declaration(entry),
        entry,
      };
      this.#inlined.set(entry, call);
    }
    return call;
  }

  #declaration(entry: Entry) {
    return { declFile: this.#file(entry, AT.decl_file), declLine: entry.number(AT.decl_line) };
  }

  /** The path of the file number in attribute `at`, by the table of the unit that the attribute is in. */
  #file(entry: Entry, at: number): string | undefined {
    const owner = entry.ownerOf(at);
    const index = owner?.number(at);
    if (!owner || index === undefined) return undefined;
    return this.#lines.programOf(owner.unit)?.file(index);
  }
}

/**
 * The scopes within `entry`, a function, that contain `address`: lexical blocks and inlined functions, innermost first, then the
 * function itself.
 */
export function scopePath(entry: Entry, address: number): Entry[] {
  const path = [entry];
  for (let scope: Entry | undefined = entry; scope; ) {
    scope = scope.children.find(
      (child) =>
        (child.tag === TAG.lexical_block || child.tag === TAG.inlined_subroutine) &&
        isWithin(rangesOf(child), address),
    );
    if (scope) path.unshift(scope);
  }
  return path;
}

function entryAddress(entry: Entry, ranges: readonly AddressRange[]): number {
  for (const at of [AT.entry_pc, AT.low_pc]) {
    const value = entry.attribute(at);
    if (value?.kind === "address" && isWithin(ranges, value.value)) return value.value;
    // Relative to the lowest address (DWARF5 §2.18).
    if (value?.kind === "constant" && ranges[0]) return ranges[0].low + Number(value.value);
  }
  return ranges[0]?.low ?? 0;
}
