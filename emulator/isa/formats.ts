import { DYNAMIC, ROUNDING } from "../float/arithmetic.ts";
import {
  float,
  impliedImmediate,
  impliedRegister,
  popularRegister,
  register,
  signedImmediate,
  unsignedImmediate,
} from "./encoding.ts";
import type { Format } from "./instruction.ts";

/** The formats of Unpriv §2.2 and §2.3, and what assembly makes of them (Unpriv ch. 25). */

const rd = register(7);
const rs1 = register(15);
const rs2 = register(20);

const immI = signedImmediate([20, "11:0"]);
const immS = signedImmediate([25, "11:5"], [7, "4:0"]);
const immB = signedImmediate([25, "12|10:5"], [7, "4:1|11"]);
const immU = signedImmediate([12, "31:12"]);
const immJ = signedImmediate([12, "20|10:1|11|19:12"]);

export const R: Format = { rd, rs1, rs2, syntax: "rd, rs1, rs2" };
export const UNARY: Format = { rd, rs1, syntax: "rd, rs1" };
export const I: Format = { rd, rs1, imm: immI, syntax: "rd, rs1, imm" };
/** RV32 shifts: the amount is 5 bits in the place of rs2. */
export const SHIFT: Format = {
  rd,
  rs1,
  imm: unsignedImmediate([20, "4:0"]),
  syntax: "rd, rs1, imm",
};
/** Loads, and jalr, which is written the same way. */
export const LOAD: Format = { rd, rs1, imm: immI, syntax: "rd, imm(rs1)" };
export const S: Format = { rs1, rs2, imm: immS, syntax: "rs2, imm(rs1)" };
export const B: Format = { rs1, rs2, imm: immB, syntax: "rs1, rs2, target" };
export const U: Format = { rd, imm: immU, syntax: "rd, upper" };
export const J: Format = { rd, imm: immJ, syntax: "rd, target" };

/** Atomics: aq and rl order the access among harts (Unpriv §8.1); with one hart they change nothing. */
const ordering = unsignedImmediate([25, "1:0"]);
export const AMO: Format = { rd, rs1, rs2, imm: ordering, syntax: "rd, rs2, (rs1)", ordered: true };
export const LR: Format = { rd, rs1, imm: ordering, syntax: "rd, (rs1)", ordered: true };

export const NONE: Format = { syntax: "" };
export const FENCE: Format = { imm: unsignedImmediate([20, "7:0"]), syntax: "pred, succ" };

const csr = unsignedImmediate([20, "11:0"]);
export const CSR_REGISTER: Format = { rd, rs1, imm: csr, syntax: "rd, csr, rs1" };
export const CSR_IMMEDIATE: Format = { rd, rs1, imm: csr, syntax: "rd, csr, zimm" };

/** F and D: the formats of Unpriv §11.5 to §11.9, and the rounding mode that some of them hold (§11.2). */
const fd = float(rd);
const fs1 = float(rs1);
const fs2 = float(rs2);
const rm = unsignedImmediate([12, "2:0"]);
const rounded = { imm: rm, rounding: DYNAMIC } as const;
/** What is exact needs no mode: "software should set their rm field to RNE" (§11.2). */
const exact = { imm: rm, rounding: ROUNDING.rne } as const;
export const FLOAT_LOAD: Format = { ...LOAD, rd: fd };
export const FLOAT_STORE: Format = { ...S, rs2: fs2 };
export const FLOAT_R4: Format = {
  rd: fd,
  rs1: fs1,
  rs2: fs2,
  imm: unsignedImmediate([27, "7:3"], [12, "2:0"]),
  syntax: "rd, rs1, rs2, rs3",
  rounding: DYNAMIC,
};
export const FLOAT_R: Format = { rd: fd, rs1: fs1, rs2: fs2, syntax: "rd, rs1, rs2" };
export const FLOAT_R_ROUNDED: Format = { ...FLOAT_R, ...rounded };
export const FLOAT_COMPARE: Format = { ...FLOAT_R, rd };
export const FLOAT_UNARY_ROUNDED: Format = { rd: fd, rs1: fs1, syntax: "rd, rs1", ...rounded };
export const FLOAT_UNARY_EXACT: Format = { ...FLOAT_UNARY_ROUNDED, ...exact };
export const FLOAT_TO_X: Format = { rd, rs1: fs1, syntax: "rd, rs1" };
export const FLOAT_TO_X_ROUNDED: Format = { ...FLOAT_TO_X, ...rounded };
export const X_TO_FLOAT: Format = { rd: fd, rs1, syntax: "rd, rs1" };
export const X_TO_FLOAT_ROUNDED: Format = { ...X_TO_FLOAT, ...rounded };
export const X_TO_FLOAT_EXACT: Format = { ...X_TO_FLOAT, ...exact };

/**
 * The formats of Unpriv §16.2 to §16.5, each as the operands of the base instruction that it abbreviates, so that a
 * compressed row is only an encoding and the base row's `execute`.
 */
const zero = impliedRegister(0);
const ra = impliedRegister(1);
const sp = impliedRegister(2);
/** A field that is both destination and first source. */
const rdRs1 = rd;
const wide2 = register(2);
const low2 = popularRegister(2);
const low7 = popularRegister(7);
const noOffset = impliedImmediate(0);

const immCI = signedImmediate([12, "5"], [2, "4:0"]);
const shamt = unsignedImmediate([2, "4:0"]);
const offsetCL = unsignedImmediate([10, "5:3"], [5, "2|6"]);

/** c.lwsp: the slot is addressed from the stack pointer. */
export const CI_LWSP: Format = {
  rd,
  rs1: sp,
  imm: unsignedImmediate([12, "5"], [2, "4:2|7:6"]),
  syntax: "rd, imm(rs1)",
};
export const CSS_SWSP: Format = {
  rs1: sp,
  rs2: wide2,
  imm: unsignedImmediate([7, "5:2|7:6"]),
  syntax: "rs2, imm(rs1)",
};
export const CL: Format = { rd: low2, rs1: low7, imm: offsetCL, syntax: "rd, imm(rs1)" };
export const CS: Format = { rs1: low7, rs2: low2, imm: offsetCL, syntax: "rs2, imm(rs1)" };
/** The same for f-registers; eight bytes have offsets of their own. */
export const CI_FLWSP: Format = { ...CI_LWSP, rd: fd };
export const CSS_FSWSP: Format = { ...CSS_SWSP, rs2: float(wide2) };
export const CL_FLW: Format = { ...CL, rd: float(low2) };
export const CS_FSW: Format = { ...CS, rs2: float(low2) };
export const CI_FLDSP: Format = { ...CI_FLWSP, imm: unsignedImmediate([12, "5"], [2, "4:3|8:6"]) };
export const CSS_FSDSP: Format = { ...CSS_FSWSP, imm: unsignedImmediate([7, "5:3|8:6"]) };
const offsetCLD = unsignedImmediate([10, "5:3"], [5, "7:6"]);
export const CL_FLD: Format = { ...CL_FLW, imm: offsetCLD };
export const CS_FSD: Format = { ...CS_FSW, imm: offsetCLD };
const offsetCJ = signedImmediate([2, "11|4|9:8|10|6|7|3:1|5"]);
export const CJ: Format = { rd: zero, imm: offsetCJ, syntax: "target" };
export const CJAL: Format = { rd: ra, imm: offsetCJ, syntax: "target" };
export const CR_JUMP: Format = { rd: zero, rs1: rdRs1, imm: noOffset, syntax: "rs1" };
export const CR_CALL: Format = { rd: ra, rs1: rdRs1, imm: noOffset, syntax: "rs1" };
export const CB: Format = {
  rs1: low7,
  rs2: zero,
  imm: signedImmediate([10, "8|4:3"], [2, "7:6|2:1|5"]),
  syntax: "rs1, target",
};
export const CI_LOAD: Format = { rd, rs1: zero, imm: immCI, syntax: "rd, imm" };
export const CI_LUI: Format = {
  rd,
  imm: signedImmediate([12, "17"], [2, "16:12"]),
  syntax: "rd, upper",
};
export const CI: Format = { rd, rs1: rdRs1, imm: immCI, syntax: "rd, imm" };
export const CI_SP: Format = {
  rd: sp,
  rs1: sp,
  imm: signedImmediate([12, "9"], [2, "4|6|8:7|5"]),
  syntax: "rd, imm",
};
export const CI_SHIFT: Format = { rd, rs1: rdRs1, imm: shamt, syntax: "rd, imm" };
/** c.nop, whose immediate is a hint. */
export const CI_NOP: Format = { rd: zero, rs1: zero, imm: noOffset, syntax: "" };
export const CI_NOP_HINT: Format = { rd: zero, rs1: zero, imm: immCI, syntax: "imm" };
export const CIW: Format = {
  rd: low2,
  rs1: sp,
  imm: unsignedImmediate([5, "5:4|9:6|2|3"]),
  syntax: "rd, rs1, imm",
};
export const CB_SHIFT: Format = { rd: low7, rs1: low7, imm: shamt, syntax: "rd, imm" };
export const CB_IMM: Format = { rd: low7, rs1: low7, imm: immCI, syntax: "rd, imm" };
export const CA: Format = { rd: low7, rs1: low7, rs2: low2, syntax: "rd, rs2" };
export const CR_MV: Format = { rd, rs1: zero, rs2: wide2, syntax: "rd, rs2" };
export const CR_ADD: Format = { rd, rs1: rdRs1, rs2: wide2, syntax: "rd, rs2" };
