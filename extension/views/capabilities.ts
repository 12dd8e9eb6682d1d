/** The Capabilities view: each environment's table as the derivation trees that its capabilities stand in. */
import type { CapabilitiesBody, CapabilityItem } from "../../debug-adapter/protocol.ts";
import { type Change, changeCounts, differences, type Fact } from "../changes.ts";
import { type EnvironmentNames, environmentNames, launcherLast } from "./environment-names.ts";
import {
  changedGroup,
  changeParagraph,
  chunked,
  described,
  escaped,
  groupBy,
  grouped,
  hex,
  join,
  plural,
  type Row,
  type Subject,
  words,
} from "./row.ts";
import type { TreePicture } from "./tree-picture.ts";

export type CapabilitiesPicture = TreePicture<CapabilitiesBody>;

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
  /** Every capability by its place; made when a tooltip first asks. */
  readonly at: (place: Place) => CapabilityItem | undefined;
}

export function capabilityRows(picture: CapabilitiesPicture): readonly Row[] {
  const { now, before, environments, focused } = picture;
  const { of: changes, gone } = differences(before?.capabilities, now.capabilities, keyOf, FACTS);
  const childrenOf = groupBy(
    now.capabilities.filter(({ parent }) => parent !== undefined),
    ({ parent }) => keyOf(parent!),
  );
  let places: ReadonlyMap<string, CapabilityItem> | undefined;
  const at = (place: Place) => {
    places ??= new Map(now.capabilities.map((item) => [keyOf(item), item]));
    return places.get(keyOf(place));
  };
  const forest = { now, changes, childrenOf, names: environmentNames(environments), at };
  const changed = () => [
    ...now.capabilities
      .filter((item) => changes.has(keyOf(item)))
      .map((item) => row(item, forest, true)),
    ...gone.map((item) => goneRow(item, now, forest)),
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
    context: "table isObject",
    subject: { environment: id, object: { environment: id } },
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

function goneRow(item: CapabilityItem, { removed }: CapabilitiesBody, { names }: Forest): Row {
  // The latest stands first.
  const end = removed.find((each) => keyOf(each) === keyOf(item) && each.step >= item.step);
  const how = end && `${end.why} by ${end.by === 0 ? "the kernel" : names.short(end.by)}`;
  return {
    id: `capability:${keyOf(item)}`,
    label: `${item.slot}: ${item.resourceText}`,
    description: join(["gone", how, names.short(item.environment), item.rights]),
    tooltip: () =>
      end === undefined
        ? "It was deleted, revoked or freed since the last stop; its slot's history says by whom."
        : `It was ${escaped(how ?? "")} at step ${grouped(end.step)}.`,
    icon: KINDS[item.kind]?.icon ?? "key",
    change: { kind: "gone", words: [] },
    context: words(["gone isObject", end !== undefined && "hasEvent"]),
    subject: {
      object: { environment: item.environment, slot: item.slot },
      ...(end === undefined ? {} : { event: { step: end.step, index: end.event } }),
    },
  };
}

const contextOf = (item: CapabilityItem): string =>
  words([
    "capability isObject",
    item.parent !== undefined && "hasParent",
    item.kind === "page" && "isPage",
  ]);

const subjectOf = (item: CapabilityItem): Subject => ({
  environment: item.environment,
  slot: item.slot,
  object: { environment: item.environment, slot: item.slot },
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

/** From whom a capability comes: each that it was derived from, up to the root. */
function provenance(item: CapabilityItem, { names, at }: Forest): string {
  const lines: string[] = [];
  for (
    let place = item.parent;
    place !== undefined && lines.length < GENERATIONS_MAX;
    place = at(place)?.parent
  ) {
    const rights = at(place)?.rights;
    const made = at(place)?.step;
    lines.push(
      `${lines.length + 1}. slot ${place.slot} of ${escaped(names.full(place.environment))}${rights === undefined ? "" : `, \`${rights}\``}${made === undefined ? "" : `, since step ${grouped(made)}`}`,
    );
  }
  return lines.length < 2 ? "" : `Where it comes from, up to the root:\n\n${lines.join("\n")}`;
}

/** Longer chains are told by _Go to Source_ and _History_. */
const GENERATIONS_MAX = 20;

function tooltip(item: CapabilityItem, forest: Forest): string {
  const { names, changes } = forest;
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
    provenance(item, forest),
    `Made at step ${grouped(item.step)}.${item.kind === "page" ? ` Frame ${hex(item.resource)}.` : ""}`,
  ];
  return (
    lines.filter((line) => line !== "").join("\n\n") + changeParagraph(changes.get(keyOf(item)))
  );
}
