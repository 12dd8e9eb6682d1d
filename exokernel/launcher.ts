/**
 * The launcher: acts as the first environment and boots programs by kernel calls only, each an event (CONTRACT C11,
 * C12). It allocates, fills and binds pages with the new environment's own capabilities. The kernel knows no ELF; this
 * file does, and could as well be a guest.
 */
import { type ElfImage, PAGE_SIZE } from "#emulator";
import {
  ABI_VERSION,
  ANY,
  BOOT_MAGIC,
  CALLS,
  fieldOffset,
  LAYOUT,
  LIMITS,
  MAPPING_GUARANTEED,
  RIGHTS,
  SLOTS,
  structureSize,
} from "./abi.ts";
import { capabilityAt } from "./capability.ts";
import { type Kernel, LAUNCHER_INDEX } from "./kernel.ts";
import { ENV } from "./layout.ts";
import { refOf } from "./records.ts";

/** A request that the machine cannot meet: one sentence for the person who wrote program or scenario. */
export class LaunchError extends Error {}

export interface Program {
  /** What people call the environment; unique in a run. */
  readonly name: string;
  /** Identity of the image: text is shared by all programs with the same object. */
  readonly image: ElfImage;
  readonly arguments?: readonly string[];
  /** How many slices, or at which positions of the vector. One by default. */
  readonly slices?: number | readonly number[];
  /** Whether it gets the right to create environments. */
  readonly createsEnvironments?: boolean;
  /** Pages guaranteed to it; by default what the policy says, or none if the sum does not fit. */
  readonly guaranteedPages?: number;
  /** Pages that it may be charged with; any number by default. */
  readonly quota?: number;
  /** Whether it gets the right to set guarantees and quotas, to ask for resources back, and to name the arbiter. */
  readonly administers?: boolean;
  /** Whether it chooses who gives something back in a shortage. */
  readonly isArbiter?: boolean;
}

/** An environment that was made for a program and does not run yet. */
export interface Launched {
  readonly id: number;
  readonly program: Program;
}

interface Mapping {
  readonly address: number;
  readonly frame: number;
  readonly rights: number;
  readonly slot: number;
  readonly guaranteed: boolean;
}

/** A page of an image's text that the launcher owns and shares read-only. */
interface SharedPage {
  readonly frame: number;
  readonly slot: number;
}

const PAGE_MASK = PAGE_SIZE - 1;
/** Slot of the launcher that it uses for the page which it is filling. */
const FILL_SLOT = 8;

/** The launcher's private word that holds the id of the first program. */
export const FIRST_PROGRAM_WORD = 0;

export class Launcher {
  readonly #kernel: Kernel;
  /** Text pages by image, then by virtual page. */
  readonly #text = new Map<ElfImage, Map<number, SharedPage>>();
  readonly #controls = new Map<number, number>();
  #nextSlot: number = SLOTS.firstPage;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /**
   * Creates environments for all programs, then loads and starts each, so that every program can be told the others'
   * ids: `${env:name}` in an argument is replaced by the id. Throws `LaunchError`, and then none of them is left.
   */
  launch(programs: readonly Program[]): Launched[] {
    const launched: Launched[] = [];
    try {
      for (const program of programs) launched.push({ id: this.#create(program), program });
      const ids = new Map(launched.map(({ id, program }) => [program.name, id]));
      for (const { id, program } of launched) this.#load(id, program, ids);
    } catch (problem) {
      for (const { id } of launched)
        this.#kernel.call(LAUNCHER_INDEX, "envDestroy", this.#control(id));
      throw problem;
    }
    this.#noteFirst(launched[0]?.id);
    return launched;
  }

  /** The id of the first program that was launched since the power came on, for whoever reads its exit status. */
  #noteFirst(id: number | undefined): void {
    const { records } = this.#kernel.core;
    const isNoted = records.env(LAUNCHER_INDEX, ENV.words + 4 * FIRST_PROGRAM_WORD) !== 0;
    if (id === undefined || isNoted) return;
    this.#call("Cannot note the first program", "envSetWord", 0, FIRST_PROGRAM_WORD, id);
  }

  #call(what: string, name: keyof typeof CALLS, ...args: number[]): number {
    const result = this.#kernel.call(LAUNCHER_INDEX, name, ...args);
    if (result < 0) {
      const [last] = this.#kernel.core.log.since(this.#kernel.core.log.total - 1);
      const because = last?.kind === "refused" ? last.because : `error ${result}`;
      throw new LaunchError(`${what}: ${CALLS[name].name} was refused: ${because}.`);
    }
    return result;
  }

  /** A slot of the launcher that is empty. */
  #freeSlot(): number {
    const { core } = this.#kernel;
    // Round robin, so that a slot's number is not used again while events that name it are fresh.
    const count = LIMITS.slots - SLOTS.firstPage;
    for (let i = 0; i < count; i += 1) {
      const slot = SLOTS.firstPage + ((this.#nextSlot - SLOTS.firstPage + i) % count);
      if (capabilityAt(core, refOf(LAUNCHER_INDEX, slot)) === undefined) {
        this.#nextSlot = slot + 1;
        return slot;
      }
    }
    throw new LaunchError(
      `The launcher's capability table is full (${LIMITS.slots} slots): too many programs or too much text in this scenario.`,
    );
  }

  #create(program: Program): number {
    const control = this.#freeSlot();
    const id = this.#call(
      `Cannot create environment '${program.name}'`,
      "envCreate",
      SLOTS.environments,
      control,
    );
    this.#controls.set(id, control);
    return id;
  }

  #control(id: number): number {
    const slot = this.#controls.get(id);
    if (slot === undefined) throw new Error(`assertion failed: environment ${id} is not ours`);
    return slot;
  }

  #load(id: number, program: Program, ids: ReadonlyMap<string, number>): void {
    const what = `Cannot load '${program.name}'`;
    const control = this.#control(id);
    const give = (slot: number, rights: number) =>
      this.#call(what, "capDerive", 0, slot, control, slot, rights);
    const { READ, WRITE, GRANT, CONTROL } = RIGHTS;
    const administers = program.administers === true ? WRITE : 0;
    give(SLOTS.memory, GRANT | CONTROL | administers);
    give(SLOTS.processor, GRANT | CONTROL | administers);
    give(SLOTS.console, READ | WRITE | GRANT);
    if (this.#kernel.machine.disk !== undefined) give(SLOTS.disk, GRANT | CONTROL | administers);
    give(SLOTS.state, READ | GRANT);
    if (this.#kernel.machine.network !== undefined) give(SLOTS.network, READ | WRITE | GRANT);
    if (program.createsEnvironments === true) give(SLOTS.environments, GRANT | CONTROL);
    const slots = new SlotCounter(SLOTS.firstPage, program.name);
    const mappings = this.#loadSegments(what, id, program.image, slots);
    const sliceCount = this.#allocateSlices(what, control, program, slots);
    this.#loadBootPages(what, id, program, ids, mappings, slots, sliceCount);
    this.#setLimits(what, control, id, program);
    this.#call(what, "envStart", control, program.image.entry, LAYOUT.bootPage);
  }

  /** After loading: its own pages are charged to it, and count for what is guaranteed. */
  #setLimits(what: string, control: number, id: number, program: Program): void {
    const { guaranteedPages, quota = 0, isArbiter = false } = program;
    const pages = guaranteedPages ?? this.#kernel.core.policy.guaranteedMinimum;
    const args = [control, SLOTS.memory, pages] as const;
    const fits = this.#kernel.whatIf(LAUNCHER_INDEX, "memoryGuarantee", args).ok;
    if (pages > 0 && (fits || guaranteedPages !== undefined))
      this.#call(what, "memoryGuarantee", ...args);
    if (quota > 0) this.#call(what, "quotaSet", control, SLOTS.memory, quota);
    if (isArbiter) this.#call(what, "arbiterSet", SLOTS.memory, id);
  }

  #allocateSlices(what: string, control: number, program: Program, slots: SlotCounter): number {
    const wanted = program.slices ?? 1;
    const positions = typeof wanted === "number" ? new Array<number>(wanted).fill(ANY) : wanted;
    for (const position of positions) {
      this.#call(what, "sliceAlloc", control, SLOTS.processor, position, slots.take());
    }
    return positions.length;
  }

  #loadSegments(what: string, id: number, image: ElfImage, slots: SlotCounter): Mapping[] {
    const guaranteed = guaranteedPages(image);
    if (guaranteed.size > LIMITS.exoPages) {
      throw new LaunchError(
        `${what}: its .exo sections take ${guaranteed.size} pages and at most ${LIMITS.exoPages} are guaranteed; mark less code and data as resident.`,
      );
    }
    const pages = pagesOf(image, what);
    const mappings: Mapping[] = [];
    for (const [address, page] of pages) {
      const slot = slots.take();
      const isGuaranteed = guaranteed.has(address);
      const frame = page.writable
        ? this.#privatePage(what, id, slot, page.bytes)
        : this.#sharedPage(what, id, image, address, slot, page);
      const mapping = { address, frame, rights: page.rights, slot, guaranteed: isGuaranteed };
      this.#bind(what, id, mapping);
      mappings.push(mapping);
    }
    return mappings;
  }

  #bind(what: string, id: number, mapping: Mapping): void {
    this.#call(
      what,
      mapping.guaranteed ? "bindGuaranteed" : "bind",
      this.#control(id),
      mapping.address,
      mapping.slot,
      mapping.rights,
    );
  }

  /** A page that the new environment owns, filled by way of a capability that the launcher holds for the moment. */
  #privatePage(what: string, id: number, slot: number, bytes: Uint8Array): number {
    const control = this.#control(id);
    const frame = this.#call(what, "pageAlloc", control, SLOTS.memory, ANY, slot);
    if (bytes.some((byte) => byte !== 0)) {
      this.#call(what, "capDerive", control, slot, 0, FILL_SLOT, RIGHTS.WRITE);
      this.#fill(frame, bytes);
      this.#call(what, "capDelete", 0, FILL_SLOT);
    }
    return frame;
  }

  /** A read-only page that the launcher owns and every environment that runs the image shares. */
  #sharedPage(
    what: string,
    id: number,
    image: ElfImage,
    address: number,
    slot: number,
    page: ImagePage,
  ): number {
    const text = this.#text.get(image) ?? new Map<number, SharedPage>();
    this.#text.set(image, text);
    let shared = text.get(address);
    if (shared === undefined) {
      const own = this.#freeSlot();
      const frame = this.#call(what, "pageAlloc", 0, SLOTS.memory, ANY, own);
      this.#fill(frame, page.bytes);
      shared = { frame, slot: own };
      text.set(address, shared);
    }
    this.#call(what, "capDerive", 0, shared.slot, this.#control(id), slot, page.rights);
    return shared.frame;
  }

  /** Writes to a page for which the launcher holds a capability with WRITE. */
  #fill(frame: number, bytes: Uint8Array): void {
    this.#kernel.machine.memory.writeBytes(frame * PAGE_SIZE, bytes);
  }

  #loadBootPages(
    what: string,
    id: number,
    program: Program,
    ids: ReadonlyMap<string, number>,
    mappings: readonly Mapping[],
    slots: SlotCounter,
    sliceCount: number,
  ): void {
    const args = [program.name, ...(program.arguments ?? [])].map((text) =>
      text.replace(/\$\{env:([^}]*)\}/g, (_, name: string) => {
        const named = ids.get(name);
        if (named === undefined) {
          throw new LaunchError(
            `${what}: an argument names the environment '${name}', which is not in this scenario.`,
          );
        }
        return String(named);
      }),
    );
    const words = mappings.length * (structureSize("exo_mapping") / 4);
    const strings = args.map((text) => utf8(`${text}\0`));
    const fixed = structureSize("exo_boot") + 4 * words + 4 * (args.length + 1);
    const bytesNeeded = (pageCount: number) =>
      fixed + pageCount * structureSize("exo_mapping") + strings.reduce((n, s) => n + s.length, 0);
    let pageCount = 1;
    while (bytesNeeded(pageCount) > pageCount * PAGE_SIZE) pageCount += 1;
    if (pageCount > LIMITS.guaranteed - LIMITS.exoPages) {
      throw new LaunchError(
        `${what}: its arguments and the list of its ${mappings.length} pages need ${pageCount} boot pages, at most ${LIMITS.guaranteed - LIMITS.exoPages} fit; shorten the arguments or the program's data.`,
      );
    }
    const all = [...mappings];
    for (let i = 0; i < pageCount; i += 1) {
      const slot = slots.take();
      const control = this.#control(id);
      const frame = this.#call(what, "pageAlloc", control, SLOTS.memory, ANY, slot);
      const address = LAYOUT.bootPage + i * PAGE_SIZE;
      all.push({ address, frame, rights: RIGHTS.READ, slot, guaranteed: true });
    }
    const bytes = bootBytes(this.#kernel, id, all, strings, slots.next, sliceCount, pageCount);
    for (const [i, mapping] of all.slice(mappings.length).entries()) {
      this.#call(what, "capDerive", this.#control(id), mapping.slot, 0, FILL_SLOT, RIGHTS.WRITE);
      this.#fill(mapping.frame, bytes.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE));
      this.#call(what, "capDelete", 0, FILL_SLOT);
      this.#bind(what, id, mapping);
    }
  }
}

class SlotCounter {
  #next: number;
  readonly #name: string;

  constructor(first: number, name: string) {
    this.#next = first;
    this.#name = name;
  }

  get next(): number {
    return this.#next;
  }

  take(): number {
    if (this.#next >= LIMITS.slots) {
      throw new LaunchError(
        `Cannot load '${this.#name}': its segments need more than ${LIMITS.slots} capability slots (4 MiB); allocate large data at run time instead.`,
      );
    }
    this.#next += 1;
    return this.#next - 1;
  }
}

interface ImagePage {
  readonly bytes: Uint8Array;
  readonly rights: number;
  readonly writable: boolean;
}

/** The pages of an image by virtual address, in order; segments that share a page share its rights. */
function pagesOf(image: ElfImage, what: string): Map<number, ImagePage> {
  const pages = new Map<number, ImagePage>();
  for (const segment of image.segments) {
    if (segment.memorySize === 0) continue;
    const start = segment.virtualAddress;
    const end = start + segment.memorySize;
    if (end > LAYOUT.stackTop) {
      throw new LaunchError(
        `${what}: a segment ends at 0x${end.toString(16)}, beyond 0x${LAYOUT.stackTop.toString(16)} where the stack begins; link it lower.`,
      );
    }
    if ((end - start) / PAGE_SIZE > LIMITS.slots) {
      throw new LaunchError(
        `${what}: a segment of ${Math.ceil((end - start) / 1024)} KiB needs more than ${LIMITS.slots} capability slots; allocate large data at run time instead.`,
      );
    }
    // psABI, Program Header, Segment Permissions: a system may give more access; ours binds nothing writable unreadably.
    const rights =
      (segment.readable || segment.writable ? RIGHTS.READ : 0) |
      (segment.writable ? RIGHTS.WRITE : 0) |
      (segment.executable ? RIGHTS.EXECUTE : 0);
    for (let address = start & ~PAGE_MASK; address < end; address += PAGE_SIZE) {
      const there = pages.get(address);
      const bytes = there?.bytes ?? new Uint8Array(PAGE_SIZE);
      const from = Math.max(address, start);
      const to = Math.min(address + PAGE_SIZE, start + segment.bytes.length);
      if (to > from) bytes.set(segment.bytes.subarray(from - start, to - start), from - address);
      const all = rights | (there?.rights ?? 0);
      if (pages.size >= LIMITS.slots) {
        throw new LaunchError(
          `${what}: its segments need more than ${LIMITS.slots} pages; allocate large data at run time instead.`,
        );
      }
      pages.set(address, { bytes, rights: all, writable: (all & RIGHTS.WRITE) !== 0 });
    }
  }
  return new Map([...pages].sort(([a], [b]) => a - b));
}

/** Pages of the sections whose names begin with `.exo` (CONTRACT C12). */
function guaranteedPages(image: ElfImage): Set<number> {
  const pages = new Set<number>();
  for (const section of image.sections) {
    if (!section.name.startsWith(".exo") || section.address === 0 || section.size === 0) continue;
    const end = section.address + section.size;
    for (let address = section.address & ~PAGE_MASK; address < end; address += PAGE_SIZE) {
      pages.add(address);
    }
  }
  return pages;
}

function bootBytes(
  kernel: Kernel,
  id: number,
  mappings: readonly Mapping[],
  strings: readonly Uint8Array[],
  firstFreeSlot: number,
  sliceCount: number,
  pageCount: number,
): Uint8Array {
  const bytes = new Uint8Array(pageCount * PAGE_SIZE);
  const view = new DataView(bytes.buffer);
  const put = (field: string, value: number) =>
    view.setUint32(fieldOffset("exo_boot", field), value >>> 0, true);
  const mappingsAt = structureSize("exo_boot");
  const argumentsAt = mappingsAt + mappings.length * structureSize("exo_mapping");
  const last = [...mappings].reverse().find((mapping) => mapping.address < LAYOUT.stackTop);
  put("magic", BOOT_MAGIC);
  put("version", ABI_VERSION);
  put("environment", id);
  put("launcher", kernel.core.records.idOf(LAUNCHER_INDEX));
  put("tick", kernel.core.policy.tick);
  put("slice_count", sliceCount);
  put("argument_count", strings.length);
  put("arguments", LAYOUT.bootPage + argumentsAt);
  put("mapping_count", mappings.length);
  put("mappings", LAYOUT.bootPage + mappingsAt);
  put("first_free_slot", firstFreeSlot);
  put("heap_start", last === undefined ? PAGE_SIZE : last.address + PAGE_SIZE);
  put("stack_top", LAYOUT.stackTop);
  put("boot_pages", pageCount);
  for (const [i, mapping] of mappings.entries()) {
    const at = mappingsAt + i * structureSize("exo_mapping");
    const flag = mapping.guaranteed ? MAPPING_GUARANTEED : 0;
    view.setUint32(at, (mapping.address | mapping.rights | flag) >>> 0, true);
    view.setUint32(at + 4, mapping.frame, true);
    view.setUint32(at + 8, mapping.slot, true);
  }
  let stringAt = argumentsAt + 4 * (strings.length + 1);
  for (const [i, text] of strings.entries()) {
    view.setUint32(argumentsAt + 4 * i, LAYOUT.bootPage + stringAt, true);
    bytes.set(text, stringAt);
    stringAt += text.length;
  }
  return bytes;
}

/** UTF-8 of a text; lone surrogates become U+FFFD. The kernel's platform has no TextEncoder. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x1_0000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    } else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}
