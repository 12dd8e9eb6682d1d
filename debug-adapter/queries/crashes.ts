/**
 * What if the power failed before write k (or barrier k): for each k a branch of the history on which it does, the machine boots again,
 * and runs to its end. The session stays where it is; the branches can be gone to like any other.
 */
import {
  type Branch,
  type Intervention,
  isBefore,
  type KernelEvent,
  type Timeline,
  type TimelineStop,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { UserError } from "../errors.ts";
import type { CrashOutcome } from "../protocol.ts";
import { exitCodeOf } from "../session/arrival.ts";
import { type Breathe, from, takeTurns } from "./look-back.ts";

/** Steps of a second boot after which it is not waited for any longer. */
const STEPS_MAX = 200_000_000;
const PIECE = 500_000;

export type PowerCut = Omit<Extract<Intervention, { kind: "failPower" }>, "kind">;

/** A moment of the first boot at which the power is cut. */
interface Moment {
  readonly step: number;
  /** Write requests that were accepted. */
  readonly writesDone: number;
  /** The barrier request that is not accepted any more, from 1. */
  readonly beforeBarrier?: number;
  /** After all requests. */
  readonly isLast?: true;
}

/**
 * Throws `UserError` when the machine has no disk, or the run does not end; the history is then what it was. What was not run yet of
 * the first boot is run.
 */
export async function crashEverywhere(
  debuggee: Debuggee,
  how: PowerCut,
  breathe: Breathe = takeTurns,
  points: "writes" | "writes and barriers" = "writes",
): Promise<CrashOutcome[]> {
  const { timeline, kernel } = debuggee;
  if (kernel.machine.disk === undefined) {
    throw new UserError(124, "This machine has no disk; give the scenario a 'disk'.");
  }
  const { known } = timeline;
  try {
    return await unheard(debuggee, (bytes) =>
      from(debuggee, () => crashes(debuggee, how, bytes, breathe, points)),
    );
  } catch (problem) {
    timeline.forgetBeyond(known);
    throw problem;
  }
}

async function crashes(
  debuggee: Debuggee,
  how: PowerCut,
  bytes: number[],
  breathe: Breathe,
  points: "writes" | "writes and barriers",
): Promise<CrashOutcome[]> {
  const { timeline } = debuggee;
  const main = timeline.branch;
  timeline.seek(timeline.end);
  const stop = await toEnd(debuggee, breathe);
  if (stop === "limit")
    throw new UserError(125, "The first boot does not end; there are no crashes to try.");
  const outcomes: CrashOutcome[] = [];
  for (const moment of momentsOf(debuggee)) {
    if (moment.beforeBarrier !== undefined && points === "writes") continue;
    outcomes.push(await crashAt(debuggee, main, moment, how, bytes, breathe));
  }
  return outcomes;
}

/** Does `work` without anyone hearing of the guests' console: what they write is gathered. */
async function unheard<Result>(
  debuggee: Debuggee,
  work: (bytes: number[]) => Promise<Result>,
): Promise<Result> {
  const { console } = debuggee.kernel.machine;
  const { onOutput } = console;
  const bytes: number[] = [];
  console.onOutput = (byte) => {
    bytes.push(byte);
  };
  try {
    return await work(bytes);
  } finally {
    console.onOutput = onOutput;
  }
}

/** Where the power can be cut: right before each write and barrier request of the first boot, and after all of them. */
function momentsOf(debuggee: Debuggee): Moment[] {
  const { timeline } = debuggee;
  const failed = timeline.events(({ kind }) => kind === "powerFailed")[0];
  const isFirst = (event: KernelEvent) => failed === undefined || event.index < failed.index;
  const requests = timeline.events(
    (event) => event.kind === "diskRequest" && event.request !== "read" && isFirst(event),
  );
  const ended = timeline.events((event) => event.kind === "destroyed" && isFirst(event)).at(-1);
  const end = failed ?? ended;
  // The trap of the call is itself a step: one before, its instruction has not been executed.
  const before = (event: KernelEvent) => event.step - 1;
  let [writesDone, barriers] = [0, 0];
  const moments = requests.map((event): Moment => {
    const step = before(event);
    if (event.kind === "diskRequest" && event.request === "barrier") {
      barriers += 1;
      return { step, writesDone, beforeBarrier: barriers };
    }
    writesDone += 1;
    return { step, writesDone: writesDone - 1 };
  });
  return [
    ...moments,
    { step: end === undefined ? timeline.now.step - 1 : before(end), writesDone, isLast: true },
  ];
}

/** As a name of a branch says it. */
function whenText({ writesDone, beforeBarrier, isLast }: Moment): string {
  if (isLast) return "crash after the last write";
  return beforeBarrier === undefined
    ? `crash before write ${writesDone + 1}`
    : `crash before barrier ${beforeBarrier}`;
}

async function crashAt(
  debuggee: Debuggee,
  main: Branch,
  moment: Moment,
  how: PowerCut,
  bytes: number[],
  breathe: Breathe,
): Promise<CrashOutcome> {
  const { timeline } = debuggee;
  const { step, isLast: _, ...reached } = moment;
  timeline.switchTo(main, { step, event: 0 });
  bytes.length = 0;
  cutPower(timeline, how);
  const stop = await toEnd(debuggee, breathe);
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  const lastLine = text.trimEnd().split("\n").at(-1) ?? "";
  const exitCode = stop === "exited" ? exitCodeOf(debuggee) : undefined;
  const outcome =
    exitCode === undefined ? "does not end" : `${lastLine || "no output"}, status ${exitCode}`;
  timeline.branch.name = `${whenText(moment)}: ${outcome}`;
  return {
    branch: timeline.branch.id,
    ...reached,
    outcome,
    lastLine,
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** Begins a branch on which the power fails here and comes back. It is asked for, so it may enter though one looks back. */
function cutPower(timeline: Timeline, how: PowerCut): void {
  const { isLookedAt } = timeline;
  timeline.isLookedAt = false;
  try {
    timeline.quietly(() => {
      timeline.intervene({ kind: "failPower", ...how });
      timeline.intervene({ kind: "powerOn" });
    });
  } finally {
    timeline.isLookedAt = isLookedAt;
  }
}

/** On to the end of this branch and beyond, without stops, until nobody can run. */
async function toEnd(
  debuggee: Debuggee,
  breathe: Breathe,
): Promise<"exited" | "idle" | "off" | "limit"> {
  const { timeline, kernel } = debuggee;
  const { stopOn } = kernel;
  const { breakpoints } = kernel.machine;
  const limit = { step: timeline.now.step + STEPS_MAX, event: 0 };
  kernel.stopOn = undefined;
  breakpoints.isMuted = true;
  try {
    while (isBefore(timeline.now, limit)) {
      const stop: TimelineStop = timeline.quietly(() => timeline.run(PIECE, true));
      if (stop.kind === "exited" || stop.kind === "idle") return stop.kind;
      if (stop.kind === "powerFailed") return "off";
      await breathe();
    }
    return "limit";
  } finally {
    kernel.stopOn = stopOn;
    breakpoints.isMuted = false;
  }
}
