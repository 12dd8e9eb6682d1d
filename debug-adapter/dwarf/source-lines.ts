/** From a line of a source file to the addresses where a breakpoint on it goes. */

import { TAG } from "./constants.ts";
import { type Functions, scopePath } from "./functions.ts";
import type { Entry } from "./info.ts";
import type { LineRow } from "./line-program.ts";
import type { LineTable } from "./line-table.ts";

export interface LineAddresses {
  /** The line that the addresses are of: the one asked for, or the next in the same function that has code. */
  readonly line: number;
  /** Ascending; one for each function, and each place where one was inlined, that has code of the line. */
  readonly addresses: readonly number[];
}

/** A row and the function, or inlined copy of one, that it is code of. */
interface Located {
  readonly row: LineRow;
  readonly instance: Entry | undefined;
}

/** The lines of one function in one file: from its declaration to its last line of code. */
interface Extent {
  first: number;
  last: number;
}

interface FileLines {
  readonly byLine: ReadonlyMap<number, readonly Located[]>;
  /** Lines with code, ascending. */
  readonly lines: readonly number[];
  readonly extents: readonly Extent[];
}

export class SourceLines {
  readonly #lines: LineTable;
  readonly #functions: Functions;
  readonly #files = new Map<string, FileLines>();

  constructor(lines: LineTable, functions: Functions) {
    this.#lines = lines;
    this.#functions = functions;
  }

  linesWithCode(file: string): readonly number[] {
    return this.#file(file).lines;
  }

  /** `undefined` if neither `line` nor a later line of the function around it has code. */
  addressesOf(file: string, line: number): LineAddresses | undefined {
    const { byLine, lines, extents } = this.#file(file);
    let used = line;
    if (!byLine.has(line)) {
      const next = lines.find((candidate) => candidate > line);
      if (next === undefined || !isInOneFunction(extents, line, next)) return undefined;
      used = next;
    }
    const lowest = new Map<Entry | undefined, LineRow>();
    for (const { row, instance } of byLine.get(used)!) {
      const known = lowest.get(instance);
      if (!known || isBetterStart(row, known)) lowest.set(instance, row);
    }
    const addresses = new Set<number>();
    const stops = new Set<number>();
    for (const { address } of lowest.values()) {
      const after = this.#afterPrologue(address);
      addresses.add(after);
      const stop = after === address ? undefined : this.#lines.rowAt(after);
      stops.add(stop?.file === file ? stop.line : used);
    }
    const stop = [...stops];
    // On the line of a function's `{` execution stops at its first statement, and saying so is the truth.
    const shown = stop.length === 1 && stop[0]! > used ? stop[0]! : used;
    return { line: shown, addresses: [...addresses].sort((a, b) => a - b) };
  }

  /** A function's first address becomes that of its body: before that, parameters aren't where the debug data says they are. */
  #afterPrologue(address: number): number {
    const info = this.#functions.at(address);
    return info?.lowPc === address ? info.prologueEndAddress : address;
  }

  #file(file: string): FileLines {
    let known = this.#files.get(file);
    if (!known) {
      known = this.#read(file);
      this.#files.set(file, known);
    }
    return known;
  }

  #read(file: string): FileLines {
    const byLine = new Map<number, Located[]>();
    const extents = new Map<number | undefined, Extent>();
    for (const row of this.#lines.statementsOf(file)) {
      const instance = this.#instanceAt(row.address);
      const located = byLine.get(row.line);
      if (located) located.push({ row, instance });
      else byLine.set(row.line, [{ row, instance }]);

      const root = instance?.root;
      let extent = extents.get(root?.offset);
      if (!extent) {
        const first = instance && this.#functions.declarationLine(instance, file);
        extent = { first: first ?? row.line, last: row.line };
        extents.set(root?.offset, extent);
      }
      extent.first = Math.min(extent.first, row.line);
      extent.last = Math.max(extent.last, row.line);
    }
    const lines = [...byLine.keys()].sort((a, b) => a - b);
    return { byLine, lines, extents: [...extents.values()] };
  }

  /** The innermost function or inlined copy at `address`; `undefined` for code that no function describes. */
  #instanceAt(address: number): Entry | undefined {
    const entry = this.#functions.at(address)?.entry;
    return entry && scopePath(entry, address).find(({ tag }) => tag !== TAG.lexical_block);
  }
}

/**
 * Whether a breakpoint may slide from line `from`, without code, to `to`. The line before a declaration counts as the function's: it
 * holds the return type in a common C style.
 */
function isInOneFunction(extents: readonly Extent[], from: number, to: number): boolean {
  return extents.some(({ first, last }) => first - 1 <= from && first <= to && to <= last);
}

/** The lowest address, but an empty row (another line begins at the same address) only if there is nothing else. */
function isBetterStart(row: LineRow, known: LineRow): boolean {
  const isEmpty = row.address === row.endAddress;
  const knownIsEmpty = known.address === known.endAddress;
  return isEmpty === knownIsEmpty ? row.address < known.address : knownIsEmpty;
}
