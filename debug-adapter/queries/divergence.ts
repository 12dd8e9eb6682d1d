/** Where a value is first different on two branches: the sequences of what was written to it, side by side. */
import type { Branch, Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { DivergenceBody, DivergencePoint } from "../protocol.ts";
import type { NamedBytes } from "../session/data-breakpoint-info.ts";
import {
  type Breathe,
  changeOf,
  from,
  lineOf,
  type Write,
  whereText,
  writes,
} from "./look-back.ts";

/** So many changes of a value are compared. */
const CHANGES_MAX = 100_000;

interface Change {
  readonly at: Position;
  readonly bytes: Uint8Array;
  readonly environment: number;
  readonly pc: number;
  readonly byKernel: boolean;
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
        const place = change.byKernel ? undefined : lineOf(debuggee, change.environment, change.pc);
        const value = show?.(change.bytes) ?? hexBytes(change.bytes);
        const { step, event } = change.at;
        return {
          text: `${value} on '${branch.name}'${whereText(place, step)}`,
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
    return {
      text: `${target.name} goes through the same ${count} value${count === 1 ? "" : "s"} on '${a.name}' and '${b.name}'.`,
      points: [],
    };
  });
}

async function changes(
  debuggee: Debuggee,
  pieces: NamedBytes["target"]["pieces"],
  branch: Branch,
  since: Position,
  breathe: Breathe,
): Promise<Change[]> {
  const { timeline, kernel } = debuggee;
  const { end } = branch;
  timeline.switchTo(branch, since);
  const found: Change[] = [];
  const visit = ({ stop, at }: Write) => {
    const hit = changeOf(stop);
    if (hit === undefined) return false;
    found.push({
      at,
      bytes: concat(pieces.map(({ pa, length }) => kernel.machine.memory.readBytes(pa, length))),
      environment: stop.environment,
      pc: stop.pc,
      byKernel: stop.byKernel,
    });
    return found.length >= CHANGES_MAX;
  };
  await writes(debuggee, pieces, end, visit, breathe);
  return found;
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
