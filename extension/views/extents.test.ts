import { expect, test } from "vitest";
import type { ExtentItem, ExtentsBody } from "../../debug-adapter/protocol.ts";
import { CLIENT, environment, SERVER, server } from "../testing/kernel-state.ts";
import { extentRows } from "./extents.ts";
import { asText } from "./row.ts";

const environments = [environment(), server()];
const extent = (fields: Partial<ExtentItem> = {}): ExtentItem => ({
  extent: 0,
  first: 0,
  count: 8,
  owner: CLIENT,
  slot: 17,
  ...fields,
});
const extentsAt = (step: number, extents: ExtentItem[]): ExtentsBody => ({
  step,
  sectors: 64,
  free: 64 - extents.reduce((sum, { count }) => sum + count, 0),
  extents,
});
const lastWrite = { text: "disk: 1 sector written", event: 40, step: 900 };

test("extents stand below their owner, and what is free is listed as ranges", () => {
  const extents = [extent(), extent({ extent: 3, first: 10, count: 1, owner: SERVER, lastWrite })];
  const rows = extentRows({ now: extentsAt(1, extents), environments });
  expect(asText(rows)).toMatchInlineSnapshot(
    `
    "55 of 64 sectors free
      8 .. 9  free · 2 sectors
      11 .. 63  free · 53 sectors
    client (env 514)  1 extent · 8 sectors
      0 .. 7  8 sectors · slot 17
    server (env 771)  1 extent · 1 sector
      10  1 sector · slot 17 · written at step 900
        Last write  step 900 · disk: 1 sector written
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("an extent that was written or freed is marked, and its last write is an event to go to", () => {
  const before = extentsAt(1, [extent(), extent({ extent: 1, first: 8 })]);
  const now = extentsAt(2, [extent({ lastWrite })]);
  const rows = extentRows({ now, before, environments, focused: CLIENT });
  const group = rows.find(({ context }) => context === "changes");
  expect(group?.children?.().map(({ label, description }) => `${label}: ${description}`)).toEqual([
    "0 .. 7: changed · owner client · 8 sectors · slot 17 · written at step 900",
    "8 .. 15: gone · was client's",
  ]);
  const [row] = rows.find(({ isFocused }) => isFocused)!.children!();
  expect(row?.subject?.object).toEqual({ extent: 0 });
  expect(row?.children?.()[0]?.subject?.event).toEqual({ step: 900, index: 40 });
});

test("a machine without a disk says so", () => {
  const now = { step: 1, sectors: 0, free: 0, extents: [] };
  expect(asText(extentRows({ now, environments }))).toBe("This machine has no disk\n");
});
