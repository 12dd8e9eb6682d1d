/** The timeline in a real VS Code: read, travelled by keys, crashed, and looked at in three themes and large. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { withOneVSCode } from "./one-vscode.ts";
import { findMarker, type VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The frame of the picture; others may be open. */
async function picture(): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(async () => {
      for (const frame of vscode.page.frames()) {
        const plots = frame.locator(".plot");
        const count = await plots.count().catch(() => 0);
        if (count > 0) found = frame;
      }
      return found !== undefined;
    })
    .toBe(true);
  return found!;
}
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

/** What axe says of the picture's document: rules with what breaks them. */
async function violations(): Promise<string[]> {
  const frame = await picture();
  await frame.evaluate(await readFile(AXE, "utf8"));
  return frame.evaluate(`axe.run(document).then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`) as Promise<
    string[]
  >;
}

/** Runs a scenario to a marked line. */
async function stopAt(folder: string, scenario: string, marker: string): Promise<void> {
  const line = await findMarker([join(vscode.workspace, folder)], marker);
  await vscode.openFile(line.path);
  await vscode.setBreakpoint(line.line);
  await vscode.openFile(scenario);
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
}

test.skip("ping-pong: events are chosen and travelled to by keys, and the twin says the same", async () => {
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
  expect(await violations()).toEqual([]);

  await focusPlot();
  await vscode.press("t");
  await vscode.page.getByText("Steps by environment").first().waitFor();
  await vscode.page
    .getByText(/calls . server|calls A server|calls B server/)
    .first()
    .waitFor();
  await vscode.screenshot("timeline-3-twin");
  await end();
});

test.skip("slices, in light, dark and high contrast, and at zoom 300 %", async () => {
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
    expect(await violations(), theme).toEqual([]);
  }
  await end();
});

test.skip("bank: each disk write is a moment at which the power may fail, and one leads to its branch", async () => {
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
  await vscode.screenshot("timeline-6-crashed");
  expect(await violations()).toEqual([]);
  await end();
});

test.skip("100,000 events of 64 environments are panned and zoomed in under 33 ms a frame, and 1,000 stops leave nothing", async () => {
  await stopAt("ping-pong", "ping-pong.exo.json", "//@step call");
  await opened();
  const frame = await picture();
  const measured = (await frame.evaluate(MEASURE)) as {
    pan: number[];
    zoom: number[];
    heap: number[];
    rows: number;
  };
  const p95 = (times: number[]) =>
    [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)]!;
  console.info(
    `timeline, 100,000 events of 64 environments: pan p95 ${p95(measured.pan).toFixed(1)} ms, zoom p95 ${p95(measured.zoom).toFixed(1)} ms; ` +
      `heap after 100 and 1,000 stops ${measured.heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(" and ")} MiB`,
  );
  await vscode.screenshot("timeline-7-100000");
  expect(p95(measured.pan)).toBeLessThan(33);
  expect(p95(measured.zoom)).toBeLessThan(33);
  expect(measured.heap[1]! - measured.heap[0]!).toBeLessThan(20 * 2 ** 20);
});

/** Runs in the page: a made-up state is given to it as the extension gives one, and each frame is timed. */
const MEASURE = `(async () => {
  const lanes = Array.from({ length: 64 }, (_, i) => ({ environment: 258 + i, index: 2 + i, name: "program " + i,
    isLauncher: false, born: 0, steps: 1000, threads: i % 8 ? [] : [{ id: 1, name: "one" }, { id: 2, name: "two" }] }));
  const bodyAt = (events, now) => {
    const spans = [], upcalls = [], arrows = [], marks = [];
    let step = 0;
    for (let event = 0; event < events; event += 2) {
      const lane = lanes[(event * 7919 >>> 1) % 64], length = 20 + (event * 31) % 400;
      const thread = lane.threads.length ? 1 + event % 2 : 0, end = "EYPB"[(event >> 1) % 4];
      const owner = event % 6 ? lane.environment : lanes[(event + 5) % 64].environment;
      spans.push([lane.environment, thread, step, step + length, owner, end, 0, 0, event, 1, length]);
      if (event % 4 === 0) upcalls.push([lane.environment, 0, step, step + length / 2, event % 3, 1, "page fault", event, 1]);
      if (event % 10 === 0) arrows.push([step, lane.environment, lanes[(event + 9) % 64].environment, event % 20 ? "call" : "reply", event, 1]);
      if (event % 14 === 0) marks.push([step, lane.environment, event % 28 ? "diskWrite" : "packetSent", event % 28 ? event : 0, event, 1]);
      step += length;
    }
    return { step: now, now: { branch: 1, step: now, event: 10 }, branch: 1, first: 0, last: step, from: 0, to: step, resolution: 0,
      firstEvent: 0, endEvent: events, lanes, spans, upcalls, arrows, marks, events: [] };
  };
  const branches = [{ id: 1, name: "main", fork: { branch: 1, step: 0, event: 0 }, end: { branch: 1, step: 0, event: 0 }, isCurrent: true }];
  const give = (timeline) => window.postMessage({ kind: "body", phase: "stopped", body: { timeline, branches } }, "*");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const body = bodyAt(100000, 5000);
  give(body);
  await new Promise((resolve) => setTimeout(resolve, 800));
  const plot = document.querySelector(".plot");
  const key = (key) => plot.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true }));
  const time = async (times, act) => {
    const taken = [];
    await frame();
    let last = performance.now();
    for (let i = 0; i < times; i += 1) {
      act(i);
      await frame();
      const now = performance.now();
      taken.push(now - last);
      last = now;
    }
    return taken;
  };
  key("f");
  const zoom = await time(120, (i) => key(i % 40 < 20 ? "w" : "s"));
  for (let i = 0; i < 4; i += 1) key("w");
  const pan = await time(200, (i) => key(i % 50 < 25 ? "d" : "a"));
  key("f");
  const heap = [];
  const small = bodyAt(4000, 100);
  for (let stop = 1; stop <= 1000; stop += 1) {
    give({ ...structuredClone(small), now: { branch: 1, step: stop * 10, event: stop } });
    await frame();
    if (stop === 100 || stop === 1000) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 500));
      heap.push(performance.memory.usedJSHeapSize);
    }
  }
  give(body);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { pan, zoom, heap, rows: document.querySelectorAll(".event").length };
})()`;
