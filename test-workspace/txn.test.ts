import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";

const at = (name: string) => join(WORKSPACE, "txn", name);

test("bank.img is what format.exo.json leaves on the disk", async () => {
  const { kernel, statuses } = await runGuest(at("format.exo.json"));
  expect([...statuses.values()]).toEqual([0]);
  expect(Buffer.from(kernel.machine.disk?.readImage() ?? [])).toEqual(readFileSync(at("bank.img")));
});

test.each(["raw", "synchronous", "unordered", "no-table-barrier", "no-superblock-barrier"])(
  "%s.exo.json makes 140 transfers, eight to a barrier, and says when they are durable",
  async (name) => {
    const { output, statuses } = await runGuest(at(`${name}.exo.json`), { steps: 1e9 });
    expect(output.split("\n")[0]).toBe("found 0 transfers, sum 16000");
    expect(output).toMatch(/durable 140\n$/);
    expect([...statuses.values()]).toEqual([0]);
  },
);

test("no-log-barrier.exo.json: after its power failure nothing is there of what was durable", async () => {
  const { output, stop, kernel } = await runGuest(at("no-log-barrier.exo.json"));
  expect(stop).toBe("powerFailed");
  expect(output).toMatch(/durable 40\n$/);
  const image = Uint8Array.from(kernel.machine.disk?.readImage() ?? []);
  const after = await runGuest(at("raw.exo.json"), { disk: { sectors: 24, image }, steps: 1e9 });
  expect(after.output).toMatch(/^found 0 transfers/);
});
