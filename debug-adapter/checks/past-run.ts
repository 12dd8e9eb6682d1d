/** A run that was watched, and the way to its moments: what conditions are told by. It moves the run; callers bring it back. */
import type { Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { similarName } from "../values/names-in-scope.ts";
import { type Ended, fitsName, type Happening, type Observation, Output } from "./observation.ts";
import type { Occurrence, Stretch } from "./syntax.ts";
import { occurrenceText, timesText, upperFirst } from "./texts.ts";

/** A sentence instead of an answer. */
export interface Missing {
  readonly problem: string;
}

export interface Environment {
  readonly id: number;
  readonly name: string;
}

export class PastRun {
  readonly debuggee: Debuggee;
  readonly seen: Observation;
  #here: string | undefined;

  constructor(debuggee: Debuggee, seen: Observation) {
    this.debuggee = debuggee;
    this.seen = seen;
  }

  all(occurrence: Occurrence): readonly Happening[] {
    const found = this.seen.happenings.get(occurrence);
    if (found === undefined)
      throw new Error("assertion failed: an occurrence that was not watched");
    return found;
  }

  /** The one that is meant where a single moment is needed. */
  one(occurrence: Occurrence): Happening | Missing {
    const found = this.all(occurrence);
    const { nth } = occurrence;
    const one = nth > 0 ? found[nth - 1] : found[found.length + nth];
    if (one !== undefined) return one;
    const unknown = this.unknown(occurrence);
    if (unknown !== undefined) return { problem: unknown };
    const times = found.length === 0 ? "" : `: it happened ${timesText(found.length)}`;
    return { problem: `${upperFirst(occurrenceText(occurrence))} never happened${times}` };
  }

  /** Those within a stretch, in the order of the run. */
  within(occurrence: Occurrence, stretch: Stretch): readonly Happening[] | Missing {
    const bounds = this.bounds(stretch);
    if ("problem" in bounds) return bounds;
    const { from, to } = bounds;
    return this.all(occurrence).filter(({ order }) => order > from && order < to);
  }

  /** What a stretch begins after and ends before. What it is bounded by must have happened. */
  bounds({ after, before }: Stretch): Missing | { from: number; to: number; last?: Happening } {
    let from = Number.NEGATIVE_INFINITY;
    if (after !== undefined) {
      const begin = this.one(after);
      if ("problem" in begin) return begin;
      from = begin.order;
    }
    if (before === undefined) return { from, to: Number.POSITIVE_INFINITY };
    // The first after the begin, unless another is asked for.
    const later = this.all(before).filter(({ order }) => order > from);
    const end = before.nth === 1 ? later[0] : this.one(before);
    if (end === undefined) {
      const unknown = this.unknown(before);
      const since = after === undefined ? "" : ` after ${occurrenceText(after)}`;
      const problem = unknown ?? `${upperFirst(occurrenceText(before))} never happened${since}`;
      return { problem };
    }
    if ("problem" in end) return end;
    return { from, to: end.order, last: end };
  }

  output(env: string | undefined): Output {
    return new Output(this.seen.output.filter(({ name }) => fitsName(env, name)));
  }

  /** Why an occurrence cannot happen at all: it names what this run does not have. */
  unknown(occurrence: Occurrence): string | undefined {
    const { env } = occurrence;
    if (env !== undefined && env !== "kernel" && env !== "launcher") {
      const unknown = this.unknownEnvironment(env);
      if (unknown !== undefined) return unknown;
    }
    if (occurrence.kind !== "marker") return undefined;
    const { markers } = this.seen;
    if (markers.has(occurrence.name)) return undefined;
    const similar = similarName(occurrence.name, markers);
    const hint = similar === undefined ? "" : `; did you mean '${similar}'?`;
    return `No source of this run has a line marked '//@step ${occurrence.name}'${hint}`;
  }

  unknownEnvironment(env: string): string | undefined {
    const names = this.seen.environments.map(({ name }) => name);
    const all = [...names, ...this.seen.ended.map(({ name }) => name)];
    if (all.some((name) => fitsName(env, name))) return undefined;
    const similar = similarName(env, all);
    const hint = similar === undefined ? "" : `; did you mean '${similar}'?`;
    return `There is no environment '${env}' in this run${hint}`;
  }

  /** The environment of a name; without one the first program's. */
  environment(env: string | undefined): Environment | Missing {
    const { environments, firstId } = this.seen;
    const found =
      env === undefined
        ? environments.find(({ id }) => id === firstId)
        : environments.filter(({ name }) => fitsName(env, name)).at(-1);
    if (found !== undefined) return found;
    return {
      problem: this.unknownEnvironment(env ?? "") ?? `There is no environment '${env}' any more`,
    };
  }

  /** How an environment ended; undefined while it lives. */
  endOf({ id }: Environment): Ended | undefined {
    return this.seen.ended.filter(({ environment }) => environment === id).at(-1);
  }

  /**
   * Goes to the moment of an occurrence and says which environment is meant there: the one that is named, else the one to which it
   * happened. The end of the run is, for an environment that ends before, its own.
   */
  goTo(what: Happening, occurrence: Occurrence, env: string | undefined): Environment | Missing {
    const isBound = occurrence.kind === "start" || occurrence.kind === "end";
    const own = { id: what.environment, name: what.name };
    const wanted = env === undefined && !isBound ? own : this.environment(env);
    if ("problem" in wanted) return wanted;
    const ended = occurrence.kind === "end" ? this.endOf(wanted) : undefined;
    if (ended === undefined) this.visit(what.at);
    else this.visitBefore(ended.happening.at.step);
    return wanted;
  }

  visit(at: Position): void {
    const key = `${at.step}:${at.event}`;
    if (this.#here === key) return;
    this.debuggee.timeline.visit(at);
    this.#here = key;
  }

  /** To where what happened at a step has not been done. */
  visitBefore(step: number): void {
    const key = `before ${step}`;
    if (this.#here === key) return;
    this.debuggee.timeline.seekStep(step - 1);
    this.#here = key;
  }
}
