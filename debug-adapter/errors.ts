/** What a user can mend: one sentence that says what and where and what to do, with a number that stays. */

import type { Debuggee } from "./debuggee.ts";

export class UserError extends Error {
  readonly id: number;

  constructor(id: number, sentence: string) {
    super(sentence);
    this.name = "UserError";
    this.id = id;
  }
}

export const missingProgram = (): UserError =>
  new UserError(
    101,
    "The launch configuration has no 'program'; name a C file, an ELF executable or a scenario (*.exo.json).",
  );

export const noSuchFile = (path: string): UserError =>
  new UserError(
    102,
    `There is no file '${path}'; correct 'program' or the scenario that names it.`,
  );

export const unreadableFile = (path: string, reason: string): UserError =>
  new UserError(103, `'${path}' cannot be read (${reason}).`);

export const unknownKind = (path: string): UserError =>
  new UserError(
    104,
    `'${path}' is neither a C source (.c), an executable (.elf) nor a scenario (.exo.json).`,
  );

export const badScenario = (path: string, what: string): UserError =>
  new UserError(105, `${path}: ${what}`);

export const compileFailed = (path: string, errorCount: number, first: string): UserError =>
  new UserError(
    106,
    `'${path}' does not compile (${errorCount} error${errorCount === 1 ? "" : "s"}): ${first}`,
  );

export const noCompiler = (path: string, remedy: string): UserError =>
  new UserError(107, `'${path}' cannot be compiled: ${remedy}`);

export const badElf = (path: string, sentence: string): UserError =>
  new UserError(108, `'${path}': ${sentence}`);

export const badArgument = (name: string, what: string): UserError =>
  new UserError(109, `The launch configuration's '${name}' ${what}.`);

export const notLaunched = (): UserError =>
  new UserError(110, "Nothing is being debugged yet: launch a program first.");

export const stillRunning = (): UserError =>
  new UserError(111, "The program runs; pause it first.");

export const noThread = (id: number): UserError =>
  new UserError(112, `There is no environment ${id} any more.`);

/** Refuses a thread of a libOS that is not there now. */
export function checkThread(debuggee: Pick<Debuggee, "threads">, threadId: number): void {
  const { threads } = debuggee;
  if (!threads.isThread(threadId) || threads.find(threadId) !== undefined) return;
  const message = `This thread of environment ${threads.environmentOf(threadId)} has ended, or is not there yet.`;
  throw new UserError(147, message);
}

export const noMoment = (step: number, first: number, last: number): UserError =>
  new UserError(
    113,
    `There is no step ${step} in this history: it goes from step ${first} to step ${last}.`,
  );

export const noMark = (id: number): UserError =>
  new UserError(114, `There is no mark ${id} in this history.`);

export const noBranch = (id: number, count: number): UserError =>
  new UserError(
    115,
    `There is no branch ${id} in this history; it has ${count === 1 ? "only branch 1" : `branches 1 to ${count}`}.`,
  );

export const noEvent = (index: number, count: number): UserError =>
  new UserError(116, `There is no event ${index} before now: there were ${count} so far.`);

export const goesBack = (): UserError =>
  new UserError(126, "The program is going back; type again when it has stopped.");

/** A search of the past that the user has paused. */
export const gaveUp = (): UserError =>
  new UserError(127, "The search was paused before it had found an answer; ask again for one.");

export const badRequest = (request: string, name: string, what: string): UserError =>
  new UserError(129, `'${name}' of ${request} must be ${what}.`);

export const hasEnded = (): UserError =>
  new UserError(117, "The program has ended: go back, or continue to end the session.");

export const notARecording = (path: string): UserError =>
  new UserError(
    150,
    `'${path}' is not a recording; open a file that 'exo record' or 'Save Recording' has written.`,
  );

export const badRecording = (path: string, what: string): UserError =>
  new UserError(
    151,
    `The recording '${path}' is damaged: ${what}; get an undamaged copy, or record again.`,
  );

export const otherVersion = (path: string, version: unknown, known: number): UserError =>
  new UserError(
    152,
    `The recording '${path}' has ${typeof version === "number" ? `version ${version}` : "no version"} of the format and this release reads version ${known}; open it with the release that made it, or record again.`,
  );

export const changedProgram = (path: string, name: string, found: string): UserError =>
  new UserError(
    153,
    `The program '${name}' of the recording '${path}' is not the one that was recorded: '${found}' was changed since, or it is built by another compiler or with another libOS; restore it as it was, or record again.`,
  );

export const lostProgram = (path: string, name: string, folder: string): UserError =>
  new UserError(
    154,
    `The program '${name}' of the recording '${path}' is neither in the recording nor near it; put it into '${folder}', or save the recording with its programs.`,
  );

export const notThisRun = (path: string, step: number): UserError =>
  new UserError(
    155,
    `The recording '${path}' does not fit its programs: around step ${step} the run is not what it says; get an undamaged copy, or record again.`,
  );

export const unwritableFile = (path: string, reason: string): UserError =>
  new UserError(
    156,
    `'${path}' cannot be written (${reason}), and nothing was changed; make room or choose another place.`,
  );

export const isRecording = (path: string): UserError =>
  new UserError(157, `'${path}' is a recording; run it again with 'exo replay'.`);

export const noCall = (name: string): UserError =>
  new UserError(160, `There is no kernel call '${name}'; docs/abi.md has them all.`);

/** A file with conditions over runs: a grading spec, a lesson. */
export const badChecks = (path: string, what: string): UserError =>
  new UserError(170, `${path}: ${what}`);
