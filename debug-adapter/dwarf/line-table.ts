/** The line tables of all units as one: from an address to its row, from a file to its rows. */
import { AT } from "./constants.ts";
import type { Info, Unit } from "./info.ts";
import { LineProgram, type LineRow, type LineSequence } from "./line-program.ts";
import type { AddressRange } from "./ranges.ts";

export class LineTable {
  readonly #info: Info;
  readonly #unitAt: (address: number) => Unit | undefined;
  /** By offset in .debug_line: units may share a program. */
  readonly #programs = new Map<number, LineProgram | undefined>();
  readonly #byUnit = new Map<Unit, LineProgram | undefined>();
  readonly #statements = new Map<string, readonly LineRow[]>();

  constructor(info: Info, unitAt: (address: number) => Unit | undefined) {
    this.#info = info;
    this.#unitAt = unitAt;
  }

  /** The unit's program, or `undefined` if it has none or its header can't be read. */
  programOf(unit: Unit): LineProgram | undefined {
    if (!this.#byUnit.has(unit)) this.#byUnit.set(unit, this.#findProgram(unit));
    return this.#byUnit.get(unit);
  }

  /** Every file that a unit's table names, sorted. */
  files(): string[] {
    const files = new Set<string>();
    for (const program of this.#allPrograms()) for (const file of program.files) files.add(file);
    files.delete("");
    return [...files].sort();
  }

  /** The sequence that covers `address`. */
  sequenceAt(address: number): LineSequence | undefined {
    const unit = this.#unitAt(address);
    const own = unit && this.programOf(unit)?.sequenceAt(address);
    if (own || !this.#info.sections.isCode(address)) return own;
    // The units' ranges are incomplete: look everywhere.
    for (const program of this.#allPrograms()) {
      const found = program.sequenceAt(address);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * The row in effect at `address`. Of several rows at one address the last is (the others are empty), unless only an earlier one
   * begins a statement: producers write such pairs, and a user wants the statement (gdb chooses likewise).
   */
  rowAt(address: number): LineRow | undefined {
    const sequence = this.sequenceAt(address);
    if (!sequence) return undefined;
    const { rows } = sequence;
    const index = lastIndexAtOrBefore(rows, address);
    const last = rows[index];
    if (!last) return undefined;
    let chosen = last;
    for (let at = index; !chosen.isStatement && rows[at]?.address === last.address; at--) {
      const row = rows[at]!;
      if (row.isStatement && row.line !== 0) chosen = row;
    }
    return chosen === last ? last : { ...chosen, endAddress: last.endAddress };
  }

  /**
   * Like `rowAt`, but code that belongs to no line (line 0) is given to the nearest line before it, not further back than `floor`.
   * Such a row isn't a statement.
   */
  attributedRowAt(address: number, floor: number): LineRow | undefined {
    const row = this.rowAt(address);
    if (row?.line !== 0) return row;
    const { rows } = this.sequenceAt(address)!;
    for (let index = lastIndexAtOrBefore(rows, address); index >= 0; index--) {
      const earlier = rows[index]!;
      if (earlier.address < floor) break;
      if (earlier.line === 0) continue;
      const { address: start, endAddress } = row;
      return { ...earlier, address: start, endAddress, isStatement: false, isPrologueEnd: false };
    }
    return row;
  }

  /** The rows that begin within `range`, in order, of its first sequence. */
  rowsIn(range: AddressRange): readonly LineRow[] {
    const rows = this.sequenceAt(range.low)?.rows ?? [];
    let first = lastIndexAtOrBefore(rows, range.low);
    while (first >= 0 && rows[first]!.address >= range.low) first--;
    let end = first + 1;
    while (end < rows.length && rows[end]!.address < range.high) end++;
    return rows.slice(first + 1, end);
  }

  /** The rows of `file` that begin statements, by ascending address within each unit. */
  statementsOf(file: string): readonly LineRow[] {
    let statements = this.#statements.get(file);
    if (!statements) {
      const found: LineRow[] = [];
      for (const program of this.#allPrograms()) {
        if (!program.files.includes(file)) continue;
        for (const { rows } of program.sequences) {
          for (const row of rows) {
            if (row.isStatement && row.line !== 0 && row.file === file) found.push(row);
          }
        }
      }
      statements = found;
      this.#statements.set(file, statements);
    }
    return statements;
  }

  #findProgram(unit: Unit): LineProgram | undefined {
    const value = unit.root?.attribute(AT.stmt_list);
    if (value?.kind !== "section offset") return undefined;
    if (!this.#programs.has(value.value)) {
      const program = unit.sections.problems.guard(
        `Line table header of ${unit.path}`,
        undefined,
        () => new LineProgram(unit, value.value),
      );
      this.#programs.set(value.value, program);
    }
    return this.#programs.get(value.value);
  }

  #allPrograms(): Set<LineProgram> {
    const programs = new Set<LineProgram>();
    for (const unit of this.#info.units) {
      const program = this.programOf(unit);
      if (program) programs.add(program);
    }
    return programs;
  }
}

/** Index of the last row whose address is not after `address`; -1 if there is none. */
function lastIndexAtOrBefore(rows: readonly LineRow[], address: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
