/**
 * A direct-mapped copy of TLB entries for one kind of access: it answers the common case in one comparison, and what it
 * doesn't know is asked of the TLB. It caches, it never decides: each change of the TLB purges the slot concerned.
 *
 *      31                    12 11  10   9      2  1 0
 *     +------------------------+-----+---+---------+-----+
 *     |  virtual page          |  1  | 0 |  asid   | 0 0 |    tag
 *     +------------------------+-----+---+---------+-----+
 *
 * The two low bits are 0, so that one comparison of `(va & 0xfffff003) | asidTag` with the tag finds a hit only if a word
 * is aligned too. Bit 11 keeps an empty slot (0) from ever matching.
 */
export const LOOKASIDE_SLOTS = 1024;
export const LOOKASIDE_MASK = LOOKASIDE_SLOTS - 1;

/** The part of a tag that says whose page it is. */
export function asidTag(asid: number): number {
  return 0x800 | (asid << 2);
}

/** Words of a slot. What belongs together lies side by side, so that one line of a cache holds it. */
export const LOOKASIDE_WORDS = 4;
export const LOOKASIDE_BYTES = LOOKASIDE_SLOTS * LOOKASIDE_WORDS * 4;
/** In a slot, in bytes: the physical address of the page; the page's address and, above it, whose it is, for one subtraction of 64 bits. */
export const LOOKASIDE_BASE = 4;
export const LOOKASIDE_PAGE = 8;

/** The upper half of a page's address with its owner; 0 in an empty slot, which so is nobody's. */
export function asidWord(asid: number): number {
  return asid + 1;
}

export class Lookaside {
  /** Of slot i, from 4 i on: the tag, the physical address of the page, its virtual address, and whose it is. */
  readonly entries: Int32Array;

  /** Its place in linear memory, where emitted code reads it, too. It is derived, and belongs to no snapshot. */
  constructor(buffer: ArrayBuffer = new ArrayBuffer(LOOKASIDE_BYTES), offset = 0) {
    this.entries = new Int32Array(buffer, offset, LOOKASIDE_SLOTS * LOOKASIDE_WORDS);
  }

  put(asid: number, vpn: number, frame: number): void {
    const slot = (vpn & LOOKASIDE_MASK) * LOOKASIDE_WORDS;
    this.entries[slot] = (vpn << 12) | asidTag(asid);
    this.entries[slot + 1] = frame << 12;
    this.entries[slot + 2] = vpn << 12;
    this.entries[slot + 3] = asidWord(asid);
  }

  has(asid: number, vpn: number): boolean {
    return this.entries[(vpn & LOOKASIDE_MASK) * LOOKASIDE_WORDS] === ((vpn << 12) | asidTag(asid));
  }

  /** Empties the slot that `vpn` would use, whoever is in it. */
  purgePage(vpn: number): void {
    this.#empty((vpn & LOOKASIDE_MASK) * LOOKASIDE_WORDS);
  }

  purgeFrame(frame: number): void {
    for (let slot = 0; slot < LOOKASIDE_SLOTS * LOOKASIDE_WORDS; slot += LOOKASIDE_WORDS) {
      if (this.entries[slot + 1] === frame << 12) this.#empty(slot);
    }
  }

  #empty(slot: number): void {
    this.entries[slot] = 0;
    this.entries[slot + 3] = 0;
  }

  clear(): void {
    this.entries.fill(0);
  }
}
