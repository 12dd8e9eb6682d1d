import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";

const at = (name: string) => join(WORKSPACE, "cowfork", name);
const LEVELS = ["0", "2"] as const;

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test("after a fork parent and child each find what they wrote themselves", async () => {
    const run = await runGuest(at("cowfork.exo.json"), { optimisation });
    expect(run.fatal).toEqual([]);
    expect(run.output.trim().split("\n").sort()).toEqual([
      "child: 0 words of another's",
      "child: fork returned 0, and what was 42 is 43",
      "parent: 0 words of another's",
      "parent: fork returned a child, and what was 42 is 41",
    ]);
    expect(run.statuses.get("parent")).toBe(0);
  });

  test("pages that are marked one line too late carry the parent's store over: fork returns in the child what it returns in the parent", async () => {
    const run = await runGuest(at("cowfork-bug.exo.json"), { optimisation });
    expect(run.fatal).toEqual([]);
    expect(run.output).not.toContain("child: fork returned 0");
    expect(
      run.output.match(/parent: fork returned a child, and what was 42 is 41\n/g)?.length,
    ).toBe(2);
  });

  test("a stack gets a page for each 4 KiB that are used, and a fault in the handler is mended like every other", async () => {
    const run = await runGuest(at("stack.c"), { optimisation });
    const faults = Number(/calls of 1024 bytes: (\d+) faults/.exec(run.output)?.[1]);
    expect(faults).toBeGreaterThanOrEqual((64 * 1024) / 4096 - 1);
    expect(faults).toBeLessThanOrEqual((64 * 1100) / 4096 + 1);
    expect(run.output).toContain("once more: 0 faults\n");
    const nested = await runGuest(at("nested.exo.json"), { optimisation });
    expect(nested.output).toContain(`64 calls of 1024 bytes: ${faults + 1} faults\n`);
    expect(nested.output).toContain(`the handler noted ${faults} of them\n`);
  });
});

/** Pages that the child may read and whose contents changed between the moment when it was given them and its first instruction. */
async function changedBeforeTheStart(scenario: string): Promise<number> {
  const given = new Map<number, Uint8Array>();
  let child = 0;
  let changed = 0;
  await runGuest(at(scenario), {
    onEvent(event, { machine }) {
      const page = (frame: number) => machine.memory.bytes.slice(frame * 4096, (frame + 1) * 4096);
      if (event.kind === "created") child = event.created;
      if (event.kind === "derived" && event.to === child && event.rights === 1) {
        given.set(event.resource, page(event.resource));
      }
      if (event.kind === "started" && event.target === child) {
        expect(given.size).toBeGreaterThan(5);
        for (const [frame, before] of given)
          if (!page(frame).every((byte, i) => byte === before[i])) changed++;
      }
    },
  });
  return changed;
}

test("nobody writes to a page that both may read; in the broken program the parent does, to the stack's", async () => {
  expect(await changedBeforeTheStart("cowfork.exo.json")).toBe(0);
  expect(await changedBeforeTheStart("cowfork-bug.exo.json")).toBe(1);
});
