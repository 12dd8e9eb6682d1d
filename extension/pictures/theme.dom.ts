/** The theme's colours as numbers, for what is painted rather than styled. */
import type { EnvironmentMark, Hatch } from "./environment-marks.ts";

export type Rgb = readonly [number, number, number];

export interface Theme {
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly line: Rgb;
  readonly focus: Rgb;
  readonly isHighContrast: boolean;
  readonly fontFamily: string;
  readonly hue: (mark: EnvironmentMark | undefined) => Rgb;
}

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

/** A colour as a canvas has it in memory. */
export const pixelOf = ([r, g, b]: Rgb): number =>
  new Uint32Array(new Uint8ClampedArray([r, g, b, 255]).buffer)[0]!;

export const mix = (a: Rgb, b: Rgb, part: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * part),
  Math.round(a[1] + (b[1] - a[1]) * part),
  Math.round(a[2] + (b[2] - a[2]) * part),
];

const luminance = (color: Rgb): number => {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** Black or white, whichever is read better on a colour. */
export const inkOn = (color: Rgb): Rgb => (luminance(color) > 0.18 ? BLACK : WHITE);

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const color = (name: string, fallback: Rgb): Rgb => {
    const text = style.getPropertyValue(`--vscode-${name}`).trim();
    if (text === "") return fallback;
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = css(fallback);
    probe.fillStyle = text;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    return [r!, g!, b!];
  };
  const isHighContrast = /\bvscode-high-contrast/.test(document.body.className);
  const background = color("editor-background", WHITE);
  const foreground = color("editor-foreground", inkOn(background));
  const hues = new Map(
    ["blue", "orange", "green", "purple", "yellow", "red"].map((hue) => [
      hue,
      color(`charts-${hue}`, foreground),
    ]),
  );
  return {
    background,
    foreground,
    line: isHighContrast ? foreground : mix(background, foreground, 0.28),
    focus: color("focusBorder", foreground),
    isHighContrast,
    fontFamily: style.fontFamily,
    hue: (mark) =>
      mark === undefined || mark.isLauncher
        ? mix(background, foreground, 0.5)
        : (hues.get(mark.hue) ?? foreground),
  };
}

/** Whether a hatch has a line at a pixel, `period` pixels from line to line and `width` wide. */
export function isHatched(
  hatch: Hatch,
  x: number,
  y: number,
  period: number,
  width: number,
): boolean {
  const on = (value: number) => ((value % period) + period) % period < width;
  switch (hatch) {
    case "plain":
      return false;
    case "rising":
      return on(x + y);
    case "falling":
      return on(x - y);
    case "level":
      return on(y);
    case "upright":
      return on(x);
    case "crossed":
      return on(x) || on(y);
    case "dotted":
      return on(x) && on(y);
    case "chequered":
      return on(x + y) || on(x - y);
  }
}

/** Fills a canvas with an environment's colour and hatch. */
export function fillWithMark(
  context: CanvasRenderingContext2D,
  mark: EnvironmentMark | undefined,
  theme: Theme,
  width: number,
  height: number,
): void {
  const color = theme.hue(mark);
  const ink = mix(color, inkOn(color), 0.55);
  const image = context.createImageData(width, height);
  const [period, line] = height < 12 ? [4, 1] : height < 28 ? [6, 1] : [8, 2];
  const pixels = new Uint32Array(image.data.buffer).fill(pixelOf(color));
  const [hatch, inked] = [mark?.hatch ?? "plain", pixelOf(ink)];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      if (isHatched(hatch, x, y, period, line)) pixels[at] = inked;
    }
  }
  context.putImageData(image, 0, 0);
}

/** A letter in the middle of a cell, on a plate of the cell's colour, so that the hatch does not run through it. */
export function drawLetter(
  context: CanvasRenderingContext2D,
  mark: EnvironmentMark,
  theme: Theme,
  size: number,
): void {
  const color = theme.hue(mark);
  const height = Math.round(size * (mark.letter.length > 1 ? 0.46 : 0.62));
  context.font = `600 ${height}px ${theme.fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const width = context.measureText(mark.letter).width + 2;
  context.fillStyle = css(color);
  context.fillRect((size - width) / 2, size / 2 - height * 0.46, width, height * 0.92);
  context.fillStyle = css(inkOn(color));
  context.fillText(mark.letter, size / 2, size / 2 + height * 0.36);
}
