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
  // Guard by guard; VS Code ignores a key for a moment after a stop, until it knows of it.
  const guards = async () => (await vscode.variables()).join("\n");
  let passed = await guards();
  for (let presses = 0; presses < 20 && !/weakened/.test(passed); presses += 1) {
    await vscode.press("F11");
    const before = passed;
    for (let looks = 0; looks < 20 && passed === before; looks += 1) {
      await vscode.page.waitForTimeout(100);
      passed = await guards();
    }
    await expect.poll(async () => (await vscode.callStack())[0]).toBe("kernel: bind");
  }
  expect(passed).toMatch(/weakened/);
  await vscode.screenshot("walk-2-weakened-guard");

  const isInKernel = async () => (await vscode.callStack())[0] === "kernel: bind";
  await expect
    .poll(
      async () => {
        if (await isInKernel()) await vscode.press("Shift+F11");
        return isInKernel();
      },
      { interval: 2_000 },
    )
    .toBe(false);
  await expect
    .poll(() => vscode.debugConsole())
    .toSatisfy((lines: string[]) => lines.some((line) => /has broken what the kernel/.test(line)));
  await vscode.screenshot("walk-3-broken");
  expect(await vscode.notifications("error")).toEqual([]);
});
