import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "exo-sum-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is printed of runs: the text of a report and the status with which the run ended. */
function sum(...runs: readonly (readonly [report: object | string, status: number])[]) {
  const args = runs.flatMap(([report, status], i) => {
    const path = join(folder, `${i}.json`);
    writeFileSync(path, typeof report === "string" ? report : JSON.stringify(report));
    return [path, String(status)];
  });
  const tool = join(import.meta.dirname, "sum-tests.mjs");
  const { status, stdout } = spawnSync(process.execPath, [tool, ...args], { encoding: "utf8" });
  return { status, lines: stdout.replaceAll(folder, "").trimEnd().split("\n") };
}

const GOOD = { numPassedTests: 3, numFailedTests: 0, success: true, testResults: [] };

test("runs without a failure are summed in one line", () => {
  expect(sum([GOOD, 0], [{ ...GOOD, numPendingTests: 2 }, 0])).toEqual({
    status: 0,
    lines: ["6 passed, 0 failed, 2 skipped"],
  });
});

test("each failed test is said with its message, and a file that cannot be loaded", () => {
  const passed = { status: "passed", fullName: "does y", failureMessages: [] };
  const failed = { status: "failed", fullName: "does x", failureMessages: ["1 is not 2"] };
  const testResults = [
    { name: "a.test.ts", status: "failed", message: "", assertionResults: [passed, failed] },
    { name: "b.test.ts", status: "failed", message: "no such module", assertionResults: [] },
  ];
  const report = { numPassedTests: 3, numFailedTests: 1, success: false, testResults };
  expect(sum([GOOD, 0], [report, 1])).toEqual({
    status: 1,
    lines: [
      "FAILED a.test.ts > does x",
      "1 is not 2",
      "FAILED b.test.ts",
      "no such module",
      "6 passed, 1 failed",
    ],
  });
});

test.each([
  ["ended badly though no test failed", GOOD, 1, "3 passed, 1 failed"],
  ["left half a report", '{"numPassedTests": 3', 124, "0 passed, 1 failed"],
])("a run that %s counts as one failure", (_, report, status, last) => {
  expect(sum([report, status])).toEqual({
    status: 1,
    lines: [`FAILED /0.json: the run ended with status ${status}, and no report says why`, last],
  });
});
