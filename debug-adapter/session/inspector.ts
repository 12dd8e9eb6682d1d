/** What a stopped debuggee looks like: stacks, scopes, variables, expressions, memory, code. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { REGISTER_NAMES } from "#emulator";
import type { Debuggee } from "../debuggee.ts";
import { disassembleRange, sourceOf } from "../disassembly.ts";
import { UserError } from "../errors.ts";
import type { HitEvaluator } from "../hit-conditions.ts";
import type { Place } from "../run/run-control.ts";
import {
  type BoundaryFrame,
  type CodeFrame,
  codeFrames,
  innermostFrame,
  type StackFrame,
  stackOf,
} from "../stack.ts";
import { interpolate, parseHitCondition, truth } from "../values/conditions.ts";
import { evaluate } from "../values/evaluate.ts";
import { formatValue } from "../values/format.ts";
import { variableValue } from "../values/value.ts";
import { boundaryLines, csrText } from "./boundary-lines.ts";
import { debugConsoleCompletions } from "./debug-console-completions.ts";
import { floatRegisters, floatScope, usesFloats } from "./float-scope.ts";
import { accessTo } from "./frame-values.ts";
import { shownThread } from "./threads.ts";
import { type Located, memoryReference, ValueNodes, VariableTree } from "./variable-tree.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

interface ShownFrame {
  readonly id: number;
  readonly frame: StackFrame;
}

export class Inspector implements HitEvaluator {
  readonly #debuggee: Debuggee;
  readonly #tree = new VariableTree();
  /** Frames by thread since the last stop; ids go on, so that an old one never means another frame. */
  readonly #stacks = new Map<number, readonly ShownFrame[]>();
  readonly #frames = new Map<number, StackFrame>();
  #nextFrameId = 1;
  /** The environment that a bare address is of: that of the frame that was looked at last. */
  #focus: number | undefined;
  #below: number | undefined;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  /** Everything that was shown is out of date. */
  forget(): void {
    this.#tree.clear();
    this.#stacks.clear();
    this.#frames.clear();
    this.#focus = undefined;
    this.#below = undefined;
  }

  /**
   * The frames above the first boundary of an environment's stack, or without one those of its libOS, are there but not
   * what a client should show first: it opens the first frame whose source is not de-emphasised.
   */
  lookBelowHandler(environment: number): void {
    this.#below = shownThread(this.#debuggee, environment);
  }

  /** The environment whose addresses are meant where a client names none. */
  get focus(): number {
    return this.#focus ?? (this.#debuggee.view.running || this.#debuggee.firstId);
  }

  stackTrace(args: Dap.StackTraceArguments): Dap.StackTraceResponse["body"] {
    const all = this.#stack(args.threadId);
    const start = args.startFrame ?? 0;
    const end = args.levels ? start + args.levels : all.length;
    return {
      stackFrames: all.slice(start, end).map((shown) => this.#dapFrame(shown, args.threadId, all)),
      totalFrames: all.length,
    };
  }

  scopes(frameId: number): Dap.Scope[] {
    // A client may ask while it hears that the run has moved on: what it asked for is gone, and no mistake.
    if (frameId < this.#nextFrameId && !this.#frames.has(frameId)) return [];
    const frame = this.#frame(frameId);
    this.#focus = frame.environment;
    if (frame.kind === "note") return [];
    if (frame.kind === "boundary") return this.#boundaryScopes(frame);
    const { debug } = frame.image ?? {};
    const nodes = this.#nodes(frame);
    const access = accessTo(this.#debuggee, frame);
    const inner = (debug?.scopesAt(frame.context.pc) ?? []).filter(
      ({ depth }) => depth === frame.inlineDepth,
    );
    const variables = inner.flatMap((scope) => scope.variables).filter((v) => !v.isArtificial);
    const scopeOf = (
      name: string,
      hint: string | undefined,
      isWanted: (p: boolean) => boolean,
    ): Dap.Scope => ({
      name,
      ...(hint === undefined ? {} : { presentationHint: hint }),
      expensive: false,
      variablesReference: this.#tree.add(
        nodes.listNode(() =>
          variables
            .filter((variable) => isWanted(variable.isParameter))
            .map((variable) => ({ name: variable.name, value: variableValue(variable, access) })),
        ),
      ),
    });
    const scopes: Dap.Scope[] = [];
    if (debug !== undefined) {
      scopes.push(scopeOf("Locals", "locals", (isParameter) => !isParameter));
      if (variables.some(({ isParameter }) => isParameter)) {
        scopes.push(scopeOf("Arguments", "arguments", (isParameter) => isParameter));
      }
      scopes.push(this.#globalsScope(frame, nodes));
    }
    scopes.push(this.#registersScope(frame));
    if (usesFloats(this.#debuggee.view, frame.environment)) {
      const children = nodes.listNode(() => floatRegisters(access));
      scopes.push(floatScope(this.#tree.add(children)));
    }
    if (!frame.isReturnAddress) scopes.push(this.#csrScope(frame.environment));
    return scopes;
  }

  variables(args: Dap.VariablesArguments): Dap.Variable[] {
    const node = this.#tree.get(args.variablesReference);
    if (node === undefined) throw new UserError(130, "These variables are of an earlier stop.");
    return node.children(args);
  }

  setVariable(args: Dap.SetVariableArguments): Dap.SetVariableResponse["body"] {
    const node = this.#tree.get(args.variablesReference);
    if (node?.set === undefined) throw new UserError(131, `'${args.name}' cannot be changed.`);
    const result = node.set(args.name, args.value);
    if (typeof result === "string") throw new UserError(132, sentence(result));
    this.#forgetStacks();
    return result;
  }

  setExpression(args: Dap.SetExpressionArguments): Dap.SetExpressionResponse["body"] {
    const frame = this.#evaluationFrame(args.frameId);
    const found = evaluate(args.expression, accessTo(this.#debuggee, frame));
    if (!found.ok) throw new UserError(133, sentence(found.message));
    const result = this.#nodes(frame).assign(found.value, args.expression, args.value);
    if (typeof result === "string") throw new UserError(132, sentence(result));
    this.#forgetStacks();
    return result;
  }

  evaluate(args: Dap.EvaluateArguments): Dap.EvaluateResponse["body"] {
    const frame = this.#evaluationFrame(args.frameId);
    const access = accessTo(this.#debuggee, frame);
    const isConsole = args.context === "repl";
    const found = evaluate(args.expression, access, { allowEffects: isConsole });
    if (!found.ok) throw new UserError(133, sentence(found.message));
    const isHex = args.format?.hex === true;
    const {
      name: _,
      value,
      ...rest
    } = this.#nodes(frame).variable(args.expression, found.value, isHex);
    if (isConsole) this.#forgetStacks();
    const text =
      args.context === "clipboard" ? formatValue(found.value, access, { hex: isHex }) : value;
    return { ...rest, result: text };
  }

  completions(args: Dap.CompletionsArguments): Dap.CompletionItem[] {
    const frame = this.#evaluationFrame(args.frameId);
    return debugConsoleCompletions(args, accessTo(this.#debuggee, frame));
  }

  readMemory(args: Dap.ReadMemoryArguments): NonNullable<Dap.ReadMemoryResponse["body"]> {
    const { environment, address } = this.#addressOf(args.memoryReference, args.offset);
    const bytes = this.#debuggee.view.read(environment, address, Math.max(0, args.count));
    const unreadable = args.count - bytes.length;
    return {
      address: hex(address),
      data: Buffer.from(bytes).toString("base64"),
      ...(unreadable > 0 ? { unreadableBytes: unreadable } : {}),
    };
  }

  writeMemory(args: Dap.WriteMemoryArguments): NonNullable<Dap.WriteMemoryResponse["body"]> {
    const { environment, address } = this.#addressOf(args.memoryReference, args.offset);
    const bytes = Buffer.from(args.data, "base64");
    const problem = this.#debuggee.writeMemory(environment, address, bytes);
    if (problem !== undefined) throw new UserError(134, `Nothing was written: ${problem}.`);
    this.#forgetStacks();
    return { bytesWritten: bytes.length };
  }

  disassemble(args: Dap.DisassembleArguments): NonNullable<Dap.DisassembleResponse["body"]> {
    const { environment, address } = this.#addressOf(args.memoryReference, args.offset);
    const { instructionOffset = 0, instructionCount } = args;
    return {
      instructions: disassembleRange(
        this.#debuggee,
        environment,
        address,
        instructionOffset,
        instructionCount,
      ),
    };
  }

  /** The value of that name below a variables reference; undefined if it is none of the program's. */
  find(variablesReference: number, name: string): Located | undefined {
    const node = this.#tree.get(variablesReference);
    if (node === undefined) throw new UserError(130, "These variables are of an earlier stop.");
    return node.find?.(name);
  }

  /** What an expression is in a frame, without effects. */
  locate(expression: string, frameId: number | undefined): Located {
    const frame = this.#evaluationFrame(frameId);
    const access = accessTo(this.#debuggee, frame);
    const found = evaluate(expression, access);
    if (!found.ok) throw new UserError(133, sentence(found.message));
    return { value: found.value, frame: access, environment: frame.environment };
  }

  /** The environment of a frame, or the one in focus. */
  environmentOf(frameId: number | undefined): number {
    return frameId === undefined ? this.focus : this.#frame(frameId).environment;
  }

  truth(expression: string, place: Place): boolean | string {
    const frame = this.#frameAt(place);
    if (frame === undefined) return "there is no frame";
    const result = truth(expression, accessTo(this.#debuggee, frame));
    return result.ok ? result.value : result.message;
  }

  interpolate(template: string, place: Place): string {
    const frame = this.#frameAt(place);
    return frame === undefined ? template : interpolate(template, accessTo(this.#debuggee, frame));
  }

  hitPredicate(text: string): ((count: number) => boolean) | string {
    const result = parseHitCondition(text);
    return result.ok ? result.matches : result.message;
  }

  #frameAt(place: Place): CodeFrame | undefined {
    return innermostFrame(this.#debuggee, place.environment);
  }

  #stack(threadId: number): readonly ShownFrame[] {
    let shown = this.#stacks.get(threadId);
    if (shown === undefined) {
      shown = stackOf(this.#debuggee, threadId).map((frame) => {
        const id = this.#nextFrameId;
        this.#nextFrameId += 1;
        this.#frames.set(id, frame);
        return { id, frame };
      });
      this.#stacks.set(threadId, shown);
    }
    return shown;
  }

  /** After a change frames are read anew, but ids that a client holds keep their meaning. */
  #forgetStacks(): void {
    for (const [threadId, shown] of this.#stacks) {
      const frames = stackOf(this.#debuggee, threadId);
      for (const [i, { id }] of shown.entries()) {
        const frame = frames[i];
        if (frame !== undefined) this.#frames.set(id, frame);
      }
    }
  }

  #frame(frameId: number): StackFrame {
    const frame = this.#frames.get(frameId);
    if (frame === undefined) throw new UserError(135, "This stack frame is of an earlier stop.");
    return frame;
  }

  /** The frame of code with this id. */
  codeFrame(frameId: number): CodeFrame {
    return this.#evaluationFrame(frameId);
  }

  #evaluationFrame(frameId: number | undefined): CodeFrame {
    const frame =
      frameId === undefined
        ? codeFrames(stackOf(this.#debuggee, this.focus))[0]
        : this.#frame(frameId);
    if (frame?.kind !== "code") {
      throw new UserError(136, "Expressions need a frame of code; select one in the call stack.");
    }
    return frame;
  }

  #nodes(frame: CodeFrame): ValueNodes {
    return new ValueNodes(this.#tree, accessTo(this.#debuggee, frame), frame.environment);
  }

  #dapFrame(shown: ShownFrame, threadId: number, all: readonly ShownFrame[]): Dap.StackFrame {
    const { id, frame } = shown;
    if (frame.kind !== "code") {
      return { id, name: frame.text, line: 0, column: 0, presentationHint: "label" };
    }
    const { place, image, environment } = frame;
    const where =
      environment === this.#debuggee.threads.environmentOf(threadId)
        ? ""
        : ` [${this.#debuggee.environment(environment).name}]`;
    const isShown = place !== undefined && image?.hasSource(place.file) === true;
    return {
      id,
      name: `${frame.functionName}${frame.isInlined ? " (inlined)" : ""}${where}`,
      line: isShown ? place.line : 0,
      column: isShown ? Math.max(1, place.column) : 0,
      instructionPointerReference: hex(frame.pc),
      canRestart: false,
      ...(isShown
        ? { source: this.#sourceFor(image.localPath(place.file), shown, threadId, all) }
        : { presentationHint: "subtle" }),
    };
  }

  #sourceFor(
    path: string,
    shown: ShownFrame,
    threadId: number,
    all: readonly ShownFrame[],
  ): Dap.Source {
    const source = sourceOf(path);
    if (this.#below !== threadId) return source;
    const boundary = all.findIndex(({ frame }) => frame.kind === "boundary");
    const isAbove = boundary >= 0 ? all.indexOf(shown) < boundary : isLastWords(shown.frame);
    return isAbove ? { ...source, presentationHint: "deemphasize" } : source;
  }

  #globalsScope(frame: CodeFrame, nodes: ValueNodes): Dap.Scope {
    const access = accessTo(this.#debuggee, frame);
    const units = (frame.image?.debug.globals() ?? []).filter(
      ({ unit, variables }) => variables.length > 0 && frame.image?.hasSource(unit) === true,
    );
    const own = frame.place?.file;
    const listOf = (variables: (typeof units)[number]["variables"]) =>
      variables.map((variable) => ({
        name: variable.name,
        value: variableValue(variable, access),
      }));
    const ownNode = nodes.listNode(() =>
      units.filter(({ unit }) => unit === own).flatMap(({ variables }) => listOf(variables)),
    );
    return {
      name: "Globals",
      expensive: true,
      variablesReference: this.#tree.add({
        children: (args) => [
          ...ownNode.children(args),
          ...units
            .filter(({ unit }) => unit !== own)
            .map(({ unit, variables }) => ({
              name: unit.replace(/^.*[\\/]/, ""),
              value: `${variables.length} variable${variables.length === 1 ? "" : "s"}`,
              variablesReference: this.#tree.add(nodes.listNode(() => listOf(variables))),
              presentationHint: { kind: "virtual" },
            })),
        ],
        set: (name, text) => ownNode.set?.(name, text) ?? `'${name}' cannot be changed.`,
        find: (name) => ownNode.find?.(name),
      }),
    };
  }

  #registersScope(frame: CodeFrame): Dap.Scope {
    const { image, environment } = frame;
    const register = (name: string, value: number | undefined): Dap.Variable => {
      if (value === undefined) {
        return { name, value: "<not saved by the frames above>", variablesReference: 0 };
      }
      const symbol = image?.symbolize(value);
      return {
        name,
        value: symbol === undefined ? hex(value) : `${hex(value)} <${symbol}>`,
        type: "unsigned int",
        evaluateName: `$${name}`,
        variablesReference: 0,
        memoryReference: memoryReference(environment, value),
      };
    };
    const names = REGISTER_NAMES.slice(1);
    return {
      name: "Registers",
      presentationHint: "registers",
      expensive: false,
      variablesReference: this.#tree.add({
        children: () => {
          const now = this.#current(frame);
          return [
            register("pc", now.pc),
            ...names.map((name, i) => register(name, now.registers[i + 1])),
          ];
        },
        set: (name, text) => this.#setRegister(frame, name, text, register),
      }),
    };
  }

  /** A frame as it is after what was set in it since. */
  #current(frame: CodeFrame): CodeFrame {
    for (const [threadId] of this.#stacks) {
      for (const candidate of stackOf(this.#debuggee, threadId)) {
        if (candidate.kind !== "code" || candidate.inlineDepth !== frame.inlineDepth) continue;
        const { identity } = candidate;
        if (
          identity.cfa === frame.identity.cfa &&
          identity.stack === frame.identity.stack &&
          identity.thread === frame.identity.thread &&
          identity.environment === frame.environment
        ) {
          return candidate;
        }
      }
    }
    return frame;
  }

  #setRegister(
    frame: CodeFrame,
    name: string,
    text: string,
    show: (name: string, value: number | undefined) => Dap.Variable,
  ): Dap.Variable | string {
    const access = accessTo(this.#debuggee, frame);
    const result = evaluate(`$${name} = (${text})`, access, { allowEffects: true });
    if (!result.ok) return result.message;
    const now = this.#current(frame);
    const index = (REGISTER_NAMES as readonly string[]).indexOf(name);
    return show(name, name === "pc" ? now.pc : now.registers[index]);
  }

  #csrScope(environment: number): Dap.Scope {
    return {
      name: "User-trap CSRs",
      expensive: false,
      variablesReference: this.#tree.add({
        children: () => {
          const csrs: Record<string, number> = this.#debuggee.view.csrs(environment) ?? {};
          const image = this.#debuggee.imageOf(environment);
          const { fcsr: _fcsr, ...traps } = csrs;
          return Object.entries(traps).map(([name, value]) => ({
            name,
            value: csrText(name, value, image?.symbolize(value)),
            variablesReference: 0,
          }));
        },
      }),
    };
  }

  #boundaryScopes({ activation, environment }: BoundaryFrame): Dap.Scope[] {
    if (activation === undefined) return [];
    const list = boundaryLines(this.#debuggee, environment, activation);
    const variables = list.map(([name, value]) => ({ name, value, variablesReference: 0 }));
    return [
      {
        name: "Boundary",
        expensive: false,
        variablesReference: this.#tree.add({ children: () => variables }),
      },
    ];
  }

  /** `515:0x40000020`, or a bare address in the environment that was looked at last. */
  #addressOf(reference: string, offset = 0): Place & { readonly address: number } {
    const [first = "", second] = reference.split(":");
    const environment = second === undefined ? this.focus : Number(first);
    const address = Number(second ?? first);
    if (!Number.isFinite(address) || !Number.isFinite(environment)) {
      throw new UserError(137, `'${reference}' is not an address.`);
    }
    return { environment, address: (address + offset) >>> 0, pc: 0 };
  }
}

/** Messages of the evaluator are clauses; people get sentences. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A frame of the libOS's own giving up, by `abort` or a failed `assert`. */
function isLastWords(frame: StackFrame): boolean {
  return frame.kind === "code" && frame.place?.file.startsWith("exo:/libos/") === true;
}
