/**
 * The user's breakpoints: kept by source line, function name or address, and bound to each environment whose program has
 * that code. A breakpoint in one environment never stops another that has the same address (DESIGN.md 5).
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee, EnvironmentInfo } from "./debuggee.ts";
import { sourceOf } from "./disassembly.ts";
import {
  badHitCondition,
  conditionHolds,
  countHolds,
  type HitEvaluator,
  type Log,
  withoutEnvironment,
} from "./hit-conditions.ts";
import { HitRecord, type HitRecords } from "./hit-record.ts";
import { type Place, placeKey, type RunControl } from "./run/run-control.ts";

interface UserBreakpoint {
  readonly id: number;
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
  /** Only in the environment of this name or id. */
  readonly only: string | undefined;
  /** What is shown to the user. */
  shown: Dap.Breakpoint;
  places: Place[];
  readonly hits: HitRecord;
  /** Finds its places among the environments that there are. */
  bind: () => void;
}

type Conditions = Pick<Dap.SourceBreakpoint, "condition" | "hitCondition" | "logMessage">;

export class Breakpoints {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #evaluator: HitEvaluator;
  readonly #log: Log;
  readonly #bySource = new Map<string, UserBreakpoint[]>();
  #functions: UserBreakpoint[] = [];
  #instructions: UserBreakpoint[] = [];
  readonly #nextId: () => number;
  /** Breakpoints at which the last accepted place stopped. */
  #hit: number[] = [];

  constructor(
    debuggee: Debuggee,
    control: RunControl,
    evaluator: HitEvaluator,
    log: Log,
    nextId: () => number,
    records: HitRecords,
  ) {
    this.#debuggee = debuggee;
    this.#control = control;
    this.#evaluator = evaluator;
    this.#log = log;
    this.#nextId = nextId;
    control.accepts = (place) => this.#accepts(place);
    records.addSource(() =>
      this.#all().flatMap(({ hitCondition, hits }) => (hitCondition === undefined ? [] : [hits])),
    );
  }

  /** Ids of the breakpoints of the last stop. */
  get hitIds(): readonly number[] {
    return this.#hit;
  }

  setSource(path: string, wanted: readonly Dap.SourceBreakpoint[]): Dap.Breakpoint[] {
    const list = wanted.map((breakpoint) => {
      const made = this.#make(breakpoint);
      return this.#bound(made, () => this.#bindLine(made, path, breakpoint.line));
    });
    this.#bySource.set(path, list);
    return this.#install(list);
  }

  /** Function breakpoints: `serve`, or `serve@server` for one environment. */
  setFunctions(wanted: readonly Dap.FunctionBreakpoint[]): Dap.Breakpoint[] {
    this.#functions = wanted.map((breakpoint) => {
      const [name = "", only] = breakpoint.name.trim().split("@");
      const made = this.#make(breakpoint, only);
      return this.#bound(made, () => this.#bindFunction(made, name));
    });
    return this.#install(this.#functions);
  }

  /**
   * Instruction breakpoints: an address means something only in the program whose code a client shows, so they bind in
   * the environments that run the same image as the one in focus.
   */
  setInstructions(wanted: readonly Dap.InstructionBreakpoint[], focus: number): Dap.Breakpoint[] {
    const shown = this.#debuggee.imageOf(focus);
    this.#instructions = wanted.map((breakpoint) => {
      const made = this.#make(breakpoint);
      const pc = (Number(breakpoint.instructionReference) + (breakpoint.offset ?? 0)) >>> 0;
      return this.#bound(made, () => this.#bindInstruction(made, pc, shown));
    });
    return this.#install(this.#instructions);
  }

  /** There are new environments: breakpoints that are set already hold there as well. */
  rebind(): void {
    for (const breakpoint of this.#all()) {
      breakpoint.places = [];
      breakpoint.bind();
    }
    this.#install([]);
  }

  #bound(breakpoint: UserBreakpoint, bind: () => void): UserBreakpoint {
    breakpoint.bind = bind;
    bind();
    return breakpoint;
  }

  #bindInstruction(made: UserBreakpoint, pc: number, shown: EnvironmentInfo["image"]): void {
    made.places = this.#environmentsFor(made)
      .filter(
        ({ id, image }) => image === shown && this.#debuggee.view.translate(id, pc) !== undefined,
      )
      .map((environment) => ({ environment: environment.id, pc }));
    made.shown = {
      id: made.id,
      verified: made.places.length > 0,
      instructionReference: `0x${pc.toString(16)}`,
      ...(made.places.length > 0
        ? {}
        : { message: `No environment has code bound at 0x${pc.toString(16)}.` }),
    };
  }

  /** Lines of a source where a breakpoint can be. */
  linesWithCode(path: string): number[] {
    const lines = new Set<number>();
    for (const { image } of this.#debuggee.environments()) {
      for (const file of image?.filesFor(path) ?? []) {
        for (const line of image?.debug.linesWithCode(file) ?? []) lines.add(line);
      }
    }
    return [...lines].sort((a, b) => a - b);
  }

  #make(conditions: Conditions, only?: string): UserBreakpoint {
    const parsed = withoutEnvironment(conditions.condition);
    const id = this.#nextId();
    return {
      id,
      condition: parsed.condition,
      hitCondition: conditions.hitCondition || undefined,
      logMessage: conditions.logMessage || undefined,
      only: only ?? parsed.only,
      shown: { id, verified: false },
      places: [],
      hits: new HitRecord(),
      bind: () => {},
    };
  }

  #environmentsFor(breakpoint: UserBreakpoint): EnvironmentInfo[] {
    const { only } = breakpoint;
    return this.#debuggee
      .environments()
      .filter(({ id, name }) => only === undefined || name === only || String(id) === only);
  }

  #bindLine(breakpoint: UserBreakpoint, path: string, line: number): void {
    let bound: { line: number } | undefined;
    let isKnown = false;
    for (const environment of this.#environmentsFor(breakpoint)) {
      const { image } = environment;
      for (const file of image?.filesFor(path) ?? []) {
        isKnown = true;
        const found = image?.debug.lineAddresses(file, line);
        if (found === undefined) continue;
        bound ??= found;
        for (const pc of found.addresses)
          breakpoint.places.push({ environment: environment.id, pc });
      }
    }
    const problem =
      bound === undefined
        ? this.#whyUnbound(breakpoint, isKnown, line)
        : badHitCondition(this.#evaluator, breakpoint.hitCondition);
    breakpoint.shown = {
      id: breakpoint.id,
      verified: bound !== undefined && problem === undefined,
      line: bound?.line ?? line,
      source: sourceOf(path),
      ...(problem === undefined ? {} : { message: problem }),
    };
  }

  #whyUnbound(breakpoint: UserBreakpoint, isKnown: boolean, line: number): string {
    if (this.#environmentsFor(breakpoint).length === 0) {
      return `There is no environment '${breakpoint.only}' in this run.`;
    }
    return isKnown
      ? `There is no code at line ${line}, nor after it in the same function.`
      : "No program of this run has code from this file.";
  }

  #bindFunction(breakpoint: UserBreakpoint, name: string): void {
    for (const environment of this.#environmentsFor(breakpoint)) {
      const { image } = environment;
      if (image === undefined) continue;
      const functions = image.debug.functionsNamed(name);
      const addresses = functions.map((found) => found.prologueEndAddress);
      const symbol = image.elf.symbol(name);
      if (addresses.length === 0 && symbol?.kind === "function") addresses.push(symbol.value);
      for (const pc of new Set(addresses))
        breakpoint.places.push({ environment: environment.id, pc });
    }
    const [first] = breakpoint.places;
    const image = first && this.#debuggee.imageOf(first.environment);
    const row = first && image?.debug.lineAt(first.pc);
    breakpoint.shown = {
      id: breakpoint.id,
      verified: first !== undefined,
      ...(row === undefined || image === undefined || row.line === 0
        ? {}
        : { line: row.line, source: sourceOf(image.localPath(row.file)) }),
      ...(first === undefined
        ? { message: `No program of this run has a function '${name}'.` }
        : {}),
    };
  }

  #all(): UserBreakpoint[] {
    return [...[...this.#bySource.values()].flat(), ...this.#functions, ...this.#instructions];
  }

  #install(list: readonly UserBreakpoint[]): Dap.Breakpoint[] {
    this.#control.setUserPlaces(this.#all().flatMap(({ places }) => places));
    return list.map(({ shown }) => shown);
  }

  /** Whether any breakpoint at a place stops now. Each counts its hit; log points log and never stop. */
  #accepts(place: Place): boolean {
    const key = placeKey(place);
    this.#hit = [];
    for (const breakpoint of this.#all()) {
      if (!breakpoint.places.some((candidate) => placeKey(candidate) === key)) continue;
      if (!conditionHolds(this.#evaluator, breakpoint.condition, place, this.#say)) continue;
      const { hitCondition, hits } = breakpoint;
      const count = hitCondition === undefined ? 0 : hits.note(this.#debuggee.timeline.now);
      if (!countHolds(this.#evaluator, hitCondition, count)) continue;
      if (breakpoint.logMessage !== undefined) {
        this.#say(`${this.#evaluator.interpolate(breakpoint.logMessage, place)}\n`, place);
      } else {
        this.#hit.push(breakpoint.id);
      }
    }
    return this.#hit.length > 0;
  }

  /** What is only looked at again was said when it happened. */
  readonly #say: Log = (text, place) => {
    if (!this.#debuggee.timeline.isQuiet) this.#log(text, place);
  };
}
