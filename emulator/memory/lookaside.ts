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

/** Tags and bases side by side, so that one line of a cache holds both. */
export const LOOKASIDE_BYTES = LOOKASIDE_SLOTS * 8;

export class Lookaside {
  /** Of slot i, entries[2 i] is the tag, and entries[2 i + 1] the physical address of the page, where the tag matches. */
  readonly entries: Int32Array;

  /** Its place in linear memory, where emitted code reads it, too. It is derived, and belongs to no snapshot. */
  constructor(buffer: ArrayBuffer = new ArrayBuffer(LOOKASIDE_BYTES), offset = 0) {
    this.entries = new Int32Array(buffer, offset, LOOKASIDE_SLOTS * 2);
  }

  put(asid: number, vpn: number, frame: number): void {
    const slot = (vpn & LOOKASIDE_MASK) * 2;
    this.entries[slot] = (vpn << 12) | asidTag(asid);
    this.entries[slot + 1] = frame << 12;
  }

  /** Empties the slot that `vpn` would use, whoever is in it. */
  purgePage(vpn: number): void {
    this.entries[(vpn & LOOKASIDE_MASK) * 2] = 0;
  }

  purgeFrame(frame: number): void {
    for (let slot = 0; slot < LOOKASIDE_SLOTS * 2; slot += 2) {
      if (this.entries[slot + 1] === frame << 12) this.entries[slot] = 0;
    }
  }

  clear(): void {
    this.entries.fill(0);
  }
}
