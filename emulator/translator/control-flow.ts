/**
 * Order and dominators of a region's blocks, for structured control flow: after "Beyond Relooper" (Norman Ramsey, ICFP 2022) and "A Simple,
 * Fast Dominance Algorithm" (Cooper, Harvey, Kennedy).
 */
import { type Block, type Region, successors } from "./region.ts";

export interface Node {
  readonly block: Block;
  /** Its place in reverse postorder; the root has 0. */
  readonly order: number;
  /** Nodes that this one dominates immediately, that more than one edge forward leads to, the last in order first. */
  readonly merges: Node[];
  /** Where control goes on within the region; without edges into the middle of a loop. */
  readonly next: Node[];
  isLoopHead: boolean;
  forwardEdges: number;
}

export interface ControlFlow {
  readonly root: Node;
  /** In reverse postorder. */
  readonly nodes: readonly Node[];
  readonly at: ReadonlyMap<number, Node>;
  /** Whether an edge goes back to a node that dominates where it starts. */
  isBack(from: Node, to: Node): boolean;
  /** Whether an edge goes back elsewhere: into the middle of a loop. Such an edge must leave the region. */
  isIrreducible(from: Node, to: Node): boolean;
}

export function controlFlow(region: Region): ControlFlow {
  const order = reversePostorder(region);
  const nodes: Node[] = order.map((block, i) => ({
    block,
    order: i,
    merges: [],
    next: [],
    isLoopHead: false,
    forwardEdges: 0,
  }));
  const at = new Map(nodes.map((node) => [node.block.pc, node]));
  const before: number[][] = nodes.map(() => []);
  for (const node of nodes) {
    for (const pc of new Set(successors(node.block))) {
      const next = at.get(pc);
      if (next !== undefined) before[next.order]!.push(node.order);
    }
  }
  const dominators = dominatorsOf(before);
  const dominates = (a: number, b: number): boolean => {
    let node = b;
    while (node > a) node = dominators[node]!;
    return node === a;
  };
  const flow: ControlFlow = {
    root: nodes[0]!,
    nodes,
    at,
    isBack: (from, to) => to.order <= from.order && dominates(to.order, from.order),
    isIrreducible: (from, to) => to.order <= from.order && !dominates(to.order, from.order),
  };
  for (const node of nodes) {
    for (const pc of successors(node.block)) {
      const next = at.get(pc);
      if (next === undefined || flow.isIrreducible(node, next)) continue;
      node.next.push(next);
      if (flow.isBack(node, next)) next.isLoopHead = true;
      else next.forwardEdges += 1;
    }
  }
  for (const node of [...nodes].reverse()) {
    if (node.order > 0 && node.forwardEdges > 1) nodes[dominators[node.order]!]!.merges.push(node);
  }
  return flow;
}

function reversePostorder({ root, blocks }: Region): Block[] {
  const seen = new Set([root]);
  const done: Block[] = [];
  const stack = [{ block: blocks.get(root)!, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const pc = successors(top.block)[top.next++];
    if (pc === undefined) {
      done.push(top.block);
      stack.pop();
      continue;
    }
    const block = blocks.get(pc);
    if (block === undefined || seen.has(pc)) continue;
    seen.add(pc);
    stack.push({ block, next: 0 });
  }
  return done.reverse();
}

/** The immediate dominator of each node, by order; the root's is itself. */
function dominatorsOf(before: readonly (readonly number[])[]): number[] {
  const dominators = new Array<number>(before.length).fill(-1);
  dominators[0] = 0;
  const common = (a: number, b: number): number => {
    let x = a;
    let y = b;
    while (x !== y) {
      while (x > y) x = dominators[x]!;
      while (y > x) y = dominators[y]!;
    }
    return x;
  };
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (let node = 1; node < before.length; node++) {
      let found = -1;
      for (const from of before[node]!) {
        if (dominators[from] === -1) continue;
        found = found === -1 ? from : common(found, from);
      }
      if (found !== dominators[node]) {
        dominators[node] = found;
        hasChanged = true;
      }
    }
  }
  return dominators;
}
