import { expect, test } from "vitest";
import type { SlicesBody } from "../../debug-adapter/protocol.ts";
import { CLIENT, environment, SERVER, server } from "../testing/kernel-state.ts";
import { asText } from "./row.ts";
import { sliceRows } from "./slices.ts";

const environments = [environment(), server()];
const slicesAt = (step: number, fields: Partial<SlicesBody> = {}): SlicesBody => ({
  step,
  position: 0,
  running: CLIENT,
  slices: [
    { owner: CLIENT, slot: 15 },
    { owner: 0 },
    { owner: SERVER, slot: 15, donatedTo: CLIENT },
    { owner: 0 },
    { owner: 0 },
  ],
  accounts: [],
  ...fields,
});

test("the vector is listed in order, free positions side by side as one row", () => {
  const accounts = [{ environment: SERVER, excess: 3, forfeits: 1 }];
  const rows = sliceRows({ now: slicesAt(1, { accounts }), environments, focused: SERVER });
  expect(asText(rows)).toMatchInlineSnapshot(
    `
    "Position 0 of 5  client (env 514) runs · 2 owned
    0: client (env 514)  now · slot 15
    1  free
    2: server (env 771)  its time is client's · slot 15  (in focus)
    3 .. 4  free
    Stayed too long  1 environment
      server (env 771)  3 tenths of a tick too long · forfeits 1 slice
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("a position that was given back or got another owner is marked, with whose it was", () => {
  const before = slicesAt(1);
  const now = slicesAt(2, {
    position: 2,
    slices: [{ owner: 0 }, { owner: SERVER, slot: 20 }, ...before.slices.slice(2)],
  });
  const group = sliceRows({ now, before, environments }).find(
    ({ context }) => context === "changes",
  );
  expect(group?.children?.().map(({ label, description }) => `${label}: ${description}`)).toEqual([
    "0: free: changed · was client",
    "1: server (env 771): changed · slot 20 · was free",
  ]);
});

test("whose turn it is is no change, and each position is an object to ask about", () => {
  const rows = sliceRows({ now: slicesAt(2, { position: 2 }), before: slicesAt(1), environments });
  expect(rows.some(({ context }) => context === "changes")).toBe(false);
  expect(rows.find(({ id }) => id === "slice:2")?.subject).toEqual({
    environment: SERVER,
    slot: 15,
    object: { slice: 2 },
  });
});
