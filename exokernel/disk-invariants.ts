/** What must hold of the disk's records at any time at which there is power (see invariants.ts). */
import { LIMITS } from "./abi.ts";
import { capabilitiesOf, capabilityAt } from "./capability.ts";
import { completionCount, inFlightCount } from "./completions.ts";
import type { Core } from "./core.ts";
import { extentAt, extentsOf, sectorCount } from "./extents.ts";
import { COMPLETIONS, DISK_REQUEST } from "./layout.ts";
import { refIndex } from "./records.ts";

type Fail = (text: string) => void;

export function checkDisk(core: Core, fail: Fail): void {
  if (core.machine.disk === undefined || core.machine.isPowerOff) return;
  checkExtents(core, fail);
  checkHolders(core, fail);
  checkRequests(core, fail);
}

/** Each sector is of one extent at most, and each extent of one live environment that holds its owner's capability. */
function checkExtents(core: Core, fail: Fail): void {
  let end = 0;
  for (const { number, first, count, owner, capability } of extentsOf(core)) {
    if (first < end) fail(`extent ${number} has sectors of another one`);
    end = Math.max(end, first + count);
    if (end > sectorCount(core)) fail(`extent ${number} ends beyond the disk`);
    if (core.records.indexOf(owner) === undefined)
      fail(`extent ${number} is owned by ${owner}, which is gone`);
    const held = capabilityAt(core, capability);
    const isOwners =
      held?.kind === "extent" &&
      held.isOwner &&
      held.resource === number &&
      core.records.idOf(refIndex(capability)) === owner;
    if (!isOwners) fail(`extent ${number} has no owner's capability`);
  }
}

/** No capability leads to an extent that is not there. */
function checkHolders(core: Core, fail: Fail): void {
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!core.records.isLive(index)) continue;
    for (const { kind, resource } of capabilitiesOf(core, index)) {
      if (kind === "extent" && extentAt(core, resource) === undefined)
        fail(`environment index ${index} holds extent ${resource}, which is free`);
    }
  }
}

/** Requests in flight are counted where they belong, and the completions of the living fit their rings. */
function checkRequests(core: Core, fail: Fail): void {
  const { records } = core;
  const counts = new Map<number, number>();
  for (const slot of core.machine.disk?.slotsInFlight ?? []) {
    const index = records.indexOf(records.diskRequest(slot, DISK_REQUEST.environment));
    if (index !== undefined) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  for (let index = 1; index < LIMITS.environments; index += 1) {
    const inFlight = inFlightCount(core, index);
    if (inFlight !== (counts.get(index) ?? 0)) {
      fail(
        `environment index ${index} has ${counts.get(index) ?? 0} requests in flight, its record says ${inFlight}`,
      );
    }
    const waiting = completionCount(core, index);
    if (inFlight + waiting > LIMITS.diskRequests)
      fail(`environment index ${index} has ${inFlight} requests and ${waiting} completions`);
    if (records.isLive(index)) continue;
    for (let field = 0; field < COMPLETIONS.bytes; field += 4) {
      if (records.completions(index, field) === 0) continue;
      fail(`environment index ${index} is gone and has completions`);
      break;
    }
  }
}
