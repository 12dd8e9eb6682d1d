import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SHELL_KEYS } from "../../debug-adapter/testing/terminal.ts";
import { callStackThat } from "./call-stack.ts";
import { withOneVSCode } from "./one-vscode.ts";
import { findMarker, type VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("a shell runs in the terminal, and a breakpoint in a program that nobody has started yet stops there when the shell does", async () => {
  const entry = await findMarker([join(vscode.workspace, "v6")], "//@step entry");
  await vscode.openFile("ls.c");
  await vscode.setBreakpoint(entry.line);
  await vscode.openFile("v6.exo.json");
  await vscode.press("F5");
  await expect.poll(() => vscode.terminalText()).toMatch(/\$$/);

  await vscode.command("Focus on Terminal View");
  await vscode.type("echo one two | wc > counted; cat counted\n");
  await expect.poll(() => vscode.terminalText()).toMatch(/\n1 2 8\n\$$/);
  await vscode.screenshot("v6-1-shell");

  await vscode.type("ls\n");
  await callStackThat(vscode, (frames) => frames.includes("main") && frames[0] !== "main");
  await expect.poll(() => vscode.markedLine()).toEqual({ file: "ls.c", line: entry.line });
  await expect
    .poll(() => vscode.treeRows("Environments"))
    .toSatisfy((rows: string[]) => rows.some((row) => row.trim().startsWith("ls")));
  await vscode.screenshot("v6-2-stopped-in-ls");

  await vscode.openFile("ls.c");
  await vscode.command("Remove All Breakpoints");
  await vscode.press("F5");
  await expect.poll(() => vscode.terminalText()).toMatch(/counted +2 \d+ 6\n\$$/);
  await vscode.screenshot("v6-3-listed");
});

test("what is typed at the shell shows in the terminal as in its transcript", async () => {
  const golden = await readFile(
    join(import.meta.dirname, "../../libos/v6/golden/shell.txt"),
    "utf8",
  );
  await vscode.press("Shift+F5");
  await expect.poll(() => vscode.isDebugging()).toBe(false);
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
        return shown !== "" && text.endsWith(shown) ? "as the transcript" : shown;
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
