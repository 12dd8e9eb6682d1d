/**
 * What a breakpoint and a watch that are never hit cost a program that runs at full speed: the breakpoint stands on code that does not run
 * any more, the watch on a page that nobody touches. Two runs of the same program take turns, so that the machine's moods meet both.
 */
import { readFileSync } from "node:fs";
import { parseElf } from "#emulator";
import { Timeline } from "#exokernel";
import { BareBuilder } from "./bare-programs.ts";
import { type Figure, figure } from "./figures.ts";
import { bootElf, runPieces } from "./guests.ts";

const PROGRAMS = ["sha256", "sort", "records", "lists"] as const;
const PAIRS = 9;
/** Steps of one turn, and turns of each run in a pair. */
const TURN = 20_000_000;
const TURNS = 6;
const WARM_UP = 50_000_000;
/** No program comes to its end. */
const COUNT = 100_000_000;

export async function measureArmedElsewhere(root: string, folder: string): Promise<Figure[]> {
  const builder = await BareBuilder.of(root, folder);
  return PROGRAMS.map((name) => {
    const elf = new Uint8Array(readFileSync(builder.build(name, "exoscope", COUNT)));
    const ratios = Array.from({ length: PAIRS }, (_, i) => pair(elf, i % 2 === 0));
    const bound = { atMost: 3, failsAbove: 5 };
    return figure(`armed elsewhere and watched, ${name}`, "% more time", ratios, bound);
  });
}

/** By how much slower the armed run is, in percent. */
function pair(elf: Uint8Array, isArmedFirst: boolean): number {
  const plain = new Timeline(bootElf(elf));
  const armed = new Timeline(bootElf(elf));
  runPieces(plain, 1000);
  arm(armed, elf);
  let [without, withIt] = [0, 0];
  for (const timeline of [plain, armed]) runPieces(timeline, WARM_UP);
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (isArmedFirst) withIt += timed(armed, TURN);
    without += timed(plain, TURN);
    if (!isArmedFirst) withIt += timed(armed, TURN);
  }
  return (withIt / without - 1) * 100;
}

function arm(timeline: Timeline, elf: Uint8Array): void {
  const { machine } = timeline.kernel;
  const { entry } = parseElf(elf);
  // The program passes its entry once, before it is armed.
  runPieces(timeline, 1000);
  machine.breakpoints.set(machine.hart.asid, entry);
  // The last frame is free: nobody touches it.
  const pa = (machine.memory.pageCount - 1) * 4096;
  machine.watchpoints.set({ id: 1, pa, length: 4, read: true, write: true });
}

/** Milliseconds of so many steps. */
function timed(timeline: Timeline, steps: number): number {
  const started = performance.now();
  runPieces(timeline, steps);
  return performance.now() - started;
}
