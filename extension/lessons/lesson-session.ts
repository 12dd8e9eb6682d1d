/** The debug session that a lesson runs in: started and left by the player, reached by DAP requests only. */
import * as vscode from "vscode";
import { type Lesson, launchOf, runAround, runOfStep } from "#debug-adapter";
import {
  type HistoryBody,
  type HistoryPosition,
  type LessonArguments,
  type LessonBody,
  REQUESTS,
  type RelaunchArguments,
} from "../../debug-adapter/protocol.ts";
import { literally } from "../configuration.ts";
import type { KernelModel } from "../kernel-model.ts";
import { DEBUG_TYPE } from "../session-observer.ts";

/** A launch compiles; longer than this it is not going to stop. */
const STOP_PATIENCE_MS = 60_000;

/** What the run of a session says to the lesson, for the steps that are moments of it. */
interface Running {
  readonly session: vscode.DebugSession;
  readonly key: string;
  body?: LessonBody;
}

export class LessonSession {
  readonly #model: KernelModel;
  #running: Running | undefined;
  readonly #ended: vscode.Disposable;

  constructor(model: KernelModel) {
    this.#model = model;
    this.#ended = vscode.debug.onDidTerminateDebugSession((session) => {
      if (session.id === this.#running?.session.id) this.#running = undefined;
    });
  }

  dispose(): void {
    this.#ended.dispose();
  }

  /** Whether a step is a moment of a run at all. */
  isMoment(lesson: Lesson, index: number): boolean {
    return runOfStep(lesson, index) !== undefined && lesson.steps[index]?.until !== undefined;
  }

  /** What the run says to a step; starts its session if that is not the one that runs. Throws what the adapter says. */
  async ask(lesson: Lesson, seed: number, step: number): Promise<LessonBody> {
    const running = await this.#start(lesson, seed, step);
    if (running.body === undefined) {
      const args: LessonArguments = { path: lesson.path, seed, step };
      await this.#stopped(running.session);
      running.body = (await running.session.customRequest(REQUESTS.lesson, args)) as LessonBody;
    }
    return running.body;
  }

  /** Goes to a moment, which may still be to come, and waits until it stands there. */
  async goTo(position: HistoryPosition): Promise<void> {
    const session = this.#running?.session;
    if (session === undefined) return;
    await this.#stopped(session);
    await session.customRequest(REQUESTS.runTo, { position });
    await this.#stopped(session);
  }

  /** Sets a bookmark in time here, once. */
  async mark(name: string, note: string): Promise<void> {
    const session = this.#running?.session;
    if (session === undefined) return;
    const { marks } = (await session.customRequest(REQUESTS.history)) as HistoryBody;
    if (marks.some((mark) => mark.name === name)) return;
    await session.customRequest(REQUESTS.mark, { name, note });
    // Views ask for the history once a stop; this one is new.
    this.#model.session(session.id)?.hear({ kind: "invalidated" });
  }

  /** Ends the session that the player has started. */
  async end(): Promise<void> {
    const session = this.#running?.session;
    this.#running = undefined;
    if (session !== undefined) await vscode.debug.stopDebugging(session);
  }

  async #start(lesson: Lesson, seed: number, step: number): Promise<Running> {
    const part = runAround(lesson, step);
    if (part === undefined) throw new Error(`Step ${step + 1} runs nothing.`);
    const key = JSON.stringify([lesson.path, seed, part.run]);
    if (this.#running?.key === key) return this.#running;
    const { program, ...rest } = launchOf(lesson, part.run);
    const old = this.#running?.session;
    if (old !== undefined) {
      // Another program in the same session: VS Code needs seconds to end one and start another.
      this.#running = { session: old, key: "" };
      const args: RelaunchArguments = { program, ...rest };
      await old.customRequest(REQUESTS.relaunch, args);
      this.#running = { session: old, key };
      return this.#running;
    }
    const configuration = {
      program,
      ...literally(rest),
      type: DEBUG_TYPE,
      request: "launch",
      name: lesson.title,
      stopOnEntry: true,
      stopAtEnd: true,
    };
    const session = await this.#begin(vscode.Uri.file(lesson.path), configuration);
    this.#running = { session, key };
    return this.#running;
  }

  async #begin(
    lesson: vscode.Uri,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugSession> {
    let begun: vscode.DebugSession | undefined;
    const listening = vscode.debug.onDidStartDebugSession((session) => {
      if (session.type === DEBUG_TYPE && session.name === configuration.name) begun = session;
    });
    try {
      const folder =
        vscode.workspace.getWorkspaceFolder(lesson) ?? vscode.workspace.workspaceFolders?.[0];
      const isStarted = await vscode.debug.startDebugging(folder, configuration);
      begun ??= vscode.debug.activeDebugSession;
      if (!isStarted || begun === undefined) {
        throw new Error(`${configuration["program"]} could not be started.`);
      }
      return begun;
    } finally {
      listening.dispose();
    }
  }

  /** Waits until the session stands still. */
  #stopped(session: vscode.DebugSession): Promise<void> {
    const isStill = () => this.#model.session(session.id)?.phase === "stopped";
    if (isStill()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const undo: vscode.Disposable[] = [];
      const end = (problem?: Error) => {
        clearTimeout(timer);
        for (const each of undo) each.dispose();
        if (problem === undefined) resolve();
        else reject(problem);
      };
      const timer = setTimeout(
        () => end(new Error("The program does not stop; pause it and go to the step again.")),
        STOP_PATIENCE_MS,
      );
      undo.push(
        this.#model.onDidChange(() => {
          if (isStill()) end();
        }),
        vscode.debug.onDidTerminateDebugSession(({ id }) => {
          if (id === session.id) end(new Error("The program has ended; go to the step again."));
        }),
      );
      if (isStill()) end();
    });
  }
}
