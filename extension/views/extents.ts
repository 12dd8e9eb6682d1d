/** The Disk Extents view: who owns which sectors, in the order of the disk, what is free, and what was written last. */
import type { ExtentItem, ExtentsBody } from "../../debug-adapter/protocol.ts";
import { type Change, changeCounts, differences, type Fact } from "../changes.ts";
import { type EnvironmentNames, environmentNames, launcherLast } from "./environment-names.ts";
import {
  changedGroup,
  changeOf,
  changeParagraph,
  chunked,
  described,
  escaped,
  groupBy,
  groupChange,
  grouped,
  join,
  plural,
  type Row,
} from "./row.ts";
import type { TreePicture } from "./tree-picture.ts";

export type ExtentsPicture = TreePicture<ExtentsBody>;

interface Extents {
  readonly names: EnvironmentNames;
  readonly changes: ReadonlyMap<string, Change>;
}

const keyOf = ({ extent }: ExtentItem): string => `${extent}`;

const FACTS: readonly Fact<ExtentItem>[] = [
  { name: "owner", value: ({ owner }) => `${owner}` },
  { name: "sectors", value: ({ first, count }) => `${first}+${count}` },
  { name: "owner's slot", value: ({ slot }) => `${slot}` },
  { name: "written", value: ({ lastWrite }) => `${lastWrite?.event ?? ""}` },
];

const sectorsText = (first: number, count: number): string =>
  count === 1 ? grouped(first) : `${grouped(first)} .. ${grouped(first + count - 1)}`;

export function extentRows({ now, before, environments, focused }: ExtentsPicture): readonly Row[] {
  if (now.sectors === 0) return [NO_DISK];
  const { of: changes, gone } = differences(before?.extents, now.extents, keyOf, FACTS);
  const extents = { names: environmentNames(environments), changes };
  const changed = () => [
    ...now.extents
      .filter((extent) => changes.has(keyOf(extent)))
      .map((extent) => row(extent, extents, true)),
    ...gone.map((extent) => goneRow(extent, extents)),
  ];
  const owned = groupBy(now.extents, ({ owner }) => `${owner}`);
  return [
    summaryRow(now, before),
    ...changedGroup("changed-extents", before?.step ?? 0, changed, changes.values()),
    ...launcherLast(
      [...owned.values()].map((list) => ownerRow(list, extents, focused)),
      environments,
      ({ subject }) => subject?.environment,
    ),
  ];
}

const NO_DISK: Row = {
  id: "no-disk",
  label: "This machine has no disk",
  tooltip: () => "A scenario gives it one by `disk`, with so many sectors of 512 bytes.",
  icon: "circle-slash",
  context: "summary",
};

function summaryRow(now: ExtentsBody, before: ExtentsBody | undefined): Row {
  const isChanged = before !== undefined && before.free !== now.free;
  const change: Change | undefined = isChanged
    ? { kind: "changed", words: [`free ${grouped(before.free)} -> ${grouped(now.free)}`] }
    : undefined;
  const free = freeRuns(now);
  return {
    id: "free",
    label: `${grouped(now.free)} of ${grouped(now.sectors)} sectors free`,
    description: described(change, [isChanged && `was ${grouped(before.free)}`]),
    tooltip: () =>
      `Sectors of 512 bytes. An extent is a run of them that one environment owns: the kernel knows nothing of files.${changeParagraph(change)}`,
    icon: "pie-chart",
    ...changeOf(change),
    context: "summary",
    ...(free.length === 0
      ? {}
      : {
          children: () =>
            chunked(
              free.map(
                ([first, count]): Row => ({
                  id: `free:${first}`,
                  label: sectorsText(first, count),
                  description: join(["free", plural(count, "sector")]),
                  tooltip: () => "Nobody owns these sectors.",
                  icon: "circle-outline",
                  context: "free",
                }),
              ),
              "free",
            ),
        }),
  };
}

/** What lies between the extents, in the order of the disk. */
function freeRuns({ extents, sectors }: ExtentsBody): (readonly [first: number, count: number])[] {
  const runs: (readonly [number, number])[] = [];
  let at = 0;
  for (const { first, count } of [...extents].sort((a, b) => a.first - b.first)) {
    if (first > at) runs.push([at, first - at]);
    at = Math.max(at, first + count);
  }
  if (at < sectors) runs.push([at, sectors - at]);
  return runs;
}

function ownerRow(list: readonly ExtentItem[], extents: Extents, focused: number | undefined): Row {
  const { owner } = list[0]!;
  const { names, changes } = extents;
  const counts = changeCounts(list.map((extent) => changes.get(keyOf(extent))));
  const sectors = list.reduce((sum, { count }) => sum + count, 0);
  const isFocused = owner === focused;
  return {
    id: `owner:${owner}`,
    label: names.full(owner),
    description: join([counts, plural(list.length, "extent"), plural(sectors, "sector")]),
    tooltip: () => `What ${escaped(names.full(owner))} owns of the disk.`,
    icon: "database",
    ...groupChange(counts),
    context: "owner hasOwner isObject",
    subject: { environment: owner, object: { environment: owner } },
    isFocused,
    isOpen: isFocused,
    children: () =>
      chunked(
        list.map((extent) => row(extent, extents)),
        `owner:${owner}`,
      ),
  };
}

function row(item: ExtentItem, { names, changes }: Extents, isFlat = false): Row {
  const { extent, first, count, owner, slot, lastWrite } = item;
  const change = changes.get(keyOf(item));
  return {
    id: `extent:${extent}`,
    label: sectorsText(first, count),
    description: described(change, [
      isFlat && `owner ${names.short(owner)}`,
      plural(count, "sector"),
      `slot ${slot}`,
      lastWrite !== undefined && `written at step ${grouped(lastWrite.step)}`,
    ]),
    tooltip: () =>
      [
        `**Extent ${extent}**, sectors ${sectorsText(first, count)}`,
        `Owned by ${escaped(names.full(owner))}, by the capability in its slot ${slot}.`,
        lastWrite === undefined
          ? "Nobody has asked to write to it since it was allocated."
          : `Written last at step ${grouped(lastWrite.step)}: ${escaped(lastWrite.text)}`,
      ].join("\n\n") + changeParagraph(change),
    icon: lastWrite === undefined ? "note" : "edit",
    ...changeOf(change),
    context: "extent isObject hasOwner hasSlot",
    subject: { environment: owner, slot, object: { extent } },
    ...(lastWrite === undefined || isFlat
      ? {}
      : {
          children: () => [
            {
              id: `extent:${extent}/write`,
              label: "Last write",
              description: join([`step ${grouped(lastWrite.step)}`, lastWrite.text]),
              tooltip: () => "When its owner last asked the disk to write there.",
              icon: "edit",
              context: "write hasEvent",
              subject: {
                environment: owner,
                event: { step: lastWrite.step, index: lastWrite.event },
              },
            },
          ],
        }),
  };
}

const goneRow = ({ extent, first, count, owner }: ExtentItem, { names }: Extents): Row => ({
  id: `extent:${extent}`,
  label: sectorsText(first, count),
  description: join(["gone", `was ${names.short(owner)}'s`]),
  tooltip: () => "It was freed since the last stop.",
  icon: "note",
  change: { kind: "gone", words: [] },
  context: "gone isObject",
  subject: { object: { extent } },
});
