/** Kernel calls on physical pages and their bindings. Decode beside invoke. */
import { ANY, LIMITS, RIGHTS, rightsText } from "../abi.ts";
import { putCapability, removeTree } from "../capability.ts";
import { type Core, hex } from "../core.ts";
import { isFree, ownFrame, takeFrame } from "../frames.ts";
import {
  requireCapability,
  requireEmptySlot,
  requireEnvironment,
  requireOwner,
  requirePageAligned,
  requireSubset,
} from "../guards.ts";
import { type Decoding, defineCall, guard, need } from "../kernel-call.ts";
import { type CapabilityRef, refIndex, refSlot } from "../records.ts";
import { bindGuaranteed, bindStlb, canGuarantee, removeBinding } from "../secure-binding.ts";

export const ACCESS = RIGHTS.READ | RIGHTS.WRITE | RIGHTS.EXECUTE;

export const pageAlloc = defineCall<{
  memory: CapabilityRef;
  frame: number;
  destination: CapabilityRef;
}>({
  name: "pageAlloc",
  decode: (call, [target, memory, frame, destination]) => {
    const index = requireEnvironment(call, target);
    const capability = requireCapability(call, index, memory, "memory", RIGHTS.CONTROL);
    need(call, "page exists", frame === ANY || frame < call.core.records.pageCount, "INVAL", () =>
      frame === ANY ? "any page" : `page ${hex(frame)} of ${hex(call.core.records.pageCount)}`,
    );
    guard(call, "page is free", frame === ANY || isFree(call.core, frame), "TAKEN", () =>
      frame === ANY
        ? "any page"
        : `page ${hex(frame)} ${isFree(call.core, frame) ? "is free" : "is not free"}`,
    );
    return {
      memory: capability.ref,
      frame,
      destination: requireEmptySlot(call, index, destination, { own: 1 }),
    };
  },
  invoke: (core, { memory, frame, destination }) =>
    allocatePage(core, memory, destination, frame === ANY ? undefined : frame),
});

/** Takes a free page, any or the one named, and gives its owner's capability. The guards have passed. */
export function allocatePage(
  core: Core,
  memory: CapabilityRef,
  destination: CapabilityRef,
  named?: number,
): number {
  const index = refIndex(destination);
  const owner = core.records.idOf(index);
  const frame = takeFrame(core, named);
  putCapability(core, destination, "page", frame, ACCESS | RIGHTS.GRANT, memory, true);
  ownFrame(core, frame, owner, destination);
  core.records.count(index, "pages");
  core.emit({ kind: "allocated", owner, frame, slot: refSlot(destination) });
  return frame;
}

export const pageFree = defineCall<{ page: CapabilityRef }>({
  name: "pageFree",
  decode: (call, [target, page]) => {
    const index = requireEnvironment(call, target);
    return { page: requireOwner(call, index, page, "page").ref };
  },
  invoke: (core, { page }) => {
    removeTree(core, page, "freed");
    return 0;
  },
});

interface BindRequest {
  readonly index: number;
  readonly virtualPage: number;
  readonly page: CapabilityRef;
  readonly rights: number;
}

function decodeBind(call: Decoding, [target, address, page, rights]: Uint32Array): BindRequest {
  const index = requireEnvironment(call, target);
  const virtualPage = requirePageAligned(call, address);
  return { index, virtualPage, ...requireAccess(call, index, page, rights), rights };
}

/** A capability for a page that allows access with `rights`. */
export function requireAccess(
  call: Decoding,
  index: number,
  page: number,
  rights: number,
): { page: CapabilityRef } {
  guard(
    call,
    "rights are of access",
    rights !== 0 && (rights & ~ACCESS) === 0,
    "INVAL",
    () => `rights ${hex(rights)}: READ, WRITE and EXECUTE are possible, at least one is needed`,
  );
  // Priv, Sv32, encodings of R, W and X: reserved. An AMO faults as a store and needs both, so its refill would never do.
  guard(
    call,
    "what is writable is readable",
    (rights & RIGHTS.WRITE) === 0 || (rights & RIGHTS.READ) !== 0,
    "INVAL",
    () => `rights ${rightsText(rights).slice(0, 3)}`,
  );
  const capability = requireCapability(call, index, page, "page", 0);
  requireSubset(call, rights, capability.rights);
  return { page: capability.ref };
}

export const bind = defineCall<BindRequest>({
  name: "bind",
  decode: (call, args) => decodeBind(call, args),
  invoke: (core, { index, virtualPage, page, rights }) => {
    bindStlb(core, index, virtualPage, page, rights);
    return 0;
  },
});

export const bindGuaranteedCall = defineCall<BindRequest>({
  name: "bindGuaranteed",
  decode: (call, args) => {
    const request = decodeBind(call, args);
    need(
      call,
      "a guaranteed mapping is left",
      canGuarantee(call.core, request.index, request.virtualPage),
      "NONE",
      () => `at most ${LIMITS.guaranteed} guaranteed mappings`,
    );
    return request;
  },
  invoke: (core, { index, virtualPage, page, rights }) => {
    bindGuaranteed(core, index, virtualPage, page, rights);
    return 0;
  },
});

export const unbind = defineCall<{ index: number; virtualPage: number }>({
  name: "unbind",
  decode: (call, [target, address]) => ({
    index: requireEnvironment(call, target),
    virtualPage: requirePageAligned(call, address),
  }),
  invoke: (core, { index, virtualPage }) => {
    removeBinding(core, index, virtualPage, "unbound by the libOS");
    return 0;
  },
});
