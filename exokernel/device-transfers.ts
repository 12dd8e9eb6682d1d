/**
 * Device transfers as bindings: a queued read of the disk will write to a page, so it is broken with the capability that it was
 * asked with, as a translation is [Engler98, 4.2.1: bindings are TLB entries and queued DMA]. While one is queued, its page
 * is pinned: the kernel does not choose it when it takes by force.
 */
import { DISK_QUEUE } from "#emulator";
import type { Core } from "./core.ts";
import { DISK_REQUEST, PAGE_RECORD } from "./layout.ts";
import { type CapabilityRef, refIndex } from "./records.ts";

/** Pins are counted above the bindings, in the upper half of the word. */
const PIN = 0x1_0000;

export function pin(core: Core, frame: number, by: 1 | -1): void {
  const word = core.records.page(frame, PAGE_RECORD.bindings);
  core.records.setPage(frame, PAGE_RECORD.bindings, word + by * PIN);
}

/** Transfers of the queue that write to a page, with the capability that they were asked with. */
export function* queuedTransfers(core: Core): Generator<{
  readonly slot: number;
  readonly capability: CapabilityRef;
  readonly frame: number;
}> {
  if (core.machine.disk === undefined) return;
  for (let slot = 0; slot < DISK_QUEUE; slot += 1) {
    const capability = core.records.diskRequest(slot, DISK_REQUEST.capability);
    if (capability === 0) continue;
    yield { slot, capability, frame: core.records.diskRequest(slot, DISK_REQUEST.frame) };
  }
}

/** Breaks the transfers that were asked with a capability: they complete without writing anything. */
export function breakTransfers(core: Core, capability: CapabilityRef, why: string): void {
  for (const transfer of queuedTransfers(core)) {
    if (transfer.capability !== capability) continue;
    endTransfer(core, transfer.slot);
    core.emit({
      kind: "transferBroken",
      target: core.records.idOf(refIndex(capability)),
      frame: transfer.frame,
      why,
    });
  }
}

/** The page of a queued transfer is pinned no longer. */
export function endTransfer(core: Core, slot: number): void {
  const { records } = core;
  const capability = records.diskRequest(slot, DISK_REQUEST.capability);
  if (capability === 0) return;
  const frame = records.diskRequest(slot, DISK_REQUEST.frame);
  pin(core, frame, -1);
  records.setDiskRequest(slot, DISK_REQUEST.capability, 0);
}
