/** `exo crash`: a scenario whose power fails before each of its writes, or barriers too, and what the next boot makes of the disk. */
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
      seeds: { type: "string", default: "1" },
      barriers: { type: "boolean", default: false },
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
  const seed = wholeNumber("seed", values.seed, 0);
  const seeds = mode === "random" ? wholeNumber("seeds", values.seeds, 1) : 1;
  const args = {
    program: resolve(file),
    ...(values.compiler === undefined ? {} : { compiler: values.compiler }),
  };
  const { disk, ...rest } = await configure(args, nodeHost, consoleBuilder(root));
  const { crash: _planned, ...plain } = disk ?? { sectors: 0 };
  const debuggee = boot({ ...rest, ...(disk === undefined ? {} : { disk: plain }) });
  const points = values.barriers ? "writes and barriers" : "writes";
  const outcomes: SeededOutcome[] = [];
  for (let i = 0; i < seeds; i += 1) {
    const how = { mode, seed: (seed + i) >>> 0 };
    const tried = await crashEverywhere(debuggee, how, undefined, points);
    outcomes.push(
      ...tried.map((outcome) => (seeds > 1 ? { ...outcome, seed: how.seed } : outcome)),
    );
  }
  process.stdout.write(values.json ? `${JSON.stringify(outcomes)}\n` : table(outcomes));
  return outcomes.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}

/** With several seeds each outcome says of which it is. */
type SeededOutcome = CrashOutcome & { readonly seed?: number };

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= 0xffff_ffff) return value;
  throw new UserError(
    1,
    `--${option} must be a whole number from ${least} to 2^32 - 1, not '${text}'.`,
  );
}

function table(outcomes: readonly SeededOutcome[]): string {
  const count = outcomes.at(-1)?.writesDone ?? 0;
  return outcomes
    .map(({ writesDone, beforeBarrier, seed, outcome, exitCode }) => {
      const verdict = exitCode === 0 ? "ok  " : "FAIL";
      const barrier = beforeBarrier === undefined ? "" : `, before barrier ${beforeBarrier}`;
      const which = seed === undefined ? "" : `seed ${seed}, `;
      return `${verdict}  ${which}after ${writesDone} of ${count} writes${barrier}: ${outcome}\n`;
    })
    .join("");
}
