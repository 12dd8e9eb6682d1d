/**
 * Where everything stands. Within a holder's cluster derivation goes from left to right, by bands of columns; the clusters are
 * laid out by dagre, from who gives to who gets. (dagre's own clusters need seconds for 300 nodes.)
 */
import { Graph as Layout, layout } from "@dagrejs/dagre";
import type { Graph, GraphNode } from "./model.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
export interface Placed {
  readonly width: number;
  readonly height: number;
  /** The nodes by key, the clusters by holder; x and y are the left upper corner. */
  readonly nodes: ReadonlyMap<string, Box>;
  readonly clusters: ReadonlyMap<number, Box>;
  /** Both ends, in the order of the graph's edges. */
  readonly edges: readonly { readonly from: Point; readonly to: Point }[];
}

const NODE = { width: 168, height: 42 };
const GAP = { x: 36, y: 10 };
const CLUSTER = { top: 28, side: 12 };
const ROWS_MAX = 14;

export function placed(graph: Graph): Placed {
  const parentOf = new Map(graph.edges.map(({ from, to }) => [to, from]));
  const holderOf = new Map(graph.nodes.map(({ key, holder }) => [key, holder]));
  const groups = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) {
    groups.set(node.holder, [...(groups.get(node.holder) ?? []), node]);
  }
  const inside = new Map(
    [...groups].map(([holder, nodes]) => [holder, cluster(nodes, parentOf, holderOf)]),
  );
  const made = new Layout();
  made.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 64, marginx: 12, marginy: 12 });
  made.setDefaultEdgeLabel(() => ({}));
  for (const [holder, { width, height }] of inside) made.setNode(`${holder}`, { width, height });
  for (const { from, to } of graph.edges) {
    const [a, b] = [holderOf.get(from), holderOf.get(to)];
    if (a !== b) made.setEdge(`${a}`, `${b}`);
  }
  layout(made);
  const nodes = new Map<string, Box>();
  const clusters = new Map<number, Box>();
  for (const [holder, { width, height, places }] of inside) {
    const { x = 0, y = 0 } = made.node(`${holder}`) as Partial<Point>;
    const corner = { x: x - width / 2, y: y - height / 2 };
    clusters.set(holder, { ...corner, width, height });
    for (const [key, place] of places) {
      nodes.set(key, { x: corner.x + place.x, y: corner.y + place.y, ...NODE });
    }
  }
  const { width = 0, height = 0 } = made.graph() as Partial<Box>;
  const edges = graph.edges.map(({ from, to }) => {
    const [a, b] = [nodes.get(from)!, nodes.get(to)!];
    return {
      from: { x: a.x + a.width, y: a.y + a.height / 2 },
      to: { x: b.x, y: b.y + b.height / 2 },
    };
  });
  return { width, height, nodes, clusters, edges };
}

/** One holder's capabilities: those that are derived from its own stand to the right of them. */
function cluster(
  nodes: readonly GraphNode[],
  parentOf: ReadonlyMap<string, string>,
  holderOf: ReadonlyMap<string, number>,
): { width: number; height: number; places: ReadonlyMap<string, Point> } {
  const bands: string[][] = [];
  for (const { key, holder } of nodes) {
    let depth = 0;
    for (let up = parentOf.get(key); up !== undefined && holderOf.get(up) === holder; depth += 1) {
      up = parentOf.get(up);
    }
    bands[depth] = [...(bands[depth] ?? []), key];
  }
  const places = new Map<string, Point>();
  let column = 0;
  let rows = 0;
  for (const band of bands) {
    if (band === undefined) continue;
    band.forEach((key, i) => {
      places.set(key, {
        x: CLUSTER.side + (column + Math.floor(i / ROWS_MAX)) * (NODE.width + GAP.x),
        y: CLUSTER.top + (i % ROWS_MAX) * (NODE.height + GAP.y),
      });
    });
    column += Math.ceil(band.length / ROWS_MAX);
    rows = Math.max(rows, Math.min(ROWS_MAX, band.length));
  }
  return {
    width: 2 * CLUSTER.side + column * (NODE.width + GAP.x) - GAP.x,
    height: CLUSTER.top + rows * (NODE.height + GAP.y) + 2,
    places,
  };
}
