import { defineConfig } from "vitest/config";

// Browser tests: each file starts a VS Code and a Chromium of its own, one after the other on a small machine.
export default defineConfig({
  test: {
    include: ["extension/ui-test/**/*.ui.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
});
