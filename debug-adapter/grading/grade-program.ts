/** Grades one program: builds it, makes the runs of the specification, and says of each test whether it passes and why not. */
import {
  type Answers,
  askNewRun,
  type Condition,
  sourcesOf,
  type Verdict,
} from "../checks/check.ts";
import type { Debuggee } from "../debuggee.ts";
import { noSuchFile, UserError } from "../errors.ts";
import type { Host } from "../host.ts";
import { boot, configureScenario } from "../launch.ts";
import { type Builder, loadProgram } from "../load-program.ts";
import type { LoadedImage } from "../loaded-image.ts";
import type { LaunchArguments } from "../protocol.ts";
import { captureRecording } from "../recording/capture.ts";
import type { RecordedMark } from "../recording/recording.ts";
import { writeRecording } from "../recording/write.ts";
import { RunControl } from "../run/run-control.ts";
import { imageName, type ScenarioEnvironment } from "../scenario.ts";
import {
  type BaseScenario,
  baseScenario,
  givenPrograms,
  type OneRun,
  resolveFrom,
  scenarioFor,
  theirPrograms,
  withSubmission,
} from "./graded-scenario.ts";
import type { Failure, ProgramResult, TestResult } from "./results.ts";
import { type GradeSpec, pointsOf, type RunSpec, type TestSpec } from "./spec.ts";

/** MiB: a graded run is looked back into a little, by several at once. */
const HISTORY_MEMORY = 64;
/** Number of the `UserError` of a mistake in a specification. */
const BAD_SPEC = 170;
/** Number of the `UserError` of a boot. */
const CANNOT_LAUNCH = 120;

export interface GradeParts {
  readonly host: Host;
  readonly builder: Builder;
  readonly compiler?: string | undefined;
  /** Programs of the scenario that are not graded, built once for all. */
  readonly given: Map<string, LoadedImage>;
  /** Writes the recording of a failing run and returns its path; none are made without. */
  readonly saveRecording?: ((run: string, text: string) => string) | undefined;
}

/**
 * Throws a `UserError` for a mistake in the specification or its scenario. What is wrong with the program is in the result, whatever it is.
 */
export async function gradeProgram(
  spec: GradeSpec,
  program: string | undefined,
  parts: GradeParts,
): Promise<ProgramResult> {
  const base = baseScenario(spec, parts.host);
  const name = program ?? ownName(spec, base);
  const built = new Map(parts.given);
  let submitted: BaseScenario;
  try {
    submitted = withSubmission(spec, base, program, parts.host);
    for (const named of theirPrograms(spec, submitted)) {
      await buildInto(built, spec, submitted, named, parts);
    }
  } catch (problem) {
    if (!(problem instanceof UserError) || problem.id === BAD_SPEC) throw problem;
    return notGraded(spec, name, "not built", problem.message);
  }
  for (const named of givenPrograms(spec, submitted)) {
    const { key, image } = await buildInto(built, spec, submitted, named, parts);
    parts.given.set(key, image);
  }
  const grading = new Grading(spec, submitted, parts, built);
  for (const run of spec.runs) await grading.make(run);
  return grading.result(name);
}

/** What a program is called that the scenario names itself. */
export const ownName = (spec: GradeSpec, base: BaseScenario): string =>
  [...new Set(theirPrograms(spec, base).map(({ program }) => program))].join(", ");

type Named = Pick<ScenarioEnvironment, "program" | "libos">;

/** Builds one program unless it is built already. */
async function buildInto(
  built: Map<string, LoadedImage>,
  spec: GradeSpec,
  base: BaseScenario,
  { program, libos = [] }: Named,
  parts: GradeParts,
): Promise<{ readonly key: string; readonly image: LoadedImage }> {
  const path = resolveFrom(base.path, program);
  const key = imageName({ program: path, libos });
  const known = built.get(key);
  if (known !== undefined) return { key, image: known };
  if (!parts.host.isFile(path)) throw noSuchFile(path);
  const args = { ...argumentsFor(spec, base, parts), libos };
  const image = await loadProgram(path, args, parts.host, parts.builder);
  built.set(key, image);
  return { key, image };
}

export function notGraded(
  spec: GradeSpec,
  program: string,
  verdict: "not built" | "not graded",
  problem: string,
): ProgramResult {
  const tests = spec.tests.map(({ name, points }) => ({
    name,
    points: 0,
    of: points,
    passed: false,
    failures: [{ run: "", reason: problem }],
  }));
  return { program, verdict, problem, points: 0, of: pointsOf(spec), steps: 0, tests };
}

function argumentsFor(
  spec: GradeSpec,
  base: BaseScenario,
  { compiler }: GradeParts,
): LaunchArguments {
  return {
    program: base.path,
    optimization: spec.optimization,
    historyMemory: HISTORY_MEMORY,
    ...(compiler === undefined ? {} : { compiler }),
  };
}

class Grading {
  readonly #spec: GradeSpec;
  readonly #base: BaseScenario;
  readonly #parts: GradeParts;
  readonly #failures = new Map<TestSpec, Failure[]>();
  readonly #built: ReadonlyMap<string, LoadedImage>;
  #steps = 0;

  constructor(
    spec: GradeSpec,
    base: BaseScenario,
    parts: GradeParts,
    built: ReadonlyMap<string, LoadedImage>,
  ) {
    this.#built = built;
    this.#spec = spec;
    this.#base = base;
    this.#parts = parts;
    for (const test of spec.tests) this.#failures.set(test, []);
  }

  async make(spec: RunSpec): Promise<void> {
    const tests = this.#spec.tests.filter(({ runs }) => runs.includes(spec.name));
    if (tests.length === 0) return;
    const seeds = spec.seeds.length === 0 ? [undefined] : spec.seeds;
    for (const seed of seeds) {
      try {
        for await (const run of this.#runsOf(spec, seed)) await this.#makeOnce(run, tests);
      } catch (problem) {
        // The machine cannot hold it: that is for its author to mend.
        if (!(problem instanceof UserError) || problem.id !== CANNOT_LAUNCH) throw problem;
        const failure = { run: spec.name, reason: problem.message };
        for (const test of tests) this.#failures.get(test)?.push(failure);
      }
    }
  }

  /** One for each power failure. */
  async *#runsOf(spec: RunSpec, seed: number | undefined): AsyncGenerator<OneRun> {
    const title = seed === undefined ? spec.name : `${spec.name}, seed ${seed}`;
    const { powerFailure } = spec;
    if (powerFailure === undefined) {
      yield { spec, title, seed, powerFailure };
      return;
    }
    const { beforeWrite, most, mode, seed: ownSeed } = powerFailure;
    const how = { mode, seed: seed ?? ownSeed };
    if (beforeWrite !== "each") {
      yield { spec, title, seed, powerFailure: { ...how, beforeWrite } };
      return;
    }
    const writes = await this.#writesOf({ spec, title, seed, powerFailure: undefined });
    for (let write = 1; write <= Math.min(writes, most); write += 1) {
      const each = `${title}, power fails before write ${write}`;
      yield { spec, title: each, seed, powerFailure: { ...how, beforeWrite: write } };
    }
  }

  /** How many writes to its disk a run makes that no power failure ends. */
  async #writesOf(run: OneRun): Promise<number> {
    const debuggee = await this.#boot(run);
    const control = this.#control(debuggee, run);
    control.isInteractive = false;
    await control.run();
    return debuggee.timeline.events(
      (event) => event.kind === "diskRequest" && event.request === "write",
    ).length;
  }

  async #makeOnce(run: OneRun, tests: readonly TestSpec[]): Promise<void> {
    const conditions = tests.flatMap((test) => test.conditions);
    const debuggee = await this.#boot(run);
    const control = this.#control(debuggee, run);
    const readSource = sourcesOf(this.#parts.host);
    const answers = await askNewRun({ debuggee, control, readSource }, { conditions });
    this.#steps += answers.seen.end.step;
    this.#note(run, tests, conditions, answers, debuggee);
  }

  #note(
    run: OneRun,
    tests: readonly TestSpec[],
    conditions: readonly Condition[],
    { verdicts }: Answers,
    debuggee: Debuggee,
  ): void {
    const verdictOf = (condition: Condition) => verdicts[conditions.indexOf(condition)] as Verdict;
    const failed = tests.flatMap((test) =>
      test.conditions
        .map(verdictOf)
        .filter(({ holds }) => !holds)
        .map((verdict) => ({ test, verdict })),
    );
    if (failed.length === 0) return;
    const { saveRecording, host } = this.#parts;
    const marks = failed.flatMap(({ test, verdict }) => markOf(test, verdict, debuggee));
    const recording = saveRecording?.(
      run.title,
      writeRecording(captureRecording(debuggee, marks, true, host)),
    );
    for (const { test, verdict } of failed) {
      const { reason, at } = verdict;
      this.#failures.get(test)?.push({
        run: run.title,
        reason,
        ...(at === undefined ? {} : { at }),
        ...(recording === undefined ? {} : { recording }),
      });
    }
  }

  async #boot(run: OneRun): Promise<Debuggee> {
    const args = argumentsFor(this.#spec, this.#base, this.#parts);
    const { host, builder } = this.#parts;
    const scenario = scenarioFor(this.#spec, this.#base, run);
    return boot(await configureScenario(scenario, args, host, builder, { built: this.#built }));
  }

  #control(debuggee: Debuggee, { spec }: OneRun): RunControl {
    const control = new RunControl(debuggee);
    control.limit = spec.steps;
    return control;
  }

  result(program: string): ProgramResult {
    const tests: TestResult[] = this.#spec.tests.map((test) => {
      const failures = this.#failures.get(test) ?? [];
      const passed = failures.length === 0;
      const { name, points: of } = test;
      return { name, points: passed ? of : 0, of, passed, failures };
    });
    const points = tests.reduce((sum, test) => sum + test.points, 0);
    const of = pointsOf(this.#spec);
    return { program, verdict: "graded", points, of, steps: this.#steps, tests };
  }
}

/** Where a test failed, for who opens the recording. */
function markOf(
  { name }: TestSpec,
  { reason, at }: Verdict,
  { timeline }: Debuggee,
): RecordedMark[] {
  if (at === undefined) return [];
  const place = timeline.clamp(at);
  return [{ name, note: reason, branch: timeline.branch.id, at: place }];
}
