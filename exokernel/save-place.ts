/**
 * Where the kernel may save what it takes: a libOS pre-loads a run of an extent's sectors, eight for each page [Engler95, The
 * Abort Protocol]. The write is the kernel's own request, of which nobody is told when it completes.
 */
import { PAGE_SIZE, SECTOR_BYTES } from "#emulator";
import { RIGHTS } from "./abi.ts";
import { type Capability, capabilityAt } from "./capability.ts";
import type { Core } from "./core.ts";
import { submit } from "./disk.ts";
import { extentAt } from "./extents.ts";
import { ENV, SAVE_PLACE } from "./layout.ts";
import type { CapabilityRef } from "./records.ts";

export const SECTORS_PER_SAVED_PAGE = PAGE_SIZE / SECTOR_BYTES;
/** The tag of the kernel's own requests, as their events show it. */
const SAVE_TAG = 0x5a7e;

export interface SavePlace {
  readonly capability: CapabilityRef;
  readonly sector: number;
  readonly pages: number;
}

/** What an environment has pre-loaded and is not used up, if the capability for it still stands. */
export function savePlaceOf(core: Core, index: number): SavePlace | undefined {
  const { records } = core;
  const word = (field: number) => records.env(index, ENV.savePlace + field);
  const capability = word(SAVE_PLACE.capability);
  const pages = word(SAVE_PLACE.pages);
  if (pages === 0) return undefined;
  const there = capabilityAt(core, capability);
  const stands =
    there?.kind === "extent" &&
    there.step === word(SAVE_PLACE.step) &&
    (there.rights & RIGHTS.WRITE) !== 0;
  return stands ? { capability, sector: word(SAVE_PLACE.sector), pages } : undefined;
}

export function setSavePlace(
  core: Core,
  index: number,
  extent: Capability | undefined,
  sector: number,
  pages: number,
): void {
  const set = (field: number, value: number) =>
    core.records.setEnv(index, ENV.savePlace + field, value);
  set(SAVE_PLACE.capability, extent?.ref ?? 0);
  set(SAVE_PLACE.step, extent?.step ?? 0);
  set(SAVE_PLACE.sector, sector);
  set(SAVE_PLACE.pages, pages);
}

/** Saves a page that is about to be taken. 1 + the sector within the extent, or 0 when there is no place or no room. */
export function saveContents(core: Core, index: number, ref: CapabilityRef): number {
  const page = capabilityAt(core, ref);
  if (page?.kind !== "page") return 0;
  const place = savePlaceOf(core, index);
  const { disk } = core.machine;
  if (place === undefined || disk === undefined || disk.isFull || core.machine.isPowerOff) return 0;
  const extent = capabilityAt(core, place.capability);
  const run = extent === undefined ? undefined : extentAt(core, extent.resource);
  if (run === undefined) return 0;
  const data = core.machine.memory.readBytes(page.resource * PAGE_SIZE, PAGE_SIZE);
  const write = { kind: "write", sector: run.first + place.sector, data } as const;
  if (!submit(core, 0, run.number, write, SAVE_TAG)) return 0;
  const set = (field: number, value: number) =>
    core.records.setEnv(index, ENV.savePlace + field, value);
  set(SAVE_PLACE.sector, place.sector + SECTORS_PER_SAVED_PAGE);
  set(SAVE_PLACE.pages, place.pages - 1);
  return 1 + place.sector;
}
