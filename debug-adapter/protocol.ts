/**
 * The adapter's own requests, events and launch arguments: what the extension's views and other DAP clients rely on
 * (docs/dap.md). Types only, no import, and all in one file, so that a view may use this file alone. Ids of environments are also DAP thread ids.
 */

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

export type EnvironmentState =
  | "created"
  | "running"
  | "ready"
  | "sleeping"
  | "resting"
  | "waiting"
  | "destroyed";

/** A place in a source. Lines are 1-based. */
export interface SourcePlace {
  readonly path: string;
  readonly line: number;
}

export interface EnvironmentItem {
  /** Full id, which is also the DAP thread id. */
  readonly id: number;
  /** Record index, also the address-space id. */
  readonly index: number;
  readonly name: string;
  /** Path of the program, empty for the launcher. */
  readonly program: string;
  readonly isLauncher: boolean;
  readonly state: EnvironmentState;
  /** One phrase for people: `waits for server (env 1027)`. */
  readonly stateText: string;
  readonly parent: number;
  /** Where it stands, absent when it never ran or is gone. Hexadecimal with 0x. */
  readonly pc?: string;
  readonly function?: string;
  readonly place?: SourcePlace;
  readonly waitingOn?: number;
  readonly serving?: number;
  /** Positions in the slice vector. */
  readonly slices: readonly number[];
  readonly pagesOwned: number;
  /** Pages that it answers for: its own, and the kernel's for its capability table. */
  readonly charge: number;
  /** The most pages that it may answer for; absent without a quota. */
  readonly quota?: number;
  /** Pages that are guaranteed to it: never taken by force, and there when it allocates them. */
  readonly guaranteed: number;
  /** What it is asked to give back, as sentences. */
  readonly owes: readonly string[];
  readonly capabilityCount: number;
  readonly exitStatus?: number;
  /** Registered entries by name (`store page fault`, `begin of a slice`, ...) with their address, function and line. */
  readonly entries: readonly {
    readonly name: string;
    readonly pc: string;
    readonly function?: string;
    readonly place?: SourcePlace;
  }[];
  /** Where every exception enters that has no entry of its own: its `utvec`. Absent when that is 0. */
  readonly exceptionEntry?: {
    readonly pc: string;
    readonly function?: string;
    readonly place?: SourcePlace;
  };
  /** Accounting: slices, steps, calls, refusals, upcalls, transfers, refills, evictions, excess, pages, losses. */
  readonly counters: Readonly<Record<string, number>>;
  /** Threads that its libOS describes, by the ids of DAP; absent when there are none. */
  readonly threads?: readonly {
    readonly id: number;
    readonly name: string;
    readonly state: "running" | "ready" | "waiting";
    /** Where it stands in a source: of the library's own code, the place in the program that it works for. */
    readonly place?: SourcePlace;
  }[];
  /** Upcalls that wait to be delivered, by name. */
  readonly pending: readonly string[];
  /** Losses by force, oldest first, as sentences. */
  readonly repossessions: readonly string[];
}

/** Response body of `exo/environments` (no arguments). */
export interface EnvironmentsBody {
  readonly step: number;
  /** Id of the environment that runs, 0 when nobody does. */
  readonly running: number;
  readonly environments: readonly EnvironmentItem[];
  /** Guards that the scenario weakens: whatever this run shows, the kernel as it is would not have allowed. */
  readonly weakened: readonly string[];
}

export interface CapabilityItem {
  readonly environment: number;
  readonly slot: number;
  readonly kind: string;
  /** `rwxgc` with dashes. */
  readonly rights: string;
  readonly resource: number;
  /** For people: `page 0x12d`, `slice 3`, `environment 514 (server)`. */
  readonly resourceText: string;
  /** The one that the allocation made. */
  readonly isOwner: boolean;
  readonly parent?: { readonly environment: number; readonly slot: number };
  readonly childCount: number;
  readonly offeredTo?: number;
  /** Step at which it was made (low 32 bits). */
  readonly step: number;
}

/** A capability that is no more. */
export interface RemovedCapability {
  readonly environment: number;
  readonly slot: number;
  readonly resourceText: string;
  /** `revoked`, `freed`, ... */
  readonly why: string;
  /** By whom; 0: the kernel. */
  readonly by: number;
  readonly step: number;
  readonly event: number;
}

/** Arguments of `exo/capabilities`. */
export interface CapabilitiesArguments {
  /** One environment's; all when missing. */
  readonly environment?: number;
}
export interface CapabilitiesBody {
  readonly step: number;
  readonly capabilities: readonly CapabilityItem[];
  /** Those that were removed last, the latest first; at most 100. */
  readonly removed: readonly RemovedCapability[];
}

/** Arguments of `exo/capabilityText`: all capabilities as one text, in the manner of capDL, or as a DOT graph. */
export interface CapabilityTextArguments {
  readonly format?: "capdl" | "dot";
}
export interface CapabilityTextBody {
  readonly step: number;
  readonly text: string;
}

export interface MappingItem {
  readonly environment: number;
  /** Virtual address with 0x. */
  readonly address: string;
  /** `rwx` with dashes. */
  readonly rights: string;
  readonly guaranteed: boolean;
}

export interface PageItem {
  readonly frame: number;
  readonly state: "kernel" | "owned";
  /** Id of the owner, or of whom a kernel page is charged to; 0: the kernel itself. */
  readonly owner: number;
  /** Slot of the owner's capability. */
  readonly slot?: number;
  readonly mappings: readonly MappingItem[];
  readonly dirty: boolean;
  readonly referenced: boolean;
  /** Device transfers that are queued for it: until they end it is not taken by force. Absent when there are none. */
  readonly pins?: number;
}

/** Response body of `exo/pages` (no arguments). Free pages are counted, not listed; the kernel's fixed records are one range. */
export interface PagesBody {
  readonly step: number;
  readonly pageCount: number;
  readonly freeCount: number;
  readonly freeLowWater: number;
  /** Frames 0..n-1 hold the kernel's fixed records and are not in `pages`. */
  readonly kernelFrames: number;
  readonly pages: readonly PageItem[];
}

/** Arguments of `exo/events`: from running number `since` on, at most `limit` (default 1,000), of one environment if given. */
export interface EventsArguments {
  readonly since?: number;
  readonly limit?: number;
  readonly environment?: number;
}
export interface EventItem {
  readonly index: number;
  readonly step: number;
  readonly kind: string;
  /** Who caused it; 0: the kernel. */
  readonly environment: number;
  readonly text: string;
  /** Of a refusal: the slot that the call named as its authority. */
  readonly slot?: number;
}
export interface EventsBody {
  readonly step: number;
  /** How many events there ever were. */
  readonly total: number;
  readonly events: readonly EventItem[];
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

/** Something that the kernel's records tell apart. Of an environment: itself, a slot of its table, or the binding at an address. */
export type KernelObject =
  | { readonly page: number }
  | { readonly extent: number }
  | { readonly slice: number }
  | { readonly filter: number }
  | { readonly environment: number; readonly slot?: number; readonly address?: number };

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

/**
 * Arguments of `exo/timeline`: who ran when. The window is in steps, everything when missing; what is shorter than `resolution` steps is
 * put together with its neighbours. `events` also asks for events as text, from a running number on.
 */
export interface TimelineArguments {
  /** The branch in which one stands when missing. */
  readonly branch?: number;
  readonly from?: number;
  readonly to?: number;
  readonly resolution?: number;
  readonly events?: { readonly since: number; readonly limit: number };
}
/**
 * Why an environment stopped running: `E` its slice expired, `Y` it yielded, `P` it donated the slice by a protected control transfer, `B`
 * it blocked (sleeps or rests), `D` it was destroyed, `F` the power failed, `T` its libOS switched to another thread, `I` the processor
 * was idle until then, `R` it still runs; `M`: several spans that are shorter than the resolution.
 */
export type SpanGlyph = "E" | "Y" | "P" | "B" | "D" | "F" | "T" | "I" | "R" | "M";
/** Environment 0: nobody. `busy` are its steps in between, less than `to - from` only for `M`; `event` is where it began. */
export type TimelineSpan = readonly [
  environment: number,
  thread: number,
  from: number,
  to: number,
  owner: number,
  end: SpanGlyph,
  towards: number,
  overtime: number,
  event: number,
  count: number,
  busy: number,
];
/** `depth` 0 interrupted the program; `returned` is 1 when it went back to what it had interrupted, by `to`. */
export type TimelineUpcall = readonly [
  environment: number,
  thread: number,
  from: number,
  to: number,
  depth: number,
  returned: 0 | 1,
  name: string,
  event: number,
  count: number,
];
export type TimelineArrow = readonly [
  step: number,
  from: number,
  to: number,
  kind: "call" | "reply" | "send" | "yield",
  event: number,
  count: number,
];
/** `write` numbers disk writes from 1 on; 0 for the others. */
export type TimelineMark = readonly [
  step: number,
  environment: number,
  kind:
    | "diskRead"
    | "diskWrite"
    | "diskBarrier"
    | "packetSent"
    | "packetArrived"
    | "packetDropped"
    | "refused"
    | "lost"
    | "powerFailed",
  write: number,
  event: number,
  count: number,
];
export interface TimelineLane {
  readonly environment: number;
  /** Record index, as in `EnvironmentItem`. */
  readonly index: number;
  readonly name: string;
  readonly isLauncher: boolean;
  /** In which boot it was made, from 1; going on after a power failure begins another. */
  readonly boot: number;
  readonly born: number;
  readonly died?: number;
  /** Steps that it has run in all of what is known. */
  readonly steps: number;
  /** Threads of its libOS that were seen, by the libOS's own numbers. */
  readonly threads: readonly { readonly id: number; readonly name: string }[];
}
export interface TimelineBody {
  readonly step: number;
  readonly now: HistoryPosition;
  readonly branch: number;
  /** What is known: from the first step (0 unless the oldest events are forgotten) to the end of the branch. */
  readonly first: number;
  readonly last: number;
  /** The window and the resolution that were answered. */
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  /** Running numbers of the first event that is known and of the one after the last. */
  readonly firstEvent: number;
  readonly endEvent: number;
  readonly lanes: readonly TimelineLane[];
  readonly spans: readonly TimelineSpan[];
  readonly upcalls: readonly TimelineUpcall[];
  readonly arrows: readonly TimelineArrow[];
  readonly marks: readonly TimelineMark[];
  /** What `events` asked for. */
  readonly events: readonly EventItem[];
}

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

/** Response body of `exo/slices` (no arguments): the slice vector, each position one tick of every round. */
export interface SlicesBody {
  readonly step: number;
  /** The position whose slice runs. */
  readonly position: number;
  /** Id of the environment that runs, 0 when nobody does. */
  readonly running: number;
  /** Every position, in order. */
  readonly slices: readonly {
    /** 0: it is free. */
    readonly owner: number;
    /** Slot of the owner's capability. */
    readonly slot?: number;
    /** Who has its time now, where that is not the owner: the owner waits for it in a transfer, or gave this slice away. */
    readonly donatedTo?: number;
  }[];
  /** Who pays with later slices for having stayed past the end of one. */
  readonly accounts: readonly {
    readonly environment: number;
    /** Times that it stayed too long, in tenths of a tick. */
    readonly excess: number;
    /** Slices that it will forfeit. */
    readonly forfeits: number;
  }[];
}

export interface TlbItem {
  readonly slot: number;
  readonly environment: number;
  /** Virtual address with 0x. */
  readonly address: string;
  readonly frame: number;
  /** `rwx` with dashes. */
  readonly rights: string;
  /** A store goes through; else the first one faults, so that the kernel can note it. */
  readonly dirty: boolean;
}
export interface BindingItem {
  readonly environment: number;
  readonly address: string;
  readonly frame: number;
  readonly rights: string;
  readonly dirty: boolean;
  readonly guaranteed: boolean;
  /** The capability by which it was allowed, and with which it is broken. */
  readonly by: { readonly environment: number; readonly slot: number };
  /** The hardware TLB has it. */
  readonly isLoaded: boolean;
}
/** What a sleeper waits for. */
export interface PredicateItem {
  readonly environment: number;
  /** A sentence for each product of it: one of them must hold. */
  readonly products: readonly string[];
  /** The capabilities of the pages that it reads. */
  readonly reads: readonly { readonly slot: number; readonly frame: number }[];
}
export interface FilterItem {
  readonly filter: number;
  readonly owner: number;
  readonly slot: number;
  /** What it matches, as a sentence. */
  readonly text: string;
  /** Filters that were inserted before it. */
  readonly age: number;
  /** The capability for another's filter that it may overlap. */
  readonly over?: { readonly environment: number; readonly slot: number };
  readonly received: number;
  readonly dropped: number;
  /** Pages of its ring. */
  readonly ring: readonly number[];
}
/** Response body of `exo/bindings` (no arguments): what was allowed once and is used since without being asked again. */
export interface BindingsBody {
  readonly step: number;
  readonly tlb: {
    readonly slots: number;
    /** The slot that the next refill replaces. */
    readonly victim: number;
    readonly entries: readonly TlbItem[];
  };
  /** Guaranteed mappings and the software TLB. */
  readonly bindings: readonly BindingItem[];
  readonly predicates: readonly PredicateItem[];
  readonly filters: readonly FilterItem[];
}

export interface ExtentItem {
  readonly extent: number;
  readonly first: number;
  readonly count: number;
  readonly owner: number;
  readonly slot: number;
  /** The last write that was asked for, as a sentence, and the event's running number; absent when there was none or it is long past. */
  readonly lastWrite?: { readonly text: string; readonly event: number; readonly step: number };
}
/** Response body of `exo/extents` (no arguments); `sectors` is 0 without a disk. */
export interface ExtentsBody {
  readonly step: number;
  readonly sectors: number;
  readonly free: number;
  /** In the order of the disk's sectors. */
  readonly extents: readonly ExtentItem[];
}

/** Response body of `exo/provenance`: how an object came to be what it is, from its capability by each derivation to the root. */
export type ProvenanceBody = LegalityBody;

/** Response body of `exo/whoCanReach`: everybody with a capability for an object or a binding to it, or in control of one who has. */
export interface ReachBody {
  readonly text: string;
  readonly items: readonly {
    readonly text: string;
    readonly environment: number;
    /** The slot of the capability that it rests on. */
    readonly slot?: number;
    /** The moment at which that came to be. */
    readonly position?: HistoryPosition;
  }[];
}

/** Arguments of `exo/lastRefusal`. */
export interface LastRefusalArguments {
  readonly environment: number;
}
/** Response body of `exo/lastRefusal`: empty when none of the environment's calls was ever refused. */
export interface LastRefusalBody {
  readonly refusal?: {
    /** The whole as a sentence. */
    readonly text: string;
    readonly call: string;
    /** `EXO_E_RIGHTS` */
    readonly error: string;
    /** The guard that refused, by its name. */
    readonly guard: string;
    readonly because: string;
    readonly position: HistoryPosition;
    /** The line that made the call; absent in a program without debug data. */
    readonly place?: SourcePlace;
  };
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
