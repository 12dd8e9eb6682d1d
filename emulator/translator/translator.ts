/**
 * Which code is translated, and until when. A unit is one module of WebAssembly: the region of a root, and the regions that it calls. It
 * holds for the bytes that it was made of, at the addresses at which they were; whoever changes one of these says so here.
 */

import type { Breakpoints } from "../breakpoints.ts";
import { type Head, headOf, nameOf, type Operation } from "../isa/instruction.ts";
import { PAGE_SHIFT } from "../memory/physical.ts";
import { ColdLoop } from "./cold-loop.ts";
import type { ColdPlaces } from "./cold-places.ts";
import { ENTRY_BYTES, ENTRY_SLOTS, HEAT_SLOTS, JUMP_HEAT, JUMP_SLOTS } from "./cold-places.ts";
import type { LookasidePlaces } from "./emit.ts";
import { emitModule } from "./emit-module.ts";
import { addRegions, type FetchableCode, type Region } from "./region.ts";

/** (steps left, asid tag, calls left) -> steps left; the pc is in the state area then. */
export type Enter = (left: number, tag: number, calls: number) => number;

/** One module. */
export interface Unit {
  readonly entries: readonly Entry[];
  /** What it was made of. */
  readonly pieces: readonly Piece[];
  /** Whether it has LR or SC: then no tick may pass in it unnoticed. */
  readonly reserves: boolean;
}

/** Where control can come into a unit. */
export interface Entry {
  readonly enter: Enter;
  readonly root: Operation;
  readonly unit: Unit;
  /** With fewer steps nothing happens in it. */
  readonly needs: number;
  /** How often control came in here. */
  count: number;
}

/** Units that were made, the regions and instructions that they were made of, and how many of them were forgotten since. */
export interface TranslationCounts {
  units: number;
  regions: number;
  instructions: number;
  bytes: number;
  forgotten: number;
}

/** Bytes in a row within one page. */
interface Piece {
  readonly pc: number;
  readonly pa: number;
  readonly length: number;
}

/** Calls within emitted code, one in the other: what a host's stack has room for. */
export const CALLS_MAX = 500;
/**
 * V8 replaces nothing on the stack: a loop that was entered before it was optimised goes on as it was. So the first visits to an entry are
 * short; and a host that wants to pause is heard between two visits.
 */
const EARLY_VISITS = 50;
const EARLY_STEPS = 20_000;
const STEPS_MAX = 10_000_000;
/** Of one unit: instructions in all, so that making one takes some milliseconds at most. */
const INSTRUCTIONS_MAX = 10_000;
/** Bytes of modules, of which the engine makes about ten times as much code; when there are more, all are forgotten. */
const BYTES_MAX = 8 << 20;
const WARM_MAX = 4096;
/** What a module costs besides its instructions, as so many of them; and what must be affordable, so that modules are few. */
const MODULE_COST = 60;
const LEAST = 600;
/** What the first module costs besides, since nothing of the translator has run before. */
const START_COST = 3400;
/**
 * So many times as much an instruction costs until V8 has optimised the translator, by the instructions that were translated until then: the first entry
 * whose bound is above them.
 */
const PRICES = [
  { until: 2000, price: 4 },
  { until: 4000, price: 2.5 },
  { until: Number.POSITIVE_INFINITY, price: 1 },
] as const;
/** Where a unit that begins elsewhere may come by, one begins only when control comes there from outside four times as often. */
const SECONDARY = 2;
/** A root whose units were forgotten so often waits no longer for the next one. */
const PATIENCE_MAX = 12;

/** More targets of a jump than this are not expected; and so often one may lead elsewhere before that is looked at. */
const TARGETS_MAX = 32;
const MISSES = 30;
const NEW_TARGET = 1 << 20;

/** Where translated code and the loop for what is cold find what they need in linear memory. */
export type TranslatorPlaces = LookasidePlaces & ColdPlaces;

/** The places of all but the lookasides, from some place on. */
export function placesBehind(place: number) {
  const jumps = place + 64;
  const heat = jumps + JUMP_SLOTS * 8;
  const entries = heat + HEAT_SLOTS * 4;
  return {
    unexpected: place,
    isMuted: place + 4,
    why: place + 8,
    translated: place + 12,
    tickLeft: place + 16,
    jumps,
    heat,
    entries,
    end: entries + ENTRY_SLOTS * ENTRY_BYTES,
  };
}

export class Translator {
  /** So often control comes to a root before it is translated. */
  readonly hot: number;
  readonly #memory: WebAssembly.Memory;
  readonly places: TranslatorPlaces;
  readonly #byFrame = new Map<number, Set<Unit>>();
  readonly #units = new Set<Unit>();
  #bytes = 0;
  /** Steps that must have been interpreted for each instruction that is translated; 0: as many as one likes. */
  readonly #pace: number;
  /** Instructions of a unit from which on what they call is left to units of its own. */
  readonly #reach: number;
  /** Instructions that were paid for. */
  #spent = START_COST;
  /** Called for each root that has a unit now, or has none any more. */
  onChanged: (root: Operation) => void = () => {};
  /** Roots that are half as hot as it takes. */
  #warm: Operation[] = [];
  readonly counts: TranslationCounts = {
    units: 0,
    regions: 0,
    instructions: 0,
    bytes: 0,
    forgotten: 0,
  };

  constructor(
    memory: WebAssembly.Memory,
    places: TranslatorPlaces,
    { hot, pace, reach }: { hot: number; pace: number; reach: number },
  ) {
    this.#pace = pace;
    this.#reach = reach;
    this.#memory = memory;
    this.places = places;
    this.hot = hot;
  }

  /** So many visits the loop for what is cold counts at a place before it says so. */
  get coldVisits(): number {
    return Math.max(1, this.hot >>> 1);
  }

  makeColdLoop(): ColdLoop {
    return new ColdLoop(this.#memory, this.places, {
      heat: this.coldVisits * JUMP_HEAT,
      calls: CALLS_MAX,
      earlyVisits: EARLY_VISITS,
      earlySteps: EARLY_STEPS,
      steps: STEPS_MAX,
    });
  }

  get #price(): number {
    return PRICES.find(({ until }) => this.counts.instructions < until)!.price;
  }

  /** Whether control has come to a root often enough to translate what begins there: asked when its heat has reached what is due. */
  isDue(root: Operation): boolean {
    const head = headOf(root);
    const half = this.hot >>> 1;
    const enough = this.#enoughFor(head);
    if (head.heat >= enough) return true;
    const isWarm = half > 0 && head.due === half && enough === this.hot;
    if (isWarm && this.#warm.length < WARM_MAX) this.#warm.push(root);
    head.due = enough === this.hot && head.heat < half ? half : enough;
    return false;
  }

  /** How hot a root must be. */
  #enoughFor({ patience, isSecondary }: Head): number {
    return this.hot << (patience + (isSecondary ? SECONDARY : 0));
  }

  /**
   * Makes a unit of a root, of what it calls, and of what else is warm. `steps` are those that were interpreted until now: translation is paid
   * with them, so that no run takes much longer than interpreted. "later" when there are too few, "never" where nothing can be translated.
   */
  translate(
    root: Operation,
    code: FetchableCode,
    breakpoints: Breakpoints,
    steps: number,
  ): "done" | "later" | "never" {
    const head = headOf(root);
    setHeat(head, 0);
    const earned = steps / this.#pace - this.#spent;
    // The first module is paid for with the start.
    const price = this.counts.units === 0 ? 1 : this.#price;
    const affordable = Math.min(INSTRUCTIONS_MAX, Math.floor(earned / price));
    if (affordable < Math.max(LEAST, head.size)) return "later";
    const regions = new Map<number, Region>();
    const size = addRegions(regions, root.pc, code, affordable, this.#reach);
    if (regions.size === 0) return "never";
    if (size >= affordable && affordable < INSTRUCTIONS_MAX) {
      head.size = Math.min(INSTRUCTIONS_MAX, 2 * affordable);
      return "later";
    }
    const more = this.#addWarm(regions, code, affordable - size);
    this.#spent += MODULE_COST + (size + more) * this.#price;
    const { bytes, needs } = emitModule(
      regions,
      this.places,
      this.#memory.buffer.byteLength >>> 16,
      (pc) => breakpoints.at(pc),
    );
    if (this.#bytes + bytes.length > BYTES_MAX) this.forgetAll();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      m: { m: this.#memory },
    });
    const entries: Entry[] = [];
    const reserves = [...regions.values()].some(hasReservation);
    const unit: Unit = { entries, pieces: piecesOf(regions.values()), reserves };
    [...regions.values()].forEach(({ blocks, root: pc }, i) => {
      for (const block of blocks.values()) headOf(block.first).isSecondary = true;
      const { first } = blocks.get(pc)!;
      const head = headOf(first);
      if (head.unit !== undefined) return;
      const enter = exports[`f${i}`] as Enter;
      const entry: Entry = { enter, root: first, unit, needs: needs[i]!, count: 0 };
      entries.push(entry);
      head.unit = entry;
      head.isRoot = true;
      this.onChanged(first);
    });
    this.#bytes += bytes.length;
    this.counts.units += 1;
    this.counts.regions += regions.size;
    this.counts.bytes += bytes.length;
    for (const { blocks } of regions.values()) {
      for (const { count } of blocks.values()) this.counts.instructions += count;
    }
    this.#units.add(unit);
    for (const { pa } of unit.pieces) {
      const frame = pa >>> PAGE_SHIFT;
      const there = this.#byFrame.get(frame);
      if (there === undefined) this.#byFrame.set(frame, new Set([unit]));
      else there.add(unit);
    }
    return "done";
  }

  /** Steps that a visit to an entry may take, of so many that are left. */
  budgetOf(entry: Entry, left: number): number {
    entry.count += 1;
    return Math.min(left, entry.count <= EARLY_VISITS ? EARLY_STEPS : STEPS_MAX);
  }

  /** Bytes at a physical address have changed, all in one frame. */
  written(pa: number, length: number): void {
    const units = this.#byFrame.get(pa >>> PAGE_SHIFT);
    if (units === undefined) return;
    for (const unit of [...units]) {
      if (unit.pieces.some((piece) => piece.pa < pa + length && pa < piece.pa + piece.length)) {
        this.#forget(unit);
        for (const { root } of unit.entries) {
          const head = headOf(root);
          head.patience = Math.min(head.patience + 1, PATIENCE_MAX);
        }
      }
    }
  }

  /** Breakpoints at an address were set or cleared, or have another condition. */
  breakpointChanged(address: number): void {
    const pc = address | 0;
    for (const unit of [...this.#units]) {
      const isIn = unit.pieces.some((piece) => pc >= piece.pc && pc < piece.pc + piece.length);
      // A step sets and clears many, again and again: that alone makes nothing hot.
      if (isIn) this.#renew(unit, this.hot);
    }
  }

  forgetAll(): void {
    for (const unit of [...this.#units]) this.#forget(unit);
    this.#bytes = 0;
  }

  /** A jump by a register led somewhere: what is translated next of it expects that. */
  sawJump(op: Operation, target: number): void {
    const head = headOf(op);
    head.targets ??= [];
    if (head.targets.length === TARGETS_MAX || head.targets.includes(target)) return;
    head.targets.push(target);
  }

  /** A jump led where its unit did not expect it. After some of those with new targets what it is in is translated anew. */
  missed(op: Operation, target: number): void {
    const head = headOf(op);
    const known = head.targets?.length ?? 0;
    this.sawJump(op, target);
    if (head.targets?.length !== known) head.misses |= NEW_TARGET;
    head.misses += 1;
    if ((head.misses & NEW_TARGET) === 0 || (head.misses & ~NEW_TARGET) < MISSES) return;
    head.misses = 0;
    for (const unit of [...this.#units]) {
      if (!unit.pieces.some((piece) => op.pc >= piece.pc && op.pc < piece.pc + piece.length))
        continue;
      this.#renew(unit, 0);
    }
  }

  /** Forgets a unit that is to be made anew when control has come so often to what was used of it. */
  #renew(unit: Unit, visits: number): void {
    const roots = unit.entries.filter(({ count }) => count > 0).map(({ root }) => root);
    this.#forget(unit);
    for (const root of roots) {
      const head = headOf(root);
      setHeat(head, this.#enoughFor(head) - visits);
    }
  }

  #forget(unit: Unit): void {
    this.#units.delete(unit);
    for (const { pa } of unit.pieces) this.#byFrame.get(pa >>> PAGE_SHIFT)?.delete(unit);
    this.counts.forgotten += 1;
    for (const { root } of unit.entries) {
      const head = headOf(root);
      if (head.unit?.unit !== unit) continue;
      head.unit = undefined;
      setHeat(head, 0);
      this.onChanged(root);
    }
  }

  /** Adds what will be due soon, as far as it is mapped now: a module costs as much as a hundred of its instructions. */
  #addWarm(regions: Map<number, Region>, code: FetchableCode, most: number): number {
    let size = 0;
    for (const op of this.#warm.splice(0)) {
      const head = headOf(op);
      const isThere = head.unit !== undefined || head.heat === 0 || head.isSecondary;
      if (isThere || isWithin(regions, op)) continue;
      if (size < most && code.operationAt(op.pc) === op)
        size += addRegions(regions, op.pc, code, most - size, this.#reach);
      else this.#warm.push(op);
    }
    return size;
  }
}

/** Whether a block of regions begins with an operation. */
function isWithin(regions: ReadonlyMap<number, Region>, op: Operation): boolean {
  for (const { blocks } of regions.values()) {
    if (blocks.get(op.pc)?.first === op) return true;
  }
  return false;
}

function setHeat(head: Head, heat: number): void {
  head.heat = heat;
  head.due = 0;
}

function hasReservation({ blocks }: Region): boolean {
  for (const { ops } of blocks.values()) {
    if (ops.some((op) => nameOf(op) === "lr.w" || nameOf(op) === "sc.w")) return true;
  }
  return false;
}

/** What regions were made of, in as few pieces as it takes. */
function piecesOf(regions: Iterable<Region>): Piece[] {
  const pieces: Piece[] = [];
  const runs = [...regions]
    .flatMap((region) => [...region.blocks.values()])
    .flatMap(({ pc, frame, length, span }) => {
      const run = { pc, frame, length };
      return span === undefined
        ? [run]
        : [run, { pc: (span.vpn << PAGE_SHIFT) | 0, frame: span.frame, length: 2 }];
    });
  runs.sort((a, b) => a.pc - b.pc);
  for (const { pc, frame, length } of runs) {
    const last = pieces.at(-1);
    const pa = (frame << PAGE_SHIFT) | (pc & 0xfff);
    const isInPage =
      last !== undefined && last.pa >>> PAGE_SHIFT === frame && last.pa - last.pc === pa - pc;
    if (isInPage && last.pc + last.length >= pc) {
      pieces[pieces.length - 1] = { ...last, length: Math.max(last.length, pc + length - last.pc) };
    } else {
      pieces.push({ pc, pa, length });
    }
  }
  return pieces;
}
