/** Requests about the history of the run: steps back, going to a moment, marks, branches (docs/time-travel.md). */
import {
  type Branch,
  Divergence,
  describeEvent,
  isBefore,
  type KernelEvent,
  type Position,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { checkThread, noBranch, noEvent, noMark, noMoment, noThread } from "../errors.ts";
import type {
  GoToArguments,
  GoToEventArguments,
  HistoryBody,
  HistoryPosition,
  MarkArguments,
  StepBackArguments,
} from "../protocol.ts";
import { momentOf } from "../queries/look-back.ts";
import type { RecordedMark } from "../recording/recording.ts";
import type { Backward } from "../run/backward.ts";
import type { RunControl } from "../run/run-control.ts";
import type { Grain, StepEnd } from "../run/stepper.ts";
import { describeIntervention } from "./interventions-text.ts";
import { threadsOf } from "./threads.ts";

/** Kernel events before now that a client is told with the history. */
const RECENT = 30;

interface Mark {
  readonly id: number;
  readonly name: string;
  readonly note: string;
  readonly branch: Branch;
  readonly position: Position;
}

export class TimeTravel {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #backward: Backward;
  readonly #marks: Mark[] = [];
  #nextMark = 1;

  constructor(debuggee: Debuggee, control: RunControl, backward: Backward) {
    this.#debuggee = debuggee;
    this.#control = control;
    this.#backward = backward;
  }

  history(): HistoryBody {
    const { timeline, kernel } = this.#debuggee;
    const { branch, kept } = timeline;
    const nameOf = (id: number) => this.#debuggee.nameOf(id);
    return {
      step: timeline.now.step,
      now: this.#position(branch, timeline.now),
      start: this.#position(branch, timeline.start),
      end: this.#position(branch, timeline.end),
      isAtStart: timeline.isAtStart,
      isAtEnd: timeline.isAtEnd,
      isAltered: kernel.altered,
      weakened: this.#debuggee.weakened,
      branches: timeline.branches.map((each) => ({
        id: each.id,
        name: each.name,
        ...(each.parent === undefined ? {} : { parent: each.parent.id }),
        fork: this.#position(each, each.fork),
        end: this.#position(each, each === branch ? timeline.end : each.end),
        isCurrent: each === branch,
      })),
      marks: this.#marks.map(({ id, name, note, branch: of, position }) => ({
        id,
        name,
        note,
        position: this.#position(of, position),
      })),
      journal: branch.entries.map(({ at, what }) => ({
        position: this.#position(branch, at),
        text: describeIntervention(what, nameOf),
      })),
      recent: this.#debuggee.view.events(timeline.now.event - RECENT).map((event) => ({
        position: momentOf(this.#debuggee, event),
        text: `${nameOf(event.environment)}: ${describeEvent(event, nameOf)}`,
      })),
      snapshots: kept.count,
      snapshotBytes: kept.bytes,
    };
  }

  /** A step back, as the adapter's own request names it. */
  stepBack({ threadId, kind = "over", granularity }: StepBackArguments): Promise<StepEnd> {
    const grain: Grain = granularity === "instruction" ? "instruction" : "statement";
    return this.#backward[kind](threadId, grain);
  }

  /** To a moment that is named by its step, position, mark, event or end. Throws `UserError` when there is none. */
  goTo(args: GoToArguments): StepEnd {
    return this.#orBack(() => this.#goTo(args));
  }

  #goTo(args: GoToArguments): StepEnd {
    const { timeline } = this.#debuggee;
    if (args.mark !== undefined) {
      const mark = this.#marks.find(({ id }) => id === args.mark);
      if (mark === undefined) throw noMark(args.mark);
      this.#visit(mark.branch, mark.position);
      // One has stood there, unless a recording says so that is of another run.
      if (isBefore(timeline.now, mark.position)) {
        throw new Divergence(mark.position, timeline.now, "it has no such moment");
      }
    } else if (args.position !== undefined) {
      const branch = this.#branch(args.position.branch);
      this.#checkStep(args.position.step, branch);
      this.#visit(branch, args.position);
    } else if (args.event !== undefined) {
      const [event] = timeline.events(({ index }) => index === args.event);
      if (event === undefined) throw noEvent(args.event, timeline.now.event);
      timeline.seekEvent(event);
    } else if (args.step !== undefined) {
      this.#checkStep(args.step, timeline.branch);
      if (args.step >= timeline.end.step) timeline.seek(timeline.end);
      else timeline.seekStep(args.step);
    } else {
      timeline.seek(args.end === "start" ? timeline.start : timeline.end);
    }
    return this.#here();
  }

  /** Refuses a branch that there is not. */
  checkBranch(id: number): void {
    this.#branch(id);
  }

  /** To a moment, of what is known or of what is still to come; past the end of the run, to that. */
  async runTo({ branch, step, event }: HistoryPosition): Promise<StepEnd> {
    const target = { step, event };
    const to = this.#branch(branch);
    const { timeline } = this.#debuggee;
    const end = to === timeline.branch ? timeline.end : to.end;
    this.#visit(to, this.#position(to, isBefore(end, target) ? end : target));
    return (await this.#control.advance(target)) ?? this.#here();
  }

  /** To the next or previous kernel event that is asked for. */
  async goToEvent(args: GoToEventArguments): Promise<StepEnd> {
    const { timeline } = this.#debuggee;
    const wants = (event: KernelEvent) => this.#isWanted(event, args);
    if (args.direction === "next") {
      const { wantsEvent } = this.#control;
      this.#control.wantsEvent = wants;
      this.#control.wantsTicks = true;
      try {
        return await this.#control.run();
      } finally {
        this.#control.wantsEvent = wantsEvent;
        this.#control.wantsTicks = false;
      }
    }
    const { now, start } = timeline;
    for (const event of timeline.events(wants).reverse()) {
      if (event.index < start.event) break;
      // One that happened as the kernel came to where one stands leads nowhere: the previous one is what is asked for.
      if (isBefore(timeline.seekEvent(event), now)) return { kind: "event", event };
    }
    timeline.seek(start);
    return { kind: "startOfHistory" };
  }

  mark(args: MarkArguments): HistoryBody {
    const { timeline } = this.#debuggee;
    if (args.remove !== undefined) {
      const at = this.#marks.findIndex(({ id }) => id === args.remove);
      if (at < 0) throw noMark(args.remove);
      this.#marks.splice(at, 1);
      return this.history();
    }
    this.#add(args.name, args.note ?? "", timeline.branch, timeline.now);
    return this.history();
  }

  #add(name: string | undefined, note: string, branch: Branch, position: Position): void {
    const id = this.#nextMark;
    this.#nextMark += 1;
    this.#marks.push({ id, name: name ?? `mark ${id}`, note, branch, position });
  }

  /** The marks as a recording has them. */
  recordedMarks(): RecordedMark[] {
    return this.#marks.map(({ name, note, branch, position }) => ({
      name,
      note,
      branch: branch.id,
      at: position,
    }));
  }

  /** Sets the marks of a recording that was opened. */
  setMarks(marks: readonly RecordedMark[]): void {
    for (const { name, note, branch, at } of marks) {
      this.#add(name, note, this.#branch(branch), at);
    }
  }

  rename(id: number, name: string): HistoryBody {
    this.#branch(id).name = name;
    return this.history();
  }

  /** To the end of a branch. */
  switchTo(id: number): StepEnd {
    return this.#orBack(() => {
      this.#visit(this.#branch(id));
      return this.#here();
    });
  }

  /** Refuses a thread that there never was. One that has ended can be gone back from. */
  checkThread(id: number): void {
    checkThread(this.#debuggee, id);
    const environment = this.#debuggee.threads.environmentOf(id);
    if (!this.#debuggee.environments().some((each) => each.id === environment)) throw noThread(id);
  }

  /** Does `work`, which goes somewhere; if it fails on the way, one is where one was. */
  #orBack(work: () => StepEnd): StepEnd {
    const { timeline } = this.#debuggee;
    const { branch, now } = timeline;
    try {
      return work();
    } catch (problem) {
      if (timeline.branch !== branch) timeline.switchTo(branch, now);
      else timeline.seek(now);
      throw problem;
    }
  }

  #isWanted(event: KernelEvent, { kinds, text, environment }: GoToEventArguments): boolean {
    if (kinds !== undefined && !kinds.includes(event.kind)) return false;
    if (environment !== undefined && event.environment !== environment) return false;
    if (text === undefined) return true;
    const nameOf = (id: number) => this.#debuggee.nameOf(id);
    const said = `${nameOf(event.environment)}: ${describeEvent(event, nameOf)}`;
    return said.toLowerCase().includes(text.toLowerCase());
  }

  #visit(branch: Branch, position?: Position): void {
    const { timeline } = this.#debuggee;
    const at = position && { step: position.step, event: position.event };
    if (branch !== timeline.branch) timeline.switchTo(branch, at);
    else timeline.visit(at ?? timeline.end);
  }

  #branch(id: number): Branch {
    const { branches } = this.#debuggee.timeline;
    const branch = branches.find((each) => each.id === id);
    if (branch === undefined) throw noBranch(id, branches.length);
    return branch;
  }

  #checkStep(step: number, branch: Branch): void {
    const { timeline } = this.#debuggee;
    const last = branch === timeline.branch ? timeline.end.step : branch.end.step;
    if (!Number.isSafeInteger(step) || step < timeline.start.step || step > last) {
      throw noMoment(step, timeline.start.step, last);
    }
  }

  #here(): StepEnd {
    const { view, firstId } = this.#debuggee;
    if (threadsOf(this.#debuggee).length === 0) return { kind: "exited" };
    return { kind: "stepped", environment: view.running || firstId };
  }

  #position(branch: Branch, { step, event }: Position): HistoryPosition {
    return { branch: branch.id, step, event };
  }
}
