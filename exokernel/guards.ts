/** Guards that several kernel calls share. Each names what it checks and says its operands in a sentence. */
import { ALL_RIGHTS, KINDS, type KindName, LIMITS, RIGHTS, rightsText } from "./abi.ts";
import { type Capability, capabilityAt, hasRoomFor } from "./capability.ts";
import { hex } from "./core.ts";
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
    `environment ${capability.resource} of slot ${slot} ${index === undefined ? "was destroyed" : "lives"}`,
  );
  return index;
}

/** Index of a live environment named by its id. */
export function requireId(call: Decoding, id: number): number {
  const index = call.core.records.indexOf(id);
  need(
    call,
    "id is current",
    index !== undefined,
    "ENV",
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
    `slot ${slot} of 0..${LIMITS.slots - 1}`,
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
    `slot ${slot} of environment ${id} ${capability === undefined ? "is empty" : `holds a ${capability.kind} capability`}`,
  );
  guard(
    call,
    "capability is of the kind",
    kind === undefined || capability.kind === kind,
    "CAP",
    `slot ${slot} holds a ${capability.kind} capability${kind === undefined ? "" : `, ${kind} is needed`}`,
  );
  guard(
    call,
    "capability has the rights",
    (capability.rights & rights) === rights,
    "RIGHTS",
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
    `slot ${slot} ${capability.isOwner ? "was made by the allocation" : "was derived or accepted; only the one that allocated it may free it"}`,
  );
  return capability;
}

/** An empty slot with room in the table; `furtherPages` free pages must be left beside what the table takes. */
export function requireEmptySlot(
  call: Decoding,
  index: number,
  slot: number,
  furtherPages = 0,
): CapabilityRef {
  requireSlotNumber(call, slot);
  const ref = refOf(index, slot);
  const there = capabilityAt(call.core, ref);
  need(
    call,
    "slot is empty",
    there === undefined,
    "SLOT",
    `slot ${slot} of environment ${call.core.records.idOf(index)} ${there === undefined ? "is empty" : `already holds a ${there.kind} capability`}`,
  );
  need(
    call,
    "a page is left for the table",
    hasRoomFor(call.core, ref, furtherPages),
    "NONE",
    `${furtherPages === 0 ? "the capability table" : "the page and its capability"} needs free pages`,
  );
  return ref;
}

/** Rights that are defined and a subset of those held. */
export function requireSubset(call: Decoding, rights: number, held: number): void {
  guard(
    call,
    "rights are defined",
    (rights & ~ALL_RIGHTS) === 0,
    "INVAL",
    `rights ${hex(rights)} of ${hex(ALL_RIGHTS)}`,
  );
  guard(
    call,
    "rights do not grow",
    (rights & ~held) === 0,
    "RIGHTS",
    `${rightsText(rights)} asked for, ${rightsText(held)} held`,
  );
}

/** Page-aligned. */
export function requirePageAligned(call: Decoding, address: number): number {
  guard(
    call,
    "address is page-aligned",
    (address & 0xfff) === 0,
    "INVAL",
    `address ${hex(address)}`,
  );
  return address >>> 12;
}

/** A place where execution can begin: even. */
export function requireCodeAddress(call: Decoding, pc: number): void {
  guard(call, "pc is 2-byte aligned", (pc & 1) === 0, "INVAL", `pc ${hex(pc)}`);
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
    `environment ${call.core.records.idOf(call.caller)}`,
  );
}
