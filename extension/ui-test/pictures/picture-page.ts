/**
 * A picture's bundled page in a plain Chromium, without VS Code: the test plays the extension. It is for what needs many
 * messages or quiet figures; that the picture works in VS Code, the other browser tests show.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchChromium } from "../chromium.ts";
import { PAGE_SCRIPT, packed } from "./page-script.ts";
import { THEMES, type ThemeName } from "./themes.ts";

const BUNDLES = join(import.meta.dirname, "../../../dist/pictures");

export interface Heard {
  readonly kind: string;
  readonly wish?: { readonly kind: string };
  readonly text?: string;
}

export interface Options {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: ThemeName;
  /** What the page posts; an order that is returned answers it. */
  readonly heard?: (message: Heard) => unknown;
}

/** What a stretch of frames came to, in milliseconds. */
export interface FrameTimes {
  readonly frames: number;
  /** In the page's own script in a frame: event handlers, messages, painting. */
  readonly script: Quantiles;
  /** The same and the drawing of the canvas, forced to be done by reading a pixel back. */
  readonly work: Quantiles;
  /** From one frame to the next. */
  readonly interval: Quantiles;
}
export interface Quantiles {
  readonly median: number;
  readonly p95: number;
  readonly most: number;
}

export class PicturePage {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #session: CDPSession;

  /** What went wrong in the page's own code. */
  readonly errors: readonly string[];

  private constructor(
    page: Page,
    browser: Browser,
    session: CDPSession,
    errors: readonly string[],
  ) {
    this.errors = errors;
    this.page = page;
    this.#browser = browser;
    this.#session = session;
  }

  static async open(name: string, options: Options = {}): Promise<PicturePage> {
    const { width = 1400, height = 900, theme = "Dark Modern", heard } = options;
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width, height } });
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.exposeFunction("postToExtension", async (message: Heard) => {
      const order = await heard?.(message);
      return order === undefined ? undefined : packed({ kind: "order", order });
    });
    const [script, style] = await Promise.all(
      ["js", "css"].map((ext) => readFile(join(BUNDLES, `${name}.${ext}`), "utf8")),
    );
    await page.setContent(
      `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><style>${style}</style></head>
       <body><main id="picture"></main></body></html>`,
    );
    const made = new PicturePage(page, browser, await page.context().newCDPSession(page), errors);
    await made.theme(theme);
    await page.evaluate(PAGE_SCRIPT);
    await page.addScriptTag({ content: script ?? "" });
    return made;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Gives the page VS Code's colours and class of a theme. */
  async theme(name: ThemeName): Promise<void> {
    const { kind, variables } = THEMES[name];
    await this.page.evaluate(
      `document.documentElement.style.cssText = ${JSON.stringify(variables)}; document.body.className = "${kind}";`,
    );
  }

  /** What the extension would post. */
  async post(message: unknown): Promise<void> {
    await this.page.evaluate(
      `window.postMessage(unpacked(${JSON.stringify(packed(message))}), "*")`,
    );
  }

  async body(body: unknown): Promise<void> {
    await this.post({ kind: "body", body, phase: "stopped" });
  }

  /** Runs `steps`, an expression of the page's that is a list of functions, one in each frame, and measures. */
  async frames(steps: string): Promise<FrameTimes> {
    return (await this.page.evaluate(`measured(${steps})`)) as FrameTimes;
  }

  /** What the page holds after a collection of garbage. */
  async holds(): Promise<{ heap: number; nodes: number; listeners: number }> {
    await this.#session.send("Performance.enable");
    await this.#session.send("HeapProfiler.collectGarbage");
    await this.#session.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.#session.send("Performance.getMetrics");
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    return {
      heap: of("JSHeapUsedSize"),
      nodes: of("Nodes"),
      listeners: of("JSEventListeners"),
    };
  }
}
