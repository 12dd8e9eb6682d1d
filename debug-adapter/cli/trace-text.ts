/**
 * The kernel's events as `exo trace` tells them. What follows from another event of the same moment is counted behind it, what
 * repeats is counted between, and what is seen for the first time is explained. Nothing is left out without a count.
 */
import { describeEvent, type EventKind, type KernelEvent } from "#exokernel";

type Noun = readonly [one: string, many: string];

/** What an event brings with it: the end of an environment removes all that it had. */
const CONSEQUENCES: Readonly<Partial<Record<EventKind, Noun>>> = {
  unbound: ["binding broken", "bindings broken"],
  removed: ["capability removed", "capabilities removed"],
  freed: ["page freed", "pages freed"],
  sliceFreed: ["slice freed", "slices freed"],
  extentFreed: ["extent freed", "extents freed"],
};

/** What the launcher does for every program in the same way. */
const LAUNCHING: Readonly<Partial<Record<EventKind, Noun>>> = {
  allocated: ["page allocated", "pages allocated"],
  derived: ["capability derived", "capabilities derived"],
  bound: ["binding made", "bindings made"],
};

/** What happens again and again. Everything else is told each time. */
const REPEATED: Readonly<Partial<Record<EventKind, Noun>>> = {
  ...CONSEQUENCES,
  ...LAUNCHING,
  evicted: ["binding evicted", "bindings evicted"],
  upcall: ["upcall", "upcalls"],
  transfer: ["transfer", "transfers"],
  sliceBegan: ["slice", "slices"],
  sliceEnded: ["end of a slice", "ends of slices"],
  yielded: ["yield", "yields"],
  slept: ["sleep", "sleeps"],
  woken: ["awakening", "awakenings"],
  rested: ["rest", "rests"],
  excess: ["excess", "excesses"],
  refused: ["refusal", "refusals"],
  diskRequest: ["disk request", "disk requests"],
  diskComplete: ["completion", "completions"],
};
const TOLD_BEFORE_COUNTED = 2;

/** Said once, below the first event of its kind. */
const EXPLANATIONS: Readonly<Partial<Record<EventKind, string>>> = {
  upcall: "the kernel enters the libOS, which decides; going back takes no kernel call",
  refused: "a refused call changes nothing; the guard that failed is named",
  evicted: "two pages share an entry of the software TLB; the libOS binds again what it misses",
  shortage:
    "no call waits for memory: who wants it is refused and tries again, meanwhile others are asked",
  asked: "an upcall: which pages, slices or sectors it gives is its own choice",
  insisted: "its last time to choose; nothing has been taken yet",
  complied: "whatever was given back counts, by whatever call",
  lost: "each loss is an entry of the loser's repossession vector: what, by whom, why",
  repossessed: "the kernel chose, by use alone: it knows nothing of what the pages mean",
  arbiterAsked: "an environment chooses in place of the kernel's rule, until its deadline",
  sliceEnded: "a slice is over; the next in the vector begins",
  excess: "it goes on after the end of its slice, on time that it will pay for",
  forfeited: "it pays: the slice passes by",
  transfer: "the processor goes over with all registers: they are the message",
  restricted: "what is taken from a capability is taken from all that descend from it",
  savePlace: "what is taken by force is written there first",
  slept: "it takes no slices until then",
};

export interface TraceOptions {
  readonly nameOf: (id: number) => string;
  readonly isLauncher: (id: number) => boolean;
  readonly write: (line: string) => void;
  /** Every event on a line of its own, without explanations. */
  readonly all: boolean;
}

export class TraceText {
  readonly #options: TraceOptions;
  /** Events of one moment and one environment, or of the end of one. */
  #moment: KernelEvent[] = [];
  /** How often something was told or counted since a count was last written. */
  readonly #times = new Map<string, number>();
  readonly #counted = new Map<EventKind, number>();
  readonly #explained = new Set<EventKind>();

  constructor(options: TraceOptions) {
    this.#options = options;
  }

  add(event: KernelEvent): void {
    if (this.#options.all) {
      const { nameOf } = this.#options;
      this.#line(event.step, `${nameOf(event.environment)}: ${describeEvent(event, nameOf)}`);
      return;
    }
    const [first] = this.#moment;
    const isOneAct =
      first?.environment === event.environment ||
      this.#moment.some(({ kind }) => kind === "destroyed");
    if (first?.step !== event.step || !isOneAct) this.#tellMoment();
    this.#moment.push(event);
    if (event.kind === "started") this.#tellMoment();
  }

  /** Writes what is still held back. */
  end(): void {
    this.#tellMoment();
    this.#tellCounted();
  }

  #tellMoment(): void {
    const events = this.#moment;
    this.#moment = [];
    const main = events.filter((event) => !this.#isConsequence(event));
    if (main.length === 0) {
      // A page that is freed is unbound and removed as well, which goes without saying.
      const [first] = events;
      const told = events.find(({ kind }) => kind.endsWith("reed")) ?? first;
      if (told !== undefined) this.#tell(told, "");
      return;
    }
    const consequences = new Map<EventKind, number>();
    for (const { kind } of events.filter((event) => this.#isConsequence(event))) {
      consequences.set(kind, (consequences.get(kind) ?? 0) + 1);
    }
    const nouns = { ...REPEATED, ...LAUNCHING };
    const counts = countsText(consequences, nouns);
    const carrier = main.find(({ kind }) => kind === "destroyed") ?? main.at(-1);
    for (const event of main) {
      this.#tell(event, event === carrier && counts !== "" ? ` (${counts})` : "");
    }
  }

  #isConsequence(event: KernelEvent): boolean {
    const { isLauncher } = this.#options;
    if (event.kind === "lost") return isLauncher(event.holder);
    if (event.kind in CONSEQUENCES) return true;
    return event.kind in LAUNCHING && isLauncher(event.environment);
  }

  #tell(event: KernelEvent, counts: string): void {
    const shape = shapeOf(event);
    const times = this.#times.get(shape) ?? 0;
    this.#times.set(shape, times + 1);
    if (event.kind in REPEATED && times >= TOLD_BEFORE_COUNTED) {
      this.#counted.set(event.kind, (this.#counted.get(event.kind) ?? 0) + 1);
      return;
    }
    // That slices ended meanwhile is worth a line only before something new.
    const isRoutine = [...this.#counted.keys()].every((kind) => kind.startsWith("slice"));
    if (!isRoutine || !(event.kind in REPEATED)) this.#tellCounted();
    // After something new, what goes on repeating is told once more.
    if (!(event.kind in REPEATED)) {
      for (const each of this.#times.keys()) this.#times.set(each, TOLD_BEFORE_COUNTED - 1);
    }
    const { nameOf } = this.#options;
    const actor = nameOf(event.environment);
    const text = describeEvent(event, nameOf);
    // Who acts is named once.
    this.#line(event.step, `${text.startsWith(`${actor} `) ? text : `${actor}: ${text}`}${counts}`);
    const explanation = EXPLANATIONS[event.kind];
    if (explanation === undefined || this.#explained.has(event.kind)) return;
    this.#explained.add(event.kind);
    this.#options.write(`${" ".repeat(12)}  -- ${explanation}`);
  }

  #tellCounted(): void {
    if (this.#counted.size === 0) return;
    this.#options.write(`${" ".repeat(9)}...  ${countsText(this.#counted, REPEATED)} more`);
    this.#counted.clear();
  }

  #line(step: number, text: string): void {
    this.#options.write(`${String(step).padStart(10)}  ${text}`);
  }
}

/** What makes two events repetitions of each other. */
function shapeOf(event: KernelEvent): string {
  const detail =
    event.kind === "refused"
      ? `${event.call} ${event.because}`
      : event.kind === "upcall"
        ? event.cause
        : event.kind === "transfer"
          ? `${event.to} ${event.reply}`
          : "";
  return `${event.environment} ${event.kind} ${detail}`;
}

function countsText(
  counts: ReadonlyMap<EventKind, number>,
  nouns: Readonly<Partial<Record<EventKind, Noun>>>,
): string {
  const texts: string[] = [];
  for (const [kind, count] of counts) {
    const noun = nouns[kind];
    if (noun !== undefined) texts.push(`${count} ${noun[count === 1 ? 0 : 1]}`);
  }
  return texts.join(", ");
}
