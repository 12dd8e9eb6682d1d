/**
 * What instructions compute, written down once more: over unbounded integers and from the sentences of the manual, which stand beside each,
 * with nothing of the machine's own. "Unpriv" is version 20191213, "Bitmanip" is RISC-V Bit-Manipulation ISA-extensions 1.0.0.
 */

const XLEN = 32n;
const u = (value: bigint): bigint => BigInt.asUintN(32, value);
const s = (value: bigint): bigint => BigInt.asIntN(32, value);
const pick = <T>(condition: boolean, one: T, other: T): T => (condition ? one : other);
const isOne = (word: bigint, bit: bigint): boolean => ((word >> bit) & 1n) === 1n;
const flag = (condition: boolean): bigint => (condition ? 1n : 0n);
const BITS = Array.from({ length: 32 }, (_, bit) => BigInt(bit));
const BYTES = [0n, 8n, 16n, 24n];

/** Of two words, as unsigned integers; of the result the low 32 bits count. */
export type Compute = (a: bigint, b: bigint) => bigint;

export interface Rule {
  /** The manual's own words. */
  readonly says: string;
  readonly compute: Compute;
}

const rule = (says: string, compute: Compute): Rule => ({ says, compute });

const rotatedRight: Compute = (a, b) => (a >> (b & 31n)) | (a << (XLEN - (b & 31n)));

const ADDI =
  "ADDI adds the sign-extended 12-bit immediate to register rs1. Arithmetic overflow is ignored and the result is simply the low XLEN bits of the result (Unpriv §2.4)";
const SLTI =
  "the value 1 if register rs1 is less than the [operand] when both are treated as signed numbers, else 0 (§2.4)";
const SLTIU = "compares the values as unsigned numbers (§2.4)";
const SHIFTS =
  "logical left, logical right, and arithmetic right shifts on the value in register rs1 by the shift amount held in the lower 5 bits (§2.4)";
const LOGIC = "bitwise AND, OR, and XOR on register rs1 and the [operand] (§2.4)";
const MUL =
  "MUL places the lower XLEN bits; MULH, MULHU, and MULHSU return the upper XLEN bits of the full 2*XLEN-bit product, for signed*signed, unsigned*unsigned, and signed rs1*unsigned rs2 (§7.1)";
const DIV =
  "signed and unsigned integer division of rs1 by rs2, rounding towards zero; Table 7.1: by zero the quotient has all bits set, on overflow it is the dividend (§7.2)";
const REM =
  "the sign of the result equals the sign of the dividend; Table 7.1: by zero the remainder is the dividend, on overflow it is 0 (§7.2)";

/** rd of rs1 and rs2. */
export const OF_TWO_REGISTERS: Readonly<Record<string, Rule>> = {
  add: rule(ADDI, (a, b) => a + b),
  sub: rule("SUB performs the subtraction of rs2 from rs1 (§2.4)", (a, b) => a - b),
  sll: rule(SHIFTS, (a, b) => a << (b & 31n)),
  slt: rule(SLTI, (a, b) => flag(s(a) < s(b))),
  sltu: rule(SLTIU, (a, b) => flag(a < b)),
  xor: rule(LOGIC, (a, b) => a ^ b),
  srl: rule(SHIFTS, (a, b) => a >> (b & 31n)),
  sra: rule(SHIFTS, (a, b) => s(a) >> (b & 31n)),
  or: rule(LOGIC, (a, b) => a | b),
  and: rule(LOGIC, (a, b) => a & b),

  mul: rule(MUL, (a, b) => a * b),
  mulh: rule(MUL, (a, b) => (s(a) * s(b)) >> XLEN),
  mulhsu: rule(MUL, (a, b) => (s(a) * b) >> XLEN),
  mulhu: rule(MUL, (a, b) => (a * b) >> XLEN),
  div: rule(DIV, (a, b) => (b === 0n ? -1n : s(a) / s(b))),
  divu: rule(DIV, (a, b) => (b === 0n ? -1n : a / b)),
  rem: rule(REM, (a, b) => (b === 0n ? a : s(a) % s(b))),
  remu: rule(REM, (a, b) => (b === 0n ? a : a % b)),

  sh1add: rule("X(rd) = X(rs2) + (X(rs1) << 1) (Bitmanip, sh1add)", (a, b) => b + (a << 1n)),
  sh2add: rule("X(rd) = X(rs2) + (X(rs1) << 2) (Bitmanip, sh2add)", (a, b) => b + (a << 2n)),
  sh3add: rule("X(rd) = X(rs2) + (X(rs1) << 3) (Bitmanip, sh3add)", (a, b) => b + (a << 3n)),
  andn: rule("X(rd) = X(rs1) & ~X(rs2) (Bitmanip, andn)", (a, b) => a & ~b),
  orn: rule("X(rd) = X(rs1) | ~X(rs2) (Bitmanip, orn)", (a, b) => a | ~b),
  xnor: rule("X(rd) = ~(X(rs1) ^ X(rs2)) (Bitmanip, xnor)", (a, b) => ~(a ^ b)),
  max: rule("the larger of two signed integers (Bitmanip, max)", (a, b) => pick(s(a) < s(b), b, a)),
  maxu: rule("the larger of two unsigned integers (Bitmanip, maxu)", (a, b) => pick(a < b, b, a)),
  min: rule("the smaller of two signed integers (Bitmanip, min)", (a, b) =>
    pick(s(a) < s(b), a, b),
  ),
  minu: rule("the smaller of two unsigned integers (Bitmanip, minu)", (a, b) => pick(a < b, a, b)),
  rol: rule(
    "a rotate left of rs1 by the amount in least-significant log2(XLEN) bits of rs2 (Bitmanip, rol)",
    (a, b) => (a << (b & 31n)) | (a >> (XLEN - (b & 31n))),
  ),
  ror: rule(
    "a rotate right of rs1 by the amount in least-significant log2(XLEN) bits of rs2 (Bitmanip, ror)",
    rotatedRight,
  ),
};

/** rd of rs1 and an immediate, which comes as it is written. */
export const OF_AN_IMMEDIATE: Readonly<Record<string, Rule>> = {
  addi: rule(ADDI, (a, imm) => a + imm),
  slti: rule(SLTI, (a, imm) => flag(s(a) < imm)),
  sltiu: rule(
    "the immediate is first sign-extended to XLEN bits then treated as an unsigned number (§2.4)",
    (a, imm) => flag(a < u(imm)),
  ),
  xori: rule(LOGIC, (a, imm) => a ^ imm),
  ori: rule(LOGIC, (a, imm) => a | imm),
  andi: rule(LOGIC, (a, imm) => a & imm),
  slli: rule("zeros are shifted into the lower bits (§2.4)", (a, imm) => a << imm),
  srli: rule("zeros are shifted into the upper bits (§2.4)", (a, imm) => a >> imm),
  srai: rule(
    "the original sign bit is copied into the vacated upper bits (§2.4)",
    (a, imm) => s(a) >> imm,
  ),
  rori: rule("a rotate right of rs1 by the amount in shamt (Bitmanip, rori)", rotatedRight),
};

/** rd of rs1 alone. */
export const OF_ONE_REGISTER: Readonly<Record<string, Rule>> = {
  clz: rule(
    "the number of 0's before the first 1, starting at the most-significant bit; if the input is 0, the output is XLEN (Bitmanip, clz)",
    (a) => BigInt([...BITS].reverse().findIndex((bit) => isOne(a, bit)) + 33) % 33n,
  ),
  ctz: rule(
    "the number of 0's before the first 1, starting at the least-significant bit; if the input is 0, the output is XLEN (Bitmanip, ctz)",
    (a) => BITS.find((bit) => isOne(a, bit)) ?? XLEN,
  ),
  cpop: rule("the number of 1's in the source register (Bitmanip, cpop)", (a) =>
    BigInt(BITS.filter((bit) => isOne(a, bit)).length),
  ),
  "sext.b": rule("sign-extends the least-significant byte (Bitmanip, sext.b)", (a) =>
    BigInt.asIntN(8, a),
  ),
  "sext.h": rule("sign-extends the least-significant halfword (Bitmanip, sext.h)", (a) =>
    BigInt.asIntN(16, a),
  ),
  "zext.h": rule("zero-extends the least-significant halfword (Bitmanip, zext.h)", (a) =>
    BigInt.asUintN(16, a),
  ),
  "orc.b": rule(
    "each byte all zeros if no bit within the respective byte of rs is set, or all ones if any is (Bitmanip, orc.b)",
    (a) => BYTES.reduce((sum, at) => (((a >> at) & 255n) === 0n ? sum : sum | (255n << at)), 0n),
  ),
  rev8: rule("reverses the order of the bytes in rs (Bitmanip, rev8)", (a) =>
    BYTES.reduce((sum, at) => sum | (((a >> at) & 255n) << (24n - at)), 0n),
  ),
};

/** Whether a branch of rs1 and rs2 is taken: 1. */
export const BRANCHES: Readonly<Record<string, Rule>> = {
  beq: rule("BEQ takes the branch if registers rs1 and rs2 are equal (§2.5)", (a, b) =>
    flag(a === b),
  ),
  bne: rule("BNE takes the branch if they are unequal (§2.5)", (a, b) => flag(a !== b)),
  blt: rule("BLT takes it if rs1 is less than rs2, signed (§2.5)", (a, b) => flag(s(a) < s(b))),
  bge: rule("BGE if rs1 is greater than or equal to rs2, signed (§2.5)", (a, b) =>
    flag(s(a) >= s(b)),
  ),
  bltu: rule("BLTU: the same, unsigned (§2.5)", (a, b) => flag(a < b)),
  bgeu: rule("BGEU: the same, unsigned (§2.5)", (a, b) => flag(a >= b)),
};

/** The word that an AMO stores, of the one that it loads and of rs2. */
export const ATOMICS: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries({
    "amoswap.w": (_: bigint, b: bigint) => b,
    "amoadd.w": (a: bigint, b: bigint) => a + b,
    "amoxor.w": (a: bigint, b: bigint) => a ^ b,
    "amoand.w": (a: bigint, b: bigint) => a & b,
    "amoor.w": (a: bigint, b: bigint) => a | b,
    "amomin.w": (a: bigint, b: bigint) => pick(s(a) < s(b), a, b),
    "amomax.w": (a: bigint, b: bigint) => pick(s(a) > s(b), a, b),
    "amominu.w": (a: bigint, b: bigint) => pick(a < b, a, b),
    "amomaxu.w": (a: bigint, b: bigint) => pick(a > b, a, b),
  }).map(([name, compute]) => [
    name,
    rule(
      "load a data value from the address in rs1, place the value into register rd, apply a binary operator to the loaded value and the original value in rs2, then store the result back (§8.4)",
      compute,
    ),
  ]),
);

/** What a load makes of the word that holds it; `b` is the offset in that word. */
export const LOADS: Readonly<Record<string, Rule & { readonly bytes: number }>> = {
  lw: { ...rule("LW loads a 32-bit value from memory into rd (§2.6)", (a) => a), bytes: 4 },
  lh: {
    ...rule("LH loads a 16-bit value, then sign-extends to 32 bits (§2.6)", (a, at) =>
      BigInt.asIntN(16, a >> (at * 8n)),
    ),
    bytes: 2,
  },
  lhu: {
    ...rule("LHU loads a 16-bit value but then zero-extends to 32 bits (§2.6)", (a, at) =>
      BigInt.asUintN(16, a >> (at * 8n)),
    ),
    bytes: 2,
  },
  lb: {
    ...rule("LB and LBU are defined analogously for 8-bit values (§2.6)", (a, at) =>
      BigInt.asIntN(8, a >> (at * 8n)),
    ),
    bytes: 1,
  },
  lbu: {
    ...rule("LB and LBU are defined analogously for 8-bit values (§2.6)", (a, at) =>
      BigInt.asUintN(8, a >> (at * 8n)),
    ),
    bytes: 1,
  },
};

/** How many low bytes of rs2 a store puts to memory: "32-bit, 16-bit, and 8-bit values from the low bits of register rs2" (§2.6). */
export const STORES: Readonly<Record<string, number>> = { sw: 4, sh: 2, sb: 1 };

/** Words near which signs, carries, counts and bytes change. */
export const EDGES: readonly number[] = [
  0, 1, 2, 7, 8, 31, 32, 33, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x00ff0100,
  0x01000000, 0x12345678, 0x55555555, 0x7fffffff, 0x80000000, 0x80000001, 0xaaaaaaaa, 0xffff8000,
  0xffffff80, 0xfffffffe, 0xffffffff,
];
