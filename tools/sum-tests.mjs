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

/** What failed: tests, and files that could not be loaded. */
function failuresOf(report) {
  return (report.testResults ?? []).flatMap((file) => {
    const tests = file.assertionResults.filter((result) => result.status === "failed");
    if (tests.length === 0)
      return file.status === "failed" ? [`${file.name}\n${file.message}`] : [];
    return tests.map(
      (test) => `${file.name} > ${test.fullName}\n${test.failureMessages.join("\n")}`,
    );
  });
}

const total = { passed: 0, failed: 0, skipped: 0 };
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i += 2) {
  const report = readReport(args[i]);
  const clean = report.success && args[i + 1] === "0";
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests || (clean ? 0 : 1);
  const failures = failuresOf(report);
  if (!clean && failures.length === 0) {
    failures.push(`${args[i]}: the run ended with status ${args[i + 1]}, and no report says why`);
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  total.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
