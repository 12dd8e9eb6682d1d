/** What the fields of an instruction hold, taken out of its bits where it is executed; by the formats that decode and encode it, too. */
import type { ImmediateField, RegisterField } from "../isa/encoding.ts";
import { STATE } from "../state-layout.ts";
import { type Code, OP } from "./module-builder.ts";

export class Fields {
  readonly #code: Code;
  /** The local that holds the instruction, and what follows one of 16 bits. */
  readonly #word: number;

  constructor(code: Code, word: number) {
    this.#code = code;
    this.#word = word;
  }

  /** Puts a register's value on the stack. */
  value(field: RegisterField): void {
    if (field.count === 0 && field.first === 0) {
      this.#code.const(0);
      return;
    }
    this.offset(field);
    this.#code.memory(OP.i32Load, 2, STATE.x + field.first * 4);
  }

  /** What a field holds, times 2 ** shift: where a register of so many bytes lies, from the first that the field can name. */
  offset({ at, count }: RegisterField, shift = 2): void {
    const code = this.#code;
    if (count === 0) {
      code.const(0);
      return;
    }
    this.#shifted(at, shift);
    code.const(((1 << count) - 1) << shift).op(OP.i32And);
  }

  /** The number of the register that a field names. */
  index({ at, count, first }: RegisterField): void {
    const code = this.#code;
    if (count === 0) {
      code.const(first);
      return;
    }
    code
      .get(this.#word)
      .const(at)
      .op(OP.i32ShrU)
      .const((1 << count) - 1)
      .op(OP.i32And);
    if (first > 0) code.const(first).op(OP.i32Add);
  }

  /** The instruction with bit `from` where bit `to` was; the bits beside it are not yet cleared. */
  #shifted(from: number, to: number, opcode: number = OP.i32ShrU): void {
    const code = this.#code.get(this.#word);
    if (from > to) code.const(from - to).op(opcode);
    else if (to > from) code.const(to - from).op(OP.i32Shl);
  }

  /** Puts an immediate on the stack. */
  immediate({ signed, runs, min, max, step }: ImmediateField): void {
    const code = this.#code;
    if (runs.length === 0) {
      code.const(min);
      return;
    }
    const width = 32 - Math.clz32(signed ? max : max + step - 1) + (signed ? 1 : 0);
    // Where the sign is the uppermost bit of the instruction, shifting it extends it.
    const isExtended = runs.some(
      ([from, to, count]) => from + count === 32 && to + count === width,
    );
    for (const [i, [from, to, count]] of runs.entries()) {
      const isSign = signed && isExtended && from + count === 32;
      this.#shifted(from, to, isSign ? OP.i32ShrS : OP.i32ShrU);
      const mask = isSign ? -1 << to : (count === 32 ? -1 : (1 << count) - 1) << to;
      code.const(mask).op(OP.i32And);
      if (i > 0) code.op(OP.i32Or);
    }
    if (signed && !isExtended && width < 32) {
      code
        .const(32 - width)
        .op(OP.i32Shl)
        .const(32 - width)
        .op(OP.i32ShrS);
    }
  }
}
