/**
 * Stitched stacks: the frames of an environment, a boundary where an upcall or a transfer was entered, then the frames
 * of what was interrupted or called, in its own symbols (CONTRACT C23, C24). Within one stack call frame information
 * unwinds; across a boundary the kernel's records do. Partial truth with a reason is better than none.
 */
import { type Activation, ENTRIES, type SavedRegisters, upcallName } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import type { FrameContext } from "./dwarf/debug-info.ts";
import { floatOf, floatsOfThread } from "./frame-floats.ts";
import type { LibosThread } from "./libos-threads.ts";
import type { LoadedImage } from "./loaded-image.ts";
import { FIRST_FLOAT, PC } from "./values/frame-access.ts";

/**
 * Names one activation of a function for as long as it lives: environment, the libOS's thread (0: none), the stack it is on (the
 * step at which the upcall or transfer that it runs on behalf of was entered; 0: none), and its canonical frame address (CONTRACT C25).
 */
export interface FrameIdentity {
  readonly environment: number;
  readonly thread: number;
  readonly stack: number;
  readonly cfa: number | undefined;
}

export interface CodeFrame {
  readonly kind: "code";
  readonly identity: FrameIdentity;
  readonly environment: number;
  readonly pc: number;
  /** True when `pc` is behind a call rather than at an instruction that comes next. */
  readonly isReturnAddress: boolean;
  readonly registers: readonly (number | undefined)[];
  /** Where this frame's registers were saved by the frames above, by register. */
  readonly savedAt: ReadonlyMap<number, number>;
  readonly image: LoadedImage | undefined;
  readonly functionName: string;
  /** How many inlined calls this source-level frame is within: 0 is innermost at its pc. */
  readonly inlineDepth: number;
  readonly isInlined: boolean;
  readonly place:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
  readonly context: FrameContext;
  /** Above which boundary it lies: what is across one cannot have its registers written. */
  readonly isInnermostStack: boolean;
}

export interface BoundaryFrame {
  readonly kind: "boundary";
  readonly environment: number;
  readonly text: string;
  readonly activation: Activation | undefined;
}

/** A line that says why the stack ends early. */
export interface NoteFrame {
  readonly kind: "note";
  readonly environment: number;
  readonly text: string;
}

export type StackFrame = CodeFrame | BoundaryFrame | NoteFrame;

const FRAMES_MAX = 1000;
const STACK_POINTER = 2;
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/**
 * The whole stitched stack of a thread, innermost frame first: of an environment, be its libOS in a thread or not, or of one of the
 * threads that a libOS describes. Of one that has ended a note that says so.
 */
export function stackOf(debuggee: Debuggee, thread: number): StackFrame[] {
  const { threads } = debuggee;
  if (!threads.isThread(thread)) return new Stitcher(debuggee).walk(thread);
  const environment = threads.environmentOf(thread);
  const described = threads.find(thread);
  if (described === undefined) {
    return [{ kind: "note", environment, text: "this thread is not there" }];
  }
  const stitcher = new Stitcher(debuggee);
  return described.isCurrent ? stitcher.walk(environment) : stitcher.walkSaved(described);
}

/** The innermost frame. Its identity needs the whole of its stack: `quickCfa` is the cheap look. */
export function topFrame(debuggee: Debuggee, thread: number): CodeFrame | undefined {
  return codeFrames(stackOf(debuggee, thread))[0];
}

/**
 * The innermost source-level frame, without the stack below it: what a condition is evaluated in, perhaps thousands of
 * times a second. Its identity says nothing of which stack it is on.
 */
export function innermostFrame(debuggee: Debuggee, environment: number): CodeFrame | undefined {
  return new Stitcher(debuggee).innermost(environment);
}

/** The frames that are activations of functions: no boundaries, and of inlined calls only what they are within. */
export function codeFrames(frames: readonly StackFrame[]): CodeFrame[] {
  return frames.filter((frame): frame is CodeFrame => frame.kind === "code" && !frame.isInlined);
}

/** The canonical frame address at which the running environment stands, without a look at the rest of its stack. */
export function quickCfa(debuggee: Debuggee, environment: number): number | undefined {
  const now = debuggee.view.registers(environment);
  const image = debuggee.imageOf(environment);
  if (now === undefined || image === undefined) return undefined;
  return image.debug.cfaAt({ pc: now.pc, registers: Array.from(now.registers) }, (address, size) =>
    debuggee.readMemory(environment, address, size),
  );
}

export function sameFrame(a: FrameIdentity, b: FrameIdentity): boolean {
  return (
    a.environment === b.environment &&
    a.thread === b.thread &&
    a.stack === b.stack &&
    a.cfa === b.cfa
  );
}

/**
 * The records of upcalls and transfers that what an environment runs is on behalf of: without those of upcalls that interrupted a
 * thread which the libOS has left since, and will resume.
 */
export function ownActivations(debuggee: Debuggee, environment: number): Activation[] {
  const { view, threads } = debuggee;
  const all = view.activations(environment);
  if (all.length === 0) return [];
  const left = threads
    .of(environment)
    .filter(({ isCurrent }) => !isCurrent)
    .map((thread) => threads.registersOf(thread));
  return all.filter(
    ({ kind, pc, registers }) =>
      kind !== "upcall" ||
      !left.some((words) => words?.[0] === pc && words[STACK_POINTER] === registers[STACK_POINTER]),
  );
}

interface Segment {
  readonly environment: number;
  readonly pc: number;
  readonly registers: readonly (number | undefined)[];
  /** f0 to f31 of what runs or was interrupted there, two words each; undefined when all are 0. */
  readonly floats?: () => Uint32Array | undefined;
  /** Of a thread that does not run: which, and where its libOS keeps its registers. */
  readonly saved?: { readonly thread: number; readonly at: ReadonlyMap<number, number> };
}

class Stitcher {
  readonly #debuggee: Debuggee;
  readonly #frames: StackFrame[] = [];
  /** Activations that are not yet passed, by environment. */
  readonly #left = new Map<number, Activation[]>();

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  walk(environment: number): StackFrame[] {
    let segment = this.#start(environment);
    while (segment !== undefined && this.#frames.length < FRAMES_MAX) {
      segment = this.#segment(segment);
    }
    if (this.#frames.length === 0) this.#noteEnd(environment);
    return this.#frames;
  }

  /** The stack of a libOS's thread that does not run: it begins with the registers that the libOS keeps. */
  walkSaved(described: LibosThread): StackFrame[] {
    const { environment, id, registersAt } = described;
    const words = this.#debuggee.threads.registersOf(described);
    if (words === undefined) {
      const text = `its registers cannot be read at ${hex(registersAt)}`;
      return [{ kind: "note", environment, text }];
    }
    const [pc = 0, ...rest] = words;
    const image = this.#debuggee.imageOf(environment);
    const at = new Map(rest.map((_, i) => [i + 1, (registersAt + 4 * (i + 1)) >>> 0]));
    for (const [f, address] of floatsOfThread(image, registersAt)) at.set(f, address);
    at.set(PC, registersAt);
    // No upcall's record is its own: what interrupted it is over.
    this.#left.set(environment, []);
    const registers = [0, ...rest];
    this.#segment({ environment, pc, registers, saved: { thread: id, at } });
    return this.#frames;
  }

  #noteEnd(environment: number): void {
    const ended = this.#debuggee.view.environment(environment);
    if (ended?.state !== "destroyed") return;
    const text = `${this.#debuggee.nameOf(environment)} has ended, status ${(ended.words[0] ?? 0) | 0}`;
    this.#frames.push({ kind: "note", environment, text });
  }

  innermost(environment: number): CodeFrame | undefined {
    const segment = this.#start(environment);
    if (segment === undefined) return undefined;
    const { pc, registers, floats } = segment;
    const image = this.#debuggee.imageOf(environment);
    const cfa = image?.debug.cfaAt({ pc, registers, isReturnAddress: false }, (address, size) =>
      this.#debuggee.readMemory(environment, address, size),
    );
    return this.#sourceFrames({
      environment,
      thread: this.#debuggee.threads.currentId(environment),
      image,
      pc,
      registers,
      floats,
      isReturnAddress: false,
      savedAt: new Map(),
      cfa,
      isInnermostStack: true,
    })[0];
  }

  /** Where an environment stands: for one that waits in a transfer, at its call. */
  #start(environment: number): Segment | undefined {
    const { view } = this.#debuggee;
    const waits = view.environment(environment)?.state === "waiting";
    const left = this.#activations(environment);
    const top = left.at(-1);
    if (waits && top?.kind === "waiting") {
      left.pop();
      this.#boundary(
        environment,
        `waits in a protected control transfer to ${this.#debuggee.nameOf(top.callee)}`,
        top,
      );
      return { environment, ...registersOf(top) };
    }
    const now = view.registers(environment);
    const floats = () => view.registers(environment)?.floats; // as they are when somebody looks
    return now && { environment, ...registersOf(now), floats };
  }

  #activations(environment: number): Activation[] {
    let left = this.#left.get(environment);
    if (left === undefined) {
      left = ownActivations(this.#debuggee, environment);
      this.#left.set(environment, left);
    }
    return left;
  }

  /** Adds the frames of one contiguous stack and says where the next begins. */
  #segment(segment: Segment): Segment | undefined {
    const { environment } = segment;
    const image = this.#debuggee.imageOf(environment);
    const { outermostPc, frames, problem } = this.#unwind(segment, image);
    const activation = this.#takeActivation(environment, image, outermostPc);
    const stack = activation?.step ?? 0;
    for (const frame of frames) {
      this.#frames.push({ ...frame, identity: { ...frame.identity, stack } });
    }
    if (this.#frames.length >= FRAMES_MAX) {
      const text = `more frames are not shown: the stack has over ${FRAMES_MAX}`;
      this.#frames.push({ kind: "note", environment, text });
      return undefined;
    }
    if (problem !== undefined) {
      this.#frames.push({ kind: "note", environment, text: problem });
    }
    if (activation === undefined) {
      // The begin of a slice interrupts nothing: there is no record, but the boundary is worth a line.
      if (this.#isBeginOfSlice(environment, image, outermostPc)) {
        this.#boundary(environment, "upcall: begin of a slice", undefined);
      }
      return undefined;
    }
    return this.#cross(environment, activation);
  }

  #cross(environment: number, activation: Activation): Segment | undefined {
    const registers = registersOf(activation);
    switch (activation.kind) {
      case "upcall":
        this.#boundary(environment, upcallText(activation), activation);
        return { environment, ...registers };
      case "waiting":
        this.#boundary(
          environment,
          `reply from ${this.#debuggee.nameOf(activation.callee)}`,
          activation,
        );
        return { environment, ...registers };
      case "transfer": {
        const { caller, synchronous } = activation;
        const kind = synchronous
          ? "protected control transfer"
          : "asynchronous protected control transfer";
        this.#boundary(environment, `${kind} from ${this.#debuggee.nameOf(caller)}`, activation);
        // The caller's own record of the same transfer says nothing more.
        const left = this.#activations(caller);
        if (left.at(-1)?.kind === "waiting" && left.at(-1)?.step === activation.step) left.pop();
        return { environment: caller, ...registers };
      }
    }
  }

  #boundary(environment: number, text: string, activation: Activation | undefined): void {
    this.#frames.push({ kind: "boundary", environment, text, activation });
  }

  #isBeginOfSlice(
    environment: number,
    image: LoadedImage | undefined,
    outermostPc: number,
  ): boolean {
    const entries = this.#debuggee.view.environment(environment)?.entries;
    const begin = entries?.[ENTRIES.beginSlice.number] ?? 0;
    return begin !== 0 && image?.functionStart(begin) === image?.functionStart(outermostPc);
  }

  /**
   * The activation on whose behalf this stack runs: the newest, unless the stack begins where the program did. Then what
   * is recorded was left without a `uret` (a handler that jumped away) and is passed over, as it is by the begin of a slice.
   */
  #takeActivation(
    environment: number,
    image: LoadedImage | undefined,
    outermostPc: number,
  ): Activation | undefined {
    const outermost = image?.functionStart(outermostPc);
    const isProgramsOwn =
      (outermost !== undefined && outermost === image?.functionStart(image.elf.entry)) ||
      image?.beginsStack(outermost) === true;
    if (isProgramsOwn || this.#isBeginOfSlice(environment, image, outermostPc)) return undefined;
    return this.#activations(environment).pop();
  }

  #unwind(
    segment: Segment,
    image: LoadedImage | undefined,
  ): { frames: CodeFrame[]; outermostPc: number; problem: string | undefined } {
    const { environment, saved } = segment;
    const read = (address: number, size: number) =>
      this.#debuggee.readMemory(environment, address, size);
    const isInnermostStack =
      saved === undefined && this.#frames.every((frame) => frame.kind !== "code");
    const thread = saved?.thread ?? this.#debuggee.threads.currentId(environment);
    const frames: CodeFrame[] = [];
    let { pc } = segment;
    let registers = segment.registers;
    let isReturnAddress = false;
    let savedAt: ReadonlyMap<number, number> = saved?.at ?? new Map();
    let problem: string | undefined;
    for (;;) {
      const frame = { pc, registers, isReturnAddress };
      const cfa = image?.debug.cfaAt(frame, read) ?? undefined;
      frames.push(
        ...this.#sourceFrames({
          environment,
          thread,
          image,
          pc,
          registers,
          floats: segment.floats,
          isReturnAddress,
          savedAt,
          cfa,
          isInnermostStack,
        }),
      );
      if (image === undefined || this.#frames.length + frames.length >= FRAMES_MAX) break;
      const caller = image.debug.unwind(frame, read);
      if (caller === undefined) {
        const behindCall = wildCaller(image, frame);
        if (behindCall !== undefined) {
          pc = behindCall;
          isReturnAddress = true;
          continue;
        }
        if (image.elf.symbolAt(pc) === undefined) {
          problem = `no code of ${image.path.split("/").at(-1)} at ${hex(pc)}: the stack cannot be followed further`;
        }
        break;
      }
      if ("end" in caller) {
        if (!caller.isOutermost) problem = `the stack ends here: ${caller.end}`;
        break;
      }
      savedAt = mergeSaved(ofCaller(savedAt), caller.savedAt);
      ({ pc, registers, isReturnAddress } = caller);
    }
    return { frames, outermostPc: isReturnAddress ? pc - 1 : pc, problem };
  }

  /** One frame for the function at a pc and one for each call that was inlined there. */
  #sourceFrames(at: {
    readonly environment: number;
    readonly thread: number;
    readonly image: LoadedImage | undefined;
    readonly pc: number;
    readonly registers: readonly (number | undefined)[];
    readonly floats: Segment["floats"];
    readonly isReturnAddress: boolean;
    readonly savedAt: ReadonlyMap<number, number>;
    readonly cfa: number | undefined;
    readonly isInnermostStack: boolean;
  }): CodeFrame[] {
    const { environment, thread, image, pc, registers, isReturnAddress, savedAt, cfa } = at;
    const { isInnermostStack } = at;
    const lookup = isReturnAddress ? pc - 1 : pc;
    const context: FrameContext = {
      pc: lookup,
      readRegister: (register) =>
        register < FIRST_FLOAT ? registers[register] : floatOf(this.#debuggee, register, at),
      readMemory: (address, size) => this.#debuggee.readMemory(environment, address, size),
      cfa: () => cfa,
    };
    const shared = {
      kind: "code" as const,
      identity: { environment, thread, stack: 0, cfa },
      environment,
      pc,
      isReturnAddress,
      registers,
      savedAt,
      image,
      context,
      isInnermostStack,
    };
    const row = image?.debug.lineAt(lookup);
    let place =
      row === undefined || row.line === 0
        ? undefined
        : { file: row.file, line: row.line, column: row.column };
    const frames: CodeFrame[] = [];
    const inlined = image?.debug.inlinedCallsAt(lookup) ?? [];
    for (const [depth, call] of inlined.entries()) {
      frames.push({
        ...shared,
        functionName: call.name,
        inlineDepth: depth,
        isInlined: true,
        place,
      });
      place =
        call.callFile === undefined
          ? undefined
          : { file: call.callFile, line: call.callLine ?? 0, column: call.callColumn ?? 0 };
    }
    frames.push({
      ...shared,
      functionName: image?.functionName(lookup) ?? hex(pc),
      inlineDepth: inlined.length,
      isInlined: false,
      place,
    });
    return frames;
  }
}

function registersOf(saved: SavedRegisters): Pick<Segment, "pc" | "registers" | "floats"> {
  const { pc, floats } = saved;
  return { pc, registers: Array.from(saved.registers), floats: () => floats };
}

/**
 * Who called what is no function (a null pointer, data): nothing has run there, so the call's return address is still in ra
 * and the stack is the caller's. Undefined when that does not lead to code.
 */
function wildCaller(
  image: LoadedImage,
  frame: { pc: number; registers: readonly (number | undefined)[]; isReturnAddress: boolean },
): number | undefined {
  if (frame.isReturnAddress || image.functionStart(frame.pc) !== undefined) return undefined;
  const returnAddress = frame.registers[1];
  if (returnAddress === undefined || image.debug.functionAt(returnAddress - 1) === undefined) {
    return undefined;
  }
  return returnAddress;
}

/** Where pc and sp were saved with a thread's registers is no matter of its callers: theirs follow from their frames. */
function ofCaller(savedAt: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  if (!savedAt.has(PC)) return savedAt;
  return new Map(
    [...savedAt].filter(([register]) => register !== PC && register !== STACK_POINTER),
  );
}

/** What a caller's registers were saved at: the nearest callee's saves win. */
function mergeSaved(
  outer: ReadonlyMap<number, number>,
  inner: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  return inner.size === 0 ? outer : new Map([...outer, ...inner]);
}

/** The name of the boundary of an upcall: `upcall: store page fault at 0x40000000`. */
export function upcallText(activation: Activation & { readonly kind: "upcall" }): string {
  const name = upcallName(activation.entry, activation.cause);
  const prefix = activation.entry === ENTRIES.doubleUpcall.number ? "double upcall" : "upcall";
  return activation.entry < 16 || activation.entry === ENTRIES.doubleUpcall.number
    ? `${prefix}: ${name} at ${hex(activation.value)}`
    : `${prefix}: ${name}`;
}
