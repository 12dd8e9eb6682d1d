/** What every webview is tried with: themes, and what axe finds. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";
import { expect } from "vitest";
import type { VSCodePage } from "./vscode-page.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The document of the webview that has such an element; several may be open. */
export async function frameWith(vscode: VSCodePage, selector: string): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(async () => {
      for (const frame of vscode.page.frames()) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) found = frame;
      }
      return found !== undefined;
    })
    .toBe(true);
  return found!;
}

/** What axe says of a document: rules with what breaks them. */
export async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(await readFile(AXE, "utf8"));
  return frame.evaluate(`axe.run(document).then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`) as Promise<
    string[]
  >;
}

const KINDS: Readonly<Record<string, string>> = {
  "Light Modern": "vscode-light",
  "Dark Modern": "vscode-dark",
  "Light High Contrast": "vscode-high-contrast-light",
  "Dark High Contrast": "vscode-high-contrast",
};

/** Chooses one of these color themes, and waits until every webview has its colors. */
export async function theme(vscode: VSCodePage, name: string): Promise<void> {
  await vscode.commandWith("Preferences: Color Theme", name);
  const kinds = async () => {
    const bodies = vscode.page.frames().map((frame) =>
      frame
        .locator("body[data-vscode-theme-kind]")
        .getAttribute("data-vscode-theme-kind", { timeout: 200 })
        .catch(() => undefined),
    );
    return [...new Set(await Promise.all(bodies))].filter((kind) => kind !== undefined);
  };
  await expect
    .poll(kinds)
    .toSatisfy((found: string[]) => found.every((kind) => kind === KINDS[name]));
  await vscode.page.waitForTimeout(500);
}
