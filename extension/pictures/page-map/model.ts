/** What the page-ownership map draws: cells in rows, what each is called, and the legend that counts and filters them. */
import { grouped, hex, plural } from "../../views/row.ts";
import { type EnvironmentMark, markedNames } from "../environment-marks.ts";
import {
  CHANGE,
  FLAG,
  type FlagName,
  type Mapping,
  mappingAt,
  mappingsOf,
  NO_SLOT,
  type PageTable,
} from "./page-table.ts";

export interface PageMapBody {
  readonly now: PageTable;
  readonly environments: readonly EnvironmentMark[];
  /** The environment of the frame that the user looks at. */
  readonly focused?: number;
  readonly since?: Since;
}
/** The stop that one compares with, and what is different for each page (bits of CHANGE). */
export interface Since {
  readonly step: number;
  /** Kept by the user, rather than the stop before this one. */
  readonly isKept: boolean;
  readonly changes: Uint8Array;
  readonly owner: Uint32Array;
  readonly flags: Uint8Array;
}

/** What is to be seen: physical memory, or what one environment sees of it. */
export type Mode =
  | { readonly kind: "physical" }
  | { readonly kind: "virtual"; readonly environment: number };

export interface Grid {
  readonly columns: number;
  readonly rows: readonly GridRow[];
  /** Row by row: the frame in each cell, or -1. */
  readonly frames: Int32Array;
  /** In an address space: the mapping in each cell, or -1. */
  readonly mappings?: Int32Array;
}
export interface GridRow {
  /** The first cell's frame number or address. */
  readonly label: string;
  /** Something between it and the row above is left out. */
  readonly isAfterGap: boolean;
}

const ADDRESS_COLUMNS = 16;

/** A power of two, so that the rows begin at round numbers, and about as wide as the map is high. */
export const columnsFor = (pageCount: number): number =>
  2 ** Math.max(4, Math.ceil(Math.log2(Math.max(1, pageCount)) / 2));

export function physicalGrid({ pageCount }: PageTable): Grid {
  const columns = columnsFor(pageCount);
  const rowCount = Math.ceil(pageCount / columns);
  const frames = new Int32Array(rowCount * columns).fill(-1);
  for (let frame = 0; frame < pageCount; frame += 1) frames[frame] = frame;
  const rows = Array.from({ length: rowCount }, (_, i) => ({
    label: hex(i * columns),
    isAfterGap: false,
  }));
  return { columns, rows, frames };
}

/** An address space is mostly empty: only rows in which something is bound are there. */
export function virtualGrid(table: PageTable, environment: number): Grid {
  const found: { readonly page: number; readonly frame: number; readonly index: number }[] = [];
  for (let frame = 0; frame < table.pageCount; frame += 1) {
    for (let i = table.start[frame]!; i < table.start[frame + 1]!; i += 1) {
      if (table.mappedBy[i] !== environment) continue;
      found.push({ page: table.address[i]! >>> 12, frame, index: i });
    }
  }
  const numbers = [...new Set(found.map(({ page }) => Math.floor(page / ADDRESS_COLUMNS)))].sort(
    (a, b) => a - b,
  );
  const rowOf = new Map(numbers.map((number, i) => [number, i]));
  const frames = new Int32Array(numbers.length * ADDRESS_COLUMNS).fill(-1);
  const mappings = new Int32Array(frames.length).fill(-1);
  for (const { page, frame, index } of found) {
    const cell =
      rowOf.get(Math.floor(page / ADDRESS_COLUMNS))! * ADDRESS_COLUMNS + (page % ADDRESS_COLUMNS);
    frames[cell] = frame;
    mappings[cell] = index;
  }
  const rows = numbers.map((number, i) => ({
    label: hex(number * ADDRESS_COLUMNS * 4096),
    isAfterGap: i > 0 && numbers[i - 1] !== number - 1,
  }));
  return { columns: ADDRESS_COLUMNS, rows, frames, mappings };
}

export const gridOf = (table: PageTable, mode: Mode): Grid =>
  mode.kind === "physical" ? physicalGrid(table) : virtualGrid(table, mode.environment);

/** What the legend lists, and what a click on it leaves: an owner by id, a mark, or what changed. */
export type LegendKey = `owner:${number}` | FlagName | "changed";
export interface LegendEntry {
  readonly key: LegendKey;
  readonly text: string;
  readonly count: number;
  /** Of an owner. */
  readonly mark?: EnvironmentMark;
}

const MARK_TEXTS: readonly (readonly [FlagName, string])[] = [
  ["shared", "shared: more than one environment reaches it"],
  ["dirty", "dirty: written to"],
  ["guaranteed", "guaranteed: a mapping that is never evicted"],
  ["pinned", "pinned: a device's transfer goes to it"],
  ["kernel", "the kernel's records"],
  ["free", "free"],
];

/** Whether a page belongs to a legend's entry. */
export function belongsTo({ now, since }: PageMapBody, frame: number, key: LegendKey): boolean {
  if (key === "changed") return (since?.changes[frame] ?? 0) !== 0;
  if (!key.startsWith("owner:")) return (now.flags[frame]! & FLAG[key as FlagName]) !== 0;
  const isOwned = (now.flags[frame]! & (FLAG.free | FLAG.kernel)) === 0;
  return isOwned && now.owner[frame] === Number(key.slice(6));
}

/** Owners and marks with how many cells of the grid they have; an entry without any is left out, but for the changes. */
export function legendOf(body: PageMapBody, grid: Grid): readonly LegendEntry[] {
  const { now, since, environments } = body;
  const owners = new Map<number, number>();
  const marks = new Map<FlagName, number>();
  let changed = 0;
  for (const frame of grid.frames) {
    if (frame < 0) continue;
    const flags = now.flags[frame]!;
    if ((flags & (FLAG.free | FLAG.kernel)) === 0) {
      owners.set(now.owner[frame]!, (owners.get(now.owner[frame]!) ?? 0) + 1);
    }
    for (const [name] of MARK_TEXTS) {
      if ((flags & FLAG[name]) !== 0) marks.set(name, (marks.get(name) ?? 0) + 1);
    }
    if ((since?.changes[frame] ?? 0) !== 0) changed += 1;
  }
  const entries: LegendEntry[] = environments
    .filter(({ id }) => owners.has(id))
    .map((mark) => ({
      key: `owner:${mark.id}`,
      text: `${mark.letter} ${mark.name}`,
      count: owners.get(mark.id)!,
      mark,
    }));
  for (const [key, text] of MARK_TEXTS) {
    if (marks.has(key)) entries.push({ key, text, count: marks.get(key)! });
  }
  if (since !== undefined) {
    const text = `changed since step ${grouped(since.step)}${since.isKept ? ", which you kept" : ""}`;
    entries.push({ key: "changed", text, count: changed });
  }
  return entries;
}

/** A cell in words: `Page 0x92 · owner B server, slot 17 · A client 0x40000 r-- · shared, dirty`. */
export function sentenceOf(body: PageMapBody, grid: Grid, cell: number): string {
  const frame = grid.frames[cell] ?? -1;
  if (frame < 0) return `${addressOf(grid, cell)}: nothing is bound here.`;
  const index = grid.mappings?.[cell] ?? -1;
  const here =
    index < 0 ? "" : bindingText(mappingAt(body.now, index), markedNames(body.environments));
  return [here, pageSentence(body, frame)].filter((part) => part !== "").join(", is ");
}

const addressOf = ({ rows, columns }: Grid, cell: number): string =>
  hex(Number(rows[Math.floor(cell / columns)]?.label ?? 0) + (cell % columns) * 4096);

const bindingText = (mapping: Mapping, nameOf: (id: number) => string): string =>
  `${nameOf(mapping.environment)} ${hex(mapping.address)} ${mapping.rights}${mapping.guaranteed ? " guaranteed" : ""}`;

export function pageSentence(body: PageMapBody, frame: number): string {
  const { now, since } = body;
  const nameOf = markedNames(body.environments);
  const flags = now.flags[frame]!;
  const marks = [
    (flags & FLAG.shared) !== 0 && "shared",
    (flags & FLAG.dirty) !== 0 && "dirty",
    (flags & FLAG.pinned) !== 0 && "pinned",
  ].filter((mark) => mark !== false);
  const mappings = mappingsOf(now, frame).map((mapping) => bindingText(mapping, nameOf));
  const isOwned = (flags & (FLAG.free | FLAG.kernel)) === 0;
  const parts = [
    `Page ${hex(frame)}`,
    holderText(now.owner[frame]!, flags, now.slot[frame]!, nameOf),
    mappings.length > 0 ? mappings.join(", ") : isOwned ? "not bound" : "",
    marks.join(", "),
    since === undefined ? "" : changeText(since, frame, nameOf),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

function holderText(
  owner: number,
  flags: number,
  slot: number,
  nameOf: (id: number) => string,
): string {
  if ((flags & FLAG.free) !== 0) return "free";
  if ((flags & FLAG.kernel) !== 0) {
    return owner === 0
      ? "a record of the kernel's"
      : `a record of the kernel's, charged to ${nameOf(owner)}`;
  }
  return `owner ${nameOf(owner)}${slot === NO_SLOT ? "" : `, slot ${slot}`}`;
}

function changeText(since: Since, frame: number, nameOf: (id: number) => string): string {
  const change = since.changes[frame]!;
  if (change === 0) return "";
  const was = holderText(since.owner[frame] ?? 0, since.flags[frame] ?? FLAG.free, NO_SLOT, nameOf);
  const words = [
    (change & CHANGE.owner) !== 0 &&
      `was ${was.replace(/^owner /, "")}${/^owner/.test(was) ? "'s" : ""}`,
    (change & CHANGE.slot) !== 0 && "another slot",
    (change & CHANGE.mappings) !== 0 && "other bindings",
    (change & CHANGE.marks) !== 0 && "other marks",
  ].filter((word) => word !== false);
  return `changed since step ${grouped(since.step)}: ${words.join(", ")}`;
}

/** Where the cursor goes by a key; the same cell where the key means nothing. `page` is how many rows are seen. */
export function moved(grid: Grid, cell: number, key: string, page: number): number {
  const { columns } = grid;
  const last = grid.frames.length - 1;
  const by: Readonly<Record<string, number>> = {
    ArrowLeft: cell - 1,
    ArrowRight: cell + 1,
    ArrowUp: cell - columns,
    ArrowDown: cell + columns,
    Home: cell - (cell % columns),
    End: cell - (cell % columns) + columns - 1,
    "Ctrl+Home": 0,
    "Ctrl+End": last,
    PageUp: cell - columns * page,
    PageDown: cell + columns * page,
  };
  const to = by[key];
  if (to === undefined || last < 0) return cell;
  if (/^Arrow/.test(key)) return to < 0 || to > last ? cell : to;
  // A page up or down stays in its column.
  if (to < 0) return cell % columns;
  return to > last ? last - (columns - 1) + (cell % columns) : to;
}

/** The next cell of those that the filter leaves, in either direction, around the end; the same if there is none. */
export function nextShown(
  grid: Grid,
  cell: number,
  isShown: (frame: number) => boolean,
  by: 1 | -1,
): number {
  const count = grid.frames.length;
  for (let i = 1; i <= count; i += 1) {
    const to = (((cell + by * i) % count) + count) % count;
    const frame = grid.frames[to]!;
    if (frame >= 0 && isShown(frame)) return to;
  }
  return cell;
}

/** One line about the whole: what a screen reader says at a stop. */
export function summaryOf({ now, since }: PageMapBody): string {
  const changed = since?.changes.reduce((sum, change) => sum + Number(change !== 0), 0) ?? 0;
  const news = since === undefined ? "" : `, ${grouped(changed)} changed`;
  return `Step ${grouped(now.step)}: ${grouped(now.freeCount)} of ${plural(now.pageCount, "page")} free${news}.`;
}
