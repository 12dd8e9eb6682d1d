/**
 * How often the loop for cold code is tried. Where it does next to nothing again and again, as between kernel calls, the interpreter goes on alone for
 * a while, each time for longer, unless much was decoded meanwhile: then there is code again that runs for the first time.
 */

/** A stretch of fewer steps is next to nothing; and so many of them may come one after the other. */
const IDLE_STEPS = 100;
const IDLE_MAX = 16;
/** So often control must come from elsewhere before the loop is tried again, the first time and at most. */
const SKIPS = 256;
const SKIPS_MAX = 1 << 16;
const MUCH_DECODED = 500;

export class ColdTrials {
  readonly #isAlways: boolean;
  #idle = 0;
  #skips = 0;
  #skipsNext = SKIPS;
  #decodedAtSkip = 0;

  /** With `isAlways` the loop is tried each time, whatever it does. */
  constructor(isAlways: boolean) {
    this.#isAlways = isAlways;
  }

  get isDue(): boolean {
    return this.#skips === 0;
  }

  /** Control has come from elsewhere, and the interpreter went on alone. */
  skipped(): void {
    this.#skips -= 1;
  }

  /** The loop has done so many steps, and so many instructions were decoded until now. */
  tried(steps: number, decoded: number): void {
    this.#idle = steps < IDLE_STEPS ? this.#idle + 1 : 0;
    if (this.#idle <= IDLE_MAX || this.#isAlways) return;
    const isKnown = decoded - this.#decodedAtSkip < MUCH_DECODED;
    this.#skipsNext = isKnown ? Math.min(SKIPS_MAX, this.#skipsNext * 2) : SKIPS;
    this.#skips = this.#skipsNext;
    this.#decodedAtSkip = decoded;
    this.#idle = IDLE_MAX - 2;
  }
}
