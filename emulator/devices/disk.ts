import { assert } from "../assert.ts";
import { PAGE_SIZE } from "../memory/physical.ts";
import { DeviceState, type Touched } from "./device-state.ts";
import {
  CONTROL,
  DISK_CACHE,
  DISK_DATA,
  DISK_QUEUE,
  type DiskRequestKind,
  diskBytes,
  REQUEST,
  REQUEST_KIND,
  REQUEST_SECTORS_MAX,
  SECTOR_BYTES,
  SECTORS_MAX,
  SECTORS_PER_PAGE,
} from "./disk-layout.ts";
import { Xorshift32 } from "./xorshift.ts";

/** How long a request takes from the begin of its service, in steps. A model; no drive is measured. */
export interface DiskLatency {
  /** Steps for any request. */
  readonly base: number;
  /** Further steps for each sector that is read or written, and at a barrier for each that is in the cache. */
  readonly perSector: number;
}

export interface DiskConfiguration {
  /** Sectors of 512 bytes: whole pages, so a multiple of 8. */
  readonly sectors: number;
  readonly latency?: DiskLatency;
}

/** Ours, and invented: a request takes about half a slice. */
export const DEFAULT_LATENCY: DiskLatency = { base: 4000, perSector: 100 };

/** What may be asked of the disk. A write's data is taken at once; a whole number of sectors. */
export type DiskRequest =
  | { readonly kind: "read"; readonly sector: number; readonly count: number }
  | { readonly kind: "write"; readonly sector: number; readonly data: Uint8Array }
  | { readonly kind: "barrier" };

/** A request that is done. `slot` is the number that `accept` gave. */
export interface DiskCompletion {
  readonly slot: number;
  readonly kind: DiskRequestKind;
  readonly sector: number;
  readonly count: number;
  /** What a read found; empty for the others. */
  readonly data: Uint8Array;
}

/** What a power failure does to the writes that no barrier has covered: none, all, or some in some order reach the platter. */
export type PowerFailureMode = "drop" | "keep" | "random";
export const POWER_FAILURE_MODES: readonly PowerFailureMode[] = ["drop", "keep", "random"];

export interface PowerFailure {
  readonly mode: PowerFailureMode;
  /** Chooses in mode "random"; the others take no notice of it. */
  readonly seed: number;
}

/** Sectors of accepted writes that were not on the platter, and how many of them went there after all. */
export interface PowerLoss {
  readonly unflushed: number;
  readonly reached: number;
}

const KIND_NAMES: readonly (DiskRequestKind | undefined)[] = [
  undefined,
  "read",
  "write",
  "barrier",
];

/**
 * A disk with asynchronous requests, served one after the other, and a volatile write cache. A write is complete when it is in
 * the cache, where reads find it; it is on the platter after the next barrier, or when newer writes push it out. A sector
 * is written whole or not at all; a write of several may tear between them.
 *
 * All its state lies behind RAM (disk-layout.ts). It knows no clock: whoever asks says at which step.
 */
export class DiskDevice {
  readonly sectors: number;
  readonly #state: DeviceState;

  /** `touched` hears of each write, by its distance from the begin of RAM, which is `base` bytes before the disk. */
  constructor(
    buffer: ArrayBuffer,
    ramBase: number,
    base: number,
    { sectors, latency = DEFAULT_LATENCY }: DiskConfiguration,
    touched?: Touched,
  ) {
    assert(
      Number.isInteger(sectors) &&
        sectors >= SECTORS_PER_PAGE &&
        sectors <= SECTORS_MAX &&
        sectors % SECTORS_PER_PAGE === 0,
      `a disk has 8 to ${SECTORS_MAX} sectors, a multiple of 8, not ${sectors}`,
    );
    this.sectors = sectors;
    this.#state = new DeviceState(buffer, ramBase, base, diskBytes(sectors), touched);
    this.#state.set(CONTROL.sectors, sectors);
    this.#state.set(CONTROL.latencyBase, latency.base);
    this.#state.set(CONTROL.latencyPerSector, latency.perSector);
  }

  /** The step at which the request in service completes, Infinity while there is none. */
  get nextCompletion(): number {
    return this.inFlight === 0
      ? Number.POSITIVE_INFINITY
      : this.#state.getDouble(CONTROL.completesF64);
  }

  /** Requests accepted and not complete. */
  get inFlight(): number {
    return this.#state.get(CONTROL.queueCount);
  }

  /** Slots of the requests that are not complete, in the order of their service. */
  get slotsInFlight(): number[] {
    const first = this.#state.get(CONTROL.queueFirst);
    return Array.from({ length: this.inFlight }, (_, i) => (first + i) % DISK_QUEUE);
  }

  get isFull(): boolean {
    return this.inFlight === DISK_QUEUE;
  }

  /** Sectors in the write cache. */
  get cached(): number {
    return this.#state.get(CONTROL.cacheCount);
  }

  /** Write requests accepted since the machine was made; a power failure does not set it back. */
  get writesAccepted(): number {
    return this.#state.getDouble(CONTROL.writesF64);
  }

  /** All the disk's state as words, for a hash. */
  get words(): Int32Array {
    const { buffer, byteOffset, length } = this.#state.bytes;
    return new Int32Array(buffer, byteOffset, length >>> 2);
  }

  /** Takes a request at step `now` and returns its slot. There must be room, and the sectors must exist. */
  accept(now: number, request: DiskRequest): number {
    assert(!this.isFull, "the disk's queue has room");
    const sector = request.kind === "barrier" ? 0 : request.sector;
    const count = countOf(request);
    assert(
      sector >= 0 && count <= REQUEST_SECTORS_MAX && sector + count <= this.sectors,
      `sectors ${sector} to ${sector + count} are on the disk`,
    );
    const slot = (this.#state.get(CONTROL.queueFirst) + this.inFlight) % DISK_QUEUE;
    const at = CONTROL.requests + slot * REQUEST.bytes;
    this.#state.set(at + REQUEST.kind, REQUEST_KIND[request.kind]);
    this.#state.set(at + REQUEST.sector, sector);
    this.#state.set(at + REQUEST.count, count);
    if (request.kind === "write") {
      this.#state.write(DISK_DATA.requests + slot * PAGE_SIZE, request.data);
      this.#state.setDouble(CONTROL.writesF64, this.writesAccepted + 1);
    }
    this.#state.set(CONTROL.queueCount, this.inFlight + 1);
    if (this.inFlight === 1) this.#serve(now);
    return slot;
  }

  /** Completes the request in service if step `now` has come to it; the next one is served from then on. */
  complete(now: number): DiskCompletion | undefined {
    const step = this.nextCompletion;
    if (now < step) return undefined;
    const slot = this.#state.get(CONTROL.queueFirst);
    const { kind, sector, count } = this.#request(slot);
    let data: Uint8Array = new Uint8Array();
    if (kind === "read") data = this.#read(sector, count);
    else if (kind === "write") this.#cacheWrite(slot, sector, count);
    else while (this.cached > 0) this.#writeOut();
    this.#clearSlot(slot);
    this.#state.set(CONTROL.queueFirst, (slot + 1) % DISK_QUEUE);
    this.#state.set(CONTROL.queueCount, this.inFlight - 1);
    this.#serve(step);
    return { slot, kind, sector, count, data };
  }

  /**
   * The power fails: decides which sectors of accepted writes, in the cache and in the queue, reached the platter, and empties
   * both. What the next boot finds is the platter.
   */
  failPower({ mode, seed }: PowerFailure): PowerLoss {
    const pending = this.#unflushed();
    const reached = mode === "drop" ? [] : mode === "keep" ? pending : someOf(pending, seed);
    // Out of the way first: a sector that is written twice lands on the platter twice.
    const writes = reached.map(({ sector, at }) => ({
      sector,
      data: this.#state.bytes.slice(at, at + SECTOR_BYTES),
    }));
    for (const { sector, data } of writes) this.#state.write(platterAt(sector), data);
    for (const field of ["queueFirst", "queueCount", "cacheFirst", "cacheCount"] as const) {
      this.#state.set(CONTROL[field], 0);
    }
    this.#state.setDouble(CONTROL.completesF64, 0);
    this.#state.clear(CONTROL.requests, PAGE_SIZE - CONTROL.requests);
    this.#state.clear(DISK_DATA.requests, DISK_DATA.platter - DISK_DATA.requests);
    return { unflushed: pending.length, reached: reached.length };
  }

  /** A copy of the platter: what a power failure would leave if nothing more reached it. */
  readImage(): Uint8Array {
    return this.#state.bytes.slice(DISK_DATA.platter);
  }

  /** Replaces the platter's first bytes; what the cache holds is not changed by it. */
  writeImage(image: Uint8Array): void {
    assert(
      image.length <= this.sectors * SECTOR_BYTES,
      `${image.length} bytes fit a disk of ${this.sectors} sectors`,
    );
    this.#state.write(DISK_DATA.platter, image);
  }

  /** Begins the service of the request at the head of the queue at step `now`. */
  #serve(now: number): void {
    if (this.inFlight === 0) {
      this.#state.setDouble(CONTROL.completesF64, 0);
      return;
    }
    const { kind, count } = this.#request(this.#state.get(CONTROL.queueFirst));
    const moved = kind === "barrier" ? this.cached : count;
    const steps =
      this.#state.get(CONTROL.latencyBase) + moved * this.#state.get(CONTROL.latencyPerSector);
    // Never at once: a request is complete after the step at which it was accepted.
    this.#state.setDouble(CONTROL.completesF64, now + Math.max(1, steps));
  }

  #request(slot: number): { kind: DiskRequestKind; sector: number; count: number } {
    const at = CONTROL.requests + slot * REQUEST.bytes;
    const kind = KIND_NAMES[this.#state.get(at + REQUEST.kind)];
    assert(kind !== undefined, `slot ${slot} of the disk's queue holds a request`);
    return {
      kind,
      sector: this.#state.get(at + REQUEST.sector),
      count: this.#state.get(at + REQUEST.count),
    };
  }

  #clearSlot(slot: number): void {
    this.#state.clear(CONTROL.requests + slot * REQUEST.bytes, REQUEST.bytes);
    this.#state.clear(DISK_DATA.requests + slot * PAGE_SIZE, PAGE_SIZE);
  }

  #cacheWrite(slot: number, sector: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.cached === DISK_CACHE) this.#writeOut();
      const entry = (this.#state.get(CONTROL.cacheFirst) + this.cached) % DISK_CACHE;
      const from = DISK_DATA.requests + slot * PAGE_SIZE + i * SECTOR_BYTES;
      this.#state.set(CONTROL.cache + 4 * entry, sector + i);
      this.#state.write(cacheAt(entry), this.#state.bytes.subarray(from, from + SECTOR_BYTES));
      this.#state.set(CONTROL.cacheCount, this.cached + 1);
    }
  }

  /** The oldest sector of the cache goes to the platter. */
  #writeOut(): void {
    const entry = this.#state.get(CONTROL.cacheFirst);
    const sector = this.#state.get(CONTROL.cache + 4 * entry);
    const at = cacheAt(entry);
    this.#state.write(platterAt(sector), this.#state.bytes.subarray(at, at + SECTOR_BYTES));
    this.#state.set(CONTROL.cache + 4 * entry, 0);
    this.#state.clear(at, SECTOR_BYTES);
    this.#state.set(CONTROL.cacheFirst, (entry + 1) % DISK_CACHE);
    this.#state.set(CONTROL.cacheCount, this.cached - 1);
  }

  #read(sector: number, count: number): Uint8Array {
    const data = new Uint8Array(count * SECTOR_BYTES);
    for (let i = 0; i < count; i++) {
      const at = this.#newest(sector + i);
      data.set(this.#state.bytes.subarray(at, at + SECTOR_BYTES), i * SECTOR_BYTES);
    }
    return data;
  }

  /** Where the newest complete version of a sector lies. */
  #newest(sector: number): number {
    for (let age = this.cached - 1; age >= 0; age--) {
      const entry = (this.#state.get(CONTROL.cacheFirst) + age) % DISK_CACHE;
      if (this.#state.get(CONTROL.cache + 4 * entry) === sector) return cacheAt(entry);
    }
    return platterAt(sector);
  }

  /** Sectors of accepted writes that are not on the platter, oldest first, and where their data lies. */
  #unflushed(): Unflushed[] {
    const pending: Unflushed[] = [];
    for (let age = 0; age < this.cached; age++) {
      const entry = (this.#state.get(CONTROL.cacheFirst) + age) % DISK_CACHE;
      pending.push({ sector: this.#state.get(CONTROL.cache + 4 * entry), at: cacheAt(entry) });
    }
    for (const slot of this.slotsInFlight) {
      const { kind, sector, count } = this.#request(slot);
      if (kind !== "write") continue;
      const at = DISK_DATA.requests + slot * PAGE_SIZE;
      for (let i = 0; i < count; i++)
        pending.push({ sector: sector + i, at: at + i * SECTOR_BYTES });
    }
    return pending;
  }
}

interface Unflushed {
  readonly sector: number;
  readonly at: number;
}

const cacheAt = (entry: number): number => DISK_DATA.cache + entry * SECTOR_BYTES;
const platterAt = (sector: number): number => DISK_DATA.platter + sector * SECTOR_BYTES;

function countOf(request: DiskRequest): number {
  if (request.kind === "barrier") return 0;
  const count = request.kind === "read" ? request.count : request.data.length / SECTOR_BYTES;
  assert(Number.isInteger(count) && count >= 1, `${count} sectors are a request`);
  return count;
}

/** A subset in some order, both drawn from the seed; how likely each sector is to survive is drawn first. */
function someOf(pending: readonly Unflushed[], seed: number): Unflushed[] {
  const chance = new Xorshift32(seed);
  const likelihood = chance.next();
  const chosen = pending.filter(() => chance.next() <= likelihood);
  for (let last = chosen.length - 1; last > 0; last--) {
    const other = chance.below(last + 1);
    [chosen[last], chosen[other]] = [chosen[other], chosen[last]];
  }
  return chosen;
}
