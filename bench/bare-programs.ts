/**
 * The programs of bench/programs, without a libOS or a C library: each is compiled once and linked with one of three start files, for an
 * environment of ours, for QEMU's machine `virt`, and for Linux.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCompiler } from "../debug-adapter/compiler/find-compiler.ts";

export const PROGRAMS = [
  "sha256",
  "sieve",
  "chase",
  "sort",
  "fib",
  "bytecode",
  "atomics",
  "calls-below",
  "matrix",
  "lists",
  "records",
  "many-functions",
] as const;

/** Built for F and D. */
export const FLOAT_PROGRAMS = ["nbody", "mandelbrot", "filter"] as const;

const FUNCTIONS = 2048;
const SOFTWARE = ["-mcpu=generic_rv32+m+a+c"];
const HARDWARE = ["-mcpu=generic_rv32+m+a+c+f+d", "-mabi=ilp32d"];
const ORIGIN: Readonly<Record<string, number>> = {
  exoscope: 0x1_0000,
  "qemu-system": 0x8000_0000,
  "qemu-user": 0x1_0000,
};

export class BareBuilder {
  readonly #command: readonly string[];
  readonly #root: string;
  readonly #folder: string;
  readonly #built = new Set<string>();

  private constructor(command: readonly string[], root: string, folder: string) {
    this.#command = command;
    this.#root = root;
    this.#folder = folder;
  }

  static async of(root: string, folder: string): Promise<BareBuilder> {
    const { compiler, because } = { because: "", ...(await findCompiler({ searchFrom: [root] })) };
    if (compiler?.kind !== "zig") throw new Error(because || "the programs are built with zig");
    const flags =
      "--target=riscv32-freestanding-none -O2 -ffreestanding -fno-sanitize=all -fno-builtin -mno-relax -mcmodel=medany -g0";
    return new BareBuilder([...compiler.cc, ...flags.split(" ")], root, folder);
  }

  /** The program with one of the start files, and its work done so many times. */
  build(name: string, start: string, count: number): string {
    const output = join(this.#folder, `${name}-${start}-${count}.elf`);
    if (this.#built.has(output)) return output;
    const object = join(this.#folder, `${name}.o`);
    const hasFloats = (FLOAT_PROGRAMS as readonly string[]).includes(name);
    const flags = hasFloats ? HARDWARE : SOFTWARE;
    const programs = join(this.#root, "bench/programs");
    if (!this.#built.has(object)) {
      const source =
        name === "many-functions" ? this.#manyFunctions() : join(programs, `${name}.c`);
      this.#run([...flags, "-I", programs, "-c", source, "-o", object]);
      this.#built.add(object);
    }
    const begin = join(this.#folder, `${start}.o`);
    const include = join(this.#root, "libos/include");
    this.#run([
      ...flags,
      `-DCOUNT=${count}`,
      "-I",
      include,
      "-c",
      join(programs, "start", `${start}.S`),
      "-o",
      begin,
    ]);
    const script = join(this.#folder, `${start}.ld`);
    writeFileSync(script, linkerScript(ORIGIN[start]!));
    // The flags also here: zig links its own runtime, whose ABI must be that of the objects.
    this.#run([...flags, "-nostdlib", "-static", "-T", script, begin, object, "-o", output]);
    this.#built.add(output);
    return output;
  }

  /** Functions of some dozens of instructions, no two the same, each called once in a round. */
  #manyFunctions(): string {
    const lines = ['#include "work.h"', "static u32 memory[1024];"];
    for (let i = 0; i < FUNCTIONS; i++) {
      lines.push(
        `NOINLINE static u32 f${i}(u32 x) { u32 y = x ^ ${i * 7919}u; for (u32 i = 0; i < ${1 + (i % 4)}; i++) { y += memory[(y + ${i}) % 1024]; ` +
          `y ^= y << ${1 + (i % 13)}; if (y & ${1 << (i % 9)}) y -= x * ${i % 91}u; else memory[(x + i) % 1024] = y; } return y + ${i}u; }`,
      );
    }
    lines.push("u32 work(u32 n) { u32 x = 1; while (n-- > 0) {");
    for (let i = 0; i < FUNCTIONS; i++) lines.push(`x += f${i}(x);`);
    lines.push("} return x; }");
    const path = join(this.#folder, "many-functions.c");
    writeFileSync(path, lines.join("\n"));
    return path;
  }

  #run(args: readonly string[]): void {
    const [command = "", ...options] = this.#command;
    const { status, stderr } = spawnSync(command, [...options, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  }
}

const linkerScript = (origin: number) => `ENTRY(_start)
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); }
SECTIONS {
  . = ${origin};
  .text : { *(.text*) } :text
  .rodata : { *(.rodata* .srodata*) } :text
  . = ALIGN(4096);
  .data : { *(.count) *(.data* .sdata*) } :data
  .bss : { *(.bss* .sbss* COMMON) } :data
}
`;
