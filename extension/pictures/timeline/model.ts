/** From the body of `exo/timeline` to what is drawn: lanes, what of each lies in a window, and sentences about it. */
import type {
  SpanGlyph,
  TimelineArrow,
  TimelineBody,
  TimelineMark,
  TimelineSpan,
  TimelineUpcall,
} from "../../../debug-adapter/protocol.ts";
import { type EnvironmentMark, environmentMarks } from "../environment-marks.ts";

export interface Row {
  /** 0: nobody, the processor was idle. */
  readonly environment: number;
  /** A thread of its libOS; 0 for the whole environment. */
  readonly thread: number;
  readonly label: string;
  readonly mark: EnvironmentMark | undefined;
  /** In order of time; they do not overlap. */
  readonly spans: readonly TimelineSpan[];
  /** In order of their beginnings. */
  readonly upcalls: readonly TimelineUpcall[];
  /** Of each upcall the latest end of it and of those before it: what lasts into a window is found by halving. */
  readonly reach: readonly number[];
  readonly marks: readonly TimelineMark[];
}

export interface Model {
  readonly body: TimelineBody;
  readonly rows: readonly Row[];
  readonly arrows: readonly TimelineArrow[];
  readonly marks: ReadonlyMap<number, EnvironmentMark>;
  readonly rowOf: ReadonlyMap<number, number>;
}

/** A stretch of time as it is seen, in steps. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What a span's end means, as a phrase. */
export const ENDS: Readonly<Record<SpanGlyph, string>> = {
  E: "its slice expired",
  Y: "it yielded",
  P: "it donated the slice by a protected control transfer",
  B: "it blocked: it sleeps or rests",
  D: "it was destroyed",
  F: "the power failed",
  T: "its libOS switched to another thread",
  I: "the processor was idle until then",
  R: "it has not stopped yet",
  M: "several turns, too short to be told apart at this zoom",
};

/** `whole` is the model of all that is known, if this body is of a part: its rows are there also where nothing happens in the part. */
export function modelOf(body: TimelineBody, whole?: Model): Model {
  const marks = marksOf(body.lanes);
  const byId = new Map(marks.map((mark) => [mark.id, mark]));
  const lanes = new Map(body.lanes.map((lane) => [lane.environment, lane]));
  const spans = grouped(body.spans, 0, 2);
  const upcalls = grouped(body.upcalls, 0, 2);
  const things = grouped(body.marks, 1, 0);
  const rows: Row[] = [];
  const add = (row: Pick<Row, "environment" | "thread" | "label" | "mark">) => {
    const { environment, thread } = row;
    const own = spans.get(environment) ?? [];
    const calls = thread === 0 ? (upcalls.get(environment) ?? []) : [];
    rows.push({
      ...row,
      spans: thread === 0 ? own : own.filter((span) => span[1] === thread),
      upcalls: calls,
      reach: reachOf(calls),
      marks: thread === 0 ? (things.get(environment) ?? []) : [],
    });
  };
  for (const mark of marks) {
    const { id: environment, letter, name } = mark;
    const lane = lanes.get(environment);
    // The launcher only made what is looked at: it never runs.
    if (lane === undefined || (mark.isLauncher && lane.steps === 0)) continue;
    add({ environment, thread: 0, label: `${letter} ${name}`, mark });
    for (const { id: thread, name: label } of lane.threads) {
      add({ environment, thread, label, mark });
    }
  }
  if (spans.has(0) || things.has(0) || whole?.rowOf.has(0) === true) {
    add({ environment: 0, thread: 0, label: "idle", mark: undefined });
  }
  const rowOf = new Map<number, number>();
  for (const [i, { environment, thread }] of rows.entries()) {
    if (thread === 0) rowOf.set(environment, i);
  }
  return { body, rows, arrows: body.arrows, marks: byId, rowOf };
}

/** Where the power failed, the programs of each boot are others, though their records are the same: they are told apart by its number. */
function marksOf(lanes: TimelineBody["lanes"]): readonly EnvironmentMark[] {
  const boots = [...new Set(lanes.map(({ boot }) => boot))].sort((a, b) => a - b);
  return boots.flatMap((boot) =>
    environmentMarks(
      lanes
        .filter((lane) => lane.boot === boot)
        .map(({ environment: id, index, name, isLauncher }) => ({ id, index, name, isLauncher })),
    ).map((mark) =>
      boots.length === 1
        ? mark
        : { ...mark, letter: `${mark.letter}${raised(boot)}`, name: `${mark.name}, boot ${boot}` },
    ),
  );
}

const raised = (number: number): string =>
  [...`${number}`].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");

/** By the number in column `by`, each group in order of the one in column `order`. */
function grouped<T extends readonly unknown[]>(
  items: readonly T[],
  by: number,
  order: number,
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  const unordered = new Set<T[]>();
  for (const item of items) {
    const key = item[by] as number;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else {
      if ((group.at(-1)![order] as number) > (item[order] as number)) unordered.add(group);
      group.push(item);
    }
  }
  for (const group of unordered) group.sort((a, b) => (a[order] as number) - (b[order] as number));
  return groups;
}

function reachOf(upcalls: readonly TimelineUpcall[]): number[] {
  let most = Number.NEGATIVE_INFINITY;
  return upcalls.map((upcall) => {
    most = Math.max(most, upcall[3]);
    return most;
  });
}

/** Whether all of a window is in a body. */
export const covers = (body: TimelineBody, { from, to }: Window): boolean =>
  body.from <= Math.max(from, body.first) && body.to >= Math.min(to, body.last);

/** The first of those in order of `stepOf` that is at `step` or later. */
export function lowerBound<T>(
  items: readonly T[],
  step: number,
  stepOf: (item: T) => number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stepOf(items[middle] as T) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The span of a row at a step. */
export function spanAt({ spans }: Row, step: number): TimelineSpan | undefined {
  const at = lowerBound(spans, step + 1, (span) => span[2]) - 1;
  const span = spans[at];
  return span !== undefined && step <= span[3] ? span : undefined;
}

/** Running number of the event with which the turn at a step began, whoever's it is; of a joined one, the first of it. */
export function eventAt({ rows }: Model, step: number): number | undefined {
  let latest: TimelineSpan | undefined;
  for (const { spans } of rows) {
    const span = spans[lowerBound(spans, step + 1, (each) => each[2]) - 1];
    if (span !== undefined && span[2] >= (latest?.[2] ?? 0)) latest = span;
  }
  return latest?.[8];
}

const NARROWEST = 8;

/** A window within what is known, as wide as asked as far as that goes. */
export function within({ from, to }: Window, { first, last }: TimelineBody): Window {
  const whole = Math.max(1, last - first);
  const width = Math.min(whole, Math.max(NARROWEST, to - from));
  const start = Math.min(Math.max(first, from), first + whole - width);
  return { from: start, to: start + width };
}

export const wholeOf = (body: TimelineBody): Window =>
  within({ from: body.first, to: body.last }, body);

/** Zooms so that `at` stays where it is; a factor below 1 shows less, larger. */
export function zoomed(window: Window, factor: number, at: number, body: TimelineBody): Window {
  const width = Math.max(NARROWEST, (window.to - window.from) * factor);
  const part = (at - window.from) / (window.to - window.from);
  const from = at - part * width;
  return within({ from, to: from + width }, body);
}

/** Moves by a part of the window's width. */
export function panned(window: Window, part: number, body: TimelineBody): Window {
  const by = part * (window.to - window.from);
  return within({ from: window.from + by, to: window.to + by }, body);
}

/** So that a step is in sight, moved no more than needed. */
export function revealed(window: Window, step: number, body: TimelineBody): Window {
  if (step >= window.from && step <= window.to) return window;
  const half = (window.to - window.from) / 2;
  return within({ from: step - half, to: step + half }, body);
}

/** Whether a body is too coarse for a window of so many pixels, or lacks some of it. */
export function isLacking(body: TimelineBody, window: Window, pixels: number): boolean {
  return !covers(body, window) || body.resolution > (2 * (window.to - window.from)) / pixels;
}

/** What to ask for, so that some panning and zooming needs no answer. */
export function askFor(body: TimelineBody, window: Window, pixels: number) {
  const width = window.to - window.from;
  return {
    branch: body.branch,
    from: Math.max(body.first, Math.floor(window.from - width)),
    to: Math.min(body.last, Math.ceil(window.to + width)),
    resolution: width / pixels,
  };
}

export const stepText = (step: number): string => Math.round(step).toLocaleString("en-US");

export function nameIn(model: Model, id: number): string {
  if (id === 0) return "nobody";
  const mark = model.marks.get(id);
  return mark === undefined ? `env ${id}` : `${mark.letter} ${mark.name}`;
}

/** One sentence. */
export function spanText(model: Model, span: TimelineSpan): string {
  const [environment, thread, from, to, owner, end, towards, overtime, , count, busy] = span;
  const when = `steps ${stepText(from)} to ${stepText(to)}`;
  if (environment === 0) return `Nobody runs, ${when}.`;
  const lane = model.body.lanes.find((each) => each.environment === environment);
  const threadName = lane?.threads.find(({ id }) => id === thread)?.name;
  const who = nameIn(model, environment) + (threadName === undefined ? "" : `, ${threadName},`);
  if (end === "M") {
    return `${who} runs ${count} times, ${stepText(busy)} steps in all, within ${when}; zoom in to tell them apart.`;
  }
  const donated =
    owner === 0 || owner === environment ? "" : ` in the slice of ${nameIn(model, owner)}`;
  const to_ = towards === 0 ? "" : ` to ${nameIn(model, towards)}`;
  const over = overtime === 0 ? "" : `, ${stepText(overtime)} steps over the end of the slice`;
  return `${who} runs${donated}, ${when} (${stepText(to - from)} steps)${over}; ${ENDS[end]}${to_}.`;
}

const ARROWS: Readonly<Record<TimelineArrow[3], string>> = {
  call: "calls",
  reply: "replies to",
  send: "transfers asynchronously to",
  yield: "yields to",
};
export function arrowText(model: Model, [step, from, to, kind, , count]: TimelineArrow): string {
  const often = count === 1 ? "" : `, ${count} times`;
  return `${nameIn(model, from)} ${ARROWS[kind]} ${nameIn(model, to)} at step ${stepText(step)}${often}`;
}

export const MARKS: Readonly<Record<TimelineMark[2], { sign: string; text: string }>> = {
  diskRead: { sign: "r", text: "disk read" },
  diskWrite: { sign: "w", text: "disk write" },
  diskBarrier: { sign: "b", text: "disk barrier" },
  packetSent: { sign: "↑", text: "packet sent" },
  packetArrived: { sign: "↓", text: "packet arrived" },
  packetDropped: { sign: "×", text: "packet dropped" },
  refused: { sign: "!", text: "call refused" },
  lost: { sign: "−", text: "capability lost" },
  powerFailed: { sign: "F", text: "power failed" },
};
export function markText(
  model: Model,
  [step, environment, kind, write, , count]: TimelineMark,
): string {
  const which = write === 0 ? "" : ` ${write}`;
  const who = environment === 0 ? "" : ` of ${nameIn(model, environment)}`;
  return `${MARKS[kind].text}${which}${who} at step ${stepText(step)}${count === 1 ? "" : `, ${count} of them`}`;
}

export function upcallText(model: Model, upcall: TimelineUpcall): string {
  const [environment, , from, to, depth, returned, name, , count] = upcall;
  const inside = depth === 0 ? "" : `, inside ${depth} other${depth === 1 ? "" : "s"}`;
  const many = count === 1 ? "" : `, ${count} of them`;
  const end = returned === 1 ? `returns at step ${stepText(to)}` : "does not return";
  return `upcall '${name}' into ${nameIn(model, environment)} at step ${stepText(from)}${inside}${many}, ${end}`;
}

/** The innermost upcall of a row at a step: of those around it the one that began last. */
function upcallAt({ upcalls, reach }: Row, step: number): TimelineUpcall | undefined {
  const first = lowerBound(reach, step, (end) => end);
  for (let i = lowerBound(upcalls, step + 1, (upcall) => upcall[2]) - 1; i >= first; i -= 1) {
    if (upcalls[i]![3] >= step) return upcalls[i];
  }
  return undefined;
}

/** What lies at a step of a row, and within `near` steps of it, in sentences. */
export function textAt(model: Model, at: number, step: number, near: number): string {
  const row = model.rows[at];
  if (row === undefined) return "";
  const span = spanAt(row, step);
  const runs = model.rows.map((each) => spanAt(each, step)).find((each) => each !== undefined);
  const texts = [
    span === undefined
      ? `${row.label} does not run.${runs === undefined ? "" : ` ${spanText(model, runs)}`}`
      : spanText(model, span),
  ];
  const inside = upcallAt(row, step);
  if (inside !== undefined) texts.push(`In ${upcallText(model, inside)}.`);
  const mark = row.marks[lowerBound(row.marks, step - near, ([place]) => place)];
  if (mark !== undefined && mark[0] <= step + near) texts.push(`${markText(model, mark)}.`);
  const { arrows } = model;
  const arrow = arrows[lowerBound(arrows, step - near, (each) => each[0])];
  if (arrow !== undefined && arrow[0] <= step + near) texts.push(`${arrowText(model, arrow)}.`);
  return texts.join(" ");
}
