import { DYNAMIC, type FloatArithmetic, ROUNDING, type Rounding } from "./arithmetic.ts";
import { FastDouble } from "./fast-double.ts";
import { FastSingle } from "./fast-single.ts";
import { FloatRegisters } from "./float-registers.ts";

/** F and D of a hart: what they compute, on the registers and the fcsr of the state area. */
export class FloatUnit {
  readonly single: FloatArithmetic;
  readonly double: FloatArithmetic;
  readonly #registers: FloatRegisters;

  constructor(buffer: ArrayBuffer) {
    this.#registers = new FloatRegisters(buffer);
    this.single = new FastSingle(this.#registers);
    this.double = new FastDouble(this.#registers);
  }

  /** The mode that an instruction's rm field says, or -1 where that is reserved: the instruction is illegal. */
  rounding(field: number): Rounding | -1 {
    const mode = field === DYNAMIC ? (this.#registers.fcsr >>> 5) & 7 : field;
    return mode <= ROUNDING.rmm ? (mode as Rounding) : -1;
  }

  /** The lower word of register `rs1` as it is, boxed or not (FMV.X.W). */
  wordOf(rs1: number): number {
    return this.#registers.words[rs1 * 2];
  }

  /** `word` as a single (FMV.W.X). */
  setWord(rd: number, word: number): void {
    this.#registers.setSingleBits(rd, word);
  }
}
