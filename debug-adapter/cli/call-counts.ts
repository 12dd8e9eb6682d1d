/** Counts the kernel calls of a run by name, for those who ask what it did. */
import { callByNumber, LAUNCHER_INDEX } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";

/** How often each kernel call was made, refused ones too; the most frequent first. */
export type CallCounts = Readonly<Record<string, number>>;

/** Counts from now on, and returns what gives the counts so far. The launcher, who boots the programs, is none of them. */
export function countCalls({ kernel }: Debuggee): () => CallCounts {
  const counts = new Map<number, number>();
  kernel.core.onCall = (caller, number) => {
    if (caller !== LAUNCHER_INDEX) counts.set(number, (counts.get(number) ?? 0) + 1);
  };
  return () => {
    const named = new Map<string, number>();
    for (const [number, count] of counts) {
      // A program may put any number into a7.
      const name = callByNumber(number)?.name ?? "no such call";
      named.set(name, (named.get(name) ?? 0) + count);
    }
    const byCount = [...named].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return Object.fromEntries(byCount);
  };
}
