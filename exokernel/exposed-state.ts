/**
 * Exposed kernel state: the pages in which the kernel's own records lie, which every environment may bind and none may write
 * [Kaashoek97, Exposed information; Engler98] (CONTRACT C8). Not a copy: what is read there is what decides.
 */
import type { Core } from "./core.ts";

/** Whether a physical page holds records that everybody may read. */
export function isExposed(core: Core, frame: number): boolean {
  return frame < core.records.regions.exposed;
}
