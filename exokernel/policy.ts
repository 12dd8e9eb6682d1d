/**
 * Every policy that remains in the kernel (CONTRACT C9); `docs/decisions.md` has the table. All of it can be set by a
 * scenario's `policy` key of the same name.
 */
export interface Policy {
  /** Length of a slice in steps. [Engler95 used the clock's tick; 10,000 is ours.] */
  readonly tick: number;
  /** Steps over the end of a slice that count as one excess. */
  readonly excessTick: number;
  /** Later slices that each excess forfeits [Engler95, Processor Time Slices: one]. */
  readonly forfeitsPerExcess: number;
  /** Excesses in one slice past which the environment is destroyed. */
  readonly excessMax: number;
}

export const DEFAULT_TICK = 10_000;

/** The defaults for a tick of `tick` steps. */
export function defaultPolicy(tick: number = DEFAULT_TICK): Policy {
  return {
    tick,
    excessTick: Math.max(1, Math.floor(tick / 10)),
    forfeitsPerExcess: 1,
    excessMax: 16,
  };
}

/**
 * Who wins a packet that several filters match: the one that compares more bits, and of equals the older. Negative when `a` does.
 * Filters of two owners overlap only where the older one's owner allows it.
 */
export function comparePriority(a: FilterPriority, b: FilterPriority): number {
  return b.bits - a.bits || a.age - b.age;
}

/** The different bits that a filter compares, and how many filters were inserted before it. */
export type FilterPriority = { readonly bits: number; readonly age: number };

/** Slice order: round robin over the vector, from the position after the last. */
export function nextPosition(position: number, vectorLength: number): number {
  return (position + 1) % vectorLength;
}
