/** What the extension takes of the adapter besides its protocol: lessons as data. */

export { defaultCacheFolder, prepareFolder } from "./compiler/cache-folder.ts";
export { type Diagnostic, parseDiagnostics } from "./compiler/diagnostics.ts";
export { type Compiler, type CompilerSearch, findCompiler } from "./compiler/find-compiler.ts";
export { compileFlags } from "./compiler/flags.ts";
export { toolEnvironment } from "./compiler/libos-archive.ts";
export { includeFolders, partsOf, sourcesIn } from "./compiler/libos-parts.ts";
export { runTool } from "./compiler/run-tool.ts";
/** What the language server uses: it runs the same compiler with the same flags as a launch does. */
export type { KernelSource } from "./kernel-source.ts";
export { lineOfAnchor } from "./lessons/anchors.ts";
export type { Lesson, LessonStep, Prediction } from "./lessons/lesson.ts";
export {
  changed,
  exported,
  hintAfter,
  isDone,
  isOpen,
  isRightAnswer,
  newProgress,
  type Progress,
  problemOfAnswer,
  restored,
  type StepProgress,
} from "./lessons/progress.ts";
export { isLessonName, isTourName, readLesson } from "./lessons/read-lesson.ts";
export { launchOf, pathFrom, runAround, runOfStep } from "./lessons/runs.ts";
