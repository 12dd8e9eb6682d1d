/**
 * Bytes with a position: the only way that debug data is read. Every read is checked against the end of the section; one that passes
 * it throws a `DwarfDataError` with section and offset.
 */
import { DwarfDataError } from "./problems.ts";

const decoder = new TextDecoder();

export class Cursor {
  /** The section's name, for messages. */
  readonly section: string;
  readonly bytes: Uint8Array;
  /** Offset of the next read. It never leaves [0, end]. */
  position: number;
  readonly end: number;
  readonly #view: DataView;

  constructor(section: string, bytes: Uint8Array, position = 0, end = bytes.length) {
    this.section = section;
    this.bytes = bytes;
    this.position = position;
    this.end = Math.min(end, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (position < 0 || position > this.end) this.#fail(position, 0);
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u24(): number {
    const at = this.#take(3);
    return this.#view.getUint16(at, true) | (this.#view.getUint8(at + 2) << 16);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes; of eight, those beyond 2^53 lose precision. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 4:
        return this.u32();
      case 8:
        return Number(this.u64());
      default:
        throw new DwarfDataError(`a size of ${size} bytes at ${this.where()} isn't supported`);
    }
  }

  /** Unsigned LEB128 (DWARF5 §7.6). Values beyond 2^53 lose precision; `ulebBig` keeps it. */
  uleb(): number {
    let result = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
      if (scale > 2 ** 70) this.#failLeb();
    }
  }

  /** Signed LEB128 (DWARF5 §7.6). */
  sleb(): number {
    return Number(this.slebBig());
  }

  ulebBig(): bigint {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
      if (shift > 70n) this.#failLeb();
    }
  }

  slebBig(): bigint {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return byte & 0x40 ? result - (1n << (shift + 7n)) : result;
      if (shift > 70n) this.#failLeb();
    }
  }

  /** A view of the next `size` bytes. */
  take(size: number): Uint8Array {
    const at = this.#take(size);
    return this.bytes.subarray(at, at + size);
  }

  skip(size: number): void {
    this.#take(size);
  }

  /** A NUL-terminated UTF-8 string. */
  string(): string {
    const start = this.position;
    const nul = this.bytes.indexOf(0, start);
    if (nul < 0 || nul >= this.end) this.#fail(start, this.end - start + 1);
    this.position = nul + 1;
    return decoder.decode(this.bytes.subarray(start, nul));
  }

  skipString(): void {
    const nul = this.bytes.indexOf(0, this.position);
    if (nul < 0 || nul >= this.end) this.#fail(this.position, this.end - this.position + 1);
    this.position = nul + 1;
  }

  /**
   * The initial length of a unit or table, and with it the size of its offsets: 4 in the 32-bit DWARF format, 8 in the
   * 64-bit one (DWARF5 §7.4). The end is clipped to the section.
   */
  initialLength(): { end: number; offsetSize: 4 | 8; isClipped: boolean } {
    const start = this.position;
    let length = this.u32();
    let offsetSize: 4 | 8 = 4;
    if (length === 0xffffffff) {
      length = Number(this.u64());
      offsetSize = 8;
    } else if (length >= 0xfffffff0) {
      throw new DwarfDataError(`the length at ${this.where(start)} is a reserved value`);
    }
    const end = this.position + length;
    return { end: Math.min(end, this.end), offsetSize, isClipped: end > this.end };
  }

  /** "offset 0x12 of .debug_info", for messages. */
  where(offset = this.position): string {
    return `offset 0x${offset.toString(16)} of ${this.section}`;
  }

  #take(size: number): number {
    const at = this.position;
    if (!(size >= 0 && at + size <= this.end)) this.#fail(at, size);
    this.position = at + size;
    return at;
  }

  #fail(at: number, size: number): never {
    throw new DwarfDataError(
      `${size} bytes at ${this.where(at)} lie beyond its end at 0x${this.end.toString(16)}`,
    );
  }

  #failLeb(): never {
    throw new DwarfDataError(`the LEB128 number before ${this.where()} has too many bytes`);
  }
}
