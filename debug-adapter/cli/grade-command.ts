/** `exo grade SPEC PROGRAM...`: gives programs points by what they do on the machine (docs/grading.md). */
import { mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError, unreadableFile, unwritableFile } from "../errors.ts";
import { notGraded, ownName } from "../grading/grade-program.ts";
import { baseScenario, withSubmission } from "../grading/graded-scenario.ts";
import { junitText, plain, programText, summaryText } from "../grading/report-text.ts";
import type { GradeReport, ProgramResult } from "../grading/results.ts";
import { type GradeSpec, readSpec } from "../grading/spec.ts";
import { nodeHost } from "../host.ts";
import { gradeAll } from "./grade-pool.ts";
import { fileName, type GradeOrder } from "./grade-worker.ts";

/** Exit statuses of `exo grade`; mistakes in the specification and in the command line have the one of all commands, 2. */
export const GRADE_EXIT = {
  /** Every program has all points. */
  full: 0,
  /** Some program has not. */
  missing: 1,
  /** Some program could not be graded, through no fault that the grader can name. */
  notGraded: 3,
} as const;

export async function gradeCommand(argv: readonly string[], root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: "string" },
      junit: { type: "string" },
      recordings: { type: "string" },
      jobs: { type: "string" },
      compiler: { type: "string" },
      list: { type: "boolean" },
    },
  });
  const [specFile, ...programs] = positionals;
  if (specFile === undefined) {
    throw new UserError(1, "Name a specification (.grade.json) and the programs to grade.");
  }
  const { json, junit } = values;
  if (json === "-" && junit === "-") {
    throw new UserError(
      1,
      "--json and --junit cannot both be '-': standard output takes one of them.",
    );
  }
  const path = resolve(specFile);
  const spec = read(path);
  const base = baseScenario(spec, nodeHost);
  if (values.list === true) {
    const tests = spec.tests.map(({ name, points }) => ({ name, points }));
    process.stdout.write(`${JSON.stringify({ title: spec.title, tests })}\n`);
    return 0;
  }
  if (programs.length === 0) withSubmission(spec, base, undefined, nodeHost);
  const names = programs.length === 0 ? [ownName(spec, base)] : programs;
  const recordings = values.recordings === undefined ? undefined : resolve(values.recordings);
  if (recordings !== undefined) makeFolder(recordings);
  const orders = ordersFor(
    path,
    programs.length === 0 ? [undefined] : programs,
    names,
    values.compiler,
    recordings,
  );
  const isQuiet = json === "-" || junit === "-";
  const results: ProgramResult[] = [];
  let mistake: string | undefined;
  const pool = { executable: join(root, "dist/exo.js"), jobs: jobsOf(values.jobs) };
  await gradeAll(pool, orders, (reply, index) => {
    const name = names[index] ?? "";
    if (reply.kind === "mistake") mistake ??= reply.sentence;
    const result =
      reply.kind === "graded"
        ? relativeTo(process.cwd(), { ...reply.result, program: name })
        : notGraded(spec, name, "not graded", reply.sentence);
    results.push(result);
    if (!isQuiet && mistake === undefined) process.stdout.write(programText(result));
  });
  if (mistake !== undefined) throw new UserError(1, mistake);
  const report: GradeReport = { title: spec.title, spec: specFile, programs: results };
  if (!isQuiet) process.stdout.write(summaryText(report));
  if (json !== undefined) write(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (junit !== undefined) write(junit, junitText(report));
  return statusOf(results);
}

function statusOf(results: readonly ProgramResult[]): number {
  if (results.some(({ verdict }) => verdict === "not graded")) return GRADE_EXIT.notGraded;
  return results.every(({ points, of, verdict }) => verdict === "graded" && points === of)
    ? GRADE_EXIT.full
    : GRADE_EXIT.missing;
}

function read(path: string): GradeSpec {
  try {
    return readSpec(path, readFileSync(path, "utf8"));
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (problem instanceof UserError || code === undefined) throw problem;
    throw code === "ENOENT"
      ? new UserError(1, `There is no specification '${path}'.`)
      : unreadableFile(path, code);
  }
}

function ordersFor(
  spec: string,
  programs: readonly (string | undefined)[],
  names: readonly string[],
  compiler: string | undefined,
  recordings: string | undefined,
): GradeOrder[] {
  const prefixes = new Set<string>();
  return programs.map((program, i) => {
    const wanted = fileName((names[i] ?? "").replace(/\.(c|elf)$/, ""));
    let prefix = wanted;
    for (let i = 2; prefixes.has(prefix); i += 1) prefix = `${wanted}-${i}`;
    prefixes.add(prefix);
    return {
      spec,
      ...(program === undefined ? {} : { program: resolve(program) }),
      ...(compiler === undefined ? {} : { compiler }),
      ...(recordings === undefined ? {} : { recordings: { folder: recordings, prefix } }),
    };
  });
}

/** With recordings as someone in this folder would name them. */
function relativeTo(folder: string, result: ProgramResult): ProgramResult {
  const tests = result.tests.map((test) => ({
    ...test,
    failures: test.failures.map((failure) =>
      failure.recording === undefined
        ? failure
        : { ...failure, recording: nameFrom(folder, failure.recording) },
    ),
  }));
  return { ...result, tests };
}

function nameFrom(folder: string, path: string): string {
  const name = relative(folder, path);
  return name.startsWith("..") ? path : name;
}

function jobsOf(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 256) return jobs;
  throw new UserError(1, `--jobs must be a whole number from 1 to 256, not '${plain(text)}'.`);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (problem) {
    throw unwritableFile(path, (problem as NodeJS.ErrnoException).code ?? "no folder");
  }
}

function write(path: string, text: string): void {
  if (path === "-") process.stdout.write(text);
  else nodeHost.writeFile(resolve(path), text);
}
