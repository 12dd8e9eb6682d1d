/**
 * The adapter's own requests, events and launch arguments: what the extension's views and other DAP clients rely on
 * (docs/dap.md). Types and names only, so that a view may use this file alone; the larger bodies are in `protocol/`. Ids of environments are also DAP thread ids.
 */
import type { HistoryPosition } from "./protocol/history.ts";

export type * from "./protocol/history.ts";
export type * from "./protocol/kernel-calls.ts";
export type * from "./protocol/kernel-records.ts";
export type * from "./protocol/timeline.ts";

/** `launch` arguments: what launch.json may say. */
export interface LaunchArguments {
  /** A C source (`.c`), a RISC-V executable (`.elf`), a scenario (`.exo.json`) or a recording (`.exorec`). Absolute. */
  readonly program: string;
  /** Arguments of the program; a scenario has its own. */
  readonly args?: readonly string[];
  /** Stop at `main` of the first program, or, where that has no debug data, at the first instruction. */
  readonly stopOnEntry?: boolean;
  /** Working folder: programs of a recording are looked for there as well. */
  readonly cwd?: string;
  /** The compiler: a path or `zig`, `clang`, `gcc`; found by itself when missing. */
  readonly compiler?: string;
  /** Optimisation of the user's sources, `0` by default. */
  readonly optimization?: "0" | "1" | "2" | "3" | "s";
  /** `hardware`: C files, and the libOS for them, are built for F and D (ilp32d); `software` by default. */
  readonly floatingPoint?: "software" | "hardware";
  /** Parts of the libOS that the program is linked with besides those that it names by their headers. */
  readonly libos?: readonly string[];
  /** Arguments of a scenario's environments by their names, in place of what the scenario says. */
  readonly environmentArguments?: Readonly<Record<string, readonly string[]>>;
  /** Length of a slice in steps (also of a scenario's, which it overrides). */
  readonly tick?: number;
  /** End the run after so many steps. */
  readonly maxSteps?: number;
  /** Run without stopping at anything. */
  readonly noDebug?: boolean;
  /** Step into at an `ecall` walks through the guards of the kernel call; true by default. */
  readonly stepIntoKernel?: boolean;
  /** Stop when the program has ended, so that one can go back; a step that ends it always stops there. */
  readonly stopAtEnd?: boolean;
  /** MiB of memory for the snapshots of the history; 256 by default. */
  readonly historyMemory?: number;
  /** Where the guests' console goes: `exo/console` events for a terminal, or (default) `output` events. */
  readonly console?: "terminal" | "debugConsole";
}

/** Arguments of `exo/consoleInput`: raw bytes for the guest's console, as text. */
export interface ConsoleInputArguments {
  readonly text: string;
}

/**
 * Arguments of `exo/breakOn`: a data breakpoint that the client's own list does not have. `dataId` as `dataBreakpointInfo`
 * gives it; `page:0x92`, `page:0x92:owner`, `capability:258:16`, `slice:3`, `extent:5`, `filter:2`, `environment:258` and `binding:258:0x40000000` can be
 * made up.
 */
export interface BreakOnArguments {
  readonly dataId: string;
  readonly accessType?: "read" | "write" | "readWrite";
  readonly condition?: string;
  readonly hitCondition?: string;
}

export interface BreakOnBody {
  /** As in `hitBreakpointIds`. */
  readonly id: number;
  /** All that is set by `exo/breakOn` now, in words. */
  readonly active: readonly string[];
}

/** Arguments of `exo/breakOff`; without `dataId` everything that `exo/breakOn` set is removed. */
export interface BreakOffArguments {
  readonly dataId?: string;
}

export interface BreakOffBody {
  readonly removed: number;
  readonly active: readonly string[];
}

/** Body of the event `exo/console`: bytes that guests wrote, as UTF-8 text. Only with `"console": "terminal"`; else they are `output` events of category `stdout`. */
export interface ConsoleEventBody {
  readonly text: string;
}

/** Body of the event `exo/diagnostics`: the compiler's findings for the Problems panel. An empty list clears. */
export interface DiagnosticsEventBody {
  readonly diagnostics: readonly {
    readonly path: string;
    readonly line: number;
    readonly column: number;
    readonly severity: "error" | "warning" | "note";
    readonly message: string;
    /** The compiler's where missing. */
    readonly origin?: "linker";
  }[];
}

/** Arguments of `exo/relaunch`: what runs now in this session; all else is as `launch` said. */
export interface RelaunchArguments {
  readonly program: string;
  readonly args?: readonly string[];
  readonly environmentArguments?: Readonly<Record<string, readonly string[]>>;
}

/** Arguments of `exo/lesson`: what the run of this launch says to a lesson, as the seed varies it. */
export interface LessonArguments {
  /** The lesson file, absolute. */
  readonly path: string;
  readonly seed?: number;
  /** A step of the run that is launched, from 0 on: a lesson may be about several. */
  readonly step: number;
}

export interface LessonBody {
  /** Those that are moments of the same run as the step that was named. */
  readonly steps: readonly {
    readonly index: number;
    /** Where it stands; absent for one that has no moment. For `exo/runTo`. */
    readonly at?: HistoryPosition;
    /** Where its answer is seen, where that is another moment. */
    readonly seenAt?: HistoryPosition;
    /** What is right, by this run. */
    readonly answer?: string;
    /** Markdown, with the run's values. */
    readonly reveal?: string;
    /** What of the lesson does not agree with the run, in whole sentences. */
    readonly problems: readonly string[];
  }[];
  /** What must be true of the run, and whether it is. */
  readonly checks: readonly {
    readonly holds: boolean;
    readonly reason: string;
    readonly at?: HistoryPosition;
  }[];
}

/** Names of the adapter's own requests and events. */
export const REQUESTS = {
  environments: "exo/environments",
  capabilities: "exo/capabilities",
  capabilityText: "exo/capabilityText",
  pages: "exo/pages",
  events: "exo/events",
  timeline: "exo/timeline",
  consoleInput: "exo/consoleInput",
  history: "exo/history",
  goTo: "exo/goTo",
  goToEvent: "exo/goToEvent",
  runTo: "exo/runTo",
  stepBack: "exo/stepBack",
  mark: "exo/mark",
  branch: "exo/branch",
  whoChanged: "exo/whoChanged",
  whyLegal: "exo/whyLegal",
  historyOf: "exo/historyOf",
  hits: "exo/hits",
  divergence: "exo/divergence",
  crashes: "exo/crashes",
  calls: "exo/calls",
  whatIf: "exo/whatIf",
  lesson: "exo/lesson",
  relaunch: "exo/relaunch",
  record: "exo/record",
  breakOn: "exo/breakOn",
  breakOff: "exo/breakOff",
  slices: "exo/slices",
  bindings: "exo/bindings",
  extents: "exo/extents",
  provenance: "exo/provenance",
  whoCanReach: "exo/whoCanReach",
  lastRefusal: "exo/lastRefusal",
} as const;

export const EVENTS = {
  console: "exo/console",
  diagnostics: "exo/diagnostics",
  historyChanged: "exo/historyChanged",
} as const;
