/** The page of the capability graph: filters, the graph as SVG, and the sentence of the capability with the cursor. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import { Connection, onThemeChange } from "../connection.dom.ts";
import "../picture.css";
import { buttonRow, setOptions } from "../controls.dom.ts";
import { fillWithMark, readTheme } from "../theme.dom.ts";
import { type Placed, placed } from "./layout.ts";
import type { CapabilityGraphOrder, CapabilityGraphWish } from "./messages.ts";
import {
  type CapabilityGraphBody,
  type Graph,
  type GraphFilter,
  type GraphNode,
  graphOf,
  neighbour,
  nodeSentence,
} from "./model.ts";
import "./style.css";

interface State {
  readonly filter: GraphFilter;
  readonly cursor?: string;
}

const connection = new Connection<CapabilityGraphWish, State>();
let state: State = connection.kept ?? { filter: {} };
let body: CapabilityGraphBody | undefined;
let graph: Graph | undefined;
let where: Placed | undefined;
/** What `where` was laid out of. */
let laidOut = "";
let view = { x: 0, y: 0, scale: 1 };

document.getElementById("picture")!.innerHTML = `
  <div class="toolbar">
    <h1>Capability graph</h1>
    <vscode-single-select id="holder" label="Whose"></vscode-single-select>
    <vscode-single-select id="kind" label="Of what kind"></vscode-single-select>
    <span class="grow"></span>
    <vscode-button id="dot" secondary title="As a graph for Graphviz">As DOT</vscode-button>
    <vscode-button id="in" secondary title="Zoom in (+)">Zoom In</vscode-button>
    <vscode-button id="out" secondary title="Zoom out (-)">Zoom Out</vscode-button>
    <vscode-button id="fit" secondary title="All of it (0)">Fit</vscode-button>
  </div>
  <p id="empty">No program is being debugged. Start one, and stop it.</p>
  <p id="count" hidden></p>
  <div class="body" id="body" hidden>
    <svg class="graph" id="graph" tabindex="0" role="application" aria-label="Capability graph"
      aria-describedby="keys"></svg>
    <div class="side" tabindex="0" role="region" aria-label="The chosen capability">
      <h2>How to read it</h2>
      <ul>
        <li>line: derived from</li>
        <li>dashed: offered, not yet accepted</li>
        <li>dotted and struck through: gone since the last stop</li>
        <li>thick edge: new since the last stop</li>
        <li>cross in the corner: its last use was refused</li>
      </ul>
      <h2 id="about">Capability</h2>
      <ul id="actions"></ul>
    </div>
  </div>
  <p class="sentence" id="sentence" role="status" aria-live="polite"></p>
  <p id="keys" hidden>Left and right follow the edges, up and down go among those of the same origin; Enter shows what can be
  done with one; plus, minus and 0 zoom.</p>`;
const find = <E extends Element = HTMLElement>(id: string) =>
  document.getElementById(id) as unknown as E;
const svg = find<SVGSVGElement>("graph");
const sentence = find("sentence");

const SVG = "http://www.w3.org/2000/svg";
function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, `${value}`);
  return element;
}
function label(text: string, x: number, y: number, type = ""): SVGElement {
  const element = shape("text", { x, y, class: type });
  element.textContent = text;
  return element;
}

function draw(): void {
  find("empty").hidden = body !== undefined;
  find("body").hidden = body === undefined;
  find("count").hidden = body === undefined;
  if (body === undefined) return;
  graph = graphOf(body, state.filter);
  find("count").textContent = graph.sentence;
  drawFilters(body);
  const structure = JSON.stringify([
    graph.nodes.map(({ key, holder }) => [key, holder]),
    graph.edges,
  ]);
  if (structure !== laidOut || where === undefined) {
    const isFirst = where === undefined;
    where = placed(graph);
    laidOut = structure;
    if (isFirst) fitAll();
  }
  drawGraph(body, graph, where);
}

function drawFilters({ environments, capabilities }: CapabilityGraphBody): void {
  const kinds = [...new Set(capabilities.map(({ kind }) => kind))].sort();
  setOptions(
    find("holder"),
    [
      { value: "", text: "Every holder" },
      ...environments.map(({ id, letter, name }) => ({
        value: `${id}`,
        text: `${letter} ${name}`,
      })),
    ],
    `${state.filter.environment ?? ""}`,
  );
  setOptions(
    find("kind"),
    [{ value: "", text: "Every kind" }, ...kinds.map((kind) => ({ value: kind, text: kind }))],
    state.filter.kind ?? "",
  );
}

function drawGraph(now: CapabilityGraphBody, drawn: Graph, at: Placed): void {
  const all = shape("g", { id: "all" });
  const marks = new Map(now.environments.map((mark) => [mark.id, mark]));
  for (const [holder, box] of at.clusters) {
    const group = shape("g", { class: "cluster" });
    const mark = marks.get(holder);
    group.append(
      shape("rect", { ...box, rx: 6 }),
      picture(mark, box.x, box.y),
      label(
        mark === undefined ? `env ${holder}` : `${mark.letter} ${mark.name}`,
        box.x + 26,
        box.y + 15,
      ),
    );
    all.append(group);
  }
  drawn.edges.forEach(({ kind, from, to }, i) => {
    const d = at.edges[i]!.map(({ x, y }, corner) => `${corner === 0 ? "M" : "L"}${x} ${y}`).join(
      "",
    );
    const ends = { "data-from": from, "data-to": to };
    all.append(shape("path", { d, class: `edge ${kind}`, "marker-end": "url(#tip)", ...ends }));
  });
  for (const node of drawn.nodes) all.append(nodeShape(node, at));
  const definitions = shape("defs", {});
  const tip = shape("marker", {
    id: "tip",
    viewBox: "0 0 8 8",
    markerUnits: "userSpaceOnUse",
    refX: 8,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    orient: "auto",
  });
  tip.append(
    shape("path", { d: "M0 0L8 4L0 8", fill: "none", stroke: "var(--vscode-foreground)" }),
  );
  definitions.append(tip);
  svg.replaceChildren(definitions, all);
  look();
  drawCursor();
}

/** The holder's colour and hatch, as in the page map. */
function picture(
  mark: CapabilityGraphBody["environments"][number] | undefined,
  x: number,
  y: number,
): SVGElement {
  const canvas = document.createElement("canvas");
  canvas.width = 16;
  canvas.height = 16;
  fillWithMark(canvas.getContext("2d")!, mark, readTheme(), 16, 16);
  return shape("image", { href: canvas.toDataURL(), x: x + 5, y: y + 3, width: 16, height: 16 });
}

function nodeShape(node: GraphNode, at: Placed): SVGElement {
  const { x, y, width, height } = at.nodes.get(node.key)!;
  const isRefused = node.refusal !== undefined;
  const classes = ["node", node.state, node.isNew ? "new" : "", isRefused ? "refused" : ""];
  const group = shape("g", { class: classes.join(" "), "data-key": node.key });
  group.append(
    shape("rect", { x, y, width, height, rx: 3 }),
    label(shortened(node.title), x + 8, y + 17),
    label(node.detail, x + 8, y + 33, "detail"),
  );
  if (isRefused) {
    const [left, top] = [x + width - 16, y + 6];
    group.append(
      shape("path", {
        d: `M${left} ${top}l9 9M${left + 9} ${top}l-9 9`,
        class: "refusal",
      }),
    );
  }
  group.addEventListener("click", () => {
    goTo(node.key);
    showActions();
  });
  return group;
}

const shortened = (text: string): string => (text.length > 23 ? `${text.slice(0, 22)}…` : text);

function chosen(): GraphNode | undefined {
  return graph?.nodes.find(({ key }) => key === state.cursor) ?? graph?.nodes[0];
}

function drawCursor(): void {
  svg.querySelector(".cursor")?.remove();
  const node = chosen();
  const box = node === undefined ? undefined : where?.nodes.get(node.key);
  if (box === undefined) return;
  const { x, y, width, height } = box;
  const ring = { x: x - 4, y: y - 4, width: width + 8, height: height + 8, rx: 5, class: "cursor" };
  svg.querySelector("#all")?.append(shape("rect", ring));
  // Its own edges stand out among those that run beside them.
  for (const edge of svg.querySelectorAll<SVGElement>(".edge")) {
    const { from, to } = edge.dataset;
    edge.classList.toggle("near", from === node?.key || to === node?.key);
  }
}

function goTo(key: string): void {
  state = { ...state, cursor: key };
  connection.keep(state);
  drawCursor();
  const node = chosen();
  const box = node === undefined ? undefined : where?.nodes.get(node.key);
  if (node === undefined || box === undefined || body === undefined) return;
  sentence.textContent = nodeSentence(body, node);
  // Into sight, by as little as is needed.
  const [width, height] = [svg.clientWidth / view.scale, svg.clientHeight / view.scale];
  const margin = 12;
  view = {
    ...view,
    x: Math.min(box.x - margin, Math.max(view.x, box.x + box.width + margin - width)),
    y: Math.min(box.y - margin, Math.max(view.y, box.y + box.height + margin - height)),
  };
  look();
}

function showActions(): void {
  const node = chosen();
  if (node === undefined) return;
  const { environment, slot } = node.capability;
  const subject = { environment, slot };
  find("about").textContent = `Slot ${slot}: ${node.title}`;
  const command = (text: string, name: string) =>
    buttonRow(text, () =>
      connection.wish({ kind: "command", command: name, subject, label: node.title }),
    );
  find("actions").replaceChildren(
    command("Show it in the tree", "exoscope.showCapability"),
    command("Show its holder", "exoscope.showEnvironment"),
    command("Go to the source of the grant", "exoscope.goToGrant"),
    command("History", "exoscope.historyOfObject"),
    command("Break when it changes", "exoscope.breakOnCapability"),
  );
}

/** Shows the part that `view` says. */
function look(): void {
  const [width, height] = [svg.clientWidth / view.scale, svg.clientHeight / view.scale];
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${Math.max(1, width)} ${Math.max(1, height)}`);
}

function fitAll(): void {
  if (where === undefined) return;
  // Not so small that nothing can be read, and the rest is reached by keys.
  const scale = Math.min(svg.clientWidth / where.width, svg.clientHeight / where.height, 1);
  view = { x: 0, y: 0, scale: Math.max(0.85, scale) };
  look();
}

function zoom(factor: number, x = svg.clientWidth / 2, y = svg.clientHeight / 2): void {
  const scale = Math.min(4, Math.max(0.1, view.scale * factor));
  view = {
    x: view.x + x / view.scale - x / scale,
    y: view.y + y / view.scale - y / scale,
    scale,
  };
  look();
}

svg.addEventListener("keydown", (event) => {
  const node = chosen();
  if (graph === undefined || node === undefined || event.ctrlKey || event.altKey) return;
  const actions: Readonly<Record<string, () => void>> = {
    Enter: showActions,
    " ": showActions,
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    "0": fitAll,
  };
  const action = actions[event.key];
  if (/^(Arrow|Home|End)/.test(event.key)) goTo(neighbour(graph, node.key, event.key));
  else if (action === undefined) return;
  else action();
  event.preventDefault();
});
svg.addEventListener("focus", () => {
  const node = chosen();
  if (node !== undefined) goTo(node.key);
});
svg.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.clientX - box.left, event.clientY - box.top);
      return;
    }
    const { deltaX, deltaY } = event;
    view = { ...view, x: view.x + deltaX / view.scale, y: view.y + deltaY / view.scale };
    look();
  },
  { passive: false },
);
svg.addEventListener("pointermove", (event) => {
  if ((event.buttons & 1) === 0) return;
  const { movementX, movementY } = event;
  view = { ...view, x: view.x - movementX / view.scale, y: view.y - movementY / view.scale };
  look();
});
new ResizeObserver(look).observe(svg);
const select = (id: string) => find<HTMLElement & { value: string }>(id);
for (const id of ["holder", "kind"]) {
  select(id).addEventListener("change", () => {
    const [holder, kind] = [select("holder").value, select("kind").value];
    const filter = {
      ...(holder === "" ? {} : { environment: Number(holder) }),
      ...(kind === "" ? {} : { kind }),
    };
    state = { ...state, filter };
    connection.keep(state);
    where = undefined;
    draw();
  });
}
find("dot").addEventListener("click", () => connection.wish({ kind: "dot" }));
find("in").addEventListener("click", () => zoom(1.25));
find("out").addEventListener("click", () => zoom(0.8));
find("fit").addEventListener("click", fitAll);
onThemeChange(draw);

connection.open<CapabilityGraphBody, CapabilityGraphOrder>({
  body: (now) => {
    body = now;
    draw();
    sentence.textContent = now === undefined ? "" : (graph?.sentence ?? "");
  },
  phase: (phase) => {
    if (phase === "running" && body !== undefined)
      sentence.textContent = "Running: the graph is of the last stop.";
  },
  order: () => undefined,
});
