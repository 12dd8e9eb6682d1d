/**
 * The hits of one breakpoint by the moment at which they come to pass. A hit condition is about the run, not about the session:
 * the third hit is the third of this history, from whichever side one comes to it (docs/time-travel.md).
 */
import { comparePositions, isBefore, type Position } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import type { RunControl } from "./run/run-control.ts";

const FIRST_ROOM = 8;

export class HitRecord {
  /** Step and number of events of each hit, in the order of time: a breakpoint may be hit millions of times. */
  #moments = new Float64Array(2 * FIRST_ROOM);
  #count = 0;
  /** Until where all hits are known; undefined while nothing is. */
  #knownTo: Position | undefined;

  knows(position: Position): boolean {
    return this.#knownTo !== undefined && comparePositions(position, this.#knownTo) <= 0;
  }

  /** Begins anew: what follows is known from `start` on. */
  restart(start: Position): void {
    this.#count = 0;
    this.#knownTo = start;
  }

  /** Notes a hit and says the how manieth it is. */
  note(at: Position): number {
    const before = this.#countBefore(at);
    const isKnown = before < this.#count && comparePositions(this.#at(before), at) === 0;
    if (!isKnown) this.#insert(before, at);
    if (before === this.#count - 1) this.extend(at);
    return before + 1;
  }

  /** The run was followed until here. */
  extend(position: Position): void {
    if (this.#knownTo !== undefined && isBefore(this.#knownTo, position)) this.#knownTo = position;
  }

  /** The run took another course here. */
  cut(position: Position): void {
    const before = this.#countBefore(position);
    const isThere = before < this.#count && comparePositions(this.#at(before), position) === 0;
    this.#count = before + (isThere ? 1 : 0);
    if (this.#knownTo !== undefined && isBefore(position, this.#knownTo)) this.#knownTo = position;
  }

  forget(): void {
    this.#count = 0;
    this.#knownTo = undefined;
  }

  #at(index: number): Position {
    return { step: this.#moments[2 * index] ?? 0, event: this.#moments[2 * index + 1] ?? 0 };
  }

  /** How many hits lie before a moment. Most often all of them do. */
  #countBefore(at: Position): number {
    if (this.#count === 0 || isBefore(this.#at(this.#count - 1), at)) return this.#count;
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#at(middle), at)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(index: number, { step, event }: Position): void {
    if (2 * this.#count === this.#moments.length) {
      const larger = new Float64Array(2 * this.#moments.length);
      larger.set(this.#moments);
      this.#moments = larger;
    }
    this.#moments.copyWithin(2 * (index + 1), 2 * index, 2 * this.#count);
    this.#moments.set([step, event], 2 * index);
    this.#count += 1;
  }
}

/** The records of all breakpoints whose hit conditions are counted, kept up to date with where the run is. */
export class HitRecords {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #sources: (() => readonly HitRecord[])[] = [];

  constructor(debuggee: Debuggee, control: RunControl) {
    this.#debuggee = debuggee;
    this.#control = control;
    control.beforeRun = () => this.#catchUp();
    control.onRan = () => {
      for (const record of this.#all()) record.extend(debuggee.timeline.now);
    };
  }

  /** `list` gives the records in use, whenever it is asked. */
  addSource(list: () => readonly HitRecord[]): void {
    this.#sources.push(list);
  }

  /** The history has taken another course at a moment, or another branch of it is shown now. */
  historyChanged(fork?: Position): void {
    for (const record of this.#all()) {
      if (fork === undefined) record.forget();
      else record.cut(fork);
    }
  }

  #all(): HitRecord[] {
    return this.#sources.flatMap((list) => list());
  }

  /**
   * Finds out how often breakpoints with a hit condition were hit before now, where that was not followed. False when the user has
   * paused it: then nothing is known yet.
   */
  async #catchUp(): Promise<boolean> {
    const { timeline } = this.#debuggee;
    const { now } = timeline;
    const unknown = this.#all().filter((record) => !record.knows(now));
    if (unknown.length === 0) return true;
    for (const record of unknown) record.restart(timeline.start);
    if (timeline.isAtStart) return true;
    timeline.seek(timeline.start);
    const isWhole = await this.#control.review(now, [], () => {}, "included");
    timeline.seek(now);
    for (const record of unknown) {
      if (isWhole) record.extend(now);
      else record.forget();
    }
    return isWhole;
  }
}
