/** The kernel's records as they are at a stop: environments, capabilities, pages, slices, bindings, extents, and events. */
import type { HistoryPosition } from "./history.ts";

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

/** Something that the kernel's records tell apart. Of an environment: itself, a slot of its table, or the binding at an address. */
export type KernelObject =
  | { readonly page: number }
  | { readonly extent: number }
  | { readonly slice: number }
  | { readonly filter: number }
  | { readonly environment: number; readonly slot?: number; readonly address?: number };

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
