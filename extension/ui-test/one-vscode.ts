/** One VS Code on the sample workspace for all tests of a file; what it showed when a test failed is kept. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { VSCodePage } from "./vscode-page.ts";

const WORKSPACE = join(import.meta.dirname, "../../test-workspace");

/** Registers the hooks of the calling test file. `opened` is given the page before the first test. */
export function withOneVSCode(opened: (page: VSCodePage) => void): void {
  let vscode: VSCodePage | undefined;

  beforeAll(async () => {
    vscode = await VSCodePage.open({ workspace: WORKSPACE });
    opened(vscode);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await vscode?.keepEvidence(`failed ${task.name}`);
  });

  afterAll(async () => {
    await vscode?.close();
  });
}
