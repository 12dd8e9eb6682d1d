/** What is found out about a region before it is emitted: where the budget is looked at, and which registers must be stored when. */
import type { ControlFlow, Node } from "./control-flow.ts";

/** So many instructions at most between two looks at the budget, where blocks allow. */
const STRETCH = 64;

/**
 * The nodes at which the budget is looked at, each with the most steps until the next look: the root, loop heads, what comes after calls, and as
 * many others as keep looks near.
 */
export function budgetTests(flow: ControlFlow): ReadonlyMap<Node, number> {
  const { nodes, root, at } = flow;
  const tested = new Set<Node>([root]);
  for (const node of nodes) {
    if (node.isLoopHead) tested.add(node);
    const { ending } = node.block;
    const back = "back" in ending && ending.back !== undefined ? at.get(ending.back) : undefined;
    if (back !== undefined) tested.add(back);
  }
  const distance = new Map<Node, number>();
  for (const node of nodes) {
    const before = tested.has(node) ? 0 : (distance.get(node) ?? 0);
    if (before > 0 && before + node.block.count > STRETCH) tested.add(node);
    const after = (tested.has(node) ? 0 : before) + node.block.count;
    for (const next of node.next) {
      if (next.order > node.order) distance.set(next, Math.max(distance.get(next) ?? 0, after));
    }
  }
  const reach = new Map<Node, number>();
  for (const node of [...nodes].reverse()) {
    let most = 0;
    for (const next of node.next) {
      if (!tested.has(next) && next.order > node.order) most = Math.max(most, reach.get(next)!);
    }
    reach.set(node, node.block.count + most);
  }
  return new Map([...tested].map((node) => [node, reach.get(node)!]));
}

/** The registers, a bit each, that may differ from the state area where a node begins. A call stores them all. */
export function dirtyRegisters(flow: ControlFlow): ReadonlyMap<Node, number> {
  const dirtyIn = new Map(flow.nodes.map((node) => [node, 0]));
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const node of flow.nodes) {
      let dirty = dirtyIn.get(node)! | node.block.writes;
      const { ending } = node.block;
      if ("back" in ending && ending.back !== undefined) dirty = 0;
      for (const next of node.next) {
        const now = dirtyIn.get(next)! | dirty;
        if (now === dirtyIn.get(next)) continue;
        dirtyIn.set(next, now);
        hasChanged = true;
      }
    }
  }
  return dirtyIn;
}
