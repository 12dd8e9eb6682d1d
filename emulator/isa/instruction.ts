import type { DecodedPage } from "../decoded-pages.ts";
import type { FloatUnit } from "../float/float-unit.ts";
import type { Entry } from "../translator/translator.ts";
import type { Cause } from "../trap.ts";
import type { Encoding, ImmediateField, RegisterField } from "./encoding.ts";

/**
 * Everything known about one instruction. Decoder, disassembler, assembler, interpreter, hover text and docs all come from
 * these rows.
 */
export interface Instruction {
  readonly mnemonic: string;
  readonly extension: Extension;
  readonly format: Format;
  readonly encoding: Encoding;
  /** Operand values that the encoding leaves to another row or reserves: `{ rd: [0, 2] }`. */
  readonly except?: Partial<Record<OperandName, readonly number[]>>;
  /** Where the manual says so: "Unpriv §2.4". */
  readonly section: string;
  /** What it does, in one line: "rd = rs1 + imm". */
  readonly meaning: string;
  /** The base instruction that a compressed one abbreviates. */
  readonly expandsTo?: string;
  readonly execute: Execute;
}

export type Extension =
  | "I"
  | "M"
  | "A"
  | "F"
  | "D"
  | "C"
  | "Zba"
  | "Zbb"
  | "Zicsr"
  | "Zifencei"
  | "N";

export type OperandName = "rd" | "rs1" | "rs2" | "imm";

/** How a family of instructions names its operands. */
export interface Format {
  readonly rd?: RegisterField;
  readonly rs1?: RegisterField;
  readonly rs2?: RegisterField;
  readonly imm?: ImmediateField;
  /**
   * How an operand list is written. Words stand for operands, everything else for itself:
   *
   *     rd rs1 rs2   a register           target   the address pc + imm
   *     rs3          an f-register, in bits 7:3 of imm
   *     imm          a number             upper    imm >>> 12, as lui takes it
   *     csr          a CSR, in imm        zimm     a number, in the place of rs1
   *     pred succ    sets of r, w, i, o: bits 7:4 and 3:0 of imm
   */
  readonly syntax: string;
  /** The mnemonic may end in .aq, .rl or .aqrl: bits 1 and 0 of imm. */
  readonly ordered?: true;
  /** A rounding mode may follow the operands: bits 2:0 of imm. This is what is meant where none does. */
  readonly rounding?: number;
}

/**
 * What an instruction does to the machine, for one decoded instance of it. Returns the operation that is next: `op.next`
 * after straight-line code, `op.target` for a taken branch, and whatever `machine.trap` or another helper returned.
 */
export type Execute = (machine: Execution, op: Operation) => Operation;

/**
 * The machine as a row sees it. The helpers that can fault take the operation, complete it and return what is next, so that
 * a fault has one way out and leaves nothing half done.
 */
export interface Execution {
  /** x0..x31 as signed words, and a 33rd that takes what is written to x0. */
  readonly x: Int32Array;
  /** RAM as words, for what `atomicWord` names. */
  readonly words: Int32Array;
  /** f0..f31, and what is computed with them. */
  readonly float: FloatUnit;
  loadByte(op: Operation): Operation;
  loadByteUnsigned(op: Operation): Operation;
  loadHalf(op: Operation): Operation;
  loadHalfUnsigned(op: Operation): Operation;
  loadWord(op: Operation): Operation;
  storeByte(op: Operation): Operation;
  storeHalf(op: Operation): Operation;
  storeWord(op: Operation): Operation;
  /** The word at rs1 + imm, boxed, to the f-register rd. */
  loadSingle(op: Operation): Operation;
  /** The eight bytes there, which are one access. */
  loadDouble(op: Operation): Operation;
  storeSingle(op: Operation): Operation;
  storeDouble(op: Operation): Operation;
  loadReserved(op: Operation): Operation;
  storeConditional(op: Operation): Operation;
  /** The index in `words` of the word at rs1, checked for reading and writing; -1 if that trapped: then return `op`. */
  atomicWord(op: Operation): number;
  /** Moves the old value of `words[index]` to rd and `value` to the word. */
  atomicWrite(op: Operation, index: number, value: number): Operation;
  readCsr(op: Operation): Operation;
  /** Moves the old value of the CSR to rd and `change(old, operand)` to the CSR. */
  updateCsr(
    op: Operation,
    operand: number,
    change: (old: number, operand: number) => number,
  ): Operation;
  /** The operation at `address`, which may be anywhere. */
  jump(address: number): Operation;
  userReturn(): Operation;
  /** Ends the run with a trap at `op`, of which nothing has happened. */
  trap(op: Operation, cause: Cause, value: number): Operation;
}

/** What the translator knows of a place. */
export class Head {
  /** Whether a translation may begin here: then control that comes here is counted, until there is one. */
  isRoot = false;
  /** Whether a unit that begins elsewhere may come by here: where it does, and after calls. */
  isSecondary = false;
  /** How often control has come here, and how often until the translator looks at it. */
  heat = 0;
  due = 0;
  /** How often a translation was given up since what it was made of had changed. */
  patience = 0;
  /** Instructions that must be affordable before another try: what begins here was found to be too large before. */
  size = 0;
  unit: Entry | undefined = undefined;
  /** Of a jump by a register: where it was seen to lead, and how often that was not expected. */
  targets: number[] | undefined = undefined;
  misses = 0;
}

/** The head of an operation, which it has from now on. */
export function headOf(op: Operation): Head {
  op.head ??= new Head();
  return op.head;
}

/**
 * One instruction decoded at one place. A single constructor makes all of them, with all fields, so that they share one
 * hidden class: objects of differing shapes cost 19 ns an instruction instead of 6.5 (STYLE 3.6).
 *
 * `next` and `target` are links to other operations, so straight-line code and branches within a page are followed without
 * computing an address. `pc` and `target` are meaningful because decoded pages are keyed by frame and virtual page.
 */
export class Operation {
  /** What the interpreter calls: `action`, or a detour in front of it where a breakpoint is set. */
  execute: Execute;
  /** The row's `execute`, or what stands in for it: not yet decoded, end of page, illegal. */
  action: Execute;
  /** DISCARD for x0, and where there is none. */
  rd = 0;
  rs1 = 0;
  rs2 = 0;
  imm = 0;
  next: Operation;
  target: Operation;
  /** As a signed word: it stays a small integer in V8 for the whole address space. */
  pc: number;
  /** The instruction's own bits: 16 of a compressed one. */
  bits = 0;
  row: Instruction | undefined = undefined;
  readonly page: DecodedPage | undefined;
  /** What the translator knows of this place; most have nothing, and an operation should fit two lines of a cache. */
  head: Head | undefined = undefined;

  constructor(pc: number, action: Execute, page: DecodedPage | undefined) {
    this.pc = pc;
    this.execute = action;
    this.action = action;
    this.next = this;
    this.target = this;
    this.page = page;
  }
}

/** The slot that stands for x0 as a destination: `x[DISCARD]` takes the value, and x0 stays 0 without a test. */
export const DISCARD = 32;

/** What an instruction does, by the name of its base instruction. */
export function baseName(row: Instruction): string {
  return row.expandsTo ?? row.mnemonic;
}

/** The same of an operation; empty for one that is illegal or not decoded. */
export function nameOf({ row }: Operation): string {
  return row === undefined ? "" : baseName(row);
}

/** Whether the destination of an operation is an f-register. */
export function writesFloat({ row }: Operation): boolean {
  return row?.format.rd?.isFloat === true;
}

/** Whether a jump by a register is a return, by the registers that Unpriv §2.5 hints at. */
export function isReturn(op: Operation): boolean {
  return op.rd === DISCARD && (op.rs1 === 1 || op.rs1 === 5);
}
