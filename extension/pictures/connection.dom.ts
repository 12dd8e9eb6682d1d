/** The page's end of the line to the extension, and what is the same in every picture's page. */
import type { FromPage, Phase, ToPage } from "./messages.ts";

interface VSCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VSCodeApi;

export interface Listener<Body, Order> {
  /** The state at a stop; undefined without a session. */
  body(body: Body | undefined, phase: Phase): void;
  phase(phase: Phase): void;
  order(order: Order): void;
}

export class Connection<Wish, State> {
  readonly #api = acquireVsCodeApi();

  /** What the page kept when it was last seen, also before the window was loaded anew. */
  get kept(): State | undefined {
    return this.#api.getState() as State | undefined;
  }

  /** Keeps what the user has chosen: a hidden page is unloaded. */
  keep(state: State): void {
    this.#api.setState(state);
  }

  wish(wish: Wish): void {
    this.#post({ kind: "wish", wish });
  }

  /** Begins to listen, and asks for the state. */
  open<Body, Order>(listener: Listener<Body, Order>): void {
    window.addEventListener("message", ({ data }: MessageEvent<ToPage<Body, Order>>) => {
      switch (data.kind) {
        case "body":
          listener.body(data.body, data.phase);
          return;
        case "phase":
          listener.phase(data.phase);
          return;
        case "order":
          listener.order(data.order);
          return;
      }
    });
    window.addEventListener("error", ({ message, filename, lineno }) => {
      // Chromium reports this one though nothing is lost: what was resized is drawn in the next frame.
      if (/ResizeObserver loop/.test(message)) return;
      this.#post({ kind: "failed", text: `${message} (${filename.split("/").at(-1)}:${lineno})` });
    });
    this.#post({ kind: "ready" });
  }

  #post(message: FromPage<Wish>): void {
    this.#api.postMessage(message);
  }
}

/** Calls `changed` when the user takes another theme: colours are then read anew. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, {
    attributes: true,
    attributeFilter: ["class", "data-vscode-theme-id"],
  });
}
