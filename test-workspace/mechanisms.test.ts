/** The programs that each show one mechanism of the kernel: what they print, and what the events say was true meanwhile. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Kernel, KernelView } from "#exokernel";
import { type GuestRun, runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";

const at = (name: string) => join(WORKSPACE, name);
const lines = (...all: string[]) => `${all.join("\n")}\n`;
const of = <K extends GuestRun["events"][number]["kind"]>(run: GuestRun, kind: K) =>
  run.events.filter((event): event is Extract<typeof event, { kind: K }> => event.kind === kind);
/** Id of an environment, by its place in the scenario: the launcher is the first. */
const idOf = (place: number) => 0x101 + place;

describe("revocation", () => {
  const greedy = idOf(1);
  const begin = lines(
    "greedy: a cache of 170 pages",
    "filler: has every page that was free; one more: EXO_E_NONE",
  );
  const play = async (name: string) => {
    const run = await runGuest(at(`revocation/${name}.exo.json`));
    for (const [, status] of run.statuses) expect(status).toBe(0);
    expect(run.fatal).toEqual([]);
    return run;
  };

  test("polite: who is asked gives what it will miss least, and nothing is taken", async () => {
    const run = await play("polite");
    expect(run.output).toBe(
      begin +
        lines(
          "greedy: asked for 4 pages",
          "greedy: gives its coldest: 0 1 2 3",
          "filler: 4 more, 0 of its own lost",
          "greedy: gave 4, lost 0, right 166",
        ),
    );
    expect(of(run, "complied")).toMatchObject([{ target: greedy, stage: 1 }]);
    expect(of(run, "insisted")).toEqual([]);
    expect(of(run, "repossessed")).toEqual([]);
  });

  test("late: who does not answer the request may still choose when the kernel insists", async () => {
    const run = await play("late");
    expect(run.output).toBe(
      begin +
        lines(
          "greedy: asked for 4 pages",
          "greedy: must give 4 pages",
          "greedy: gives its coldest: 0 1 2 3",
          "filler: 4 more, 0 of its own lost",
          "greedy: gave 4, lost 0, right 166",
        ),
    );
    expect(of(run, "complied")).toMatchObject([{ target: greedy, stage: 2 }]);
    expect(of(run, "repossessed")).toEqual([]);
  });

  test("deaf: what is taken by force is in the vector after it was taken, an entry for each page", async () => {
    const run = await play("deaf");
    expect(run.output).toMatch(begin);
    const said = run.output.split("\n").filter((line) => line.startsWith("greedy: lost"));
    // The kernel knows nothing of the program's own clock: it took what was used last.
    expect(said).toEqual(
      [169, 168, 167, 166].map((page) => `greedy: lost page ${page}, which was in use`),
    );
    expect(run.output).toMatch("greedy: gave 0, lost 4, right 166\n");
    const [taken] = of(run, "repossessed");
    expect(taken).toMatchObject({ target: greedy, owed: 4, taken: 4 });
    const lost = of(run, "lost").filter(({ holder }) => holder === greedy);
    expect(lost.map(({ step }) => step)).toEqual(Array(4).fill(taken?.step));
    expect(taken?.step).toBeGreaterThanOrEqual(of(run, "insisted")[0]?.deadline ?? Infinity);
  });

  test("saved: what is taken by force is found in the extent that was named before", async () => {
    const run = await play("saved");
    expect(run.output).toMatch(
      lines(
        "greedy: page 169 is in sector 0 of its extent, and says 1169",
        "greedy: page 168 is in sector 8 of its extent, and says 1168",
        "greedy: page 167 is in sector 16 of its extent, and says 1167",
        "greedy: page 166 is in sector 24 of its extent, and says 1166",
        "greedy: gave 0, lost 4, right 170",
      ),
    );
  });

  test("guaranteed: below the guarantee nothing is taken, and who wants a page gives its own", async () => {
    const run = await play("guaranteed");
    expect(run.output).toBe(
      begin + lines("filler: 4 more, 4 of its own lost", "greedy: gave 0, lost 0, right 170"),
    );
    const end = of(run, "destroyed").find(({ target }) => target === greedy)?.index ?? 0;
    const freed = of(run, "freed").filter(({ owner, index }) => owner === greedy && index < end);
    expect(freed).toEqual([]);
    expect(of(run, "asked").map(({ target }) => target)).toEqual([idOf(2)]);
  });

  test("arbiter: an environment chooses who gives, in place of the kernel's rule", async () => {
    const run = await play("arbiter");
    expect(run.output).toMatch(
      lines(
        "arbiter: 4 pages are short, and the rule would ask the one with most",
        "arbiter: the first gives 2, more to come",
        "arbiter: the other gives 2, that is all",
        "rich: asked for 2 pages",
        "rich: gives its coldest: 0 1",
        "poor: asked for 2 pages",
        "poor: gives its coldest: 0 1",
      ),
    );
    for (const { rule } of of(run, "asked")) expect(rule).toBe("the arbiter's choice");
    expect(of(run, "repossessed")).toEqual([]);
  });
});

test("rude: who does not give the processor up pays, and is destroyed; the neighbours keep their slices", async () => {
  const [anna, rude, carl] = [idOf(1), idOf(2), idOf(3)];
  const run = await runGuest(at("slices/rude.exo.json"));
  expect(run.output.split("\n").sort()).toEqual([
    "",
    "anna: 20 slices, all equally long",
    "carl: 20 slices, all equally long",
    "rude: will not give up",
  ]);
  expect(run.fatal).toEqual([
    "it ran 17 times 500 steps over the end of its slice without yielding",
  ]);
  const end = of(run, "destroyed").find(({ target }) => target === rude)?.index ?? 0;
  const paid = of(run, "forfeited").filter(({ index }) => index < end);
  expect(paid.map(({ environment }) => environment)).toEqual([rude, rude, rude]);
  const slicesOf = (id: number) =>
    of(run, "sliceBegan").filter(({ owner, index }) => owner === id && index < end).length;
  expect(slicesOf(anna) - slicesOf(carl)).toBe(1); // the round in which it ended
  expect(slicesOf(rude)).toBe(slicesOf(anna) - paid.length);
});

test("mallory: every attack has its refusal, and nothing of alice's and bob's changed owner", async () => {
  const [mallory, alice, bob] = [idOf(1), idOf(2), idOf(3)];
  const holdings = (kernel: Kernel) => {
    const view = new KernelView(kernel);
    const isTheirs = ({ owner }: { owner: number }) => owner === alice || owner === bob;
    const pages = Array.from({ length: view.pageCount }, (_, frame) => view.page(frame));
    return {
      pages: pages.filter(isTheirs).map(({ frame, owner }) => [frame, owner]),
      slices: view.slices().filter(isTheirs),
      extents: view.extents().filter(isTheirs),
    };
  };
  const seen: ReturnType<typeof holdings>[] = [];
  const run = await runGuest(at("mallory/mallory.exo.json"), {
    onEvent: (event, kernel) => {
      if (event.environment !== mallory) return;
      // From when alice has lent her page: before, mallory calls her until she serves.
      const isAttack = event.kind === "refused" && seen.length > 0;
      if (event.kind === "accepted" || isAttack) seen.push(holdings(kernel));
    },
  });
  expect(run.output).toBe(
    lines(
      "bind with a slot that it guesses                     EXO_E_CAP",
      "take alice's page by its name                        EXO_E_TAKEN",
      "bind what it may read for writing                    EXO_E_RIGHTS",
      "derive more rights from that                         EXO_E_RIGHTS",
      "restrict that to more rights                         EXO_E_RIGHTS",
      "lend that on to bob                                  EXO_E_RIGHTS",
      "free that                                            EXO_E_OWNER",
      "have the disk write into that                        EXO_E_RIGHTS",
      "bind the kernel's records for writing                EXO_E_CAP",
      "take a page of the kernel's by its name              EXO_E_TAKEN",
      "bind where the kernel keeps registers                EXO_E_RIGHTS",
      "hide a guess in a batch                              EXO_E_CAP",
      "claim 64 pages, beyond its quota                     EXO_E_QUOTA",
      "write a lie into its own page table                  allowed",
      "  and reads bad, its own page: the kernel has never heard of that table",
      "accept what is offered to bob                        EXO_E_OFFER",
      "take alice's sectors by their number                 EXO_E_TAKEN",
      "write to an extent that it guesses                   EXO_E_CAP",
      "take alice's slice by its position                   EXO_E_TAKEN",
      "revoke by a slot that it guesses                     EXO_E_CAP",
      "destroy alice, by her id as a slot                   EXO_E_CAP",
      "set alice's entry                                    EXO_E_CAP",
      "yield to who had alice's place before                EXO_E_ENV",
      "enter alice at an address of its own choice          EXO_E_INVAL",
      "name itself the arbiter                              EXO_E_RIGHTS",
      "choose as if it were                                 EXO_E_CAP",
      "ask alice for pages, in the kernel's name            EXO_E_RIGHTS",
      "guarantee pages to itself                            EXO_E_RIGHTS",
      "lift its own quota                                   EXO_E_RIGHTS",
      "sleep on a word that it may not read                 EXO_E_CAP",
      "28 refused, 1 store into the kernel's records faulted",
      "bob: unharmed, and the page that alice offered is there",
      "alice: unharmed; 1 calls were nonsense",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ mallory: 0, alice: 0, bob: 0 });
  // One before, then one for each refusal; Alice's own is no event of the kernel's.
  expect(seen).toHaveLength(1 + 27);
  expect(seen[0]?.pages.length).toBeGreaterThan(10);
  expect(seen[0]?.extents).toHaveLength(1);
  for (const now of seen.slice(1)) expect(now).toEqual(seen[0]);
});

test("batch: one call does for 32 pages what one call each does, or nothing at all", async () => {
  const run = await runGuest(at("batch.c"));
  expect(run.output).toBe(
    lines(
      "singly: 32 kernel calls",
      "in one batch: 1",
      "written at first: 0",
      "written since: 7",
      "with one bad entry: EXO_E_CAP, and the first page can still be written: 1",
    ),
  );
});

test("top: reads in the kernel's own records who has what, without a kernel call", async () => {
  const run = await runGuest(at("exposed/top.exo.json"));
  const [, looking, pages, , launcher, me, other] = run.output.split("\n");
  expect(looking).toBe("looking again took 0 kernel calls");
  expect(pages).toMatch(/^4096 pages, (\d+) free, \1 at the lowest$/);
  // The count in an environment's record is the number of pages whose record names it.
  expect(launcher).toMatch(/^launcher {5} +(\d+) +\1 +1 +0 +0 +0$/);
  expect(me).toMatch(/^this one {5} +(\d+) +\1 +1 +10 +\d +0$/);
  expect(other).toMatch(/^other {8} +(\d+) +\1 +1 +10 +\d +1$/);
});

test("predicates: producer and consumer wait for a shared word with one kernel call a value", async () => {
  const run = await runGuest(at("predicates/predicates.exo.json"));
  expect(run.output).toBe(
    lines(
      "producer: 5 values, 5 kernel calls",
      "consumer: 5 values, sum 15, 5 kernel calls",
      "consumer: product 2 holds: nothing came for 50000 steps",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ consumer: 0, producer: 0 });
});

test("alarm: while everybody sleeps the clock jumps to the step that a predicate names", async () => {
  const run = await runGuest(at("predicates/alarm.exo.json"));
  expect(run.output).toBe(
    lines(...[1, 2, 3].map((i) => `alarm ${i}: in time, after fewer than 1000 instructions`)),
  );
  expect(of(run, "idle")).toHaveLength(3);
  expect(run.kernel.machine.steps).toBeGreaterThan(3_000_000);
});

test("family: what is taken from a capability is taken from all that descend from it, and they are told by whom", async () => {
  const run = await runGuest(at("family/family.exo.json"));
  expect(run.output).toBe(
    lines(
      "grandparent: 3 capabilities may only read now",
      "parent: restricted by the grandparent; to write: EXO_E_RIGHTS, to read: success",
      "child: restricted by the grandparent; to write: EXO_E_RIGHTS, to read: success",
      "grandparent: 2 capabilities are gone, and the page says 42",
      "parent: lost the page by the grandparent; to write: EXO_E_CAP, to read: EXO_E_CAP",
      "child: lost the page by the grandparent; to write: EXO_E_CAP, to read: EXO_E_CAP",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ grandparent: 0, parent: 0, child: 0 });
});
