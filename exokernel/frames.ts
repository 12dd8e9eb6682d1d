/** Physical pages by number: the free list, owners, clearing (CONTRACT C8, C11). */
import { PAGE_SIZE } from "#emulator";
import type { Core } from "./core.ts";
import { HEADER, PAGE_RECORD, PAGE_STATE } from "./layout.ts";
import type { CapabilityRef } from "./records.ts";

export function freeCount(core: Core): number {
  return core.records.header(HEADER.freeCount);
}

export function isFree(core: Core, frame: number): boolean {
  return frame < core.records.pageCount && core.records.pageState(frame) === PAGE_STATE.free;
}

/** Takes a free page out of the list, the first one or the one named. The caller has checked that it is free. */
export function takeFrame(core: Core, named?: number): number {
  const { records } = core;
  const frame = named ?? records.header(HEADER.freeFirst);
  const next = records.page(frame, PAGE_RECORD.owner);
  const previous = records.page(frame, PAGE_RECORD.capability);
  if (previous === 0) records.setHeader(HEADER.freeFirst, next);
  else records.setPage(previous, PAGE_RECORD.owner, next);
  if (next === 0) records.setHeader(HEADER.freeLast, previous);
  else records.setPage(next, PAGE_RECORD.capability, previous);
  const left = records.header(HEADER.freeCount) - 1;
  records.setHeader(HEADER.freeCount, left);
  if (left < records.header(HEADER.freeLowWater)) records.setHeader(HEADER.freeLowWater, left);
  return frame;
}

export function ownFrame(
  core: Core,
  frame: number,
  ownerId: number,
  capability: CapabilityRef,
): void {
  core.records.setPage(frame, PAGE_RECORD.owner, ownerId);
  core.records.setPage(frame, PAGE_RECORD.capability, capability);
  core.records.setPage(frame, PAGE_RECORD.state, PAGE_STATE.owned);
  core.records.setPage(frame, PAGE_RECORD.bindings, 0);
}

/** Takes a page for the kernel's own records, charged to an environment. */
export function takeKernelFrame(core: Core, ownerId: number): number {
  const frame = takeFrame(core);
  core.records.setPage(frame, PAGE_RECORD.owner, ownerId);
  core.records.setPage(frame, PAGE_RECORD.capability, 0);
  core.records.setPage(frame, PAGE_RECORD.state, PAGE_STATE.kernel);
  return frame;
}

const ZEROS = new Uint8Array(PAGE_SIZE);

/** Clears a page and appends it to the free list. All bindings are gone already. */
export function releaseFrame(core: Core, frame: number): void {
  const { records } = core;
  core.machine.memory.writeBytes(frame * PAGE_SIZE, ZEROS);
  const last = records.header(HEADER.freeLast);
  records.setPage(frame, PAGE_RECORD.state, PAGE_STATE.free);
  records.setPage(frame, PAGE_RECORD.bindings, 0);
  records.setPage(frame, PAGE_RECORD.owner, 0);
  records.setPage(frame, PAGE_RECORD.capability, last);
  if (last === 0) records.setHeader(HEADER.freeFirst, frame);
  else records.setPage(last, PAGE_RECORD.owner, frame);
  records.setHeader(HEADER.freeLast, frame);
  records.setHeader(HEADER.freeCount, records.header(HEADER.freeCount) + 1);
}
