import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

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
