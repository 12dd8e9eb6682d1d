import { type Assembly, assemble } from "../isa/assembler.ts";
import { ENGINE, Machine, type MachineConfiguration } from "../machine.ts";
import { PAGE_SIZE } from "../memory/physical.ts";
import { RIGHT } from "../memory/tlb.ts";
import { FORCED_ENGINE } from "./forced-engine.ts";

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
 * The engines on which tests of instructions run: one that interprets, one that translates all that it comes to by a jump, and one that does all
 * it can from the bits.
 */
export const ENGINES = ["interpreter", "forced", "cold"] as const;
export type TestedEngine = (typeof ENGINES)[number];

/** A machine on one of them. */
export function machineOn(
  engine: TestedEngine,
  configuration: Omit<MachineConfiguration, "engine">,
): Machine {
  if (engine === "interpreter") return new Machine({ ...configuration, engine });
  const before = { ...ENGINE };
  Object.assign(ENGINE, engine === "forced" ? FORCED_ENGINE : { hot: 1 << 20, cold: 0 });
  try {
    return new Machine({ ...configuration, engine: "translator" });
  } finally {
    Object.assign(ENGINE, before);
  }
}

/**
 * A machine with the few assembled lines of a test at CODE (two pages, readable and executable) and two writable pages at
 * DATA, all in address space 0; pc is at the first line.
 */
export function guest(
  source: string,
  { engine, ...rest }: { tlbEntries?: number; engine?: TestedEngine } = {},
): Guest {
  const configuration = { pages: 16, ...rest };
  const machine =
    engine === undefined ? new Machine(configuration) : machineOn(engine, configuration);
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
