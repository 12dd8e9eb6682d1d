/** Values by address range. */
import type { AddressRange } from "./ranges.ts";

export interface RangeMapItem<T> extends AddressRange {
  readonly value: T;
}

/** How many ranges before the nearest are looked at, for overlapping ones (identical functions that a linker folded). */
const OVERLAP_MAX = 8;

/** Ranges with a value each. Of those that overlap, the one that begins last wins. */
export class RangeMap<T> {
  readonly #items: readonly RangeMapItem<T>[];

  constructor(items: RangeMapItem<T>[]) {
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
