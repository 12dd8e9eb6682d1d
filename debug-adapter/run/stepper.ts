/**
 * Steps. A frame is (environment, libOS thread, stack, canonical frame address), and addresses of different stacks are never compared
 * (CONTRACT C25). Nothing is frozen while a step runs: other environments get their slices, and other threads of a libOS their turns.
 * What is stepped is a thread as DAP names it: an environment, or a thread that its libOS describes.
 *
 * - *over* runs at full speed to the places where the statement can end: the other statements of the function, and
 *   where each caller goes on. A place that is reached in another activation is passed.
 * - *into* executes the statement instruction by instruction, passes through assembly stubs, and stops where a function
 *   with source begins that this statement entered: by a call, by an exception upcall, by a transfer.
 * - *out* runs to where the caller goes on; out of a handler, to the end of the statement that it interrupted.
 */
import type { Activation } from "#exokernel";
import { FIRST_INTERRUPT_ENTRY } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import {
  type CodeFrame,
  codeFrames,
  type FrameIdentity,
  quickCfa,
  sameFrame,
  stackOf,
  topFrame,
} from "../stack.ts";
import { flowOf } from "./control-flow.ts";
import { type Addresses, type Halt, type Place, placeKey, type RunControl } from "./run-control.ts";

export type Grain = "statement" | "instruction";

/** A step into has come to an `ecall`, which is not executed yet: whoever shows the kernel does so before. */
export interface KernelEntry {
  readonly kind: "kernel";
  readonly environment: number;
  readonly grain: Grain;
  /** Executes it and goes on as the step would have. */
  readonly finish: () => Promise<StepEnd>;
}

/** A step ends where it was to end, or by a halt on the way. */
export type StepEnd =
  | { readonly kind: "stepped"; readonly environment: number }
  | KernelEntry
  | Halt;

/** After so many single instructions a step into goes on as a step over: it is in a long loop without calls. */
const SINGLE_STEPS_MAX = 300_000;
const BREATH = 20_000;

export class Stepper {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  /** Whether a step into ends at an `ecall` as a `KernelEntry`. */
  entersKernel = false;

  constructor(debuggee: Debuggee, control: RunControl) {
    this.#debuggee = debuggee;
    this.#control = control;
  }

  async over(thread: number, grain: Grain): Promise<StepEnd> {
    const frame = topFrame(this.#debuggee, thread);
    if (frame === undefined) return this.#control.run();
    const hasStatements = frame.image?.hasStatements(frame.pc) === true;
    return grain === "instruction" || !hasStatements
      ? this.#overInstruction(thread, frame)
      : this.#overStatement(thread);
  }

  async out(thread: number, grain: Grain): Promise<StepEnd> {
    const stack = stackOf(this.#debuggee, thread);
    const [frame, ...callers] = codeFrames(stack);
    if (frame === undefined) return this.#control.run();
    const targets = grain === "instruction" ? callers : callers.filter(isSource);
    const target = await this.#runToFrame(frame.identity, targets);
    if (target.kind !== "frame") return target;
    const isHandlers = target.frame.identity.stack !== frame.identity.stack;
    const wasInterrupted = isHandlers && !target.frame.isReturnAddress;
    return wasInterrupted && grain === "statement"
      ? this.#overStatement(target.frame.environment)
      : { kind: "stepped", environment: target.frame.environment };
  }

  async into(thread: number, grain: Grain): Promise<StepEnd> {
    const frame = topFrame(this.#debuggee, thread);
    if (frame === undefined) return this.#control.run();
    const { environment } = frame;
    if (grain === "instruction" || frame.image?.hasStatements(frame.pc) !== true) {
      if (!isThreadOf(this.#debuggee, environment, frame.identity.thread))
        return this.#runUntilResumed(thread);
      return this.entersKernel && isAtKernelCall(this.#debuggee, environment)
        ? { kind: "kernel", environment, grain, finish: () => this.#throughKernel(environment) }
        : this.#intoInstruction(environment, frame.identity);
    }
    return new StepInto(this.#debuggee, this.#control, this, frame).run();
  }

  /** Runs until an environment executes at a place, wherever its stack is; a thread of its libOS is the one that is named. */
  async runTo(place: Place | Addresses, thread = 0): Promise<StepEnd> {
    for (;;) {
      const halt = await this.#control.run(typeof place === "function" ? place : [place]);
      if (halt.kind !== "place") return halt;
      if (isThreadOf(this.#debuggee, halt.environment, thread)) {
        return { kind: "stepped", environment: halt.environment };
      }
    }
  }

  /** Runs to one of the places, or to where the libOS's thread of the step comes to its end. */
  async #run(of: FrameIdentity, places: readonly Place[]): Promise<Halt | StepEnd> {
    const { environment, thread } = of;
    const image = thread === 0 ? undefined : this.#debuggee.imageOf(environment);
    const ends = (image?.threadEnds() ?? []).map((pc) => ({ environment, pc }));
    const wanted = new Set(places.map(placeKey));
    for (;;) {
      const halt = await this.#control.run([...places, ...ends]);
      if (halt.kind !== "place" || wanted.has(placeKey(halt))) return halt;
      if (isThreadOf(this.#debuggee, environment, thread)) return { kind: "stepped", environment };
    }
  }

  /** To the next statement in the frame that now is innermost; if that frame ends, in its caller's. */
  async #overStatement(thread: number): Promise<StepEnd> {
    const [frame, ...callers] = codeFrames(stackOf(this.#debuggee, thread));
    if (frame?.image === undefined) return this.#control.run();
    const { environment } = frame;
    const { debug } = frame.image;
    const statement = debug.statementAt(frame.pc);
    const ends: Place[] = [];
    for (const range of debug.functionAt(frame.pc)?.ranges ?? []) {
      for (const row of debug.statementRowsIn(range)) {
        if (row.line !== statement?.line || row.file !== statement.file) {
          ends.push({ environment, pc: row.address });
        }
      }
    }
    const own = new Set(ends.map(placeKey));
    const targets = callers.filter(isSource);
    for (;;) {
      const halt = await this.#run(frame.identity, [...ends, ...resumePlaces(targets)]);
      if (halt.kind !== "place") return halt;
      if (own.has(placeKey(halt)) && this.#standsIn(frame, halt)) {
        return { kind: "stepped", environment };
      }
      const caller = targets.find((target) => this.#standsIn(target, halt));
      if (caller !== undefined) return this.#finishStatement(caller.environment);
    }
  }

  /** The frame of the step has ended in the middle of its caller's statement: goes on to the next one there. */
  async #finishStatement(environment: number): Promise<StepEnd> {
    const frame = topFrame(this.#debuggee, environment);
    if (frame?.image?.debug.isStatementStart(frame.pc) === true) {
      return { kind: "stepped", environment };
    }
    return this.#overStatement(environment);
  }

  /** Runs until one of the frames is innermost again. */
  async #runToFrame(
    of: FrameIdentity,
    targets: readonly CodeFrame[],
  ): Promise<{ readonly kind: "frame"; readonly frame: CodeFrame } | StepEnd> {
    const { environment } = of;
    if (targets.length === 0) return this.#run(of, []);
    for (;;) {
      const halt = await this.#run(of, resumePlaces(targets));
      if (halt.kind !== "place") return halt;
      const frame = targets.find((target) => this.#standsIn(target, halt));
      if (frame !== undefined) return { kind: "frame", frame };
      if (this.#debuggee.view.environment(environment)?.state === "destroyed") {
        return { kind: "stepped", environment: halt.environment };
      }
    }
  }

  /** Whether the halt is in this very activation: a cheap look at its frame address first, then at its stack. */
  #standsIn(frame: CodeFrame, halt: Place): boolean {
    const { environment, cfa } = frame.identity;
    if (halt.environment !== environment) return false;
    if (quickCfa(this.#debuggee, environment) !== cfa) return false;
    const top = topFrame(this.#debuggee, environment);
    return top !== undefined && sameFrame(top.identity, frame.identity);
  }

  async #overInstruction(thread: number, frame: CodeFrame): Promise<StepEnd> {
    const { environment, pc, identity } = frame;
    if (!isThreadOf(this.#debuggee, environment, identity.thread))
      return this.#runUntilResumed(thread);
    const flow = flowOf(this.#debuggee.readMemory(environment, pc, 4));
    if (flow?.isCall === true) {
      const behind = { ...frame, pc: (pc + flow.length) >>> 0, isReturnAddress: true };
      const callers = codeFrames(stackOf(this.#debuggee, thread)).slice(1);
      const end = await this.#runToFrame(identity, [behind, ...callers]);
      return end.kind === "frame" ? { kind: "stepped", environment: end.frame.environment } : end;
    }
    const before = this.#debuggee.view.activations(environment).length;
    const halt = this.#control.step();
    if (halt !== undefined) return halt;
    const entered = this.#debuggee.view.activations(environment).at(before);
    if (this.#debuggee.view.running === environment && entered === undefined) {
      return { kind: "stepped", environment };
    }
    if (entered !== undefined) return this.#runPast(identity, entered);
    return this.#runUntilResumed(thread);
  }

  /** One `ecall`, also where the slice ends before it. */
  async #throughKernel(environment: number): Promise<StepEnd> {
    const pc = this.#debuggee.view.registers(environment)?.pc;
    const thread = this.#debuggee.threads.currentId(environment);
    for (;;) {
      const end = await this.#intoInstruction(environment, { environment, thread });
      const isThere = end.kind === "stepped" && end.environment === environment;
      if (!isThere || this.#debuggee.view.registers(environment)?.pc !== pc) return end;
    }
  }

  async #intoInstruction(environment: number, of: Owner): Promise<StepEnd> {
    const { view } = this.#debuggee;
    const events = view.eventCount;
    const before = view.activations(environment).length;
    const halt = this.#control.step();
    if (halt !== undefined) return halt;
    const last = view.activations(environment).at(before);
    if (last !== undefined && isDiversion(last)) return this.#runPast(of, last);
    if (view.running === environment) return { kind: "stepped", environment };
    const transferred = view.events(events).some((event) => event.kind === "transfer");
    return transferred
      ? { kind: "stepped", environment: view.running }
      : this.#runUntilResumed(environment);
  }

  /** An upcall came in between: runs until what it interrupted goes on. */
  async #runPast({ environment, thread }: Owner, activation: Activation): Promise<StepEnd> {
    const places = [0, 2, 4].map((offset) => ({ environment, pc: (activation.pc + offset) >>> 0 }));
    for (;;) {
      const halt = await this.#control.run(places);
      if (halt.kind !== "place") return halt;
      if (
        !this.#debuggee.view.activations(environment).includes(activation) &&
        isThreadOf(this.#debuggee, environment, thread)
      ) {
        return { kind: "stepped", environment };
      }
    }
  }

  /** The thread lost the processor: runs until it has it again, where it stood. */
  async #runUntilResumed(thread: number): Promise<StepEnd> {
    const frames = codeFrames(stackOf(this.#debuggee, thread));
    const [frame] = frames;
    if (frame === undefined) return this.#control.run();
    const end = await this.#runToFrame(frame.identity, frames.slice(0, 8));
    return end.kind === "frame" ? { kind: "stepped", environment: frame.environment } : end;
  }
}

/** One step into: it follows control from the statement into whatever that enters. */
class StepInto {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #stepper: Stepper;
  readonly #start: CodeFrame;
  /** Where control now is. It changes only by a transfer. */
  #environment: number;
  /** Where the `ecall` is that was shown and is still to be executed. */
  #shown: number | undefined;

  constructor(debuggee: Debuggee, control: RunControl, stepper: Stepper, start: CodeFrame) {
    this.#debuggee = debuggee;
    this.#control = control;
    this.#stepper = stepper;
    this.#start = start;
    this.#environment = start.environment;
  }

  async run(): Promise<StepEnd> {
    const { view } = this.#debuggee;
    if (!(await this.#control.beforeRun())) return { kind: "paused" };
    if (this.#isLeft()) {
      const halt = await this.#waitForTurn();
      if (halt !== undefined) return halt;
    }
    for (let count = 1; count <= SINGLE_STEPS_MAX; count += 1) {
      if (count % BREATH === 0) {
        const paused = await this.#control.breathe();
        if (paused !== undefined) return paused;
      }
      const before = this.#pc();
      if (this.#shown !== before) {
        this.#shown = undefined;
        if (this.#isOwnKernelCall()) return this.#kernelEntry(before);
      }
      const wasCall =
        flowOf(this.#debuggee.readMemory(this.#environment, before, 4))?.isCall === true;
      const activations = view.activations(this.#environment).length;
      const events = view.eventCount;
      const halt = this.#control.step();
      if (halt !== undefined) return halt;
      const diverted = await this.#followSwitch(activations, events);
      if (diverted !== undefined) return diverted;
      if (this.#isLeft()) {
        const other = await this.#waitForTurn();
        if (other !== undefined) return other;
      }
      const end = await this.#look(wasCall);
      if (end !== undefined) return end;
      const place = { environment: this.#environment, pc: this.#pc() };
      if (this.#control.isUserPlace(place) && this.#control.accepts(place)) {
        return { kind: "breakpoint", ...place };
      }
    }
    return this.#stepper.over(this.#environment, "statement");
  }

  /** An `ecall` of the statement itself, or of the stub that it calls; what a library does on its behalf is passed. */
  #isOwnKernelCall(): boolean {
    const { environment, identity } = this.#start;
    if (!this.#stepper.entersKernel || environment !== this.#environment) return false;
    if (!isAtKernelCall(this.#debuggee, environment)) return false;
    const nearest = codeFrames(stackOf(this.#debuggee, environment)).slice(0, 2);
    return nearest.some((frame) => sameFrame(frame.identity, identity));
  }

  #kernelEntry(pc: number): KernelEntry {
    this.#shown = pc;
    const { environment } = this.#start;
    return { kind: "kernel", environment, grain: "statement", finish: () => this.run() };
  }

  #pc(): number {
    return this.#debuggee.view.registers(this.#environment)?.pc ?? 0;
  }

  /** Whether the libOS runs another of its threads than the one of the step. */
  #isLeft(): boolean {
    const { environment, thread } = this.#start.identity;
    if (thread === 0 || this.#environment !== environment) return false;
    const current = this.#debuggee.threads.currentId(environment);
    return current !== 0 && current !== thread;
  }

  /** What one halts in must be the thread of the step, as long as control is in its environment. */
  #isOwn(environment: number): boolean {
    const { identity } = this.#start;
    return (
      environment !== identity.environment ||
      isThreadOf(this.#debuggee, environment, identity.thread)
    );
  }

  /** Follows a transfer; waits out slices of others and upcalls that only interrupt. */
  async #followSwitch(activations: number, events: number): Promise<StepEnd | undefined> {
    const { view } = this.#debuggee;
    const entered = view.activations(this.#environment).at(activations);
    if (entered !== undefined && isDiversion(entered)) return this.#waitFor(entered);
    if (view.running === this.#environment) return undefined;
    const left = this.#environment;
    const transfer = view
      .events(events)
      .find((event) => event.kind === "transfer" && event.environment === left);
    if (transfer !== undefined && transfer.kind === "transfer") {
      this.#environment = transfer.to;
      return view.running === transfer.to ? undefined : this.#waitForTurn();
    }
    return this.#waitForTurn();
  }

  async #waitFor(activation: Activation): Promise<StepEnd | undefined> {
    const environment = this.#environment;
    const places = [0, 2, 4].map((offset) => ({ environment, pc: (activation.pc + offset) >>> 0 }));
    for (;;) {
      const halt = await this.#control.run(places);
      if (halt.kind !== "place") return halt;
      if (
        !this.#debuggee.view.activations(environment).includes(activation) &&
        this.#isOwn(environment)
      ) {
        return undefined;
      }
    }
  }

  async #waitForTurn(): Promise<StepEnd | undefined> {
    const environment = this.#environment;
    const { identity } = this.#start;
    const own = this.#debuggee.threads
      .of(environment)
      .find(({ id }) => environment === identity.environment && id === identity.thread);
    const thread = own?.threadId ?? environment;
    const frames = codeFrames(stackOf(this.#debuggee, thread)).slice(0, 8);
    for (;;) {
      const halt = await this.#control.run(resumePlaces(frames));
      if (halt.kind !== "place") return halt;
      if (this.#isOwn(environment)) return undefined;
    }
  }

  /** Looks where control has come to: undefined means go on. */
  async #look(wasCall: boolean): Promise<StepEnd | undefined> {
    const image = this.#debuggee.imageOf(this.#environment);
    if (image === undefined) return undefined;
    const pc = this.#pc();
    const called = image.debug.functionAt(pc);
    if (
      called !== undefined &&
      called.lowPc === pc &&
      image.isSteppable(called.prologueEndAddress)
    ) {
      if (called.prologueEndAddress === pc)
        return { kind: "stepped", environment: this.#environment };
      const place = { environment: this.#environment, pc: called.prologueEndAddress };
      return this.#stepper.runTo(place, this.#debuggee.threads.currentId(this.#environment));
    }
    if (wasCall && !image.hasStatements(pc) && !isAssembly(image, pc)) return this.#skipCall();
    if (!image.isSteppable(pc) || !image.debug.isStatementStart(pc)) return undefined;
    return this.#hasLeftStatement(pc)
      ? { kind: "stepped", environment: this.#environment }
      : undefined;
  }

  /** A function without source was called (compiler-rt, a stripped library): runs to where it returns. */
  async #skipCall(): Promise<StepEnd | undefined> {
    const returnAddress = this.#debuggee.view.registers(this.#environment)?.registers[1] ?? 0;
    for (;;) {
      const halt = await this.#control.run([{ environment: this.#environment, pc: returnAddress }]);
      if (halt.kind !== "place") return halt;
      if (this.#isOwn(this.#environment)) return undefined;
    }
  }

  #hasLeftStatement(pc: number): boolean {
    const image = this.#debuggee.imageOf(this.#environment);
    const from = this.#start.image?.debug.statementAt(this.#start.pc);
    const now = image?.debug.statementAt(pc);
    const isSameFunction =
      image === this.#start.image &&
      this.#environment === this.#start.environment &&
      image?.debug.functionAt(pc)?.lowPc === image?.debug.functionAt(this.#start.pc)?.lowPc;
    if (isSameFunction) return now?.line !== from?.line || now?.file !== from?.file;
    // Back in a caller: the statement that called is still to be finished, unless a new one begins here.
    return true;
  }
}

/** Whose a step is: an environment's, and in that the libOS's thread, 0 for none. */
type Owner = Pick<FrameIdentity, "environment" | "thread">;

/** Whether an environment runs the thread of that number; any will do for 0. */
function isThreadOf(debuggee: Debuggee, environment: number, thread: number): boolean {
  return thread === 0 || debuggee.threads.currentId(environment) === thread;
}

const ECALL = 0x73;

/** Whether the next instruction of an environment that could run is a kernel call. */
function isAtKernelCall(debuggee: Debuggee, environment: number): boolean {
  const { view } = debuggee;
  const pc = view.registers(environment)?.pc;
  if (pc === undefined || view.environment(environment)?.state !== "ready") return false;
  const bytes = debuggee.readMemory(environment, pc, 4);
  return bytes?.[0] === ECALL && bytes.subarray(1).every((byte) => byte === 0);
}

export function isSource(frame: CodeFrame): boolean {
  return frame.image?.isSteppable(frame.isReturnAddress ? frame.pc - 1 : frame.pc) === true;
}

function isAssembly(image: NonNullable<CodeFrame["image"]>, pc: number): boolean {
  const file = image.debug.lineAt(pc)?.file;
  return file === undefined
    ? image.elf.symbolAt(pc) !== undefined && !hasSize(image, pc)
    : /\.[sS]$/.test(file);
}

/** Compiled functions have a size in the symbol table; labels of hand-written assembly usually have none. */
function hasSize(image: NonNullable<CodeFrame["image"]>, pc: number): boolean {
  return (image.elf.symbolAt(pc)?.size ?? 0) > 0;
}

/** Upcalls that merely interrupt: the end of a slice, console input. A step is not led astray by them. */
export function isDiversion(activation: Activation): boolean {
  return (
    activation.kind === "upcall" &&
    activation.entry >= FIRST_INTERRUPT_ENTRY &&
    activation.entry !== 26
  );
}

/** Where frames go on: behind their call, or, when an upcall interrupted them, at that instruction or behind it. */
function resumePlaces(frames: readonly CodeFrame[]): Place[] {
  return frames.flatMap(({ environment, pc, isReturnAddress }) =>
    (isReturnAddress ? [0] : [0, 2, 4]).map((offset) => ({ environment, pc: (pc + offset) >>> 0 })),
  );
}
