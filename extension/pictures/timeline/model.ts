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
  readonly upcalls: readonly TimelineUpcall[];
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

export function modelOf(body: TimelineBody): Model {
  const marks = environmentMarks(
    body.lanes.map(({ environment: id, index, name, isLauncher }) => ({
      id,
      index,
      name,
      isLauncher,
    })),
  );
  const byId = new Map(marks.map((mark) => [mark.id, mark]));
  const spans = grouped(body.spans, (span) => `${span[0]} ${span[1]}`);
  const ofEnvironment = grouped(body.spans, (span) => `${span[0]}`);
  const upcalls = grouped(body.upcalls, (upcall) => `${upcall[0]}`);
  const things = grouped(body.marks, (mark) => `${mark[1]}`);
  const rows: Row[] = [];
  for (const mark of marks) {
    const { id } = mark;
    const lane = body.lanes.find(({ environment }) => environment === id);
    // The launcher only made what is looked at: it never runs.
    if (lane === undefined || (mark.isLauncher && lane.steps === 0)) continue;
    rows.push({
      environment: id,
      thread: 0,
      label: `${mark.letter} ${mark.name}`,
      mark,
      spans: ofEnvironment.get(`${id}`) ?? [],
      upcalls: upcalls.get(`${id}`) ?? [],
      marks: things.get(`${id}`) ?? [],
    });
    for (const { id: thread, name } of lane.threads) {
      rows.push({
        environment: id,
        thread,
        label: name,
        mark,
        spans: spans.get(`${id} ${thread}`) ?? [],
        upcalls: [],
        marks: [],
      });
    }
  }
  const idle = ofEnvironment.get("0") ?? [];
  const kernel = things.get("0") ?? [];
  if (idle.length > 0 || kernel.length > 0) {
    rows.push({
      environment: 0,
      thread: 0,
      label: "idle",
      mark: undefined,
      spans: idle,
      upcalls: [],
      marks: kernel,
    });
  }
  const rowOf = new Map<number, number>();
  for (const [i, { environment, thread }] of rows.entries()) {
    if (thread === 0) rowOf.set(environment, i);
  }
  return { body, rows, arrows: body.arrows, marks: byId, rowOf };
}

function grouped<T extends readonly unknown[]>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  for (const group of groups.values()) {
    const at = typeof group[0]?.[2] === "number" ? 2 : 0;
    group.sort((a, b) => (a[at] as number) - (b[at] as number));
  }
  return groups;
}

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
  const isInside =
    body.from <= Math.max(window.from, body.first) && body.to >= Math.min(window.to, body.last);
  return !isInside || body.resolution > (2 * (window.to - window.from)) / pixels;
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
  const inside = row.upcalls.filter(([, , from, to]) => from <= step && step <= to).at(-1);
  if (inside !== undefined) texts.push(`In ${upcallText(model, inside)}.`);
  const mark = row.marks.find(([place]) => Math.abs(place - step) <= near);
  if (mark !== undefined) texts.push(`${markText(model, mark)}.`);
  const { arrows } = model;
  const arrow = arrows[lowerBound(arrows, step - near, (each) => each[0])];
  if (arrow !== undefined && arrow[0] <= step + near) texts.push(`${arrowText(model, arrow)}.`);
  return texts.join(" ");
}
