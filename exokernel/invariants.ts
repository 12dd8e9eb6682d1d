/** What must hold after every kernel entry, whatever a guest did (DESIGN.md 3, Bad input). Tests call this; it is slow. */
import { LIMITS } from "./abi.ts";
import { capabilitiesOf, capabilityAt } from "./capability.ts";
import { liveIndices } from "./environment.ts";
import type { Kernel } from "./kernel.ts";
import { CAPABILITY, ENV, ENV_STATE, HEADER, PAGE_RECORD, PAGE_STATE, STLB } from "./layout.ts";
import { refIndex, refSlot } from "./records.ts";
import { allBindings, bindingOf } from "./secure-binding.ts";

/** Every broken invariant as a sentence; empty when all hold. */
export function checkInvariants(kernel: Kernel): string[] {
  const problems: string[] = [];
  const fail = (text: string) => problems.push(text);
  checkPages(kernel, fail);
  checkCapabilities(kernel, fail);
  checkBindings(kernel, fail);
  checkSlices(kernel, fail);
  checkTransfers(kernel, fail);
  return problems;
}

type Fail = (text: string) => void;

/** Each page is free and in the list once, or the kernel's, or owned by one live environment with one owner's capability. */
function checkPages(kernel: Kernel, fail: Fail): void {
  const { records } = kernel.core;
  const listed = new Set<number>();
  let frame = records.header(HEADER.freeFirst);
  while (frame !== 0 && !listed.has(frame)) {
    listed.add(frame);
    if (records.pageState(frame) !== PAGE_STATE.free)
      fail(`page ${frame} is in the free list and not free`);
    frame = records.page(frame, PAGE_RECORD.owner);
  }
  if (frame !== 0) fail("the free list has a loop");
  if (listed.size !== records.header(HEADER.freeCount)) {
    fail(
      `the free list has ${listed.size} pages, the count says ${records.header(HEADER.freeCount)}`,
    );
  }
  for (let page = records.regions.firstFree; page < records.pageCount; page += 1) {
    const state = records.pageState(page);
    if (state === PAGE_STATE.free && !listed.has(page))
      fail(`page ${page} is free and not in the list`);
    if (state !== PAGE_STATE.owned) continue;
    const owner = records.page(page, PAGE_RECORD.owner);
    if (records.indexOf(owner) === undefined)
      fail(`page ${page} is owned by ${owner}, which is gone`);
    const capability = capabilityAt(kernel.core, records.page(page, PAGE_RECORD.capability));
    if (capability?.kind !== "page" || !capability.isOwner || capability.resource !== page) {
      fail(`page ${page} has no owner's capability`);
    }
  }
}

/** Derivation is a forest, links agree in both directions, rights only shrink, one owner's capability a resource. */
function checkCapabilities(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  const { records } = core;
  const owners = new Map<string, number>();
  for (const index of liveIndices(core)) {
    let count = 0;
    for (const capability of capabilitiesOf(core, index)) {
      count += 1;
      const where = `slot ${refSlot(capability.ref)} of environment index ${index}`;
      const { parent } = capability;
      if (parent !== 0) {
        const above = capabilityAt(core, parent);
        if (above === undefined) fail(`${where} derives from an empty slot`);
        else if (!records.isLive(refIndex(parent)))
          fail(`${where} derives from a destroyed environment`);
        else if (
          above.kind === capability.kind &&
          (above.resource !== capability.resource || (capability.rights & ~above.rights) !== 0)
        ) {
          fail(`${where} has more than its parent`);
        }
        const previous = records.capability(capability.ref, CAPABILITY.previousSibling);
        const back =
          previous === 0
            ? records.capability(parent, CAPABILITY.firstChild)
            : records.capability(previous, CAPABILITY.nextSibling);
        if (back !== capability.ref) fail(`${where} is not linked from its parent`);
      }
      if (capability.isOwner) {
        const name = `${capability.kind} ${capability.resource}`;
        if (owners.has(name)) fail(`${name} has two owners`);
        owners.set(name, capability.ref);
      }
      if (capability.kind === "environment" && records.indexOf(capability.resource) === undefined) {
        fail(`${where} names environment ${capability.resource}, which is gone`);
      }
      if (hasCycle(kernel, capability.ref)) fail(`${where} derives from itself`);
    }
    if (count !== records.counter(index, "capabilities")) {
      fail(
        `environment index ${index} has ${count} capabilities, its record says ${records.counter(index, "capabilities")}`,
      );
    }
  }
}

function hasCycle(kernel: Kernel, ref: number): boolean {
  let at = ref;
  for (let hops = 0; hops < LIMITS.environments * LIMITS.slots; hops += 1) {
    at = kernel.core.records.capability(at, CAPABILITY.parent);
    if (at === 0) return false;
    if (at === ref) return true;
  }
  return true;
}

/** No software-TLB or TLB entry without a live capability that covers it. */
function checkBindings(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  const { records } = core;
  const counts = new Map<number, number>();
  for (const binding of allBindings(core)) {
    const { environmentIndex: index, virtualPage, frame } = binding;
    const where = `binding of page ${virtualPage} in environment index ${index}`;
    counts.set(frame, (counts.get(frame) ?? 0) + 1);
    if (!records.isLive(index)) fail(`${where} outlives its environment`);
    const capability = capabilityAt(core, binding.capability);
    if (refIndex(binding.capability) !== index) fail(`${where} uses another's capability`);
    if (capability?.kind !== "page" || capability.resource !== frame)
      fail(`${where} has no capability`);
    else if ((binding.rights & ~capability.rights) !== 0)
      fail(`${where} has more rights than its capability`);
    if (records.pageState(frame) !== PAGE_STATE.owned)
      fail(`${where} leads to a page that nobody owns`);
  }
  for (let frame = records.regions.firstFree; frame < records.pageCount; frame += 1) {
    const state = records.pageState(frame);
    const expected = counts.get(frame) ?? 0;
    if (state === PAGE_STATE.owned && records.page(frame, PAGE_RECORD.bindings) !== expected) {
      fail(
        `page ${frame} has ${expected} bindings, its record says ${records.page(frame, PAGE_RECORD.bindings)}`,
      );
    }
  }
  for (const entry of kernel.machine.tlb.entries()) {
    const binding = bindingOf(core, entry.asid, entry.vpn);
    const rights = entry.rights & 7;
    if (
      binding === undefined ||
      binding.frame !== entry.frame ||
      (rights & ~binding.rights) !== 0
    ) {
      fail(`TLB entry for page ${entry.vpn} of environment index ${entry.asid} has no binding`);
    }
  }
  for (let entry = 0; entry < LIMITS.softwareTlb; entry += 1) {
    const tag = records.stlb(entry, STLB.tag);
    if (tag !== 0 && tag < STLB.valid) fail(`software-TLB entry ${entry} has an invalid tag`);
  }
}

/** Each position of the slice vector is owned by one live environment that holds its owner's capability. */
function checkSlices(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  for (let position = 0; position < LIMITS.sliceVector; position += 1) {
    const owner = core.records.sliceOwner(position);
    if (owner === 0) continue;
    const index = core.records.indexOf(owner);
    if (index === undefined) {
      fail(`slice ${position} is owned by ${owner}, which is gone`);
      continue;
    }
    const held = [...capabilitiesOf(core, index)].some(
      (c) => c.kind === "slice" && c.isOwner && c.resource === position,
    );
    if (!held) fail(`slice ${position} has no owner's capability`);
  }
  for (const index of liveIndices(core)) {
    for (const c of capabilitiesOf(core, index)) {
      if (
        c.kind === "slice" &&
        c.isOwner &&
        core.records.sliceOwner(c.resource) !== core.records.idOf(index)
      ) {
        fail(`environment index ${index} owns slice ${c.resource} only by its capability`);
      }
    }
  }
}

/** Whoever waits in a transfer waits for one that lives; the running environment is alive and does not wait. */
function checkTransfers(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  const { records } = core;
  for (const index of liveIndices(core)) {
    const waitingOn = records.env(index, ENV.waitingOn);
    const waits = records.envState(index) === ENV_STATE.waiting;
    if (waits !== (waitingOn !== 0))
      fail(`environment index ${index} waits for ${waitingOn} in another state`);
    if (waitingOn !== 0 && records.indexOf(waitingOn) === undefined) {
      fail(`environment index ${index} waits for ${waitingOn}, which is gone`);
    }
  }
  if (core.current !== 0 && !records.isLive(core.current)) fail("a destroyed environment runs");
  if (core.current !== 0 && records.envState(core.current) !== ENV_STATE.ready) {
    fail(`the running environment is in state ${records.envState(core.current)}`);
  }
}
