/** What instructions that only compute leave on the stack: for translated code, and for the loop that does instructions from their bits. */
import { BIT_MANIPULATION } from "./bit-manipulation.ts";
import { type Code, OP } from "./module-builder.ts";
import { BINARY, IMMEDIATE } from "./operations.ts";

/** Each puts one value on the stack, as often as it is called. */
export interface Operands {
  readonly rs1: () => void;
  readonly rs2: () => void;
  readonly imm: () => void;
  readonly pc: () => void;
}

type EmitResult = (code: Code, operands: Operands) => void;

const extendedProduct =
  (extend1: number, extend2: number): EmitResult =>
  (code, { rs1, rs2 }) => {
    rs1();
    code.op(extend1);
    rs2();
    code.op(extend2);
    code.op(OP.i64Mul).op(OP.i64Const).s32(32).op(OP.i64ShrU).op(OP.i32WrapI64);
  };

/** A quotient or a remainder; by 0 it is -1, or what was to be divided (Unpriv §7.2, Table 7.1). */
const divided =
  (opcode: number): EmitResult =>
  (code, { rs1, rs2 }) => {
    const isQuotient = opcode === OP.i32DivS || opcode === OP.i32DivU;
    rs2();
    code.op(OP.i32Eqz).op(OP.if).byte(0x7f);
    if (isQuotient) code.const(-1);
    else rs1();
    code.op(OP.else);
    if (opcode === OP.i32DivS) {
      // The quotient of the least number and -1 would trap.
      rs2();
      code.const(-1).op(OP.i32Eq).op(OP.if).byte(0x7f).const(0);
      rs1();
      code.op(OP.i32Sub).op(OP.else);
    }
    rs1();
    rs2();
    code.op(opcode);
    if (opcode === OP.i32DivS) code.op(OP.end);
    code.op(OP.end);
  };

const { i64ExtendI32S: signed, i64ExtendI32U: unsigned } = OP;

/** By the name of the base instruction. */
export const RESULTS: ReadonlyMap<string, EmitResult> = new Map<string, EmitResult>([
  ["lui", (_, { imm }) => imm()],
  [
    "auipc",
    (code, { pc, imm }) => {
      pc();
      imm();
      code.op(OP.i32Add);
    },
  ],
  ...Object.entries(IMMEDIATE).map(([name, opcode]): [string, EmitResult] => [
    name,
    (code, { rs1, imm }) => {
      rs1();
      imm();
      code.op(opcode);
    },
  ]),
  ...Object.entries(BINARY).map(([name, opcode]): [string, EmitResult] => [
    name,
    (code, { rs1, rs2 }) => {
      rs1();
      rs2();
      code.op(opcode);
    },
  ]),
  ...Object.entries(BIT_MANIPULATION).map(([name, emit]): [string, EmitResult] => [
    name,
    (code, { rs1, rs2 }) => emit(code, rs1, rs2),
  ]),
  ["mulh", extendedProduct(signed, signed)],
  ["mulhsu", extendedProduct(signed, unsigned)],
  ["mulhu", extendedProduct(unsigned, unsigned)],
  ["div", divided(OP.i32DivS)],
  ["divu", divided(OP.i32DivU)],
  ["rem", divided(OP.i32RemS)],
  ["remu", divided(OP.i32RemU)],
]);
