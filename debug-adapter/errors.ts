/** What a user can mend: one sentence that says what and where and what to do, with a number that stays. */

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

export const hasEnded = (): UserError =>
  new UserError(117, "The program has ended: go back, or continue to end the session.");
