/** The kernel's events in memory: the last ones of a run, rewound with it. */
import type { EventBody, KernelEvent } from "./events.ts";

/**
 * The last events, in order, and how many there were until now. When a run goes back, what came later stays known until the run
 * takes another course: events that come again have the same numbers.
 */
export class EventLog {
  #events: KernelEvent[] = [];
  /** Running number of the first event that is kept. */
  #first = 0;
  readonly #capacity: number;
  #total = 0;

  constructor(capacity = 131_072) {
    this.#capacity = capacity;
  }

  /** How many events there were until now: the number of the next one. */
  get total(): number {
    return this.#total;
  }

  /** Running number of the first event that is still known. */
  get first(): number {
    return Math.min(this.#first, this.#total);
  }

  add(step: number, environment: number, body: EventBody): KernelEvent {
    // The body is the caller's gift: a copy of each would be half of what an event costs.
    const event = body as { -readonly [Key in keyof KernelEvent]: KernelEvent[Key] };
    event.step = step;
    event.index = this.#total;
    event.environment = environment;
    this.push(event as KernelEvent);
    return event as KernelEvent;
  }

  /** Adds an event that has its number already: `total`. */
  push(event: KernelEvent): void {
    this.#events[this.#total - this.#first] = event;
    this.#total += 1;
    if (this.#events.length >= 2 * this.#capacity) {
      this.#events.splice(0, this.#capacity);
      this.#first += this.#capacity;
    }
  }

  /** Events from running number `index` on until now, at most `limit`; older ones may be gone. */
  since(index: number, limit = Number.POSITIVE_INFINITY): KernelEvent[] {
    const from = Math.max(0, index - this.#first);
    return this.#events.slice(from, Math.min(from + limit, this.#total - this.#first));
  }

  /** The last events until now, for a snapshot to keep. */
  tail(count: number): readonly KernelEvent[] {
    return this.since(this.#total - count);
  }

  /** Goes back to when there were `total` events; `tail` is put in place where older ones are not known any more. */
  rewind(total: number, tail: readonly KernelEvent[]): void {
    const from = total - tail.length;
    if (total < this.#first || total > this.#first + this.#events.length) {
      this.#events = [...tail];
      this.#first = from;
    } else if (from < this.#first) {
      this.#events = [...tail.slice(0, this.#first - from), ...this.#events];
      this.#first = from;
    }
    this.#total = total;
  }

  /** Forgets the events from number `index` on: the run takes another course. */
  cut(index = this.#total): void {
    this.#events.length = Math.min(this.#events.length, Math.max(0, index - this.#first));
  }
}
