/** Zba and Zbb in WebAssembly, but for what is one opcode of two operands: those are in operations.ts. */
import { type Code, OP } from "./module-builder.ts";

/** Leaves the result on the stack; `rs1` and `rs2` push the operands, as often as they are called. */
type Emit = (code: Code, rs1: () => void, rs2: () => void) => void;

const shiftedSum =
  (places: number): Emit =>
  (code, rs1, rs2) => {
    rs1();
    code.const(places).op(OP.i32Shl);
    rs2();
    code.op(OP.i32Add);
  };

/** With the complement of rs2. */
const inverted =
  (opcode: number): Emit =>
  (code, rs1, rs2) => {
    rs1();
    rs2();
    code.const(-1).op(OP.i32Xor).op(opcode);
  };

const unary =
  (opcode: number): Emit =>
  (code, rs1) => {
    rs1();
    code.op(opcode);
  };

/** rs1 if it compares so with rs2, else rs2. */
const chosen =
  (comparison: number): Emit =>
  (code, rs1, rs2) => {
    rs1();
    rs2();
    rs1();
    rs2();
    code.op(comparison).op(OP.select);
  };

export const BIT_MANIPULATION: Readonly<Record<string, Emit>> = {
  sh1add: shiftedSum(1),
  sh2add: shiftedSum(2),
  sh3add: shiftedSum(3),
  andn: inverted(OP.i32And),
  orn: inverted(OP.i32Or),
  // ~(a ^ b) = a ^ ~b
  xnor: inverted(OP.i32Xor),
  clz: unary(OP.i32Clz),
  ctz: unary(OP.i32Ctz),
  cpop: unary(OP.i32Popcnt),
  max: chosen(OP.i32GtS),
  maxu: chosen(OP.i32GtU),
  min: chosen(OP.i32LtS),
  minu: chosen(OP.i32LtU),
  "sext.b": unary(OP.i32Extend8S),
  "sext.h": unary(OP.i32Extend16S),
  "zext.h": (code, rs1) => {
    rs1();
    code.const(0xffff).op(OP.i32And);
  },
  // A byte's low seven bits carry into its eighth when 0x7f is added, unless all are 0.
  "orc.b": (code, rs1) => {
    rs1();
    code.const(0x7f7f7f7f).op(OP.i32And).const(0x7f7f7f7f).op(OP.i32Add);
    rs1();
    code.op(OP.i32Or).const(7).op(OP.i32ShrU).const(0x01010101).op(OP.i32And);
    code.const(0xff).op(OP.i32Mul);
  },
  // Two rotations have two bytes each where they belong.
  rev8: (code, rs1) => {
    rs1();
    code.const(8).op(OP.i32Rotl).const(0x00ff00ff).op(OP.i32And);
    rs1();
    code.const(8).op(OP.i32Rotr).const(0xff00ff00).op(OP.i32And);
    code.op(OP.i32Or);
  },
};
