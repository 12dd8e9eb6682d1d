/** The kernel's events in memory: the last ones of a run, rewound with it. */
import type { EventBody, KernelEvent } from "./events.ts";

/** Slices that end and begin again at equal distances, of one environment in one position: two events at each of their steps. */
export interface Ticks {
  /** Of the first. */
  readonly step: number;
  readonly count: number;
  /** Steps from one to the next; of one alone, whatever it may be. */
  readonly period: number;
  readonly environment: number;
  readonly position: number;
  readonly owner: number;
}

/** Events in a row, from number `first` on. A program that computes makes a tick each slice, and so nothing but one of the second kind. */
type Stretch =
  | { readonly first: number; readonly events: KernelEvent[]; readonly ticks?: undefined }
  | { readonly first: number; readonly events?: undefined; readonly ticks: Ticks };

/** Events as a snapshot keeps them. */
export interface SavedEvents {
  readonly first: number;
  readonly stretches: readonly Stretch[];
}

/** Events of a stretch, so that old ones can be let go. */
const STRETCH_MAX = 4096;

/**
 * The last events, in order, and how many there were until now. When a run goes back, what came later stays known until the run
 * takes another course: events that come again have the same numbers.
 */
export class EventLog {
  readonly #capacity: number;
  #stretches: Stretch[] = [];
  /** Running number of the first event that is kept. */
  #first = 0;
  /** Behind the last event that is known. */
  #end = 0;
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
    if (this.#total < this.#end) this.#repeat(event);
    else this.#append(event);
  }

  pushTicks(ticks: Ticks): void {
    const again = this.#total < this.#end ? this.#repeatTicks(ticks) : 0;
    if (again < ticks.count) this.#appendTicks(from(ticks, again));
  }

  /** Events from running number `index` on until now, at most `limit`; older ones may be gone. */
  since(index: number, limit = Number.POSITIVE_INFINITY): KernelEvent[] {
    const start = Math.max(index, this.#first);
    const end = Math.min(this.#total, start + limit);
    const found: KernelEvent[] = [];
    for (let i = start, at = this.#find(start); i < end; at += 1) {
      const stretch = this.#stretches[at]!;
      for (const last = Math.min(end, endOf(stretch)); i < last; i += 1)
        found.push(get(stretch, i));
    }
    return found;
  }

  /** The last events until now, for a snapshot to keep. */
  tail(most: number): SavedEvents {
    const first = Math.max(this.first, this.#total - most);
    return { first, stretches: this.#copy(first, this.#total) };
  }

  /** Goes back to when there were `total` events; `tail`, which ends there, is put in place where older ones are not known any more. */
  rewind(total: number, tail: SavedEvents): void {
    if (total < this.#first || total > this.#end) {
      this.#stretches = copyOf(tail.stretches, total);
      this.#first = tail.first;
      this.#end = total;
    } else if (tail.first < this.#first) {
      const missing = copyOf(tail.stretches, this.#first);
      this.#stretches = [...missing, ...this.#copy(this.#first, this.#end)];
      this.#first = tail.first;
    }
    this.#total = total;
  }

  /** Forgets the events from number `index` on: the run takes another course. */
  cut(index = this.#total): void {
    if (index >= this.#end) return;
    this.#end = Math.max(this.#first, index);
    const last = this.#find(this.#end);
    this.#stretches.push(...copyOf(this.#stretches.splice(last), this.#end));
  }

  /** An event that comes again, or is another one than was known. */
  #repeat(event: KernelEvent): void {
    const stretch = this.#stretches[this.#find(this.#total)]!;
    if (stretch.ticks === undefined) {
      stretch.events[this.#total - stretch.first] = event;
      this.#total += 1;
    } else if (isTick(event, get(stretch, this.#total))) {
      this.#total += 1;
    } else {
      this.cut();
      this.#append(event);
    }
  }

  /** Ticks that come again; the number of them that are the ones that are known. */
  #repeatTicks(ticks: Ticks): number {
    const first = this.#total;
    while (this.#total < Math.min(this.#end, first + 2 * ticks.count)) {
      const known = get(this.#stretches[this.#find(this.#total)]!, this.#total);
      if (!isTick(known, tickEvent(ticks, first, this.#total))) {
        this.cut(first + Math.floor((this.#total - first) / 2) * 2);
        this.#total = this.#end;
        break;
      }
      this.#total += 1;
    }
    return (this.#total - first) / 2;
  }

  #append(event: KernelEvent): void {
    const last = this.#stretches.at(-1);
    if (last?.ticks === undefined && last !== undefined && last.events.length < STRETCH_MAX) {
      last.events.push(event);
    } else {
      this.#stretches.push({ first: this.#total, events: [event] });
    }
    this.#grow(1);
  }

  #appendTicks(ticks: Ticks): void {
    const last = this.#stretches.at(-1);
    const joined = last?.ticks === undefined ? undefined : join(last.ticks, ticks);
    if (joined === undefined) this.#stretches.push({ first: this.#total, ticks });
    else this.#stretches[this.#stretches.length - 1] = { first: last!.first, ticks: joined };
    this.#grow(2 * ticks.count);
  }

  #grow(count: number): void {
    this.#total += count;
    this.#end = this.#total;
    if (this.#end - this.#first < 2 * this.#capacity) return;
    this.#first = this.#end - this.#capacity;
    this.#stretches.splice(0, this.#find(this.#first));
  }

  /** The stretch that has an event, or would have it if it is the next one. */
  #find(index: number): number {
    let low = 0;
    let high = this.#stretches.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#stretches[middle]!.first <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The events from `first` on and before `end`, which are all known, in stretches of their own. */
  #copy(first: number, end: number): Stretch[] {
    if (first >= end) return [];
    return copyOf(this.#stretches.slice(this.#find(first), this.#find(end - 1) + 1), end, first);
  }
}

function endOf(stretch: Stretch): number {
  const { ticks } = stretch;
  return stretch.first + (ticks === undefined ? stretch.events.length : 2 * ticks.count);
}

function get({ first, events, ticks }: Stretch, index: number): KernelEvent {
  return ticks === undefined ? events[index - first]! : tickEvent(ticks, first, index);
}

/** Of ticks whose first event has number `first`, the event with number `index`. */
export function tickEvent(ticks: Ticks, first: number, index: number): KernelEvent {
  const { position, environment, owner } = ticks;
  const step = ticks.step + ((index - first) >>> 1) * ticks.period;
  return (index - first) % 2 === 0
    ? { step, index, environment, kind: "sliceEnded", position, switchedBy: "kernel" }
    : { step, index, environment, kind: "sliceBegan", position, owner };
}

/** What lies before `end`, and from `start` on, of stretches in a row. */
function copyOf(stretches: readonly Stretch[], end: number, start = 0): Stretch[] {
  const copied: Stretch[] = [];
  for (const stretch of stretches) {
    const first = Math.max(start, stretch.first);
    const last = Math.min(end, endOf(stretch));
    if (first >= last) continue;
    const { ticks } = stretch;
    if (ticks === undefined) {
      copied.push({
        first,
        events: stretch.events.slice(first - stretch.first, last - stretch.first),
      });
    } else if ((first - stretch.first) % 2 === 0 && (last - first) % 2 === 0) {
      const rest = from(ticks, (first - stretch.first) / 2);
      copied.push({ first, ticks: { ...rest, count: (last - first) / 2 } });
    } else {
      // Cut between the two events of a tick.
      const events = Array.from({ length: last - first }, (_, i) => get(stretch, first + i));
      copied.push({ first, events });
    }
  }
  return copied;
}

/** Ticks without the first of them. */
function from(ticks: Ticks, passed: number): Ticks {
  if (passed === 0) return ticks;
  return { ...ticks, step: ticks.step + passed * ticks.period, count: ticks.count - passed };
}

/** Whether an event is the same as one of a tick. */
function isTick(event: KernelEvent, tick: KernelEvent): boolean {
  return (
    event.kind === tick.kind &&
    event.step === tick.step &&
    event.environment === tick.environment &&
    "position" in event &&
    "position" in tick &&
    event.position === tick.position
  );
}

const isSame = (one: Ticks, other: Ticks): boolean =>
  one.environment === other.environment &&
  one.position === other.position &&
  one.owner === other.owner;

/** Two that follow each other as one, or undefined. */
function join(one: Ticks, other: Ticks): Ticks | undefined {
  if (!isSame(one, other)) return undefined;
  const period = one.count > 1 ? one.period : other.step - one.step;
  if (other.count > 1 && other.period !== period) return undefined;
  if (one.step + one.count * period !== other.step) return undefined;
  return { ...one, period, count: one.count + other.count };
}
