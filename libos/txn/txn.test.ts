import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LIBOS, runGuest } from "../../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../../exokernel/testing/sampling.ts";

const at = (name: string) => join(LIBOS, "txn", "tests", name);

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each([
    ["model.c", "transactions see, change and refuse what a model of them says"],
    ["errors.c", "what cannot be done is refused with its own error, and changes nothing"],
  ])("%s: %s", async (program) => {
    const run = await runGuest(at(program), { optimisation, disk: { sectors: 64 }, steps: 1e9 });
    expect(run.output).not.toContain("FAILED");
    expect(run.fatal).toEqual([]);
    expect([...run.statuses.values()]).toEqual([0]);
  });
});
