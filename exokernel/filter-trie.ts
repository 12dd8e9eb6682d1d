/**
 * All packet filters merged into one trie, so that what several of them ask is looked at once: DPF's idea, without its compiling to
 * machine code [Engler96, DPF]. Many filters differ only in their last term, a port; their common prefix is one path.
 *
 * The records decide (CONTRACT C8): the trie is made from them alone, and made again when they are not those that it was made
 * from, as after going back in a run's history.
 */
import { type FilterTerm, fieldOf, specificity } from "./filter-terms.ts";
import { filtersOf } from "./filters.ts";
import { comparePriority, type FilterPriority } from "./policy.ts";
import type { Records } from "./records.ts";

/** A filter as the trie needs it. */
export interface TrieFilter {
  readonly number: number;
  readonly age: number;
  readonly terms: readonly FilterTerm[];
}

/** What one look at a frame may lead to: the same bits of the same bytes, compared with all values at once. */
interface Branch {
  readonly offset: number;
  readonly size: number;
  readonly mask: number;
  readonly next: Map<number, Node>;
}

class Node {
  readonly branches: Branch[] = [];
  /** Places in the order of winning of the filters whose terms all hold here. */
  readonly places: number[] = [];
}

export function byWinning(a: TrieFilter, b: TrieFilter): number {
  return comparePriority(priorityOf(a), priorityOf(b));
}

const priorityOf = ({ terms, age }: TrieFilter): FilterPriority => ({
  bits: specificity(terms),
  age,
});

export class FilterTrie {
  readonly #root = new Node();
  /** Filter numbers in the order of winning. */
  readonly #order: readonly number[];

  constructor(filters: readonly TrieFilter[]) {
    const sorted = [...filters].sort(byWinning);
    this.#order = sorted.map(({ number }) => number);
    for (const [place, { terms }] of sorted.entries()) {
      let node = this.#root;
      // In one order for all, so that what two filters have in common is a prefix.
      for (const term of [...terms].sort(byField)) node = nodeAfter(node, term);
      node.places.push(place);
    }
  }

  /** The filters that match a frame, the winner first. */
  match(frame: Uint8Array): number[] {
    const places: number[] = [];
    collect(this.#root, frame, places);
    return places.sort((a, b) => a - b).map((place) => this.#order[place]);
  }
}

function byField(a: FilterTerm, b: FilterTerm): number {
  return a.offset - b.offset || a.size - b.size || a.mask - b.mask || a.value - b.value;
}

function nodeAfter(node: Node, { offset, size, mask, value }: FilterTerm): Node {
  let branch = node.branches.find(
    (each) => each.offset === offset && each.size === size && each.mask === mask,
  );
  if (branch === undefined) {
    branch = { offset, size, mask, next: new Map() };
    node.branches.push(branch);
  }
  let next = branch.next.get(value);
  if (next === undefined) {
    next = new Node();
    branch.next.set(value, next);
  }
  return next;
}

function collect(node: Node, frame: Uint8Array, places: number[]): void {
  places.push(...node.places);
  for (const branch of node.branches) {
    const field = fieldOf(frame, branch);
    const next = field === undefined ? undefined : branch.next.get((field & branch.mask) >>> 0);
    if (next !== undefined) collect(next, frame, places);
  }
}

/** The trie of the filters that stand in the records now: made anew at the first packet after one of them has changed. */
export class CachedTrie {
  readonly #records: Records;
  #trie: FilterTrie | undefined;

  constructor(records: Records) {
    this.#records = records;
  }

  /** The records have changed: a filter came or went, or the run is at another moment. */
  forget(): void {
    this.#trie = undefined;
  }

  /** The filters that match a frame, the winner first. */
  match(frame: Uint8Array): number[] {
    this.#trie ??= new FilterTrie(filtersOf(this.#records));
    return this.#trie.match(frame);
  }
}
