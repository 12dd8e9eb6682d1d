/**
 * What each instruction of F and D does to given operands, and why (see vectors.ts). Of an f-register a number is written with its format behind it:
 * `1.5s` is a single, boxed, `1.5d` a double, and `1d'` the next one away from 0; all its bits may be written, too. Besides numbers
 * there are max, min (the least that is normal), least (above 0), inf, nan (the canonical one) and snan.
 */
import type { Vector } from "./vectors.ts";

/** Of both formats: F stands for the letter, in mnemonics and in numbers. */
const OF_BOTH: readonly Vector[] = [
  // Unpriv §11.6, Computational Instructions
  ["fadd.F fa0, fa1, fa2", "fa1=1.5F fa2=2.25F", "fa0=3.75F", "it is exact: no flag"],
  ["fadd.F ft0, ft0, ft0", "ft0=-3F", "ft0=-6F", "all may be one register, f0 too"],
  ["fadd.F fa0, fa1, fa2", "fa1=1F fa2=1e-20F", "fa0=1F fcsr=1", "to nearest, which is inexact"],
  ["fadd.F fa0, fa1, fa2", "fa1=1F fa2=1e-20F fcsr=1", "fa0=1F", "flags stay"],
  ["fadd.F fa0, fa1, fa2", "fa1=1F fa2=1e-20F fcsr=0x61", "fa0=1F'", "frm says up"],
  ["fadd.F fa0, fa1, fa2, rup", "fa1=1F fa2=1e-20F", "fa0=1F' fcsr=1", "the instruction says up"],
  ["fadd.F fa0, fa1, fa2, rdn", "fa1=-1F fa2=-1e-20F", "fa0=-1F' fcsr=1", "down"],
  ["fadd.F fa0, fa1, fa2, rtz", "fa1=1F fa2=1e-20F fcsr=0x60", "fa0=1F fcsr=0x61", "towards 0"],
  ["fadd.F fa0, fa1, fa2, rne", "fa1=1F fa2=1F fcsr=0xa1", "fa0=2F", "frm does not matter"],
  ["fadd.F fa0, fa1, fa2", "fa1=1F fa2=1F fcsr=0xa1", "trap=2 value=FADD", "frm = 5 is reserved"],
  ["fadd.F fa0, fa1, fa2", "fa1=1F fa2=-1F fcsr=1", "fa0=0F", "a difference of 0 is +0"],
  ["fadd.F fa0, fa1, fa2, rdn", "fa1=1F fa2=-1F fcsr=1", "fa0=-0F", "but -0 when rounding down"],
  ["fadd.F fa0, fa1, fa2", "fa1=-0F fa2=-0F fcsr=1", "fa0=-0F", "-0 + -0"],
  ["fadd.F fa0, fa1, fa2", "fa1=maxF fa2=maxF fcsr=1", "fa0=infF fcsr=5", "overflow"],
  ["fadd.F fa0, fa1, fa2", "fa1=infF fa2=-infF fcsr=1", "fa0=nanF fcsr=0x11", "it is invalid"],
  ["fadd.F fa0, fa1, fa2", "fa1=-nanF fa2=1F fcsr=1", "fa0=nanF", "NaNs become the canonical one"],
  ["fadd.F fa0, fa1, fa2", "fa1=snanF fa2=1F", "fa0=nanF fcsr=0x10", "a signalling one is invalid"],
  ["fadd.F fa0, fa1, fa2", "fa1=leastF fa2=leastF fcsr=1", "fa0=leastF'", "subnormal and exact"],
  ["fsub.F fa0, fa1, fa2", "fa1=1.5F fa2=2.25F", "fa0=-0.75F", "rs1 - rs2"],
  ["fsub.F fa0, fa0, fa1", "fa0=1F fa1=1F fcsr=1", "fa0=0F", "a difference of 0 is +0"],
  ["fsub.F fa0, fa1, fa2", "fa1=1F' fa2=1F fcsr=1", "fa0=epsF", "what cancels is exact"],
  ["fsub.F fa0, fa1, fa2, rdn", "fa1=1F fa2=-1e-20F fcsr=1", "fa0=1F", "down"],
  ["fmul.F fa0, fa1, fa2", "fa1=1.5F fa2=-2.5F", "fa0=-3.75F", "it is exact"],
  ["fmul.F fa0, fa1, fa2", "fa1=1F' fa2=1F' fcsr=1", "fa0=1F''", "to nearest"],
  ["fmul.F fa0, fa1, fa2, rup", "fa1=1F' fa2=1F'", "fa0=1F''' fcsr=1", "up"],
  ["fmul.F fa0, fa1, fa2", "fa1=0F fa2=-2F fcsr=1", "fa0=-0F", "0 with the sign of both"],
  ["fmul.F fa0, fa1, fa2", "fa1=0F fa2=infF fcsr=1", "fa0=nanF fcsr=0x11", "it is invalid"],
  ["fmul.F fa0, fa1, fa2", "fa1=maxF fa2=2F fcsr=1", "fa0=infF fcsr=5", "overflow"],
  ["fmul.F fa0, fa1, fa2", "fa1=leastF fa2=0.5F fcsr=1", "fa0=0F fcsr=3", "underflow"],
  ["fmul.F fa0, fa1, fa2", "fa1=minF fa2=0.5F fcsr=1", "fa0=halfminF", "subnormal, but exact"],
  ["fdiv.F fa0, fa1, fa2", "fa1=1F fa2=4F", "fa0=0.25F", "rs1 / rs2"],
  ["fdiv.F fa0, fa1, fa2", "fa1=1F fa2=0F fcsr=1", "fa0=infF fcsr=9", "division by zero"],
  ["fdiv.F fa0, fa1, fa2", "fa1=0F fa2=0F fcsr=1", "fa0=nanF fcsr=0x11", "it is invalid"],
  ["fdiv.F fa0, fa1, fa2", "fa1=1F fa2=3F", "fa0=thirdF fcsr=1", "to nearest"],
  ["fdiv.F fa0, fa1, fa2, rup", "fa1=-6F fa2=-2F", "fa0=3F", "what is exact is not rounded"],
  ["fsqrt.F fa0, fa1", "fa1=6.25F", "fa0=2.5F", "it is exact"],
  ["fsqrt.F fa0, fa1", "fa1=-1F fcsr=1", "fa0=nanF fcsr=0x11", "it is invalid"],
  ["fsqrt.F fa0, fa0", "fa0=-0F fcsr=1", "fa0=-0F", "the root of -0 is -0"],
  ["fsqrt.F fa0, fa1, rtz", "fa1=2F", "fa0=root2F fcsr=1", "towards 0"],
  ["fmadd.F fa0, fa1, fa2, fa3", "fa1=3F fa2=5F fa3=7F", "fa0=22F", "rs1 * rs2 + rs3"],
  ["fmadd.F fa0, fa1, fa1, fa2", "fa1=1F' fa2=-1F fcsr=1", "fa0=2epsF", "to nearest"],
  ["fmadd.F fa3, fa1, fa2, fa3, rup", "fa1=1F fa2=1F fa3=1e-20F", "fa3=1F' fcsr=1", "up"],
  ["fmadd.F fa0, fa1, fa2, fa3", "fa3=1F fcsr=0xc1", "trap=2 value=FMADD", "frm = 6 is reserved"],
  ["fmsub.F fa0, fa1, fa2, fa3", "fa1=3F fa2=5F fa3=7F", "fa0=8F", "rs1 * rs2 - rs3"],
  ["fmsub.F fa0, fa1, fa2, fa3", "fa1=1F fa2=1F fa3=1F fcsr=1", "fa0=0F", "a difference of 0"],
  ["fmsub.F ft0, ft0, ft1, ft0", "ft0=2F ft1=3F", "ft0=4F", "rd may be rs3"],
  ["fnmsub.F fa0, fa1, fa2, fa3", "fa1=3F fa2=5F fa3=7F", "fa0=-8F", "-(rs1 * rs2) + rs3"],
  ["fnmsub.F fa0, fa1, fa2, fa3", "fa1=1F fa2=1F fa3=1F fcsr=1", "fa0=0F", "a difference of 0"],
  ["fnmsub.F fa0, fa1, fa2, fa3", "fa1=2F fa2=3F fa3=8F", "fa0=2F", "the product is negated"],
  ["fnmadd.F fa0, fa1, fa2, fa3", "fa1=3F fa2=5F fa3=7F", "fa0=-22F", "-(rs1 * rs2) - rs3"],
  ["fnmadd.F fa0, fa1, fa2, fa3", "fa1=1F fa2=1F fa3=-1F fcsr=1", "fa0=0F", "-1 + 1 is +0"],
  ["fnmadd.F fa0, fa1, fa2, fa3", "fa1=infF fa2=0F fcsr=1", "fa0=nanF fcsr=0x11", "invalid"],
  ["fmin.F fa0, fa1, fa2", "fa1=1F fa2=-2F", "fa0=-2F", "the lesser"],
  ["fmin.F fa0, fa1, fa2", "fa1=0F fa2=-0F", "fa0=-0F", "-0 is less than 0"],
  ["fmin.F fa0, fa1, fa2", "fa1=nanF fa2=3F", "fa0=3F", "the other one, and no flag"],
  ["fmin.F fa0, fa1, fa2", "fa1=snanF fa2=3F", "fa0=3F fcsr=0x10", "signalling: invalid"],
  ["fmin.F fa0, fa1, fa2", "fa1=-nanF fa2=nanF", "fa0=nanF", "the canonical NaN"],
  ["fmax.F fa0, fa1, fa2", "fa1=1F fa2=-2F", "fa0=1F", "the greater"],
  ["fmax.F fa0, fa1, fa2", "fa1=-0F fa2=0F", "fa0=0F", "0 is greater than -0"],
  ["fmax.F fa0, fa1, fa2", "fa1=3F fa2=nanF", "fa0=3F", "the other one"],
  ["fmax.F fa0, fa0, fa1", "fa0=-infF fa1=-maxF", "fa0=-maxF", "of infinities, too"],

  // Unpriv §11.7, Conversion and Move Instructions
  ["fsgnj.F fa0, fa1, fa2", "fa1=1.5F fa2=-2F", "fa0=-1.5F", "the sign of rs2"],
  ["fsgnj.F ft0, ft1, ft1", "ft1=-snanF", "ft0=-snanF", "this is fmv: NaNs stay as they are"],
  ["fsgnj.F fa0, fa1, fa0", "fa1=-1F fa0=infF", "fa0=1F", "rd may be rs2"],
  ["fsgnjn.F fa0, fa1, fa2", "fa1=1.5F fa2=-2F", "fa0=1.5F", "the opposite sign"],
  ["fsgnjn.F fa0, fa1, fa1", "fa1=0F", "fa0=-0F", "this is fneg"],
  ["fsgnjn.F fa0, fa0, fa0", "fa0=-nanF", "fa0=nanF", "of NaNs, too"],
  ["fsgnjx.F fa0, fa1, fa2", "fa1=-1.5F fa2=-2F", "fa0=1.5F", "both signs"],
  ["fsgnjx.F fa0, fa1, fa1", "fa1=-7F", "fa0=7F", "this is fabs"],
  ["fsgnjx.F fa0, fa1, fa2", "fa1=-1.5F fa2=2F", "fa0=-1.5F", "a positive one changes nothing"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=-3.75F", "a0=-3 fcsr=1", "towards 0, as in C"],
  ["fcvt.w.F a0, fa1", "fa1=2.5F", "a0=2 fcsr=1", "to nearest, ties to even"],
  ["fcvt.w.F a0, fa1, rmm", "fa1=2.5F fcsr=1", "a0=3", "ties away from 0"],
  ["fcvt.w.F a0, fa1, rdn", "fa1=-2.5F fcsr=1", "a0=-3", "down"],
  ["fcvt.w.F a0, fa1, rup", "fa1=-2.5F fcsr=1", "a0=-2", "up"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=-0.5F fcsr=1 a0=7", "a0=0", "-0 is 0"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=4096F a0=7", "a0=4096", "it is exact"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=3e9F fcsr=1", "a0=0x7fffffff fcsr=0x11", "the greatest: invalid"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=-infF fcsr=1", "a0=0x80000000 fcsr=0x11", "the least: invalid"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=nanF", "a0=0x7fffffff fcsr=0x10", "NaN is as +∞"],
  ["fcvt.w.F a0, fa1, rtz", "fa1=-2147483648F", "a0=0x80000000", "it fits, just so"],
  [
    "fcvt.w.F zero, fa1, rtz",
    "fa1=1.5F",
    "fcsr=1",
    "what is written to x0 is lost, the flag is not",
  ],
  ["fcvt.w.F a0, fa1", "fa1=1F fcsr=0xe0", "trap=2 value=FCVTW", "frm = 7 is reserved"],
  ["fcvt.wu.F a0, fa1, rtz", "fa1=3e9F", "a0=3000000000", "unsigned"],
  ["fcvt.wu.F a0, fa1, rtz", "fa1=-0.75F a0=1 fcsr=1", "a0=0", "rounded to 0 it fits"],
  ["fcvt.wu.F a0, fa1, rtz", "fa1=-1F a0=1 fcsr=1", "a0=0 fcsr=0x11", "below 0 is invalid"],
  ["fcvt.wu.F a0, fa1, rtz", "fa1=4294967296F fcsr=1", "a0=-1 fcsr=0x11", "too large"],
  ["fcvt.wu.F a0, fa1", "fa1=1.5F", "a0=2 fcsr=1", "to nearest"],
  ["fcvt.F.w fa0, a1", "a1=-7", "fa0=-7F", "signed"],
  ["fcvt.F.w ft0, zero", "ft0=1F", "ft0=0F", "of x0"],
  ["fcvt.F.w fa0, a1", "a1=0x80000000", "fa0=-2147483648F", "the least integer"],
  ["fcvt.F.wu fa0, a1", "a1=0x80000000", "fa0=2147483648F", "unsigned"],
  ["fcvt.F.wu fa0, a1", "a1=7", "fa0=7F", "of a small one"],
  ["fcvt.F.wu fa0, a1, rtz", "a1=0xf0000000", "fa0=4026531840F", "exact, in any mode"],

  // Unpriv §11.8, Compare Instructions; §11.9, Classify
  ["feq.F a0, fa1, fa2", "fa1=0F fa2=-0F", "a0=1", "0 = -0"],
  ["feq.F a0, fa1, fa2", "fa1=1F fa2=2F a0=7", "a0=0", "not equal"],
  ["feq.F a0, fa1, fa1", "fa1=nanF a0=7", "a0=0", "NaN equals nothing, and that is no exception"],
  ["feq.F a0, fa1, fa2", "fa1=snanF fa2=1F a0=7", "a0=0 fcsr=0x10", "signalling: invalid"],
  ["flt.F a0, fa1, fa2", "fa1=-1F fa2=1F", "a0=1", "rs1 < rs2"],
  ["flt.F a0, fa1, fa2", "fa1=1F fa2=1F a0=7", "a0=0", "equal is not less"],
  ["flt.F a0, fa1, fa2", "fa1=nanF fa2=1F a0=7", "a0=0 fcsr=0x10", "any NaN is invalid"],
  ["flt.F zero, fa1, fa2", "fa1=-1F fa2=1F", "", "what is written to x0 is lost"],
  ["fle.F a0, fa1, fa2", "fa1=1F fa2=1F", "a0=1", "rs1 ≤ rs2"],
  ["fle.F a0, fa1, fa2", "fa1=infF fa2=maxF a0=7", "a0=0", "infinity is greater"],
  ["fle.F a0, fa1, fa2", "fa1=1F fa2=nanF a0=7", "a0=0 fcsr=0x10", "any NaN is invalid"],
  ["fclass.F a0, fa1", "fa1=-infF", "a0=1", "-∞"],
  ["fclass.F a0, fa1", "fa1=-1F", "a0=2", "negative and normal"],
  ["fclass.F a0, fa1", "fa1=-leastF", "a0=4", "negative and subnormal"],
  ["fclass.F a0, fa1", "fa1=-0F", "a0=8", "-0"],
  ["fclass.F a0, fa1", "fa1=0F", "a0=16", "+0"],
  ["fclass.F a0, fa1", "fa1=halfminF", "a0=32", "subnormal"],
  ["fclass.F a0, fa1", "fa1=minF", "a0=64", "normal"],
  ["fclass.F a0, fa1", "fa1=infF", "a0=128", "+∞"],
  ["fclass.F a0, fa1", "fa1=snanF", "a0=256", "a signalling NaN, which raises nothing here"],
  ["fclass.F a0, fa1", "fa1=-nanF", "a0=512", "a quiet NaN"],
];

/** For the value of a trap: the bits of those above that are illegal at times. */
const BITS: Readonly<Record<string, Readonly<Record<"s" | "d", string>>>> = {
  FADD: { s: "0x00c5f553", d: "0x02c5f553" },
  FMADD: { s: "0x68c5f543", d: "0x6ac5f543" },
  FCVTW: { s: "0xc005f553", d: "0xc205f553" },
};

function vectorOf(letter: "s" | "d", [instruction, before, after, because]: Vector): Vector {
  const named = after.replace(/\b(FADD|FMADD|FCVTW)\b/, (name) => BITS[name]![letter]);
  const put = (text: string) => text.replace(/F/g, letter);
  return [put(instruction), put(before), put(named), because];
}

export const FLOAT_VECTORS: readonly Vector[] = [
  ...OF_BOTH.map((vector) => vectorOf("s", vector)),
  ...OF_BOTH.map((vector) => vectorOf("d", vector)),

  // Unpriv §11.5, §12.3, Load and Store Instructions
  [
    "flw fa0, 4(a1)",
    "a1=0x20000 [0x20004]=0x3fc00000",
    "fa0=1.5s",
    "the upper word is all ones (§12.2)",
  ],
  [
    "flw ft0, -4(a1)",
    "a1=0x21000 [0x20ffc]=0x7f800001",
    "ft0=0xffffffff7f800001",
    "NaNs stay as they are",
  ],
  ["flw fa0, 2(a1)", "a1=0x20000", "trap=4 value=0x20002", "a single is aligned to four bytes"],
  ["flw fa0, 0(a1)", "a1=0x30000", "trap=13 value=0x30000", "no page is there"],
  ["fsw fa0, 4(a1)", "a1=0x20000 fa0=1.5s", "[0x20004]=0x3fc00000", "the lower word"],
  [
    "fsw ft0, -4(a1)",
    "a1=0x21000 ft0=0x0123456789abcdef",
    "[0x20ffc]=0x89abcdef",
    "boxed or not (§12.2)",
  ],
  ["fsw fa0, 1(a1)", "a1=0x20000 fa0=1s", "trap=6 value=0x20001", "aligned to four bytes"],
  ["fsw fa0, 0(a1)", "a1=0x10000 fa0=1s", "trap=15 value=0x10000", "the page is not writable"],
  [
    "fld fa0, 8(a1)",
    "a1=0x20000 [0x20008]=0x89abcdef [0x2000c]=0x01234567",
    "fa0=0x0123456789abcdef",
    "the lower word comes first",
  ],
  ["fld ft0, -8(a1)", "a1=0x21000 [0x20ffc]=0x7ff00000 [0x20ff8]=1", "ft0=snand", "any bits"],
  ["fld fa0, 4(a1)", "a1=0x20000", "trap=4 value=0x20004", "a double is aligned to eight bytes"],
  ["fld fa0, 4(a1)", "a1=0x20ff8", "trap=4 value=0x20ffc", "nor does it lie in two pages"],
  ["fld fa0, 0(a1)", "a1=0x30000", "trap=13 value=0x30000", "no page is there"],
  [
    "fsd fa0, 8(a1)",
    "a1=0x20000 fa0=0x0123456789abcdef",
    "[0x20008]=0x89abcdef [0x2000c]=0x01234567",
    "the lower word comes first",
  ],
  ["fsd ft0, -8(a1)", "a1=0x21000 ft0=-snand", "[0x20ffc]=0xfff00000 [0x20ff8]=1", "any bits"],
  ["fsd fa0, 4(a1)", "a1=0x20000 fa0=1d", "trap=6 value=0x20004", "aligned to eight bytes"],
  ["fsd fa0, 0(a1)", "a1=0x10000 fa0=1d", "trap=15 value=0x10000", "the page is not writable"],
  ["c.flw fs0, 124(a1)", "a1=0x20000 [0x2007c]=0x3f800000", "fs0=1s", "scaled by 4"],
  ["c.fsw fs0, 124(a1)", "a1=0x20000 fs0=1s", "[0x2007c]=0x3f800000", "scaled by 4"],
  ["c.flwsp ft0, 252(sp)", "[0x2017c]=0x3f800000", "ft0=1s", "f0 is a register like others"],
  ["c.fswsp ft11, 252(sp)", "ft11=1s", "[0x2017c]=0x3f800000", "scaled by 4"],
  ["c.fld fa5, 248(a1)", "a1=0x20000 [0x200fc]=0x3ff00000", "fa5=1d", "scaled by 8"],
  ["c.fsd fa5, 248(a1)", "a1=0x20000 fa5=1d", "[0x200fc]=0x3ff00000", "scaled by 8"],
  ["c.fldsp ft0, 504(sp)", "[0x2027c]=0x3ff00000", "ft0=1d", "scaled by 8"],
  ["c.fsdsp ft11, 504(sp)", "ft11=1d", "[0x2027c]=0x3ff00000", "scaled by 8"],
  ["c.fldsp fa0, 8(sp)", "sp=0x20004", "trap=4 value=0x2000c", "aligned to eight bytes"],

  // Unpriv §11.7, moves, and §12.2, NaN boxing
  ["fmv.x.w a0, fa1", "fa1=-1s", "a0=0xbf800000", "its bits"],
  ["fmv.x.w a0, fa1", "fa1=0x0123456789abcdef", "a0=0x89abcdef", "boxed or not"],
  ["fmv.x.w zero, fa1", "fa1=1s", "", "what is written to x0 is lost"],
  ["fmv.w.x fa0, a1", "a1=0x7f800001", "fa0=0xffffffff7f800001", "boxed, and no arithmetic"],
  ["fmv.w.x ft0, zero", "", "ft0=0s", "of x0"],
  ["fmv.w.x fa0, a1", "a1=0x3f800000 fa0=5d", "fa0=1s", "the upper word is lost"],
  ["fadd.s fa0, fa1, fa2", "fa1=1d fa2=1s fcsr=1", "fa0=nans", "what is not boxed is NaN"],
  ["fsgnj.s fa0, fa1, fa1", "fa1=1d", "fa0=nans", "so it is here"],
  ["fsgnjx.s fa0, fa1, fa2", "fa1=1s fa2=-1d", "fa0=1s", "the canonical NaN is positive"],
  ["feq.s a0, fa1, fa1", "fa1=1d a0=7", "a0=0", "NaN equals nothing"],
  ["fmax.s fa0, fa1, fa2", "fa1=9d fa2=1s", "fa0=1s", "the other one"],
  ["fclass.s a0, fa1", "fa1=1d", "a0=512", "a quiet NaN"],
  ["fcvt.w.s a0, fa1, rtz", "fa1=1d", "a0=0x7fffffff fcsr=0x10", "NaN is invalid"],
  ["fcvt.d.s fa0, fa1", "fa1=9d", "fa0=nand", "what is not boxed is NaN"],
  [
    "fadd.d fa0, fa1, fa2",
    "fa1=1s fa2=1d fcsr=1",
    "fa0=nand",
    "a boxed single is a NaN as a double",
  ],
  ["fcvt.s.d fa0, fa1", "fa1=1.5d", "fa0=1.5s", "it is exact"],
  ["fcvt.s.d fa0, fa1", "fa1=0.1d", "fa0=0x3dcccccds fcsr=1", "to nearest"],
  ["fcvt.s.d fa0, fa1, rtz", "fa1=0.1d fcsr=1", "fa0=0x3dccccccs", "towards 0"],
  ["fcvt.s.d fa0, fa1", "fa1=1e300d fcsr=1", "fa0=infs fcsr=5", "overflow"],
  ["fcvt.s.d fa0, fa1", "fa1=1e-300d fcsr=1", "fa0=0s fcsr=3", "underflow"],
  ["fcvt.s.d fa0, fa1", "fa1=-0d", "fa0=-0s", "-0 stays"],
  ["fcvt.s.d fa0, fa1", "fa1=snand", "fa0=nans fcsr=0x10", "signalling: invalid"],
  ["fcvt.s.d fa0, fa1", "fa1=0x380fffffc0000000 fcsr=1", "fa0=0x007fffffs", "subnormal, but exact"],
  [
    "fcvt.s.d fa0, fa1",
    "fa1=0x380fffffe0000001 fcsr=1",
    "fa0=mins fcsr=3",
    "with more bits it would be below min: underflow",
  ],
  [
    "fcvt.s.d fa0, fa1",
    "fa1=0x380ffffff0000000 fcsr=1",
    "fa0=mins",
    "it would be min with as many bits as that has",
  ],
  ["fcvt.d.s fa0, fa1", "fa1=-1.5s", "fa0=-1.5d", "always exact"],
  ["fcvt.d.s fa0, fa1", "fa1=leasts", "fa0=0x36a0000000000000", "normal as a double"],
  ["fcvt.d.s fa0, fa1", "fa1=-snans", "fa0=nand fcsr=0x10", "signalling: invalid"],
  ["fcvt.d.s fa0, fa1, dyn", "fa1=1s fcsr=0xa0", "trap=2 value=0x4205f553", "frm = 5 is reserved"],
  ["fcvt.d.w fa0, a1, dyn", "a1=1 fcsr=0xa0", "trap=2 value=0xd205f553", "frm = 5 is reserved"],
  ["fcvt.s.w fa0, a1", "a1=0x7fffffff", "fa0=2147483648s fcsr=1", "to nearest"],
  ["fcvt.s.w fa0, a1, rtz", "a1=0x7fffffff fcsr=1", "fa0=2147483520s", "towards 0"],
  ["fcvt.s.wu fa0, a1, rup", "a1=0xffffff01", "fa0=4294967296s fcsr=1", "up"],
  ["fcvt.d.w fa0, a1", "a1=0x7fffffff fcsr=0x80", "fa0=2147483647d", "exact"],

  // Unpriv §11.2, Floating-Point Control and Status Register
  ["csrrw a0, fcsr, a1", "a1=-1 fcsr=0x45", "a0=0x45 fcsr=0xff", "eight bits can be written"],
  ["csrrw a0, frm, a1", "a1=-4 fcsr=0x61", "a0=3 fcsr=0x81", "frm is bits 7:5 of it"],
  ["csrrw a0, fflags, a1", "a1=0x2a fcsr=0x75", "a0=0x15 fcsr=0x6a", "fflags is bits 4:0 of it"],
  ["csrrs a0, fflags, zero", "fcsr=0xff", "a0=0x1f", "read"],
  ["csrrci a0, fflags, 1", "fcsr=0xff", "a0=0x1f fcsr=0xfe", "one flag is cleared"],
  ["csrrsi a0, frm, 2", "fcsr=0x25", "a0=1 fcsr=0x65", "a bit of frm is set"],
];

const NAMED: Readonly<Record<string, readonly [single: bigint, double: bigint]>> = {
  max: [0x7f7f_ffffn, 0x7fef_ffff_ffff_ffffn],
  min: [0x0080_0000n, 0x0010_0000_0000_0000n],
  halfmin: [0x0040_0000n, 0x0008_0000_0000_0000n],
  least: [1n, 1n],
  inf: [0x7f80_0000n, 0x7ff0_0000_0000_0000n],
  nan: [0x7fc0_0000n, 0x7ff8_0000_0000_0000n],
  snan: [0x7f80_0001n, 0x7ff0_0000_0000_0001n],
  /** Of 1: from it to the next one, and twice that. */
  eps: [0x3400_0000n, 0x3cb0_0000_0000_0000n],
  "2eps": [0x3480_0000n, 0x3cc0_0000_0000_0000n],
  third: [0x3eaa_aaabn, 0x3fd5_5555_5555_5555n],
  /** Rounded towards 0. */
  root2: [0x3fb5_04f3n, 0x3ff6_a09e_667f_3bccn],
};

/** The bits of an f-register, as a vector writes them. */
export function floatBits(text: string): bigint {
  const [, sign = "", number = "", letter = "", more = ""] =
    /^(-?)(.*?)([sd]?)('*)$/.exec(text) ?? [];
  if (letter === "") return BigInt(text);
  const isSingle = letter === "s";
  const view = new DataView(new ArrayBuffer(8));
  if (isSingle) view.setFloat32(0, Number(number));
  else view.setFloat64(0, Number(number));
  const ofNumber = isSingle ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
  const named = NAMED[number]?.[isSingle ? 0 : 1];
  const isWritten = number.startsWith("0x");
  const magnitude = (named ?? (isWritten ? BigInt(number) : ofNumber)) + BigInt(more.length);
  if (!isSingle) return magnitude | (sign === "" ? 0n : 1n << 63n);
  return magnitude | (sign === "" ? 0n : 1n << 31n) | (0xffff_ffffn << 32n);
}
