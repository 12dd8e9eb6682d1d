/**
 * Threads that a libOS makes itself, as it describes them to debuggers: `struct exo_threads` under the symbol of that name, and a
 * list of `struct exo_thread` (docs/abi.md). All of it is the guest's memory and may be nonsense, so nothing here trusts it: the
 * list is followed so far as it can be read, and no further than a limit.
 */
import type { LoadedImage } from "./loaded-image.ts";

export interface LibosThread {
  /** What DAP clients call it. Given once, and never to another. */
  readonly threadId: number;
  readonly environment: number;
  /** The libOS's own number for it. */
  readonly id: number;
  readonly name: string;
  readonly state: "running" | "ready" | "waiting";
  /** Whether the environment runs it: its registers are the machine's. */
  readonly isCurrent: boolean;
  /** Address of its 32 saved words: pc, x1..x31. */
  readonly registersAt: number;
}

/** What of a debuggee is read here. */
export interface ThreadMemory {
  readonly imageOf: (environment: number) => LoadedImage | undefined;
  readonly readMemory: (
    environment: number,
    address: number,
    size: number,
  ) => Uint8Array | undefined;
}

/** More than any libOS of ours has, and few enough to be read at every stop. */
const THREADS_MAX = 256;
const NAME_BYTES_MAX = 64;
/** Ids of environments begin at 256 and stay far below. */
const FIRST_THREAD_ID = 0x4000_0000;
/** Offsets in the two structures, of which the first has three words and the second five. */
const DIRECTORY_BYTES = 12;
const THREAD_BYTES = 20;
const VERSION = 1;
const STATES = ["running", "ready", "waiting"] as const;

export class LibosThreads {
  readonly #memory: ThreadMemory;
  readonly #ids = new Map<string, number>();
  /** Names by the libOS's numbers, as they were last read: of those that have ended, too. */
  readonly #names = new Map<number, Map<number, string>>();
  readonly #owners: { readonly environment: number; readonly id: number }[] = [];

  constructor(memory: ThreadMemory) {
    this.#memory = memory;
  }

  /** The threads that an environment's libOS describes now, in its order; none when it has no threads, or describes nonsense. */
  of(environment: number): LibosThread[] {
    const directory = this.#directory(environment);
    if (directory === undefined) return [];
    const threads: LibosThread[] = [];
    const seen = new Set<number>([0]);
    const ids = new Set<number>();
    let address = directory.first;
    while (!seen.has(address) && threads.length < THREADS_MAX) {
      seen.add(address);
      const words = this.#words(environment, address, THREAD_BYTES);
      if (words === undefined) break;
      const [next = 0, id = 0, name = 0, state = 0, registersAt = 0] = words;
      const isCurrent = address === directory.current;
      address = next;
      // Two with one number are one thread to whoever asks for it.
      if (ids.has(id) || STATES[state] === undefined) continue;
      ids.add(id);
      threads.push({
        threadId: this.#idOf(environment, id),
        environment,
        id,
        name: this.#name(environment, name) ?? `thread ${id}`,
        state: STATES[state],
        isCurrent,
        registersAt,
      });
    }
    return threads;
  }

  /** Whether an environment's libOS has threads. */
  areIn(environment: number): boolean {
    return this.#directory(environment) !== undefined;
  }

  /** The libOS's number for the thread that an environment runs; 0 when it runs none, and for a libOS without threads. */
  currentId(environment: number): number {
    const directory = this.#directory(environment);
    if (directory === undefined || directory.current === 0) return 0;
    const [, id = 0, name = 0] = this.#words(environment, directory.current, THREAD_BYTES) ?? [];
    if (id !== 0) this.#keepName(environment, id, name);
    return id;
  }

  /** Names of threads that an environment has run, by its libOS's numbers. */
  namesOf(environment: number): ReadonlyMap<number, string> {
    return this.#names.get(environment) ?? new Map();
  }

  #keepName(environment: number, id: number, address: number): void {
    const names = this.#names.get(environment) ?? new Map<number, string>();
    if (names.has(id)) return;
    names.set(id, this.#name(environment, address) ?? `thread ${id}`);
    this.#names.set(environment, names);
  }

  current(environment: number): LibosThread | undefined {
    return this.of(environment).find(({ isCurrent }) => isCurrent);
  }

  /** Whether an id was given to a thread of a libOS, be it there now or not. */
  isThread(threadId: number): boolean {
    return this.#owners[threadId - FIRST_THREAD_ID] !== undefined;
  }

  /** The thread of that id, if its libOS describes it now. */
  find(threadId: number): LibosThread | undefined {
    const owner = this.#owners[threadId - FIRST_THREAD_ID];
    return owner && this.of(owner.environment).find(({ id }) => id === owner.id);
  }

  /** The environment that a DAP thread is of: itself, or its libOS's. */
  environmentOf(threadId: number): number {
    return this.#owners[threadId - FIRST_THREAD_ID]?.environment ?? threadId;
  }

  /** Its saved pc and registers x0..x31; undefined when they cannot be read. */
  registersOf({ environment, registersAt }: LibosThread): Uint32Array | undefined {
    return this.#words(environment, registersAt, 128);
  }

  #directory(
    environment: number,
  ): { readonly current: number; readonly first: number } | undefined {
    if (environment === 0) return undefined;
    const address = this.#memory.imageOf(environment)?.elf.symbol("exo_threads")?.value;
    if (address === undefined) return undefined;
    const [version, current = 0, first = 0] =
      this.#words(environment, address, DIRECTORY_BYTES) ?? [];
    return version === VERSION ? { current, first } : undefined;
  }

  #words(environment: number, address: number, size: number): Uint32Array | undefined {
    const bytes = this.#memory.readMemory(environment, address, size);
    if (bytes === undefined) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 * i, true));
  }

  /** The printable text at an address; undefined when there is none. */
  #name(environment: number, address: number): string | undefined {
    if (address === 0) return undefined;
    let text = "";
    for (let i = 0; i < NAME_BYTES_MAX; i += 1) {
      const byte = this.#memory.readMemory(environment, (address + i) >>> 0, 1)?.[0] ?? 0;
      if (byte === 0) break;
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
    }
    return text.trim() === "" ? undefined : text;
  }

  #idOf(environment: number, id: number): number {
    const key = `${environment} ${id}`;
    let threadId = this.#ids.get(key);
    if (threadId === undefined) {
      threadId = FIRST_THREAD_ID + this.#owners.length;
      this.#owners.push({ environment, id });
      this.#ids.set(key, threadId);
    }
    return threadId;
  }
}
