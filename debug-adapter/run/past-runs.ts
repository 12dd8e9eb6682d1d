/**
 * What a look at a stretch of the past finds for a step back: the *runs* of statements in some frames. A run is an unbroken
 * sequence of places of one source line in one activation; a step forward ends where one begins, so a step back does too.
 */
import type { Position } from "#exokernel";

/** What makes two places part of one run: the frame they are in, and the line (by instruction: the address). */
export type RunKey = string;

export interface PastRun {
  readonly key: RunKey;
  readonly environment: number;
  /** Where it began. */
  readonly start: Position;
  /** Whether it may have begun before the stretch that was looked at. */
  readonly isCut: boolean;
}

/** Gathers the runs of some frames, the innermost first, in the order of time, and remembers the last that matters. */
export class FrameRuns {
  /** The last run in any of the frames. */
  #last: PastRun | undefined;
  /** The last run in a frame that called the innermost one. */
  #lastOfCallers: PastRun | undefined;
  /** Whether a run that is seen now may have begun before the stretch. */
  #isCut: boolean;

  /** `beginsHistory`: nothing was before the stretch. */
  constructor(beginsHistory: boolean) {
    this.#isCut = !beginsHistory;
  }

  /** Control is at a place of a frame: 0 is the innermost. */
  at(frame: number, environment: number, key: RunKey, position: Position): void {
    if (this.#last?.key === key) return;
    this.#last = { key, environment, start: position, isCut: this.#isCut };
    this.#isCut = false;
    if (frame > 0) this.#lastOfCallers = this.#last;
  }

  /** A function is entered at the frame address of a frame: what was there before was another activation. */
  entered(frame: number): void {
    if (frame > 0) this.#lastOfCallers = undefined;
    this.#last = this.#lastOfCallers;
    this.#isCut = false;
  }

  get last(): PastRun | undefined {
    return this.#last;
  }
}

/**
 * The last run of each flow of control, whatever frame it is in: what a step back into something needs. A transfer carries the flow
 * from one environment to another, so before the first place that the entered one comes to lies what the other did last.
 */
export class FlowRuns {
  readonly #last = new Map<number, PastRun>();
  /** Environments that were entered within the stretch: nothing earlier of theirs is part of what they do then. */
  readonly #entered = new Set<number>();
  readonly #beginsHistory: boolean;

  constructor(beginsHistory: boolean) {
    this.#beginsHistory = beginsHistory;
  }

  at(environment: number, key: RunKey, position: Position): void {
    const before = this.#last.get(environment);
    if (before?.key === key) return;
    const isCut = before === undefined && !this.#entered.has(environment) && !this.#beginsHistory;
    this.#last.set(environment, { key, environment, start: position, isCut });
  }

  transferred(from: number, to: number): void {
    const before = this.#last.get(from);
    if (before === undefined) this.#last.delete(to);
    else this.#last.set(to, before);
    this.#entered.add(to);
  }

  /** The last run of the flow that is in `environment` now. */
  last(environment: number): PastRun | undefined {
    return this.#last.get(environment);
  }
}
