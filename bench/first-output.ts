/**
 * What a user of `exo run` waits for: from the start of the process to the first byte that the guest writes, less what Node takes to start.
 * Each run is a process of its own; those of Node alone take turns with them.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure, median } from "./figures.ts";

const RUNS = 9;

/** Some 50,000 instructions before a line is written. */
const PROGRAM = `
#include <stdio.h>
int main(void) {
  volatile unsigned sum = 0;
  for (unsigned i = 0; i < 4300; i++) sum += i * i;
  printf("%u\\n", sum);
}
`;

export async function measureFirstOutput(root: string, folder: string): Promise<Figure[]> {
  const source = join(folder, "fifty-thousand.c");
  writeFileSync(source, PROGRAM);
  const { path } = await buildGuestFile(root, source, folder);
  const elf = join(folder, "fifty-thousand.elf");
  cpSync(path, elf);
  const exo = join(root, "dist/exo.js");
  const cache = join(folder, "cache");
  const empty = join(folder, "no-cache");
  mkdirSync(empty, { recursive: true });
  const run = (file: string) => firstByte([exo, "run", file], cache);
  // The first ones fill the cache.
  for (const file of [elf, source, elf]) await run(file);
  const times = { node: [], elf: [], source: [], first: [] } as Record<string, number[]>;
  for (let i = 0; i < RUNS; i += 1) {
    times["node"]?.push(await firstByte(["-e", "0"], cache));
    times["elf"]?.push(await run(elf));
    times["source"]?.push(await run(source));
    times["first"]?.push(await firstByte([exo, "run", elf], empty));
    rmSync(empty, { recursive: true, force: true });
  }
  const node = median(times["node"] ?? []);
  const beyond = (name: string) => (times[name] ?? []).map((time) => time - node);
  return [
    figure("start of Node alone", "ms", times["node"] ?? []),
    figure("first output of 50,000 instructions, ELF", "ms", beyond("elf"), { atMost: 50 }),
    figure("the same, nothing kept from earlier runs", "ms", beyond("first")),
    figure("the same, from its C file, compiled anew", "ms", beyond("source")),
  ];
}

/** Milliseconds from the start of a process to its first byte on stdout, or to its end where it writes nothing. */
function firstByte(args: readonly string[], cache: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const env = { ...process.env, EXOSCOPE_CACHE: cache };
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env });
    let time: number | undefined;
    child.stdout.once("data", () => {
      time = performance.now() - started;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      time ??= performance.now() - started;
      if (status === 0) resolve(time);
      else reject(new Error(`${args.join(" ")} ended with ${status}`));
    });
  });
}
