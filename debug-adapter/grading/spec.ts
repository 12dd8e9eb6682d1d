/** Grading specifications (`*.grade.json`, docs/grading.md): which run, with which program in it, and what is worth points. */

import { POWER_FAILURE_MODES, type PowerFailureMode } from "#emulator";
import { type Condition, JsonPlace, readCondition } from "../checks/check.ts";

/** How a run differs from the scenario. */
export interface RunSpec {
  readonly name: string;
  /** Limit of the run in steps. */
  readonly steps: number;
  /** A merge patch (RFC 7396) for the scenario; its `environments` are by name. */
  readonly change: Readonly<Record<string, unknown>>;
  /** What `${seed}` stands for in the scenario; a run for each. */
  readonly seeds: readonly number[];
  readonly powerFailure?: PowerFailureSpec;
}

export interface PowerFailureSpec {
  /** Number of the write before which the power fails, or one run for each write of the run without failure. */
  readonly beforeWrite: number | "each";
  readonly mode: PowerFailureMode;
  readonly seed: number;
  /** More writes than so many are not tried. */
  readonly most: number;
}

export interface TestSpec {
  readonly name: string;
  readonly points: number;
  /** Names of the runs in which it must pass. */
  readonly runs: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface GradeSpec {
  readonly path: string;
  readonly title: string;
  /** A scenario's path, relative to this file, or the scenario itself; undefined: the program alone. */
  readonly scenario: string | Readonly<Record<string, unknown>> | undefined;
  /** Environments (or files of the disk) whose program is the one that is graded. */
  readonly submission: readonly string[];
  /** Name of the program's file where a folder is handed in. */
  readonly file?: string;
  readonly optimization: "0" | "1" | "2" | "3" | "s";
  readonly runs: readonly RunSpec[];
  readonly tests: readonly TestSpec[];
}

const STEPS = 20_000_000;
const STEPS_MAX = 10_000_000_000;
const WRITES_MOST = 200;
const KEYS = [
  "$schema",
  "title",
  "description",
  "scenario",
  "submission",
  "file",
  "optimization",
  "steps",
  "runs",
  "tests",
];

/** Reads a specification. Throws a `UserError` that says what is wrong where. */
export function readSpec(path: string, text: string): GradeSpec {
  const root = JsonPlace.parse(path, text);
  root.only(KEYS);
  const steps = root.optional("steps", (at) => at.integer(1, STEPS_MAX)) ?? STEPS;
  const runs = root.optional("runs", (at) => readRuns(at, steps)) ?? [runOf("run", steps)];
  const file = root.optional("file", (at) => at.string());
  return {
    path,
    title:
      root.optional("title", (at) => at.string()) ?? path.replace(/^.*[\\/]|\.grade\.json$/g, ""),
    scenario: root.optional("scenario", readScenario),
    submission: root.optional("submission", (at) => at.strings()) ?? ["program"],
    ...(file === undefined ? {} : { file }),
    optimization:
      root.optional("optimization", (at) => at.word(["0", "1", "2", "3", "s"] as const)) ?? "0",
    runs,
    tests: readTests(root.at("tests"), runs),
  };
}

/** The most that can be had. */
export const pointsOf = ({ tests }: GradeSpec): number =>
  tests.reduce((sum, { points }) => sum + points, 0);

function readScenario(at: JsonPlace): GradeSpec["scenario"] {
  return at.isString ? at.string() : objectOf(at);
}

function objectOf(at: JsonPlace): Readonly<Record<string, unknown>> {
  at.keys();
  return at.value as Readonly<Record<string, unknown>>;
}

function runOf(name: string, steps: number): RunSpec {
  return { name, steps, change: {}, seeds: [] };
}

function readRuns(at: JsonPlace, steps: number): RunSpec[] {
  const names = at.keys();
  if (names.length === 0) throw at.error("must have at least one run");
  return names.map((name) => readRun(at.at(name), name, steps));
}

function readRun(at: JsonPlace, name: string, steps: number): RunSpec {
  at.only(["description", "steps", "change", "console", "seeds", "powerFailure"]);
  const powerFailure = at.optional("powerFailure", readPowerFailure);
  const console = at.optional("console", (each) => each.items().map(({ value }) => value));
  return {
    name,
    steps: at.optional("steps", (each) => each.integer(1, STEPS_MAX)) ?? steps,
    change: {
      ...at.optional("change", objectOf),
      ...(console === undefined ? {} : { console }),
    },
    seeds:
      at.optional("seeds", (each) => each.items(1).map((item) => item.integer(0, 0xffff_ffff))) ??
      [],
    ...(powerFailure === undefined ? {} : { powerFailure }),
  };
}

function readPowerFailure(at: JsonPlace): PowerFailureSpec {
  at.only(["beforeWrite", "mode", "seed", "most"]);
  const before = at.at("beforeWrite");
  return {
    beforeWrite: before.isString ? before.word(["each"] as const) : before.integer(1),
    mode: at.optional("mode", (each) => each.word(POWER_FAILURE_MODES)) ?? "drop",
    seed: at.optional("seed", (each) => each.integer(0, 0xffff_ffff)) ?? 1,
    most: at.optional("most", (each) => each.integer(1, 10_000)) ?? WRITES_MOST,
  };
}

function readTests(at: JsonPlace, runs: readonly RunSpec[]): TestSpec[] {
  const known = runs.map(({ name }) => name);
  const names = new Set<string>();
  return at.items(1).map((item) => {
    item.only(["name", "points", "runs", "conditions", "description"]);
    const name = item.at("name").string();
    if (names.has(name)) throw item.at("name").error("is the name of another test already");
    names.add(name);
    const only = item.optional("runs", (each) =>
      each.isList ? each.items(1).map((one) => one.word(known)) : [each.word(known)],
    );
    return {
      name,
      points: item.optional("points", readPoints) ?? 1,
      runs: only ?? known,
      conditions: item.at("conditions").items(1).map(readCondition),
    };
  });
}

function readPoints(at: JsonPlace): number {
  const { value } = at;
  if (typeof value !== "number" || !(value >= 0 && value <= 1_000_000)) {
    throw at.error("must be a number of points, at least 0");
  }
  return value;
}
