/**
 * Explanations of traps and refusals, in two to four short sentences: what happened; which guard with which operands, or which rule;
 * who owns the thing; what the libOS may do now. One function for each kind of event.
 */
import { causeName } from "#emulator";
import {
  type Activation,
  type Capability,
  ENTRIES,
  ERRORS,
  type EventBody,
  FIRST_INTERRUPT_ENTRY,
  type KernelEvent,
  kindName,
  LIMITS,
  LOSS_REASONS,
  refSlot,
  rightsText,
  SLOTS,
  upcallName,
} from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import {
  callNamed,
  capabilityIn,
  isEnvironmentSlot,
  isUsedSlot,
  parametersOf,
  resourceText,
  tableOf,
} from "./kernel-calls.ts";
import { type KernelSource, placeText } from "./kernel-source.ts";
import { check, type SupposedCall, sufficientFor } from "./queries/sufficient.ts";
import { explainRevocation } from "./revocation-explanations.ts";

type Of<K extends KernelEvent["kind"]> = Extract<EventBody, { readonly kind: K }> & KernelEvent;

/** Events of one call lie at most so far apart. */
const NEAR = 20;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** The explanation of an event that a run has stopped at; undefined for what needs none. Now is right after the event. */
export function explainEvent(
  debuggee: Debuggee,
  source: KernelSource,
  event: KernelEvent,
): string | undefined {
  const sentences = sentencesOf(debuggee, source, event);
  return sentences.length === 0 ? undefined : sentences.filter(Boolean).join(" ");
}

function sentencesOf(debuggee: Debuggee, source: KernelSource, event: KernelEvent): string[] {
  switch (event.kind) {
    case "refused":
      return explainRefusal(debuggee, source, event);
    case "upcall":
      return explainUpcall(debuggee, event);
    case "doubleUpcall":
      return explainDoubleUpcall(debuggee, event);
    case "fatal":
      return explainFatal(debuggee, event);
    case "lost":
    case "removed":
      return explainLoss(debuggee, event);
    case "shortage":
    case "asked":
    case "insisted":
    case "repossessed":
      return explainRevocation(debuggee, event);
    case "weakened":
    case "invariantBroken":
      return explainWeakened(debuggee, source, event);
    default:
      return [];
  }
}

/** Errors that are about whose something is. */
const WITH_OWNER: ReadonlySet<string> = new Set(["CAP", "RIGHTS", "OWNER", "TAKEN"]);

/** A call that a guard refused. It changed nothing, so what the guards say now is what they said then. */
export function explainRefusal(
  debuggee: Debuggee,
  source: KernelSource,
  { environment: caller, call, error, guard, because, args }: Of<"refused">,
): string[] {
  const place = placeText(source, guard);
  const what = `${debuggee.nameOf(caller)} called ${call}, which was refused with E_${error}.`;
  const rule = `Guard '${guard}'${place === "" ? "" : ` (${place})`} does not hold: ${because}.`;
  if (call.startsWith("call ")) return [what, rule, "docs/abi.md has the calls that there are."];
  const asked: SupposedCall = { caller, call: callNamed(call), registers: args };
  const owners = WITH_OWNER.has(error) ? ownersOf(debuggee, asked) : "";
  return [what, rule, owners, remedyOf(debuggee, asked, error, guard)];
}

/** These ask who calls, not what it shows. */
const GUARDS_OF_THE_ARBITER: ReadonlySet<string> = new Set([
  "the caller is the arbiter",
  "only the arbiter is told",
]);

/** Who owns what the call names. */
function ownersOf(debuggee: Debuggee, asked: SupposedCall): string {
  const { caller, call, registers } = asked;
  const owners = new Set<string>();
  for (const parameter of parametersOf(call)) {
    const value = registers[parameter.register] ?? 0;
    if (parameter.name === "frame" && value < debuggee.view.pageCount) {
      owners.add(pageOwner(debuggee, value));
    }
    if (parameter.name === "position" && value < LIMITS.sliceVector) {
      owners.add(ownerText(debuggee, { kind: "slice", resource: value }));
    }
    if (!isUsedSlot(parameter) || isEnvironmentSlot(parameter)) continue;
    const table = tableOf(debuggee, caller, call, registers, parameter);
    const held = table === undefined ? undefined : capabilityIn(debuggee, table, value);
    if (held !== undefined) owners.add(ownerText(debuggee, held));
  }
  owners.delete("");
  return [...owners].map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`).join(" ");
}

/** `page 0x12 is owned by server (env 259), slot 7`; empty for what is nobody's. */
function ownerText(
  debuggee: Debuggee,
  { kind, resource }: Pick<Capability, "kind" | "resource">,
): string {
  const what = resourceText(debuggee, kind, resource);
  if (kind === "page") return pageOwner(debuggee, resource);
  if (kind === "slice") {
    const owner = debuggee.view.slices()[resource]?.owner ?? 0;
    return owner === 0 ? "" : `${what} is owned by ${debuggee.nameOf(owner)}`;
  }
  if (kind === "extent") {
    const extent = debuggee.view.extents().find(({ number }) => number === resource);
    return extent === undefined ? "" : `${what} is owned by ${debuggee.nameOf(extent.owner)}`;
  }
  return "";
}

function pageOwner(debuggee: Debuggee, frame: number): string {
  const { state, owner, capability } = debuggee.view.page(frame);
  if (state === "free") return `page ${hex(frame)} is free`;
  if (state === "kernel") return `page ${hex(frame)} is the kernel's own`;
  return `page ${hex(frame)} is owned by ${debuggee.nameOf(owner)}, slot ${refSlot(capability)}`;
}

/** What the libOS may do now, by the error that it got. */
function remedyOf(debuggee: Debuggee, asked: SupposedCall, error: string, guard: string): string {
  const [would] = sufficientFor(debuggee, asked, check(debuggee, asked));
  const code = ERRORS[error as keyof typeof ERRORS]?.code;
  const seen = `The libOS finds ${code} in a0 and goes on behind the ecall`;
  const otherwise = would === undefined ? "" : `: ${would.text}`;
  switch (error) {
    case "CAP":
      if (would !== undefined) return `${seen}${otherwise}.`;
      return GUARDS_OF_THE_ARBITER.has(guard)
        ? `${seen}; only whom arbiter_set or the scenario names arbiter may make this call.`
        : `${seen}; nobody holds a capability that would do.`;
    case "RIGHTS": {
      const less = guard === "rights do not grow" ? "; it may ask for no more than is held" : "";
      return `${seen}${less}${otherwise === "" ? "" : `${less === "" ? "" : ", or"}${otherwise}`}.`;
    }
    case "OWNER":
      return `${seen}${otherwise}.`;
    case "TAKEN":
      return `${seen}; it may name another one, or EXO_ANY for any that is free.`;
    case "NONE":
      return `${seen}; it may free something of that kind and call again.`;
    case "QUOTA":
      return `${seen}; it may free pages, or whoever administers memory may raise the quota (quota_set).`;
    case "OVERLAP":
      return `${seen}; the other filter's owner may give it a capability for that filter, to be shown as 'over'.`;
    case "SLOT":
      return `${seen}; slot ${firstEmptySlot(debuggee, asked.caller)} of ${debuggee.nameOf(asked.caller)} is empty.`;
    case "ENV":
      return `${seen}; ids do not come twice: one that has ended will not come back, and one that was never given names nobody.`;
    case "BUSY":
      return guard === "environment has not started"
        ? `${seen}; an environment is started once.`
        : `${seen}; it may call again later, when the other side is ready.`;
    case "ENTRY":
      return `${seen}; the other one has to register that entry first (env_set_entry).`;
    case "OFFER":
      return `${seen}; the one that holds it has to offer it first (cap_offer).`;
    default:
      return `${seen}; it may call again with arguments that the guard accepts.`;
  }
}

function firstEmptySlot(debuggee: Debuggee, environment: number): number {
  const taken = new Set(debuggee.view.capabilities(environment).map(({ ref }) => refSlot(ref)));
  let slot: number = SLOTS.firstPage;
  while (slot < LIMITS.slots && taken.has(slot)) slot += 1;
  return slot;
}

const ACCESS: Readonly<Record<number, { readonly verb: string; readonly right: string }>> = {
  12: { verb: "fetch from", right: "--x" },
  13: { verb: "load from", right: "r--" },
  15: { verb: "store to", right: "-w-" },
};

/** An upcall that entered a libOS: an exception, or something that was pending. */
export function explainUpcall(debuggee: Debuggee, event: Of<"upcall">): string[] {
  const { environment, entry, cause, value, pc, entryPc } = event;
  const handler = `its handler at ${codeText(debuggee, environment, entryPc)}`;
  if (entry === ENTRIES.doubleUpcall.number) {
    return [
      ...explainException(debuggee, environment, cause, value, pc),
      `Upcalls were disabled (UIE = 0), so ${handler} for a double upcall runs next; what it interrupted is another handler.`,
    ];
  }
  if (entry < FIRST_INTERRUPT_ENTRY) {
    const may =
      ACCESS[cause] === undefined
        ? "it may mend what is wrong and go on with uret, or end the program"
        : "it may bind a page there and have the access tried again with uret, or end the program";
    return [
      ...explainException(debuggee, environment, cause, value, pc),
      `${handler.charAt(0).toUpperCase()}${handler.slice(1)} for ${upcallName(entry, cause)} runs next; ${may}.`,
    ];
  }
  const name = debuggee.nameOf(environment);
  const what = `${name} was interrupted${pc === 0 ? "" : ` at ${codeText(debuggee, environment, pc)}`}: ${meaningOf(entry)}.`;
  const losses = entry === ENTRIES.repossession.number ? lossesText(debuggee, environment) : "";
  return [what, losses, `${handler.charAt(0).toUpperCase()}${handler.slice(1)} runs next.`];
}

function meaningOf(entry: number): string {
  return Object.values(ENTRIES).find(({ number }) => number === entry)?.meaning ?? "an upcall";
}

/** What an exception was about: the access and what is bound there, with its owner; else the cause and its value. */
function explainException(
  debuggee: Debuggee,
  environment: number,
  cause: number,
  value: number,
  pc: number,
): string[] {
  const name = debuggee.nameOf(environment);
  const at = codeText(debuggee, environment, pc);
  const access = ACCESS[cause];
  if (access === undefined) {
    return [`${name} had the exception ${causeName(cause)} (${hex(value)}) at ${at}.`];
  }
  const what = `The ${access.verb} ${hex(value)} at ${at} by ${name} faulted`;
  const binding = debuggee.view.translate(environment, value);
  if (binding === undefined) {
    const null_ = value < 4096 ? ": it is a null pointer" : "";
    return [`${what}: no page is bound there${null_}.`];
  }
  const { frame, rights, capability } = binding;
  const held = debuggee.view.capability(capability);
  const slot = `slot ${refSlot(capability)} (${held === undefined ? "" : rightsText(held.rights)})`;
  return [
    `${what}: page ${hex(frame)} is bound there ${rightsText(rights).slice(0, 3)} by ${slot}, and ${access.right} is needed.`,
    `${pageOwner(debuggee, frame).replace(/^p/, "P")}.`,
  ];
}

/** An exception within a handler. With an entry for it the upcall follows, without one the end. */
export function explainDoubleUpcall(debuggee: Debuggee, event: Of<"doubleUpcall">): string[] {
  const { environment, cause, value, pc } = event;
  const entry = debuggee.view.environment(environment)?.entries[ENTRIES.doubleUpcall.number] ?? 0;
  const next =
    entry === 0
      ? "no entry for a double upcall is registered: the environment is destroyed when the run goes on"
      : `its handler for double upcalls at ${codeText(debuggee, environment, entry)} runs next`;
  return [
    ...explainException(debuggee, environment, cause, value, pc),
    `Upcalls were disabled (UIE = 0), since a handler was at work; ${next}.`,
  ];
}

/** An environment that cannot go on. It still stands, so that one can look. */
export function explainFatal(debuggee: Debuggee, event: Of<"fatal">): string[] {
  const { environment, because } = event;
  const [, name, value, pc] =
    /^(?:double upcall: )?(.+) at (0x\w+) \(pc (0x\w+)\)/.exec(because) ?? [];
  const cause = [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 15].find((each) => causeName(each) === name);
  const isException = cause !== undefined && value !== undefined && pc !== undefined;
  const what = isException
    ? explainException(debuggee, environment, cause, Number(value), Number(pc))
    : [`${debuggee.nameOf(environment)} cannot go on: ${because}.`];
  const why = because.startsWith("double upcall")
    ? "Upcalls were disabled (UIE = 0), and no entry for a double upcall is registered."
    : isException
      ? "No handler for it is registered."
      : "";
  const owned = debuggee.view.environment(environment)?.counters.pages ?? 0;
  return [
    ...what,
    why,
    `The libOS is not asked any more: the environment is destroyed when the run goes on, and its ${owned} page${owned === 1 ? "" : "s"} with all that derives from them are freed.`,
  ];
}

/** A libOS that gives up on its program: what it could not mend, or its own decision to abort. */
export function explainLastWords(
  debuggee: Debuggee,
  environment: number,
  activation: Activation | undefined,
): string {
  const end =
    "The libOS has found nothing to mend and ends the program; the kernel has no part in it.";
  if (activation?.kind !== "upcall") {
    return `${debuggee.nameOf(environment)} aborts, by a failed assertion or of its own accord. The kernel has no part in it.`;
  }
  const { cause, value, pc } = activation;
  return [...explainException(debuggee, environment, cause, value, pc), end].join(" ");
}

/** A capability that somebody else's act removed. */
export function explainLoss(debuggee: Debuggee, event: Of<"lost"> | Of<"removed">): string[] {
  const { holder, slot, capabilityKind, resource, why, environment } = event;
  const kind = kindName(capabilityKind);
  const by = environment === 0 ? "the kernel" : debuggee.nameOf(environment);
  const what = `${debuggee.nameOf(holder)} lost slot ${slot}, ${resourceText(debuggee, kind, resource)}: ${why}; ${by} did it.`;
  const owner = kind === "page" ? `${pageOwner(debuggee, resource).replace(/^p/, "P")}.` : "";
  if (holder === environment) return [what, owner];
  const { entries, state } = debuggee.view.environment(holder) ?? {};
  if (state === undefined || state === "destroyed") return [what, owner];
  const entry = entries?.[ENTRIES.repossession.number] ?? 0;
  const told =
    entry === 0
      ? "It has no entry for that, and finds it out by repossession_next or by its next fault."
      : `It is told at its entry ${codeText(debuggee, holder, entry)}, and repossession_next says what was taken.`;
  return [what, owner, told];
}

/** Losses that an environment has not yet taken from its repossession vector. */
function lossesText(debuggee: Debuggee, environment: number): string {
  const losses = debuggee.view.repossessions(environment);
  const [first] = losses;
  if (first === undefined) return "";
  const what = resourceText(debuggee, kindName(first.kind), first.resource);
  const more = losses.length > 1 ? `, and ${losses.length - 1} more` : "";
  const by = debuggee.nameOf(first.by);
  const taken =
    first.reason === LOSS_REASONS.restricted
      ? `${by} took rights from its slot ${first.slot}, ${what}`
      : `${by} took ${what} from its slot ${first.slot}`;
  return `${taken}${more}; repossession_next says so.`;
}

/** A call that a weakened guard let go on, and what it broke. */
export function explainWeakened(
  debuggee: Debuggee,
  source: KernelSource,
  event: Of<"weakened"> | Of<"invariantBroken">,
): string[] {
  const { call } = event;
  const name = debuggee.nameOf(event.environment);
  const guards = debuggee.view
    .events(Math.max(0, event.index - NEAR))
    .flatMap((each) =>
      each.kind === "weakened" && each.step === event.step && each.index <= event.index
        ? [each]
        : [],
    );
  const rules = guards.map(({ guard, because }) => {
    const place = placeText(source, guard);
    return `Guard '${guard}'${place === "" ? "" : ` (${place})`} does not hold and is weakened: ${because}.`;
  });
  if (event.kind === "weakened") return [`${call} by ${name} went on.`, ...rules];
  return [
    `${call} by ${name} has broken what the kernel promises: ${event.broken.slice(0, 2).join("; ")}.`,
    ...rules,
    "The run may go on, to see what the program can do with it; the kernel as it is would have refused the call.",
  ];
}

/** `pager_entry (upcall.S:12)`, as far as it is known. */
function codeText(debuggee: Debuggee, environment: number, pc: number): string {
  const image = debuggee.imageOf(environment);
  const name = image?.functionName(pc);
  const row = image?.debug.lineAt(pc);
  const place =
    row === undefined || row.line === 0 ? "" : `${row.file.replace(/^.*[\\/]/, "")}:${row.line}`;
  if (name === undefined) return hex(pc);
  return `${hex(pc)} (${name}${place === "" ? "" : `, ${place}`})`;
}
