/**
 * What can be asked of each kind of kernel event: one table, which the compiler holds against `EventBody`, so that no kind and no field is
 * forgotten.
 */
import { causeName } from "#emulator";
import {
  ENTRIES,
  type EventBody,
  type EventKind,
  KINDS,
  kindName,
  RIGHTS,
  rightsText,
  upcallName,
} from "#exokernel";

/** How a field is compared, and how a file spells its value. */
export type FieldKind =
  | "number"
  /** Id of an environment; files say its name. */
  | "environment"
  | "text"
  | "flag"
  /** Why an upcall came: `store page fault`, `end slice`. */
  | "cause"
  /** A cause of the machine: `store page fault`. */
  | "trap"
  /** An entry: `end slice`, or an exception's name. */
  | "entry"
  /** Kind of a capability: `page`. */
  | "resource"
  /** As `rw---` shows them; files say `rw`. */
  | "rights"
  /** A list, which has what the file says among others. */
  | "numbers"
  | "texts"
  /** Not to be asked for. */
  | "none";

type FieldsOf<Kind extends EventKind> = Exclude<
  keyof Extract<EventBody, { readonly kind: Kind }>,
  "kind"
>;

export const EVENT_FIELDS: {
  readonly [Kind in EventKind]: { readonly [Field in FieldsOf<Kind>]: FieldKind };
} = {
  created: { created: "environment" },
  started: { target: "environment", pc: "number" },
  destroyed: { target: "environment", status: "number", because: "text" },
  entry: { target: "environment", entry: "entry", pc: "number" },
  published: { target: "environment", address: "number" },
  allocated: { owner: "environment", frame: "number", slot: "number" },
  freed: { owner: "environment", frame: "number" },
  derived: {
    from: "environment",
    fromSlot: "number",
    to: "environment",
    toSlot: "number",
    rights: "rights",
    capabilityKind: "resource",
    resource: "number",
  },
  offered: { slot: "number", to: "environment", rights: "rights" },
  accepted: { from: "environment", fromSlot: "number", slot: "number", rights: "rights" },
  removed: {
    holder: "environment",
    slot: "number",
    capabilityKind: "resource",
    resource: "number",
    why: "text",
  },
  lost: {
    holder: "environment",
    slot: "number",
    capabilityKind: "resource",
    resource: "number",
    why: "text",
  },
  bound: {
    target: "environment",
    address: "number",
    frame: "number",
    rights: "rights",
    slot: "number",
    guaranteed: "flag",
  },
  unbound: { target: "environment", address: "number", frame: "number", why: "text" },
  evicted: {
    target: "environment",
    address: "number",
    frame: "number",
    by: "environment",
    byAddress: "number",
  },
  upcall: { entry: "entry", cause: "cause", value: "number", pc: "number", entryPc: "number" },
  doubleUpcall: { cause: "trap", value: "number", pc: "number" },
  fatal: { because: "text" },
  transfer: { synchronous: "flag", reply: "flag", to: "environment", entryPc: "number" },
  calleeDied: { callee: "environment" },
  sliceAllocated: { owner: "environment", position: "number" },
  sliceFreed: { owner: "environment", position: "number" },
  sliceBegan: { position: "number", owner: "environment" },
  sliceEnded: { position: "number", switchedBy: "text" },
  yielded: { to: "environment" },
  slept: { terms: "number" },
  woken: { product: "number" },
  rested: {},
  excess: { count: "number" },
  forfeited: { position: "number", remaining: "number" },
  refused: { call: "text", args: "numbers", error: "text", guard: "text", because: "text" },
  weakened: { call: "text", guard: "text", because: "text" },
  invariantBroken: { call: "text", broken: "texts" },
  kernelFailed: { because: "text", weakened: "texts" },
  consoleInput: { count: "number", lost: "number" },
  extentAllocated: {
    owner: "environment",
    extent: "number",
    first: "number",
    count: "number",
    slot: "number",
  },
  extentFreed: { owner: "environment", extent: "number", first: "number", count: "number" },
  diskRequest: {
    request: "text",
    extent: "number",
    sector: "number",
    count: "number",
    tag: "number",
    write: "number",
  },
  diskComplete: {
    target: "environment",
    request: "text",
    sector: "number",
    count: "number",
    tag: "number",
    status: "number",
  },
  powerFailed: {
    mode: "text",
    seed: "number",
    beforeWrite: "number",
    unflushed: "number",
    reached: "number",
  },
  poweredOn: { failures: "number" },
  restricted: {
    holder: "environment",
    slot: "number",
    capabilityKind: "resource",
    resource: "number",
    rights: "rights",
  },
  transferBroken: { target: "environment", frame: "number", why: "text" },
  guaranteed: { target: "environment", pages: "number" },
  quota: { target: "environment", pages: "number" },
  shortage: { resourceKind: "resource", free: "number", wanted: "number" },
  unmet: { resourceKind: "resource", count: "number" },
  arbiter: { target: "environment" },
  arbiterAsked: {
    arbiter: "environment",
    resourceKind: "resource",
    count: "number",
    deadline: "number",
  },
  arbiterLate: { resourceKind: "resource", count: "number", because: "text" },
  asked: {
    target: "environment",
    resourceKind: "resource",
    count: "number",
    owed: "number",
    deadline: "number",
    rule: "text",
    candidates: "none",
  },
  insisted: {
    target: "environment",
    resourceKind: "resource",
    owed: "number",
    deadline: "number",
  },
  complied: { target: "environment", resourceKind: "resource", stage: "number" },
  repossessed: {
    target: "environment",
    resourceKind: "resource",
    owed: "number",
    taken: "number",
  },
  savePlace: { extent: "number", sector: "number", pages: "number" },
  packetSent: { number: "number", length: "number" },
  packetLeft: { number: "number", length: "number" },
  packet: {
    number: "number",
    length: "number",
    filter: "number",
    target: "environment",
    alsoMatched: "numbers",
    head: "text",
    dropped: "text",
  },
  filterInserted: {
    owner: "environment",
    filter: "number",
    slot: "number",
    over: "number",
    terms: "none",
  },
  filterRemoved: { owner: "environment", filter: "number" },
  ringSet: { filter: "number", frames: "numbers" },
  idle: { until: "number" },
  intervention: { what: "text" },
};

export const EVENT_KINDS = Object.keys(EVENT_FIELDS) as EventKind[];

/** Fields that every one of these kinds has and that compare alike. */
export function fieldsOf(kinds: readonly EventKind[]): ReadonlyMap<string, FieldKind> {
  const [first, ...others] = kinds.map(
    (kind) => new Map(Object.entries<FieldKind>(EVENT_FIELDS[kind])),
  );
  const common = new Map<string, FieldKind>();
  for (const [name, kind] of first ?? []) {
    if (kind !== "none" && others.every((fields) => fields.get(name) === kind))
      common.set(name, kind);
  }
  return common;
}

const EXCEPTIONS = Array.from({ length: 16 }, (_, cause) => causeName(cause)).filter(
  (name) => !name.startsWith("cause "),
);
const ENTRY_NAMES = Object.values(ENTRIES).map(({ number }) => upcallName(number, number));
/** Words that a field of this kind may have; undefined when it is no closed set. */
export const WORDS: Readonly<Partial<Record<FieldKind, readonly string[]>>> = {
  cause: [...EXCEPTIONS, ...ENTRY_NAMES],
  trap: EXCEPTIONS,
  entry: [...EXCEPTIONS, ...ENTRY_NAMES],
  resource: Object.keys(KINDS),
};

/** What a field of an event says, as files spell it; `nameOf` is asked for environments. */
export function fieldValue(
  event: EventBody,
  name: string,
  kind: FieldKind,
  nameOf: (id: number) => string,
): number | string | boolean | readonly (number | string)[] | undefined {
  const value = (event as unknown as Readonly<Record<string, unknown>>)[name];
  if (value === undefined) return undefined;
  switch (kind) {
    case "environment":
      return nameOf(value as number);
    case "cause":
      return event.kind === "upcall" ? upcallName(event.entry, event.cause) : undefined;
    case "trap":
      return causeName(value as number);
    case "entry":
      return upcallName(value as number, value as number);
    case "resource":
      return kindName(value as number);
    case "rights":
      return lettersOf(value as number);
    case "none":
      return undefined;
    default:
      return value as number | string | boolean | readonly (number | string)[];
  }
}

/** `rw` for what people read as `rw---`. */
const lettersOf = (rights: number): string => rightsText(rights).replaceAll("-", "");

export const RIGHT_LETTERS = rightsText(Object.values(RIGHTS).reduce((all, each) => all | each, 0));
