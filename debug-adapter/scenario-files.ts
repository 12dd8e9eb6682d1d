/** The key `disk.files` of a scenario: a file system that is made at launch, with programs and other files in it. */
import { PAGE_SIZE, SECTOR_BYTES } from "#emulator";
import { badScenario } from "./errors.ts";
import { EXECUTABLE_MODE, FILE_MODE, FileSystem, INODES_MAX } from "./fs/file-system.ts";
import { BLOCK_BYTES, FileSystemError, NAME_MAX } from "./fs/format.ts";
import type { Checks } from "./scenario-network.ts";

interface FileAttributes {
  /** Where it lies on the disk: `/bin/sh`. */
  readonly path: string;
  readonly mode?: number;
  readonly uid?: number;
}

/** Built as the environments' programs are, and put there without what only a debugger reads. */
export interface ProgramFile extends FileAttributes {
  readonly kind: "program";
  readonly program: string;
  readonly libos?: readonly string[];
}

export type ScenarioFile =
  | ProgramFile
  | (FileAttributes & { readonly kind: "folder" })
  | (FileAttributes & { readonly kind: "device"; readonly device: readonly [number, number] })
  /** Copied as it is. */
  | (FileAttributes & { readonly kind: "copy"; readonly file: string })
  | (FileAttributes & { readonly kind: "text"; readonly text: string });

export interface DiskFiles {
  readonly inodes?: number;
  readonly files: readonly ScenarioFile[];
}

/** A device is for everybody; who may open it, the device decides. */
const DEVICE_MODE = 0o666;
const KINDS = ["program", "file", "text", "device", "folder"] as const;

export const isProgramName = (name: string): boolean => /\.(c|elf)$/.test(name);

/** Reads `disk.files` and `disk.inodes`. */
export function readFiles(disk: Readonly<Record<string, unknown>>, checks: Checks): DiskFiles {
  const files = Object.entries(checks.object(disk["files"], "disk.files")).map(([path, json]) => {
    checkPath(path, checks);
    return readFile(path, json, checks);
  });
  if (disk["image"] !== undefined) {
    checks.fail("'disk' has an image and files; the files are put into a new file system");
  }
  const { inodes } = disk;
  return {
    files,
    ...(inodes === undefined
      ? {}
      : { inodes: checks.integer(inodes, "disk.inodes", 2, INODES_MAX) }),
  };
}

function checkPath(path: string, { fail }: Checks): void {
  const [root, ...names] = path.split("/");
  const wrong = names.find((name) => name === "" || name === "." || name === "..");
  if (root !== "" || names.length === 0 || wrong !== undefined || path.includes("\0")) {
    fail(`'disk.files' has the path '${path}', which must be as '/bin/sh' is`);
  }
  const long = names.find((name) => new TextEncoder().encode(name).length > NAME_MAX);
  if (long !== undefined) {
    fail(`'disk.files' has the name '${long}', and a name has at most ${NAME_MAX} bytes`);
  }
}

function readFile(path: string, json: unknown, checks: Checks): ScenarioFile {
  const where = `disk.files["${path}"]`;
  if (json === null) return { kind: "folder", path };
  if (typeof json === "string") {
    const name = checks.string(json, where);
    if (name === "") checks.fail(`'${where}' must name a file`);
    return isProgramName(name)
      ? { kind: "program", path, program: name }
      : { kind: "copy", path, file: name };
  }
  const item = checks.object(json, where);
  checks.known(item, where, [...KINDS, "libos", "mode", "uid"]);
  const kinds = KINDS.filter((kind) => kind in item);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    checks.fail(`'${where}' must have one of ${KINDS.join(", ")}`);
  }
  if (item["libos"] !== undefined && kind !== "program") {
    checks.fail(`'${where}.libos' is for programs`);
  }
  const attributes = { path, ...readAttributes(item, where, checks) };
  const text = (): string => checks.string(item[kind], `${where}.${kind}`);
  switch (kind) {
    case "program":
      return { kind, ...attributes, program: text(), ...readLibos(item, where, checks) };
    case "file":
      return { kind: "copy", ...attributes, file: text() };
    case "text":
      return { kind, ...attributes, text: text() };
    case "folder":
      if (item[kind] !== true) checks.fail(`'${where}.folder' must be true`);
      return { kind, ...attributes };
    case "device":
      return { kind, ...attributes, device: readDevice(item[kind], `${where}.device`, checks) };
  }
}

function readAttributes(
  { mode, uid }: Readonly<Record<string, unknown>>,
  where: string,
  checks: Checks,
): { mode?: number; uid?: number } {
  if (mode !== undefined && !(typeof mode === "string" && /^[0-7]{3}$/.test(mode))) {
    checks.fail(`'${where}.mode' must be three octal digits in quotes, as "644"`);
  }
  return {
    ...(mode === undefined ? {} : { mode: Number.parseInt(String(mode), 8) }),
    ...(uid === undefined ? {} : { uid: checks.integer(uid, `${where}.uid`, 0, 0xffff) }),
  };
}

function readLibos(
  { libos }: Readonly<Record<string, unknown>>,
  where: string,
  checks: Checks,
): { libos?: string[] } {
  if (libos === undefined) return {};
  if (!Array.isArray(libos)) checks.fail(`'${where}.libos' must be a list of strings`);
  return { libos: libos.map((part, i) => checks.string(part, `${where}.libos[${i}]`)) };
}

function readDevice(json: unknown, where: string, checks: Checks): readonly [number, number] {
  if (!Array.isArray(json) || json.length !== 2) {
    checks.fail(`'${where}' must be [major, minor]`);
  }
  const [major, minor] = json.map((each, i) => checks.integer(each, `${where}[${i}]`, 0, 0x7fff));
  return [major ?? 0, minor ?? 0];
}

/** Where the contents of files come from. */
export interface FileContents {
  /** What a guest loads of a program (`stripProgram`). */
  readonly program: (file: ProgramFile) => Uint8Array;
  /** A file of this machine, named as the scenario names it. */
  readonly copy: (file: string) => Uint8Array;
}

/** An image of a disk of so many sectors with these files. Throws a `UserError` that names the scenario `path`. */
export function makeDiskImage(
  sectors: number,
  { files, inodes }: DiskFiles,
  path: string,
  contents: FileContents,
): Uint8Array {
  try {
    const blocks = Math.floor((sectors * SECTOR_BYTES) / BLOCK_BYTES);
    const made = FileSystem.make(blocks, inodes);
    for (const file of files) put(made, file, contents);
    return withoutZeroPages(made.image);
  } catch (problem) {
    if (!(problem instanceof FileSystemError)) throw problem;
    throw badScenario(
      path,
      `the disk of ${sectors} sectors cannot hold the file system of 'disk.files': ${problem.message}.`,
    );
  }
}

function put(made: FileSystem, file: ScenarioFile, contents: FileContents): void {
  const { path, uid = 0 } = file;
  const attributes = (mode: number) => ({ mode: file.mode ?? mode, uid });
  made.makeFolders(path.split("/").slice(0, -1).join("/"));
  switch (file.kind) {
    case "folder":
      made.makeFolders(path);
      made.chmod(path, attributes(EXECUTABLE_MODE).mode);
      made.chown(path, uid);
      break;
    case "device":
      made.mknod(path, ...file.device, attributes(DEVICE_MODE));
      break;
    case "program":
      made.write(path, contents.program(file), attributes(EXECUTABLE_MODE));
      break;
    case "copy":
      made.write(path, contents.copy(file.file), attributes(FILE_MODE));
      break;
    case "text":
      made.write(path, new TextEncoder().encode(file.text), attributes(FILE_MODE));
      break;
  }
}

/** What comes after an image on a disk is zero anyway. */
function withoutZeroPages(image: Uint8Array): Uint8Array {
  let end = image.length;
  while (end > 0 && image[end - 1] === 0) end -= 1;
  return image.slice(0, Math.ceil(end / PAGE_SIZE) * PAGE_SIZE);
}

/** `disk.files` as a recording has it, whose image has them all: `nameOf` says what it calls a program. */
export function recordedFiles(
  source: unknown,
  nameOf: (program: string) => string | undefined,
  baseName: (path: string) => string,
): Readonly<Record<string, unknown>> {
  const recorded = (json: unknown): unknown => {
    if (typeof json === "string") return isProgramName(json) ? nameOf(json) : baseName(json);
    if (typeof json !== "object" || json === null) return json;
    const item = json as Readonly<Record<string, unknown>>;
    if ("program" in item) return { ...item, program: nameOf(String(item["program"])) };
    return "file" in item ? { ...item, file: baseName(String(item["file"])) } : item;
  };
  const files = Object.entries(source as Readonly<Record<string, unknown>>);
  return Object.fromEntries(files.map(([path, json]) => [path, recorded(json)]));
}
