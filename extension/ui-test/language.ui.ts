/** What a user of the editor sees of the language server: a hover, a completion, and a squiggle that comes and goes. */
import { expect, test } from "vitest";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

/** Waits until the list of suggestions has one; it is asked for, since typing alone opens it only after a pause. */
async function isSuggested(text: string): Promise<void> {
  const row = vscode.page.locator(".suggest-widget .monaco-list-row", { hasText: text }).first();
  await expect
    .poll(
      async () => {
        if (!(await row.isVisible())) await vscode.press("Control+Space");
        return row.isVisible();
      },
      { timeout: 60_000, interval: 1500 },
    )
    .toBe(true);
}

test("a kernel call has a hover and is completed, and a typo is underlined while it is there", async () => {
  const { page } = vscode;
  const editor = page.locator(".monaco-editor[role=code]").first();
  await vscode.openFile("batch.c");
  await vscode.goToLine(1);
  await vscode.press("Control+Home");

  // A call is typed after the includes.
  await vscode.press("Control+End");
  await vscode.type("\nint typed(void) { return exo_page_fre");
  await isSuggested("exo_page_free");
  await vscode.screenshot("language-1-completion");
  await vscode.press("Enter");
  await expect.poll(() => editor.textContent()).toContain("exo_page_free");

  // It is not finished: the compiler says so without a save.
  await expect
    .poll(() => page.locator(".squiggly-error").count(), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await vscode.screenshot("language-2-squiggle");
  await vscode.type("(0, 1); ");
  await vscode.press("End");
  // The editor may have closed the brace by itself.
  const line = page.locator(".view-line", { hasText: "int typed" });
  if (!(await line.textContent())?.includes("}")) await vscode.type("}");
  await expect.poll(() => page.locator(".squiggly-error").count(), { timeout: 60_000 }).toBe(0);

  await page
    .locator(".view-line span", { hasText: /^exo_page_free$/ })
    .last()
    .hover();
  const hover = page.locator(".monaco-hover", { hasText: "Kernel call 0x21" });
  await expect.poll(() => hover.first().isVisible()).toBe(true);
  expect(await hover.first().textContent()).toContain("Frees a page by its owner");
  await vscode.screenshot("language-3-hover");
});

test("a scenario's programs are completed from the folder, and are links to their sources", async () => {
  const { page } = vscode;
  await vscode.openFile("share.exo.json");
  await vscode.goToLine(3);
  await vscode.press("End");
  // Behind the name in the line: { "name": "borrower", "program": "borrower.c", ...
  const link = page.locator(".detected-link", { hasText: "borrower.c" });
  await expect.poll(() => link.first().isVisible(), { timeout: 30_000 }).toBe(true);
  await vscode.goToLine(4);
  await vscode.press("End");
  await vscode.type(',\n{ "name": "third", "program": "bor');
  await isSuggested("borrower.c");
  await vscode.screenshot("language-4-scenario");
  await vscode.press("Escape");
});
