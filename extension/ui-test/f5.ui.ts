import { basename } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

const UPCALL = /^upcall: store page fault at 0x[0-9a-f]+$/;

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("F5 stops in the pager, the call stack goes on below the upcall in main, and stepping out returns there", async () => {
  const pager = await findMarker([vscode.workspace], "//@step pager", "page-fault.c");
  await vscode.openFile(pager.path);
  await vscode.setBreakpoint(pager.line);
  await vscode.openFile("page-fault.c");
  await vscode.press("F5");

  const stopped = await callStackThat(vscode, (frames) => frames.includes("main"));
  const boundary = stopped.findIndex((frame) => UPCALL.test(frame));
  expect(
    boundary,
    `an upcall below the handler's frames in ${stopped.join(" | ")}`,
  ).toBeGreaterThan(0);
  expect(stopped[boundary + 1]).toBe("main");
  await expect
    .poll(() => vscode.markedLine())
    .toEqual({ file: basename(pager.path), line: pager.line });
  await vscode.screenshot("f5-1-stopped-in-pager");

  for (const tree of ["Environments", "Capabilities", "Physical Pages"]) {
    await expect.poll(() => vscode.treeRows(tree), { message: tree }).not.toEqual([]);
  }
  await vscode.screenshot("f5-2-trees");

  // The handler may have called others before it came to the marked line: each step out leaves at least one of them.
  for (let frames = stopped; frames[0] !== "main"; ) {
    const { length } = frames;
    await vscode.press("Shift+F11");
    frames = await callStackThat(vscode, (now) => now.length < length && now.includes("main"));
  }
  await callStackThat(vscode, (frames) => frames.join() === stopped.slice(boundary + 1).join());
  await vscode.screenshot("f5-3-stepped-out");
});
