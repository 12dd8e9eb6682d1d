/** `exo bench`: how fast a program of the user's runs with each engine, and what it does with its steps. */
import { resolve } from "node:path";
import type { Engine } from "#emulator";
import { UserError } from "../errors.ts";
import { nodeHost } from "../host.ts";
import { baseName } from "../recording/origin.ts";
import { benchText } from "./bench-text.ts";
import { type Measured, type Profile, profileRun, type TimedRun, timeRun } from "./measure-run.ts";
import { configureRun } from "./run-command.ts";

/** What is found out about a program. */
export interface BenchReport {
  readonly program: string;
  readonly outcome: TimedRun["outcome"];
  readonly engines: Readonly<Record<Engine, EngineReport>>;
  /** The very first run, by the translator: nothing was warm in the host, as in a run of `exo run`. */
  readonly cold: Pick<TimedRun, "milliseconds" | "firstOutput">;
  readonly translation: TimedRun["translation"];
  readonly profile: Profile;
}

export interface EngineReport {
  readonly stepsPerSecond: Spread;
  readonly milliseconds: Spread;
  /** Missing where the program writes nothing. */
  readonly firstOutputMilliseconds?: Spread;
}

/** Of several runs. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const ENGINES: readonly Engine[] = ["translator", "interpreter"];
const RUNS = 5;
const TOP = 10;
/** A program that does not end is measured so far. */
const STEPS = 10 ** 9;

/** Exit status 0 when it was measured, whatever the program ended with. */
export async function benchCommand(argv: readonly string[], root: string): Promise<number> {
  const { configuration, args, values } = await configureRun(argv, root, {
    runs: { type: "string" },
    top: { type: "string" },
    input: { type: "string" },
    json: { type: "boolean" },
  });
  const runs = count("runs", values.runs ?? String(RUNS), 1);
  const top = count("top", values.top ?? String(TOP), 0);
  const measured: Measured = {
    configuration,
    input: values.input === undefined ? new Uint8Array() : inputOf(values.input),
    maxSteps: args.maxSteps ?? STEPS,
  };
  const report = measure(baseName(args.program), measured, runs);
  process.stdout.write(
    values.json === true ? `${JSON.stringify(report, null, 2)}\n` : benchText(report, runs, top),
  );
  return 0;
}

/** The engines take turns, so that the host's moods meet both. */
function measure(program: string, measured: Measured, runs: number): BenchReport {
  const timed: Record<Engine, TimedRun[]> = { translator: [], interpreter: [] };
  for (let i = 0; i < runs; i += 1) {
    for (const engine of ENGINES) timed[engine].push(timeRun(measured, engine));
  }
  const [first] = timed.translator;
  if (first === undefined) throw new Error("assertion failed: nothing was run");
  const { outcome, milliseconds, firstOutput } = first;
  for (const { outcome: other } of [...timed.translator, ...timed.interpreter]) {
    if (JSON.stringify(other) === JSON.stringify(outcome)) continue;
    const [found, expected] = [JSON.stringify(other), JSON.stringify(outcome)];
    throw new Error(`assertion failed: equal runs ended with ${found} and with ${expected}`);
  }
  return {
    program,
    outcome,
    engines: {
      translator: reportOf(timed.translator),
      interpreter: reportOf(timed.interpreter),
    },
    cold: {
      milliseconds: hundredths(milliseconds),
      firstOutput: firstOutput === undefined ? undefined : hundredths(firstOutput),
    },
    translation: first.translation,
    profile: profileRun(measured, outcome.steps - outcome.idle),
  };
}

function reportOf(timed: readonly TimedRun[]): EngineReport {
  const outputs = timed.flatMap(({ firstOutput }) => firstOutput ?? []);
  return {
    // Time in which nobody runs takes none of the host's.
    stepsPerSecond: spread(
      timed.map(({ milliseconds, outcome: { steps, idle } }) =>
        Math.round((1000 * (steps - idle)) / milliseconds),
      ),
    ),
    milliseconds: spread(timed.map(({ milliseconds }) => hundredths(milliseconds))),
    ...(outputs.length === 0 ? {} : { firstOutputMilliseconds: spread(outputs.map(hundredths)) }),
  };
}

const hundredths = (value: number): number => Math.round(100 * value) / 100;

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  return {
    median: at(Math.floor(sorted.length / 2)),
    least: at(0),
    most: at(sorted.length - 1),
  };
}

function inputOf(name: string): Uint8Array {
  const path = resolve(name);
  if (!nodeHost.isFile(path)) throw new UserError(1, `--input: there is no file '${path}'.`);
  return nodeHost.readBytes(path);
}

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= 1000) return value;
  throw new UserError(
    1,
    `--${option} must be a whole number from ${least} to 1000, not '${text}'.`,
  );
}
