import { assert } from "../assert.ts";
import { RAM_BASE } from "../state-layout.ts";
import type { DirtyPages } from "./dirty-pages.ts";

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/**
 * The machine's RAM: `pageCount` frames of 4 KiB, little endian, addressed from 0.
 *
 * Two ways to write: the `write…` functions tell the interpreter when a frame holds decoded code, so that what was
 * written is what runs, and a debugger when it watches the frame; the raw views `bytes`, `words` and `frame` don't, and are
 * only for frames that never held code, as the kernel's own records (whose writer looks at `watched` itself, and marks the frame
 * in `dirty`). Addresses must lie in RAM; that is asserted, since a guest can't cause it.
 */
export class PhysicalMemory {
  readonly pageCount: number;
  readonly bytes: Uint8Array;
  /** RAM as 32-bit words, for records of fixed layout. */
  readonly words: Int32Array;
  readonly halves: Int16Array;
  /** 1 for each frame of which instructions are decoded: a store there must take the slow path. */
  readonly holdsCode: Uint8Array;
  /** 1 for each frame in which someone watches bytes (watchpoints.ts). */
  readonly watched: Uint8Array;
  /** Called before a write of `length` bytes at `pa`, of which some lie in a watched frame. */
  onWatchedWrite: (pa: number, length: number) => void = () => {};
  /** Called after a write of `length` bytes at `pa` in a frame that holds decoded code. */
  onCodeWritten: (pa: number, length: number) => void = () => {};
  /** The frames that were written since the last snapshot. */
  readonly dirty: DirtyPages;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer, pageCount: number, dirty: DirtyPages) {
    this.pageCount = pageCount;
    this.dirty = dirty;
    this.bytes = new Uint8Array(buffer, RAM_BASE, pageCount * PAGE_SIZE);
    this.words = new Int32Array(buffer, RAM_BASE, this.bytes.length >>> 2);
    this.halves = new Int16Array(buffer, RAM_BASE, this.bytes.length >>> 1);
    this.holdsCode = new Uint8Array(pageCount);
    this.watched = new Uint8Array(pageCount);
    this.#view = new DataView(buffer, RAM_BASE, this.bytes.length);
  }

  readU8(pa: number): number {
    return this.#view.getUint8(pa);
  }

  readU16(pa: number): number {
    return this.#view.getUint16(pa, true);
  }

  readU32(pa: number): number {
    return this.#view.getUint32(pa, true);
  }

  writeU8(pa: number, value: number): void {
    this.#writing(pa, 1);
    this.#view.setUint8(pa, value);
    this.#written(pa, 1);
  }

  writeU16(pa: number, value: number): void {
    this.#writing(pa, 2);
    this.#view.setUint16(pa, value, true);
    this.#written(pa, 2);
  }

  writeU32(pa: number, value: number): void {
    this.#writing(pa, 4);
    this.#view.setUint32(pa, value, true);
    this.#written(pa, 4);
  }

  /** A copy of `length` bytes from `pa` on. */
  readBytes(pa: number, length: number): Uint8Array {
    assert(this.#contains(pa, length), `${length} bytes at physical ${pa} lie in RAM`);
    return this.bytes.slice(pa, pa + length);
  }

  writeBytes(pa: number, source: Uint8Array): void {
    assert(
      this.#contains(pa, source.length),
      `${source.length} bytes at physical ${pa} lie in RAM`,
    );
    this.#writing(pa, source.length);
    this.bytes.set(source, pa);
    this.#written(pa, source.length);
  }

  fill(pa: number, length: number, value: number): void {
    assert(this.#contains(pa, length), `${length} bytes at physical ${pa} lie in RAM`);
    this.#writing(pa, length);
    this.bytes.fill(value, pa, pa + length);
    this.#written(pa, length);
  }

  copyFrame(source: number, target: number): void {
    this.writeBytes(target * PAGE_SIZE, this.frame(source));
  }

  /** A raw view of frame `number`: see the class for what may be written through it. */
  frame(number: number): Uint8Array {
    assert(number >= 0 && number < this.pageCount, `frame ${number} exists`);
    return this.bytes.subarray(number * PAGE_SIZE, (number + 1) * PAGE_SIZE);
  }

  #contains(pa: number, length: number): boolean {
    return pa >= 0 && length >= 0 && pa + length <= this.bytes.length;
  }

  #writing(pa: number, length: number): void {
    if (length === 0) return;
    const last = (pa + length - 1) >>> PAGE_SHIFT;
    for (let frame = pa >>> PAGE_SHIFT; frame <= last; frame++) {
      if (this.watched[frame] !== 1) continue;
      this.onWatchedWrite(pa, length);
      return;
    }
  }

  #written(pa: number, length: number): void {
    const last = (pa + length - 1) >>> PAGE_SHIFT;
    for (let frame = pa >>> PAGE_SHIFT; frame <= last; frame++) {
      this.dirty.mark(frame);
      if (this.holdsCode[frame] === 0) continue;
      const start = Math.max(pa, frame * PAGE_SIZE);
      const end = Math.min(pa + length, (frame + 1) * PAGE_SIZE);
      this.onCodeWritten(start, end - start);
    }
  }
}
