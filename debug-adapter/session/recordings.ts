/** Recordings in a session: launched from one, and saved to one (docs/recordings.md). */
import { Divergence } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { notThisRun, UserError } from "../errors.ts";
import type { Host } from "../host.ts";
import { prepare } from "../launch.ts";
import type { Builder } from "../load-program.ts";
import type { LaunchArguments, RecordArguments, RecordBody } from "../protocol.ts";
import { captureRecording } from "../recording/capture.ts";
import { openRecording } from "../recording/open.ts";
import { readRecording } from "../recording/read.ts";
import { isRecordingName, type RecordedMark } from "../recording/recording.ts";
import { writeRecording } from "../recording/write.ts";
import type { TimeTravel } from "./time-travel.ts";

export interface Launched {
  readonly debuggee: Debuggee;
  /** Of the recording that was opened, if it was one. */
  readonly marks: readonly RecordedMark[];
}

/** Makes the debuggee that the launch names: a program, a scenario, or a recorded run at its beginning. Throws `UserError`. */
export async function launchDebuggee(
  args: LaunchArguments,
  host: Host,
  builder: Builder,
): Promise<Launched> {
  const { program } = args;
  if (typeof program !== "string" || !isRecordingName(program)) {
    return { debuggee: await prepare(args, host, builder), marks: [] };
  }
  const { debuggee, recording } = await openRecording(args, host, builder);
  // Whoever does not debug wants to see the run, not its end.
  if (args.noDebug === true) debuggee.timeline.holdsAtEnd = false;
  return { debuggee, marks: recording.marks };
}

/** Saves the history until its end. Throws `UserError` when the file cannot be written, and then an older one is as it was. */
export function saveRecording(
  debuggee: Debuggee,
  time: TimeTravel,
  { path, withPrograms = false }: RecordArguments,
  host: Host,
): RecordBody {
  if (path !== undefined && (typeof path !== "string" || path.trim() === "")) {
    throw new UserError(158, "'path' of exo/record must be the name of a file, or be left out.");
  }
  const recording = captureRecording(debuggee, time.recordedMarks(), withPrograms, host);
  const text = writeRecording(recording);
  checkReadable(path ?? recording.title, text);
  const bytes = new TextEncoder().encode(text).length;
  if (path === undefined) return { text, bytes };
  host.writeFile(path, text);
  return { path, bytes };
}

/** What is about to be written must be what can be opened: nobody keeps a recording that turns out to be none. */
function checkReadable(path: string, text: string): void {
  try {
    readRecording(path, text);
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    throw new UserError(
      159,
      `The recording was not saved, since it could not be opened again; please report this: ${problem.message}`,
    );
  }
}

/** What to tell of an error of a run: that a recording does not fit its programs is not our mistake. */
export function explained(problem: unknown, { program }: LaunchArguments): unknown {
  return problem instanceof Divergence && isRecordingName(program)
    ? notThisRun(program, problem.now.step)
    : problem;
}

/** What a session says last that an error ends. */
export function lastWords(problem: unknown, args: LaunchArguments): string {
  const known = explained(problem, args);
  if (known instanceof UserError) return known.message;
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  return `Exoscope made a mistake and the session ends. Please report this:\n${text}`;
}
