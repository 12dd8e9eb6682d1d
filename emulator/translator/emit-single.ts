/** What F computes, in WebAssembly; how, and why it is right, is said in ../float/fast-single.ts. */
import { SINGLE_MAX, SINGLE_NORMAL_MIN } from "../float/fast-single.ts";
import type { FloatCode } from "./float-code.ts";
import { OP } from "./module-builder.ts";

// Locals for doubles, by what they hold.
const FIRST = 0;
const SECOND = 1;
const SUM = 2;

/** Of a double, the bits that a single has no place for, and what they are in the middle between two singles. */
const LOW_29 = (1n << 29n) - 1n;
const MIDDLE = 1n << 28n;

const from = (float: FloatCode, index: number) => float.code.get(float.local(index));

const result = (float: FloatCode) => float.code.get(float.around.firstSingle);

function setResult(float: FloatCode): void {
  float.code.set(float.around.firstSingle);
}

function giveResult(float: FloatCode): void {
  float.putSingle(() => result(float));
}

function isResultFinite(float: FloatCode): void {
  result(float).op(OP.f32Abs).single(SINGLE_MAX).op(OP.f32Le);
}

/** Leaves unless the result is a normal number, or the 0 that `isZero` says is exact. */
function needNormalSingle(float: FloatCode, isZero: () => void): void {
  const { code } = float;
  float.need(() => isResultFinite(float));
  result(float).op(OP.f32Abs).single(SINGLE_NORMAL_MIN).op(OP.f32Gt).op(OP.i32Eqz);
  float.around.when(() =>
    float.need(() => {
      result(float).single(0).op(OP.f32Eq);
      isZero();
      code.op(OP.i32And);
    }),
  );
}

/** Whether the operands, computed with in doubles, give what the result is. */
function isResult(float: FloatCode): void {
  result(float).op(OP.f64PromoteF32).op(OP.f64Eq);
}

/** An operation on rs1 and rs2, whose result must be in range, and exact where that matters. */
function emitOperation(
  float: FloatCode,
  opcode: number,
  needRange: () => void,
  isExact: () => void,
): void {
  float.needSingles("rs1", "rs2");
  float.single("rs1");
  float.single("rs2");
  float.code.op(opcode);
  setResult(float);
  needRange();
  float.needNearest(isExact);
  giveResult(float);
}

export function emitSingleSum(float: FloatCode, isDifference: boolean): void {
  const { code } = float;
  const isExact = () => {
    float.promoted("rs1");
    code.set(float.local(FIRST));
    float.promoted("rs2");
    if (isDifference) code.op(OP.f64Neg);
    code.set(float.local(SECOND));
    from(float, FIRST);
    from(float, SECOND).op(OP.f64Add).tee(float.local(SUM));
    isResult(float);
    float.isSumExact(FIRST, SECOND, SUM);
    code.op(OP.i32And);
  };
  const opcode = isDifference ? OP.f32Sub : OP.f32Add;
  emitOperation(float, opcode, () => float.need(() => isResultFinite(float)), isExact);
}

function isOperandZero(float: FloatCode, operand: "rs1" | "rs2"): void {
  float.single(operand);
  float.code.single(0).op(OP.f32Eq);
}

export function emitSingleProduct(float: FloatCode): void {
  const { code } = float;
  const isZero = () => {
    isOperandZero(float, "rs1");
    isOperandZero(float, "rs2");
    code.op(OP.i32Or);
  };
  const isExact = () => {
    float.promoted("rs1");
    float.promoted("rs2");
    code.op(OP.f64Mul);
    isResult(float);
  };
  emitOperation(float, OP.f32Mul, () => needNormalSingle(float, isZero), isExact);
}

export function emitSingleQuotient(float: FloatCode): void {
  const { code } = float;
  const isExact = () => {
    result(float).op(OP.f64PromoteF32);
    float.promoted("rs2");
    code.op(OP.f64Mul);
    float.promoted("rs1");
    code.op(OP.f64Eq);
  };
  emitOperation(
    float,
    OP.f32Div,
    () => needNormalSingle(float, () => isOperandZero(float, "rs1")),
    isExact,
  );
}

export function emitSingleRoot(float: FloatCode): void {
  const { code } = float;
  float.needSingles("rs1");
  float.single("rs1");
  code.op(OP.f32Sqrt);
  setResult(float);
  float.need(() => isResultFinite(float));
  float.needNearest(() => {
    result(float).op(OP.f64PromoteF32);
    result(float).op(OP.f64PromoteF32).op(OP.f64Mul);
    float.promoted("rs1");
    code.op(OP.f64Eq);
  });
  giveResult(float);
}

/** rd = rs1 * rs2 + rs3 with the terms' signs changed where that is said; in doubles, where only the sum is rounded. */
export function emitSingleMultiplyAdd(
  float: FloatCode,
  negatesProduct: boolean,
  negatesAddend: boolean,
): void {
  const { code } = float;
  float.needSingles("rs1", "rs2", "rs3");
  float.promoted("rs1");
  float.promoted("rs2");
  code.op(OP.f64Mul);
  if (negatesProduct) code.op(OP.f64Neg);
  code.tee(float.local(FIRST));
  float.promoted("rs3");
  if (negatesAddend) code.op(OP.f64Neg);
  code.tee(float.local(SECOND)).op(OP.f64Add).tee(float.local(SUM)).op(OP.f32DemoteF64);
  setResult(float);
  needNormalSingle(float, () => from(float, SUM).double(0).op(OP.f64Eq));
  from(float, SUM).op(OP.i64ReinterpretF64).long(LOW_29).op(OP.i64And);
  code.long(MIDDLE).op(OP.i64Eq);
  float.around.when(() => float.need(() => float.isSumExact(FIRST, SECOND, SUM)));
  float.needNearest(() => {
    from(float, SUM);
    isResult(float);
    float.isSumExact(FIRST, SECOND, SUM);
    code.op(OP.i32And);
  });
  giveResult(float);
}

/** Rounds the double that `value` puts on the stack, as often as it is called. */
export function emitRounded(float: FloatCode, value: () => void): void {
  value();
  float.code.op(OP.f32DemoteF64);
  setResult(float);
  // What is a single already is none that could be too small, or that a mode could change.
  value();
  isResult(float);
  float.code.op(OP.i32Eqz);
  float.around.when(() => {
    needNormalSingle(float, () => float.code.const(0));
    float.needNearest(() => float.code.const(0));
  });
  giveResult(float);
}
