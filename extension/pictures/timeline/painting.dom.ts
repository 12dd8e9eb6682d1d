/** Draws the lanes of a timeline on a canvas: only what is in sight; what is narrow as pixels, what is wide as shapes. */
import type { TimelineSpan } from "../../../debug-adapter/protocol.ts";
import type { EnvironmentMark } from "../environment-marks.ts";
import { css, fillWithMark, inkOn, mix, type Theme } from "../theme.dom.ts";
import { type Axis, LanePixels } from "./lane-pixels.dom.ts";
import { lowerBound, MARKS, type Model, type Row, stepText, type Window } from "./model.ts";

export interface Scene {
  readonly model: Model;
  /** Where its rows lie. */
  readonly places: readonly Place[];
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

/** Gives a canvas the pixels that it has on the screen; whether it had others. */
export function resized(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
): boolean {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === w && canvas.height === h) return false;
  canvas.width = w;
  canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return true;
}

export class Painter {
  #theme: Theme | undefined;
  readonly #fills = new Map<string, CanvasPattern | string>();
  readonly #pixels = new LanePixels();

  paint(context: CanvasRenderingContext2D, scene: Scene): void {
    if (this.#theme !== scene.theme) {
      this.#fills.clear();
      this.#theme = scene.theme;
    }
    const { width, height, ratio, theme, model, places, scrollTop } = scene;
    const inSight = [...model.rows.entries()].filter(([i]) => {
      const y = RULER + places[i]!.top - scrollTop;
      return y + places[i]!.height >= RULER && y <= height;
    });
    const left = Math.round(GUTTER * ratio);
    const axis = {
      window: scene.window,
      left,
      width: Math.max(1, Math.round(width * ratio) - left),
      ratio,
    };
    this.#pixels.begin(theme, Math.round(width * ratio), Math.round(height * ratio));
    const shapes = inSight.map(([i, row]) => this.#narrow(row, places[i]!, axis, scrollTop));
    this.#pixels.put(context);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = `12px ${theme.fontFamily}`;
    context.textBaseline = "middle";
    context.save();
    context.beginPath();
    context.rect(0, RULER, width, height - RULER);
    context.clip();
    for (const [i, row] of inSight) {
      const isChosen = i === scene.cursor.row;
      const { top, bar, barHeight, height: tall } = places[i]!;
      const base = RULER - scrollTop;
      context.fillStyle = css(isChosen ? theme.focus : theme.line, isChosen ? 0.9 : 0.45);
      context.fillRect(0, base + top + tall - 1, width, 1);
      this.#label(context, scene, row, base + bar, barHeight, isChosen);
    }
    context.beginPath();
    context.rect(GUTTER, RULER, width - GUTTER, height - RULER);
    context.clip();
    inSight.forEach(([i, row], at) => {
      const { top, bar, barHeight, height: tall } = places[i]!;
      const base = RULER - scrollTop;
      this.#shapes(context, scene, row, shapes[at]!, base + bar, barHeight);
      this.#marks(context, scene, row, base + top + tall - MARK_BAND / 2 - 3);
    });
    this.#arrows(context, scene, places);
    context.restore();
    this.#ruler(context, scene);
    this.#lines(context, scene);
  }

  /** What is drawn as pixels; returns what is to be drawn as shapes. */
  #narrow(row: Row, place: Place, axis: Axis, scrollTop: number): readonly TimelineSpan[] {
    const { ratio } = axis;
    const at = (y: number) => Math.round((RULER - scrollTop + y) * ratio);
    const isIdle = row.environment === 0;
    const top = isIdle ? place.bar + place.barHeight / 2 - 1 : place.bar;
    const height = isIdle ? 2 : place.barHeight;
    const shapes = this.#pixels.spans(row, axis, at(top), Math.round(height * ratio));
    const level = Math.round(UPCALL * ratio);
    this.#pixels.upcalls(row, axis, at(place.bar + place.barHeight + 1), level);
    return shapes;
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
    context.font = `${isChosen ? "bold " : ""}12px ${theme.fontFamily}`;
    const text = row.thread === 0 && row.mark !== undefined ? row.mark.name : row.label;
    context.fillText(text, 30 + indent, y + height / 2 + 1, GUTTER - 36 - indent);
    context.font = `12px ${theme.fontFamily}`;
  }

  #shapes(
    context: CanvasRenderingContext2D,
    scene: Scene,
    row: Row,
    shapes: readonly TimelineSpan[],
    y: number,
    height: number,
  ): void {
    if (shapes.length === 0) return;
    const { theme, model } = scene;
    const { mark } = row;
    const toX = scaleOf(scene);
    const fill = this.#fill(context, mark, theme);
    const glyphInk = css(inkOn(theme.hue(mark)));
    for (const [environment, , from, to, owner, end] of shapes) {
      const x = Math.max(GUTTER - 4, toX(from));
      const right = Math.min(scene.width + 4, toX(to));
      const wide = right - x;
      if (environment === 0) {
        context.fillStyle = css(theme.line, 0.35);
        context.fillRect(x, y + height / 2 - 1, wide, 2);
        continue;
      }
      context.fillStyle = fill;
      context.fillRect(x, y, wide, height);
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
    const { arrows } = model;
    context.beginPath();
    // Arrows that would lie on each other cannot be told apart: in each stretch of a few pixels those are drawn that do not overlap.
    let stretch = Number.NEGATIVE_INFINITY;
    let taken: [number, number][] = [];
    const heads: [number, number, number][] = [];
    for (let i = lowerBound(arrows, window.from, (arrow) => arrow[0]); i < arrows.length; i += 1) {
      const [step, from, to, kind] = arrows[i]!;
      if (step > window.to) break;
      const [giver, taker] = [model.rowOf.get(from), model.rowOf.get(to)];
      if (giver === undefined || taker === undefined || giver === taker) continue;
      const x = toX(step);
      if (x >= stretch + 4) {
        stretch = x;
        taken = [];
      }
      const [upper, lower] = giver < taker ? [giver, taker] : [taker, giver];
      if (taken.length >= 4 || taken.some(([low, high]) => upper < high && lower > low)) continue;
      const [a, b] = [places[giver]!, places[taker]!];
      const isDown = taker > giver;
      const y1 = RULER - scrollTop + a.bar + (isDown ? a.barHeight : 0);
      const y2 = RULER - scrollTop + b.bar + (isDown ? 0 : b.barHeight);
      if (Math.max(y1, y2) < RULER || Math.min(y1, y2) > scene.height) continue;
      taken.push([upper, lower]);
      if (kind === "reply" || kind === "yield") {
        const step = isDown ? 6 : -6;
        const [start, end] = [
          Math.max(-6, Math.min(y1, scene.height + 6)),
          Math.max(0, Math.min(y2, scene.height)),
        ];
        for (let y = start; isDown ? y < end : y > end; y += step) {
          context.moveTo(x, y);
          context.lineTo(x, isDown ? Math.min(end, y + 3) : Math.max(end, y - 3));
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
    const key = mark === undefined ? "" : `${mark.hue} ${mark.hatch} ${mark.isLauncher}`;
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
