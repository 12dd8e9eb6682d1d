/** `exo grade` of a course: copies of a right and a wrong program, each to be compiled, run and judged, by two processes. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Figure, figure } from "./figures.ts";

const COPIES = 200;
const JOBS = 2;
const SPEC = "grading/page-fault.grade.json";
const [RIGHT, WRONG] = ["page-fault.c", "grading/page-fault-one-page.c"];

interface Report {
  readonly programs: readonly {
    readonly program: string;
    readonly points: number;
    readonly of: number;
  }[];
}

export async function measureGrading(root: string, folder: string): Promise<Figure[]> {
  const workspace = join(root, "test-workspace");
  const submissions = join(folder, "submissions");
  const programs = Array.from({ length: COPIES }, (_, i) => {
    const student = join(submissions, `student-${i + 1}`);
    mkdirSync(student, { recursive: true });
    const path = join(student, "page-fault.c");
    // No two are the same file, as no two students hand in the same.
    const text = readFileSync(join(workspace, i % 2 === 0 ? RIGHT : WRONG), "utf8");
    writeFileSync(path, `${text}\n// student ${i + 1}\n`);
    return path;
  });
  const seconds = gradeAll(root, workspace, programs);
  return [
    figure(`exo grade, ${COPIES} programs, ${JOBS} at once`, "s", [seconds]),
    figure("the same, a program", "ms", [(seconds * 1000) / COPIES]),
  ];
}

function gradeAll(root: string, workspace: string, programs: readonly string[]): number {
  const begin = performance.now();
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "dist/exo.js"), "grade", SPEC, ...programs, "--jobs", String(JOBS), "--json", "-"],
    { cwd: workspace, encoding: "utf8", maxBuffer: 64 * 2 ** 20 },
  );
  const seconds = (performance.now() - begin) / 1000;
  const { programs: graded } = JSON.parse(stdout) as Report;
  const wrong = graded.filter(({ points, of }, i) => (points === of) !== (i % 2 === 0));
  if (graded.length !== programs.length || wrong.length > 0) {
    throw new Error(`${wrong.length} of ${graded.length} verdicts are not what they must be`);
  }
  return seconds;
}
