/** The runs that a lesson is about: steps that run the same belong together, and are told from one look at that run. */
import type { Computed, Condition, Occurrence } from "../checks/syntax.ts";
import { occurrencesOf } from "../checks/syntax.ts";
import type { LaunchArguments } from "../protocol.ts";
import type { Answer, BrokenVariant, Lesson, LessonStep, Run } from "./lesson.ts";
import { valuesIn } from "./template.ts";

export interface LessonRun {
  readonly run: Run;
  /** Indices of the steps that are moments of it. */
  readonly steps: readonly number[];
  /** What must be true of it. */
  readonly check: readonly Condition[];
}

/** What a step runs: what it says itself, or else what the lesson says. */
export const runOfStep = (lesson: Lesson, index: number): Run | undefined =>
  lesson.steps[index]?.run ?? lesson.run;

export function runsOf(lesson: Lesson): LessonRun[] {
  const byKey = new Map<string, { run: Run; steps: number[]; check: Condition[] }>();
  const of = (run: Run) => {
    const key = JSON.stringify(run);
    const known = byKey.get(key) ?? { run, steps: [], check: [] };
    byKey.set(key, known);
    return known;
  };
  if (lesson.run !== undefined) of(lesson.run).check.push(...lesson.check);
  for (const [index, step] of lesson.steps.entries()) {
    const run = runOfStep(lesson, index);
    if (run === undefined) continue;
    of(run).steps.push(index);
    of(run).check.push(...step.check);
  }
  return [...byKey.values()];
}

/** The run that a step is a moment of. */
export const runAround = (lesson: Lesson, index: number): LessonRun | undefined =>
  runsOf(lesson).find(({ steps }) => steps.includes(index));

/** Everything that must be watched for while it runs. */
export function watchedIn(lesson: Lesson, { steps, check }: LessonRun): Occurrence[] {
  return [
    ...check.flatMap(occurrencesOf),
    ...steps.flatMap((index) => occurrencesOfStep(lesson.steps[index])),
  ];
}

export const watchedInBroken = (lesson: Lesson, { at, check }: BrokenVariant): Occurrence[] => [
  at,
  ...(check ?? lesson.check).flatMap(occurrencesOf),
];

function occurrencesOfStep(step: LessonStep | undefined): Occurrence[] {
  if (step === undefined) return [];
  const { until, seenAt, predict, reveal } = step;
  const values: (Computed | Condition)[] = [
    ...(predict === undefined ? [] : partsOfAnswer(predict.answerFrom)),
    ...(reveal === undefined ? [] : valuesIn(reveal)),
  ];
  return [
    ...(until === undefined ? [] : [until]),
    ...(seenAt === undefined ? [] : [seenAt]),
    ...values.flatMap(occurrencesOf),
  ];
}

function partsOfAnswer(answer: Answer): (Computed | Condition)[] {
  return answer.kind === "computed"
    ? [answer.value]
    : [answer.condition, ...partsOfAnswer(answer.yes), ...partsOfAnswer(answer.no)];
}

/** Every answer that a question could have, as far as the file says them: what is computed is known only in a run. */
export function possibleAnswers(answer: Answer): string[] {
  if (answer.kind === "if") return [...possibleAnswers(answer.yes), ...possibleAnswers(answer.no)];
  return answer.value.kind === "constant" ? [String(answer.value.value)] : [];
}

/** A run as `launch` takes it. */
export function launchOf(lesson: Lesson, { program, args, environments }: Run): LaunchArguments {
  return {
    program: pathFrom(lesson.path, program),
    ...(args === undefined ? {} : { args }),
    ...(environments === undefined ? {} : { environmentArguments: environments }),
  };
}

/** A path that is relative to a file, with `/` between its parts. */
export function pathFrom(file: string, path: string): string {
  if (/^([\\/]|[a-z]:)/i.test(path)) return path;
  const parts = file.split(/[\\/]/).slice(0, -1);
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
