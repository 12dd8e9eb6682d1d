/** Draws the lanes of a timeline on a canvas: only what is in sight, and nothing that is narrower than a pixel twice. */
import type { TimelineSpan } from "../../../debug-adapter/protocol.ts";
import type { EnvironmentMark } from "../environment-marks.ts";
import { css, fillWithMark, inkOn, mix, type Theme } from "../theme.dom.ts";
import { lowerBound, MARKS, type Model, type Row, stepText, type Window } from "./model.ts";

export interface Scene {
  readonly model: Model;
  readonly window: Window;
  /** The step at which one stands; undefined on another branch. */
  readonly now: number | undefined;
  readonly cursor: { readonly row: number; readonly step: number };
  readonly markers: { readonly A: number | undefined; readonly B: number | undefined };
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  /** Of one pixel of CSS in pixels of the canvas. */
  readonly ratio: number;
}

export const GUTTER = 132;
export const RULER = 24;
const LANE = 26;
const SUBLANE = 18;
const UPCALL = 4;
const MARK_BAND = 12;

export interface Place {
  readonly top: number;
  readonly bar: number;
  readonly barHeight: number;
  readonly height: number;
}

/** Where each row lies, below the ruler. */
export function placesOf(rows: readonly Row[]): {
  readonly places: Place[];
  readonly height: number;
} {
  const places: Place[] = [];
  let top = 0;
  for (const { thread, upcalls, marks } of rows) {
    const depth = Math.min(
      3,
      upcalls.reduce((most, each) => Math.max(most, each[4] + 1), 0),
    );
    const above = thread === 0 ? 3 : 1;
    const barHeight = thread === 0 ? LANE - 8 : SUBLANE - 6;
    const bar = top + above;
    const height =
      above +
      barHeight +
      depth * UPCALL +
      (marks.length > 0 ? MARK_BAND : 0) +
      (thread === 0 ? 5 : 3);
    places.push({ top, bar, barHeight, height });
    top += height;
  }
  return { places, height: top };
}

export class Painter {
  #theme: Theme | undefined;
  readonly #fills = new Map<string, CanvasPattern | string>();

  paint(context: CanvasRenderingContext2D, scene: Scene): void {
    if (this.#theme !== scene.theme) {
      this.#fills.clear();
      this.#theme = scene.theme;
    }
    const { width, height, ratio, theme, model, scrollTop } = scene;
    const { places } = placesOf(model.rows);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = css(theme.background);
    context.fillRect(0, 0, width, height);
    context.font = `12px ${FONT()}`;
    context.textBaseline = "middle";
    context.save();
    context.beginPath();
    context.rect(0, RULER, width, height - RULER);
    context.clip();
    for (const [i, row] of model.rows.entries()) {
      const place = places[i]!;
      const y = RULER + place.top - scrollTop;
      if (y + place.height < RULER || y > height) continue;
      this.#row(context, scene, row, place, RULER - scrollTop, i === scene.cursor.row);
    }
    this.#arrows(context, scene, places);
    context.restore();
    this.#ruler(context, scene);
    this.#lines(context, scene);
  }

  #row(
    context: CanvasRenderingContext2D,
    scene: Scene,
    row: Row,
    place: Place,
    base: number,
    isChosen: boolean,
  ): void {
    const { theme, width } = scene;
    const top = base + place.top;
    context.fillStyle = css(isChosen ? theme.focus : theme.line, isChosen ? 0.9 : 0.45);
    context.fillRect(0, top + place.height - 1, width, 1);
    context.save();
    context.beginPath();
    context.rect(GUTTER, top, width - GUTTER, place.height);
    context.clip();
    this.#spans(context, scene, row, base + place.bar, place.barHeight);
    this.#upcalls(context, scene, row, base + place.bar + place.barHeight + 1);
    this.#marks(context, scene, row, top + place.height - MARK_BAND / 2 - 3);
    context.restore();
    this.#label(context, scene, row, base + place.bar, place.barHeight, isChosen);
  }

  #label(
    context: CanvasRenderingContext2D,
    { theme }: Scene,
    row: Row,
    y: number,
    height: number,
    isChosen: boolean,
  ): void {
    const indent = row.thread === 0 ? 0 : 18;
    if (row.mark !== undefined && row.thread === 0) {
      context.fillStyle = this.#fill(context, row.mark, theme);
      context.fillRect(6, y, 18, height);
      context.strokeStyle = css(theme.foreground);
      context.lineWidth = 1;
      context.strokeRect(6.5, y + 0.5, 17, height - 1);
      const color = theme.hue(row.mark);
      context.fillStyle = css(color);
      context.fillRect(10, y + 2, 10, height - 4);
      context.fillStyle = css(inkOn(color));
      context.textAlign = "center";
      context.fillText(row.mark.letter, 15, y + height / 2 + 1, 16);
    }
    context.textAlign = "left";
    context.fillStyle = css(theme.foreground);
    context.font = `${isChosen ? "bold " : ""}12px ${FONT()}`;
    const text = row.thread === 0 && row.mark !== undefined ? row.mark.name : row.label;
    context.fillText(text, 30 + indent, y + height / 2 + 1, GUTTER - 36 - indent);
    context.font = `12px ${FONT()}`;
  }

  #spans(
    context: CanvasRenderingContext2D,
    scene: Scene,
    row: Row,
    y: number,
    height: number,
  ): void {
    const { theme, window, model } = scene;
    const { spans, mark } = row;
    const toX = scaleOf(scene);
    const fill = this.#fill(context, mark, theme);
    const glyphInk = css(inkOn(theme.hue(mark)));
    let drawnTo = Number.NEGATIVE_INFINITY;
    const start = Math.max(0, lowerBound(spans, window.from, (span) => span[2]) - 1);
    for (let i = start; i < spans.length; i += 1) {
      const span = spans[i] as TimelineSpan;
      const [environment, , from, to, owner, end] = span;
      if (from > window.to) break;
      const left = Math.max(GUTTER - 4, toX(from));
      const right = Math.min(scene.width + 4, toX(to));
      // What ends on the pixel that is filled already cannot be seen.
      if (right <= drawnTo + 0.4) continue;
      const x = Math.max(left, drawnTo);
      const wide = Math.max(1, right - x);
      drawnTo = x + wide;
      if (environment === 0) {
        context.fillStyle = css(theme.line, 0.35);
        context.fillRect(x, y + height / 2 - 1, wide, 2);
        continue;
      }
      context.fillStyle = fill;
      if (end === "M") {
        // As full as the share of the time that it really ran.
        const part = Math.max(0.3, Math.min(1, span[10] / Math.max(1, to - from)));
        context.fillRect(x, y + height * (1 - part), wide, height * part);
        continue;
      }
      context.fillRect(x, y, wide, height);
      if (wide < 3) continue;
      const isDonated = owner !== 0 && owner !== environment;
      const border = isDonated ? model.marks.get(owner) : undefined;
      if (isDonated) {
        context.fillStyle = css(theme.background);
        context.fillRect(x, y, wide, 4);
        context.fillRect(x, y + height - 4, wide, 4);
        context.fillStyle = this.#fill(context, border, theme);
        context.fillRect(x, y, wide, 3);
        context.fillRect(x, y + height - 3, wide, 3);
        context.fillRect(x, y, Math.min(3, wide), height);
      } else {
        context.strokeStyle = css(theme.foreground, theme.isHighContrast ? 1 : 0.55);
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, wide - 1, height - 1);
      }
      if (wide >= 14 && end !== "R") {
        context.fillStyle = css(theme.hue(mark));
        context.fillRect(right - 13, y + 3, 11, height - 6);
        context.fillStyle = glyphInk;
        context.textAlign = "center";
        context.fillText(end, right - 7.5, y + height / 2 + 1);
      }
      if (wide >= 34 && isDonated && border !== undefined) {
        context.fillStyle = css(theme.hue(mark));
        context.fillRect(x + 5, y + 3, 20, height - 6);
        context.fillStyle = glyphInk;
        context.textAlign = "left";
        context.fillText(`⊂${border.letter}`, x + 6, y + height / 2 + 1, 20);
      }
    }
  }

  #upcalls(context: CanvasRenderingContext2D, scene: Scene, row: Row, y: number): void {
    const { window, theme } = scene;
    const toX = scaleOf(scene);
    const drawn = [0, 0, 0];
    context.fillStyle = css(theme.foreground, 0.8);
    for (const [, , from, to, depth, returned] of row.upcalls) {
      if (from > window.to) break;
      if (to < window.from) continue;
      const level = Math.min(2, depth);
      const x = Math.max(GUTTER, toX(from));
      const right = Math.max(x + 1.5, toX(to));
      if (right <= (drawn[level] ?? 0)) continue;
      drawn[level] = right;
      const top = y + level * UPCALL;
      context.fillRect(x, top, right - x, 2);
      context.fillRect(x, top, 1, UPCALL - 0.5);
      if (returned === 1 && right - x > 4) context.fillRect(right - 1, top, 1, UPCALL - 0.5);
    }
  }

  #marks(context: CanvasRenderingContext2D, scene: Scene, row: Row, y: number): void {
    const { window, theme } = scene;
    const toX = scaleOf(scene);
    context.textAlign = "center";
    context.fillStyle = css(theme.foreground);
    let drawnTo = Number.NEGATIVE_INFINITY;
    const marks = row.marks;
    for (let i = lowerBound(marks, window.from, (mark) => mark[0]); i < marks.length; i += 1) {
      const mark = marks[i]!;
      if (mark[0] > window.to) break;
      const x = toX(mark[0]);
      if (x < drawnTo + 1) continue;
      context.fillRect(x - 0.5, y - 9, 1, 4);
      // Signs that would lie on each other are ticks only.
      if (x >= drawnTo + 9) context.fillText(MARKS[mark[2]].sign, x, y + 1);
      drawnTo = x;
    }
  }

  #arrows(context: CanvasRenderingContext2D, scene: Scene, places: readonly Place[]): void {
    const { model, window, theme, scrollTop, width } = scene;
    const toX = scaleOf(scene);
    context.save();
    context.beginPath();
    context.rect(GUTTER, RULER, width - GUTTER, scene.height - RULER);
    context.clip();
    context.strokeStyle = css(theme.foreground, 0.75);
    context.fillStyle = css(theme.foreground, 0.9);
    context.lineWidth = 1;
    const drawn = new Map<number, number>();
    const { arrows } = model;
    context.beginPath();
    const heads: [number, number, number][] = [];
    for (let i = lowerBound(arrows, window.from, (arrow) => arrow[0]); i < arrows.length; i += 1) {
      const [step, from, to, kind] = arrows[i]!;
      if (step > window.to) break;
      const [giver, taker] = [model.rowOf.get(from), model.rowOf.get(to)];
      if (giver === undefined || taker === undefined || giver === taker) continue;
      const x = toX(step);
      const key = giver * 4096 + taker;
      if (x < (drawn.get(key) ?? Number.NEGATIVE_INFINITY) + 3) continue;
      drawn.set(key, x);
      const [a, b] = [places[giver]!, places[taker]!];
      const isDown = taker > giver;
      const y1 = RULER - scrollTop + a.bar + (isDown ? a.barHeight : 0);
      const y2 = RULER - scrollTop + b.bar + (isDown ? 0 : b.barHeight);
      if (Math.max(y1, y2) < RULER || Math.min(y1, y2) > scene.height) continue;
      if (kind === "reply" || kind === "yield") {
        const step = isDown ? 6 : -6;
        for (let y = y1; isDown ? y < y2 : y > y2; y += step) {
          context.moveTo(x, y);
          context.lineTo(x, isDown ? Math.min(y2, y + 3) : Math.max(y2, y - 3));
        }
      } else {
        context.moveTo(x, y1);
        context.lineTo(x, y2);
      }
      heads.push([x, y2, isDown ? -5 : 5]);
    }
    context.stroke();
    context.beginPath();
    for (const [x, y, back] of heads) {
      context.moveTo(x, y);
      context.lineTo(x - 3, y + back);
      context.lineTo(x + 3, y + back);
    }
    context.fill();
    context.restore();
  }

  #ruler(context: CanvasRenderingContext2D, scene: Scene): void {
    const { window, theme, width } = scene;
    const toX = scaleOf(scene);
    context.fillStyle = css(theme.background);
    context.fillRect(0, 0, width, RULER);
    context.fillStyle = css(theme.foreground);
    context.textAlign = "left";
    context.fillText("steps", 6, RULER / 2);
    const every = tick((window.to - window.from) / Math.max(1, (width - GUTTER) / 110));
    for (let step = Math.ceil(window.from / every) * every; step <= window.to; step += every) {
      const x = toX(step);
      context.fillRect(x, RULER - 6, 1, 6);
      context.fillText(stepText(step), x + 3, RULER / 2 - 1);
    }
    context.fillStyle = css(theme.line);
    context.fillRect(0, RULER - 1, width, 1);
  }

  #lines(context: CanvasRenderingContext2D, scene: Scene): void {
    const { window, theme, now, cursor, markers, height, width } = scene;
    const toX = scaleOf(scene);
    const flag = (step: number | undefined, text: string, isDashed: boolean) => {
      if (step === undefined || step < window.from || step > window.to) return;
      const x = toX(step);
      context.strokeStyle = css(theme.foreground);
      context.lineWidth = text === "now" ? 2 : 1;
      context.setLineDash(isDashed ? [4, 3] : []);
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, height);
      context.stroke();
      context.setLineDash([]);
      if (text === "") return;
      const wide = context.measureText(text).width + 8;
      // Markers' flags point to the left, so that they are read beside the one of now.
      const left = text === "now" ? Math.min(x, width - wide) : Math.max(0, x - wide);
      context.fillStyle = css(theme.foreground);
      context.fillRect(left, 0, wide, 14);
      context.fillStyle = css(theme.background);
      context.textAlign = "left";
      context.fillText(text, left + 4, 7.5);
    };
    if (markers.A !== undefined && markers.B !== undefined) {
      const [from, to] = [Math.min(markers.A, markers.B), Math.max(markers.A, markers.B)];
      const left = Math.max(GUTTER, toX(from));
      context.fillStyle = css(theme.foreground, 0.08);
      context.fillRect(left, RULER, Math.max(0, Math.min(width, toX(to)) - left), height - RULER);
    }
    flag(cursor.step, "", true);
    flag(markers.A, "A", false);
    flag(markers.B, "B", false);
    flag(now, "now", false);
  }

  #fill(
    context: CanvasRenderingContext2D,
    mark: EnvironmentMark | undefined,
    theme: Theme,
  ): CanvasPattern | string {
    const key = mark === undefined ? "" : `${mark.hue} ${mark.hatch}`;
    let fill = this.#fills.get(key);
    if (fill === undefined) {
      const tile = document.createElement("canvas");
      tile.width = 24;
      tile.height = 24;
      const inner = tile.getContext("2d");
      if (inner !== null) fillWithMark(inner, mark, theme, 24, 24);
      fill =
        context.createPattern(tile, "repeat") ?? css(mix(theme.background, theme.foreground, 0.5));
      this.#fills.set(key, fill);
    }
    return fill;
  }
}

let family = "";
const FONT = (): string => {
  family ||= getComputedStyle(document.body).fontFamily;
  return family;
};

export function scaleOf({
  window,
  width,
}: Pick<Scene, "window" | "width">): (step: number) => number {
  const scale = (width - GUTTER) / (window.to - window.from);
  return (step) => GUTTER + (step - window.from) * scale;
}

/** The next larger of 1, 2, 5, 10, 20, ... */
function tick(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least) ?? 10 * power;
}
