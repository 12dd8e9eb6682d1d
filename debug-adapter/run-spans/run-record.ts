/**
 * What was seen of the run on each branch: the kernel's events, which thread of its libOS the environment ran at each, and where
 * upcalls returned. It hears of each event as the run passes it, and so knows also what lies after a moment that one went back to.
 */
import { type Branch, type KernelEvent, type Ticks, tickEvent } from "#exokernel";

export interface Recorded {
  readonly event: KernelEvent;
  /** The libOS's number of the thread that the environment ran then; 0: none, or not known. */
  readonly thread: number;
  /** Of an upcall: the step at which a `uret` went back to what it had interrupted. */
  returned?: number;
}

/** Ends and begins of slices that changed nothing, which came one after the other: one entry, however many they are. */
interface RecordedTicks {
  readonly first: number;
  readonly ticks: Ticks;
  readonly thread: number;
}

type Entry = Recorded | RecordedTicks;

/** As many events of a branch are kept at least; twice as many at most. */
const CAPACITY = 131_072;

/** The events of one branch after its fork, by running number. */
class Course {
  /** Numbers of the first event that is kept, and of the next one. */
  first: number;
  #end: number;
  #entries: Entry[] = [];
  /** All of them, each by itself, for who asked for that; they are made as far as somebody has asked. */
  #all: Recorded[] | undefined;

  constructor(first: number) {
    this.first = first;
    this.#end = first;
  }

  /** Whether something that was known is so no more: the run has taken another course. */
  pass(recorded: Recorded): boolean {
    const { index, step, kind, environment } = recorded.event;
    if (index < this.first || index > this.#end) return false;
    const old = index < this.#end ? this.#at(index).event : undefined;
    if (old !== undefined) {
      if (old.step === step && old.kind === kind && old.environment === environment) return false;
      this.#cut(index);
    }
    this.#entries.push(recorded);
    this.#all?.push(recorded);
    return this.#grow(1) || old !== undefined;
  }

  /** The same for ticks. */
  passTicks({ ticks, first, thread }: RecordedTicks): boolean {
    let isOther = false;
    const end = first + 2 * ticks.count;
    if (first < this.first || first > this.#end) return false;
    // What is known of them comes again, or differs.
    let index = first;
    for (; index < end && (index < this.#end || (index - first) % 2 === 1); index += 1) {
      const event = tickEvent(ticks, first, index);
      isOther = this.pass({ event, thread }) || isOther;
    }
    if (index === end) return isOther;
    const passed = (index - first) / 2;
    const rest = {
      ...ticks,
      step: ticks.step + passed * ticks.period,
      count: ticks.count - passed,
    };
    this.#entries.push({ first: index, ticks: rest, thread });
    if (this.#all !== undefined) this.#all.push(...expanded({ first: index, ticks: rest, thread }));
    return this.#grow(2 * rest.count) || isOther;
  }

  /** All events that are known, in order. */
  get all(): readonly Recorded[] {
    this.#all ??= this.#entries.flatMap((entry) => ("event" in entry ? [entry] : expanded(entry)));
    return this.#all;
  }

  /** The newest upcall of an environment that was delivered at a step. */
  upcallAt(environment: number, step: number): Recorded | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stepOf(this.#entries[middle]!) <= step) low = middle + 1;
      else high = middle;
    }
    for (let at = low - 1; at >= 0 && stepOf(this.#entries[at]!) === step; at -= 1) {
      const found = this.#entries[at]!;
      const isUpcall = "event" in found && found.event.kind === "upcall";
      if (isUpcall && found.event.environment === environment) return found;
    }
    return undefined;
  }

  #grow(count: number): boolean {
    this.#end += count;
    if (this.#end - this.first < 2 * CAPACITY) return false;
    this.#entries.splice(0, this.#find(this.#end - CAPACITY));
    this.first = firstOf(this.#entries[0]!);
    this.#all = undefined;
    return true;
  }

  /** The entry that has an event. */
  #find(index: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (firstOf(this.#entries[middle]!) <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  #at(index: number): Recorded {
    const entry = this.#entries[this.#find(index)]!;
    if ("event" in entry) return entry;
    return { event: tickEvent(entry.ticks, entry.first, index), thread: entry.thread };
  }

  #cut(index: number): void {
    const at = this.#find(index);
    const [last] = this.#entries.splice(at);
    if (last !== undefined && "ticks" in last) {
      this.#entries.push(...expanded(last).slice(0, index - last.first));
    }
    this.#end = index;
    this.#all = undefined;
  }
}

const firstOf = (entry: Entry): number => ("event" in entry ? entry.event.index : entry.first);
const stepOf = (entry: Entry): number => ("event" in entry ? entry.event.step : entry.ticks.step);

function expanded({ first, ticks, thread }: RecordedTicks): Recorded[] {
  return Array.from({ length: 2 * ticks.count }, (_, i) => ({
    event: tickEvent(ticks, first, first + i),
    thread,
  }));
}

export class RunRecord {
  readonly #boot: readonly Recorded[];
  readonly #courses = new WeakMap<Branch, Course>();
  /** Changes whenever what was told before holds no more, rather than going on. */
  version = 0;

  /** `boot`: the events before the history begins. */
  constructor(boot: readonly KernelEvent[]) {
    this.#boot = boot.map((event) => ({ event, thread: 0 }));
  }

  passed(branch: Branch, event: KernelEvent, thread: number): void {
    if (this.#course(branch).pass({ event, thread })) this.version += 1;
  }

  /** Ends and begins of slices that changed nothing have passed; `first` is the number of the first event. */
  passedTicks(branch: Branch, ticks: Ticks, first: number, thread: number): void {
    if (this.#course(branch).passTicks({ first, ticks, thread })) this.version += 1;
  }

  #course(branch: Branch): Course {
    let course = this.#courses.get(branch);
    if (course === undefined) {
      course = new Course(branch.fork.event);
      this.#courses.set(branch, course);
    }
    return course;
  }

  /** An upcall that was delivered at `step` has returned. */
  returned(branch: Branch, environment: number, step: number, at: number): void {
    for (let each: Branch | undefined = branch; each !== undefined; each = each.parent) {
      const upcall = this.#courses.get(each)?.upcallAt(environment, step);
      if (upcall === undefined) continue;
      // One that returns on a branch that leaves before it does is another's return on the other.
      upcall.returned ??= at;
      return;
    }
  }

  /** What is known of a branch, oldest first, before the event of number `until`; what is forgotten is missing at the begin. */
  of(branch: Branch, until: number): readonly Recorded[] {
    const own = this.#courses.get(branch);
    const first = own?.first ?? branch.fork.event;
    const later = own?.all.slice(0, Math.max(0, until - first)) ?? [];
    if (first > branch.fork.event) return later;
    const before =
      branch.parent === undefined
        ? this.#boot
        : this.of(branch.parent, Math.min(until, branch.fork.event));
    return [...before, ...later];
  }
}
