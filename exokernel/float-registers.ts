/**
 * f-registers of whoever does not run: kept and given back as x-registers are (CONTRACT C7, C19). Most programs leave them all 0; a
 * word says so, and then nothing is moved.
 */
import type { Core } from "./core.ts";
import { SAVE } from "./layout.ts";

const WORDS = 64;

/** Keeps those of the machine as `index`'s. */
export function keepFloats(core: Core, index: number): void {
  const { records, machine } = core;
  const area = records.saveArea(index);
  const usesFloats = !machine.hart.areFloatsZero;
  if (!usesFloats && records.word(area + SAVE.usesFloats) === 0) return;
  records.setWord(area + SAVE.usesFloats, usesFloats ? 1 : 0);
  const words = machine.hart.floatWords();
  for (let i = 0; i < WORDS; i += 1) records.setWord(area + SAVE.floats + 4 * i, words[i]!);
}

/** Gives the machine those that were kept for `index`. */
export function restoreFloats(core: Core, index: number): void {
  const kept = keptFloats(core, index);
  if (kept === undefined) clearFloats(core);
  else core.machine.hart.setFloatWords(kept);
}

/** Who begins without a context has none of another's values in its registers. */
export function clearFloats({ machine: { hart } }: Core): void {
  if (!hart.areFloatsZero) hart.setFloatWords(NONE);
}

/** The 64 words of f0 to f31 that are kept for `index`; undefined when all are 0. */
export function keptFloats({ records }: Core, index: number): Uint32Array | undefined {
  const area = records.saveArea(index);
  if (records.word(area + SAVE.usesFloats) === 0) return undefined;
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i += 1) words[i] = records.word(area + SAVE.floats + 4 * i);
  return words;
}

/** Changes one of those that are kept. */
export function setKeptFloat(
  { records }: Core,
  index: number,
  register: number,
  bits: bigint,
): void {
  const area = records.saveArea(index);
  const at = area + SAVE.floats + 8 * register;
  records.setWord(at, Number(bits & 0xffff_ffffn));
  records.setWord(at + 4, Number(bits >> 32n));
  records.setWord(area + SAVE.usesFloats, 1);
}

const NONE = new Uint32Array(WORDS);
