/**
 * What emitted code does with f-registers: they stay in the state area, and each instruction takes its operands from there.
 *
 * An instruction is done here only where the host rounds as it says and nothing is left to be said in fcsr: to nearest, a finite result, and either fcsr
 * says inexact already, or the result is exact. All else leaves before the instruction, and the interpreter does it. So emitted code never changes fcsr.
 */
import type { Rounding } from "../float/arithmetic.ts";
import { type Code, OP } from "./module-builder.ts";

export type FloatOperand = "rd" | "rs1" | "rs2" | "rs3";

/** What an emitter lends for it. */
export interface FloatSurroundings {
  readonly code: Code;
  /** Puts an address on the stack, from which the f-register of an operand is so many bytes away. */
  readonly at: (operand: FloatOperand) => number;
  /** Whether the f-register of an operand is known to hold a single. */
  readonly isSingle: (operand: FloatOperand) => boolean;
  /** Puts the x-register rs1 on the stack. */
  readonly word: () => void;
  /** Moves what `value` puts on the stack to the x-register rd. */
  readonly give: (value: () => void) => void;
  /** Puts a word on the stack: bit 0 is whether fcsr says inexact, bits 7:5 are how the instruction rounds. */
  readonly mode: () => void;
  /** How it rounds, if that is known now. */
  readonly rounding: Rounding | undefined;
  /** Leaves before the instruction if what is on the stack is not 0. */
  readonly leaveIf: () => void;
  /** Does something if what is on the stack is not 0. */
  readonly when: (emit: () => void) => void;
  /** The first of DOUBLE_LOCALS and of SINGLE_LOCALS. */
  readonly firstDouble: number;
  readonly firstSingle: number;
}

export const DOUBLE_LOCALS = 14;
export const SINGLE_LOCALS = 1;

/** Where `mode` has how an instruction rounds. */
export const MODE_SHIFT = 5;
export const MODE_MASK = 7 << MODE_SHIFT;
/** Rounded to nearest, and fcsr says inexact already. */
const MODE_EASY = 1;

const BOXED = -1;

/** The f-registers of one instruction. */
export class FloatCode {
  readonly around: FloatSurroundings;
  readonly code: Code;

  constructor(around: FloatSurroundings) {
    this.around = around;
    this.code = around.code;
  }

  /** A local for a double. */
  local(index: number): number {
    return this.around.firstDouble + index;
  }

  /** Each puts an operand on the stack: as a double, as its bits, as a single, as the bits of one. */
  double(operand: FloatOperand): void {
    this.code.memory(OP.f64Load, 3, this.around.at(operand));
  }

  bits(operand: FloatOperand): void {
    this.code.memory(OP.i64Load, 3, this.around.at(operand));
  }

  /** The upper word: sign, exponent and what is left of it. */
  upperBits(operand: FloatOperand): void {
    const offset = this.around.at(operand);
    this.code.memory(OP.i32Load, 2, offset + 4);
  }

  single(operand: FloatOperand): void {
    this.code.memory(OP.f32Load, 2, this.around.at(operand));
  }

  singleBits(operand: FloatOperand): void {
    this.code.memory(OP.i32Load, 2, this.around.at(operand));
  }

  /** A single as the double that it is. */
  promoted(operand: FloatOperand): void {
    this.single(operand);
    this.code.op(OP.f64PromoteF32);
  }

  /** Each moves what `value` puts on the stack to rd. */
  putDouble(value: () => void): void {
    const offset = this.around.at("rd");
    value();
    this.code.memory(OP.f64Store, 3, offset);
  }

  putBits(value: () => void): void {
    const offset = this.around.at("rd");
    value();
    this.code.memory(OP.i64Store, 3, offset);
  }

  putSingle(value: () => void): void {
    const offset = this.around.at("rd");
    value();
    this.code.memory(OP.f32Store, 2, offset);
    this.#box();
  }

  putSingleBits(value: () => void): void {
    const offset = this.around.at("rd");
    value();
    this.code.memory(OP.i32Store, 2, offset);
    this.#box();
  }

  #box(): void {
    const offset = this.around.at("rd");
    this.code.const(BOXED).memory(OP.i32Store, 2, offset + 4);
  }

  /** Puts on the stack whether the local `sum` is the sum of two others, exactly: whether either of them is left of it when the other is taken off again. */
  isSumExact(a: number, b: number, sum: number): void {
    const from = (index: number) => this.code.get(this.local(index));
    from(sum);
    from(a).op(OP.f64Sub);
    from(b).op(OP.f64Eq);
    from(sum);
    from(b).op(OP.f64Sub);
    from(a).op(OP.f64Eq).op(OP.i32And);
  }

  /** Leaves unless all of them hold singles. */
  needSingles(...operands: readonly FloatOperand[]): void {
    const unknown = operands.filter((operand) => !this.around.isSingle(operand));
    for (const [i, operand] of unknown.entries()) {
      this.upperBits(operand);
      if (i > 0) this.code.op(OP.i32And);
    }
    if (unknown.length === 0) return;
    this.code.const(BOXED).op(OP.i32Ne);
    this.around.leaveIf();
  }

  /** Leaves unless what `condition` puts on the stack is not 0. */
  need(condition: () => void): void {
    condition();
    this.code.op(OP.i32Eqz);
    this.around.leaveIf();
  }

  /** Leaves unless it is rounded to nearest and, where fcsr does not say inexact yet, the result is exact. */
  needNearest(isExact: () => void): void {
    const { mode, when } = this.around;
    mode();
    this.code.const(MODE_EASY).op(OP.i32Ne);
    when(() => {
      this.needMode();
      this.need(isExact);
    });
  }

  /** Leaves unless it is rounded to nearest. */
  needMode(): void {
    this.around.mode();
    this.code.const(MODE_MASK).op(OP.i32And);
    this.around.leaveIf();
  }

  /** Leaves unless fcsr says inexact already, or the result is exact. */
  needExact(isExact: () => void): void {
    this.around.mode();
    this.code.const(1).op(OP.i32And).op(OP.i32Eqz);
    this.around.when(() => this.need(isExact));
  }
}
