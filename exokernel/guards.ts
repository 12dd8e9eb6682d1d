/** Guards that several kernel calls share. Each names what it checks and says its operands in a sentence. */
import { ALL_RIGHTS, KINDS, type KindName, LIMITS, RIGHTS, rightsText } from "./abi.ts";
import { type Capability, capabilityAt, tablePagesNeeded } from "./capability.ts";
import { hex } from "./core.ts";
import { freeCount } from "./frames.ts";
import { charge, hasPages, promised, quotaOf } from "./holdings.ts";
import { type Decoding, guard, need } from "./kernel-call.ts";
import { LAUNCHER_INDEX } from "./layout.ts";
import { type CapabilityRef, refOf } from "./records.ts";

/** Index of the environment on whose behalf: the caller (slot 0) or one over which it holds CONTROL. */
export function requireEnvironment(call: Decoding, slot: number): number {
  if (slot === 0) return call.caller;
  const capability = requireCapability(call, call.caller, slot, "environment", RIGHTS.CONTROL);
  const index = call.core.records.indexOf(capability.resource);
  need(
    call,
    "environment lives",
    index !== undefined,
    "ENV",
    () =>
      `environment ${capability.resource} of slot ${slot} ${index === undefined ? "was destroyed" : "lives"}`,
  );
  return index;
}

/** Index of a live environment named by its id. */
export function requireId(call: Decoding, id: number): number {
  const index = call.core.records.indexOf(id);
  need(call, "id is current", index !== undefined, "ENV", () =>
    index === undefined
      ? `no environment has the id ${id} (it may have been destroyed)`
      : `environment ${id} lives`,
  );
  return index;
}

/** A slot that capability tables have. */
export function requireSlotNumber(call: Decoding, slot: number): void {
  need(
    call,
    "slot is in the table",
    slot < LIMITS.slots,
    "INVAL",
    () => `slot ${slot} of 0..${LIMITS.slots - 1}`,
  );
}

/** The capability in a slot, of the kind and with the rights that the call needs. */
export function requireCapability(
  call: Decoding,
  index: number,
  slot: number,
  kind: KindName | undefined,
  rights: number,
): Capability {
  requireSlotNumber(call, slot);
  const ref = refOf(index, slot);
  const capability = call.supposed?.get(ref) ?? capabilityAt(call.core, ref);
  const id = call.core.records.idOf(index);
  need(
    call,
    "slot holds a capability",
    capability !== undefined,
    "CAP",
    () =>
      `slot ${slot} of environment ${id} ${capability === undefined ? "is empty" : `holds a ${capability.kind} capability`}`,
  );
  guard(
    call,
    "capability is of the kind",
    kind === undefined || capability.kind === kind,
    "CAP",
    () =>
      `slot ${slot} holds a ${capability.kind} capability${kind === undefined ? "" : `, ${kind} is needed`}`,
  );
  guard(
    call,
    "capability has the rights",
    (capability.rights & rights) === rights,
    "RIGHTS",
    () =>
      `slot ${slot} has rights ${rightsText(capability.rights)}, ${rightsText(rights)} is needed`,
  );
  return capability;
}

/** The owner's capability of a resource: the one that its allocation made. */
export function requireOwner(
  call: Decoding,
  index: number,
  slot: number,
  kind: KindName,
): Capability {
  const capability = requireCapability(call, index, slot, kind, 0);
  guard(
    call,
    "capability is the owner's",
    capability.isOwner,
    "OWNER",
    () =>
      `slot ${slot} ${capability.isOwner ? "was made by the allocation" : "was derived or accepted; only the one that allocated it may free it"}`,
  );
  return capability;
}

/** Pages that a call takes for an environment beside what its capability table grows by. */
export interface Pages {
  /** Charged to the environment itself. */
  readonly own?: number;
  /** Charged to another. */
  readonly others?: number;
}

/** Free pages and room in the quota for what a call takes: `own` pages for environment `index`. */
export function requirePages(call: Decoding, index: number, own: number, others = 0): void {
  const { core } = call;
  const [charged, quota] = [charge(core, index), quotaOf(core, index)];
  guard(
    call,
    "the quota is not used up",
    charged + own + others <= quota,
    "QUOTA",
    () =>
      `environment ${core.records.idOf(index)} answers for ${charged} pages and would for ${own + others} more${quota === Number.POSITIVE_INFINITY ? ", without a quota" : `, its quota is ${quota}`}`,
  );
  const total = own + others;
  call.shortage = { kind: "page", count: total };
  need(
    call,
    "enough pages are free",
    total <= freeCount(core) - core.withheldPages,
    "NONE",
    () => `${total} of ${freeCount(core)} free pages`,
  );
  guard(
    call,
    "what is promised stays free",
    hasPages(core, index, own, others),
    "NONE",
    () =>
      `${total} of ${freeCount(core)} free pages, of which ${promised(core, index, own)} are guaranteed to others`,
  );
  call.shortage = undefined;
}

/** An empty slot with room for it in the table, and room for the further pages that the call takes. */
export function requireEmptySlot(
  call: Decoding,
  index: number,
  slot: number,
  { own = 0, others = 0 }: Pages = {},
): CapabilityRef {
  requireSlotNumber(call, slot);
  const ref = refOf(index, slot);
  const there = capabilityAt(call.core, ref);
  need(
    call,
    "slot is empty",
    there === undefined,
    "SLOT",
    () =>
      `slot ${slot} of environment ${call.core.records.idOf(index)} ${there === undefined ? "is empty" : `already holds a ${there.kind} capability`}`,
  );
  requirePages(call, index, own + tablePagesNeeded(call.core, ref), others);
  return ref;
}

/** Rights that are defined and a subset of those held. */
export function requireSubset(call: Decoding, rights: number, held: number): void {
  guard(
    call,
    "rights are defined",
    (rights & ~ALL_RIGHTS) === 0,
    "INVAL",
    () => `rights ${hex(rights)} of ${hex(ALL_RIGHTS)}`,
  );
  guard(
    call,
    "rights do not grow",
    (rights & ~held) === 0,
    "RIGHTS",
    () => `${rightsText(rights)} asked for, ${rightsText(held)} held`,
  );
}

/** Page-aligned. */
export function requirePageAligned(call: Decoding, address: number): number {
  guard(
    call,
    "address is page-aligned",
    (address & 0xfff) === 0,
    "INVAL",
    () => `address ${hex(address)}`,
  );
  return address >>> 12;
}

/** A place where execution can begin: even. */
export function requireCodeAddress(call: Decoding, pc: number): void {
  guard(call, "pc is 2-byte aligned", (pc & 1) === 0, "INVAL", () => `pc ${hex(pc)}`);
}

export const kindNumber = (kind: KindName): number => KINDS[kind];

/** Calls that give up the processor are for guests: the launcher runs beneath the machine and has none. */
export function requireRunning(call: Decoding): void {
  need(
    call,
    "caller runs on the machine",
    call.core.current === call.caller ||
      (call.supposed !== undefined && call.caller !== LAUNCHER_INDEX),
    "INVAL",
    () => `environment ${call.core.records.idOf(call.caller)}`,
  );
}
