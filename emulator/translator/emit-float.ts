/** F and D in WebAssembly, by the names of their instructions: for translated code, and for the loop that does instructions from their bits. */
import { ROUNDING, type Rounding } from "../float/arithmetic.ts";
import {
  emitDoubleMultiplyAdd,
  emitDoubleProduct,
  emitDoubleQuotient,
  emitDoubleRoot,
  emitDoubleSum,
} from "./emit-double.ts";
import {
  emitRounded,
  emitSingleMultiplyAdd,
  emitSingleProduct,
  emitSingleQuotient,
  emitSingleRoot,
  emitSingleSum,
} from "./emit-single.ts";
import { FloatCode, type FloatOperand, type FloatSurroundings, MODE_SHIFT } from "./float-code.ts";
import { OP } from "./module-builder.ts";

type EmitFloat = (float: FloatCode) => void;
type Precision = "s" | "d";

// Locals for doubles.
const VALUE = 0;
const INTEGER = 1;

const SIGN = 1n << 63n;
const SINGLE_SIGN = 0x8000_0000 | 0;

/** Puts operands on the stack as doubles: comparisons and conversions do not care which they were. */
function numbers(float: FloatCode, precision: Precision, ...operands: FloatOperand[]): void {
  for (const operand of operands) {
    if (precision === "s") float.promoted(operand);
    else float.double(operand);
  }
}

function needBoxed(float: FloatCode, precision: Precision, ...operands: FloatOperand[]): void {
  if (precision === "s") float.needSingles(...operands);
}

/** Leaves where an operand is NaN. */
const compared =
  (precision: Precision, opcode: number): EmitFloat =>
  (float) => {
    const { code } = float;
    needBoxed(float, precision, "rs1", "rs2");
    float.need(() => {
      numbers(float, precision, "rs1", "rs1");
      code.op(OP.f64Eq);
      numbers(float, precision, "rs2", "rs2");
      code.op(OP.f64Eq).op(OP.i32And);
    });
    float.around.give(() => {
      numbers(float, precision, "rs1", "rs2");
      code.op(opcode);
    });
  };

/** Leaves where an operand is NaN, and for zeros whose signs differ: what is neither less nor greater must be the same bits. */
const chosen =
  (precision: Precision, opcode: number): EmitFloat =>
  (float) => {
    const { code } = float;
    const compare = (comparison: number) => {
      numbers(float, precision, "rs1", "rs2");
      code.op(comparison);
    };
    needBoxed(float, precision, "rs1", "rs2");
    float.need(() => {
      compare(OP.f64Lt);
      compare(OP.f64Gt);
      code.op(OP.i32Or);
      compare(OP.f64Eq);
      float.bits("rs1");
      float.bits("rs2");
      code.op(OP.i64Eq).op(OP.i32And).op(OP.i32Or);
    });
    float.putBits(() => {
      float.bits("rs1");
      float.bits("rs2");
      compare(opcode);
      code.op(OP.select);
    });
  };

/** rs1 with the sign of rs2, with the opposite one, or with both signs combined by xor. */
const signed =
  (precision: Precision, how: "same" | "opposite" | "xor"): EmitFloat =>
  (float) => {
    const { code } = float;
    needBoxed(float, precision, "rs1", "rs2");
    if (precision === "s") {
      const and = (mask: number) => code.const(mask).op(OP.i32And);
      float.putSingleBits(() => {
        float.singleBits("rs1");
        if (how !== "xor") and(~SINGLE_SIGN);
        float.singleBits("rs2");
        if (how === "opposite") code.const(-1).op(OP.i32Xor);
        and(SINGLE_SIGN).op(how === "xor" ? OP.i32Xor : OP.i32Or);
      });
    } else {
      const and = (mask: bigint) => code.long(BigInt.asIntN(64, mask)).op(OP.i64And);
      float.putBits(() => {
        float.bits("rs1");
        if (how !== "xor") and(~SIGN);
        float.bits("rs2");
        if (how === "opposite") code.long(-1n).op(OP.i64Xor);
        and(SIGN).op(how === "xor" ? OP.i64Xor : OP.i64Or);
      });
    }
  };

const TO_INTEGER: Readonly<Partial<Record<Rounding, number>>> = {
  [ROUNDING.rne]: OP.f64Nearest,
  [ROUNDING.rtz]: OP.f64Trunc,
  [ROUNDING.rdn]: OP.f64Floor,
  [ROUNDING.rup]: OP.f64Ceil,
};

/** Where the mode is not known now, it is to nearest or towards zero, or leaves. */
const toWord =
  (precision: Precision, isSigned: boolean): EmitFloat =>
  (float) => {
    const { code, around } = float;
    const value = float.local(VALUE);
    const integer = float.local(INTEGER);
    needBoxed(float, precision, "rs1");
    numbers(float, precision, "rs1");
    code.set(value);
    if (around.rounding === undefined) {
      code.get(value).op(OP.f64Trunc).get(value).op(OP.f64Nearest);
      around.mode();
      code
        .const(1 << MODE_SHIFT)
        .op(OP.i32And)
        .op(OP.select)
        .set(integer);
      around.mode();
      code.const(6 << MODE_SHIFT).op(OP.i32And);
      around.leaveIf();
    } else {
      code.get(value).op(TO_INTEGER[around.rounding]!).set(integer);
    }
    float.need(() => {
      code
        .get(integer)
        .double(isSigned ? -(2 ** 31) : 0)
        .op(OP.f64Ge);
      code
        .get(integer)
        .double(isSigned ? 2 ** 31 - 1 : 2 ** 32 - 1)
        .op(OP.f64Le)
        .op(OP.i32And);
    });
    float.needExact(() => code.get(integer).get(value).op(OP.f64Eq));
    around.give(() => code.get(integer).op(isSigned ? OP.i32TruncF64S : OP.i32TruncF64U));
  };

/** Exact for a double; the mode must be one all the same. */
const fromWord =
  (precision: Precision, opcode: number): EmitFloat =>
  (float) => {
    const { code, around } = float;
    const value = () => {
      around.word();
      code.op(opcode);
    };
    float.needMode();
    if (precision === "s") emitRounded(float, value);
    else float.putDouble(value);
  };

const rows = (precision: Precision): [string, EmitFloat][] => {
  const isSingle = precision === "s";
  const multiplyAdd =
    (negatesProduct: boolean, negatesAddend: boolean): EmitFloat =>
    (float) =>
      (isSingle ? emitSingleMultiplyAdd : emitDoubleMultiplyAdd)(
        float,
        negatesProduct,
        negatesAddend,
      );
  const all: Record<string, EmitFloat> = {
    fadd: (float) => (isSingle ? emitSingleSum : emitDoubleSum)(float, false),
    fsub: (float) => (isSingle ? emitSingleSum : emitDoubleSum)(float, true),
    fmul: isSingle ? emitSingleProduct : emitDoubleProduct,
    fdiv: isSingle ? emitSingleQuotient : emitDoubleQuotient,
    fsqrt: isSingle ? emitSingleRoot : emitDoubleRoot,
    fmadd: multiplyAdd(false, false),
    fmsub: multiplyAdd(false, true),
    fnmsub: multiplyAdd(true, false),
    fnmadd: multiplyAdd(true, true),
    fsgnj: signed(precision, "same"),
    fsgnjn: signed(precision, "opposite"),
    fsgnjx: signed(precision, "xor"),
    fmin: chosen(precision, OP.f64Lt),
    fmax: chosen(precision, OP.f64Gt),
    feq: compared(precision, OP.f64Eq),
    flt: compared(precision, OP.f64Lt),
    fle: compared(precision, OP.f64Le),
    "fcvt.w": toWord(precision, true),
    "fcvt.wu": toWord(precision, false),
  };
  return [
    ...Object.entries(all).map(([name, emit]): [string, EmitFloat] => [
      `${name}.${precision}`,
      emit,
    ]),
    [`fcvt.${precision}.w`, fromWord(precision, OP.f64ConvertI32S)],
    [`fcvt.${precision}.wu`, fromWord(precision, OP.f64ConvertI32U)],
  ];
};

const FLOATS: ReadonlyMap<string, EmitFloat> = new Map<string, EmitFloat>([
  ...rows("s"),
  ...rows("d"),
  [
    "fcvt.s.d",
    (float) => {
      float.needMode();
      emitRounded(float, () => float.double("rs1"));
    },
  ],
  [
    "fcvt.d.s",
    (float) => {
      float.needMode();
      float.needSingles("rs1");
      float.need(() => {
        float.promoted("rs1");
        float.promoted("rs1");
        float.code.op(OP.f64Eq);
      });
      float.putDouble(() => float.promoted("rs1"));
    },
  ],
  ["fmv.x.w", (float) => float.around.give(() => float.singleBits("rs1"))],
  ["fmv.w.x", (float) => float.putSingleBits(() => float.around.word())],
]);

/** Whether something of an instruction can be done, where that is not said otherwise by how it rounds. */
export function isFloatKnown(name: string): boolean {
  return FLOATS.has(name);
}

/** Whether something can be done where an instruction's rm field says how it rounds: none, or `undefined` for as fcsr says. */
export function isFloatRounded(name: string, rounding: Rounding | undefined): boolean {
  if (rounding === undefined || rounding === ROUNDING.rne) return true;
  return name.startsWith("fcvt.w") && rounding in TO_INTEGER;
}

/** An instruction, but for loads and stores. */
export function emitFloat(name: string, around: FloatSurroundings): void {
  FLOATS.get(name)!(new FloatCode(around));
}
