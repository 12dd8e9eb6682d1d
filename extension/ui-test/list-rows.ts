/** Rows of VS Code's lists and trees, read as a screen reader would: text, level, state. */
import type { Locator, Page } from "playwright-core";
import { until } from "./until.ts";

/** One row of a tree or list as it is drawn. */
export interface Row {
  /** Its text in reading order, parts separated by one space: `main page-fault.c 12:3`. */
  readonly text: string;
  /** The first part alone: `main`. */
  readonly label: string;
  /** What a screen reader says, where that is given. */
  readonly ariaLabel: string;
  /** 1 for a root. */
  readonly level: number;
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
  readonly kind: "session" | "thread" | "frame" | "boundary" | "other";
}

const SCROLL_PATIENCE = 3_000;
/** Milliseconds in which a slow machine has drawn a list that was scrolled. */
const DRAWN_AFTER = 600;
/** Pixels. */
const ROW_HEIGHT = 22;

/** A list draws only what is in sight: scrolls from top to bottom, without touching the selection. */
export async function readRows(page: Page, list: Locator): Promise<Row[]> {
  const drawn = list.locator(".monaco-list-row");
  const found = new Map<number, Row>();
  const collect = async () => {
    // Below what is in sight a list that became shorter may keep old rows.
    const elements = (await drawn.evaluateAll(readElements)).filter(({ inSight }) => inSight);
    for (const { index, last: _, inSight: __, ...row } of elements) found.set(index, row);
    return {
      first: Math.min(...elements.map(({ index }) => index)),
      complete: elements.length === 0 || elements.some(({ last }) => last),
    };
  };
  // The wheel moves a list by as many pixels as it is turned (QUIET_SETTINGS): even two turns that a slow machine draws at once leave a row in sight.
  const turn = Math.max(ROW_HEIGHT, ((await list.boundingBox())?.height ?? 0) / 2 - ROW_HEIGHT);
  const scroll = async (direction: 1 | -1, isThere: (first: number) => boolean) => {
    // A list that changes meanwhile may never come there: whoever polls reads it again.
    await list.hover({ timeout: SCROLL_PATIENCE });
    let turned = Number.NEGATIVE_INFINITY;
    const wheel = async () => {
      if (isThere((await collect()).first)) return true;
      // What was turned may not be drawn yet: once more, and the list would pass rows that nobody has read.
      if (performance.now() - turned < DRAWN_AFTER) return false;
      await page.mouse.wheel(0, direction * turn);
      turned = performance.now();
      return false;
    };
    await until(page, wheel, "a list to scroll", SCROLL_PATIENCE);
  };
  let { first, complete } = await collect();
  if (first > 0 && Number.isFinite(first)) await scroll(-1, (now) => now === 0);
  for ({ first, complete } = await collect(); !complete; { first, complete } = await collect()) {
    const before = first;
    await scroll(1, (now) => now > before);
  }
  const hasGap = () => found.size > 0 && Math.max(...found.keys()) !== found.size - 1;
  // A very slow machine may draw more turns at once: on the way back they end elsewhere.
  while (hasGap() && first > 0) {
    const before = first;
    await scroll(-1, (now) => now < before);
    ({ first } = await collect());
  }
  const indices = [...found.keys()].sort((a, b) => a - b);
  if (hasGap()) {
    throw new Error(
      `Only ${indices.length} of ${indices.at(-1)! + 1} rows came into sight while scrolling.`,
    );
  }
  return indices.map((index) => found.get(index)!);
}

/** What the browser side knows of an element; the tests' own types have no DOM. */
export interface Element {
  readonly textContent: string;
  readonly ownerDocument: { createTreeWalker(root: Element, show: number): TextWalker };
  getAttribute(name: string): string | null;
  closest(selector: string): Element | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getBoundingClientRect(): { top: number; bottom: number; height: number };
}

interface TextWalker {
  nextNode(): unknown;
  readonly currentNode: { data: string; parentElement: { offsetParent: unknown } };
}

/** Runs in the browser, so it can name nothing outside itself. */
export function readElements(
  elements: Element[],
): (Row & { index: number; last: boolean; inSight: boolean })[] {
  const words = (text: string) => text.replace(/\s+/g, " ").trim();
  // Neighbouring columns have no space between them in textContent, nor always in innerText.
  const textsIn = (row: Element) => {
    const walker = row.ownerDocument.createTreeWalker(row, 4 /* text nodes */);
    const texts: string[] = [];
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.offsetParent !== null)
        texts.push(walker.currentNode.data);
    }
    return texts;
  };
  const kindOf = (row: Element): Row["kind"] => {
    if (row.querySelector(".stack-frame.label") !== null) return "boundary";
    if (row.querySelector(".stack-frame") !== null) return "frame";
    if (row.querySelector(".thread") !== null) return "thread";
    return row.querySelector(".session") === null ? "other" : "session";
  };
  const isInSight = (row: Element) => {
    const { top, bottom } = row.getBoundingClientRect();
    const list = row.closest(".monaco-list")?.getBoundingClientRect();
    return list === undefined || (top < list.bottom && bottom > list.top);
  };
  return elements.map((row) => {
    const text = words(textsIn(row).join(" "));
    const label = row.querySelector(
      ".stack-frame > .label, .thread > .name, .session > .name, .label-name, .expression > .name",
    );
    const expanded = row.getAttribute("aria-expanded");
    return {
      index: Number(row.getAttribute("data-index")),
      last: row.getAttribute("data-last-element") === "true",
      inSight: isInSight(row),
      text,
      label: label === null ? text : words(label.textContent),
      ariaLabel: row.getAttribute("aria-label") ?? "",
      level: Number(row.getAttribute("aria-level") ?? 1),
      expanded: expanded === null ? undefined : expanded === "true",
      selected: row.getAttribute("aria-selected") === "true",
      kind: kindOf(row),
    };
  });
}
