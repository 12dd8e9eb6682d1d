/** Order of moments of one run (`Position` in kernel.ts). */
import type { Position } from "../kernel.ts";

/** Negative when `a` is before `b`, 0 when they are the same moment. */
export function comparePositions(a: Position, b: Position): number {
  return a.step - b.step || a.event - b.event;
}

export const isBefore = (a: Position, b: Position): boolean => comparePositions(a, b) < 0;

export function earlier(a: Position, b: Position): Position {
  return isBefore(b, a) ? b : a;
}

/** The earliest of the positions that are given. */
export function firstOf(...positions: readonly (Position | undefined)[]): Position | undefined {
  let first: Position | undefined;
  for (const position of positions) {
    if (position !== undefined && (first === undefined || isBefore(position, first))) {
      first = position;
    }
  }
  return first;
}
