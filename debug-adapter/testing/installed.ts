/**
 * Programs of others that a test needs. In continuous integration they are there (`.ci/run` installs them), and a test without them fails; on
 * somebody's own machine it is left out, and that is said.
 */
import { spawnSync } from "node:child_process";

/** Whether whatever a test needs must be there. */
export const MUST_BE_INSTALLED = ["CI", "EXOSCOPE_CI"].some(
  (name) => process.env[name] !== undefined,
);

/** Whether to leave out what `why` says, since one of these programs is not there. */
export function isLeftOut(programs: readonly string[], why: string): boolean {
  if (MUST_BE_INSTALLED) return false;
  const missing = programs.find((name) => spawnSync(name, ["--version"]).error !== undefined);
  if (missing !== undefined) console.info(`${missing} is not installed: ${why}`);
  return missing !== undefined;
}
