/** What the run of a session says to a lesson. It is asked of a second machine that runs the same from its beginning: the session stays. */
import type { Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { noSuchFile, UserError } from "../errors.ts";
import type { Host } from "../host.ts";
import { boot } from "../launch.ts";
import type { HistoryPosition, LessonArguments, LessonBody } from "../protocol.ts";
import { lookAt } from "./check-lesson.ts";
import { examineRun } from "./examine.ts";
import { readLesson } from "./read-lesson.ts";
import { runAround, watchedIn } from "./runs.ts";

export async function askLesson(
  debuggee: Debuggee,
  host: Host,
  { path, seed = 0, step }: LessonArguments,
): Promise<LessonBody> {
  if (!host.isFile(path)) throw noSuchFile(path);
  const lesson = readLesson(path, new TextDecoder().decode(host.readBytes(path)), seed);
  const part = runAround(lesson, step);
  if (part === undefined) {
    throw new UserError(181, `Step ${step + 1} of '${lesson.title}' is no moment of a run.`);
  }
  // Moments are those of the run that nobody has changed.
  const { id: branch } = debuggee.timeline.branches[0] ?? debuggee.timeline.branch;
  const moment = (at: Position): HistoryPosition => ({ branch, step: at.step, event: at.event });
  const { packetsOut: _, ...configuration } = debuggee.configuration;
  const again = boot(configuration);
  return lookAt(again, watchedIn(lesson, part), host, (past) => {
    const { steps, checks } = examineRun(past, lesson, part);
    return {
      steps: steps.map(({ at, seenAt, ...rest }) => ({
        ...rest,
        ...(at === undefined ? {} : { at: moment(at) }),
        ...(seenAt === undefined ? {} : { seenAt: moment(seenAt) }),
      })),
      checks: checks.map(({ holds, reason, at }) => ({
        holds,
        reason,
        ...(at === undefined ? {} : { at: moment(at) }),
      })),
    };
  });
}
