/** What a configuration says will come from outside: bytes typed on the console, and frames, each at a step. */
import type { ConsoleInput } from "./kernel-configuration.ts";
import type { NetworkInput } from "./network.ts";
import { NEVER } from "./records.ts";

/** How many of each have come: part of a run's state. */
export interface NextScripted {
  readonly nextInput: number;
  readonly nextPacket: number;
}

export class ScriptedInput {
  /** In the order of their steps. */
  readonly #inputs: readonly ConsoleInput[];
  readonly #packets: readonly NetworkInput[];
  #nextInput = 0;
  #nextPacket = 0;

  constructor(inputs: readonly ConsoleInput[], packets: readonly NetworkInput[]) {
    this.#inputs = [...inputs].sort((a, b) => a.step - b.step);
    this.#packets = [...packets].sort((a, b) => a.step - b.step);
  }

  get next(): NextScripted {
    return { nextInput: this.#nextInput, nextPacket: this.#nextPacket };
  }

  set next({ nextInput, nextPacket }: NextScripted) {
    this.#nextInput = nextInput;
    this.#nextPacket = nextPacket;
  }

  /** The step of what comes next; `NEVER` when nothing will. */
  get nextStep(): number {
    const input = this.#inputs[this.#nextInput]?.step ?? NEVER;
    return Math.min(input, this.#packets[this.#nextPacket]?.step ?? NEVER);
  }

  /** Lets in what has come by a step: input first, then frames. */
  deliver(
    step: number,
    type: (bytes: Uint8Array) => void,
    receive: (bytes: Uint8Array) => void,
  ): void {
    let input = this.#inputs[this.#nextInput];
    while (input !== undefined && input.step <= step) {
      this.#nextInput += 1;
      type(input.bytes);
      input = this.#inputs[this.#nextInput];
    }
    let packet = this.#packets[this.#nextPacket];
    while (packet !== undefined && packet.step <= step) {
      this.#nextPacket += 1;
      receive(packet.bytes);
      packet = this.#packets[this.#nextPacket];
    }
  }
}
