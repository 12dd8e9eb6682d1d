/**
 * The one host of webviews: a picture in the editor area or in a view, drawn by a page of its own (`<name>/main.ts`). It
 * gives the page the state at each stop while it is visible, and takes what the page wishes.
 */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { KernelModel, Part, SessionModel } from "../kernel-model.ts";
import type { FromPage, ToPage } from "./messages.ts";

export interface Picture<Body, Order, Wish> {
  /** Its folder here, and its bundle: `page-map` is dist/pictures/page-map.js and .css. */
  readonly name: string;
  /** The type of the panel, or the id of the view in package.json: `exoscope.pageMap`. */
  readonly id: string;
  readonly title: string;
  /** What it needs of the model at each stop. */
  readonly parts: readonly Part[];
  /** What the page draws, of the session that is shown; anew after each stop. */
  readonly bodyOf: (session: SessionModel) => Body | undefined | Promise<Body | undefined>;
  /** The page wishes something; `order` answers it. */
  readonly heard: (wish: Wish, order: (order: Order) => void) => unknown;
}

/** The column in which there are pictures and nothing else: a further one is a tab there. */
const columnOfPictures = (): vscode.ViewColumn | undefined =>
  vscode.window.tabGroups.all.find(
    ({ tabs }) =>
      tabs.length > 0 &&
      tabs.every(
        ({ input }) => input instanceof vscode.TabInputWebview && /exoscope\./.test(input.viewType),
      ),
  )?.viewColumn;

export class PictureHost<Body, Order, Wish>
  implements vscode.WebviewPanelSerializer, vscode.WebviewViewProvider, vscode.Disposable
{
  readonly #picture: Picture<Body, Order, Wish>;
  readonly #model: KernelModel;
  readonly #folder: vscode.Uri;
  readonly #undo: { dispose(): void }[];
  /** A panel of the editor area, or the view; only one of them has a page. */
  #page: vscode.WebviewPanel | vscode.WebviewView | undefined;
  #ofPage: vscode.Disposable[] = [];
  #isReady = false;
  /** Orders for a page that is still loading. */
  #orders: Order[] = [];
  /** What was last sent: the page has it. */
  #sent: { session: SessionModel | undefined; pictures: unknown; focused: unknown } | undefined;
  #sending: Promise<void> | undefined;

  constructor(
    picture: Picture<Body, Order, Wish>,
    model: KernelModel,
    extensionUri: vscode.Uri,
    place: "editor" | "view",
  ) {
    this.#picture = picture;
    this.#model = model;
    this.#folder = vscode.Uri.joinPath(extensionUri, "dist", "pictures");
    this.#undo = [
      model.onDidChange(() => this.#refresh()),
      place === "editor"
        ? vscode.window.registerWebviewPanelSerializer(picture.id, this)
        : vscode.window.registerWebviewViewProvider(picture.id, this),
    ];
  }

  dispose(): void {
    this.#forget();
    for (const undo of this.#undo) undo.dispose();
  }

  /** Opens the picture beside the source that one debugs, where other pictures are; or brings it to light where it is open. */
  show(): void {
    if (this.#page !== undefined && "reveal" in this.#page) {
      this.#page.reveal(undefined, false);
      return;
    }
    const { id, title } = this.#picture;
    const isSourceOpen = vscode.window.activeTextEditor !== undefined;
    const column =
      columnOfPictures() ?? (isSourceOpen ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
    const isNewGroup = isSourceOpen && vscode.window.tabGroups.all.length === 1;
    this.#adopt(vscode.window.createWebviewPanel(id, title, column, {}));
    // It stays in sight: the source that one travels to opens in the other group.
    if (isNewGroup) void vscode.commands.executeCommand("workbench.action.lockEditorGroup");
  }

  /** Tells the page to do something, as soon as it is loaded. */
  order(order: Order): void {
    if (this.#isReady) this.#post({ kind: "order", order });
    else if (this.#page !== undefined) this.#orders.push(order);
  }

  /** Sends the state anew, though no stop has changed it. */
  redraw(): void {
    this.#sent = undefined;
    this.#refresh();
  }

  get isVisible(): boolean {
    return this.#page?.visible ?? false;
  }

  // What VS Code calls.

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#adopt(panel);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#adopt(view);
  }

  // Private.

  #adopt(page: vscode.WebviewPanel | vscode.WebviewView): void {
    this.#forget();
    this.#page = page;
    const { webview } = page;
    webview.options = { enableScripts: true, localResourceRoots: [this.#folder] };
    const visibility = () => this.#seen();
    this.#ofPage = [
      webview.onDidReceiveMessage((message: FromPage<Wish>) => this.#receive(message)),
      page.onDidDispose(() => {
        if (this.#page === page) this.#forget();
      }),
      "onDidChangeViewState" in page
        ? page.onDidChangeViewState(visibility)
        : page.onDidChangeVisibility(visibility),
    ];
    webview.html = this.#html(webview);
    this.#seen();
  }

  #forget(): void {
    for (const each of this.#ofPage) each.dispose();
    this.#ofPage = [];
    this.#page = undefined;
    this.#isReady = false;
    this.#orders = [];
    this.#sent = undefined;
    this.#want(false);
  }

  /** A page that is hidden is unloaded: when it is seen again it says that it is ready, and gets everything anew. */
  #seen(): void {
    if (!this.isVisible) this.#isReady = false;
    this.#want(this.isVisible);
  }

  #want(isWanted: boolean): void {
    for (const part of this.#picture.parts) this.#model.want(part, isWanted, this);
  }

  #receive(message: FromPage<Wish>): void {
    switch (message.kind) {
      case "ready": {
        this.#isReady = true;
        const orders = this.#orders;
        this.#orders = [];
        this.redraw();
        for (const order of orders) this.order(order);
        return;
      }
      case "wish":
        void this.#picture.heard(message.wish, (order) => this.order(order));
        return;
      case "failed":
        void vscode.window.showErrorMessage(`${this.#picture.title}: ${message.text}`);
        return;
    }
  }

  #post(message: ToPage<Body, Order>): Thenable<boolean> | undefined {
    return this.#page?.webview.postMessage(message);
  }

  /** One body at a time is on its way: while one is, further stops only make it be followed by the newest. */
  #refresh(): void {
    if (!this.#isReady || !this.isVisible || this.#sending !== undefined) return;
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      if (!this.#isSent()) this.#refresh();
    });
  }

  #isSent(): boolean {
    const { shown } = this.#model;
    const sent = this.#sent;
    return (
      sent !== undefined &&
      sent.session === shown &&
      sent.pictures === shown?.pictures &&
      sent.focused === shown?.focused
    );
  }

  async #send(): Promise<void> {
    const { shown, phase } = this.#model;
    if (this.#isSent()) {
      await this.#post({ kind: "phase", phase });
      return;
    }
    this.#sent = { session: shown, pictures: shown?.pictures, focused: shown?.focused };
    const body = shown === undefined ? undefined : await this.#picture.bodyOf(shown);
    await this.#post({ kind: "body", body, phase });
  }

  #html(webview: vscode.Webview): string {
    const { name, title } = this.#picture;
    const nonce = randomBytes(16).toString("base64");
    const at = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.#folder, file));
    const policy = [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src ${webview.cspSource}`,
      `img-src ${webview.cspSource} data:`,
      `font-src ${webview.cspSource}`,
    ].join("; ");
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${at(`${name}.css`)}">
</head>
<body data-vscode-context='{"preventDefaultContextMenuItems": true}'>
<main id="picture"></main>
<script nonce="${nonce}" src="${at(`${name}.js`)}"></script>
</body>
</html>`;
  }
}
