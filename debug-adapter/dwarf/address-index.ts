/** Which unit an address belongs to. Only the units' own entries are read for it, so that opening a program stays cheap. */
import { TAG } from "./constants.ts";
import type { Info, Unit } from "./info.ts";
import { RangeMap, type RangeMapItem } from "./range-map.ts";
import { rangesOf } from "./ranges.ts";

/** Units by the addresses that they cover. One that states no ranges (DW_AT_ranges is optional) is asked for its functions'. */
export function indexUnits(info: Info): RangeMap<Unit> {
  const items: RangeMapItem<Unit>[] = [];
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
