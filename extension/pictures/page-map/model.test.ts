import { expect, test } from "vitest";
import {
  CLIENT,
  environment,
  LAUNCHER,
  page,
  pagesAt,
  SERVER,
  server,
} from "../../testing/kernel-state.ts";
import { environmentMarks } from "../environment-marks.ts";
import {
  belongsTo,
  legendOf,
  moved,
  nextShown,
  type PageMapBody,
  pageSentence,
  physicalGrid,
  sentenceOf,
  summaryOf,
  virtualGrid,
} from "./model.ts";
import { CHANGE, changesBetween, FLAG, mappingsOf, pageTable } from "./page-table.ts";
import { pageMapText } from "./twin.ts";

const bound = (who: number, address: string, rights = "rw-", guaranteed = false) => ({
  environment: who,
  address,
  rights,
  guaranteed,
});

const PAGES = [
  page({ frame: 0x50, state: "kernel", owner: CLIENT, mappings: [] }),
  page({
    frame: 0x92,
    owner: SERVER,
    slot: 17,
    dirty: true,
    mappings: [bound(SERVER, "0x10000"), bound(CLIENT, "0x40000", "r--")],
  }),
  page({
    frame: 0x93,
    owner: CLIENT,
    slot: 18,
    mappings: [bound(CLIENT, "0x7ffff000", "rw-", true)],
  }),
  page({ frame: 0x94, owner: CLIENT, slot: 19, mappings: [], pins: 1 }),
];
const marks = environmentMarks([
  environment(),
  server(),
  environment({ id: LAUNCHER, index: 1, name: "launcher", isLauncher: true }),
]);

function body(since?: PageMapBody["since"]): PageMapBody {
  return { now: pageTable(pagesAt(100, PAGES)), environments: marks, ...(since && { since }) };
}

/** What differs from before, as the map is told it. */
function compared(before: Parameters<typeof pagesAt>[1]): PageMapBody {
  const [old, now] = [pageTable(pagesAt(90, before)), pageTable(pagesAt(100, PAGES))];
  const { step, owner, flags } = old;
  return {
    now,
    environments: marks,
    since: { step, isKept: false, changes: changesBetween(old, now), owner, flags },
  };
}

test("every page of the machine has its owner, marks and mappings", () => {
  const { now } = body();
  expect(now.flags).toHaveLength(4096);
  expect([now.flags[0], now.flags[64]]).toEqual([FLAG.kernel, FLAG.free]);
  expect(now.flags[0x92]).toBe(FLAG.shared | FLAG.dirty | FLAG.bound);
  expect(now.flags[0x93]).toBe(FLAG.guaranteed | FLAG.bound);
  expect(now.flags[0x94]).toBe(FLAG.pinned);
  expect(mappingsOf(now, 0x92)).toEqual([
    { environment: SERVER, address: 0x10000, rights: "rw-", guaranteed: false },
    { environment: CLIENT, address: 0x40000, rights: "r--", guaranteed: false },
  ]);
  expect(mappingsOf(now, 0x91)).toEqual([]);
  expect(mappingsOf(now, 4095)).toEqual([]);
});

test("a page in a sentence says owner, bindings and marks", () => {
  expect(pageSentence(body(), 0x92)).toBe(
    "Page 0x92 · owner B server, slot 17 · B server 0x10000 rw-, A client 0x40000 r-- · shared, dirty",
  );
  expect(pageSentence(body(), 0x50)).toBe(
    "Page 0x50 · a record of the kernel's, charged to A client",
  );
  expect(pageSentence(body(), 0x400)).toBe("Page 0x400 · free");
  expect(pageSentence(body(), 0x94)).toBe(
    "Page 0x94 · owner A client, slot 19 · not bound · pinned",
  );
});

test("physical memory is in rows that begin at round numbers", () => {
  const grid = physicalGrid(body().now);
  expect([grid.columns, grid.rows.length, grid.rows[1]?.label]).toEqual([32, 128, "0x20"]);
  expect(physicalGrid(pageTable({ ...pagesAt(1, []), pageCount: 65_536 })).columns).toBe(128);
  const odd = physicalGrid(pageTable({ ...pagesAt(1, []), pageCount: 100 }));
  expect(odd.frames[100]).toBe(-1);
});

test("an address space shows what is bound in it, and says where something is left out", () => {
  const all = body();
  const grid = virtualGrid(all.now, CLIENT);
  expect(grid.rows).toEqual([
    { label: "0x40000", isAfterGap: false },
    { label: "0x7fff0000", isAfterGap: true },
  ]);
  expect(grid.frames[0]).toBe(0x92);
  expect(sentenceOf(all, grid, 0)).toMatch(/^A client 0x40000 r--, is Page 0x92 · owner B server/);
  expect(sentenceOf(all, grid, 1)).toBe("0x41000: nothing is bound here.");
});

test("the legend counts owners and marks, and each entry filters", () => {
  const all = body();
  const legend = legendOf(all, physicalGrid(all.now));
  const count = (key: string) => legend.find((entry) => entry.key === key)?.count;
  expect(count(`owner:${CLIENT}`)).toBe(2);
  expect(count(`owner:${SERVER}`)).toBe(1);
  expect(count(`owner:${LAUNCHER}`)).toBeUndefined();
  expect(count("shared")).toBe(1);
  expect(count("pinned")).toBe(1);
  expect(count("kernel")).toBe(65);
  expect(count("free")).toBe(4096 - 68);
  const grid = physicalGrid(all.now);
  for (const { key, count: n } of legend) {
    expect([...grid.frames].filter((frame) => belongsTo(all, frame, key))).toHaveLength(n);
  }
});

test("between two stops, what changed about a page is told apart", () => {
  const before = [
    PAGES[0]!,
    { ...PAGES[1]!, owner: CLIENT },
    { ...PAGES[2]!, mappings: [] },
    page({ frame: 0x95, owner: SERVER, mappings: [] }),
  ];
  const all = compared(before);
  const { changes } = all.since!;
  expect(changes[0x50]).toBe(0);
  expect(changes[0x92]).toBe(CHANGE.owner);
  expect(changes[0x93]).toBe(CHANGE.mappings);
  expect(changes[0x94]! & CHANGE.owner).toBe(CHANGE.owner);
  expect(changes[0x95]).toBe(CHANGE.owner);
  expect(pageSentence(all, 0x92)).toMatch(/changed since step 90: was A client's$/);
  expect(pageSentence(all, 0x95)).toBe("Page 0x95 · free · changed since step 90: was B server's");
  expect(pageSentence(all, 0x94)).toMatch(/was free/);
  expect(summaryOf(all)).toBe("Step 100: 3,500 of 4,096 pages free, 4 changed.");
  expect(legendOf(all, physicalGrid(all.now)).at(-1)).toMatchObject({ key: "changed", count: 4 });
});

test("the cursor stays on the map whatever the key", () => {
  const grid = physicalGrid(body().now);
  expect(moved(grid, 0, "ArrowLeft", 5)).toBe(0);
  expect(moved(grid, 0, "ArrowUp", 5)).toBe(0);
  expect(moved(grid, 10, "ArrowDown", 5)).toBe(42);
  expect(moved(grid, 70, "Home", 5)).toBe(64);
  expect(moved(grid, 70, "End", 5)).toBe(95);
  expect(moved(grid, 70, "PageUp", 1)).toBe(38);
  expect(moved(grid, 4000, "PageDown", 5)).toBe(4064);
  expect(moved(grid, 7, "Ctrl+End", 5)).toBe(4095);
  expect(moved(grid, 7, "x", 5)).toBe(7);
});

test("one goes from one page of a kind to the next, around the end", () => {
  const all = body();
  const grid = physicalGrid(all.now);
  const isShared = (frame: number) => belongsTo(all, frame, "shared");
  expect(nextShown(grid, 0, isShared, 1)).toBe(0x92);
  expect(nextShown(grid, 0x93, isShared, 1)).toBe(0x92);
  expect(nextShown(grid, 0, isShared, -1)).toBe(0x92);
  expect(nextShown(grid, 5, () => false, 1)).toBe(5);
});

test("the text twin has the legend, each page and the address space in focus", () => {
  const text = pageMapText({ ...body(), focused: CLIENT });
  expect(text).toContain("      2  A client\n");
  expect(text).toContain("Page 0x0 · a record of the kernel's · and 63 pages like it, up to 0x3f");
  expect(text).toContain("Page 0x92 · owner B server");
  expect(text).toContain("Address space of A client");
  expect(text).toMatch(/ 0x40000 r-- {2}page 0x92\n/);
  expect(text).toMatch(/0x7ffff000 rw- {2}page 0x93 {2}guaranteed\n/);
  expect(text).not.toContain("· free");
});

test("65,536 pages of 64 environments are made ready within a stop's time", () => {
  const many = Array.from({ length: 65_000 }, (_, i) =>
    page({
      frame: 500 + i,
      owner: 257 + (i % 64),
      mappings: [bound(257 + (i % 64), `0x${(i * 4096).toString(16)}`)],
    }),
  );
  const bodyOf = { ...pagesAt(1, many), pageCount: 65_536, kernelFrames: 500 };
  const start = performance.now();
  const [before, now] = [pageTable(bodyOf), pageTable(bodyOf)];
  const changes = changesBetween(before, now);
  const took = performance.now() - start;
  console.info(`65,536 pages twice, and compared: ${took.toFixed(1)} ms`);
  expect(changes.some((change) => change !== 0)).toBe(false);
});
