import type { KernelEvent } from "../events.ts";

/**
 * Whoever keeps something that follows from events: it hears of each as the run passes it, also where that is only looked at again,
 * and of each jump. `branch` is then the one that the event belongs to.
 */
export interface TimelineObserver {
  readonly event: (event: KernelEvent) => void;
  readonly restored: () => void;
}
