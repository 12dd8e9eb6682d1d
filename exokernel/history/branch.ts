/** One course of a run: what entered it, from the boot on, and how far it is known. */
import type { Position } from "../kernel.ts";
import type { JournalEntry } from "./journal.ts";
import { leastMissed, type Moment, Moments } from "./moments.ts";
import { comparePositions, earlier, isBefore } from "./position.ts";

export class Branch {
  readonly id: number;
  name: string;
  readonly parent: Branch | undefined;
  /** Where it leaves its parent; for the first branch its start. */
  readonly fork: Position;
  /** The journal from the boot on, with the part that it shares with its ancestors. */
  readonly entries: JournalEntry[];
  /** How far it was ever run. */
  end: Position;
  /** Snapshots taken on it, after its fork. */
  readonly moments = new Moments();

  constructor(id: number, name: string, fork: Position, parent?: Branch) {
    this.id = id;
    this.name = name;
    this.parent = parent;
    this.fork = fork;
    this.end = fork;
    this.entries = parent?.entries.filter(({ at }) => isBefore(at, fork)) ?? [];
  }

  /** The nearest snapshot at or before a position, on this branch or on one that it came from. */
  momentFor(position: Position): Moment | undefined {
    const own = this.moments.atOrBefore(position);
    return own ?? this.parent?.momentFor(earlier(position, this.fork));
  }

  /** How many journal entries lie before a position. */
  entriesBefore(position: Position): number {
    let count = 0;
    while (count < this.entries.length && comparePositions(this.entries[count].at, position) < 0) {
      count += 1;
    }
    return count;
  }

  /** The last position that this branch and another have in common. */
  commonWith(other: Branch): Position {
    const line = new Map<Branch, Position>();
    let until: Position = this.end;
    for (let branch: Branch | undefined = this; branch !== undefined; branch = branch.parent) {
      line.set(branch, until);
      until = branch.fork;
    }
    until = other.end;
    for (let branch: Branch | undefined = other; branch !== undefined; branch = branch.parent) {
      const mine = line.get(branch);
      if (mine !== undefined) return earlier(mine, until);
      until = branch.fork;
    }
    return this.fork;
  }
}

/** How far a history is known. */
export interface Known {
  readonly branches: number;
  readonly branch: Branch;
  readonly end: Position;
  readonly isContinued: boolean;
}

/** The moment that would be missed least of all branches, of which one stands `here` at `now`; undefined when none can go. */
export function leastMissedOf(
  branches: readonly Branch[],
  here: Branch,
  now: Position,
  interval: number,
): { readonly branch: Branch; readonly moment: Moment } | undefined {
  let least: { branch: Branch; moment: Moment; loss: number } | undefined;
  for (const branch of branches) {
    const references = branch === here ? [branch.end.step, now.step] : [branch.end.step];
    // A branch's snapshots begin with the one that its ancestors have before its fork.
    const inherited = branch.parent?.momentFor(branch.fork);
    const list = [...(inherited === undefined ? [] : [inherited]), ...branch.moments.list];
    const found = leastMissed(list, references, interval);
    if (found !== undefined && (least === undefined || found.loss < least.loss)) {
      least = { branch, ...found };
    }
  }
  return least;
}
