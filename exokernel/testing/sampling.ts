/**
 * How many cases a property is tried with: few by default, a sample where EXOSCOPE_CI is set (.ci/run), all that are meant with
 * EXOSCOPE_FULL=1. The seed is said at each run, so that what a long run finds can be run again: pass it on as EXOSCOPE_SEED.
 */
import type fc from "fast-check";

export const FULL = process.env["EXOSCOPE_FULL"] === "1";
/** Somebody waits for the tests: a third of each sample, and what is compiled differently is tried one way. */
export const QUICK = !FULL && process.env["EXOSCOPE_CI"] === undefined;
/** Optimisations that the libOS is tried with. */
export const LEVELS: readonly ("0" | "2")[] = QUICK ? ["2"] : ["0", "2"];
export const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** Milliseconds that a property may take. */
export const TIMEOUT = FULL ? 3_000_000 : 60_000;

export function announceSeed(what: string): void {
  console.info(`${what}: EXOSCOPE_SEED=${SEED}`);
}

/** fast-check's parameters; a failure names the seed and the run. */
export const sampled = <T>(sample: number, full: number): fc.Parameters<T> => ({
  seed: SEED,
  numRuns: FULL ? full : QUICK ? Math.ceil(sample / 3) : sample,
  reporter: (run) => {
    if (!run.failed) return;
    const { errorInstance, numRuns, seed } = run;
    throw new Error(`seed ${seed}, run ${numRuns}: ${(errorInstance as Error).message}`, {
      cause: errorInstance,
    });
  },
});
