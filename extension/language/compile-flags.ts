/** The files that tell clangd and cpptools how guests are compiled. */
import { join } from "node:path";
import { compileFlags, includeFolders } from "#debug-adapter";

/** One a line, as clangd reads `compile_flags.txt`; `-std` is what the compilers take when nobody says it. */
export function clangFlags(root: string): string[] {
  const libosFolder = join(root, "libos");
  const clang = { kind: "clang", name: "clang", cc: ["clang"], link: [], archive: [] } as const;
  const flags = compileFlags(clang, {
    libosFolder,
    includeFolders: includeFolders(libosFolder),
    optimisation: "0",
    floatingPoint: "software",
  });
  return ["-std=gnu17", ...flags.filter((flag) => !/^-(?:g|O|ffile-prefix-map)/.test(flag))];
}

export const flagsFile = (root: string): string => `${clangFlags(root).join("\n")}\n`;

/** `.vscode/c_cpp_properties.json`: cpptools has no mode for RISC-V, so it is told the width and the macros of a 32-bit one. */
export function propertiesFile(root: string): string {
  const configuration = {
    name: OURS,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code.
    includePath: ["${workspaceFolder}/**", ...includeFolders(join(root, "libos"))],
    defines: ["__riscv=1", "__riscv_xlen=32", "__ILP32__=1"],
    compilerPath: "",
    cStandard: "gnu17",
    intelliSenseMode: "linux-clang-x86",
  };
  return `${JSON.stringify({ configurations: [configuration], version: 4 }, null, 2)}\n`;
}

const OURS = "Exoscope";

/** Whether a file was written by us, so that it may be written anew: the extension's folder has its version in its name. */
export function isOurs(name: string, text: string): boolean {
  if (!name.endsWith(".json")) return text.startsWith("-std=gnu17\n--target=riscv32-unknown-elf\n");
  try {
    const { configurations } = JSON.parse(text) as { configurations?: { name?: string }[] };
    return configurations?.length === 1 && configurations[0]?.name === OURS;
  } catch {
    return false;
  }
}
