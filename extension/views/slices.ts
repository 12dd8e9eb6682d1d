/** The Time Slices view: the slice vector position by position, whose time it is now, and who pays for having stayed too long. */
import type { SlicesBody } from "../../debug-adapter/protocol.ts";
import { type Change, differences, type Fact } from "../changes.ts";
import { type EnvironmentNames, environmentNames } from "./environment-names.ts";
import {
  changedGroup,
  changeOf,
  changeParagraph,
  chunked,
  described,
  escaped,
  grouped,
  join,
  plural,
  type Row,
  words,
} from "./row.ts";
import type { TreePicture } from "./tree-picture.ts";

export type SlicesPicture = TreePicture<SlicesBody>;

type Slice = SlicesBody["slices"][number] & { readonly position: number };

const keyOf = ({ position }: Slice): string => `${position}`;

/** The position that runs moves with every tick: that is no news and is not marked. */
const FACTS: readonly Fact<Slice>[] = [
  { name: "owner", value: ({ owner }) => `${owner}` },
  { name: "owner's slot", value: ({ slot }) => `${slot ?? ""}` },
  { name: "donation", value: ({ donatedTo }) => `${donatedTo ?? ""}` },
];

const numbered = ({ slices }: SlicesBody): Slice[] =>
  slices.map((slice, position) => ({ ...slice, position }));

export function sliceRows({ now, before, environments, focused }: SlicesPicture): readonly Row[] {
  const names = environmentNames(environments);
  const all = numbered(now);
  const old = before && numbered(before);
  const { of: changes } = differences(old, all, keyOf, FACTS);
  const first = all.find(({ owner }) => owner !== 0 && owner === focused)?.position;
  const one = (slice: Slice) =>
    row(slice, now, names, changes.get(keyOf(slice)), slice.position === first);
  const changed = () =>
    all
      .filter((slice) => changes.has(keyOf(slice)))
      .map((slice) => {
        const was = old?.[slice.position]?.owner ?? slice.owner;
        const { isFocused: _, ...changedRow } = one(slice);
        const from = was === slice.owner ? "" : `was ${was === 0 ? "free" : names.short(was)}`;
        return { ...changedRow, description: join([changedRow.description, from]) };
      });
  return [
    summaryRow(now, names),
    ...changedGroup("changed-slices", before?.step ?? 0, changed, changes.values()),
    ...chunked(withFreeRuns(all, one), "slices"),
    ...accountRows(now, before, names),
  ];
}

function summaryRow({ slices, position, running }: SlicesBody, names: EnvironmentNames): Row {
  const owned = slices.filter(({ owner }) => owner !== 0).length;
  return {
    id: "vector",
    label: `Position ${position} of ${slices.length}`,
    description: join([
      running === 0 ? "nobody runs" : `${names.full(running)} runs`,
      `${owned} owned`,
    ]),
    tooltip: () =>
      "The slice vector: each position is one tick, and they take their turns in order. An environment owns positions as it owns pages.",
    icon: "clock",
    context: "summary",
  };
}

/** Owned positions one by one; free ones that stand side by side as one row. */
function withFreeRuns(all: readonly Slice[], one: (slice: Slice) => Row): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const slice = all[at]!;
    if (slice.owner !== 0) {
      rows.push(one(slice));
      continue;
    }
    let end = at;
    while (all[end + 1]?.owner === 0) end += 1;
    rows.push({
      id: `free-from:${at}`,
      label: at === end ? `${at}` : `${at} .. ${end}`,
      description: "free",
      tooltip: () =>
        "Nobody owns them. Whoever holds the capability for the processor may allocate them.",
      icon: "circle-outline",
      context: at === end ? "slice isObject" : "free",
      ...(at === end ? { subject: { object: { slice: at } } } : {}),
    });
    at = end;
  }
  return rows;
}

function row(
  { position, owner, slot, donatedTo }: Slice,
  now: SlicesBody,
  names: EnvironmentNames,
  change: Change | undefined,
  isFocused: boolean,
): Row {
  const isNow = position === now.position;
  return {
    id: `slice:${position}`,
    label: owner === 0 ? `${position}: free` : `${position}: ${names.full(owner)}`,
    description: described(change, [
      isNow && "now",
      donatedTo !== undefined && `its time is ${names.short(donatedTo)}'s`,
      slot !== undefined && `slot ${slot}`,
    ]),
    tooltip: () =>
      [
        `**Position ${position}** of the slice vector`,
        owner === 0
          ? "Nobody owns it."
          : `Owned by ${escaped(names.full(owner))}${slot === undefined ? "" : `, by the capability in its slot ${slot}`}.`,
        donatedTo === undefined
          ? ""
          : `Its time goes to ${escaped(names.full(donatedTo))}: the owner waits for it in a transfer, or gave the rest of its slice away.`,
        isNow ? "It is this one's tick now." : "",
      ]
        .filter((line) => line !== "")
        .join("\n\n") + changeParagraph(change),
    icon: isNow ? "play-circle" : donatedTo === undefined ? "watch" : "arrow-swap",
    ...changeOf(change),
    context: words(["slice isObject", owner !== 0 && "hasOwner", slot !== undefined && "hasSlot"]),
    subject: {
      ...(owner === 0 ? {} : { environment: owner }),
      ...(slot === undefined ? {} : { slot }),
      object: { slice: position },
    },
    isFocused,
  };
}

/** Who owes time, where somebody does. */
function accountRows(
  { accounts }: SlicesBody,
  before: SlicesBody | undefined,
  names: EnvironmentNames,
): readonly Row[] {
  if (accounts.length === 0) return [];
  const old = new Map(before?.accounts.map((account) => [account.environment, account]));
  return [
    {
      id: "accounts",
      label: "Stayed too long",
      description: plural(accounts.length, "environment"),
      tooltip: () =>
        "At the end of its slice a program may be asked to save its own state and to yield. Each tenth of a tick that it stays longer forfeits one later slice.",
      icon: "law",
      context: "group",
      isOpen: true,
      children: () =>
        accounts.map(({ environment, excess, forfeits }): Row => {
          const was = old.get(environment);
          const isChanged =
            before !== undefined && (was?.excess !== excess || was.forfeits !== forfeits);
          const change: Change | undefined = isChanged
            ? { kind: was === undefined ? "new" : "changed", words: [] }
            : undefined;
          return {
            id: `account:${environment}`,
            label: names.full(environment),
            description: described(change, [
              `${grouped(excess)} tenth${excess === 1 ? "" : "s"} of a tick too long`,
              `forfeits ${plural(forfeits, "slice")}`,
            ]),
            tooltip: () =>
              `It stayed past the end of its slices ${grouped(excess)} times, a tenth of a tick each.${changeParagraph(change)}`,
            icon: "warning",
            ...changeOf(change),
            context: "account hasOwner",
            subject: { environment },
          };
        }),
    },
  ];
}
