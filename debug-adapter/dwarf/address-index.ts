/** Which unit an address belongs to. Only the units' own entries are read for it, so that opening a program stays cheap. */
import { TAG } from "./constants.ts";
import type { Info, Unit } from "./info.ts";
import { type AddressRange, rangesOf } from "./ranges.ts";

interface Item<T> extends AddressRange {
  readonly value: T;
}

/** How many ranges before the nearest are looked at, for overlapping ones (identical functions that a linker folded). */
const OVERLAP_MAX = 8;

/** Ranges with a value each. Of those that overlap, the one that begins last wins. */
export class RangeMap<T> {
  readonly #items: readonly Item<T>[];

  constructor(items: Item<T>[]) {
    this.#items = items.sort((a, b) => a.low - b.low);
  }

  at(address: number): T | undefined {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= 0 && index >= low - OVERLAP_MAX; index--) {
      const item = this.#items[index]!;
      if (address < item.high) return item.value;
    }
    return undefined;
  }
}

/** Units by the addresses that they cover. One that states no ranges (DW_AT_ranges is optional) is asked for its functions'. */
export function indexUnits(info: Info): RangeMap<Unit> {
  const items: Item<Unit>[] = [];
  for (const unit of info.units) {
    const { root } = unit;
    if (!root || unit.isTypeUnit) continue;
    let ranges = rangesOf(root);
    if (ranges.length === 0) {
      ranges = root.children.filter(({ tag }) => tag === TAG.subprogram).flatMap(rangesOf);
    }
    for (const range of ranges) items.push({ ...range, value: unit });
  }
  return new RangeMap(items);
}
