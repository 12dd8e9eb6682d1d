/** What D computes, in WebAssembly; how, and why it is right, is said in ../float/fast-double.ts. */
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

/** A number that has at most 26 bits ends so; the product of two such numbers is exact. */
const LOW_27 = (1n << 27n) - 1n;
/** What is 0 in a power of two, or in 0. */
const FRACTION = (1n << 52n) - 1n;

const from = (float: FloatCode, index: number) => float.code.get(float.local(index));

/** Moves the operands to the locals A and B. */
function take(float: FloatCode, isUnary = false): void {
  float.double("rs1");
  float.code.set(float.local(A));
  if (isUnary) return;
  float.double("rs2");
  float.code.set(float.local(B));
}

/** Moves the result of an operation on A and B to the local RESULT. */
function compute(float: FloatCode, opcode: number): void {
  from(float, A);
  from(float, B);
  float.code.op(opcode).set(float.local(RESULT));
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

/** Whether the product of two locals is exact for sure; not all that are are found. */
function isProductExact(float: FloatCode, a: number, b: number): void {
  const { code } = float;
  from(float, a).op(OP.i64ReinterpretF64);
  from(float, b).op(OP.i64ReinterpretF64).op(OP.i64Or);
  code.long(LOW_27).op(OP.i64And).op(OP.i64Eqz);
  for (const each of [a, b]) {
    from(float, each).op(OP.i64ReinterpretF64).long(FRACTION).op(OP.i64And).op(OP.i64Eqz);
    code.op(OP.i32Or);
  }
}

/** Whether a local is 0, or far enough from the subnormal numbers for a product that equals it to be exact. */
function isFarFromSubnormal(float: FloatCode, index: number): void {
  isLocalZero(float, index);
  from(float, index).op(OP.f64Abs).double(SPLIT_MIN).op(OP.f64Ge).op(OP.i32Or);
}

/** Whether what is in `sum` is what is left of it when either is taken off again. */
function isSumExact(float: FloatCode, a: number, b: number, sum: number): void {
  from(float, sum);
  from(float, a).op(OP.f64Sub);
  from(float, b).op(OP.f64Eq);
  from(float, sum);
  from(float, b).op(OP.f64Sub);
  from(float, a).op(OP.f64Eq).op(OP.i32And);
}

export function emitDoubleSum(float: FloatCode, isDifference: boolean): void {
  take(float);
  if (isDifference) from(float, B).op(OP.f64Neg).set(float.local(B));
  compute(float, OP.f64Add);
  float.need(() => isResultFinite(float));
  float.needNearest(() => isSumExact(float, A, B, RESULT));
  giveResult(float);
}

export function emitDoubleProduct(float: FloatCode): void {
  take(float);
  compute(float, OP.f64Mul);
  needNormal(float, () => {
    isLocalZero(float, A);
    isLocalZero(float, B);
    float.code.op(OP.i32Or);
  });
  float.needNearest(() => isProductExact(float, A, B));
  giveResult(float);
}

export function emitDoubleQuotient(float: FloatCode): void {
  take(float);
  compute(float, OP.f64Div);
  needNormal(float, () => isLocalZero(float, A));
  float.needNearest(() => isProductA(float, B));
  giveResult(float);
}

export function emitDoubleRoot(float: FloatCode): void {
  take(float, true);
  from(float, A).op(OP.f64Sqrt).set(float.local(RESULT));
  float.need(() => isResultFinite(float));
  float.needNearest(() => isProductA(float, RESULT));
  giveResult(float);
}

/** Whether the result and `factor` make A, exactly. */
function isProductA(float: FloatCode, factor: number): void {
  const { code } = float;
  isProductExact(float, RESULT, factor);
  from(float, RESULT);
  from(float, factor).op(OP.f64Mul);
  from(float, A).op(OP.f64Eq).op(OP.i32And);
  isFarFromSubnormal(float, A);
  code.op(OP.i32And);
}

/**
 * rd = rs1 * rs2 + rs3 with the terms' signs changed where that is said.
 *
 * What rounding took from the product and from its sum with C is added to that sum: rounded, this is the result, unless it lies in the middle between two
 * numbers and the first addition of the two rests was not exact. That is looked at afterwards, so that nothing waits for it. Its parts are at least 2 ** -1006,
 * as in ../float/fast-double.ts, where there is a way that never fails, which is longer.
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
  around.when(() => float.need(() => isSumExact(float, SUM_REST, PRODUCT_REST, REST)));
  float.needNearest(() => {
    isSumExact(float, SUM_REST, PRODUCT_REST, REST);
    isSumExact(float, SUM, REST, RESULT);
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
