/** Compiles C programs for the machine and links them with the libOS: what F5 does first. */
import { copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { explainToolFailure, prepareFolder, unwritable } from "./cache-folder.ts";
import {
  type Diagnostic,
  parseDiagnostics,
  parseLinkErrors,
  undefinedSymbols,
} from "./diagnostics.ts";
import type { Compiler } from "./find-compiler.ts";
import {
  compileFlags,
  type FloatingPoint,
  linkCommand,
  linkWithRuntime,
  type Optimisation,
} from "./flags.ts";
import {
  dependencies,
  dependencyFile,
  libosArchive,
  partArchives,
  toolEnvironment,
} from "./libos-archive.ts";
import { includeFolders, partsNamedBy } from "./libos-parts.ts";
import { mapLimited, runTool, type ToolRun } from "./run-tool.ts";

export interface CompileRequest {
  readonly compiler: Compiler;
  /** C and assembly sources of one program. Absolute, or relative to `cwd`. */
  readonly sources: readonly string[];
  /** The executable to write; its folder is made. */
  readonly output: string;
  /** The folder of the libOS: sources, `include`, `exo.ld`. */
  readonly libosFolder: string;
  readonly cacheFolder: string;
  readonly includeFolders?: readonly string[] | undefined;
  /** Macros; an empty value defines the name as 1. */
  readonly defines?: Readonly<Record<string, string>> | undefined;
  /** Parts of the libOS besides those that the sources name, in the order in which they are looked into. */
  readonly libos?: readonly string[] | undefined;
  /** `0` by default. The libOS is compiled alike. */
  readonly optimisation?: Optimisation | undefined;
  /** `software` by default. The libOS is compiled alike. */
  readonly floatingPoint?: FloatingPoint | undefined;
  readonly extraFlags?: readonly string[] | undefined;
  /** Folder in which the compiler runs: the first source's by default. */
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Folder to what debug information calls it. Sources keep their absolute path otherwise. */
  readonly prefixMap?: Readonly<Record<string, string>> | undefined;
  /** Where shipped archives of the libOS are (`dist/guests`). */
  readonly shippedFolder?: string | undefined;
}

export type CompileResult =
  | {
      readonly ok: true;
      readonly output: string;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly milliseconds: number;
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** What to show where there are no places: the tools' own words, or one sentence of ours. */
      readonly text: string;
    };

let builds = 0;

/** Compiles and links one program. Never rejects: what goes wrong is in the result. */
export async function compile(request: CompileRequest): Promise<CompileResult> {
  const started = performance.now();
  const { compiler, cacheFolder, libosFolder, signal } = request;
  const { optimisation = "0", floatingPoint = "software" } = request;
  const [first] = request.sources;
  if (first === undefined) return failed("There is nothing to compile.");
  const cwd = request.cwd ?? dirname(resolve(first));
  const sources = request.sources.map((source) =>
    isAbsolute(source) ? source : resolve(cwd, source),
  );
  const problem = prepareFolder(cacheFolder);
  if (problem !== undefined) return failed(problem);
  builds += 1;
  const folder = join(cacheFolder, `build-${process.pid}-${builds}`);
  try {
    mkdirSync(folder, { recursive: true });
    const options = { cwd, environment: toolEnvironment(cacheFolder), signal };
    const flags = userFlags(request, optimisation, floatingPoint);
    const objects = sources.map((source, index) => join(folder, `${index}-${basename(source)}.o`));
    const libos = { compiler, libosFolder, cacheFolder, optimisation, floatingPoint, signal };
    const [archive, runs] = await Promise.all([
      libosArchive(libos, request.shippedFolder),
      mapLimited(sources, 4, (source, index) => {
        const object = objects[index] ?? "";
        const command = [...compiler.cc, ...flags, ...dependencies(object), "-c", source];
        return runTool([...command, "-o", object], options);
      }),
    ]);
    const diagnostics = runs.flatMap((run) => parseDiagnostics(run.text, cwd));
    const wrong = runs.find((run) => run.status !== 0);
    if (wrong !== undefined) return toolFailed(wrong, diagnostics, request);
    if (!archive.ok) return failed(archive.text);

    const named = objects.flatMap((object) =>
      partsNamedBy(dependencyFile(object), resolve(libosFolder), cwd),
    );
    const chosen = [...(request.libos ?? []), ...named];
    const parts = await partArchives(libos, chosen, request.shippedFolder);
    if (!parts.ok) return failed(parts.text);

    const executable = join(folder, "program.elf");
    const inputs = {
      ...{ objects, parts: parts.paths, libos: archive.path },
      ...{ libosFolder, floatingPoint },
    };
    let link = await runTool(linkCommand(compiler, inputs, executable), options);
    // Helpers of the compiler that the libOS does not have begin with two underscores: those of floating point do.
    if (link.status !== 0 && undefinedSymbols(link.text).some((name) => name.startsWith("__"))) {
      const again = linkWithRuntime(compiler, inputs, executable);
      if (again !== undefined) link = await runTool(again, options);
    }
    if (link.status !== 0) {
      return toolFailed(link, [...diagnostics, ...parseLinkErrors(link.text, sources)], request);
    }
    moveInto(executable, request.output);
    const milliseconds = performance.now() - started;
    return { ok: true, output: request.output, diagnostics, milliseconds };
  } catch (error) {
    return failed(unwritable((error as { path?: string }).path ?? cacheFolder, error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function userFlags(
  request: CompileRequest,
  optimisation: Optimisation,
  floatingPoint: FloatingPoint,
): string[] {
  const { compiler, libosFolder, prefixMap } = request;
  return [
    ...compileFlags(compiler, {
      libosFolder,
      includeFolders: [...includeFolders(libosFolder), ...(request.includeFolders ?? [])],
      optimisation,
      floatingPoint,
      prefixMap,
    }),
    ...Object.entries(request.defines ?? {}).map(([name, value]) =>
      value === "" ? `-D${name}` : `-D${name}=${value}`,
    ),
    ...(request.extraFlags ?? []),
  ];
}

function failed(text: string): CompileResult {
  return { ok: false, diagnostics: [], text };
}

function toolFailed(
  run: ToolRun,
  diagnostics: readonly Diagnostic[],
  { compiler, cacheFolder, signal }: CompileRequest,
): CompileResult {
  if (signal?.aborted === true) return failed("The compilation was stopped.");
  if (run.failure !== undefined) {
    return failed(`The compiler '${compiler.name}' could not be started: ${run.failure}.`);
  }
  const explained = explainToolFailure(run.text, cacheFolder);
  if (explained !== undefined) return failed(explained);
  return { ok: false, diagnostics, text: run.text.trimEnd() };
}

/** Puts the finished file in place at once, so that nobody reads half of one. */
function moveInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    // Another file system: a copy beside it, then the rename.
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const beside = `${to}.${process.pid}.partial`;
    copyFileSync(from, beside);
    renameSync(beside, to);
  }
}
