// Bundles the entry points: the extension, the stand-alone adapter and the command line; and the kernel's source for the debugger.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { readKernelSource } from "./tools/kernel-source.mjs";

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  sourcemap: true,
  // jsonc-parser's "main" is UMD, whose inner requires a bundler cannot follow.
  mainFields: ["module", "main"],
  logLevel: "info",
  // Only the package's own "imports" map; the editor's module is the host's.
  external: ["vscode"],
};

const entries = {
  "dist/extension.js": "extension/extension.ts",
  "dist/language-client.js": "extension/language/client.ts",
  "dist/language-server.js": "extension/language/server.ts",
  "dist/debug-adapter.js": "debug-adapter/main.ts",
  "dist/exo.js": "debug-adapter/exo.ts",
  "dist/exo-main.js": "debug-adapter/cli/main.ts",
  "dist/bench.js": "bench/index.ts",
};

for (const [outfile, entry] of Object.entries(entries)) {
  await build({ ...common, entryPoints: [entry], outfile });
}

// The pages of the pictures: extension/pictures/<name>/main.ts, with the style sheets that it imports beside it.
const pictures = readdirSync("extension/pictures", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ out: name, in: `extension/pictures/${name}/main.ts` }))
  .filter((entry) => existsSync(entry.in));
await build({
  bundle: true,
  platform: "browser",
  target: "chrome120",
  format: "iife",
  minify: true,
  sourcemap: true,
  logLevel: "info",
  entryPoints: pictures,
  outdir: "dist/pictures",
});

writeFileSync("dist/kernel-source.json", JSON.stringify(readKernelSource()));
