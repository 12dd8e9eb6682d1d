/**
 * The user's data breakpoints: on bytes of physical memory, through whatever mapping and by whomever they are accessed, and on
 * objects of the kernel. Whether an access or an event stops is decided from that access or event and the kernel's state alone,
 * so that a run that is repeated stops at the same places.
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { indexOfId, type KernelEvent, refOf } from "#exokernel";
import {
  accessText,
  capabilityText,
  ownerOf,
  ownerText,
  pageText,
} from "./data-breakpoint-text.ts";
import type { Debuggee } from "./debuggee.ts";
import {
  badHitCondition,
  conditionHolds,
  countHolds,
  type HitEvaluator,
  type Log,
  withoutEnvironment,
} from "./hit-conditions.ts";
import { HitRecord, type HitRecords } from "./hit-record.ts";
import { isAbout, objectText, problemWithObject } from "./kernel-objects.ts";
import type { RunControl, WatchReport, WatchStop } from "./run/run-control.ts";
import {
  type BytesTarget,
  dataIdOf,
  describeTarget,
  parseDataId,
  type WatchedTarget,
} from "./watched-target.ts";

/** Bytes of a watched object as a value of its type. */
export type ShowBytes = (bytes: Uint8Array) => string;

interface DataBreakpoint {
  readonly id: number;
  /** What the client asked for: the same request keeps its id and its count. */
  readonly key: string;
  readonly target: WatchedTarget;
  readonly accessType: Dap.DataBreakpointAccessType;
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly only: string | undefined;
  readonly everyWrite: boolean;
  readonly shown: Dap.Breakpoint;
  readonly hits: HitRecord;
}

/** Where and by whom something watched was done, for conditions and sentences. */
interface Occasion {
  readonly environment: number;
  readonly pc: number;
}

/** `every write`, then perhaps `&& env == client && x > 3`: a write counts though it changes nothing. */
const EVERY_WRITE = /^\s*every\s+write\s*(?:&&\s*([\s\S]+))?$/;
/** So many sentences are said at one stop. */
const TEXTS_MAX = 3;
/** The record of a page's owner and state (exokernel/layout.ts, PAGE_RECORD). */
const PAGE_RECORD_BYTES = 16;

export class DataBreakpoints {
  readonly #debuggee: Debuggee;
  readonly #evaluator: HitEvaluator;
  readonly #log: Log;
  #ofClient: DataBreakpoint[] = [];
  #byRequest: DataBreakpoint[] = [];
  readonly #nextId: () => number;
  #hit: number[] = [];
  /** The breakpoint of each watch of the machine, by the watch's id. */
  readonly #byWatch = new Map<number, DataBreakpoint>();
  readonly #shows = new Map<string, ShowBytes>();

  /** `nextId` gives ids that no other breakpoint of the session has. */
  constructor(
    debuggee: Debuggee,
    control: RunControl,
    evaluator: HitEvaluator,
    log: Log,
    nextId: () => number,
    records: HitRecords,
  ) {
    this.#debuggee = debuggee;
    this.#evaluator = evaluator;
    // What is only looked at again was said when it happened.
    this.#log = (text, place) => {
      if (!debuggee.timeline.isQuiet) log(text, place);
    };
    this.#nextId = nextId;
    control.acceptsWatch = (what) =>
      what.kind === "watchpoint" ? this.#acceptAccess(what) : this.#acceptEvents(what);
    control.watchesEvent = (event) => this.#watchesEvent(event);
    records.addSource(() =>
      this.#active().flatMap(({ hitCondition, hits }) =>
        hitCondition === undefined ? [] : [hits],
      ),
    );
  }

  /** Remembers how to show the value of a target whose `dataId` a client is given. */
  name(target: BytesTarget, show: ShowBytes | undefined): string {
    if (show !== undefined) this.#shows.set(valueKey(target), show);
    return dataIdOf(target);
  }

  /** Replaces the client's data breakpoints. */
  set(wanted: readonly Dap.DataBreakpoint[]): Dap.Breakpoint[] {
    this.#ofClient = wanted.map((one) => this.#keptOrMade(one, this.#ofClient));
    this.#install();
    return this.#ofClient.map(({ shown }) => shown);
  }

  /** Adds one that is not in the client's list; the same `dataId` again replaces it. */
  breakOn(wanted: Dap.DataBreakpoint): Dap.Breakpoint {
    const made = this.#keptOrMade(wanted, this.#byRequest);
    const others = this.#byRequest.filter(
      ({ target }) => dataIdOf(target) !== dataIdOf(made.target),
    );
    if (made.shown.verified) this.#byRequest = [...others, made];
    this.#install();
    return made.shown;
  }

  /** Removes what `breakOn` added, all of it without a `dataId`; returns how many. */
  breakOff(dataId: string | undefined): number {
    const before = this.#byRequest.length;
    const target = dataId === undefined ? undefined : parseDataId(dataId);
    const name = target === undefined ? dataId : dataIdOf(target);
    this.#byRequest = this.#byRequest.filter(
      (one) => name !== undefined && dataIdOf(one.target) !== name,
    );
    this.#install();
    return before - this.#byRequest.length;
  }

  /** What `breakOn` has added, in words. */
  list(): string[] {
    return this.#byRequest.map(({ target }) => this.describe(target));
  }

  describe(target: WatchedTarget): string {
    return target.kind === "object"
      ? objectText(this.#debuggee, target.object)
      : describeTarget(target, (id) => this.#debuggee.nameOf(id));
  }

  /** Why there is no such target in this run; undefined if there is. */
  problemWith(target: WatchedTarget): string | undefined {
    const { view } = this.#debuggee;
    switch (target.kind) {
      case "bytes": {
        const end = view.pageCount * 4096;
        const isInside = target.pieces.every(({ pa, length }) => pa + length <= end);
        return isInside ? undefined : "Its bytes lie outside the machine's memory.";
      }
      case "page":
      case "owner":
        return target.frame < view.pageCount
          ? undefined
          : `There is no page 0x${target.frame.toString(16)}: the machine has ${view.pageCount}.`;
      case "capability":
        if (view.environment(target.environment) === undefined) {
          return `There is no environment ${target.environment} in this run.`;
        }
        return undefined;
      case "object":
        return problemWithObject(this.#debuggee, target.object);
    }
  }

  #keptOrMade(wanted: Dap.DataBreakpoint, list: readonly DataBreakpoint[]): DataBreakpoint {
    const { dataId, accessType = "write", condition = "", hitCondition = "" } = wanted;
    const key = JSON.stringify([dataId, accessType, condition, hitCondition]);
    return list.find((one) => one.key === key) ?? this.#make(wanted, key);
  }

  #make(wanted: Dap.DataBreakpoint, key: string): DataBreakpoint {
    const id = this.#nextId();
    const target = parseDataId(wanted.dataId);
    const hitCondition = wanted.hitCondition || undefined;
    const problem =
      target === undefined
        ? `'${wanted.dataId}' names nothing that can be watched.`
        : (this.problemWith(target) ?? badHitCondition(this.#evaluator, hitCondition));
    const every = EVERY_WRITE.exec(wanted.condition ?? "");
    const { only, condition } = withoutEnvironment(every === null ? wanted.condition : every[1]);
    return {
      id,
      key,
      target: target ?? { kind: "page", frame: 0 },
      accessType: wanted.accessType ?? "write",
      condition,
      hitCondition,
      only,
      everyWrite: every !== null || (target?.kind === "bytes" && target.everyWrite),
      shown: {
        id,
        verified: problem === undefined,
        ...(problem === undefined ? {} : { message: problem }),
      },
      hits: new HitRecord(),
    };
  }

  /** Makes the machine watch what the breakpoints are about. */
  #install(): void {
    const { watchpoints } = this.#debuggee.kernel.machine;
    // A question to the past has watches of its own.
    for (const id of this.#byWatch.keys()) watchpoints.clear(id);
    this.#byWatch.clear();
    for (const breakpoint of this.#active()) {
      const { accessType } = breakpoint;
      const isBytes = breakpoint.target.kind === "bytes";
      for (const piece of this.#piecesOf(breakpoint.target)) {
        const id = this.#byWatch.size;
        this.#byWatch.set(id, breakpoint);
        watchpoints.set({
          ...piece,
          id,
          read: isBytes && accessType !== "write",
          write: !isBytes || accessType !== "read",
        });
      }
    }
  }

  #active(): DataBreakpoint[] {
    return [...this.#ofClient, ...this.#byRequest].filter(({ shown }) => shown.verified);
  }

  #piecesOf(target: WatchedTarget): readonly { readonly pa: number; readonly length: number }[] {
    switch (target.kind) {
      case "bytes":
        return target.pieces;
      case "page":
        return [{ pa: target.frame * 4096, length: 4096 }];
      case "owner": {
        const { pageTable } = this.#debuggee.kernel.core.records.regions;
        return [{ pa: pageTable + target.frame * PAGE_RECORD_BYTES, length: PAGE_RECORD_BYTES }];
      }
      case "capability":
      case "object":
        return [];
    }
  }

  #acceptAccess(stop: WatchStop): WatchReport | undefined {
    this.#hit = [];
    // The kernel clears what the last environment leaves behind: the run is over, and there is nothing to look at.
    if (this.#threadFor(stop.environment) === undefined) return undefined;
    const texts: string[] = [];
    const byBreakpoint = new Map<DataBreakpoint, WatchStop["hits"][number][]>();
    for (const hit of stop.hits) {
      const breakpoint = this.#byWatch.get(hit.id);
      if (breakpoint === undefined) continue;
      byBreakpoint.set(breakpoint, [...(byBreakpoint.get(breakpoint) ?? []), hit]);
    }
    for (const [breakpoint, hits] of byBreakpoint) {
      for (const text of this.#textsOf(breakpoint, stop, hits)) {
        if (this.#stops(breakpoint, stop)) texts.push(text);
      }
    }
    return this.#report(stop.environment, texts);
  }

  /** What is to be said for each hit of a breakpoint that its kind of access lets through. */
  #textsOf(
    breakpoint: DataBreakpoint,
    stop: WatchStop,
    hits: readonly WatchStop["hits"][number][],
  ): string[] {
    const { target, accessType } = breakpoint;
    switch (target.kind) {
      case "owner": {
        // The words of the record are written one by one: what counts is what the kernel made of it in the end.
        const before = ownerOf(hits[0]?.before);
        const after = ownerOf(hits.at(-1)?.after);
        const isChange = before.state !== after.state || before.owner !== after.owner;
        return isChange ? [ownerText(this.#debuggee, target.frame, before, after, stop)] : [];
      }
      case "page":
        return hits.map((hit) => pageText(this.#debuggee, target.frame, hit, stop));
      case "bytes": {
        const isAny = breakpoint.everyWrite || accessType === "readWrite";
        // One instruction that reads and writes is one access.
        const isBoth = !stop.byKernel && hits.some(({ access }) => access === "write");
        return hits
          .filter(({ access }) => access === "write" || !isBoth)
          .filter(
            ({ access, before, after }) =>
              access === "read" || isAny || before.some((byte, at) => byte !== after[at]),
          )
          .map((hit) => {
            const show = this.#shows.get(valueKey(target));
            return accessText(this.#debuggee, target, show, hit, stop);
          });
      }
      case "capability":
      case "object":
        return [];
    }
  }

  /** Whether an event may be about a slot or object that is watched; the kernel is then asked to stop when it has finished acting. */
  #watchesEvent(event: KernelEvent): boolean {
    return this.#active().some(({ target }) => {
      if (target.kind === "object") return isAbout(event, target.object);
      return (
        target.kind === "capability" &&
        this.#concerns(event, target.environment, target.slot) !== "no"
      );
    });
  }

  /** Looks at all that the kernel did from `first` on: it has finished, and several events may be about one thing. */
  #acceptEvents(first: KernelEvent): WatchReport | undefined {
    this.#hit = [];
    const texts: string[] = [];
    const events = this.#debuggee.view.events(first.index);
    for (const breakpoint of this.#active()) {
      const { target } = breakpoint;
      if (target.kind !== "capability" && target.kind !== "object") continue;
      const isIt = (event: KernelEvent) =>
        target.kind === "object" ? isAbout(event, target.object) : this.#isAboutSlot(event, target);
      const last = events.filter(isIt).at(-1);
      if (last === undefined) continue;
      const pc = this.#debuggee.view.registers(last.environment)?.pc ?? 0;
      if (!this.#stops(breakpoint, { environment: last.environment, pc })) continue;
      texts.push(capabilityText(this.#debuggee, this.describe(target), last));
    }
    return this.#report(first.environment, texts);
  }

  #isAboutSlot(
    event: KernelEvent,
    { environment, slot }: { readonly environment: number; readonly slot: number },
  ): boolean {
    const concern = this.#concerns(event, environment, slot);
    if (concern !== "perhaps") return concern === "yes";
    // These events don't say the slot, but what they made has just been made.
    const { view } = this.#debuggee;
    const capability = view.capability(refOf(indexOfId(environment), slot));
    const resource =
      event.kind === "created" ? event.created : "position" in event && event.position;
    return (
      view.environment(environment) !== undefined &&
      capability !== undefined &&
      capability.resource === resource &&
      capability.step === event.step >>> 0
    );
  }

  /** Whether an event changes what is in a slot. */
  #concerns(event: KernelEvent, environment: number, slot: number): "yes" | "no" | "perhaps" {
    const isIt = (holder: number, its: number) => holder === environment && its === slot;
    switch (event.kind) {
      case "allocated":
        return isIt(event.owner, event.slot) ? "yes" : "no";
      case "derived":
        return isIt(event.to, event.toSlot) ? "yes" : "no";
      case "offered":
        return isIt(event.environment, event.slot) ? "yes" : "no";
      case "accepted":
        return isIt(event.environment, event.slot) || isIt(event.from, event.fromSlot)
          ? "yes"
          : "no";
      case "removed":
        return isIt(event.holder, event.slot) ? "yes" : "no";
      case "created":
      case "sliceAllocated":
        return "perhaps";
      default:
        return "no";
    }
  }

  /** Counts a hit, if it is one for this breakpoint, and says whether it stops. */
  #stops(breakpoint: DataBreakpoint, { environment, pc }: Occasion): boolean {
    const { only, condition, hitCondition } = breakpoint;
    if (only !== undefined && !this.#isCalled(environment, only)) return false;
    const place = { environment, pc };
    if (!conditionHolds(this.#evaluator, condition, place, this.#log)) return false;
    const { now } = this.#debuggee.timeline;
    const count = hitCondition === undefined ? 0 : breakpoint.hits.note(now);
    if (!countHolds(this.#evaluator, hitCondition, count)) return false;
    if (!this.#hit.includes(breakpoint.id)) this.#hit.push(breakpoint.id);
    return true;
  }

  #isCalled(environment: number, name: string): boolean {
    if (String(environment) === name) return true;
    return environment !== 0 && this.#debuggee.environment(environment).name === name;
  }

  #report(environment: number, texts: readonly string[]): WatchReport | undefined {
    if (texts.length === 0) return undefined;
    const thread = this.#threadFor(environment);
    if (thread === undefined) return undefined;
    const further = texts.length - TEXTS_MAX;
    const shown = texts.slice(0, TEXTS_MAX).join("; ");
    return {
      environment: thread,
      hitIds: [...this.#hit],
      text: further > 0 ? `${shown}; and ${further} more` : shown,
    };
  }

  /** The thread that a stop is shown at: the environment's own, or if that is gone, of one that lives. */
  #threadFor(environment: number): number | undefined {
    const { view } = this.#debuggee;
    const living = view
      .environments()
      .filter(({ id, state }) => state !== "destroyed" && !this.#debuggee.isLauncher(id))
      .map(({ id }) => id);
    return [environment, view.running].find((id) => living.includes(id)) ?? living[0];
  }
}

/** What is watched, whatever counts as a write there. */
function valueKey(target: BytesTarget): string {
  return dataIdOf({ ...target, everyWrite: false });
}
