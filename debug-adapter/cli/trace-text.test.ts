/** What `exo trace` tells of whole runs. `golden/trace/*.txt` are for reading: do they explain what happened? */
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeEvent, type KernelEvent, KernelView, LAUNCHER_INDEX } from "#exokernel";
import { runGuest, WORKSPACE } from "../testing/run-guest.ts";
import { TraceText } from "./trace-text.ts";

async function play(name: string, names: readonly string[]) {
  const run = await runGuest(join(WORKSPACE, name));
  const nameOf = (id: number) =>
    id === 0 ? "the kernel" : (["launcher", ...names][(id & 0xff) - 1] ?? `env ${id}`);
  const tell = (events: readonly KernelEvent[], all = false): string[] => {
    const lines: string[] = [];
    const isLauncher = (id: number) => (id & 0xff) === LAUNCHER_INDEX;
    const write = (line: string) => lines.push(line);
    const text = new TraceText({ nameOf, isLauncher, write, all });
    for (const event of events) text.add(event);
    text.end();
    return lines;
  };
  return { events: new KernelView(run.kernel).events(0), nameOf, tell };
}

/** Without what another compiler, or another line in the libOS, would change. */
const settled = (line: string): string =>
  line
    .replace(/^ *\d+ {2}/, "")
    .replace(/^ *\.\.\. {2}.*/, (text) => text.replace(/\d+/g, "N"))
    .replace(/(by|to) step \d+/, "$1 step N")
    .replace(/0x[0-3]?[0-9a-f]{1,7}\b/g, "0xN")
    .replace(/slot (?!900)\d+/g, "slot N")
    .replace(/\d+(?= (capabilit|pages? (allocated|freed)|binding))/g, "N");

test.each([
  { scenario: "revocation/deaf.exo.json", names: ["greedy", "filler"] },
  { scenario: "mallory/mallory.exo.json", names: ["mallory", "alice", "bob"] },
  { scenario: "slices/rude.exo.json", names: ["anna", "rude", "carl"] },
])("$scenario is told in a length that one reads", async ({ scenario, names }) => {
  const { events, tell } = await play(scenario, names);
  const told = tell(events);
  const golden = scenario.replace(/.*\/(.*)\.exo\.json/, "golden/trace/$1.txt");
  await expect(`${told.map(settled).join("\n")}\n`).toMatchFileSnapshot(golden);
  expect(told.length).toBeLessThan(160);
});

test("what is told leaves no event out without a count", async () => {
  const { events, nameOf, tell } = await play("revocation/deaf.exo.json", ["greedy", "filler"]);
  const all = tell(events, true);
  expect(all).toHaveLength(events.length);
  expect(all.at(-1)).toContain(describeEvent(events.at(-1) as KernelEvent, nameOf));
  const told = tell(events);
  const freed = told.flatMap((line) => [...line.matchAll(/(\d+) pages? freed/g)]);
  const count = freed.reduce((sum, [, number]) => sum + Number(number), 0);
  expect(count).toBe(events.filter(({ kind }) => kind === "freed").length);
});
