/** What the compiler says of a text that is not saved: the same compiler with the same flags as a launch, syntax and types only. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type Compiler,
  type CompilerSearch,
  compileFlags,
  type Diagnostic,
  defaultCacheFolder,
  findCompiler,
  includeFolders,
  parseDiagnostics,
  prepareFolder,
  runTool,
  toolEnvironment,
} from "#debug-adapter";

export type CheckResult =
  /** By file: the text's own and those of headers that it includes. */
  | {
      readonly kind: "checked";
      readonly diagnostics: readonly Diagnostic[];
      readonly milliseconds: number;
    }
  /** A newer text is there. */
  | { readonly kind: "cancelled" }
  /** One sentence. */
  | { readonly kind: "impossible"; readonly because: string };

export interface CheckerOptions {
  /** Folder of the extension: `libos`. */
  readonly root: string;
  /** The setting `exoscope.compiler`; empty to have one found. */
  readonly compiler: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

let checks = 0;

export class SourceChecker {
  readonly #options: CheckerOptions;
  readonly #running = new Map<string, AbortController>();
  /** By the folder of the source: a workspace may bring a compiler of its own. */
  readonly #searches = new Map<string, Promise<CompilerSearch>>();

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Checks a text that stands for the file at `path`. The check of the same file that runs is cancelled. */
  async check(path: string, text: string): Promise<CheckResult> {
    const started = performance.now();
    this.cancel(path);
    const controller = new AbortController();
    this.#running.set(path, controller);
    const { signal } = controller;
    const isCancelled = () => signal.aborted;
    let folder: string | undefined;
    try {
      const { compiler, ...search } = await this.#compilerFor(dirname(path));
      if (isCancelled()) return { kind: "cancelled" };
      if (compiler === undefined)
        return { kind: "impossible", because: (search as { because: string }).because };
      const cacheFolder = defaultCacheFolder();
      const problem = prepareFolder(cacheFolder);
      if (problem !== undefined) return { kind: "impossible", because: problem };
      checks += 1;
      folder = join(cacheFolder, `check-${process.pid}-${checks}`);
      mkdirSync(folder, { recursive: true });
      const copy = join(folder, basename(path));
      writeFileSync(copy, text);
      const libosFolder = join(this.#options.root, "libos");
      const flags = compileFlags(compiler, {
        libosFolder,
        includeFolders: includeFolders(libosFolder),
        optimisation: "0",
        floatingPoint: "software",
      });
      const command = [
        ...compiler.cc,
        ...flags,
        "-iquote",
        dirname(path),
        ...onlyCheck(compiler, folder),
        copy,
      ];
      const run = await runTool(command, {
        cwd: dirname(path),
        environment: toolEnvironment(cacheFolder),
        signal,
      });
      if (isCancelled()) return { kind: "cancelled" };
      if (run.failure !== undefined) {
        const because = `The compiler '${compiler.name}' could not be started: ${run.failure}.`;
        return { kind: "impossible", because };
      }
      const diagnostics = parseDiagnostics(run.text, dirname(path)).map((each) => ({
        ...each,
        file: each.file === copy ? path : each.file,
      }));
      return { kind: "checked", diagnostics, milliseconds: performance.now() - started };
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      if (this.#running.get(path) === controller) this.#running.delete(path);
    }
  }

  cancel(path: string): void {
    this.#running.get(path)?.abort();
  }

  #compilerFor(folder: string): Promise<CompilerSearch> {
    const { compiler, root, environment } = this.#options;
    let search = this.#searches.get(folder);
    if (search === undefined) {
      search = findCompiler({
        preferred: compiler,
        searchFrom: [folder, root],
        ...(environment === undefined ? {} : { environment }),
      });
      this.#searches.set(folder, search);
    }
    return search;
  }
}

/** This zig reports a missing object when a source without mistakes is only checked: it makes one, which is thrown away. */
function onlyCheck({ kind }: Compiler, folder: string): string[] {
  return kind === "zig" ? ["-c", "-o", join(folder, "checked.o")] : ["-fsyntax-only"];
}
