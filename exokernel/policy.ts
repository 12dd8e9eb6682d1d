/**
 * Every policy that remains in the kernel (CONTRACT C9); `docs/decisions.md` has the table. All of it can be set by a
 * scenario's `policy` key of the same name.
 */
import type { Candidate } from "./requests.ts";
import type { Victim } from "./takeable.ts";

export interface Policy {
  /** Length of a slice in steps. [Engler95 used the clock's tick; 10,000 is ours.] */
  readonly tick: number;
  /** Steps over the end of a slice that count as one excess. */
  readonly excessTick: number;
  /** Later slices that each excess forfeits [Engler95, Processor Time Slices: one]. */
  readonly forfeitsPerExcess: number;
  /** Excesses in one slice past which the environment is destroyed. */
  readonly excessMax: number;
  /** Free pages below which an allocation declares a shortage; 0: only one that finds no page. */
  readonly shortagePages: number;
  /** Pages that a shortage asks for at least [Xok: 16]; 0: the kernel never asks by itself, for whatever. */
  readonly revocationStep: number;
  /** Steps from the polite request until the kernel insists. */
  readonly askSteps: number;
  /** Steps from then until it takes by force [Engler95's example: 50 microseconds]. */
  readonly insistSteps: number;
  /** Steps that the arbiter has to choose. */
  readonly arbiterSteps: number;
  /** Pages that the launcher guarantees to each program, if the sum fits [Engler95: five to ten]. */
  readonly guaranteedMinimum: number;
}

export const DEFAULT_TICK = 10_000;

/** The defaults for a tick of `tick` steps. */
export function defaultPolicy(tick: number = DEFAULT_TICK): Policy {
  return {
    tick,
    excessTick: Math.max(1, Math.floor(tick / 10)),
    forfeitsPerExcess: 1,
    excessMax: 16,
    shortagePages: 0,
    revocationStep: 8,
    askSteps: 5 * tick,
    insistSteps: 2 * tick,
    arbiterSteps: tick,
    guaranteedMinimum: 10,
  };
}

/** Who is asked in a shortage, in this order: the one with most above its guarantee first; of equals the older record. */
export function whomToAsk(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => b.available - a.available || a.index - b.index);
}

/** What is taken first: the least used; of equals the one with the highest name. No more than `limit` units, where it divides so. */
export function victimsOf(victims: readonly Victim[], limit: number): Victim[] {
  const chosen: Victim[] = [];
  let left = limit;
  const order = [...victims].sort((a, b) => a.use - b.use || b.resource - a.resource);
  for (const victim of order) {
    if (left <= 0) break;
    chosen.push(victim);
    left -= victim.units;
  }
  return chosen;
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
