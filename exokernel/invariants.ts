/** What must hold after every kernel entry, whatever a guest did (DESIGN.md 3, Bad input). Tests call this; it is slow. */
import { RIGHT } from "#emulator";
import { LIMITS } from "./abi.ts";
import { capabilitiesOf, capabilityAt } from "./capability.ts";
import { hex } from "./core.ts";
import { checkDisk } from "./disk-invariants.ts";
import { liveIndices } from "./environment.ts";
import { isExposed } from "./exposed-state.ts";
import { checkHoldings } from "./holdings-invariants.ts";
import type { Kernel } from "./kernel.ts";
import {
  CAPABILITY,
  ENV,
  ENV_STATE,
  HEADER,
  isStepCount,
  PAGE_FLAG,
  PAGE_RECORD,
  PAGE_STATE,
  SAVE,
  SLOTS_PER_FRAME,
  STLB,
} from "./layout.ts";
import { checkNetwork } from "./network-invariants.ts";
import { indexOfId, refIndex, refSlot } from "./records.ts";
import { allBindings, bindingOf } from "./secure-binding.ts";
import { deliverable } from "./upcall.ts";

/** Every broken invariant as a sentence; empty when all hold. */
export function checkInvariants(kernel: Kernel): string[] {
  const problems: string[] = [];
  const fail = (text: string) => problems.push(text);
  checkPages(kernel, fail);
  checkCapabilities(kernel, fail);
  checkBindings(kernel, fail);
  checkSlices(kernel, fail);
  checkTransfers(kernel, fail);
  checkDestroyed(kernel, fail);
  checkDisk(kernel.core, fail);
  checkHoldings(kernel.core, fail);
  checkNetwork(kernel.core, fail);
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
  const tables = new Set<number>();
  for (const index of liveIndices(kernel.core)) {
    for (const table of tablesOf(kernel, index)) {
      if (tables.has(table)) fail(`page ${table} is a capability table twice`);
      tables.add(table);
    }
  }
  for (let page = records.regions.firstFree; page < records.pageCount; page += 1) {
    const state = records.pageState(page);
    if (state === PAGE_STATE.free && !listed.has(page))
      fail(`page ${page} is free and not in the list`);
    if (state === PAGE_STATE.kernel && !tables.has(page))
      fail(`page ${page} is the kernel's and of no use to it`);
    if (state !== PAGE_STATE.kernel && tables.has(page))
      fail(`page ${page} holds a capability table and is not the kernel's`);
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

/** The pages of an environment's capability table. */
function tablesOf(kernel: Kernel, index: number): number[] {
  const frames: number[] = [];
  for (let table = 0; table < LIMITS.slots / SLOTS_PER_FRAME; table += 1) {
    const frame = kernel.core.records.env(index, ENV.capabilityFrames + 4 * table);
    if (frame !== 0) frames.push(frame);
  }
  return frames;
}

/** Derivation is a forest, links agree in both directions, rights only shrink, one owner's capability a resource. */
function checkCapabilities(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  const { records } = core;
  const owners = new Map<string, number>();
  const rooted = new Set<number>();
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
      if (hasCycle(kernel, capability.ref, rooted)) fail(`${where} derives from itself`);
    }
    if (count !== records.counter(index, "capabilities")) {
      fail(
        `environment index ${index} has ${count} capabilities, its record says ${records.counter(index, "capabilities")}`,
      );
    }
  }
}

/** Whether the way up from a capability has no end; `rooted` remembers those from which it has. */
function hasCycle(kernel: Kernel, ref: number, rooted: Set<number>): boolean {
  const way = new Set<number>();
  for (let at = ref; at !== 0 && !rooted.has(at); ) {
    if (way.has(at)) return true;
    way.add(at);
    at = kernel.core.records.capability(at, CAPABILITY.parent);
  }
  for (const at of way) rooted.add(at);
  return false;
}

/** No software-TLB or TLB entry without a live capability that covers it. */
function checkBindings(kernel: Kernel, fail: Fail): void {
  const { core } = kernel;
  const { records } = core;
  const counts = new Map<number, number>();
  const bound = new Set<number>();
  for (const binding of allBindings(core)) {
    const { environmentIndex: index, virtualPage, frame } = binding;
    const where = `binding of ${hex(virtualPage << 12)} in environment index ${index}`;
    counts.set(frame, (counts.get(frame) ?? 0) + 1);
    const page = index * 2 ** 20 + virtualPage;
    if (bound.has(page)) fail(`${where} is made twice`);
    bound.add(page);
    if (binding.dirty && (records.page(frame, PAGE_RECORD.state) & PAGE_FLAG.dirty) === 0)
      fail(`${where} is dirty, its page is clean`);
    if (!records.isLive(index)) fail(`${where} outlives its environment`);
    const capability = capabilityAt(core, binding.capability);
    if (refIndex(binding.capability) !== index) fail(`${where} uses another's capability`);
    if (capability?.kind === "state") {
      if (!isExposed(core, frame)) fail(`${where} leads to a page of the kernel's that is private`);
      if (binding.rights !== RIGHT.R) fail(`${where} may change the kernel's records`);
      continue;
    }
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
    const counted = records.page(frame, PAGE_RECORD.bindings) & 0xffff;
    if (state === PAGE_STATE.owned && counted !== expected) {
      fail(`page ${frame} has ${expected} bindings, its record says ${counted}`);
    }
  }
  for (const entry of kernel.machine.tlb.entries()) {
    const binding = bindingOf(core, entry.asid, entry.vpn);
    const rights = entry.rights & 7;
    if (
      binding === undefined ||
      binding.frame !== entry.frame ||
      (rights & ~binding.rights) !== 0 ||
      ((entry.rights & RIGHT.D) !== 0 && !binding.dirty)
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
    const capability = capabilityAt(core, core.records.sliceCapability(position));
    const isHeld =
      capability?.kind === "slice" &&
      capability.isOwner &&
      capability.resource === position &&
      refIndex(capability.ref) === index;
    if (!isHeld) fail(`slice ${position} has no owner's capability`);
  }
  for (const index of liveIndices(core)) {
    for (const c of capabilitiesOf(core, index)) {
      if (c.kind !== "slice" || !c.isOwner) continue;
      if (core.records.sliceOwner(c.resource) !== core.records.idOf(index)) {
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
  for (const index of liveIndices(core)) {
    const state = records.envState(index);
    const holdsContext = records.env(index, ENV.hasContext) !== 0;
    if (holdsContext && (state === ENV_STATE.waiting || state === ENV_STATE.resting))
      fail(`environment index ${index} rests or waits, and the kernel keeps its registers`);
    let runner = index;
    for (let hops = 0; records.envState(runner) === ENV_STATE.waiting; hops += 1) {
      runner = indexOfId(records.env(runner, ENV.waitingOn));
      if (hops > LIMITS.environments) {
        fail(`environment index ${index} waits for itself`);
        break;
      }
    }
  }
  const { current } = core;
  if (current === 0) return;
  if (!records.isLive(current)) fail("a destroyed environment runs");
  if (records.envState(current) !== ENV_STATE.ready)
    fail(`the running environment is in state ${records.envState(current)}`);
  if (records.env(current, ENV.hasContext) !== 0)
    fail("the kernel keeps registers of the running environment");
  const { hart } = kernel.machine;
  if (hart.asid !== current)
    fail(`environment index ${current} runs in address space ${hart.asid}`);
  if (hart.uip !== deliverable(core, current))
    fail(`the machine sees ${hart.uip} pending, the record says ${deliverable(core, current)}`);
}

/** What is not alive has no tables, registers or slices, and nothing in the TLB. */
function checkDestroyed(kernel: Kernel, fail: Fail): void {
  const { records } = kernel.core;
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (records.isLive(index)) continue;
    if (tablesOf(kernel, index).length > 0)
      fail(`environment index ${index} is gone and has a capability table`);
    const area = records.saveArea(index);
    for (let at = 0; at < SAVE.bytes; at += 4) {
      if (records.word(area + at) === 0 || isStepCount(at)) continue;
      fail(`environment index ${index} is gone and has registers`);
      break;
    }
  }
}
