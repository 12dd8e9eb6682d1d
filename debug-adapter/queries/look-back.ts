/** Looks into the past without going there: every query leaves the run at the moment at which it was asked. */
import {
  comparePositions,
  isBefore,
  type KernelEvent,
  type Position,
  type TimelineStop,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { HistoryPosition, SourcePlace } from "../protocol.ts";
import { isSource } from "../run/stepper.ts";
import { codeFrames, stackOf } from "../stack.ts";
import type { Piece } from "../watched-target.ts";

/** Ids of the machine's watches that are a query's, beyond those of data breakpoints. */
const FIRST_WATCH = 1_000_000;
const FIRST_STRETCH = 20_000;
const LONGER = 8;
const STRETCH_MAX = 5_000_000;
/** Steps between two looks at the outside. */
const PIECE = 500_000;

/** Lets others have their turn, now and then. It throws when the user has had enough of the search. */
export type Breathe = () => Promise<void>;

export const takeTurns: Breathe = () => new Promise((resolve) => setImmediate(resolve));

export type WriteStop = Extract<TimelineStop, { kind: "watchpoint" }>;

export interface Write {
  readonly stop: WriteStop;
  readonly at: Position;
}

/** Does `work`, which may go anywhere in this branch, and comes back. */
export async function from<Result>(
  debuggee: Debuggee,
  work: () => Promise<Result>,
): Promise<Result> {
  const { timeline } = debuggee;
  const { now, branch } = timeline;
  try {
    return await work();
  } finally {
    if (timeline.branch !== branch) timeline.switchTo(branch, now);
    else timeline.seek(now);
  }
}

/** The last write from `since` until now that changed some of these physical bytes, by whomever it was. */
export async function lastWrite(
  debuggee: Debuggee,
  pieces: readonly Piece[],
  since: Position,
  breathe: Breathe,
): Promise<Write | undefined> {
  const { timeline } = debuggee;
  let until = timeline.now;
  for (let length = FIRST_STRETCH; ; length = Math.min(length * LONGER, STRETCH_MAX)) {
    let begin = timeline.seekStep(until.step - length);
    if (isBefore(begin, since)) {
      timeline.seek(since);
      begin = since;
    }
    let last: Write | undefined;
    const visit = (write: Write) => {
      last = write;
      return false;
    };
    await writes(debuggee, pieces, until, visit, breathe);
    if (last !== undefined) return last;
    if (comparePositions(begin, since) <= 0) return undefined;
    until = begin;
  }
}

/** From here until a moment of this branch: shows each write that changed some of these bytes. `visit` may end it with true. */
export async function writes(
  debuggee: Debuggee,
  pieces: readonly Piece[],
  until: Position,
  visit: (write: Write) => boolean,
  breathe: Breathe,
): Promise<void> {
  const { timeline, kernel } = debuggee;
  const { watchpoints, breakpoints } = kernel.machine;
  const { stopOn } = kernel;
  for (const [i, piece] of pieces.entries()) {
    watchpoints.set({ ...piece, id: FIRST_WATCH + i, read: false, write: true });
  }
  kernel.stopOn = undefined;
  breakpoints.isMuted = true;
  try {
    let isDone = false;
    while (!isDone && isBefore(timeline.now, until)) {
      const stop = timeline.quietly(() => timeline.run(PIECE, true, until));
      if (stop.kind === "exited" || stop.kind === "idle") return;
      if (stop.kind === "watchpoint" && isChange(stop)) {
        isDone = visit({ stop, at: timeline.now });
      }
      if (stop.kind === "budget") await breathe();
    }
  } finally {
    kernel.stopOn = stopOn;
    breakpoints.isMuted = false;
    for (const i of pieces.keys()) watchpoints.clear(FIRST_WATCH + i);
  }
}

function isChanging({ id, before, after }: Hit): boolean {
  return id >= FIRST_WATCH && before.some((byte, at) => byte !== after[at]);
}

function isChange({ hits }: WriteStop): boolean {
  return hits.some(isChanging);
}

type Hit = WriteStop["hits"][number];

/** Of a stop, what it says of the bytes that a query watches: the first of its hits that changed any. */
export function changeOf({ hits }: Pick<WriteStop, "hits">): Hit | undefined {
  return hits.find(isChanging);
}

/** Debug data of the libOS names its files so. */
const LIBOS = "exo:/libos/";

/**
 * Where an environment stands in a source, now: its innermost frame that is no plumbing; of the library's own code the place in
 * the program that it works for.
 */
export function placeNow(debuggee: Debuggee, environment: number): SourcePlace | undefined {
  const frames = codeFrames(stackOf(debuggee, environment)).filter(isSource);
  const frame = frames.find(({ place }) => place?.file.startsWith(LIBOS) !== true) ?? frames[0];
  const { place, image } = frame ?? {};
  return place === undefined || image === undefined
    ? undefined
    : { path: image.localPath(place.file), line: place.line };
}

/** The line of an instruction in the program's own source; undefined in the library's code and where there is no source. */
export function lineOf(
  debuggee: Debuggee,
  environment: number,
  pc: number,
): SourcePlace | undefined {
  const image = debuggee.imageOf(environment);
  const row = image?.debug.lineAt(pc);
  if (image === undefined || row === undefined || !image.isSteppable(pc)) return undefined;
  if (row.file.startsWith(LIBOS)) return undefined;
  return { path: image.localPath(row.file), line: row.line };
}

/** Where the one who caused an event stood: goes there, so it is for use within `from`. Nothing of the boot has a place. */
export function placeOfEvent(debuggee: Debuggee, event: KernelEvent): SourcePlace | undefined {
  const { timeline } = debuggee;
  if (event.index < timeline.start.event || debuggee.isLauncher(event.environment))
    return undefined;
  timeline.seekEvent(event);
  return placeNow(debuggee, event.environment);
}

/** The moment at which the kernel has acted on an event. */
export function momentOf(debuggee: Debuggee, event: KernelEvent): HistoryPosition {
  const { timeline } = debuggee;
  const { start, branch } = timeline;
  return event.index < start.event
    ? { branch: branch.id, ...start }
    : { branch: branch.id, step: event.step, event: event.index + 1 };
}

export function historyPosition(debuggee: Debuggee, position: Position): HistoryPosition {
  return { branch: debuggee.timeline.branch.id, step: position.step, event: position.event };
}

/** ` at bank.c:12, step 7,131`, for the end of a sentence. */
export function whereText(place: SourcePlace | undefined, step: number): string {
  const line = place === undefined ? "" : ` at ${place.path.replace(/^.*[\\/]/, "")}:${place.line}`;
  return `${line}, step ${step.toLocaleString("en-US")}`;
}
