/** How a page looks, painted once for each owner, marks and size, and then only copied. */
import type { EnvironmentMark } from "../environment-marks.ts";
import { css, drawLetter, fillWithMark, inkOn, mix, type Rgb, type Theme } from "../theme.dom.ts";
import { FLAG } from "./page-table.ts";

export interface Look {
  readonly mark: EnvironmentMark | undefined;
  readonly flags: number;
  readonly isChanged: boolean;
  /** Left out by the filter: still there, but faint. */
  readonly isFaint: boolean;
}

/** From this size in pixels on marks are drawn, and from the second one letters. */
const MARKS_FROM = 10;
const LETTERS_FROM = 13;
const CHANGE_FROM = 4;

export class Stamps {
  readonly #context: CanvasRenderingContext2D;
  readonly #made: Uint32Array[] = [];
  readonly #alike = new Map<string, Uint32Array>();
  readonly size: number;
  readonly #theme: Theme;

  constructor(size: number, theme: Theme) {
    this.size = size;
    this.#theme = theme;
    const canvas = document.createElement("canvas");
    canvas.width = size;
    canvas.height = size;
    this.#context = canvas.getContext("2d", { willReadFrequently: true })!;
  }

  /** The pixels of a cell in one of the looks, row by row. */
  of(number: number, looks: readonly Look[]): Uint32Array {
    const known = this.#made[number];
    if (known !== undefined) return known;
    const look = looks[number]!;
    const { size } = this;
    // A small cell has no marks: many looks are one.
    const flags = size < MARKS_FROM ? look.flags & (FLAG.free | FLAG.kernel) : look.flags;
    const isChanged = size >= CHANGE_FROM && look.isChanged;
    const key = `${look.mark?.id} ${flags} ${isChanged} ${look.isFaint}`;
    let pixels = this.#alike.get(key);
    if (pixels === undefined) {
      this.#paint(look);
      const { data } = this.#context.getImageData(0, 0, size, size);
      pixels = new Uint32Array(data.buffer.slice(0));
      this.#alike.set(key, pixels);
    }
    this.#made[number] = pixels;
    return pixels;
  }

  #paint({ mark, flags, isChanged, isFaint }: Look): void {
    const { size } = this;
    const context = this.#context;
    const theme = this.#theme;
    const isFree = (flags & FLAG.free) !== 0;
    const isKernel = (flags & FLAG.kernel) !== 0;
    const inner = size >= 6 ? size - 1 : size;
    context.globalAlpha = 1;
    context.fillStyle = css(theme.background);
    context.fillRect(0, 0, size, size);
    let color: Rgb = theme.hue(mark);
    if (isFree || isKernel) {
      color = mix(theme.background, theme.foreground, isFree ? (size < 6 ? 0.08 : 0) : 0.3);
      context.fillStyle = css(color);
      context.fillRect(0, 0, inner, inner);
      if (size >= 6) {
        context.strokeStyle = css(
          isFree ? mix(theme.background, theme.foreground, 0.25) : theme.line,
        );
        context.lineWidth = 1;
        context.strokeRect(0.5, 0.5, inner - 1, inner - 1);
      }
      if (isKernel && size >= 6) this.#cross(inner);
    } else {
      fillWithMark(context, mark, theme, inner, inner);
      if (theme.isHighContrast && size >= 8) {
        context.strokeStyle = css(theme.foreground);
        context.lineWidth = 1;
        context.strokeRect(0.5, 0.5, inner - 1, inner - 1);
      }
    }
    if (size >= MARKS_FROM) this.#marks(flags, isChanged, inner, color);
    else if (isChanged && size >= CHANGE_FROM) {
      context.fillStyle = css(theme.foreground);
      context.fillRect(0, 0, Math.ceil(size / 2), Math.ceil(size / 2));
    }
    if (mark !== undefined && !isFree && !isKernel && size >= LETTERS_FROM) {
      drawLetter(context, mark, theme, inner);
    }
    if (isFaint) {
      context.fillStyle = css(theme.background, 0.82);
      context.fillRect(0, 0, size, size);
    }
  }

  #cross(inner: number): void {
    const context = this.#context;
    context.strokeStyle = css(mix(this.#theme.background, this.#theme.foreground, 0.65));
    context.lineWidth = Math.max(1, inner / 14);
    context.beginPath();
    context.moveTo(inner * 0.2, inner * 0.2);
    context.lineTo(inner * 0.8, inner * 0.8);
    context.moveTo(inner * 0.8, inner * 0.2);
    context.lineTo(inner * 0.2, inner * 0.8);
    context.stroke();
  }

  /** Shared: a frame within. Guaranteed: a ring. Dirty: a dot. Pinned: a pin. Changed: a corner. */
  #marks(flags: number, isChanged: boolean, inner: number, color: Rgb): void {
    const context = this.#context;
    const ink = css(inkOn(color));
    const unit = Math.max(1, inner / 16);
    context.strokeStyle = ink;
    context.fillStyle = ink;
    if ((flags & FLAG.shared) !== 0) {
      context.lineWidth = Math.max(1.5, unit * 1.3);
      const edge = unit * 2.6;
      context.strokeRect(edge, edge, inner - 2 * edge, inner - 2 * edge);
    }
    if ((flags & FLAG.guaranteed) !== 0) {
      context.lineWidth = Math.max(1, unit * 1.2);
      context.beginPath();
      context.arc(inner / 2, inner / 2, inner * 0.42, 0, 2 * Math.PI);
      context.stroke();
    }
    const spot = (x: number, y: number, isRound: boolean) => {
      const radius = Math.max(1.5, unit * 2.2);
      context.beginPath();
      if (isRound) context.arc(x, y, radius, 0, 2 * Math.PI);
      else {
        context.moveTo(x - radius, y - radius * 1.2);
        context.lineTo(x + radius, y - radius * 1.2);
        context.lineTo(x, y + radius * 1.4);
        context.closePath();
      }
      context.fillStyle = ink;
      context.strokeStyle = css(color);
      context.lineWidth = 1;
      context.fill();
      context.stroke();
    };
    if ((flags & FLAG.dirty) !== 0) spot(inner - unit * 3, inner - unit * 3, true);
    if ((flags & FLAG.pinned) !== 0) spot(unit * 3.2, inner - unit * 3.6, false);
    if (isChanged) {
      context.fillStyle = css(this.#theme.foreground);
      context.strokeStyle = css(this.#theme.background);
      context.lineWidth = 1;
      const arm = Math.max(4, inner * 0.4);
      context.beginPath();
      context.moveTo(0, 0);
      context.lineTo(arm, 0);
      context.lineTo(0, arm);
      context.closePath();
      context.fill();
      context.stroke();
    }
  }
}
