/** What is being debugged: a kernel with its environments, and which image each of them runs. */
import {
  Kernel,
  type KernelConfiguration,
  type KernelDisk,
  KernelView,
  LAUNCHER_INDEX,
  Launcher,
  type Policy,
} from "#exokernel";
import type { LoadedImage } from "./loaded-image.ts";

export interface DebuggeeProgram {
  readonly name: string;
  readonly image: LoadedImage;
  readonly arguments: readonly string[];
  readonly slices: number | readonly number[];
  readonly createsEnvironments: boolean;
}

export interface DebuggeeConfiguration {
  readonly programs: readonly DebuggeeProgram[];
  readonly pages?: number;
  readonly tlbEntries?: number;
  readonly policy?: Partial<Policy>;
  readonly console?: KernelConfiguration["console"];
  readonly disk?: KernelDisk;
}

export interface EnvironmentInfo {
  readonly id: number;
  readonly name: string;
  readonly image: LoadedImage | undefined;
}

export class Debuggee {
  readonly kernel: Kernel;
  readonly view: KernelView;
  readonly #environments = new Map<number, EnvironmentInfo>();
  readonly #programs: readonly DebuggeeProgram[];
  #launcherId = 0;
  #firstId = 0;

  /** Throws `LaunchError` when the machine cannot hold the programs. */
  constructor(configuration: DebuggeeConfiguration) {
    const { programs, pages, tlbEntries, policy, console, disk } = configuration;
    this.#programs = programs;
    this.kernel = new Kernel({
      ...(pages === undefined ? {} : { pages }),
      ...(tlbEntries === undefined ? {} : { tlbEntries }),
      ...(policy === undefined ? {} : { policy }),
      ...(console === undefined ? {} : { console }),
      ...(disk === undefined ? {} : { disk }),
    });
    this.view = new KernelView(this.kernel);
    this.#launch();
  }

  /** After a power failure: the same programs are launched again, on what the disk still holds. Their ids are new ones. */
  powerOn(): void {
    this.kernel.powerOn();
    this.#environments.clear();
    this.#launch();
  }

  #launch(): void {
    const programs = this.#programs;
    const launched = new Launcher(this.kernel).launch(
      programs.map((program) => ({ ...program, image: program.image.elf })),
    );
    this.#launcherId = this.view.environments().find((e) => e.index === LAUNCHER_INDEX)?.id ?? 0;
    for (const [i, { id, program }] of launched.entries()) {
      const image = programs[i]?.image;
      this.#environments.set(id, { id, name: program.name, image });
    }
    this.#firstId = launched[0]?.id ?? 0;
  }

  /** Id of the environment whose private word 0 is the run's exit status: the first program. */
  get firstId(): number {
    return this.#firstId;
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
    if (info === undefined) {
      // Made by a guest: it runs what its creator runs until it publishes another image.
      const parent = this.view.environment(id)?.parent ?? 0;
      const creator = parent === this.#launcherId ? undefined : this.#environments.get(parent);
      info = { id, name: `${creator?.name ?? "env"}-${id}`, image: creator?.image };
      this.#environments.set(id, info);
    }
    return info;
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

  /** The run's exit status: the libOS-private word 0 of the first program (CONTRACT C11). */
  get exitStatus(): number {
    return (this.view.environment(this.firstId)?.words[0] ?? 0) | 0;
  }
}
