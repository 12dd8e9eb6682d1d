/** The flags with which guests are compiled and linked, for each kind of compiler (CONTRACT, "Compiler"). */
import { dirname, join } from "node:path";
import type { Compiler } from "./find-compiler.ts";

export type Optimisation = "0" | "1" | "2" | "3" | "s";

/** Who computes with floating-point numbers: functions of the compiler's own library, or F and D; then they are passed in f-registers, too. */
export type FloatingPoint = "software" | "hardware";

const ARCHITECTURE = {
  software: { cpu: "generic_rv32+m+a+c", march: "rv32imac", abi: "ilp32" },
  hardware: { cpu: "generic_rv32+m+a+f+d+c", march: "rv32imafdc", abi: "ilp32d" },
} as const;

function targetFlags(kind: Compiler["kind"], floatingPoint: FloatingPoint): readonly string[] {
  const { cpu, march, abi } = ARCHITECTURE[floatingPoint];
  switch (kind) {
    case "zig":
      // zig itself adds -ffreestanding and UBSan to what has no operating system and no -O.
      return [
        "--target=riscv32-freestanding-none",
        `-mcpu=${cpu}`,
        ...(floatingPoint === "hardware" ? [`-mabi=${abi}`] : []),
        "-fno-sanitize=undefined",
        "-fspell-checking",
      ];
    case "clang":
      return ["--target=riscv32-unknown-elf", `-march=${march}`, `-mabi=${abi}`, "-mno-relax"];
    case "gcc":
      return [`-march=${march}_zicsr`, `-mabi=${abi}`, "-mno-relax"];
  }
}

const COMMON = [
  "-nostdlib",
  // A hosted main may end without return; no library function is assumed to be what its name says.
  "-fhosted",
  "-fno-builtin",
  "-fno-common",
  // Call frame information for the debugger only, not loaded with the program.
  "-fno-asynchronous-unwind-tables",
  "-fno-unwind-tables",
  "-g",
  "-gdwarf-4",
];

export interface CompileFlags {
  readonly libosFolder: string;
  /** Where headers are looked for, in this order. */
  readonly includeFolders: readonly string[];
  readonly optimisation: Optimisation;
  readonly floatingPoint: FloatingPoint;
  /** Folder to what debug information calls it, longest first. */
  readonly prefixMap?: Readonly<Record<string, string>> | undefined;
}

/** Flags for every source; the caller adds `-c`, the source and the output. */
export function compileFlags(compiler: Compiler, flags: CompileFlags): string[] {
  const { libosFolder, includeFolders, optimisation, floatingPoint, prefixMap = {} } = flags;
  return [
    ...targetFlags(compiler.kind, floatingPoint),
    ...COMMON,
    `-O${optimisation}`,
    "-Wall",
    ...includeFolders.map((folder) => `-I${folder}`),
    // Later maps win.
    ...Object.entries(prefixMap).map(([from, to]) => `-ffile-prefix-map=${from}=${to}`),
    `-ffile-prefix-map=${libosFolder}=exo:/libos`,
    // The compiler's own headers, so that what is shipped names no folder of the machine that built it.
    ...(compiler.kind === "zig"
      ? [`-ffile-prefix-map=${join(dirname(compiler.cc[0] ?? ""), "lib")}=exo:/compiler`]
      : []),
  ];
}

/** The libOS's own sources. */
export const LIBOS_FLAGS: readonly string[] = [
  "-Wextra",
  // Tables of jumps would lie outside the resident sections.
  "-fno-jump-tables",
];

/** All objects of a part are linked, and of them what is needed stays. */
export const PART_FLAGS: readonly string[] = ["-ffunction-sections", "-fdata-sections"];

export interface LinkInputs {
  readonly objects: readonly string[];
  /** Archives of the parts of the libOS that are named: they are linked whole, so that their functions come before the default ones. */
  readonly parts: readonly string[];
  /** The default libOS. */
  readonly libos: string;
  readonly libosFolder: string;
  readonly floatingPoint: FloatingPoint;
}

/** Links objects with the libOS to an executable whose build id is a hash of its contents. */
export function linkCommand(compiler: Compiler, inputs: LinkInputs, output: string): string[] {
  const script = join(inputs.libosFolder, "exo.ld");
  const { objects, parts, libos } = inputs;
  const { march, abi } = ARCHITECTURE[inputs.floatingPoint];
  if (compiler.kind === "gcc") {
    return [
      ...compiler.link,
      // Its libgcc is found by the architecture's plain name.
      `-march=${march}`,
      `-mabi=${abi}`,
      "-nostdlib",
      "-static",
      `-Wl,-T,${script},--gc-sections,--build-id=sha1,--no-warn-rwx-segments`,
      ...objects,
      "-Wl,--whole-archive",
      ...parts,
      "-Wl,--no-whole-archive",
      libos,
      "-lgcc",
      "-o",
      output,
    ];
  }
  return [
    ...compiler.link,
    "-T",
    script,
    "--gc-sections",
    "--build-id=sha1",
    ...objects,
    "--whole-archive",
    ...parts,
    "--no-whole-archive",
    libos,
    "-o",
    output,
  ];
}

/**
 * Links by zig's driver, which adds compiler-rt: what the arithmetic of floating-point numbers needs. Built on first use,
 * which takes seconds, so it is done only for programs that cannot be linked without.
 */
export function linkWithRuntime(
  compiler: Compiler,
  inputs: LinkInputs,
  output: string,
): string[] | undefined {
  if (compiler.kind !== "zig") return undefined;
  return [
    ...compiler.cc,
    ...targetFlags("zig", inputs.floatingPoint),
    "-nostdlib",
    "-g",
    `-Wl,-T,${join(inputs.libosFolder, "exo.ld")}`,
    "-Wl,--build-id=sha1",
    ...inputs.objects,
    "-Wl,--whole-archive",
    ...inputs.parts,
    "-Wl,--no-whole-archive",
    inputs.libos,
    "-o",
    output,
  ];
}
