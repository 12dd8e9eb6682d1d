/**
 * What was wrong with the debug data, in sentences. Malformed data never stops the debugger: whoever reads it does so within
 * `guard`, keeps what it has, and the sentence is shown once (STYLE: partial truth is better than none).
 */

/** The debug data is malformed or of a kind that isn't supported. Thrown inside this folder only; `Problems.guard` catches it. */
export class DwarfDataError extends Error {
  override readonly name = "DwarfDataError";
}

const PROBLEM_COUNT_MAX = 50;

export class Problems {
  readonly #sentences = new Set<string>();

  get sentences(): string[] {
    return [...this.#sentences];
  }

  /** Adds a sentence, once; past a limit only the fact that there are more. */
  report(sentence: string): void {
    if (this.#sentences.size < PROBLEM_COUNT_MAX) this.#sentences.add(sentence);
    else this.#sentences.add("There are more problems of this kind.");
  }

  /** The value of `read`, or `fallback` and a reported sentence if the data is malformed. Our own errors pass through. */
  guard<T>(what: string, fallback: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DwarfDataError)) throw error;
      this.report(`${what}: ${error.message}`);
      return fallback;
    }
  }
}
