/**
 * The timeline in the Trace Event Format, which Perfetto and Chrome's tracing page open: an environment is a process, a thread of its
 * libOS a thread. Times there are microseconds; ours are steps, one for one, and the file says so.
 */
import type { TimelineBody } from "../../../debug-adapter/protocol.ts";
import { arrowText, ENDS, MARKS, markText, modelOf, nameIn } from "./model.ts";

/** An event of that format, as far as we write it. */
export interface TraceEvent {
  /** `X` a span, `i` an instant, `s` and `f` the ends of an arrow, `M` names. */
  readonly ph: "X" | "i" | "s" | "f" | "M";
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  /** Of an instant: `t`, its thread's. */
  readonly s?: "t";
  /** Of an arrow's head: it belongs to the span around it. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, string>>;
}

export function chromeTrace(body: TimelineBody): ChromeTrace {
  const model = modelOf(body);
  const events: TraceEvent[] = [];
  const add = (event: TraceEvent) => events.push(event);
  const named = (name: string, pid: number, tid: number, value: string) =>
    add({ ph: "M", name, pid, tid, ts: 0, args: { name: value } });
  for (const { environment, threads } of body.lanes) {
    named("process_name", environment, 0, nameIn(model, environment));
    named("thread_name", environment, 0, threads.length === 0 ? "program" : "libOS");
    for (const { id, name } of threads) named("thread_name", environment, id, name);
  }
  named("process_name", 0, 0, "idle and devices");
  for (const [pid, tid, ts, to, owner, end, towards, overtime, event, count, busy] of body.spans) {
    add({
      ph: "X",
      name: pid === 0 ? "idle" : owner === pid ? "slice" : `slice of ${nameIn(model, owner)}`,
      cat: "slice",
      pid,
      tid,
      ts,
      dur: to - ts,
      args: {
        ended: ENDS[end],
        ...(towards === 0 ? {} : { to: nameIn(model, towards) }),
        overtime,
        event,
        count,
        steps: busy,
      },
    });
  }
  for (const [pid, tid, ts, to, depth, returned, name, event] of body.upcalls) {
    // Spans of one track must lie inside each other; an upcall may outlast a slice, so upcalls have a track of their own.
    const track = UPCALL_TRACK + depth;
    named("thread_name", pid, track, depth === 0 ? "upcalls" : `upcalls, depth ${depth}`);
    const args = { depth, returned: returned === 1, event, thread: tid };
    add({ ph: "X", name, cat: "upcall", pid, tid: track, ts, dur: to - ts, args });
  }
  for (const [i, arrow] of body.arrows.entries()) {
    const [ts, from, to, kind, event] = arrow;
    const common = { name: kind, cat: "transfer", id: i + 1, ts };
    add({ ph: "s", ...common, pid: from, tid: 0, args: { event, text: arrowText(model, arrow) } });
    add({ ph: "f", bp: "e", ...common, pid: to, tid: 0 });
  }
  for (const mark of body.marks) {
    const [ts, pid, kind, write, event, count] = mark;
    add({
      ph: "i",
      s: "t",
      name: write === 0 ? MARKS[kind].text : `${MARKS[kind].text} ${write}`,
      cat: "device",
      pid,
      tid: 0,
      ts,
      args: { event, count, text: markText(model, mark) },
    });
  }
  return {
    traceEvents: unique(events),
    displayTimeUnit: "ms",
    otherData: {
      producer: "Exoscope",
      unit: "Times are steps of the machine: 1 microsecond here is 1 step there.",
    },
  };
}

const UPCALL_TRACK = 1_000_000;

/** Names of tracks are said once. */
function unique(events: readonly TraceEvent[]): TraceEvent[] {
  const said = new Set<string>();
  return events.filter((event) => {
    if (event.ph !== "M") return true;
    const key = `${event.name} ${event.pid} ${event.tid}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}
