/** f-registers as a frame sees them. */
import type { Debuggee } from "./debuggee.ts";

import { FIRST_FLOAT } from "./values/frame-access.ts";

const END = FIRST_FLOAT + 32;

export interface FloatsOfFrame {
  readonly environment: number;
  readonly isReturnAddress: boolean;
  /** Where the frames above saved registers, by DWARF number. */
  readonly savedAt: ReadonlyMap<number, number>;
  /** f0 to f31 of what runs or was interrupted, two words each; undefined when all are 0. */
  readonly floats: (() => Uint32Array | undefined) | undefined;
}

/** The bits of `register`, a DWARF number: where a callee saved it, else what it is now, if the callees preserve it. */
export function floatOf(
  debuggee: Debuggee,
  register: number,
  frame: FloatsOfFrame,
): bigint | undefined {
  if (register >= END) return undefined;
  const saved = frame.savedAt.get(register);
  if (saved !== undefined) {
    const bytes = debuggee.readMemory(frame.environment, saved, 8);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }
  const index = register - FIRST_FLOAT;
  if (frame.floats === undefined || (frame.isReturnAddress && !isPreserved(index))) {
    return undefined;
  }
  const words = frame.floats();
  const [low = 0, high = 0] = words?.subarray(2 * index, 2 * index + 2) ?? [];
  return (BigInt(high) << 32n) | BigInt(low);
}

/** fs0 to fs11 (psABI, Floating-point Register Convention). */
const isPreserved = (index: number): boolean =>
  index === 8 || index === 9 || (index >= 18 && index <= 27);
