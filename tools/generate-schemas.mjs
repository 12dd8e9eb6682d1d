// Writes the files that are generated from debug-adapter/checks, grading and lessons: schemas for editors.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "exoscope-schemas-"));
try {
  const outfile = join(scratch, "schema.mjs");
  await build({
    entryPoints: [join(root, "debug-adapter/schema-files.ts")],
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
    mainFields: ["module", "main"],
  });
  const { schemaFiles } = await import(pathToFileURL(outfile).href);
  for (const [path, text] of schemaFiles()) await writeFile(join(root, path), text);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
