/** Every page of the machine at one stop, as arrays: small enough to be sent to a page and kept, also for 65,536 of them. */
import type { PagesBody } from "../../../debug-adapter/protocol.ts";

/** What is so about a page, as bits. */
export const FLAG = {
  free: 1,
  kernel: 2,
  shared: 4,
  dirty: 8,
  guaranteed: 16,
  pinned: 32,
  bound: 64,
} as const;
export type FlagName = keyof typeof FLAG;

const RIGHT = { r: 1, w: 2, x: 4 } as const;
const GUARANTEED = 8;

export interface PageTable {
  readonly step: number;
  readonly pageCount: number;
  readonly freeCount: number;
  /** Frames below it hold the kernel's fixed records. */
  readonly kernelFrames: number;
  /** Id of the owner, or of whom a page of the kernel is charged to; 0: nobody, or the kernel itself. */
  readonly owner: Uint32Array;
  readonly flags: Uint8Array;
  /** Slot of the owner's capability, 0xffffffff: none. */
  readonly slot: Uint32Array;
  /** The mappings of frame f are those from `start[f]` to before `start[f + 1]`. */
  readonly start: Uint32Array;
  readonly mappedBy: Uint32Array;
  readonly address: Uint32Array;
  /** Rights as bits, and whether the mapping is guaranteed. */
  readonly rights: Uint8Array;
}

export const NO_SLOT = 0xffffffff;

export function pageTable(body: PagesBody): PageTable {
  const { step, pageCount, freeCount, kernelFrames, pages } = body;
  const mappingCount = pages.reduce((sum, { mappings }) => sum + mappings.length, 0);
  const table = {
    step,
    pageCount,
    freeCount,
    kernelFrames,
    owner: new Uint32Array(pageCount),
    flags: new Uint8Array(pageCount).fill(FLAG.free).fill(FLAG.kernel, 0, kernelFrames),
    slot: new Uint32Array(pageCount).fill(NO_SLOT),
    start: new Uint32Array(pageCount + 1),
    mappedBy: new Uint32Array(mappingCount),
    address: new Uint32Array(mappingCount),
    rights: new Uint8Array(mappingCount),
  };
  let next = 0;
  let frame = 0;
  // The adapter lists pages by frame.
  for (const page of pages) {
    table.start.fill(next, frame, page.frame + 1);
    frame = page.frame + 1;
    let flags: number = page.state === "kernel" ? FLAG.kernel : 0;
    if (page.dirty) flags |= FLAG.dirty;
    if (page.pins !== undefined) flags |= FLAG.pinned;
    if (page.mappings.length > 0) flags |= FLAG.bound;
    for (const { environment, address, rights, guaranteed } of page.mappings) {
      table.mappedBy[next] = environment;
      table.address[next] = Number(address);
      table.rights[next] =
        (rights.includes("r") ? RIGHT.r : 0) |
        (rights.includes("w") ? RIGHT.w : 0) |
        (rights.includes("x") ? RIGHT.x : 0) |
        (guaranteed ? GUARANTEED : 0);
      if (guaranteed) flags |= FLAG.guaranteed;
      if (environment !== page.mappings[0]!.environment) flags |= FLAG.shared;
      next += 1;
    }
    table.owner[page.frame] = page.owner;
    table.flags[page.frame] = flags;
    table.slot[page.frame] = page.slot ?? NO_SLOT;
  }
  table.start.fill(next, frame);
  return table;
}

export interface Mapping {
  readonly environment: number;
  readonly address: number;
  /** `rw-` */
  readonly rights: string;
  readonly guaranteed: boolean;
}

export function mappingAt(table: PageTable, index: number): Mapping {
  const bits = table.rights[index]!;
  return {
    environment: table.mappedBy[index]!,
    address: table.address[index]!,
    rights: Object.entries(RIGHT)
      .map(([letter, bit]) => (bits & bit ? letter : "-"))
      .join(""),
    guaranteed: (bits & GUARANTEED) !== 0,
  };
}

export const mappingsOf = (table: PageTable, frame: number): Mapping[] => {
  const [first, end] = [table.start[frame]!, table.start[frame + 1]!];
  return Array.from({ length: end - first }, (_, i) => mappingAt(table, first + i));
};

/** What differs about a page between two stops, as bits. */
export const CHANGE = { owner: 1, slot: 2, mappings: 4, marks: 8 } as const;

export function changesBetween(before: PageTable, now: PageTable): Uint8Array {
  const changes = new Uint8Array(now.pageCount);
  // One that is referenced is not told apart, and bound and shared are the mappings'.
  const marks = FLAG.dirty | FLAG.pinned;
  for (let frame = 0; frame < now.pageCount; frame += 1) {
    const [a, b] = [before.flags[frame] ?? FLAG.free, now.flags[frame]!];
    const isOther = ((a ^ b) & (FLAG.free | FLAG.kernel)) !== 0;
    if (isOther || before.owner[frame] !== now.owner[frame]) changes[frame] = CHANGE.owner;
    else if (before.slot[frame] !== now.slot[frame]) changes[frame] = CHANGE.slot;
    if (((a ^ b) & marks) !== 0) changes[frame]! |= CHANGE.marks;
    if (!sameMappings(before, now, frame)) changes[frame]! |= CHANGE.mappings;
  }
  return changes;
}

function sameMappings(before: PageTable, now: PageTable, frame: number): boolean {
  const [a, b] = [before.start[frame] ?? 0, now.start[frame]!];
  const count = now.start[frame + 1]! - b;
  if ((before.start[frame + 1] ?? 0) - a !== count) return false;
  for (let i = 0; i < count; i += 1) {
    if (
      before.mappedBy[a + i] !== now.mappedBy[b + i] ||
      before.address[a + i] !== now.address[b + i] ||
      before.rights[a + i] !== now.rights[b + i]
    )
      return false;
  }
  return true;
}
