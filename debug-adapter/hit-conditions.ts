/** What decides whether a breakpoint of any kind stops at a hit: condition, hit count, and the environment that it is for. */
import type { Place } from "./run/run-control.ts";

/** What decides at a hit; the expressions are evaluated in the frame that stands there. */
export interface HitEvaluator {
  /** A condition's truth, or a sentence why it cannot be said. */
  truth(expression: string, place: Place): boolean | string;
  /** A log message with its `{expressions}` filled in. */
  interpolate(template: string, place: Place): string;
  /** A hit condition as a predicate on the count, or a sentence what is wrong with it. */
  hitPredicate(text: string): ((count: number) => boolean) | string;
}

export type Log = (text: string, place: Place) => void;

/** `env == client && x > 3`: restricts a breakpoint to one environment; the rest is an ordinary condition. */
const ENVIRONMENT_CONDITION = /^\s*env\s*==\s*"?([\w.-]+)"?\s*(?:&&\s*([\s\S]+))?$/;

/** A condition without its restriction to an environment (by name or id), and that restriction. */
export function withoutEnvironment(condition: string | undefined): {
  readonly only: string | undefined;
  readonly condition: string | undefined;
} {
  const parsed = ENVIRONMENT_CONDITION.exec(condition ?? "");
  return parsed === null
    ? { only: undefined, condition: condition || undefined }
    : { only: parsed[1], condition: parsed[2] };
}

/** Whether a condition holds at a place. One that cannot be evaluated holds, and says why: silence would hide the mistake. */
export function conditionHolds(
  evaluator: HitEvaluator,
  condition: string | undefined,
  place: Place,
  log: Log,
): boolean {
  if (condition === undefined) return true;
  const truth = evaluator.truth(condition, place);
  if (typeof truth === "boolean") return truth;
  log(`The breakpoint's condition '${condition}' cannot be evaluated: ${truth}\n`, place);
  return true;
}

/** Whether the `hits`th hit stops. */
export function countHolds(
  evaluator: HitEvaluator,
  hitCondition: string | undefined,
  hits: number,
): boolean {
  if (hitCondition === undefined) return true;
  const predicate = evaluator.hitPredicate(hitCondition);
  return typeof predicate === "string" ? true : predicate(hits);
}

/** What is wrong with a hit condition, if something is. */
export function badHitCondition(
  evaluator: HitEvaluator,
  hitCondition: string | undefined,
): string | undefined {
  if (hitCondition === undefined) return undefined;
  const predicate = evaluator.hitPredicate(hitCondition);
  return typeof predicate === "string" ? predicate : undefined;
}
