/** The trees of slices, bindings and the disk in a real VS Code, and their links: filter, copy, to a source, to an event, who reaches it. */
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

const BOUND = "0x60000000";
const rows = async (view: string) => (await vscode.treeRows(view)).join("\n");

/** The line that the cursor is on in the active editor. */
const cursorLine = async () =>
  Number(
    await vscode.page
      .locator(".editor-group-container.active .line-numbers.active-line-number")
      .first()
      .textContent(),
  );

/** What stands at the ends of the lines in sight: style sheets write it. */
const lineEnds = () =>
  vscode.page.evaluate(`[...document.querySelectorAll(".editor-group-container.active .view-lines span")]
    .map((span) => getComputedStyle(span, "::after").content)
    .filter((content) => content !== "none" && content !== "normal")`) as Promise<string[]>;

test("at a stop of share the new trees say who owns time and what is bound, and lead to where it was made", async () => {
  const read = await findMarker([join(vscode.workspace, "share")], "//@step read");
  const bind = await findMarker([join(vscode.workspace, "share")], "//@step bind");
  await vscode.openFile(read.path);
  await vscode.setBreakpoint(read.line);
  await vscode.openFile("share.exo.json");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
  await vscode.openFile(read.path);
  await expect.poll(lineEnds).toContainEqual(expect.stringMatching(/bind refused: EXO_E_RIGHTS, /));
  await vscode.screenshot("trees-1-refused-in-the-editor");
  await vscode.openFile(join(vscode.extensionFolder, "libos/upcall.S"));
  await vscode.goToLine(25);
  await expect
    .poll(lineEnds)
    .toContainEqual(expect.stringMatching(/upcall enters borrower here: .*every other exception/));
  await vscode.screenshot("trees-1b-entry-in-the-editor");

  await vscode.showView("Time Slices");
  await expect.poll(() => rows("Time Slices")).toMatch(/Position \d+ of \d+ .*borrower .* runs/);
  expect(await rows("Time Slices")).toMatch(/^\d+: borrower \(env \d+\).*slot \d+/m);
  await vscode.screenshot("trees-2-slices");
  await vscode.showView("Disk Extents");
  await expect.poll(() => rows("Disk Extents")).toBe("This machine has no disk");
  await vscode.showView("Bindings");
  // The environment in focus is unfolded.
  await expect
    .poll(() => rows("Bindings"))
    .toMatch(new RegExp(`^  ${BOUND} .*r--.*slot \\d+`, "m"));
  expect(await rows("Bindings")).toMatch(/^TLB \d+ of \d+ entries/m);
  await vscode.screenshot("trees-3-bindings");

  await vscode.commandWith("Exoscope: Filter Bindings...", BOUND);
  await expect.poll(() => rows("Bindings")).not.toMatch(/^owner/m);
  expect(await rows("Bindings")).toMatch(new RegExp(`^borrower .*\\n  ${BOUND}`, "m"));
  await vscode.screenshot("trees-4-filtered");

  await vscode.clickRow("Bindings", BOUND);
  await vscode.press("F12");
  await expect.poll(cursorLine).toBe(bind.line);
  await vscode.screenshot("trees-5-source");

  await vscode.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await vscode.clickRow("Bindings", BOUND);
  await vscode.press("Control+C");
  const clipboard = () => vscode.page.evaluate("navigator.clipboard.readText()");
  await expect.poll(clipboard).toMatch(new RegExp(`^${BOUND}  page 0x[0-9a-f]+ · r--`));

  await vscode.clickRow("Bindings", BOUND);
  await vscode.press("Shift+Alt+W");
  await expect.poll(() => rows("History")).toMatch(/environments? can reach .*: .*owner/);
  await vscode.screenshot("trees-6-who-can-reach");

  await vscode.clickRow("Bindings", BOUND);
  await vscode.press("F9");
  await expect
    .poll(async () => (await vscode.debugConsole()).join("\n"))
    .toMatch(/Watched objects of the kernel: the binding of 0x60000000 of borrower/);
  await vscode.press("F5");
  // The owner revokes what it lent: the binding goes, and is shown as gone.
  await expect.poll(() => rows("Bindings")).toMatch(new RegExp(`${BOUND} gone · borrower`));
  await vscode.commandWith("Exoscope: Filter Bindings...", "gone");
  await vscode.screenshot("trees-7-gone");

  // The owner's own binding of that page was made long before.
  await vscode.commandWith("Exoscope: Filter Bindings...", "0x50000000");
  await expect.poll(() => rows("Bindings")).not.toMatch(/gone/);
  await vscode.clickRow("Bindings", "0x50000000");
  await vscode.press("Control+F12");
  await expect.poll(() => rows("History")).toMatch(/in the past/);
  await vscode.screenshot("trees-8-event");
  await vscode.commandWith("Exoscope: Filter Bindings...", "");
  await expect.poll(() => rows("Bindings")).toMatch(/^TLB /m);
});
