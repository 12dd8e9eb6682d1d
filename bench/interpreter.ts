/**
 * Guest instructions a second of the interpreter alone: on two loops of a few assembled lines, on programs in C, and on code that is cold,
 * where each instruction is decoded for the few times that it runs; the cold code on the usual engine, too, which does it from its bits.
 * Machine and kernel, no debugger, nothing recorded.
 */
import { readFileSync } from "node:fs";
import type { Engine } from "#emulator";
import type { Kernel } from "#exokernel";
import { BareBuilder } from "./bare-programs.ts";
import { type Figure, figure } from "./figures.ts";
import { bootElf, bootSource, LOADS_AND_STORES } from "./guests.ts";

const LOOPS = {
  "arithmetic and branches": `
    li t0, 0
    li t1, 1
  1: addi t0, t0, 3
    xor t1, t1, t0
    slli t2, t1, 5
    srli t3, t1, 27
    or t1, t2, t3
    bnez t0, 1b
    j 1b`,
  "loads and stores": LOADS_AND_STORES,
} as const;
const PROGRAMS = ["sha256", "sort", "lists", "records", "bytecode", "fib"] as const;
/** How often each of two thousand functions runs. */
const ROUNDS = [2, 5, 20] as const;
/** No program comes to its end. */
const COUNT = 100_000_000;
const STEPS = 20_000_000;
const AIM = { atLeast: 60 };
const ALONE = { engine: "interpreter" } as const;

export async function measureInterpreter(
  root: string,
  folder: string,
  runs: number,
): Promise<Figure[]> {
  const builder = await BareBuilder.of(root, folder);
  const elf = (name: string, count: number) =>
    new Uint8Array(readFileSync(builder.build(name, "exoscope", count)));
  return [
    ...Object.entries(LOOPS).map(([name, source]) => warm(name, bootSource(source, ALONE), runs)),
    ...PROGRAMS.map((name) => warm(name, bootElf(elf(name, COUNT), ALONE), runs)),
    ...ROUNDS.map((rounds) => cold(rounds, elf("many-functions", rounds), 5 * runs, "interpreter")),
    ...ROUNDS.map((rounds) => cold(rounds, elf("many-functions", rounds), 5 * runs, "translator")),
  ];
}

function warm(name: string, kernel: Kernel, runs: number): Figure {
  kernel.run(STEPS);
  const values = Array.from({ length: runs }, () => speed(kernel, STEPS));
  return figure(`interpreter, ${name}`, "million instructions/s", values, AIM);
}

/** From its boot to its end, each time on a machine that has not seen it. */
function cold(rounds: number, elf: Uint8Array, runs: number, engine: Engine): Figure {
  const values = Array.from({ length: runs }, () =>
    speed(bootElf(elf, { engine }), Number.MAX_SAFE_INTEGER),
  );
  const id = `${engine}, 2,000 functions each run ${rounds} times`;
  return figure(id, "million instructions/s", values, AIM);
}

function speed(kernel: Kernel, steps: number): number {
  const before = kernel.machine.retired;
  const started = performance.now();
  kernel.run(steps);
  return (kernel.machine.retired - before) / 1000 / (performance.now() - started);
}
