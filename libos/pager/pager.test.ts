import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGuest, LIBOS, runPrograms } from "../../debug-adapter/testing/run-guest.ts";
import { announceSeed, sampled, TIMEOUT } from "../../exokernel/testing/sampling.ts";
import { type Access, POLICIES, simulate } from "./simulation.ts";

const at = (name: string) => join(LIBOS, "pager/tests", name);
const LEVELS = ["0", "2"] as const;
const DISK = { sectors: 4096, latency: { base: 200, perSector: 10 } };

const accessTo = (pages: number) =>
  fc.record({ page: fc.nat({ max: pages - 1 }), write: fc.boolean() });
/** Pages one after the other, again and again. */
const scans = (pages: number) =>
  fc
    .record({
      times: fc.integer({ min: 1, max: 5 }),
      writes: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      down: fc.boolean(),
    })
    .map(({ times, writes, down }) =>
      Array.from({ length: times * pages }, (_, i): Access => {
        const page = i % pages;
        return { page: down ? pages - 1 - page : page, write: writes[i % writes.length] === true };
      }),
    );
/** Most accesses go to few pages, as those of programs do. */
const favourites = (pages: number) =>
  fc
    .array(fc.record({ page: fc.nat({ max: 3 * pages }), write: fc.boolean() }), { maxLength: 150 })
    .map((list) =>
      list.map(({ page, write }) => ({
        page: page < pages ? page : page % Math.ceil(pages / 4),
        write,
      })),
    );

const CASES = fc
  .record({ pages: fc.integer({ min: 1, max: 24 }), frames: fc.integer({ min: 1, max: 12 }) })
  .chain(({ pages, frames }) =>
    fc.record({
      pages: fc.constant(pages),
      frames: fc.constant(frames),
      accesses: fc.oneof(
        scans(pages),
        favourites(pages),
        fc.array(accessTo(pages), { maxLength: 150 }),
      ),
    }),
  );

const listOf = (accesses: readonly Access[]) =>
  accesses.map(({ page, write }) => `${write ? "w" : "r"}${page}`).join("");

announceSeed("pager");
describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each(POLICIES)(
    "%s: faults, reads and writes are those of a simulation by definition, and no word differs",
    async (policy) => {
      const image = await buildGuest(at("accesses.c"), { optimisation });
      fc.assert(
        fc.property(CASES, ({ pages, frames, accesses }) => {
          const args = [`${pages}`, `${frames}`, policy, listOf(accesses)];
          const program = { name: "it", image, arguments: args };
          const run = runPrograms([program], { disk: DISK, steps: 1e8 });
          const cost = simulate(policy, Math.min(frames, pages), accesses);
          const { faults, read, written, stores } = cost;
          expect(run.output).toBe(
            `${faults} faults, ${read} read, ${written} written, ${stores} stores\n`,
          );
          expect([...run.statuses.values()]).toEqual([0]);
        }),
        sampled(25, 1000),
      );
    },
    TIMEOUT,
  );
});
