/** Kernel calls on capabilities: derive, offer, accept, revoke, delete. Decode beside invoke. */
import { kindName, RIGHTS } from "../abi.ts";
import {
  capabilityAt,
  putCapability,
  removeDescendants,
  removeTree,
  restrictTree,
  setOffer,
} from "../capability.ts";
import type { Core } from "../core.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireId,
  requireSlotNumber,
  requireSubset,
} from "../guards.ts";
import { defineCall, guard, need } from "../kernel-call.ts";
import { type CapabilityRef, refIndex, refOf, refSlot } from "../records.ts";

export const capDerive = defineCall<{
  source: CapabilityRef;
  destination: CapabilityRef;
  rights: number;
}>({
  name: "capDerive",
  decode: (call, [from, source, to, destination, rights]) => {
    const fromIndex = requireEnvironment(call, from);
    const toIndex = requireEnvironment(call, to);
    const needed = fromIndex === toIndex ? 0 : RIGHTS.GRANT;
    const capability = requireCapability(call, fromIndex, source, undefined, needed);
    requireSubset(call, rights, capability.rights);
    return {
      source: capability.ref,
      destination: requireEmptySlot(call, toIndex, destination),
      rights,
    };
  },
  invoke: (core, { source, destination, rights }) => {
    derive(core, source, destination, rights);
    return 0;
  },
});

function derive(
  core: Core,
  source: CapabilityRef,
  destination: CapabilityRef,
  rights: number,
): void {
  const { records } = core;
  const kind = records.capability(source, 0) & 0xff;
  const resource = records.capability(source, 4);
  const name = kindName(kind);
  putCapability(core, destination, name, resource, rights, source, false);
  core.emit({
    kind: "derived",
    from: records.idOf(refIndex(source)),
    fromSlot: refSlot(source),
    to: records.idOf(refIndex(destination)),
    toSlot: refSlot(destination),
    rights,
    capabilityKind: kind,
    resource,
  });
}

export const capOffer = defineCall<{ source: CapabilityRef; receiver: number; rights: number }>({
  name: "capOffer",
  decode: (call, [source, receiver, rights]) => {
    const capability = requireCapability(call, call.caller, source, undefined, RIGHTS.GRANT);
    if (receiver !== 0) requireId(call, receiver);
    requireSubset(call, rights, capability.rights);
    return { source: capability.ref, receiver, rights };
  },
  invoke: (core, { source, receiver, rights }) => {
    setOffer(core, source, receiver, receiver === 0 ? 0 : rights);
    core.emit({ kind: "offered", slot: refSlot(source), to: receiver, rights });
    return 0;
  },
});

export const capAccept = defineCall<{
  source: CapabilityRef;
  destination: CapabilityRef;
  rights: number;
}>({
  name: "capAccept",
  decode: (call, [giver, source, destination]) => {
    const giverIndex = requireId(call, giver);
    requireSlotNumber(call, source);
    const capability = capabilityAt(call.core, refOf(giverIndex, source));
    const me = call.core.records.idOf(call.caller);
    // One answer whether the slot is empty or not: what another holds is not the caller's business.
    guard(call, "the offer is to the caller", capability?.offeredTo === me, "OFFER", () =>
      capability?.offeredTo === me
        ? `slot ${source} of environment ${giver} is offered to environment ${me}`
        : `slot ${source} of environment ${giver} is not offered to environment ${me}`,
    );
    need(
      call,
      "there is something to accept",
      capability !== undefined,
      "OFFER",
      () =>
        `slot ${source} of environment ${giver} ${capability === undefined ? "has nothing to give" : `gives a ${capability.kind} capability`}`,
    );
    const isOffered = capability.offeredTo === me;
    return {
      source: capability.ref,
      destination: requireEmptySlot(call, call.caller, destination),
      rights: isOffered ? capability.offeredRights : capability.rights,
    };
  },
  invoke: (core, { source, destination, rights }) => {
    setOffer(core, source, 0, 0);
    derive(core, source, destination, rights);
    core.emit({
      kind: "accepted",
      from: core.records.idOf(refIndex(source)),
      fromSlot: refSlot(source),
      slot: refSlot(destination),
      rights,
    });
    return rights;
  },
});

export const capRevoke = defineCall<{ source: CapabilityRef }>({
  name: "capRevoke",
  decode: (call, [target, source]) => {
    const index = requireEnvironment(call, target);
    return { source: requireCapability(call, index, source, undefined, 0).ref };
  },
  invoke: (core, { source }) => removeDescendants(core, source, "revoked"),
});

export const capRestrict = defineCall<{ source: CapabilityRef; rights: number }>({
  name: "capRestrict",
  decode: (call, [target, source, rights]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, source, undefined, 0);
    requireSubset(call, rights, capability.rights);
    return { source: capability.ref, rights };
  },
  invoke: (core, { source, rights }) => restrictTree(core, source, rights),
});

export const capDelete = defineCall<{ source: CapabilityRef }>({
  name: "capDelete",
  decode: (call, [target, source]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, source, undefined, 0);
    guard(
      call,
      "capability is not an owner's",
      !capability.isOwner,
      "OWNER",
      () =>
        `slot ${source} ${capability.isOwner ? `owns its ${capability.kind}: free it instead` : "owns nothing"}`,
    );
    guard(
      call,
      "slot 0 stays",
      source !== 0,
      "INVAL",
      () => `slot ${source}; an environment keeps its own capability in slot 0`,
    );
    return { source: capability.ref };
  },
  invoke: (core, { source }) => {
    removeTree(core, source, "revoked", "it was deleted");
    return 0;
  },
});
