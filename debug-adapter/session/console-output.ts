/** What guests write on the console, gathered to pieces of text: a client is not asked to draw single bytes. */
import type { ConsoleDevice } from "#emulator";

export class ConsoleOutput {
  readonly #emit: (text: string) => void;
  readonly #device: ConsoleDevice;
  #decoder = new TextDecoder("utf-8");
  #bytes: number[] = [];
  /** How many bytes of the run were shown: what is executed again is not shown again. */
  #shown = 0;

  constructor(device: ConsoleDevice, emit: (text: string) => void) {
    this.#emit = emit;
    this.#device = device;
    device.onOutput = (byte) => {
      if (device.bytesWritten <= this.#shown) return;
      this.#shown = device.bytesWritten;
      this.#bytes.push(byte);
    };
  }

  /** From here on the run is another one: what it writes is new. */
  restart(): void {
    this.flush();
    this.#decoder = new TextDecoder("utf-8");
    this.#shown = this.#device.bytesWritten;
  }

  /** Sends what has come since the last time. A character of several bytes that is not complete waits for its rest. */
  flush(): void {
    if (this.#bytes.length === 0) return;
    const text = this.#decoder.decode(Uint8Array.from(this.#bytes), { stream: true });
    this.#bytes = [];
    if (text !== "") this.#emit(text);
  }
}
