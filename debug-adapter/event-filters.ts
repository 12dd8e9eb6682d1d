/** Kernel events as exception filters: which stop a run, and what is said at the stop. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { describeEvent, ENTRIES, type KernelEvent } from "#exokernel";

const conditionDescription =
  "Stops only when the event's text contains this, for example 'store page fault' or 'client'";

export const EVENT_FILTERS: readonly Dap.ExceptionBreakpointsFilter[] = [
  {
    filter: "upcall",
    label: "Upcalls",
    description:
      "Stop when the kernel enters a libOS with an upcall (not at begin and end of slices)",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "slice",
    label: "Slice upcalls",
    description: "Stop at begin-of-slice and end-of-slice upcalls",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "transfer",
    label: "Protected control transfers",
    description: "Stop when one environment enters another",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "refused",
    label: "Refused kernel calls",
    description: "Stop when a guard of the kernel refuses a call",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "revocation",
    label: "Revocation",
    description:
      "Stop when one is asked to give something back, told to, or taken from, and when it has complied",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "packet",
    label: "Packets",
    description: "Stop when a packet arrives, whoever gets it",
    default: false,
    supportsCondition: true,
    conditionDescription,
  },
  {
    filter: "fatal",
    label: "Environments about to end",
    description:
      "Stop before the kernel destroys an environment that cannot go on, before its libOS gives up and ends the program, and where a call has broken the kernel since a guard is weakened",
    default: true,
    supportsCondition: false,
  },
];

/** Steps of the dialogue. A run stops once for what the kernel does at one moment, so what merely leads to these is not here. */
const REVOCATION: ReadonlySet<KernelEvent["kind"]> = new Set([
  "unmet",
  "arbiterAsked",
  "arbiterLate",
  "asked",
  "insisted",
  "complied",
  "repossessed",
]);

/** A loss by a peer's hand; those by the kernel's are in `repossessed`, and those of who is gone are its end. */
const isPeersTaking = (event: KernelEvent): boolean =>
  event.kind === "lost" && event.environment !== 0 && !event.why.includes("destroyed");

function filterOf(event: KernelEvent): string | undefined {
  if (REVOCATION.has(event.kind) || isPeersTaking(event)) return "revocation";
  switch (event.kind) {
    case "upcall":
      return event.entry === ENTRIES.beginSlice.number || event.entry === ENTRIES.endSlice.number
        ? "slice"
        : "upcall";
    case "doubleUpcall":
      return "upcall";
    case "transfer":
    case "refused":
    case "packet":
    case "fatal":
      return event.kind;
    case "invariantBroken":
      return "fatal";
    default:
      return undefined;
  }
}

export class EventFilters {
  /** Condition by filter; an empty one always holds. */
  readonly #active = new Map<string, string>();
  readonly #nameOf: (id: number) => string;

  constructor(nameOf: (id: number) => string) {
    this.#nameOf = nameOf;
  }

  set(args: Dap.SetExceptionBreakpointsArguments): Dap.Breakpoint[] {
    this.#active.clear();
    const known = new Set(EVENT_FILTERS.map(({ filter }) => filter));
    const wanted = [
      ...args.filters.map((filter) => ({ filterId: filter, condition: "" })),
      ...(args.filterOptions ?? []),
    ];
    return wanted.map(({ filterId, condition }) => {
      if (!known.has(filterId)) {
        return { verified: false, message: `There is no kernel event filter '${filterId}'.` };
      }
      this.#active.set(filterId, condition ?? "");
      return { verified: true };
    });
  }

  wants(event: KernelEvent): boolean {
    const filter = filterOf(event);
    const condition = filter === undefined ? undefined : this.#active.get(filter);
    if (condition === undefined) return false;
    if (condition === "") return true;
    const text = `${this.#nameOf(event.environment)}: ${describeEvent(event, this.#nameOf)}`;
    return text.toLowerCase().includes(condition.toLowerCase());
  }

  /** Whether a run stops before an environment ends that cannot go on, by the kernel's hand or its libOS's. */
  get wantsFatal(): boolean {
    return this.#active.has("fatal");
  }

  /** Title and sentence for the stop at an event. */
  explain(event: KernelEvent): { readonly title: string; readonly text: string } {
    const text = `${this.#nameOf(event.environment)}: ${describeEvent(event, this.#nameOf)}`;
    const titles: Record<string, string> = {
      upcall: "upcall",
      slice: "slice upcall",
      transfer: "protected control transfer",
      refused: "kernel call refused",
      packet: "packet",
      fatal: "environment about to end",
    };
    const title =
      event.kind === "invariantBroken" ? "kernel broken" : titles[filterOf(event) ?? ""];
    return { title: title ?? event.kind, text };
  }
}
