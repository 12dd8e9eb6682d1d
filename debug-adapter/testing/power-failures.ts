/**
 * Power failure at every write and every barrier of a run, and the boot after each: for whatever keeps something on a disk and says that it is still
 * there afterwards.
 *
 * The first boot is run once. Right before each write or barrier request is accepted, a copy of the disk has its power cut, once in
 * each way that is wanted, and the second boot runs on what its platter holds. What the second boot does depends on nothing but the
 * platter, so the same platter is not booted twice: that makes thousands of failures affordable.
 */
import { createHash } from "node:crypto";
import { type DiskRequest, Machine, type PowerFailure, type Snapshot, Snapshots } from "#emulator";
import {
  Kernel,
  type KernelConfiguration,
  type KernelDisk,
  type KernelEvent,
  type KernelStop,
  Launcher,
  type Program,
} from "#exokernel";

/** What a boot came to. */
export interface BootResult {
  readonly stop: KernelStop["kind"];
  /** What the guests wrote to the console. */
  readonly output: string;
  /** Exit status by the name of the environment; absent while it lives. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Why environments were destroyed by force. */
  readonly fatal: readonly string[];
  readonly steps: number;
  /** Write requests and barriers that the disk accepted. */
  readonly writes: number;
  readonly barriers: number;
  /** What the platter holds at the end. */
  readonly image: Uint8Array;
}

/** One power failure, and what it left on the platter. */
export interface Cut {
  /** The number of the write or barrier request that was not accepted; one more than there are: after all of them. */
  readonly request: number;
  readonly failure: PowerFailure;
  /** Write requests that were accepted and that no completed barrier covered. */
  readonly unflushed: number;
  /** The first boot's console until then. */
  readonly said: string;
  readonly image: Uint8Array;
}

/** One power failure and what came after it, for a judge. */
export interface Outcome extends Cut {
  /** The request of the second boot before which the power failed again, and how. */
  readonly again?: { readonly request: number; readonly failure: PowerFailure };
  readonly boot: BootResult;
}

export interface Experiment {
  readonly disk: KernelDisk;
  /** Programs of the first boot, and of the one after the failure. */
  readonly first: readonly Program[];
  readonly second: readonly Program[];
  /** The ways in which the power fails, each before each request. */
  readonly failures: readonly PowerFailure[];
  /** Says what is wrong with the platter as the failure left it, if anything is; not looked at unless given. */
  readonly inspect?: (cut: Cut) => string | undefined;
  /** Says what is wrong after the second boot, if anything is. */
  readonly judge: (outcome: Outcome) => string | undefined;
  /** Which requests the power fails before; all unless given. */
  readonly isTried?: (request: number) => boolean;
  /** After which of these failures there is a second boot; all unless given. */
  readonly isBooted?: (request: number, failure: PowerFailure) => boolean;
  /** After which failures the power fails again, before each request of the second boot; none unless given. A third boot is judged. */
  readonly isTriedAgain?: (request: number, failure: PowerFailure) => boolean;
  /** For both boots. */
  readonly kernel?: Omit<KernelConfiguration, "disk">;
  readonly stepsMax?: number;
}

export interface Report {
  /** The first boot, which no failure disturbed. */
  readonly first: BootResult;
  /** Moments at which the power failed in the first boot. */
  readonly points: number;
  /** Of them, those with two or more writes that were not flushed. */
  readonly pointsWithSeveral: number;
  /** Failures that were inspected or judged, those of them with a second boot, and those that hit a second boot. */
  readonly failures: number;
  readonly failuresBooted: number;
  readonly failuresAgain: number;
  /** Boots that this took, because so many platters were different. */
  readonly boots: number;
  readonly violations: readonly Violation[];
}

export interface Violation {
  readonly outcome: Omit<Cut, "image"> & Partial<Pick<Outcome, "boot" | "again">>;
  readonly what: string;
}

const STEPS_MAX = 2_000_000_000;

/** Runs the experiment. Guests that end badly are the judge's affair. */
export function failEverywhere(experiment: Experiment): Report {
  const { disk, failures, judge, inspect } = experiment;
  const { isTried = () => true, isBooted = () => true, isTriedAgain = () => false } = experiment;
  const laterBoots = new Repeated(experiment);
  const interrupted = new Station(experiment, experiment.second);
  const cutter = new DiskCutter(disk);
  const violations: Violation[] = [];
  const counts = {
    points: 0,
    pointsWithSeveral: 0,
    failures: 0,
    failuresBooted: 0,
    failuresAgain: 0,
  };
  const note = (
    { image: _large, ...outcome }: Cut & Violation["outcome"],
    what: string | undefined,
  ): void => {
    if (what !== undefined) violations.push({ outcome, what });
  };
  const failAgain = (outcome: Outcome): void => {
    interrupted.run(outcome.image, (station, request) => {
      for (const failure of failures) {
        const image = cutter.platterAfter(station.kernel, failure);
        const again = { ...outcome, image, again: { request, failure } };
        counts.failures += 1;
        counts.failuresAgain += 1;
        note(again, inspect?.(again));
        const boot = laterBoots.run(image);
        note(again, judge({ ...again, boot }));
      }
    });
  };
  const failOnce = (cut: Cut): void => {
    counts.failures += 1;
    note(cut, inspect?.(cut));
    if (!isBooted(cut.request, cut.failure)) return;
    counts.failuresBooted += 1;
    const outcome = { ...cut, boot: laterBoots.run(cut.image) };
    note(outcome, judge(outcome));
    if (isTriedAgain(cut.request, cut.failure)) failAgain(outcome);
  };
  const first = new Station(experiment, experiment.first).run(disk.image, (station, request) => {
    if (!isTried(request)) return;
    const { unflushed } = station;
    counts.points += 1;
    if (unflushed >= 2) counts.pointsWithSeveral += 1;
    const said = station.output;
    for (const failure of failures) {
      const image = cutter.platterAfter(station.kernel, failure);
      failOnce({ request, failure, unflushed, said, image });
    }
  });
  return { first, ...counts, boots: laterBoots.count, violations };
}

/** One line for a violation. */
export function violationText({ what, outcome }: Violation): string {
  const { request, failure, again, unflushed } = outcome;
  const how = ({ mode, seed }: PowerFailure) => (mode === "random" ? `${mode} ${seed}` : mode);
  const then =
    again === undefined ? "" : `, then before request ${again.request} (${how(again.failure)})`;
  return `power failed before request ${request} (${how(failure)}, ${unflushed} unflushed)${then}: ${what}`;
}

type AtRequest = (station: Station, request: number) => void;

/** A machine with programs that can be booted again and again. */
class Station {
  readonly kernel: Kernel;
  readonly #snapshots: Snapshots;
  readonly #launched: Snapshot;
  readonly #state: ReturnType<Kernel["saveState"]>;
  readonly #names: ReadonlyMap<number, string>;
  readonly #stepsMax: number;
  #bytes: number[] = [];
  #events: KernelEvent[] = [];
  #atRequest: AtRequest | undefined;
  #writes = 0;
  #barriers = 0;
  /** How many writes had been accepted at each barrier that is not complete, and at the last that is. */
  #covered: number[] = [];
  #flushed = 0;

  constructor(
    { disk, kernel = {}, stepsMax = STEPS_MAX }: Experiment,
    programs: readonly Program[],
  ) {
    const { image: _first, crash: _planned, ...plain } = disk;
    this.#stepsMax = stepsMax;
    this.kernel = new Kernel({ ...kernel, disk: plain });
    const launched = new Launcher(this.kernel).launch(programs);
    this.#names = new Map(launched.map(({ id, program }) => [id, program.name]));
    this.#snapshots = new Snapshots(this.kernel.machine);
    this.#launched = this.#snapshots.base;
    this.#state = this.kernel.saveState();
    this.kernel.machine.console.onOutput = (byte) => this.#bytes.push(byte);
    this.kernel.onEvent = (event) => this.#note(event);
    this.#listenToDisk();
  }

  /** Write requests accepted that no completed barrier covers. */
  get unflushed(): number {
    return this.#writes - this.#flushed;
  }

  get #requests(): number {
    return this.#writes + this.#barriers;
  }

  get output(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#bytes));
  }

  /** Boots on this platter and runs to the end. `atRequest` is called before each write or barrier is accepted, and once more at the end. */
  run(image: Uint8Array | undefined, atRequest?: AtRequest): BootResult {
    const { kernel } = this;
    this.#snapshots.restore(this.#launched);
    kernel.loadState(this.#state);
    if (image !== undefined) this.#disk.writeImage(image);
    this.#bytes = [];
    this.#events = [];
    this.#atRequest = atRequest;
    this.#writes = this.#barriers = this.#flushed = 0;
    this.#covered = [];
    const stop = kernel.run(this.#stepsMax);
    atRequest?.(this, this.#requests + 1);
    return {
      stop: stop.kind,
      output: this.output,
      statuses: this.#statuses,
      fatal: this.#events.flatMap((event) => (event.kind === "fatal" ? [event.because] : [])),
      steps: kernel.steps,
      writes: this.#writes,
      barriers: this.#barriers,
      image: this.#disk.readImage(),
    };
  }

  get #disk() {
    const { disk } = this.kernel.machine;
    if (disk === undefined) throw new Error("the experiment has a disk");
    return disk;
  }

  get #statuses(): Map<string, number> {
    const statuses = new Map<string, number>();
    for (const event of this.#events) {
      if (event.kind !== "destroyed") continue;
      const name = this.#names.get(event.target);
      if (name !== undefined) statuses.set(name, event.status);
    }
    return statuses;
  }

  #note(event: KernelEvent): void {
    if (event.kind === "destroyed" || event.kind === "fatal") this.#events.push(event);
    else if (event.kind === "diskComplete" && event.request === "barrier") {
      // Requests are served in the order in which they were accepted.
      this.#flushed = this.#covered.shift() ?? this.#flushed;
    }
  }

  /** Puts itself between kernel and disk: no event comes before a request is accepted. */
  #listenToDisk(): void {
    const disk = this.#disk;
    const accept = disk.accept.bind(disk);
    disk.accept = (now: number, request: DiskRequest): number => {
      if (request.kind !== "read") this.#atRequest?.(this, this.#requests + 1);
      if (request.kind === "write") {
        this.#writes += 1;
      } else if (request.kind === "barrier") {
        this.#barriers += 1;
        this.#covered.push(this.#writes);
      }
      return accept(now, request);
    };
  }
}

/** Boots by what the platter holds, each once. */
class Repeated {
  readonly #station: Station;
  readonly #known = new Map<string, BootResult>();

  constructor(experiment: Experiment) {
    this.#station = new Station(experiment, experiment.second);
  }

  get count(): number {
    return this.#known.size;
  }

  run(image: Uint8Array): BootResult {
    const key = createHash("sha256").update(image).digest("base64");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const boot = this.#station.run(image);
    this.#known.set(key, boot);
    return boot;
  }
}

/** A disk on which the power is cut, so that it need not be on the one that is in use. */
class DiskCutter {
  readonly #disk: NonNullable<Machine["disk"]>;

  constructor({ image: _first, crash: _planned, ...disk }: KernelDisk) {
    const machine = new Machine({ pages: 1, disk });
    if (machine.disk === undefined) throw new Error("the machine was given a disk");
    this.#disk = machine.disk;
  }

  /** What the disk's platter would hold if its power failed now. */
  platterAfter({ machine }: Kernel, failure: PowerFailure): Uint8Array {
    if (machine.disk === undefined) throw new Error("the experiment has a disk");
    this.#disk.words.set(machine.disk.words);
    this.#disk.failPower(failure);
    return this.#disk.readImage();
  }
}
