/** `exo fs`: the file system of a UNIX world, in an image of its disk. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { PAGE_SIZE, SECTOR_BYTES, SECTORS_MAX } from "#emulator";
import { UserError } from "../errors.ts";
import { checkFileSystem } from "../fs/check.ts";
import { EXECUTABLE_MODE, FileSystem, type ListedFile } from "../fs/file-system.ts";
import { BLOCK_BYTES, FileSystemError } from "../fs/format.ts";
import { nodeHost } from "../host.ts";
import { baseName } from "../recording/origin.ts";

export const FS_USAGE = `usage: exo fs make IMAGE [options] [FILE[:PATH]...]  a new image with these files; folders are made as needed
       exo fs list IMAGE [PATH]                      everything that is in it, or below PATH
       exo fs read IMAGE PATH                        a file's contents, to stdout
       exo fs write IMAGE [options] FILE[:PATH]...   copies files into it, or gives them new contents
       exo fs mkdir IMAGE PATH...                    folders
       exo fs mknod IMAGE PATH MAJOR MINOR           a device
       exo fs remove IMAGE PATH...                   files and empty folders
       exo fs check IMAGE                            says what is wrong with it: status 1 if anything is

IMAGE is what 'disk.image' of a scenario and 'exo run --disk-out' name. What its log has committed counts as written.
Without PATH a file goes to the root, under its own name.

options of make:
  --blocks N      blocks of ${BLOCK_BYTES} bytes; 2048 when missing
  --inodes N      files that it can hold, and 1
options of make and write:
  --mode MODE     permission bits, in octal; 755 for programs (ELF) and 644 for others when missing
  --uid N         the owner; 0 when missing
`;

const DEFAULT_BLOCKS = 2048;
const BLOCKS_MAX = (SECTORS_MAX * SECTOR_BYTES) / BLOCK_BYTES;

export async function fsCommand(argv: readonly string[]): Promise<number> {
  const [action = "", ...rest] = argv;
  if (["", "help", "--help", "-h"].includes(action)) {
    process.stdout.write(FS_USAGE);
    return 0;
  }
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      ...(action === "make" ? { blocks: { type: "string" }, inodes: { type: "string" } } : {}),
      ...(action === "make" || action === "write"
        ? { mode: { type: "string" }, uid: { type: "string" } }
        : {}),
    },
  });
  const [image, ...operands] = positionals;
  const run = ACTIONS[action];
  if (run === undefined) throw new UserError(1, `There is no 'exo fs ${action}'.\n${FS_USAGE}`);
  if (image === undefined) throw new UserError(1, `Name an image.\n${FS_USAGE}`);
  try {
    return await run(new Image(resolve(image), image), operands, values);
  } catch (problem) {
    if (problem instanceof FileSystemError) throw badFileSystem(image, problem);
    throw problem;
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Action = (
  image: Image,
  operands: readonly string[],
  values: Values,
) => number | Promise<number>;

const badFileSystem = (image: string, { message }: Error): UserError =>
  new UserError(170, `${image}: ${message}.`);

/** The file of an image; what lies in it behind the file system stays as it is. */
class Image {
  readonly path: string;
  readonly name: string;

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  bytes(): Uint8Array {
    if (nodeHost.isFile(this.path)) return nodeHost.readBytes(this.path);
    throw new UserError(171, `There is no image '${this.name}'; 'exo fs make' makes one.`);
  }

  open(): FileSystem {
    return FileSystem.open(this.bytes());
  }

  /** All of it or, when something is refused, nothing. */
  change(change: (files: FileSystem) => void): number {
    const files = this.open();
    change(files);
    this.write(files.image);
    return 0;
  }

  /** Writes it as whole pages. */
  write(bytes: Uint8Array): void {
    const pages = new Uint8Array(Math.ceil(bytes.length / PAGE_SIZE) * PAGE_SIZE);
    pages.set(bytes);
    nodeHost.writeFile(this.path, pages);
  }
}

const ACTIONS: Readonly<Record<string, Action>> = {
  make(image, operands, values) {
    const blocks = numberOption(values, "blocks", BLOCKS_MAX) ?? DEFAULT_BLOCKS;
    const files = FileSystem.make(blocks, numberOption(values, "inodes", 0xffff));
    for (const operand of operands) {
      const { path } = parseOperand(operand);
      const folder = path.split("/").slice(0, -1).join("/");
      files.makeFolders(folder);
      copyIn(files, operand, values);
    }
    image.write(files.image);
    return 0;
  },
  list(image, operands) {
    const [path = "/", more] = operands;
    if (more !== undefined) throw new UserError(1, `List one path.\n${FS_USAGE}`);
    const files = image.open();
    const { kind } = files.status(path);
    const name = path.replace(/\/+$/, "");
    const lines =
      kind === "directory" ? below(files, name) : [lineOf(name, { name, ...files.status(path) })];
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    return 0;
  },
  async read(image, operands) {
    const [path, more] = operands;
    if (path === undefined || more !== undefined) {
      throw new UserError(1, `Name one file of the image.\n${FS_USAGE}`);
    }
    const content = image.open().read(path);
    await new Promise((done) => process.stdout.write(content, done));
    return 0;
  },
  write(image, operands, values) {
    if (operands.length === 0) throw new UserError(1, `Name a file.\n${FS_USAGE}`);
    return image.change((files) => {
      for (const operand of operands) copyIn(files, operand, values);
    });
  },
  mkdir(image, operands) {
    if (operands.length === 0) throw new UserError(1, `Name a folder.\n${FS_USAGE}`);
    return image.change((files) => {
      for (const path of operands) files.mkdir(path);
    });
  },
  mknod(image, operands) {
    const [path, ...numbers] = operands;
    const [major, minor] = numbers.map(Number);
    const isNumber = (n: number | undefined): n is number =>
      n !== undefined && Number.isInteger(n) && n >= 0 && n < 0x8000;
    if (path === undefined || numbers.length !== 2 || !isNumber(major) || !isNumber(minor)) {
      throw new UserError(1, `Name a path, and two numbers from 0 to 32767.\n${FS_USAGE}`);
    }
    return image.change((files) => files.mknod(path, major, minor));
  },
  remove(image, operands) {
    if (operands.length === 0) throw new UserError(1, `Name a file of the image.\n${FS_USAGE}`);
    return image.change((files) => {
      for (const path of operands) files.remove(path);
    });
  },
  check(image, operands) {
    if (operands.length > 0) throw new UserError(1, `Check one image.\n${FS_USAGE}`);
    const problems = checkFileSystem(image.bytes());
    process.stdout.write(problems.map((problem) => `${problem}\n`).join(""));
    return problems.length === 0 ? 0 : 1;
  },
};

/** `FILE:PATH`, or `FILE` for its name in the root. */
function parseOperand(operand: string): { file: string; path: string } {
  const [, file = operand, path = `/${baseName(operand)}`] = /^(.+):(\/.*)$/.exec(operand) ?? [];
  return { file, path };
}

function copyIn(files: FileSystem, operand: string, values: Values): void {
  const { file, path } = parseOperand(operand);
  const from = resolve(file);
  if (!nodeHost.isFile(from)) throw new UserError(172, `There is no file '${file}'.`);
  const content = nodeHost.readBytes(from);
  const isProgram = [0x7f, 0x45, 0x4c, 0x46].every((byte, i) => content[i] === byte);
  const given = modeOption(values);
  const isNew = !files.exists(path);
  const mode = given ?? (isProgram && isNew ? EXECUTABLE_MODE : undefined);
  const uid = numberOption(values, "uid", 0xffff, 0);
  files.write(path, content, {
    ...(mode === undefined ? {} : { mode }),
    ...(uid === undefined ? {} : { uid }),
  });
}

function numberOption(values: Values, name: string, max: number, min = 1): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UserError(1, `--${name} must be a whole number from ${min} to ${max}, not '${text}'.`);
}

function modeOption({ mode }: Values): number | undefined {
  if (mode === undefined) return undefined;
  if (/^[0-7]{1,3}$/.test(String(mode))) return Number.parseInt(String(mode), 8);
  throw new UserError(1, `--mode must be up to three octal digits, as 644, not '${mode}'.`);
}

/** Everything below a folder, with its path. A damaged folder may be below itself. */
function below(files: FileSystem, folder: string, above: readonly number[] = []): string[] {
  const own = files.status(folder === "" ? "/" : folder).inode;
  if (above.includes(own)) throw new FileSystemError(`it is damaged: '${folder}' is below itself`);
  return files.list(folder === "" ? "/" : folder).flatMap((file) => {
    const path = `${folder}/${file.name}`;
    const line = lineOf(path, file);
    return file.kind === "directory" ? [line, ...below(files, path, [...above, own])] : [line];
  });
}

function lineOf(path: string, { kind, mode, links, uid, size, major, minor }: ListedFile): string {
  const letter = kind === "directory" ? "d" : kind === "device" ? "c" : "-";
  const bits = [..."rwxrwxrwx"].map((bit, i) => ((mode >> (8 - i)) & 1 ? bit : "-")).join("");
  const what = kind === "device" ? `${major}, ${minor}` : String(size);
  return `${letter}${bits} ${String(links).padStart(3)} ${String(uid).padStart(5)} ${what.padStart(8)} ${path}`;
}
