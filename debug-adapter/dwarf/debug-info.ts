/**
 * The door of the DWARF library: what a program's debug data says about an address, a line, a name, a frame. It knows nothing of DAP,
 * of the kernel or of a running machine: registers and memory are handed in. DWARF 4 and 5, from RV32 executables.
 *
 * Nothing here throws for malformed debug data: the answer is then less, and `problems` says why.
 */
import type { ElfImage } from "#emulator";
import { indexUnits } from "./address-index.ts";
import type { Place } from "./expression.ts";
import { type FixedPlace, FixedPlaces } from "./fixed-places.ts";
import { FrameInfo, type UnwindRow } from "./frame-info.ts";
import { type FunctionInfo, Functions, type InlinedCall } from "./functions.ts";
import { Info, type Unit } from "./info.ts";
import type { LineRow } from "./line-program.ts";
import { LineTable } from "./line-table.ts";
import type { Location } from "./location.ts";
import { type FrameContext, Locations } from "./locations.ts";
import { NameIndex } from "./names.ts";
import { readBytes } from "./places.ts";
import { Problems } from "./problems.ts";
import type { RangeMap } from "./range-map.ts";
import type { AddressRange } from "./ranges.ts";
import { globalNamed, globalsOf, type Scope, scopesAt, type UnitGlobals } from "./scopes.ts";
import { DebugSections } from "./sections.ts";
import { type LineAddresses, SourceLines } from "./source-lines.ts";
import { typeNamed } from "./type-name.ts";
import { type ArrayType, type Type, Types } from "./types.ts";
import {
  type CallerFrame,
  cfaAt,
  type ReadMemory,
  type StackEnd,
  type UnwindFrame,
  unwind,
} from "./unwind.ts";
import { type Variable, Variables } from "./variables.ts";

export type { Piece, Place, SimplePlace } from "./expression.ts";
export type { FixedPlace } from "./fixed-places.ts";
export type { CfaRule, RegisterRule, UnwindRow } from "./frame-info.ts";
export type { FunctionInfo, InlinedCall } from "./functions.ts";
export type { LineRow } from "./line-program.ts";
export type { Location } from "./location.ts";
export type { FrameContext } from "./locations.ts";
export { normalisePath } from "./paths.ts";
export { partOf, readBytes } from "./places.ts";
export type { AddressRange } from "./ranges.ts";
export type { Scope, UnitGlobals } from "./scopes.ts";
export type { LineAddresses } from "./source-lines.ts";
export { typeName } from "./type-name.ts";
export * from "./types.ts";
export type { CallerFrame, ReadMemory, StackEnd, UnwindFrame } from "./unwind.ts";
export type { Variable } from "./variables.ts";

/** The statement that an address is part of. */
export interface Statement {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The contiguous code around the address that belongs to the statement's line: a step begins by leaving it. */
  readonly range: AddressRange;
}

export class DebugInfo {
  readonly #problems: Problems;
  readonly #info: Info;
  readonly #lines: LineTable;
  readonly #types: Types;
  readonly #variables: Variables;
  readonly #functions: Functions;
  readonly #sourceLines: SourceLines;
  readonly #frames: FrameInfo;
  readonly #locations: Locations;
  readonly #fixedPlaces: FixedPlaces;
  #units: RangeMap<Unit> | undefined;
  #names: NameIndex | undefined;

  private constructor(sections: DebugSections) {
    this.#problems = sections.problems;
    this.#info = new Info(sections);
    const unitAt = (address: number) => this.#unitAt(address);
    const names = () => this.#nameIndex();
    this.#lines = new LineTable(this.#info, unitAt);
    this.#types = new Types(names);
    this.#variables = new Variables(this.#types, this.#lines, names);
    this.#functions = new Functions(unitAt, this.#lines, this.#variables, this.#types);
    this.#sourceLines = new SourceLines(this.#lines, this.#functions);
    this.#frames = new FrameInfo(sections);
    this.#locations = new Locations(this.#info, this.#functions, this.#frames, this.#types);
    this.#fixedPlaces = new FixedPlaces(this.#functions, this.#frames);
  }

  /** Reads unit headers only; everything else follows when it is asked for. A program without debug data gives an empty answer to all. */
  static fromElf(image: ElfImage): DebugInfo {
    return new DebugInfo(new DebugSections(image, new Problems()));
  }

  /** Sentences about what couldn't be read so far. */
  get problems(): string[] {
    return this.#problems.sentences;
  }

  /** Whether there is a line table at all: without one, say how to get it (-g). */
  get hasLines(): boolean {
    return this.#info.units.some((unit) => this.#lines.programOf(unit) !== undefined);
  }

  // Lines

  /**
   * The row at `pc`. Code that the compiler attributes to no line (line 0) is given to the line before it in the same function;
   * `line` is 0 if there is none. `undefined` outside of all line tables.
   */
  lineAt(pc: number): LineRow | undefined {
    return this.#lines.attributedRowAt(pc, this.#floorAt(pc));
  }

  /** The full paths of all files that line tables name, sorted. */
  sourceFiles(): string[] {
    return this.#lines.files();
  }

  /**
   * Where a breakpoint on `line` of `file` (a path as `sourceFiles` has it) goes; `undefined` if neither the line nor a later one of the
   * function around it has code.
   */
  lineAddresses(file: string, line: number): LineAddresses | undefined {
    return this.#sourceLines.addressesOf(file, line);
  }

  /** The lines of `file` where statements begin, ascending. */
  linesWithCode(file: string): readonly number[] {
    return this.#sourceLines.linesWithCode(file);
  }

  /**
   * The statement around `pc`, within its function: from a row that begins a statement to the next that begins one on another line. A
   * step by line leaves the range; what it may stop at next is `isStatementStart`. `undefined` without line information.
   */
  statementAt(pc: number): Statement | undefined {
    const bounds = this.#functionRangeAt(pc) ?? this.#lines.sequenceAt(pc);
    if (!bounds) return undefined;
    let first: LineRow | undefined;
    let { high } = bounds;
    for (const row of this.#lines.rowsIn(bounds)) {
      const isSame = row.file === first?.file && row.line === first.line;
      if (first && (isSame || !row.isStatement || row.line === 0)) continue;
      if (row.address > pc) {
        high = row.address;
        break;
      }
      first = row;
    }
    if (!first || first.line === 0) return undefined;
    const { file, line, column, address } = first;
    return { file, line, column, range: { low: address, high } };
  }

  /** Whether a statement begins at exactly `address`: where a step by line or statement may stop. */
  isStatementStart(address: number): boolean {
    return this.statementRowsIn({ low: address, high: address + 1 }).length > 0;
  }

  /** The rows that begin statements in `range`, which must be within one function, by ascending address. */
  statementRowsIn(range: AddressRange): readonly LineRow[] {
    return this.#lines.rowsIn(range).filter((row) => row.isStatement && row.line !== 0);
  }

  /** The rows that begin statements of `file` (a path as `sourceFiles` has it), by ascending address. */
  statementRowsOf(file: string): readonly LineRow[] {
    return this.#lines.statementsOf(file);
  }

  // Functions and scopes

  functionAt(pc: number): FunctionInfo | undefined {
    return this.#functions.at(pc);
  }

  /** The calls that were inlined at `pc`, innermost first. The outermost source-level function is `functionAt(pc)`. */
  inlinedCallsAt(pc: number): InlinedCall[] {
    return this.#functions.inlinedCallsAt(pc);
  }

  /** All functions of that name that have code of their own: static ones may share it. */
  functionsNamed(name: string): FunctionInfo[] {
    return (this.#nameIndex().functions.get(name) ?? [])
      .map((entry) => this.#functions.of(entry))
      .filter(({ ranges }) => ranges.length > 0);
  }

  /** The scopes around `pc`, innermost first: blocks and inlined functions, then the function. Its statics are among the variables. */
  scopesAt(pc: number): Scope[] {
    return scopesAt(this.#functions, this.#variables, pc);
  }

  /** File-level variables by unit. */
  globals(): UnitGlobals[] {
    return globalsOf(this.#info, this.#variables, this.#nameIndex());
  }

  /** The file-level variable of that name as code at `pc` sees it: its own unit's static one first. */
  globalNamed(name: string, pc?: number): Variable | undefined {
    const unit = pc === undefined ? undefined : this.#unitAt(pc);
    return globalNamed(name, this.#nameIndex(), this.#variables, unit);
  }

  // Types

  /** The type that C spells so: "struct boot", "uint32_t", "unsigned long", "char *". */
  typeNamed(name: string): Type | undefined {
    return typeNamed(name, this.#nameIndex(), this.#types);
  }

  /** The number of elements, also of a variable-length array, whose length is in the frame. */
  arrayCount(array: ArrayType, frame: FrameContext): number | undefined {
    if (array.count !== undefined || !array.dynamicCount) return array.count;
    const place = this.evaluateLocation(array.dynamicCount.location, frame);
    const bytes = readBytesOf(place, frame);
    if (!bytes) return undefined;
    return (
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) + array.dynamicCount.bias
    );
  }

  // Frames

  /** Where an object is while `frame` stands at its pc; `readBytes` reads it from there. Never throws. */
  evaluateLocation(location: Location, frame: FrameContext): Place {
    return this.#locations.evaluate(location, frame);
  }

  /** Where an object is in every frame that stands at `pc`, if that takes no more than one register to say. */
  fixedPlace(location: Location, pc: number, readCode: ReadMemory): FixedPlace | undefined {
    return this.#fixedPlaces.at(location, pc, readCode);
  }

  /** The unwind rules at `pc`. */
  unwindRow(pc: number): UnwindRow | undefined {
    return this.#frames.rowAt(pc);
  }

  /** The frame's caller, the reason why there is none, or `undefined` if no call frame information covers the frame. */
  unwind(frame: UnwindFrame, readMemory: ReadMemory): CallerFrame | StackEnd | undefined {
    return unwind(this.#frames, frame, readMemory);
  }

  /** The frame's canonical frame address, which is the same during the whole activation and so identifies it. */
  cfaAt(frame: UnwindFrame, readMemory: ReadMemory): number | undefined {
    return cfaAt(this.#frames, frame, readMemory);
  }

  #unitAt(address: number): Unit | undefined {
    this.#units ??= indexUnits(this.#info);
    return this.#units.at(address);
  }

  #nameIndex(): NameIndex {
    this.#names ??= new NameIndex(this.#info);
    return this.#names;
  }

  #functionRangeAt(pc: number): AddressRange | undefined {
    return this.functionAt(pc)?.ranges.find(({ low, high }) => low <= pc && pc < high);
  }

  #floorAt(pc: number): number {
    return this.#functionRangeAt(pc)?.low ?? 0;
  }
}

function readBytesOf(place: Place, frame: FrameContext): Uint8Array | undefined {
  const bytes = readBytes(place, 4, frame);
  return typeof bytes === "string" ? undefined : bytes;
}
