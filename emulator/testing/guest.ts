import { type Assembly, assemble } from "../isa/assembler.ts";
import { Machine } from "../machine.ts";
import { PAGE_SIZE } from "../memory/physical.ts";
import { RIGHT } from "../memory/tlb.ts";

export const CODE = 0x10000;
export const DATA = 0x20000;
const CODE_FRAME = 4;
const DATA_FRAME = 8;
const MAPPED_PAGES = 2;

export interface Guest {
  readonly machine: Machine;
  readonly symbols: Assembly["symbols"];
  /** The word at virtual address `va` of the data pages. */
  word(va: number): number;
}

/**
 * A machine with the few assembled lines of a test at CODE (two pages, readable and executable) and two writable pages at
 * DATA, all in address space 0; pc is at the first line.
 */
export function guest(source: string, configuration: { tlbEntries?: number } = {}): Guest {
  const machine = new Machine({ pages: 16, ...configuration });
  const { bytes, symbols } = assemble(source, { origin: CODE, symbols: { DATA } });
  machine.memory.writeBytes(CODE_FRAME * PAGE_SIZE, bytes);
  for (let page = 0; page < MAPPED_PAGES; page++) {
    map(machine, CODE + page * PAGE_SIZE, CODE_FRAME + page, RIGHT.R | RIGHT.X);
    map(machine, DATA + page * PAGE_SIZE, DATA_FRAME + page, RIGHT.R | RIGHT.W | RIGHT.D);
  }
  machine.hart.setPc(CODE);
  return {
    machine,
    symbols,
    word: (va) => machine.memory.readU32(DATA_FRAME * PAGE_SIZE + (va - DATA)),
  };
}

/** Maps the page of `va` in `asid`, as a kernel would on a miss. */
export function map(machine: Machine, va: number, frame: number, rights: number, asid = 0): void {
  machine.tlb.write({ asid, vpn: va >>> 12, frame, rights });
}
