/** What data breakpoints cost: a watch on a page that nobody touches, and hits on one that is written all the time. */
import type { Kernel } from "#exokernel";
import { bootSource, DATA, LOADS_AND_STORES } from "./guests.ts";

const STEPS = 5_000_000;

/** The time of a run with a watch on another page, in percent of one without: pairs in turn, so that drift hits both alike. */
export function measureArmed(pairs: number): number[] {
  const kernel = bootSource(LOADS_AND_STORES);
  kernel.run(2 * STEPS);
  const ratios: number[] = [];
  for (let i = 0; i < pairs; i += 1) {
    // Who comes first changes from pair to pair.
    const isFirst = i % 2 === 0;
    const one = timed(kernel, isFirst);
    const other = timed(kernel, !isFirst);
    ratios.push((100 * (isFirst ? one : other)) / (isFirst ? other : one));
  }
  return ratios;
}

/** Thousands of stops a second, where every sixth instruction writes what is watched. */
export function measureHits(runs: number): number[] {
  const kernel = bootSource(LOADS_AND_STORES);
  kernel.run(10_000);
  const data = kernel.machine.tlb.entries().find(({ vpn }) => vpn === DATA >>> 12);
  if (data === undefined) throw new Error("the guest does not use its data page");
  watchFrame(kernel, data.frame);
  const values: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const end = kernel.steps + STEPS / 10;
    let stops = 0;
    const started = performance.now();
    while (kernel.steps < end) {
      if (kernel.run(end - kernel.steps).kind === "watchpoint") stops += 1;
    }
    values.push(stops / (performance.now() - started));
  }
  return values;
}

function timed(kernel: Kernel, isWatched: boolean): number {
  // The last frame is free: nobody touches it.
  if (isWatched) watchFrame(kernel, kernel.machine.memory.pageCount - 1);
  const started = performance.now();
  kernel.run(STEPS);
  const time = performance.now() - started;
  kernel.machine.watchpoints.clearAll();
  return time;
}

function watchFrame(kernel: Kernel, frame: number): void {
  const range = { pa: frame * 4096, length: 4096 };
  kernel.machine.watchpoints.set({ id: 1, ...range, read: false, write: true });
}
