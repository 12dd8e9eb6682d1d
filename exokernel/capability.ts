/**
 * Capabilities: slots in an environment's table, linked into derivation trees (DESIGN.md 3). A derived capability never
 * has more rights than its parent, and removing one removes all that descends from it.
 */
import { KINDS, type KindName, kindName, LIMITS, type LossReason, RIGHTS } from "./abi.ts";
import type { Core } from "./core.ts";
import { extentAt, freeExtent } from "./extents.ts";
import { filtersOver, freeFilter } from "./filters.ts";
import { releaseFrame, takeKernelFrame } from "./frames.ts";
import { CAPABILITY, CAPABILITY_FLAG, ENV, SLOTS_PER_FRAME } from "./layout.ts";
import { noteLostTerm } from "./predicate-loss.ts";
import { type CapabilityRef, refIndex, refOf, refSlot } from "./records.ts";
import { recordLoss } from "./repossession.ts";
import { gaveBack } from "./requests.ts";
import { breakBindings } from "./secure-binding.ts";
import { setPending } from "./upcall.ts";

/** A capability as plain values. */
export interface Capability {
  readonly ref: CapabilityRef;
  readonly kind: KindName;
  readonly rights: number;
  readonly resource: number;
  readonly isOwner: boolean;
  readonly parent: CapabilityRef;
  readonly offeredTo: number;
  readonly offeredRights: number;
  /** Low 32 bits of the step at which it was made. */
  readonly step: number;
}

const head = (kind: number, rights: number, flags: number, offered: number): number =>
  (kind | (rights << 8) | (flags << 16) | (offered << 24)) >>> 0;

/** The capability in a slot, or undefined when the slot is empty. */
export function capabilityAt(core: Core, ref: CapabilityRef): Capability | undefined {
  const { records } = core;
  const word = records.capability(ref, CAPABILITY.head);
  const kind = kindName(word & 0xff);
  if (kind === "empty") return undefined;
  return {
    ref,
    kind,
    rights: (word >>> 8) & 0xff,
    resource: records.capability(ref, CAPABILITY.resource),
    isOwner: ((word >>> 16) & CAPABILITY_FLAG.owner) !== 0,
    parent: records.capability(ref, CAPABILITY.parent),
    offeredTo: records.capability(ref, CAPABILITY.offeredTo),
    offeredRights: word >>> 24,
    step: records.capability(ref, CAPABILITY.step),
  };
}

/** All capabilities of an environment, by slot. */
export function* capabilitiesOf(core: Core, index: number): Generator<Capability> {
  const { records } = core;
  for (let first = 0; first < LIMITS.slots; first += SLOTS_PER_FRAME) {
    let table = records.capabilityAddress(refOf(index, first));
    for (let at = 0; table !== undefined && at < SLOTS_PER_FRAME; at += 1) {
      // Most slots are empty: that is seen by their first word.
      const word = records.word(table + at * CAPABILITY.bytes + CAPABILITY.head);
      if ((word & 0xff) === 0) continue;
      const capability = capabilityAt(core, refOf(index, first + at));
      if (capability !== undefined) yield capability;
      // Whoever was given one may have freed the table.
      table = records.capabilityAddress(refOf(index, first));
    }
  }
}

/** Each capability there can be, on the way down and up. */
const VISITS_MAX = 2 * LIMITS.environments * LIMITS.slots;

/** The direct descendants of a capability, newest first. */
export function* childrenOf(core: Core, ref: CapabilityRef): Generator<CapabilityRef> {
  let child = core.records.capability(ref, CAPABILITY.firstChild);
  for (let count = 0; child !== 0 && count < VISITS_MAX; count += 1) {
    yield child;
    child = core.records.capability(child, CAPABILITY.nextSibling);
  }
}

/** How many free pages a new capability in this slot takes for its table: 0 or 1. */
export function tablePagesNeeded(core: Core, ref: CapabilityRef): number {
  return core.records.capabilityAddress(ref) === undefined ? 1 : 0;
}

/** Puts a capability into an empty slot, below `parent` (0: a root). The caller has checked slot and room. */
export function putCapability(
  core: Core,
  ref: CapabilityRef,
  kind: KindName,
  resource: number,
  rights: number,
  parent: CapabilityRef,
  isOwner: boolean,
): void {
  const { records } = core;
  const index = refIndex(ref);
  if (records.capabilityAddress(ref) === undefined) {
    const table = Math.floor(refSlot(ref) / SLOTS_PER_FRAME);
    const frame = takeKernelFrame(core, records.idOf(index));
    records.setEnv(index, ENV.capabilityFrames + 4 * table, frame);
    records.count(index, "kernelPages");
  }
  const flags = isOwner ? CAPABILITY_FLAG.owner : 0;
  records.setCapability(ref, CAPABILITY.head, head(KINDS[kind], rights, flags, 0));
  records.setCapability(ref, CAPABILITY.resource, resource);
  records.setCapability(ref, CAPABILITY.parent, parent);
  records.setCapability(ref, CAPABILITY.firstChild, 0);
  records.setCapability(ref, CAPABILITY.previousSibling, 0);
  records.setCapability(ref, CAPABILITY.offeredTo, 0);
  records.setCapability(ref, CAPABILITY.step, core.machine.steps >>> 0);
  const sibling = parent === 0 ? 0 : records.capability(parent, CAPABILITY.firstChild);
  records.setCapability(ref, CAPABILITY.nextSibling, sibling);
  if (sibling !== 0) records.setCapability(sibling, CAPABILITY.previousSibling, ref);
  if (parent !== 0) records.setCapability(parent, CAPABILITY.firstChild, ref);
  records.count(index, "capabilities");
}

/** Marks a capability as offered to one environment (0: to nobody). */
export function setOffer(core: Core, ref: CapabilityRef, receiver: number, rights: number): void {
  const word = core.records.capability(ref, CAPABILITY.head) & 0x00ff_ffff;
  core.records.setCapability(ref, CAPABILITY.head, (word | (rights << 24)) >>> 0);
  core.records.setCapability(ref, CAPABILITY.offeredTo, receiver);
}

/** Removes all that descends from a capability; returns how many went. */
export function removeDescendants(core: Core, ref: CapabilityRef, reason: LossReason): number {
  let removed = 0;
  for (;;) {
    const child = core.records.capability(ref, CAPABILITY.firstChild);
    if (child === 0) return removed;
    removed += removeTree(core, child, reason);
  }
}

/**
 * Removes a capability and all that descends from it, leaves first and without recursion, since a guest may derive a
 * chain as long as all tables together. Whoever loses something by another's hand is told. `why` says for people why the
 * capability itself goes, where that is not the reason that its descendants are given.
 */
export function removeTree(
  core: Core,
  root: CapabilityRef,
  reason: LossReason,
  why: string = REASON_TEXT[reason],
): number {
  let removed = 0;
  let at = root;
  for (let visits = 0; ; visits += 1) {
    // No tree is larger. With weakened guards a guest may have written into the kernel's own records.
    if (visits > VISITS_MAX) throw new Error("assertion failed: the derivation tree has a loop");
    const child = core.records.capability(at, CAPABILITY.firstChild);
    if (child !== 0) {
      at = child;
      continue;
    }
    const parent = core.records.capability(at, CAPABILITY.parent);
    removeLeaf(core, at, reason, at === root ? why : REASON_TEXT[reason]);
    removed += 1;
    if (at === root) return removed;
    at = parent;
  }
}

/**
 * Takes rights from a capability and from all of its kind that descends from it; returns how many lost some. Bindings that
 * have more than what is left are broken.
 */
export function restrictTree(core: Core, root: CapabilityRef, rights: number): number {
  let restricted = 0;
  const pending: CapabilityRef[] = [root];
  const kind = capabilityAt(core, root)?.kind;
  let visits = 0;
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const capability = capabilityAt(core, ref);
    if (capability === undefined || capability.kind !== kind) continue;
    visits += 1;
    if (visits > VISITS_MAX) throw new Error("assertion failed: the derivation tree has a loop");
    for (const child of childrenOf(core, ref)) pending.push(child);
    if ((capability.rights & ~rights) === 0) continue;
    restricted += 1;
    restrictOne(core, capability, rights);
  }
  return restricted;
}

function restrictOne(core: Core, capability: Capability, rights: number): void {
  const { records } = core;
  const { ref, resource } = capability;
  const holder = refIndex(ref);
  breakBindings(core, ref, "its capability has fewer rights now", rights);
  if ((capability.rights & ~rights & RIGHTS.READ) !== 0) endReceiving(core, capability);
  const word = records.capability(ref, CAPABILITY.head);
  records.setCapability(
    ref,
    CAPABILITY.head,
    (word & ((rights << 8) | (rights << 24) | 0x00ff_00ff)) >>> 0,
  );
  core.emit({
    kind: "restricted",
    holder: records.idOf(holder),
    slot: refSlot(ref),
    capabilityKind: KINDS[capability.kind],
    resource,
    rights: capability.rights & rights,
  });
  if (holder !== core.actor) reportLoss(core, holder, capability, "restricted");
}

/** READ on the network is the right to receive, and on another's filter the right to overlap it: filters go with it. */
function endReceiving(core: Core, { ref, kind }: Capability): void {
  if (kind === "filter") removeFiltersOver(core, ref);
  if (kind !== "network") return;
  const filters = [...childrenOf(core, ref)].filter(
    (child) => capabilityAt(core, child)?.kind === "filter",
  );
  for (const filter of filters) {
    removeTree(core, filter, "revoked", "its network capability may not receive any more");
  }
}

const REASON_TEXT: Record<LossReason, string> = {
  revoked: "the capability that it derives from was revoked",
  freed: "its owner freed it",
  holderDestroyed: "the environment that it derives from was destroyed",
  kernel: "the kernel took it back",
  restricted: "rights were taken from the capability that it derives from",
};

function removeLeaf(core: Core, ref: CapabilityRef, reason: LossReason, why: string): void {
  const { records } = core;
  const capability = capabilityAt(core, ref);
  if (capability === undefined) throw new Error(`assertion failed: slot ${ref} is empty`);
  const holder = refIndex(ref);
  breakBindings(core, ref, why);
  if (capability.isOwner) freeResource(core, holder, capability);
  if (capability.kind === "filter") removeFiltersOver(core, ref);
  if (capability.kind === "environment" && capability.parent === 0) forgetRoot(core, capability);
  unlink(core, ref);
  records.setCapability(ref, CAPABILITY.head, 0);
  records.count(holder, "capabilities", -1);
  const body = {
    holder: records.idOf(holder),
    slot: refSlot(ref),
    capabilityKind: KINDS[capability.kind],
    resource: capability.resource,
    why,
  };
  core.emit({ kind: "removed", ...body });
  if (holder !== core.actor) {
    reportLoss(core, holder, capability, reason);
    core.emit({ kind: "lost", ...body });
  }
}

/** Notes a loss by another's hand in the loser's vector, and tells it by an upcall (CONTRACT C15). */
function reportLoss(core: Core, holder: number, capability: Capability, reason: LossReason): void {
  noteLostTerm(core, holder, capability, reason);
  recordLoss(core, holder, capability, reason);
  setPending(core, holder, "repossession");
}

function freeResource(core: Core, holder: number, capability: Capability): void {
  const owner = core.records.idOf(holder);
  if (capability.kind === "page") {
    releaseFrame(core, capability.resource);
    core.records.count(holder, "pages", -1);
    core.emit({ kind: "freed", owner, frame: capability.resource });
    gaveBack(core, holder, "page", 1);
  } else if (capability.kind === "slice") {
    core.records.setSlice(capability.resource, 0, 0);
    core.emit({ kind: "sliceFreed", owner, position: capability.resource });
    gaveBack(core, holder, "slice", 1);
  } else if (capability.kind === "extent") {
    const sectors = extentAt(core, capability.resource)?.count ?? 0;
    freeExtent(core, capability.resource);
    gaveBack(core, holder, "extent", sectors);
  } else if (capability.kind === "filter") {
    freeFilter(core, capability.resource);
  }
}

/** A filter that was inserted over another lives as long as the capability that allowed it (CONTRACT C42). */
function removeFiltersOver(core: Core, ref: CapabilityRef): void {
  for (const over of filtersOver(core, ref)) {
    removeTree(core, over, "revoked", "the capability for the filter that it is over is gone");
  }
}

function forgetRoot(core: Core, capability: Capability): void {
  const index = core.records.indexOf(capability.resource);
  if (index !== undefined) core.records.setEnv(index, ENV.root, 0);
}

function unlink(core: Core, ref: CapabilityRef): void {
  const { records } = core;
  const parent = records.capability(ref, CAPABILITY.parent);
  const next = records.capability(ref, CAPABILITY.nextSibling);
  const previous = records.capability(ref, CAPABILITY.previousSibling);
  if (previous !== 0) records.setCapability(previous, CAPABILITY.nextSibling, next);
  else if (parent !== 0) records.setCapability(parent, CAPABILITY.firstChild, next);
  if (next !== 0) records.setCapability(next, CAPABILITY.previousSibling, previous);
}
