/** f-registers as a frame sees them. */
import type { Debuggee } from "./debuggee.ts";
import type { LoadedImage } from "./loaded-image.ts";

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
  // What a callee need not preserve its caller's code does not rely on.
  const index = register - FIRST_FLOAT;
  if (frame.isReturnAddress && !isPreserved(index)) return undefined;
  const saved = frame.savedAt.get(register);
  if (saved !== undefined) {
    const bytes = debuggee.readMemory(frame.environment, saved, 8);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }
  if (frame.floats === undefined) return undefined;
  const words = frame.floats();
  const [low = 0, high = 0] = words?.subarray(2 * index, 2 * index + 2) ?? [];
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Where a libOS that is built for F and D keeps f0 to f31 of a thread, from its x-registers on: an upcall's frame is laid out so (libos/include/frame.h). */
const THREAD_FLOATS = 160;

/** The places of the f-registers of a thread that does not run, by DWARF number; none where its program has no F and D. */
export function floatsOfThread(
  image: LoadedImage | undefined,
  registersAt: number,
): [register: number, address: number][] {
  if (image?.elf.floatAbi !== "double") return [];
  return Array.from({ length: END - FIRST_FLOAT }, (_, i) => [
    FIRST_FLOAT + i,
    (registersAt + THREAD_FLOATS + 8 * i) >>> 0,
  ]);
}

/** fs0 to fs11 (psABI, Floating-point Register Convention). */
const isPreserved = (index: number): boolean =>
  index === 8 || index === 9 || (index >= 18 && index <= 27);
