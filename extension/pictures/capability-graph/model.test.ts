import { expect, test } from "vitest";
import type { CapabilityItem } from "../../../debug-adapter/protocol.ts";
import { CLIENT, capability, environment, SERVER, server } from "../../testing/kernel-state.ts";
import { environmentMarks } from "../environment-marks.ts";
import { type Box, type Point, placed } from "./layout.ts";
import {
  type CapabilityGraphBody,
  graphOf,
  keyOf,
  NODES_MAX,
  neighbour,
  nodeSentence,
} from "./model.ts";
import { capabilityGraphText } from "./twin.ts";

const ROOT = capability({
  environment: SERVER,
  slot: 1,
  kind: "memory",
  resourceText: "all free pages",
  isOwner: false,
  childCount: 1,
  step: 0,
});
const OWNED = capability({
  environment: SERVER,
  slot: 17,
  parent: { environment: SERVER, slot: 1 },
  childCount: 1,
  step: 50,
  offeredTo: CLIENT,
});
const LENT = capability({
  slot: 18,
  rights: "r----",
  isOwner: false,
  parent: { environment: SERVER, slot: 17 },
  step: 90,
});
const GONE = capability({ slot: 19, step: 70, parent: { environment: SERVER, slot: 17 } });

const body = (fields: Partial<CapabilityGraphBody> = {}): CapabilityGraphBody => ({
  step: 100,
  capabilities: [ROOT, OWNED, LENT],
  gone: [GONE],
  added: [keyOf(LENT)],
  refusals: [
    { environment: CLIENT, slot: 18, text: "bind refused: rw asked for, r held", step: 95 },
  ],
  environments: environmentMarks([environment(), server()]),
  ...fields,
});
const nodeOf = (graph: ReturnType<typeof graphOf>, key: string) =>
  graph.nodes.find((node) => node.key === key)!;

test("what is held, new, offered, revoked and refused is told apart", () => {
  const graph = graphOf(body(), {});
  expect(graph.nodes.map(({ key, state }) => [key, state])).toEqual([
    [`${CLIENT}:18`, "held"],
    [`gone ${CLIENT}:19`, "revoked"],
    [`${SERVER}:1`, "held"],
    [`${SERVER}:17`, "held"],
    [`offer ${SERVER}:17`, "offer"],
  ]);
  expect(nodeOf(graph, `${CLIENT}:18`)).toMatchObject({
    isNew: true,
    refusal: expect.stringMatching(/bind refused/),
  });
  expect(nodeOf(graph, `offer ${SERVER}:17`).holder).toBe(CLIENT);
  expect(graph.edges).toContainEqual({ from: `${SERVER}:17`, to: `${CLIENT}:18`, kind: "derived" });
  expect(graph.edges).toContainEqual({
    from: `${SERVER}:17`,
    to: `gone ${CLIENT}:19`,
    kind: "derived",
  });
  expect(graph.edges).toContainEqual({
    from: `${SERVER}:17`,
    to: `offer ${SERVER}:17`,
    kind: "offered",
  });
  expect(graph.sentence).toBe("Step 100: 3 capabilities, 1 new, 1 gone; 4 shown.");
});

test("a filter keeps where its capabilities come from", () => {
  const graph = graphOf(body({ gone: [] }), { environment: CLIENT, kind: "page" });
  expect(graph.nodes.map(({ key }) => key)).toContain(`${SERVER}:1`);
  expect(graphOf(body(), { kind: "slice" }).nodes).toEqual([]);
});

test("of too many only the newest are drawn, and a sentence says so", () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    capability({ slot: 20 + i, step: 1000 + i, parent: { environment: SERVER, slot: 17 } }),
  );
  const graph = graphOf(body({ capabilities: [ROOT, OWNED, ...many], gone: [] }), {});
  expect(graph.nodes.length).toBeLessThanOrEqual(NODES_MAX);
  expect(graph.nodes.map(({ key }) => key)).toContain(`${CLIENT}:1019`);
  expect(graph.nodes.map(({ key }) => key)).toContain(`${SERVER}:1`);
  expect(graph.sentence).toMatch(/^Step 100: 1,002 capabilities.*1,002 match, too many to draw/);
});

test("left and right go along the edges, up and down among those of one origin", () => {
  const graph = graphOf(body(), {});
  expect(neighbour(graph, `${CLIENT}:18`, "ArrowLeft")).toBe(`${SERVER}:17`);
  expect(neighbour(graph, `${SERVER}:17`, "ArrowRight")).toBe(`${CLIENT}:18`);
  expect(neighbour(graph, `${CLIENT}:18`, "ArrowDown")).toBe(`gone ${CLIENT}:19`);
  expect(neighbour(graph, `${CLIENT}:18`, "ArrowUp")).toBe(`${CLIENT}:18`);
  expect(neighbour(graph, `${SERVER}:1`, "ArrowLeft")).toBe(`${SERVER}:1`);
});

test("a capability in a sentence says where it came from and what became of it", () => {
  const graph = graphOf(body(), {});
  expect(nodeSentence(body(), nodeOf(graph, `${CLIENT}:18`))).toBe(
    "Slot 18 of A client: page 0x12d, r---- · derived from slot 17 of B server · new since the last stop · " +
      "made at step 90 · last refused use: bind refused: rw asked for, r held",
  );
  expect(nodeSentence(body(), nodeOf(graph, `${SERVER}:17`))).toMatch(/offered to A client/);
});

test("the text twin is the derivation forest", () => {
  const lines = capabilityGraphText(body()).split("\n");
  expect(lines[2]).toMatch(/^Slot 1 of B server: all free pages/);
  expect(lines[3]).toMatch(/^ {2}Slot 17 of B server/);
  expect(lines[4]).toMatch(/^ {4}Slot 18 of A client/);
  expect(lines[5]).toMatch(/^ {4}Slot 19 of A client.*gone since/);
});

test("everything has a place of its own, inside its holder's cluster, also 300 of them", () => {
  const many = Array.from({ length: 290 }, (_, i) =>
    capability({
      environment: i % 3 === 0 ? SERVER : CLIENT,
      slot: 20 + i,
      step: 1000 + i,
      parent: { environment: SERVER, slot: 17 },
    }),
  );
  const graph = graphOf(body({ capabilities: [ROOT, OWNED, ...many], gone: [] }), {});
  const start = performance.now();
  const at = placed(graph);
  console.info(
    `${graph.nodes.length} capabilities laid out in ${(performance.now() - start).toFixed(0)} ms`,
  );
  const boxes = graph.nodes.map(({ key, holder }) => ({ box: at.nodes.get(key)!, holder }));
  for (const { box, holder } of boxes) {
    const cluster = at.clusters.get(holder)!;
    expect(box.x).toBeGreaterThanOrEqual(cluster.x);
    expect(box.y + box.height).toBeLessThanOrEqual(cluster.y + cluster.height + 1);
  }
  const places = new Set(boxes.map(({ box }) => `${box.x} ${box.y}`));
  expect(places.size).toBe(graph.nodes.length);
});

test("no edge crosses a box, nor a cluster that it has nothing to do with", () => {
  for (const holders of [2, 3, 5]) {
    const many: CapabilityItem[] = [];
    for (let i = 0; i < 120; i += 1) {
      // Each is derived from one that was made before it, whoever holds that: edges lead both ways.
      const parent = i < holders ? undefined : many[(i * 7) % i];
      many.push(
        capability({
          environment: 256 + ((i * 5) % holders),
          slot: 20 + i,
          step: i,
          ...(parent === undefined
            ? { parent: undefined }
            : { parent: { environment: parent.environment, slot: parent.slot } }),
        }),
      );
    }
    const graph = graphOf(body({ capabilities: many, gone: [] }), {});
    const at = placed(graph);
    expect(graph.edges.length).toBeGreaterThan(100);
    const holderOf = new Map(graph.nodes.map(({ key, holder }) => [key, holder]));
    graph.edges.forEach(({ from, to }, i) => {
      const points = at.edges[i]!;
      points.slice(1).forEach((end, corner) => {
        const start = points[corner]!;
        for (const [key, box] of at.nodes) {
          if (key !== from && key !== to && crosses(start, end, box))
            throw new Error(`${from} to ${to} crosses ${key}, with ${holders} holders`);
        }
        for (const [holder, box] of at.clusters) {
          if (
            holder !== holderOf.get(from) &&
            holder !== holderOf.get(to) &&
            crosses(start, end, box)
          )
            throw new Error(
              `${from} to ${to} crosses the cluster of ${holder}, with ${holders} holders`,
            );
        }
      });
    });
  }
});

/** Whether a level or upright line has a point inside a box. */
const crosses = (a: Point, b: Point, box: Box): boolean =>
  Math.max(a.x, b.x) > box.x &&
  Math.min(a.x, b.x) < box.x + box.width &&
  Math.max(a.y, b.y) > box.y &&
  Math.min(a.y, b.y) < box.y + box.height;
