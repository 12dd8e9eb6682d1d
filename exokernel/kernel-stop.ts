/** How a run of the kernel ends. */
import type { WatchHit } from "#emulator";
import type { KernelEvent } from "./events.ts";

/** Why `run` came back. */
export type KernelStop =
  | { readonly kind: "budget" }
  | { readonly kind: "breakpoint"; readonly environment: number; readonly pc: number }
  /**
   * Accesses that a watch of the machine waits for. An environment's own stop at once after the instruction at `pc`. The
   * kernel's stop when it has finished acting: `environment` is on whose account it acted (0: nobody's) and `pc` where that
   * environment trapped (0: it does not run).
   */
  | {
      readonly kind: "watchpoint";
      readonly environment: number;
      readonly pc: number;
      readonly hits: readonly WatchHit[];
      readonly byKernel: boolean;
    }
  /** `stopOn` asked for this event; the kernel has finished acting on it, except that the doomed still stand. */
  | { readonly kind: "event"; readonly event: KernelEvent }
  /** Every environment but the launcher is gone. */
  | { readonly kind: "exited" }
  /** Nobody can run and nothing that is scheduled will change that. */
  | { readonly kind: "idle" }
  /** The power has failed. Everything is left to be looked at; runs end so until `powerOn`. */
  | { readonly kind: "powerFailed" };
