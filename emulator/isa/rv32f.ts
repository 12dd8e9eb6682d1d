import { bits } from "./encoding.ts";
import { floatRows } from "./float-rows.ts";
import { FLOAT_TO_X, X_TO_FLOAT } from "./formats.ts";
import type { Instruction } from "./instruction.ts";

/** "F", single-precision floating point (Unpriv ch. 11), version 2.2. */
export const rv32f: readonly Instruction[] = [
  ...floatRows({
    extension: "F",
    letter: "s",
    fmt: "00",
    width: "010",
    arithmetic: (m) => m.float.single,
    what: "word",
    load: (m, op) => m.loadSingle(op),
    store: (m, op) => m.storeSingle(op),
    sections: {
      access: "Unpriv §11.5",
      compute: "Unpriv §11.6",
      convert: "Unpriv §11.7",
      compare: "Unpriv §11.8",
      classify: "Unpriv §11.9",
    },
    holdsWords: false,
  }),
  {
    mnemonic: "fmv.x.w",
    extension: "F",
    format: FLOAT_TO_X,
    encoding: bits("1110000 00000 ..... 000 ..... 1010011"),
    section: "Unpriv §11.7",
    meaning: "rd = the bits of the single in rs1",
    execute: (m, op) => {
      m.x[op.rd] = m.float.wordOf(op.rs1);
      return op.next;
    },
  },
  {
    mnemonic: "fmv.w.x",
    extension: "F",
    format: X_TO_FLOAT,
    encoding: bits("1111000 00000 ..... 000 ..... 1010011"),
    section: "Unpriv §11.7",
    meaning: "rd = the single whose bits are rs1",
    execute: (m, op) => {
      m.float.setWord(op.rd, m.x[op.rs1]);
      return op.next;
    },
  },
];
