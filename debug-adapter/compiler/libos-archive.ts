/**
 * The libOS as an archive, compiled once: kept in the cache folder under a hash of its sources and flags, or shipped in
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
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { explainToolFailure, unwritable } from "./cache-folder.ts";
import type { Compiler } from "./find-compiler.ts";
import { compileFlags, LIBOS_FLAGS, type Optimisation } from "./flags.ts";
import { mapLimited, runTool, type ToolRun } from "./run-tool.ts";

export interface LibosRequest {
  readonly compiler: Compiler;
  readonly libosFolder: string;
  readonly cacheFolder: string;
  readonly optimisation: Optimisation;
  readonly signal?: AbortSignal | undefined;
}

const ARCHIVES_KEPT = 16;

export type LibosArchive =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly text: string };

/** Source files of the libOS, in the order of their names. Throws when the folder cannot be read. */
export function libosSources(libosFolder: string): string[] {
  return readdirSync(libosFolder)
    .filter((name) => /\.[cS]$/.test(name))
    .sort()
    .map((name) => join(libosFolder, name));
}

/** A hash of everything that the archive is made of, but of no path. */
export function libosKey(
  compiler: Compiler,
  libosFolder: string,
  optimisation: Optimisation,
): string {
  const hash = createHash("sha256");
  // Neither the compiler's nor the sources' place changes the archive.
  hash.update(
    JSON.stringify([
      compiler.kind,
      compileFlags(compiler, { libosFolder: "", optimisation }),
      LIBOS_FLAGS,
    ]),
  );
  const headers = readdirSync(join(libosFolder, "include"))
    .sort()
    .map((name) => join(libosFolder, "include", name));
  for (const file of [...libosSources(libosFolder), ...headers, join(libosFolder, "exo.ld")]) {
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 20);
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
): Promise<LibosArchive> {
  let key: string;
  try {
    key = libosKey(request.compiler, request.libosFolder, request.optimisation);
  } catch (error) {
    return { ok: false, text: `The libOS cannot be read: ${(error as Error).message}.` };
  }
  if (shippedFolder !== undefined) {
    const shipped = join(shippedFolder, archiveName(key));
    if (existsSync(shipped)) return { ok: true, path: shipped };
  }
  const path = join(request.cacheFolder, archiveName(key));
  if (existsSync(path)) return { ok: true, path };
  removeOldArchives(request.cacheFolder);
  return buildArchive(request, path);
}

/** Whoever works on a libOS makes one archive an edit: the newest few are kept. */
function removeOldArchives(cacheFolder: string): void {
  const archives = readdirSync(cacheFolder)
    .filter((name) => /^libexo-.*\.a$/.test(name))
    .map((name) => join(cacheFolder, name))
    .map((path) => ({ path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of archives.slice(ARCHIVES_KEPT)) rmSync(path, { force: true });
}

/** The file name says what is in it, so no archive is ever replaced by another. */
export function archiveName(key: string): string {
  return `libexo-${key}.a`;
}

/** Compiles the libOS to an archive at `path`. */
export async function buildArchive(request: LibosRequest, path: string): Promise<LibosArchive> {
  const { compiler, libosFolder, cacheFolder, optimisation, signal } = request;
  const folder = join(cacheFolder, `build-${process.pid}-${basename(path)}`);
  try {
    mkdirSync(folder, { recursive: true });
    mkdirSync(dirname(path), { recursive: true });
    const sources = libosSources(libosFolder);
    const flags = [...compileFlags(compiler, { libosFolder, optimisation }), ...LIBOS_FLAGS];
    const options = { cwd: libosFolder, environment: toolEnvironment(cacheFolder), signal };
    const object = (source: string) => join(folder, `${basename(source)}.o`);
    const runs = await mapLimited(sources, availableParallelism(), (source) =>
      runTool([...compiler.cc, ...flags, "-c", source, "-o", object(source)], options),
    );
    const failed = runs.find((run) => run.status !== 0);
    if (failed !== undefined) return failure("compiled", failed, cacheFolder);
    const partial = join(folder, "libexo.a");
    const archived = await runTool(
      [...compiler.archive, "rcs", partial, ...sources.map(object)],
      options,
    );
    if (archived.status !== 0) return failure("archived", archived, cacheFolder);
    // Two sessions may do this at once: each gets a whole archive.
    renameSync(partial, path);
    return { ok: true, path };
  } catch (error) {
    return { ok: false, text: unwritable(cacheFolder, error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failure(what: string, run: ToolRun, cacheFolder: string): LibosArchive {
  const explained = explainToolFailure(run.text, cacheFolder);
  return {
    ok: false,
    text:
      explained ??
      `The libOS could not be ${what}: ${(run.failure ?? run.text.trim()) || "the compiler was stopped"}`,
  };
}
