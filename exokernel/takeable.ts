/** What the kernel may take of an environment by force: everything that it owns but what its fault handlers live in. */
import { capabilitiesOf } from "./capability.ts";
import type { Core } from "./core.ts";
import { extentAt } from "./extents.ts";
import type { Revocable } from "./holdings.ts";
import { PAGE_FLAG, PAGE_RECORD } from "./layout.ts";
import { allBindings } from "./secure-binding.ts";

/** One thing that may be taken by force. `use` is 0 for what is unused, and larger for what would be missed more. */
export interface Victim {
  readonly ref: number;
  readonly resource: number;
  readonly units: number;
  readonly use: number;
}

/**
 * Owners' capabilities of a kind, by slot. A page with a guaranteed mapping is not among them, nor one that a device writes to
 * now.
 */
export function takeable(core: Core, index: number, kind: Revocable): Victim[] {
  const { records } = core;
  const kept = new Set<number>();
  for (const { guaranteed, frame } of allBindings(core, index)) if (guaranteed) kept.add(frame);
  const victims: Victim[] = [];
  for (const { ref, kind: held, isOwner, resource } of capabilitiesOf(core, index)) {
    if (held !== kind || !isOwner) continue;
    if (kind !== "page") {
      const units = kind === "slice" ? 1 : (extentAt(core, resource)?.count ?? 0);
      victims.push({ ref, resource, units, use: 0 });
      continue;
    }
    const word = records.page(resource, PAGE_RECORD.bindings);
    if (kept.has(resource) || word >>> 16 !== 0) continue;
    const flags = records.page(resource, PAGE_RECORD.state);
    const use =
      ((word & 0xffff) > 0 ? 4 : 0) |
      ((flags & PAGE_FLAG.referenced) !== 0 ? 2 : 0) |
      ((flags & PAGE_FLAG.dirty) !== 0 ? 1 : 0);
    victims.push({ ref, resource, units: 1, use });
  }
  return victims;
}
