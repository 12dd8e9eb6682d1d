/**
 * The end of a process, safely. Node 20 can stand still for ever when its event loop ends while V8 compiles in the background and
 * that compilation wants memory: it waits for a collection that nobody is left to make (seen in one of ten runs of `exo`
 * whose input is a pipe). So no new compilation begins, and what is under way is given a moment.
 */
import { setFlagsFromString } from "node:v8";

const MOMENT_MS = 40;

/** Ends with `status` when all that was written is out. */
export function leaveProcess(status: number): void {
  process.exitCode = status;
  setFlagsFromString("--no-opt");
  setTimeout(() => {}, MOMENT_MS);
}

/** The same, whatever still keeps the event loop alive. */
export function endProcess(status: number): void {
  leaveProcess(status);
  setTimeout(() => process.exit(status), MOMENT_MS);
}
