/** The scenario of one graded run: the specification's, with the program that is graded in it and what the run changes. */
import { didYouMean } from "../checks/json-place.ts";
import { badChecks, noSuchFile } from "../errors.ts";
import type { Host } from "../host.ts";
import { baseName, folderOf, isAbsolute } from "../recording/origin.ts";
import {
  diskPrograms,
  parseScenario,
  type Scenario,
  type ScenarioEnvironment,
  scenarioOf,
} from "../scenario.ts";
import type { GradeSpec, PowerFailureSpec, RunSpec } from "./spec.ts";

type Json = Readonly<Record<string, unknown>>;

/** A run that is made once. */
export interface OneRun {
  readonly spec: RunSpec;
  /** `crashes, power fails before write 3`. */
  readonly title: string;
  readonly seed: number | undefined;
  readonly powerFailure:
    | (Omit<PowerFailureSpec, "beforeWrite" | "most"> & { readonly beforeWrite: number })
    | undefined;
}

/** A program that is still to be named. */
const NO_FILE = "program.c";

export interface BaseScenario {
  /** The file that its paths are relative to. */
  readonly path: string;
  readonly source: Json;
}

/** The scenario as its file has it. Throws a `UserError` where it, or what the specification says of it, is wrong. */
export function baseScenario(spec: GradeSpec, host: Host): BaseScenario {
  const { scenario } = spec;
  if (typeof scenario === "string") {
    const path = resolveFrom(spec.path, scenario);
    if (!host.isFile(path)) {
      throw badChecks(spec.path, `'scenario' names '${scenario}', but there is no file '${path}'.`);
    }
    const { source } = parseScenario(path, new TextDecoder().decode(host.readBytes(path)));
    return checked(spec, { path, source });
  }
  if (scenario !== undefined) {
    scenarioOf(spec.path, scenario);
    return checked(spec, { path: spec.path, source: scenario });
  }
  const [name = "program"] = spec.submission;
  const environments = [{ name, program: spec.file ?? NO_FILE, createsEnvironments: true }];
  return { path: spec.path, source: { environments } };
}

function checked(spec: GradeSpec, base: BaseScenario): BaseScenario {
  const names = [...environmentsOf(base.source).map(nameOf), ...Object.keys(filesOf(base.source))];
  for (const name of spec.submission) {
    if (names.includes(name)) continue;
    throw badChecks(
      spec.path,
      `'submission' names '${name}', which the scenario does not have${didYouMean(name, names)}`,
    );
  }
  return base;
}

/**
 * The scenario with the program in place: `program` is a file, or a folder with the files of the names that the scenario has for them.
 * Throws a `UserError` when the file is not there. Without one it is the program that the scenario, or the specification's `file`, names.
 */
export function withSubmission(
  spec: GradeSpec,
  base: BaseScenario,
  program: string | undefined,
  host: Host,
): BaseScenario {
  const isAlone = spec.scenario === undefined;
  if (program === undefined) {
    if (!isAlone || spec.file !== undefined) return base;
    throw badChecks(
      spec.path,
      "it has neither a 'scenario' nor a 'file'; name the program that is to be graded.",
    );
  }
  const fileFor = (original: string): string => {
    if (host.isFile(program)) return program;
    const name = isAlone && spec.file === undefined ? undefined : baseName(spec.file ?? original);
    if (name === undefined) throw noSuchFile(program);
    const path = `${program.replace(/[\\/]+$/, "")}/${name}`;
    if (!host.isFile(path)) throw noSuchFile(path);
    return path;
  };
  const isTheirs = (name: string) => spec.submission.includes(name);
  const environments = environmentsOf(base.source).map((each) =>
    isTheirs(nameOf(each))
      ? { ...each, name: nameOf(each), program: fileFor(String(each["program"])) }
      : each,
  );
  const files = Object.fromEntries(
    Object.entries(filesOf(base.source)).map(([name, file]) => [
      name,
      isTheirs(name) ? fileOf(file, fileFor) : file,
    ]),
  );
  const { disk } = base.source;
  return {
    path: base.path,
    source: {
      ...base.source,
      environments,
      ...(Object.keys(files).length === 0 ? {} : { disk: { ...(disk as Json), files } }),
    },
  };
}

/** The programs that are graded, in a scenario that has them. */
export const theirPrograms = (spec: GradeSpec, base: BaseScenario): Named[] =>
  programsOf(spec, base, (name) => spec.submission.includes(name));

/** All others. */
export const givenPrograms = (spec: GradeSpec, base: BaseScenario): Named[] =>
  programsOf(spec, base, (name) => !spec.submission.includes(name));

type Named = Pick<ScenarioEnvironment, "program" | "libos">;

function programsOf(
  { path }: GradeSpec,
  { source }: BaseScenario,
  isWanted: (name: string) => boolean,
): Named[] {
  const scenario = scenarioOf(path, source);
  return [
    ...scenario.environments.filter(({ name }) => isWanted(name)),
    ...diskPrograms(scenario).filter((file) => isWanted(file.path)),
  ].map(({ program, libos }) => ({ program, ...(libos === undefined ? {} : { libos }) }));
}

function fileOf(file: unknown, fileFor: (original: string) => string): unknown {
  if (typeof file === "string") return fileFor(file);
  const { program } = file as Json;
  return { ...(file as Json), program: fileFor(String(program)) };
}

/** What is run: the change of the run, its seed and its power failure applied. Throws a `UserError` in the specification's name. */
export function scenarioFor(spec: GradeSpec, base: BaseScenario, run: OneRun): Scenario {
  const { environments: byName, ...change } = run.spec.change;
  let source = patched(base.source, change) as Json;
  if (byName !== undefined)
    source = { ...source, environments: changedBy(spec, source, run, byName) };
  if (run.powerFailure !== undefined) {
    const { disk } = source;
    if (disk === undefined) {
      throw badChecks(
        spec.path,
        `'runs.${run.spec.name}.powerFailure' needs a scenario with a 'disk'.`,
      );
    }
    source = { ...source, disk: { ...(disk as Json), crash: run.powerFailure } };
  }
  if (run.seed !== undefined) source = withSeed(source, String(run.seed)) as Json;
  return scenarioOf(spec.path, source);
}

function changedBy(spec: GradeSpec, source: Json, run: OneRun, byName: unknown): unknown {
  const all = environmentsOf(source);
  const names = all.map(nameOf);
  const where = `'runs.${run.spec.name}.change.environments'`;
  if (typeof byName !== "object" || byName === null || Array.isArray(byName)) {
    throw badChecks(spec.path, `${where} must be an object { "name": { ... } }.`);
  }
  for (const name of Object.keys(byName)) {
    if (names.includes(name)) continue;
    throw badChecks(spec.path, `${where} has no environment '${name}'${didYouMean(name, names)}`);
  }
  return all.map((each) => patched(each, (byName as Json)[nameOf(each)] ?? {}));
}

/** JSON merge patch, RFC 7396. */
function patched(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = patched(result[key], value);
  }
  return result;
}

/** What the seed takes the place of, in any text of the scenario. */
const SEED = "$".concat("{seed}");

function withSeed(json: unknown, seed: string): unknown {
  if (typeof json === "string") return json.replaceAll(SEED, seed);
  if (Array.isArray(json)) return json.map((item) => withSeed(item, seed));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, withSeed(value, seed)]),
  );
}

const environmentsOf = (source: Json): Json[] =>
  (source["environments"] as Json[] | undefined) ?? [];

function nameOf(environment: Json): string {
  const { name, program } = environment;
  return typeof name === "string" ? name : baseName(String(program)).replace(/\.(c|elf)$/, "");
}

const filesOf = (source: Json): Json =>
  ((source["disk"] as Json | undefined)?.["files"] as Json | undefined) ?? {};

/** A path in a file is relative to the file's folder. */
export function resolveFrom(file: string, path: string): string {
  if (isAbsolute(path)) return path;
  const parts = folderOf(file).split("/");
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
