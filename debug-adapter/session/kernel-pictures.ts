/** The kernel's state as the views draw it: bodies of `exo/...` requests, typed in protocol.ts. */
import {
  type Capability,
  capabilityDot,
  capabilityText,
  ENTRIES,
  ENTRY_COUNT,
  type EnvironmentView,
  FIRST_INTERRUPT_ENTRY,
  kindName,
  refIndex,
  refSlot,
  rightsText,
  upcallName,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { resourceText } from "../kernel-calls.ts";
import type { LoadedImage } from "../loaded-image.ts";
import type {
  CapabilitiesArguments,
  CapabilitiesBody,
  CapabilityItem,
  CapabilityTextArguments,
  CapabilityTextBody,
  EnvironmentItem,
  EnvironmentState,
  EnvironmentsBody,
  EventsArguments,
  EventsBody,
  MappingItem,
  PageItem,
  PagesBody,
  SourcePlace,
} from "../protocol.ts";
import { placeNow } from "../queries/look-back.ts";
import { timelineBody } from "../run-spans/timeline-body.ts";
import { codeFrames, stackOf } from "../stack.ts";
import { eventItem } from "./event-item.ts";
import { bindingsBody, extentsBody, slicesBody } from "./mechanism-pictures.ts";
import type { Handlers } from "./requests.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const EVENTS_LIMIT = 1000;
/** Threads of one libOS of which is said where they stand. */
const PLACES_MAX = 32;

/** The requests of the views, which are answered at any time. */
export function pictureHandlers(
  debuggee: () => Debuggee,
): Pick<
  Handlers,
  | "exo/environments"
  | "exo/capabilities"
  | "exo/capabilityText"
  | "exo/pages"
  | "exo/events"
  | "exo/timeline"
  | "exo/slices"
  | "exo/bindings"
  | "exo/extents"
> {
  return {
    "exo/environments": () => environmentsBody(debuggee()),
    "exo/capabilities": (args) => capabilitiesBody(debuggee(), args ?? {}),
    "exo/capabilityText": (args) => capabilityTextBody(debuggee(), args ?? {}),
    "exo/pages": () => pagesBody(debuggee()),
    "exo/timeline": (args) => timelineBody(debuggee(), args ?? {}),
    "exo/events": (args) => eventsBody(debuggee(), args ?? {}),
    "exo/slices": () => slicesBody(debuggee()),
    "exo/bindings": () => bindingsBody(debuggee()),
    "exo/extents": () => extentsBody(debuggee()),
  };
}

export function environmentsBody(debuggee: Debuggee): EnvironmentsBody {
  const { view } = debuggee;
  return {
    step: view.steps,
    running: view.running,
    environments: view.environments().map((environment) => environmentItem(debuggee, environment)),
    weakened: debuggee.weakened,
  };
}

function environmentItem(debuggee: Debuggee, environment: EnvironmentView): EnvironmentItem {
  const { id } = environment;
  const isLauncher = debuggee.isLauncher(id);
  const isGone = environment.state === "destroyed";
  const info = isLauncher ? undefined : debuggee.environment(id);
  const [frame] = isLauncher || isGone ? [] : codeFrames(stackOf(debuggee, id));
  const place = frame?.place;
  return {
    id,
    index: environment.index,
    name: isLauncher ? "launcher" : (info?.name ?? `env ${id}`),
    program: info?.image?.path ?? info?.path ?? "",
    isLauncher,
    state: environment.isRunning ? "running" : (environment.state as EnvironmentState),
    stateText: stateText(debuggee, environment, isLauncher),
    parent: environment.parent,
    ...(frame === undefined ? {} : { pc: hex(frame.pc), function: frame.functionName }),
    ...(place === undefined || frame?.image === undefined
      ? {}
      : { place: { path: frame.image.localPath(place.file), line: place.line } }),
    ...(environment.waitingOn === 0 ? {} : { waitingOn: environment.waitingOn }),
    ...(environment.serving === 0 ? {} : { serving: environment.serving }),
    slices: environment.slices,
    pagesOwned: environment.counters.pages,
    charge: environment.charge,
    ...(environment.quota === 0 ? {} : { quota: environment.quota }),
    guaranteed: environment.guaranteed,
    owes: environment.requests.map((request) => owedText(debuggee, request)),
    capabilityCount: environment.counters.capabilities,
    ...(isGone ? { exitStatus: (environment.words[0] ?? 0) | 0 } : {}),
    entries: entriesOf(debuggee, environment),
    ...(isLauncher || isGone ? {} : exceptionEntry(debuggee, id)),
    counters: environment.counters,
    ...threadsItem(debuggee, id, isLauncher || isGone),
    pending: Object.values(ENTRIES)
      .filter(({ number }) => (environment.pending & (1 << (number - FIRST_INTERRUPT_ENTRY))) !== 0)
      .map(({ meaning }) => meaning),
    repossessions: lossesOf(debuggee, id),
  };
}

/** What its libOS says of its threads, and where each stands. */
function threadsItem(
  debuggee: Debuggee,
  id: number,
  hasNone: boolean,
): Pick<EnvironmentItem, "threads"> {
  const threads = hasNone ? [] : debuggee.threads.of(id);
  if (threads.length === 0) return {};
  return {
    threads: threads.map(({ threadId, name, state, isCurrent }, i) => {
      const place = i < PLACES_MAX ? placeNow(debuggee, threadId) : undefined;
      return {
        id: threadId,
        name,
        state: isCurrent ? "running" : state === "running" ? "ready" : state,
        ...(place === undefined ? {} : { place }),
      };
    }),
  };
}

function owedText(
  debuggee: Debuggee,
  { kind, owed, stage, deadline, by }: EnvironmentView["requests"][number],
): string {
  const unit = kind === "extent" ? "sector" : kind;
  const what = `${owed} ${unit}${owed === 1 ? "" : "s"}`;
  const who = by === 0 ? "the kernel" : debuggee.nameOf(by);
  return stage === 2
    ? `${what}: ${who} insists, and takes by force at step ${deadline}`
    : `${what}: ${who} asks, and insists at step ${deadline}`;
}

function lossesOf(debuggee: Debuggee, id: number): string[] {
  return debuggee.view
    .repossessions(id)
    .map(
      ({ kind, resource, by, reason, slot, saved }) =>
        `${resourceText(debuggee, kindName(kind), resource)} (slot ${slot}) ${LOSS[reason] ?? "taken"} by ${by === 0 ? "the kernel" : debuggee.nameOf(by)}${saved === 0 ? "" : `, saved in sector ${saved - 1} of its extent`}`,
    );
}

const LOSS: Record<number, string> = {
  1: "revoked",
  2: "freed",
  3: "gone with the one it came from, destroyed",
  4: "taken back",
  5: "restricted",
};

/** An address of a program with its function and line, as far as they are known. */
function codeAt(
  image: LoadedImage | undefined,
  pc: number,
): { readonly pc: string; readonly function?: string; readonly place?: SourcePlace } {
  const functionName = image?.functionName(pc);
  const row = image?.debug.lineAt(pc);
  return {
    pc: hex(pc),
    ...(functionName === undefined ? {} : { function: functionName }),
    ...(image === undefined || row === undefined
      ? {}
      : { place: { path: image.localPath(row.file), line: row.line } }),
  };
}

/** Where exceptions enter that have no entry of their own. */
function exceptionEntry(debuggee: Debuggee, id: number): Pick<EnvironmentItem, "exceptionEntry"> {
  const utvec = debuggee.view.csrs(id)?.utvec ?? 0;
  return utvec === 0 ? {} : { exceptionEntry: codeAt(debuggee.imageOf(id), utvec) };
}

function entriesOf(debuggee: Debuggee, environment: EnvironmentView): EnvironmentItem["entries"] {
  const image = debuggee.isLauncher(environment.id) ? undefined : debuggee.imageOf(environment.id);
  const entries = [];
  for (let entry = 0; entry < ENTRY_COUNT; entry += 1) {
    const pc = environment.entries[entry] ?? 0;
    if (pc === 0) continue;
    const name =
      Object.values(ENTRIES).find(({ number }) => number === entry)?.meaning ??
      upcallName(entry, entry);
    entries.push({ name, ...codeAt(image, pc) });
  }
  return entries;
}

function stateText(debuggee: Debuggee, environment: EnvironmentView, isLauncher: boolean): string {
  if (isLauncher) return "holds the root capabilities";
  if (environment.isRunning) {
    return environment.serving === 0
      ? "running"
      : `running, serves ${debuggee.nameOf(environment.serving)}`;
  }
  switch (environment.state) {
    case "created":
      return "created, not started";
    case "ready":
      return "ready, waits for its slice";
    case "sleeping":
      return environment.sleepsUntil.length === 0
        ? "sleeps until an upcall is pending"
        : `sleeps until ${environment.sleepsUntil.join(", or ")}`;
    case "resting":
      return "rests until it is entered";
    case "waiting":
      return `waits in a transfer to ${debuggee.nameOf(environment.waitingOn)}`;
    case "destroyed":
      return `destroyed, status ${(environment.words[0] ?? 0) | 0}`;
    default:
      return environment.state;
  }
}

export function capabilitiesBody(
  debuggee: Debuggee,
  args: CapabilitiesArguments,
): CapabilitiesBody {
  const { view: kernel } = debuggee;
  const ids =
    args.environment === undefined ? kernel.environments().map(({ id }) => id) : [args.environment];
  return {
    step: kernel.steps,
    capabilities: ids.flatMap((id) =>
      kernel.capabilities(id).map((capability) => capabilityItem(debuggee, id, capability)),
    ),
    removed: removedCapabilities(debuggee),
  };
}

function capabilityItem(
  debuggee: Debuggee,
  environment: number,
  capability: Capability,
): CapabilityItem {
  const { kind, rights, resource, isOwner, parent, offeredTo, step, ref } = capability;
  return {
    environment,
    slot: refSlot(ref),
    kind,
    rights: rightsText(rights),
    resource,
    resourceText: resourceText(debuggee, kind, resource),
    isOwner,
    ...(parent === 0
      ? {}
      : { parent: { environment: idAt(debuggee, refIndex(parent)), slot: refSlot(parent) } }),
    childCount: debuggee.view.childrenOf(ref).length,
    ...(offeredTo === 0 ? {} : { offeredTo }),
    step,
  };
}

const REMOVED_MAX = 100;

function removedCapabilities(debuggee: Debuggee): CapabilitiesBody["removed"] {
  return debuggee.view
    .events(0)
    .flatMap((event) => (event.kind === "removed" ? [event] : []))
    .slice(-REMOVED_MAX)
    .reverse()
    .map(({ holder, slot, capabilityKind, resource, why, environment, step, index }) => ({
      environment: holder,
      slot,
      resourceText: resourceText(debuggee, kindName(capabilityKind), resource),
      why,
      by: environment,
      step,
      event: index,
    }));
}

function idAt(debuggee: Debuggee, index: number): number {
  return debuggee.kernel.core.records.idOf(index);
}

export function capabilityTextBody(
  debuggee: Debuggee,
  args: CapabilityTextArguments,
): CapabilityTextBody {
  const text = args.format === "dot" ? capabilityDot : capabilityText;
  return { step: debuggee.view.steps, text: text(debuggee.view, (id) => debuggee.nameOf(id)) };
}

export function pagesBody(debuggee: Debuggee): PagesBody {
  const { view: kernel } = debuggee;
  const mappings = new Map<number, MappingItem[]>();
  for (const binding of kernel.bindings()) {
    const list = mappings.get(binding.frame) ?? [];
    list.push({
      environment: idAt(debuggee, binding.environmentIndex),
      address: hex(binding.virtualPage << 12),
      rights: rightsText(binding.rights).slice(0, 3),
      guaranteed: binding.guaranteed,
    });
    mappings.set(binding.frame, list);
  }
  const kernelFrames = debuggee.kernel.core.records.regions.firstFree;
  const pages: PageItem[] = [];
  for (let frame = kernelFrames; frame < kernel.pageCount; frame += 1) {
    const page = kernel.page(frame);
    if (page.state === "free") continue;
    pages.push({
      frame,
      state: page.state,
      owner: page.owner,
      ...(page.capability === 0 ? {} : { slot: refSlot(page.capability) }),
      mappings: mappings.get(frame) ?? [],
      dirty: page.dirty,
      referenced: page.referenced,
      ...(page.pins === 0 ? {} : { pins: page.pins }),
    });
  }
  return {
    step: kernel.steps,
    pageCount: kernel.pageCount,
    freeCount: kernel.freePages,
    freeLowWater: kernel.freeLowWater,
    kernelFrames,
    pages,
  };
}

export function eventsBody(debuggee: Debuggee, args: EventsArguments): EventsBody {
  const { view: kernel } = debuggee;
  const limit = args.limit ?? EVENTS_LIMIT;
  const since = args.since ?? Math.max(0, kernel.eventCount - limit);
  const isWanted = ({ environment }: { environment: number }) =>
    args.environment === undefined || environment === args.environment;
  return {
    step: kernel.steps,
    total: kernel.eventCount,
    events: kernel
      .events(since)
      .filter(isWanted)
      .slice(0, limit)
      .map((event) => eventItem(event, (id) => debuggee.nameOf(id))),
  };
}
