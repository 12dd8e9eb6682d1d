/**
 * What was seen of the run on each branch: the kernel's events, which thread of its libOS the environment ran at each, and where
 * upcalls returned. It hears of each event as the run passes it, and so knows also what lies after a moment that one went back to.
 */
import type { Branch, KernelEvent } from "#exokernel";

export interface Recorded {
  readonly event: KernelEvent;
  /** The libOS's number of the thread that the environment ran then; 0: none, or not known. */
  readonly thread: number;
  /** Of an upcall: the step at which a `uret` went back to what it had interrupted. */
  returned?: number;
}

/** As many events of a branch are kept at least; twice as many at most. */
const CAPACITY = 131_072;

/** The events of one branch after its fork, by running number. */
class Course {
  first: number;
  readonly all: Recorded[] = [];

  constructor(first: number) {
    this.first = first;
  }

  /** Whether something that was known is so no more: the run has taken another course. */
  pass(recorded: Recorded): boolean {
    const at = recorded.event.index - this.first;
    if (at < 0 || at > this.all.length) return false;
    const old = this.all[at]?.event;
    if (old !== undefined) {
      const { step, kind, environment } = recorded.event;
      if (old.step === step && old.kind === kind && old.environment === environment) return false;
      this.all.length = at;
    }
    this.all.push(recorded);
    if (this.all.length >= 2 * CAPACITY) {
      this.all.splice(0, CAPACITY);
      this.first += CAPACITY;
      return true;
    }
    return old !== undefined;
  }

  /** The newest upcall of an environment that was delivered at a step. */
  upcallAt(environment: number, step: number): Recorded | undefined {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.event.step ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    for (let at = low - 1; at >= 0 && this.all[at]?.event.step === step; at -= 1) {
      const found = this.all[at];
      if (found?.event.kind === "upcall" && found.event.environment === environment) return found;
    }
    return undefined;
  }
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
    let course = this.#courses.get(branch);
    if (course === undefined) {
      course = new Course(branch.fork.event);
      this.#courses.set(branch, course);
    }
    if (course.pass({ event, thread })) this.version += 1;
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
