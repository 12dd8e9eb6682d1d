/**
 * Every operation of F and D on `qemu-riscv32`, in every rounding mode, against the float unit: the same bits and the same flags. A sample of operands by
 * default; with EXOSCOPE_FULL=1 100,000 of them for each operation, and 25,000 in each other mode than to nearest. It stands here since the emulator starts no processes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STATE, STATE_BYTES } from "#emulator";
import { ROUNDING, type Rounding } from "../emulator/float/arithmetic.ts";
import { FloatUnit } from "../emulator/float/float-unit.ts";
import { Dice } from "../emulator/testing/dice.ts";
import { FloatOperands } from "../emulator/testing/float-operands.ts";
import {
  FLOAT_OPERATIONS,
  type FloatOperation,
  OPERAND,
} from "../emulator/testing/float-operations.ts";
import { isLeftOut } from "./testing/installed.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
const SOURCE = join(import.meta.dirname, "testing/float-on-linux.S");
/** Operands that an operation is tried with in a rounding mode. */
const recordsIn = (rounding: Rounding): number =>
  FULL ? (rounding === ROUNDING.rne ? 100_000 : 25_000) : 300;
const [RECORD_WORDS, RESULT_WORDS] = [6, 4];
/** The rm field that says: the mode of fcsr. */
const DYNAMIC = 7;

const isSkipped = isLeftOut(
  ["qemu-riscv32", "clang", "ld.lld"],
  "floating-point operations are not compared with QEMU's",
);
const folder = mkdtempSync(join(tmpdir(), "exo-floats-"));
const program = join(folder, "float-on-linux");
let operationsCompared = 0;
afterAll(() => {
  rmSync(folder, { recursive: true });
  console.info(`qemu: EXOSCOPE_SEED=${SEED}, ${operationsCompared} floating-point operations`);
});

/** The program's table, in its order. */
const MNEMONICS = [...readFileSync(SOURCE, "utf8").matchAll(/^ +(?:FLOAT|WORD) +([\w.]+),/gm)].map(
  ([, mnemonic]) => mnemonic,
);

const state = new Int32Array(new ArrayBuffer(STATE_BYTES));
const unit = new FloatUnit(state.buffer as ArrayBuffer);

const MOVES: readonly FloatOperation[] = [
  {
    mnemonic: "fmv.x.w",
    format: "single",
    takesRounding: false,
    apply: () => unit.wordOf(OPERAND.first),
  },
  {
    mnemonic: "fmv.w.x",
    format: "single",
    takesRounding: false,
    apply: (_formats, word) => {
      unit.setWord(OPERAND.result, word);
      return 0;
    },
  },
];

/** A header and its records, as the program reads them. */
function section(operation: FloatOperation, rounding: Rounding, dice: Dice): Int32Array {
  const records = recordsIn(rounding);
  const words = new Int32Array(4 + records * RECORD_WORDS);
  words.set([MNEMONICS.indexOf(operation.mnemonic), rounding << 5, records]);
  const operands = new FloatOperands();
  for (let at = 4; at < words.length; at += RECORD_WORDS) {
    operands.choose(dice, operation.format);
    words.set(operands.words, at);
  }
  return words;
}

function onQemu(input: Uint8Array): Int32Array {
  const { status, signal, stdout, stderr } = spawnSync("qemu-riscv32", [program], {
    input,
    maxBuffer: 2 ** 30,
    timeout: 600_000,
  });
  expect({ status, signal, stderr: String(stderr) }).toEqual({
    status: 0,
    signal: null,
    stderr: "",
  });
  return new Int32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

/** The result, its upper word, and the flags. */
function onOurs(
  operation: FloatOperation,
  rounding: Rounding,
  record: Int32Array,
): readonly [number, number, number] {
  const result = STATE.f / 4 + OPERAND.result * 2;
  state.set(record, STATE.f / 4 + OPERAND.first * 2);
  state[STATE.fcsr / 4] = rounding << 5;
  const mode = unit.rounding(DYNAMIC);
  if (mode === -1) throw new Error(`rounding mode ${rounding} is reserved`);
  const word = operation.apply(unit, record[0], mode);
  const fcsr = state[STATE.fcsr / 4];
  const isWord = /^(?:feq|flt|fle|fclass|fcvt\.wu?|fmv\.x)\./.test(operation.mnemonic);
  return isWord ? [word, 0, fcsr & 31] : [state[result], state[result + 1], fcsr & 31];
}

const hex = (words: Iterable<number>): string =>
  [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ");

describe.skipIf(isSkipped)("on qemu-riscv32", () => {
  beforeAll(() => {
    const target = "--target=riscv32-unknown-elf -march=rv32imafd -mabi=ilp32 -mno-relax";
    const { status, stderr } = spawnSync("clang", [
      ...target.split(" "),
      ...["-nostdlib", "-fuse-ld=lld", "-o", program, SOURCE],
    ]);
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
  });

  test("the program has every operation", () => {
    const names = [...FLOAT_OPERATIONS, ...MOVES].map(({ mnemonic }) => mnemonic);
    expect([...MNEMONICS].sort()).toEqual(names.sort());
  });

  test.each([...FLOAT_OPERATIONS, ...MOVES])(
    "$mnemonic gives the same",
    (operation) => {
      const modes = operation.takesRounding ? Object.values(ROUNDING) : [ROUNDING.rne];
      const dice = new Dice(SEED ^ MNEMONICS.indexOf(operation.mnemonic));
      for (const rounding of modes) {
        const input = section(operation, rounding, dice);
        const results = onQemu(new Uint8Array(input.buffer));
        const records = recordsIn(rounding);
        expect(results.length).toBe(records * RESULT_WORDS);
        for (let i = 0; i < records; i++) {
          const record = input.subarray(4 + i * RECORD_WORDS, 4 + (i + 1) * RECORD_WORDS);
          const found = onOurs(operation, rounding, record);
          const expected = results.subarray(i * RESULT_WORDS, i * RESULT_WORDS + 3);
          if (found.every((word, at) => word === expected[at])) continue;
          expect.fail(
            `${operation.mnemonic} rm ${rounding} of ${hex(record)}: ${hex(found)}, not ${hex(expected)} (EXOSCOPE_SEED=${SEED})`,
          );
        }
        operationsCompared += records;
      }
    },
    3_600_000,
  );
});
