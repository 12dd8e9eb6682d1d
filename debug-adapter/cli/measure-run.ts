/** One run of a program from its boot to its end, for `exo bench`: what it cost the host, or what it did. */
import type { Engine } from "#emulator";
import { type CounterName, type KernelEvent, upcallName } from "#exokernel";
import type { Debuggee, DebuggeeConfiguration } from "../debuggee.ts";
import { boot } from "../launch.ts";
import { type CallCounts, countCalls } from "./call-counts.ts";
import { ConsoleFeed } from "./console-feed.ts";

/** What is run, each time alike. */
export interface Measured {
  readonly configuration: DebuggeeConfiguration;
  /** What is typed from the start on. */
  readonly input: Uint8Array;
  readonly maxSteps: number;
}

/** Of a run, what the host tells. */
export interface TimedRun {
  readonly milliseconds: number;
  /** Until the first byte on the console; undefined where nothing is written. */
  readonly firstOutput: number | undefined;
  readonly outcome: Outcome;
  readonly translation: Translation;
}

/** How a run ends; "limit" is that of its steps. */
export type End = "exited" | "idle" | "powerFailed" | "limit";

/** Of a run, what comes out the same each time, whatever it cost. */
export interface Outcome {
  readonly end: End;
  readonly exitStatus: number;
  readonly steps: number;
  readonly retired: number;
  readonly idle: number;
  readonly firstOutputStep: number | undefined;
  readonly hash: string;
}

/** What the translator did: steps in translated code, modules, the regions and instructions in them, and modules given up again. */
export interface Translation {
  readonly steps: number;
  /** Steps of code that is not hot, done from the instructions' bits. */
  readonly coldSteps: number;
  readonly modules: number;
  readonly regions: number;
  readonly instructions: number;
  readonly bytes: number;
  readonly invalidations: number;
}

/** Steps between two looks at whether more can be typed: the same in each run, so that what is typed enters at the same steps. */
const PIECE = 200_000;
const CONTROL_D = 0x04;
const NEWLINE = 0x0a;

/** Runs with an engine, as fast as the machine goes, with the history recorded as ever. */
export function timeRun(measured: Measured, engine: Engine): TimedRun {
  const debuggee = boot({ ...measured.configuration, engine });
  const { machine } = debuggee.kernel;
  let first: { readonly milliseconds: number; readonly step: number } | undefined;
  const started = performance.now();
  machine.console.onOutput = () => {
    first = { milliseconds: performance.now() - started, step: machine.steps };
    machine.console.onOutput = undefined;
  };
  const end = run(debuggee, measured);
  const milliseconds = performance.now() - started;
  const {
    units = 0,
    regions = 0,
    instructions = 0,
    bytes = 0,
    forgotten = 0,
  } = machine.translation ?? {};
  return {
    milliseconds,
    firstOutput: first?.milliseconds,
    outcome: {
      end,
      exitStatus: debuggee.exitStatus,
      steps: machine.steps,
      retired: machine.retired,
      idle: machine.steps - machine.retired - machine.trapsTaken,
      firstOutputStep: first?.step,
      hash: debuggee.kernel.hash(),
    },
    translation: {
      steps: machine.translatedSteps,
      coldSteps: machine.coldSteps,
      modules: units,
      regions,
      instructions,
      bytes,
      invalidations: forgotten,
    },
  };
}

/**
 * Runs to the end or the limit and says which it was. `distance` gives the steps until the next visit, where a run is to be looked at on
 * its way.
 */
function run(
  debuggee: Debuggee,
  { configuration, input, maxSteps }: Measured,
  distance: () => number = () => PIECE,
  visit: () => void = () => {},
): End {
  const { kernel, timeline } = debuggee;
  const { console } = kernel.machine;
  const feed = new ConsoleFeed({
    room: () => console.room,
    type: (bytes) => debuggee.typeOnConsole(bytes),
  });
  feed.type(input);
  // A program of UNIX that was launched alone sees the end of its input.
  const isInLine = input.length > 0 && input.at(-1) !== NEWLINE;
  const end = isInLine ? [CONTROL_D, CONTROL_D] : [CONTROL_D];
  if (configuration.subject !== undefined) feed.type(Uint8Array.from(end));
  for (let fed = kernel.steps; ; ) {
    const until = Math.min(fed + PIECE, maxSteps);
    const { kind } = timeline.run(Math.min(distance(), until - kernel.steps));
    if (kind === "exited" || kind === "idle" || kind === "powerFailed") return kind;
    visit();
    if (kernel.steps >= maxSteps) return "limit";
    if (kernel.steps < until) continue;
    fed = until;
    feed.pump();
  }
}

/** What an environment did, as the kernel counts it. */
export type EnvironmentCounts = { readonly id: number; readonly name: string } & Readonly<
  Record<CounterName | "steps", number>
>;

export interface FunctionShare {
  readonly name: string;
  /** The environment's name; environments that run the same program are one. */
  readonly environment: string;
  readonly samples: number;
}

/** What a run did: who ran, what the kernel did for whom, and in which functions steps were done. */
export interface Profile {
  readonly environments: readonly EnvironmentCounts[];
  readonly calls: CallCounts;
  readonly upcalls: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  readonly functions: readonly FunctionShare[];
  readonly samples: number;
}

/** About so many places are looked at to say where steps are done. */
const SAMPLES = 4000;

/**
 * Runs once more and looks at what happens. Functions are sampled by steps, at distances that vary around their mean in a fixed order, so
 * that a profile comes out the same each time and no loop keeps in step with it.
 */
export function profileRun(measured: Measured, steps: number): Profile {
  const debuggee = boot(measured.configuration);
  const { timeline, view } = debuggee;
  const counts = new Map<number, EnvironmentCounts>();
  const upcalls: Record<string, number> = {};
  const events: Record<string, number> = {};
  const add = (to: Record<string, number>, key: string) => {
    to[key] = (to[key] ?? 0) + 1;
  };
  const note = (id: number) => {
    const counters = view.environment(id)?.counters;
    if (counters === undefined || debuggee.isLauncher(id)) return;
    counts.set(id, { id, name: debuggee.environment(id).name, ...counters });
  };
  const calls = countCalls(debuggee);
  timeline.ignoresTicks = false;
  timeline.onEvent = (event: KernelEvent) => {
    add(events, event.kind);
    if (event.kind === "upcall") add(upcalls, upcallName(event.entry, event.cause));
    // Its record is another's soon.
    if (event.kind === "destroyed") note(event.target);
  };
  const sampler = new Sampler(debuggee);
  const mean = Math.max(1, Math.floor(steps / SAMPLES));
  let noise = 1;
  const distance = () => {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
    return Math.max(1, Math.floor(mean / 2 + (mean * noise) / 2 ** 32));
  };
  run(debuggee, measured, distance, () => sampler.take());
  for (const { id } of view.environments()) note(id);
  return {
    environments: [...counts.values()].sort((a, b) => b.steps - a.steps),
    calls: calls(),
    upcalls,
    events,
    functions: sampler.functions,
    samples: sampler.count,
  };
}

/** Which functions run, at the places that it is asked to look at. */
class Sampler {
  readonly #debuggee: Debuggee;
  readonly #counts = new Map<string, { name: string; environment: string; samples: number }>();
  count = 0;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  take(): void {
    const { view, kernel } = this.#debuggee;
    const id = view.running;
    if (id === 0) return;
    this.count += 1;
    const { name, image } = this.#debuggee.environment(id);
    const pc = kernel.machine.hart.pc >>> 0;
    this.#add(image?.functionName(pc) ?? `0x${pc.toString(16)}`, name);
  }

  get functions(): FunctionShare[] {
    return [...this.#counts.values()].sort((a, b) => b.samples - a.samples);
  }

  #add(name: string, environment: string): void {
    // Environments that a program makes are called after it, with their id.
    const program = environment.replace(/-\d+$/, "");
    const key = `${program}\0${name}`;
    const found = this.#counts.get(key) ?? { name, environment: program, samples: 0 };
    found.samples += 1;
    this.#counts.set(key, found);
  }
}
