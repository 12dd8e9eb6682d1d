import { bits } from "./encoding.ts";
import { floatRows, RESERVED_MODES, rounded } from "./float-rows.ts";
import { FLOAT_UNARY_EXACT, FLOAT_UNARY_ROUNDED } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "D", double-precision floating point (Unpriv ch. 12), version 2.2. */
export const rv32d: readonly Instruction[] = [
  ...floatRows({
    extension: "D",
    letter: "d",
    fmt: "01",
    width: "011",
    arithmetic: (m) => m.float.double,
    what: "doubleword",
    load: (m, op) => m.loadDouble(op),
    store: (m, op) => m.storeDouble(op),
    sections: {
      access: "Unpriv §12.3",
      compute: "Unpriv §12.4",
      convert: "Unpriv §12.5",
      compare: "Unpriv §12.6",
      classify: "Unpriv §12.7",
    },
    holdsWords: true,
  }),
  {
    mnemonic: "fcvt.s.d",
    extension: "D",
    format: FLOAT_UNARY_ROUNDED,
    encoding: bits("0100000 00001 ..... ... ..... 1010011"),
    except: { imm: RESERVED_MODES },
    section: "Unpriv §12.5",
    meaning: "rd = the double rs1 as a single",
    execute: rounded(
      (m) => m.float.single,
      (unit, { rd, rs1 }, rounding) => unit.convert(rd, rs1, rounding),
    ),
  },
  {
    mnemonic: "fcvt.d.s",
    extension: "D",
    format: FLOAT_UNARY_EXACT,
    encoding: bits("0100001 00000 ..... ... ..... 1010011"),
    except: { imm: RESERVED_MODES },
    section: "Unpriv §12.5",
    meaning: "rd = the single rs1 as a double",
    execute: rounded(
      (m) => m.float.double,
      (unit, { rd, rs1 }, rounding) => unit.convert(rd, rs1, rounding),
    ),
  },
];
