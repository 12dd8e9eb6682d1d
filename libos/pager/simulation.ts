/**
 * What paging costs by the definition of each policy, over lists of plain numbers: the other side of the tests, which knows nothing of
 * how the library does it.
 */
export const POLICIES = ["fifo", "lru", "clock", "mru"] as const;
export type PolicyName = (typeof POLICIES)[number];

export interface Access {
  readonly page: number;
  readonly write: boolean;
}

export interface Cost {
  readonly faults: number;
  /** Faults whose page was on the disk. */
  readonly read: number;
  /** Victims that were changed since they came. */
  readonly written: number;
  /** First writes to pages that a read brought. */
  readonly stores: number;
}

export function simulate(policy: PolicyName, frames: number, accesses: readonly Access[]): Cost {
  const chooser = CHOOSERS[policy](frames);
  const resident = new Map<number, { changed: boolean }>();
  const onDisk = new Set<number>();
  const cost = { faults: 0, read: 0, written: 0, stores: 0 };
  for (const { page, write } of accesses) {
    let here = resident.get(page);
    if (here === undefined) {
      cost.faults += 1;
      if (resident.size === frames) {
        const victim = chooser.victim();
        if (resident.get(victim)?.changed === true) {
          cost.written += 1;
          onDisk.add(victim);
        }
        resident.delete(victim);
        chooser.came(page, victim);
      } else {
        chooser.came(page);
      }
      if (onDisk.has(page)) cost.read += 1;
      here = { changed: write };
      resident.set(page, here);
    } else if (write && !here.changed) {
      cost.stores += 1;
      here.changed = true;
    }
    chooser.used(page);
  }
  return cost;
}

/** Knows the pages in memory, and which is next to go. */
interface Chooser {
  /** A page came, where there was room or in the place of another. */
  came(page: number, instead?: number): void;
  used(page: number): void;
  victim(): number;
}

const without = (list: readonly number[], page: number | undefined) =>
  list.filter((each) => each !== page);

/** The pages in the order in which they came. */
function queue(): Chooser {
  let order: number[] = [];
  return {
    came: (page, instead) => {
      order = [...without(order, instead), page];
    },
    used: () => {},
    victim: () => order[0] as number,
  };
}

/** The pages in the order of their last use; `at` says which end goes. */
function stack(at: 0 | -1): Chooser {
  let order: number[] = [];
  return {
    came: (page, instead) => {
      order = [...without(order, instead), page];
    },
    used: (page) => {
      order = [...without(order, page), page];
    },
    victim: () => order.at(at) as number,
  };
}

/** Pages on a dial, each with a bit that a use sets; the hand clears the bits that it passes and stops at one that is clear. */
function dial(frames: number): Chooser {
  const pages: number[] = [];
  const bits = new Set<number>();
  let hand = 0;
  return {
    came: (page, instead) => {
      if (instead === undefined) pages.push(page);
      else pages[pages.indexOf(instead)] = page;
    },
    used: (page) => bits.add(page),
    victim: () => {
      for (;;) {
        const page = pages[hand] as number;
        hand = (hand + 1) % frames;
        if (!bits.delete(page)) return page;
      }
    },
  };
}

const CHOOSERS: Readonly<Record<PolicyName, (frames: number) => Chooser>> = {
  fifo: queue,
  lru: () => stack(0),
  mru: () => stack(-1),
  clock: dial,
};
