/**
 * The hits of one breakpoint by the moment at which they come to pass. A hit condition is about the run, not about the session:
 * the third hit is the third of this history, from whichever side one comes to it (docs/time-travel.md).
 */
import { comparePositions, isBefore, type Position } from "#exokernel";

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
