/** What is said of a condition: whether it holds, why, and where to look. */
import type { Position } from "#exokernel";
import type { Happening } from "./observation.ts";
import type { Missing, PastRun } from "./past-run.ts";
import { stepText } from "./texts.ts";

export interface Verdict {
  readonly holds: boolean;
  /** Whole sentences. */
  readonly reason: string;
  /** The moment to go to, where there is one. */
  readonly at?: Position;
  /** Running number of the event that it is about. */
  readonly event?: number;
}

/** Why something that did not happen may not have: for the end of a sentence. */
export function endText({ seen }: PastRun): string {
  switch (seen.how) {
    case "steps":
      return `; the run was ended after ${seen.end.step.toLocaleString("en-US")} steps, its limit`;
    case "idle":
      return `; from ${stepText(seen.end.step)} on nobody can run any more`;
    case "size":
      return `; the run was ended at ${stepText(seen.end.step)}: it has more events or output than are kept`;
    case "failed":
      return `; the kernel failed at ${stepText(seen.end.step)}`;
    case "exited":
    case "unfinished":
      return "";
  }
}

export function failed(run: PastRun, { problem }: Missing): Verdict {
  const sentence = problem.endsWith("?") ? problem : `${problem}${endText(run)}.`;
  return fail(sentence, undefined, run);
}

export function pass(reason: string, happening?: Happening): Verdict {
  return { holds: true, reason, ...momentOf(happening) };
}

/** Where nothing happened, the moment to look at is the end of the run. */
export function fail(reason: string, happening?: Happening, run?: PastRun): Verdict {
  const end = run === undefined ? {} : { at: run.seen.end };
  return { holds: false, reason, ...(happening === undefined ? end : momentOf(happening)) };
}

function momentOf(happening: Happening | undefined): Pick<Verdict, "at" | "event"> {
  if (happening === undefined) return {};
  const { at, event } = happening;
  return { at, ...(event === undefined ? {} : { event: event.index }) };
}
