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

export class Lookaside {
  readonly tags = new Int32Array(LOOKASIDE_SLOTS);
  /** The physical address of the page, meaningful where the tag matches. */
  readonly bases = new Int32Array(LOOKASIDE_SLOTS);

  put(asid: number, vpn: number, frame: number): void {
    const slot = vpn & LOOKASIDE_MASK;
    this.tags[slot] = (vpn << 12) | asidTag(asid);
    this.bases[slot] = frame << 12;
  }

  /** Empties the slot that `vpn` would use, whoever is in it. */
  purgePage(vpn: number): void {
    this.tags[vpn & LOOKASIDE_MASK] = 0;
  }

  purgeFrame(frame: number): void {
    for (let slot = 0; slot < LOOKASIDE_SLOTS; slot++) {
      if (this.bases[slot] === frame << 12) this.tags[slot] = 0;
    }
  }

  clear(): void {
    this.tags.fill(0);
  }
}
