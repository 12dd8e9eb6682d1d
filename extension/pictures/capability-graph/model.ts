/** What the capability graph draws: capabilities in clusters by holder, with edges from each to what was derived from it. */
import type { CapabilityItem, EventItem } from "../../../debug-adapter/protocol.ts";
import { grouped, plural } from "../../views/row.ts";
import { type EnvironmentMark, markedNames } from "../environment-marks.ts";

export interface CapabilityGraphBody {
  readonly step: number;
  readonly capabilities: readonly CapabilityItem[];
  /** Gone since the stop before this one. */
  readonly gone: readonly CapabilityItem[];
  /** New since then. */
  readonly added: readonly string[];
  /** The last refusals that named a slot, oldest first. */
  readonly refusals: readonly Pick<EventItem, "environment" | "slot" | "text" | "step">[];
  readonly environments: readonly EnvironmentMark[];
}

/** What is to be seen of them; all that is missing does not matter. */
export interface GraphFilter {
  readonly environment?: number;
  readonly kind?: string;
}

export type NodeState = "held" | "offer" | "revoked";
export interface GraphNode {
  readonly key: string;
  readonly capability: CapabilityItem;
  /** In whose cluster it stands: of an offer, whom it is offered to. */
  readonly holder: number;
  readonly state: NodeState;
  readonly isNew: boolean;
  /** The last refusal of a call that named it. */
  readonly refusal?: string;
  readonly title: string;
  readonly detail: string;
}
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "derived" | "offered";
}
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** How many there are, and what is left out. */
  readonly sentence: string;
}

/** More than these nobody can read, and no layout is ready in time. */
export const NODES_MAX = 300;

export const keyOf = ({ environment, slot }: { environment: number; slot: number }): string =>
  `${environment}:${slot}`;

export function graphOf(body: CapabilityGraphBody, filter: GraphFilter): Graph {
  const everything = [...body.capabilities, ...body.gone];
  const byKey = new Map(everything.map((item) => [keyOf(item), item]));
  const matching = everything.filter(
    ({ environment, kind, offeredTo }) =>
      (filter.environment === undefined ||
        environment === filter.environment ||
        offeredTo === filter.environment) &&
      (filter.kind === undefined || kind === filter.kind),
  );
  const taken = withAncestors(matching, byKey);
  const nodes = nodesOf(body, taken);
  const keys = new Set(nodes.map(({ key }) => key));
  const edges = nodes.flatMap(({ key, capability, state }): GraphEdge[] => {
    if (state === "offer") return [{ from: keyOf(capability), to: key, kind: "offered" }];
    const parent = capability.parent === undefined ? "" : keyOf(capability.parent);
    return keys.has(parent) ? [{ from: parent, to: key, kind: "derived" }] : [];
  });
  return { nodes, edges, sentence: sentenceOf(body, matching.length, taken.size) };
}

/** The newest of them, each with what it was derived from, as many as can be shown. */
function withAncestors(
  matching: readonly CapabilityItem[],
  byKey: ReadonlyMap<string, CapabilityItem>,
): ReadonlySet<CapabilityItem> {
  const taken = new Set<CapabilityItem>();
  const newest = [...matching].sort((a, b) => b.step - a.step);
  for (const item of newest) {
    const path: CapabilityItem[] = [];
    for (let each: CapabilityItem | undefined = item; each !== undefined && !taken.has(each); ) {
      if (path.includes(each)) break;
      path.push(each);
      each = each.parent === undefined ? undefined : byKey.get(keyOf(each.parent));
    }
    // An offer is a node of its own.
    const more = path.reduce((sum, { offeredTo }) => sum + (offeredTo === undefined ? 1 : 2), 0);
    if (sizeOf(taken) + more > NODES_MAX) continue;
    for (const each of path) taken.add(each);
  }
  return taken;
}

const sizeOf = (items: ReadonlySet<CapabilityItem>): number =>
  [...items].reduce((sum, { offeredTo }) => sum + (offeredTo === undefined ? 1 : 2), 0);

function nodesOf(body: CapabilityGraphBody, taken: ReadonlySet<CapabilityItem>): GraphNode[] {
  const gone = new Set(body.gone);
  const added = new Set(body.added);
  const refusals = new Map(
    body.refusals.map((each) => [`${each.environment}:${each.slot}`, each.text]),
  );
  const inOrder = [...taken].sort((a, b) => a.environment - b.environment || a.slot - b.slot);
  return inOrder.flatMap((capability) => {
    const key = keyOf(capability);
    const { environment, slot, resourceText, rights, isOwner, offeredTo } = capability;
    const refusal = refusals.get(key);
    const node: GraphNode = {
      key: gone.has(capability) ? `gone ${key}` : key,
      capability,
      holder: environment,
      state: gone.has(capability) ? "revoked" : "held",
      isNew: added.has(key),
      ...(refusal === undefined ? {} : { refusal }),
      title: resourceText,
      detail: `slot ${slot} ${rights}${isOwner ? " owner" : ""}`,
    };
    if (offeredTo === undefined || gone.has(capability)) return [node];
    const offer: GraphNode = {
      key: `offer ${key}`,
      capability,
      holder: offeredTo,
      state: "offer",
      isNew: false,
      title: resourceText,
      detail: `offered, slot ${slot}`,
    };
    return [node, offer];
  });
}

function sentenceOf(body: CapabilityGraphBody, matching: number, shown: number): string {
  const changes = [
    body.added.length > 0 && `${grouped(body.added.length)} new`,
    body.gone.length > 0 && `${grouped(body.gone.length)} gone`,
  ].filter((part) => part !== false);
  const news = changes.length === 0 ? "" : `, ${changes.join(", ")}`;
  const count = `Step ${grouped(body.step)}: ${plural(body.capabilities.length, "capability").replace(/ys$/, "ies")}${news}`;
  if (shown < matching) {
    return `${count}. ${grouped(matching)} match, too many to draw: only those made last are shown, with what they come from. Choose a holder or a kind to see the others.`;
  }
  return `${count}; ${grouped(shown)} shown.`;
}

/** A capability in words. */
export function nodeSentence(body: CapabilityGraphBody, node: GraphNode): string {
  const nameOf = markedNames(body.environments);
  const { capability, state, isNew, refusal } = node;
  const { environment, slot, resourceText, rights, isOwner, parent, childCount, offeredTo, step } =
    capability;
  const parts = [
    `Slot ${slot} of ${nameOf(environment)}: ${resourceText}, ${rights}`,
    isOwner && "the owner's",
    parent !== undefined && `derived from slot ${parent.slot} of ${nameOf(parent.environment)}`,
    parent === undefined && "a root",
    childCount > 0 && `${grouped(childCount)} derived from it`,
    state === "revoked" && "gone since the last stop",
    state !== "revoked" && offeredTo !== undefined && `offered to ${nameOf(offeredTo)}`,
    isNew && "new since the last stop",
    `made at step ${grouped(step)}`,
    refusal !== undefined && `last refused use: ${refusal}`,
  ];
  return parts.filter((part) => part !== false).join(" · ");
}

/** Where the cursor goes by a key: left and right along the edges, up and down among those of the same origin. */
export function neighbour(graph: Graph, key: string, arrow: string): string {
  const { nodes, edges } = graph;
  const parent = edges.find(({ to }) => to === key)?.from;
  const siblings = nodes
    .filter(({ key: other }) => edges.find(({ to }) => to === other)?.from === parent)
    .map(({ key: other }) => other);
  const at = siblings.indexOf(key);
  const next: Readonly<Record<string, string | undefined>> = {
    ArrowLeft: parent,
    ArrowRight: edges.find(({ from }) => from === key)?.to,
    ArrowUp: siblings[at - 1],
    ArrowDown: siblings[at + 1],
    Home: nodes[0]?.key,
    End: nodes.at(-1)?.key,
  };
  return next[arrow] ?? key;
}
