/** What must hold of filters and rings at any time at which there is power (see invariants.ts). */
import { FRAME_BYTES_MAX } from "#emulator";
import { LIMITS } from "./abi.ts";
import { capabilitiesOf, capabilityAt } from "./capability.ts";
import type { Core } from "./core.ts";
import { canMatch, type FilterTerm, matches } from "./filter-terms.ts";
import { byWinning } from "./filter-trie.ts";
import { type Filter, filterAt, filtersOf } from "./filters.ts";
import { FILTER, RING } from "./layout.ts";
import { refIndex } from "./records.ts";
import { ringOf, ringSize } from "./rings.ts";

type Fail = (text: string) => void;

export function checkNetwork(core: Core, fail: Fail): void {
  if (core.machine.network === undefined || core.machine.isPowerOff) return;
  checkFilters(core, fail);
  checkOverlaps(core, fail);
  checkTrie(core, fail);
  checkRecords(core, fail);
  checkHolders(core, fail);
}

/** Each filter reads only within a frame, some packet matches it, and one live environment holds its owner's capability. */
function checkFilters(core: Core, fail: Fail): void {
  const ages = new Set<number>();
  for (const { number, owner, capability, age, terms } of filtersOf(core.records)) {
    if (core.records.indexOf(owner) === undefined)
      fail(`filter ${number} is owned by ${owner}, which is gone`);
    const held = capabilityAt(core, capability);
    const isOwners =
      held?.kind === "filter" &&
      held.isOwner &&
      held.resource === number &&
      core.records.idOf(refIndex(capability)) === owner;
    if (!isOwners) fail(`filter ${number} has no owner's capability`);
    if (ages.has(age) || age >= core.records.network("inserted"))
      fail(`filter ${number} has an age that cannot be: ${age}`);
    ages.add(age);
    if (terms.length > LIMITS.filterTerms) fail(`filter ${number} has ${terms.length} terms`);
    if (terms.some(({ offset, size }) => offset + size > FRAME_BYTES_MAX))
      fail(`filter ${number} reads beyond a frame`);
    if (!canMatch(...terms)) fail(`filter ${number} matches nothing`);
  }
}

/** No packet is two environments' but where the older filter's owner has allowed it and still does. */
function checkOverlaps(core: Core, fail: Fail): void {
  const filters = filtersOf(core.records);
  const allows = (older: Filter, newer: Filter): boolean => {
    const over = newer.over === 0 ? undefined : capabilityAt(core, newer.over);
    return over?.kind === "filter" && over.resource === older.number;
  };
  for (const newer of filters) {
    if (newer.over !== 0 && !filters.some((older) => allows(older, newer)))
      fail(`filter ${newer.number} is over one that is gone`);
    for (const older of filters) {
      if (older.age >= newer.age || older.owner === newer.owner || allows(older, newer)) continue;
      if (canMatch(...older.terms, ...newer.terms))
        fail(`filters ${older.number} and ${newer.number} of two owners overlap`);
    }
  }
}

/** The trie, which is kept from packet to packet, finds what asking each filter of the records finds. */
function checkTrie(core: Core, fail: Fail): void {
  const filters = filtersOf(core.records);
  for (const { number, terms } of filters) {
    const frame = frameFor(terms);
    const expected = filters
      .filter((filter) => matches(filter.terms, frame))
      .sort(byWinning)
      .map((filter) => filter.number);
    const found = core.filterTrie.match(frame);
    if (found.join() !== expected.join())
      fail(
        `the trie finds filters ${found.join()} for what filter ${number} matches, not ${expected.join()}`,
      );
  }
}

/** A frame for which the terms hold. */
function frameFor(terms: readonly FilterTerm[]): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES_MAX);
  for (const { offset, size, value } of terms) {
    for (let i = 0; i < size; i += 1) frame[offset + i] |= value >>> (8 * (size - 1 - i));
  }
  return frame;
}

/** Records of no filter are zero, and a ring's head lies in it. */
function checkRecords(core: Core, fail: Fail): void {
  const { records } = core;
  for (let number = 0; number < LIMITS.filters; number += 1) {
    const { pages, head } = ringOf(core, number);
    if (pages.length > LIMITS.ringPages)
      fail(`filter ${number} has a ring of ${pages.length} pages`);
    if (pages.length === 0 ? head !== 0 : head >= ringSize(pages.length))
      fail(`the ring of filter ${number} has its head at ${head}`);
    if (filterAt(records, number) !== undefined) continue;
    const isUsed =
      FILTER_FIELDS.some((field) => records.filter(number, field) !== 0) ||
      RING_FIELDS.some((field) => records.ring(number, field) !== 0);
    if (isUsed) fail(`filter ${number} is free and has a record`);
  }
}

const fields = (bytes: number): number[] => Array.from({ length: bytes / 4 }, (_, i) => 4 * i);
const FILTER_FIELDS = fields(FILTER.bytes);
const RING_FIELDS = fields(RING.bytes);

/** No capability leads to a filter that is not there. */
function checkHolders(core: Core, fail: Fail): void {
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!core.records.isLive(index)) continue;
    for (const { kind, resource } of capabilitiesOf(core, index)) {
      if (kind === "filter" && filterAt(core.records, resource) === undefined)
        fail(`environment index ${index} holds filter ${resource}, which is free`);
    }
  }
}
