import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SHELL_KEYS } from "../../debug-adapter/testing/terminal.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

/** So many the terminal has at least, when it has scrolled. */
const ROWS = 8;

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("what is typed at the shell shows in the terminal as in its transcript", async () => {
  const golden = await readFile(
    join(import.meta.dirname, "../../libos/v6/golden/shell.txt"),
    "utf8",
  );
  await vscode.openFile("v6.exo.json");
  await vscode.press("F5");
  await expect.poll(() => vscode.terminalText()).toMatch(/^\s*\$$/);
  await vscode.command("Focus on Terminal View");

  // The terminal shows the end of what there was: so much of the golden as there is by then.
  let at = 1;
  const shows = async (part: string) => {
    const end = golden.indexOf(part, at);
    expect(end, part).toBeGreaterThan(0);
    at = end + part.length;
    const text = golden.slice(0, at).trimEnd();
    await expect
      .poll(async () => {
        const shown = await vscode.terminalText();
        const isEnd = text.endsWith(`\n${shown}`) && shown.split("\n").length >= ROWS;
        return shown === text || isEnd ? "as the transcript" : shown;
      })
      .toBe("as the transcript");
  };
  for (const { keys, until } of SHELL_KEYS) {
    await vscode.type(keys.replaceAll("\u0003", "").replaceAll("\u0004", ""));
    if (keys.endsWith("\u0003")) await vscode.press("Control+C");
    if (keys.endsWith("\u0004")) await vscode.press("Control+D");
    await shows(until);
  }
  expect(golden.slice(at).trim()).toBe("");
  await vscode.screenshot("v6-4-transcript");
});
