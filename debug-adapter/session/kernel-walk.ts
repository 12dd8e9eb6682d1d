/**
 * A walk through the guards of a kernel call, at its `ecall`. Nothing moves while one walks: the guards are evaluated for the state
 * that is there, and shown one after the other in the kernel's own source. Leaving at the end executes the `ecall`.
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { CALLS, type CallName, callByNumber, comparePositions, type Verdict } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { argumentText, callNamed, parametersOf } from "../kernel-calls.ts";
import { type KernelSource, placeText } from "../kernel-source.ts";
import { check, type SupposedCall, sufficientFor } from "../queries/sufficient.ts";
import type { KernelEntry } from "../run/stepper.ts";
import { KernelTexts } from "./kernel-texts.ts";

/** Handles of a walk are above those of the inspector, whose own begin at 1. */
const FIRST_HANDLE = 2 ** 30;
const KERNEL_FRAME = FIRST_HANDLE;
const BOUNDARY_FRAME = FIRST_HANDLE + 1;
const CALL_SCOPE = FIRST_HANDLE;
const GUARDS_SCOPE = FIRST_HANDLE + 1;
/** Frames that a walk puts on top of the guest's. */
const FRAMES = 2;

const A7 = 17;
const T6 = 31;
const A0 = 10;

/** What is said at a stop of a walk. */
export interface WalkStop {
  readonly description: string;
  readonly text: string;
}

export class KernelWalk {
  readonly entry: KernelEntry;
  readonly #debuggee: Debuggee;
  readonly #source: KernelSource;
  readonly #texts: KernelTexts;
  readonly #name: string;
  readonly #asked: SupposedCall | undefined;
  readonly #trail: readonly Verdict[];
  readonly #error: string | undefined;
  readonly #wouldDo: readonly string[];
  readonly #begun: { readonly branch: unknown; readonly step: number; readonly event: number };
  #at = 0;

  constructor(debuggee: Debuggee, source: KernelSource, entry: KernelEntry) {
    this.entry = entry;
    this.#debuggee = debuggee;
    this.#source = source;
    this.#texts = new KernelTexts(source);
    const { timeline } = debuggee;
    this.#begun = { ...timeline.now, branch: timeline.branch };
    const registers = debuggee.view.registers(entry.environment)?.registers ?? new Uint32Array(32);
    const number = registers[A7] ?? 0;
    const row = callByNumber(number);
    if (row === undefined) {
      const because = `a7 is ${number}; the calls are in docs/abi.md`;
      this.#name = `call ${number}`;
      this.#trail = [{ guard: "call exists", holds: false, because }];
      this.#error = "CALL";
      this.#wouldDo = [];
      return;
    }
    const call: CallName = callNamed(row.name);
    const args = [...registers.subarray(A0, A0 + 7), registers[T6] ?? 0];
    this.#name = CALLS[call].name;
    this.#asked = { caller: entry.environment, call, registers: args };
    const checked = check(debuggee, this.#asked);
    this.#trail = checked.trail;
    this.#error = checked.ok ? undefined : checked.refusal.error;
    this.#wouldDo = sufficientFor(debuggee, this.#asked, checked).map(({ text }) => text);
  }

  /** Whether the state is still the one whose guards are walked: what changes it ends the walk. */
  get isCurrent(): boolean {
    const { now, branch } = this.#debuggee.timeline;
    return branch === this.#begun.branch && comparePositions(now, this.#begun) === 0;
  }

  /** Goes on by one stop; false when there is none behind this one, and the `ecall` is to be executed. */
  advance(): boolean {
    if (this.#at >= this.#last) return false;
    this.#at += 1;
    return true;
  }

  /** Goes back by one stop; false when that leads out of the kernel, before the `ecall`. */
  goBack(): boolean {
    if (this.#at === 0) return false;
    this.#at -= 1;
    return true;
  }

  /** A call that is accepted has one stop more than guards: where it is done. */
  get #last(): number {
    return this.#error === undefined ? this.#trail.length : this.#trail.length - 1;
  }

  /** The guard that is stood at; undefined at the end of a call that is accepted. */
  get #current(): Verdict | undefined {
    return this.#trail[this.#at];
  }

  get stop(): WalkStop {
    const description = `in the kernel: ${this.#name}`;
    const { length } = this.#trail;
    const current = this.#current;
    if (current === undefined) {
      const weakened = this.#trail.filter(({ isWeakened }) => isWeakened).length;
      const guards = `${length} guard${length === 1 ? "" : "s"}`;
      const how =
        weakened > 0
          ? `${weakened} of ${guards} would refuse and ${weakened === 1 ? "is" : "are"} weakened`
          : `${guards === "1 guard" ? "its guard holds" : `all ${guards} hold`}`;
      return { description, text: `${this.#name} will be done: ${how}.` };
    }
    const place = placeText(this.#source, current.guard);
    const where = place === "" ? "" : ` (${place})`;
    return {
      description,
      text: `guard ${this.#at + 1} of ${length}${where}, '${current.guard}': ${this.#verdictText(current)}.`,
    };
  }

  #verdictText({ holds, because, isWeakened }: Verdict): string {
    if (holds) return `holds: ${because}`;
    return isWeakened
      ? `does not hold and is weakened, the call goes on: ${because}`
      : `refused: E_${this.#error}: ${because}`;
  }

  /** The guest's stack below the kernel's frame and a boundary. `below` asks for a part of the guest's. */
  stackTrace(
    { startFrame = 0, levels, ...args }: Dap.StackTraceArguments,
    below: (args: Dap.StackTraceArguments) => Dap.StackTraceResponse["body"],
  ): Dap.StackTraceResponse["body"] {
    const own = [this.#frame(), this.#boundary()];
    const end = levels ? startFrame + levels : Number.POSITIVE_INFINITY;
    const shown = own.slice(startFrame, Math.min(end, FRAMES));
    const guests = below({
      ...args,
      startFrame: Math.max(0, startFrame - FRAMES),
      ...(levels ? { levels: Math.max(1, levels - shown.length) } : {}),
    });
    const stackFrames = end <= FRAMES ? shown : [...shown, ...guests.stackFrames];
    return { stackFrames, totalFrames: (guests.totalFrames ?? 0) + FRAMES };
  }

  #frame(): Dap.StackFrame {
    const name = `kernel: ${this.#name}`;
    const place = this.#place();
    const source = place && this.#texts.sourceOf(place.file);
    return source === undefined
      ? { id: KERNEL_FRAME, name, line: 0, column: 0, presentationHint: "subtle" }
      : { id: KERNEL_FRAME, name, line: place?.line ?? 0, column: 1, source, canRestart: false };
  }

  #place(): { readonly file: string; readonly line: number } | undefined {
    const current = this.#current;
    if (current !== undefined) return this.#source.guards[current.guard];
    const call = this.#asked && this.#source.calls[this.#asked.call];
    return call && { file: call.file, line: call.invoke };
  }

  #boundary(): Dap.StackFrame {
    const call = this.#name.replace(/^call /, "");
    const name = `kernel call ${call} from ${this.#debuggee.nameOf(this.entry.environment)}`;
    return { id: BOUNDARY_FRAME, name, line: 0, column: 0, presentationHint: "label" };
  }

  /** Scopes of a frame of the walk; undefined for one of the guest's. */
  scopes(frameId: number): Dap.Scope[] | undefined {
    if (frameId === BOUNDARY_FRAME) return [];
    if (frameId !== KERNEL_FRAME) return undefined;
    return [
      // Clients unfold the first one.
      { name: "Guards", expensive: false, variablesReference: GUARDS_SCOPE },
      { name: "Call", expensive: false, variablesReference: CALL_SCOPE },
    ];
  }

  /** Variables of a scope of the walk; undefined for those of the guest. */
  variables(reference: number): Dap.Variable[] | undefined {
    if (reference === CALL_SCOPE) return this.#callVariables();
    return reference === GUARDS_SCOPE ? this.#guardVariables() : undefined;
  }

  #callVariables(): Dap.Variable[] {
    const asked = this.#asked;
    const caller = this.#debuggee.nameOf(this.entry.environment);
    const own = [variable("call", this.#name), variable("caller", caller)];
    if (asked === undefined) return own;
    const args = parametersOf(asked.call).map((parameter) => {
      const { call, registers } = asked;
      const text = argumentText(this.#debuggee, asked.caller, call, registers, parameter);
      return { ...variable(parameter.name, text), type: parameter.meaning };
    });
    return [...own, ...args];
  }

  #guardVariables(): Dap.Variable[] {
    const passed = this.#trail.slice(0, this.#at + 1).map((verdict, i) => ({
      ...variable(`${i + 1} ${verdict.guard}`, this.#verdictText(verdict)),
      type: placeText(this.#source, verdict.guard),
    }));
    if (this.#current === undefined) return [...passed, variable("accepted", "will be done")];
    const isAtRefusal = !this.#current.holds && this.#current.isWeakened !== true;
    const remedies = isAtRefusal
      ? this.#wouldDo.map((text, i) => variable(`what would do ${i + 1}`, text))
      : [];
    return [...passed, ...remedies];
  }
}

/** Whether a frame is one of a walk's, also of one that is over. */
export const isWalkFrame = (frameId: unknown): boolean =>
  typeof frameId === "number" && frameId >= FIRST_HANDLE;

function variable(name: string, value: string): Dap.Variable {
  return { name, value, variablesReference: 0, presentationHint: { attributes: ["readOnly"] } };
}
