import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";
import type { BenchReport } from "./bench-command.ts";

beforeAll(() => {
  expect(spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT }).status).toBe(0);
});

function exo(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(ROOT, "dist/exo.js"), ...args], {
    cwd: WORKSPACE,
    input: "",
    encoding: "utf8",
    timeout: 50_000,
  });
}

const reportOf = (...args: readonly string[]): BenchReport => {
  const { status, stdout, stderr } = exo("bench", "--json", ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as BenchReport;
};

/** What does not depend on the host. */
const lasting = ({ engines: _host, cold: _cold, ...rest }: BenchReport) => rest;

test("exo bench measures the very run that exo run makes, with both engines", () => {
  const report = reportOf("share/share.exo.json", "--runs", "2");
  const stats = JSON.parse(exo("run", "share/share.exo.json", "--stats", "json").stderr);
  const { steps, retired, hash } = stats;
  expect(report.outcome).toMatchObject({ end: "exited", exitStatus: 0, steps, retired, hash });
  for (const { stepsPerSecond, milliseconds, firstOutputMilliseconds } of Object.values(
    report.engines,
  )) {
    for (const { least, median, most } of [
      stepsPerSecond,
      milliseconds,
      firstOutputMilliseconds!,
    ]) {
      expect(least).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(least);
      expect(most).toBeGreaterThanOrEqual(median);
    }
  }
  // Each environment is counted as the kernel has it in the end.
  expect(report.profile.calls).toEqual(stats.calls);
  for (const { state: _state, ...counts } of stats.environments) {
    expect(report.profile.environments).toContainEqual(counts);
  }
  expect(report.profile.environments).toHaveLength(stats.environments.length);
});

test("kernel calls are counted by name, as often as the kernel counts them, the most frequent first", () => {
  const { calls, environments } = reportOf("share/share.exo.json", "--runs", "1").profile;
  const counts = Object.values(calls);
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  expect(sum(counts)).toBe(sum(environments.map((each) => each.calls)));
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(calls["page_alloc"]).toBeGreaterThan(0);
  const { stdout } = exo("bench", "share/share.exo.json", "--runs", "1");
  const [most] = Object.entries(calls);
  const [, line = "", names = ""] = /^kernel calls(.*)\n(.*)$/m.exec(stdout) ?? [];
  expect(line).toContain(`${sum(counts).toLocaleString("en-US")} (`);
  expect(names.trim()).toMatch(new RegExp(`^${most?.[0]} ${most?.[1].toLocaleString("en-US")}, `));
  const left = Object.keys(calls).length - 8;
  expect(names.endsWith(`, ${left} more ${sum(counts.slice(8))}`)).toBe(left > 0);
});

test("steps of code that is not hot are counted apart, as exo run counts them", () => {
  const file = join(mkdtempSync(join(tmpdir(), "exoscope-bench-")), "long.c");
  // More instructions than are decoded before there is a loop for what is not hot.
  writeFileSync(
    file,
    `volatile int v; int main(void) { for (int i = 0; i < 3; i++) { ${"v += 1;\n".repeat(12_000)} } return 0; }`,
  );
  const { outcome, translation } = reportOf(file, "--runs", "1");
  const { host } = JSON.parse(exo("run", file, "--stats", "json").stderr);
  expect(translation.coldSteps).toBeGreaterThan(1000);
  expect(translation.coldSteps).toBeLessThan(outcome.steps - outcome.idle - translation.steps);
  expect([translation.steps, translation.coldSteps]).toEqual([
    host.translatedSteps,
    host.coldSteps,
  ]);
});

test("exo bench says where a hot program spends its steps, and how much of it was translated", () => {
  const args = ["bad/endless-loop.c", "--max-steps", "10000000"];
  const report = reportOf(...args, "--runs", "2");
  expect(report.outcome).toMatchObject({ end: "limit", steps: 10_000_000 });
  const { functions, samples } = report.profile;
  expect(functions[0]).toMatchObject({ name: "main", environment: "endless-loop" });
  expect(functions[0]!.samples).toBeGreaterThan(0.95 * samples);
  expect(functions.reduce((sum, each) => sum + each.samples, 0)).toBe(samples);
  expect(samples).toBeGreaterThan(3000);
  expect(report.translation.steps).toBeGreaterThan(5_000_000);
  expect(report.translation.modules).toBeGreaterThanOrEqual(1);
  expect(report.translation.regions).toBeGreaterThanOrEqual(report.translation.modules);
  const { status, stdout } = exo("bench", ...args, "--runs", "1", "--top", "1");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^endless-loop\.c ran 10,000,000 steps and was stopped there/);
  expect(stdout).toMatch(/^million steps\/s, median of 1 +[\d.,]+ +[\d.,]+$/m);
  expect(stdout).toMatch(/^translated +\d+\.\d % of the steps$/m);
  expect(stdout).toMatch(/^cold code +\d+\.\d % of the steps, done from the instructions' bits$/m);
  expect(stdout).toMatch(/^interpreted +\d+\.\d % of the steps$/m);
  expect(stdout).toMatch(/^ +\d+\.\d % {2}main \(endless-loop\)$/m);
});

test("what is typed enters at the same steps each time, also for a program of UNIX that makes processes", () => {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-bench-"));
  const input = join(folder, "typed");
  // More than the console's queue holds.
  writeFileSync(input, "one two three\n".repeat(2000));
  const args = ["v6/wc.c", "--input", input, "--runs", "1"];
  const first = reportOf(...args);
  expect(first.outcome).toMatchObject({ end: "exited", exitStatus: 0 });
  expect(first.outcome.firstOutputStep).toBeGreaterThan(0);
  expect(first.profile.environments.map(({ name }) => name)).toContain("wc");
  expect(first.profile.upcalls["disk"]).toBeGreaterThan(0);
  const again = reportOf(...args);
  expect(lasting(again)).toEqual(lasting(first));
}, 60_000);

test("--optimization is how C files are compiled", () => {
  const steps = (level: string) =>
    reportOf("hello.c", "--runs", "1", "--optimization", level).outcome.steps;
  expect(steps("2")).toBeLessThan(steps("0"));
});

test("a wrong use of exo bench is one sentence and status 2", () => {
  for (const [args, sentence] of [
    [[], /^exo: Name a program/],
    [["no-such.c"], /^exo: There is no file/],
    [["hello.c", "--runs", "0"], /^exo: --runs must be a whole number from 1 to 1000, not '0'\.$/m],
    [["hello.c", "--top", "many"], /^exo: --top must be a whole number from 0/],
    [["hello.c", "--input", "nowhere"], /^exo: --input: there is no file '.*nowhere'\.$/m],
    [
      ["hello.c", "--optimization", "9"],
      /^exo: --optimization is one of 0, 1, 2, 3 and s, not '9'/,
    ],
    [["hello.c", "--max-steps", "soon"], /must be a whole number/],
    [["hello.c", "--all"], /--all/],
  ] as const) {
    const { status, stdout, stderr } = exo("bench", ...args);
    expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  }
});
