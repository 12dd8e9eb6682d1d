/**
 * The hits of one breakpoint by the moment at which they come to pass. A hit condition is about the run, not about the session:
 * the third hit is the third of this history, from whichever side one comes to it (docs/time-travel.md).
 */
import { comparePositions, isBefore, type Position } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import type { RunControl } from "./run/run-control.ts";

export class HitRecord {
  #hits: Position[] = [];
  /** Until where all hits are known; undefined while nothing is. */
  #knownTo: Position | undefined;

  knows(position: Position): boolean {
    return this.#knownTo !== undefined && comparePositions(position, this.#knownTo) <= 0;
  }

  /** Begins anew: what follows is known from `start` on. */
  restart(start: Position): void {
    this.#hits = [];
    this.#knownTo = start;
  }

  /** Notes a hit and says the how manieth it is. */
  note(at: Position): number {
    const known = this.#hits.findIndex((hit) => comparePositions(hit, at) >= 0);
    if (known < 0) {
      this.#hits.push(at);
      this.extend(at);
      return this.#hits.length;
    }
    if (comparePositions(this.#hits[known] as Position, at) !== 0) this.#hits.splice(known, 0, at);
    return known + 1;
  }

  /** The run was followed until here. */
  extend(position: Position): void {
    if (this.#knownTo !== undefined && isBefore(this.#knownTo, position)) this.#knownTo = position;
  }

  /** The run took another course here. */
  cut(position: Position): void {
    this.#hits = this.#hits.filter((hit) => comparePositions(hit, position) <= 0);
    if (this.#knownTo !== undefined && isBefore(position, this.#knownTo)) this.#knownTo = position;
  }

  forget(): void {
    this.#hits = [];
    this.#knownTo = undefined;
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

  /** Finds out how often breakpoints with a hit condition were hit before now, where that was not followed. */
  async #catchUp(): Promise<void> {
    const { timeline } = this.#debuggee;
    const { now } = timeline;
    const unknown = this.#all().filter((record) => !record.knows(now));
    if (unknown.length === 0) return;
    for (const record of unknown) record.restart(timeline.start);
    if (timeline.isAtStart) return;
    timeline.seek(timeline.start);
    await this.#control.review(now, [], () => {});
    timeline.seek(now);
    for (const record of unknown) record.extend(now);
  }
}
