/**
 * Line number programs (DWARF5 §6.2, Line Number Information; the DWARF 4 header as well): from one unit's part of .debug_line
 * to its files and rows.
 */

import { FORM, LNCT, LNE, LNS } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import { type FormContext, readForm } from "./forms.ts";
import { joinPath } from "./paths.ts";
import { DwarfDataError } from "./problems.ts";
import { RangeMap } from "./range-map.ts";
import type { DebugSections } from "./sections.ts";

/** A row of the matrix (DWARF5 §6.2.2); `endAddress` is the address of the next row. */
export interface LineRow {
  readonly address: number;
  readonly endAddress: number;
  /** Full path; "" if the program names no such file. */
  readonly file: string;
  /** 0: the compiler attributes the code to no line. */
  readonly line: number;
  readonly column: number;
  readonly isStatement: boolean;
  readonly isPrologueEnd: boolean;
  readonly isEpilogueBegin: boolean;
}

/** Rows of contiguous code, by ascending address. */
export interface LineSequence {
  readonly low: number;
  readonly high: number;
  readonly rows: readonly LineRow[];
}

/** What the unit tells a program that belongs to it. */
export interface LineUnit extends FormContext {
  readonly compDir: string;
  readonly path: string;
}

interface LineHeader {
  readonly minimumInstructionLength: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operand counts of standard opcodes, so that unknown ones can be skipped; index 0 is opcode 1. */
  readonly opcodeLengths: readonly number[];
  /** Full paths, indexed as the program does it. */
  readonly files: string[];
  readonly directories: readonly string[];
  readonly programStart: number;
  readonly end: number;
}

/** One unit's line table. The header is read at once, the rows at their first use. */
export class LineProgram {
  readonly #sections: DebugSections;
  readonly #unit: LineUnit;
  readonly #header: LineHeader;
  #sequences: readonly LineSequence[] | undefined;
  #index: RangeMap<LineSequence> | undefined;

  /** Throws a `DwarfDataError` if the header at `offset` is malformed. */
  constructor(unit: LineUnit, offset: number) {
    this.#sections = unit.sections;
    this.#unit = unit;
    this.#header = readHeader(unit.sections.cursor("line", offset), unit);
  }

  /** Full path of file number `index`, as DW_AT_decl_file and DW_AT_call_file count. */
  file(index: number): string | undefined {
    return this.#header.files[index];
  }

  get files(): readonly string[] {
    return this.#header.files;
  }

  /** The program's sequences that describe code of this program, by ascending address; of a damaged one, those before the damage. */
  get sequences(): readonly LineSequence[] {
    this.#sequences ??= this.#run();
    return this.#sequences;
  }

  sequenceAt(address: number): LineSequence | undefined {
    this.#index ??= new RangeMap(this.sequences.map((value) => ({ ...value, value })));
    return this.#index.at(address);
  }

  #run(): LineSequence[] {
    const sequences: LineSequence[] = [];
    this.#sections.problems.guard(`Line table of ${this.#unit.path}`, undefined, () => {
      const cursor = this.#sections.cursor("line", this.#header.programStart, this.#header.end);
      const machine = new LineMachine(this.#header);
      while (!cursor.isAtEnd) {
        machine.step(cursor);
        if (!machine.hasEnded) continue;
        const sequence = machine.takeSequence();
        if (sequence && this.#sections.isCode(sequence.low)) sequences.push(sequence);
      }
    });
    return sequences.sort((a, b) => a.low - b.low);
  }
}

/** The state machine's registers that matter here (DWARF5 §6.2.2), and the rows that it has appended since the last sequence. */
class LineMachine {
  readonly #header: LineHeader;
  readonly #rows: { -readonly [Key in keyof LineRow]: LineRow[Key] }[] = [];
  hasEnded = false;
  #address = 0;
  #file = 1;
  #line = 1;
  #column = 0;
  #isStatement: boolean;
  #isPrologueEnd = false;
  #isEpilogueBegin = false;

  constructor(header: LineHeader) {
    this.#header = header;
    this.#isStatement = header.defaultIsStatement;
  }

  /** Executes one instruction (DWARF5 §6.2.5). We have no VLIW: `op_index` is always 0. */
  step(cursor: Cursor): void {
    const { opcodeBase, lineBase, lineRange, minimumInstructionLength, opcodeLengths } =
      this.#header;
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      this.#advance(Math.floor(adjusted / lineRange) * minimumInstructionLength);
      this.#line += lineBase + (adjusted % lineRange);
      this.#append();
      return;
    }
    switch (opcode) {
      case 0:
        this.#extended(cursor);
        return;
      case LNS.copy:
        this.#append();
        return;
      case LNS.advance_pc:
        this.#advance(cursor.uleb() * minimumInstructionLength);
        return;
      case LNS.advance_line:
        this.#line += cursor.sleb();
        return;
      case LNS.set_file:
        this.#file = cursor.uleb();
        return;
      case LNS.set_column:
        this.#column = cursor.uleb();
        return;
      case LNS.negate_stmt:
        this.#isStatement = !this.#isStatement;
        return;
      case LNS.set_basic_block:
        return;
      case LNS.const_add_pc:
        this.#advance(Math.floor((255 - opcodeBase) / lineRange) * minimumInstructionLength);
        return;
      case LNS.fixed_advance_pc:
        this.#advance(cursor.u16());
        return;
      case LNS.set_prologue_end:
        this.#isPrologueEnd = true;
        return;
      case LNS.set_epilogue_begin:
        this.#isEpilogueBegin = true;
        return;
      default:
        // An opcode newer than us: its operands are LEB128 numbers, and their count is in the header.
        for (let count = opcodeLengths[opcode - 1] ?? 0; count > 0; count--) cursor.ulebBig();
    }
  }

  /** The finished sequence, or `undefined` if it covers nothing. Begins the next one. */
  takeSequence(): LineSequence | undefined {
    const rows = this.#rows.splice(0);
    const high = this.#address;
    this.hasEnded = false;
    this.#reset();
    // Addresses only increase within a sequence (DWARF5 §6.2.5); sorting costs nothing then and mends what isn't so.
    rows.sort((a, b) => a.address - b.address);
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      row.endAddress = Math.max(row.address, rows[index + 1]?.address ?? high);
    }
    const low = rows[0]?.address ?? high;
    return low < high ? { low, high, rows } : undefined;
  }

  #extended(cursor: Cursor): void {
    const length = cursor.uleb();
    if (length === 0) return;
    const end = cursor.position + length;
    const opcode = cursor.u8();
    switch (opcode) {
      case LNE.end_sequence:
        this.hasEnded = true;
        break;
      case LNE.set_address:
        this.#address = cursor.unsigned(length - 1);
        break;
      case LNE.define_file: {
        const name = cursor.string();
        const directory = this.#header.directories[cursor.uleb()];
        this.#header.files.push(joinPath(this.#header.directories[0], directory, name));
        break;
      }
      default:
        break;
    }
    // Also steps over whatever an opcode has that we don't read, such as a file's time and length.
    cursor.skip(Math.max(0, end - cursor.position));
  }

  #advance(bytes: number): void {
    this.#address = (this.#address + bytes) >>> 0;
  }

  #append(): void {
    this.#rows.push({
      address: this.#address,
      endAddress: this.#address,
      file: this.#header.files[this.#file] ?? "",
      line: Math.max(0, this.#line),
      column: this.#column,
      isStatement: this.#isStatement,
      isPrologueEnd: this.#isPrologueEnd,
      isEpilogueBegin: this.#isEpilogueBegin,
    });
    this.#isPrologueEnd = false;
    this.#isEpilogueBegin = false;
  }

  #reset(): void {
    this.#address = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
    this.#isStatement = this.#header.defaultIsStatement;
    this.#isPrologueEnd = false;
    this.#isEpilogueBegin = false;
  }
}

/** DWARF5 §6.2.4, The Line Number Program Header. */
function readHeader(cursor: Cursor, unit: LineUnit): LineHeader {
  const { end, offsetSize } = cursor.initialLength();
  const version = cursor.u16();
  if (version < 2 || version > 5) {
    throw new DwarfDataError(`line table version ${version} isn't supported`);
  }
  // Address and segment selector sizes; DW_LNE_set_address carries its own length.
  if (version >= 5) cursor.skip(2);
  const headerLength = cursor.unsigned(offsetSize);
  const programStart = cursor.position + headerLength;
  const minimumInstructionLength = cursor.u8();
  if (version >= 4) cursor.skip(1);
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0) throw new DwarfDataError("the line table's line_range is 0");
  if (opcodeBase === 0) throw new DwarfDataError("the line table's opcode_base is 0");
  const opcodeLengths = Array.from(cursor.take(opcodeBase - 1));
  const tables =
    version >= 5
      ? readFilesV5(cursor, { ...contextOf(unit), offsetSize })
      : readFilesV4(cursor, unit);
  return {
    minimumInstructionLength,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    opcodeLengths,
    ...tables,
    programStart,
    end,
  };
}

function readFilesV4(cursor: Cursor, unit: LineUnit) {
  const directories = [unit.compDir];
  for (let name = cursor.string(); name !== ""; name = cursor.string()) {
    directories.push(joinPath(unit.compDir, name));
  }
  // File numbers begin at 1; 0 is the unit's own file.
  const files = [unit.path];
  for (let name = cursor.string(); name !== ""; name = cursor.string()) {
    const directory = directories[cursor.uleb()];
    cursor.uleb();
    cursor.uleb();
    files.push(joinPath(unit.compDir, directory, name));
  }
  return { directories, files };
}

function readFilesV5(cursor: Cursor, unit: FormContext & { compDir: string }) {
  const directories = readEntries(cursor, unit).map(({ path }) => joinPath(unit.compDir, path));
  const base = directories[0] ?? unit.compDir;
  const files = readEntries(cursor, unit).map(({ path, directoryIndex }) =>
    joinPath(base, directories[directoryIndex], path),
  );
  return { directories, files };
}

/** Directory or file name entries, which describe their own format (DWARF5 §6.2.4.1). */
function readEntries(cursor: Cursor, unit: FormContext) {
  const formats: { content: number; form: number }[] = [];
  for (let count = cursor.u8(); count > 0; count--) {
    formats.push({ content: cursor.uleb(), form: cursor.uleb() });
  }
  const entries: { path: string; directoryIndex: number }[] = [];
  for (let count = cursor.uleb(); count > 0; count--) {
    const start = cursor.position;
    let path = "";
    let directoryIndex = 0;
    for (const { content, form } of formats) {
      const value = readForm(cursor, form === FORM.implicit_const ? 0 : form, 0n, unit);
      if (content === LNCT.path && value.kind === "string") path = value.value;
      if (content === LNCT.directory_index && value.kind === "constant") {
        directoryIndex = Number(value.value);
      }
    }
    // Without this a damaged count of empty entries would keep us here for hours.
    if (cursor.position === start) throw new DwarfDataError("an entry of a file table is empty");
    entries.push({ path, directoryIndex });
  }
  return entries;
}

/** The parts of `unit` that forms need, as a plain object (a class's getters don't survive a spread). */
function contextOf(unit: LineUnit) {
  const { sections, offset, version, strOffsetsBase, addrBase, compDir } = unit;
  return { sections, offset, version, strOffsetsBase, addrBase, compDir };
}
