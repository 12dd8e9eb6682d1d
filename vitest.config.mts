import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*.test.ts", "*/**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "out/**", "extension/ui-test/**"],
    testTimeout: 30_000,
  },
});
