/** From launch arguments to a debuggee: arguments checked, sources compiled, images loaded. */
import { PAGE_SIZE, SECTOR_BYTES } from "#emulator";
import { type KernelDisk, LaunchError } from "#exokernel";
import { FLOATING_POINTS, OPTIMIZATIONS } from "./build-choices.ts";
import { Debuggee, type DebuggeeConfiguration, type DebuggeeProgram } from "./debuggee.ts";
import {
  badArgument,
  badRecording,
  badScenario,
  isRecording,
  missingProgram,
  noSuchFile,
  UserError,
} from "./errors.ts";
import type { Host } from "./host.ts";
import { type Builder, loadProgram } from "./load-program.ts";
import type { LoadedImage } from "./loaded-image.ts";
import type { LaunchArguments } from "./protocol.ts";
import { baseName, isAbsolute, type Origin, originOf } from "./recording/origin.ts";
import { isRecordingName } from "./recording/recording.ts";
import {
  diskPrograms,
  imageName,
  parseScenario,
  type Scenario,
  type ScenarioDisk,
  type ScenarioEnvironment,
  scenarioOf,
} from "./scenario.ts";
import { scenarioAround } from "./scenario-around.ts";
import { makeDiskImage } from "./scenario-files.ts";
import { networkOf } from "./scenario-network.ts";
import { stripProgram } from "./strip-program.ts";

/** Checks what launch.json said and completes it. */
export function checkArguments(args: LaunchArguments): LaunchArguments {
  if (typeof args.program !== "string" || args.program.trim() === "") throw missingProgram();
  if (args.args !== undefined && !isStringList(args.args)) {
    throw badArgument("args", "must be a list of strings");
  }
  if (args.libos !== undefined && !isStringList(args.libos)) {
    throw badArgument("libos", "must be a list of names of parts of the libOS");
  }
  if (args.libos !== undefined && args.program.endsWith(".json")) {
    throw badArgument(
      "libos",
      "cannot be chosen for a scenario; say it for each environment there",
    );
  }
  checkEnvironmentArguments(args);
  for (const name of ["stopOnEntry", "stopAtEnd", "stepIntoKernel", "noDebug"] as const) {
    if (args[name] !== undefined && typeof args[name] !== "boolean") {
      throw badArgument(name, "must be true or false");
    }
  }
  for (const name of ["tick", "maxSteps"] as const) {
    const value = args[name];
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw badArgument(name, "must be a whole number of steps, at least 1");
    }
  }
  const { historyMemory } = args;
  if (historyMemory !== undefined && (!Number.isSafeInteger(historyMemory) || historyMemory < 1)) {
    throw badArgument("historyMemory", "must be a whole number of MiB, at least 1");
  }
  if (args.tick !== undefined && args.tick < 10)
    throw badArgument("tick", "must be at least 10 steps");
  if (args.optimization !== undefined && !OPTIMIZATIONS.includes(args.optimization)) {
    throw badArgument("optimization", 'must be "0", "1", "2", "3" or "s"');
  }
  if (args.floatingPoint !== undefined && !FLOATING_POINTS.includes(args.floatingPoint)) {
    throw badArgument("floatingPoint", 'must be "software" or "hardware"');
  }
  return args;
}

function checkEnvironmentArguments({
  environmentArguments: given,
  program,
}: LaunchArguments): void {
  if (given === undefined) return;
  const isSound =
    typeof given === "object" && given !== null && Object.values(given).every(isStringList);
  if (!isSound) {
    throw badArgument("environmentArguments", "must have a list of strings for each environment");
  }
  if (!program.endsWith(".json")) {
    throw badArgument("environmentArguments", "is for a scenario; a program's are in 'args'");
  }
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Builds and boots what the arguments name. Throws `UserError`. */
export async function prepare(
  args: LaunchArguments,
  host: Host,
  builder: Builder,
): Promise<Debuggee> {
  return boot(await configure(args, host, builder));
}

/** Builds what the arguments name: all that a run needs, so that it can be run more than once. Throws `UserError`. */
export async function configure(
  args: LaunchArguments,
  host: Host,
  builder: Builder,
): Promise<DebuggeeConfiguration> {
  const { program } = checkArguments(args);
  if (isRecordingName(program)) throw isRecording(program);
  if (!host.isFile(program)) throw noSuchFile(program);
  if (program.endsWith(".json")) {
    const scenario = parseScenario(program, new TextDecoder().decode(host.readBytes(program)));
    const given = withArguments(scenario, program, args.environmentArguments);
    return configureScenario(given, args, host, builder);
  }
  const image = await loadProgram(program, args, host, builder);
  const around = await scenarioAround(image, args, host, builder);
  if (around !== undefined) {
    const { scenario, built } = around;
    const configuration = await configureScenario(scenario, args, host, builder, { built });
    return { ...configuration, subject: image };
  }
  const scenario = programsScenario([program], args.args ?? [], args.libos);
  const built = new Map([[imageName(withLibos(program, args.libos)), image]]);
  return configureScenario(scenario, args, host, builder, { built });
}

/** A scenario whose environments get other arguments: as if its file said so, also in what is recorded of it. */
function withArguments(
  scenario: Scenario,
  path: string,
  given: LaunchArguments["environmentArguments"],
): Scenario {
  if (given === undefined) return scenario;
  const names = scenario.environments.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const what = `names '${unknown}', which is no environment of ${baseName(path)}`;
    throw badArgument("environmentArguments", `${what}; there are ${names.join(", ")}`);
  }
  const list = scenario.source["environments"] as readonly object[];
  const environments = list.map((json, i) => {
    const args = given[names[i] ?? ""];
    return args === undefined ? json : { ...json, arguments: args };
  });
  return scenarioOf(path, { ...scenario.source, environments });
}

const withLibos = (program: string, libos: readonly string[] | undefined) => ({
  program,
  ...(libos === undefined ? {} : { libos }),
});

/** Several programs, each in an environment of its own, in the order in which they are named. */
export function programsScenario(
  paths: readonly string[],
  args: readonly string[],
  libos: readonly string[] = [],
): Scenario {
  const names = new Set<string>();
  const nameOf = (path: string): string => {
    const base = baseName(path).replace(/\.[^.]*$/, "");
    let name = base;
    for (let i = 2; names.has(name); i += 1) name = `${base}-${i}`;
    names.add(name);
    return name;
  };
  const environments = paths.map((program, i) => ({
    name: nameOf(program),
    program,
    ...(libos.length === 0 ? {} : { libos }),
    arguments: i === 0 ? args : [],
    slices: 1,
    createsEnvironments: true,
  }));
  return {
    pages: undefined,
    tlbEntries: undefined,
    tick: undefined,
    policy: {},
    console: [],
    environments,
    source: { environments },
  };
}

/**
 * Builds and boots a scenario; its relative paths are relative to `args.program`. One that was recorded comes with its origin, and
 * nothing is built. Throws `UserError`.
 */
export async function prepareScenario(
  scenario: Scenario,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
  recorded?: Origin,
): Promise<Debuggee> {
  return boot(
    await configureScenario(
      scenario,
      args,
      host,
      builder,
      recorded === undefined ? {} : { recorded },
    ),
  );
}

/** What needs not be built any more: all of a recording, or programs by the names that `loadPrograms` has for them. */
export interface AtHand {
  readonly recorded?: Origin;
  readonly built?: ReadonlyMap<string, LoadedImage>;
}

/** As `prepareScenario`, without the boot. */
export async function configureScenario(
  scenario: Scenario,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
  { recorded, built }: AtHand = {},
): Promise<DebuggeeConfiguration> {
  const images = recorded?.images ?? (await loadPrograms(scenario, args, host, builder, built));
  const programs: DebuggeeProgram[] = scenario.environments.map((environment) => {
    const { program, guaranteed, libos: _linked, ...rest } = environment;
    const image = images.get(imageName(environment));
    if (image === undefined) throw new Error(`assertion failed: no image of '${program}'`);
    return { ...rest, image, ...(guaranteed === undefined ? {} : { guaranteedPages: guaranteed }) };
  });
  const { disk: wanted } = scenario;
  const hasImage = wanted?.image !== undefined || wanted?.contents !== undefined;
  if (recorded?.diskImage !== undefined && !hasImage) {
    throw badRecording(args.program, "it has a disk image, and its scenario has no disk for one");
  }
  const disk = wanted && diskOf(wanted, args.program, host, images, recorded);
  if (recorded !== undefined && scenario.network !== undefined) {
    if ("file" in scenario.network.packets) {
      throw badRecording(args.program, "its packets are in another file");
    }
  }
  const resolved = (path: string): string => resolvePath(args.program, path);
  const network = scenario.network && networkOf(scenario.network, args.program, resolved, host);
  const origin = recorded ?? originOf(scenario, args, images, disk?.image, network);
  // What was recorded has its packets in it and writes no files.
  const out = recorded === undefined ? scenario.network?.out : undefined;
  const tick = args.tick ?? scenario.tick;
  const known = diskPrograms(scenario).flatMap((file) => {
    const image = images.get(imageName(file));
    return image === undefined ? [] : [{ image, path: file.path }];
  });
  return {
    programs,
    images: known,
    policy: { ...scenario.policy, ...(tick === undefined ? {} : { tick }) },
    console: scenario.console,
    ...(scenario.pages === undefined ? {} : { pages: scenario.pages }),
    ...(scenario.tlbEntries === undefined ? {} : { tlbEntries: scenario.tlbEntries }),
    ...(disk === undefined ? {} : { disk }),
    ...(network === undefined ? {} : { network }),
    ...(out === undefined ? {} : { packetsOut: resolved(out) }),
    ...(scenario.weaken === undefined ? {} : { weakened: scenario.weaken }),
    ...(args.historyMemory === undefined ? {} : { historyMemory: args.historyMemory * 2 ** 20 }),
    origin,
  };
}

/** The disk with its image, which must be whole pages and not larger than the disk. A recording brings its image along. */
function diskOf(
  disk: ScenarioDisk,
  program: string,
  host: Host,
  images: ReadonlyMap<string, LoadedImage>,
  recorded: Origin | undefined,
): KernelDisk {
  const { image, contents, ...rest } = disk;
  if (image === undefined && contents === undefined) return rest;
  if (recorded !== undefined) return { ...rest, image: recordedImage(disk, program, recorded) };
  if (contents !== undefined) {
    const made = makeDiskImage(disk.sectors, contents, program, {
      program: (file) => {
        const built = images.get(imageName(file));
        if (built === undefined) throw new Error(`assertion failed: no image of '${file.program}'`);
        return stripProgram(built.bytes, built.elf);
      },
      copy: (name) => {
        const path = resolvePath(program, name);
        if (host.isFile(path)) return host.readBytes(path);
        throw badScenario(program, `'disk.files' names '${name}', but there is no file '${path}'.`);
      },
    });
    return { ...rest, image: made };
  }
  return { ...rest, image: imageOfFile(disk, image ?? "", program, host) };
}

function imageOfFile(disk: ScenarioDisk, image: string, program: string, host: Host): Uint8Array {
  const path = resolvePath(program, image);
  if (!host.isFile(path)) {
    throw badScenario(
      program,
      `'disk.image' names '${image}', but there is no file '${path}'; make one with 'exo run --disk-out', or leave the key out for an empty disk.`,
    );
  }
  const bytes = host.readBytes(path);
  const capacity = disk.sectors * SECTOR_BYTES;
  if (!fits(bytes, disk)) {
    const remedy =
      bytes.length > capacity
        ? `the disk has only ${capacity} (${disk.sectors} sectors); raise 'disk.sectors' or use a smaller image`
        : `an image is whole pages of ${PAGE_SIZE}; fill it up with zeros`;
    throw badScenario(
      program,
      `the disk image '${path}' has ${bytes.length} bytes, and ${remedy}.`,
    );
  }
  return bytes;
}

const fits = ({ length }: Uint8Array, { sectors }: ScenarioDisk): boolean =>
  length % PAGE_SIZE === 0 && length <= sectors * SECTOR_BYTES;

/** A recording has the image itself: no file of this machine takes its place. */
function recordedImage(disk: ScenarioDisk, program: string, { diskImage }: Origin): Uint8Array {
  if (diskImage === undefined) throw badRecording(program, "it lacks the image of its disk");
  if (!fits(diskImage, disk)) {
    throw badRecording(
      program,
      `its disk image has ${diskImage.length} bytes, and must be whole pages of ${PAGE_SIZE} on a disk of ${disk.sectors} sectors`,
    );
  }
  return diskImage;
}

/** Boots what was built. Throws `UserError`. */
export function boot(configuration: DebuggeeConfiguration): Debuggee {
  try {
    return new Debuggee(configuration);
  } catch (problem) {
    if (problem instanceof LaunchError) throw new UserError(120, problem.message);
    throw problem;
  }
}

/** The executables of a scenario by the names that it has for their programs; each is built once. */
async function loadPrograms(
  scenario: Scenario,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
  built: ReadonlyMap<string, LoadedImage> = new Map(),
): Promise<ReadonlyMap<string, LoadedImage>> {
  const images = new Map<string, LoadedImage>();
  const byPath = new Map(built);
  for (const { whose, program, libos } of programsOf(scenario)) {
    const key = imageName({ program, ...(libos === undefined ? {} : { libos }) });
    if (images.has(key)) continue;
    const path = resolvePath(args.program, program);
    if (!host.isFile(path)) {
      throw args.program.endsWith(".exo.json")
        ? badScenario(
            args.program,
            `${whose} names the program '${program}', but there is no file '${path}'.`,
          )
        : noSuchFile(path);
    }
    const linked = imageName({ program: path, ...(libos === undefined ? {} : { libos }) });
    const how = { ...args, libos: libos ?? [] };
    const image = byPath.get(linked) ?? (await loadProgram(path, how, host, builder));
    byPath.set(linked, image);
    images.set(key, image);
  }
  return images;
}

/** All programs that a scenario names, and what names them. */
function programsOf(
  scenario: Scenario,
): (Pick<ScenarioEnvironment, "program" | "libos"> & { readonly whose: string })[] {
  return [
    ...scenario.environments.map(({ name, ...each }) => ({
      ...each,
      whose: `environment '${name}'`,
    })),
    ...diskPrograms(scenario).map(({ path, ...each }) => ({
      ...each,
      whose: `the file '${path}' of 'disk.files'`,
    })),
  ];
}

/** A path in a scenario is relative to the scenario's folder. */
function resolvePath(from: string, path: string): string {
  if (isAbsolute(path)) return path;
  const parts = from.split(/[\\/]/).slice(0, -1);
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
