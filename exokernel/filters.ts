/**
 * Packet filters as records: who receives which frames (DESIGN.md 3, Network). The right to receive is checked when a filter is
 * inserted; at a packet nobody is asked.
 */
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import type { FilterTerm } from "./filter-terms.ts";
import { FILTER, FILTER_TERM, RING } from "./layout.ts";
import type { CapabilityRef, Records } from "./records.ts";

/** A filter as plain values. */
export interface Filter {
  readonly number: number;
  /** Id of the environment that owns it. */
  readonly owner: number;
  readonly capability: CapabilityRef;
  /** Filters inserted before it since the boot. */
  readonly age: number;
  /** The capability for another's filter that it may overlap, 0 for none. */
  readonly over: CapabilityRef;
  readonly terms: readonly FilterTerm[];
}

export function filterAt(records: Records, number: number): Filter | undefined {
  const count = records.filter(number, FILTER.termCount);
  if (count === 0) return undefined;
  return {
    number,
    owner: records.filter(number, FILTER.owner),
    capability: records.filter(number, FILTER.capability),
    age: records.filter(number, FILTER.age),
    over: records.filter(number, FILTER.over),
    terms: Array.from({ length: count }, (_, i) => {
      const at = FILTER.terms + i * FILTER_TERM.bytes;
      return {
        offset: records.filter(number, at + FILTER_TERM.offset),
        size: records.filter(number, at + FILTER_TERM.size),
        mask: records.filter(number, at + FILTER_TERM.mask),
        value: records.filter(number, at + FILTER_TERM.value),
      };
    }),
  };
}

/** Every filter, by number; none without a network. */
export function filtersOf(records: Records): Filter[] {
  if (records.regions.rings === records.regions.filters) return [];
  const filters: Filter[] = [];
  for (let number = 0; number < LIMITS.filters; number += 1) {
    const filter = filterAt(records, number);
    if (filter !== undefined) filters.push(filter);
  }
  return filters;
}

/** Number of a record that is not in use. */
export function freeFilterNumber(records: Records): number | undefined {
  for (let number = 0; number < LIMITS.filters; number += 1) {
    if (records.filter(number, FILTER.termCount) === 0) return number;
  }
  return undefined;
}

/** The owners' capabilities of the filters that were inserted over another by this capability. */
export function filtersOver(core: Core, over: CapabilityRef): CapabilityRef[] {
  return filtersOf(core.records)
    .filter((filter) => filter.over === over)
    .map(({ capability }) => capability);
}

/** Writes a new filter's record; it is the youngest. */
export function setFilter(core: Core, filter: Omit<Filter, "age">): void {
  const { records } = core;
  const { number, owner, capability, over, terms } = filter;
  const age = records.network("inserted");
  records.setNetwork("inserted", age + 1);
  core.filterTrie.forget();
  records.setFilter(number, FILTER.owner, owner);
  records.setFilter(number, FILTER.capability, capability);
  records.setFilter(number, FILTER.termCount, terms.length);
  records.setFilter(number, FILTER.age, age);
  records.setFilter(number, FILTER.over, over);
  for (const [i, term] of terms.entries()) {
    const at = FILTER.terms + i * FILTER_TERM.bytes;
    for (const field of ["offset", "size", "mask", "value"] as const) {
      records.setFilter(number, at + FILTER_TERM[field], term[field]);
    }
  }
}

/** Clears a filter's record and its ring's. What lies in the ring's pages stays with their owner. */
export function freeFilter(core: Core, number: number): void {
  const { records } = core;
  const owner = records.filter(number, FILTER.owner);
  core.filterTrie.forget();
  for (let field = 0; field < FILTER.bytes; field += 4) records.setFilter(number, field, 0);
  for (let field = 0; field < RING.bytes; field += 4) records.setRing(number, field, 0);
  core.emit({ kind: "filterRemoved", owner, filter: number });
}
