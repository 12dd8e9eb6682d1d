/** A read-only picture of the kernel for debuggers and views: records as plain values, and memory as an environment sees it. */
import { CSR, PAGE_SIZE } from "#emulator";
import { ENTRY_COUNT, LIMITS } from "./abi.ts";
import { type Activation, type SavedRegisters, savedRegistersOf } from "./activations.ts";
import { type Capability, capabilitiesOf, capabilityAt, childrenOf } from "./capability.ts";
import type { KernelEvent } from "./events.ts";
import { type Extent, extentsOf, freeSectors, sectorCount } from "./extents.ts";
import { type Filter, filtersOf } from "./filters.ts";
import { keptFloats } from "./float-registers.ts";
import { charge } from "./holdings.ts";
import type { Kernel } from "./kernel.ts";
import {
  COUNTERS,
  type CounterName,
  ENV,
  ENV_STATE,
  type EnvStateName,
  HEADER,
  PAGE_FLAG,
  PAGE_RECORD,
  PAGE_STATE,
  SAVE,
} from "./layout.ts";
import { type NetworkStats, networkStats } from "./network.ts";
import { predicateCapabilities, predicateTexts } from "./predicate.ts";
import { type CapabilityRef, indexOfId } from "./records.ts";
import { type Repossession, repossessionsOf } from "./repossession.ts";
import { type Request, requestsOf } from "./requests.ts";
import { type Ring, ringOf } from "./rings.ts";
import { allBindings, type Binding, bindingOf } from "./secure-binding.ts";
import { CSR_SAVED } from "./time-slices.ts";

const SHOWN_CSRS = ["ustatus", "utvec", "uscratch", "uepc", "ucause", "utval", "fcsr"] as const;
type ShownCsr = (typeof SHOWN_CSRS)[number];

export interface EnvironmentView {
  readonly id: number;
  readonly index: number;
  readonly parent: number;
  readonly state: EnvStateName;
  readonly isRunning: boolean;
  /** Ids, 0 when there is none. */
  readonly waitingOn: number;
  readonly serving: number;
  /** Entries by number, 0 where none is registered. */
  readonly entries: readonly number[];
  readonly words: readonly number[];
  readonly image: number;
  readonly pending: number;
  readonly forfeits: number;
  readonly counters: Readonly<Record<CounterName | "steps", number>>;
  /** Positions in the slice vector that it owns. */
  readonly slices: readonly number[];
  /** Pages that it answers for: its own, and the kernel's for its capability table. */
  readonly charge: number;
  /** The most pages that it may answer for; 0: any number. */
  readonly quota: number;
  /** Pages that are guaranteed to it. */
  readonly guaranteed: number;
  /** What it is asked to give back. */
  readonly requests: readonly Request[];
  /** What it sleeps until, one text for each product of its predicate. */
  readonly sleepsUntil: readonly string[];
}

export interface PageView {
  readonly frame: number;
  readonly state: "free" | "kernel" | "owned";
  /** Id of the owner, or of whom a kernel page is charged to; 0 for nobody. */
  readonly owner: number;
  readonly capability: CapabilityRef;
  readonly bindings: number;
  /** Device transfers that are queued for it. */
  readonly pins: number;
  readonly dirty: boolean;
  readonly referenced: boolean;
}

export interface SliceView {
  readonly position: number;
  readonly owner: number;
}

/** Where a virtual page of an environment leads. */
export type Translation = Binding;

const STATE_NAMES = Object.fromEntries(
  Object.entries(ENV_STATE).map(([name, number]) => [number, name]),
) as Record<number, EnvStateName>;

export class KernelView {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get steps(): number {
    return this.#kernel.machine.steps;
  }

  /** Id of the environment that runs, 0 when nobody does. */
  get running(): number {
    const { core } = this.#kernel;
    return core.current === 0 ? 0 : core.records.idOf(core.current);
  }

  /** Live environments and those destroyed whose record is not reused, by index. */
  environments(): EnvironmentView[] {
    const { records } = this.#kernel.core;
    const views: EnvironmentView[] = [];
    for (let index = 1; index < LIMITS.environments; index += 1) {
      if (records.envState(index) !== ENV_STATE.free) views.push(this.#environment(index));
    }
    return views;
  }

  /** One environment by its id, also when it was destroyed; undefined when its record has another tenant. */
  environment(id: number): EnvironmentView | undefined {
    const { records } = this.#kernel.core;
    const index = indexOfId(id);
    return index !== 0 && records.idOf(index) === id && records.envState(index) !== ENV_STATE.free
      ? this.#environment(index)
      : undefined;
  }

  /** Ids of the environments that live, by index. */
  ids(): number[] {
    const { records } = this.#kernel.core;
    const ids: number[] = [];
    for (let index = 1; index < LIMITS.environments; index += 1) {
      if (records.isLive(index)) ids.push(records.idOf(index));
    }
    return ids;
  }

  isLive(id: number): boolean {
    return this.#kernel.core.records.indexOf(id) !== undefined;
  }

  /** Where the struct exo_image is that a live environment has published last; 0: it has published none. */
  imageAddressOf(id: number): number {
    const { records } = this.#kernel.core;
    const index = records.indexOf(id);
    return index === undefined ? 0 : records.env(index, ENV.image);
  }

  /** Id of the environment that created another one; undefined as for `environment`. */
  creatorOf(id: number): number | undefined {
    const { records } = this.#kernel.core;
    const index = indexOfId(id);
    const isThere = records.idOf(index) === id && records.envState(index) !== ENV_STATE.free;
    return index !== 0 && isThere ? records.env(index, ENV.parent) : undefined;
  }

  #environment(index: number): EnvironmentView {
    const { core } = this.#kernel;
    const { records } = core;
    const id = records.idOf(index);
    const counters = {
      steps: records.stepsOf(index),
      ...(Object.fromEntries(
        COUNTERS.map((name) => [name, records.counter(index, name)]),
      ) as Record<CounterName, number>),
    };
    return {
      id,
      index,
      parent: records.env(index, ENV.parent),
      state: STATE_NAMES[records.envState(index)],
      isRunning: core.current === index,
      waitingOn: records.env(index, ENV.waitingOn),
      serving: records.env(index, ENV.serving),
      entries: Array.from({ length: ENTRY_COUNT }, (_, entry) => records.entry(index, entry)),
      words: Array.from({ length: LIMITS.privateWords }, (_, i) =>
        records.env(index, ENV.words + 4 * i),
      ),
      image: records.env(index, ENV.image),
      pending: records.env(index, ENV.pending),
      forfeits: records.env(index, ENV.forfeits),
      counters,
      slices: this.slices()
        .filter((slice) => slice.owner === id)
        .map((slice) => slice.position),
      charge: charge(core, index),
      quota: records.env(index, ENV.quota),
      guaranteed: records.env(index, ENV.minimum),
      requests: requestsOf(core, index),
      sleepsUntil: predicateTexts(core, index),
    };
  }

  capabilities(id: number): Capability[] {
    const index = this.#kernel.core.records.indexOf(id);
    return index === undefined ? [] : [...capabilitiesOf(this.#kernel.core, index)];
  }

  capability(ref: CapabilityRef): Capability | undefined {
    return capabilityAt(this.#kernel.core, ref);
  }

  childrenOf(ref: CapabilityRef): CapabilityRef[] {
    return [...childrenOf(this.#kernel.core, ref)];
  }

  repossessions(id: number): Repossession[] {
    const index = this.#kernel.core.records.indexOf(id);
    return index === undefined ? [] : repossessionsOf(this.#kernel.core, index);
  }

  get pageCount(): number {
    return this.#kernel.core.records.pageCount;
  }

  get freePages(): number {
    return this.#kernel.core.records.header(HEADER.freeCount);
  }

  get freeLowWater(): number {
    return this.#kernel.core.records.header(HEADER.freeLowWater);
  }

  page(frame: number): PageView {
    const { records } = this.#kernel.core;
    const word = records.page(frame, PAGE_RECORD.state);
    const state = (["free", "kernel", "owned"] as const)[word & 0xff];
    const isFree = (word & 0xff) === PAGE_STATE.free;
    return {
      frame,
      state,
      owner: isFree ? 0 : records.page(frame, PAGE_RECORD.owner),
      capability: isFree ? 0 : records.page(frame, PAGE_RECORD.capability),
      bindings: records.page(frame, PAGE_RECORD.bindings) & 0xffff,
      pins: records.page(frame, PAGE_RECORD.bindings) >>> 16,
      dirty: (word & PAGE_FLAG.dirty) !== 0,
      referenced: (word & PAGE_FLAG.referenced) !== 0,
    };
  }

  /** All bindings, or those of one environment: the inverse list is this, grouped by frame. */
  bindings(id?: number): Binding[] {
    const only = id === undefined ? undefined : indexOfId(id);
    return [...allBindings(this.#kernel.core, only)];
  }

  slices(): SliceView[] {
    const { records } = this.#kernel.core;
    return Array.from({ length: LIMITS.sliceVector }, (_, position) => ({
      position,
      owner: records.sliceOwner(position),
    }));
  }

  /** Extents of the disk in the order of its sectors; none without a disk. */
  extents(): Extent[] {
    return extentsOf(this.#kernel.core);
  }

  /** Sectors of the disk, and those that are in no extent; 0 without a disk. */
  get sectors(): { readonly all: number; readonly free: number } {
    const { core } = this.#kernel;
    return { all: sectorCount(core), free: freeSectors(core) };
  }

  /** The capabilities of the pages that an environment's wake-up predicate reads. */
  predicateCapabilities(id: number): CapabilityRef[] {
    const index = this.#kernel.core.records.indexOf(id);
    return index === undefined ? [] : predicateCapabilities(this.#kernel.core, index);
  }

  /** Packet filters by number, each with its ring; none without a network. */
  filters(): (Filter & { readonly ring: Ring })[] {
    const { core } = this.#kernel;
    return filtersOf(core.records).map((each) => ({ ...each, ring: ringOf(core, each.number) }));
  }

  /** What the network has counted; undefined without one. */
  get networkStats(): NetworkStats | undefined {
    return networkStats(this.#kernel.core);
  }

  /** The position of the slice that runs. */
  get slicePosition(): number {
    return this.#kernel.core.records.header(HEADER.position);
  }

  events(since: number, limit?: number): KernelEvent[] {
    return this.#kernel.core.log.since(since, limit);
  }

  get eventCount(): number {
    return this.#kernel.core.log.total;
  }

  /** Upcalls and transfers in flight in an environment, innermost last. */
  activations(id: number): readonly Activation[] {
    return this.#kernel.core.activations.of(indexOfId(id));
  }

  /**
   * The registers of an environment: the machine's when it runs, those that the kernel keeps, or those with which it
   * gave up its context. Undefined when it never ran or was destroyed.
   */
  registers(id: number): SavedRegisters | undefined {
    const { core, machine } = this.#kernel;
    const index = core.records.indexOf(id);
    if (index === undefined) return undefined;
    if (core.current === index) return savedRegistersOf(machine.hart);
    if (core.records.env(index, ENV.hasContext) === 0) return core.activations.parked(index);
    const area = core.records.saveArea(index);
    const registers = new Uint32Array(32);
    for (let i = 1; i < 32; i += 1) registers[i] = core.records.word(area + 4 * i);
    return { pc: core.records.word(area), registers, floats: keptFloats(core, index) };
  }

  /** The CSRs of an environment that a debugger shows, by name. */
  csrs(id: number): Record<ShownCsr, number> | undefined {
    const { core, machine } = this.#kernel;
    const index = core.records.indexOf(id);
    if (index === undefined) return undefined;
    const area = core.records.saveArea(index) + SAVE.csrs;
    const read = (name: ShownCsr): number =>
      core.current === index
        ? machine.hart.readCsr(CSR[name])
        : core.records.word(area + 4 * CSR_SAVED.indexOf(CSR[name]));
    return Object.fromEntries(SHOWN_CSRS.map((name) => [name, read(name)])) as Record<
      ShownCsr,
      number
    >;
  }

  /** The binding of the page that holds a virtual address. */
  translate(id: number, address: number): Translation | undefined {
    const index = this.#kernel.core.records.indexOf(id);
    return index === undefined ? undefined : bindingOf(this.#kernel.core, index, address >>> 12);
  }

  /** Memory as the environment sees it, whatever the access rights; shorter when a page is not bound. */
  read(id: number, address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = (address + done) >>> 0;
      const binding = this.translate(id, at);
      if (binding === undefined) break;
      const offset = at & (PAGE_SIZE - 1);
      const count = Math.min(length - done, PAGE_SIZE - offset);
      bytes.set(
        this.#kernel.machine.memory.readBytes(binding.frame * PAGE_SIZE + offset, count),
        done,
      );
      done += count;
    }
    return bytes.subarray(0, done);
  }
}
