/** What changes memory and hits no watch: the debugger's own writes, and a boot, which begins all memory anew. */
import { comparePositions, isBefore, type JournalEntry, type Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { Piece } from "../watched-target.ts";

const PAGE_BYTES = 4096;

/**
 * The moments right after the debugger has written some of these physical bytes on this branch, from `since` until `until`, oldest first.
 * Through whatever mapping: so it goes to each of its writes, and is for use within `from`.
 */
export function ownWrites(
  debuggee: Debuggee,
  pieces: readonly Piece[],
  since: Position,
  until: Position,
): Position[] {
  const { timeline } = debuggee;
  const found: Position[] = [];
  for (const { at, what } of timeline.branch.entries) {
    if (what.kind !== "memory" || isBefore(at, since) || comparePositions(at, until) >= 0) continue;
    timeline.seek(at);
    if (overlaps(debuggee, what, pieces)) found.push({ step: at.step, event: at.event + 1 });
  }
  return found;
}

type MemoryWrite = Extract<JournalEntry["what"], { kind: "memory" }>;

/** Whether it writes any of the bytes, as its environment's pages are bound now. */
function overlaps(
  { view }: Debuggee,
  { environment, address, bytes }: MemoryWrite,
  pieces: readonly Piece[],
): boolean {
  for (let done = 0; done < bytes.length; ) {
    const at = (address + done) >>> 0;
    const offset = at % PAGE_BYTES;
    const length = Math.min(bytes.length - done, PAGE_BYTES - offset);
    const binding = view.translate(environment, at);
    if (binding !== undefined) {
      const from = binding.frame * PAGE_BYTES + offset;
      if (pieces.some(({ pa, length: size }) => pa < from + length && from < pa + size))
        return true;
    }
    done += length;
  }
  return false;
}

/** The last boot after a power failure before now, and the moment at which its programs were loaded. It goes there. */
export function lastBoot(
  debuggee: Debuggee,
): { readonly failures: number; readonly at: Position } | undefined {
  const { timeline } = debuggee;
  const isBoot = ({ index }: { readonly index: number }) => index >= timeline.start.event;
  const event = timeline.events((each) => each.kind === "poweredOn" && isBoot(each)).at(-1);
  if (event?.kind !== "poweredOn") return undefined;
  return { failures: event.failures, at: timeline.seekEvent(event) };
}
