/**
 * What is to be typed on the guests' console, of any length: the console's queue is given as much as it has room for, and the rest when
 * guests have read. Whoever sends it is asked to wait meanwhile, so that an endless input takes no endless memory.
 */

/** Where the bytes go. */
export interface FedConsole {
  /** Bytes that the queue has room for. */
  readonly room: () => number;
  /** Takes no more than there is room for. */
  readonly type: (bytes: Uint8Array) => void;
}

/** Bytes that wait here before the sender is asked to wait. */
const WAITING_MAX = 1 << 16;

export class ConsoleFeed {
  readonly #console: FedConsole;
  #waiting: Uint8Array[] = [];
  #count = 0;
  #afterAll: (() => void) | undefined;
  /** Called when the sender should wait, and when it may go on. */
  onFull: (isFull: boolean) => void = () => {};

  constructor(console: FedConsole) {
    this.#console = console;
  }

  type(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#setCount(this.#count + bytes.length);
    this.pump();
  }

  /** Does `work` when all that was typed has reached the queue. */
  afterAll(work: () => void): void {
    this.#afterAll = work;
    this.pump();
  }

  /** Gives the queue what it has room for. True when anything went. */
  pump(): boolean {
    let hasGone = false;
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const taken = Math.min(first.length, this.#console.room());
      if (taken === 0) return hasGone;
      this.#console.type(first.subarray(0, taken));
      hasGone = true;
      if (taken === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(taken);
      this.#setCount(this.#count - taken);
    }
    const work = this.#afterAll;
    this.#afterAll = undefined;
    work?.();
    return hasGone || work !== undefined;
  }

  #setCount(count: number): void {
    const wasFull = this.#count > WAITING_MAX;
    this.#count = count;
    const isFull = count > WAITING_MAX;
    if (isFull !== wasFull) this.onFull(isFull);
  }
}
