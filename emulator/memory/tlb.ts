import { assert } from "../assert.ts";
import { STATE, TLB_ENTRIES_MAX } from "../state-layout.ts";
import { Lookaside } from "./lookaside.ts";

/** What a TLB entry allows. A store needs W and D: the first store to a clean page faults, and the kernel sets D. */
export const RIGHT = { R: 1, W: 2, X: 4, D: 8 } as const;

export const ASID_COUNT = 256;
export const VPN_COUNT = 1 << 20;

export interface TlbEntry {
  readonly asid: number;
  readonly vpn: number;
  readonly frame: number;
  /** A union of RIGHT bits. */
  readonly rights: number;
}

const VALID = 1 << 31;
const RIGHTS_BITS = 4;
const RIGHTS_MASK = (1 << RIGHTS_BITS) - 1;
const NONE = -1;
const VICTIM = STATE.tlbVictim >>> 2;

/**
 * The translation lookaside buffer: fully associative, written by the kernel only.
 *
 * There is no page-table walker. Aegis ran on MIPS, whose TLB is refilled by software, and that is what lets a libOS own
 * its page tables [Engler95, Address Translation]. RISC-V has no such instruction: the kernel calls `write` directly, and a
 * miss is reported as the page faults of Priv §3.1.15, mcause, so that a guest reads the numbers that it would on hardware.
 *
 * The entries live in the state area (state-layout.ts); the hash chains and the lookasides are derived from them and can be
 * rebuilt at any time.
 */
export class Tlb {
  readonly entryCount: number;
  readonly loads: Lookaside;
  readonly stores: Lookaside;
  readonly fetches: Lookaside;
  /** Pages of which instructions are executed without looking further: those in which no breakpoint is set. */
  readonly plain: Lookaside;
  readonly #state: Int32Array;
  readonly #entries: Int32Array;
  readonly #frameCount: number;
  // Chains of entries with the same hash: #first[hash] and #next[slot] hold a slot or NONE.
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #hashMask: number;

  constructor(
    buffer: ArrayBuffer,
    entryCount: number,
    frameCount: number,
    lookasides?: { loads: number; stores: number; fetches: number; plain: number },
  ) {
    this.loads = new Lookaside(lookasides && buffer, lookasides?.loads);
    this.stores = new Lookaside(lookasides && buffer, lookasides?.stores);
    this.fetches = new Lookaside(lookasides && buffer, lookasides?.fetches);
    this.plain = new Lookaside(lookasides && buffer, lookasides?.plain);
    assert(
      Number.isInteger(entryCount) && entryCount >= 1 && entryCount <= TLB_ENTRIES_MAX,
      `the TLB has 1 to ${TLB_ENTRIES_MAX} entries, not ${entryCount}`,
    );
    this.entryCount = entryCount;
    this.#frameCount = frameCount;
    this.#state = new Int32Array(buffer, 0, STATE.tlb >>> 2);
    this.#entries = new Int32Array(buffer, STATE.tlb, entryCount * 2);
    this.#state[STATE.tlbEntryCount >>> 2] = entryCount;
    let hashCount = 16;
    while (hashCount < entryCount * 2) hashCount *= 2;
    this.#hashMask = hashCount - 1;
    this.#first = new Int32Array(hashCount).fill(NONE);
    this.#next = new Int32Array(entryCount).fill(NONE);
  }

  /**
   * Writes one entry. It replaces the entry of the same asid and page if there is one, else the slot that the refill
   * counter names, whether or not another is free: the victim depends on nothing but how many were written before.
   */
  write({ asid, vpn, frame, rights }: TlbEntry): void {
    // The sentence is made only when it is needed: a refill is too frequent for more.
    if (!this.#isEntry(asid, vpn, frame, rights)) {
      assert(
        false,
        `asid ${asid}, page ${vpn}, frame ${frame} and rights ${rights} make a TLB entry`,
      );
    }
    const tag = VALID | (asid << 20) | vpn;
    let slot = this.#find(tag);
    if (slot === NONE) {
      slot = this.#state[VICTIM];
      this.#state[VICTIM] = (slot + 1) % this.entryCount;
      this.#drop(slot);
      this.#entries[slot * 2] = tag;
      this.#link(slot, tag);
    }
    this.#entries[slot * 2 + 1] = (frame << RIGHTS_BITS) | rights;
    this.#purgeLookasides(vpn);
  }

  /** The entry for page `vpn` of `asid`, or undefined where an access would miss. Changes nothing. */
  lookup(asid: number, vpn: number): TlbEntry | undefined {
    const slot = this.#find(VALID | (asid << 20) | vpn);
    return slot === NONE ? undefined : this.#entry(slot);
  }

  /** All valid entries, in the order of their slots. */
  entries(): TlbEntry[] {
    const found: TlbEntry[] = [];
    for (let slot = 0; slot < this.entryCount; slot++) {
      if (this.#entries[slot * 2] !== 0) found.push(this.#entry(slot));
    }
    return found;
  }

  /** The entry in each slot, undefined where the slot is empty: the TLB as a view draws it. */
  slots(): (TlbEntry | undefined)[] {
    return Array.from({ length: this.entryCount }, (_, slot) =>
      this.#entries[slot * 2] === 0 ? undefined : this.#entry(slot),
    );
  }

  /** The slot that the next new entry replaces. */
  get victim(): number {
    return this.#state[VICTIM];
  }

  invalidatePage(asid: number, vpn: number): void {
    const slot = this.#find(VALID | (asid << 20) | vpn);
    if (slot !== NONE) this.#drop(slot);
  }

  /** Drops every entry, of any asid, that leads to `frame`. */
  invalidateFrame(frame: number): void {
    for (let slot = 0; slot < this.entryCount; slot++) {
      if (this.#entries[slot * 2] !== 0 && this.#entries[slot * 2 + 1] >>> RIGHTS_BITS === frame) {
        this.#drop(slot);
      }
    }
  }

  invalidateAsid(asid: number): void {
    for (let slot = 0; slot < this.entryCount; slot++) {
      const tag = this.#entries[slot * 2];
      if (tag !== 0 && ((tag >>> 20) & 0xff) === asid) this.#drop(slot);
    }
  }

  /** Empties the TLB. The refill counter stays, as it would on hardware. */
  invalidateAll(): void {
    this.#entries.fill(0);
    this.rebuild();
  }

  /**
   * The fast form of `lookup` for the interpreter: the physical address of the page and its rights as one number,
   * `frame << 4 | rights`, or -1 where the access misses.
   */
  find(asid: number, vpn: number): number {
    const slot = this.#find(VALID | (asid << 20) | vpn);
    return slot === NONE ? -1 : this.#entries[slot * 2 + 1];
  }

  /** Derives chains and lookasides again from the entries, after the state area was replaced. */
  rebuild(): void {
    this.#first.fill(NONE);
    this.#next.fill(NONE);
    for (let slot = 0; slot < this.entryCount; slot++) {
      const tag = this.#entries[slot * 2];
      if (tag !== 0) this.#link(slot, tag);
    }
    this.loads.clear();
    this.stores.clear();
    this.fetches.clear();
    this.plain.clear();
  }

  #isEntry(asid: number, vpn: number, frame: number, rights: number): boolean {
    return (
      asid >= 0 &&
      asid < ASID_COUNT &&
      vpn >= 0 &&
      vpn < VPN_COUNT &&
      frame >= 0 &&
      frame < this.#frameCount &&
      (rights & ~RIGHTS_MASK) === 0
    );
  }

  #entry(slot: number): TlbEntry {
    const tag = this.#entries[slot * 2];
    const target = this.#entries[slot * 2 + 1];
    return {
      asid: (tag >>> 20) & 0xff,
      vpn: tag & (VPN_COUNT - 1),
      frame: target >>> RIGHTS_BITS,
      rights: target & RIGHTS_MASK,
    };
  }

  #hash(tag: number): number {
    // Fibonacci hashing: neighbouring pages, and the same page of neighbouring asids, spread over all chains.
    return (Math.imul(tag, 0x9e3779b1) >>> 12) & this.#hashMask;
  }

  #find(tag: number): number {
    let slot = this.#first[this.#hash(tag)];
    while (slot !== NONE && this.#entries[slot * 2] !== tag) slot = this.#next[slot];
    return slot;
  }

  #link(slot: number, tag: number): void {
    const hash = this.#hash(tag);
    this.#next[slot] = this.#first[hash];
    this.#first[hash] = slot;
  }

  #drop(slot: number): void {
    const tag = this.#entries[slot * 2];
    if (tag === 0) return;
    const hash = this.#hash(tag);
    if (this.#first[hash] === slot) {
      this.#first[hash] = this.#next[slot];
    } else {
      let before = this.#first[hash];
      while (this.#next[before] !== slot) before = this.#next[before];
      this.#next[before] = this.#next[slot];
    }
    this.#next[slot] = NONE;
    this.#entries[slot * 2] = 0;
    this.#entries[slot * 2 + 1] = 0;
    this.#purgeLookasides(tag & (VPN_COUNT - 1));
  }

  #purgeLookasides(vpn: number): void {
    this.loads.purgePage(vpn);
    this.stores.purgePage(vpn);
    this.fetches.purgePage(vpn);
    this.plain.purgePage(vpn);
  }
}
