/** Floating point in the machine, as launch.json chooses it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

const PROGRAM = `#include <stdio.h>
__attribute__((noinline)) double area(double radius, float scale) {
  return scale * 3.14159265358979 * radius * radius;
}
int main(void) {
  for (int i = 1; i <= 3; i++) printf("%d\\n", (int)area(i, 10));
  return 0;
}
`;

const launchJson = (program: string, floatingPoint: string) =>
  JSON.stringify({
    version: "0.2.0",
    configurations: [
      {
        ...{ name: "Circle", type: "exoscope", request: "launch" },
        ...{ program, optimization: "1", floatingPoint },
      },
    ],
  });

test("f-registers are in a scope of their own, and a choice that there is not is said in one sentence", async () => {
  const folder = join(vscode.workspace, ".vscode");
  await mkdir(folder, { recursive: true });
  const program = join(vscode.workspace, "circle.c");
  await writeFile(program, PROGRAM);
  await writeFile(join(folder, "launch.json"), launchJson(program, "hardware"));
  await vscode.openFile("circle.c");
  await vscode.setBreakpoint(3);
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames[0] === "area" && frames.includes("main"));
  await expect.poll(() => vscode.markedLine()).toEqual({ file: "circle.c", line: 3 });
  await vscode.expandTree("Variables", "Arguments");
  await vscode.expandTree("Variables", "Floating-Point Registers");
  await expect
    .poll(() => vscode.variables())
    .toEqual(
      expect.arrayContaining([
        expect.stringMatching(/radius = 1\.0/),
        expect.stringMatching(/scale = 10\.0/),
        expect.stringMatching(/fa0 = 1\.0/),
        expect.stringMatching(/fa1 = 10\.0/),
      ]),
    );
  await vscode.screenshot("floats-1-registers");

  await vscode.press("Shift+F5");
  await expect.poll(() => vscode.isDebugging()).toBe(false);
  await writeFile(join(folder, "launch.json"), launchJson(program, "hardwar"));
  await vscode.press("F5");
  await expect
    .poll(() => vscode.page.locator(".monaco-dialog-box, .notifications-toasts").allInnerTexts())
    .toEqual(
      expect.arrayContaining([expect.stringMatching(/floatingPoint.*"software" or "hardware"/s)]),
    );
  await vscode.screenshot("floats-2-typo");
});
