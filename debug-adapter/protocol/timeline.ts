/** Who ran when, as the timeline draws it. */
import type { HistoryPosition } from "./history.ts";
import type { EventItem } from "./kernel-records.ts";

/**
 * Arguments of `exo/timeline`: who ran when. The window is in steps, everything when missing; what is shorter than `resolution` steps is
 * put together with its neighbours. `events` also asks for events as text, from a running number on.
 */
export interface TimelineArguments {
  /** The branch in which one stands when missing. */
  readonly branch?: number;
  readonly from?: number;
  readonly to?: number;
  readonly resolution?: number;
  readonly events?: { readonly since: number; readonly limit: number };
}

/**
 * Why an environment stopped running: `E` its slice expired, `Y` it yielded, `P` it donated the slice by a protected control transfer, `B`
 * it blocked (sleeps or rests), `D` it was destroyed, `F` the power failed, `T` its libOS switched to another thread, `I` the processor
 * was idle until then, `R` it still runs; `M`: several spans that are shorter than the resolution.
 */
export type SpanGlyph = "E" | "Y" | "P" | "B" | "D" | "F" | "T" | "I" | "R" | "M";

/** Environment 0: nobody. `busy` are its steps in between, less than `to - from` only for `M`; `event` is where it began. */
export type TimelineSpan = readonly [
  environment: number,
  thread: number,
  from: number,
  to: number,
  owner: number,
  end: SpanGlyph,
  towards: number,
  overtime: number,
  event: number,
  count: number,
  busy: number,
];

/** `depth` 0 interrupted the program; `returned` is 1 when it went back to what it had interrupted, by `to`. */
export type TimelineUpcall = readonly [
  environment: number,
  thread: number,
  from: number,
  to: number,
  depth: number,
  returned: 0 | 1,
  name: string,
  event: number,
  count: number,
];

export type TimelineArrow = readonly [
  step: number,
  from: number,
  to: number,
  kind: "call" | "reply" | "send" | "yield",
  event: number,
  count: number,
];

/** `write` numbers disk writes from 1 on; 0 for the others. */
export type TimelineMark = readonly [
  step: number,
  environment: number,
  kind:
    | "diskRead"
    | "diskWrite"
    | "diskBarrier"
    | "packetSent"
    | "packetArrived"
    | "packetDropped"
    | "refused"
    | "lost"
    | "powerFailed",
  write: number,
  event: number,
  count: number,
];

export interface TimelineLane {
  readonly environment: number;
  /** Record index, as in `EnvironmentItem`. */
  readonly index: number;
  readonly name: string;
  readonly isLauncher: boolean;
  /** In which boot it was made, from 1; going on after a power failure begins another. */
  readonly boot: number;
  readonly born: number;
  readonly died?: number;
  /** Steps that it has run in all of what is known. */
  readonly steps: number;
  /** Threads of its libOS that were seen, by the libOS's own numbers. */
  readonly threads: readonly { readonly id: number; readonly name: string }[];
}

export interface TimelineBody {
  readonly step: number;
  readonly now: HistoryPosition;
  readonly branch: number;
  /** What is known: from the first step (0 unless the oldest events are forgotten) to the end of the branch. */
  readonly first: number;
  readonly last: number;
  /** The window and the resolution that were answered. */
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  /** Running numbers of the first event that is known and of the one after the last. */
  readonly firstEvent: number;
  readonly endEvent: number;
  readonly lanes: readonly TimelineLane[];
  readonly spans: readonly TimelineSpan[];
  readonly upcalls: readonly TimelineUpcall[];
  readonly arrows: readonly TimelineArrow[];
  readonly marks: readonly TimelineMark[];
  /** What `events` asked for. */
  readonly events: readonly EventItem[];
}
