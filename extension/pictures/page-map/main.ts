/** The page of the page map: controls, the canvas, the legend, the sentence of the cell in question, and its history. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import { hex } from "../../views/row.ts";
import { Connection, onThemeChange } from "../connection.dom.ts";
import { buttonRow, setOptions } from "../controls.dom.ts";
import type { Phase } from "../messages.ts";
import "../picture.css";
import { legendRow } from "./legend.dom.ts";
import { frameAt, MapCanvas, type Place } from "./map-canvas.dom.ts";
import type { PageMapOrder, PageMapWish, PageSubject } from "./messages.ts";
import {
  belongsTo,
  type Grid,
  gridOf,
  type LegendKey,
  legendOf,
  type Mode,
  moved,
  nextShown,
  type PageMapBody,
  sentenceOf,
  summaryOf,
} from "./model.ts";
import { mappingAt, mappingsOf, NO_SLOT } from "./page-table.ts";
import "./style.css";

/** What the user has chosen. */
interface State {
  readonly mode: Mode["kind"];
  /** Of an address space that was chosen; otherwise it follows the frame that one looks at. */
  readonly environment?: number;
  readonly filter?: LegendKey;
  readonly place?: Place;
}

const connection = new Connection<PageMapWish, State>();
let state: State = connection.kept ?? { mode: "physical" };
let body: PageMapBody | undefined;
let grid: Grid | undefined;
/** The cell under the pointer, or -1. */
let hovered = -1;

const root = document.getElementById("picture")!;
root.innerHTML = `
  <div class="toolbar">
    <h1>Page map</h1>
    <vscode-single-select id="mode" label="What is shown"></vscode-single-select>
    <span class="grow"></span>
    <vscode-button id="keep" secondary>Compare from Here On</vscode-button>
    <vscode-button id="in" secondary title="Zoom in (+)">Zoom In</vscode-button>
    <vscode-button id="out" secondary title="Zoom out (-)">Zoom Out</vscode-button>
    <vscode-button id="fit" secondary title="Whole width (0)">Fit</vscode-button>
  </div>
  <p id="empty">No program is being debugged. Start one, and stop it.</p>
  <div class="body" id="body" hidden>
    <div class="stage">
      <canvas class="map" id="map" tabindex="0" role="application" aria-label="Page map"
        aria-roledescription="map of pages" aria-describedby="keys"></canvas>
    </div>
    <div class="side" id="side" tabindex="0" role="region" aria-label="Legend and history">
      <h2>Legend: choose one to see only that</h2>
      <ul id="legend"></ul>
      <h2 id="about">Page</h2>
      <ul id="actions"></ul>
      <ol id="history"></ol>
    </div>
  </div>
  <p class="sentence" id="sentence" role="status" aria-live="polite"></p>
  <p id="keys" hidden>Arrow keys, Home, End, Page Up and Page Down move from page to page; N and P to the next and previous page
  of the chosen legend entry or change; Enter shows the history of a page; plus, minus and 0 zoom.</p>`;
const find = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;

interface Select extends HTMLElement {
  value: string;
}
const [mode, keep, side] = [find<Select>("mode"), find("keep"), find("side")];
const sentence = find("sentence");

const canvas = new MapCanvas(find<HTMLCanvasElement>("map"), {
  hovered: (cell) => {
    hovered = cell;
    if (cell >= 0) say(cell);
    aimMenu();
  },
  chosen: (cell) => {
    canvas.element.focus();
    goTo(cell);
    showPage(cell);
  },
  moved: () => keepSoon(),
});
if (state.place !== undefined) canvas.place = state.place;

let keeping: number | undefined;
function keepSoon(): void {
  clearTimeout(keeping);
  keeping = window.setTimeout(() => set({ place: canvas.place }), 200);
}

function set(part: Partial<State>): void {
  state = { ...state, ...part };
  connection.keep(state);
}

const currentMode = (): Mode => {
  const environment = state.environment ?? body?.focused ?? body?.environments[0]?.id;
  return state.mode === "physical" || environment === undefined
    ? { kind: "physical" }
    : { kind: "virtual", environment };
};

const isShown = (frame: number): boolean =>
  body === undefined || state.filter === undefined || belongsTo(body, frame, state.filter);

function draw(): void {
  find("empty").hidden = body !== undefined;
  find("body").hidden = body === undefined;
  if (body === undefined) return;
  grid = gridOf(body.now, currentMode());
  canvas.show(body, grid, isShown);
  drawModes(body);
  drawLegend(body, grid);
  const { since } = body;
  keep.textContent = since?.isKept === true ? "Compare with Last Stop" : "Compare from Here On";
  keep.title =
    since?.isKept === true
      ? "Changes are again those since the stop before this one"
      : "Changes are from now on those since this stop";
  aimMenu();
}

function drawModes({ environments, focused }: PageMapBody): void {
  const options = [
    { value: "physical", text: "Physical memory" },
    { value: "follow", text: "Address space in focus" },
    ...environments.map(({ id, letter, name }) => ({
      value: `${id}`,
      text: `Address space of ${letter} ${name}${id === focused ? " (in focus)" : ""}`,
    })),
  ];
  const value = state.mode === "physical" ? "physical" : `${state.environment ?? "follow"}`;
  setOptions(mode, options, value);
}

function drawLegend(now: PageMapBody, shownGrid: Grid): void {
  const list = find("legend");
  const focusedKey = document.activeElement?.getAttribute("data-key");
  list.replaceChildren(
    ...legendOf(now, shownGrid).map((entry) =>
      legendRow(entry, state.filter === entry.key, () => {
        const { filter: old, ...others } = state;
        state = old === entry.key ? others : { ...state, filter: entry.key };
        connection.keep(state);
        draw();
      }),
    ),
  );
  if (typeof focusedKey === "string") {
    list.querySelector<HTMLElement>(`[data-key="${focusedKey}"]`)?.focus();
  }
}

/** The sentence of a cell, which a screen reader says. */
function say(cell: number): void {
  if (body !== undefined && grid !== undefined) sentence.textContent = sentenceOf(body, grid, cell);
}

function goTo(cell: number): void {
  hovered = -1;
  canvas.element.dataset["cursor"] = "kept";
  canvas.moveTo(cell);
  say(cell);
  aimMenu();
}

/** What the page in a cell is, for commands. */
function subjectOf(cell: number): PageSubject | undefined {
  if (body === undefined || grid === undefined) return undefined;
  const frame = frameAt(grid, cell);
  if (frame === undefined) return undefined;
  const { now } = body;
  const index = grid.mappings?.[cell] ?? -1;
  const binding = index < 0 ? mappingsOf(now, frame)[0] : mappingAt(now, index);
  const [owner, slot] = [now.owner[frame]!, now.slot[frame]!];
  return {
    frame,
    ...(owner === 0 ? {} : { environment: owner }),
    ...(slot === NO_SLOT ? {} : { slot }),
    ...(binding === undefined ? {} : { address: binding.address, boundIn: binding.environment }),
  };
}

/** VS Code's context menu is about the cell under the pointer, or else under the cursor. */
function aimMenu(): void {
  const cell = hovered >= 0 ? hovered : canvas.cursor;
  const subject = subjectOf(cell);
  const about =
    subject === undefined || body === undefined || grid === undefined
      ? {}
      : {
          webviewSection: "page",
          hasOwner: subject.environment !== undefined,
          hasSlot: subject.slot !== undefined,
          subject,
          label: `page ${hex(subject.frame)}`,
          description: sentenceOf(body, grid, cell),
        };
  canvas.element.dataset["vscodeContext"] = JSON.stringify({
    ...about,
    preventDefaultContextMenuItems: true,
  });
}

/** What can be done with a page, and its history. */
function showPage(cell: number): void {
  const subject = subjectOf(cell);
  if (subject === undefined) return;
  find("about").textContent = `Page ${hex(subject.frame)}`;
  const command = (text: string, name: string) =>
    buttonRow(text, () => connection.wish({ kind: "command", command: name, subject }));
  find("actions").replaceChildren(
    ...(subject.environment === undefined
      ? []
      : [command("Show its owner", "exoscope.showEnvironment")]),
    ...(subject.slot === undefined
      ? []
      : [command("Show the owner's capability", "exoscope.showCapability")]),
    command("Go to the source of the grant", "exoscope.goToGrant"),
    command("Break when its owner changes", "exoscope.breakOnOwner"),
    command("Break on any write to it", "exoscope.breakOnPage"),
  );
  find("history").replaceChildren();
  connection.wish({ kind: "history", frame: subject.frame });
}

function showHistory({ frame, items }: Extract<PageMapOrder, { kind: "history" }>): void {
  if (find("about").textContent !== `Page ${hex(frame)}`) return;
  find("history").replaceChildren(
    ...items.map(({ text, position }) =>
      buttonRow(`step ${position.step.toLocaleString("en-US")}: ${text}`, () =>
        connection.wish({ kind: "goTo", position }),
      ),
    ),
  );
  const last = items.at(-1);
  sentence.textContent +=
    last === undefined
      ? " · nothing ever happened to it"
      : ` · history: ${items.length === 1 ? "1 event" : `${items.length} events`}, the last: ${last.text}.`;
}

canvas.element.addEventListener("keydown", (event) => {
  if (grid === undefined || event.altKey || event.metaKey) return;
  const key = `${event.ctrlKey ? "Ctrl+" : ""}${event.key}`;
  const cell = moved(grid, canvas.cursor, key, canvas.rowsInSight);
  const actions: Readonly<Record<string, () => void>> = {
    Enter: () => showPage(canvas.cursor),
    " ": () => showPage(canvas.cursor),
    "+": () => canvas.zoom(1.25),
    "=": () => canvas.zoom(1.25),
    "-": () => canvas.zoom(1 / 1.25),
    "0": () => canvas.fit(),
    n: () => goToNext(1),
    p: () => goToNext(-1),
  };
  const action = actions[key];
  if (/^(Ctrl\+)?(Arrow|Home|End|Page)/.test(key)) goTo(cell);
  else if (action === undefined) return;
  else action();
  event.preventDefault();
});

/** To the next cell of the chosen entry of the legend, or else to the next change. */
function goToNext(by: 1 | -1): void {
  if (body === undefined || grid === undefined) return;
  const now = body;
  const key = state.filter ?? "changed";
  const cell = nextShown(grid, canvas.cursor, (frame) => belongsTo(now, frame, key), by);
  if (cell === canvas.cursor && key === "changed")
    sentence.textContent = "No other page has changed.";
  else goTo(cell);
}

canvas.element.addEventListener("focus", () => goTo(canvas.cursor));
canvas.element.addEventListener("blur", () => canvas.paintSoon());
mode.addEventListener("change", () => {
  const { environment: _, ...others } = state;
  if (mode.value === "physical") state = { ...others, mode: "physical" };
  else if (mode.value === "follow") state = { ...others, mode: "virtual" };
  else state = { ...others, mode: "virtual", environment: Number(mode.value) };
  connection.keep(state);
  canvas.cursor = 0;
  draw();
  canvas.fit();
});
find("in").addEventListener("click", () => canvas.zoom(1.25));
find("out").addEventListener("click", () => canvas.zoom(1 / 1.25));
find("fit").addEventListener("click", () => canvas.fit());
keep.addEventListener("click", () =>
  connection.wish({ kind: "keepStop", isKept: body?.since?.isKept !== true }),
);
onThemeChange(() => {
  canvas.themeChanged();
  draw();
});

connection.open<PageMapBody, PageMapOrder>({
  body: (now, phase: Phase) => {
    body = now;
    draw();
    sentence.textContent = now === undefined ? "" : summaryOf(now);
    root.dataset["phase"] = phase;
  },
  phase: (phase) => {
    root.dataset["phase"] = phase;
    if (phase === "running" && body !== undefined)
      sentence.textContent = "Running: the map is of the last stop.";
  },
  order: (order) => {
    if (order.kind === "history") showHistory(order);
    else if (order.kind === "run") {
      const subject = subjectOf(canvas.cursor);
      if (subject === undefined) sentence.textContent = "There is no page under the cursor.";
      else connection.wish({ kind: "command", command: order.command, subject });
    } else sentence.textContent = order.text;
  },
});
side.scrollTop = 0;
