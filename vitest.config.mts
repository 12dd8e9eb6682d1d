import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./vitest.sequence.mts";

export default defineConfig({
  // Only the editor has the module `vscode`; tests of the extension get a stub.
  resolve: {
    alias: {
      vscode: fileURLToPath(new URL("./extension/testing/vscode-stub.ts", import.meta.url)),
    },
  },
  test: {
    include: ["*.test.ts", "*/**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "out/**", "extension/ui-test/**"],
    // Vitest leaves a core free, which on two cores is half of them.
    maxWorkers: availableParallelism(),
    // What is measured is measured elsewhere: on a busy machine a test may take its time. To translate what runs once takes many times as long
    // as to interpret it.
    testTimeout: process.env["EXOSCOPE_ENGINE"] === "forced" ? 300_000 : 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    setupFiles: ["vitest.setup.ts"],
  },
});
