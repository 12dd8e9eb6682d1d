/** What is being debugged: a kernel with its environments, and which image each of them runs. */
import {
  type Branch,
  FIRST_PROGRAM_WORD,
  Kernel,
  type KernelConfiguration,
  type KernelDisk,
  type KernelEvent,
  type KernelNetwork,
  KernelView,
  LAUNCHER_INDEX,
  Launcher,
  type Policy,
  Timeline,
} from "#exokernel";
import { type EnvironmentInfo, Identities } from "./identities.ts";
import { type KnownImage, KnownImages, readPublished } from "./known-images.ts";
import { LibosThreads } from "./libos-threads.ts";
import type { LoadedImage } from "./loaded-image.ts";
import { PacketCapture } from "./packet-capture.ts";
import type { Origin } from "./recording/origin.ts";
import { RunRecord } from "./run-spans/run-record.ts";

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
  /** What guests may load and publish, besides those. */
  readonly images?: readonly KnownImage[];
  /** The program that the user wants to see, where the first one is only there for it. */
  readonly subject?: LoadedImage;
  readonly pages?: number;
  readonly tlbEntries?: number;
  readonly engine?: KernelConfiguration["engine"];
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

export class Debuggee {
  readonly kernel: Kernel;
  readonly view: KernelView;
  /** Threads that libOSes describe. */
  readonly threads = new LibosThreads(this);
  /** The history of the run: everything that runs it or changes it goes through here. */
  readonly timeline: Timeline;
  /** What a recording says of how the run began; a run that no launch began cannot be recorded. */
  readonly origin: Origin | undefined;
  readonly subject: LoadedImage | undefined;
  /** What it was booted from: the same run can be booted once more. */
  readonly configuration: DebuggeeConfiguration;
  /** What was seen of the run on each branch, for the timeline. */
  readonly record: RunRecord;
  readonly #identities = new Identities();
  readonly #known: KnownImages;
  /** Images that were published before their description could be read, each with its address. */
  readonly #unread = new WeakMap<EnvironmentInfo, number>();
  /** Those that were launched in the last boot. */
  #launched: ReadonlyMap<number, EnvironmentInfo> = new Map();
  readonly #programs: readonly DebuggeeProgram[];
  /**
   * Called when an environment begins or runs another image, also where that is only looked at again; without an id when others may live
   * and run others, after a jump in the history.
   */
  onImages: ((id?: number) => void) | undefined;
  /** The frames that pass, where somebody wants them; to be written when the run is over. */
  capture: PacketCapture | undefined;

  /** Throws `LaunchError` when the machine cannot hold the programs. */
  constructor(configuration: DebuggeeConfiguration) {
    const { programs, pages, tlbEntries, engine, policy, console, disk, network, weakened } =
      configuration;
    this.configuration = configuration;
    this.#programs = programs;
    this.subject = configuration.subject;
    this.kernel = new Kernel({
      ...(pages === undefined ? {} : { pages }),
      ...(tlbEntries === undefined ? {} : { tlbEntries }),
      ...(engine === undefined ? {} : { engine }),
      ...(policy === undefined ? {} : { policy }),
      ...(console === undefined ? {} : { console }),
      ...(disk === undefined ? {} : { disk }),
      ...(network === undefined ? {} : { network }),
      ...(weakened === undefined ? {} : { weakened }),
    });
    this.view = new KernelView(this.kernel);
    const launched = programs.map(({ name, image }) => ({ image, path: name }));
    this.#known = new KnownImages([...launched, ...(configuration.images ?? [])]);
    this.#launch();
    for (const info of this.#launched.values()) this.#identities.launched(info);
    const { historyMemory, origin } = configuration;
    this.origin = origin;
    this.timeline = new Timeline(this.kernel, {
      ...(historyMemory === undefined ? {} : { memoryLimit: historyMemory }),
      boot: () => {
        this.kernel.powerOn();
        this.#launch();
      },
    });
    // Who wants to hear of each says so.
    this.timeline.ignoresTicks = true;
    this.record = new RunRecord(this.kernel.core.log.since(0));
    this.#noteReturns();
    this.timeline.observer = {
      // Which thread of its libOS an environment runs is looked up at each event.
      allowsQuietTicks: () => !this.threads.areIn(this.view.running),
      ticks: (ticks, first) => {
        const thread = this.threads.currentId(ticks.environment);
        this.record.passedTicks(this.timeline.branch, ticks, first, thread);
      },
      event: (event) => this.#follow(event),
      restored: () => this.onImages?.(),
    };
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
    this.#launched = new Map(
      launched.map(({ id, program }, i) => [
        id,
        { id, name: program.name, image: programs[i]?.image },
      ]),
    );
  }

  /** Keeps up who runs what. Every event comes by, so there must be little to do for most. */
  #follow(event: KernelEvent): void {
    const { branch } = this.timeline;
    this.#identities.passed(branch, event.index);
    this.record.passed(branch, event, this.threads.currentId(event.environment));
    switch (event.kind) {
      case "created":
        if (this.isLauncher(event.created)) return;
        this.#identities.passed(branch, event.index, this.#created(event.created, event));
        this.onImages?.(event.created);
        break;
      case "published":
        this.#identities.passed(branch, event.index, this.#published(event.target, event.address));
        this.onImages?.(event.target);
        break;
      case "started":
        // What could not be read when it was published may be there now.
        this.onImages?.(event.target);
    }
  }

  /** Tells the record of the upcalls that each `uret` ends: the kernel's own log of them is shorter by those. */
  #noteReturns(): void {
    const { core, machine } = this.kernel;
    const { onUserReturn } = machine;
    machine.onUserReturn = (pc) => {
      const { current } = core;
      const before = core.activations.of(current);
      const [count, open] = [before.length, before.at(-1)];
      // Most often it is the innermost alone that returns.
      const all = count > 1 ? [...before] : open === undefined ? [] : [open];
      onUserReturn?.(pc);
      for (const activation of all.slice(core.activations.of(current).length)) {
        if (activation.kind !== "upcall") continue;
        const id = core.records.idOf(current);
        this.record.returned(this.timeline.branch, id, activation.step, machine.steps);
      }
    };
  }

  #created(id: number, { environment: by }: KernelEvent): EnvironmentInfo {
    const launched = by === this.#launcherId ? this.#launched.get(id) : undefined;
    if (launched !== undefined) return launched;
    // It runs what its creator runs until it publishes another image.
    const creator = by === this.#launcherId ? undefined : this.environment(by);
    return { id, name: `${creator?.name ?? "env"}-${id}`, image: creator?.image };
  }

  #published(id: number, address: number): EnvironmentInfo {
    const { branch, now } = this.timeline;
    const own = this.#identities.origin(id, branch, now.event)?.name ?? `env-${id}`;
    const read = (at: number, length: number) => this.view.read(id, at, length);
    const published = address === 0 ? undefined : readPublished(read, address);
    if (published === undefined) {
      const info = { id, name: own, image: undefined };
      if (address !== 0) this.#unread.set(info, address);
      return info;
    }
    const { name = own, image } = this.#known.find(published);
    return { id, name, image, ...(published.path === undefined ? {} : { path: published.path }) };
  }

  /** Id of the environment whose private word 0 is the run's exit status: the first program of this boot. */
  get firstId(): number {
    return this.view.environment(this.#launcherId)?.words[FIRST_PROGRAM_WORD] ?? 0;
  }

  get #launcherId(): number {
    return this.kernel.core.records.idOf(LAUNCHER_INDEX);
  }

  /** All environments that there were until now in this history: launched, or made by guests. */
  environments(): EnvironmentInfo[] {
    const { branch, now } = this.timeline;
    return this.#identities.all(branch, now.event).filter(({ id }) => !this.isLauncher(id));
  }

  environment(id: number): EnvironmentInfo {
    const { branch, now } = this.timeline;
    const info = this.#identities.of(id, branch, now.event);
    if (info === undefined) return { id, name: `env-${id}`, image: undefined };
    const address = this.#unread.get(info);
    const isThere = address !== undefined && this.view.imageAddressOf(id) === address;
    return isThere ? this.#published(id, address) : info;
  }

  /** Images that are at hand, also those that nobody runs. */
  get images(): readonly LoadedImage[] {
    return this.#known.all.map(({ image }) => image);
  }

  /** Names of the guards that let calls go on when they do not hold; none unless the scenario says so. */
  get weakened(): readonly string[] {
    return [...this.kernel.core.weakened];
  }

  isLauncher(id: number): boolean {
    return id === this.#launcherId;
  }

  /** What people call an environment: `client (env 515)`. */
  nameOf(id: number): string {
    if (id === 0) return "the kernel";
    if (id === this.#launcherId) return `launcher (env ${id})`;
    const { branch, now } = this.timeline;
    const isKnown = this.#identities.of(id, branch, now.event) !== undefined;
    return isKnown ? `${this.environment(id).name} (env ${id})` : `env ${id}`;
  }

  /** As `nameOf` without the id, on any branch and for any moment of it. */
  nameOn(branch: Branch, id: number): string {
    if (id === 0) return "the kernel";
    if (id === this.#launcherId) return "launcher";
    const known = this.#identities.of(id, branch, Number.POSITIVE_INFINITY);
    return known?.name ?? `env ${id}`;
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

  /** Writes all 64 bits of register f0..f31. */
  writeFloat(id: number, register: number, bits: bigint): string | undefined {
    const words = [Number(bits & 0xffff_ffffn), Number((bits >> 32n) & 0xffff_ffffn)] as const;
    return this.timeline.intervene({ kind: "float", environment: id, register, words });
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
