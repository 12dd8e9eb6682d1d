import type { Cause } from "./trap.ts";
import type { WatchHit } from "./watchpoints.ts";

/**
 * Why `run` returned. A stop of kind timer, interrupt or trap is a trap taken and counts one step; the others
 * count none, so that a step count names one state of the machine.
 */
export type Stop =
  /** The budget of steps is used up. */
  | { readonly kind: "budget" }
  /** The step count has reached `timerDeadline`. The deadline stays where it is until the kernel moves it. */
  | { readonly kind: "timer" }
  /** ustatus.UIE is 1 and uip is not 0. */
  | { readonly kind: "interrupt" }
  /** Precise: nothing of the instruction at `pc` has happened, and hart.pc is still at it. */
  | {
      readonly kind: "trap";
      readonly cause: Cause;
      readonly value: number;
      readonly pc: number;
    }
  /** The instruction at `pc` would be next, and a breakpoint is set on it. */
  | { readonly kind: "breakpoint"; readonly pc: number }
  /** The instruction at `pc` has been executed, and made these accesses that a watch waits for; hart.pc is at the next one. */
  | { readonly kind: "watchpoint"; readonly pc: number; readonly hits: readonly WatchHit[] };
