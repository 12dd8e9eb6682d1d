/** The lesson beside the code: a panel in which the current step stands with its question. What it shows is step-page.ts's. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { escapeHtml, type Page, pageHtml } from "./step-page.ts";

/** The type of the panel: package.json's menus test it. */
export const LESSON_VIEW = "exoscope.lesson";

/** What a press in the view asks for. */
export type Press =
  | { readonly do: "answer"; readonly value: string }
  | { readonly do: "step"; readonly index: number }
  | { readonly do: "next" | "previous" | "here" | "hint" | "giveUp" };

export class LessonView {
  readonly #extension: vscode.Uri;
  readonly #press: (press: Press) => void;
  readonly #closed: () => void;
  #panel: vscode.WebviewPanel | undefined;
  #page: Page | undefined;
  #shownStep: string | undefined;
  #drawing = 0;
  /** What is still to be said: a page that is overtaken by a newer one leaves it to that. */
  #news = "";

  /** `press` is told what was pressed, `closed` that the user has closed the panel. */
  constructor(extension: vscode.Uri, press: (press: Press) => void, closed: () => void) {
    this.#extension = extension;
    this.#press = press;
    this.#closed = closed;
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  /** Opens the panel on the right of the code, in a group where nothing else opens: what the debugger shows goes to the other one. */
  async open(): Promise<void> {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const media = vscode.Uri.joinPath(this.#extension, "extension/media");
    const panel = vscode.window.createWebviewPanel(
      LESSON_VIEW,
      "Lesson",
      { viewColumn: vscode.ViewColumn.Two },
      { enableScripts: true, localResourceRoots: [media], retainContextWhenHidden: true },
    );
    this.#panel = panel;
    panel.webview.onDidReceiveMessage((message: Press | { readonly do: "ready" }) => {
      if (message.do === "ready") {
        this.#shownStep = undefined;
        void this.#draw();
      } else this.#press(message);
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shownStep = undefined;
      this.#closed();
    });
    panel.webview.html = documentHtml(panel.webview, media);
    await vscode.commands.executeCommand("workbench.action.lockEditorGroup");
  }

  close(): void {
    this.#panel?.dispose();
  }

  /** Gives the lesson the keyboard. */
  focus(): void {
    this.#panel?.reveal();
  }

  /** Shows a page; `news` is what a screen reader says of it. */
  async show(page: Page | undefined, news: string): Promise<void> {
    this.#page = page;
    if (this.#panel !== undefined) this.#panel.title = page?.lesson ?? "Lesson";
    if (news !== "") this.#news = news;
    await this.#draw();
  }

  async #draw(): Promise<void> {
    const page = this.#page;
    this.#drawing += 1;
    const drawing = this.#drawing;
    const html = page === undefined ? "<p>No lesson is open.</p>" : await pageHtml(page, rendered);
    // Markdown is rendered elsewhere, so an older page may be ready after a newer one.
    if (drawing !== this.#drawing || this.#panel === undefined) return;
    const step = page && `${page.lesson}/${page.index}`;
    const isNew = step !== this.#shownStep;
    this.#shownStep = step;
    const news = this.#news;
    this.#news = "";
    await this.#panel.webview.postMessage({
      html,
      news,
      isNew,
      isBusy: page?.isBusy ?? false,
      isPresenting: page?.isPresenting ?? false,
    });
  }
}

/** By VS Code's own Markdown extension, which escapes what is no Markdown. */
async function rendered(text: string): Promise<string> {
  try {
    return String(await vscode.commands.executeCommand("markdown.api.render", text));
  } catch {
    return `<p>${escapeHtml(text)}</p>`;
  }
}

function documentHtml(webview: vscode.Webview, media: vscode.Uri): string {
  const nonce = randomBytes(16).toString("hex");
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; img-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file("lesson-view.css")}">
<title>Lesson</title>
</head>
<body>
<main id="page"></main>
<div id="news" class="hidden" role="status" aria-live="polite"></div>
<script nonce="${nonce}" src="${file("lesson-view.js")}"></script>
</body>
</html>`;
}
