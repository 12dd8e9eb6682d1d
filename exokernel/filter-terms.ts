/**
 * The language of packet filters: a conjunction of terms, each comparing some bits of a frame with a value. There are no loops, no
 * memory and no way to read outside the frame, so a filter needs no trust and its cost is bounded when it is inserted
 * [Engler95, Secure Bindings: packet filters]; and whether two filters can match one packet is decided by looking at their bits.
 */

/** Holds when the frame's bytes from `offset` on, as a big-endian number of `size` bytes, give `value` under `mask`. */
export interface FilterTerm {
  readonly offset: number;
  readonly size: number;
  readonly mask: number;
  readonly value: number;
}

/** The number that a term looks at; undefined when the frame ends before. */
export function fieldOf(
  frame: Uint8Array,
  { offset, size }: Pick<FilterTerm, "offset" | "size">,
): number | undefined {
  if (offset + size > frame.length) return undefined;
  let value = 0;
  for (let i = 0; i < size; i += 1) value = (value << 8) | frame[offset + i];
  return value >>> 0;
}

/** Whether every term holds: what a filter means. The trie finds the same (filter-trie.ts). */
export function matches(terms: readonly FilterTerm[], frame: Uint8Array): boolean {
  return terms.every((term) => {
    const field = fieldOf(frame, term);
    return field !== undefined && (field & term.mask) >>> 0 === term.value;
  });
}

/** What is asked of single bytes of a frame, by their offset. */
type ByteConstraints = Map<number, { readonly mask: number; readonly value: number }>;

/** All terms together, byte for byte; undefined when they contradict each other. */
function constraintsOf(terms: readonly FilterTerm[]): ByteConstraints | undefined {
  const bytes: ByteConstraints = new Map();
  for (const { offset, size, mask, value } of terms) {
    for (let i = 0; i < size; i += 1) {
      const shift = 8 * (size - 1 - i);
      const own = { mask: (mask >>> shift) & 0xff, value: (value >>> shift) & 0xff };
      const there = bytes.get(offset + i) ?? { mask: 0, value: 0 };
      if (((own.value ^ there.value) & own.mask & there.mask) !== 0) return undefined;
      bytes.set(offset + i, { mask: own.mask | there.mask, value: own.value | there.value });
    }
  }
  return bytes;
}

/** Whether there is a packet for which all terms hold. Those of two filters together: whether they overlap. */
export function canMatch(...terms: readonly FilterTerm[]): boolean {
  return constraintsOf(terms) !== undefined;
}

/** How many different bits the terms compare: the more, the more specific a filter is. They must not contradict each other. */
export function specificity(terms: readonly FilterTerm[]): number {
  let bits = 0;
  for (const { mask } of constraintsOf(terms)?.values() ?? []) {
    for (let rest = mask; rest !== 0; rest &= rest - 1) bits += 1;
  }
  return bits;
}

/** `16 bits at 36 = 0x7, 8 bits at 23 & 0xf0 = 0x10`. */
export function termsText(terms: readonly FilterTerm[]): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  return terms
    .map(({ offset, size, mask, value }) => {
      const whole = mask === (0xffff_ffff << (8 * (4 - size))) >>> (8 * (4 - size));
      return `${8 * size} bits at ${offset}${whole ? "" : ` & ${hex(mask)}`} = ${hex(value)}`;
    })
    .join(", ");
}
