/** What must hold of charges, promises and requests at any time (see invariants.ts). */
import { LIMITS } from "./abi.ts";
import { capabilitiesOf } from "./capability.ts";
import type { Core } from "./core.ts";
import { queuedTransfers } from "./device-transfers.ts";
import { freeCount } from "./frames.ts";
import { charge, promised, quotaOf } from "./holdings.ts";
import { ENV, HEADER, PAGE_RECORD, PAGE_STATE, REVOCATION_STAGE } from "./layout.ts";
import { NEVER } from "./records.ts";
import { repossessionCount } from "./repossession.ts";
import { requestsOf } from "./requests.ts";

type Fail = (text: string) => void;

export function checkHoldings(core: Core, fail: Fail): void {
  checkCharges(core, fail);
  checkGuarantees(core, fail);
  checkRequests(core, fail);
  checkPins(core, fail);
}

/** Every page that is not free is charged to one who lives, the counts add up, and no quota is exceeded. */
function checkCharges(core: Core, fail: Fail): void {
  const { records } = core;
  const owned = new Map<number, number>();
  const tables = new Map<number, number>();
  for (let frame = records.regions.firstFree; frame < records.pageCount; frame += 1) {
    const state = records.pageState(frame);
    if (state === PAGE_STATE.free) continue;
    const index = records.indexOf(records.page(frame, PAGE_RECORD.owner));
    if (index === undefined) {
      fail(`page ${frame} is charged to nobody who lives`);
      continue;
    }
    const counts = state === PAGE_STATE.kernel ? tables : owned;
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!records.isLive(index)) continue;
    const [pages, kernelPages] = [owned.get(index) ?? 0, tables.get(index) ?? 0];
    if (records.counter(index, "pages") !== pages)
      fail(`environment index ${index} owns ${pages} pages, its record says otherwise`);
    if (records.counter(index, "kernelPages") !== kernelPages)
      fail(
        `environment index ${index} is charged with ${kernelPages} tables, its record says otherwise`,
      );
    if (charge(core, index) > quotaOf(core, index))
      fail(`environment index ${index} answers for ${charge(core, index)} pages, beyond its quota`);
  }
}

/** What is guaranteed adds up, fits the machine, and is there. */
function checkGuarantees(core: Core, fail: Fail): void {
  const { records } = core;
  let sum = 0;
  for (let index = 1; index < LIMITS.environments; index += 1) {
    const minimum = records.env(index, ENV.minimum);
    sum += minimum;
    if (minimum !== 0 && !records.isLive(index))
      fail(`environment index ${index} is gone and has a guarantee`);
  }
  if (sum !== records.header(HEADER.guaranteedSum))
    fail(`${sum} pages are guaranteed, the header says ${records.header(HEADER.guaranteedSum)}`);
  if (freeCount(core) < promised(core))
    fail(`${promised(core)} pages are promised and ${freeCount(core)} free`);
}

/** Who owes nothing has no stage; the next deadline is the earliest; the arbiter lives. */
function checkRequests(core: Core, fail: Fail): void {
  const { records } = core;
  let next =
    records.header(HEADER.arbiterKind) === 0 ? NEVER : records.long(HEADER.arbiterDeadline);
  for (let index = 1; index < LIMITS.environments; index += 1) {
    for (const { kind, stage, deadline } of requestsOf(core, index)) {
      if (!records.isLive(index)) fail(`environment index ${index} is gone and owes a ${kind}`);
      if (stage === REVOCATION_STAGE.none)
        fail(`environment index ${index} owes a ${kind} that nobody asked for`);
      next = Math.min(next, deadline);
    }
    if (repossessionCount(core, index) > LIMITS.repossessions)
      fail(`environment index ${index} has more losses than its vector has places`);
  }
  if (records.long(HEADER.nextDeadline) !== next)
    fail(`the next deadline is ${next}, the header says ${records.long(HEADER.nextDeadline)}`);
  const arbiter = records.header(HEADER.arbiter);
  if (arbiter !== 0 && !records.isLive(arbiter)) fail("the arbiter is gone");
}

/** A page is pinned as often as transfers to it are queued, each by a capability of a live holder for that page. */
function checkPins(core: Core, fail: Fail): void {
  const { records } = core;
  const pins = new Map<number, number>();
  const held = new Map<number, number>();
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!records.isLive(index)) continue;
    for (const { kind, ref, resource } of capabilitiesOf(core, index))
      if (kind === "page") held.set(ref, resource);
  }
  for (const { capability, frame } of queuedTransfers(core)) {
    pins.set(frame, (pins.get(frame) ?? 0) + 1);
    if (held.get(capability) !== frame) fail(`a transfer to page ${frame} outlives its capability`);
  }
  for (let frame = records.regions.firstFree; frame < records.pageCount; frame += 1) {
    if (records.pageState(frame) === PAGE_STATE.free) continue;
    const counted = records.page(frame, PAGE_RECORD.bindings) >>> 16;
    if (counted !== (pins.get(frame) ?? 0))
      fail(
        `page ${frame} has ${pins.get(frame) ?? 0} transfers queued, its record says ${counted}`,
      );
  }
}
