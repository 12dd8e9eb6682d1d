/**
 * Disk requests, from the call to the completion. The disk's own state lies in the machine; here is whose a request is, and
 * what a completion may still do. What is checked is checked at the call, but for the one thing that may change until the
 * completion: whether the page of a read is still the requester's.
 */
import {
  assert,
  type DiskCompletion,
  type DiskDevice,
  type DiskRequest,
  PAGE_SIZE,
  SECTOR_BYTES,
} from "#emulator";
import { ERRORS } from "./abi.ts";
import type { Capability } from "./capability.ts";
import { addCompletion, countInFlight } from "./completions.ts";
import type { Core } from "./core.ts";
import { endTransfer, pin } from "./device-transfers.ts";
import { DISK_REQUEST } from "./layout.ts";
import { failPower } from "./power.ts";
import { markBound } from "./secure-binding.ts";
import { setPending } from "./upcall.ts";

export function diskOf(core: Core): DiskDevice {
  const { disk } = core.machine;
  assert(disk !== undefined, "the machine has a disk");
  return disk;
}

/** Where in memory a request reads or writes. */
export interface PagePart {
  readonly capability: Capability;
  readonly offset: number;
}

/**
 * Hands a request to the disk. The caller has checked everything; `page` is where a read's data will go. False when the power fails
 * before it is accepted.
 */
export function submit(
  core: Core,
  index: number,
  extent: number,
  request: DiskRequest,
  tag: number,
  page?: PagePart,
): boolean {
  const disk = diskOf(core);
  if (request.kind === "write" && failsBefore(core, disk.writesAccepted + 1)) return false;
  const { records, machine } = core;
  const slot = disk.accept(machine.steps, request);
  const values = {
    environment: records.idOf(index),
    tag,
    capability: page?.capability.ref ?? 0,
    frame: page?.capability.resource ?? 0,
    offset: page?.offset ?? 0,
  };
  for (const [field, value] of Object.entries(values)) {
    records.setDiskRequest(slot, DISK_REQUEST[field as keyof typeof values], value);
  }
  if (index !== 0) countInFlight(core, index, 1);
  if (page !== undefined) {
    markBound(core, page.capability.ref);
    pin(core, page.capability.resource, 1);
  }
  const { kind } = request;
  core.emit({
    kind: "diskRequest",
    request: kind,
    extent,
    sector: kind === "barrier" ? 0 : request.sector,
    count: kind === "read" ? request.count : kind === "write" ? sectorsOf(request.data) : 0,
    tag,
    write: kind === "write" ? disk.writesAccepted : 0,
  });
  return true;
}

const sectorsOf = (data: Uint8Array): number => data.length / SECTOR_BYTES;

/** The planned power failure, if this write is the one. It happens once, and not after another failure. */
function failsBefore(core: Core, write: number): boolean {
  const { crash, machine } = core;
  if (crash?.beforeWrite !== write || machine.powerFailures > 0) return false;
  failPower(core, crash, write);
  return true;
}

/** Completes what the disk has done by now: delivers, queues the completion, wakes. True when there was something. */
export function completeRequests(core: Core): boolean {
  const { disk, steps } = core.machine;
  let any = false;
  for (let done = disk?.complete(steps); done !== undefined; done = disk?.complete(steps)) {
    finish(core, done);
    any = true;
  }
  return any;
}

function finish(core: Core, { slot, kind, sector, count, data }: DiskCompletion): void {
  const { records } = core;
  const tag = records.diskRequest(slot, DISK_REQUEST.tag);
  const id = records.diskRequest(slot, DISK_REQUEST.environment);
  const index = records.indexOf(id);
  let status = 0;
  if (index !== undefined) {
    if (kind === "read") status = deliver(core, slot, data);
    endTransfer(core, slot);
    countInFlight(core, index, -1);
    addCompletion(core, index, { tag, status });
  }
  for (let field = 0; field < DISK_REQUEST.bytes; field += 4) {
    records.setDiskRequest(slot, field, 0);
  }
  const target = index === undefined ? 0 : id;
  core.emit({ kind: "diskComplete", target, request: kind, sector, count, tag, status }, 0);
  if (index !== undefined) setPending(core, index, "disk");
}

/** Puts a read's data into its page, if the transfer was not broken meanwhile. */
function deliver(core: Core, slot: number, data: Uint8Array): number {
  const { records, machine } = core;
  if (records.diskRequest(slot, DISK_REQUEST.capability) === 0) return ERRORS.CAP.code;
  const frame = records.diskRequest(slot, DISK_REQUEST.frame);
  machine.memory.writeBytes(
    frame * PAGE_SIZE + records.diskRequest(slot, DISK_REQUEST.offset),
    data,
  );
  // Unpriv ch. 8.2: a write by a device to what LR reserved makes the SC fail.
  machine.hart.clearReservation();
  return 0;
}
