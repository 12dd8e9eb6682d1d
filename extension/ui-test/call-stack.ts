import { expect, vi } from "vitest";
import type { VSCodePage } from "./vscode-page.ts";

/** Waits for a whole call stack that `accepts`: VS Code shows the innermost frame before it has fetched the others. */
export function callStackThat(
  vscode: VSCodePage,
  accepts: (frames: string[]) => boolean,
): Promise<string[]> {
  return vi.waitFor(
    async () => {
      const frames = await vscode.callStack();
      expect(frames).toSatisfy(accepts);
      return frames;
    },
    { timeout: 60_000, interval: 100 },
  );
}
