/** `exo run` and `exo trace`: a program without a debugger, as fast as the machine goes. */
import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Engine } from "#emulator";
import { describeEvent, type EventKind, type KernelEvent } from "#exokernel";
import { buildChoices, FLOATING_POINTS, OPTIMIZATIONS } from "../build-choices.ts";
import type { Debuggee, DebuggeeConfiguration } from "../debuggee.ts";
import { UserError } from "../errors.ts";
import { nodeHost } from "../host.ts";
import { boot, configure, configureScenario, programsScenario } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import type { LaunchArguments } from "../protocol.ts";
import { type Halt, RunControl } from "../run/run-control.ts";
import { weakenedText } from "../weakened-text.ts";
import { type CallCounts, countCalls } from "./call-counts.ts";
import { ConsoleFeed } from "./console-feed.ts";
import { TraceText } from "./trace-text.ts";
import { connectInput } from "./typed-input.ts";

/** Exit statuses of `exo` itself; any other is the program's. */
export const EXIT = {
  /** Wrong usage, a program that does not compile, a file that is not there. */
  usage: 2,
  /** `exo replay` came to another end than the recording. */
  differs: 123,
  /** `--max-steps` was reached, or a recording ends before its program does. */
  limit: 124,
  /** Nobody can run any more. */
  idle: 125,
  /** After guards were weakened an assertion of the kernel failed: what shells say for an abort (128 + SIGABRT). */
  failed: 134,
  /** Control-C, or control-] at a terminal, ended the run: what shells say for it (128 + SIGINT). */
  interrupted: 130,
  /** The kernel destroyed the first program. */
  destroyed: 139,
} as const;

export async function runCommand(
  argv: readonly string[],
  root: string,
  isTrace: boolean,
): Promise<number> {
  const { debuggee, args, values } = await prepareRun(argv, root, {
    "disk-out": { type: "string" },
    "pcap-out": { type: "string" },
    ...(isTrace ? { all: { type: "boolean" } } : {}),
  });
  const { "disk-out": diskOut, "pcap-out": pcapOut } = values;
  const { disk, network } = debuggee.kernel.machine;
  if (diskOut !== undefined && disk === undefined) {
    throw new UserError(1, "--disk-out needs a machine with a disk; give the scenario a 'disk'.");
  }
  if (pcapOut !== undefined) {
    if (network === undefined) {
      const remedy = "give the scenario a 'network'";
      throw new UserError(1, `--pcap-out needs a machine with a network; ${remedy}.`);
    }
    debuggee.capturePackets(resolve(pcapOut));
  }
  const trace = isTrace ? (values.all === true ? "all" : "told") : "none";
  const run = new Run(debuggee, args, trace, values.stats === "json");
  const halt = await run.execute();
  debuggee.capture?.write(nodeHost);
  if (diskOut !== undefined && disk !== undefined) {
    nodeHost.writeFile(resolve(diskOut), disk.readImage());
  }
  return run.conclude(halt);
}

export interface PreparedRun {
  readonly debuggee: Debuggee;
  readonly args: LaunchArguments;
  readonly values: Parsed["values"];
}

/** Builds and boots what a command line names; `more` are options besides those that all runs take. */
export async function prepareRun(
  argv: readonly string[],
  root: string,
  more: ParseArgsConfig["options"],
): Promise<PreparedRun> {
  const { configuration, ...rest } = await configureRun(argv, root, more);
  return { debuggee: boot(configuration), ...rest };
}

export interface ConfiguredRun extends Omit<PreparedRun, "debuggee"> {
  readonly configuration: DebuggeeConfiguration;
}

/** Builds what a command line names, to be booted as often as one likes. */
export async function configureRun(
  argv: readonly string[],
  root: string,
  more: ParseArgsConfig["options"],
): Promise<ConfiguredRun> {
  const { values, engine, files, programArguments } = parse(argv, more);
  const [file = ""] = files;
  const args: LaunchArguments = {
    program: resolve(file),
    cwd: process.cwd(),
    args: programArguments,
    ...numberOption("maxSteps", values["max-steps"]),
    ...numberOption("tick", values.tick),
    ...(values.compiler === undefined ? {} : { compiler: values.compiler }),
    ...buildChoices({
      ...oneOf("optimization", OPTIMIZATIONS, values.optimization),
      ...oneOf("floatingPoint", FLOATING_POINTS, values["floating-point"]),
    }),
  };
  const builder = consoleBuilder(root);
  const paths = files.map((path) => resolve(path));
  const configuration =
    paths.length === 1
      ? await configure(args, nodeHost, builder)
      : await configureScenario(programsScenario(paths, programArguments), args, nodeHost, builder);
  return {
    configuration: engine === undefined ? configuration : { ...configuration, engine },
    args,
    values,
  };
}

/** A builder whose findings go to stderr. */
export function consoleBuilder(root: string): NodeBuilder {
  return new NodeBuilder(root, {
    log: (text) => process.stderr.write(text),
    diagnostics: () => {},
  });
}

interface Parsed {
  readonly values: {
    readonly "max-steps"?: string | undefined;
    readonly tick?: string | undefined;
    readonly compiler?: string | undefined;
    readonly stats?: string | undefined;
    readonly output?: string | undefined;
    readonly "disk-out"?: string | undefined;
    readonly "pcap-out"?: string | undefined;
    readonly "with-programs"?: boolean | undefined;
    readonly dot?: boolean | undefined;
    readonly all?: boolean | undefined;
    readonly runs?: string | undefined;
    readonly top?: string | undefined;
    readonly input?: string | undefined;
    readonly optimization?: string | undefined;
    readonly "floating-point"?: string | undefined;
    readonly json?: boolean | undefined;
  };
  readonly engine: Engine | undefined;
  readonly files: readonly string[];
  readonly programArguments: readonly string[];
}

/** `[options] FILE... [-- ARGUMENT...]`: arguments are the first program's. */
function parse(argv: readonly string[], more: ParseArgsConfig["options"]): Parsed {
  const end = argv.indexOf("--");
  const parsed = parseArgs({
    args: end < 0 ? [...argv] : argv.slice(0, end),
    allowPositionals: true,
    options: {
      "max-steps": { type: "string" },
      tick: { type: "string" },
      compiler: { type: "string" },
      stats: { type: "string" },
      engine: { type: "string" },
      optimization: { type: "string" },
      "floating-point": { type: "string" },
      scenario: { type: "string" },
      ...more,
    },
  });
  const { positionals } = parsed;
  const values: Parsed["values"] & { readonly engine?: string; readonly scenario?: string } =
    parsed.values;
  const { engine } = values;
  if (engine !== undefined && engine !== "interpreter" && engine !== "translator") {
    const engines = "there are 'interpreter' and 'translator'";
    throw new UserError(1, `There is no engine '${engine}'; ${engines}.`);
  }
  checkStats(values.stats);
  const files = [...(values.scenario === undefined ? [] : [values.scenario]), ...positionals];
  if (files.length === 0) {
    throw new UserError(1, "Name a program (.c, .elf) or a scenario (.exo.json).");
  }
  if (files.length > 1 && files.some((path) => path.endsWith(".json"))) {
    throw new UserError(
      1,
      "A scenario names its programs itself; give either one scenario or programs.",
    );
  }
  return { values, engine, files, programArguments: end < 0 ? [] : argv.slice(end + 1) };
}

export function checkStats(value: string | undefined): void {
  if (value === undefined || value === "json") return;
  throw new UserError(1, `--stats ${value} is not known; it takes 'json'.`);
}

function oneOf<Name extends string, Value extends string>(
  name: Name,
  values: readonly Value[],
  given: string | undefined,
): Partial<Record<Name, Value>> {
  if (given === undefined) return {};
  const value = values.find((each) => each === given);
  if (value !== undefined) return { [name]: value } as Record<Name, Value>;
  const option = name === "floatingPoint" ? "--floating-point" : `--${name}`;
  const all = `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
  throw new UserError(1, `${option} is one of ${all}, not '${given}'.`);
}

function numberOption<Name extends string>(
  name: Name,
  text: string | undefined,
): Partial<Record<Name, number>> {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    const option = name === "maxSteps" ? "--max-steps" : `--${name}`;
    throw new UserError(1, `${option} must be a whole number of steps, not '${text}'.`);
  }
  return { [name]: value } as Record<Name, number>;
}

const CONTROL_D = 0x04;
const NEWLINE = 0x0a;
/** Milliseconds after which a line does not wait for the end of a piece. */
const PROMPT = 20;

/** Kernel events that are said also where nobody traces. */
const SAID: ReadonlySet<EventKind> = new Set(["powerFailed", "invariantBroken", "kernelFailed"]);
/** Whether a run's events are printed: not, as an explanation, or each on a line of its own. */
export type TraceMode = "none" | "told" | "all";

/** One run with the guests' console on stdin and stdout. */
export class Run {
  readonly #debuggee: Debuggee;
  readonly #args: LaunchArguments;
  readonly #control: RunControl;
  readonly #feed: ConsoleFeed;
  readonly #trace: TraceText | undefined;
  /** Where statistics are wanted: the kernel calls so far. */
  readonly #calls: (() => CallCounts) | undefined;
  /** Milliseconds that the run has cost its host. */
  #elapsed = 0;
  #bytes: number[] = [];
  /** When something was last written, as `performance.now` has it. */
  #flushed = Number.NEGATIVE_INFINITY;
  #destroyed: string | undefined;
  #hasKernelFailed = false;

  constructor(debuggee: Debuggee, args: LaunchArguments, trace: TraceMode, wantsStats: boolean) {
    this.#debuggee = debuggee;
    this.#args = args;
    if (trace !== "none") {
      this.#trace = new TraceText({
        nameOf: (id) => debuggee.nameOf(id),
        isLauncher: (id) => debuggee.isLauncher(id),
        write: (line) => process.stderr.write(`${line}\n`),
        all: trace === "all",
      });
    }
    if (wantsStats) this.#calls = countCalls(debuggee);
    this.#control = new RunControl(debuggee);
    this.#control.limit = args.maxSteps ?? Number.POSITIVE_INFINITY;
    const { console } = debuggee.kernel.machine;
    this.#feed = new ConsoleFeed({
      room: () => console.room,
      type: (bytes) => debuggee.typeOnConsole(bytes),
    });
    this.#control.onPiece = () => {
      this.#flush();
      if (this.#feed.pump()) this.#control.wake();
    };
    console.onOutput = (byte) => {
      this.#bytes.push(byte);
      // A line is shown at once, unless one was just now: whoever writes much is not to be slowed down by that.
      if (byte === NEWLINE && performance.now() - this.#flushed > PROMPT) this.#flush();
    };
    debuggee.timeline.onEvent = (event) => this.#note(event);
    debuggee.timeline.ignoresTicks = this.#trace === undefined;
  }

  /** Runs to a halt. Without `hasInput` nothing is typed. */
  async execute(hasInput = true): Promise<Halt> {
    const { weakened } = this.#debuggee;
    if (weakened.length > 0) this.#say(`warning: ${weakenedText(weakened)}`);
    for (const event of this.#debuggee.view.events(0)) this.#trace?.add(event);
    this.#control.isInteractive = hasInput;
    const closeInput = hasInput ? this.#connectInput() : () => {};
    const started = performance.now();
    try {
      let halt = await this.#control.run();
      while (halt.kind === "powerFailed" && !this.#hasKernelFailed) {
        this.#flush();
        this.#say("the machine is switched on again.");
        this.#destroyed = undefined;
        halt = await this.#control.run();
      }
      return halt;
    } finally {
      this.#elapsed = performance.now() - started;
      closeInput();
      this.#trace?.end();
      this.#flush();
    }
  }

  /** Ends `execute` soon, with "paused". */
  interrupt(): void {
    this.#control.pause();
  }

  /** Says how the run ended, and returns the exit status. */
  conclude(halt: Halt): number {
    if (this.#calls !== undefined) this.#stats(this.#calls());
    switch (halt.kind) {
      case "exited":
        return this.#destroyed === undefined ? this.#debuggee.exitStatus & 0xff : EXIT.destroyed;
      case "limit":
        this.#say(`stopped after ${this.#args.maxSteps} steps (--max-steps); ${this.#where()}.`);
        return EXIT.limit;
      case "paused":
        this.#say(`interrupted; ${this.#where()}.`);
        return EXIT.interrupted;
      case "powerFailed":
        this.#say("the machine halts; it is not switched on again after the kernel has failed.");
        return EXIT.failed;
      case "endOfHistory":
        this.#say(`the recording ends before the program does; ${this.#where()}.`);
        return EXIT.limit;
      default:
        this.#say(`nobody can run any more: ${this.#whoWaits()}.`);
        return EXIT.idle;
    }
  }

  /** Standard input becomes the guests' console. At its end, sleeping for ever is idle. */
  #connectInput(): () => void {
    let last: number | undefined;
    const { stdin } = process;
    this.#feed.onFull = (isFull) => {
      if (isFull) stdin.pause();
      else stdin.resume();
    };
    return connectInput(stdin, {
      type: (bytes) => {
        last = bytes.at(-1) ?? last;
        this.#feed.type(bytes);
        this.#control.wake();
      },
      end: () => {
        // A program in a scenario that it did not ask for should see a pipe's end as it would elsewhere. The first control-D within a
        // line only gives up that line.
        if (this.#debuggee.subject !== undefined) {
          const isInLine = last !== undefined && last !== NEWLINE;
          this.#feed.type(Uint8Array.from(isInLine ? [CONTROL_D, CONTROL_D] : [CONTROL_D]));
        }
        this.#feed.afterAll(() => {
          this.#control.isInteractive = false;
        });
        this.#control.wake();
      },
      takesInput: () => this.#control.takesInput(),
      interrupt: () => this.interrupt(),
      say: (sentence) => {
        this.#flush();
        this.#say(sentence);
      },
      now: () => performance.now(),
    });
  }

  #note(event: KernelEvent): void {
    this.#trace?.add(event);
    if (event.kind === "kernelFailed") this.#hasKernelFailed = true;
    if (SAID.has(event.kind)) {
      this.#flush();
      this.#say(`${describeEvent(event, (id) => this.#debuggee.nameOf(id))}.`);
    }
    if (event.kind !== "destroyed" || event.because === "it destroyed itself") return;
    // What programs make they may end: that is how a libOS buries its processes.
    if (event.because === "destroyed by another environment" && !this.#isLaunched(event.target))
      return;
    if (event.target === this.#debuggee.firstId) this.#destroyed = event.because;
    this.#flush();
    this.#say(`${this.#debuggee.nameOf(event.target)} was destroyed: ${event.because}.`);
  }

  #isLaunched(id: number): boolean {
    const creator = this.#debuggee.view.creatorOf(id);
    return creator !== undefined && this.#debuggee.isLauncher(creator);
  }

  #where(): string {
    const { view } = this.#debuggee;
    const id = view.running || this.#debuggee.firstId;
    const pc = view.registers(id)?.pc;
    if (pc === undefined) return "nothing had run";
    const image = this.#debuggee.imageOf(id);
    const row = image?.debug.lineAt(pc);
    const place =
      row === undefined || row.line === 0 ? "" : ` (${row.file.split("/").at(-1)}:${row.line})`;
    return `${this.#debuggee.nameOf(id)} was at ${image?.symbolize(pc) ?? `0x${pc.toString(16)}`}${place}`;
  }

  #whoWaits(): string {
    const { view } = this.#debuggee;
    const waiting = view
      .environments()
      .filter(({ id, state }) => state !== "destroyed" && !this.#debuggee.isLauncher(id))
      .map(({ id, state, waitingOn }) =>
        state === "waiting"
          ? `${this.#debuggee.nameOf(id)} waits for ${this.#debuggee.nameOf(waitingOn)}`
          : state === "sleeping"
            ? `${this.#debuggee.nameOf(id)} sleeps and no input is to come`
            : state === "resting"
              ? `${this.#debuggee.nameOf(id)} rests`
              : `${this.#debuggee.nameOf(id)} has no slice`,
      );
    return waiting.join(", ");
  }

  #stats(calls: CallCounts): void {
    const { kernel, view } = this.#debuggee;
    const { machine } = kernel;
    const stats = {
      steps: kernel.steps,
      retired: machine.retired,
      events: view.eventCount,
      hash: kernel.hash(),
      calls,
      environments: view
        .environments()
        .filter(({ id }) => !this.#debuggee.isLauncher(id))
        .map(({ id, state, counters }) => ({
          id,
          name: this.#debuggee.environment(id).name,
          state,
          ...counters,
        })),
      host: {
        engine: machine.engine,
        milliseconds: Math.round(100 * this.#elapsed) / 100,
        translatedSteps: machine.translatedSteps,
        coldSteps: machine.coldSteps,
        ...machine.translation,
      },
    };
    process.stderr.write(`${JSON.stringify(stats)}\n`);
  }

  #say(sentence: string): void {
    process.stderr.write(`exo: ${sentence}\n`);
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    process.stdout.write(Uint8Array.from(this.#bytes));
    this.#bytes = [];
    this.#flushed = performance.now();
  }
}
