/**
 * Questions to the past, one at a time. While one is answered the run is elsewhere, and what else is asked of the session waits: a view asks
 * at each stop, and nobody should be refused for that.
 */
import type { Handlers, RequestName } from "./requests.ts";

/** What is for the question itself, ends the session or is answered whatever the run does. */
const AT_ONCE: ReadonlySet<string> = new Set<RequestName>([
  "initialize",
  "launch",
  "configurationDone",
  "disconnect",
  "terminate",
  "pause",
  "exo/consoleInput",
]);

export class Questions {
  /** Resolves when the present question is answered. */
  #answered: Promise<void> | undefined;

  /** Does `work`, which answers a question, and then `after`, before anyone who has waited goes on. */
  async during<Answer>(work: () => Promise<Answer>, after: () => void): Promise<Answer> {
    let arrive = () => {};
    this.#answered = new Promise((resolve) => {
      arrive = resolve;
    });
    try {
      return await work();
    } finally {
      this.#answered = undefined;
      after();
      arrive();
    }
  }

  /** The handlers, of which all but those for a question in progress wait for its answer. */
  patient<Some extends Partial<Handlers>>(handlers: Some): Some {
    const patient = Object.entries(handlers).map(([name, handler]) => {
      const answer = handler as (args: unknown) => unknown;
      const later = async (args: unknown): Promise<unknown> => {
        while (this.#answered !== undefined) await this.#answered;
        return answer(args);
      };
      return [
        name,
        AT_ONCE.has(name)
          ? answer
          : (args: unknown) => (this.#answered === undefined ? answer(args) : later(args)),
      ];
    });
    return Object.fromEntries(patient) as Some;
  }
}
