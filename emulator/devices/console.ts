import { CONSOLE_QUEUE_BYTES, STATE } from "../state-layout.ts";

/**
 * The console: raw bytes out, and a queue of raw bytes in. Echo, editing and newlines are a libOS's affair
 * (docs/contract.md, 11). Its state lives in the state area, so that snapshots and hashes cover it.
 */
export class ConsoleDevice {
  /** Called with each byte that is written. What it does is outside the machine and must not reach back into it. */
  onOutput: ((byte: number) => void) | undefined;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #queue: Uint8Array;

  constructor(buffer: ArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, STATE.consoleQueue >>> 2);
    this.#doubles = new Float64Array(buffer, 0, STATE.consoleQueue >>> 3);
    this.#queue = new Uint8Array(buffer, STATE.consoleQueue, CONSOLE_QUEUE_BYTES);
  }

  write(byte: number): void {
    this.#doubles[STATE.consoleBytesWrittenF64 >>> 3] += 1;
    this.onOutput?.(byte & 0xff);
  }

  get bytesWritten(): number {
    return this.#doubles[STATE.consoleBytesWrittenF64 >>> 3];
  }

  /** How many bytes wait to be read. */
  get available(): number {
    return this.#words[STATE.consoleQueueLength >>> 2];
  }

  /** How many more bytes would be taken. */
  get room(): number {
    return CONSOLE_QUEUE_BYTES - this.available;
  }

  /**
   * Appends input and returns how many bytes were taken: what doesn't fit is refused, as a full FIFO does, and the
   * caller may offer it again later.
   */
  push(bytes: Uint8Array): number {
    const head = this.#words[STATE.consoleQueueHead >>> 2];
    const length = this.available;
    const taken = Math.min(bytes.length, this.room);
    for (let index = 0; index < taken; index++) {
      this.#queue[(head + length + index) % CONSOLE_QUEUE_BYTES] = bytes[index];
    }
    this.#words[STATE.consoleQueueLength >>> 2] = length + taken;
    return taken;
  }

  /** Takes the oldest byte of input, or undefined if none waits. */
  read(): number | undefined {
    const length = this.available;
    if (length === 0) return undefined;
    const head = this.#words[STATE.consoleQueueHead >>> 2];
    const byte = this.#queue[head];
    this.#queue[head] = 0;
    this.#words[STATE.consoleQueueHead >>> 2] = (head + 1) % CONSOLE_QUEUE_BYTES;
    this.#words[STATE.consoleQueueLength >>> 2] = length - 1;
    return byte;
  }
}
