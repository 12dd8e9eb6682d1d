/**
 * Programs of `test-workspace`, compiled ahead: they are shipped in `dist/guests`, so that F5 works where no compiler can
 * run. A manifest says from which sources each was made.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { diskPrograms, parseScenario } from "../scenario.ts";
import { type CompileResult, compile } from "./compile.ts";
import type { Compiler } from "./find-compiler.ts";
import { archiveName, buildArchive, libosKey } from "./libos-archive.ts";
import { partsOf } from "./libos-parts.ts";
import { mapLimited } from "./run-tool.ts";

export interface PrebuiltRequest {
  readonly compiler: Compiler;
  readonly libosFolder: string;
  /** The folder whose programs are built, each from one source. */
  readonly workspaceFolder: string;
  readonly cacheFolder: string;
  /** `dist/guests`. */
  readonly outputFolder: string;
}

export interface PrebuiltResult {
  /** Sources, relative to the workspace, with `/`. */
  readonly built: readonly string[];
  readonly failures: readonly { readonly source: string; readonly text: string }[];
  /** Nothing had changed, so nothing was done. */
  readonly upToDate: boolean;
}

/** `manifest.json` in the output folder. */
export interface Manifest {
  readonly key: string;
  /** Of the libOS that they were linked with. */
  readonly libos?: string;
  /** By source, relative to the workspace: the executable, relative to the manifest, and a hash of what it was made of. */
  readonly programs: Readonly<Record<string, { readonly elf: string; readonly hash: string }>>;
}

const MANIFEST = "manifest.json";
/** Fixtures that are there to fail. */
const NOT_BUILT = new Set(["bad/does-not-compile.c"]);

/** Builds every program and the libOS's archive, unless that has been done for the sources as they are. */
export async function buildPrebuilt(request: PrebuiltRequest): Promise<PrebuiltResult> {
  const { compiler, libosFolder, workspaceFolder, outputFolder } = request;
  const programs = programsIn(workspaceFolder);
  const parts = [undefined, ...partsOf(libosFolder)];
  const libos = {
    ...{ compiler, libosFolder, cacheFolder: request.cacheFolder },
    ...({ optimisation: "0", floatingPoint: "software" } as const),
  };
  const keys = parts.map((part) => libosKey(libos, part));
  const hashes = programs.map(({ source }) => sourceHash(join(workspaceFolder, source)));
  const key = createHash("sha256")
    .update(JSON.stringify([keys, contentsHash(libosFolder), programs, hashes]))
    .digest("hex");
  if (isUpToDate(outputFolder, key)) return { built: [], failures: [], upToDate: true };

  rmSync(outputFolder, { recursive: true, force: true });
  mkdirSync(outputFolder, { recursive: true });
  for (const [i, part] of parts.entries()) {
    const path = join(outputFolder, archiveName(keys[i] ?? "", part));
    const archive = await buildArchive(libos, path, part);
    if (archive.ok) continue;
    return { built: [], failures: [{ source: "libos", text: archive.text }], upToDate: false };
  }
  const results = await mapLimited(programs, availableParallelism(), (program) =>
    compile({
      ...request,
      sources: [join(workspaceFolder, program.source)],
      libos: program.libos,
      output: join(outputFolder, elfOf(program)),
      shippedFolder: outputFolder,
      prefixMap: { [workspaceFolder]: "exo:/test-workspace" },
    }),
  );
  const failures = results.flatMap((result, index) =>
    failureOf(result, programs[index]?.source ?? ""),
  );
  const built = programs.filter((_, index) => results[index]?.ok === true);
  const entries = built.map((program) => [
    nameOf(program),
    { elf: elfOf(program), hash: hashes[programs.indexOf(program)] ?? "" },
  ]);
  // Without a manifest for all of them the next build tries again.
  const manifest: Manifest = {
    key: failures.length === 0 ? key : "",
    libos: contentsHash(libosFolder),
    programs: Object.fromEntries(entries),
  };
  writeFileSync(join(outputFolder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { built: built.map(nameOf), failures, upToDate: false };
}

/**
 * The shipped executable of a source that is, byte for byte, one of ours (its headers too), or undefined. The source may
 * lie anywhere: a workspace is usually a copy.
 */
export function findPrebuilt(
  guestsFolder: string,
  source: string,
  libos: readonly string[] = [],
): string | undefined {
  const manifest = readManifest(guestsFolder);
  if (manifest === undefined || !existsSync(source)) return undefined;
  const hash = sourceHash(source);
  for (const [name, program] of Object.entries(manifest.programs)) {
    const isNamed = basename(name) === nameOf({ source: basename(source), libos });
    if (!isNamed || program.hash !== hash) continue;
    const elf = join(guestsFolder, program.elf);
    if (existsSync(elf)) return elf;
  }
  return undefined;
}

/** Whether what is shipped was built with the libOS as it is now. */
export function isLibosShipped(guestsFolder: string, libosFolder: string): boolean {
  const manifest = readManifest(guestsFolder);
  return manifest?.libos !== undefined && manifest.libos === contentsHash(libosFolder);
}

/** A hash of all files of the libOS. */
function contentsHash(libosFolder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(libosFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.([chS]|ld)$/.test(entry.name))
    .map((entry) => below(libosFolder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes("tests/"));
  for (const file of files.sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(libosFolder, file)));
  }
  return hash.digest("hex").slice(0, 20);
}

function failureOf(result: CompileResult, source: string): { source: string; text: string }[] {
  return result.ok ? [] : [{ source, text: result.text }];
}

/** A program of the workspace: its source, relative, with `/`, and the parts of the libOS that a scenario links it with. */
interface WorkspaceProgram {
  readonly source: string;
  readonly libos: readonly string[];
}

const nameOf = ({ source, libos }: WorkspaceProgram): string => [source, ...libos].join("|");

const elfOf = ({ source, libos }: WorkspaceProgram): string =>
  source.replace(/\.c$/, `${["", ...libos].join("+")}.elf`);

/** Every C source, and where a scenario chooses parts of the libOS for one, that too. */
function programsIn(workspaceFolder: string): WorkspaceProgram[] {
  const files = readdirSync(workspaceFolder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".exo.json"),
  );
  const chosen = files.flatMap((file) => chosenIn(workspaceFolder, file.parentPath, file.name));
  const all = [
    ...programSources(workspaceFolder).map((source) => ({ source, libos: [] })),
    ...chosen,
  ];
  return [...new Map(all.map((program) => [nameOf(program), program])).values()];
}

function chosenIn(workspaceFolder: string, folder: string, name: string): WorkspaceProgram[] {
  const path = join(folder, name);
  const scenario = parseScenario(path, readFileSync(path, "utf8"));
  return [...scenario.environments, ...diskPrograms(scenario)].flatMap(({ program, libos = [] }) =>
    libos.length === 0 || !program.endsWith(".c")
      ? []
      : [{ source: below(workspaceFolder, join(folder, program)), libos }],
  );
}

const below = (folder: string, path: string): string =>
  relative(folder, path).replaceAll("\\", "/");

/** Every C source of the workspace, relative, with `/`, sorted. */
function programSources(workspaceFolder: string): string[] {
  return readdirSync(workspaceFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".c"))
    .map((entry) => below(workspaceFolder, join(entry.parentPath, entry.name)))
    .filter((source) => !NOT_BUILT.has(source))
    .sort();
}

/** A hash of a source and of the headers beside it. Line ends do not count: git may have changed them. */
function sourceHash(source: string): string {
  const folder = dirname(source);
  const headers = readdirSync(folder).filter((name) => name.endsWith(".h"));
  const hash = createHash("sha256");
  for (const name of [basename(source), ...headers.sort()]) {
    const text = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
    hash.update(`${name}\0${text}\0`);
  }
  return hash.digest("hex").slice(0, 20);
}

function isUpToDate(outputFolder: string, key: string): boolean {
  const manifest = readManifest(outputFolder);
  if (manifest === undefined || manifest.key !== key) return false;
  return Object.values(manifest.programs).every(({ elf }) => existsSync(join(outputFolder, elf)));
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}
