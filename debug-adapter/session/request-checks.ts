/**
 * Checks of what a client sends with the requests about the history. Types say what it should be; a client is another program, and
 * what it sends is refused in a sentence before anything moves. Each check throws `UserError`.
 */
import { POWER_FAILURE_MODES } from "#emulator";
import { badRequest } from "../errors.ts";
import type {
  BranchArguments,
  CrashesArguments,
  GoToArguments,
  GoToEventArguments,
  HistoryPosition,
  LessonArguments,
  MarkArguments,
  RunToArguments,
  StepBackArguments,
  TimelineArguments,
  WhatIfArguments,
} from "../protocol.ts";

const WORD_MAX = 0xffff_ffff;

const isText = (value: unknown): boolean => value === undefined || typeof value === "string";
const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isOneOf = (value: unknown, values: readonly string[]): boolean =>
  value === undefined || (typeof value === "string" && values.includes(value));

function check(isSound: boolean, request: string, name: string, what: string): void {
  if (!isSound) throw badRequest(request, name, what);
}

export function checkGoTo(args: GoToArguments): void {
  const request = "exo/goTo";
  const { position, end } = args;
  check(isOneOf(end, ["start", "end"]), request, "end", "'start' or 'end'");
  checkPosition(position, request);
}

export function checkRunTo({ position }: Partial<RunToArguments> = {}): void {
  const request = "exo/runTo";
  check(position !== undefined, request, "position", "a branch, a step and an event");
  checkPosition(position, request);
  check(isCount(position?.step), request, "position.step", "a whole number");
}

function checkPosition(position: HistoryPosition | undefined, request: string): void {
  if (position === undefined) return;
  const isSound =
    typeof position === "object" &&
    position !== null &&
    isCount(position.branch) &&
    isCount(position.event);
  check(isSound, request, "position", "a branch, a step and an event, each a whole number");
}

export function checkGoToEvent({ direction, kinds, text, environment }: GoToEventArguments): void {
  const request = "exo/goToEvent";
  const isDirection = direction !== undefined && isOneOf(direction, ["next", "previous"]);
  check(isDirection, request, "direction", "'next' or 'previous'");
  check(isText(text), request, "text", "a string");
  const isList = kinds === undefined || (Array.isArray(kinds) && kinds.every(isText));
  check(isList, request, "kinds", "a list of kinds of events");
  check(environment === undefined || isCount(environment), request, "environment", "an id");
}

export function checkStepBack({ kind }: StepBackArguments): void {
  check(isOneOf(kind, ["over", "into", "out"]), "exo/stepBack", "kind", "'over', 'into' or 'out'");
}

export function checkMark({ name, note }: MarkArguments): void {
  check(isText(name), "exo/mark", "name", "a string");
  check(isText(note), "exo/mark", "note", "a string");
}

export function checkBranch({ name }: BranchArguments): void {
  check(isText(name), "exo/branch", "name", "a string");
}

export function checkLesson({ path, seed, step }: Partial<LessonArguments>): void {
  const request = "exo/lesson";
  check(typeof path === "string" && path !== "", request, "path", "a lesson file's absolute path");
  const isSeed = seed === undefined || (isCount(seed) && seed <= WORD_MAX);
  check(isSeed, request, "seed", "a whole number from 0 to 2^32 - 1");
  check(isCount(step), request, "step", "the number of a step, from 0 on");
}

export function checkCrashes({ mode, seed }: CrashesArguments): void {
  const isSeed = seed === undefined || (isCount(seed) && seed <= WORD_MAX);
  const modes = POWER_FAILURE_MODES.map((each) => `'${each}'`).join(", ");
  check(isOneOf(mode, POWER_FAILURE_MODES), "exo/crashes", "mode", `one of ${modes}`);
  check(isSeed, "exo/crashes", "seed", "a whole number from 0 to 2^32 - 1");
}

export function checkWhatIf({
  environment,
  call,
  arguments: given,
  position,
}: Partial<WhatIfArguments>): void {
  const request = "exo/whatIf";
  check(environment === undefined || isCount(environment), request, "environment", "an id");
  check(typeof call === "string", request, "call", "a kernel call's name, as in 'page_alloc'");
  const isList =
    typeof given === "object" &&
    given !== null &&
    Object.values(given).every((each) => typeof each === "number" || typeof each === "string");
  check(isList, request, "arguments", "a list, or an object, of numbers and names");
  checkPosition(position, request);
}

export function checkTimeline({ branch, from, to, resolution, events }: TimelineArguments): void {
  const request = "exo/timeline";
  const isNumber = (value: unknown) =>
    value === undefined || (typeof value === "number" && value >= 0 && Number.isFinite(value));
  check(branch === undefined || isCount(branch), request, "branch", "the id of a branch");
  check(isNumber(from), request, "from", "a step");
  check(isNumber(to), request, "to", "a step");
  check(isNumber(resolution), request, "resolution", "a number of steps");
  const isList =
    events === undefined ||
    (typeof events === "object" &&
      events !== null &&
      isCount(events.since) &&
      isCount(events.limit));
  check(isList, request, "events", "'since' and 'limit', each a whole number");
}
