/** Which instructions of F and D hot code does itself, and which it leaves to the interpreter each time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CSR } from "../csr.ts";
import { assemble } from "../isa/assembler.ts";
import { ENGINE, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";

const before = { ...ENGINE };
beforeAll(() => {
  Object.assign(ENGINE, { engine: "translator", hot: 2, pace: 0 });
});
afterAll(() => {
  Object.assign(ENGINE, before);
});

const CODE = 0x10000;
const STEPS = 3000;
const INEXACT = 1;
const TOWARDS_ZERO = 1 << 5;

/** The share of steps that were translated of a loop around one instruction, with numbers in fa0, fa1 and fa2 at its beginning. */
function translatedShare(
  instruction: string,
  numbers: readonly [number, number, number],
  fcsr = 0,
): number {
  const machine = new Machine({ pages: 16 });
  const { bytes } = assemble(
    `loop: ${instruction}; addi a0, a0, 1; addi a1, a1, 1; addi a2, a2, 1; j loop`,
    { origin: CODE },
  );
  machine.memory.writeBytes(4 * 4096, bytes);
  machine.tlb.write({ asid: 0, vpn: CODE >>> 12, frame: 4, rights: RIGHT.R | RIGHT.X });
  const words = new Int32Array(64);
  words.set(new Int32Array(new Float64Array(numbers).buffer), 20);
  machine.hart.setFloatWords(words);
  machine.hart.writeCsr(CSR.fcsr, fcsr);
  machine.hart.setPc(CODE);
  expect(machine.run(STEPS)).toEqual({ kind: "budget" });
  return machine.translatedSteps / STEPS;
}

test.each<[string, [number, number, number]]>([
  ["fadd.d fa3, fa0, fa1", [0.1, 0.2, 0]],
  ["fmul.d fa3, fa0, fa1", [0.1, 0.2, 0]],
  ["fdiv.d fa3, fa0, fa1", [1, 3, 0]],
  ["fsqrt.d fa3, fa0", [2, 0, 0]],
  ["fmadd.d fa3, fa0, fa1, fa2", [0.1, 0.2, 0.3]],
  ["fcvt.w.d a3, fa0, rtz", [1.5, 0, 0]],
])("%s is inexact: left once, until fcsr says so", (instruction, numbers) => {
  expect(translatedShare(instruction, numbers)).toBeGreaterThan(0.98);
});

test.each<[string, [number, number, number]]>([
  ["fadd.d fa3, fa0, fa1", [2 ** 40 + 1, -1, 0]],
  ["fsub.d fa3, fa0, fa1", [0.5, 0.25, 0]],
  ["fmul.d fa3, fa0, fa1", [2 ** 27 + 1, 3, 0]],
  ["fmul.d fa3, fa0, fa1", [0.1, 0.5, 0]],
  ["fmul.d fa3, fa0, fa1", [0, 0.1, 0]],
  ["fdiv.d fa3, fa0, fa1", [3 * (2 ** 27 + 1), 3, 0]],
  ["fdiv.d fa3, fa0, fa1", [0, 3, 0]],
  ["fsqrt.d fa3, fa0", [9, 0, 0]],
  ["fmadd.d fa3, fa0, fa1, fa2", [2 ** 27 + 1, 3, -(2 ** 20)]],
  ["fcvt.wu.d a3, fa0, rtz", [4_000_000_000, 0, 0]],
  ["flt.d a3, fa0, fa1", [1, 2, 0]],
  ["fmin.d fa3, fa0, fa1", [1, 1, 0]],
])("%s is exact: not left, though fcsr says nothing", (instruction, numbers) => {
  expect(translatedShare(instruction, numbers)).toBeGreaterThan(0.98);
});

test.each<[string, [number, number, number], number]>([
  ["fadd.d fa3, fa0, fa1", [0.1, 0.2, 0], INEXACT | TOWARDS_ZERO],
  ["fadd.d fa3, fa0, fa1, rtz", [0.1, 0.2, 0], INEXACT],
  ["fmul.d fa3, fa0, fa1", [1e-200, 1e-120, 0], INEXACT],
  ["fmul.d fa3, fa0, fa1", [1e200, 1e200, 0], INEXACT],
  ["fadd.d fa3, fa0, fa1", [Number.NaN, 1, 0], INEXACT],
  ["feq.d a3, fa0, fa1", [Number.NaN, 1, 0], INEXACT],
  ["fmax.d fa3, fa0, fa1", [0, -0, 0], INEXACT],
  ["fadd.s fa3, fa0, fa1", [0.1, 0.2, 0], INEXACT],
  ["fclass.d a3, fa0", [1, 0, 0], INEXACT],
])("%s of %o is left each time", (instruction, numbers, fcsr) => {
  expect(translatedShare(instruction, numbers, fcsr)).toBeLessThan(0.85);
});
