/**
 * What the float unit does in a fast way, and what is defined: the same bits and the same flags, whatever the operands. A sample by default;
 * EXOSCOPE_FULL=1 tries many more. A failure prints its seed: EXOSCOPE_SEED repeats it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { STATE, STATE_BYTES } from "../state-layout.ts";
import { Dice } from "../testing/dice.ts";
import { FloatOperands } from "../testing/float-operands.ts";
import { FLOAT_OPERATIONS, type FloatFormats, OPERAND } from "../testing/float-operations.ts";
import { FLAG, ROUNDING, type Rounding } from "./arithmetic.ts";
import { ExactArithmetic } from "./exact-arithmetic.ts";
import { FloatRegisters } from "./float-registers.ts";
import { FloatUnit } from "./float-unit.ts";
import { DOUBLE, SINGLE } from "./format.ts";

const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
const RUNS = process.env["EXOSCOPE_FULL"] === "1" ? 200_000 : 2000;
console.info(`float unit: EXOSCOPE_SEED=${SEED}`);

/** A state area, and something that computes on it. */
class Side {
  readonly #words: Int32Array;
  readonly #formats: FloatFormats;

  constructor(make: (buffer: ArrayBuffer) => FloatFormats) {
    const buffer = new ArrayBuffer(STATE_BYTES);
    this.#words = new Int32Array(buffer);
    this.#formats = make(buffer);
  }

  /** All that an operation may change, as hexadecimal digits. */
  run(
    operation: (typeof FLOAT_OPERATIONS)[number],
    operands: FloatOperands,
    rounding: Rounding,
    flags: number,
  ): string {
    this.#words.set(operands.words, STATE.f / 4 + OPERAND.first * 2);
    this.#words.fill(0, STATE.f / 4 + OPERAND.result * 2, STATE.f / 4 + OPERAND.result * 2 + 2);
    this.#words[STATE.fcsr / 4] = flags;
    const word = operation.apply(this.#formats, operands.word, rounding);
    const registers = [...this.#words.subarray(STATE.f / 4, STATE.f / 4 + 10)];
    return [word, ...registers, this.#words[STATE.fcsr / 4]].map(hex).join(" ");
  }
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

test("fast ways give the bits and the flags that are defined", () => {
  const fast = new Side((buffer) => new FloatUnit(buffer));
  const exact = new Side((buffer) => {
    const registers = new FloatRegisters(buffer);
    return {
      single: new ExactArithmetic(registers, SINGLE),
      double: new ExactArithmetic(registers, DOUBLE),
    };
  });
  const operands = new FloatOperands();
  fc.assert(
    fc.property(
      fc.integer(),
      // To nearest is what has fast ways.
      fc.oneof(fc.constant(ROUNDING.rne), fc.constantFrom(...Object.values(ROUNDING))),
      fc.constantFrom(0, FLAG.inexact),
      (seed, rounding, flags) => {
        const dice = new Dice(seed);
        for (const operation of FLOAT_OPERATIONS) {
          operands.choose(dice, operation.format);
          const found = fast.run(operation, operands, rounding, flags);
          const expected = exact.run(operation, operands, rounding, flags);
          if (found === expected) continue;
          const given = [...operands.words].map(hex).join(" ");
          expect.fail(
            `${operation.mnemonic} rm ${rounding} of ${given}:\n${found}, not\n${expected}`,
          );
        }
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
}, 3_600_000);
