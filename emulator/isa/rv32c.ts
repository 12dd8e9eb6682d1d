import { bits } from "./encoding.ts";
import * as format from "./formats.ts";
import type { Format, Instruction, OperandName } from "./instruction.ts";
import { rv32d } from "./rv32d.ts";
import { rv32f } from "./rv32f.ts";
import { rv32i } from "./rv32i.ts";

const BASES = [...rv32i, ...rv32f, ...rv32d];

/**
 * "C", compressed instructions (Unpriv ch. 16), in the order of its listing (§16.8). Each abbreviates one base instruction:
 * the format gives that one's operands, some of them implied, and `execute` is the base row's own.
 */
export const rv32c: readonly Instruction[] = [
  compressed({
    mnemonic: "c.addi4spn",
    expandsTo: "addi",
    format: format.CIW,
    encoding: bits("000 ........ ... 00"),
    except: { imm: [0] },
    section: "Unpriv §16.5",
    meaning: "rd = sp + imm",
  }),
  compressed({
    mnemonic: "c.fld",
    expandsTo: "fld",
    format: format.CL_FLD,
    encoding: bits("001 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "rd = the doubleword at rs1 + imm",
  }),
  compressed({
    mnemonic: "c.lw",
    expandsTo: "lw",
    format: format.CL,
    encoding: bits("010 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "rd = the word at rs1 + imm",
  }),
  compressed({
    mnemonic: "c.flw",
    expandsTo: "flw",
    format: format.CL_FLW,
    encoding: bits("011 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "rd = the word at rs1 + imm",
  }),
  compressed({
    mnemonic: "c.fsd",
    expandsTo: "fsd",
    format: format.CS_FSD,
    encoding: bits("101 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "the doubleword at rs1 + imm = rs2",
  }),
  compressed({
    mnemonic: "c.sw",
    expandsTo: "sw",
    format: format.CS,
    encoding: bits("110 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "the word at rs1 + imm = rs2",
  }),
  compressed({
    mnemonic: "c.fsw",
    expandsTo: "fsw",
    format: format.CS_FSW,
    encoding: bits("111 ... ... .. ... 00"),
    section: "Unpriv §16.3",
    meaning: "the word at rs1 + imm = rs2",
  }),
  compressed({
    mnemonic: "c.nop",
    expandsTo: "addi",
    format: format.CI_NOP,
    encoding: bits("000 0 00000 00000 01"),
    section: "Unpriv §16.5",
    meaning: "nothing",
  }),
  compressed({
    mnemonic: "c.nop",
    expandsTo: "addi",
    format: format.CI_NOP_HINT,
    encoding: bits("000 . 00000 ..... 01"),
    except: { imm: [0] },
    section: "Unpriv §16.5",
    meaning: "nothing; the number is a hint",
  }),
  compressed({
    mnemonic: "c.addi",
    expandsTo: "addi",
    format: format.CI,
    encoding: bits("000 . ..... ..... 01"),
    except: { rd: [0] },
    section: "Unpriv §16.5",
    meaning: "rd = rd + imm",
  }),
  compressed({
    mnemonic: "c.jal",
    expandsTo: "jal",
    format: format.CJAL,
    encoding: bits("001 ........... 01"),
    section: "Unpriv §16.4",
    meaning: "ra = the next address, jump to target",
  }),
  compressed({
    mnemonic: "c.li",
    expandsTo: "addi",
    format: format.CI_LOAD,
    encoding: bits("010 . ..... ..... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = imm",
  }),
  compressed({
    mnemonic: "c.addi16sp",
    expandsTo: "addi",
    format: format.CI_SP,
    encoding: bits("011 . 00010 ..... 01"),
    except: { imm: [0] },
    section: "Unpriv §16.5",
    meaning: "sp = sp + imm",
  }),
  compressed({
    mnemonic: "c.lui",
    expandsTo: "lui",
    format: format.CI_LUI,
    encoding: bits("011 . ..... ..... 01"),
    except: { rd: [2], imm: [0] },
    section: "Unpriv §16.5",
    meaning: "rd = upper << 12",
  }),
  compressed({
    mnemonic: "c.srli",
    expandsTo: "srli",
    format: format.CB_SHIFT,
    encoding: bits("100 0 00 ... ..... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd >> imm, zeros come in",
  }),
  compressed({
    mnemonic: "c.srai",
    expandsTo: "srai",
    format: format.CB_SHIFT,
    encoding: bits("100 0 01 ... ..... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd >> imm, copies of the sign come in",
  }),
  compressed({
    mnemonic: "c.andi",
    expandsTo: "andi",
    format: format.CB_IMM,
    encoding: bits("100 . 10 ... ..... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd & imm",
  }),
  compressed({
    mnemonic: "c.sub",
    expandsTo: "sub",
    format: format.CA,
    encoding: bits("100 0 11 ... 00 ... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd - rs2",
  }),
  compressed({
    mnemonic: "c.xor",
    expandsTo: "xor",
    format: format.CA,
    encoding: bits("100 0 11 ... 01 ... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd ^ rs2",
  }),
  compressed({
    mnemonic: "c.or",
    expandsTo: "or",
    format: format.CA,
    encoding: bits("100 0 11 ... 10 ... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd | rs2",
  }),
  compressed({
    mnemonic: "c.and",
    expandsTo: "and",
    format: format.CA,
    encoding: bits("100 0 11 ... 11 ... 01"),
    section: "Unpriv §16.5",
    meaning: "rd = rd & rs2",
  }),
  compressed({
    mnemonic: "c.j",
    expandsTo: "jal",
    format: format.CJ,
    encoding: bits("101 ........... 01"),
    section: "Unpriv §16.4",
    meaning: "jump to target",
  }),
  compressed({
    mnemonic: "c.beqz",
    expandsTo: "beq",
    format: format.CB,
    encoding: bits("110 ... ... ..... 01"),
    section: "Unpriv §16.4",
    meaning: "jump to target if rs1 = 0",
  }),
  compressed({
    mnemonic: "c.bnez",
    expandsTo: "bne",
    format: format.CB,
    encoding: bits("111 ... ... ..... 01"),
    section: "Unpriv §16.4",
    meaning: "jump to target if rs1 ≠ 0",
  }),
  compressed({
    mnemonic: "c.slli",
    expandsTo: "slli",
    format: format.CI_SHIFT,
    encoding: bits("000 0 ..... ..... 10"),
    section: "Unpriv §16.5",
    meaning: "rd = rd << imm",
  }),
  compressed({
    mnemonic: "c.fldsp",
    expandsTo: "fld",
    format: format.CI_FLDSP,
    encoding: bits("001 . ..... ..... 10"),
    section: "Unpriv §16.3",
    meaning: "rd = the doubleword at sp + imm",
  }),
  compressed({
    mnemonic: "c.lwsp",
    expandsTo: "lw",
    format: format.CI_LWSP,
    encoding: bits("010 . ..... ..... 10"),
    except: { rd: [0] },
    section: "Unpriv §16.3",
    meaning: "rd = the word at sp + imm",
  }),
  compressed({
    mnemonic: "c.flwsp",
    expandsTo: "flw",
    format: format.CI_FLWSP,
    encoding: bits("011 . ..... ..... 10"),
    section: "Unpriv §16.3",
    meaning: "rd = the word at sp + imm",
  }),
  compressed({
    mnemonic: "c.jr",
    expandsTo: "jalr",
    format: format.CR_JUMP,
    encoding: bits("100 0 ..... 00000 10"),
    except: { rs1: [0] },
    section: "Unpriv §16.4",
    meaning: "jump to rs1",
  }),
  compressed({
    mnemonic: "c.mv",
    expandsTo: "add",
    format: format.CR_MV,
    encoding: bits("100 0 ..... ..... 10"),
    except: { rs2: [0] },
    section: "Unpriv §16.5",
    meaning: "rd = rs2",
  }),
  compressed({
    mnemonic: "c.ebreak",
    expandsTo: "ebreak",
    format: format.NONE,
    encoding: bits("100 1 00000 00000 10"),
    section: "Unpriv §16.5",
    meaning: "trap with cause 3",
  }),
  compressed({
    mnemonic: "c.jalr",
    expandsTo: "jalr",
    format: format.CR_CALL,
    encoding: bits("100 1 ..... 00000 10"),
    except: { rs1: [0] },
    section: "Unpriv §16.4",
    meaning: "ra = the next address, jump to rs1",
  }),
  compressed({
    mnemonic: "c.add",
    expandsTo: "add",
    format: format.CR_ADD,
    encoding: bits("100 1 ..... ..... 10"),
    except: { rs2: [0] },
    section: "Unpriv §16.5",
    meaning: "rd = rd + rs2",
  }),
  compressed({
    mnemonic: "c.fsdsp",
    expandsTo: "fsd",
    format: format.CSS_FSDSP,
    encoding: bits("101 ...... ..... 10"),
    section: "Unpriv §16.3",
    meaning: "the doubleword at sp + imm = rs2",
  }),
  compressed({
    mnemonic: "c.swsp",
    expandsTo: "sw",
    format: format.CSS_SWSP,
    encoding: bits("110 ...... ..... 10"),
    section: "Unpriv §16.3",
    meaning: "the word at sp + imm = rs2",
  }),
  compressed({
    mnemonic: "c.fswsp",
    expandsTo: "fsw",
    format: format.CSS_FSWSP,
    encoding: bits("111 ...... ..... 10"),
    section: "Unpriv §16.3",
    meaning: "the word at sp + imm = rs2",
  }),
];

interface Abbreviation {
  readonly mnemonic: string;
  readonly expandsTo: string;
  readonly format: Format;
  readonly encoding: ReturnType<typeof bits>;
  readonly except?: Partial<Record<OperandName, readonly number[]>>;
  readonly section: string;
  readonly meaning: string;
}

function compressed({ expandsTo, ...row }: Abbreviation): Instruction {
  const base = BASES.find(({ mnemonic }) => mnemonic === expandsTo);
  if (base === undefined)
    throw new Error(`${row.mnemonic} expands to ${expandsTo}, which is no base instruction`);
  return { ...row, extension: "C", expandsTo, execute: base.execute };
}
