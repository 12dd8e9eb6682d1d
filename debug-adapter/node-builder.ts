/** Builds programs on this machine: by the compiler that is found, else from what is shipped built. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { defaultCacheFolder } from "./compiler/cache-folder.ts";
import { compile } from "./compiler/compile.ts";
import { type CompilerSearch, findCompiler } from "./compiler/find-compiler.ts";
import { partsOf } from "./compiler/libos-parts.ts";
import { findPrebuilt, isLibosShipped } from "./compiler/prebuilt.ts";
import { compileFailed, noCompiler, UserError } from "./errors.ts";
import type { Builder, BuiltProgram, ProgramRole } from "./load-program.ts";
import type { DiagnosticsEventBody, LaunchArguments } from "./protocol.ts";
import { SourceMap, type SourceRoot } from "./source-map.ts";

export interface BuilderOutput {
  readonly log: (text: string) => void;
  readonly diagnostics: (body: DiagnosticsEventBody) => void;
}

/** What a caller may have otherwise than F5 has it. */
export interface BuilderLimits {
  /** Where headers are looked for besides. */
  readonly includeFolders?: readonly string[];
  /** A compiler that has not come to an end by then is ended. */
  readonly compilerMilliseconds?: number;
}

export class NodeBuilder implements Builder {
  /** Folder of the extension: `libos`, `dist/guests`. */
  readonly #root: string;
  readonly libosFolder: string;
  readonly #output: BuilderOutput;
  readonly #limits: BuilderLimits;
  #search: Promise<CompilerSearch> | undefined;
  #isLibosShipped: boolean | undefined;

  constructor(root: string, output: BuilderOutput, limits: BuilderLimits = {}) {
    this.#root = root;
    this.#limits = limits;
    this.libosFolder = join(root, "libos");
    this.#output = output;
  }

  parts(): readonly string[] {
    return partsOf(this.libosFolder);
  }

  say(sentence: string): void {
    this.#output.log(`${sentence}\n`);
  }

  async build(
    path: string,
    args: LaunchArguments,
    role: ProgramRole = "named",
  ): Promise<BuiltProgram> {
    if (!path.endsWith(".c")) return { elfPath: path, sources: this.sources(path) };
    const shipped = role === "given" ? this.#shippedAsItIs(path, args) : undefined;
    if (shipped !== undefined) return { elfPath: shipped, sources: this.sources(path) };
    this.#search ??= findCompiler({
      preferred: args.compiler,
      searchFrom: [dirname(path), this.#root],
    });
    const search = await this.#search;
    const libos = args.libos ?? [];
    if (search.compiler === undefined) {
      if (args.floatingPoint === "hardware") throw noCompiler(path, search.because);
      return this.#prebuilt(path, libos, search.because, role);
    }
    const cacheFolder = defaultCacheFolder();
    const name = basename(path).replace(/\.c$/, "");
    const { includeFolders, compilerMilliseconds } = this.#limits;
    const result = await compile({
      compiler: search.compiler,
      sources: [path],
      output: join(cacheFolder, "programs", `${hashOf([path, ...libos].join("|"))}-${name}.elf`),
      libosFolder: this.libosFolder,
      shippedFolder: join(this.#root, "dist/guests"),
      cacheFolder,
      libos,
      includeFolders,
      ...(compilerMilliseconds === undefined
        ? {}
        : { signal: AbortSignal.timeout(compilerMilliseconds) }),
      optimisation: args.optimization,
      floatingPoint: args.floatingPoint,
    });
    const diagnostics = result.diagnostics.map(({ file, ...rest }) => ({ path: file, ...rest }));
    if (role === "named") this.#output.diagnostics({ diagnostics });
    for (const { path: file, line, column, severity, message } of role === "named"
      ? diagnostics
      : []) {
      this.#output.log(`${file}:${line}:${column}: ${severity}: ${message}\n`);
    }
    if (result.ok) return { elfPath: result.output, sources: this.sources(path) };
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const [first] = errors;
    if (first === undefined) throw new UserError(106, `'${path}' does not compile: ${result.text}`);
    const where = `${basename(first.path)}:${first.line}:${first.column}: ${first.message}`;
    throw compileFailed(path, errors.length, where);
  }

  /** A program that comes with us, where it and the libOS are what was shipped built. */
  #shippedAsItIs(path: string, args: LaunchArguments): string | undefined {
    const { optimization = "0", floatingPoint = "software", libos } = args;
    if (optimization !== "0" || floatingPoint !== "software") return undefined;
    const folder = join(this.#root, "dist/guests");
    this.#isLibosShipped ??= isLibosShipped(folder, this.libosFolder);
    return this.#isLibosShipped ? findPrebuilt(folder, path, libos) : undefined;
  }

  #prebuilt(
    path: string,
    libos: readonly string[],
    because: string,
    role: ProgramRole,
  ): BuiltProgram {
    const shipped = findPrebuilt(join(this.#root, "dist/guests"), path, libos);
    if (shipped === undefined) throw noCompiler(path, because);
    if (role === "named")
      this.#output.log(`${because} '${basename(path)}' is unchanged and runs as it was shipped.\n`);
    return { elfPath: shipped, sources: this.sources(path) };
  }

  /** A shipped program's sources may lie beside the one that was named, or a folder or two above. */
  sources(path: string, moved: readonly SourceRoot[] = []): SourceMap {
    const workspace = "exo:/test-workspace/";
    const roots: SourceRoot[] = [
      { prefix: "exo:/libos/", folder: join(this.#root, "libos") },
      ...moved,
    ];
    let folder = dirname(path);
    for (let i = 0; i < 3; i += 1) {
      roots.push({ prefix: workspace, folder });
      folder = dirname(folder);
    }
    roots.push({ prefix: workspace, folder: join(this.#root, "test-workspace") });
    return new SourceMap(roots, existsSync, process.platform === "linux");
  }
}

function hashOf(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 12);
}
