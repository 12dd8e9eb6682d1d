/**
 * Secure bindings: software-TLB entries and guaranteed mappings (CONTRACT C14). Authority is checked when a binding is
 * made; a refill checks nothing but that the binding is still there.
 */
import { RIGHT } from "#emulator";
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { breakTransfers } from "./device-transfers.ts";
import {
  CAPABILITY,
  CAPABILITY_FLAG,
  ENV,
  GUARANTEED_BYTES,
  PAGE_FLAG,
  PAGE_RECORD,
  STLB,
} from "./layout.ts";
import { type CapabilityRef, refIndex, refOf, refSlot, stlbIndex } from "./records.ts";

export interface Binding {
  readonly environmentIndex: number;
  readonly virtualPage: number;
  readonly frame: number;
  /** R, W, X bits. */
  readonly rights: number;
  readonly dirty: boolean;
  readonly guaranteed: boolean;
  readonly capability: CapabilityRef;
}

const BOUND = CAPABILITY_FLAG.bound << 16;
const VALID = 0x80;
const DIRTY = RIGHT.D;
const ACCESS = RIGHT.R | RIGHT.W | RIGHT.X;
const tagOf = (index: number, virtualPage: number): number =>
  (STLB.valid | (index << 20) | virtualPage) >>> 0;

/** The binding of a virtual page, if there is one. */
export function bindingOf(core: Core, index: number, virtualPage: number): Binding | undefined {
  const at = guaranteedSlot(core, index, virtualPage);
  if (at !== undefined) return guaranteedAt(core, index, at);
  const entry = stlbIndex(index, virtualPage);
  return core.records.stlb(entry, STLB.tag) === tagOf(index, virtualPage)
    ? stlbAt(core, entry)
    : undefined;
}

/** All bindings, of one environment or of all, guaranteed ones first. */
export function* allBindings(core: Core, only?: number): Generator<Binding> {
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!core.records.isLive(index) || (only !== undefined && index !== only)) continue;
    for (let at = 0; at < LIMITS.guaranteed; at += 1) {
      const binding = guaranteedAt(core, index, at);
      if (binding !== undefined) yield binding;
    }
  }
  for (let entry = 0; entry < LIMITS.softwareTlb; entry += 1) {
    const binding = stlbAt(core, entry);
    if (binding !== undefined && (only === undefined || binding.environmentIndex === only)) {
      yield binding;
    }
  }
}

/** Binds a virtual page through a capability: to the page that it is for, or with one for exposed state to `frame`. */
export function bindStlb(
  core: Core,
  index: number,
  virtualPage: number,
  capability: CapabilityRef,
  rights: number,
  frame = core.records.capability(capability, CAPABILITY.resource),
): void {
  removeBinding(core, index, virtualPage, "bound anew");
  const entry = stlbIndex(index, virtualPage);
  const victim = stlbAt(core, entry);
  if (victim !== undefined) {
    dropStlb(core, entry);
    core.records.count(victim.environmentIndex, "evictions");
    core.emit({
      kind: "evicted",
      target: core.records.idOf(victim.environmentIndex),
      address: virtualAddress(victim.virtualPage),
      frame: victim.frame,
      by: core.records.idOf(index),
      byAddress: virtualAddress(virtualPage),
    });
  }
  core.records.setStlb(entry, STLB.tag, tagOf(index, virtualPage));
  core.records.setStlb(entry, STLB.data, (frame << 12) | rights);
  core.records.setStlb(entry, STLB.capability, capability);
  markBound(core, capability);
  countBinding(core, frame, 1);
  emitBound(core, index, virtualPage, frame, rights, capability, false);
}

/** Whether a guaranteed mapping can still be made for this page. */
export function canGuarantee(core: Core, index: number, virtualPage: number): boolean {
  return (
    guaranteedSlot(core, index, virtualPage) !== undefined ||
    freeGuaranteedSlot(core, index) !== undefined
  );
}

export function bindGuaranteed(
  core: Core,
  index: number,
  virtualPage: number,
  capability: CapabilityRef,
  rights: number,
): void {
  removeBinding(core, index, virtualPage, "bound anew");
  const at = freeGuaranteedSlot(core, index);
  if (at === undefined) throw new Error("assertion failed: no guaranteed mapping is left");
  const frame = core.records.capability(capability, CAPABILITY.resource);
  setGuaranteed(core, index, at, (virtualPage << 12) | VALID | rights, refSlot(capability));
  markBound(core, capability);
  countBinding(core, frame, 1);
  emitBound(core, index, virtualPage, frame, rights, capability, true);
}

/** Removes the binding of a virtual page wherever it is; returns whether there was one. */
export function removeBinding(
  core: Core,
  index: number,
  virtualPage: number,
  why: string,
): boolean {
  const binding = bindingOf(core, index, virtualPage);
  if (binding === undefined) return false;
  if (binding.guaranteed) {
    setGuaranteed(core, index, guaranteedSlot(core, index, virtualPage) as number, 0, 0);
    countBinding(core, binding.frame, -1);
    core.machine.tlb.invalidatePage(index, virtualPage);
  } else {
    dropStlb(core, stlbIndex(index, virtualPage));
  }
  core.emit({
    kind: "unbound",
    target: core.records.idOf(index),
    address: virtualAddress(virtualPage),
    frame: binding.frame,
    why,
  });
  return true;
}

/**
 * Breaks every binding that was made through a capability, device transfers among them, or with `allowed` those that
 * have rights beyond. It costs a walk through the software TLB, but only where a
 * binding was made: a guest can derive a quarter of a million capabilities and have them revoked in one call.
 */
export function breakBindings(
  core: Core,
  capability: CapabilityRef,
  why: string,
  allowed = 0,
): void {
  if ((core.records.capability(capability, CAPABILITY.head) & BOUND) === 0) return;
  const holder = refIndex(capability);
  const beyond = bindingsBy(core, holder, capability).filter((b) => (b.rights & ~allowed) !== 0);
  for (const { virtualPage } of beyond) removeBinding(core, holder, virtualPage, why);
  if ((allowed & RIGHT.W) === 0) breakTransfers(core, capability, why);
}

/** The bindings that were made through a capability: one word of each entry is looked at, since there may be many to ask for. */
function bindingsBy(core: Core, holder: number, capability: CapabilityRef): Binding[] {
  const found: Binding[] = [];
  const slot = refSlot(capability);
  for (let at = 0; at < LIMITS.guaranteed; at += 1) {
    if (core.records.env(holder, guaranteedAddress(at) + 4) !== slot) continue;
    const binding = guaranteedAt(core, holder, at);
    if (binding !== undefined) found.push(binding);
  }
  const { words, regions } = core.records;
  const [first, stride] = [(regions.softwareTlb + STLB.capability) >>> 2, STLB.bytes >>> 2];
  for (let entry = 0; entry < LIMITS.softwareTlb; entry += 1) {
    if (words[first + entry * stride] !== capability) continue;
    const binding = stlbAt(core, entry);
    if (binding !== undefined) found.push(binding);
  }
  return found;
}

/** Takes the mark of writing (`dirty`), or of any access, from every binding of a page: the next access sets it again. */
export function cleanBindings(core: Core, frame: number, dirty: boolean): void {
  for (const binding of allBindings(core)) {
    if (binding.frame !== frame) continue;
    if (dirty && binding.dirty) setDirty(core, binding, false);
    core.machine.tlb.invalidatePage(binding.environmentIndex, binding.virtualPage);
  }
}

/** Breaks every binding of an environment. */
export function breakAllBindings(core: Core, index: number, why: string): void {
  for (const binding of [...allBindings(core, index)]) {
    removeBinding(core, index, binding.virtualPage, why);
  }
  core.machine.tlb.invalidateAsid(index);
}

/**
 * Answers a TLB miss from the bindings; true when the access can be retried. A first store to a writable page marks it
 * dirty here, so that no upcall is spent on it (CONTRACT C5).
 */
export function refill(core: Core, index: number, address: number, access: number): boolean {
  const virtualPage = address >>> 12;
  const binding = bindingOf(core, index, virtualPage);
  if (binding === undefined || (binding.rights & access) === 0) return false;
  const store = access === RIGHT.W;
  const dirty = binding.dirty || store;
  if (store && !binding.dirty) setDirty(core, binding, true);
  const flags = core.records.page(binding.frame, PAGE_RECORD.state);
  core.records.setPage(
    binding.frame,
    PAGE_RECORD.state,
    flags | PAGE_FLAG.referenced | (store ? PAGE_FLAG.dirty : 0),
  );
  if (binding.frame < core.records.regions.exposed) core.isStateMapped = true;
  core.machine.tlb.write({
    asid: index,
    vpn: virtualPage,
    frame: binding.frame,
    rights: binding.rights | (dirty ? DIRTY : 0),
  });
  core.records.count(index, "refills");
  return true;
}

function setDirty(core: Core, binding: Binding, dirty: boolean): void {
  const { environmentIndex: index, virtualPage } = binding;
  const mark = (word: number): number => (dirty ? word | DIRTY : word & ~DIRTY);
  if (binding.guaranteed) {
    const address = guaranteedAddress(guaranteedSlot(core, index, virtualPage) as number);
    core.records.setEnv(index, address, mark(core.records.env(index, address)));
  } else {
    const entry = stlbIndex(index, virtualPage);
    core.records.setStlb(entry, STLB.data, mark(core.records.stlb(entry, STLB.data)));
  }
}

function stlbAt(core: Core, entry: number): Binding | undefined {
  const tag = core.records.stlb(entry, STLB.tag);
  if (tag < STLB.valid) return undefined;
  const data = core.records.stlb(entry, STLB.data);
  return {
    environmentIndex: (tag >>> 20) & 0xff,
    virtualPage: tag & 0xf_ffff,
    frame: data >>> 12,
    rights: data & ACCESS,
    dirty: (data & DIRTY) !== 0,
    guaranteed: false,
    capability: core.records.stlb(entry, STLB.capability),
  };
}

function dropStlb(core: Core, entry: number): void {
  const binding = stlbAt(core, entry);
  if (binding === undefined) return;
  core.records.setStlb(entry, STLB.tag, 0);
  core.records.setStlb(entry, STLB.data, 0);
  core.records.setStlb(entry, STLB.capability, 0);
  countBinding(core, binding.frame, -1);
  core.machine.tlb.invalidatePage(binding.environmentIndex, binding.virtualPage);
}

const guaranteedAddress = (at: number): number => ENV.guaranteed + at * GUARANTEED_BYTES;

function guaranteedAt(core: Core, index: number, at: number): Binding | undefined {
  const word = core.records.env(index, guaranteedAddress(at));
  if ((word & VALID) === 0) return undefined;
  const capability = refOf(index, core.records.env(index, guaranteedAddress(at) + 4));
  return {
    environmentIndex: index,
    virtualPage: word >>> 12,
    frame: core.records.capability(capability, CAPABILITY.resource),
    rights: word & ACCESS,
    dirty: (word & DIRTY) !== 0,
    guaranteed: true,
    capability,
  };
}

function setGuaranteed(core: Core, index: number, at: number, word: number, slot: number): void {
  core.records.setEnv(index, guaranteedAddress(at), word);
  core.records.setEnv(index, guaranteedAddress(at) + 4, slot);
}

function guaranteedSlot(core: Core, index: number, virtualPage: number): number | undefined {
  for (let at = 0; at < LIMITS.guaranteed; at += 1) {
    const word = core.records.env(index, guaranteedAddress(at));
    if ((word & VALID) !== 0 && word >>> 12 === virtualPage) return at;
  }
  return undefined;
}

function freeGuaranteedSlot(core: Core, index: number): number | undefined {
  for (let at = 0; at < LIMITS.guaranteed; at += 1) {
    if ((core.records.env(index, guaranteedAddress(at)) & VALID) === 0) return at;
  }
  return undefined;
}

/** Notes that a capability is in use, so that its removal looks for what was bound through it. */
export function markBound(core: Core, capability: CapabilityRef): void {
  const head = core.records.capability(capability, CAPABILITY.head);
  core.records.setCapability(capability, CAPABILITY.head, head | BOUND);
}

function countBinding(core: Core, frame: number, by: number): void {
  core.records.setPage(
    frame,
    PAGE_RECORD.bindings,
    core.records.page(frame, PAGE_RECORD.bindings) + by,
  );
}

const virtualAddress = (virtualPage: number): number => (virtualPage << 12) >>> 0;

function emitBound(
  core: Core,
  index: number,
  virtualPage: number,
  frame: number,
  rights: number,
  capability: CapabilityRef,
  guaranteed: boolean,
): void {
  core.emit({
    kind: "bound",
    target: core.records.idOf(index),
    address: virtualAddress(virtualPage),
    frame,
    rights,
    slot: refSlot(capability),
    guaranteed,
  });
}
