/**
 * Typed views on the kernel's records in physical memory (CONTRACT C8). Every decision reads and writes these words;
 * no kernel module keeps state of its own beside them.
 */
import { type Machine, PAGE_SIZE, type PhysicalMemory } from "#emulator";
import { LIMITS } from "./abi.ts";
import {
  CAPABILITY,
  COMPLETIONS,
  COUNTERS,
  type CounterName,
  DISK_REQUEST,
  ENV,
  ENV_STATE,
  type EnvState,
  EXTENT,
  FILTER,
  HEADER,
  MAGIC,
  NETWORK,
  PAGE_RECORD,
  PAGE_STATE,
  REPOSSESSION,
  type Regions,
  RING,
  regionsFor,
  SAVE,
  SLICE_BYTES,
  SLOTS_PER_FRAME,
  STLB,
} from "./layout.ts";

/** A capability's reference: environment index << 16 | slot. 0 is none, since index 0 is nobody's. */
export type CapabilityRef = number;

export const refOf = (index: number, slot: number): CapabilityRef => (index << 16) | slot;
export const refIndex = (ref: CapabilityRef): number => ref >>> 16;
export const refSlot = (ref: CapabilityRef): number => ref & 0xffff;
/** The index part of an environment's id. */
export const indexOfId = (id: number): number => id & 0xff;

/** The step of what never comes: all ones. */
export const NEVER = 2 ** 53 - 1;

const COUNTER_FIELD = Object.fromEntries(
  COUNTERS.map((name, i) => [name, ENV.counters + 4 * i]),
) as Readonly<Record<CounterName, number>>;

export class Records {
  readonly regions: Regions;
  readonly pageCount: number;
  /** To be read: what is written goes through `setWord`, which notes the page for the next snapshot. */
  readonly words: Uint32Array;
  readonly #dirty: Machine["dirty"];
  readonly #watched: Uint8Array;
  readonly #memory: PhysicalMemory;

  constructor(machine: Machine) {
    this.#dirty = machine.dirty;
    const { bytes, pageCount } = machine.memory;
    this.#memory = machine.memory;
    this.#watched = machine.memory.watched;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    this.pageCount = pageCount;
    this.regions = regionsFor(pageCount, machine.disk !== undefined, machine.network !== undefined);
  }

  /** Lays the records out in zeroed memory: kernel frames owned by the kernel, all others in the free list. */
  initialise(tick: number): void {
    const { firstFree } = this.regions;
    this.setHeader(HEADER.magic, MAGIC);
    this.setHeader(HEADER.version, 1);
    this.setHeader(HEADER.pageCount, this.pageCount);
    this.setHeader(HEADER.tick, tick);
    this.setLong(HEADER.nextDeadline, NEVER);
    const { pageTable, environments, softwareTlb, extents, saveAreas } = this.regions;
    this.setHeader(HEADER.pagesAt, pageTable / PAGE_SIZE);
    this.setHeader(HEADER.environmentsAt, environments / PAGE_SIZE);
    this.setHeader(HEADER.softwareTlbAt, softwareTlb / PAGE_SIZE);
    this.setHeader(HEADER.extentsAt, extents === saveAreas ? 0 : extents / PAGE_SIZE);
    // The slice before the first, so that the vector begins at position 0.
    this.setHeader(HEADER.position, LIMITS.sliceVector - 1);
    for (let frame = 0; frame < firstFree; frame += 1) {
      this.setPage(frame, PAGE_RECORD.state, PAGE_STATE.kernel);
    }
    for (let frame = firstFree; frame < this.pageCount; frame += 1) {
      this.setPage(frame, PAGE_RECORD.owner, frame + 1 < this.pageCount ? frame + 1 : 0);
      this.setPage(frame, PAGE_RECORD.capability, frame > firstFree ? frame - 1 : 0);
    }
    const free = this.pageCount - firstFree;
    this.setHeader(HEADER.freeFirst, firstFree);
    this.setHeader(HEADER.freeLast, this.pageCount - 1);
    this.setHeader(HEADER.freeCount, free);
    this.setHeader(HEADER.freeLowWater, free);
  }

  word(address: number): number {
    return this.words[address >>> 2];
  }

  setWord(address: number, value: number): void {
    if (this.#watched[address >>> 12] !== 0) this.#noteChange(address, value);
    this.words[address >>> 2] = value;
    const frame = address >>> 12;
    if (this.#dirty.flags[frame] === 0) this.#dirty.mark(frame);
  }

  header(field: number): number {
    return this.words[field >>> 2];
  }

  setHeader(field: number, value: number): void {
    this.setWord(field, value);
  }

  /** A word that is set to what it holds isn't news: the kernel does so wherever a run is cut. */
  #noteChange(address: number, value: number): void {
    if (this.word(address) !== value >>> 0) this.#memory.onWatchedWrite(address, 4);
  }

  /** Id of the environment that owns a position of the slice vector, 0 when it is free. */
  sliceOwner(position: number): number {
    return this.word(HEADER.sliceVector + position * SLICE_BYTES);
  }

  /** Reference of the owner's capability of a position. */
  sliceCapability(position: number): CapabilityRef {
    return this.word(HEADER.sliceVector + position * SLICE_BYTES + 4);
  }

  setSlice(position: number, ownerId: number, capability: CapabilityRef): void {
    this.setWord(HEADER.sliceVector + position * SLICE_BYTES, ownerId);
    this.setWord(HEADER.sliceVector + position * SLICE_BYTES + 4, capability);
  }

  page(frame: number, field: number): number {
    return this.word(this.regions.pageTable + frame * PAGE_RECORD.bytes + field);
  }

  setPage(frame: number, field: number, value: number): void {
    this.setWord(this.regions.pageTable + frame * PAGE_RECORD.bytes + field, value);
  }

  pageState(frame: number): number {
    return this.page(frame, PAGE_RECORD.state) & 0xff;
  }

  env(index: number, field: number): number {
    return this.word(this.regions.environments + index * ENV.bytes + field);
  }

  setEnv(index: number, field: number, value: number): void {
    this.setWord(this.regions.environments + index * ENV.bytes + field, value);
  }

  envState(index: number): EnvState {
    return this.env(index, ENV.state) as EnvState;
  }

  isLive(index: number): boolean {
    const state = this.envState(index);
    return state !== ENV_STATE.free && state !== ENV_STATE.destroyed;
  }

  /** Index of the live environment with this id, or undefined when the id is stale or was never given. */
  indexOf(id: number): number | undefined {
    const index = indexOfId(id);
    return index !== 0 && this.isLive(index) && this.env(index, ENV.id) === id ? index : undefined;
  }

  idOf(index: number): number {
    return this.env(index, ENV.id);
  }

  entry(index: number, entry: number): number {
    return this.env(index, ENV.entries + 4 * entry);
  }

  count(index: number, counter: CounterName, by = 1): void {
    const field = COUNTER_FIELD[counter];
    this.setEnv(index, field, this.env(index, field) + by);
  }

  /**
   * Adds to the steps that an environment has executed. Nobody who watches the record hears of it: the word is brought up
   * to date wherever a run is cut, and moves all the time.
   */
  countSteps(index: number, by: number): void {
    const address = this.saveArea(index) + SAVE.steps;
    this.words[address >>> 2] += by;
    this.#dirty.mark(address >>> 12);
  }

  counter(index: number, counter: CounterName): number {
    return this.env(index, COUNTER_FIELD[counter]);
  }

  /** Low 32 bits of the steps that an environment has executed. */
  stepsOf(index: number): number {
    return this.word(this.saveArea(index) + SAVE.steps);
  }

  /** A number of 53 bits in two words of the header or of an environment's record: steps are counted beyond 2^32. */
  long(address: number): number {
    return this.word(address) + this.word(address + 4) * 2 ** 32;
  }

  setLong(address: number, value: number): void {
    this.setWord(address, value >>> 0);
    this.setWord(address + 4, Math.floor(value / 2 ** 32));
  }

  /** Address of a field of an environment's record. */
  envAddress(index: number, field: number): number {
    return this.regions.environments + index * ENV.bytes + field;
  }

  repossession(index: number, field: number): number {
    return this.word(this.regions.repossessions + index * REPOSSESSION.bytes + field);
  }

  setRepossession(index: number, field: number, value: number): void {
    this.setWord(this.regions.repossessions + index * REPOSSESSION.bytes + field, value);
  }

  /** Address of the save area of an environment that does not run. */
  saveArea(index: number): number {
    return this.regions.saveAreas + index * SAVE.bytes;
  }

  /** Address of a capability's record, or undefined while no table page holds that slot. */
  capabilityAddress(ref: CapabilityRef): number | undefined {
    const slot = refSlot(ref);
    const table = Math.floor(slot / SLOTS_PER_FRAME);
    const frame = this.env(refIndex(ref), ENV.capabilityFrames + 4 * table);
    return frame === 0
      ? undefined
      : frame * PAGE_SIZE + (slot % SLOTS_PER_FRAME) * CAPABILITY.bytes;
  }

  /** One word of a capability's record; 0 where the table has no page yet. */
  capability(ref: CapabilityRef, field: number): number {
    const address = this.capabilityAddress(ref);
    return address === undefined ? 0 : this.word(address + field);
  }

  setCapability(ref: CapabilityRef, field: number, value: number): void {
    const address = this.capabilityAddress(ref);
    if (address === undefined) throw new Error(`assertion failed: no table page for slot ${ref}`);
    this.setWord(address + field, value);
  }

  stlb(index: number, field: number): number {
    return this.word(this.regions.softwareTlb + index * STLB.bytes + field);
  }

  setStlb(index: number, field: number, value: number): void {
    this.setWord(this.regions.softwareTlb + index * STLB.bytes + field, value);
  }

  extent(number: number, field: number): number {
    return this.word(this.regions.extents + number * EXTENT.bytes + field);
  }

  setExtent(number: number, field: number, value: number): void {
    this.setWord(this.regions.extents + number * EXTENT.bytes + field, value);
  }

  diskRequest(slot: number, field: number): number {
    return this.word(this.regions.diskRequests + slot * DISK_REQUEST.bytes + field);
  }

  setDiskRequest(slot: number, field: number, value: number): void {
    this.setWord(this.regions.diskRequests + slot * DISK_REQUEST.bytes + field, value);
  }

  completions(index: number, field: number): number {
    return this.word(this.regions.completions + index * COMPLETIONS.bytes + field);
  }

  setCompletions(index: number, field: number, value: number): void {
    this.setWord(this.regions.completions + index * COMPLETIONS.bytes + field, value);
  }

  network(field: keyof typeof NETWORK): number {
    return this.word(this.regions.network + NETWORK[field]);
  }

  setNetwork(field: keyof typeof NETWORK, value: number): void {
    this.setWord(this.regions.network + NETWORK[field], value);
  }

  filter(number: number, field: number): number {
    return this.word(this.regions.filters + number * FILTER.bytes + field);
  }

  setFilter(number: number, field: number, value: number): void {
    this.setWord(this.regions.filters + number * FILTER.bytes + field, value);
  }

  ring(number: number, field: number): number {
    return this.word(this.regions.rings + number * RING.bytes + field);
  }

  setRing(number: number, field: number, value: number): void {
    this.setWord(this.regions.rings + number * RING.bytes + field, value);
  }
}

/** Direct-mapped index of a page of an environment in the software TLB (CONTRACT C14). */
export function stlbIndex(environmentIndex: number, virtualPage: number): number {
  return (virtualPage + 64 * environmentIndex) % LIMITS.softwareTlb;
}
