/** A disk, a log on it, and the power failing: as a session sees it (docs/disk.md, LESSONS W10). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { boot, configure } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { crashEverywhere, type PowerCut } from "../queries/crashes.ts";
import { DapClient, frameText, ROOT, WORKSPACE } from "../testing/dap-client.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`bank: EXOSCOPE_SEED=${SEED}`);

/** Exit statuses of the second boots, by how many writes the first one made. */
async function statuses(program: string, how: PowerCut): Promise<(number | undefined)[]> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const args = { program: `${WORKSPACE}/bank/${program}.exo.json` };
  const debuggee = boot(await configure(args, nodeHost, builder));
  const outcomes = await crashEverywhere(debuggee, how);
  expect(outcomes.map(({ writesDone }) => writesDone)).toEqual(outcomes.map((_, i) => i));
  return outcomes.map(({ exitCode }) => exitCode);
}

test("the log survives a power failure at each of its seven moments, whatever becomes of the cache", async () => {
  const fine = [0, 0, 0, 0, 0, 0, 0];
  expect(await statuses("wal", { mode: "drop", seed: 0 })).toEqual(fine);
  expect(await statuses("wal", { mode: "keep", seed: 0 })).toEqual(fine);
  await fc.assert(
    fc.asyncProperty(fc.nat(0xffff_ffff), async (seed) => {
      expect(await statuses("wal", { mode: "random", seed })).toEqual(fine);
    }),
    { seed: SEED, numRuns: FULL ? 200 : 4 },
  );
}, 600_000);

test("with the commit record before the log, the bank fails after the first and the second write", async () => {
  expect(await statuses("wal-bug", { mode: "keep", seed: 0 })).toEqual([0, 1, 1, 0, 0, 0, 0]);
});

test("without a log, money is lost between the two writes", async () => {
  expect(await statuses("nolog", { mode: "drop", seed: 0 })).toEqual([0, 1, 0]);
});

test("seven branches are listed with their outcome, and each can be gone to; the session stays where it was", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal-bug.exo.json", stopAtEnd: true }, [
    { file: "bank/wal-bug.c", marker: "commit" },
  ]);
  const { threadId } = await client.stopped();
  const before = await client.request("exo/history", undefined);
  const { outcomes } = await client.request("exo/crashes", { mode: "keep" });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    "found A=100 B=100 sum=200, left A=70 B=130 sum=200, status 0",
    "found A=0 B=0 sum=0, status 1",
    "found A=70 B=0 sum=70, status 1",
    "found A=70 B=130 sum=200, status 0",
    "found A=70 B=130 sum=200, status 0",
    "found A=70 B=130 sum=200, status 0",
    "found A=70 B=130 sum=200, status 0",
  ]);
  const history = await client.request("exo/history", undefined);
  expect(history.now).toEqual(before.now);
  expect(history.branches.map(({ name }) => name.split(":")[0])).toEqual([
    "main",
    ...[1, 2, 3, 4, 5, 6].map((k) => `crash before write ${k}`),
    "crash after the last write",
  ]);
  expect(frameText((await client.stack(threadId))[0] as never)).toMatch(/transfer wal-bug\.c:/);
  // Nothing of what was tried has been written on the console.
  expect(client.output()).toBe("");
  const failed = outcomes[2];
  await client.request("exo/branch", { branch: failed?.branch ?? 0 });
  await client.stopped();
  // Into the past of that branch: over its second boot, to the power failure, and to the write before it.
  await client.request("exo/goToEvent", { direction: "previous", kinds: ["powerFailed"] });
  expect((await client.stopped()).text).toMatch(/power fail/);
  await client.request("exo/goToEvent", {
    direction: "previous",
    kinds: ["diskRequest"],
    text: "write",
  });
  const stop = await client.stopped();
  expect(stop.text).toMatch(/write/);
  const stack = (await client.stack(stop.threadId)).map(frameText);
  expect(stack).toContainEqual(expect.stringMatching(/^transfer wal-bug\.c:\d+/));
});

test("a planned power failure is a stop; going on boots the programs anew, and one can go back over it", async () => {
  const client = new DapClient();
  const program = nodeHost.readBytes(`${WORKSPACE}/bank/wal.exo.json`);
  const scenario = JSON.parse(new TextDecoder().decode(program)) as { disk: object };
  const path = `${WORKSPACE}/bank/planned-${process.pid}.exo.json`;
  const planned = {
    ...scenario,
    disk: { ...scenario.disk, crash: { beforeWrite: 5, mode: "drop" } },
  };
  nodeHost.writeFile(path, JSON.stringify(planned));
  try {
    await client.launch({ program: path, stopAtEnd: true }, [
      { file: "bank/wal.c", marker: "recover" },
    ]);
    const first = await client.stopped();
    const failure = await client.go("continue", first.threadId);
    expect(failure).toMatchObject({
      kind: "stopped",
      body: { reason: "exception", description: "power failure" },
    });
    const failedAt = (await client.request("exo/history", undefined)).now;
    // The breakpoint holds in the second boot as well, whose environment is another.
    const again = await client.go("continue", first.threadId);
    expect(again).toMatchObject({ kind: "stopped", body: { reason: "breakpoint" } });
    if (again.kind === "ended") throw new Error("ended");
    expect(again.body.threadId).not.toBe(first.threadId);
    const end = await client.go("continue", again.body.threadId);
    expect(end).toMatchObject({ kind: "stopped", body: { description: "end of the run" } });
    expect(client.output()).toContain("found A=70 B=130 sum=200");
    const back = await client.go("reverseContinue", again.body.threadId);
    expect(back).toMatchObject({ kind: "stopped", body: { threadId: again.body.threadId } });
    await client.go("reverseContinue", again.body.threadId);
    expect((await client.request("exo/history", undefined)).now).toEqual(failedAt);
    const firstAgain = await client.go("reverseContinue", first.threadId);
    expect(firstAgain).toMatchObject({ kind: "stopped", body: { threadId: first.threadId } });
  } finally {
    (await import("node:fs")).rmSync(path);
  }
});
