/**
 * The user's breakpoints: kept by source line, function name or address, and bound to each environment that runs an image with that
 * code, as soon as it runs it. A breakpoint in one environment never stops another that has the same address (DESIGN.md 5).
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Condition } from "#emulator";
import { anyOf, compiledAt } from "./compiled-conditions.ts";
import type { Debuggee } from "./debuggee.ts";
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
import type { EnvironmentInfo } from "./identities.ts";
import type { LoadedImage } from "./loaded-image.ts";
import type { Place, RunControl } from "./run/run-control.ts";

interface UserBreakpoint {
  readonly id: number;
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
  /** Only in the environment of this name or id. */
  readonly only: string | undefined;
  /** What was shown to the user last. */
  shown: Dap.Breakpoint;
  readonly hits: HitRecord;
  /** Where it is in an environment that it is for. */
  addresses: (environment: EnvironmentInfo) => readonly number[];
  /** What is to be shown, as far as environments until now have run images. */
  describe: (ran: readonly EnvironmentInfo[]) => Dap.Breakpoint;
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
  /** What is wrong with a condition that was evaluated there. */
  #problem: string | undefined;

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

  /** Why the condition of one of them could not be evaluated, if so. */
  get problem(): string | undefined {
    return this.#problem;
  }

  setSource(path: string, wanted: readonly Dap.SourceBreakpoint[]): Dap.Breakpoint[] {
    const list = wanted.map((breakpoint) => this.#atLine(breakpoint, path));
    this.#bySource.set(path, list);
    return this.#install(list);
  }

  /** Function breakpoints: `serve`, or `serve@server` for one environment. */
  setFunctions(wanted: readonly Dap.FunctionBreakpoint[]): Dap.Breakpoint[] {
    this.#functions = wanted.map((breakpoint) => this.#atFunction(breakpoint));
    return this.#install(this.#functions);
  }

  /**
   * Instruction breakpoints: an address means something only in the program whose code a client shows, so they bind in
   * the environments that run the same image as the one in focus.
   */
  setInstructions(wanted: readonly Dap.InstructionBreakpoint[], focus: number): Dap.Breakpoint[] {
    this.#instructions = wanted.map((breakpoint) => this.#atInstruction(breakpoint, focus));
    return this.#install(this.#instructions);
  }

  /** Breakpoints of which something else is to be shown than was: they are bound now, or not any more. */
  changed(): Dap.Breakpoint[] {
    const before = this.#all().map(({ shown }) => JSON.stringify(shown));
    const now = this.#describe(this.#all());
    return now.filter((shown, i) => JSON.stringify(shown) !== before[i]);
  }

  #atLine(wanted: Dap.SourceBreakpoint, path: string): UserBreakpoint {
    const { line } = wanted;
    const breakpoint = this.#make(wanted);
    const inImage = remembered((image: LoadedImage) =>
      image.filesFor(path).map((file) => image.debug.lineAddresses(file, line)),
    );
    const boundIn = (images: Iterable<LoadedImage | undefined>) => {
      for (const image of images) {
        const found = image && inImage(image).find((each) => each !== undefined);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    breakpoint.addresses = ({ image }) =>
      image === undefined ? [] : inImage(image).flatMap((found) => found?.addresses ?? []);
    breakpoint.describe = (ran) => {
      const bound = boundIn(imagesOf(ran));
      const { images } = this.#debuggee;
      const problem =
        bound === undefined
          ? this.#whyUnbound(breakpoint, ran, path, line)
          : badHitCondition(this.#evaluator, breakpoint.hitCondition);
      return {
        id: breakpoint.id,
        verified: bound !== undefined && problem === undefined,
        line: (bound ?? boundIn(images))?.line ?? line,
        source: sourceOf(path),
        ...(problem === undefined ? {} : { message: problem }),
      };
    };
    return breakpoint;
  }

  #atFunction(wanted: Dap.FunctionBreakpoint): UserBreakpoint {
    const [name = "", only] = wanted.name.trim().split("@");
    const breakpoint = this.#make(wanted, only);
    const inImage = remembered((image: LoadedImage) => {
      const addresses = image.debug.functionsNamed(name).map((each) => each.prologueEndAddress);
      const symbol = image.elf.symbol(name);
      if (addresses.length === 0 && symbol?.kind === "function") addresses.push(symbol.value);
      return [...new Set(addresses)];
    });
    breakpoint.addresses = ({ image }) => (image === undefined ? [] : inImage(image));
    breakpoint.describe = (ran) => {
      const image = imagesOf(ran).find((each) => inImage(each).length > 0);
      const row = image?.debug.lineAt(inImage(image)[0] ?? 0);
      const isAtHand = this.#debuggee.images.some((each) => inImage(each).length > 0);
      return {
        id: breakpoint.id,
        verified: image !== undefined,
        ...(row === undefined || image === undefined || row.line === 0
          ? {}
          : { line: row.line, source: sourceOf(image.localPath(row.file)) }),
        ...(image === undefined
          ? { message: isAtHand ? NOT_YET : `No program of this run has a function '${name}'.` }
          : {}),
      };
    };
    return breakpoint;
  }

  #atInstruction(wanted: Dap.InstructionBreakpoint, focus: number): UserBreakpoint {
    const breakpoint = this.#make(wanted);
    const { view } = this.#debuggee;
    const shownImage = this.#debuggee.imageOf(focus);
    const pc = (Number(wanted.instructionReference) + (wanted.offset ?? 0)) >>> 0;
    const isFor = ({ id, image }: EnvironmentInfo) =>
      shownImage === undefined ? id === focus : image === shownImage;
    breakpoint.addresses = (environment) => (isFor(environment) ? [pc] : []);
    breakpoint.describe = (ran) => {
      const isThere = ran.some((each) => isFor(each) && view.translate(each.id, pc) !== undefined);
      const reference = `0x${pc.toString(16)}`;
      return {
        id: breakpoint.id,
        verified: isThere,
        instructionReference: reference,
        ...(isThere ? {} : { message: `No environment has code bound at ${reference}.` }),
      };
    };
    return breakpoint;
  }

  /** Lines of a source where a breakpoint can be. */
  linesWithCode(path: string): number[] {
    const lines = new Set<number>();
    for (const image of this.#debuggee.images) {
      for (const file of image.filesFor(path)) {
        for (const line of image.debug.linesWithCode(file)) lines.add(line);
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
      hits: new HitRecord(),
      addresses: () => [],
      describe: () => ({ id, verified: false }),
    };
  }

  #whyUnbound(
    { only }: UserBreakpoint,
    ran: readonly EnvironmentInfo[],
    path: string,
    line: number,
  ): string {
    const isKnownIn = (images: readonly LoadedImage[]) =>
      images.some((image) => image.filesFor(path).length > 0);
    const hasCode = this.#debuggee.images.some((image) =>
      image.filesFor(path).some((file) => image.debug.lineAddresses(file, line) !== undefined),
    );
    if (ran.length === 0) return `There is no environment '${only}' in this run.`;
    if (hasCode) return NOT_YET;
    return isKnownIn(imagesOf(ran)) || isKnownIn(this.#debuggee.images)
      ? `There is no code at line ${line}, nor after it in the same function.`
      : "No program of this run has code from this file.";
  }

  #all(): UserBreakpoint[] {
    return [...[...this.#bySource.values()].flat(), ...this.#functions, ...this.#instructions];
  }

  #install(list: readonly UserBreakpoint[]): Dap.Breakpoint[] {
    this.#control.setUserPlaces(
      (environment) => this.#all().flatMap((breakpoint) => addressesFor(breakpoint, environment)),
      (environment, pc) => this.#conditionAt(environment, pc),
    );
    return this.#describe(list);
  }

  /** What the machine can tell by itself of whether any breakpoint stops at a place; undefined if it can't. */
  #conditionAt(environment: EnvironmentInfo, pc: number): Condition | undefined {
    const { image } = environment;
    const there = this.#all().filter((breakpoint) =>
      addressesFor(breakpoint, environment).includes(pc),
    );
    return anyOf(
      there.map(({ condition }) =>
        image === undefined || condition === undefined
          ? undefined
          : compiledAt(image, condition, pc),
      ),
    );
  }

  #describe(list: readonly UserBreakpoint[]): Dap.Breakpoint[] {
    const environments = this.#debuggee.environments();
    for (const breakpoint of list) {
      const ran = environments.filter((environment) => isFor(breakpoint, environment));
      breakpoint.shown = breakpoint.describe(ran);
    }
    return list.map(({ shown }) => shown);
  }

  /** Whether any breakpoint at a place stops now. Each counts its hit; log points log and never stop. */
  #accepts(place: Place): boolean {
    const environment = this.#debuggee.environment(place.environment);
    this.#hit = [];
    this.#problem = undefined;
    const complain: Log = (text, at) => {
      this.#problem ??= text.trimEnd();
      this.#say(text, at);
    };
    for (const breakpoint of this.#all()) {
      if (!addressesFor(breakpoint, environment).includes(place.pc)) continue;
      if (!conditionHolds(this.#evaluator, breakpoint.condition, place, complain)) continue;
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

/** Of what a run has at hand and nobody has run until now. */
const NOT_YET = "No environment runs this program yet; the breakpoint binds when one does.";

const isFor = ({ only }: UserBreakpoint, { id, name }: EnvironmentInfo): boolean =>
  only === undefined || name === only || String(id) === only;

const addressesFor = (
  breakpoint: UserBreakpoint,
  environment: EnvironmentInfo,
): readonly number[] => (isFor(breakpoint, environment) ? breakpoint.addresses(environment) : []);

/** The images of environments, each once. */
const imagesOf = (environments: readonly EnvironmentInfo[]): LoadedImage[] => [
  ...new Set(environments.flatMap(({ image }) => (image === undefined ? [] : [image]))),
];

/** What is found in an image, looked for once. */
function remembered<Found>(find: (image: LoadedImage) => Found): (image: LoadedImage) => Found {
  const found = new Map<LoadedImage, Found>();
  return (image) => {
    const known = found.get(image) ?? find(image);
    found.set(image, known);
    return known;
  };
}
