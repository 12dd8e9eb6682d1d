/**
 * The state of a device, which lies behind RAM in the machine's one linear memory: a snapshot, a hash and a step back take it along.
 * Everything that a device writes goes through here, so that the next snapshot hears of it.
 */
import { PAGE_SIZE } from "../memory/physical.ts";

/** Hears of each write, by its distance from the begin of RAM in bytes. */
export type Touched = (offset: number, length: number) => void;

export class DeviceState {
  /** To be read; offsets are from the begin of the device's state. */
  readonly bytes: Uint8Array;
  readonly #base: number;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #touched: Touched;

  /** `length` bytes, `base` bytes after the begin of RAM, which is at `ramBase` in the buffer. Words lie in the first page. */
  constructor(
    buffer: ArrayBuffer,
    ramBase: number,
    base: number,
    length: number,
    touched: Touched = () => {},
  ) {
    this.bytes = new Uint8Array(buffer, ramBase + base, length);
    this.#base = base;
    this.#words = new Int32Array(buffer, ramBase + base, PAGE_SIZE >>> 2);
    this.#doubles = new Float64Array(buffer, ramBase + base, PAGE_SIZE >>> 3);
    this.#touched = touched;
  }

  get(field: number): number {
    return this.#words[field >>> 2];
  }

  set(field: number, value: number): void {
    this.#words[field >>> 2] = value;
    this.#touched(this.#base + field, 4);
  }

  getDouble(field: number): number {
    return this.#doubles[field >>> 3];
  }

  setDouble(field: number, value: number): void {
    this.#doubles[field >>> 3] = value;
    this.#touched(this.#base + field, 8);
  }

  write(at: number, data: Uint8Array): void {
    this.bytes.set(data, at);
    this.#touched(this.#base + at, data.length);
  }

  clear(at: number, length: number): void {
    this.bytes.fill(0, at, at + length);
    this.#touched(this.#base + at, length);
  }
}
