import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("the Test Explorer runs a grading specification, and Debug goes to the event at which a test fails", async () => {
  const folder = join(vscode.workspace, "grading");
  const spec = JSON.parse(await readFile(join(folder, "share.grade.json"), "utf8"));
  const wrong = { ...spec, scenario: "too-generous.exo.json" };
  await writeFile(join(folder, "generous.grade.json"), JSON.stringify(wrong, undefined, 2));
  await vscode.openFile("generous.grade.json");
  await vscode.command("Testing: Focus on Test Explorer View");
  const rows = () => vscode.treeRows("Test Explorer");
  await expect.poll(rows, { timeout: 60_000 }).toContainEqual(expect.stringContaining("generous"));
  await vscode.screenshot("grading-1-found");

  await vscode.command("Test: Run Tests in Current File");
  const results = () =>
    vscode.page.locator(".test-output-peek-tree .monaco-list-row").allInnerTexts();
  await expect
    .poll(results, { timeout: 120_000 })
    .toContainEqual(
      expect.stringMatching(/'accepted' \(rights rw\) by borrower must never happen/),
    );
  expect(await vscode.page.locator(".test-explorer").textContent()).toContain("3/4");
  await vscode.screenshot("grading-2-failed");

  await vscode.command("Test: Debug Failed Tests");
  await callStackThat(vscode, (frames) => frames.some((frame) => frame.includes("accept")));
  await vscode.screenshot("grading-3-at-the-event");
});
