/**
 * Runs the debuggee in short pieces, so that a pause, a key or a request is answered in between, until something that
 * the user or a step waits for.
 */
import { RIGHT } from "#emulator";
import {
  comparePositions,
  ENTRIES,
  type EnvironmentView,
  indexOfId,
  type KernelEvent,
  type Position,
  RIGHTS,
  type TimelineStop,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import {
  type Addresses,
  BoundPlaces,
  type ConditionAt,
  NOWHERE,
  type Place,
} from "./bound-places.ts";

export type { Addresses, Place } from "./bound-places.ts";
export { placeKey } from "./bound-places.ts";

/** Why a run came to a halt. */
export type Halt =
  /** A breakpoint of the user at which `accepts` said yes. */
  | { readonly kind: "breakpoint"; readonly environment: number; readonly pc: number }
  /** A place that the caller of `run` asked for. */
  | { readonly kind: "place"; readonly environment: number; readonly pc: number }
  /** A data breakpoint of the user that `acceptsWatch` said yes to, by an access or, with `event`, by a kernel event. */
  | ({ readonly kind: "watch" } & WatchReport)
  | { readonly kind: "event"; readonly event: KernelEvent }
  /** A libOS has given up and is about to end its program. */
  | { readonly kind: "lastWords"; readonly environment: number; readonly pc: number }
  /** The environment that a step was about was destroyed. */
  | { readonly kind: "died"; readonly environment: number }
  | { readonly kind: "paused" }
  /** The end of what a recording holds. */
  | { readonly kind: "endOfHistory" }
  /** Going back has come to the first moment of the run. */
  | { readonly kind: "startOfHistory" }
  | { readonly kind: "exited" }
  /** Nobody can run any more, and no input is to be expected. */
  | { readonly kind: "idle" }
  /** The power has failed; every run ends so until it comes back. */
  | { readonly kind: "powerFailed" }
  /** The step limit of the launch. */
  | { readonly kind: "limit" };

/** An access that is watched, as the kernel reports it. */
export type WatchStop = Extract<TimelineStop, { readonly kind: "watchpoint" }>;

/** What is said at the stop of a data breakpoint, and of which thread. */
export interface WatchReport {
  readonly environment: number;
  readonly text: string;
  /** Ids of the data breakpoints that it is for. */
  readonly hitIds: readonly number[];
}

/** Work between two looks at the outside, in steps of the interpreter: a few milliseconds. */
const PIECE = 200_000;
/** Translated steps are so much less work at most. */
const PACE_MAX = 16;
/** So many places that do not stop (a condition that is false, another activation) are passed between two such looks. */
const REJECTED_MAX = 200;
/** Halts that are looked at between two such looks when history is executed again. */
const REVIEWED_MAX = 2000;
/** An instruction touches at most four pages: its own two and its data's two. */
const REFILLS_MAX = 8;
/** Stops at which the kernel reports what it did; nothing need have been executed. */
const REPORTS: ReadonlySet<TimelineStop["kind"]> = new Set(["watchpoint", "event"]);

export class RunControl {
  readonly #debuggee: Debuggee;
  readonly #places: BoundPlaces;
  #isPauseRequested = false;
  /** The environment whose end ends the run. */
  #stepped: number | undefined;
  /** The step at which an access has stopped the run: what else is due there is still to come. */
  #watchedAt: number | undefined;
  #wake: (() => void) | undefined;
  /** Something came since the last piece: there is no reason to wait. */
  #isWoken = false;
  /** Whether the user's breakpoint at a place stops now: conditions, hit counts and log points are decided here. */
  accepts: (place: Place) => boolean = () => true;
  /** Which kernel events stop a run. */
  wantsEvent: (event: KernelEvent) => boolean = () => false;
  /** What to say if a watched access, or a kernel event, stops now for a data breakpoint; undefined if it doesn't. */
  acceptsWatch: (what: WatchStop | KernelEvent) => WatchReport | undefined = () => undefined;
  /** Which kernel events `acceptsWatch` is to be asked about. */
  watchesEvent: (event: KernelEvent) => boolean = () => false;
  /** Whether one of the two may be true for the end or begin of a slice that changes nothing. */
  wantsTicks = false;
  /** Called between pieces and at halts: the console is flushed here. */
  onPiece: () => void = () => {};
  /** Awaited before a run: what conditions need to know of the past is found out here. False when the user has paused that. */
  beforeRun: () => Promise<boolean> = async () => true;
  /** Called after each run and step forward: history until now was followed. */
  onRan: () => void = () => {};
  /** Called when an environment has begun or runs another image, also where that is only looked at again. */
  onImages: () => void = () => {};
  /** Whether input may still come from outside when everybody sleeps. */
  isInteractive = true;
  /** Step at which the run ends; Infinity for none. */
  limit = Number.POSITIVE_INFINITY;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
    debuggee.kernel.stopOn = (event) =>
      this.wantsEvent(event) || this.watchesEvent(event) || this.#isDeath(event);
    debuggee.kernel.stopsAtTicks = () => this.wantsTicks;
    this.#places = new BoundPlaces(debuggee);
    debuggee.onImages = (id) => {
      if (id === undefined) this.#places.bindAll();
      else this.#places.bind(id);
      this.onImages();
    };
  }

  /** Replaces the user's breakpoints. Where the machine has a condition, `accepts` is asked only of what it lets through. */
  setUserPlaces(addresses: Addresses = NOWHERE, conditionAt?: ConditionAt): void {
    this.#places.setUser(addresses, conditionAt);
  }

  /** Sets the places where a libOS gives up: a run stops there as at an event. None switches that off. */
  setLastWords(addresses: Addresses = NOWHERE): void {
    this.#places.set("lastWords", addresses);
  }

  isUserPlace(place: Place): boolean {
    return this.#places.has("user", place);
  }

  /** Whether the run or review under way has asked for a place. */
  isAsked(place: Place): boolean {
    return this.#places.has("asked", place);
  }

  pause(): void {
    this.#isPauseRequested = true;
    this.#wake?.();
  }

  /** Forgets a pause that came when nothing ran any more. */
  clearPause(): void {
    this.#isPauseRequested = false;
  }

  /** Something came from outside that may end an idle wait. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Does `work` for a step of an environment: its death ends every run in it (CONTRACT C25). */
  async during<Result>(environment: number, work: () => Promise<Result>): Promise<Result> {
    this.#stepped = environment;
    try {
      return await work();
    } finally {
      this.#stepped = undefined;
    }
  }

  /**
   * Runs until a halt. A breakpoint under the first instruction does not stop it, unless the last halt was for an access at
   * this very step: the breakpoint is then still to be met.
   */
  async run(places: readonly Place[] | Addresses = []): Promise<Halt> {
    this.#switchOn();
    if (!(await this.beforeRun())) return { kind: "paused" };
    this.#places.ask(places);
    try {
      let pass = this.#watchedAt !== this.#debuggee.kernel.steps;
      this.#watchedAt = undefined;
      let rejected = 0;
      // Steps for a step's work in the last piece: what was translated there will be in the next one.
      let pace = 1;
      for (;;) {
        this.#isWoken = false;
        const { steps, machine } = this.#debuggee.kernel;
        const { work } = machine;
        const stop = this.#debuggee.timeline.run(this.#piece(pace), pass);
        pace = Math.min(PACE_MAX, (machine.steps - steps) / Math.max(1, machine.work - work));
        const halt = this.#haltFor(stop);
        // What the kernel reports before the first instruction leaves that one's breakpoint as it was.
        const isBefore = this.#debuggee.kernel.steps === steps && REPORTS.has(stop.kind);
        pass = stop.kind === "breakpoint" || (pass && isBefore);
        if (halt === "again") {
          rejected += 1;
          if (rejected % REJECTED_MAX !== 0) continue;
        } else if (halt !== undefined) {
          this.onPiece();
          return halt;
        }
        this.onPiece();
        await breathe();
        if (stop.kind === "idle") await this.#waitForInput();
        if (this.#takePause()) return { kind: "paused" };
      }
    } finally {
      this.onRan();
      this.#places.ask([]);
    }
  }

  /**
   * Executes known history again, from here until a moment of it, and shows `visit` each halt before that moment, or also those at
   * it. Nobody outside is told of what happens. True when it came to the end, false when the user has paused it.
   */
  async review(
    until: Position,
    places: readonly Place[] | Addresses,
    visit: (halt: Halt, at: Position) => void,
    end: "before" | "included" = "before",
  ): Promise<boolean> {
    const { timeline } = this.#debuggee;
    this.#places.ask(places);
    try {
      let pass = true;
      while (comparePositions(timeline.now, until) < 0) {
        pass = timeline.quietly(() => this.#reviewPiece(until, visit, end, pass));
        await breathe();
        if (this.#takePause()) return false;
      }
      // A breakpoint is before its instruction, so a run until here has not met it. If it has, the instruction waits for its page.
      if (end === "included" && !pass) timeline.quietly(() => this.#reviewHere(visit));
      return true;
    } finally {
      this.#places.ask([]);
    }
  }

  /** A few milliseconds of a review; whether it ended at a breakpoint, which is then to be passed. */
  #reviewPiece(
    until: Position,
    visit: (halt: Halt, at: Position) => void,
    end: "before" | "included",
    passFirst: boolean,
  ): boolean {
    const { timeline } = this.#debuggee;
    const { machine } = this.#debuggee.kernel;
    let pass = passFirst;
    for (let stops = 0; stops < REVIEWED_MAX; stops += 1) {
      const { retired } = machine;
      const { pc } = machine.hart;
      const stop = timeline.run(PIECE, pass, until);
      const isAtEnd = comparePositions(timeline.now, until) >= 0;
      const isStill = machine.retired === retired && machine.hart.pc === pc;
      pass = stop.kind === "breakpoint" || (pass && isStill);
      if (stop.kind === "budget" || (isAtEnd && end === "before")) return pass;
      if (stop.kind === "exited" || stop.kind === "idle") {
        throw new Error("assertion failed: known history ends before a moment of it");
      }
      const halt = this.#haltFor(stop);
      if (halt !== undefined && halt !== "again") visit(halt, timeline.now);
    }
    return pass;
  }

  /** The breakpoint at which one stands, if there is one. */
  #reviewHere(visit: (halt: Halt, at: Position) => void): void {
    const { kernel, timeline, view } = this.#debuggee;
    const { running: environment } = view;
    const pc = view.registers(environment)?.pc;
    if (pc === undefined || !kernel.machine.breakpoints.has(indexOfId(environment), pc)) return;
    const halt = this.#haltFor({ kind: "breakpoint", environment, pc });
    if (halt !== undefined && halt !== "again") visit(halt, timeline.now);
  }

  /**
   * One instruction, or one kernel entry that the guest can see; a halt when something besides that happened. A refill of
   * the TLB is a kernel entry too, but the guest is where it was: the instruction is tried again. `until` is a moment that is
   * not passed.
   */
  step(until?: Position): Halt | undefined {
    const { kernel, timeline, view } = this.#debuggee;
    const { machine } = kernel;
    for (let refills = 0; refills < REFILLS_MAX; refills += 1) {
      const { pc, asid } = machine.hart;
      const { retired } = machine;
      const events = view.eventCount;
      const halt = this.#haltFor(timeline.run(1, true, until));
      if (halt !== undefined && halt !== "again") return halt;
      this.onRan();
      const isWhereItWas =
        machine.hart.pc === pc && machine.hart.asid === asid && machine.retired === retired;
      if (!isWhereItWas || view.eventCount !== events) return this.#awaitFetch(until);
      if (until !== undefined && comparePositions(timeline.now, until) >= 0) return undefined;
    }
    return undefined;
  }

  /**
   * Executes on to where a breakpoint on the next instruction would stop, if that is still to be fetched: a place has one
   * moment, however one comes to it.
   */
  #awaitFetch(until: Position | undefined): Halt | undefined {
    const { timeline } = this.#debuggee;
    const isThere = () => until !== undefined && comparePositions(timeline.now, until) >= 0;
    while (this.#refillIsNext() && !isThere()) {
      const halt = this.#haltFor(timeline.run(1, true, until));
      if (halt !== undefined && halt !== "again") return halt;
      this.onRan();
    }
    return undefined;
  }

  /** Whether nothing but a refill of the TLB can come next: the page of the next instruction is bound, and not at hand. */
  #refillIsNext(): boolean {
    const { kernel, view } = this.#debuggee;
    const { hart, tlb, timerDeadline, steps } = kernel.machine;
    if (view.running === 0 || steps >= timerDeadline || hart.interruptPending) return false;
    if (tlb.lookup(hart.asid, hart.pc >>> 12) !== undefined) return false;
    const binding = view.translate(view.running, hart.pc);
    return binding !== undefined && (binding.rights & RIGHT.X) !== 0;
  }

  /**
   * Runs on to a moment that is still to come, without a stop for anything. Undefined when it is there; else why not: it was paused, or the
   * run ended before.
   */
  async advance(until: Position): Promise<Halt | undefined> {
    const { kernel, timeline } = this.#debuggee;
    const { stopOn, machine } = kernel;
    this.#switchOn();
    try {
      while (comparePositions(timeline.now, until) < 0) {
        kernel.stopOn = undefined;
        machine.breakpoints.isMuted = true;
        const stop = timeline.run(PIECE, true, until);
        kernel.stopOn = stopOn;
        machine.breakpoints.isMuted = false;
        this.onPiece();
        switch (stop.kind) {
          case "exited":
          case "idle":
          case "powerFailed":
          case "endOfHistory":
            return stop;
        }
        await breathe();
        if (this.#takePause()) return { kind: "paused" };
      }
      return undefined;
    } finally {
      kernel.stopOn = stopOn;
      machine.breakpoints.isMuted = false;
      this.onRan();
    }
  }

  /** To be awaited now and then by whoever steps for long: a pause is seen here. */
  async breathe(): Promise<Halt | undefined> {
    this.onPiece();
    await breathe();
    return this.#takePause() ? { kind: "paused" } : undefined;
  }

  /** Going on after a power failure means to switch on; in the past the journal does so. */
  #switchOn(): void {
    const { kernel, timeline } = this.#debuggee;
    if (kernel.machine.isPowerOff && timeline.isAtEnd) this.#debuggee.powerOn();
  }

  #piece(pace: number): number {
    const steps = Math.floor(PIECE * Math.max(1, pace));
    return Math.max(0, Math.min(steps, this.limit - this.#debuggee.kernel.steps));
  }

  #haltFor(stop: TimelineStop): Halt | "again" | undefined {
    switch (stop.kind) {
      case "budget":
        return this.#debuggee.kernel.steps >= this.limit ? { kind: "limit" } : undefined;
      case "exited":
      case "endOfHistory":
      case "powerFailed":
        return stop;
      case "watchpoint": {
        const report = this.acceptsWatch(stop);
        if (report === undefined) return "again";
        this.#watchedAt = this.#debuggee.kernel.steps;
        return { kind: "watch", ...report };
      }
      case "event":
        return this.#haltForEvent(stop.event);
      case "idle":
        return this.isInteractive && this.#inputCanWake() ? undefined : { kind: "idle" };
      case "breakpoint": {
        const place = { environment: stop.environment, pc: stop.pc };
        if (this.isUserPlace(place) && this.accepts(place)) return { kind: "breakpoint", ...place };
        if (this.#places.has("lastWords", place)) return { kind: "lastWords", ...place };
        return this.#places.has("asked", place) ? { kind: "place", ...place } : "again";
      }
    }
  }

  /** The kernel stops for the first event that anybody asked for, and has acted on it: others may have come with it. */
  #haltForEvent(first: KernelEvent): Halt | "again" {
    const report = this.acceptsWatch(first);
    if (report !== undefined) return { kind: "watch", ...report };
    const events = this.#debuggee.view.events(first.index);
    const event = events.find((candidate) => this.wantsEvent(candidate));
    if (event !== undefined) return { kind: "event", event };
    const isDead = events.some((candidate) => this.#isDeath(candidate));
    return isDead ? { kind: "died", environment: this.#stepped ?? 0 } : "again";
  }

  #isDeath(event: KernelEvent): boolean {
    return event.kind === "destroyed" && event.target === this.#stepped;
  }

  /** Whether console input would let anybody run: somebody sleeps, or rests with an entry for it, and may read it. */
  #inputCanWake(): boolean {
    return this.#isRead(
      ({ state, entries }) =>
        state === "sleeping" || (state === "resting" && entries[ENTRIES.console.number] !== 0),
    );
  }

  /** Whether anybody looks at the console: it would let somebody run, or interrupt somebody who does. */
  takesInput(): boolean {
    return (
      this.#inputCanWake() ||
      this.#isRead(
        ({ state, entries }) => state !== "destroyed" && entries[ENTRIES.console.number] !== 0,
      )
    );
  }

  #isRead(isReady: (environment: EnvironmentView) => boolean): boolean {
    const { view } = this.#debuggee;
    return view
      .environments()
      .some(
        (environment) =>
          isReady(environment) &&
          view
            .capabilities(environment.id)
            .some(({ kind, rights }) => kind === "console" && (rights & RIGHTS.READ) !== 0),
      );
  }

  async #waitForInput(): Promise<void> {
    if (this.#isPauseRequested || this.#isWoken) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #takePause(): boolean {
    const was = this.#isPauseRequested;
    this.#isPauseRequested = false;
    return was;
  }
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
