/** What the language server uses: it runs the same compiler with the same flags as a launch does. */
export { defaultCacheFolder, prepareFolder } from "./compiler/cache-folder.ts";
export { type Diagnostic, parseDiagnostics } from "./compiler/diagnostics.ts";
export { type Compiler, type CompilerSearch, findCompiler } from "./compiler/find-compiler.ts";
export { compileFlags } from "./compiler/flags.ts";
export { toolEnvironment } from "./compiler/libos-archive.ts";
export { includeFolders, partsOf, sourcesIn } from "./compiler/libos-parts.ts";
export { runTool } from "./compiler/run-tool.ts";
export type { KernelSource } from "./kernel-source.ts";
