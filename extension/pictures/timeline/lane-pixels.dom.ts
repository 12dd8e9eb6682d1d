/**
 * What of the lanes is too narrow for a shape of its own, as pixels: of each column of pixels how much of its time an environment ran, and
 * its upcalls. However many turns there are, this costs a pass over those in sight and the pixels that they cover.
 */
import type { TimelineSpan } from "../../../debug-adapter/protocol.ts";
import type { EnvironmentMark } from "../environment-marks.ts";
import { fillWithMark, mix, pixelOf, type Theme } from "../theme.dom.ts";
import { lowerBound, type Row, type Window } from "./model.ts";

/** A span that has so many pixels of CSS is a shape; it has a border, and where there is room a sign. */
export const SHAPE_FROM = 3;
/** What ran at all is seen, however little. */
const LEAST_SHARE = 0.3;
const TILE = 24;
const UPCALL_LEVELS = 3;

/** Where the time axis lies on the canvas, in pixels of the canvas. */
export interface Axis {
  readonly window: Window;
  readonly left: number;
  readonly width: number;
  readonly ratio: number;
}

export class LanePixels {
  #image: ImageData | undefined;
  #pixels = new Uint32Array();
  #share = new Float32Array();
  readonly #tiles = new Map<string, Uint32Array>();
  #theme: Theme | undefined;

  /** Empties the picture, which has the canvas's size. */
  begin(theme: Theme, width: number, height: number): void {
    if (this.#theme !== theme) {
      this.#theme = theme;
      this.#tiles.clear();
    }
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(Math.max(1, width), Math.max(1, height));
      this.#pixels = new Uint32Array(this.#image.data.buffer);
      this.#share = new Float32Array(Math.max(1, width));
    }
    this.#pixels.fill(pixelOf(theme.background));
  }

  put(context: CanvasRenderingContext2D): void {
    if (this.#image !== undefined) context.putImageData(this.#image, 0, 0);
  }

  /** A row's bar: returns the spans that are wide enough to be shapes. */
  spans(row: Row, axis: Axis, top: number, height: number): readonly TimelineSpan[] {
    const { window, left, width, ratio } = axis;
    const scale = width / (window.to - window.from);
    const shapeFrom = (SHAPE_FROM * ratio) / scale;
    const share = this.#share;
    const shapes: TimelineSpan[] = [];
    share.fill(0, 0, width);
    const { spans } = row;
    let isAny = false;
    const start = Math.max(0, lowerBound(spans, window.from, (span) => span[2]) - 1);
    for (let i = start; i < spans.length; i += 1) {
      const span = spans[i] as TimelineSpan;
      const [, , from, to, , end, , , , , busy] = span;
      if (from > window.to) break;
      if (end !== "M" && to - from >= shapeFrom) {
        shapes.push(span);
        continue;
      }
      const a = (from - window.from) * scale;
      const b = (to - window.from) * scale;
      if (b <= 0 || a >= width) continue;
      isAny = true;
      const first = Math.max(0, Math.floor(a));
      const last = Math.min(width - 1, Math.floor(b));
      if (first === last) {
        share[first]! += busy * scale;
        continue;
      }
      const part = busy / Math.max(1, to - from);
      for (let x = first; x <= last; x += 1) {
        share[x]! += part * (Math.min(b, x + 1) - Math.max(a, x));
      }
    }
    if (isAny) this.#bars(row.mark, left, width, top, height);
    return shapes;
  }

  #bars(
    mark: EnvironmentMark | undefined,
    left: number,
    width: number,
    top: number,
    height: number,
  ): void {
    const pixels = this.#pixels;
    const stride = this.#image!.width;
    const tile = this.#tileOf(mark);
    const bottom = Math.min(this.#image!.height, top + height);
    for (let x = 0; x < width; x += 1) {
      const share = this.#share[x]!;
      if (share <= 0) continue;
      const part = Math.max(LEAST_SHARE, Math.min(1, share));
      const first = Math.max(0, top + Math.round(height * (1 - part)));
      const column = left + x;
      for (let y = first; y < bottom; y += 1) {
        pixels[y * stride + column] = tile[(y % TILE) * TILE + (column % TILE)]!;
      }
    }
  }

  /** Brackets: a line as long as the upcall lasts, with a foot where it begins and where it returns. */
  upcalls({ upcalls, reach }: Row, axis: Axis, top: number, level: number): void {
    const { window, left, width, ratio } = axis;
    const scale = width / (window.to - window.from);
    const ink = pixelOf(mix(this.#theme!.background, this.#theme!.foreground, 0.8));
    const thick = Math.max(1, Math.round(2 * ratio));
    const foot = Math.max(1, Math.round(ratio));
    const drawn = [-1, -1, -1];
    for (
      let i = lowerBound(reach, window.from, (step) => step);
      i < upcalls.length && upcalls[i]![2] <= window.to;
      i += 1
    ) {
      const [, , from, to, depth, returned] = upcalls[i]!;
      const at = Math.min(UPCALL_LEVELS - 1, depth);
      const first = Math.max(0, Math.floor((from - window.from) * scale));
      const last = Math.min(width - 1, Math.max(first, Math.floor((to - window.from) * scale)));
      if (last <= drawn[at]!) continue;
      const y = top + at * level;
      this.#fill(left + Math.max(first, drawn[at]! + 1), y, last - first + 1, thick, ink);
      this.#fill(left + first, y, foot, level - 1, ink);
      if (returned === 1 && last - first > 4 * ratio)
        this.#fill(left + last, y, foot, level - 1, ink);
      drawn[at] = last;
    }
  }

  #fill(x: number, y: number, width: number, height: number, color: number): void {
    const { width: stride, height: most } = this.#image!;
    const end = Math.min(stride, x + width);
    for (let row = Math.max(0, y); row < Math.min(most, y + height); row += 1) {
      this.#pixels.fill(color, row * stride + x, row * stride + Math.max(x, end));
    }
  }

  #tileOf(mark: EnvironmentMark | undefined): Uint32Array {
    const key = mark === undefined ? "" : `${mark.hue} ${mark.hatch} ${mark.isLauncher}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const canvas = document.createElement("canvas");
    canvas.width = TILE;
    canvas.height = TILE;
    const context = canvas.getContext("2d")!;
    fillWithMark(context, mark, this.#theme!, TILE, TILE);
    const { data } = context.getImageData(0, 0, TILE, TILE);
    const tile = new Uint32Array(data.buffer.slice(0));
    this.#tiles.set(key, tile);
    return tile;
  }
}
