/** Where a value is first different on two branches: the sequences of what was written to it, side by side. */
import { type Branch, comparePositions, type Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { DivergenceBody, DivergencePoint } from "../protocol.ts";
import type { NamedBytes } from "../session/data-breakpoint-info.ts";
import type { BytesTarget, Piece } from "../watched-target.ts";
import {
  type Breathe,
  changeOf,
  from,
  lineOf,
  type Write,
  whereText,
  writes,
} from "./look-back.ts";
import { ownWrites } from "./unwatched-changes.ts";

/** So many changes of a value are compared. */
const CHANGES_MAX = 100_000;

interface Change {
  readonly at: Position;
  readonly bytes: Uint8Array;
  readonly environment: number;
  readonly pc: number;
  readonly by: "guest" | "kernel" | "debugger";
}

export function firstDivergence(
  debuggee: Debuggee,
  { target, show }: NamedBytes,
  a: Branch,
  b: Branch,
  breathe: Breathe,
): Promise<DivergenceBody> {
  return from(debuggee, async () => {
    const common = a.commonWith(b);
    const ours = await changes(debuggee, target.pieces, a, common, breathe);
    const theirs = await changes(debuggee, target.pieces, b, common, breathe);
    const count = Math.max(ours.length, theirs.length);
    for (let i = 0; i < count; i += 1) {
      const [mine, other] = [ours[i], theirs[i]];
      if (mine !== undefined && other !== undefined && isEqual(mine.bytes, other.bytes)) continue;
      const point = (branch: Branch, change: Change | undefined): DivergencePoint => {
        if (change === undefined)
          return { text: `it does not change any more on '${branch.name}'` };
        const { environment, pc, by } = change;
        const place = by === "guest" ? lineOf(debuggee, environment, pc) : undefined;
        const value = show?.(change.bytes) ?? hexBytes(change.bytes);
        const { step, event } = change.at;
        return {
          text: `${value} on '${branch.name}'${by === "debugger" ? " by the debugger" : ""}${whereText(place, step)}`,
          position: { branch: branch.id, step, event },
          ...(place === undefined ? {} : { place }),
        };
      };
      const [left, right] = [point(a, mine), point(b, other)];
      return {
        text: `${target.name} is first different at its change ${i + 1} after the branches part: ${left.text}; ${right.text}.`,
        points: [left, right],
      };
    }
    const same = `${target.name} goes through the same ${count} value${count === 1 ? "" : "s"} on '${a.name}' and '${b.name}'`;
    // A boot makes all memory anew, and nothing of it is a write to these bytes.
    const [mine, other] = [bytesAtEnd(debuggee, target, a), bytesAtEnd(debuggee, target, b)];
    if (isEqual(mine, other)) return { text: `${same}.`, points: [] };
    const point = (branch: Branch, bytes: Uint8Array): DivergencePoint => ({
      text: `${show?.(bytes) ?? hexBytes(bytes)} at the end of '${branch.name}'`,
      position: { branch: branch.id, ...branch.end },
    });
    const points = [point(a, mine), point(b, other)];
    const ends = points.map(({ text }) => text).join(" and ");
    return { text: `${same}, and is ${ends}: the machine has booted anew in between.`, points };
  });
}

async function changes(
  debuggee: Debuggee,
  pieces: readonly Piece[],
  branch: Branch,
  since: Position,
  breathe: Breathe,
): Promise<Change[]> {
  const { timeline } = debuggee;
  const { end } = branch;
  timeline.switchTo(branch, since);
  const found: Change[] = ownWrites(debuggee, pieces, since, end).map((at) => {
    timeline.seek(at);
    const bytes = bytesNow(debuggee, pieces);
    return { at, bytes, environment: 0, pc: 0, by: "debugger" };
  });
  const own = found.length;
  timeline.seek(since);
  const visit = ({ stop, at }: Write) => {
    const hit = changeOf(stop);
    if (hit === undefined) return false;
    found.push({
      at,
      bytes: bytesNow(debuggee, pieces),
      environment: stop.environment,
      pc: stop.pc,
      by: stop.byKernel ? "kernel" : "guest",
    });
    return found.length - own >= CHANGES_MAX;
  };
  await writes(debuggee, pieces, end, visit, breathe);
  return found.sort((one, other) => comparePositions(one.at, other.at));
}

function bytesAtEnd(debuggee: Debuggee, { pieces }: BytesTarget, branch: Branch): Uint8Array {
  debuggee.timeline.switchTo(branch);
  return bytesNow(debuggee, pieces);
}

/** The bytes as they are now. */
function bytesNow(debuggee: Debuggee, pieces: readonly Piece[]): Uint8Array {
  const { memory } = debuggee.kernel.machine;
  return concat(pieces.map(({ pa, length }) => memory.readBytes(pa, length)));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const hexBytes = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
