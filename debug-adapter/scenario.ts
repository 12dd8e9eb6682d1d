/**
 * Scenarios (`*.exo.json`): several environments with programs and arguments, the machine, time, scripted input. The
 * schema for editors is `extension/schemas/scenario.schema.json`; this parser has the last word and says where.
 */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import {
  DEFAULT_LATENCY,
  type DiskLatency,
  POWER_FAILURE_MODES,
  type PowerFailureMode,
  SECTORS_MAX,
  SECTORS_PER_PAGE,
} from "#emulator";
import {
  defaultPolicy,
  type GuardName,
  isWeakenable,
  type PlannedCrash,
  WEAKENABLE_GUARDS,
} from "#exokernel";
import { badScenario } from "./errors.ts";
import { type DiskFiles, type ProgramFile, readFiles } from "./scenario-files.ts";
import { type Checks, readNetwork, type ScenarioNetwork } from "./scenario-network.ts";

export interface ScenarioEnvironment {
  readonly name: string;
  /** Path relative to the scenario file, or absolute. */
  readonly program: string;
  /** Parts of the libOS that it is linked with besides those that it names by their headers. */
  readonly libos?: readonly string[];
  readonly arguments: readonly string[];
  readonly slices: number | readonly number[];
  readonly createsEnvironments: boolean;
  /** Pages guaranteed to it; the policy's number when missing. */
  readonly guaranteed?: number;
  /** Pages that it may be charged with. */
  readonly quota?: number;
  readonly administers?: boolean;
  readonly isArbiter?: boolean;
}

/** What an environment runs, as a name: programs of one source that are linked with other parts of the libOS are two. */
export function imageName({
  program,
  libos = [],
}: Pick<ScenarioEnvironment, "program" | "libos">): string {
  return libos.length === 0 ? program : `${program}${LINKED_WITH}${libos.join(",")}`;
}

/** The same back: the program and the parts. */
export function imageOfName(name: string): Pick<ScenarioEnvironment, "program" | "libos"> {
  const [program = "", libos] = name.split(LINKED_WITH);
  return libos === undefined ? { program } : { program, libos: libos.split(",") };
}

const LINKED_WITH = "|";

export interface Scenario {
  readonly pages: number | undefined;
  readonly tlbEntries: number | undefined;
  readonly tick: number | undefined;
  /** Overrides of `exokernel/policy.ts` by name. */
  readonly policy: Readonly<Record<string, number>>;
  readonly environments: readonly ScenarioEnvironment[];
  readonly console: readonly { readonly step: number; readonly bytes: Uint8Array }[];
  /** The scenario as its file says it: what a recording keeps. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly disk?: ScenarioDisk;
  readonly network?: ScenarioNetwork;
  /** Guards that let calls go on when they do not hold. */
  readonly weaken?: readonly GuardName[];
}

export interface ScenarioDisk {
  readonly sectors: number;
  /** What the disk holds at first: a path relative to the scenario file, or absolute. */
  readonly image?: string;
  /** The file system that is made on it instead. */
  readonly contents?: DiskFiles;
  readonly latency?: DiskLatency;
  readonly crash?: PlannedCrash;
}

/** Programs that are built for a scenario's disk. */
export function diskPrograms({ disk }: Pick<Scenario, "disk">): ProgramFile[] {
  return (disk?.contents?.files ?? []).filter((file) => file.kind === "program");
}

const PAGES = { min: 512, max: 131_072 };
const SLICE_POSITIONS = 64;
const ENVIRONMENTS_MAX = 254;
const POLICIES = Object.keys(defaultPolicy());

/** Parses a scenario's text; comments are allowed in it. Throws a `UserError` that names the file and the key. */
export function parseScenario(path: string, text: string): Scenario {
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const before = text.slice(0, first.offset);
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const what = printParseErrorCode(first.error).replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
    throw badScenario(path, `it is not valid JSON at line ${line}, column ${column}:${what}.`);
  }
  return scenarioOf(path, json);
}

/** The same for what was parsed already, as a part of the file `path`. */
export function scenarioOf(path: string, json: unknown): Scenario {
  return new Reader(path).scenario(json);
}

const isMode = (mode: unknown): mode is PowerFailureMode =>
  POWER_FAILURE_MODES.some((known) => known === mode);

type Json = Record<string, unknown>;

class Reader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  scenario(json: unknown): Scenario {
    const root = this.#object(json, "the scenario");
    this.#known(root, "the scenario", [
      "$schema",
      "machine",
      "tick",
      "policy",
      "environments",
      "console",
      "disk",
      "network",
      "weaken",
      "description",
    ]);
    const machine = this.#object(root["machine"] ?? {}, "machine");
    this.#known(machine, "machine", ["pages", "tlb"]);
    const policy = this.#object(root["policy"] ?? {}, "policy");
    this.#known(policy, "policy", POLICIES);
    const list = root["environments"];
    if (!Array.isArray(list) || list.length === 0) {
      this.#fail("'environments' must be a list with at least one environment");
    }
    if (list.length > ENVIRONMENTS_MAX) {
      this.#fail(
        `'environments' has ${list.length} entries, at most ${ENVIRONMENTS_MAX} are possible`,
      );
    }
    const environments = list.map((item, i) => this.#environment(item, `environments[${i}]`));
    if (environments.filter(({ isArbiter }) => isArbiter).length > 1) {
      this.#fail("two environments are the arbiter; there is one at most");
    }
    const names = new Set<string>();
    for (const { name } of environments) {
      if (names.has(name)) this.#fail(`two environments are called '${name}'; names must differ`);
      names.add(name);
    }
    const slices = environments.reduce(
      (sum, e) => sum + (typeof e.slices === "number" ? e.slices : e.slices.length),
      0,
    );
    if (slices > SLICE_POSITIONS) {
      this.#fail(`the environments want ${slices} slices, the vector has ${SLICE_POSITIONS}`);
    }
    const input = root["console"] ?? [];
    if (!Array.isArray(input)) this.#fail("'console' must be a list of { at, text }");
    return {
      pages: this.#optionalInteger(machine["pages"], "machine.pages", PAGES.min, PAGES.max),
      tlbEntries: this.#optionalInteger(machine["tlb"], "machine.tlb", 3, 1024),
      tick: this.#optionalInteger(root["tick"], "tick", 10, 1_000_000_000),
      policy: Object.fromEntries(
        Object.entries(policy).map(([key, value]) => [
          key,
          this.#integer(value, `policy.${key}`, 0, 1_000_000_000),
        ]),
      ),
      environments,
      console: input.map((item, i) => this.#input(item, `console[${i}]`)),
      source: root,
      ...(root["disk"] === undefined ? {} : { disk: this.#disk(root["disk"]) }),
      ...(root["network"] === undefined
        ? {}
        : { network: readNetwork(root["network"], this.#checks) }),
      ...(root["weaken"] === undefined ? {} : { weaken: this.#guards(root["weaken"]) }),
    };
  }

  get #checks(): Checks {
    return {
      object: (json, where) => this.#object(json, where),
      known: (object, where, keys) => this.#known(object, where, keys),
      string: (json, where) => this.#string(json, where),
      integer: (json, where, min, max) => this.#integer(json, where, min, max),
      fail: (what) => this.#fail(what),
    };
  }

  #guards(json: unknown): GuardName[] {
    if (!Array.isArray(json)) this.#fail("'weaken' must be a list of names of guards");
    return json.map((item, i) => {
      const name = this.#string(item, `weaken[${i}]`);
      if (!isWeakenable(name)) {
        this.#fail(
          `'weaken' names '${name}', which is none of the ${WEAKENABLE_GUARDS.length} guards that can be weakened; the editor offers them, and docs/guards.md lists them`,
        );
      }
      return name;
    });
  }

  #disk(json: unknown): ScenarioDisk {
    const disk = this.#object(json, "disk");
    this.#known(disk, "disk", ["sectors", "image", "inodes", "files", "latency", "crash"]);
    const sectors = this.#integer(disk["sectors"], "disk.sectors", SECTORS_PER_PAGE, SECTORS_MAX);
    if (sectors % SECTORS_PER_PAGE !== 0) {
      this.#fail(
        `'disk.sectors' is ${sectors} and must be a multiple of ${SECTORS_PER_PAGE}: whole pages of 4 KiB`,
      );
    }
    const [image, latency, crash] = [disk["image"], disk["latency"], disk["crash"]];
    if (disk["files"] === undefined && disk["inodes"] !== undefined) {
      this.#fail("'disk.inodes' is for a disk with 'files'");
    }
    return {
      sectors,
      ...(disk["files"] === undefined ? {} : { contents: readFiles(disk, this.#checks) }),
      ...(image === undefined ? {} : { image: this.#string(image, "disk.image") }),
      ...(latency === undefined ? {} : { latency: this.#latency(latency) }),
      ...(crash === undefined ? {} : { crash: this.#crash(crash) }),
    };
  }

  #latency(json: unknown): DiskLatency {
    const latency = this.#object(json, "disk.latency");
    this.#known(latency, "disk.latency", ["base", "perSector"]);
    const steps = (key: keyof DiskLatency) =>
      this.#integer(latency[key] ?? DEFAULT_LATENCY[key], `disk.latency.${key}`, 0, 1_000_000_000);
    return { base: steps("base"), perSector: steps("perSector") };
  }

  #crash(json: unknown): PlannedCrash {
    const crash = this.#object(json, "disk.crash");
    this.#known(crash, "disk.crash", ["beforeWrite", "mode", "seed"]);
    const mode = crash["mode"] ?? "drop";
    if (!isMode(mode)) {
      this.#fail(`'disk.crash.mode' must be one of ${POWER_FAILURE_MODES.join(", ")}`);
    }
    return {
      beforeWrite: this.#integer(crash["beforeWrite"], "disk.crash.beforeWrite", 1, 1_000_000_000),
      mode,
      seed: this.#integer(crash["seed"] ?? 0, "disk.crash.seed", 0, 0xffff_ffff),
    };
  }

  #environment(json: unknown, where: string): ScenarioEnvironment {
    const item = this.#object(json, where);
    this.#known(item, where, [
      "name",
      "program",
      "libos",
      "arguments",
      "slices",
      "createsEnvironments",
      "guaranteed",
      "quota",
      "administers",
      "arbiter",
    ]);
    const program = this.#string(item["program"], `${where}.program`);
    const fallback = program.replace(/^.*[\\/]/, "").replace(/\.(c|elf)$/, "");
    const strings = (key: string): string[] => {
      const list = item[key] ?? [];
      if (!Array.isArray(list)) this.#fail(`'${where}.${key}' must be a list of strings`);
      return list.map((each, i) => this.#string(each, `${where}.${key}[${i}]`));
    };
    const flag = (key: string): boolean => {
      const value = item[key] ?? false;
      if (typeof value !== "boolean") this.#fail(`'${where}.${key}' must be true or false`);
      return value;
    };
    const pages = (key: "guaranteed" | "quota") => {
      const value = this.#optionalInteger(item[key], `${where}.${key}`, 0, PAGES.max);
      return value === undefined ? {} : { [key]: value };
    };
    return {
      name: item["name"] === undefined ? fallback : this.#string(item["name"], `${where}.name`),
      program,
      ...(item["libos"] === undefined ? {} : { libos: strings("libos") }),
      arguments: strings("arguments"),
      slices: this.#slices(item["slices"], `${where}.slices`),
      createsEnvironments: flag("createsEnvironments"),
      administers: flag("administers"),
      isArbiter: flag("arbiter"),
      ...pages("guaranteed"),
      ...pages("quota"),
    };
  }

  #slices(json: unknown, where: string): number | number[] {
    if (json === undefined) return 1;
    if (Array.isArray(json)) {
      return json.map((position, i) =>
        this.#integer(position, `${where}[${i}]`, 0, SLICE_POSITIONS - 1),
      );
    }
    return this.#integer(json, where, 0, SLICE_POSITIONS);
  }

  #input(json: unknown, where: string): { step: number; bytes: Uint8Array } {
    const item = this.#object(json, where);
    this.#known(item, where, ["at", "text"]);
    return {
      step: this.#integer(item["at"], `${where}.at`, 0, Number.MAX_SAFE_INTEGER),
      bytes: new TextEncoder().encode(this.#string(item["text"], `${where}.text`)),
    };
  }

  #known(object: Json, where: string, keys: readonly string[]): void {
    for (const key of Object.keys(object)) {
      if (!keys.includes(key)) {
        this.#fail(`${where} has an unknown key '${key}'; it may have ${keys.join(", ")}`);
      }
    }
  }

  #object(json: unknown, where: string): Json {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      this.#fail(`${where} must be an object { ... }`);
    }
    return json as Json;
  }

  #string(json: unknown, where: string): string {
    if (typeof json !== "string") this.#fail(`'${where}' must be a string`);
    return json;
  }

  #optionalInteger(json: unknown, where: string, min: number, max: number): number | undefined {
    return json === undefined ? undefined : this.#integer(json, where, min, max);
  }

  #integer(json: unknown, where: string, min: number, max: number): number {
    if (typeof json !== "number" || !Number.isInteger(json) || json < min || json > max) {
      this.#fail(`'${where}' must be a whole number from ${min} to ${max}`);
    }
    return json;
  }

  #fail(what: string): never {
    throw badScenario(this.#path, `${what}.`);
  }
}
