/**
 * Which encodings are instructions of RV32IMAFDC with Zicsr, Zifencei, Zba, Zbb and N's uret, written from the manual's tables and from nothing of
 * the machine's: Unpriv 20191213, Tables 24.1 and 24.2, §11.2, §16.2 to §16.8; Bitmanip 1.0, ch. 2. All else is reserved, custom, of
 * another extension or of RV64: illegal here.
 */

/** Of the 16-bit patterns that do not end in 11. HINTs are legal (§16.7). */
export function isLegalCompressed(half: number): boolean {
  const funct3 = half >>> 13;
  const bit12 = (half >>> 12) & 1;
  const rd = (half >>> 7) & 31;
  const rs2 = (half >>> 2) & 31;
  switch (half & 3) {
    case 0b00:
      // C.ADDI4SPN: "the code points with nzuimm=0 are reserved", all zeros among them. C.FLD, C.LW, C.FLW; one is reserved; the stores.
      return funct3 === 0 ? ((half >>> 5) & 0xff) !== 0 : funct3 !== 4;
    case 0b01:
      // C.ADDI16SP and C.LUI: "the code points with nzimm=0 are reserved".
      if (funct3 === 3) return bit12 !== 0 || rs2 !== 0;
      if (funct3 === 4) {
        // C.ANDI takes all. C.SRLI, C.SRAI: "For RV32C, shamt[5] must be zero". C.SUBW, C.ADDW are RV64's, what follows them is reserved.
        return ((half >>> 10) & 3) === 2 || bit12 === 0;
      }
      return true;
    case 0b10:
      // C.SLLI: "For RV32C, shamt[5] must be zero". C.LWSP: "the code points with rd=x0 are reserved"; there is an f0 for C.FLDSP, C.FLWSP.
      if (funct3 === 0) return bit12 === 0;
      if (funct3 === 2) return rd !== 0;
      // C.JR: "the code point with rs1=x0 is reserved". With bit 12 set that point is C.EBREAK.
      if (funct3 === 4) return bit12 === 1 || rs2 !== 0 || rd !== 0;
      return true;
    default:
      return false;
  }
}

/** Of the 32-bit patterns that end in 11. Whether a CSR exists is another question. */
export function isLegalFull(word: number): boolean {
  const funct3 = (word >>> 12) & 7;
  const funct7 = word >>> 25;
  const rs2 = (word >>> 20) & 31;
  switch (word & 0x7f) {
    case 0b0110111: // LUI
    case 0b0010111: // AUIPC
    case 0b1101111: // JAL
      return true;
    case 0b1100111: // JALR
      return funct3 === 0;
    case 0b1100011: // BRANCH
      return funct3 !== 2 && funct3 !== 3;
    case 0b0000011: // LOAD: LWU and LD are RV64's
      return funct3 <= 2 || funct3 === 4 || funct3 === 5;
    case 0b0100011: // STORE: SD is RV64's
      return funct3 <= 2;
    case 0b0000111: // LOAD-FP: FLW, FLD
    case 0b0100111: // STORE-FP: FSW, FSD
      return funct3 === 2 || funct3 === 3;
    case 0b1000011: // MADD, MSUB, NMSUB, NMADD
    case 0b1000111:
    case 0b1001011:
    case 0b1001111:
      return (funct7 & 3) <= 1 && isRoundingMode(funct3);
    case 0b1010011: // OP-FP
      return (funct7 & 3) <= 1 && isLegalFloat(funct7 >>> 2, (funct7 & 3) === 1, rs2, funct3);
    case 0b0001111: // MISC-MEM: FENCE and FENCE.I, whose other fields are ignored (§2.7, ch. 3)
      return funct3 <= 1;
    case 0b0010011: // OP-IMM
      if (funct3 === 1) {
        // SLLI; CLZ, CTZ, CPOP, SEXT.B, SEXT.H
        return funct7 === 0 || (funct7 === 0b0110000 && [0, 1, 2, 4, 5].includes(rs2));
      }
      if (funct3 === 5) {
        // SRLI, SRAI, RORI; ORC.B; REV8 of RV32
        if ([0, 0b0100000, 0b0110000].includes(funct7)) return true;
        return word >>> 20 === 0x287 || word >>> 20 === 0x698;
      }
      return true;
    case 0b0110011: // OP
      switch (funct7) {
        case 0b0000000:
        case 0b0000001: // M
          return true;
        case 0b0100000: // SUB, SRA; XNOR, ORN, ANDN
          return [0, 4, 5, 6, 7].includes(funct3);
        case 0b0010000: // SH1ADD, SH2ADD, SH3ADD
          return [2, 4, 6].includes(funct3);
        case 0b0000101: // MIN, MINU, MAX, MAXU; CLMUL is Zbc's
          return funct3 >= 4;
        case 0b0110000: // ROL, ROR
          return funct3 === 1 || funct3 === 5;
        case 0b0000100: // ZEXT.H of RV32; with another rs2 PACK, of Zbkb
          return funct3 === 4 && rs2 === 0;
        default:
          return false;
      }
    case 0b0101111: {
      // AMO: those of a word; LR has rs2 = 0
      if (funct3 !== 2) return false;
      const funct5 = word >>> 27;
      if (funct5 === 0b00010) return rs2 === 0;
      return [
        0b00011, 0b00001, 0b00000, 0b00100, 0b01100, 0b01000, 0b10000, 0b10100, 0b11000, 0b11100,
      ].includes(funct5);
    }
    case 0b1110011: // SYSTEM: ECALL, EBREAK, URET; what else has funct3 = 0 is privileged
      if (funct3 === 0) return [0x00000073, 0x00100073, 0x00200073].includes(word >>> 0);
      return funct3 !== 4;
    default:
      return false;
  }
}

/** Table 11.1: 101 and 110 are "reserved for future use" in an instruction. */
const isRoundingMode = (mode: number): boolean => mode <= 4 || mode === 7;

/** Of OP-FP with fmt S or D. */
function isLegalFloat(funct5: number, isDouble: boolean, rs2: number, funct3: number): boolean {
  switch (funct5) {
    case 0b00000: // FADD, FSUB, FMUL, FDIV
    case 0b00001:
    case 0b00010:
    case 0b00011:
      return isRoundingMode(funct3);
    case 0b01011: // FSQRT
      return rs2 === 0 && isRoundingMode(funct3);
    case 0b00100: // FSGNJ, FSGNJN, FSGNJX
    case 0b10100: // FLE, FLT, FEQ
      return funct3 <= 2;
    case 0b00101: // FMIN, FMAX
      return funct3 <= 1;
    case 0b01000: // FCVT.S.D, FCVT.D.S: from a format to itself there is none
      return rs2 === (isDouble ? 0 : 1) && isRoundingMode(funct3);
    case 0b11000: // FCVT.W, FCVT.WU to and from; L and LU are RV64's
    case 0b11010:
      return rs2 <= 1 && isRoundingMode(funct3);
    case 0b11100: // FMV.X.W; FCLASS. FMV.X.D is RV64's
      return rs2 === 0 && (funct3 === 1 || (funct3 === 0 && !isDouble));
    case 0b11110: // FMV.W.X
      return rs2 === 0 && funct3 === 0 && !isDouble;
    default:
      return false;
  }
}

/**
 * Whether an instruction of Zicsr may be executed: the CSR exists, and it is not written if it is read-only (§9.1: CSRRS and CSRRC write
 * unless rs1 = x0 or the number is 0).
 */
export function isLegalCsrAccess(word: number): boolean {
  const number = word >>> 20;
  // N 1.1: ustatus, uie, utvec, uscratch, uepc, ucause, utval, uip. Unpriv ch. 10: cycle, time, instret and their upper halves.
  // §11.2: fflags, frm, fcsr.
  const writable = [0x000, 0x001, 0x002, 0x003, 0x004, 0x005, 0x040, 0x041, 0x042, 0x043, 0x044];
  const readOnly = [0xc00, 0xc01, 0xc02, 0xc80, 0xc81, 0xc82];
  const isSwap = ((word >>> 12) & 3) === 1;
  const writes = isSwap || ((word >>> 15) & 31) !== 0;
  return writable.includes(number) || (readOnly.includes(number) && !writes);
}

/** Whether executing the 32-bit `word` is no illegal instruction, while frm holds no reserved mode. */
export function isExecutable(word: number): boolean {
  const isCsr = (word & 0x7f) === 0b1110011 && ((word >>> 12) & 7) !== 0;
  return isLegalFull(word) && (!isCsr || isLegalCsrAccess(word));
}
