/** What F computes, in WebAssembly; how, and why it is right, is said in ../float/fast-single.ts. */
import { SINGLE_MAX, SINGLE_NORMAL_MIN } from "../float/fast-single.ts";
import type { FloatCode } from "./float-code.ts";
import { OP } from "./module-builder.ts";

// Locals for doubles, by what they hold.
const PRODUCT = 0;
const ADDEND = 1;
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
export function needNormalSingle(float: FloatCode, isZero: () => void): void {
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

export function emitSingleSum(float: FloatCode, opcode: number, doubleOpcode: number): void {
  const { code } = float;
  float.needSingles("rs1", "rs2");
  float.single("rs1");
  float.single("rs2");
  code.op(opcode);
  setResult(float);
  float.need(() => isResultFinite(float));
  float.needNearest(() => {
    const inverse = doubleOpcode === OP.f64Add ? OP.f64Sub : OP.f64Add;
    float.promoted("rs1");
    float.promoted("rs2");
    code.op(doubleOpcode).set(float.local(SUM));
    from(float, SUM);
    isResult(float);
    // What is in doubles is exact only if either operand can be taken off again.
    from(float, SUM);
    float.promoted("rs2");
    code.op(inverse);
    float.promoted("rs1");
    code.op(OP.f64Eq).op(OP.i32And);
    if (doubleOpcode === OP.f64Add) {
      from(float, SUM);
      float.promoted("rs1");
    } else {
      float.promoted("rs1");
      from(float, SUM);
    }
    code.op(OP.f64Sub);
    float.promoted("rs2");
    code.op(OP.f64Eq).op(OP.i32And);
  });
  giveResult(float);
}

function isZero(float: FloatCode, operand: "rs1" | "rs2"): void {
  float.single(operand);
  float.code.single(0).op(OP.f32Eq);
}

export function emitSingleProduct(float: FloatCode): void {
  const { code } = float;
  float.needSingles("rs1", "rs2");
  float.single("rs1");
  float.single("rs2");
  code.op(OP.f32Mul);
  setResult(float);
  needNormalSingle(float, () => {
    isZero(float, "rs1");
    isZero(float, "rs2");
    code.op(OP.i32Or);
  });
  float.needNearest(() => {
    float.promoted("rs1");
    float.promoted("rs2");
    code.op(OP.f64Mul);
    isResult(float);
  });
  giveResult(float);
}

export function emitSingleQuotient(float: FloatCode): void {
  const { code } = float;
  float.needSingles("rs1", "rs2");
  float.single("rs1");
  float.single("rs2");
  code.op(OP.f32Div);
  setResult(float);
  needNormalSingle(float, () => isZero(float, "rs1"));
  float.needNearest(() => {
    result(float).op(OP.f64PromoteF32);
    float.promoted("rs2");
    code.op(OP.f64Mul);
    float.promoted("rs1");
    code.op(OP.f64Eq);
  });
  giveResult(float);
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
  code.tee(float.local(PRODUCT));
  float.promoted("rs3");
  if (negatesAddend) code.op(OP.f64Neg);
  code.tee(float.local(ADDEND)).op(OP.f64Add).tee(float.local(SUM)).op(OP.f32DemoteF64);
  setResult(float);
  needNormalSingle(float, () => from(float, SUM).double(0).op(OP.f64Eq));
  from(float, SUM).op(OP.i64ReinterpretF64).long(LOW_29).op(OP.i64And);
  code.long(MIDDLE).op(OP.i64Eq);
  float.around.when(() => float.need(() => isSumExact(float)));
  float.needNearest(() => {
    from(float, SUM);
    isResult(float);
    isSumExact(float);
    code.op(OP.i32And);
  });
  giveResult(float);
}

function isSumExact(float: FloatCode): void {
  from(float, SUM);
  from(float, PRODUCT).op(OP.f64Sub);
  from(float, ADDEND).op(OP.f64Eq);
  from(float, SUM);
  from(float, ADDEND).op(OP.f64Sub);
  from(float, PRODUCT).op(OP.f64Eq).op(OP.i32And);
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
