/**
 * The kernel: runs the machine and decides at each trap (DESIGN.md 3). It sees the guest only through traps, physical
 * memory, TLB and devices; a debugger sees it through `KernelView` and its events.
 */
import { assert, CAUSE, Machine, type MachineConfiguration, type PowerFailure } from "#emulator";
import {
  ALL_RIGHTS,
  CALLS,
  callByNumber,
  ERRORS,
  type KindName,
  REGISTERS,
  RIGHTS,
  SLOTS,
} from "./abi.ts";
import { ActivationLog, type SavedActivations } from "./activations.ts";
import { CALL_TABLE } from "./calls/call-table.ts";
import { capabilitiesOf, putCapability } from "./capability.ts";
import { Core } from "./core.ts";
import { completeRequests } from "./disk.ts";
import { createEnvironment, destroyEnvironment, liveIndices } from "./environment.ts";
import { type SavedEvents, type Ticks, tickEvent } from "./event-log.ts";
import type { KernelEvent } from "./events.ts";
import { freeCount } from "./frames.ts";
import { type Checked, registersFrom, type Supposed, SWITCHED } from "./kernel-call.ts";
import type { KernelConfiguration } from "./kernel-configuration.ts";
import type { KernelStop } from "./kernel-stop.ts";
import { HEADER, LAUNCHER_INDEX } from "./layout.ts";
import { leaveLine, receive } from "./network.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { failPower, powerOn } from "./power.ts";
import { nextClock } from "./predicate.ts";
import { areTicksQuiet, endSlice, passQuietTicks } from "./quiet-ticks.ts";
import { NEVER, refOf } from "./records.ts";
import { actOnDeadlines, declareShortage } from "./revocation.ts";
import { type NextScripted, ScriptedInput } from "./scripted-input.ts";
import { startNextSlice } from "./time-slices.ts";
import { deliverPending, handleException, setPending } from "./upcall.ts";
import { halt, performWeakened } from "./weakened.ts";

/**
 * A moment of a run: the step, and how many kernel events there were. Several states can have one step (input has just come, a
 * debugger has just written); whatever distinguishes them is an event, so the pair names one state (docs/contract.md, C33).
 */
export interface Position {
  readonly step: number;
  readonly event: number;
}

/** What a kernel is besides its machine: a snapshot of both is a snapshot of the run. */
export interface KernelState extends NextScripted {
  readonly altered: boolean;
  readonly doomed: readonly { readonly id: number; readonly because: string }[];
  readonly activations: SavedActivations;
  readonly events: number;
  /** The last events before this moment. */
  readonly tail: SavedEvents;
}

/** Events that a saved state keeps, for who looks back from a moment whose events are forgotten. */
const TAIL = 1000;

export { LAUNCHER_INDEX };

/** Three quarters of a MiB of records, and something to run in. */
const PAGES_MIN = 240;
/** With fewer, refills of one instruction's pages would push each other out for ever. */
const TLB_ENTRIES_MIN = 3;

export class Kernel {
  readonly machine: Machine;
  readonly core: Core;
  /** When it returns true the run stops after the event has been acted on. */
  stopOn: ((event: KernelEvent) => boolean) | undefined;
  /** Whether `stopOn` may return true for the end or begin of a slice. Where not, those that change nothing come in bulk. */
  stopsAtTicks: () => boolean = () => true;
  /** Whether ends of slices that change nothing may be told when later steps have been done already. */
  allowsQuietTicks: () => boolean = () => true;
  /** Called for ends and begins of slices that change nothing, each time one or many; `first` is the number of the first event. */
  onTicks: ((ticks: Ticks, first: number) => void) | undefined;
  /** Whether `onEvent` wants these events, too; where not, they are not made as objects. */
  hearsTicks: () => boolean = () => true;
  /** Called for each event; `isTick`: it is one of those that `onTicks` has told. */
  onEvent: ((event: KernelEvent, isTick: boolean) => void) | undefined;
  readonly #scripted: ScriptedInput;
  #requested: KernelEvent | undefined;
  /** Index of the environment whose trap is being handled, 0 between traps, and where it trapped. */
  #trapped = 0;
  #trappedPc = 0;
  /** On whose account the kernel first wrote what is watched since that was last reported. */
  #wrote: { readonly environment: number; readonly pc: number } | undefined;
  #altered = false;
  readonly #args = new Uint32Array(8);

  constructor(configuration: KernelConfiguration = {}) {
    const { pages = 4096, tlbEntries, engine, console = [], disk, network } = configuration;
    assert(pages >= PAGES_MIN, `the kernel takes ${PAGES_MIN} pages or more, not ${pages}`);
    assert(
      tlbEntries === undefined || tlbEntries >= TLB_ENTRIES_MIN,
      `the kernel takes ${TLB_ENTRIES_MIN} TLB entries or more, not ${tlbEntries}`,
    );
    const hardware: MachineConfiguration = {
      pages,
      ...(tlbEntries === undefined ? {} : { tlbEntries }),
      ...(engine === undefined ? {} : { engine }),
      ...(disk === undefined ? {} : { disk }),
      ...(network === undefined ? {} : { network }),
    };
    this.machine = new Machine(hardware);
    if (disk?.image !== undefined) this.machine.disk?.writeImage(disk.image);
    const tick = configuration.policy?.tick;
    const policy: Policy = { ...defaultPolicy(tick), ...configuration.policy };
    const activations = new ActivationLog();
    this.core = new Core(this.machine, policy, activations, new Set(configuration.weakened));
    this.core.crash = disk?.crash;
    this.#scripted = new ScriptedInput(console, network?.packets ?? []);
    this.core.onEvent = (event) => this.#note(event, false);
    this.core.onTicks = (ticks, first) => this.#noteTicks(ticks, first);
    this.machine.onUserReturn = (pc) => {
      activations.resumed(this.core.current, pc, this.machine.hart.x(REGISTERS.stackPointer));
    };
    this.machine.onQuietTicks = (count) => passQuietTicks(this.core, count);
    this.machine.watchpoints.onOutsideHit = () => this.#noteWrite();
    this.core.records.initialise(policy.tick);
    this.#createLauncher();
  }

  get steps(): number {
    return this.machine.steps;
  }

  /** Whether a debugger has changed something in this run (CONTRACT C4). */
  get altered(): boolean {
    return this.#altered;
  }

  get position(): Position {
    return { step: this.machine.steps, event: this.core.log.total };
  }

  /** What there is besides the machine, to be kept with a snapshot of it. */
  saveState(): KernelState {
    const { doomed, activations, log } = this.core;
    return {
      ...this.#scripted.next,
      altered: this.#altered,
      doomed: [...doomed],
      activations: activations.save(),
      events: log.total,
      tail: log.tail(TAIL),
    };
  }

  /** The counterpart of `saveState`, after the machine has been restored. */
  loadState(state: KernelState): void {
    this.#scripted.next = state;
    this.#altered = state.altered;
    this.core.doomed.splice(0, this.core.doomed.length, ...state.doomed);
    this.core.activations.load(state.activations);
    this.core.filterTrie.forget();
    this.core.log.rewind(state.events, state.tail);
    this.core.actor = 0;
    this.#requested = undefined;
  }

  /**
   * Runs until a stop, at most `budgetSteps`. With `passBreakpoint` the breakpoint under the first instruction does not
   * stop it. A budget of one executes one instruction or takes one trap. A stop for an access that is watched comes before
   * the end of the budget, and a stop for an event before one for what the kernel wrote. With `until`, it ends with "budget" at
   * the moment when both of its numbers are reached, before anything else happens at that step.
   */
  run(budgetSteps: number, passBreakpoint = false, until?: Position): KernelStop {
    if (this.core.weakened.size === 0) return this.#run(budgetSteps, passBreakpoint, until);
    try {
      return this.#run(budgetSteps, passBreakpoint, until);
    } catch (problem) {
      halt(this.core, problem);
      return { kind: "powerFailed" };
    }
  }

  #run(budgetSteps: number, passBreakpoint: boolean, until: Position | undefined): KernelStop {
    const end = Math.min(this.machine.steps + budgetSteps, until?.step ?? Number.MAX_VALUE);
    let pass = passBreakpoint;
    // An instruction that waited for its page is tried again: it is still the one whose breakpoint is passed.
    let again: { readonly runner: number; readonly pc: number } | undefined;
    // Ends of slices may be quiet after one that was, until something happens.
    let mayBeQuiet = false;
    this.#requested = undefined;
    for (;;) {
      if (this.#requested !== undefined) return { kind: "event", event: this.#requested };
      if (this.machine.watchpoints.hasOutsideHits) return this.#reportWrites();
      if (this.machine.isPowerOff) return { kind: "powerFailed" };
      if (until !== undefined && this.#isAt(until)) return { kind: "budget" };
      // Here and nowhere else, so that the doomed go at the same step whether or not a debugger asked to look first.
      if (this.core.doomed.length > 0) {
        this.#destroyDoomed();
        continue;
      }
      this.#deliver();
      // What is delivered may write to the disk, and a planned failure comes before a write.
      if (this.machine.isPowerOff) continue;
      if (this.core.current === 0 && !this.#schedule(end)) {
        if (this.#hasNews() || this.machine.isPowerOff) continue;
        if (!this.#anyoneLives()) return { kind: "exited" };
        return this.machine.steps >= end ? { kind: "budget" } : { kind: "idle" };
      }
      if (this.#hasNews() || this.core.doomed.length > 0) continue;
      if (this.machine.steps >= end) return { kind: "budget" };
      const before = this.machine.steps;
      const limit = Math.min(end, this.#nextArrival()) - before;
      const runner = this.core.current;
      const first = { runner, pc: this.machine.hart.pc };
      const isPassing = pass || (again?.runner === runner && again.pc === first.pc);
      const isQuiet: boolean = mayBeQuiet && this.#allowsQuietTicks && areTicksQuiet(this.core);
      const stop = this.machine.run(limit, isPassing, isQuiet ? this.core.policy.tick : 0);
      this.core.records.countSteps(runner, this.machine.steps - before);
      pass = false;
      again = undefined;
      mayBeQuiet = false;
      this.#trapped = runner;
      this.#trappedPc = this.machine.hart.pc;
      switch (stop.kind) {
        case "budget":
          break;
        case "breakpoint":
          this.#trapped = 0;
          return { kind: "breakpoint", environment: this.core.records.idOf(runner), pc: stop.pc };
        case "watchpoint":
          this.#trapped = 0;
          return { ...stop, environment: this.core.records.idOf(runner), byKernel: false };
        case "timer":
          endSlice(this.core);
          mayBeQuiet = true;
          break;
        case "interrupt":
          deliverPending(this.core, runner, this.machine.hart.pc);
          break;
        case "trap":
          if (stop.cause === CAUSE.ecall) this.#kernelCall(runner);
          else if (handleException(this.core, runner, stop) === "refilled") {
            if (isPassing && this.machine.steps === before + 1) again = first;
            mayBeQuiet = isQuiet;
          }
          break;
      }
      this.core.actor = 0;
      this.#trapped = 0;
    }
  }

  /** Makes a kernel call on behalf of an environment that does not run on the machine: the launcher. */
  call(environmentIndex: number, name: keyof typeof CALLS, ...args: number[]): number {
    if (this.core.current === environmentIndex) {
      throw new Error(`assertion failed: environment index ${environmentIndex} calls for itself`);
    }
    const result = this.#perform(environmentIndex, CALLS[name].number, registersFrom(args));
    if (result === SWITCHED) throw new Error(`assertion failed: ${name} switched for the launcher`);
    return result;
  }

  /** Evaluates a call's guards without effect: what would happen if this environment made it now, and what is supposed held. */
  whatIf(
    environmentIndex: number,
    name: keyof typeof CALLS,
    args: readonly number[],
    supposed?: Supposed,
  ): Checked {
    const call = CALL_TABLE.get(CALLS[name].number);
    if (call === undefined) throw new Error(`assertion failed: ${name} is not in the table`);
    try {
      return call.check(this.core, environmentIndex, registersFrom(args), supposed);
    } catch (problem) {
      // A guard that was weakened let a call so far that decoding it fails.
      if (this.core.weakened.size === 0) throw problem;
      const because = problem instanceof Error ? problem.message : String(problem);
      const refusal = { error: "INVAL", guard: "the kernel does not fail", because } as const;
      return { ok: false, trail: [{ guard: refusal.guard, holds: false, because }], refusal };
    }
  }

  /** Input from outside: enters now, at the current step. Whoever keeps a history of the run records it. */
  consoleInput(bytes: Uint8Array): void {
    this.#pushInput(bytes);
  }

  /** A frame from outside: arrives now, at the current step. The machine must have a network, and the frame 1..1514 bytes. */
  networkInput(bytes: Uint8Array): void {
    receive(this.core, bytes, "received");
  }

  /** The power fails now. What the disk's volatile cache held is lost, kept or torn; `run` ends so until `powerOn`. */
  failPower(how: PowerFailure): void {
    failPower(this.core, how, 0);
  }

  /**
   * The power comes back: memory, registers and records begin anew, with the launcher alone. The platter, the clock, the
   * events and the input that is still to come go on, and so do the ids of environments.
   */
  powerOn(): void {
    powerOn(this.core);
    this.#createLauncher();
  }

  /** Notes a change that a debugger makes (CONTRACT C4). */
  intervene(what: string): void {
    this.#altered = true;
    this.core.emit({ kind: "intervention", what }, 0);
  }

  /** A hash of everything that decides: registers, TLB, devices and all physical pages. */
  hash(): string {
    return this.machine.hash();
  }

  #createLauncher(): void {
    const index = createEnvironment(this.core, 0, 0);
    if (index !== LAUNCHER_INDEX) throw new Error("assertion failed: the launcher is not first");
    const put = (slot: number, kind: KindName) =>
      putCapability(this.core, refOf(index, slot), kind, 0, ALL_RIGHTS, 0, false);
    put(SLOTS.memory, "memory");
    put(SLOTS.processor, "processor");
    put(SLOTS.console, "console");
    put(SLOTS.environments, "environments");
    if (this.machine.disk !== undefined) put(SLOTS.disk, "disk");
    put(SLOTS.state, "state");
    if (this.machine.network !== undefined) put(SLOTS.network, "network");
  }

  get #allowsQuietTicks(): boolean {
    return !this.#mayStopAtTicks && this.allowsQuietTicks();
  }

  get #mayStopAtTicks(): boolean {
    return this.stopOn !== undefined && this.stopsAtTicks();
  }

  #noteTicks(ticks: Ticks, first: number): void {
    this.onTicks?.(ticks, first);
    if (!this.#mayStopAtTicks && (this.onEvent === undefined || !this.hearsTicks())) return;
    for (let index = first; index < first + 2 * ticks.count; index += 1) {
      this.#note(tickEvent(ticks, first, index), true);
    }
  }

  #note(event: KernelEvent, isTick: boolean): void {
    this.onEvent?.(event, isTick);
    if (this.#requested === undefined && this.stopOn?.(event) === true) this.#requested = event;
  }

  /** Whether something has happened for which `run` comes back at the top of its loop. */
  #hasNews(): boolean {
    return this.#requested !== undefined || this.machine.watchpoints.hasOutsideHits;
  }

  #noteWrite(): void {
    const index = this.core.actor || this.#trapped;
    const environment = index === 0 ? 0 : this.core.records.idOf(index);
    const isTrapped = index !== 0 && index === this.#trapped;
    this.#wrote ??= { environment, pc: isTrapped ? this.#trappedPc : 0 };
  }

  #reportWrites(): KernelStop {
    const hits = this.machine.watchpoints.takeOutsideHits();
    const by = this.#wrote ?? { environment: 0, pc: 0 };
    this.#wrote = undefined;
    return { kind: "watchpoint", ...by, hits, byKernel: true };
  }

  #anyoneLives(): boolean {
    for (const index of liveIndices(this.core)) if (index !== LAUNCHER_INDEX) return true;
    return false;
  }

  /** The step of what comes next from outside the processor: scripted input, what disk and network have to do, a deadline. */
  #nextArrival(): number {
    return Math.min(
      this.#scripted.nextStep,
      this.machine.network?.nextDeparture ?? NEVER,
      this.machine.disk?.nextCompletion ?? NEVER,
      this.core.records.long(HEADER.nextDeadline),
    );
  }

  /** What has arrived by now: input first, then frames, then completions. */
  #deliver(): void {
    if (this.#scripted.nextStep <= this.machine.steps) this.#deliverScripted();
    leaveLine(this.core);
    const completed = completeRequests(this.core);
    if (actOnDeadlines(this.core) || completed) this.core.records.setHeader(HEADER.idling, 0);
  }

  /** Gives the processor to someone, jumping over idle time to the next arrival if need be. */
  #schedule(end: number): boolean {
    for (;;) {
      if (startNextSlice(this.core)) return true;
      const next = Math.min(this.#nextArrival(), nextClock(this.core));
      if (next === NEVER || !this.#anyoneLives()) return false;
      if (this.core.records.header(HEADER.idling) === 0) {
        this.core.records.setHeader(HEADER.idling, 1);
        this.core.emit({ kind: "idle", until: next }, 0);
      }
      this.machine.skipIdle(Math.min(next, end) - this.machine.steps);
      if (this.machine.steps < next) return false;
      this.#deliver();
      if (this.machine.isPowerOff) return false;
    }
  }

  #deliverScripted(): void {
    this.#scripted.deliver(
      this.machine.steps,
      (bytes) => this.#pushInput(bytes),
      (bytes) => this.networkInput(bytes),
    );
  }

  #pushInput(bytes: Uint8Array): void {
    this.core.records.setHeader(HEADER.idling, 0);
    const count = this.machine.console.push(bytes);
    const lost = bytes.length - count;
    this.core.emit({ kind: "consoleInput", count, lost }, 0);
    for (const index of liveIndices(this.core)) {
      if (readsConsole(this.core, index)) setPending(this.core, index, "console");
    }
  }

  #isAt({ step, event }: Position): boolean {
    return this.machine.steps >= step && this.core.log.total >= event;
  }

  #destroyDoomed(): void {
    let doomed = this.core.doomed.shift();
    while (doomed !== undefined) {
      const index = this.core.records.indexOf(doomed.id);
      if (index !== undefined) destroyEnvironment(this.core, index, doomed.because);
      doomed = this.core.doomed.shift();
    }
  }

  #kernelCall(caller: number): void {
    const { hart } = this.machine;
    hart.setPc(hart.pc + 4);
    // One for all calls of programs: a new one takes as long as some guards. No call keeps it, nor makes another.
    const args = this.#args;
    for (let i = 0; i < 7; i += 1) args[i] = hart.x(REGISTERS.firstArgument + i);
    args[7] = hart.x(REGISTERS.target);
    const result = this.#perform(caller, hart.x(REGISTERS.callNumber), args);
    if (result !== SWITCHED) hart.setX(REGISTERS.firstArgument, result >>> 0);
  }

  #perform(caller: number, number: number, args: Uint32Array): number | typeof SWITCHED {
    const { core } = this;
    core.actor = caller;
    core.countCall(caller, number);
    const call = CALL_TABLE.get(number);
    if (call === undefined) {
      const because = `a7 is ${number}; the calls are in docs/abi.md`;
      const refusal = { error: "CALL", guard: "call exists", because } as const;
      this.#refused(caller, `call ${number}`, args, refusal);
      core.actor = 0;
      return ERRORS.CALL.code;
    }
    const before = freeCount(core);
    const { result, refusal } =
      core.weakened.size === 0
        ? call.perform(core, caller, args)
        : performWeakened(this, call, caller, args);
    // "Nothing there yet" is an answer, not a refusal.
    if (refusal !== undefined && refusal.error !== "AGAIN") {
      this.#refused(caller, callByNumber(number)?.name ?? "", args, refusal);
    }
    if (refusal?.shortage !== undefined) {
      declareShortage(core, refusal.shortage.kind, refusal.shortage.count, caller);
    } else if (freeCount(core) < Math.min(before, core.policy.shortagePages)) {
      declareShortage(core, "page", core.policy.shortagePages - freeCount(core), caller);
    }
    core.actor = 0;
    return result;
  }

  #refused(
    caller: number,
    call: string,
    args: Uint32Array,
    refusal: { readonly error: string; readonly guard: string; readonly because: string },
  ): void {
    const { error, guard, because } = refusal;
    this.core.records.count(caller, "refusals");
    this.core.emit({ kind: "refused", call, args: [...args], error, guard, because }, caller);
  }
}

function readsConsole(core: Core, index: number): boolean {
  for (const { kind, rights } of capabilitiesOf(core, index)) {
    if (kind === "console" && (rights & RIGHTS.READ) !== 0) return true;
  }
  return false;
}
