/** What differs between two pictures of the kernel: new, changed and gone items, each with words for what changed. */

export type ChangeKind = "new" | "changed" | "gone";

export interface Change {
  readonly kind: ChangeKind;
  /** What changed, for people: `state`, `pages 10 -> 12`. Empty for what is new or gone. */
  readonly words: readonly string[];
}

export interface Differences<T> {
  readonly of: ReadonlyMap<string, Change>;
  /** Items of the older picture that the newer one lacks, in their old order. */
  readonly gone: readonly T[];
}

/** A fact of an item that a change mark is about. */
export interface Fact<T> {
  readonly name: string;
  /** Its value as text; equal texts are no change. */
  readonly value: (item: T) => string;
  /** Whether old and new value are short enough to be said. */
  readonly isShort?: boolean;
}

/** Compares two lists whose items are told apart by `keyOf`. Without an older list nothing has changed. */
export function differences<T>(
  before: readonly T[] | undefined,
  now: readonly T[],
  keyOf: (item: T) => string,
  facts: readonly Fact<T>[],
): Differences<T> {
  const of = new Map<string, Change>();
  if (before === undefined) return { of, gone: [] };
  const old = new Map(before.map((item) => [keyOf(item), item]));
  for (const item of now) {
    const key = keyOf(item);
    const was = old.get(key);
    old.delete(key);
    if (was === undefined) {
      of.set(key, { kind: "new", words: [] });
      continue;
    }
    const words = facts.flatMap((fact) => wordsFor(fact, was, item));
    if (words.length > 0) of.set(key, { kind: "changed", words });
  }
  for (const key of old.keys()) of.set(key, { kind: "gone", words: [] });
  return { of, gone: [...old.values()] };
}

function wordsFor<T>({ name, value, isShort = false }: Fact<T>, was: T, now: T): string[] {
  const [from, to] = [value(was), value(now)];
  if (from === to) return [];
  return [isShort ? `${name} ${from} -> ${to}` : name];
}

/** `2 new, 1 changed`, or an empty text. */
export function changeCounts(changes: Iterable<Change | undefined>): string {
  const counts = { new: 0, changed: 0, gone: 0 };
  for (const change of changes) if (change !== undefined) counts[change.kind] += 1;
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
