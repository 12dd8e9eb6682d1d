/** What evaluating an expression needs of a stack frame: registers and memory as seen from it, and how to change them. */
import type { DebugInfo, FrameContext } from "../dwarf/debug-info.ts";

/** Stands for the pc where registers are named by their DWARF numbers, of which it has none. */
export const PC = 0x10000;

/** psABI, DWARF Register Numbers: f0 to f31 are 32 to 63. */
export const FIRST_FLOAT = 32;

export interface FrameAccess {
  /** Undefined for code without debug data: registers and memory are there all the same. */
  readonly debug: DebugInfo | undefined;
  readonly context: FrameContext;
  /** The frame's own pc where `context.pc` is the return address minus 1: what `$pc` shows. */
  readonly pc?: number;
  /** Which of the source-level functions that are stacked at the pc by inlining: 0, the innermost, unless given (`Scope.depth`). */
  readonly depth?: number;
  /** Writes memory of the frame's environment; a sentence says why it can't be done, undefined when it was. */
  writeMemory(address: number, bytes: Uint8Array): string | undefined;
  /** Writes register 0..31 as the frame sees it (where a callee saved it, if one did), or the pc. */
  writeRegister(register: number, value: number): string | undefined;
  /** The same of all 64 bits of f0..f31. */
  writeFloat(index: number, bits: bigint): string | undefined;
  /** A global symbol without debug data, by name. */
  symbolAddress(name: string): number | undefined;
  /** The name of the function at an address, for showing function pointers. */
  functionName(address: number): string | undefined;
}
