/**
 * Everything that enters a run from outside after its boot, by the moment at which it entered: the journal. With the scenario it
 * is the whole recording, since the machine knows no other input (docs/contract.md, C33).
 */
import { FRAME_BYTES_MAX, type PowerFailure } from "#emulator";
import { writeGuestFloat, writeGuestMemory, writeGuestRegister } from "../interventions.ts";
import type { Kernel, Position } from "../kernel.ts";

export type Intervention =
  /** Bytes typed on the console. It is input, not a change of the run's own state. */
  | { readonly kind: "console"; readonly bytes: Uint8Array }
  /** A frame that arrives on the network. It is input, too. */
  | { readonly kind: "packet"; readonly bytes: Uint8Array }
  | {
      readonly kind: "memory";
      readonly environment: number;
      readonly address: number;
      readonly bytes: Uint8Array;
    }
  /** Register 1..31, or the pc as 32. */
  | {
      readonly kind: "register";
      readonly environment: number;
      readonly register: number;
      readonly value: number;
    }
  /** Register f0..f31: the lower and the upper word. */
  | {
      readonly kind: "float";
      readonly environment: number;
      readonly register: number;
      readonly words: readonly [number, number];
    }
  /** The power fails; what becomes of the disk's unflushed writes is said with it. */
  | ({ readonly kind: "failPower" } & PowerFailure)
  /** It comes back, and the machine boots again. */
  | { readonly kind: "powerOn" };

export interface JournalEntry {
  readonly at: Position;
  readonly what: Intervention;
}

/**
 * Lets it enter now. `boot` switches the kernel on and launches its programs. Returns a sentence when nothing was changed, since
 * that is impossible here.
 */
export function applyIntervention(
  kernel: Kernel,
  what: Intervention,
  boot: (() => void) | undefined,
): string | undefined {
  switch (what.kind) {
    case "console":
      kernel.consoleInput(what.bytes);
      return undefined;
    case "packet": {
      const { length } = what.bytes;
      if (kernel.machine.network === undefined) return "the machine has no network";
      if (length < 1 || length > FRAME_BYTES_MAX)
        return `a frame has 1 to ${FRAME_BYTES_MAX} bytes, not ${length}`;
      kernel.networkInput(what.bytes);
      return undefined;
    }
    case "memory":
      return writeGuestMemory(kernel, what.environment, what.address, what.bytes);
    case "register":
      return writeGuestRegister(kernel, what.environment, what.register, what.value);
    case "float": {
      const [low, high] = what.words;
      const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      return writeGuestFloat(kernel, what.environment, what.register, bits);
    }
    case "failPower":
      if (kernel.machine.isPowerOff) return "the power is off already";
      kernel.failPower({ mode: what.mode, seed: what.seed });
      return undefined;
    case "powerOn":
      if (!kernel.machine.isPowerOff) return "the power is on already";
      if (boot === undefined) return "nobody here can boot the machine";
      boot();
      return undefined;
  }
}
