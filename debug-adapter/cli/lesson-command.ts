/** `exo lesson check`: whether lessons and the programs that they are about still agree. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../errors.ts";
import { nodeHost } from "../host.ts";
import { checkLesson, type LessonReport } from "../lessons/check-lesson.ts";
import type { Lesson } from "../lessons/lesson.ts";
import { isLessonName, isTourName, readLesson } from "../lessons/read-lesson.ts";
import { NodeBuilder } from "../node-builder.ts";

export const LESSON_USAGE = `usage: exo lesson check [options] FILE...  runs each lesson (.lesson.json) through all its steps: status 1 if one of
                                           them does not agree with its programs any more; a tour (.tour) is read, too
options:
  --seed N         as another seed varies it; 0, the file's own values, when missing
  --answers        prints what is right in each step
  --compiler NAME  zig, clang, gcc or a path
`;

export async function lessonCommand(argv: readonly string[], root: string): Promise<number> {
  const [action = "", ...rest] = argv;
  if (["", "help", "--help", "-h"].includes(action)) {
    process.stdout.write(LESSON_USAGE);
    return 0;
  }
  if (action !== "check") {
    throw new UserError(1, `There is no 'exo lesson ${action}'.\n${LESSON_USAGE}`);
  }
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "0" },
      answers: { type: "boolean", default: false },
      compiler: { type: "string" },
    },
  });
  if (positionals.length === 0) throw new UserError(1, `Name a lesson.\n${LESSON_USAGE}`);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new UserError(
      1,
      `--seed must be a whole number from 0 to 2^32 - 1, not '${values.seed}'.`,
    );
  }
  let status = 0;
  for (const file of positionals) {
    const lesson = openLesson(file, seed);
    const builder = new NodeBuilder(root, {
      log: (text) => process.stderr.write(text),
      diagnostics: () => {},
    });
    const report = await checkLesson(lesson, { host: nodeHost, builder });
    process.stdout.write(reportText(file, lesson, report, values.answers));
    if (report.problems.length > 0) status = 1;
  }
  return status;
}

function openLesson(file: string, seed: number): Lesson {
  if (!isLessonName(file) && !isTourName(file)) {
    throw new UserError(1, `'${file}' is no lesson by its name: *.lesson.json or *.tour.`);
  }
  const path = resolve(file);
  if (!nodeHost.isFile(path)) throw new UserError(1, `There is no file '${file}'.`);
  return readLesson(path, new TextDecoder().decode(nodeHost.readBytes(path)), seed);
}

function reportText(
  file: string,
  { steps }: Lesson,
  { problems, answers, predictions, checks, broken }: LessonReport,
  wantsAnswers: boolean,
): string {
  const counts = `${steps.length} steps, ${predictions} predictions, ${checks} checks, ${broken} broken variants`;
  const verdict = problems.length === 0 ? "ok  " : "FAIL";
  const lines = [`${verdict}  ${file}: ${counts}`, ...problems.map((each) => `      ${each}`)];
  if (wantsAnswers) {
    for (const [i, answer] of answers.entries()) {
      if (answer !== undefined) lines.push(`      step ${i + 1}: ${answer}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
