/**
 * The libOS and its parts as archives, compiled once: kept in the cache folder under a hash of their sources and flags, or shipped in
 * `dist/guests`. So F5 compiles the user's file only.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { explainToolFailure, unwritable } from "./cache-folder.ts";
import type { Compiler } from "./find-compiler.ts";
import {
  compileFlags,
  type FloatingPoint,
  LIBOS_FLAGS,
  type Optimisation,
  PART_FLAGS,
} from "./flags.ts";
import { includeFolders, partsNamedBy, partsOf, replacedBy, sourcesIn } from "./libos-parts.ts";
import { mapLimited, runTool, type ToolRun } from "./run-tool.ts";

export interface LibosRequest {
  readonly compiler: Compiler;
  readonly libosFolder: string;
  readonly cacheFolder: string;
  readonly optimisation: Optimisation;
  readonly floatingPoint: FloatingPoint;
  readonly signal?: AbortSignal | undefined;
}

const ARCHIVES_KEPT = 64;

/** `part` is undefined for the default libOS. */
type Part = string | undefined;

export type LibosArchive =
  | {
      readonly ok: true;
      readonly path: string;
      /** Parts that this one names itself. */
      readonly names: readonly string[];
    }
  | { readonly ok: false; readonly text: string };

/** A hash of everything that the archive of the default libOS, or of a part, is made of, but of no path. */
export function libosKey(
  request: Pick<LibosRequest, "compiler" | "libosFolder" | "optimisation" | "floatingPoint">,
  part?: Part,
): string {
  const { compiler, libosFolder, optimisation, floatingPoint } = request;
  const hash = createHash("sha256");
  // Neither the compiler's nor the sources' place changes the archive.
  hash.update(
    JSON.stringify([
      compiler.kind,
      compileFlags(compiler, {
        ...{ libosFolder: "", includeFolders: [] },
        ...{ optimisation, floatingPoint },
      }),
      LIBOS_FLAGS,
      ...(part === undefined ? [] : PART_FLAGS),
    ]),
  );
  const own = join(libosFolder, "include");
  const files =
    part === undefined
      ? [...headersIn(own), ...sourcesIn(libosFolder), join(libosFolder, "exo.ld")]
      : [
          ...includeFolders(libosFolder).flatMap(headersIn),
          ...[part, ...replacedBy(libosFolder, part)].flatMap((each) => [
            ...headersIn(join(libosFolder, each)),
            ...sourcesIn(join(libosFolder, each)),
          ]),
        ];
  for (const file of files) {
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 20);
}

/** Headers in a folder and below it, sorted. */
function headersIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".h"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Environment variables that keep zig's own caches in our folder. */
export function toolEnvironment(cacheFolder: string): Record<string, string> {
  const folder = join(cacheFolder, "zig");
  return { ZIG_LOCAL_CACHE_DIR: folder, ZIG_GLOBAL_CACHE_DIR: folder };
}

/** The archive that belongs to the sources as they are: a shipped one, a kept one, or a new one. */
export async function libosArchive(
  request: LibosRequest,
  shippedFolder?: string,
  part?: Part,
): Promise<LibosArchive> {
  let key: string;
  try {
    key = libosKey(request, part);
  } catch (error) {
    return { ok: false, text: `The libOS cannot be read: ${(error as Error).message}.` };
  }
  const name = archiveName(key, part);
  for (const folder of [shippedFolder, request.cacheFolder]) {
    const path = folder === undefined ? "" : join(folder, name);
    if (folder === undefined || !existsSync(path)) continue;
    if (folder === request.cacheFolder) noteUse(path);
    return { ok: true, path, names: namesOf(path) };
  }
  removeOldArchives(request.cacheFolder);
  return buildArchive(request, join(request.cacheFolder, name), part);
}

export type PartArchives =
  | { readonly ok: true; readonly paths: readonly string[] }
  | { readonly ok: false; readonly text: string };

/**
 * Archives of the parts in the order in which they are linked: those that are chosen, those that a program names, and those that they
 * name in turn, without those in whose place another of them is.
 */
export async function partArchives(
  request: LibosRequest,
  parts: readonly string[],
  shippedFolder?: string,
): Promise<PartArchives> {
  const known = partsOf(request.libosFolder);
  const paths = new Map<string, string>();
  const wanted = [...new Set(parts)];
  const replaced = new Set<string>();
  // Grows while it is walked.
  for (const part of wanted) {
    if (!known.includes(part)) {
      const text = `The libOS has no part '${part}'; it has ${known.join(", ")}.`;
      return { ok: false, text };
    }
    for (const other of replacedBy(request.libosFolder, part)) replaced.add(other);
    if (replaced.has(part)) continue;
    const archive = await libosArchive(request, shippedFolder, part);
    if (!archive.ok) return archive;
    paths.set(part, archive.path);
    wanted.push(...archive.names.filter((name) => !wanted.includes(name)));
  }
  return {
    ok: true,
    paths: [...paths].flatMap(([part, path]) => (replaced.has(part) ? [] : [path])),
  };
}

/** What a part names is written beside its archive. */
const namesFile = (archive: string): string => archive.replace(/\.a$/, ".names");

function namesOf(archive: string): string[] {
  if (!existsSync(namesFile(archive))) return [];
  return readFileSync(namesFile(archive), "utf8").split("\n").filter(Boolean);
}

/** Archives go in the order of their last use, and none that another session may be linking. */
function noteUse(archive: string): void {
  const now = new Date();
  try {
    utimesSync(archive, now, now);
  } catch {
    // Somebody else's cache, or it has gone just now: then linking says so.
  }
}

const IN_USE_MILLISECONDS = 600_000;

/** Whoever works on a libOS makes one archive an edit: the newest few are kept. */
function removeOldArchives(cacheFolder: string): void {
  const archives = readdirSync(cacheFolder)
    .filter((name) => /^libexo-.*\.a$/.test(name))
    .map((name) => join(cacheFolder, name))
    .map((path) => ({ path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { path, time } of archives.slice(ARCHIVES_KEPT)) {
    if (Date.now() - time < IN_USE_MILLISECONDS) continue;
    rmSync(path, { force: true });
    rmSync(namesFile(path), { force: true });
  }
}

/** The file name says what is in it, so no archive is ever replaced by another. */
export function archiveName(key: string, part?: Part): string {
  return part === undefined ? `libexo-${key}.a` : `libexo-${part}-${key}.a`;
}

/** Archives begun: two programs of one process may need the same one at once. */
let builds = 0;

/** Compiles the default libOS, or a part, to an archive at `path`. */
export async function buildArchive(
  request: LibosRequest,
  path: string,
  part?: Part,
): Promise<LibosArchive> {
  const { compiler, libosFolder, cacheFolder, optimisation, floatingPoint, signal } = request;
  builds += 1;
  const folder = join(cacheFolder, `build-${process.pid}-${builds}-${basename(path)}`);
  try {
    mkdirSync(folder, { recursive: true });
    mkdirSync(dirname(path), { recursive: true });
    const sources = sourcesIn(part === undefined ? libosFolder : join(libosFolder, part));
    const folders = includeFolders(libosFolder);
    const include = part === undefined ? folders.slice(0, 1) : folders;
    const flags = [
      ...compileFlags(compiler, {
        ...{ libosFolder, includeFolders: include },
        ...{ optimisation, floatingPoint },
      }),
      ...LIBOS_FLAGS,
      ...(part === undefined ? [] : PART_FLAGS),
    ];
    const options = { cwd: libosFolder, environment: toolEnvironment(cacheFolder), signal };
    const object = (source: string) => join(folder, `${basename(source)}.o`);
    const runs = await mapLimited(sources, availableParallelism(), (source) =>
      runTool(
        [
          ...compiler.cc,
          ...flags,
          ...dependencies(object(source)),
          "-c",
          source,
          "-o",
          object(source),
        ],
        options,
      ),
    );
    const failed = runs.find((run) => run.status !== 0);
    if (failed !== undefined) return failure("compiled", failed, cacheFolder);
    const partial = join(folder, "libexo.a");
    const archived = await runTool(
      [...compiler.archive, "rcs", partial, ...sources.map(object)],
      options,
    );
    if (archived.status !== 0) return failure("archived", archived, cacheFolder);
    const all = sources.flatMap((source) =>
      partsNamedBy(dependencyFile(object(source)), libosFolder, libosFolder),
    );
    const names = [...new Set(all)].filter((name) => name !== part).sort();
    if (names.length > 0) writeFileSync(namesFile(path), names.join("\n"));
    // Two sessions may do this at once: each gets a whole archive.
    renameSync(partial, path);
    return { ok: true, path, names };
  } catch (error) {
    return { ok: false, text: unwritable(cacheFolder, error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where a compilation notes which files it read. */
export const dependencyFile = (object: string): string => `${object}.d`;
export const dependencies = (object: string): string[] => ["-MMD", "-MF", dependencyFile(object)];

function failure(what: string, run: ToolRun, cacheFolder: string): LibosArchive {
  const explained = explainToolFailure(run.text, cacheFolder);
  return {
    ok: false,
    text:
      explained ??
      `The libOS could not be ${what}: ${(run.failure ?? run.text.trim()) || "the compiler was stopped"}`,
  };
}
