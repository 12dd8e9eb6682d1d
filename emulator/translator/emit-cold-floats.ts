/**
 * What F and D compute, from the bits of an instruction: (instruction, 0, 0) -> 1 if it is done, 0 if it is left to the interpreter. A function beside
 * the loop for cold code, which calls it, so that the loop stays small.
 */
import { ROUNDING } from "../float/arithmetic.ts";
import type { RegisterField } from "../isa/encoding.ts";
import { baseName, type Instruction } from "../isa/instruction.ts";
import { INSTRUCTIONS } from "../isa/instructions.ts";
import { STATE } from "../state-layout.ts";
import { emitFloat, isFloatKnown } from "./emit-float.ts";
import { Fields } from "./fields.ts";
import {
  DOUBLE_LOCALS,
  type FloatOperand,
  type FloatSurroundings,
  MODE_SHIFT,
  SINGLE_LOCALS,
} from "./float-code.ts";
import { Code, type FunctionBody, OP } from "./module-builder.ts";

const WORD = 0;
const MODE = 3;
const FIRST_DOUBLE = 4;

const OPCODE = 0x7f;
/** Bits 6:0 of all but the multiply-adds (Unpriv ch. 35, RISC-V base opcode map). */
const OP_FP = 0x53;
/** By bits 31:25, and then, of multiply-adds, by bits 3:2 and 26:25. */
const MULTIPLY_ADDS = 128;
const GROUPS = MULTIPLY_ADDS + 16;

const RS3: RegisterField = {
  at: 27,
  count: 5,
  first: 0,
  isFloat: true,
  decode: (word) => word >>> 27,
  encode: (index) => index << 27,
};

/** Whether a row is done here; rows of 16 bits are loads and stores. */
export function isColdFloat(row: Instruction): boolean {
  return isFloatKnown(baseName(row));
}

export function emitColdFloats(): FunctionBody {
  const code = new Code();
  const groups = new Map<number, Instruction[]>();
  for (const row of INSTRUCTIONS.filter(isColdFloat)) {
    const { match } = row.encoding;
    const group =
      (match & OPCODE) === OP_FP
        ? match >>> 25
        : MULTIPLY_ADDS + (((match >>> 2) & 3) << 2) + ((match >>> 25) & 3);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const order = [...groups.keys()];
  for (const _ of order) code.begin(OP.block);
  code.begin(OP.block);
  code.get(WORD).const(25).op(OP.i32ShrU);
  code
    .get(WORD)
    .const(3 << 2)
    .op(OP.i32And);
  code.get(WORD).const(25).op(OP.i32ShrU).const(3).op(OP.i32And).op(OP.i32Or);
  code.const(MULTIPLY_ADDS).op(OP.i32Add);
  code.get(WORD).const(OPCODE).op(OP.i32And).const(OP_FP).op(OP.i32Eq).op(OP.select);
  code.op(OP.brTable).u32(GROUPS);
  for (let group = 0; group <= GROUPS; group++) code.u32(order.indexOf(group) + 1);
  code.op(OP.end).const(0).op(OP.return);
  for (const group of order) {
    code.op(OP.end);
    for (const row of groups.get(group)!) emitRow(code, row);
    code.const(0).op(OP.return);
  }
  code.const(0);
  return {
    i32Locals: 1,
    i64Locals: 0,
    f64Locals: DOUBLE_LOCALS,
    f32Locals: SINGLE_LOCALS,
    code,
    needs: 1,
  };
}

/** Does an instance of a row, or goes on. What its encoding reserves are modes, which are left to the interpreter like most. */
function emitRow(code: Code, row: Instruction): void {
  const { encoding, format } = row;
  code.get(WORD).const(encoding.mask).op(OP.i32And).const(encoding.match).op(OP.i32Eq);
  code.begin(OP.if);
  if (format.rounding !== undefined) findMode(code);
  emitFloat(baseName(row), surroundings(code, row));
  code.const(1).op(OP.return).op(OP.end);
}

/** Bits 14:12 say how it rounds, or that fcsr does. */
function findMode(code: Code): void {
  const fcsr = () => code.const(0).memory(OP.i32Load, 2, STATE.fcsr);
  const field = () =>
    code
      .get(WORD)
      .const(7 << 12)
      .op(OP.i32And);
  fcsr()
    .const(7 << MODE_SHIFT)
    .op(OP.i32And);
  field()
    .const(12 - MODE_SHIFT)
    .op(OP.i32ShrU);
  field()
    .const(7 << 12)
    .op(OP.i32Eq)
    .op(OP.select);
  fcsr().const(1).op(OP.i32And).op(OP.i32Or).set(MODE);
}

function surroundings(code: Code, { format }: Instruction): FloatSurroundings {
  const fields = new Fields(code, WORD);
  const registers: Record<FloatOperand, RegisterField | undefined> = {
    rd: format.rd,
    rs1: format.rs1,
    rs2: format.rs2,
    rs3: RS3,
  };
  return {
    code,
    at: (operand) => {
      fields.offset(registers[operand]!, 3);
      return STATE.f;
    },
    isSingle: () => false,
    word: () => fields.value(format.rs1!),
    give: (value) => {
      fields.offset(format.rd!);
      value();
      code.memory(OP.i32Store, 2, STATE.x);
      code.const(0).const(0).memory(OP.i32Store, 2, STATE.x);
    },
    mode: () => code.get(MODE),
    rounding: format.rounding === undefined ? ROUNDING.rne : undefined,
    leaveIf: () => code.begin(OP.if).const(0).op(OP.return).op(OP.end),
    when: (emit) => {
      code.begin(OP.if);
      emit();
      code.op(OP.end);
    },
    firstDouble: FIRST_DOUBLE,
    firstSingle: FIRST_DOUBLE + DOUBLE_LOCALS,
  };
}
