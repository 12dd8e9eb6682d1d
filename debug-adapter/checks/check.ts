/** The checks' door: conditions and computed values of a run, asked of a session or of a run without one. */
import type { Position } from "#exokernel";
import type { Host } from "../host.ts";
import { from } from "../queries/look-back.ts";
import { type Answer, computeIn } from "./compute.ts";
import { verdictIn } from "./evaluate.ts";
import type { ReadSource } from "./markers.ts";
import type { Happening, Observation } from "./observation.ts";
import { type Missing, PastRun } from "./past-run.ts";
import { type Computed, type Condition, type Occurrence, occurrencesOf } from "./syntax.ts";
import type { Verdict } from "./verdict.ts";
import { type WatchParts, watchNew, watchPast } from "./watch.ts";

export type { Answer } from "./compute.ts";
export { JsonPlace } from "./json-place.ts";
export type { Happening } from "./observation.ts";
export type { Missing } from "./past-run.ts";
export { readComputed, readCondition } from "./read.ts";
export { readOccurrence } from "./read-occurrence.ts";
export type { Computed, Condition, Occurrence } from "./syntax.ts";
export { occurrenceText } from "./texts.ts";
export type { Verdict } from "./verdict.ts";

/** Sources are read where they are on this machine. */
export const sourcesOf =
  (host: Host): ReadSource =>
  (path) =>
    host.isFile(path) ? new TextDecoder().decode(host.readBytes(path)) : undefined;

/** What is asked of a run. */
export interface Questions {
  readonly conditions?: readonly Condition[];
  readonly computed?: readonly Computed[];
}

export interface Answers {
  readonly verdicts: readonly Verdict[];
  readonly answers: readonly (Answer | Missing)[];
  readonly seen: Observation;
}

/** Runs a program that has just been booted to its end and answers. `control.limit` is its limit in steps. */
export async function askNewRun(parts: WatchParts, questions: Questions): Promise<Answers> {
  const seen = await watchNew(parts, occurrencesIn(questions));
  return from(parts.debuggee, async () => answersOf(new PastRun(parts.debuggee, seen), questions));
}

/** Answers for a run as far as it is known until a moment, by default until now, and leaves the run where it is. */
export function askPast(
  parts: WatchParts,
  questions: Questions,
  until: Position = parts.debuggee.timeline.now,
): Promise<Answers> {
  return from(parts.debuggee, async () => {
    const seen = await watchPast(parts, occurrencesIn(questions), until);
    return answersOf(new PastRun(parts.debuggee, seen), questions);
  });
}

/** Every time that something happened until a moment, oldest first: where to go back to. The run stays where it is. */
export function pastHappenings(
  parts: WatchParts,
  occurrence: Occurrence,
  until: Position = parts.debuggee.timeline.end,
): Promise<readonly Happening[]> {
  return from(parts.debuggee, async () => {
    const seen = await watchPast(parts, [occurrence], until);
    return seen.happenings.get(occurrence) ?? [];
  });
}

function answersOf(run: PastRun, { conditions = [], computed = [] }: Questions): Answers {
  return run.debuggee.timeline.quietly(() => ({
    verdicts: conditions.map((condition) => verdictIn(run, condition)),
    answers: computed.map((each) => computeIn(run, each)),
    seen: run.seen,
  }));
}

const occurrencesIn = ({ conditions = [], computed = [] }: Questions): Occurrence[] => [
  ...conditions.flatMap(occurrencesOf),
  ...computed.flatMap(occurrencesOf),
];
