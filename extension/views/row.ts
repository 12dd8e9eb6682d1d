/** A row of a tree as plain data: what all views make, what the tree draws and what the text twins print. */
import type { HistoryPosition, KernelObject, SourcePlace } from "../../debug-adapter/protocol.ts";
import { type Change, changeCounts } from "../changes.ts";

/** What a row is about, for commands and cross-links. */
export interface Subject {
  readonly environment?: number;
  /** With `environment`: a capability. */
  readonly slot?: number;
  readonly frame?: number;
  readonly place?: SourcePlace;
  /** A moment of the history. */
  readonly moment?: HistoryPosition;
  readonly branch?: number;
  readonly mark?: number;
  /** Of a capability: the one that it was derived from. */
  readonly parent?: { readonly environment: number; readonly slot: number };
  /** What the kernel calls it, to ask where it comes from, who can reach it and when it changes. */
  readonly object?: KernelObject;
  /** A kernel event that the row tells of, by its running number. */
  readonly event?: { readonly step: number; readonly index: number };
}

export interface Row {
  /** Stable from stop to stop, so that what the user has unfolded stays so. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown; made only when it is asked for. */
  readonly tooltip: () => string;
  /** A codicon's name. */
  readonly icon: string;
  /** A theme colour of the icon: never the only sign of anything. */
  readonly color?: string;
  readonly change?: Change;
  /** Words that menus test: `environment hasPlace`. */
  readonly context: string;
  readonly subject?: Subject;
  /** The environment of the frame that the user looks at. */
  readonly isFocused?: boolean;
  readonly isOpen?: boolean;
  readonly children?: () => readonly Row[];
}

/** The most rows side by side: VS Code lays out every one of them, so longer lists are folded into ranges. */
const CHUNK = 100;

/** Folds a long list of rows into rows that hold up to a hundred each, and those again, until one level is short. */
export function chunked(rows: readonly Row[], id: string): readonly Row[] {
  if (rows.length <= CHUNK) return rows;
  const chunks: Row[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    const part = rows.slice(start, start + CHUNK);
    const [first, last] = [part[0]!, part.at(-1)!];
    const counts = changeCounts(part.map((row) => row.change));
    chunks.push({
      id: `${id}/from ${first.id}`,
      label: `${rangeEnd(first, 0)} .. ${rangeEnd(last, -1)}`,
      description: join([counts, `${part.length} rows`]),
      tooltip: () => "A long list is folded into ranges.",
      icon: "list-unordered",
      context: "range",
      ...(counts === "" ? {} : { change: { kind: "changed", words: [] } }),
      children: () => part,
    });
  }
  return chunked(chunks, `${id}+`);
}

/** A row's name without what it is about; of a range its first (0) or last (-1) row's. */
const rangeEnd = ({ label }: Row, end: 0 | -1): string =>
  label.split(" .. ").at(end)!.split(": ")[0]!;

/** A group of what changed, so that nobody has to hunt for it among folded rows. Empty when nothing did. */
export function changedGroup(
  id: string,
  since: number,
  changed: () => readonly Row[],
  changes: Iterable<Change>,
): readonly Row[] {
  const counts = changeCounts(changes);
  if (counts === "") return [];
  return [
    {
      id,
      label: "Since the last stop",
      description: counts,
      tooltip: () => `What is different from step ${grouped(since)}, where this view last stood.`,
      icon: "diff",
      context: "changes",
      isOpen: true,
      children: () => chunked(changed().map(copyInto(id)), id),
    },
  ];
}

/** The same row at a second place in the tree: it has another id, and is not unfolded there. */
const copyInto =
  (group: string) =>
  ({ children: _, ...row }: Row): Row => ({ ...row, id: `${group}/${row.id}` });

/** The parts that are not empty, separated as everywhere in the views. */
export const join = (parts: readonly (string | undefined | false)[]): string =>
  parts.filter((part) => part !== undefined && part !== false && part !== "").join(" · ");

/** The words of a row's context: those that hold. */
export const words = (parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join(" ");

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** `12,345`, the same in every locale. */
export const grouped = (value: number): string => value.toLocaleString("en-US");

/** `1 page`, `3 pages`. */
export const plural = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** The change as a word in front of everything else, so that a narrow side bar doesn't cut it off. */
export const described = (
  change: Change | undefined,
  parts: readonly (string | undefined | false)[],
): string => join([change?.kind, ...parts]);

/** What changed, as the last paragraph of a tooltip. */
export function changeParagraph(change: Change | undefined): string {
  if (change === undefined) return "";
  const what = change.words.length === 0 ? "" : `: ${escaped(change.words.join(", "))}`;
  return `\n\n**${change.kind}** since the last stop${what}`;
}

/** Text that is not ours (names, sentences of the kernel) as literal Markdown. */
export const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, "\\$&");

/** A change as a row's field, where there is one. */
export const changeOf = (change: Change | undefined): { readonly change?: Change } =>
  change === undefined ? {} : { change };

/** The mark of a group in which something changed. */
export const groupChange = (counts: string): { readonly change?: Change } =>
  counts === "" ? {} : { change: { kind: "changed", words: [] } };

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** What a screen reader says: label and description with pauses instead of dots. */
export const spoken = (row: Row): string =>
  [row.label, ...(row.description?.split(" · ") ?? []), row.isFocused ? "in focus" : ""]
    .filter((part) => part !== "")
    .join(", ");

/** The rows and all below them as indented text. */
export function asText(rows: readonly Row[], depth = 0): string {
  return rows
    .map((row) => {
      const line = [row.label, row.description, row.isFocused ? "(in focus)" : ""]
        .filter((part) => part !== undefined && part !== "")
        .join("  ");
      return `${"  ".repeat(depth)}${line}\n${asText(row.children?.() ?? [], depth + 1)}`;
    })
    .join("");
}

/** The way from a root to the first row that `isIt`, both included; undefined when there is none. */
export function pathTo(
  rows: readonly Row[],
  isIt: (row: Row) => boolean,
  childrenOf = (row: Row): readonly Row[] => row.children?.() ?? [],
): readonly Row[] | undefined {
  for (const row of rows) {
    if (isIt(row)) return [row];
    const below = pathTo(childrenOf(row), isIt, childrenOf);
    if (below !== undefined) return [row, ...below];
  }
  return undefined;
}
