/**
 * A program that cannot run alone, though the user launches it alone: a library of it names a scenario to launch it in
 * (`EXO_LAUNCHED_IN` in libos.h), as UNIX's does, whose programs live in a world. The scenario comes with the libOS. The program is put on
 * its disk, and so are the programs of the same library that lie beside it; its path and its arguments become arguments of
 * the scenario's first environment.
 */
import { parse } from "jsonc-parser";
import { UserError } from "./errors.ts";
import { BLOCK_BYTES, FILE_BLOCKS_MAX, NAME_MAX } from "./fs/format.ts";
import type { Host } from "./host.ts";
import { type Builder, loadProgram, type ProgramRole } from "./load-program.ts";
import type { LoadedImage } from "./loaded-image.ts";
import type { LaunchArguments } from "./protocol.ts";
import { baseName, folderOf } from "./recording/origin.ts";
import { imageName, type Scenario, scenarioOf } from "./scenario.ts";
import { isProgramName } from "./scenario-files.ts";
import { stripProgram } from "./strip-program.ts";

export interface ScenarioAround {
  readonly scenario: Scenario;
  /** Its programs, by name: they are built already. */
  readonly built: ReadonlyMap<string, LoadedImage>;
}

type Json = Readonly<Record<string, unknown>>;

/** More programs of one folder are not put on the disk. */
const FOUND_MAX = 100;
const AT_ONCE = 4;

/** The scenario to launch a program in, with the program in it; undefined for one that runs alone. Throws `UserError`. */
export async function scenarioAround(
  image: LoadedImage,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
): Promise<ScenarioAround | undefined> {
  const name = image.launchedIn();
  if (name === undefined) return undefined;
  const template = templateOf(`${builder.libosFolder}/${name}`, host);
  const built = new Map<string, LoadedImage>();
  const build = async (path: string, role: ProgramRole) => {
    const found = await loadProgram(path, { ...args, libos: [] }, host, builder, role);
    built.set(path, found);
    return found;
  };
  const found = await programsBeside(image, args, host, builder, build);
  const own = pathOnDisk(args.program);
  const { libos = [] } = args;
  built.set(imageName({ program: args.program, libos }), image);
  const files: Json = {
    ...template.files,
    ...Object.fromEntries(found.map((path) => [pathOnDisk(path), path])),
    [own]: libos.length === 0 ? args.program : { program: args.program, libos },
  };
  const given = [
    ...template.environments.map(({ program }) => String(program)),
    ...Object.values(files).filter((file) => typeof file === "string"),
  ].filter((path) => isProgramName(path) && !built.has(path));
  await eachAtOnce([...new Set(given)], (path) => build(path, "given"));
  const [first, ...others] = template.environments;
  const scenario = scenarioOf(args.program, {
    ...template.json,
    disk: { ...template.disk, files },
    environments: [{ ...first, arguments: [own.slice(1), ...(args.args ?? [])] }, ...others],
  });
  return { scenario, built };
}

/** Folders of the programs that come with the scenarios of the libOS's parts: a recording does not name them. */
export function givenFolders(host: Host, libosFolder: string, parts: readonly string[]): string[] {
  const scenarios = parts.flatMap((part) =>
    host
      .filesIn(`${libosFolder}/${part}`)
      .filter((name) => name.endsWith(".exo.json"))
      .map((name) => `${libosFolder}/${part}/${name}`),
  );
  const folders = scenarios.flatMap((path) => {
    const { files, environments } = templateOf(path, host);
    const programs = [...environments.map(({ program }) => program), ...Object.values(files)];
    return programs.filter((each) => typeof each === "string").map(folderOf);
  });
  return [...new Set(folders)];
}

/** A scenario of the libOS, whose programs are named by whole paths. */
function templateOf(path: string, host: Host) {
  const json = parse(new TextDecoder().decode(host.readBytes(path))) as Json;
  const disk = json["disk"] as Json;
  const whole = (name: unknown) => joined(folderOf(path), String(name));
  const environments = (json["environments"] as readonly Json[]).map((each) => ({
    ...each,
    program: whole(each["program"]),
  }));
  const files = Object.entries(disk["files"] as Json).map(([at, file]) => [
    at,
    typeof file === "string" ? whole(file) : file,
  ]);
  return { json, disk, environments, files: Object.fromEntries(files) as Json };
}

function joined(folder: string, path: string): string {
  const parts = folder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** As its author would call it: `/wc`, and no longer than a name may be there. */
function pathOnDisk(program: string): string {
  const name = new TextEncoder().encode(baseName(program).replace(/\.(c|elf)$/, ""));
  return `/${new TextDecoder().decode(name.subarray(0, NAME_MAX)).replace(/\ufffd$/, "")}`;
}

/** The other programs of the folder that are launched in the same scenario. One that cannot be built is said and left out. */
async function programsBeside(
  image: LoadedImage,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
  build: (path: string, role: ProgramRole) => Promise<LoadedImage>,
): Promise<string[]> {
  const folder = folderOf(args.program);
  const part = image.launchedIn()?.split("/")[0] ?? "";
  const sources = host
    .filesIn(folder)
    .filter((name) => name.endsWith(".c") && name !== baseName(args.program))
    .map((name) => `${folder}/${name}`)
    .filter((path) => pathOnDisk(path) !== pathOnDisk(args.program))
    .filter((path) => isProgramOf(`${builder.libosFolder}/${part}/include`, path, host));
  if (sources.length > FOUND_MAX) {
    builder.say(`Only the first ${FOUND_MAX} programs of '${folder}' are on the disk.`);
  }
  const kept: string[] = [];
  await eachAtOnce(sources.slice(0, FOUND_MAX), async (path) => {
    const because = await problemOf(path, image, () => build(path, "found"));
    if (because === undefined) kept.push(path);
    else if (because !== "") builder.say(`${baseName(path)} is left out of the disk: ${because}`);
  });
  return kept.sort();
}

/** Why a program cannot be on the disk; empty when it is none for it. */
async function problemOf(
  path: string,
  beside: LoadedImage,
  build: () => Promise<LoadedImage>,
): Promise<string | undefined> {
  try {
    const image = await build();
    if (image.launchedIn() !== beside.launchedIn()) return "";
    const name = baseName(path).replace(/\.c$/, "");
    if (new TextEncoder().encode(name).length > NAME_MAX) {
      return `its name has more than ${NAME_MAX} bytes.`;
    }
    const bytes = stripProgram(image.bytes, image.elf).length;
    return bytes > FILE_BLOCKS_MAX * BLOCK_BYTES ? "it is too large for a file." : undefined;
  } catch (problem) {
    if (problem instanceof UserError) return problem.message.split("\n")[0];
    throw problem;
  }
}

/** Whether a source has a `main` and includes a header of the part; comments are not looked for. */
function isProgramOf(headers: string, path: string, host: Host): boolean {
  const text = new TextDecoder().decode(host.readBytes(path));
  if (!/\bmain\s*\(/.test(text)) return false;
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[>"]/gm)].some(([, name]) =>
    host.isFile(`${headers}/${name}`),
  );
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<unknown>) {
  const left = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}
