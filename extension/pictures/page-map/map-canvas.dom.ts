/** The canvas of the page map: paints the cells in sight, pans and zooms, and has a cursor. */
import type { EnvironmentMark } from "../environment-marks.ts";
import { css, pixelOf, readTheme, type Theme } from "../theme.dom.ts";
import type { Grid, PageMapBody } from "./model.ts";
import { type Look, Stamps } from "./stamps.dom.ts";

/** What is kept while the page is hidden: where one looks, in cells, and how large a cell is in CSS pixels. */
export interface Place {
  readonly size: number;
  readonly left: number;
  readonly top: number;
  readonly cursor: number;
}

export interface CanvasEvents {
  /** The pointer is over a cell, or left: -1. */
  hovered(cell: number): void;
  /** A click put the cursor there. */
  chosen(cell: number): void;
  /** Another part is in sight. */
  moved(): void;
}

const SIZE_MIN = 2;
const SIZE_MAX = 64;
const SIZES_KEPT = 12;
/** A zoom that a letter can be read at. */
const READABLE = 22;

export class MapCanvas {
  readonly element: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #events: CanvasEvents;
  #theme: Theme;
  #body: PageMapBody | undefined;
  #grid: Grid | undefined;
  #marks = new Map<number, EnvironmentMark>();
  /** The look of each page, as a number, and what the numbers mean. */
  #lookOf = new Uint16Array();
  #looks: Look[] = [];
  #stamps: Stamps;
  readonly #ofSizes = new Map<number, Stamps>();
  /** CSS pixels. */
  #size = 0;
  #left = 0;
  #top = 0;
  cursor = 0;
  #image: ImageData | undefined;
  #isAsked = false;
  #ratio = 1;
  /** Of the page's type, in CSS pixels. */
  #fontSize = 13;
  #fontFamily = "monospace";

  constructor(element: HTMLCanvasElement, events: CanvasEvents) {
    this.element = element;
    this.#events = events;
    this.#context = element.getContext("2d")!;
    this.#theme = readTheme();
    this.#stamps = new Stamps(SIZE_MIN, this.#theme);
    this.#readFont();
    new ResizeObserver(() => this.#resize()).observe(element);
    this.#listen();
  }

  get place(): Place {
    return { size: this.#size, left: this.#left, top: this.#top, cursor: this.cursor };
  }

  set place({ size, left, top, cursor }: Place) {
    this.#size = Math.min(SIZE_MAX, Math.max(SIZE_MIN, size));
    this.#left = left;
    this.#top = top;
    this.cursor = cursor;
    this.#clamp();
    this.paintSoon();
  }

  /** Other cells, or other contents of them; where one looks stays as it is, unless that has never been said. */
  show(body: PageMapBody, grid: Grid, isShown: (frame: number) => boolean): void {
    const isLegendOther =
      JSON.stringify(this.#body?.environments) !== JSON.stringify(body.environments);
    this.#body = body;
    this.#grid = grid;
    if (isLegendOther) this.#marks = new Map(body.environments.map((mark) => [mark.id, mark]));
    this.#readLooks(body, isShown);
    this.cursor = Math.max(0, Math.min(this.cursor, grid.frames.length - 1));
    if (this.#size === 0) this.fit();
    this.#clamp();
    this.paintSoon();
  }

  themeChanged(): void {
    this.#readFont();
    this.#theme = readTheme();
    this.#forgetStamps();
    this.paintSoon();
  }

  /** So that the rows are as wide as the canvas, as far as that can be read; from the top. */
  fit(): void {
    if (this.#grid === undefined) return;
    const { clientWidth } = this.element;
    this.#size = Math.max(
      SIZE_MIN,
      Math.min(READABLE, Math.floor((clientWidth - this.#gutter) / this.#grid.columns)),
    );
    this.#left = 0;
    this.#top = 0;
    this.paintSoon();
    this.#events.moved();
  }

  /** Zooms by a factor about a point of the canvas, or else about the cursor if it is in sight. */
  zoom(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const old = this.#size;
    const wanted = old * factor;
    const size =
      factor > 1 ? Math.max(old + 1, Math.round(wanted)) : Math.min(old - 1, Math.round(wanted));
    this.#size = Math.min(SIZE_MAX, Math.max(SIZE_MIN, size));
    const { x, y } = at ?? this.#cursorPoint() ?? this.#middle();
    // What is under the point stays there.
    this.#left += (x - this.#gutter) / old - (x - this.#gutter) / this.#size;
    this.#top += y / old - y / this.#size;
    this.#clamp();
    this.paintSoon();
    this.#events.moved();
  }

  /** Moves what is seen by CSS pixels. */
  pan(x: number, y: number): void {
    this.#left += x / this.#size;
    this.#top += y / this.#size;
    this.#clamp();
    this.paintSoon();
    this.#events.moved();
  }

  /** Puts the cursor on a cell and brings it into sight. */
  moveTo(cell: number): void {
    this.cursor = cell;
    const grid = this.#grid;
    if (grid === undefined) return;
    const [row, column] = [Math.floor(cell / grid.columns), cell % grid.columns];
    const width = (this.element.clientWidth - this.#gutter) / this.#size;
    const height = this.element.clientHeight / this.#size;
    this.#left = Math.min(column, Math.max(this.#left, column + 1 - width));
    this.#top = Math.min(row, Math.max(this.#top, row + 1 - height));
    this.#clamp();
    this.paintSoon();
    this.#events.moved();
  }

  get rowsInSight(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / Math.max(1, this.#size)) - 1);
  }

  /** Paints in the next frame, however often it is asked. */
  paintSoon(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  get #gutter(): number {
    const longest = this.#grid?.rows.at(-1)?.label.length ?? 0;
    return 14 + longest * this.#fontSize * 0.62;
  }

  #readFont(): void {
    const style = getComputedStyle(document.body);
    this.#fontSize = Number.parseFloat(style.fontSize) || 13;
    this.#fontFamily = style.getPropertyValue("--vscode-editor-font-family") || "monospace";
  }

  #middle(): { x: number; y: number } {
    return { x: this.element.clientWidth / 2, y: this.element.clientHeight / 2 };
  }

  #cursorPoint(): { x: number; y: number } | undefined {
    if (this.#grid === undefined) return undefined;
    const { columns } = this.#grid;
    const x = this.#gutter + ((this.cursor % columns) + 0.5 - this.#left) * this.#size;
    const y = (Math.floor(this.cursor / columns) + 0.5 - this.#top) * this.#size;
    const { clientWidth, clientHeight } = this.element;
    return x < 0 || y < 0 || x > clientWidth || y > clientHeight ? undefined : { x, y };
  }

  #cellAt(event: MouseEvent): number {
    const grid = this.#grid;
    if (grid === undefined) return -1;
    const box = this.element.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - this.#gutter) / this.#size + this.#left);
    const row = Math.floor((event.clientY - box.top) / this.#size + this.#top);
    const isInside = column >= 0 && column < grid.columns && row >= 0 && row < grid.rows.length;
    return isInside && event.clientX - box.left >= this.#gutter ? row * grid.columns + column : -1;
  }

  #clamp(): void {
    const grid = this.#grid;
    if (grid === undefined || this.#size === 0) return;
    const width = (this.element.clientWidth - this.#gutter) / this.#size;
    const height = this.element.clientHeight / this.#size;
    this.#left = Math.max(0, Math.min(this.#left, grid.columns - width));
    this.#top = Math.max(0, Math.min(this.#top, grid.rows.length - height));
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.element;
    this.#ratio = window.devicePixelRatio || 1;
    this.element.width = Math.max(1, Math.round(clientWidth * this.#ratio));
    this.element.height = Math.max(1, Math.round(clientHeight * this.#ratio));
    this.#image = undefined;
    this.#clamp();
    this.paintSoon();
  }

  /** Once for each state, rather than for each frame that is painted. */
  #readLooks({ now, since }: PageMapBody, isShown: (frame: number) => boolean): void {
    const numbers = new Map<number, number>();
    this.#looks = [];
    if (this.#lookOf.length !== now.pageCount) this.#lookOf = new Uint16Array(now.pageCount);
    for (let frame = 0; frame < now.pageCount; frame += 1) {
      const owner = now.owner[frame]!;
      const flags = now.flags[frame]!;
      const isChanged = (since?.changes[frame] ?? 0) !== 0;
      const isFaint = !isShown(frame);
      const key = ((owner * 256 + flags) * 2 + Number(isChanged)) * 2 + Number(isFaint);
      let number = numbers.get(key);
      if (number === undefined) {
        number = this.#looks.length;
        numbers.set(key, number);
        this.#looks.push({ mark: this.#marks.get(owner), flags, isChanged, isFaint });
      }
      this.#lookOf[frame] = number;
    }
    this.#forgetStamps();
  }

  #forgetStamps(): void {
    this.#ofSizes.clear();
    this.#stamps = new Stamps(this.#stamps.size, this.#theme);
  }

  /** Those of the sizes that one has just zoomed through are kept. */
  #takeStamps(size: number): void {
    if (this.#stamps.size === size) return;
    this.#ofSizes.delete(this.#stamps.size);
    this.#ofSizes.set(this.#stamps.size, this.#stamps);
    const [oldest] = this.#ofSizes.keys();
    if (this.#ofSizes.size > SIZES_KEPT && oldest !== undefined) this.#ofSizes.delete(oldest);
    this.#stamps = this.#ofSizes.get(size) ?? new Stamps(size, this.#theme);
  }

  #listen(): void {
    const { element } = this;
    let dragged: { x: number; y: number; isMoved: boolean } | undefined;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) {
        const cell = this.#cellAt(event);
        if (cell >= 0) this.#events.chosen(cell);
        return;
      }
      dragged = { x: event.clientX, y: event.clientY, isMoved: false };
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      this.#events.hovered(this.#cellAt(event));
      if (dragged === undefined) return;
      const [x, y] = [event.clientX - dragged.x, event.clientY - dragged.y];
      if (!dragged.isMoved && Math.abs(x) + Math.abs(y) < 5) return;
      dragged = { x: event.clientX, y: event.clientY, isMoved: true };
      this.pan(-x, -y);
    });
    element.addEventListener("pointerup", (event) => {
      const cell = this.#cellAt(event);
      if (dragged?.isMoved === false && cell >= 0) this.#events.chosen(cell);
      dragged = undefined;
    });
    element.addEventListener("pointercancel", () => {
      dragged = undefined;
    });
    element.addEventListener("pointerleave", () => this.#events.hovered(-1));
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const box = element.getBoundingClientRect();
        if (event.ctrlKey || event.metaKey) {
          const at = { x: event.clientX - box.left, y: event.clientY - box.top };
          this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, at);
        } else if (event.shiftKey && event.deltaX === 0) this.pan(event.deltaY, 0);
        else this.pan(event.deltaX, event.deltaY);
      },
      { passive: false },
    );
  }

  #paint(): void {
    const [body, grid] = [this.#body, this.#grid];
    const context = this.#context;
    const { width, height } = this.element;
    context.fillStyle = css(this.#theme.background);
    context.fillRect(0, 0, width, height);
    if (body === undefined || grid === undefined || this.#size === 0) return;
    const size = Math.max(1, Math.round(this.#size * this.#ratio));
    this.#takeStamps(size);
    const gutter = Math.round(this.#gutter * this.#ratio);
    const x0 = Math.round(this.#left * size);
    const y0 = Math.round(this.#top * size);
    const firstColumn = Math.floor(x0 / size);
    const firstRow = Math.floor(y0 / size);
    const columns = Math.min(grid.columns - firstColumn, Math.ceil((width - gutter) / size) + 1);
    const rows = Math.min(grid.rows.length - firstRow, Math.ceil(height / size) + 1);
    if (columns <= 0 || rows <= 0) return;
    const image = this.#imageOf(columns * size, rows * size);
    const pixels = new Uint32Array(image.data.buffer);
    const stride = image.width;
    const background = pixelOf(this.#theme.background);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const frame = grid.frames[(firstRow + row) * grid.columns + firstColumn + column]!;
        const at = row * size * stride + column * size;
        if (frame < 0) {
          for (let y = 0, to = at; y < size; y += 1, to += stride) {
            pixels.fill(background, to, to + size);
          }
          continue;
        }
        const stamp = this.#stamps.of(this.#lookOf[frame]!, this.#looks);
        if (size > 16) {
          for (let y = 0, to = at; y < size; y += 1, to += stride) {
            pixels.set(stamp.subarray(y * size, y * size + size), to);
          }
          continue;
        }
        for (let y = 0, from = 0, to = at; y < size; y += 1, to += stride) {
          for (let x = 0; x < size; x += 1, from += 1) pixels[to + x] = stamp[from]!;
        }
      }
    }
    const left = gutter + firstColumn * size - x0;
    context.putImageData(image, left, firstRow * size - y0, 0, 0, columns * size, rows * size);
    this.#paintLabels(grid, gutter, size, y0, firstRow, rows);
    this.#paintCursor(grid, gutter - x0, -y0, size, gutter);
  }

  /** One buffer for all frames, made anew when it must grow. */
  #imageOf(width: number, height: number): ImageData {
    const known = this.#image;
    if (known !== undefined && known.width === width && known.height >= height) return known;
    this.#image = new ImageData(width, height);
    return this.#image;
  }

  #paintLabels(
    grid: Grid,
    gutter: number,
    size: number,
    y0: number,
    firstRow: number,
    rows: number,
  ): void {
    const context = this.#context;
    const font = this.#fontSize * this.#ratio;
    context.fillStyle = css(this.#theme.background);
    context.fillRect(0, 0, gutter - 2 * this.#ratio, this.element.height);
    context.fillStyle = css(this.#theme.foreground);
    context.font = `${font}px ${this.#fontFamily}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    // As many rows from label to label as the type needs, a power of two.
    const every = 2 ** Math.max(0, Math.ceil(Math.log2((font * 1.15) / size)));
    for (let row = firstRow; row < firstRow + rows; row += 1) {
      const y = row * size - y0;
      const { label, isAfterGap } = grid.rows[row]!;
      if (isAfterGap) {
        context.fillRect(gutter, y - this.#ratio, grid.columns * size, this.#ratio);
      }
      if (row % every === 0) context.fillText(label, gutter - 6 * this.#ratio, y + size / 2);
    }
  }

  #paintCursor(grid: Grid, left: number, top: number, size: number, gutter: number): void {
    if (document.activeElement !== this.element && this.element.dataset["cursor"] !== "kept")
      return;
    const context = this.#context;
    const x = left + (this.cursor % grid.columns) * size;
    const y = top + Math.floor(this.cursor / grid.columns) * size;
    if (x + size < gutter) return;
    const width = Math.max(2, Math.round(2 * this.#ratio));
    // Two lines, dark and light, are seen on any cell.
    context.lineWidth = width * 2;
    context.strokeStyle = css(this.#theme.background);
    context.strokeRect(x - width, y - width, size - 1 + 2 * width, size - 1 + 2 * width);
    context.lineWidth = width;
    context.strokeStyle = css(
      this.#theme.isHighContrast ? this.#theme.focus : this.#theme.foreground,
    );
    context.strokeRect(x - width, y - width, size - 1 + 2 * width, size - 1 + 2 * width);
  }
}

/** The page that a cell shows, or undefined. */
export const frameAt = (grid: Grid, cell: number): number | undefined => {
  const frame = grid.frames[cell] ?? -1;
  return frame < 0 ? undefined : frame;
};
