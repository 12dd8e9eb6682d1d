/** What was seen of a run: when each occurrence happened, what was written on the console, and how it ended. Plain values. */
import type { KernelEvent, Position } from "#exokernel";
import type { Occurrence } from "./syntax.ts";

/** One time that something happened. */
export interface Happening {
  /** Total order of the run: what has more came later. */
  readonly order: number;
  /** The moment to go to. */
  readonly at: Position;
  /** Who caused it, or where it happened; 0 for the kernel. */
  readonly environment: number;
  readonly name: string;
  readonly event?: KernelEvent;
  /** What happened, in a few words without its moment. */
  readonly text: string;
}

/** Console output of one moment. */
export interface OutputPiece {
  readonly order: number;
  readonly at: Position;
  readonly environment: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Ended {
  readonly environment: number;
  readonly name: string;
  readonly happening: Happening;
  readonly status: number;
  readonly because: string;
}

/** How the run, or what is known of it, came to its end. */
export type RunEnd =
  | "exited"
  /** Nobody can run any more. */
  | "idle"
  /** The limit of steps. */
  | "steps"
  /** More happened, or was written, than is kept. */
  | "size"
  /** The kernel failed, which is possible only with weakened guards. */
  | "failed"
  /** The run goes on: it was looked at until here. */
  | "unfinished";

export interface Observation {
  readonly happenings: ReadonlyMap<Occurrence, readonly Happening[]>;
  readonly output: readonly OutputPiece[];
  readonly ended: readonly Ended[];
  /** Names of all environments that there were, the oldest first. */
  readonly environments: readonly { readonly id: number; readonly name: string }[];
  readonly firstId: number;
  readonly start: Position;
  readonly end: Position;
  readonly how: RunEnd;
  readonly markers: ReadonlySet<string>;
}

/** What was written by whom a name fits, as one text of bytes with the moment of each. */
export class Output {
  readonly bytes: Uint8Array;
  readonly #pieces: readonly OutputPiece[];
  readonly #starts: readonly number[];

  constructor(pieces: readonly OutputPiece[]) {
    this.#pieces = pieces;
    const starts: number[] = [];
    let length = 0;
    for (const { bytes } of pieces) {
      starts.push(length);
      length += bytes.length;
    }
    this.#starts = starts;
    this.bytes = new Uint8Array(length);
    for (const [i, { bytes }] of pieces.entries()) this.bytes.set(bytes, starts[i]);
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** The byte at an offset as something that happened; of the last one where there is none. */
  at(offset: number): Omit<Happening, "text"> | undefined {
    const { length } = this.bytes;
    if (length === 0) return undefined;
    const wanted = Math.min(offset, length - 1);
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= wanted) low = middle;
      else high = middle;
    }
    const piece = this.#pieces[low];
    if (piece === undefined) return undefined;
    const { at, environment, name, bytes } = piece;
    // Bytes of one moment have an order, too.
    const order = piece.order + (wanted - (this.#starts[low] ?? 0)) / bytes.length;
    return { order, at, environment, name };
  }

  /** Offset of the first time that `wanted` is written from `from` on; -1 if never. */
  find(wanted: Uint8Array, from = 0): number {
    const [first = 0] = wanted;
    for (let at = from; at + wanted.length <= this.bytes.length; at += 1) {
      at = this.bytes.indexOf(first, at);
      if (at < 0 || at + wanted.length > this.bytes.length) return -1;
      let same = 1;
      while (same < wanted.length && this.bytes[at + same] === wanted[same]) same += 1;
      if (same === wanted.length) return at;
    }
    return -1;
  }
}

/** Whether a name is what a file asks for, where `*` stands for anything. */
export function fitsName(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined || pattern === name) return true;
  if (!pattern.includes("*")) return false;
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}
