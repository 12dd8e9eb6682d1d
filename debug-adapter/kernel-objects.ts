/** The objects of the kernel that a client can ask about or watch: what each is called, and which events change it. */
import { indexOfId, type KernelEvent, KINDS, type KindName, refOf } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import { UserError } from "./errors.ts";
import { resourceText } from "./kernel-calls.ts";
import type { KernelObject } from "./protocol.ts";

/** A resource that capabilities are for. */
export interface Resource {
  readonly kind: Extract<KindName, "page" | "extent" | "slice" | "filter" | "environment">;
  readonly number: number;
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** The resource that an object is; undefined for a slot and for a binding, which are about one. */
export function resourceOf(object: KernelObject): Resource | undefined {
  if ("page" in object) return { kind: "page", number: object.page };
  if ("extent" in object) return { kind: "extent", number: object.extent };
  if ("slice" in object) return { kind: "slice", number: object.slice };
  if ("filter" in object) return { kind: "filter", number: object.filter };
  const { environment, slot, address } = object;
  return slot === undefined && address === undefined
    ? { kind: "environment", number: environment }
    : undefined;
}

/** What people call it: `page 0x12d`, `slot 3 of client (env 514)`. */
export function objectText(debuggee: Debuggee, object: KernelObject): string {
  const resource = resourceOf(object);
  if (resource?.kind === "environment") return debuggee.nameOf(resource.number);
  if (resource !== undefined) return resourceText(debuggee, resource.kind, resource.number);
  const { environment, slot, address } = object as Extract<KernelObject, { environment: number }>;
  const whose = debuggee.nameOf(environment);
  return slot === undefined
    ? `the binding of ${hex(address ?? 0)} of ${whose}`
    : `slot ${slot} of ${whose}`;
}

/** The object that a client means, its address the page's; throws `UserError` with a sentence when the machine has no such thing. */
export function checkedObject(debuggee: Debuggee, object: KernelObject): KernelObject {
  const problem = problemWithObject(debuggee, object);
  if (problem !== undefined) throw new UserError(123, problem);
  if (!("environment" in object) || object.address === undefined) return object;
  return { environment: object.environment, address: (object.address & ~0xfff) >>> 0 };
}

export function problemWithObject(debuggee: Debuggee, object: KernelObject): string | undefined {
  const { view } = debuggee;
  const isCount = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  if (typeof object !== "object" || object === null) return NAMES;
  if ("page" in object) {
    return isCount(object.page) && object.page < view.pageCount
      ? undefined
      : `There is no page ${object.page}: the machine has ${view.pageCount}.`;
  }
  if ("slice" in object) {
    const count = view.slices().length;
    return isCount(object.slice) && object.slice < count
      ? undefined
      : `There is no slice ${object.slice}: the slice vector has ${count} positions.`;
  }
  // What was freed still has a history.
  if ("extent" in object) return isCount(object.extent) ? undefined : NAMES;
  if ("filter" in object) return isCount(object.filter) ? undefined : NAMES;
  const { environment, slot, address } = object;
  if (!isCount(environment)) return NAMES;
  const isSound = (value: unknown) => value === undefined || isCount(value);
  return isSound(slot) && isSound(address) ? undefined : NAMES;
}

const NAMES =
  "An object is named by 'page', 'extent', 'slice' or 'filter', or by 'environment' alone or with 'slot' or 'address', each a whole number.";

/** The capability by which its owner has it; 0 when it is free or was never there. */
export function ownersCapability(debuggee: Debuggee, object: KernelObject): number {
  const { view } = debuggee;
  if ("page" in object) return view.page(object.page).capability;
  if ("extent" in object) {
    return view.extents().find(({ number }) => number === object.extent)?.capability ?? 0;
  }
  if ("filter" in object) {
    return view.filters().find(({ number }) => number === object.filter)?.capability ?? 0;
  }
  if ("slice" in object) {
    const owner = view.slices()[object.slice]?.owner ?? 0;
    const own = view
      .capabilities(owner)
      .find(
        ({ kind, resource, isOwner }) => isOwner && kind === "slice" && resource === object.slice,
      );
    return own?.ref ?? 0;
  }
  const { environment, slot, address } = object;
  if (slot !== undefined) return refOf(indexOfId(environment), slot);
  if (address !== undefined) return view.translate(environment, address)?.capability ?? 0;
  const creator = view.creatorOf(environment) ?? 0;
  const own = view
    .capabilities(creator)
    .find(
      ({ kind, resource, isOwner }) =>
        isOwner && kind === "environment" && resource === environment,
    );
  return own?.ref ?? 0;
}

/** Whether an event changes an object, or who can reach it. A slot's are told by `eventsOfCapability`. */
export function isAbout(event: KernelEvent, object: KernelObject): boolean {
  const resource = resourceOf(object);
  if (resource === undefined) return isAboutBinding(event, object);
  if ("capabilityKind" in event) {
    return event.capabilityKind === KINDS[resource.kind] && event.resource === resource.number;
  }
  const { kind, number } = resource;
  switch (kind) {
    case "page":
      return "frame" in event && event.frame === number;
    case "slice":
      return (
        "position" in event &&
        event.position === number &&
        event.kind !== "sliceBegan" &&
        event.kind !== "sliceEnded"
      );
    case "extent":
      return "extent" in event && event.extent === number;
    case "filter":
      return "filter" in event && event.filter === number;
    case "environment":
      return isAboutEnvironment(event, number);
  }
}

const LIFE: ReadonlySet<KernelEvent["kind"]> = new Set([
  ...(["started", "destroyed", "entry", "published", "guaranteed", "quota", "arbiter"] as const),
  ...(["asked", "insisted", "complied", "repossessed"] as const),
]);

function isAboutEnvironment(event: KernelEvent, id: number): boolean {
  if (event.kind === "created") return event.created === id;
  return LIFE.has(event.kind) && "target" in event && event.target === id;
}

function isAboutBinding(event: KernelEvent, object: KernelObject): boolean {
  if (!("environment" in object) || object.address === undefined) return false;
  const isOne = event.kind === "bound" || event.kind === "unbound" || event.kind === "evicted";
  return isOne && event.target === object.environment && event.address === object.address;
}
