/** What is being debugged: a kernel with its environments, and which image each of them runs. */
import {
  FIRST_PROGRAM_WORD,
  Kernel,
  type KernelConfiguration,
  type KernelDisk,
  type KernelNetwork,
  KernelView,
  LAUNCHER_INDEX,
  Launcher,
  type Policy,
  Timeline,
} from "#exokernel";
import { LibosThreads } from "./libos-threads.ts";
import type { LoadedImage } from "./loaded-image.ts";
import { PacketCapture } from "./packet-capture.ts";
import type { Origin } from "./recording/origin.ts";

export interface DebuggeeProgram {
  readonly name: string;
  readonly image: LoadedImage;
  readonly arguments: readonly string[];
  readonly slices: number | readonly number[];
  readonly createsEnvironments: boolean;
  readonly guaranteedPages?: number;
  readonly quota?: number;
  readonly administers?: boolean;
  readonly isArbiter?: boolean;
}

export interface DebuggeeConfiguration {
  readonly programs: readonly DebuggeeProgram[];
  readonly pages?: number;
  readonly tlbEntries?: number;
  readonly policy?: Partial<Policy>;
  readonly console?: KernelConfiguration["console"];
  /** Bytes of memory that the snapshots of the history may take. */
  readonly historyMemory?: number;
  readonly origin?: Origin;
  readonly disk?: KernelDisk;
  readonly network?: KernelNetwork;
  /** Where the frames that passed are written when the run is over. */
  readonly packetsOut?: string;
  /** Guards that the scenario weakens. */
  readonly weakened?: KernelConfiguration["weakened"];
}

export interface EnvironmentInfo {
  readonly id: number;
  readonly name: string;
  readonly image: LoadedImage | undefined;
}

export class Debuggee {
  readonly kernel: Kernel;
  readonly view: KernelView;
  /** Threads that libOSes describe. */
  readonly threads = new LibosThreads(this);
  /** The history of the run: everything that runs it or changes it goes through here. */
  readonly timeline: Timeline;
  /** What a recording says of how the run began; a run that no launch began cannot be recorded. */
  readonly origin: Origin | undefined;
  readonly #environments = new Map<number, EnvironmentInfo>();
  /** Of those that guests made, by whom. On another branch of the history another one may have made one with that id. */
  readonly #creators = new Map<number, number>();
  readonly #programs: readonly DebuggeeProgram[];
  /** Called after the programs were launched once more. */
  onLaunched: (() => void) | undefined;
  /** The frames that pass, where somebody wants them; to be written when the run is over. */
  capture: PacketCapture | undefined;

  /** Throws `LaunchError` when the machine cannot hold the programs. */
  constructor(configuration: DebuggeeConfiguration) {
    const { programs, pages, tlbEntries, policy, console, disk, network, weakened } = configuration;
    this.#programs = programs;
    this.kernel = new Kernel({
      ...(pages === undefined ? {} : { pages }),
      ...(tlbEntries === undefined ? {} : { tlbEntries }),
      ...(policy === undefined ? {} : { policy }),
      ...(console === undefined ? {} : { console }),
      ...(disk === undefined ? {} : { disk }),
      ...(network === undefined ? {} : { network }),
      ...(weakened === undefined ? {} : { weakened }),
    });
    this.view = new KernelView(this.kernel);
    this.#launch();
    const { historyMemory, origin } = configuration;
    this.origin = origin;
    this.timeline = new Timeline(this.kernel, {
      ...(historyMemory === undefined ? {} : { memoryLimit: historyMemory }),
      boot: () => {
        this.kernel.powerOn();
        this.#launch();
      },
    });
    if (configuration.packetsOut !== undefined) this.capturePackets(configuration.packetsOut);
  }

  /** From now on, frames that pass are kept for a pcap file. The machine must have a network. */
  capturePackets(path: string): void {
    this.capture = new PacketCapture(this, path);
  }

  /** After a power failure: the same programs are launched again, on what the disk still holds. Their ids are new ones. */
  powerOn(): void {
    this.timeline.intervene({ kind: "powerOn" });
  }

  #launch(): void {
    const programs = this.#programs;
    const launched = new Launcher(this.kernel).launch(
      programs.map((program) => ({ ...program, image: program.image.elf })),
    );
    // Environments of an earlier boot stay known: one can go back to them, and ids do not come twice.
    for (const [i, { id, program }] of launched.entries()) {
      const image = programs[i]?.image;
      this.#environments.set(id, { id, name: program.name, image });
      this.#creators.delete(id);
    }
    this.onLaunched?.();
  }

  /** Id of the environment whose private word 0 is the run's exit status: the first program of this boot. */
  get firstId(): number {
    return this.view.environment(this.#launcherId)?.words[FIRST_PROGRAM_WORD] ?? 0;
  }

  get #launcherId(): number {
    return this.kernel.core.records.idOf(LAUNCHER_INDEX);
  }

  /** Environments that the launcher started and those that programs created since. */
  environments(): EnvironmentInfo[] {
    for (const { id } of this.view.environments()) {
      if (id !== this.#launcherId) this.environment(id);
    }
    return [...this.#environments.values()];
  }

  environment(id: number): EnvironmentInfo {
    let info = this.#environments.get(id);
    if (info === undefined || this.#isAnother(id)) {
      // Made by a guest: it runs what its creator runs until it publishes another image.
      const parent = this.view.creatorOf(id) ?? 0;
      const creator = parent === this.#launcherId ? undefined : this.#environments.get(parent);
      this.#creators.set(id, parent);
      info = { id, name: `${creator?.name ?? "env"}-${id}`, image: creator?.image };
      this.#environments.set(id, info);
    }
    return info;
  }

  /** Names of the guards that let calls go on when they do not hold; none unless the scenario says so. */
  get weakened(): readonly string[] {
    return [...this.kernel.core.weakened];
  }

  #isAnother(id: number): boolean {
    const known = this.#creators.get(id);
    const creator = known === undefined ? undefined : this.view.creatorOf(id);
    return creator !== undefined && creator !== known;
  }

  isLauncher(id: number): boolean {
    return id === this.#launcherId;
  }

  /** What people call an environment: `client (env 515)`. */
  nameOf(id: number): string {
    if (id === 0) return "the kernel";
    if (id === this.#launcherId) return `launcher (env ${id})`;
    const known = this.#environments.get(id);
    return known === undefined ? `env ${id}` : `${known.name} (env ${id})`;
  }

  imageOf(id: number): LoadedImage | undefined {
    return this.environment(id).image;
  }

  /** Bytes that an environment sees at an address; undefined unless all of them are bound. */
  readMemory(id: number, address: number, length: number): Uint8Array | undefined {
    const bytes = this.view.read(id, address >>> 0, length);
    return bytes.length === length ? bytes : undefined;
  }

  /** Writes memory as an environment sees it: a sentence when that is impossible (CONTRACT C4). */
  writeMemory(id: number, address: number, bytes: Uint8Array): string | undefined {
    return this.timeline.intervene({ kind: "memory", environment: id, address, bytes });
  }

  /** Writes register 1..31, or the pc as 32. */
  writeRegister(id: number, register: number, value: number): string | undefined {
    return this.timeline.intervene({ kind: "register", environment: id, register, value });
  }

  /** Bytes that are typed on the guests' console. */
  typeOnConsole(bytes: Uint8Array): void {
    this.timeline.intervene({ kind: "console", bytes });
  }

  /** A frame that arrives on the network from outside. Returns a sentence when it cannot. */
  receiveFrame(bytes: Uint8Array): string | undefined {
    return this.timeline.intervene({ kind: "packet", bytes });
  }

  /** The run's exit status: the libOS-private word 0 of the first program (CONTRACT C11). */
  get exitStatus(): number {
    return (this.view.environment(this.firstId)?.words[0] ?? 0) | 0;
  }
}
