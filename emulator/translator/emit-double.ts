/** What D computes, in WebAssembly: as ../float/fast-double.ts does, where it is said why that is right; but for the multiply-add, which is another one. */
import { DOUBLE_MAX, DOUBLE_NORMAL_MIN, SPLIT_MIN, SPLITTER } from "../float/error-terms.ts";
import type { FloatCode, FloatOperand } from "./float-code.ts";
import { OP } from "./module-builder.ts";

// Locals, by what they hold.
const A = 0;
const B = 1;
const C = 2;
const PRODUCT = 3;
const RESULT = 4;
const A_HIGH = 5;
const A_LOW = 6;
const B_HIGH = 7;
const B_LOW = 8;
const PRODUCT_REST = 9;
const SUM = 10;
const SUM_REST = 11;
const REST = 12;
const HELP = 13;

/** The upper words of 2 ** -450 and of 2 ** 495: products of factors between them lie between SPLIT_MIN and SPLIT_MAX. */
const MODERATE_MIN = (1023 - 450) << 20;
const MODERATE_MAX = (1023 + 495) << 20;

const from = (float: FloatCode, index: number) => float.code.get(float.local(index));

/** Moves the operands to the locals A and B. */
function take(float: FloatCode, isUnary = false): void {
  float.double("rs1");
  float.code.set(float.local(A));
  if (isUnary) return;
  float.double("rs2");
  float.code.set(float.local(B));
}

/** An operation on A and B, whose result must be in range, and exact where that matters. */
function emitOperation(
  float: FloatCode,
  opcode: number,
  needRange: () => void,
  isExact: () => void,
): void {
  from(float, A);
  from(float, B);
  float.code.op(opcode).set(float.local(RESULT));
  needRange();
  float.needNearest(isExact);
  giveResult(float);
}

function giveResult(float: FloatCode): void {
  float.putDouble(() => from(float, RESULT));
}

function isResultFinite(float: FloatCode): void {
  from(float, RESULT).op(OP.f64Abs).double(DOUBLE_MAX).op(OP.f64Le);
}

/** Leaves unless the result is a normal number, or the 0 that `isZero` says is exact. */
function needNormal(float: FloatCode, isZero: () => void): void {
  const { code } = float;
  float.need(() => isResultFinite(float));
  from(float, RESULT).op(OP.f64Abs).double(DOUBLE_NORMAL_MIN).op(OP.f64Gt).op(OP.i32Eqz);
  float.around.when(() =>
    float.need(() => {
      isLocalZero(float, RESULT);
      isZero();
      code.op(OP.i32And);
    }),
  );
}

function isLocalZero(float: FloatCode, index: number): void {
  from(float, index).double(0).op(OP.f64Eq);
}

/** Whether PRODUCT is exactly the product of two locals. Next to the ends of the exponents it says no without knowing. */
function isProductExact(float: FloatCode, a: number, b: number): void {
  const { code } = float;
  half(float, a, A_HIGH, A_LOW);
  half(float, b, B_HIGH, B_LOW);
  // Where a half overflows it is NaN, which is not 0.
  productRest(float);
  code.double(0).op(OP.f64Eq);
  from(float, PRODUCT).op(OP.f64Abs).double(SPLIT_MIN).op(OP.f64Ge).op(OP.i32And);
}

export function emitDoubleSum(float: FloatCode, isDifference: boolean): void {
  take(float);
  if (isDifference) from(float, B).op(OP.f64Neg).set(float.local(B));
  emitOperation(
    float,
    OP.f64Add,
    () => float.need(() => isResultFinite(float)),
    () => float.isSumExact(A, B, RESULT),
  );
}

export function emitDoubleProduct(float: FloatCode): void {
  const isZero = () => {
    isLocalZero(float, A);
    isLocalZero(float, B);
    float.code.op(OP.i32Or);
  };
  const isExact = () => {
    from(float, RESULT).set(float.local(PRODUCT));
    isProductExact(float, A, B);
    isLocalZero(float, RESULT);
    float.code.op(OP.i32Or);
  };
  take(float);
  emitOperation(float, OP.f64Mul, () => needNormal(float, isZero), isExact);
}

export function emitDoubleQuotient(float: FloatCode): void {
  take(float);
  emitOperation(
    float,
    OP.f64Div,
    () => needNormal(float, () => isLocalZero(float, A)),
    () => isQuotientExact(float, B),
  );
}

export function emitDoubleRoot(float: FloatCode): void {
  take(float, true);
  from(float, A).op(OP.f64Sqrt).set(float.local(RESULT));
  float.need(() => isResultFinite(float));
  float.needNearest(() => isQuotientExact(float, RESULT));
  giveResult(float);
}

/** Whether the result times `divisor` is A, exactly. */
function isQuotientExact(float: FloatCode, divisor: number): void {
  const { code } = float;
  from(float, RESULT);
  from(float, divisor).op(OP.f64Mul).set(float.local(PRODUCT));
  isProductExact(float, RESULT, divisor);
  from(float, PRODUCT);
  from(float, A).op(OP.f64Eq).op(OP.i32And);
  isLocalZero(float, A);
  code.op(OP.i32Or);
}

/**
 * rd = rs1 * rs2 + rs3 with the terms' signs changed where that is said.
 *
 * What rounding took from the product and from its sum with C, two rests, is added to that sum. Rounded, this is the result unless it lies in the middle between
 * two numbers and the sum of the rests was not exact: that is looked at afterwards, so that nothing waits for it. Why:
 *
 * Where the sum of the rests is exact the last addition rounds the exact value. Where it is not, the sum of product and C was not exact either, so that these two do not
 * cancel (Sterbenz), the sum is at least half as large as the larger one, and both rests together are at most 1.5 of its last place. Then each middle
 * between two numbers near it, less the sum, has few bits: it is a double. No double lies between the rests and their rounded sum; so the
 * last addition and the exact value are rounded to different numbers only if that addition gives a middle itself, and there what is missing in the result, and twice
 * as much, which leads to the next number, are exact.
 *
 * Operands are moderate, so that no term is subnormal or overflows. ../float/fast-double.ts has a way that never fails, which is longer.
 */
export function emitDoubleMultiplyAdd(
  float: FloatCode,
  negatesProduct: boolean,
  negatesAddend: boolean,
): void {
  const { code, around } = float;
  const set = (index: number) => code.set(float.local(index));
  needModerate(float);
  take(float);
  if (negatesProduct) {
    from(float, A).op(OP.f64Neg);
    set(A);
  }
  float.double("rs3");
  if (negatesAddend) code.op(OP.f64Neg);
  set(C);
  from(float, A);
  from(float, B).op(OP.f64Mul);
  set(PRODUCT);
  from(float, PRODUCT);
  from(float, C).op(OP.f64Add);
  set(SUM);

  half(float, A, A_HIGH, A_LOW);
  half(float, B, B_HIGH, B_LOW);
  productRest(float);
  set(PRODUCT_REST);
  sumRest(float, PRODUCT, C, SUM);
  set(SUM_REST);
  from(float, SUM_REST);
  from(float, PRODUCT_REST).op(OP.f64Add);
  set(REST);
  from(float, SUM);
  from(float, REST).op(OP.f64Add);
  set(RESULT);
  // Zeros have signs, which a rest would change.
  isLocalZero(float, PRODUCT);
  around.when(() => {
    from(float, SUM);
    set(RESULT);
  });

  // What is missing in the result, if the rest is small, as it is where it is not exact.
  from(float, REST);
  from(float, RESULT);
  from(float, SUM).op(OP.f64Sub).op(OP.f64Sub);
  set(HELP);
  isMiddle(float);
  around.when(() => float.need(() => float.isSumExact(SUM_REST, PRODUCT_REST, REST)));
  float.needNearest(() => {
    float.isSumExact(SUM_REST, PRODUCT_REST, REST);
    float.isSumExact(SUM, REST, RESULT);
    code.op(OP.i32And);
  });
  giveResult(float);
}

/** Whether what is missing in the result is half of the way to the next number: then twice of it leads there. */
function isMiddle(float: FloatCode): void {
  const { code } = float;
  const twice = () => {
    from(float, HELP);
    from(float, HELP).op(OP.f64Add);
  };
  from(float, RESULT);
  twice();
  code.op(OP.f64Add);
  from(float, RESULT).op(OP.f64Sub);
  twice();
  code.op(OP.f64Eq);
  from(float, HELP).double(0).op(OP.f64Ne).op(OP.i32And);
}

/** Leaves unless no term of a multiply-add comes near the ends of the exponents: each operand is of moderate size, or 0. */
function needModerate(float: FloatCode): void {
  const { code } = float;
  const all = ["rs1", "rs2", "rs3"] as const;
  const isModerate = (operand: FloatOperand) => {
    float.upperBits(operand);
    code.const(0x7fff_ffff).op(OP.i32And).const(MODERATE_MIN).op(OP.i32Sub);
    code.const(MODERATE_MAX - MODERATE_MIN).op(OP.i32LtU);
  };
  for (const [i, operand] of all.entries()) {
    isModerate(operand);
    if (i > 0) code.op(OP.i32And);
  }
  code.op(OP.i32Eqz);
  float.around.when(() => {
    for (const operand of all) {
      float.need(() => {
        isModerate(operand);
        float.double(operand);
        code.double(0).op(OP.f64Eq).op(OP.i32Or);
      });
    }
  });
}

/** The upper half of a local's bits, and the lower one (Veltkamp). */
function half(float: FloatCode, value: number, high: number, low: number): void {
  const { code } = float;
  code.double(SPLITTER);
  from(float, value).op(OP.f64Mul).tee(float.local(high));
  from(float, high);
  from(float, value).op(OP.f64Sub).op(OP.f64Sub).set(float.local(high));
  from(float, value);
  from(float, high).op(OP.f64Sub).set(float.local(low));
}

/** Puts A * B - PRODUCT on the stack (Dekker), of the halves. */
function productRest(float: FloatCode): void {
  const times = (a: number, b: number) => {
    from(float, a);
    from(float, b).op(OP.f64Mul);
  };
  times(A_LOW, B_LOW);
  from(float, PRODUCT);
  times(A_HIGH, B_HIGH);
  float.code.op(OP.f64Sub);
  times(A_LOW, B_HIGH);
  float.code.op(OP.f64Sub);
  times(A_HIGH, B_LOW);
  float.code.op(OP.f64Sub).op(OP.f64Sub);
}

/** Puts a + b - sum on the stack (2Sum). */
function sumRest(float: FloatCode, a: number, b: number, sum: number): void {
  const help = float.local(HELP);
  from(float, sum);
  from(float, a).op(OP.f64Sub).set(help);
  from(float, a);
  from(float, sum).get(help).op(OP.f64Sub).op(OP.f64Sub);
  from(float, b).get(help).op(OP.f64Sub).op(OP.f64Add);
}
