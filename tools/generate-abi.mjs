// Writes the files that are generated from exokernel/abi.ts.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "exoscope-abi-"));
try {
  const outfile = join(scratch, "abi-header.mjs");
  await build({
    entryPoints: [join(root, "exokernel/abi-header.ts")],
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
  });
  const { generatedFiles } = await import(pathToFileURL(outfile).href);
  for (const [path, text] of generatedFiles()) await writeFile(join(root, path), text);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
