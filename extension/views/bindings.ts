/** The Bindings view: what was allowed once and is used since without being asked again. TLB, software TLB, predicates, filters. */
import type {
  BindingItem,
  BindingsBody,
  FilterItem,
  PredicateItem,
  TlbItem,
} from "../../debug-adapter/protocol.ts";
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
  hex,
  join,
  plural,
  type Row,
  words,
} from "./row.ts";
import type { TreePicture } from "./tree-picture.ts";

export type BindingsPicture = TreePicture<BindingsBody>;

interface Marked {
  readonly names: EnvironmentNames;
  readonly changes: ReadonlyMap<string, Change>;
}

const tlbKey = ({ slot }: TlbItem): string => `${slot}`;
const TLB_FACTS: readonly Fact<TlbItem>[] = [
  { name: "entry", value: ({ environment, address }) => `${environment} ${address}` },
  { name: "page", value: ({ frame }) => hex(frame), isShort: true },
  { name: "rights", value: ({ rights }) => rights, isShort: true },
  { name: "dirty", value: ({ dirty }) => `${dirty}` },
];

const bindingKey = ({ environment, address }: BindingItem): string => `${environment}/${address}`;
/** Whether the TLB has it changes with every miss, and is told there. */
const BINDING_FACTS: readonly Fact<BindingItem>[] = [
  { name: "page", value: ({ frame }) => hex(frame), isShort: true },
  { name: "rights", value: ({ rights }) => rights, isShort: true },
  { name: "dirty", value: ({ dirty }) => `${dirty}` },
  { name: "guaranteed", value: ({ guaranteed }) => `${guaranteed}` },
  { name: "capability", value: ({ by }) => `${by.environment}/${by.slot}` },
];

const predicateKey = ({ environment }: PredicateItem): string => `${environment}`;
const PREDICATE_FACTS: readonly Fact<PredicateItem>[] = [
  { name: "predicate", value: ({ products }) => products.join() },
];

const filterKey = ({ filter }: FilterItem): string => `${filter}`;
const FILTER_FACTS: readonly Fact<FilterItem>[] = [
  { name: "predicate", value: ({ text }) => text },
  { name: "owner", value: ({ owner }) => `${owner}` },
  { name: "received", value: ({ received }) => grouped(received), isShort: true },
  { name: "dropped", value: ({ dropped }) => grouped(dropped), isShort: true },
  { name: "ring", value: ({ ring }) => ring.join() },
];

export function bindingRows(picture: BindingsPicture): readonly Row[] {
  const { now, before, environments, focused } = picture;
  const names = environmentNames(environments);
  const tlb = differences(before?.tlb.entries, now.tlb.entries, tlbKey, TLB_FACTS);
  const bindings = differences(before?.bindings, now.bindings, bindingKey, BINDING_FACTS);
  const predicates = differences(before?.predicates, now.predicates, predicateKey, PREDICATE_FACTS);
  const filters = differences(before?.filters, now.filters, filterKey, FILTER_FACTS);
  const softly = { names, changes: bindings.of };
  const changed = () => [
    ...now.bindings
      .filter((item) => bindings.of.has(bindingKey(item)))
      .map((item) => bindingRow(item, softly, true)),
    ...bindings.gone.map((item) =>
      goneRow(`binding:${bindingKey(item)}`, item.address, [names.short(item.environment)], {
        environment: item.environment,
        address: Number(item.address),
      }),
    ),
    ...now.predicates
      .filter((item) => predicates.of.has(predicateKey(item)))
      .map((item) => predicateRow(item, { names, changes: predicates.of })),
    ...predicates.gone.map((item) =>
      goneRow(
        `predicate:${item.environment}`,
        names.full(item.environment),
        ["it does not sleep any more"],
        { environment: item.environment },
      ),
    ),
    ...now.filters
      .filter((item) => filters.of.has(filterKey(item)))
      .map((item) => filterRow(item, { names, changes: filters.of })),
    ...filters.gone.map((item) =>
      goneRow(`filter:${item.filter}`, `Filter ${item.filter}`, [item.text], {
        filter: item.filter,
      }),
    ),
  ];
  const all = [...bindings.of.values(), ...predicates.of.values(), ...filters.of.values()];
  return [
    tlbGroup(now, { names, changes: tlb.of }),
    ...changedGroup("changed-bindings", before?.step ?? 0, changed, all),
    ...launcherLast(
      [...groupBy(now.bindings, ({ environment }) => `${environment}`).values()].map((list) =>
        tableRow(list, softly, focused),
      ),
      environments,
      ({ subject }) => subject?.environment,
    ),
    ...group(
      "predicates",
      "Predicates",
      "bell",
      "What sleepers wait for: the kernel evaluates it when time passes or a page of it is written, without waking anybody.",
      now.predicates.map((item) => predicateRow(item, { names, changes: predicates.of })),
    ),
    ...group(
      "filters",
      "Packet filters",
      "filter",
      "Who gets which packet. The kernel compiled each once; it is not asked again when a packet comes.",
      now.filters.map((item) => filterRow(item, { names, changes: filters.of })),
    ),
  ];
}

function tlbGroup({ tlb }: BindingsBody, marked: Marked): Row {
  const counts = changeCounts(marked.changes.values());
  return {
    id: "tlb",
    label: "TLB",
    description: join([
      counts,
      `${tlb.entries.length} of ${tlb.slots} entries`,
      `next to go: ${tlb.victim}`,
    ]),
    tooltip: () =>
      "The machine's own TLB. A miss is answered from the software TLB by the kernel, or else by the libOS in an upcall.",
    icon: "table",
    ...groupChange(counts),
    context: "tlb",
    children: () => tlb.entries.map((item) => tlbRow(item, marked)),
  };
}

function tlbRow(item: TlbItem, { names, changes }: Marked): Row {
  const { slot, environment, address, frame, rights, dirty } = item;
  const change = changes.get(tlbKey(item));
  return {
    id: `tlb:${slot}`,
    label: `${slot}: ${address}`,
    description: described(change, [
      names.short(environment),
      `page ${hex(frame)}`,
      rights,
      dirty && "dirty",
    ]),
    tooltip: () =>
      `Entry ${slot}: address ${address} of ${escaped(names.full(environment))} is page ${hex(frame)}, \`${rights}\`. ${
        dirty ? "Stores go through." : "The first store faults, so that the kernel can note it."
      }${changeParagraph(change)}`,
    icon: "symbol-array",
    ...changeOf(change),
    context: "entry isObject hasFrame hasOwner",
    subject: { environment, frame, object: { environment, address: Number(address) } },
  };
}

/** One environment's part of the software TLB, with what is guaranteed to it. */
function tableRow(list: readonly BindingItem[], marked: Marked, focused: number | undefined): Row {
  const { environment } = list[0]!;
  const counts = changeCounts(list.map((item) => marked.changes.get(bindingKey(item))));
  const guaranteed = list.filter((item) => item.guaranteed).length;
  const isFocused = environment === focused;
  return {
    id: `bindings:${environment}`,
    label: marked.names.full(environment),
    description: join([
      counts,
      plural(list.length, "binding"),
      guaranteed > 0 && `${grouped(guaranteed)} guaranteed`,
    ]),
    tooltip: () =>
      `Bindings of ${escaped(marked.names.full(environment))} in the software TLB. They may be dropped at any time, except those that are guaranteed.`,
    icon: "references",
    ...groupChange(counts),
    context: "table hasOwner",
    subject: { environment },
    isFocused,
    isOpen: isFocused,
    children: () =>
      chunked(
        list.map((item) => bindingRow(item, marked)),
        `bindings:${environment}`,
      ),
  };
}

function bindingRow(item: BindingItem, { names, changes }: Marked, isFlat = false): Row {
  const { environment, address, frame, rights, dirty, guaranteed, by, isLoaded } = item;
  const change = changes.get(bindingKey(item));
  const whose = by.environment === environment ? "" : `${names.short(by.environment)} `;
  return {
    id: `binding:${bindingKey(item)}`,
    label: address,
    description: described(change, [
      isFlat && names.short(environment),
      `page ${hex(frame)}`,
      rights,
      dirty && "dirty",
      guaranteed && "guaranteed",
      isLoaded && "in the TLB",
      `by ${whose}slot ${by.slot}`,
    ]),
    tooltip: () =>
      [
        `**${address}** of ${escaped(names.full(environment))} is page ${hex(frame)}, \`${rights}\``,
        `Allowed by the capability in slot ${by.slot} of ${escaped(names.full(by.environment))}: it is broken with that one.`,
        guaranteed
          ? "Guaranteed: the kernel never drops it, so that a fault handler can always run."
          : "The software TLB may drop it; then the libOS is asked again.",
        isLoaded ? "The machine's TLB has it." : "The machine's TLB does not have it now.",
        dirty ? "Written to." : "",
      ]
        .filter((line) => line !== "")
        .join("\n\n") + changeParagraph(change),
    icon: guaranteed ? "pinned" : isLoaded ? "zap" : "link",
    ...changeOf(change),
    context: words(["binding isObject hasFrame hasOwner hasSlot"]),
    subject: {
      environment: by.environment,
      slot: by.slot,
      frame,
      object: { environment, address: Number(address) },
    },
  };
}

function predicateRow(item: PredicateItem, { names, changes }: Marked): Row {
  const { environment, products, reads } = item;
  const change = changes.get(predicateKey(item));
  return {
    id: `predicate:${environment}`,
    label: names.full(environment),
    description: described(change, [products.join(" or ")]),
    tooltip: () =>
      `${escaped(names.full(environment))} sleeps until ${products.map(escaped).join(", or ")}.${changeParagraph(change)}`,
    icon: "bell",
    ...changeOf(change),
    context: "predicate isObject hasOwner",
    subject: { environment, object: { environment } },
    children: () => [
      ...products.map(
        (text, i): Row => ({
          id: `predicate:${environment}/${i}`,
          label: text,
          description: i === 0 ? "" : "or",
          tooltip: () => "All of it must hold.",
          icon: "symbol-boolean",
          context: "product",
        }),
      ),
      ...reads.map(
        ({ slot, frame }): Row => ({
          id: `predicate:${environment}/reads ${slot}`,
          label: `reads page ${hex(frame)}`,
          description: `slot ${slot}`,
          tooltip: () => "The kernel reads a word of this page, by this capability.",
          icon: "eye",
          context: "read isObject hasFrame hasOwner hasSlot",
          subject: { environment, slot, frame, object: { page: frame } },
        }),
      ),
    ],
  };
}

function filterRow(item: FilterItem, { names, changes }: Marked): Row {
  const { filter, owner, slot, text, over, received, dropped, ring } = item;
  const change = changes.get(filterKey(item));
  return {
    id: `filter:${filter}`,
    label: `Filter ${filter}`,
    description: described(change, [
      names.short(owner),
      text,
      `${grouped(received)} received`,
      dropped > 0 && `${grouped(dropped)} dropped`,
    ]),
    tooltip: () =>
      [
        `**Filter ${filter}** of ${escaped(names.full(owner))}, by the capability in its slot ${slot}`,
        `It takes packets in which ${escaped(text)}.`,
        over === undefined
          ? ""
          : `It may overlap another's, by slot ${over.slot} of ${escaped(names.full(over.environment))}.`,
        `${plural(received, "packet")} received, ${grouped(dropped)} dropped since the ring was full.`,
      ]
        .filter((line) => line !== "")
        .join("\n\n") + changeParagraph(change),
    icon: "filter",
    ...changeOf(change),
    context: "filter isObject hasOwner hasSlot",
    subject: { environment: owner, slot, object: { filter } },
    ...(ring.length === 0
      ? {}
      : {
          children: () =>
            ring.map(
              (frame, i): Row => ({
                id: `filter:${filter}/ring ${i}`,
                label: `ring: page ${hex(frame)}`,
                tooltip: () => "Packets are received into this page.",
                icon: "note",
                context: "ring isObject hasFrame hasOwner",
                subject: { environment: owner, frame, object: { page: frame } },
              }),
            ),
        }),
  };
}

function group(
  id: string,
  label: string,
  icon: string,
  meaning: string,
  rows: readonly Row[],
): readonly Row[] {
  if (rows.length === 0) return [];
  const counts = changeCounts(rows.map(({ change }) => change));
  return [
    {
      id,
      label,
      description: join([counts, grouped(rows.length)]),
      tooltip: () => meaning,
      icon,
      ...groupChange(counts),
      context: "group",
      isOpen: true,
      children: () => chunked(rows, id),
    },
  ];
}

const goneRow = (
  id: string,
  label: string,
  parts: readonly string[],
  object: NonNullable<Row["subject"]>["object"],
): Row => ({
  id,
  label,
  description: join(["gone", ...parts]),
  tooltip: () => "It is no more since the last stop; its history says why.",
  icon: "circle-slash",
  change: { kind: "gone", words: [] },
  context: "gone isObject",
  subject: object === undefined ? {} : { object },
});
