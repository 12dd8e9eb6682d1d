/** The body of `exo/timeline`: who ran when on a branch, within a window and no finer than can be drawn. */
import { type Branch, indexOfId, LAUNCHER_INDEX } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { noBranch } from "../errors.ts";
import type {
  EventItem,
  TimelineArguments,
  TimelineArrow,
  TimelineBody,
  TimelineLane,
  TimelineMark,
  TimelineSpan,
  TimelineUpcall,
} from "../protocol.ts";
import { eventItem } from "../session/event-item.ts";
import { checkTimeline } from "../session/request-checks.ts";
import type { Recorded, RunRecord } from "./run-record.ts";
import {
  type Crossing,
  type RunMark,
  type RunSpan,
  SpanBuilder,
  type UpcallSpan,
} from "./spans.ts";

/** As many spans wide a window is drawn when nobody says how fine. */
const DEFAULT_PARTS = 4000;
const LIST_MAX = 1000;

interface Kept {
  readonly branch: Branch;
  readonly version: number;
  readonly builder: SpanBuilder;
  /** Number of the first event that it has read. */
  readonly first: number;
}
/** What the last request of a debuggee has read: the next one goes on from there. */
const kept = new WeakMap<RunRecord, Kept>();

export function timelineBody(debuggee: Debuggee, args: TimelineArguments): TimelineBody {
  checkTimeline(args);
  const { timeline } = debuggee;
  const branch =
    args.branch === undefined
      ? timeline.branch
      : timeline.branches.find(({ id }) => id === args.branch);
  if (branch === undefined) throw noBranch(args.branch ?? 0, timeline.branches.length);
  const end = branch === timeline.branch ? timeline.end : branch.end;
  const recorded = debuggee.record.of(branch, end.event);
  const builder = builderOf(debuggee.record, branch, recorded);
  const firstEvent = recorded[0]?.event.index ?? 0;
  const first = firstEvent === 0 ? 0 : (recorded[0]?.event.step ?? 0);
  const from = Math.min(args.from ?? first, end.step);
  const to = Math.max(from, Math.min(args.to ?? end.step, end.step));
  const resolution = args.resolution ?? (to - from) / DEFAULT_PARTS;
  const all = builder.upTo(end.step);
  return {
    step: debuggee.view.steps,
    now: { branch: timeline.branch.id, ...timeline.now },
    branch: branch.id,
    first,
    last: end.step,
    from,
    to,
    resolution,
    firstEvent,
    endEvent: end.event,
    lanes: lanesOf(debuggee, branch, builder, all.spans),
    ...rowsWithin(
      { ...all, crossings: builder.crossings, marks: builder.marks },
      from,
      to,
      resolution,
    ),
    events: listed(debuggee, branch, recorded, firstEvent, args.events),
  };
}

/** What a run is made of, each in order of time. */
export interface RunParts {
  readonly spans: readonly RunSpan[];
  readonly upcalls: readonly UpcallSpan[];
  readonly crossings: readonly Crossing[];
  readonly marks: readonly RunMark[];
}

/** What lies in a window, in rows no finer than the resolution. */
export function rowsWithin(
  { spans, upcalls, crossings, marks }: RunParts,
  from: number,
  to: number,
  resolution: number,
): Pick<TimelineBody, "spans" | "upcalls" | "arrows" | "marks"> {
  const isInside = (step: number) => step >= from && step <= to;
  return {
    spans: mergedSpans(spans, from, to, resolution),
    upcalls: mergedUpcalls(upcalls, from, to, resolution),
    arrows: thinned(
      crossings.filter(({ step }) => isInside(step)),
      ({ step, from: giver, to: taker, kind }) =>
        `${bucket(step, resolution)} ${giver} ${taker} ${kind}`,
    ).map(
      ([{ step, from: giver, to: taker, kind, event }, count]): TimelineArrow => [
        step,
        giver,
        taker,
        kind,
        event,
        count,
      ],
    ),
    marks: thinned(
      marks.filter(({ step }) => isInside(step)),
      // Each write is a moment at which the power might fail: they are all told.
      ({ step, environment, kind, write }) =>
        `${bucket(step, resolution)} ${environment} ${kind} ${write}`,
    ).map(
      ([{ step, environment, kind, write, event }, count]): TimelineMark => [
        step,
        environment,
        kind,
        write,
        event,
        count,
      ],
    ),
  };
}

function builderOf(record: RunRecord, branch: Branch, recorded: readonly Recorded[]): SpanBuilder {
  const old = kept.get(record);
  const first = recorded[0]?.event.index ?? 0;
  const goesOn =
    old !== undefined &&
    old.branch === branch &&
    old.version === record.version &&
    old.first === first &&
    old.builder.count <= recorded.length;
  const builder = goesOn ? old.builder : new SpanBuilder();
  for (let at = builder.count; at < recorded.length; at += 1) builder.read(recorded[at]!);
  kept.set(record, { branch, version: record.version, builder, first });
  return builder;
}

function lanesOf(
  debuggee: Debuggee,
  branch: Branch,
  { born, died, bootOf }: SpanBuilder,
  spans: readonly RunSpan[],
): TimelineLane[] {
  const steps = new Map<number, number>();
  const threads = new Map<number, Set<number>>();
  for (const span of spans) {
    const { environment, thread } = span;
    steps.set(environment, (steps.get(environment) ?? 0) + span.to - span.from);
    if (thread === 0) continue;
    const seen = threads.get(environment) ?? new Set();
    threads.set(environment, seen.add(thread));
  }
  return [...born].map(([environment, step]) => {
    const end = died.get(environment);
    const ids = [...(threads.get(environment) ?? [])].sort((a, b) => a - b);
    const names = debuggee.threads.namesOf(environment);
    const index = indexOfId(environment);
    // The launcher of an earlier boot is not the one that is running.
    const isLauncher = index === LAUNCHER_INDEX;
    return {
      environment,
      index,
      name: isLauncher ? "launcher" : debuggee.nameOn(branch, environment),
      isLauncher,
      boot: bootOf.get(environment) ?? 1,
      born: step,
      ...(end === undefined ? {} : { died: end }),
      steps: steps.get(environment) ?? 0,
      threads: ids.map((id) => ({ id, name: names.get(id) ?? `thread ${id}` })),
    };
  });
}

const bucket = (step: number, resolution: number): number =>
  resolution > 0 ? Math.floor(step / resolution) : step;

/** The first of those that look the same, and how many they are. */
function thinned<T extends { readonly event: number }>(
  items: readonly T[],
  keyOf: (item: T) => string,
): (readonly [T, number])[] {
  const found = new Map<string, [T, number]>();
  for (const item of items) {
    const key = keyOf(item);
    const old = found.get(key);
    if (old === undefined) found.set(key, [item, 1]);
    else old[1] += 1;
  }
  return [...found.values()];
}

type Mutable<Row extends readonly unknown[]> = { -readonly [At in keyof Row]: Row[At] };

/** Spans in the window; neighbours on a lane that are too short to be told apart become one. */
export function mergedSpans(
  spans: readonly RunSpan[],
  from: number,
  to: number,
  resolution: number,
): TimelineSpan[] {
  const rows: Mutable<TimelineSpan>[] = [];
  const last = new Map<string, Mutable<TimelineSpan>>();
  for (const span of spans) {
    if (span.to < from || span.from > to) continue;
    const { environment, thread, owner, end, towards, overtime, event } = span;
    const length = span.to - span.from;
    const key = `${environment} ${thread}`;
    const before = last.get(key);
    if (
      before !== undefined &&
      length < resolution &&
      before[10] / before[9] < resolution &&
      span.from - before[3] < resolution
    ) {
      before[3] = span.to;
      before[5] = "M";
      before[6] = 0;
      before[7] += overtime;
      before[9] += 1;
      before[10] += length;
      if (before[4] !== owner) before[4] = environment;
      continue;
    }
    const row: Mutable<TimelineSpan> = [
      environment,
      thread,
      span.from,
      span.to,
      owner,
      end,
      towards,
      overtime,
      event,
      1,
      length,
    ];
    last.set(key, row);
    rows.push(row);
  }
  return rows;
}

function mergedUpcalls(
  upcalls: readonly UpcallSpan[],
  from: number,
  to: number,
  resolution: number,
): TimelineUpcall[] {
  const rows: Mutable<TimelineUpcall>[] = [];
  const last = new Map<string, Mutable<TimelineUpcall>>();
  for (const upcall of [...upcalls].sort((a, b) => a.from - b.from || a.event - b.event)) {
    if (upcall.to < from || upcall.from > to) continue;
    const { environment, thread, depth, returned, name, event } = upcall;
    const key = `${environment} ${thread} ${depth}`;
    const before = last.get(key);
    if (before !== undefined && upcall.to - before[2] < resolution) {
      before[3] = Math.max(before[3], upcall.to);
      if (before[6] !== name) before[6] = "several";
      before[8] += 1;
      continue;
    }
    const row: Mutable<TimelineUpcall> = [
      environment,
      thread,
      upcall.from,
      upcall.to,
      depth,
      returned ? 1 : 0,
      name,
      event,
      1,
    ];
    last.set(key, row);
    rows.push(row);
  }
  return rows;
}

function listed(
  debuggee: Debuggee,
  branch: Branch,
  recorded: readonly Recorded[],
  firstEvent: number,
  wanted: TimelineArguments["events"],
): EventItem[] {
  if (wanted === undefined) return [];
  const at = Math.max(0, wanted.since - firstEvent);
  const nameOf = (id: number) =>
    id === 0 ? "the kernel" : `${debuggee.nameOn(branch, id)} (env ${id})`;
  return recorded
    .slice(at, at + Math.min(wanted.limit, LIST_MAX))
    .map(({ event }) => eventItem(event, nameOf));
}
