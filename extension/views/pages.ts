/** The Physical Pages view: how much is left, and every owned page by owner with the bindings that reach it. */
import type { MappingItem, PageItem, PagesBody } from "../../debug-adapter/protocol.ts";
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
import type { TreePicture } from "./tree-picture.ts";

export type PagesPicture = TreePicture<PagesBody>;

const keyOf = ({ frame }: PageItem): string => hex(frame);

const mappingText = ({ environment, address, rights, guaranteed }: MappingItem): string =>
  `${environment} ${address} ${rights} ${guaranteed}`;

const FACTS: readonly Fact<PageItem>[] = [
  { name: "owner", value: ({ owner, state }) => `${state} ${owner}` },
  { name: "owner's slot", value: ({ slot }) => `${slot}` },
  { name: "mappings", value: ({ mappings }) => mappings.map(mappingText).join() },
  { name: "dirty", value: ({ dirty }) => `${dirty}` },
  { name: "pins", value: ({ pins = 0 }) => `${pins}`, isShort: true },
];

interface Pages {
  readonly names: EnvironmentNames;
  readonly changes: ReadonlyMap<string, Change>;
}

/** More than one environment reaches it. */
const isShared = ({ mappings }: PageItem): boolean =>
  mappings.some(({ environment }) => environment !== mappings[0]!.environment);

export function pageRows({ now, before, environments, focused }: PagesPicture): readonly Row[] {
  const { of: changes, gone } = differences(before?.pages, now.pages, keyOf, FACTS);
  const pages = { names: environmentNames(environments), changes };
  const changed = () => [
    ...now.pages.filter((page) => changes.has(keyOf(page))).map((page) => row(page, pages, true)),
    ...gone.map((page) => goneRow(page, pages)),
  ];
  const owned = new Map<number, PageItem[]>();
  for (const page of now.pages) {
    if (page.state === "kernel") continue;
    const group = owned.get(page.owner);
    if (group === undefined) owned.set(page.owner, [page]);
    else group.push(page);
  }
  return [
    summaryRow(now, before),
    ...changedGroup("changed-pages", before?.step ?? 0, changed, changes.values()),
    ...launcherLast(
      [...owned].map(([owner, list]) => ownerRow(owner, list, pages, focused)),
      environments,
      ({ subject }) => subject?.environment,
    ),
    kernelRow(now, pages),
  ];
}

function summaryRow(now: PagesBody, before: PagesBody | undefined): Row {
  const isChanged = before !== undefined && before.freeCount !== now.freeCount;
  const change: Change | undefined = isChanged
    ? { kind: "changed", words: [`free ${grouped(before.freeCount)} -> ${grouped(now.freeCount)}`] }
    : undefined;
  return {
    id: "free",
    label: `${grouped(now.freeCount)} of ${grouped(now.pageCount)} free`,
    description: described(change, [
      isChanged && `was ${grouped(before.freeCount)}`,
      `low water ${grouped(now.freeLowWater)}`,
    ]),
    tooltip: () =>
      `${plural(now.freeCount, "page")} of 4 KiB belong to nobody. There were never fewer than ` +
      `${grouped(now.freeLowWater)} free (the low-water mark).${changeParagraph(change)}`,
    icon: "pie-chart",
    ...(change === undefined ? {} : { change }),
    context: "summary",
    ...(now.freeCount === 0 ? {} : { children: () => chunked(freeRuns(now).map(freeRow), "free") }),
  };
}

/** Pages that nobody has and that lie side by side. */
function freeRuns({
  pages,
  kernelFrames,
  pageCount,
}: PagesBody): (readonly [first: number, count: number])[] {
  const runs: (readonly [number, number])[] = [];
  let at = kernelFrames;
  // The body lists them in order.
  for (const { frame } of pages) {
    if (frame > at) runs.push([at, frame - at]);
    at = frame + 1;
  }
  if (at < pageCount) runs.push([at, pageCount - at]);
  return runs;
}

const freeRow = ([first, count]: readonly [first: number, count: number]): Row => ({
  id: `free:${hex(first)}`,
  label: count === 1 ? hex(first) : `${hex(first)} .. ${hex(first + count - 1)}`,
  description: join(["free", plural(count, "page")]),
  tooltip: () =>
    `Nobody owns ${count === 1 ? "this page" : "these pages"}: whoever holds the capability for memory may allocate them.`,
  icon: "circle-outline",
  context: count === 1 ? "page free isObject" : "free",
  ...(count === 1 ? { subject: { frame: first, object: { page: first } } } : {}),
});

function ownerRow(
  owner: number,
  list: readonly PageItem[],
  pages: Pages,
  focused: number | undefined,
): Row {
  const counts = changeCounts(list.map((page) => pages.changes.get(keyOf(page))));
  const shared = list.filter(isShared).length;
  const dirty = list.filter((page) => page.dirty).length;
  const isFocused = owner === focused;
  return {
    id: `owner:${owner}`,
    label: pages.names.full(owner),
    description: join([
      counts,
      plural(list.length, "page"),
      shared > 0 && `${grouped(shared)} shared`,
      dirty > 0 && `${grouped(dirty)} dirty`,
    ]),
    tooltip: () =>
      `${plural(list.length, "physical page")} owned by ${escaped(pages.names.full(owner))}: ` +
      `${grouped(shared)} reachable from more than one environment, ${grouped(dirty)} written to.`,
    icon: "layers",
    ...(counts === "" ? {} : { change: { kind: "changed", words: [] } }),
    context: "owner isObject",
    subject: { environment: owner, object: { environment: owner } },
    isFocused,
    isOpen: isFocused,
    children: () =>
      chunked(
        list.map((page) => row(page, pages)),
        `owner:${owner}`,
      ),
  };
}

function row(page: PageItem, pages: Pages, isFlat = false): Row {
  const { names, changes } = pages;
  const change = changes.get(keyOf(page));
  const shared = isShared(page);
  return {
    id: `page:${keyOf(page)}`,
    label: keyOf(page),
    description: described(change, [
      isFlat && `owner ${names.short(page.owner)}`,
      page.mappings.length === 0
        ? "not bound"
        : page.mappings.map((mapping) => mappingWords(mapping, names)).join(", "),
      shared && "shared",
      page.dirty && "dirty",
      page.pins !== undefined && pinsText(page.pins),
    ]),
    tooltip: () => tooltip(page, pages),
    icon:
      page.pins === undefined ? (shared ? "references" : page.dirty ? "edit" : "note") : "pinned",
    ...(change === undefined ? {} : { change }),
    context: words([
      "page isObject",
      page.owner !== 0 && "hasOwner",
      page.slot !== undefined && "hasSlot",
    ]),
    subject: subjectOf(page),
    ...(isFlat || page.mappings.length + (page.pins ?? 0) === 0
      ? {}
      : { children: () => detailRows(page, pages) }),
  };
}

/** `pinned`, `pinned by 2 transfers`. */
const pinsText = (pins: number): string =>
  pins === 1 ? "pinned" : `pinned by ${grouped(pins)} transfers`;

/** Below a page: each binding that reaches it, and what holds it in its place. */
function detailRows(page: PageItem, { names }: Pages): readonly Row[] {
  const mappings = page.mappings.map(
    ({ environment, address, rights, guaranteed }): Row => ({
      id: `page:${keyOf(page)}/${environment} ${address}`,
      label: `${address} of ${names.short(environment)}`,
      description: join([rights, guaranteed && "guaranteed"]),
      tooltip: () =>
        `Address ${address} of ${escaped(names.full(environment))} leads to it, with \`${rights}\`.`,
      icon: "link",
      context: "mapping isObject hasOwner",
      subject: { environment, object: { environment, address: Number(address) } },
    }),
  );
  if (page.pins === undefined) return mappings;
  return [
    ...mappings,
    {
      id: `page:${keyOf(page)}/pins`,
      label: pinsText(page.pins),
      tooltip: () =>
        "A device's transfer that is queued goes to it or comes from it: until that ends, the kernel does not take the page by force.",
      icon: "pinned",
      context: "pins",
    },
  ];
}

const subjectOf = (page: PageItem): Subject => ({
  environment: page.owner,
  frame: page.frame,
  object: { page: page.frame },
  ...(page.slot === undefined ? {} : { slot: page.slot }),
});

const mappingWords = (mapping: MappingItem, names: EnvironmentNames): string =>
  `${names.short(mapping.environment)} ${mapping.address} ${mapping.rights}${mapping.guaranteed ? " guaranteed" : ""}`;

function tooltip(page: PageItem, { names, changes }: Pages): string {
  const lines = [
    `**Frame ${keyOf(page)}**, physical address ${hex(page.frame * 4096)}`,
    page.owner === 0
      ? "A record of the kernel's."
      : page.state === "kernel"
        ? `A record of the kernel's, charged to ${escaped(names.full(page.owner))}.`
        : `Owned by ${escaped(names.full(page.owner))}${page.slot === undefined ? "" : `, by the capability in its slot ${page.slot}`}.`,
    page.mappings.length === 0
      ? "No binding reaches it."
      : `Bindings:\n\n${page.mappings.map((mapping) => `- ${escaped(mappingWords(mapping, names))}`).join("\n")}`,
    page.mappings.some(({ guaranteed }) => guaranteed)
      ? "Guaranteed: the kernel refills this binding itself, so that a fault handler can always run."
      : "",
    page.pins === undefined
      ? ""
      : `Pinned: ${plural(page.pins, "transfer")} of a device ${page.pins === 1 ? "is" : "are"} queued for it, and it is not taken by force meanwhile.`,
    isShared(page) ? "Shared: more than one environment reaches it." : "",
    `${page.dirty ? "Dirty: written to through a binding." : "Not written to."}${page.referenced ? " Referenced." : ""}`,
  ];
  return (
    lines.filter((line) => line !== "").join("\n\n") + changeParagraph(changes.get(keyOf(page)))
  );
}

const goneRow = (page: PageItem, { names }: Pages): Row => ({
  id: `page:${keyOf(page)}`,
  label: keyOf(page),
  description: join(["gone", `was ${names.short(page.owner)}'s`]),
  tooltip: () => "It was freed since the last stop: bindings broken, contents cleared.",
  icon: "note",
  change: { kind: "gone", words: [] },
  context: "gone isObject",
  subject: { object: { page: page.frame } },
});

/** Last, since a user reads it once. */
function kernelRow(now: PagesBody, pages: Pages): Row {
  const charged = now.pages.filter(({ state }) => state === "kernel");
  return {
    id: "kernel",
    label: "the kernel",
    description: plural(now.kernelFrames + charged.length, "page"),
    tooltip: () =>
      "Pages that hold the kernel's own records: environments, capability tables, page records, the software TLB.",
    icon: "shield",
    context: "kernel",
    children: () => [
      {
        id: "kernel/records",
        label: `0x0 .. ${hex(Math.max(0, now.kernelFrames - 1))}`,
        description: "fixed records",
        tooltip: () => "Records of fixed layout, the same in every run.",
        icon: "lock",
        context: "kernel",
      },
      ...chunked(
        charged.map((page) => ({
          ...row(page, pages),
          description: described(pages.changes.get(keyOf(page)), [
            `charged to ${pages.names.short(page.owner)}`,
          ]),
          icon: "lock",
          context: "kernelPage isObject hasOwner",
        })),
        "kernel",
      ),
    ],
  };
}
