import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGuest, LIBOS, runPrograms } from "../../debug-adapter/testing/run-guest.ts";
import { announceSeed, LEVELS, sampled, TIMEOUT } from "../../exokernel/testing/sampling.ts";
import { type Access, POLICIES, simulate } from "./simulation.ts";

const at = (name: string) => join(LIBOS, "pager/tests", name);
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
        sampled(25, 400),
      );
    },
    TIMEOUT,
  );

  test(
    "whatever is given back, written out or chosen in between, no word differs",
    async () => {
      const image = await buildGuest(at("accesses.c"), { optimisation });
      const command = fc.oneof(
        { weight: 12, arbitrary: fc.tuple(fc.constantFrom("r", "w"), fc.nat({ max: 13 })) },
        { weight: 1, arbitrary: fc.tuple(fc.constant("g"), fc.nat({ max: 4 })) },
        {
          weight: 2,
          arbitrary: fc.tuple(fc.constantFrom("s", "f", "l", "m", "c"), fc.constant(0)),
        },
      );
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 9 }),
          fc.array(command, { maxLength: 120 }),
          (frames, commands) => {
            const args = ["14", `${frames}`, "fifo", commands.flat().join("")];
            const program = { name: "it", image, arguments: args };
            const run = runPrograms([program], { disk: DISK, steps: 1e8 });
            expect(run.output).toMatch(/^\d+ faults.*\n$/);
            expect([...run.statuses.values()]).toEqual([0]);
          },
        ),
        sampled(25, 400),
      );
    },
    TIMEOUT,
  );

  test.each([
    ["clock", "give", "12", 20_000],
    ["lru", "give", "12", 20_000],
    ["lru", "save", "90", 2000],
  ] as const)(
    "%s, %s: pages are wanted back all the time, and no word differs",
    async (policy, how, pause, patience) => {
      const [image, presser] = await Promise.all([
        buildGuest(at("pressed.c"), { optimisation }),
        buildGuest(at("presser.c"), { optimisation }),
      ]);
      for (const tick of [2503, 4003, 7001]) {
        const run = runPrograms(
          [
            { name: "pressed", image, arguments: [policy, how], guaranteedPages: 0 },
            {
              name: "presser",
              image: presser,
              arguments: [`\${env:pressed}`, pause],
              administers: true,
            },
          ],
          { disk: DISK, tick, steps: 1e8, policy: { askSteps: patience, insistSteps: patience } },
        );
        expect(run.output).toMatch(/^given \d+, taken \d+\n$/);
        expect(run.fatal).toEqual([]);
        expect(Object.fromEntries(run.statuses)).toEqual({ pressed: 0, presser: 0 });
      }
    },
  );
});

test("threads share a region: wherever slices end, every word is right", async () => {
  const image = await buildGuest(at("threads.c"));
  for (const tick of [3001, 5003, 10_007]) {
    const run = runPrograms([{ name: "threads", image }], { disk: DISK, tick, steps: 1e8 });
    expect(run.output).toBe("");
    expect(run.fatal).toEqual([]);
    expect([...run.statuses.values()]).toEqual([0]);
  }
});

test("grows: what is asked for is given, and comes again when there are pages to spare", async () => {
  const image = await buildGuest(at("grows.c"));
  const run = runPrograms([{ name: "grows", image, administers: true }], { disk: DISK });
  expect(run.output).toBe("");
  expect([...run.statuses.values()]).toEqual([0]);
  expect(run.events.filter(({ kind }) => kind === "complied")).toHaveLength(1);
});

describe("taken by force", () => {
  const end = async (how: string) => {
    const image = await buildGuest(at("taken.c"));
    const program = { name: "taken", image, arguments: [how], administers: true };
    const policy = { askSteps: 1000, insistSteps: 1000 };
    return runPrograms([{ ...program, guaranteedPages: 0 }], { disk: DISK, policy });
  };

  test.each(["saved", "synced"])("what was %s is fetched again", async (how) => {
    const run = await end(how);
    expect(run.output).toBe("page 2 holds 202\n");
    expect([...run.statuses.values()]).toEqual([0]);
    expect(run.events.filter(({ kind }) => kind === "repossessed")).toMatchObject([{ taken: 3 }]);
  });

  test("what was written to and nowhere saved is lost, and only who touches it ends and says so", async () => {
    const run = await end("neither");
    expect(run.output).toMatch(
      /^taken: page fault: a load to 0x\w+ at pc 0x\w+: the page there was taken by force, and what it held is lost\n$/,
    );
    expect([...run.statuses.values()]).toEqual([139]);
  });
});

test.each([
  ["full", "the extent is full, and so is the memory with what was written"],
  [
    "gone",
    "no page could be written to the disk \\(EXO_E_CAP\\)|the disk did not bring the page \\(EXO_E_CAP\\)",
  ],
  ["policy", "the policy chose a frame that cannot go"],
  ["upcall", "an upcall touched the region while a page of it was on its way"],
])("trouble.c, %s: the program ends and says why", async (what, why) => {
  const image = await buildGuest(at("trouble.c"));
  const keys = [{ step: 2_000_000, bytes: new Uint8Array([0x78]) }];
  const run = runPrograms([{ name: "trouble", image, arguments: [what] }], {
    disk: { sectors: 4096, latency: { base: 20_000, perSector: 10 } },
    console: what === "upcall" ? keys : [],
  });
  expect(run.output).toMatch(
    new RegExp(`^until here\ntrouble: page fault: a \\w+ to 0x\\w+ at pc 0x\\w+: (${why})\n$`),
  );
  expect([...run.statuses.values()]).toEqual([139]);
});
