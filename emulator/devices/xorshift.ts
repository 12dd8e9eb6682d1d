/**
 * Marsaglia's xorshift32 (Journal of Statistical Software 8(14), 2003): chance that is the same for the same seed, which is
 * the only chance that the machine knows. Its state lives no longer than the decision that it is made for.
 */
export class Xorshift32 {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds begin far apart, and 0 is the one state that never leaves itself.
    const mixed = Math.imul((seed ^ (seed >>> 16)) + 0x9e37_79b9, 0x85eb_ca6b);
    this.#state = mixed ^ (mixed >>> 13) || 1;
  }

  /** The next 32 bits, unsigned; never 0. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }
}
