import type { Ticks } from "../event-log.ts";
import type { KernelEvent } from "../events.ts";

/**
 * Whoever keeps something that follows from events: it hears of each as the run passes it, also where that is only looked at again,
 * and of each jump. `branch` is then the one that the event belongs to.
 */
export interface TimelineObserver {
  /** Whether ends of slices that change nothing may be told later, many at once, when the state at each is gone. */
  readonly allowsQuietTicks: () => boolean;
  /** They pass; `first` is the number of their first event. `event` does not hear of them. */
  readonly ticks: (ticks: Ticks, first: number) => void;
  readonly event: (event: KernelEvent) => void;
  readonly restored: () => void;
}
