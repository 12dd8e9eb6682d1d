import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildGuest, LIBOS, runGuest, runPrograms } from "../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../exokernel/testing/sampling.ts";

const at = (name: string) => join(LIBOS, "tests", name);
const TABLES = [
  { table: "two levels", libos: [], slice: 2500 },
  { table: "hashed", libos: ["pt_hash"], slice: 20_000 },
] as const;

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each(TABLES)(
    "$table: addresses come and go by the thousand, and each is found after the table was evicted",
    async ({ libos }) => {
      const run = await runGuest(at("page-table.c"), { optimisation, libos, steps: 1e8 });
      expect(run.output).not.toContain("FAILED");
      expect(run.fatal).toEqual([]);
      expect([...run.statuses.values()]).toEqual([0]);
      const pages = Number(/^(\d+) pages$/m.exec(run.output)?.[1]);
      // 700 addresses: the hashed table takes what they need, whatever came and went.
      if (libos.length > 0) expect(pages).toBeLessThanOrEqual(3);
      else expect(pages).toBeGreaterThan(100);
    },
  );

  test.each(TABLES)(
    "$table: an upcall may write into the table at any instruction of who writes into it",
    async ({ libos, slice }) => {
      const image = await buildGuest(at("page-table-upcalls.c"), { optimisation, libos });
      for (let tick = slice; tick < slice + 120 * 7; tick += 7) {
        const run = runPrograms([{ name: "it", image }], { tick });
        expect(run.output).toMatch(/^\d+ by upcalls\n$/);
        expect(run.fatal).toEqual([]);
      }
    },
  );

  test.each(["format.c", "heap.c", "eviction.c"])(
    "hashed: %s runs as with two levels",
    async (program) => {
      const run = await runGuest(at(program), { optimisation, libos: ["pt_hash"] });
      expect(run.output).not.toContain("FAILED");
      expect(run.fatal).toEqual([]);
      expect([...run.statuses.values()]).toEqual([0]);
    },
  );

  test.each(["data", "text"])(
    "hashed: two pages that share an entry of the software TLB take turns, one of them %s",
    async (what) => {
      const options = { optimisation, arguments: [what], steps: 1e6, libos: ["pt_hash"] };
      const run = await runGuest(at("conflict.c"), options);
      expect(run.output).not.toContain("FAILED");
      expect([...run.statuses.values()]).toEqual([0]);
    },
  );
});

test("hashed: a page that was taken by force is marked as lost, and who touches it ends and says why", async () => {
  const image = await buildGuest(at("lost.c"), { libos: ["pt_hash"] });
  const program = { name: "lost", image, administers: true, guaranteedPages: 0 };
  const run = runPrograms([program], { policy: { askSteps: 1000, insistSteps: 1000 } });
  expect(run.output).toMatch(
    /^the slot is free\nlost: page fault: a load to 0x\w+ at pc 0x\w+: the page there was taken by force, and what it held is lost\n$/,
  );
});

test("hashed: a program from which much was taken ends with a sentence, or has all that it touches", async () => {
  const image = await buildGuest(at("taken.c"), { libos: ["pt_hash"] });
  const seen = new Set<string>();
  for (let guaranteedPages = 0; guaranteedPages < 20; guaranteedPages += 1) {
    const program = { name: "taken", image, administers: true, guaranteedPages };
    const run = runPrograms([program], { policy: { askSteps: 500, insistSteps: 500 } });
    expect(run.fatal).toEqual([]);
    expect(run.output).toMatch(
      /^all is there: 1\n$|was taken by force|^a fault that cannot be told: what would tell it is gone too\n$/,
    );
    seen.add(run.output);
  }
  expect(seen.size).toBeGreaterThan(1);
});

test("one table or the other is linked, never both", async () => {
  const names = async (libos: readonly string[]) =>
    (await buildGuest(at("eviction.c"), { libos })).symbols.map(({ name }) => name);
  const two = await names([]);
  const hashed = await names(["pt_hash"]);
  expect([two.includes("pager_root"), two.includes("pt_hash_of")]).toEqual([true, false]);
  expect([hashed.includes("pager_root"), hashed.includes("pt_hash_of")]).toEqual([false, true]);
});
