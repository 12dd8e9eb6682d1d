/** Vectors for Zba and Zbb (RISC-V Bit-Manipulation ISA-extensions 1.0.0), written as those in vectors.ts. */
import type { Vector } from "./vectors.ts";

export const BIT_MANIPULATION_VECTORS: readonly Vector[] = [
  // §1.1, Zba
  ["sh1add a0, a1, a2", "a1=3 a2=100", "a0=106", "rs1 is shifted, rs2 is not"],
  ["sh1add a0, a1, a2", "a1=0x80000000 a2=1", "a0=1", "bits leave at the top"],
  ["sh1add a0, a0, a0", "a0=5", "a0=15", "all three may be the same"],
  ["sh2add a0, a1, a2", "a1=3 a2=-12 a0=5", "a0=0", "the sum wraps"],
  ["sh2add a2, a1, a2", "a1=0x40000001 a2=1", "a2=5", "rs2 is read before rd is written"],
  ["sh2add zero, a1, a2", "a1=1 a2=1", "", "x0 stays 0"],
  ["sh3add a0, a1, a2", "a1=0x1fffffff a2=8 a0=5", "a0=0", "-8 + 8"],
  ["sh3add a1, a1, a2", "a1=-1 a2=0", "a1=-8", "rs1 is read before rd is written"],
  ["sh3add a0, zero, a2", "a2=7", "a0=7", "x0 shifted is 0"],

  // §1.2, Zbb: logical with negate
  [
    "andn a0, a1, a2",
    "a1=0xff00ff00 a2=0x0f0f0f0f",
    "a0=0xf000f000",
    "rs2 is inverted, rs1 is not",
  ],
  ["andn a0, a1, zero", "a1=0x12345678", "a0=0x12345678", "~0 is all ones"],
  ["andn a1, a1, a1", "a1=-1", "a1=0", "a & ~a is 0"],
  ["orn a0, a1, a2", "a1=0xff00ff00 a2=0x0f0f0f0f", "a0=0xfff0fff0", "rs2 is inverted, rs1 is not"],
  ["orn a0, zero, a2", "a2=1", "a0=0xfffffffe", "this is not"],
  ["orn a2, a1, a2", "a1=1 a2=-1", "a2=1", "rs2 is read before rd is written"],
  [
    "xnor a0, a1, a2",
    "a1=0xff00ff00 a2=0x0f0f0f0f",
    "a0=0x0ff00ff0",
    "ones where both are the same",
  ],
  ["xnor a0, a1, a1", "a1=5", "a0=-1", "equal in all bits"],
  ["xnor zero, a1, a2", "a1=5", "", "x0 stays 0"],

  // Count leading and trailing zeros, population count
  ["clz a0, a1", "a1=0", "a0=32", "if the input is 0, the output is XLEN"],
  ["clz a0, a1", "a1=1", "a0=31", "31 zeros before the first 1"],
  ["clz a0, a1", "a1=0x80000000 a0=5", "a0=0", "the most-significant bit is a 1"],
  ["clz a1, a1", "a1=0x00ff0000", "a1=8", "source and destination may be the same"],
  ["ctz a0, a1", "a1=0", "a0=32", "if the input is 0, the output is XLEN"],
  ["ctz a0, a1", "a1=0x80000000", "a0=31", "31 zeros before the first 1, from below"],
  ["ctz a0, a1", "a1=-1 a0=5", "a0=0", "the least-significant bit is a 1"],
  ["ctz zero, a1", "a1=4", "", "x0 stays 0"],
  ["cpop a0, a1", "a1=0 a0=5", "a0=0", "no ones"],
  ["cpop a0, a1", "a1=-1", "a0=32", "all ones"],
  ["cpop a0, a1", "a1=0x80000001", "a0=2", "at both ends"],
  ["cpop a1, a1", "a1=0x12345678", "a1=13", "1+1+2+1+2+2+3+1"],

  // Integer minimum and maximum
  ["max a0, a1, a2", "a1=-1 a2=1", "a0=1", "the comparison is signed"],
  ["max a0, a1, a2", "a1=0x80000000 a2=0x7fffffff", "a0=0x7fffffff", "the ends of the range"],
  ["max a0, a1, a0", "a1=-5 a0=5", "a0=5", "this is abs after neg"],
  ["maxu a0, a1, a2", "a1=-1 a2=1", "a0=-1", "the comparison is unsigned"],
  ["maxu a0, a1, a2", "a1=0x7fffffff a2=0x80000000", "a0=0x80000000", "2^31 - 1 and 2^31"],
  ["maxu a0, a1, a1", "a1=7", "a0=7", "equal"],
  ["min a0, a1, a2", "a1=-1 a2=1", "a0=-1", "the comparison is signed"],
  ["min a0, a1, a2", "a1=0x80000000 a2=0x7fffffff", "a0=0x80000000", "the ends of the range"],
  ["min a0, a1, zero", "a1=5 a0=5", "a0=0", "with x0 nothing is positive"],
  ["minu a0, a1, a2", "a1=-1 a2=1", "a0=1", "the comparison is unsigned"],
  ["minu a0, a1, a2", "a1=0x7fffffff a2=0x80000000", "a0=0x7fffffff", "2^31 - 1 and 2^31"],
  ["minu zero, a1, a2", "a1=5 a2=6", "", "x0 stays 0"],

  // Sign- and zero-extension
  ["sext.b a0, a1", "a1=0x1234567f", "a0=0x7f", "bit 7 is 0"],
  ["sext.b a0, a1", "a1=0x12345680", "a0=0xffffff80", "bit 7 is 1"],
  ["sext.b a1, a1", "a1=0xff", "a1=-1", "source and destination may be the same"],
  ["sext.h a0, a1", "a1=0x12347fff", "a0=0x7fff", "bit 15 is 0"],
  ["sext.h a0, a1", "a1=0x12348000", "a0=0xffff8000", "bit 15 is 1"],
  ["sext.h zero, a1", "a1=0x8000", "", "x0 stays 0"],
  ["zext.h a0, a1", "a1=-1", "a0=0xffff", "the upper half is 0"],
  ["zext.h a1, a1", "a1=0x12348000", "a1=0x8000", "source and destination may be the same"],
  ["zext.h a0, a1", "a1=0x7fff0000 a0=5", "a0=0", "nothing of the upper half stays"],

  // Bitwise rotation
  ["rol a0, a1, a2", "a1=0x80000001 a2=1", "a0=3", "what leaves at the top comes in at the bottom"],
  ["rol a0, a1, a2", "a1=0x12345678 a2=32", "a0=0x12345678", "only the low 5 bits of rs2 count"],
  ["rol a0, a1, a2", "a1=1 a2=-1", "a0=0x80000000", "by 31"],
  ["rol a1, a1, a1", "a1=4", "a1=64", "all three may be the same"],
  ["ror a0, a1, a2", "a1=0x80000001 a2=1", "a0=0xc0000000", "to the right"],
  ["ror a0, a1, a2", "a1=0x12345678 a2=0", "a0=0x12345678", "by 0"],
  ["ror a0, a1, a2", "a1=1 a2=0xffffff84", "a0=0x10000000", "only the low 5 bits of rs2 count"],
  ["ror a2, a1, a2", "a1=0x10 a2=4", "a2=1", "rs2 is read before rd is written"],
  ["rori a0, a1, 0", "a1=0x12345678", "a0=0x12345678", "by 0"],
  ["rori a0, a1, 31", "a1=0x40000001", "a0=0x80000002", "by 31: to the left by 1"],
  ["rori a0, a1, 8", "a1=0x12345678", "a0=0x78123456", "by a byte"],
  ["rori zero, a1, 1", "a1=1", "", "x0 stays 0"],
  [".word 0x62055513", "", "trap=2 value=0x62055513", "shamt[5]=1 is reserved for RV32"],

  // OR-combine, byte-reverse
  ["orc.b a0, a1", "a1=0x80010010", "a0=0xffff00ff", "any bit within a byte"],
  ["orc.b a0, a1", "a1=0 a0=5", "a0=0", "no bit at all"],
  ["orc.b a1, a1", "a1=0x01007f80", "a1=0xff00ffff", "source and destination may be the same"],
  ["orc.b a0, a1", "a1=0xff0000ff", "a0=0xff0000ff", "bytes do not touch their neighbours"],
  ["rev8 a0, a1", "a1=0x12345678", "a0=0x78563412", "the order of the bytes, not of the bits"],
  ["rev8 a1, a1", "a1=0x80", "a1=0x80000000", "source and destination may be the same"],
  ["rev8 zero, a1", "a1=1", "", "x0 stays 0"],

  // What the same encodings are elsewhere
  [
    ".word 0x08c5c533",
    "",
    "trap=2 value=0x8c5c533",
    "with rs2 = x12 zext.h would be pack, of Zbkb",
  ],
  [".word 0x6b855513", "", "trap=2 value=0x6b855513", "this is rev8 of RV64"],
  [".word 0x0805c53b", "", "trap=2 value=0x805c53b", "this is zext.h of RV64"],
  [".word 0x68755513", "", "trap=2 value=0x68755513", "brev8 is of Zbkb"],
  [".word 0x28155513", "", "trap=2 value=0x28155513", "gorc with another shamt was never ratified"],
  [".word 0x60351513", "", "trap=2 value=0x60351513", "between cpop and sext.b there is nothing"],
  [".word 0x0ac59533", "", "trap=2 value=0xac59533", "clmul is of Zbc"],
  [".word 0x28c59533", "", "trap=2 value=0x28c59533", "bset is of Zbs"],
];
