/**
 * The process that grades, one program after another, for `exo grade`: whatever a program does to it, the others are graded by another one.
 * It hears what to do from its parent and from nobody else.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { gradeProgram } from "../grading/grade-program.ts";
import type { ProgramResult } from "../grading/results.ts";
import { type GradeSpec, readSpec } from "../grading/spec.ts";
import { nodeHost } from "../host.ts";
import { endProcess } from "../leave-process.ts";
import type { LoadedImage } from "../loaded-image.ts";
import { NodeBuilder } from "../node-builder.ts";

/** What a worker is told. */
export interface GradeOrder {
  readonly spec: string;
  /** The one that the scenario names when missing. */
  readonly program?: string | undefined;
  readonly compiler?: string | undefined;
  /** Where recordings go, with the begin of their names; none are made without. */
  readonly recordings?: { readonly folder: string; readonly prefix: string } | undefined;
}

export type GradeReply =
  | { readonly kind: "graded"; readonly result: ProgramResult }
  /** A mistake in the specification. */
  | { readonly kind: "mistake"; readonly sentence: string }
  /** A mistake of ours, or what a damaged executable has led to. */
  | { readonly kind: "failed"; readonly sentence: string };

/** A compiler that takes longer than this, in minutes, is ended: the only limit that is not counted in steps. */
export const COMPILER_MINUTES = 5;

export class GradeWorker {
  readonly #root: string;
  #spec: GradeSpec | undefined;
  readonly #given = new Map<string, LoadedImage>();

  constructor(root: string) {
    this.#root = root;
  }

  async grade(order: GradeOrder): Promise<GradeReply> {
    try {
      return { kind: "graded", result: await this.#grade(order) };
    } catch (problem) {
      if (problem instanceof UserError) return { kind: "mistake", sentence: problem.message };
      const { name, message } = problem as Error;
      return { kind: "failed", sentence: `${name}: ${message}` };
    }
  }

  #grade({ spec: path, program, compiler, recordings }: GradeOrder): Promise<ProgramResult> {
    this.#spec ??= readSpec(path, readFileSync(path, "utf8"));
    const { scenario } = this.#spec;
    const home = typeof scenario === "string" ? resolve(dirname(path), scenario) : path;
    const builder = new NodeBuilder(
      this.#root,
      { log: () => {}, diagnostics: () => {} },
      { includeFolders: [dirname(home)], compilerMilliseconds: COMPILER_MINUTES * 60_000 },
    );
    const saveRecording =
      recordings === undefined
        ? undefined
        : (run: string, text: string) => {
            const name = `${recordings.prefix}-${fileName(run)}.exorec`;
            const output = join(recordings.folder, name);
            nodeHost.writeFile(output, text);
            return output;
          };
    return gradeProgram(this.#spec, program, {
      host: nodeHost,
      builder,
      given: this.#given,
      compiler,
      saveRecording,
    });
  }
}

/** A text as a part of a file's name. */
export const fileName = (text: string): string =>
  text.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "run";

/** Serves the parent until it goes. */
export function serveGrading(root: string): Promise<number> {
  const worker = new GradeWorker(root);
  return new Promise((end) => {
    process.on("disconnect", () => endProcess(0));
    process.on("message", (order: GradeOrder) => {
      void worker.grade(order).then((reply) => process.send?.(reply));
    });
    if (process.send === undefined) end(2);
  });
}
