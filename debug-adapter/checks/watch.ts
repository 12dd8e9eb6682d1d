/** Lets a run pass by an observer: one that is new, to its end, or what is known of one, again. */
import { isBefore, type KernelEvent, type Position, tickEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { gaveUp } from "../errors.ts";
import type { Halt, RunControl } from "../run/run-control.ts";
import type { ReadSource } from "./markers.ts";
import type { Observation, RunEnd } from "./observation.ts";
import { Observer } from "./observer.ts";
import type { Occurrence } from "./syntax.ts";

export interface WatchParts {
  readonly debuggee: Debuggee;
  readonly control: RunControl;
  readonly readSource: ReadSource;
}

/**
 * Runs a program that has just been booted, without input from outside, to its end or to `control.limit`, and stays there. After a power
 * failure the machine is switched on again.
 */
export async function watchNew(
  { debuggee, control, readSource }: WatchParts,
  occurrences: readonly Occurrence[],
): Promise<Observation> {
  const observer = new Observer(debuggee, occurrences, readSource);
  return listening(debuggee, control, observer, async () => {
    control.isInteractive = false;
    control.onPiece = () => {
      if (observer.isFull) control.pause();
    };
    control.setUserPlaces((environment) => observer.addresses(environment));
    control.accepts = (place) => {
      observer.reached(place, debuggee.timeline.now);
      return false;
    };
    for (;;) {
      const halt = await control.run();
      observer.settle();
      const end = endOf(halt, debuggee);
      if (end !== undefined) return observer.finish(end);
    }
  });
}

function endOf(halt: Halt, { timeline }: Debuggee): RunEnd | undefined {
  switch (halt.kind) {
    case "exited":
    case "idle":
      return halt.kind;
    case "limit":
      return "steps";
    case "paused":
      return "size";
    case "endOfHistory":
      return "unfinished";
    case "powerFailed":
      return timeline.events(({ kind }) => kind === "kernelFailed").length > 0
        ? "failed"
        : undefined;
    default:
      return undefined;
  }
}

/**
 * What is known of a run from its start until a moment of this branch. It leaves the run there: whoever looks back brings it home
 * (`from` in queries/look-back.ts).
 */
export async function watchPast(
  { debuggee, control, readSource }: WatchParts,
  occurrences: readonly Occurrence[],
  until: Position,
): Promise<Observation> {
  const { timeline } = debuggee;
  const observer = new Observer(debuggee, occurrences, readSource);
  timeline.seek(timeline.start);
  return listening(debuggee, control, observer, async () => {
    control.accepts = () => false;
    const visit = (halt: Halt, at: Position) => {
      if (halt.kind === "place") observer.reached(halt, at);
      else observer.settle();
    };
    const addresses: Parameters<RunControl["review"]>[1] = (environment) =>
      observer.addresses(environment);
    if (isBefore(timeline.now, until)) {
      const isWhole = await control.review(until, addresses, visit, "included");
      if (!isWhole) throw gaveUp();
    }
    return observer.finish("unfinished");
  });
}

/** Does `work` while the run's events, output and stops go to the observer and to nobody else. */
async function listening<Result>(
  debuggee: Debuggee,
  control: RunControl,
  observer: Observer,
  work: () => Promise<Result>,
): Promise<Result> {
  const { timeline, kernel } = debuggee;
  const { console } = kernel.machine;
  const { observer: follower } = timeline;
  const { onOutput } = console;
  const { accepts, wantsEvent, wantsTicks, acceptsWatch, watchesEvent } = control;
  // Those of the boot have passed already.
  const isBoot = (event: KernelEvent) => event.index < timeline.start.event;
  for (const event of timeline.events(isBoot)) observer.passed(event);
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
  console.onOutput = (byte) => observer.wrote(byte);
  control.wantsEvent = (event) => observer.wantsStop(event);
  control.wantsTicks = true;
  control.acceptsWatch = () => undefined;
  control.watchesEvent = () => false;
  try {
    return await work();
  } finally {
    timeline.observer = follower;
    console.onOutput = onOutput;
    Object.assign(control, { accepts, wantsEvent, wantsTicks, acceptsWatch, watchesEvent });
  }
}
