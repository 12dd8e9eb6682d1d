/**
 * The history of a run: always recording, and able to be at any past moment of it again by restoring the nearest snapshot and
 * executing forward from there. A change in the past starts a new branch; what had come after stays on the old one.
 *
 * It decides nothing: a run with a timeline is, step by step, the run without one.
 */
import { assert, Snapshots } from "#emulator";
import type { KernelEvent } from "../events.ts";
import type { Kernel, Position } from "../kernel.ts";
import type { KernelStop } from "../kernel-stop.ts";
import { Branch, type Known, leastMissedOf } from "./branch.ts";
import { Divergence } from "./divergence.ts";
import { applyIntervention, type Intervention, type JournalEntry } from "./journal.ts";
import { bytesOf, type Moment, type Moments } from "./moments.ts";
import type { TimelineObserver } from "./observer.ts";
import { comparePositions, firstOf, isBefore } from "./position.ts";

export interface TimelineOptions {
  /** Bytes of memory that snapshots may take; 256 MiB by default. */
  readonly memoryLimit?: number;
  /** Work between two snapshots, in steps of interpreted instructions; 2,000,000 by default, some 20 ms of re-execution. */
  readonly interval?: number;
  /** Switches the kernel on after a power failure and launches its programs. */
  readonly boot?: () => void;
}

export type TimelineStop =
  | KernelStop
  /** The end of what was recorded. Running on from here adds to it. */
  | { readonly kind: "endOfHistory" };

const MEMORY_LIMIT = 256 * 2 ** 20;
const INTERVAL = 2_000_000;
const MOMENTS_MAX = 400;
/** What a trap costs the host, in plain instructions (measured, bench/history.ts). */
const TRAP_WORK = 100;
/** What copying a page for a snapshot costs, so that it stays a few percent of the run: 25 times its own 400 steps. */
const PAGE_WORK = 10_000;
/**
 * A long re-execution takes a snapshot this part of an interval before its goal, so that the next one is short; and no two
 * snapshots are closer.
 */
const NEAR = 1 / 100;

export class Timeline {
  readonly kernel: Kernel;
  /** Called for each event of the run as it goes on; not while it is only looked at again. */
  onEvent: ((event: KernelEvent) => void) | undefined;
  /** Whether `onEvent` can do without the ends and begins of slices that change nothing. */
  ignoresTicks = false;
  observer: TimelineObserver | undefined;
  /** Called when a change in the past has begun a branch; not for one that is only tried, quietly. */
  onFork: ((branch: Branch) => void) | undefined;
  /** While true the run only shows what is known: nothing may enter it. Whoever looks back sets it. */
  isLookedAt = false;
  /** Whether a run stops where its recording ends, once on each branch: for one that was opened from a file. */
  holdsAtEnd = false;
  /** Branches that were run beyond what was recorded of them: they are like any other. */
  readonly #continued = new Set<Branch>();
  readonly #snapshots: Snapshots;
  readonly #memoryLimit: number;
  readonly #interval: number;
  /** Steps, as NEAR says. */
  readonly #near: number;
  /** The events of the first boot, before the history begins. */
  readonly #boot: readonly KernelEvent[];
  readonly #reboot: (() => void) | undefined;
  readonly #branches: Branch[] = [];
  #branch: Branch;
  /** How many of the branch's journal entries have entered. */
  #cursor = 0;
  /** The work done when the last snapshot was taken or restored. */
  #workAtMoment = 0;
  #quietDepth = 0;
  #collect: ((event: KernelEvent) => void) | undefined;
  /** Events of what enters just now: it is not known yet to which branch they belong. */
  #entering: KernelEvent[] | undefined;

  /** Begins the history of a kernel that has booted. */
  constructor(kernel: Kernel, options: TimelineOptions = {}) {
    this.kernel = kernel;
    this.#memoryLimit = options.memoryLimit ?? MEMORY_LIMIT;
    this.#interval = options.interval ?? INTERVAL;
    this.#near = this.#interval * NEAR;
    this.#boot = kernel.core.log.since(0);
    this.#reboot = options.boot;
    kernel.onEvent = (event, isTick) => {
      this.#collect?.(event);
      if (this.#entering !== undefined) this.#entering.push(event);
      else if (!isTick) this.observer?.event(event);
      if (!this.isQuiet) this.onEvent?.(event);
    };
    kernel.hearsTicks = () =>
      this.#collect !== undefined ||
      (!this.isQuiet && this.onEvent !== undefined && !this.ignoresTicks);
    kernel.allowsQuietTicks = () => this.observer?.allowsQuietTicks() ?? true;
    kernel.onTicks = (ticks, first) => this.observer?.ticks(ticks, first);
    this.#branch = new Branch(1, "main", kernel.position);
    this.#branches.push(this.#branch);
    this.#snapshots = new Snapshots(kernel.machine);
    const { base } = this.#snapshots;
    this.#branch.moments.add({ position: this.now, kernel: kernel.saveState(), machine: base });
    this.#workAtMoment = this.#work();
  }

  get now(): Position {
    return this.kernel.position;
  }

  /** The first moment: the programs are loaded and none has run. */
  get start(): Position {
    return this.#branches[0].fork;
  }

  /** The last moment of this branch that was ever reached. */
  get end(): Position {
    return isBefore(this.#branch.end, this.now) ? this.now : this.#branch.end;
  }

  get isAtStart(): boolean {
    return comparePositions(this.now, this.start) <= 0;
  }

  /** Whether running on makes new history rather than showing what is known. */
  get isAtEnd(): boolean {
    return comparePositions(this.now, this.#branch.end) >= 0;
  }

  get branch(): Branch {
    return this.#branch;
  }

  get branches(): readonly Branch[] {
    return this.#branches;
  }

  /** Whether what happens now is only looked at again: nobody outside is told. */
  get isQuiet(): boolean {
    return this.#quietDepth > 0;
  }

  /** Snapshots and the bytes that they take. */
  get kept(): { readonly count: number; readonly bytes: number } {
    const all = this.#moments();
    return { count: all.length, bytes: bytesOf(all) };
  }

  /**
   * As `Kernel.run`, with the journal: in the past what entered then enters again. `until` ends it with "budget" at that very
   * moment.
   */
  run(budgetSteps: number, passBreakpoint = false, until?: Position): TimelineStop {
    const endStep = this.now.step + budgetSteps;
    if (this.holdsAtEnd && this.isAtEnd) this.#continued.add(this.#branch);
    const holds = this.holdsAtEnd && !this.#continued.has(this.#branch);
    const hold = holds ? this.#branch.end : undefined;
    let pass = passBreakpoint;
    for (;;) {
      if (until !== undefined && comparePositions(this.now, until) >= 0) return { kind: "budget" };
      if (this.#isDue()) {
        this.#enterNext();
        continue;
      }
      const before = this.now;
      const goal = firstOf(until, this.#due()?.at, hold);
      const stop = this.kernel.run(Math.min(endStep - before.step, this.#interval), pass, goal);
      this.#advanced();
      const { now } = this;
      pass = pass && comparePositions(before, now) === 0;
      if (stop.kind === "breakpoint" || stop.kind === "event" || stop.kind === "watchpoint") {
        return stop;
      }
      if (until !== undefined && comparePositions(now, until) >= 0) return { kind: "budget" };
      if (hold !== undefined && comparePositions(now, hold) >= 0) {
        this.#continued.add(this.#branch);
        return { kind: "endOfHistory" };
      }
      // The failure itself is a stop, also when it is known that the power comes back.
      if (stop.kind === "powerFailed" && comparePositions(before, now) !== 0) return stop;
      if (this.#isDue()) continue;
      if (stop.kind !== "budget" || now.step >= endStep) return stop;
      if (comparePositions(before, now) === 0)
        throw new Divergence(goal ?? now, now, "it stands still");
    }
  }

  /**
   * Goes to a moment of this branch. The kernel acts as a whole: a position in the middle of what it did at a step is taken as the
   * end of that. Positions outside its history are refused by an assertion: ask `clamp` first. */
  seek(target: Position, isExact = true): void {
    this.quietly(() => {
      const moment = this.#branch.momentFor(target);
      if (moment === undefined) throw new Error("assertion failed: a position before the history");
      const isOnTheWay =
        comparePositions(this.now, target) <= 0 && comparePositions(moment.position, this.now) <= 0;
      if (!isOnTheWay) this.#restore(moment);
      this.#executeTo(target, isExact);
    });
  }

  /**
   * As `seek`, for a position that someone names: one outside the history is brought to its ends, and one in the middle of what the
   * kernel did at a step is taken as the end of that.
   */
  visit(target: Position): void {
    this.seek(this.clamp(target), false);
  }

  /** To where the clock comes to `step`, before anything more happens at that step than must. */
  seekStep(step: number): Position {
    const at = { step: Math.max(step, this.start.step), event: 0 };
    this.seek(comparePositions(at, this.start) < 0 ? this.start : at);
    return this.now;
  }

  /** To where the kernel has just acted on an event of this branch's past or known future. One of the boot: to the start. */
  seekEvent(event: KernelEvent): Position {
    if (event.index < this.start.event) {
      this.seek(this.start);
      return this.now;
    }
    this.quietly(() => {
      const before = this.seekStep(event.step - 1);
      const isThere = () => this.now.event > event.index;
      if (isThere()) throw new Divergence(before, this.now, `event ${event.index} was earlier`);
      this.#unstopped(() => {
        this.kernel.stopOn = ({ index }) => index === event.index;
        // What a debugger did has an event of its own, with nothing of the kernel's around it that could stop.
        const behind = { step: event.step, event: event.index + 1 };
        while (!isThere()) this.run(this.#interval, true, behind);
      });
    });
    return this.now;
  }

  /** The moment of the history that is nearest to a position. */
  clamp(position: Position): Position {
    if (isBefore(position, this.start)) return this.start;
    return isBefore(this.end, position) ? this.end : position;
  }

  /** Does `work` without telling anyone of its events; breakpoints and stops at events act in it as always. */
  quietly<Result>(work: () => Result): Result {
    this.#quietDepth += 1;
    try {
      return work();
    } finally {
      this.#quietDepth -= 1;
    }
  }

  /**
   * Lets something enter now: at the end of the history it is recorded there, in the past it begins a branch. Returns a sentence
   * when it was impossible, and then nothing has changed.
   */
  intervene(what: Intervention): string | undefined {
    if (this.isLookedAt) throw new Error("assertion failed: nothing enters while one looks back");
    const at = this.now;
    const isPast = !this.isAtEnd;
    const { problem, tell } = this.#apply(what);
    if (problem !== undefined) return problem;
    if (isPast) this.#fork(at);
    tell();
    this.#branch.entries.push({ at, what });
    this.#cursor += 1;
    this.#branch.end = this.now;
    return undefined;
  }

  /** Goes to another branch: to the given moment of it, else to its end. */
  switchTo(branch: Branch, position: Position = branch.end): void {
    this.quietly(() => {
      // What the log knows of the branch that is left holds for the other one as far as they are one.
      this.kernel.core.log.cut(this.#branch.commonWith(branch).event);
      this.#branch = branch;
      const moment = branch.momentFor(position);
      if (moment === undefined) throw new Error("assertion failed: a position before the history");
      this.#restore(moment);
      this.#executeTo(position, false);
    });
  }

  /** How far the history is known, for `forgetBeyond`. */
  get known(): Known {
    const isContinued = this.#continued.has(this.#branch);
    return { branches: this.#branches.length, branch: this.#branch, end: this.end, isContinued };
  }

  /** Forgets what was found out since: branches, and a stretch of this one in which nothing entered. One must be before it. */
  forgetBeyond({ branches, branch, end, isContinued }: Known): void {
    assert(branch === this.#branch && !isBefore(end, this.now), "one stands where it was known");
    assert(branch.entriesBefore(end) === branch.entries.length, "nothing has entered since");
    for (const { moments } of this.#branches.splice(branches)) this.#drop(moments, () => true);
    this.#drop(branch.moments, ({ position }) => isBefore(end, position));
    branch.end = end;
    this.kernel.core.log.cut(end.event);
    if (!isContinued) this.#continued.delete(branch);
  }

  #drop(moments: Moments, isUnwanted: (moment: Moment) => boolean): void {
    for (const moment of moments.list.filter(isUnwanted)) {
      moments.remove(moment);
      this.#snapshots.drop(moment.machine);
    }
  }

  /** Lays a recorded journal out on this branch, which has not run yet, and says how far it goes. */
  load(entries: readonly JournalEntry[], end: Position): void {
    this.#branch.entries.push(...entries);
    this.#branch.end = end;
  }

  /** Adds a recorded branch beside those that there are. */
  addBranch(
    name: string,
    parent: Branch,
    fork: Position,
    entries: readonly JournalEntry[],
    end: Position,
  ): Branch {
    const branch = new Branch(this.#branches.length + 1, name, fork, parent);
    branch.entries.push(...entries);
    branch.end = end;
    this.#branches.push(branch);
    return branch;
  }

  /**
   * All events of this branch until now that `wants` asks for, oldest first, from the boot on. What the log has forgotten is
   * executed again, a second for some hundred million steps.
   */
  events(wants: (event: KernelEvent) => boolean): KernelEvent[] {
    const { log } = this.kernel.core;
    const boot = this.#boot.filter(wants);
    if (log.first <= this.start.event) {
      return [...boot, ...log.since(this.start.event).filter(wants)];
    }
    const here = this.now;
    const found: KernelEvent[] = [];
    this.quietly(() => {
      this.#restore(this.#branches[0].moments.list[0]);
      this.#collect = (event) => {
        if (wants(event)) found.push(event);
      };
      try {
        this.#executeTo(here);
      } finally {
        this.#collect = undefined;
      }
    });
    return [...boot, ...found];
  }

  #due(): JournalEntry | undefined {
    return this.#branch.entries[this.#cursor];
  }

  #isDue(): boolean {
    const entry = this.#due();
    return entry !== undefined && comparePositions(entry.at, this.now) <= 0;
  }

  #enterNext(): void {
    const { at, what } = this.#due() as JournalEntry;
    if (comparePositions(at, this.now) !== 0) throw new Divergence(at, this.now, "it is late");
    const { problem, tell } = this.#apply(what);
    if (problem !== undefined) throw new Divergence(at, this.now, problem);
    tell();
    this.#cursor += 1;
    if (isBefore(this.#branch.end, this.now)) this.#branch.end = this.now;
  }

  /** Lets something enter; `tell` tells the observer of its events. */
  #apply(what: Intervention): { readonly problem: string | undefined; readonly tell: () => void } {
    const events: KernelEvent[] = [];
    this.#entering = events;
    try {
      const problem = applyIntervention(this.kernel, what, this.#reboot);
      return { problem, tell: () => events.map((event) => this.observer?.event(event)) };
    } finally {
      this.#entering = undefined;
    }
  }

  /** Forward to a moment, without stops. */
  #executeTo(target: Position, isExact = true): void {
    this.#unstopped(() => {
      const near = target.step - this.#near;
      if (near - this.now.step > this.#near) {
        this.#execute({ step: Math.floor(near), event: 0 });
        this.keep();
      }
      this.#execute(target, isExact);
    });
  }

  /** Does `work` while neither breakpoints nor watches nor events stop a run. */
  #unstopped(work: () => void): void {
    const { kernel } = this;
    const { stopOn, stopsAtTicks } = kernel;
    const { breakpoints, watchpoints } = kernel.machine;
    const wasMuted = breakpoints.isMuted;
    kernel.stopOn = undefined;
    kernel.stopsAtTicks = () => true;
    breakpoints.isMuted = true;
    try {
      watchpoints.unobserved(work);
    } finally {
      kernel.stopOn = stopOn;
      kernel.stopsAtTicks = stopsAtTicks;
      breakpoints.isMuted = wasMuted;
    }
  }

  #execute(target: Position, mustBeExact = true): void {
    while (comparePositions(this.now, target) < 0) {
      const before = this.now;
      if (this.#isDue()) {
        this.#enterNext();
        continue;
      }
      const goal = firstOf(target, this.#due()?.at) as Position;
      this.kernel.run(Math.min(goal.step - before.step, this.#interval), true, goal);
      this.#advanced();
      const isStuck = comparePositions(before, this.now) === 0;
      // Nothing more happened at that step.
      if (isStuck && !mustBeExact && before.step === target.step) return;
      if (isStuck) throw new Divergence(target, this.now, "it ends before");
    }
    const isExact = !mustBeExact || target.event === 0 || this.now.event === target.event;
    if (this.now.step !== target.step || !isExact)
      throw new Divergence(target, this.now, "it passed it");
  }

  #restore(moment: Moment): void {
    this.#snapshots.restore(moment.machine);
    this.kernel.machine.watchpoints.forgetHits();
    this.kernel.loadState(moment.kernel);
    this.#cursor = this.#branch.entriesBefore(moment.position);
    this.#workAtMoment = this.#work();
    this.observer?.restored();
  }

  /** After some execution: the history may have become longer, and a snapshot may be due. */
  #advanced(): void {
    if (isBefore(this.#branch.end, this.now)) this.#branch.end = this.now;
    const cost = this.#snapshots.dirtyCount * PAGE_WORK;
    if (this.#work() - this.#workAtMoment >= this.#interval + cost) this.keep();
  }

  #work(): number {
    const { machine } = this.kernel;
    return machine.work + machine.trapsTaken * TRAP_WORK;
  }

  /** Takes a snapshot here, unless there is one close by. Runs do it by themselves; this is for who knows better when. */
  keep(): void {
    this.#workAtMoment = this.#work();
    const { now } = this;
    const nearest = this.#branch.momentFor(now);
    const isClose = nearest !== undefined && now.step - nearest.position.step < this.#near;
    if (isClose) return;
    const machine = this.#snapshots.take();
    this.#branch.moments.add({ position: now, kernel: this.kernel.saveState(), machine });
    this.#thin();
  }

  #thin(): void {
    for (;;) {
      const { count, bytes } = this.kept;
      if (count <= MOMENTS_MAX && bytes <= this.#memoryLimit) return;
      const least = leastMissedOf(this.#branches, this.#branch, this.now, this.#interval);
      if (least === undefined) return;
      least.branch.moments.remove(least.moment);
      this.#snapshots.drop(least.moment.machine);
    }
  }

  #fork(at: Position): void {
    const old = this.#branch;
    const id = this.#branches.length + 1;
    this.#branch = new Branch(id, `branch ${id}`, at, old);
    this.#branches.push(this.#branch);
    this.#cursor = this.#branch.entries.length;
    this.kernel.core.log.cut();
    if (!this.isQuiet) this.onFork?.(this.#branch);
  }

  #moments(): Moment[] {
    return this.#branches.flatMap(({ moments }) => [...moments.list]);
  }
}
