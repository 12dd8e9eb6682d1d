/** Whether occurrences come in an order, with others that must not come between them. */
import type { Happening } from "./observation.ts";
import type { OrderItem } from "./syntax.ts";

export type OrderResult =
  | { readonly holds: true; readonly last: Happening | undefined }
  | {
      readonly holds: false;
      /** How many of the wanted items came, at best, and the last of them. */
      readonly came: number;
      readonly last: Happening | undefined;
      /** What came between though it must not. */
      readonly intruder: Happening | undefined;
    };

interface Wanted {
  readonly happenings: readonly Happening[];
  /** What must not come between the wanted one before and this. */
  readonly forbidden: readonly (readonly Happening[])[];
}

/**
 * All ways to choose the wanted items are tried at once: `reached[n]` says whether the first n of them have come, without anything forbidden
 * since.
 */
export function inOrder(
  items: readonly OrderItem[],
  of: (item: OrderItem) => readonly Happening[],
): OrderResult {
  const wanted: Wanted[] = [];
  let forbidden: (readonly Happening[])[] = [];
  for (const item of items) {
    if (item.isForbidden) {
      forbidden.push(of(item));
      continue;
    }
    wanted.push({ happenings: of(item), forbidden });
    forbidden = [];
  }
  const steps = [...wanted, { happenings: [], forbidden }];
  const reached: (Happening | "start" | undefined)[] = ["start"];
  let best: { came: number; last?: Happening | undefined; intruder?: Happening | undefined } = {
    came: 0,
  };
  for (const { happening, advances, ends } of merged(steps)) {
    // From the last on, so that one happening is not two items.
    for (let n = wanted.length; n >= 0; n -= 1) {
      const here = reached[n];
      if (here === undefined) continue;
      if (advances.has(n)) {
        reached[n + 1] = happening;
        if (n + 1 >= best.came) best = { came: n + 1, last: happening };
      }
      if (!ends.has(n)) continue;
      reached[n] = undefined;
      const last = here === "start" ? undefined : here;
      if (n === best.came && best.intruder === undefined)
        best = { came: n, last, intruder: happening };
    }
  }
  const end = reached[wanted.length];
  if (end !== undefined) return { holds: true, last: end === "start" ? undefined : end };
  return { holds: false, came: best.came, last: best.last, intruder: best.intruder };
}

/** Every happening in the order of the run, with the items that it is and those before which it must not come. */
function merged(steps: readonly Wanted[]) {
  const byOrder = new Map<
    number,
    { happening: Happening; advances: Set<number>; ends: Set<number> }
  >();
  const at = (happening: Happening) => {
    const known = byOrder.get(happening.order);
    if (known !== undefined) return known;
    const entry = { happening, advances: new Set<number>(), ends: new Set<number>() };
    byOrder.set(happening.order, entry);
    return entry;
  };
  for (const [n, { happenings, forbidden }] of steps.entries()) {
    for (const happening of happenings) at(happening).advances.add(n);
    for (const happening of forbidden.flat()) at(happening).ends.add(n);
  }
  return [...byOrder.values()].sort((a, b) => a.happening.order - b.happening.order);
}
