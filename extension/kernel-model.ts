/**
 * What the views draw: the kernel's state at the last stop of one session and at the stop before it. It asks the adapter
 * only for what a visible view wants, once a stop, and keeps the picture while the machine runs.
 */
import {
  type BindingsBody,
  type CapabilitiesBody,
  type EnvironmentsBody,
  type ExtentsBody,
  type HistoryBody,
  type HistoryPosition,
  type PagesBody,
  REQUESTS,
  type SlicesBody,
  type SourcePlace,
} from "../debug-adapter/protocol.ts";
import type { SessionNews } from "./session-news.ts";
import { environmentOfFrame, type Frame } from "./stack-reading.ts";

/** The answers that the views are made of. */
export interface Bodies {
  readonly environments: EnvironmentsBody;
  readonly capabilities: CapabilitiesBody;
  readonly pages: PagesBody;
  readonly slices: SlicesBody;
  readonly bindings: BindingsBody;
  readonly extents: ExtentsBody;
  readonly history: HistoryBody;
}
export type Part = keyof Bodies;
const PARTS: readonly Part[] = [
  "environments",
  "capabilities",
  "pages",
  "slices",
  "bindings",
  "extents",
  "history",
];

/** One part now, and as it was when it was last seen at an earlier stop. */
export interface Picture<T> {
  readonly now: T;
  readonly before?: T;
  /** Number of the stop that `now` was read at. */
  readonly stop: number;
}
export type Pictures = { readonly [P in Part]?: Picture<Bodies[P]> };

/** The debug session as far as the model knows it. */
export interface Asked {
  readonly id: string;
  customRequest(command: string, args?: unknown): Thenable<unknown>;
}

export type Phase = "none" | "running" | "stopped";

/** A step usually stops again at once; only a run that lasts this long is announced. */
const RUNNING_DELAY_MS = 250;

/** An answer to a question to the past: a sentence, and moments to visit. */
export interface Answer {
  readonly title: string;
  readonly items: readonly {
    readonly text: string;
    readonly position?: HistoryPosition;
    readonly place?: SourcePlace;
  }[];
  /** Where one stood when one asked. */
  readonly askedAt: HistoryPosition;
}

const ANSWERS_KEPT = 10;

/** One session: its phase, its stops, and what was read at them. */
export class SessionModel {
  readonly session: Asked;
  phase: Phase = "running";
  pictures: Pictures = {};
  /** Why the last reading failed: one sentence. */
  problem: string | undefined;
  /** The thread and, at a stop, the frame that the user looks at. */
  threadId: number | undefined;
  frameId: number | undefined;
  /** What the past has answered, the newest first. */
  answers: readonly Answer[] = [];
  #stop = 0;
  readonly #frames = new Map<number, Frame[]>();
  /** Parts that are as the machine is now. */
  readonly #fresh = new Set<Part>();
  /** Parts that somebody asked for at this stop, though no view that shows them is visible. */
  readonly #demanded = new Set<Part>();
  #reading: Promise<void> | undefined;
  #announcement: NodeJS.Timeout | undefined;
  readonly #wanted: () => ReadonlySet<Part>;
  readonly #changed: () => void;

  constructor(session: Asked, wanted: () => ReadonlySet<Part>, changed: () => void) {
    this.session = session;
    this.#wanted = wanted;
    this.#changed = changed;
  }

  /** The environment of the frame that the user looks at. */
  get focused(): number | undefined {
    const { threadId, frameId } = this;
    const own = threadId === undefined ? undefined : this.#environmentOf(threadId);
    if (threadId === undefined || own === undefined || frameId === undefined) return own;
    return environmentOfFrame(this.framesOf(threadId), frameId, own);
  }

  /** A thread is an environment, or one that an environment's libOS describes. */
  #environmentOf(threadId: number): number {
    const all = this.pictures.environments?.now.environments ?? [];
    return all.find(({ threads }) => threads?.some(({ id }) => id === threadId))?.id ?? threadId;
  }

  /** The step of the last stop that was read. */
  get step(): number | undefined {
    return this.pictures.environments?.now.step;
  }

  /** Frames as far as VS Code has asked for them, innermost first. */
  framesOf(threadId: number): readonly Frame[] {
    return this.#frames.get(threadId) ?? [];
  }

  hear(news: SessionNews): void {
    switch (news.kind) {
      case "running":
        this.#setRunning();
        return;
      case "stayed":
        this.#setStopped();
        return;
      case "stopped":
        this.#stop += 1;
        this.#fresh.clear();
        this.#demanded.clear();
        this.#frames.clear();
        if (news.threadId !== undefined) this.focus(news.threadId, undefined);
        this.#setStopped();
        this.read();
        return;
      case "frames":
        this.#keepFrames(news);
        return;
      case "invalidated":
        this.#fresh.clear();
        this.read();
        return;
      case "relaunched":
      case "console":
      case "diagnostics":
      case "exited":
        return;
      case "ended":
        this.#setRunning();
        return;
    }
  }

  focus(threadId: number | undefined, frameId: number | undefined): void {
    if (this.threadId === threadId && this.frameId === frameId) return;
    this.threadId = threadId;
    this.frameId = frameId;
    this.#changed();
  }

  /** Reads what is wanted and not yet read at this stop. One reading at a time, so that fast stepping never queues up. */
  read(): void {
    if (this.phase !== "stopped" || this.#reading !== undefined) return;
    const wanted = this.#wanted();
    const parts = PARTS.filter(
      (part) => (wanted.has(part) || this.#demanded.has(part)) && !this.#fresh.has(part),
    );
    if (parts.length === 0) return;
    for (const part of parts) this.#fresh.add(part);
    this.#reading = this.#readParts(parts, this.#stop).finally(() => {
      this.#reading = undefined;
      this.read();
    });
  }

  /** Resolves when a part is as the machine stands, or as it last stood if it runs. */
  async ensure(part: Part): Promise<void> {
    this.#demanded.add("environments").add(part);
    this.read();
    while (this.#reading !== undefined) await this.#reading;
  }

  /** Keeps an answer of the past to be shown. */
  keepAnswer(answer: Answer): void {
    this.answers = [answer, ...this.answers].slice(0, ANSWERS_KEPT);
    // Views draw anew what has another picture.
    this.pictures = { ...this.pictures };
    this.#changed();
  }

  /** Something that is not a stop changed a part: it is read again. */
  reread(part: Part): void {
    this.#fresh.delete(part);
    this.read();
  }

  dispose(): void {
    clearTimeout(this.#announcement);
  }

  async #readParts(parts: readonly Part[], stop: number): Promise<void> {
    try {
      const bodies = await Promise.all(
        parts.map((part) => this.session.customRequest(REQUESTS[part])),
      );
      // It ran on meanwhile: these are of a state that nobody looks at.
      if (stop !== this.#stop || this.phase !== "stopped") return;
      parts.forEach((part, i) => {
        this.#keep(part, bodies[i] as Bodies[typeof part], stop);
      });
      this.problem = undefined;
    } catch (error) {
      if (stop !== this.#stop || this.phase !== "stopped") return;
      this.problem = error instanceof Error ? error.message : `${error}`;
    }
    this.#changed();
  }

  #keep<P extends Part>(part: P, now: Bodies[P], stop: number): void {
    const old = this.pictures[part] as Picture<Bodies[P]> | undefined;
    // A stop at the same step is the same state: a focus that moved, a stop told twice.
    const isSame = old !== undefined && (old.stop === stop || old.now.step === now.step);
    const before = isSame ? old.before : old?.now;
    const picture = { now, stop, ...(before === undefined ? {} : { before }) };
    this.pictures = { ...this.pictures, [part]: picture };
  }

  #keepFrames({ threadId, start, frames }: Extract<SessionNews, { kind: "frames" }>): void {
    const known = this.#frames.get(threadId) ?? [];
    known.splice(start, frames.length, ...frames);
    this.#frames.set(threadId, known);
  }

  #setRunning(): void {
    if (this.phase === "running") return;
    this.phase = "running";
    this.#announcement = setTimeout(this.#changed, RUNNING_DELAY_MS);
  }

  #setStopped(): void {
    clearTimeout(this.#announcement);
    this.phase = "stopped";
  }
}

/** The sessions there are, and the one that the views show. */
export class KernelModel {
  readonly #sessions = new Map<string, SessionModel>();
  /** Who wants each part now. */
  readonly #wanted = new Map<Part, Set<unknown>>();
  /** What is shown whether or not a view is visible. */
  readonly #always = new Set<Part>();
  readonly #listeners = new Set<() => void>();
  #shown: SessionModel | undefined;

  /** Calls `listener` after every change of what is shown; returns how to stop that. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  get shown(): SessionModel | undefined {
    return this.#shown;
  }

  get phase(): Phase {
    return this.#shown?.phase ?? "none";
  }

  session(id: string): SessionModel | undefined {
    return this.#sessions.get(id);
  }

  /** A view says whether it is visible; several may show the same part. Names of environments are wanted by every view. */
  want(part: Part, isWanted: boolean, by: unknown = part): void {
    const those = this.#wanted.get(part) ?? new Set();
    if (isWanted) those.add(by);
    else those.delete(by);
    if (those.size > 0) this.#wanted.set(part, those);
    else this.#wanted.delete(part);
    if (isWanted) this.#shown?.read();
  }

  /** A part is shown elsewhere than in a view, at every stop. */
  wantAlways(part: Part): void {
    this.#always.add(part);
    this.#shown?.read();
  }

  begin(session: Asked): SessionModel {
    this.#sessions.get(session.id)?.dispose();
    const model: SessionModel = new SessionModel(
      session,
      () => {
        const views: readonly Part[] =
          this.#wanted.size === 0 ? [] : [...this.#wanted.keys(), "environments"];
        return new Set([...views, ...this.#always]);
      },
      () => {
        if (model === this.#shown) this.#fire();
      },
    );
    this.#sessions.set(session.id, model);
    this.show(session.id);
    return model;
  }

  end(id: string): void {
    this.#sessions.get(id)?.dispose();
    this.#sessions.delete(id);
    if (this.#shown?.session.id === id) this.show([...this.#sessions.keys()].at(-1));
  }

  /** Shows a session; one that is not ours changes nothing. */
  show(id: string | undefined): void {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id !== undefined && session === undefined) return;
    if (session === this.#shown) return;
    this.#shown = session;
    session?.read();
    this.#fire();
  }

  #fire(): void {
    for (const listener of this.#listeners) listener();
  }
}
