/** Compiles a C file of a measurement, as F5 does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../debug-adapter/compiler/compile.ts";
import { findCompiler } from "../debug-adapter/compiler/find-compiler.ts";
import type { Optimisation } from "../debug-adapter/compiler/flags.ts";

export async function buildGuestFile(
  root: string,
  source: string,
  folder: string,
  optimisation: Optimisation = "0",
  libos: readonly string[] = [],
): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
  const { compiler, because } = { because: "", ...(await findCompiler({ searchFrom: [root] })) };
  if (compiler === undefined) throw new Error(because);
  const result = await compile({
    compiler,
    sources: [source],
    output: join(folder, "measured.elf"),
    libosFolder: join(root, "libos"),
    cacheFolder: join(folder, "cache"),
    optimisation,
    libos,
  });
  if (!result.ok) throw new Error(result.text);
  return { path: result.output, bytes: readFileSync(result.output) };
}
