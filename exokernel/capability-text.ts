/**
 * All capabilities of a moment as text: in the manner of capDL, seL4's language for a system's state of authority, and as a
 * DOT graph of derivation. Both are complete, in a fixed order, and read like a file: two of them can be compared line by line.
 */
import { rightsText } from "./abi.ts";
import type { Capability } from "./capability.ts";
import type { KernelView } from "./kernel-view.ts";
import { refIndex, refSlot } from "./records.ts";

type NameOf = (id: number) => string;

const identifier = (text: string): string => text.replace(/[^A-Za-z0-9_]/g, "_");

/** What a capability is for, as one identifier: `page_0x93`, `slice_3`, `env_server`. */
function objectName({ kind, resource }: Capability, nameOf: NameOf): string {
  switch (kind) {
    case "page":
      return `page_0x${resource.toString(16)}`;
    case "environment":
      return `env_${identifier(nameOf(resource))}`;
    case "slice":
    case "extent":
    case "filter":
      return `${kind}_${resource}`;
    default:
      return kind;
  }
}

interface Held {
  readonly holder: number;
  readonly capability: Capability;
}

function everyCapability(view: KernelView): Held[] {
  return view
    .environments()
    .flatMap(({ id }) => view.capabilities(id).map((capability) => ({ holder: id, capability })));
}

/**
 * The objects that somebody holds, then each environment's table: `slot: object (rights, owner) <- holder.slot`. Rights are
 * `rwxgc`; `<-` names the capability that one derives from.
 */
export function capabilityText(view: KernelView, nameOf: NameOf): string {
  const all = everyCapability(view);
  const indexNames = new Map(view.environments().map(({ index, id }) => [index, nameOf(id)]));
  const at = (ref: number): string =>
    `${identifier(indexNames.get(refIndex(ref)) ?? "?")}.${refSlot(ref)}`;
  const objects = new Set(all.map(({ capability }) => objectName(capability, nameOf)));
  const lines = ["arch riscv32", "", "objects {"];
  for (const name of [...objects].sort()) lines.push(`  ${name} = ${name.split("_")[0]}`);
  lines.push("}", "", "caps {");
  for (const { id } of view.environments()) {
    const held = all.filter(({ holder }) => holder === id);
    if (held.length === 0) continue;
    lines.push(`  table_${identifier(nameOf(id))} {`);
    for (const { capability } of held) {
      const owner = capability.isOwner ? ", owner" : "";
      const parent = capability.parent === 0 ? "" : ` <- ${at(capability.parent)}`;
      const offer =
        capability.offeredTo === 0
          ? ""
          : ` offered to ${identifier(nameOf(capability.offeredTo))} (${rightsText(capability.offeredRights)})`;
      lines.push(
        `    ${refSlot(capability.ref)}: ${objectName(capability, nameOf)} (${rightsText(capability.rights)}${owner})${parent}${offer}`,
      );
    }
    lines.push("  }");
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

/** The derivation forest as a DOT graph: a box an environment, a node a capability, an edge from what it derives from. */
export function capabilityDot(view: KernelView, nameOf: NameOf): string {
  const lines = [
    "digraph capabilities {",
    "  rankdir=LR;",
    "  node [shape=box, fontname=monospace];",
  ];
  const edges: string[] = [];
  for (const { id, index } of view.environments()) {
    const held = view.capabilities(id);
    if (held.length === 0) continue;
    lines.push(`  subgraph cluster_${index} {`, `    label=${JSON.stringify(nameOf(id))};`);
    for (const capability of held) {
      const label = `${refSlot(capability.ref)}: ${objectName(capability, nameOf)}\n${rightsText(capability.rights)}`;
      const style = capability.isOwner ? ", style=bold" : "";
      lines.push(`    c${capability.ref} [label=${JSON.stringify(label)}${style}];`);
      if (capability.parent !== 0) edges.push(`  c${capability.parent} -> c${capability.ref};`);
    }
    lines.push("  }");
  }
  return `${[...lines, ...edges, "}"].join("\n")}\n`;
}
