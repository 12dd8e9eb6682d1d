/** Plays a lesson in a real VS Code as a student does: reads the panel, answers, follows the code, and goes on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FrameLocator, Locator } from "playwright-core";
import { expect } from "vitest";
import { frameWith } from "./appearance.ts";
import type { VSCodePage } from "./vscode-page.ts";

/** A lesson compiles and runs its program when it is opened, and again at a step that has another one. */
const RUN_PATIENCE = { timeout: 60_000 };

export class LessonPlayer {
  readonly vscode: VSCodePage;
  /** The folder of its sources in the workspace. */
  readonly #folder: string;

  constructor(vscode: VSCodePage, folder: string) {
    this.vscode = vscode;
    this.#folder = join(vscode.workspace, folder);
  }

  /** The panel's own document: pictures that are open have others. */
  frame() {
    return frameWith(this.vscode, "main#page");
  }

  get view(): Locator {
    return this.#document().locator("#page");
  }

  #document(): FrameLocator {
    return this.vscode.page
      .locator("iframe.webview.ready")
      .first()
      .contentFrame()
      .frameLocator("#active-frame");
  }

  // What it says.

  readonly title = () => this.view.locator("h1").textContent();
  readonly hints = () => this.view.locator(".hint").allTextContents();
  readonly right = () => this.view.locator(".verdict.right").textContent();
  readonly reveal = () => this.view.locator(".reveal").textContent();
  readonly ticks = () => this.view.locator(".steps li.done").count();
  readonly checks = () => this.view.locator(".checks li").allTextContents();
  readonly news = () => this.#document().locator("#news").textContent();

  /** Where the code stands, as `file:line`. The code is in the first group, the lesson in the second. */
  readonly place = async () => {
    await this.vscode.press("Control+1");
    const line = await this.vscode.markedLine();
    return `${line?.file}:${line?.line}`;
  };

  /** The place of a mark in a source. */
  async placeOf(file: string, marker: string): Promise<string> {
    const text = await readFile(join(this.#folder, file), "utf8");
    const isIt = (line: string) => line.trimEnd().endsWith(`//@step ${marker}`);
    const index = text.split("\n").findIndex(isIt);
    expect(index, marker).toBeGreaterThanOrEqual(0);
    return `${file}:${index + 1}`;
  }

  // What one does.

  /** Opens a lesson by the beginning of its title. */
  async open(title: string): Promise<void> {
    await this.vscode.commandWith("Exoscope: Open Lesson...", title);
    await this.view.locator("h1").waitFor(RUN_PATIENCE);
  }

  /** Waits until what was asked for is done. */
  async isStill(): Promise<void> {
    await this.#document().locator("#page[aria-busy=false]").waitFor(RUN_PATIENCE);
  }

  /** Waits until a step has been gone to and asks; where it is at a mark, the code stands there. */
  async standsAt(title: string, file?: string, marker?: string): Promise<void> {
    await expect.poll(this.title, RUN_PATIENCE).toBe(title);
    await this.view.locator("#answer button[type=submit]:enabled").waitFor(RUN_PATIENCE);
    // A problem on the way does not end the step: an answer goes to its moment again. But it should be known.
    for (const problem of await this.view.locator(".problem").allTextContents()) {
      console.info(`${title}: ${problem}`);
    }
    // Nothing is given away before it is predicted.
    expect(await this.view.locator(".reveal").count()).toBe(0);
    if (file !== undefined && marker !== undefined) await this.#codeAt(file, marker);
  }

  async #codeAt(file: string, marker: string): Promise<void> {
    await expect.poll(this.place).toBe(await this.placeOf(file, marker));
  }

  async next(): Promise<void> {
    await this.view.getByRole("button", { name: "Next", exact: true }).click();
  }

  /** Chooses an option, by the beginning of its text, in the panel. */
  async choose(option: string): Promise<void> {
    await this.view.getByRole("radio", { name: option }).check();
    await this.view.getByRole("button", { name: "Answer" }).click();
  }

  /** Writes an answer and presses Enter. */
  async write(answer: string): Promise<void> {
    await this.view.locator("input[type=text]").fill(answer);
    await this.vscode.press("Enter");
  }

  /** What a wrong answer is told. */
  async isTold(hint: RegExp): Promise<void> {
    await expect.poll(async () => (await this.hints()).at(-1) ?? "").toMatch(hint);
    expect(await this.view.locator(".reveal").count()).toBe(0);
  }

  /** A right answer: what is revealed, and where the code stands then. */
  async isRight(reveal: RegExp, file?: string, marker?: string): Promise<void> {
    await expect.poll(this.reveal, RUN_PATIENCE).toMatch(reveal);
    expect(await this.view.locator(".verdict.right").count()).toBe(1);
    if (file !== undefined && marker !== undefined) await this.#codeAt(file, marker);
  }

  /** Goes to a step by the list of steps. */
  async goTo(step: RegExp): Promise<void> {
    await this.view.getByRole("button", { name: step }).click();
  }

  /** Goes to steps by the list, one after the other; milliseconds until the panel has each and the code stands there. */
  async timeJumps(steps: readonly (readonly [title: string, file: string, marker: string])[]) {
    const soon = { interval: 5, timeout: 60_000 };
    const times: number[] = [];
    for (const [title, file, marker] of steps) {
      const there = await this.placeOf(file, marker);
      const row = this.view.locator(".steps button", { hasText: title });
      const begin = performance.now();
      await row.click();
      await expect.poll(this.title, soon).toBe(title);
      await this.isStill();
      times.push(performance.now() - begin);
      await expect.poll(this.place, soon).toBe(there);
    }
    return times;
  }

  /** Every condition of the lesson's check, at its end. */
  async allHolds(count: number): Promise<void> {
    await expect.poll(this.checks).toHaveLength(count);
    for (const line of await this.checks()) expect(line).toMatch(/^holds: /);
  }

  /** A view as text, from the editor that its command opens; the editor is closed again. */
  async twin(command: string, expected: RegExp): Promise<string> {
    await this.vscode.press("Control+1");
    await this.vscode.command(command);
    await this.vscode.page
      .locator('.editor-group-container.active .tab.active[data-resource-name$=".txt"]')
      .waitFor();
    let text = "";
    await expect
      .poll(async () => {
        text = await this.vscode.editorText();
        return text;
      })
      .toMatch(expected);
    await this.vscode.press("Control+W");
    return text;
  }
}
