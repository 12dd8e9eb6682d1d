/**
 * While a session looks back the run is somewhere else than where the user stands: a question executes the past, a run backward
 * looks for its goal, a hit condition counts the hits until now. Meanwhile nothing may enter the run, and nobody may see where it is.
 */
import type { Debuggee } from "../debuggee.ts";
import { goesBack, UserError } from "../errors.ts";
import type { Handlers } from "./requests.ts";

export class LookingBack {
  readonly #debuggee: Debuggee;
  readonly #onTyped: () => void;
  /** Resolves when the run is again where it stays; undefined while it is. */
  #isHere: Promise<void> | undefined;
  /** What was typed meanwhile, to enter where the run stays. */
  readonly #typed: Uint8Array[] = [];
  /** Whether the run will stay elsewhere than it was: what is typed has no moment to which it belongs. */
  #goesBack = false;

  /** `onTyped` is called when bytes have entered. */
  constructor(debuggee: Debuggee, onTyped: () => void) {
    this.#debuggee = debuggee;
    this.#onTyped = onTyped;
  }

  /** Does `work`, which executes the past and comes back to where it began. It may be part of other such work. */
  async during<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    if (this.#isHere !== undefined) return work();
    const { timeline } = this.#debuggee;
    let arrive = () => {};
    this.#isHere = new Promise((resolve) => {
      arrive = resolve;
    });
    timeline.isLookedAt = true;
    try {
      return await work();
    } finally {
      timeline.isLookedAt = false;
      this.#isHere = undefined;
      for (const bytes of this.#typed.splice(0)) this.#enter(bytes);
      arrive();
    }
  }

  /** Does `work`, which goes to an earlier moment and stays there. */
  async back<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#goesBack = true;
    try {
      return await this.during(work);
    } finally {
      this.#goesBack = false;
    }
  }

  /** What is typed on the console enters now, or when the run is where it was. Throws `UserError`. */
  type(text: string): void {
    if (typeof text !== "string") {
      throw new UserError(128, "'text' of exo/consoleInput must be what is typed, as a string.");
    }
    if (text === "") return;
    const bytes = new TextEncoder().encode(text);
    if (this.#goesBack) throw goesBack();
    if (this.#isHere === undefined) this.#enter(bytes);
    else this.#typed.push(bytes);
  }

  /** Asks when the run is where it stays: at once, if it is. */
  async whenHere<Answer>(answer: () => Answer | Promise<Answer>): Promise<Answer> {
    while (this.#isHere !== undefined) await this.#isHere;
    return answer();
  }

  #enter(bytes: Uint8Array): void {
    this.#debuggee.typeOnConsole(bytes);
    this.#onTyped();
  }
}

/** Handlers whose answers show where the run is: they wait until it is where it stays. */
export function waiting<Some extends Partial<Handlers>>(
  handlers: Some,
  lookingBack: () => LookingBack | undefined,
): Some {
  const patient = Object.entries(handlers).map(([name, handler]) => {
    const answer = handler as (args: unknown) => unknown;
    return [
      name,
      (args: unknown) => {
        const guard = lookingBack();
        return guard === undefined ? answer(args) : guard.whenHere(() => answer(args));
      },
    ];
  });
  return Object.fromEntries(patient) as Some;
}
