// Compiles the programs of test-workspace and the libOS to dist/guests. Does nothing when they are up to date.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "exoscope-guests-"));

async function load(entry) {
  const outfile = join(scratch, `${entry.replaceAll("/", "-")}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    platform: "node",
    format: "esm",
    // jsonc-parser's other form cannot be bundled.
    mainFields: ["module", "main"],
    outfile,
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}

try {
  const { findCompiler } = await load("debug-adapter/compiler/find-compiler.ts");
  const { defaultCacheFolder } = await load("debug-adapter/compiler/cache-folder.ts");
  const { buildPrebuilt } = await load("debug-adapter/compiler/prebuilt.ts");
  const found = await findCompiler({ preferred: "zig", searchFrom: [root] });
  if (found.compiler === undefined) throw new Error(found.because);
  const result = await buildPrebuilt({
    compiler: found.compiler,
    libosFolder: join(root, "libos"),
    workspaceFolder: join(root, "test-workspace"),
    cacheFolder: defaultCacheFolder(),
    outputFolder: join(root, "dist/guests"),
  });
  for (const { source, text } of result.failures) console.error(`${source}:\n${text}\n`);
  if (result.failures.length > 0) process.exitCode = 1;
  console.log(
    result.upToDate
      ? "  dist/guests is up to date"
      : `  dist/guests: ${result.built.length} programs`,
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}
