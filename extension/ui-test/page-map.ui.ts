/** The page map in a real VS Code: by keys and by its twin, in four themes, enlarged, without what axe finds, and fast. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { frameWith, theme, violations } from "./appearance.ts";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

const pictureFrame = () => frameWith(vscode, "#map");

const sentence = async () => (await pictureFrame()).locator("#sentence").textContent();
const legend = async () => (await pictureFrame()).locator("#legend li").allInnerTexts();

test("at a stop of share the map is read by its twin and by keys", async () => {
  const lent = await findMarker([join(vscode.workspace, "share")], "//@step read");
  await vscode.openFile(lent.path);
  await vscode.setBreakpoint(lent.line);
  await vscode.openFile("share.exo.json");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
  await vscode.press("Shift+Alt+M");
  await expect.poll(sentence).toMatch(/^Step [\d,]+: [\d,]+ of 4,096 pages free/);
  await expect
    .poll(legend)
    .toSatisfy((rows: string[]) => rows.some((row) => /A borrower/.test(row)));
  expect((await legend()).join("\n")).toMatch(/B owner[\s\S]*\* launcher[\s\S]*shared/);

  // By keys to the page that is shared.
  const frame = await pictureFrame();
  await frame.locator("#map").focus();
  await vscode.press("Control+Home");
  await expect.poll(sentence).toMatch(/^Page 0x0 · a record of the kernel's/);
  await vscode.press("ArrowDown");
  await expect.poll(sentence).toMatch(/^Page 0x20 /);
  await vscode.press("End");
  await expect.poll(sentence).toMatch(/^Page 0x3f /);
  await vscode.press("Home");
  await frame.locator('#legend [data-key="shared"]').click();
  await frame.locator("#map").focus();
  await vscode.press("n");
  await expect.poll(sentence).toMatch(/shared/);
  // The page that was lent: its owner writes it at 0x50000000.
  for (let i = 0; i < 200 && !/0x50000000 rw-/.test((await sentence()) ?? ""); i += 1)
    await vscode.press("n");
  expect(await sentence()).toMatch(/owner B owner, slot \d+ · .*B owner 0x50000000 rw-/);
  expect(await sentence()).toMatch(/A borrower 0x[0-9a-f]+ r--/);
  await vscode.press("Enter");
  await expect.poll(() => frame.locator("#history li").count()).toBeGreaterThan(2);
  await expect.poll(sentence).toMatch(/history: \d+ events, the last: .*bound/);
  expect(await violations(frame)).toEqual([]);
  await vscode.screenshot("page-map-1-share");
  await frame.locator('#legend [data-key="shared"]').click();

  await vscode.command("Show Page Map as Text");
  const editor = vscode.page.locator(".editor-group-container.active .view-lines");
  await expect.poll(() => editor.textContent()).toMatch(/Page.map\..*free/);
  // Not before the text has the focus: else the map is what is closed.
  await vscode.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
  await vscode.press("Control+W");
});

test("in light and high contrast, and at 300 %, all can be read", async () => {
  await theme(vscode, "Light Modern");
  await expect.poll(legend).not.toEqual([]);
  await vscode.screenshot("page-map-2-light");
  await theme(vscode, "Dark High Contrast");
  await vscode.screenshot("page-map-3-high-contrast");
  expect(await violations(await pictureFrame())).toEqual([]);
  await theme(vscode, "Light High Contrast");
  await vscode.screenshot("page-map-3-high-contrast-light");
  expect(await violations(await pictureFrame())).toEqual([]);
  await theme(vscode, "Dark Modern");
  await vscode.screenshot("page-map-4-dark");
  const frame = await pictureFrame();
  await frame.evaluate(`document.documentElement.style.zoom = "3"`);
  await vscode.page.waitForTimeout(500);
  await vscode.screenshot("page-map-5-zoom-300");
  await frame.evaluate(`document.documentElement.style.zoom = ""`);
});

test("an address space is the second mode, and keeps when the map was hidden", async () => {
  const frame = await pictureFrame();
  await frame.evaluate(`(() => {
    const mode = document.getElementById("mode");
    mode.value = "follow";
    mode.dispatchEvent(new Event("change"));
  })()`);
  await frame.locator("#map").focus();
  await expect.poll(sentence).toMatch(/^A borrower 0x[0-9a-f]+ [rwx-]{3}/);
  await vscode.screenshot("page-map-6-address-space");
  await vscode.command("Show Page Map as Text");
  await vscode.press("Shift+Alt+M");
  const again = await pictureFrame();
  await again.locator("#map").focus();
  await expect.poll(sentence).toMatch(/^A borrower 0x/);
  await again.evaluate(`(() => {
    const mode = document.getElementById("mode");
    mode.value = "physical";
    mode.dispatchEvent(new Event("change"));
  })()`);
});

const rowThat = (matches: RegExp) => (rows: string[]) => rows.some((row) => matches.test(row));

test("a file that is opened while the map has the focus opens in the code's group, and the map stays", async () => {
  await (await pictureFrame()).locator("#map").focus();
  await vscode.openFile("owner.c");
  const groups = vscode.page.locator(".editor-group-container");
  await expect.poll(() => groups.count()).toBe(2);
  expect(await groups.nth(0).locator(".tab.active").getAttribute("data-resource-name")).toBe(
    "owner.c",
  );
  expect(await groups.nth(1).locator(".tab").allTextContents()).toEqual([
    expect.stringMatching(/Page Map/),
  ]);
});

test("from the page with the cursor a key leads to the line that granted it", async () => {
  const frame = await pictureFrame();
  const shared = frame.locator('#legend [data-key="shared"]');
  await shared.click();
  await frame.locator("#map").focus();
  await vscode.press("Control+Home");
  for (let i = 0; i < 200 && !/0x50000000 rw-/.test((await sentence()) ?? ""); i += 1) {
    await vscode.press("n");
  }
  await vscode.press("Shift+Alt+O");
  const code = vscode.page.locator(".editor-group-container").nth(0);
  await expect
    .poll(() => code.locator(".tab.active").getAttribute("data-resource-name"))
    .toBe("borrower.c");
  const accept = await findMarker([join(vscode.workspace, "share")], "//@step accept");
  await expect
    .poll(async () => (await vscode.statusBar()).join(" "))
    .toContain(`Ln ${accept.line},`);
  await shared.click();
});

test("changes are those since a stop that was kept, and a line of a page's history leads to its moment", async () => {
  const frame = await pictureFrame();
  await frame.locator("#keep").click();
  await expect.poll(legend).toSatisfy(rowThat(/which you kept\s+0$/));
  // What was lent is revoked: the borrower's binding goes with its capability.
  const after = await findMarker([join(vscode.workspace, "share")], "//@step after");
  await vscode.openFile(after.path);
  await vscode.setBreakpoint(after.line);
  await vscode.press("F5");
  await expect.poll(legend).toSatisfy(rowThat(/which you kept\s+[1-9]/));
  await frame.locator('#legend [data-key="changed"]').click();
  await frame.locator("#map").focus();
  for (let i = 0; i < 50 && !/0x50000000/.test((await sentence()) ?? ""); i += 1) {
    await vscode.press("n");
  }
  expect(await sentence()).toMatch(
    /^Page 0x[0-9a-f]+ · owner B owner.*changed since step [\d,]+: .*other bindings/,
  );
  expect(await sentence()).not.toMatch(/borrower 0x/);
  await vscode.press("Enter");
  const lines = frame.locator("#history li");
  await expect.poll(() => lines.allInnerTexts()).toSatisfy(rowThat(/revoked|unbound|lost/));
  expect(await violations(frame)).toEqual([]);
  await vscode.screenshot("page-map-7-changes");
  const first = lines.first();
  const step = /^step ([\d,]+)/.exec((await first.textContent()) ?? "")?.[1] ?? "";
  await first.getByRole("button").click();
  await expect.poll(async () => (await vscode.statusBar()).join(" ")).toContain(`step ${step}`);
});

test("the capability graph shows what was lent, by keys along its edges, and without what axe finds", async () => {
  await vscode.press("Shift+Alt+G");
  const frame = await frameWith(vscode, "#graph");
  const count = () => frame.locator("#count").textContent();
  await expect.poll(count).toMatch(/^Step [\d,]+: \d+ capabilities.* shown\.$/);
  const svg = frame.locator("#graph");
  await frame.evaluate(`(() => {
    const kind = document.getElementById("kind");
    kind.value = "page";
    kind.dispatchEvent(new Event("change"));
  })()`);
  await svg.focus();
  await vscode.press("End");
  const said = () => frame.locator("#sentence").textContent();
  await expect.poll(said).toMatch(/^Slot \d+ of . \w+: page 0x/);
  await vscode.press("ArrowLeft");
  await expect.poll(said).toMatch(/derived from it/);
  await vscode.press("Enter");
  expect(await frame.locator("#actions li").count()).toBe(5);
  expect(await violations(frame)).toEqual([]);
  await vscode.screenshot("capability-graph-1-dark");
  await vscode.screenshotOfEditors("docs-capability-graph");
  await theme(vscode, "Light Modern");
  await vscode.screenshot("capability-graph-2-light");
  await theme(vscode, "Dark High Contrast");
  await vscode.screenshot("capability-graph-3-high-contrast");
  await theme(vscode, "Dark Modern");
  // A second picture is a tab beside the first: neither takes the code's place, nor a third column.
  expect(await vscode.page.locator(".editor-group-container").count()).toBe(2);
  await vscode.press("Shift+F5");
  await expect.poll(() => vscode.isDebugging()).toBe(false);
});

test("a page that its libOS gives back when it is asked is seen to go", async () => {
  const folder = [join(vscode.workspace, "revocation")];
  const asked = await findMarker(folder, "//@step answer");
  const end = await findMarker(folder, "//@step end", "greedy.c");
  await vscode.openFile(asked.path);
  await vscode.setBreakpoint(asked.line);
  await vscode.openFile("polite.exo.json");
  await vscode.press("F5");
  await expect.poll(() => vscode.isStopped()).toBe(true);
  await vscode.press("Shift+Alt+M");
  const frame = await pictureFrame();
  await expect.poll(legend).toSatisfy(rowThat(/A greedy/));
  const owned = async () =>
    Number(/A greedy\s+([\d,]+)/.exec((await legend()).join("\n"))?.[1]?.replace(",", "") ?? 0);
  await expect.poll(owned).toBeGreaterThan(100);
  const before = await owned();
  await frame.locator("#keep").click();
  await expect.poll(legend).toSatisfy(rowThat(/which you kept\s+0$/));
  await vscode.openFile(end.path);
  await vscode.setBreakpoint(end.line);
  for (let i = 0; i < 12 && (await owned()) >= before; i += 1) {
    const said = await sentence();
    await vscode.press("F5");
    await expect.poll(sentence).not.toBe(said);
    await expect.poll(() => vscode.isStopped()).toBe(true);
  }
  expect(await owned()).toBeLessThan(before);
  await frame.locator('#legend [data-key="changed"]').click();
  await frame.locator("#map").focus();
  await vscode.press("Control+Home");
  for (let i = 0; i < 150 && !/was A greedy's/.test((await sentence()) ?? ""); i += 1) {
    await vscode.press("n");
  }
  expect(await sentence()).toMatch(/changed since step [\d,]+: was A greedy's/);
  await vscode.screenshot("page-map-8-revocation");
  await vscode.screenshotOfEditors("docs-page-map-changes");
  await vscode.press("Shift+F5");
  await expect.poll(() => vscode.isDebugging()).toBe(false);
});
