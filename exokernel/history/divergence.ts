/** Execution again does not come to a moment that its history names. */
import type { Position } from "../kernel.ts";

/**
 * Of a history that was made here, it is our mistake: two runs with the same inputs are the same. Of one that was laid out from
 * outside (`Timeline.load`), it says that this is not the history of these programs.
 */
export class Divergence extends Error {
  /** The moment that was to be reached. */
  readonly target: Position;
  /** Where the run is instead. */
  readonly now: Position;

  constructor(target: Position, now: Position, why: string) {
    const text = ({ step, event }: Position) => `step ${step}, event ${event}`;
    super(`assertion failed: re-execution towards ${text(target)} is at ${text(now)}: ${why}`);
    this.name = "Divergence";
    this.target = target;
    this.now = now;
  }
}
