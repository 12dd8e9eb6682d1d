/** The capability graph as text: the derivation forest, indented, with what was offered, refused, made and revoked. */
import { type CapabilityGraphBody, type GraphNode, graphOf, nodeSentence } from "./model.ts";

export function capabilityGraphText(body: CapabilityGraphBody): string {
  const graph = graphOf(body, {});
  const childrenOf = new Map<string, GraphNode[]>();
  const isBelow = new Set(graph.edges.map(({ to }) => to));
  const byKey = new Map(graph.nodes.map((node) => [node.key, node]));
  for (const { from, to, kind } of graph.edges) {
    const child = byKey.get(to);
    // The line of what is offered says so.
    if (kind === "offered" || child === undefined) continue;
    childrenOf.set(from, [...(childrenOf.get(from) ?? []), child]);
  }
  const lines = (node: GraphNode, depth: number): string[] => [
    `${"  ".repeat(depth)}${nodeSentence(body, node)}`,
    ...(childrenOf.get(node.key) ?? []).flatMap((child) => lines(child, depth + 1)),
  ];
  const roots = graph.nodes.filter(({ key, state }) => state !== "offer" && !isBelow.has(key));
  return [
    `Capability graph. ${graph.sentence}`,
    "",
    ...roots.flatMap((root) => lines(root, 0)),
    "",
  ].join("\n");
}
