/** The history of a run: moments, marks, branches, and questions to the past. */
import type { KernelObject, SourcePlace } from "./kernel-records.ts";

/** A moment of the history: a branch, the step, and how many kernel events there were. */
export interface HistoryPosition {
  readonly branch: number;
  readonly step: number;
  readonly event: number;
}

/** Response body of `exo/history` (no arguments), `exo/mark` and `exo/branch`. */
export interface HistoryBody {
  readonly step: number;
  readonly now: HistoryPosition;
  /** The programs are loaded and none has run. */
  readonly start: HistoryPosition;
  /** The last moment of this branch that was ever reached. */
  readonly end: HistoryPosition;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** Whether a debugger has changed something before now. */
  readonly isAltered: boolean;
  /** Guards that the scenario weakens. */
  readonly weakened: readonly string[];
  readonly branches: readonly {
    readonly id: number;
    readonly name: string;
    readonly parent?: number;
    /** Where it leaves its parent. */
    readonly fork: HistoryPosition;
    readonly end: HistoryPosition;
    readonly isCurrent: boolean;
  }[];
  readonly marks: readonly {
    readonly id: number;
    readonly name: string;
    readonly note: string;
    readonly position: HistoryPosition;
  }[];
  /** What entered this branch from outside: input and what a debugger changed. */
  readonly journal: readonly { readonly position: HistoryPosition; readonly text: string }[];
  /** The last kernel events before now, oldest first. */
  readonly recent: readonly { readonly position: HistoryPosition; readonly text: string }[];
  readonly snapshots: number;
  readonly snapshotBytes: number;
}

/** Arguments of `exo/goTo`: one of these; without any, the end of the history. It answers with a `stopped` event. */
export interface GoToArguments {
  readonly position?: HistoryPosition;
  readonly step?: number;
  /** Running number of a kernel event, as in `exo/events`. */
  readonly event?: number;
  readonly mark?: number;
  readonly end?: "start" | "end";
}

/** Arguments of `exo/runTo`: to a moment of a branch, also one that is not reached yet: the run goes on to it without a stop. */
export interface RunToArguments {
  readonly position: HistoryPosition;
}

/** Arguments of `exo/goToEvent`: the next or previous kernel event of these kinds, whose text contains this. */
export interface GoToEventArguments {
  readonly direction: "next" | "previous";
  readonly kinds?: readonly string[];
  readonly text?: string;
  readonly environment?: number;
}

/** Arguments of `exo/stepBack`: DAP's `stepBack` is the kind `over`. */
export interface StepBackArguments {
  readonly threadId: number;
  readonly kind?: "over" | "into" | "out";
  readonly granularity?: "statement" | "line" | "instruction";
}

/** Arguments of `exo/mark`: sets a mark at this moment, or removes one. */
export interface MarkArguments {
  readonly name?: string;
  readonly note?: string;
  readonly remove?: number;
}

/** Arguments of `exo/branch`: goes to a branch's end, or with a name renames it. */
export interface BranchArguments {
  readonly branch: number;
  readonly name?: string;
}

/** Arguments of `exo/record`: saves the history of the session to a file, or without a path answers with its text. */
export interface RecordArguments {
  /** Absolute; the file is replaced as a whole or not at all. */
  readonly path?: string;
  /** Put the executables in, so that it opens where neither compiler nor sources are. */
  readonly withPrograms?: boolean;
}

export interface RecordBody {
  /** The path that was written. */
  readonly path?: string;
  /** The recording itself, when no path was given. */
  readonly text?: string;
  /** Its size. */
  readonly bytes: number;
}

/** Arguments of `exo/whoChanged`: a value, the owner of a page, or what is in a slot. */
export type ChangeArguments =
  | { readonly expression: string; readonly frameId?: number }
  | { readonly variablesReference: number; readonly name: string }
  | { readonly environment: number; readonly address: number | string; readonly length: number }
  | { readonly page: number }
  | { readonly environment: number; readonly slot: number };

export interface ChangeBody {
  /** One sentence. */
  readonly text: string;
  /** The moment right after the change; absent when there never was one. */
  readonly position?: HistoryPosition;
  readonly environment?: number;
  readonly place?: SourcePlace;
}

/** Arguments of `exo/whyLegal`: what the instruction at a frame does, or an access to a value or an address. */
export type LegalityArguments =
  | { readonly frameId: number }
  | {
      readonly expression: string;
      readonly frameId: number;
      readonly access?: "read" | "write" | "execute";
    }
  | {
      readonly environment: number;
      readonly address: number | string;
      readonly access?: "read" | "write" | "execute";
    };

export interface LegalityStep {
  readonly text: string;
  /** The moment at which it came to be; absent for what was there from the first. */
  readonly position?: HistoryPosition;
  readonly place?: SourcePlace;
}

export interface LegalityBody {
  readonly text: string;
  /** From the binding to the capability, and by each derivation up to the root. Empty when the access would fault. */
  readonly chain: readonly LegalityStep[];
}

/** Arguments of `exo/historyOf`, `exo/provenance` and `exo/whoCanReach`. */
export type ObjectHistoryArguments = KernelObject;

export interface ObjectHistoryBody {
  readonly title: string;
  /** Oldest first, until now. */
  readonly items: readonly {
    readonly text: string;
    readonly position: HistoryPosition;
    readonly environment: number;
  }[];
}

/** Arguments of `exo/hits`: a log point over all known history. */
export interface HitsArguments {
  readonly path: string;
  readonly line: number;
  readonly condition?: string;
  readonly logMessage?: string;
}

export interface HitsBody {
  readonly hits: readonly {
    readonly text: string;
    readonly position: HistoryPosition;
    readonly environment: number;
  }[];
  /** There are more, or the search was paused. */
  readonly isCut: boolean;
}

/** Arguments of `exo/divergence`: a value as it is named now, and two branches. */
export type DivergenceArguments = {
  readonly branches: readonly [number, number];
} & (
  | { readonly expression: string; readonly frameId?: number }
  | { readonly variablesReference: number; readonly name: string }
  | { readonly environment: number; readonly address: number | string; readonly length: number }
);

export type DivergencePoint = LegalityStep;

export interface DivergenceBody {
  readonly text: string;
  /** The first change that differs, on the one and on the other; empty when none does. */
  readonly points: readonly DivergencePoint[];
}

/** Arguments of `exo/crashes`: what a power failure does to unflushed writes; `drop` when missing. */
export interface CrashesArguments {
  readonly mode?: "drop" | "keep" | "random";
  readonly seed?: number;
}

/** One power failure and the boot after it. */
export interface CrashOutcome {
  /** The branch that it happened on. */
  readonly branch: number;
  /** Write requests of the first boot that were accepted before the failure. */
  readonly writesDone: number;
  /** The barrier request that was not accepted any more, from 1; absent when the power failed before a write or after all. */
  readonly beforeBarrier?: number;
  /** A phrase: the second boot's last line and status. */
  readonly outcome: string;
  readonly lastLine: string;
  /** The second boot's exit status; absent when it did not end. */
  readonly exitCode?: number;
}

export interface CrashesBody {
  readonly outcomes: readonly CrashOutcome[];
}

/** Response body of `exo/provenance`: how an object came to be what it is, from its capability by each derivation to the root. */
export type ProvenanceBody = LegalityBody;
