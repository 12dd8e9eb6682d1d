/** The programs that each show one mechanism of the kernel: what they print, and what the events say was true meanwhile. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
