/**
 * Extents: runs of neighbouring sectors that somebody owns (DESIGN.md 3, Disk). Which sectors are free is what no record
 * covers. Contents are nobody's but the disk's: neither allocating nor freeing touches them.
 */
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { EXTENT } from "./layout.ts";
import type { CapabilityRef } from "./records.ts";

/** An extent as plain values; `first` is a sector of the disk. */
export interface Extent {
  readonly number: number;
  readonly first: number;
  readonly count: number;
  /** Id of the environment that owns it. */
  readonly owner: number;
  readonly capability: CapabilityRef;
}

export function extentAt(core: Core, number: number): Extent | undefined {
  const { records } = core;
  const count = records.extent(number, EXTENT.count);
  if (count === 0) return undefined;
  return {
    number,
    first: records.extent(number, EXTENT.first),
    count,
    owner: records.extent(number, EXTENT.owner),
    capability: records.extent(number, EXTENT.capability),
  };
}

/** Every extent, in the order of the disk's sectors. */
export function extentsOf(core: Core): Extent[] {
  if (core.machine.disk === undefined) return [];
  const extents: Extent[] = [];
  for (let number = 0; number < LIMITS.extents; number += 1) {
    const extent = extentAt(core, number);
    if (extent !== undefined) extents.push(extent);
  }
  return extents.sort((a, b) => a.first - b.first);
}

/** Number of a record that is not in use. */
export function freeExtentNumber(core: Core): number | undefined {
  for (let number = 0; number < LIMITS.extents; number += 1) {
    if (core.records.extent(number, EXTENT.count) === 0) return number;
  }
  return undefined;
}

/** The extent that has one of the sectors, if there is one. */
export function extentAmong(core: Core, first: number, count: number): Extent | undefined {
  return extentsOf(core).find(
    (each) => each.first < first + count && first < each.first + each.count,
  );
}

/** The lowest place where so many sectors are free. */
export function firstFit(core: Core, count: number): number | undefined {
  let first = 0;
  for (const extent of extentsOf(core)) {
    if (extent.first - first >= count) return first;
    first = extent.first + extent.count;
  }
  return sectorCount(core) - first >= count ? first : undefined;
}

export const sectorCount = (core: Core): number => core.machine.disk?.sectors ?? 0;

export function freeSectors(core: Core): number {
  return extentsOf(core).reduce((free, { count }) => free - count, sectorCount(core));
}

export function setExtent(core: Core, { number, first, count, owner, capability }: Extent): void {
  core.records.setExtent(number, EXTENT.first, first);
  core.records.setExtent(number, EXTENT.count, count);
  core.records.setExtent(number, EXTENT.owner, owner);
  core.records.setExtent(number, EXTENT.capability, capability);
}

/** Gives the sectors back. What the disk still does for requests that it has accepted goes on. */
export function freeExtent(core: Core, number: number): void {
  const extent = extentAt(core, number);
  if (extent === undefined) throw new Error(`assertion failed: extent ${number} is allocated`);
  setExtent(core, { number, first: 0, count: 0, owner: 0, capability: 0 });
  const { owner, first, count } = extent;
  core.emit({ kind: "extentFreed", owner, extent: number, first, count });
}
