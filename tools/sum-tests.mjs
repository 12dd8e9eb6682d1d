/**
 * Sums vitest's JSON reports: `node tools/sum-tests.mjs REPORT STATUS [REPORT STATUS]...`, where STATUS is the exit status of
 * the run that wrote REPORT. Says once more what failed, since of a long log often only the end is kept, and ends in one line,
 * `N passed, N failed`, and in status 1 if anything failed.
 *
 * A run that wrote no report, or failed outside any test, counts as one failed test.
 */
import { readFileSync } from "node:fs";

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, success: false };
  }
}

/** Prints what failed in the run that wrote `report`: tests, files that could not be loaded, and what went wrong outside any. */
function printFailures(path, report, status) {
  let said = 0;
  for (const file of report.testResults ?? []) {
    const tests = file.assertionResults.filter((result) => result.status === "failed");
    for (const test of tests) {
      console.log(
        `FAILED ${file.name} > ${test.fullName}\n${(test.failureMessages ?? []).join("\n")}`,
      );
    }
    if (tests.length === 0 && file.status === "failed") {
      console.log(`FAILED ${file.name}\n${file.message}`);
    }
    said += tests.length > 0 || file.status === "failed" ? 1 : 0;
  }
  if (said === 0) {
    console.log(
      `FAILED ${path}: the run ended with status ${status}, though no test failed: see its log`,
    );
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i += 2) {
  const report = readReport(args[i]);
  const clean = report.success && args[i + 1] === "0";
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests || (clean ? 0 : 1);
  if (!clean) {
    printFailures(args[i], report, args[i + 1]);
  }
  total.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
