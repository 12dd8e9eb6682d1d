/** The timeline in a real VS Code: read, travelled by keys, crashed, and looked at in four themes. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { frameWith, violations } from "./appearance.ts";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

const picture = () => frameWith(vscode, ".plot");
const textOf = async (selector: string) =>
  (await (await picture()).locator(selector).textContent()) ?? "";
const said = () => textOf(".said");
const where = async () =>
  (await vscode.statusBar()).find((text) => /\bstep [\d,]+/.test(text)) ?? "";
const focusPlot = async () => (await picture()).locator(".plot").focus();

async function opened(): Promise<void> {
  await vscode.command("Show Timeline");
  await (await picture()).locator(".event").first().waitFor();
  await focusPlot();
  await expect.poll(said).toMatch(/You are at step/);
}

async function end(): Promise<void> {
  await vscode.command("Debug: Stop");
  await expect.poll(async () => (await vscode.callStack()).length).toBe(0);
  await vscode.command("View: Close All Editors");
}

/** Runs a scenario to a marked line. */
async function stopAt(
  folder: string,
  scenario: string,
  marker: string,
  file?: string,
): Promise<void> {
  const line = await findMarker([join(vscode.workspace, folder)], marker, file);
  await vscode.openFile(line.path);
  await vscode.setBreakpoint(line.line);
  await vscode.openFile(scenario);
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
}

test("ping-pong: events are chosen and travelled to by keys, and the twin says the same", async () => {
  const call = await findMarker([join(vscode.workspace, "ping-pong")], "//@step call");
  await vscode.openFile(call.path);
  await vscode.setBreakpoint(call.line);
  await vscode.openFile("ping-pong.exo.json");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames[0] === "ping");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames[0] === "ping");
  await opened();
  await vscode.screenshot("timeline-1-ping-pong");
  const before = await where();

  await vscode.press(",");
  await expect.poll(said).toMatch(/^Event [\d,]+ at step/);
  for (let i = 0; i < 40 && !/synchronous transfer|reply/.test(await said()); i += 1) {
    const old = await said();
    await vscode.press(",");
    await expect.poll(said).not.toBe(old);
  }
  const event = await said();
  expect(event).toMatch(/synchronous transfer|reply/);
  const step = /at step ([\d,]+)/.exec(event)?.[1] ?? "";
  await vscode.press("[");
  await vscode.press("Enter");
  await expect.poll(where).toContain(`step ${step}`);
  expect(await where()).not.toBe(before);
  await expect.poll(said).toMatch(new RegExp(`You are at step ${step}`));
  // What lies ahead is still drawn, and the marker B measures to it.
  await focusPlot();
  await vscode.press("End");
  await vscode.press("]");
  await expect.poll(() => textOf(".delta")).toMatch(/A to B: [\d,]+ steps/);
  for (let i = 0; i < 4; i += 1) await vscode.press("w");
  await vscode.screenshot("timeline-2-zoomed");
  await vscode.screenshotOfEditors("docs-timeline");
  expect(await violations(await picture())).toEqual([]);

  await focusPlot();
  await vscode.press("t");
  await vscode.page.getByText("Steps by environment").first().waitFor();
  await vscode.page
    .getByText(/A.client.calls.B.server/)
    .first()
    .waitFor();
  await vscode.screenshot("timeline-3-twin");
  await end();
});

test("slices are drawn in light, dark and high contrast, without what axe finds", async () => {
  await stopAt("slices", "slices.exo.json", "%s (%s): %d slices");
  await opened();
  // It is this program that is looked at, and none that was there before.
  await expect.poll(() => textOf(".events")).toMatch(/anna|bert|carl/);
  for (const theme of [
    "Light Modern",
    "Dark Modern",
    "Dark High Contrast",
    "Light High Contrast",
  ]) {
    await vscode.commandWith("Preferences: Color Theme", theme);
    await vscode.page.waitForTimeout(500);
    await vscode.screenshot(`timeline-4-slices-${theme.toLowerCase().replaceAll(" ", "-")}`);
    expect(await violations(await picture()), theme).toEqual([]);
  }
  await end();
});

test("bank: each disk write is a moment at which the power may fail, and one leads to its branch", async () => {
  await stopAt("bank", "wal-bug.exo.json", "//@step clear");
  await opened();
  await (await picture()).getByRole("button", { name: "Try Every Crash" }).click();
  const slider = (await picture()).getByRole("slider");
  await expect.poll(() => slider.getAttribute("max")).toBe("6");
  await slider.focus();
  await vscode.press("ArrowRight");
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toMatch(/After 1 of 6 writes/);
  await vscode.screenshot("timeline-5-crashes");
  await vscode.press("Enter");
  await expect.poll(where).toMatch(/crash before write 2/);
  // The boot in which the power failed and the one after it have lanes of their own, in the text as well.
  await vscode.screenshot("timeline-6-crashed");
  await vscode.screenshotOfEditors("docs-timeline-boots");
  expect(await violations(await picture())).toEqual([]);
  await focusPlot();
  await vscode.press("t");
  await vscode.page
    .getByText(/A¹.bank,.boot.1/)
    .first()
    .waitFor();
  await vscode.page
    .getByText(/A².bank,.boot.2/)
    .first()
    .waitFor();
  await end();
});

test("threads: each thread of a libOS has a lane, and the cursor and the list go together", async () => {
  await stopAt("threads", "threads.exo.json", "all three are done", "threads.c");
  await opened();
  await vscode.press("Home");
  await expect.poll(said).toMatch(/^Step 0\./);
  const chosen = () => textOf(".event.chosen");
  const first = await chosen();
  await vscode.press("d");
  for (let i = 0; i < 30; i += 1) await vscode.press("ArrowRight");
  await expect.poll(chosen).not.toBe(first);
  const stepIn = (text: string) => Number(/([\d,]+)/.exec(text)?.[1]?.replaceAll(",", ""));
  expect(stepIn(await chosen())).toBeLessThanOrEqual(stepIn(await said()));
  // To the lanes of the threads, whose names are said.
  await vscode.press("PageDown");
  await expect.poll(said).toMatch(/^Step [\d,]+\. .*(main|reads|touches|computes)/);
  await vscode.press("f");
  await vscode.commandWith("Preferences: Color Theme", "Dark Modern");
  await vscode.page.waitForTimeout(500);
  await vscode.screenshot("timeline-7-threads");
  await vscode.screenshotOfEditors("docs-timeline-threads");
  await end();
});
