/** A row of the legend: a cell as the map draws it, what it means, how many there are; a button that filters. */
import { readTheme } from "../theme.dom.ts";
import type { LegendEntry } from "./model.ts";
import { FLAG, type FlagName } from "./page-table.ts";
import { Stamps } from "./stamps.dom.ts";

const SIZE = 20;

export function legendRow(entry: LegendEntry, isChosen: boolean, choose: () => void): HTMLElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.className = "row";
  button.setAttribute("aria-pressed", `${isChosen}`);
  button.dataset["key"] = entry.key;
  const text = document.createElement("span");
  text.textContent = entry.text;
  const count = document.createElement("span");
  count.className = "count";
  count.textContent = entry.count.toLocaleString("en-US");
  button.append(swatch(entry), text, count);
  button.addEventListener("click", choose);
  item.append(button);
  return item;
}

function swatch({ key, mark }: LegendEntry): HTMLElement {
  const canvas = document.createElement("canvas");
  const ratio = window.devicePixelRatio || 1;
  const size = Math.round(SIZE * ratio);
  canvas.width = size;
  canvas.height = size;
  canvas.style.width = `${SIZE}px`;
  canvas.style.height = `${SIZE}px`;
  canvas.setAttribute("aria-hidden", "true");
  const flags = key in FLAG ? FLAG[key as FlagName] : 0;
  const look = { mark, flags, isChanged: key === "changed", isFaint: false };
  const pixels = new Stamps(size, readTheme()).of(0, [look]);
  const data = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
  canvas.getContext("2d")!.putImageData(new ImageData(data, size, size), 0, 0);
  return canvas;
}
