import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { withOneVSCode } from "./one-vscode.ts";
import { findMarker, type VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("F11 at a kernel call walks through the guards in the kernel's source, and a weakened guard is marked in red", async () => {
  const steal = await findMarker([join(vscode.workspace, "share")], "//@step steal");
  await vscode.openFile("thief.c");
  await vscode.setBreakpoint(steal.line);
  await vscode.openFile("thief-weakened.exo.json");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames[0] === "main");
  await expect
    .poll(() => vscode.statusBar())
    .toSatisfy((items: string[]) =>
      items.some((text) => /Weakened guard: .rights do not grow/.test(text)),
    );

  await vscode.press("F11");
  await callStackThat(
    vscode,
    (frames) =>
      frames[0] === "kernel: bind" && frames.some((text) => /^kernel call bind from/.test(text)),
  );
  await expect.poll(async () => (await vscode.markedLine())?.file).toBe("guards.ts");
  await vscode.screenshot("walk-1-first-guard");
  for (let i = 0; i < 8; i += 1) {
    await vscode.press("F11");
    await callStackThat(vscode, (frames) => frames[0] === "kernel: bind");
  }
  await expect
    .poll(() => vscode.variables())
    .toSatisfy((rows: string[]) => rows.some((row) => /weakened/.test(row)));
  await vscode.screenshot("walk-2-weakened-guard");

  await vscode.press("Shift+F11");
  await expect
    .poll(() => vscode.debugConsole())
    .toSatisfy((lines: string[]) => lines.some((line) => /has broken what the kernel/.test(line)));
  await vscode.screenshot("walk-3-broken");
  expect(await vscode.notifications("error")).toEqual([]);
});
