/**
 * Drives a real VS Code, served by code-server, in a headless Chromium, through the keyboard and the accessibility tree:
 * what these functions read is what a screen reader would be told.
 *
 * Reading functions answer at once with what is shown now. What takes time is awaited by the test:
 * `await expect.poll(() => vscode.callStack()).toContain("main")`.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import type { RunningServer } from "../../tools/code-server.mjs";
import { launchChromium } from "./chromium.ts";
import { type Element, type Row, readElements, readRows } from "./list-rows.ts";
import { filesBelow } from "./markers.ts";
import { serve } from "./served-vscode.ts";
import { until } from "./until.ts";

export interface OpenOptions {
  /** The folder that VS Code opens a copy of. */
  readonly workspace: string;
  /** The extension; EXOSCOPE_VSIX or dist/exoscope.vsix by default. */
  readonly vsix?: string;
  /** User settings beside those that keep a test quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const { EXOSCOPE_VSIX } = process.env;

const REPOSITORY = resolve(import.meta.dirname, "../..");
const RESULTS = join(REPOSITORY, "test-results");

const PATIENCE = 30_000;
const PROPOSAL_PATIENCE = 500;

export class VSCodePage {
  /** The copy of the workspace that is open. */
  readonly workspace: string;
  /** Where the installed extension's own files are. */
  readonly extensionFolder: string;
  readonly page: Page;
  readonly #folder: string;
  readonly #server: RunningServer;
  readonly #browser: Browser;

  private constructor(parts: {
    workspace: string;
    extensionFolder: string;
    page: Page;
    folder: string;
    server: RunningServer;
    browser: Browser;
  }) {
    this.workspace = parts.workspace;
    this.extensionFolder = parts.extensionFolder;
    this.page = parts.page;
    this.#folder = parts.folder;
    this.#server = parts.server;
    this.#browser = parts.browser;
  }

  /** Installs the extension into a VS Code of its own, opens a copy of `workspace` and waits until its files are listed. */
  static async open(options: OpenOptions): Promise<VSCodePage> {
    const vsix = options.vsix ?? EXOSCOPE_VSIX ?? join(REPOSITORY, "dist/exoscope.vsix");
    const folder = await mkdtemp(join(tmpdir(), "exo-ui-"));
    const workspace = join(folder, basename(options.workspace));
    const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      await cp(options.workspace, workspace, { recursive: true });
      const server = await serve(folder, vsix, options.settings ?? {});
      undo.unshift(() => server.stop());
      const browser = await launchChromium();
      undo.unshift(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
      page.setDefaultTimeout(PATIENCE);
      await page.goto(`${server.url}?folder=${encodeURIComponent(workspace)}`);
      await page.locator(".monaco-workbench").waitFor();
      await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
      const extensionFolder = await onlyFolderIn(join(folder, "extensions"));
      return new VSCodePage({ workspace, extensionFolder, page, folder, server, browser });
    } catch (error) {
      for (const step of undo) await step();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  // Doing.

  /** Opens a file by quick open. `name` is a file name, a path in the workspace, or an absolute path. */
  async openFile(name: string): Promise<void> {
    const file = basename(name);
    await this.#pick("Control+P", name, (option) => option.startsWith(file));
    await this.page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
    await this.#hasFocus();
  }

  /** Runs a command by its title in the palette, as in `Exoscope: Show Page Map` or only its end, `Show Page Map`. */
  async command(title: string): Promise<void> {
    const isIt = (option: string) =>
      [option, ...option.split(", ")].some((part) => part === title || part.endsWith(`: ${title}`));
    await this.#pick("F1", `>${title}`, isIt);
  }

  /** Runs a command that asks for something, and answers: an input box, or the first option that the text leaves. */
  async commandWith(title: string, answer: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget");
    const input = widget.locator("input.input");
    await until(
      this.page,
      () => this.#tryToClickCommand(title).catch(() => false),
      `'${title}' among the commands`,
    );
    await until(
      this.page,
      async () => (await widget.isVisible()) && !(await input.inputValue()).startsWith(">"),
      `the question of '${title}'`,
    );
    // A dialog for a file proposes one, and once more when it has read the folder: over what is typed meanwhile.
    const isProposing = (await input.inputValue()) !== "";
    await input.fill(answer);
    if (isProposing) {
      await this.page.waitForTimeout(PROPOSAL_PATIENCE);
      await input.fill(answer);
    }
    await this.press("Enter");
    // A dialog for a file looks at the path first, and takes no Enter meanwhile.
    const isTaken = () => widget.waitFor({ state: "hidden", timeout: 2000 });
    await isTaken().catch(async () => {
      await this.press("Enter");
      await widget.waitFor({ state: "hidden" });
    });
  }

  /** Shows, unfolds and focuses a view by its title, wherever it lives. */
  async showView(title: string): Promise<void> {
    await this.command(`Focus on ${title} View`);
    await this.#view(title).waitFor();
  }

  /** Puts the cursor on a line, counted from 1, of the active editor. */
  async goToLine(line: number): Promise<void> {
    await this.#pick("Control+G", `:${line}`, (option) => new RegExp(`\\b${line}\\b`).test(option));
    await this.#editor()
      .locator(".line-numbers.active-line-number", { hasText: `${line}` })
      .waitFor();
    await this.#hasFocus();
  }

  /** Sets a breakpoint in the active editor with F9; a line that has one keeps it. */
  async setBreakpoint(line: number): Promise<void> {
    await this.goToLine(line);
    const isSet = async () => (await this.breakpointLines()).includes(line);
    // A young VS Code ignores the key until it knows which languages have a debugger.
    for (let tries = 0; tries < 10 && !(await isSet()); tries++) {
      await this.press("F9");
      await until(this.page, isSet, "", 3_000).catch(() => undefined);
    }
    await until(this.page, isSet, `a breakpoint at line ${line}`, 0);
  }

  /** Types text where the focus is. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** A key or a chord in Playwright's spelling: `F5`, `Shift+F11`, `Control+Shift+D`. */
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Unfolds the first row that begins with `label`; its view is shown first. An unfolded one stays so. */
  async expandTree(view: string, label: string): Promise<void> {
    await this.#setExpanded(view, label, true);
  }

  async collapseTree(view: string, label: string): Promise<void> {
    await this.#setExpanded(view, label, false);
  }

  /** Clicks the first row that begins with `label`: in the call stack this chooses the frame. */
  async clickRow(view: string, label: string): Promise<void> {
    await this.#shown(view);
    await (await this.#row(view, label)).click();
  }

  /** Writes what is seen now to test-results/NAME.png. */
  async screenshot(name: string): Promise<void> {
    await mkdir(RESULTS, { recursive: true });
    await this.page.screenshot({ path: join(RESULTS, `${name}.png`) });
  }

  /** The same of the editors alone, as for the documentation. */
  async screenshotOfEditors(name: string): Promise<void> {
    await mkdir(RESULTS, { recursive: true });
    const path = join(RESULTS, `${name}.png`);
    await this.page.locator(".part.editor").screenshot({ path });
  }

  /** Writes a screenshot and what VS Code and the extension hosts logged to test-results/NAME.*, for a failed test. */
  async keepEvidence(name: string): Promise<void> {
    await this.screenshot(name);
    const logs = await filesBelow(join(this.#folder, "data/logs"));
    const texts = await Promise.all(
      [...logs, join(this.#folder, "code-server.log")].map(
        async (path) =>
          `==> ${path.slice(this.#folder.length + 1)}\n${await readFile(path, "utf8")}`,
      ),
    );
    await writeFile(join(RESULTS, `${name}.log`), texts.join("\n"));
  }

  // Reading.

  /** Whether a session is stopped: it can be continued. */
  async isStopped(): Promise<boolean> {
    return this.page.locator(".debug-toolbar .codicon-debug-continue").isVisible();
  }

  async isDebugging(): Promise<boolean> {
    return this.page.locator(".debug-toolbar").isVisible();
  }

  /**
   * The stack frames, innermost first, by name alone: handler frames, the boundary row, then the interrupted frames. With
   * several threads unfolded, those of the first, then of the second; `rows("Call Stack")` tells them apart.
   */
  async callStack(): Promise<string[]> {
    const rows = await this.rows("Call Stack");
    return rows
      .filter(({ kind }) => kind === "frame" || kind === "boundary")
      .map(({ label }) => label);
  }

  /** Where the chosen frame stands, or else the machine: the file and the marked line of the active editor. */
  async markedLine(): Promise<{ file: string; line: number } | undefined> {
    const mark = (frame: string) => this.#editor().locator(`.view-overlays .debug-${frame}-line`);
    const [focused] = await this.#linesAt(mark("focused-stack-frame"));
    const line = focused ?? (await this.#linesAt(mark("top-stack-frame")))[0];
    if (line === undefined) return undefined;
    const file = await this.page.locator(".tab.active").first().getAttribute("data-resource-name");
    return { file: file ?? "", line };
  }

  /** The lines with a breakpoint among those of the active editor that are in sight. */
  async breakpointLines(): Promise<number[]> {
    return this.#linesAt(
      this.#editor().locator(
        ".glyph-margin-widgets .codicon-debug-breakpoint, .glyph-margin-widgets [class*='codicon-debug-breakpoint-'], " +
          ".glyph-margin-widgets .codicon-debug-stackframe-focused, .glyph-margin-widgets [class*='codicon-debug-stackframe-and']",
      ),
    );
  }

  /** All rows of a tree view by its title, indented by two spaces a level. */
  async treeRows(view: string): Promise<string[]> {
    return (await this.rows(view)).map(({ text, level }) => "  ".repeat(level - 1) + text);
  }

  /** The Variables view's rows, as in `va = 0x402000`, indented below their scope. */
  async variables(): Promise<string[]> {
    return this.treeRows("Variables");
  }

  /** All rows of a view by its title, also those that must be scrolled to. The view is shown first. */
  async rows(view: string): Promise<Row[]> {
    await this.#shown(view);
    return readRows(this.page, this.#view(view).locator(".monaco-list").first());
  }

  /** The Problems panel's rows: a row for each file, those of its diagnostics below it. */
  async problems(): Promise<string[]> {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.showView("Problems");
    const rows = await readRows(this.page, panel.locator(".monaco-list").first());
    return rows.map(({ text, level }) => "  ".repeat(level - 1) + text);
  }

  /** The lines that the active terminal shows, without trailing blanks. */
  async terminalText(): Promise<string> {
    const lines = this.page.locator(".terminal-wrapper.active .xterm-rows > div");
    if ((await lines.count()) === 0) {
      await this.command("Focus on Terminal View");
      await lines.first().waitFor();
    }
    const texts = await lines.allTextContents();
    return texts
      .map((line) => line.replaceAll("\u00a0", " ").trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** What the Debug Console holds, one entry a line. */
  async debugConsole(): Promise<string[]> {
    const list = this.page.locator(".repl .monaco-list").first();
    if (!(await list.isVisible())) await this.command("Focus on Debug Console View");
    return (await readRows(this.page, list)).map(({ text }) => text);
  }

  /** The messages that are popped up now, of the given severity. */
  async notifications(severity: "error" | "warning" | "info"): Promise<string[]> {
    return this.page
      .locator(".notifications-toasts .notification-list-item", {
        has: this.page.locator(`.codicon-${severity}`),
      })
      .locator(".notification-list-item-message")
      .allInnerTexts();
  }

  /** The labels of status bar items, as a screen reader says them. */
  async statusBar(): Promise<string[]> {
    const labels = this.page.locator(".statusbar-item .statusbar-item-label[aria-label]");
    return labels.evaluateAll((found: Element[]) =>
      found.map((item) => item.getAttribute("aria-label") ?? ""),
    );
  }

  /** The lines of the active editor that are in sight. */
  async editorText(): Promise<string> {
    // Lines are drawn in any order, each at its height.
    const lines = this.#editor().locator(".view-lines > .view-line");
    const drawn = await lines.evaluateAll((found: Element[]) =>
      found.map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent })),
    );
    return drawn
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text.replaceAll("\u00a0", " "))
      .join("\n");
  }

  /** The document of a webview, a view's or a panel's; the first one where several are shown. */
  webview(index = 0): FrameLocator {
    return this.page
      .locator("iframe.webview.ready")
      .nth(index)
      .contentFrame()
      .frameLocator("#active-frame");
  }

  // Private: how VS Code's DOM says it.

  #editor(): Locator {
    return this.page.locator(".editor-group-container.active .monaco-editor[role=code]").first();
  }

  async #hasFocus(): Promise<void> {
    await this.page
      .locator(".editor-group-container.active .monaco-editor.focused")
      .first()
      .waitFor();
  }

  /** A view with its header. One that stands alone in its container is titled `Container: View`. */
  #view(title: string): Locator {
    const header = (label: string) => `> .pane-header[aria-label${label}]`;
    return this.page
      .locator(
        [`="${title} Section"`, `$=": ${title} Section"`, `^="${title} - "`]
          .map((label) => `.pane:has(${header(label)})`)
          .join(", "),
      )
      .first();
  }

  async #shown(title: string): Promise<void> {
    if (await this.#view(title).locator(".monaco-list").first().isVisible()) return;
    await this.showView(title);
  }

  async #row(view: string, label: string): Promise<Locator> {
    const rows = this.#view(view).locator(".monaco-list-row");
    let index = -1;
    await until(
      this.page,
      async () => {
        const texts = (await rows.evaluateAll(readElements)).map((row) => row.text);
        index = texts.findIndex((text) => text.startsWith(label));
        return index >= 0;
      },
      `a row '${label}' in ${view}`,
    );
    return rows.nth(index);
  }

  async #setExpanded(view: string, label: string, expanded: boolean): Promise<void> {
    await this.#shown(view);
    const row = await this.#row(view, label);
    if ((await row.getAttribute("aria-expanded")) === `${expanded}`) return;
    await row.locator(".monaco-tl-twistie").click();
    await until(
      this.page,
      async () =>
        (await (await this.#row(view, label)).getAttribute("aria-expanded")) === `${expanded}`,
      `'${label}' in ${view} to unfold or fold`,
    );
  }

  /** Line numbers of the editor at whose height the given marks are. */
  async #linesAt(marks: Locator): Promise<number[]> {
    const middles = (found: Element[]) =>
      found.map((element) => {
        const box = element.getBoundingClientRect();
        return {
          middle: box.top + box.height / 2,
          top: box.top,
          bottom: box.bottom,
          text: element.textContent,
        };
      });
    const numbers = await this.#editor().locator(".line-numbers").evaluateAll(middles);
    const places = await marks.evaluateAll(middles);
    return places.flatMap(({ middle }) =>
      numbers
        .filter((line) => line.top <= middle && middle < line.bottom)
        .map((line) => Number(line.text)),
    );
  }

  /**
   * Opens a quick input by its key, types, takes the wanted option, and waits until all is closed. VS Code closes the input
   * whenever something else takes the focus, as a session that stops does: then all begins again.
   */
  async #pick(key: string, text: string, wanted: (option: string) => boolean): Promise<void> {
    const seen: { options: string[] } = { options: [] };
    await until(
      this.page,
      () => this.#tryToPick(key, text, wanted, seen).catch(() => false),
      () => `'${text}' among ${JSON.stringify(seen.options)}`,
    );
  }

  /** The list of commands is made when the text changes: a young VS Code does not know yet which ones an extension has. */
  async #tryToClickCommand(title: string): Promise<boolean> {
    const brief = { timeout: 5_000 };
    const widget = this.page.locator(".quick-input-widget");
    if (await widget.isVisible()) await this.press("Escape");
    await widget.waitFor({ state: "hidden", ...brief });
    await this.press("F1");
    await widget.locator("input.input").fill(`>${title}`, brief);
    const options = widget.locator(".quick-input-list [role=option]");
    await options.filter({ hasText: title }).first().click(brief);
    return true;
  }

  async #tryToPick(
    key: string,
    text: string,
    wanted: (option: string) => boolean,
    seen: { options: string[] },
  ): Promise<boolean> {
    const brief = { timeout: 5_000 };
    const widget = this.page.locator(".quick-input-widget");
    if (await widget.isVisible()) await this.press("Escape");
    await widget.waitFor({ state: "hidden", ...brief });
    await this.press(key);
    seen.options = [];
    await widget.locator("input.input").fill(text, brief);
    const options = widget.locator(".quick-input-list [role=option]");
    // The list is made when the text changes: for what an extension or a file watcher adds later, it is made anew.
    let index = -1;
    await until(
      this.page,
      async () => {
        const before = seen.options;
        seen.options = await options.evaluateAll((found: Element[]) =>
          found.map((option) => option.getAttribute("aria-label") ?? ""),
        );
        index = seen.options.findIndex(wanted);
        // What was listed before the text was typed may have it at another place: not before the list rests.
        const isAtRest = before.join("\n") === seen.options.join("\n");
        return (index >= 0 && isAtRest) || !(await widget.isVisible());
      },
      "an option",
      3_000,
    );
    if (index < 0) return false;
    await options.nth(index).click(brief);
    await widget.waitFor({ state: "hidden", ...brief });
    return true;
  }
}

async function onlyFolderIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const [found] = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  if (found === undefined) throw new Error(`No extension is installed in ${folder}.`);
  return join(folder, found.name);
}
