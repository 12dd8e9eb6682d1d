/**
 * From a recording's file to a run that stands at its beginning, with its whole history laid out before it: its programs are found or
 * taken from the file, and are refused when they are not those that were recorded.
 */
import { ElfError } from "#emulator";
import type { Timeline } from "#exokernel";
import { buildChoices } from "../build-choices.ts";
import type { Debuggee } from "../debuggee.ts";
import {
  badArgument,
  badRecording,
  changedProgram,
  lostProgram,
  noSuchFile,
  UserError,
} from "../errors.ts";
import type { Host } from "../host.ts";
import { checkArguments, prepareScenario } from "../launch.ts";
import { type Builder, loadProgram } from "../load-program.ts";
import { LoadedImage } from "../loaded-image.ts";
import type { LaunchArguments } from "../protocol.ts";
import { imageOfName } from "../scenario.ts";
import { givenFolders } from "../scenario-around.ts";
import type { SourceRoot } from "../source-map.ts";
import { identityOf } from "./identity.ts";
import { baseName, folderOf } from "./origin.ts";
import { readRecording } from "./read.ts";
import type { RecordedFile, Recording } from "./recording.ts";

export interface OpenedRecording {
  readonly debuggee: Debuggee;
  readonly recording: Recording;
}

/** How many folders above the recording are looked into for its programs. */
const FOLDERS_ABOVE = 2;

/** Opens the recording that the arguments name. Throws `UserError`. */
export async function openRecording(
  args: LaunchArguments,
  host: Host,
  builder: Builder,
): Promise<OpenedRecording> {
  const { program: path } = checkArguments(args);
  if (!host.isFile(path)) throw noSuchFile(path);
  const { recording, scenario } = readRecording(
    path,
    new TextDecoder().decode(host.readBytes(path)),
  );
  checkUnchanged(args, recording);
  const finder = new Finder(args, recording, host, builder);
  const images = new Map<string, LoadedImage>();
  for (const file of recording.files) images.set(file.name, await finder.image(file));
  const { title, folder, scenario: source, tick } = recording;
  const { tick: _tick, optimization: _optimization, floatingPoint: _float, ...rest } = args;
  const start = { ...(tick === undefined ? {} : { tick }), ...buildChoices(recording) };
  const debuggee = await prepareScenario(scenario, { ...rest, ...start }, host, builder, {
    ...{ title, folder, scenario: source, images },
    ...start,
    ...(recording.diskImage === undefined
      ? {}
      : { diskImage: unzipped(path, recording.diskImage, host) }),
  });
  layOut(path, recording, debuggee.timeline);
  return { debuggee, recording };
}

/** A recording has its own arguments, slices and ways of building: with others it would not be that run. */
function checkUnchanged(args: LaunchArguments, recording: Recording): void {
  const { tick, optimization = "0", floatingPoint = "software" } = recording;
  const remedy = "cannot be chosen for a recording, which has its own; remove it";
  if (args.args !== undefined && args.args.length > 0) throw badArgument("args", remedy);
  if (args.libos !== undefined && args.libos.length > 0) throw badArgument("libos", remedy);
  if (args.tick !== undefined && args.tick !== tick) throw badArgument("tick", remedy);
  if (args.optimization !== undefined && args.optimization !== optimization) {
    throw badArgument("optimization", remedy);
  }
  if (args.floatingPoint !== undefined && args.floatingPoint !== floatingPoint) {
    throw badArgument("floatingPoint", remedy);
  }
}

/** Finds the programs of one recording. */
class Finder {
  readonly #path: string;
  readonly #args: LaunchArguments;
  readonly #recording: Recording;
  readonly #host: Host;
  readonly #builder: Builder;

  constructor(args: LaunchArguments, recording: Recording, host: Host, builder: Builder) {
    this.#path = args.program;
    this.#args = { ...args, ...buildChoices(recording) };
    this.#recording = recording;
    this.#host = host;
    this.#builder = builder;
  }

  async image(file: RecordedFile): Promise<LoadedImage> {
    return file.contents === undefined ? this.#built(file) : this.#contained(file, file.contents);
  }

  /** Builds what lies where the program may be, until it is the one that was recorded. */
  async #built({ name, identity }: RecordedFile): Promise<LoadedImage> {
    let problem: unknown;
    let changed: string | undefined;
    const { program, libos = [] } = imageOfName(name);
    const args = { ...this.#args, libos };
    // What came with us may have run as it was shipped rather than as it is built here.
    const tries = this.#places(program).flatMap((path) =>
      (["named", "given"] as const).map((role) => ({ path, role })),
    );
    for (const { path, role } of tries) {
      try {
        const image = await loadProgram(path, args, this.#host, this.#builder, role);
        if (identityOf(image.elf, this.#host) === identity) return image;
        changed ??= path;
      } catch (failure) {
        if (!(failure instanceof UserError)) throw failure;
        problem ??= failure;
      }
    }
    if (changed !== undefined) throw changedProgram(this.#path, program, changed);
    throw problem ?? lostProgram(this.#path, program, folderOf(this.#path));
  }

  #contained({ name: image, identity }: RecordedFile, contents: Uint8Array): LoadedImage {
    const { program: name } = imageOfName(image);
    const bytes = this.#host.gunzip(contents);
    if (bytes === undefined) {
      throw badRecording(this.#path, `its program '${name}' cannot be decompressed`);
    }
    const path = `${name.replace(/\.(c|elf)$/, "")}.elf`;
    try {
      const first = new LoadedImage(path, bytes, this.#builder.sources(this.#path, []));
      if (identityOf(first.elf, this.#host) !== identity) {
        throw badRecording(this.#path, `its program '${name}' is not the one that was recorded`);
      }
      const moved = this.#movedTo(name, first);
      return moved === undefined
        ? first
        : new LoadedImage(path, bytes, this.#builder.sources(this.#path, [moved]));
    } catch (problem) {
      if (!(problem instanceof ElfError)) throw problem;
      throw badRecording(this.#path, `its program '${name}' is no executable (${problem.message})`);
    }
  }

  /** Where sources lie on this machine that the debug data has in a folder of another: beside the program's own. */
  #movedTo(name: string, image: LoadedImage): SourceRoot | undefined {
    const [found] = this.#places(name);
    const own = image.debug.sourceFiles().find((file) => baseName(file) === baseName(name));
    if (found === undefined || own === undefined) return undefined;
    return { prefix: own.slice(0, own.length - baseName(own).length), folder: folderOf(found) };
  }

  /** Files of that name near the recording and in the working folder. */
  #places(name: string): string[] {
    const roots = new Set<string>();
    let folder = folderOf(this.#path);
    for (let i = 0; i <= FOLDERS_ABOVE && folder !== ""; i += 1) {
      roots.add(folder);
      folder = folderOf(folder);
    }
    const { cwd } = this.#args;
    if (cwd !== undefined) roots.add(cwd.replaceAll("\\", "/").replace(/\/$/, ""));
    const { folder: home } = this.#recording;
    const names = [name, baseName(name)].flatMap((each) =>
      home === "" ? [each] : [`${home}/${each}`, each],
    );
    for (const each of givenFolders(this.#host, this.#builder.libosFolder, this.#builder.parts()))
      roots.add(each);
    const paths = [...roots].flatMap((root) => names.map((each) => joined(root, each)));
    return [...new Set(paths)].filter((path) => this.#host.isFile(path));
  }
}

function unzipped(path: string, image: Uint8Array, host: Host): Uint8Array {
  return host.gunzip(image) ?? fail(path, "its disk image cannot be decompressed");
}

function fail(path: string, what: string): never {
  throw badRecording(path, what);
}

function joined(folder: string, path: string): string {
  const parts = folder.split("/");
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** Lays branches and journals out on a run that has not begun, and goes to the start of the branch that was looked at. */
function layOut(path: string, recording: Recording, timeline: Timeline): void {
  const { branches, marks, current } = recording;
  const { start } = timeline;
  const positions = [
    ...branches.flatMap(({ name, parent, end, journal }) => [
      { what: `the end of '${name}'`, at: end },
      ...(parent === undefined ? [] : [{ what: `the beginning of '${name}'`, at: parent.fork }]),
      ...journal.map(({ at }) => ({ what: `an entry of '${name}'`, at })),
    ]),
    ...marks.map(({ name, at }) => ({ what: `the mark '${name}'`, at })),
  ];
  const early = positions.find(({ at }) => at.step < start.step || at.event < start.event);
  if (early !== undefined) {
    throw badRecording(path, `${early.what} lies before the first moment of the run`);
  }
  for (const [i, { name, parent, end, journal }] of branches.entries()) {
    const of = timeline.branches[(parent?.branch ?? 0) - 1];
    if (i === 0) {
      timeline.branch.name = name;
      timeline.load(journal, end);
    } else if (parent !== undefined && of !== undefined) {
      timeline.addBranch(name, of, parent.fork, journal, end);
    }
  }
  const branch = timeline.branches[current - 1];
  if (branch !== undefined && branch !== timeline.branch) timeline.switchTo(branch, start);
  timeline.holdsAtEnd = true;
}
