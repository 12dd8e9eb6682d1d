/** Every instruction that computes, on operands at the edges and in all the registers that may coincide, against testing/instruction-model.ts. */
import { afterAll, describe, expect, test } from "vitest";
import { DATA, ENGINES, type Guest, guest, type TestedEngine } from "../testing/guest.ts";
import * as model from "../testing/instruction-model.ts";
import { FLOAT_VECTORS } from "./float-vectors.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { REGISTER_NAMES, registerIndex } from "./registers.ts";
import { VECTORS } from "./vectors.ts";

const big = (value: number): bigint => BigInt(value >>> 0);
const word = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** Registers by name, and what a line of assembly is expected to leave in one of them. */
type Registers = Readonly<Record<string, number>>;

const counts = { steps: 0, translated: 0, lines: 0 };
afterAll(() => {
  console.info(`semantics: ${JSON.stringify(counts)}`);
});

/** Lines of assembly that are run again and again with other registers, come to by a jump, so that they may be translated. */
class Lines {
  readonly guest: Guest;
  readonly #start: number;
  readonly #count: number;

  constructor(lines: readonly string[], engine: TestedEngine) {
    this.guest = guest(`first: ${lines.join("\n")}\necall\n.balign 4096\nstart: j first`, {
      engine,
    });
    this.#start = this.guest.symbols.get("start")!;
    this.#count = lines.length;
  }

  /** All registers after the last line; those that aren't given are 0 before the first. */
  run(registers: Registers): Uint32Array {
    const { machine } = this.guest;
    for (const [index, name] of REGISTER_NAMES.entries()) {
      machine.hart.setX(index, registers[name] ?? 0);
    }
    machine.hart.setPc(this.#start);
    expect(machine.run(1000)).toMatchObject({ kind: "trap", cause: 8 });
    counts.lines += this.#count;
    return machine.hart.registers();
  }

  done(engine: TestedEngine): void {
    const { steps, translatedSteps, coldSteps } = this.guest.machine;
    counts.steps += steps;
    counts.translated += translatedSteps;
    if (engine === "forced") expect(translatedSteps).toBeGreaterThan(steps / 4);
    else expect(translatedSteps).toBe(0);
    if (engine === "cold") expect(coldSteps).toBeGreaterThan(steps / 4);
    else expect(coldSteps).toBe(0);
  }
}

function expectRegisters(found: Uint32Array, expected: Registers, what: string): void {
  for (const [name, value] of Object.entries(expected)) {
    const seen = found[registerIndex(name)!];
    if (seen !== value >>> 0) {
      expect.fail(
        `${what}: ${name} is 0x${seen.toString(16)}, not 0x${(value >>> 0).toString(16)}`,
      );
    }
  }
}

const named = (rules: Readonly<Record<string, model.Rule>>) => Object.entries(rules);

describe.each(ENGINES)("%s", (engine) => {
  test.each(named(model.OF_TWO_REGISTERS))("%s", (name, { compute }) => {
    const lines = new Lines(
      [
        `${name} a0, a1, a2`,
        `${name} s2, s2, a2`,
        `${name} s3, a1, s3`,
        `${name} s4, s4, s4`,
        `${name} zero, a1, a2`,
        `${name} s5, zero, a2`,
        `${name} s6, a1, zero`,
      ],
      engine,
    );
    for (const a of model.EDGES) {
      for (const b of model.EDGES) {
        const found = lines.run({ a0: 0xdead, a1: a, a2: b, s2: a, s3: b, s4: a });
        const of = (one: number, other: number) => word(compute(big(one), big(other)));
        const expected = {
          ...{ zero: 0, a0: of(a, b), a1: a, a2: b, s2: of(a, b), s3: of(a, b), s4: of(a, a) },
          ...{ s5: of(0, b), s6: of(a, 0) },
        };
        expectRegisters(found, expected, `${name} of ${a} and ${b}`);
      }
    }
    lines.done(engine);
  });

  test.each(named(model.OF_AN_IMMEDIATE))("%s", (name, { compute }) => {
    const isShift = name.startsWith("s") ? !name.startsWith("slt") : name === "rori";
    const immediates = isShift
      ? [0, 1, 2, 15, 16, 30, 31]
      : [-2048, -2047, -256, -1, 0, 1, 31, 255, 1024, 2047];
    const lines = new Lines(
      immediates.flatMap((imm) => [
        `${name} a0, a1, ${imm}`,
        `${name} zero, a1, ${imm}`,
        `mv t0, a1`,
        `${name} t0, t0, ${imm}`,
        `sw a0, 0(a3)`,
        `sw t0, 4(a3)`,
        `addi a3, a3, 8`,
      ]),
      engine,
    );
    for (const a of model.EDGES) {
      expectRegisters(lines.run({ a1: a, a3: DATA }), { zero: 0, a1: a }, name);
      for (const [i, imm] of immediates.entries()) {
        const expected = word(compute(big(a), BigInt(imm)));
        expect(lines.guest.word(DATA + i * 8), `${name} of ${a} and ${imm}`).toBe(expected);
        expect(lines.guest.word(DATA + i * 8 + 4), `${name} in place`).toBe(expected);
      }
    }
    lines.done(engine);
  });

  test.each(named(model.OF_ONE_REGISTER))("%s", (name, { compute }) => {
    const lines = new Lines(
      [`${name} a0, a1`, `${name} s2, s2`, `${name} zero, a1`, `${name} s3, zero`],
      engine,
    );
    const powers = Array.from({ length: 32 }, (_, bit) => 2 ** bit);
    for (const a of [...model.EDGES, ...powers, ...powers.map((power) => ~power)]) {
      const expected = word(compute(big(a), 0n));
      const ofZero = word(compute(0n, 0n));
      const found = lines.run({ a0: 0xdead, a1: a, s2: a });
      expectRegisters(
        found,
        { zero: 0, a0: expected, s2: expected, s3: ofZero },
        `${name} of ${a}`,
      );
    }
    lines.done(engine);
  });

  test.each(named(model.BRANCHES))("%s", (name, { compute }) => {
    const lines = new Lines(
      [
        `${name} a1, a2, 1f; addi a0, a0, 1; 1: ${name} a1, a1, 1f; addi a0, a0, 2`,
        `1: ${name} zero, a2, 1f; addi a0, a0, 4; 1: ${name} a1, zero, 1f; addi a0, a0, 8; 1:`,
      ],
      engine,
    );
    for (const a of model.EDGES) {
      for (const b of model.EDGES) {
        const passed = (one: number, other: number) => 1 - word(compute(big(one), big(other)));
        const a0 = passed(a, b) + 2 * passed(a, a) + 4 * passed(0, b) + 8 * passed(a, 0);
        expectRegisters(lines.run({ a1: a, a2: b }), { a0 }, `${name} of ${a} and ${b}`);
      }
    }
    lines.done(engine);
  });

  test.each(named(model.ATOMICS))("%s", (name, { compute }) => {
    const lines = new Lines(
      [
        ...["", ".aq", ".rl", ".aqrl"].map((order) => `${name}${order} a0, a2, (a1); sw a3, (a1)`),
        `${name} zero, a2, (a1); sw a3, (a1)`,
        `mv s2, a2; ${name} s2, s2, (a1); lw t0, (a1); sw a3, (a1)`,
        `mv s3, a1; ${name} s3, a2, (s3); lw t1, (a1); sw a3, (a1)`,
        `${name} s4, zero, (a1); lw t2, (a1); sw a3, (a1)`,
        `${name} s5, a2, (a1)`,
      ],
      engine,
    );
    for (const a of model.EDGES) {
      for (const b of model.EDGES) {
        lines.guest.machine.memory.writeU32(8 * 4096, a);
        const found = lines.run({ a1: DATA, a2: b, a3: a });
        const stored = word(compute(big(a), big(b)));
        const ofZero = word(compute(big(a), 0n));
        const expected = {
          ...{ zero: 0, a0: a, a1: DATA, a2: b, s2: a, s3: a, s4: a, s5: a },
          ...{ t0: stored, t1: stored, t2: ofZero },
        };
        expectRegisters(found, expected, `${name} of ${a} and ${b}`);
        expect(lines.guest.word(DATA), `${name} of ${a} and ${b}`).toBe(stored);
      }
    }
    lines.done(engine);
  });

  test.each(Object.entries(model.LOADS))("%s", (name, { compute, bytes }) => {
    const offsets = [0, 1, 2, 3].filter((offset) => offset % bytes === 0);
    const lines = new Lines(
      offsets.flatMap((offset, i) => [
        `${name} a${2 + i}, ${offset}(a1)`,
        `${name} zero, ${offset}(a1)`,
        `addi s${2 + i}, a1, 2047; ${name} s${2 + i}, ${offset - 2047}(s${2 + i})`,
      ]),
      engine,
    );
    for (const a of model.EDGES) {
      lines.guest.machine.memory.writeU32(8 * 4096 + 8, a);
      const found = lines.run({ a1: DATA + 8 });
      for (const [i, offset] of offsets.entries()) {
        const expected = word(compute(big(a), BigInt(offset)));
        const registers = { zero: 0, [`a${2 + i}`]: expected, [`s${2 + i}`]: expected };
        expectRegisters(found, registers, `${name} of ${a} at ${offset}`);
      }
    }
    lines.done(engine);
  });

  test.each(Object.entries(model.STORES))("%s", (name, bytes) => {
    const offsets = [0, 1, 2, 3].filter((offset) => offset % bytes === 0);
    const lines = new Lines(
      offsets.flatMap((offset, i) => [
        `sw a2, ${i * 4}(a1)`,
        `${name} a0, ${i * 4 + offset}(a1)`,
        `sw a2, ${2044 - i * 4}(a1)`,
        `${name} zero, ${2044 - i * 4 + offset}(a1)`,
      ]),
      engine,
    );
    for (const a of model.EDGES) {
      for (const before of [0, 0xffffffff, 0x12345678]) {
        lines.run({ a0: a, a1: DATA, a2: before });
        for (const [i, offset] of offsets.entries()) {
          const mask = ((1n << BigInt(bytes * 8)) - 1n) << BigInt(offset * 8);
          const stored = (value: number) =>
            word((big(before) & ~mask) | ((big(value) << BigInt(offset * 8)) & mask));
          expect(lines.guest.word(DATA + i * 4), `${name} at ${offset}`).toBe(stored(a));
          expect(lines.guest.word(DATA + 2044 - i * 4), `${name} of zero`).toBe(stored(0));
        }
      }
    }
    lines.done(engine);
  });
});

test("every instruction is in the model, abbreviates one that is (expansions.test.ts), or has vectors for all", () => {
  const modelled = new Set(
    [
      model.OF_TWO_REGISTERS,
      model.OF_AN_IMMEDIATE,
      model.OF_ONE_REGISTER,
      model.BRANCHES,
      model.ATOMICS,
      model.LOADS,
      model.STORES,
    ].flatMap((rules) => Object.keys(rules)),
  );
  const vectors = [...VECTORS, ...FLOAT_VECTORS].map(([line]) =>
    line.split(" ")[0].replace(/\.(aq|rl|aqrl)$/, ""),
  );
  const without = INSTRUCTIONS.filter(
    ({ mnemonic, expandsTo = mnemonic, format }) =>
      !modelled.has(expandsTo) &&
      vectors.filter((name) => name === expandsTo).length < (format.syntax === "" ? 1 : 3),
  );
  expect(without.map(({ mnemonic }) => mnemonic)).toEqual([]);
});
