/**
 * Runs the debuggee in short pieces, so that a pause, a key or a request is answered in between, until something that
 * the user or a step waits for.
 */
import { ENTRIES, indexOfId, type KernelEvent, type KernelStop, RIGHTS } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";

/** Why a run came to a halt. */
export type Halt =
  /** A breakpoint of the user at which `accepts` said yes. */
  | { readonly kind: "breakpoint"; readonly environment: number; readonly pc: number }
  /** A place that the caller of `run` asked for. */
  | { readonly kind: "place"; readonly environment: number; readonly pc: number }
  | { readonly kind: "event"; readonly event: KernelEvent }
  /** A libOS has given up and is about to end its program. */
  | { readonly kind: "lastWords"; readonly environment: number; readonly pc: number }
  /** The environment that a step was about was destroyed. */
  | { readonly kind: "died"; readonly environment: number }
  | { readonly kind: "paused" }
  | { readonly kind: "exited" }
  /** Nobody can run any more, and no input is to be expected. */
  | { readonly kind: "idle" }
  /** The power has failed; every run ends so until it comes back. */
  | { readonly kind: "powerFailed" }
  /** The step limit of the launch. */
  | { readonly kind: "limit" };

/** An address in one environment. */
export interface Place {
  readonly environment: number;
  readonly pc: number;
}

export const placeKey = (place: Place): string => `${place.environment}:${place.pc}`;

/** Steps between two looks at the outside: a few milliseconds. */
const PIECE = 200_000;
/** So many places that do not stop (a condition that is false, another activation) are passed between two such looks. */
const REJECTED_MAX = 200;
/** An instruction touches at most four pages: its own two and its data's two. */
const REFILLS_MAX = 8;
const NOWHERE: ReadonlySet<string> = new Set();

export class RunControl {
  readonly #debuggee: Debuggee;
  readonly #user = new Map<string, Place>();
  readonly #lastWords = new Map<string, Place>();
  #isPauseRequested = false;
  /** The environment whose end ends the run. */
  #stepped: number | undefined;
  #wake: (() => void) | undefined;
  /** Something came since the last piece: there is no reason to wait. */
  #isWoken = false;
  /** Whether the user's breakpoint at a place stops now: conditions, hit counts and log points are decided here. */
  accepts: (place: Place) => boolean = () => true;
  /** Which kernel events stop a run. */
  wantsEvent: (event: KernelEvent) => boolean = () => false;
  /** Called between pieces and at halts: the console is flushed here. */
  onPiece: () => void = () => {};
  /** Whether input may still come from outside when everybody sleeps. */
  isInteractive = true;
  /** Step at which the run ends; Infinity for none. */
  limit = Number.POSITIVE_INFINITY;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
    debuggee.kernel.stopOn = (event) => this.wantsEvent(event) || this.#isDeath(event);
  }

  /** Replaces the user's breakpoints. */
  setUserPlaces(places: readonly Place[]): void {
    for (const place of this.#user.values())
      if (!this.#lastWords.has(placeKey(place))) this.#clear(place);
    this.#user.clear();
    for (const place of places) {
      this.#user.set(placeKey(place), place);
      this.#set(place);
    }
  }

  /** Sets the places where a libOS gives up: a run stops there as at an event. None switches that off. */
  setLastWords(places: readonly Place[]): void {
    for (const place of this.#lastWords.values()) if (!this.isUserPlace(place)) this.#clear(place);
    this.#lastWords.clear();
    for (const place of places) {
      this.#lastWords.set(placeKey(place), place);
      this.#set(place);
    }
  }

  isUserPlace(place: Place): boolean {
    return this.#user.has(placeKey(place));
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

  /** Runs until a halt. A breakpoint under the first instruction does not stop it. */
  async run(places: readonly Place[] = []): Promise<Halt> {
    const asked = new Set(places.map(placeKey));
    for (const place of places) this.#set(place);
    try {
      let pass = true;
      let rejected = 0;
      for (;;) {
        this.#isWoken = false;
        const stop = this.#debuggee.kernel.run(this.#piece(), pass);
        pass = false;
        const halt = this.#haltFor(stop, asked);
        if (halt === "again") {
          pass = true;
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
      for (const place of places) if (!this.#isKept(place)) this.#clear(place);
    }
  }

  /**
   * One instruction, or one kernel entry that the guest can see; a halt when something besides that happened. A refill of
   * the TLB is a kernel entry too, but the guest is where it was: the instruction is tried again.
   */
  step(): Halt | undefined {
    const { kernel } = this.#debuggee;
    const { machine } = kernel;
    for (let refills = 0; refills < REFILLS_MAX; refills += 1) {
      const { pc, asid } = machine.hart;
      const { retired } = machine;
      const events = this.#debuggee.view.eventCount;
      const halt = this.#haltFor(kernel.run(1, true), NOWHERE);
      if (halt !== undefined && halt !== "again") return halt;
      const isWhereItWas =
        machine.hart.pc === pc && machine.hart.asid === asid && machine.retired === retired;
      if (!isWhereItWas || this.#debuggee.view.eventCount !== events) return undefined;
    }
    return undefined;
  }

  /** To be awaited now and then by whoever steps for long: a pause is seen here. */
  async breathe(): Promise<Halt | undefined> {
    this.onPiece();
    await breathe();
    return this.#takePause() ? { kind: "paused" } : undefined;
  }

  #piece(): number {
    return Math.max(0, Math.min(PIECE, this.limit - this.#debuggee.kernel.steps));
  }

  #haltFor(stop: KernelStop, asked: ReadonlySet<string>): Halt | "again" | undefined {
    switch (stop.kind) {
      case "budget":
        return this.#debuggee.kernel.steps >= this.limit ? { kind: "limit" } : undefined;
      case "exited":
      case "powerFailed":
        return { kind: stop.kind };
      case "event":
        if (!this.#isDeath(stop.event) || this.wantsEvent(stop.event)) {
          return { kind: "event", event: stop.event };
        }
        return { kind: "died", environment: this.#stepped ?? 0 };
      case "idle":
        return this.isInteractive && this.#inputCanWake() ? undefined : { kind: "idle" };
      case "breakpoint": {
        const place = { environment: stop.environment, pc: stop.pc };
        if (this.isUserPlace(place) && this.accepts(place)) return { kind: "breakpoint", ...place };
        if (this.#lastWords.has(placeKey(place))) return { kind: "lastWords", ...place };
        return asked.has(placeKey(place)) ? { kind: "place", ...place } : "again";
      }
    }
  }

  #isDeath(event: KernelEvent): boolean {
    return event.kind === "destroyed" && event.target === this.#stepped;
  }

  /** Whether console input would let anybody run: somebody sleeps, or rests with an entry for it, and may read it. */
  #inputCanWake(): boolean {
    const { view } = this.#debuggee;
    return view.environments().some(({ id, state, entries }) => {
      const waits =
        state === "sleeping" || (state === "resting" && entries[ENTRIES.console.number] !== 0);
      return (
        waits &&
        view
          .capabilities(id)
          .some(({ kind, rights }) => kind === "console" && (rights & RIGHTS.READ) !== 0)
      );
    });
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

  #isKept(place: Place): boolean {
    return this.isUserPlace(place) || this.#lastWords.has(placeKey(place));
  }

  #set(place: Place): void {
    this.#debuggee.kernel.machine.breakpoints.set(indexOfId(place.environment), place.pc);
  }

  #clear(place: Place): void {
    this.#debuggee.kernel.machine.breakpoints.clear(indexOfId(place.environment), place.pc);
  }
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
