/** Whether a lesson and the programs that it is about still agree: anchors, moments, answers, checks, and what must fail. */
import { sourcesOf } from "../checks/check.ts";
import { verdictIn } from "../checks/evaluate.ts";
import { PastRun } from "../checks/past-run.ts";
import type { Occurrence } from "../checks/syntax.ts";
import { watchNew } from "../checks/watch.ts";
import type { Debuggee } from "../debuggee.ts";
import { UserError } from "../errors.ts";
import type { Host } from "../host.ts";
import { prepare } from "../launch.ts";
import type { Builder } from "../load-program.ts";
import { RunControl } from "../run/run-control.ts";
import { lineOfAnchor } from "./anchors.ts";
import { type Examined, examineRun } from "./examine.ts";
import type { BrokenVariant, Lesson, Run } from "./lesson.ts";
import { isRightAnswer } from "./progress.ts";
import { launchOf, pathFrom, possibleAnswers, runsOf, watchedIn, watchedInBroken } from "./runs.ts";

/** A lesson's run is short: what takes more steps does not end. */
export const STEPS_MAX = 200_000_000;

/** "4." alone would be shown as an empty list. */
const LIST_NUMBER = /^\s*\d+[.)](\s|$)/;

export interface LessonReport {
  /** In whole sentences, each beginning with where in the lesson. */
  readonly problems: readonly string[];
  /** Of each step: what is right, by the run. */
  readonly answers: readonly (string | undefined)[];
  readonly predictions: number;
  readonly checks: number;
  readonly broken: number;
}

export interface LessonParts {
  readonly host: Host;
  readonly builder: Builder;
}

/** Runs everything that the lesson names. Throws `UserError` only for what is no lesson. */
export async function checkLesson(lesson: Lesson, parts: LessonParts): Promise<LessonReport> {
  const problems = [...anchorProblems(lesson, parts.host), ...formProblems(lesson, parts.host)];
  const answers: (string | undefined)[] = lesson.steps.map(() => undefined);
  let checks = 0;
  for (const part of runsOf(lesson)) {
    const examined = await attempt(problems, part.run, () =>
      run(lesson, part.run, watchedIn(lesson, part), parts, (past) =>
        examineRun(past, lesson, part),
      ),
    );
    if (examined === undefined) continue;
    checks += examined.checks.length;
    for (const { index, answer } of examined.steps) answers[index] = answer;
    problems.push(...examinedProblems(lesson, examined));
  }
  for (const [i, variant] of lesson.broken.entries()) {
    const found = await attempt(problems, variant.run, () =>
      brokenProblems(lesson, variant, parts),
    );
    problems.push(...(found ?? []).map((each) => `Broken variant ${i + 1}: ${each}`));
  }
  return {
    problems,
    answers,
    predictions: lesson.steps.filter(({ predict }) => predict !== undefined).length,
    checks,
    broken: lesson.broken.length,
  };
}

/** A program that does not build is the lesson's problem, and the others are still looked at. */
async function attempt<Result>(
  problems: string[],
  { program }: Run,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    problems.push(`${program}: ${problem.message}`);
    return undefined;
  }
}

async function run<Result>(
  lesson: Lesson,
  what: Run,
  watched: readonly Occurrence[],
  { host, builder }: LessonParts,
  look: (past: PastRun) => Result,
): Promise<Result> {
  const debuggee = await prepare(launchOf(lesson, what), host, builder);
  return lookAt(debuggee, watched, host, look);
}

/** Runs what was just booted to its end, and looks at it. */
export async function lookAt<Result>(
  debuggee: Debuggee,
  watched: readonly Occurrence[],
  host: Host,
  look: (past: PastRun) => Result,
): Promise<Result> {
  const control = new RunControl(debuggee);
  control.limit = STEPS_MAX;
  const readSource = sourcesOf(host);
  const seen = await watchNew({ debuggee, control, readSource }, watched);
  return debuggee.timeline.quietly(() => look(new PastRun(debuggee, seen)));
}

function anchorProblems(lesson: Lesson, host: Host): string[] {
  return lesson.steps.flatMap(({ anchor }, i) => {
    if (anchor === undefined) return [];
    const path = pathFrom(lesson.path, anchor.file);
    if (!host.isFile(path)) return [`Step ${i + 1}: there is no file '${anchor.file}'.`];
    const line = lineOfAnchor(anchor, new TextDecoder().decode(host.readBytes(path)));
    return typeof line === "string" ? [`Step ${i + 1}: ${line}.`] : [];
  });
}

function formProblems(lesson: Lesson, host: Host): string[] {
  const steps = lesson.steps.flatMap(({ predict }, i) => {
    if (predict?.kind !== "choice") return [];
    const keys = predict.options.map(({ key }) => key);
    return possibleAnswers(predict.answerFrom)
      .filter((answer) => !keys.includes(answer))
      .map((answer) => `Step ${i + 1}: 'answerFrom' may be '${answer}', which is no option.`);
  });
  const next = lesson.next === undefined ? undefined : pathFrom(lesson.path, lesson.next);
  const isLost = next?.endsWith(".json") && !host.isFile(next);
  return isLost ? [...steps, `'next': there is no file '${lesson.next}'.`] : steps;
}

function examinedProblems(lesson: Lesson, { steps, checks }: Examined): string[] {
  return [
    ...steps.flatMap(({ index, problems }) =>
      problems.map((problem) => `Step ${index + 1}: ${problem}`),
    ),
    ...steps.flatMap(({ index, answer }) => rightIsWrong(lesson, index, answer)),
    ...steps
      .filter(({ reveal = "" }) => LIST_NUMBER.test(reveal))
      .map(
        ({ index }) =>
          `Step ${index + 1}: 'reveal' begins with a number and a dot, which Markdown takes for a list: say it in a sentence.`,
      ),
    ...checks.filter(({ holds }) => !holds).map(({ reason }) => `Check: ${reason}`),
  ];
}

/** A hint for a wrong answer that is the right one would scold whoever is right. */
function rightIsWrong(lesson: Lesson, index: number, answer: string | undefined): string[] {
  const predict = lesson.steps[index]?.predict;
  if (predict === undefined || answer === undefined) return [];
  return Object.keys(predict.wrong)
    .filter((key) => isRightAnswer(predict, key, answer))
    .map(
      (key) => `Step ${index + 1}: 'wrong' has a hint for '${key}', which is right in this run.`,
    );
}

/** A mistake must be found, and where it is. */
function brokenProblems(
  lesson: Lesson,
  variant: BrokenVariant,
  parts: LessonParts,
): Promise<string[]> {
  const watched = watchedInBroken(lesson, variant);
  return run(lesson, variant.run, watched, parts, (past) => {
    const expected = past.one(variant.at);
    if ("problem" in expected) return [`'at': ${expected.problem}.`];
    const failed = (variant.check ?? lesson.check)
      .map((condition) => verdictIn(past, condition))
      .filter(({ holds }) => !holds);
    if (failed.length === 0) return [`The check holds though ${variant.because}`];
    const isThere = failed.some(
      ({ at, event }) =>
        event === expected.event?.index && (event !== undefined || at?.step === expected.at.step),
    );
    const [first] = failed;
    return isThere || first === undefined
      ? []
      : [
          `The check fails elsewhere than ${expected.text} (step ${expected.at.step}): ${first.reason}`,
        ];
  });
}
