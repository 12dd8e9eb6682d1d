/** Grading reports as people and machines read them. Nothing that a program has written is printed as it is. */
import { quotedCharacters } from "../checks/texts.ts";
import type { Failure, GradeReport, ProgramResult, TestResult } from "./results.ts";

/** One line: no control characters, nothing that turns the direction of writing. */
export const plain = (text: string): string => quotedCharacters(text.replace(/\s+/g, " "));

const pointsText = (points: number, of: number): string =>
  `${points} of ${of} point${of === 1 ? "" : "s"}`;

/** A program's result: a line for it, one for each test, and the reason of each that fails. */
export function programText({
  program,
  points,
  of,
  verdict,
  problem,
  tests,
}: ProgramResult): string {
  const head = `${plain(program)}: ${pointsText(points, of)}`;
  if (verdict !== "graded") return `${head}, ${verdict}\n      ${plain(problem ?? "")}\n`;
  const width = Math.max(...tests.map((test) => `${test.points}/${test.of}`.length));
  return `${head}\n${tests.map((test) => testText(test, width)).join("")}`;
}

function testText({ name, points, of, passed, failures }: TestResult, width: number): string {
  const mark = passed ? "ok  " : "FAIL";
  const line = `  ${mark}  ${`${points}/${of}`.padStart(width)}  ${plain(name)}\n`;
  const [first, ...others] = failures;
  if (first === undefined) return line;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${line}${failureText(first, more)}`;
}

function failureText({ run, reason, recording }: Failure, more: string): string {
  const where = run === "" || run === "run" ? "" : `In '${plain(run)}': `;
  const look = recording === undefined ? "" : `        to look at: ${plain(recording)}\n`;
  return `        ${where}${plain(reason)}${more}\n${look}`;
}

/** All programs, one a line, when there are several. */
export function summaryText({ programs }: Pick<GradeReport, "programs">): string {
  if (programs.length < 2) return "";
  const width = Math.max(...programs.map(({ program }) => plain(program).length));
  const lines = programs.map(({ program, points, of, verdict }) => {
    const note = verdict === "graded" ? "" : `  ${verdict}`;
    return `${plain(program).padEnd(width)}  ${String(points).padStart(5)} / ${of}${note}\n`;
  });
  const full = programs.filter(({ points, of, verdict }) => verdict === "graded" && points === of);
  return `\n${lines.join("")}\n${full.length} of ${programs.length} programs have all points.\n`;
}

/** The XML that CI systems read: a suite for each program, a case for each test. */
export function junitText({ title, programs }: GradeReport): string {
  const tests = programs.flatMap((program) => program.tests);
  const failures = tests.filter(({ passed }) => !passed).length;
  const head = `<testsuites name="${xml(title)}" tests="${tests.length}" failures="${failures}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${programs.map(suiteText).join("")}</testsuites>\n`;
}

function suiteText({ program, verdict, tests }: ProgramResult): string {
  const failures = tests.filter(({ passed }) => !passed).length;
  const counts =
    verdict === "not graded"
      ? `failures="0" errors="${failures}"`
      : `failures="${failures}" errors="0"`;
  const head = `  <testsuite name="${xml(program)}" tests="${tests.length}" ${counts}>`;
  const kind = verdict === "not graded" ? "error" : "failure";
  return `${head}\n${tests.map((test) => caseText(program, test, kind)).join("")}  </testsuite>\n`;
}

function caseText(program: string, { name, failures }: TestResult, kind: string): string {
  const head = `    <testcase classname="${xml(program)}" name="${xml(name)}"`;
  const [first] = failures;
  if (first === undefined) return `${head}/>\n`;
  const all = failures.map(({ run, reason, recording }) =>
    plain(
      `${run === "" ? "" : `${run}: `}${reason}${recording === undefined ? "" : ` [${recording}]`}`,
    ),
  );
  return `${head}>\n      <${kind} message="${xml(first.reason)}">${xml(all.join("\n"), true)}</${kind}>\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function xml(text: string, hasLines = false): string {
  const shown = hasLines ? text.split("\n").map(plain).join("\n") : plain(text);
  return shown.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
