/** The loop for code that is not hot (emit-cold-loop.ts), with what it looks at: which places have translated code, and which jumps are known. */
import type { Operation } from "../isa/instruction.ts";
import { PAGE_SHIFT } from "../memory/physical.ts";
import { RAM_BASE } from "../state-layout.ts";
import {
  type ColdLimits,
  type ColdPlaces,
  ENTRY,
  ENTRY_BYTES,
  ENTRY_SLOTS,
  entrySlot,
  jumpSlot,
} from "./cold-places.ts";
import { emitColdLoop } from "./emit-cold-loop.ts";
import type { Enter } from "./translator.ts";

/** By what they are made of: machines of one size share one. */
const MODULES = new Map<string, WebAssembly.Module>();

export class ColdLoop {
  readonly #run: Enter;
  readonly #tickLeft: Int32Array;
  readonly #why: Int32Array;
  readonly #translated: Int32Array;
  readonly #entries: Int32Array;
  readonly #jumps: Int32Array;
  readonly #table: WebAssembly.Table;

  constructor(memory: WebAssembly.Memory, places: ColdPlaces, limits: ColdLimits) {
    const { buffer } = memory;
    this.#why = new Int32Array(buffer, places.why, 1);
    this.#translated = new Int32Array(buffer, places.translated, 1);
    this.#tickLeft = new Int32Array(buffer, places.tickLeft, 1);
    this.#entries = new Int32Array(buffer, places.entries, (ENTRY_SLOTS * ENTRY_BYTES) >>> 2);
    this.#jumps = new Int32Array(buffer, places.jumps);
    this.#table = new WebAssembly.Table({
      element: "anyfunc",
      initial: ENTRY_SLOTS,
      maximum: ENTRY_SLOTS,
    });
    const { exports } = new WebAssembly.Instance(moduleFor(places, limits, buffer.byteLength), {
      m: { m: memory, t: this.#table },
    });
    this.#run = exports["f0"] as Enter;
  }

  /** Goes on at an address; a tick is due when so many steps are left. Returns the steps left; the pc is in the state area then. */
  run(left: number, tag: number, pc: number, tickLeft: number): number {
    this.#tickLeft[0] = Math.max(0, tickLeft);
    return this.#run(left, tag, pc);
  }

  /** Why it left; asked once after each run. */
  takeWhy(): number {
    const why = this.#why[0]!;
    if (why !== 0) this.#why[0] = 0;
    return why;
  }

  /** Steps that translated code has done in a run. */
  takeTranslated(): number {
    const steps = this.#translated[0]!;
    if (steps !== 0) this.#translated[0] = 0;
    return steps;
  }

  /** A jump by a register has led somewhere, and that is noted. */
  sawJump(pc: number, target: number): void {
    const slot = jumpSlot(pc, target) * 2;
    this.#jumps[slot] = pc;
    this.#jumps[slot + 1] = target;
  }

  /** What begins at an operation has been translated, or has been forgotten. */
  changed(root: Operation): void {
    const slot = entrySlot(root.pc);
    const at = (slot * ENTRY_BYTES) >>> 2;
    const place = (root.page!.frame << PAGE_SHIFT) + (root.pc & 0xfff) + RAM_BASE;
    const entry = root.head?.unit;
    if (entry === undefined) {
      const isHere = this.#entries[at] === root.pc && this.#entries[at + 1] === place;
      if (isHere) {
        this.#entries[at + (ENTRY.place >>> 2)] = 0;
        this.#table.set(slot, null);
      }
      return;
    }
    // It counts as entered from now on, since nobody tells each time.
    entry.count += 1;
    this.#entries[at + (ENTRY.pc >>> 2)] = root.pc;
    this.#entries[at + (ENTRY.place >>> 2)] = place;
    this.#entries[at + (ENTRY.needs >>> 2)] = entry.needs;
    this.#entries[at + (ENTRY.count >>> 2)] = entry.count;
    this.#entries[at + (ENTRY.reserves >>> 2)] = entry.unit.reserves ? -1 : 0;
    this.#table.set(slot, entry.enter);
  }

  /** All translated code was forgotten, or none is known here yet. */
  forgetAll(): void {
    this.#entries.fill(0);
  }
}

function moduleFor(places: ColdPlaces, limits: ColdLimits, bytes: number): WebAssembly.Module {
  const key = JSON.stringify([places, limits, bytes]);
  const known = MODULES.get(key);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(emitColdLoop(places, limits, bytes >>> 16));
  MODULES.set(key, module);
  return module;
}
