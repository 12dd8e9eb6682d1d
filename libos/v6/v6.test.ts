import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  type GuestRun,
  LIBOS,
  runGuest,
  WORKSPACE,
} from "../../debug-adapter/testing/run-guest.ts";
import { COUNTERS, ENV, HEADER } from "../../exokernel/layout.ts";

/** Types commands at a shell in a world of its own. Without `exit` at the end the world waits for more. */
function shell(text: string, steps = 60_000_000): Promise<GuestRun> {
  const bytes = new TextEncoder().encode(text);
  return runGuest(join(WORKSPACE, "v6/v6.exo.json"), { console: [{ step: 1, bytes }], steps });
}

/** What the world wrote, without the echo of what was typed ahead. */
const written = ({ output }: GuestRun, typed: string): string => output.replace(typed, "");

test("a shell runs pipelines, redirection and lists in a world that exits with its status", async () => {
  const typed = "echo one two | wc; echo three > f; echo four >> f; cat < f | grep r | wc\nexit\n";
  const run = await shell(typed);
  expect(run.fatal).toEqual([]);
  expect(written(run, typed)).toBe("$ 1 2 8\n2 2 11\n$ ");
  expect(run.statuses.get("world")).toBe(0);
});

test("a process that stores to address 0 is told so and ends; its shell and its world go on", async () => {
  const typed = "crashy; echo on\nexit\n";
  const run = await shell(typed);
  expect(run.fatal).toEqual([]);
  expect(run.output).toContain("a store to 0x00000000");
  expect(written(run, typed)).toMatch(/\non\n/);
  expect(run.statuses.get("world")).toBe(0);
});

test("forks and programs leave no page, capability or environment behind", async () => {
  const leftAfter = async (rounds: number) => {
    const { kernel, fatal } = await shell("manyforks 40; ls | wc\n".repeat(rounds), 200_000_000);
    expect(fatal).toEqual([]);
    const { records } = kernel.core;
    const live = Array.from({ length: 256 }, (_, index) => index).filter((i) => records.isLive(i));
    return {
      free: records.header(HEADER.freeCount),
      environments: live.length,
      capabilities: live.map((index) =>
        records.env(index, ENV.counters + 4 * COUNTERS.indexOf("capabilities")),
      ),
    };
  };
  const [once, thrice] = await Promise.all([leftAfter(1), leftAfter(3)]);
  expect(once.environments).toBe(3);
  expect(thrice).toEqual(once);
});

test("the stress test passes", async () => {
  const run = await shell("stress 1\nexit\n", 400_000_000);
  expect(run.fatal).toEqual([]);
  expect(run.output).toContain("PASSED");
  expect(run.statuses.get("world")).toBe(0);
});

test("absurd arguments are answered by an error, or end the process that gave them and nobody else", async () => {
  const run = await shell("absurd\nexit\n", 1_500_000_000);
  expect(run.fatal).toEqual([]);
  expect(run.output).toContain("ALL OK");
  expect(run.statuses.get("world")).toBe(0);
});

test("a process that misuses kernel calls and calls of its world changes nobody's memory", async () => {
  const run = await shell("hostile; echo on\nexit\n", 400_000_000);
  expect(run.output).toContain("hostile: 0 attacks succeeded\n");
  expect(run.output).toContain("the victim's memory is as it was\n");
  expect(run.output).toMatch(/\non\n/);
  expect(run.statuses.get("world")).toBe(0);
});

test("control-C ends what runs in the foreground, and the shell reads on", async () => {
  const at = (step: number, text: string) => ({ step, bytes: new TextEncoder().encode(text) });
  const run = await runGuest(join(WORKSPACE, "v6/v6.exo.json"), {
    console: [at(1, "sleep 1000\n"), at(20_000_000, "\u0003"), at(21_000_000, "echo on\nexit\n")],
    steps: 60_000_000,
  });
  expect(run.fatal).toEqual([]);
  expect(run.output).toContain("^C\n");
  expect(run.output).toMatch(/(?:\n|\$ )on\n/);
  expect(run.statuses.get("world")).toBe(0);
});

test("the first process waits for a world that does not serve yet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-late-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const scenario = join(folder, "late.exo.json");
  const late = { program: relative(folder, join(LIBOS, "world/tests/late.c")), name: "world" };
  const text = {
    machine: { pages: 4096 },
    disk: { sectors: 2048, files: { "/echo": relative(folder, join(WORKSPACE, "v6/echo.c")) } },
    environments: [{ ...late, arguments: ["echo", "late"], createsEnvironments: true }],
  };
  writeFileSync(scenario, JSON.stringify(text));
  const run = await runGuest(scenario);
  expect(run.output).toBe("late\n");
  expect(run.statuses.get("world")).toBe(0);
  expect(run.events).toContainEqual(
    expect.objectContaining({ kind: "refused", call: "transfer_sync", error: "ENTRY" }),
  );
});

test("a program that is run without a world says so, and ends with a status that is not 0", async () => {
  const run = await runGuest(join(WORKSPACE, "v6/ls.c"));
  expect(run.output).toContain("there is no world for it");
  expect(run.statuses.get("ls")).not.toBe(0);
});
