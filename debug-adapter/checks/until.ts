/** Runs on until something happens: for whoever goes through a run with a file of what is to be seen in it. */
import { tickEvent } from "#exokernel";
import type { Halt, RunControl } from "../run/run-control.ts";
import type { Happening } from "./observation.ts";
import { Observer } from "./observer.ts";
import type { Occurrence } from "./syntax.ts";
import type { WatchParts } from "./watch.ts";

export type Until =
  | { readonly kind: "happened"; readonly happening: Happening }
  /** Something else ended the run first: a breakpoint of the user, a pause, the end. */
  | { readonly kind: "halted"; readonly halt: Halt };

/**
 * Runs forward from now to the `nth` time that it happens, and stays there. What stops any run stops this one, too. The run is like any
 * other: its output is shown, and beyond the end of what is known it makes history.
 */
export async function runUntil(
  { debuggee, control, readSource }: WatchParts,
  occurrence: Occurrence,
): Promise<Until> {
  const { timeline, kernel } = debuggee;
  const { console } = kernel.machine;
  const { observer: follower } = timeline;
  const { onOutput } = console;
  const { wantsEvent, wantsTicks } = control;
  const observer = new Observer(debuggee, [occurrence], readSource);
  const ours = new Set<number>();
  timeline.observer = {
    allowsQuietTicks: () => false,
    ticks: (ticks, first) => {
      follower?.ticks(ticks, first);
      for (let index = first; index < first + 2 * ticks.count; index += 1) {
        observer.passed(tickEvent(ticks, first, index));
      }
    },
    event: (event) => {
      follower?.event(event);
      observer.passed(event);
    },
    restored: () => follower?.restored(),
  };
  console.onOutput = (byte) => {
    onOutput?.(byte);
    observer.wrote(byte);
  };
  control.wantsTicks = true;
  control.wantsEvent = (event) => {
    const isOurs = observer.fitsAny(event);
    if (isOurs) ours.add(event.index);
    return isOurs || wantsEvent(event);
  };
  const addresses: Parameters<RunControl["run"]>[0] = (environment) =>
    observer.addresses(environment);
  try {
    for (;;) {
      const halt = await control.run(addresses);
      if (halt.kind === "place") observer.reached(halt, timeline.now);
      observer.settle();
      const happening = observer.nthOf(occurrence);
      if (happening !== undefined) {
        // What was written is found only once more has been executed.
        if (occurrence.kind === "output") timeline.visit(happening.at);
        return { kind: "happened", happening };
      }
      const isOurs = halt.kind === "place" || (halt.kind === "event" && ours.has(halt.event.index));
      if (!isOurs) return { kind: "halted", halt };
    }
  } finally {
    timeline.observer = follower;
    console.onOutput = onOutput;
    control.wantsEvent = wantsEvent;
    control.wantsTicks = wantsTicks;
  }
}
