/**
 * From the kernel's events to who ran when: spans of the processor's time, why each ended, upcalls within them, and what crossed
 * from one environment to another. Each step of a run belongs to one environment or to nobody, as in the kernel's own account.
 */
import { FIRST_INTERRUPT_ENTRY, upcallName } from "#exokernel";
import type { TimelineMark } from "../protocol.ts";
import type { Recorded } from "./run-record.ts";

/**
 * Why an environment stopped running: `E` its slice expired, `Y` it yielded, `P` it donated the slice by a transfer, `B` it blocked (sleeps
 * or rests), `D` destroyed, `F` the power failed, `T` its libOS switched to another thread, `I` no longer idle, `R` it still runs.
 */
export type SpanEnd = "E" | "Y" | "P" | "B" | "D" | "F" | "T" | "I" | "R";

export interface RunSpan {
  /** 0: nobody ran, the processor was idle. */
  readonly environment: number;
  thread: number;
  readonly from: number;
  to: number;
  /** Whose slice it ran in. */
  readonly owner: number;
  end: SpanEnd;
  /** Whom it yielded or donated to; 0: nobody. */
  towards: number;
  /** Steps that it ran after its slice had ended, to save its registers. */
  overtime: number;
  /** Number of the event with which it began, or the first that is known. */
  readonly event: number;
}

export interface UpcallSpan {
  readonly environment: number;
  readonly thread: number;
  readonly from: number;
  to: number;
  /** 0: it interrupted the program; 1: it interrupted the handler of another, and so on. */
  readonly depth: number;
  /** Whether it went back to what it had interrupted; if not, it is shown to the end of its environment's turn. */
  returned: boolean;
  readonly name: string;
  readonly event: number;
}

export type CrossingKind = "call" | "reply" | "send" | "yield";
export interface Crossing {
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly kind: CrossingKind;
  readonly event: number;
}

export type MarkKind = TimelineMark[2];
export interface RunMark {
  readonly step: number;
  readonly environment: number;
  readonly kind: MarkKind;
  /** Of a disk write: its number in the run, from 1. */
  readonly write: number;
  readonly event: number;
}

const DEPTH_MAX = 64;

/** Reads events one after another. What it has made so far can be read at any time. */
export class SpanBuilder {
  readonly spans: RunSpan[] = [];
  readonly upcalls: UpcallSpan[] = [];
  readonly crossings: Crossing[] = [];
  readonly marks: RunMark[] = [];
  /** Environments in the order in which they were first heard of. */
  readonly born = new Map<number, number>();
  readonly died = new Map<number, number>();
  /** In which boot each was made; the first is 1, and each power failure ends one. */
  readonly bootOf = new Map<number, number>();
  #boot = 1;
  /** How many events it has read. */
  count = 0;
  #running: RunSpan | undefined;
  /** In whose slice, and the step at which that slice expired while its environment went on. */
  #owner = 0;
  #expired: number | undefined;
  #lastStep = 0;
  readonly #waitsFor = new Map<number, number>();
  readonly #open = new Map<number, { upcall: UpcallSpan; recorded: Recorded }[]>();

  read(recorded: Recorded): void {
    const { event } = recorded;
    const { step, index } = event;
    this.count += 1;
    this.#thread(recorded);
    switch (event.kind) {
      case "created":
        this.born.set(event.created, step);
        this.bootOf.set(event.created, this.#boot);
        break;
      case "sliceBegan":
        this.#stop(step, "I");
        this.#owner = event.owner;
        this.#expired = undefined;
        this.#begin(step, event.environment, index);
        break;
      case "sliceEnded":
        if (event.switchedBy === "kernel") this.#stop(step, "E");
        else this.#expired = step;
        break;
      case "yielded":
        this.#crossTo(step, event.environment, event.to, "yield", index);
        this.#stop(step, "Y", event.to);
        // What is given away after the end of a slice is nothing: the next slice begins.
        if (event.to !== 0 && this.#expired === undefined) {
          this.#begin(step, this.#runnerFor(event.to), index);
        }
        break;
      case "slept":
      case "rested":
        this.#stop(step, "B");
        break;
      case "transfer": {
        const kind = event.reply ? "reply" : event.synchronous ? "call" : "send";
        if (event.reply) this.#waitsFor.delete(event.to);
        else if (event.synchronous) this.#waitsFor.set(event.environment, event.to);
        this.#crossTo(step, event.environment, event.to, kind, index);
        this.#stop(step, "P", event.to);
        if (this.#expired === undefined) this.#begin(step, event.to, index);
        break;
      }
      case "calleeDied":
        this.#waitsFor.delete(event.environment);
        break;
      case "destroyed":
        this.died.set(event.target, step);
        this.#waitsFor.delete(event.target);
        if (this.#running?.environment === event.target) this.#stop(step, "D");
        this.#endUpcalls(event.target, step);
        break;
      case "idle":
        this.#stop(step, "I");
        this.#owner = 0;
        this.#begin(step, 0, index);
        break;
      case "upcall":
        this.#upcall(recorded, event.entry, event.cause);
        break;
      case "powerFailed":
        this.#stop(step, "F");
        this.#waitsFor.clear();
        for (const id of this.#open.keys()) this.#endUpcalls(id, step);
        this.#mark(recorded, "powerFailed", 0);
        this.#boot += 1;
        break;
      case "diskRequest":
        this.#mark(recorded, DISK_MARKS[event.request] ?? "diskRead", event.write);
        break;
      case "packetSent":
        this.#mark(recorded, "packetSent");
        break;
      case "packet":
        this.#mark(
          recorded,
          event.dropped === undefined && event.filter >= 0 ? "packetArrived" : "packetDropped",
          0,
          event.target,
        );
        break;
      case "refused":
        this.#mark(recorded, "refused");
        break;
      case "lost":
        this.#mark(recorded, "lost", 0, event.holder);
        break;
    }
    this.#lastStep = step;
  }

  /** Everything as it is at a step: what still runs or has not returned ends there for now. */
  upTo(step: number): {
    readonly spans: readonly RunSpan[];
    readonly upcalls: readonly UpcallSpan[];
  } {
    const running = this.#running;
    const spans =
      running === undefined || running.from >= step
        ? this.spans
        : [...this.spans, { ...running, to: step, end: "R" as const }];
    const open = [...this.#open.values()].flat();
    return {
      spans,
      upcalls: [
        ...this.upcalls,
        ...open.map(({ upcall, recorded }) => ({
          ...upcall,
          to: Math.min(step, recorded.returned ?? step),
          returned: recorded.returned !== undefined && recorded.returned <= step,
        })),
      ],
    };
  }

  #begin(step: number, environment: number, event: number): void {
    if (environment !== 0 && !this.born.has(environment)) this.born.set(environment, step);
    this.#running = {
      environment,
      thread: 0,
      from: step,
      to: step,
      owner: this.#owner,
      end: "R",
      towards: 0,
      overtime: 0,
      event,
    };
  }

  #stop(step: number, why: SpanEnd, towards = 0): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.to = step;
    running.towards = towards;
    running.end = running.environment === 0 ? "I" : why;
    if (this.#expired !== undefined && running.environment !== 0) {
      running.overtime = step - Math.max(this.#expired, running.from);
      // That it yields is how its libOS ends a slice that has expired.
      if (why === "Y" && towards === 0) running.end = "E";
    }
    // A new slice for nobody else: the event that ended the old one has not been kept.
    if (running.end === "I" && running.environment !== 0) running.end = "E";
    if (running.to > running.from) this.spans.push(running);
    this.#settleUpcalls(running.environment, step);
  }

  /** Whoever runs when `id` is given time: itself, or whom it waits for in synchronous transfers. */
  #runnerFor(id: number): number {
    let runner = id;
    for (let hops = 0; hops <= this.#waitsFor.size; hops += 1) {
      const next = this.#waitsFor.get(runner);
      if (next === undefined) break;
      runner = next;
    }
    return runner;
  }

  /** An event shows which thread runs: the time since the event before was that thread's. */
  #thread({ event, thread }: Recorded): void {
    const running = this.#running;
    if (running === undefined || thread === 0 || event.environment !== running.environment) return;
    if (running.thread === thread) return;
    const isSwitch = running.thread !== 0 && this.#lastStep > running.from;
    if (!isSwitch) {
      running.thread = thread;
      return;
    }
    this.spans.push({ ...running, to: this.#lastStep, end: "T" });
    this.#running = { ...running, thread, from: this.#lastStep, event: event.index };
  }

  #upcall(recorded: Recorded, entry: number, cause: number): void {
    const { event, thread } = recorded;
    const { step, environment, index } = event;
    this.#settleUpcalls(environment, step);
    const open = this.#open.get(environment) ?? [];
    // A libOS may go on without ever returning: the outermost are then forgotten, as the kernel does.
    if (open.length >= DEPTH_MAX)
      this.upcalls.push(...open.splice(0, 1).map(({ upcall }) => upcall));
    open.push({
      upcall: {
        environment,
        thread,
        from: step,
        to: step,
        depth: open.length,
        returned: false,
        name: upcallName(entry, cause),
        event: index,
      },
      recorded,
    });
    this.#open.set(environment, open);
    // The begin and the end of a slice interrupt nothing that could be gone back to while they last.
    if (entry >= FIRST_INTERRUPT_ENTRY && "pc" in event && event.pc === 0) {
      this.#closeAbove(environment, open.length - 1, step);
    }
  }

  /** Closes the upcalls that have returned by `step`, and with one those that it had been interrupted by. */
  #settleUpcalls(environment: number, step: number): void {
    const open = this.#open.get(environment) ?? [];
    const at = open.findIndex(
      ({ recorded: { returned } }) => returned !== undefined && returned <= step,
    );
    if (at >= 0) this.#closeAbove(environment, at, step);
  }

  #closeAbove(environment: number, from: number, step: number): void {
    const open = this.#open.get(environment) ?? [];
    for (const { upcall, recorded } of open.splice(from)) {
      upcall.to = Math.min(step, recorded.returned ?? step);
      upcall.returned = recorded.returned !== undefined && recorded.returned <= step;
      this.upcalls.push(upcall);
    }
  }

  #endUpcalls(environment: number, step: number): void {
    this.#settleUpcalls(environment, step);
    this.#closeAbove(environment, 0, step);
  }

  #crossTo(step: number, from: number, to: number, kind: CrossingKind, event: number): void {
    if (to !== 0) this.crossings.push({ step, from, to, kind, event });
  }

  #mark({ event }: Recorded, kind: MarkKind, write = 0, environment = event.environment): void {
    this.marks.push({ step: event.step, environment, kind, write, event: event.index });
  }
}

const DISK_MARKS: Readonly<Record<string, MarkKind>> = {
  read: "diskRead",
  write: "diskWrite",
  barrier: "diskBarrier",
};
