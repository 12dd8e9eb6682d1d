/** One step up the stack by call frame information (DWARF5 §6.4.4, Call Frame Usage), under the RISC-V psABI's calling convention. */
import { epilogueAt } from "./epilogue.ts";
import { type ExpressionContext, evaluateValue } from "./expression.ts";
import type { CfaRule, FrameInfo, RegisterRule, UnwindRow } from "./frame-info.ts";
import { generic, toAddress } from "./stack-values.ts";

/** A frame to unwind from. */
export interface UnwindFrame {
  readonly pc: number;
  /** x0 to x31; `undefined` for one that isn't known. */
  readonly registers: readonly (number | undefined)[];
  /**
   * True for every frame but the innermost and interrupted ones: `pc` is then behind a call, perhaps already in the next
   * function, and its rules are looked up at `pc - 1`.
   */
  readonly isReturnAddress?: boolean;
  /** Registers beyond x31: 32 to 63 are f0 to f31, 4096 + n is CSR n (psABI, DWARF Register Numbers). */
  readRegister?(register: number): number | undefined;
}

/** The caller's frame, which is an `UnwindFrame` again. */
export interface CallerFrame {
  readonly pc: number;
  readonly registers: readonly (number | undefined)[];
  readonly isReturnAddress: boolean;
  /** Canonical frame address of the frame that was unwound from: it identifies that frame. */
  readonly cfa: number;
  /** Where the callee saved registers of the caller, by register number. Writing there changes the register in the caller. */
  readonly savedAt: ReadonlyMap<number, number>;
}

/** There is no caller, or it can't be found; `end` says why. `isOutermost`: as it should be. */
export interface StackEnd {
  readonly end: string;
  readonly isOutermost: boolean;
}

export type ReadMemory = (address: number, size: number) => Uint8Array | undefined;

const RA = 1;
const SP = 2;
/** Registers that a function preserves or that never change: zero, gp, tp, s0 to s11; and ra, which a leaf leaves alone (psABI, Register Convention). */
const PRESERVED = new Set([0, 1, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);

/** The frame's canonical frame address: the value of sp at the call. `undefined` without call frame information or registers. */
export function cfaAt(info: FrameInfo, frame: UnwindFrame, read: ReadMemory): number | undefined {
  const row = rowOf(info, frame, read);
  return row && computeCfa(row, frame, read);
}

/** How the canonical frame address is found in every frame that stands at `pc`; `readCode` reads the code there. */
export function cfaRuleAt(info: FrameInfo, pc: number, readCode: ReadMemory): CfaRule | undefined {
  return rowOf(info, { pc, registers: [], isReturnAddress: false }, readCode)?.cfa;
}

/** The frame's caller. `undefined` if no call frame information covers the frame. */
export function unwind(
  info: FrameInfo,
  frame: UnwindFrame,
  read: ReadMemory,
): CallerFrame | StackEnd | undefined {
  const row = rowOf(info, frame, read);
  if (!row) return undefined;
  if (row.registers.get(row.returnColumn)?.kind === "undefined") {
    return { end: "this is the outermost frame", isOutermost: true };
  }
  const cfa = computeCfa(row, frame, read);
  if (cfa === undefined) {
    return lost("the canonical frame address can't be computed");
  }
  const savedAt = new Map<number, number>();
  for (const [register, rule] of row.registers) {
    const address = savedAddress(rule, cfa, frame, read);
    if (address !== undefined) savedAt.set(register, address);
  }
  const callerValue = (register: number) => recover(register, row, cfa, savedAt, frame, read);
  const returnAddress = callerValue(row.returnColumn);
  if (returnAddress === undefined) {
    const saved = savedAt.get(row.returnColumn);
    return lost(
      saved === undefined
        ? "the return address isn't known"
        : `the return address can't be read from ${hex(saved)}`,
    );
  }
  // Bit 0 of a jump's target is ignored (Unpriv §2.5, JALR).
  const pc = (returnAddress & ~1) >>> 0;
  if (pc === 0) return { end: "the return address is 0", isOutermost: true };
  const registers = Array.from({ length: 32 }, (_, register) => callerValue(register));
  if (pc === frame.pc >>> 0 && registers[SP] === frame.registers[SP]) {
    return lost("the frame would be its own caller");
  }
  return { pc, registers, cfa, savedAt, isReturnAddress: !row.isSignalFrame };
}

function lost(end: string): StackEnd {
  return { end, isOutermost: false };
}

function lookupAddress({ pc, isReturnAddress }: UnwindFrame): number {
  return isReturnAddress ? pc - 1 : pc;
}

/** The row that holds in the frame; within an epilogue, one that says what its remaining instructions do. */
function rowOf(info: FrameInfo, frame: UnwindFrame, read: ReadMemory): UnwindRow | undefined {
  const row = info.rowAt(lookupAddress(frame));
  // A frame that waits for a call to return stands where its rules hold; its address isn't that of an instruction to come.
  const isExact = !frame.isReturnAddress && (frame.pc & 1) === 0;
  const isFunction = row?.returnColumn === RA && !row.isSignalFrame;
  if (!row || !isExact || !isFunction || row.registers.get(RA)?.kind === "undefined") return row;
  const epilogue = epilogueAt(frame.pc, row.low, row.high, read);
  if (!epilogue) return row;
  const { spOffset, loads } = epilogue;
  const registers = new Map<number, RegisterRule>();
  for (const [register, offset] of loads) {
    // Only what a function preserves was the caller's; a load of another register is the function's result.
    if (PRESERVED.has(register))
      registers.set(register, { kind: "offset", offset: offset - spOffset });
  }
  return { ...row, cfa: { kind: "register", register: SP, offset: spOffset }, registers };
}

function computeCfa(row: UnwindRow, frame: UnwindFrame, read: ReadMemory): number | undefined {
  const { cfa } = row;
  if (cfa.kind === "register") {
    const value = registerOf(frame, cfa.register);
    return value === undefined ? undefined : (value + cfa.offset) >>> 0;
  }
  const value = evaluateValue(cfa.bytes, contextOf(frame, read));
  return typeof value === "string" ? undefined : toAddress(value);
}

/** Where `rule` says that the register was saved, if it was. */
function savedAddress(
  rule: RegisterRule,
  cfa: number,
  frame: UnwindFrame,
  read: ReadMemory,
): number | undefined {
  if (rule.kind === "offset") return (cfa + rule.offset) >>> 0;
  if (rule.kind !== "expression") return undefined;
  const value = evaluateValue(rule.bytes, contextOf(frame, read), [generic(cfa)]);
  return typeof value === "string" ? undefined : toAddress(value);
}

/** The register's value in the caller. */
function recover(
  register: number,
  row: UnwindRow,
  cfa: number,
  savedAt: ReadonlyMap<number, number>,
  frame: UnwindFrame,
  read: ReadMemory,
): number | undefined {
  if (register === 0) return 0;
  const rule = row.registers.get(register);
  switch (rule?.kind) {
    case undefined:
      // An interrupted function finds every register as it left it; a called one's caller lost the temporary ones.
      if (register === SP) return cfa;
      return row.isSignalFrame || PRESERVED.has(register) || register > 31
        ? registerOf(frame, register)
        : undefined;
    case "undefined":
      return undefined;
    case "same value":
      return registerOf(frame, register);
    case "register":
      return registerOf(frame, rule.register);
    case "value offset":
      return (cfa + rule.offset) >>> 0;
    case "value expression": {
      const value = evaluateValue(rule.bytes, contextOf(frame, read), [generic(cfa)]);
      return typeof value === "string" ? undefined : toAddress(value);
    }
    case "offset":
    case "expression": {
      const address = savedAt.get(register);
      const bytes = address === undefined ? undefined : read(address, 4);
      return bytes && bytes.length >= 4
        ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
        : undefined;
    }
  }
}

function registerOf(frame: UnwindFrame, register: number): number | undefined {
  if (register === 0) return 0;
  const value = register < 32 ? frame.registers[register] : frame.readRegister?.(register);
  return value === undefined ? undefined : value >>> 0;
}

/** Expressions of call frame information know registers and memory only (DWARF5 §6.4.2.2). */
function contextOf(frame: UnwindFrame, read: ReadMemory): ExpressionContext {
  return {
    unit: undefined,
    readRegister: (register) => registerOf(frame, register),
    readMemory: read,
    frameBase: () => "described by a frame base, which call frame information has not",
    cfa: () => undefined,
    entryValue: () => "described by an entry value, which call frame information has not",
    procedure: () => undefined,
    baseType: () => undefined,
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
