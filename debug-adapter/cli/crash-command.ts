/** `exo crash`: a scenario whose power fails before each of its writes, and what the next boot makes of the disk. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { POWER_FAILURE_MODES } from "#emulator";
import { UserError } from "../errors.ts";
import { nodeHost } from "../host.ts";
import { boot, configure } from "../launch.ts";
import type { CrashOutcome } from "../protocol.ts";
import { crashEverywhere } from "../queries/crashes.ts";
import { consoleBuilder } from "./run-command.ts";

/** Exit status 0 when every second boot ended with 0, else 1. */
export async function crashCommand(argv: readonly string[], root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      mode: { type: "string", default: "drop" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      compiler: { type: "string" },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new UserError(1, "Name one scenario with a disk (.exo.json).");
  }
  const mode = POWER_FAILURE_MODES.find((each) => each === values.mode);
  if (mode === undefined) {
    throw new UserError(
      1,
      `--mode is one of ${POWER_FAILURE_MODES.join(", ")}, not '${values.mode}'.`,
    );
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new UserError(
      1,
      `--seed must be a whole number from 0 to 2^32 - 1, not '${values.seed}'.`,
    );
  }
  const args = {
    program: resolve(file),
    ...(values.compiler === undefined ? {} : { compiler: values.compiler }),
  };
  const { disk, ...rest } = await configure(args, nodeHost, consoleBuilder(root));
  const { crash: _planned, ...plain } = disk ?? { sectors: 0 };
  const debuggee = boot({ ...rest, ...(disk === undefined ? {} : { disk: plain }) });
  const outcomes = await crashEverywhere(debuggee, { mode, seed });
  process.stdout.write(values.json ? `${JSON.stringify(outcomes)}\n` : table(outcomes));
  return outcomes.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}

function table(outcomes: readonly CrashOutcome[]): string {
  const count = outcomes.length - 1;
  return outcomes
    .map(({ writesDone, outcome, exitCode }) => {
      const verdict = exitCode === 0 ? "ok  " : "FAIL";
      return `${verdict}  after ${writesDone} of ${count} writes: ${outcome}\n`;
    })
    .join("");
}
