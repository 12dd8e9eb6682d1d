/** The kernel's calls: what there is to ask for, and what would happen. */
import type { HistoryPosition } from "./history.ts";

/** Response body of `exo/calls` (no arguments): the kernel's interface, for whoever asks for a call. */
export interface CallsBody {
  readonly calls: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly parameters: readonly { readonly name: string; readonly meaning: string }[];
  }[];
}

/** Arguments of `exo/whatIf`: a kernel call that nobody makes. */
export interface WhatIfArguments {
  /** Who would make it; the environment in focus when missing. */
  readonly environment?: number;
  /** `page_alloc`. */
  readonly call: string;
  /** In the call's order, or by its parameters' names: numbers, `EXO_ANY`, `EXO_RIGHT_READ`, names of environments. */
  readonly arguments: readonly (number | string)[] | Readonly<Record<string, number | string>>;
  /** When; now if it is missing. */
  readonly position?: HistoryPosition;
}

/** A guard of the kernel as a call found it, and where it stands in the kernel's source. */
export interface GuardItem {
  readonly guard: string;
  readonly holds: boolean;
  /** It does not hold and is weakened: the call would go on. */
  readonly isWeakened?: true;
  /** Its operands, as a sentence. */
  readonly because: string;
  readonly place?: { readonly file: string; readonly line: number; readonly text: string };
}

/** A capability with which the guard would hold that refuses. */
export interface SufficientItem {
  readonly text: string;
  /** Who holds it, and where. */
  readonly environment: number;
  readonly slot: number;
  /** For which argument. */
  readonly parameter: string;
}

export interface WhatIfBody {
  /** One sentence. */
  readonly text: string;
  readonly ok: boolean;
  /** The guards in the order in which they are asked, until the first that refuses. */
  readonly trail: readonly GuardItem[];
  readonly refusal?: { readonly error: string; readonly guard: string; readonly because: string };
  /** For lack of a capability, a right or ownership: what would do. Of the caller's own first, else of others'. */
  readonly sufficient: readonly SufficientItem[];
}
