import { readFile } from "node:fs/promises";
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

const place = async () => {
  const line = await vscode.markedLine();
  return `${line?.file}:${line?.line}`;
};

/** The status bar's words about the history. */
const where = async () =>
  (await vscode.statusBar()).find((text) => /\bstep [\d,]+/.test(text)) ?? "";

test("a handler is walked back, the past is asked, and a change there begins a branch", async () => {
  const pager = await findMarker([vscode.workspace], "//@step pager", "page-fault.c");
  await vscode.openFile("page-fault.c");
  await vscode.setBreakpoint(pager.line);
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
  await expect.poll(place).toBe(`page-fault.c:${pager.line}`);
  await expect.poll(where).toMatch(/step [\d,]+, main$|step [\d,]+ · main$/);

  await vscode.press("F10");
  await expect.poll(place).toBe(`page-fault.c:${pager.line + 1}`);
  // Back over, by the key that mirrors F10.
  await vscode.press("Alt+F10");
  await expect.poll(place).toBe(`page-fault.c:${pager.line}`);
  await expect.poll(where).toMatch(/in the past/);
  await vscode.screenshot("history-1-stepped-back");

  // Back out of the handler: to the store in main that the upcall interrupted.
  await vscode.command("Step Back Out");
  await callStackThat(vscode, (frames) => frames[0] === "main");
  const text = await readFile(join(vscode.workspace, "page-fault.c"), "utf8");
  const store = { line: text.split("\n").findIndex((each) => /\/\/@step store/.test(each)) + 1 };
  await expect.poll(place).toBe(`page-fault.c:${store.line}`);

  await vscode.commandWith("Exoscope: Set Mark...", "before the store");
  await vscode.showView("History");
  await expect
    .poll(() => vscode.treeRows("History"))
    .toSatisfy((rows: string[]) => rows.some((row) => row.includes("before the store")));
  await vscode.screenshot("history-2-mark");

  await vscode.press("F5");
  await expect.poll(place).toBe(`page-fault.c:${pager.line}`);
  await vscode.commandWith("Exoscope: Who Changed This Last", "faults");
  await expect
    .poll(() => vscode.treeRows("History"))
    .toSatisfy((rows: string[]) => rows.some((row) => /faults .*changed from 0 to 1/.test(row)));
  await vscode.screenshot("history-3-answer");

  await vscode.commandWith("Exoscope: Go to Mark...", "before the store");
  await expect.poll(place).toBe(`page-fault.c:${store.line}`);
  await vscode.command("Focus on Debug Console View");
  await vscode.page.keyboard.type("before = 9");
  await vscode.press("Enter");
  await expect.poll(where).toMatch(/branch 2.*altered/);
  await vscode.showView("History");
  await expect
    .poll(() => vscode.treeRows("History"))
    .toSatisfy((rows: string[]) => rows.some((row) => row.includes("branch 2")));
  await vscode.screenshot("history-4-branch");
  // What the console cannot evaluate is said there.
  await vscode.command("Focus on Debug Console View");
  await vscode.page.keyboard.type("no_such_name");
  await vscode.press("Enter");
  await vscode.page.getByText("There is no 'no_such_name'").first().waitFor();
  // Nothing of all that was a mistake that anyone is told of.
  expect(await vscode.notifications("error")).toEqual([]);
});
