/** F and D in translated code: loads and stores, and what emit-float.ts computes. */
import { DYNAMIC, type Rounding } from "../float/arithmetic.ts";
import { DISCARD, nameOf, type Operation, writesFloat } from "../isa/instruction.ts";
import { RAM_BASE, STATE } from "../state-layout.ts";
import { type Addresses, accessOf } from "./addresses.ts";
import { emitFloat, isFloatKnown, isFloatRounded } from "./emit-float.ts";
import {
  DOUBLE_LOCALS,
  type FloatOperand,
  type FloatSurroundings,
  MODE_MASK,
  MODE_SHIFT,
} from "./float-code.ts";
import { type Code, OP } from "./module-builder.ts";
import { FLOAT_LOADS, FLOAT_STORES, putsSingle } from "./operations.ts";

/** What an emitter lends for it. */
export interface FloatPlace {
  readonly code: Code;
  readonly addresses: Addresses;
  readonly get: (register: number) => void;
  /** The local of a register that is written. */
  readonly local: (register: number) => number;
  /** From here on a leave is one before the instruction at `pc`, with so many steps of the block not done. */
  readonly willExit: (pc: number, undone: number) => void;
  readonly exitIf: () => void;
  readonly when: (emit: () => void) => void;
  /** An i32 local that is its own, and the first of DOUBLE_LOCALS and then SINGLE_LOCALS. */
  readonly fcsr: number;
  readonly firstDouble: number;
}

export class FloatEmitter {
  readonly #place: FloatPlace;
  /** f-registers that are known to hold singles, a bit each. */
  #singles = 0;

  constructor(place: FloatPlace) {
    this.#place = place;
  }

  /** Whether it is an instruction of F or D that can be done here. */
  static knows(op: Operation): boolean {
    const name = nameOf(op);
    if (name in FLOAT_LOADS || name in FLOAT_STORES) return true;
    return isFloatKnown(name) && isFloatRounded(name, roundingOf(op));
  }

  /** Where a function begins: nothing that it does or calls changes fcsr. */
  begin(): void {
    const { code, fcsr } = this.#place;
    code.const(0).memory(OP.i32Load, 2, STATE.fcsr);
    code
      .const(MODE_MASK | 1)
      .op(OP.i32And)
      .set(fcsr);
  }

  /** Control may come here from elsewhere: nothing is known. */
  forget(): void {
    this.#singles = 0;
  }

  emit(op: Operation, undone: number): void {
    const name = nameOf(op);
    const load = FLOAT_LOADS[name];
    const store = FLOAT_STORES[name];
    const { code, addresses } = this.#place;
    if (load !== undefined) {
      code.const(0);
      addresses.load(accessOf(op, load.mask, undone));
      code.memory(load.opcode, load.alignment, RAM_BASE);
      if (load.isSingle) code.long(-1n << 32n).op(OP.i64Or);
      code.memory(OP.i64Store, 3, STATE.f + op.rd * 8);
    } else if (store !== undefined) {
      addresses.store(accessOf(op, store.mask, undone));
      code.const(0).memory(store.load, store.alignment, STATE.f + op.rs2 * 8);
      code.memory(store.opcode, store.alignment, RAM_BASE);
    } else {
      this.#place.willExit(op.pc, undone);
      emitFloat(name, this.#around(op));
    }
    if (!writesFloat(op)) return;
    if (putsSingle(name)) this.#singles |= 1 << op.rd;
    else this.#singles &= ~(1 << op.rd);
  }

  #around(op: Operation): FloatSurroundings {
    const { code, get, local, exitIf, when, fcsr, firstDouble } = this.#place;
    const rounding = roundingOf(op);
    const registers: Record<FloatOperand, number> = {
      rd: op.rd,
      rs1: op.rs1,
      rs2: op.rs2,
      rs3: op.imm >>> 3,
    };
    return {
      code,
      at: (operand) => {
        code.const(0);
        return STATE.f + registers[operand] * 8;
      },
      isSingle: (operand) => ((this.#singles >>> registers[operand]) & 1) === 1,
      word: () => get(op.rs1),
      give: (value) => {
        value();
        if (op.rd === DISCARD) code.op(OP.drop);
        else code.set(local(op.rd));
      },
      mode: () => {
        code.get(fcsr);
        if (rounding === undefined) return;
        code.const(1).op(OP.i32And);
        if (rounding !== 0) code.const(rounding << MODE_SHIFT).op(OP.i32Or);
      },
      rounding,
      leaveIf: exitIf,
      when,
      firstDouble,
      firstSingle: firstDouble + DOUBLE_LOCALS,
    };
  }
}

/** How an instruction rounds, if it says so itself. */
function roundingOf(op: Operation): Rounding | undefined {
  if (op.row?.format.rounding === undefined) return 0;
  const field = op.imm & 7;
  return field === DYNAMIC ? undefined : (field as Rounding);
}
