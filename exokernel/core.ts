/** What every kernel module works on: the machine, the records in its pages, the policy, and the event log. */
import type { Machine, PowerFailure } from "#emulator";
import type { ActivationLog } from "./activations.ts";
import { EventLog, type Ticks } from "./event-log.ts";
import type { EventBody, KernelEvent } from "./events.ts";
import { CachedTrie } from "./filter-trie.ts";
import { HEADER } from "./layout.ts";
import type { Policy } from "./policy.ts";
import { type CapabilityRef, Records } from "./records.ts";

/** A power failure that is part of the run: before the write request of this number (1 is the first) is accepted. */
export interface PlannedCrash extends PowerFailure {
  readonly beforeWrite: number;
}

export class Core {
  readonly machine: Machine;
  readonly records: Records;
  readonly policy: Policy;
  readonly log = new EventLog();
  readonly activations: ActivationLog;
  /** Fault injection for tests: so many of the free pages are not to be had. */
  withheldPages = 0;
  /** Index of the environment on whose account the kernel acts now: the caller of a call, else 0. */
  actor = 0;
  /** While the kernel takes a page by force: its capability, and where the contents were saved (1 + sector; 0: nowhere). */
  saving: { readonly ref: CapabilityRef; readonly saved: number } | undefined;
  /** Environments that cannot go on; they are destroyed when the run continues, so that a debugger can look first. */
  readonly doomed: { readonly id: number; readonly because: string }[] = [];
  /** Whether the TLB has ever led a guest to the kernel's own records. */
  isStateMapped = false;
  /** When the power fails by itself: before this write request, once, if it has not failed before. */
  crash: PlannedCrash | undefined;
  /** The packet filters of the records, merged; it looks at the records whenever it is asked. */
  readonly filterTrie: CachedTrie;
  /** Names of guards that let a call go on when they do not hold: none, but for a scenario that says so. */
  readonly weakened: ReadonlySet<string>;
  /** Called for ticks, which `onEvent` does not hear of. */
  onTicks: ((ticks: Ticks, first: number) => void) | undefined;
  /** Called for each event, after it is logged. */
  onEvent: ((event: KernelEvent) => void) | undefined;
  /** Called for each kernel call with its number, before anything is looked at. */
  onCall: ((caller: number, number: number) => void) | undefined;

  constructor(
    machine: Machine,
    policy: Policy,
    activations: ActivationLog,
    weakened: ReadonlySet<string> = new Set(),
  ) {
    this.weakened = weakened;
    this.machine = machine;
    this.policy = policy;
    this.records = new Records(machine);
    this.activations = activations;
    this.filterTrie = new CachedTrie(this.records);
  }

  /** Index of the environment that runs, 0 while nobody does. */
  get current(): number {
    return this.records.header(HEADER.current);
  }

  countCall(caller: number, number: number): void {
    this.records.count(caller, "calls");
    this.onCall?.(caller, number);
  }

  emit(body: EventBody, environmentIndex = this.actor): void {
    const id = environmentIndex === 0 ? 0 : this.records.idOf(environmentIndex);
    this.onEvent?.(this.log.add(this.machine.steps, id, body));
  }

  /**
   * An event that is complete, with the present step and the log's next number: what comes with each tick or kernel call is made in one
   * piece, which costs a third of adding to it.
   */
  push(event: KernelEvent): void {
    this.log.push(event);
    this.onEvent?.(event);
  }

  /** Events of slices that ended and began again at once, from `total` on: numbers, and objects only for who asks. */
  emitTicks(ticks: Ticks): void {
    const first = this.log.total;
    this.log.pushTicks(ticks);
    this.onTicks?.(ticks, first);
  }
}

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
