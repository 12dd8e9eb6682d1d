/**
 * Steps and runs backward. The past is not kept, it is executed again: each of these looks at a stretch before now, longer
 * and longer ones until it has found where the same thing forward would have begun, and goes there. So it sees the very stops that a
 * run forward sees, with the same conditions.
 *
 * - *continue* goes to the last stop before now that a run forward would have made.
 * - *over* goes to where the run of statements before began: in this frame, or, from its first statement, in its caller's.
 * - *into* goes to where the run before began in whatever frame it was: the last line of what was called, the other side
 *   of a transfer or an upcall.
 * - *out* goes to the statement from which this frame was called, or which an upcall interrupted.
 *
 * At the start of the history each of them ends there. A breakpoint, event or watch on the way ends a step, as forward.
 */
import { type Activation, comparePositions, isBefore, type Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { LoadedImage } from "../loaded-image.ts";
import { type CodeFrame, codeFrames, ownActivations, quickCfa, stackOf } from "../stack.ts";
import { flowOf } from "./control-flow.ts";
import { FlowRuns, FrameRuns, type PastRun } from "./past-runs.ts";
import { type Addresses, type Halt, type Place, placeKey, type RunControl } from "./run-control.ts";
import { type Grain, isDiversion, isSource, type StepEnd } from "./stepper.ts";

/** Steps of the first stretch that is looked at, and by how much the next is longer. */
const FIRST_STRETCH = 10_000;
const LONGER = 8;
/** The same where every instruction is looked at. */
const FIRST_INSTRUCTIONS = 64;
/** A stretch in which a run backward looks for stops is at most so long, so that many stops are not gathered in vain. */
const STRETCH_MAX = 5_000_000;
/** Callers into which a step back may come: the nearest ones with source. */
const CALLERS = 2;

interface Stop {
  readonly halt: Halt;
  readonly at: Position;
}

export class Backward {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;

  constructor(debuggee: Debuggee, control: RunControl) {
    this.#debuggee = debuggee;
    this.#control = control;
  }

  /** To the last stop before now, or to the start of the history. */
  async continue(): Promise<StepEnd> {
    const { timeline } = this.#debuggee;
    const { now, start } = timeline;
    if (!(await this.#control.beforeRun())) return { kind: "paused" };
    let until = now;
    // What stops at the very moment at which one stands does not count; later stretches end where the one before began.
    let isFirst = true;
    for (let length = FIRST_STRETCH; ; length = Math.min(length * LONGER, STRETCH_MAX)) {
      const from = timeline.seekStep(until.step - length);
      const end = isFirst ? until : beyond(until, now);
      let last: Stop | undefined;
      const isWhole = await this.#control.review(end, [], (halt, at) => {
        if (isFirst || comparePositions(at, until) <= 0) last = { halt, at };
      });
      if (!isWhole) return this.#back(now, { kind: "paused" });
      if (last !== undefined) return this.#arrive(last);
      if (comparePositions(from, start) <= 0) return this.#back(start, { kind: "startOfHistory" });
      until = from;
      isFirst = false;
    }
  }

  async over(thread: number, grain: Grain): Promise<StepEnd> {
    const [frame, ...callers] = codeFrames(stackOf(this.#debuggee, thread));
    if (frame === undefined) return this.into(thread, grain);
    const byStatement = grain === "statement" && frame.image?.hasStatements(frame.pc) === true;
    const outer = byStatement ? callers.filter(isSource) : callers;
    return this.#inFrames([frame, ...outer.slice(0, CALLERS)], byStatement, frame);
  }

  async out(thread: number, grain: Grain): Promise<StepEnd> {
    const [frame, ...callers] = codeFrames(stackOf(this.#debuggee, thread));
    const byStatement = grain === "statement";
    const outer = (byStatement ? callers.filter(isSource) : callers).slice(0, CALLERS);
    if (frame === undefined || outer.length === 0) {
      return this.#back(this.#debuggee.timeline.start, { kind: "startOfHistory" });
    }
    return this.#inFrames(outer, byStatement, outer[0]);
  }

  async into(thread: number, grain: Grain): Promise<StepEnd> {
    const { threads } = this.#debuggee;
    const environment = threads.environmentOf(thread);
    const libosThread = threads.find(thread)?.id ?? threads.currentId(environment);
    return grain === "instruction"
      ? this.#intoInstruction(environment, libosThread)
      : this.#intoStatement(environment, libosThread);
  }

  /** To the last run in any of these frames. A frame whose code is unknown is gone through instruction by instruction. */
  async #inFrames(
    frames: readonly CodeFrame[],
    byStatement: boolean,
    innermost: CodeFrame | undefined,
  ): Promise<StepEnd> {
    const watched = frames.map((frame) => new WatchedFrame(this.#debuggee, frame, byStatement));
    const known = watched.filter(({ places }) => places.length > 0);
    if (known.length === 0 || innermost === undefined) {
      const { environment, thread } = frames[0]?.identity ?? {};
      return this.#intoInstruction(environment ?? this.#debuggee.firstId, thread ?? 0);
    }
    const places = unique(known.flatMap((frame) => frame.places));
    return this.#lookBack(places, (beginsHistory) => {
      const runs = new FrameRuns(beginsHistory);
      return {
        visit: (place, at) => {
          for (const [i, frame] of watched.entries()) {
            const what = frame.what(place);
            if (what?.isEntry === true) runs.entered(i);
            if (what?.key === undefined) continue;
            // An instruction that waits for its page is at one place; one that is tried again after an upcall is not.
            const when = byStatement ? "" : this.#debuggee.kernel.machine.retired;
            runs.at(i, place.environment, `${i} ${what.key} ${when}`, at);
          }
        },
        found: () => runs.last,
      };
    });
  }

  async #intoStatement(environment: number, thread: number): Promise<StepEnd> {
    const hasPlaces = this.#debuggee
      .environments()
      .some(({ image }) => (image?.steppableAddresses() ?? []).length > 0);
    if (!hasPlaces) return this.#intoInstruction(environment, thread);
    const places: Addresses = ({ image }) => image?.steppableAddresses() ?? [];
    const isAside = this.#diversions(environment, thread);
    return this.#lookBack(places, (beginsHistory) => {
      const runs = new FlowRuns(beginsHistory);
      const follow = this.#transfersSince(this.#debuggee.timeline.now.event, runs);
      return {
        visit: (place, at) => {
          follow();
          if (isAside(place.environment)) return;
          const cfa = quickCfa(this.#debuggee, place.environment) ?? 0;
          const image = this.#debuggee.imageOf(place.environment);
          const line = lineKey(image, place.pc);
          runs.at(place.environment, `${place.environment} ${cfa} ${line}`, at);
        },
        found: () => {
          follow();
          return runs.last(environment);
        },
      };
    });
  }

  /** Executes a few instructions before now one by one. */
  async #intoInstruction(environment: number, thread: number): Promise<StepEnd> {
    const { timeline, view } = this.#debuggee;
    const { now, start } = timeline;
    const isAside = this.#diversions(environment, thread);
    for (let length = FIRST_INSTRUCTIONS; ; length *= LONGER) {
      const from = timeline.seekStep(now.step - length);
      const runs = new FlowRuns(comparePositions(from, start) <= 0);
      const follow = this.#transfersSince(timeline.now.event, runs);
      for (let count = 1; isBefore(timeline.now, now); count += 1) {
        follow();
        const { running } = view;
        const pc = view.registers(running)?.pc;
        const at = timeline.now;
        if (pc !== undefined && !isAside(running)) runs.at(running, `${running} ${at.step}`, at);
        timeline.quietly(() => this.#control.step(now));
        if (count % FIRST_STRETCH === 0 && (await this.#control.breathe()) !== undefined) {
          return this.#back(now, { kind: "paused" });
        }
      }
      follow();
      const run = runs.last(environment);
      if (run !== undefined) {
        return this.#back(run.start, { kind: "stepped", environment: run.environment });
      }
      if (comparePositions(from, start) <= 0) return this.#back(start, { kind: "startOfHistory" });
    }
  }

  /**
   * Looks at longer and longer stretches before now until a run is found whose beginning is certain, and goes to where it began; or
   * to a stop of the user's that came after it.
   */
  async #lookBack(
    places: readonly Place[] | Addresses,
    gather: (beginsHistory: boolean) => {
      readonly visit: (place: Place, at: Position) => void;
      readonly found: () => PastRun | undefined;
    },
  ): Promise<StepEnd> {
    const { timeline } = this.#debuggee;
    const { now, start } = timeline;
    if (!(await this.#control.beforeRun())) return { kind: "paused" };
    for (let length = FIRST_STRETCH; ; length *= LONGER) {
      const from = timeline.seekStep(now.step - length);
      const beginsHistory = comparePositions(from, start) <= 0;
      const runs = gather(beginsHistory);
      let stop: Stop | undefined;
      const isWhole = await this.#control.review(now, places, (halt, at) => {
        if (halt.kind !== "place") stop = { halt, at };
        const isPlace = halt.kind === "place" || halt.kind === "breakpoint";
        if (isPlace && this.#control.isAsked(halt)) runs.visit(halt, at);
      });
      if (!isWhole) return this.#back(now, { kind: "paused" });
      const run = runs.found();
      if (run !== undefined && (!run.isCut || beginsHistory)) {
        if (stop !== undefined && isBefore(run.start, stop.at)) return this.#arrive(stop);
        return this.#back(run.start, { kind: "stepped", environment: run.environment });
      }
      if (beginsHistory) {
        return stop === undefined
          ? this.#back(start, { kind: "startOfHistory" })
          : this.#arrive(stop);
      }
    }
  }

  /** Tells runs of the transfers that have happened since it was asked last. */
  #transfersSince(event: number, runs: FlowRuns): () => void {
    const { view } = this.#debuggee;
    let seen = event;
    return () => {
      if (view.eventCount === seen) return;
      for (const happened of view.events(seen)) {
        if (happened.kind === "transfer") runs.transferred(happened.environment, happened.to);
      }
      seen = view.eventCount;
    };
  }

  /**
   * Whether an environment is in an upcall that merely interrupts, and in which the step did not begin; or, in the step's own, at
   * another of its libOS's threads.
   */
  #diversions(environment: number, thread: number): (environment: number) => boolean {
    const { view, threads } = this.#debuggee;
    const isOther = (id: number) =>
      thread !== 0 && id === environment && threads.currentId(id) !== thread;
    const own = new Set(view.activations(environment).map(({ step }) => step));
    const isAside = (activation: Activation) =>
      isDiversion(activation) && !own.has(activation.step);
    return (id) => isOther(id) || ownActivations(this.#debuggee, id).some(isAside);
  }

  /** Goes to a stop. What is said at it (which breakpoint, which event) is decided there once more. */
  #arrive({ halt, at }: Stop): StepEnd {
    const { timeline } = this.#debuggee;
    timeline.seek(at);
    if (halt.kind === "breakpoint") timeline.quietly(() => this.#control.accepts(halt));
    return halt;
  }

  #back(position: Position, end: StepEnd): StepEnd {
    this.#debuggee.timeline.seek(position);
    return end;
  }
}

/** A frame of now, recognised in the past by where it stands: by its frame address and the upcall or transfer it is on behalf of. */
class WatchedFrame {
  readonly places: readonly Place[];
  readonly #debuggee: Debuggee;
  readonly #frame: CodeFrame;
  /** What tells the places of one run from those of the next, by address. */
  readonly #keys: ReadonlyMap<number, string>;
  readonly #entry: number | undefined;

  constructor(debuggee: Debuggee, frame: CodeFrame, byStatement: boolean) {
    this.#debuggee = debuggee;
    this.#frame = frame;
    const { image, environment } = frame;
    const at = frame.isReturnAddress ? frame.pc - 1 : frame.pc;
    this.#keys = byStatement ? statements(image, at) : instructions(image, at);
    this.#entry = this.#keys.size === 0 ? undefined : image?.functionStart(at);
    const addresses = new Set(this.#keys.keys());
    if (this.#entry !== undefined) addresses.add(this.#entry);
    this.places = Array.from(addresses, (pc) => ({ environment, pc }));
  }

  /** What a place is to this frame: its function's entry, a place with a key, both, or undefined when it is another's. */
  what(place: Place): { readonly isEntry: boolean; readonly key: string | undefined } | undefined {
    const { environment, thread, cfa, stack } = this.#frame.identity;
    if (place.environment !== environment) return undefined;
    const key = this.#keys.get(place.pc);
    const isEntry = place.pc === this.#entry;
    if (key === undefined && !isEntry) return undefined;
    if (quickCfa(this.#debuggee, environment) !== cfa) return undefined;
    if (thread !== 0 && this.#debuggee.threads.currentId(environment) !== thread) return undefined;
    const isOn = ({ step }: Activation) => step === stack;
    if (stack !== 0 && !this.#debuggee.view.activations(environment).some(isOn)) return undefined;
    return { isEntry, key };
  }
}

/** The places where statements of the function around an address begin, each with its line as key. */
function statements(image: LoadedImage | undefined, at: number): ReadonlyMap<number, string> {
  const keys = new Map<number, string>();
  for (const range of image?.debug.functionAt(at)?.ranges ?? []) {
    for (const row of image?.debug.statementRowsIn(range) ?? []) {
      if (image?.isDeclaration(row.address) !== true) {
        keys.set(row.address, lineKey(image, row.address));
      }
    }
  }
  return keys;
}

/** All instructions of the function around an address, each with its own key. */
function instructions(image: LoadedImage | undefined, at: number): ReadonlyMap<number, string> {
  const keys = new Map<number, string>();
  const symbol = image?.elf.symbolAt(at);
  const ranges =
    image?.debug.functionAt(at)?.ranges ??
    (symbol === undefined ? [] : [{ low: symbol.value, high: symbol.value + symbol.size }]);
  for (const { low, high } of ranges) {
    let pc = low;
    while (pc < high) {
      keys.set(pc, String(pc));
      pc += flowOf(codeAt(image, pc))?.length ?? high;
    }
  }
  return keys;
}

function codeAt(image: LoadedImage | undefined, pc: number): Uint8Array | undefined {
  const segment = image?.elf.segments.find(
    ({ virtualAddress, bytes }) => virtualAddress <= pc && pc < virtualAddress + bytes.length,
  );
  if (segment === undefined) return undefined;
  const offset = pc - segment.virtualAddress;
  return segment.bytes.subarray(offset, offset + 4);
}

function lineKey(image: LoadedImage | undefined, pc: number): string {
  const row = image?.debug.lineAt(pc);
  return `${row?.file}:${row?.line}`;
}

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}

/** A moment just behind another, so that what stands at that one is executed; but not behind `now`. */
function beyond(position: Position, now: Position): Position {
  const next = { step: position.step + 1, event: 0 };
  return isBefore(now, next) ? now : next;
}
