/** The Capabilities view: each environment's table as the derivation trees that its capabilities stand in. */
import type {
  CapabilitiesBody,
  CapabilityItem,
  EnvironmentItem,
} from "../../debug-adapter/protocol.ts";
import { type Change, changeCounts, differences, type Fact } from "../changes.ts";
import { type EnvironmentNames, environmentNames, launcherLast } from "./environment-names.ts";
import {
  changedGroup,
  changeParagraph,
  chunked,
  described,
  escaped,
  grouped,
  hex,
  join,
  plural,
  type Row,
  type Subject,
  words,
} from "./row.ts";

export interface CapabilitiesPicture {
  readonly now: CapabilitiesBody;
  readonly before?: CapabilitiesBody;
  readonly environments: readonly EnvironmentItem[];
  readonly focused?: number;
}

type Place = Pick<CapabilityItem, "environment" | "slot">;
const keyOf = ({ environment, slot }: Place): string => `${environment}/${slot}`;

const FACTS: readonly Fact<CapabilityItem>[] = [
  { name: "resource", value: ({ kind, resource }) => `${kind} ${resource}` },
  { name: "rights", value: ({ rights }) => rights, isShort: true },
  { name: "parent", value: ({ parent }) => (parent === undefined ? "" : keyOf(parent)) },
  { name: "offer", value: ({ offeredTo }) => `${offeredTo ?? 0}` },
  // The same slot with the same resource may be another capability: freed and allocated again.
  { name: "made anew", value: ({ step }) => `${step}` },
];

const KINDS: Readonly<Record<string, { icon: string; meaning: string }>> = {
  environment: {
    icon: "vm",
    meaning: "An environment. With _c_ (control) its holder may act on its behalf and destroy it.",
  },
  memory: {
    icon: "database",
    meaning: "Physical memory. With _c_ (control) its holder may allocate pages.",
  },
  page: {
    icon: "note",
    meaning: "One physical page. Its holder may bind it with the rights here, or fewer.",
  },
  processor: {
    icon: "chip",
    meaning: "The processor. With _c_ (control) its holder may allocate slices.",
  },
  slice: { icon: "watch", meaning: "One slot of the slice vector." },
  console: { icon: "terminal", meaning: "The console: _r_ reads input, _w_ writes." },
  environments: {
    icon: "server-environment",
    meaning: "With _c_ (control) its holder may create environments.",
  },
};

/** The derivation forest of one picture, and how to speak of it. */
interface Forest {
  readonly now: CapabilitiesBody;
  readonly changes: ReadonlyMap<string, Change>;
  readonly childrenOf: ReadonlyMap<string, readonly CapabilityItem[]>;
  readonly names: EnvironmentNames;
}

export function capabilityRows(picture: CapabilitiesPicture): readonly Row[] {
  const { now, before, environments, focused } = picture;
  const { of: changes, gone } = differences(before?.capabilities, now.capabilities, keyOf, FACTS);
  const childrenOf = groupBy(
    now.capabilities.filter(({ parent }) => parent !== undefined),
    ({ parent }) => keyOf(parent!),
  );
  const forest = { now, changes, childrenOf, names: environmentNames(environments) };
  const changed = () => [
    ...now.capabilities
      .filter((item) => changes.has(keyOf(item)))
      .map((item) => row(item, forest, true)),
    ...gone.map((item) => goneRow(item, forest)),
  ];
  const tables = groupBy(now.capabilities, ({ environment }) => `${environment}`);
  return [
    ...changedGroup("changed-capabilities", before?.step ?? 0, changed, changes.values()),
    ...launcherLast(
      [...tables.values()].map((table) => tableRow(table, forest, focused)),
      environments,
      ({ subject }) => subject?.environment,
    ),
  ];
}

/** One environment's table: the roots are what was derived from elsewhere, or from nothing. */
function tableRow(
  table: readonly CapabilityItem[],
  forest: Forest,
  focused: number | undefined,
): Row {
  const id = table[0]!.environment;
  const counts = changeCounts(table.map((item) => forest.changes.get(keyOf(item))));
  const isFocused = id === focused;
  const roots = () => table.filter(({ parent }) => parent?.environment !== id);
  return {
    id: `table:${id}`,
    label: forest.names.full(id),
    description: join([counts, `${grouped(table.length)} in its table`]),
    tooltip: () =>
      `The capability table of ${escaped(forest.names.full(id))}. Below a capability stands what was derived from it: ` +
      "never with more rights, and revoked with it.",
    icon: "key",
    ...(counts === "" ? {} : { change: { kind: "changed", words: [] } }),
    context: "table",
    subject: { environment: id },
    isFocused,
    isOpen: isFocused,
    children: () =>
      chunked(
        roots().map((item) => row(item, forest)),
        `table:${id}`,
      ),
  };
}

/** A capability; `isFlat` where it stands for itself, away from its holder's table. */
function row(item: CapabilityItem, forest: Forest, isFlat = false): Row {
  const { names, changes } = forest;
  const change = changes.get(keyOf(item));
  const children = forest.childrenOf.get(keyOf(item)) ?? [];
  const { parent } = item;
  const isFromElsewhere = parent !== undefined && parent.environment !== item.environment;
  return {
    id: `capability:${keyOf(item)}`,
    label: `${item.slot}: ${item.resourceText}`,
    description: described(change, [
      isFlat && names.short(item.environment),
      item.rights,
      item.isOwner && "owner",
      isFromElsewhere && `from ${names.short(parent.environment)} slot ${parent.slot}`,
      !!item.offeredTo && `offered to ${names.short(item.offeredTo)}`,
    ]),
    tooltip: () => tooltip(item, forest),
    icon: KINDS[item.kind]?.icon ?? "key",
    ...(change === undefined ? {} : { change }),
    context: contextOf(item),
    subject: subjectOf(item),
    ...(children.length === 0 || isFlat
      ? {}
      : {
          isOpen: children.every(({ environment }) => environment === item.environment),
          children: () =>
            chunked(
              children.map((child) =>
                child.environment === item.environment
                  ? row(child, forest)
                  : elsewhereRow(child, item, forest),
              ),
              `capability:${keyOf(item)}`,
            ),
        }),
  };
}

/** A child in another environment's table: a signpost, since it stands there with its own children. */
const elsewhereRow = (child: CapabilityItem, parent: CapabilityItem, forest: Forest): Row => ({
  id: `derived:${keyOf(parent)}/${keyOf(child)}`,
  label: `to ${forest.names.short(child.environment)} slot ${child.slot}`,
  description: described(forest.changes.get(keyOf(child)), [child.rights]),
  tooltip: () => tooltip(child, forest),
  icon: "arrow-right",
  context: contextOf(child),
  subject: subjectOf(child),
});

const goneRow = (item: CapabilityItem, { names }: Forest): Row => ({
  id: `capability:${keyOf(item)}`,
  label: `${item.slot}: ${item.resourceText}`,
  description: join(["gone", names.short(item.environment), item.rights]),
  tooltip: () =>
    "It was deleted, revoked or freed since the last stop; Exoscope: Show Kernel Events says by whom.",
  icon: KINDS[item.kind]?.icon ?? "key",
  change: { kind: "gone", words: [] },
  context: "gone",
});

const contextOf = (item: CapabilityItem): string =>
  words(["capability", item.parent !== undefined && "hasParent", item.kind === "page" && "isPage"]);

const subjectOf = (item: CapabilityItem): Subject => ({
  environment: item.environment,
  slot: item.slot,
  ...(item.parent === undefined ? {} : { parent: item.parent }),
  ...(item.kind === "page" ? { frame: item.resource } : {}),
});

const RIGHTS: Readonly<Record<string, string>> = {
  r: "read",
  w: "write",
  x: "execute",
  g: "grant (may be derived or offered into another environment)",
  c: "control",
};

function tooltip(item: CapabilityItem, { names, changes }: Forest): string {
  const rights = [...item.rights].flatMap((letter) => RIGHTS[letter] ?? []);
  const { parent } = item;
  const lines = [
    `**${escaped(item.resourceText)}** in slot ${item.slot} of ${escaped(names.full(item.environment))}`,
    KINDS[item.kind]?.meaning ?? escaped(item.kind),
    `Rights: \`${item.rights}\`, ${rights.length === 0 ? "none" : rights.join(", ")}`,
    item.isOwner ? "The owner's: the one that the allocation made. Freeing takes it." : "",
    parent === undefined
      ? "A root of the derivation forest."
      : `Derived from slot ${parent.slot} of ${escaped(names.full(parent.environment))}: revoked when that one is.`,
    item.childCount === 0
      ? ""
      : `${plural(item.childCount, "capability").replace("ys", "ies")} derived from it.`,
    item.offeredTo
      ? `Offered to ${escaped(names.full(item.offeredTo))}, which has not accepted yet.`
      : "",
    `Made at step ${grouped(item.step)}.${item.kind === "page" ? ` Frame ${hex(item.resource)}.` : ""}`,
  ];
  return (
    lines.filter((line) => line !== "").join("\n\n") + changeParagraph(changes.get(keyOf(item)))
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
