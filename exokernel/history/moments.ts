/**
 * Which snapshots a history keeps. Close to where one is, and to the newest end, they are close together; the further away,
 * the wider apart, as rr thins its checkpoints: the distance between two is in proportion to how far they are from there.
 */
import type { Snapshot } from "#emulator";
import type { KernelState, Position } from "../kernel.ts";
import { comparePositions } from "./position.ts";

/** A moment that can be gone back to without re-execution. */
export interface Moment {
  readonly position: Position;
  readonly kernel: KernelState;
  readonly machine: Snapshot;
}

/** Bytes of a kernel's state besides its pages, roughly: counted so that many of them are bounded as well. */
const KERNEL_STATE_BYTES = 16_384;

/** Moments of one branch, in the order of time. */
export class Moments {
  readonly #list: Moment[] = [];

  get list(): readonly Moment[] {
    return this.#list;
  }

  add(moment: Moment): void {
    const at = this.#list.findIndex(
      (other) => comparePositions(other.position, moment.position) > 0,
    );
    this.#list.splice(at < 0 ? this.#list.length : at, 0, moment);
  }

  remove(moment: Moment): void {
    this.#list.splice(this.#list.indexOf(moment), 1);
  }

  /** The last one at or before a position. */
  atOrBefore(position: Position): Moment | undefined {
    for (let i = this.#list.length - 1; i >= 0; i -= 1) {
      const moment = this.#list[i];
      if (comparePositions(moment.position, position) <= 0) return moment;
    }
    return undefined;
  }
}

export function bytesOf(moments: Iterable<Moment>): number {
  let bytes = 0;
  for (const { machine } of moments) bytes += machine.bytes + KERNEL_STATE_BYTES;
  return bytes;
}

/**
 * The moment of a branch that would be missed least: where the gap that it leaves is smallest against the distance to the nearest
 * of `references` (steps). The first of the list is never named.
 */
export function leastMissed(
  list: readonly Moment[],
  references: readonly number[],
  interval: number,
): { readonly moment: Moment; readonly loss: number } | undefined {
  let least: { moment: Moment; loss: number } | undefined;
  for (let i = 1; i < list.length; i += 1) {
    const { step } = list[i].position;
    const next = list[i + 1]?.position.step ?? step + interval;
    const distance = Math.min(...references.map((reference) => Math.abs(reference - step)));
    const loss = (next - list[i - 1].position.step) / (distance + interval);
    if (least === undefined || loss < least.loss) least = { moment: list[i], loss };
  }
  return least;
}
