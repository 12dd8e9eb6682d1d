/** Paging by the application, and page tables of one's own: what the programs print, and what the events say was true meanwhile. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Kernel, KernelView } from "#exokernel";
import { type GuestRun, runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";
import { simulate } from "../libos/pager/simulation.ts";

const at = (name: string) => join(WORKSPACE, name);
const of = <K extends GuestRun["events"][number]["kind"]>(run: GuestRun, kind: K) =>
  run.events.filter((event): event is Extract<typeof event, { kind: K }> => event.kind === kind);
/** Id of an environment, by its place in the scenario: the launcher is the first. */
const idOf = (place: number) => 0x101 + place;
const LEVELS = ["0", "2"] as const;

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each([
    ["fifo", 32, 26],
    ["lru", 32, 26],
    ["mru", 14, 8],
  ] as const)(
    "%s: four scans of eight pages in six frames are %d faults",
    async (policy, faults, went) => {
      const scan = (write: boolean) => Array.from({ length: 8 }, (_, page) => ({ page, write }));
      const cost = simulate(policy, 6, [
        ...scan(true),
        ...scan(false),
        ...scan(false),
        ...scan(false),
      ]);
      expect(cost.faults).toBe(faults);
      const run = await runGuest(at(`pager/${policy}.exo.json`), { optimisation });
      expect(run.output).toBe(
        `matrix: 4 scans of 8 pages in 6 frames by ${policy}: ${faults} faults, ${went} pages went, ${cost.written} were written\n`,
      );
      expect([...run.statuses.values()]).toEqual([0]);
      const requests = of(run, "diskRequest").map(({ request }) => request);
      expect(requests.filter((request) => request === "write")).toHaveLength(cost.written);
      expect(requests.filter((request) => request === "read")).toHaveLength(cost.read);
    },
  );

  test("revoked: two frames go when they are asked for and come again when they are free; the matrix is right throughout", async () => {
    const run = await runGuest(at("pager/revoked.exo.json"), { optimisation });
    expect(Object.fromEntries(run.statuses)).toEqual({ matrix: 0, revoker: 0 });
    const [before, rest = ""] = run.output.split("revoker: has them\n");
    const [during, after] = rest.split("revoker: is done\n");
    const scans = (text = "") =>
      [...text.matchAll(/^matrix: (\d) frames, (\d) faults$/gm)].map(([, frames, faults]) => [
        Number(frames),
        Number(faults),
      ]);
    for (const [frames, faults] of scans(before).slice(0, -1)) {
      expect([frames, faults]).toEqual([6, expect.toSatisfy((n) => n === 2 || n === 3)]);
    }
    expect(scans(during).length).toBeGreaterThan(2);
    for (const [frames, faults] of scans(during).slice(1)) {
      expect([frames, faults]).toEqual([4, expect.toSatisfy((n) => n === 4 || n === 5)]);
    }
    expect(scans(after).at(-1)?.[0]).toBe(6);
    expect(scans(after).at(-1)?.[1]).toBeLessThanOrEqual(3);
    expect(of(run, "complied")).toMatchObject([{ target: idOf(1) }]);
    expect(of(run, "repossessed")).toEqual([]);
  });
});

describe("page tables", () => {
  const FIRST = 0x4010_0000;
  const LAST = FIRST + 39 * 0x01a0_0000;
  /** Bindings of the forty pages by one environment, in their order. */
  const bindings = (run: GuestRun, id: number) =>
    of(run, "bound")
      .filter(({ target, address }) => target === id && address >= FIRST && address <= LAST)
      .map(({ address, rights }) => [address, rights]);
  const pagesSaid = (run: GuestRun, name: string) =>
    Number(
      new RegExp(`^${name}: 40 pages, sum 780, and the page table takes (\\d+) pages$`, "m").exec(
        run.output,
      )?.[1],
    );

  test("forty pages over a gigabyte take a page of table each with two levels, and one page in all when it is hashed", async () => {
    const two = await runGuest(at("pagetables/two-level.exo.json"));
    const hashed = await runGuest(at("pagetables/hashed.exo.json"));
    // The forty, and those of the program and its stack, and the root.
    expect(pagesSaid(two, "sparse")).toBe(43);
    expect(pagesSaid(hashed, "sparse")).toBe(1);
    // The kernel saw the same bindings in the same order; only the table's own pages differ.
    expect(bindings(hashed, idOf(1))).toEqual(bindings(two, idOf(1)));
    expect(bindings(two, idOf(1)).length).toBeGreaterThanOrEqual(80);
    const allocated = (run: GuestRun) => of(run, "allocated").length;
    expect(allocated(two) - allocated(hashed)).toBe(41);
  });

  test("a program that defines the six functions has a page table of its own", async () => {
    const run = await runGuest(at("pagetables/own-table.exo.json"));
    expect(pagesSaid(run, "own-table")).toBe(1);
    const two = await runGuest(at("pagetables/two-level.exo.json"));
    expect(bindings(run, idOf(1))).toEqual(bindings(two, idOf(1)));
  });

  test("both at once do not disturb each other", async () => {
    const run = await runGuest(at("pagetables/both.exo.json"));
    expect(Object.fromEntries(run.statuses)).toEqual({ "two-level": 0, hashed: 0 });
    expect([pagesSaid(run, "two-level"), pagesSaid(run, "hashed")]).toEqual([43, 1]);
    expect(bindings(run, idOf(2))).toEqual(bindings(run, idOf(1)));
  });

  test("a wrong hash ends the environment that has it; the other one's pages, capabilities and words are what they were", async () => {
    const [good, broken] = [idOf(1), idOf(2)];
    const stateOf = (kernel: Kernel) => {
      const view = new KernelView(kernel);
      const pages = Array.from({ length: view.pageCount }, (_, frame) => view.page(frame)).filter(
        ({ owner }) => owner === good,
      );
      return {
        capabilities: view.capabilities(good),
        pages: pages.map(({ frame }) => [
          frame,
          Buffer.from(kernel.machine.memory.readBytes(frame * 4096, 4096)).toString("base64"),
        ]),
      };
    };
    // At the begin of the slice in which it goes wrong, and when it is gone.
    let before: ReturnType<typeof stateOf> | undefined;
    let after: ReturnType<typeof stateOf> | undefined;
    const run = await runGuest(at("pagetables/broken.exo.json"), {
      onEvent: (event, kernel) => {
        if (after !== undefined) return;
        if (event.kind === "sliceBegan" && event.owner === broken) before = stateOf(kernel);
        if (event.kind === "destroyed" && event.target === broken) after = stateOf(kernel);
      },
    });
    expect(Object.fromEntries(run.statuses)).toEqual({ "two-level": 0, broken: 139 });
    expect(run.output).toMatch(
      /^broken: page fault: a load to 0x\w+ at pc 0x\w+: nothing is mapped there$/m,
    );
    expect(pagesSaid(run, "two-level")).toBe(43);
    const alone = await runGuest(at("pagetables/two-level.exo.json"));
    expect(bindings(run, good)).toEqual(bindings(alone, good));
    expect(before?.pages.length).toBeGreaterThan(40);
    expect(after).toEqual(before);
  });
});
