/** What guests write on the console, gathered to pieces of text: a client is not asked to draw single bytes. */
import type { ConsoleDevice } from "#emulator";

export class ConsoleOutput {
  readonly #emit: (text: string) => void;
  readonly #decoder = new TextDecoder("utf-8");
  #bytes: number[] = [];

  constructor(device: ConsoleDevice, emit: (text: string) => void) {
    this.#emit = emit;
    device.onOutput = (byte) => {
      this.#bytes.push(byte);
    };
  }

  /** Sends what has come since the last time. A character of several bytes that is not complete waits for its rest. */
  flush(): void {
    if (this.#bytes.length === 0) return;
    const text = this.#decoder.decode(Uint8Array.from(this.#bytes), { stream: true });
    this.#bytes = [];
    if (text !== "") this.#emit(text);
  }
}
