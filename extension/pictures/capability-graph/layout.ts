/**
 * Where everything stands, and where the edges run: in the gaps between boxes. Within a holder's cluster derivation goes from left to right, by bands of columns; the clusters are
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
  /** The corners of each edge, from end to end, in the order of the graph's edges. No edge crosses a box. */
  readonly edges: readonly (readonly Point[])[];
}

const NODE = { width: 168, height: 42 };
const GAP = { x: 40, y: 12 };
/** Between ranks of clusters. */
const RANK_GAP = 72;
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
  made.setGraph({ rankdir: "LR", nodesep: 24, ranksep: RANK_GAP, marginx: 12, marginy: 12 });
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
  return { width, height, nodes, clusters, edges: routes(graph, nodes, clusters, holderOf, made) };
}

/**
 * An edge leaves its box on the side of the other one, turns in the gap between columns into a gap between rows, and so into the gap
 * between clusters. Where dagre leads it past a cluster, it passes there.
 */
function routes(
  graph: Graph,
  nodes: ReadonlyMap<string, Box>,
  clusters: ReadonlyMap<number, Box>,
  holderOf: ReadonlyMap<string, number>,
  made: Layout,
): Point[][] {
  // Edges of different origin run beside each other, as far as there is room.
  const origins = new Map<string, number>();
  const ranks = rankExtents([...clusters.values()]);
  return graph.edges.map(({ from, to }) => {
    const [a, b] = [nodes.get(from)!, nodes.get(to)!];
    const nth = origins.get(from) ?? origins.size;
    origins.set(from, nth);
    const [giver, taker] = [holderOf.get(from)!, holderOf.get(to)!];
    const [home, goal] = [clusters.get(giver)!, clusters.get(taker)!];
    const isBack = goal.x + goal.width / 2 < home.x + home.width / 2;
    const side = isBack ? -1 : 1;
    const start = { x: isBack ? a.x : a.x + a.width, y: a.y + a.height / 2 };
    const end = { x: isBack ? b.x + b.width : b.x, y: b.y + b.height / 2 };
    const lane = b.y - 3 - (nth % 3) * 3;
    const leave = start.x + side * (8 + (nth % 5) * 5);
    const enter = end.x - side * 9;
    if (giver === taker) return corners(start, [leave, lane], [enter, end.y], end);
    // Out of its cluster below its own row, through the ranks between, and into the other's.
    const out = a.y + a.height + 3 + (nth % 3) * 3;
    const path: [number, number][] = [[leave, out]];
    const between = ranks.filter(({ middle }) =>
      isBack
        ? middle < home.x && middle > goal.x + goal.width
        : middle > home.x + home.width && middle < goal.x,
    );
    if (isBack) between.reverse();
    const points = (made.edge(`${giver}`, `${taker}`) as { points?: Point[] }).points ?? [];
    let x = channel(ranks, home, side, nth);
    for (const rank of between) {
      const pass = points.reduce((best, point) =>
        Math.abs(point.x - rank.middle) < Math.abs(best.x - rank.middle) ? point : best,
      );
      path.push([x, pass.y + (nth % 3) * 3]);
      x = side > 0 ? rank.right + 12 + (nth % 9) * 5 : rank.left - 12 - (nth % 9) * 5;
    }
    return corners(start, ...path, [x, lane], [enter, end.y], end);
  });
}

interface Extent {
  readonly left: number;
  readonly right: number;
  readonly middle: number;
}

/** The clusters of a rank stand above each other: how far each rank reaches. */
function rankExtents(clusters: readonly Box[]): Extent[] {
  const byMiddle = new Map<number, number>();
  for (const { x, width } of clusters) {
    const middle = Math.round(x + width / 2);
    byMiddle.set(middle, Math.max(byMiddle.get(middle) ?? 0, width));
  }
  return [...byMiddle]
    .sort(([a], [b]) => a - b)
    .map(([middle, width]) => ({ middle, left: middle - width / 2, right: middle + width / 2 }));
}

/** Where an edge turns in the gap beside the rank of a cluster. */
function channel(ranks: readonly Extent[], { x, width }: Box, side: number, nth: number): number {
  const middle = Math.round(x + width / 2);
  const rank = ranks.find((each) => each.middle === middle)!;
  return side > 0 ? rank.right + 12 + (nth % 9) * 5 : rank.left - 12 - (nth % 9) * 5;
}

/** From corner to corner first along x, then along y. */
function corners(start: Point, ...path: readonly (readonly [number, number] | Point)[]): Point[] {
  const points = [start];
  for (const next of path) {
    const last = points.at(-1)!;
    const [x, y] = "x" in next ? [next.x, next.y] : next;
    for (const point of [
      { x, y: last.y },
      { x, y },
    ]) {
      const { x: lastX, y: lastY } = points.at(-1)!;
      if (point.x !== lastX || point.y !== lastY) points.push(point);
    }
  }
  return points;
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
