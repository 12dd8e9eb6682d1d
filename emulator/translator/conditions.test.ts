/** Breakpoints with conditions in hot code: they stop where the interpreter stops, and what doesn't stop stays translated. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Condition, DoubleCondition, LongCondition } from "../condition.ts";
import { assemble } from "../isa/assembler.ts";
import { ENGINE, type Engine, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";
import { binary, constant, load, randomCondition, register } from "../testing/conditions.ts";

const before = { ...ENGINE };
beforeAll(() => {
  Object.assign(ENGINE, { hot: 2, pace: 0 });
});
afterAll(() => {
  Object.assign(ENGINE, before);
});

const CODE = 0x10000;
const DATA = 0x20000;
const [A0, A1, S0, S1, T0] = [10, 11, 8, 9, 5];

/** Counts in a0, calls, loads and stores. */
const LOOP = `
  loop: addi a0, a0, 1
  middle: lw a1, 0(s0)
  addi a1, a1, 3
  sw a1, 0(s0)
  mv t0, ra
  call called
  after: andi a2, a0, 7
  branch: bnez a2, loop
  addi a3, a3, 1
  jump: j loop
  called: xori a4, a0, 5
  return: ret`;
const STEPS = 200_000;

function machineOf(engine: Engine, source = LOOP) {
  const machine = new Machine({ pages: 16, engine });
  const { bytes, symbols } = assemble(source, { origin: CODE, symbols: { DATA } });
  machine.memory.writeBytes(4 * 4096, bytes);
  const rights = RIGHT.R | RIGHT.W | RIGHT.D;
  for (const asid of [0, 1]) {
    machine.tlb.write({ asid, vpn: CODE >>> 12, frame: 4, rights: RIGHT.X | RIGHT.R });
    machine.tlb.write({ asid, vpn: DATA >>> 12, frame: 8, rights });
    machine.tlb.write({ asid, vpn: (DATA >>> 12) + 1, frame: 9, rights });
  }
  machine.hart.setPc(CODE);
  machine.hart.setX(S0, DATA);
  machine.hart.setX(S1, DATA + 4096);
  return { machine, at: (name: string) => symbols.get(name) ?? 0 };
}

/** A machine in which the loop is hot, and the same one interpreted. */
function both() {
  const hot = machineOf("translator");
  const cold = machineOf("interpreter");
  hot.machine.run(10_000);
  cold.machine.run(10_000);
  const machines = [hot.machine, cold.machine];
  return { machines, hot: hot.machine, cold: cold.machine, at: hot.at };
}

const equals = (x: number, value: number) => binary("eq", register(x), constant(value));
const NEVER = equals(A0, -1);

function longConstant(value: bigint): LongCondition {
  const low = Number(BigInt.asIntN(32, value));
  return { kind: "long constant", low, high: Number(BigInt.asIntN(32, value >> 32n)) };
}

function doubleConstant(value: number): DoubleCondition {
  const [low, high] = new Int32Array(new Float64Array([value]).buffer);
  return { kind: "double constant", low: low!, high: high! };
}

const isLong = (address: Condition, value: bigint | number): Condition => ({
  kind: "compare longs",
  operator: "eq",
  left: { kind: "long load", address },
  right: longConstant(BigInt(value)),
});

const isDouble = (address: Condition, value: number): Condition => ({
  kind: "compare doubles",
  operator: "eq",
  left: { kind: "double load", address },
  right: doubleConstant(value),
});

/** Runs both until they stop, and returns how the interpreted one did. */
function stopOf({ machines, hot, cold }: ReturnType<typeof both>, passes = false) {
  const [stop, other] = machines.map((machine) => machine.run(STEPS, passes));
  expect([stop, hot.steps, ...hot.hart.registers()]).toEqual([
    other,
    cold.steps,
    ...cold.hart.registers(),
  ]);
  return other;
}

describe("a false condition", () => {
  test.each(["loop", "middle", "after", "branch", "jump", "called", "return"])(
    "at '%s' leaves the code translated",
    (name) => {
      const { hot, at } = both();
      hot.breakpoints.set(0, at(name), NEVER);
      const { translatedSteps } = hot;
      expect(hot.run(STEPS)).toEqual({ kind: "budget" });
      expect(hot.translatedSteps - translatedSteps).toBeGreaterThan(STEPS * 0.99);
    },
  );

  test("of which a page was never read by the guest does, too", () => {
    const { hot, at } = both();
    hot.breakpoints.set(0, at("middle"), binary("eq", load(register(S1)), constant(1)));
    hot.run(STEPS / 2);
    const { translatedSteps } = hot;
    expect(hot.run(STEPS)).toEqual({ kind: "budget" });
    expect(hot.translatedSteps - translatedSteps).toBeGreaterThan(STEPS * 0.99);
  });
});

test.each(["loop", "middle", "after", "branch", "jump", "called", "return"])(
  "a condition at '%s' stops where it becomes true, and not where it is passed",
  (name) => {
    const pair = both();
    for (const { breakpoints } of pair.machines)
      breakpoints.set(0, pair.at(name), equals(A0, 5000));
    expect(stopOf(pair)).toEqual({ kind: "breakpoint", pc: pair.at(name) });
    expect(pair.hot.hart.x(A0)).toBe(5000);
    expect(stopOf(pair)).toEqual({ kind: "breakpoint", pc: pair.at(name) });
    expect(stopOf(pair, true)).toEqual({ kind: "budget" });
  },
);

test("stops are at the same step whatever the budget", () => {
  const condition = binary("eq", binary("and", register(A0), constant(31)), constant(3));
  const pair = both();
  for (const { breakpoints } of pair.machines) breakpoints.set(0, pair.at("after"), condition);
  for (let budget = 1; budget < 200; budget++) {
    const [stop, other] = pair.machines.map((machine) => machine.run(budget, true));
    expect([stop, pair.hot.steps, pair.hot.hart.pc]).toEqual([
      other,
      pair.cold.steps,
      pair.cold.hart.pc,
    ]);
  }
});

describe("what has no answer stops", () => {
  const divided = (divisor: Condition) => binary("divS", constant(7), divisor);
  test.each<[string, Condition]>([
    ["a load from a page that the TLB has not", load(constant(0x50000))],
    ["a load that is misaligned", load(binary("add", register(S0), constant(2)))],
    ["a load of a half that is misaligned", load(constant(DATA + 1), 2)],
    ["a load whose address has none", load(load(constant(0x50000)))],
    ["8 bytes that are aligned to 4", isLong(binary("add", register(S0), constant(4)), 0)],
    ["a double that is misaligned", isDouble(binary("add", register(S0), constant(12)), 0)],
    ["8 bytes of a page that the TLB has not", isLong(constant(0x50000), 0)],
    ["a division by 0", divided(constant(0))],
    ["a remainder by 0", binary("remU", register(A0), register(0))],
    ["a shift by 32", binary("shl", register(A0), constant(32))],
    ["a shift by a negative number", binary("shrS", register(A0), constant(-1))],
    [
      "an 'or' of which the left one has none",
      { kind: "or", left: divided(constant(0)), right: equals(A0, 0) },
    ],
    [
      "an 'and' that comes to one that has none",
      { kind: "and", left: constant(1), right: divided(constant(0)) },
    ],
  ])("%s", (_, condition) => {
    const pair = both();
    for (const { breakpoints } of pair.machines) breakpoints.set(0, pair.at("middle"), condition);
    expect(stopOf(pair)).toEqual({ kind: "breakpoint", pc: pair.at("middle") });
  });

  test.each<[string, Condition]>([
    ["not needed for 'and'", { kind: "and", left: constant(0), right: divided(constant(0)) }],
    [
      "not needed for 'or'",
      binary("eq", { kind: "or", left: constant(5), right: divided(constant(0)) }, constant(5)),
    ],
    [
      "not chosen",
      { kind: "choice", test: constant(0), yes: divided(constant(0)), no: constant(0) },
    ],
    [
      "the least number by -1",
      binary("ne", binary("divS", constant(-(2 ** 31)), constant(-1)), constant(-(2 ** 31))),
    ],
  ])("but it does not where it is %s", (_, condition) => {
    const pair = both();
    for (const { breakpoints } of pair.machines) breakpoints.set(0, pair.at("middle"), condition);
    expect(stopOf(pair)).toEqual({ kind: "budget" });
  });
});

test("bytes and halves are extended as the condition says", () => {
  const is = (condition: Condition, value: number) => binary("ne", condition, constant(value));
  const conditions = [
    is(load(register(S1), 1, true), -2),
    is(load(register(S1), 1, false), 0xfe),
    is(load(register(S1), 2, true), -0x7f02),
    is(load(register(S1), 2, false), 0x80fe),
    is(load(register(S1), 4), 0x123480fe),
    is({ kind: "extend", bits: 8, isSigned: true, operand: load(register(S1)) }, -2),
    is({ kind: "extend", bits: 16, isSigned: true, operand: load(register(S1)) }, -0x7f02),
    is({ kind: "extend", bits: 16, isSigned: false, operand: load(register(S1)) }, 0x80fe),
  ];
  for (const condition of conditions) {
    const pair = both();
    for (const { memory, breakpoints } of pair.machines) {
      memory.writeU32(9 * 4096, 0x123480fe);
      breakpoints.set(0, pair.at("middle"), condition);
    }
    expect(stopOf(pair)).toEqual({ kind: "budget" });
  }
});

test("longs, doubles and singles are what stands there", () => {
  const not = (condition: Condition) => binary("eq", condition, constant(0));
  const conditions = [
    not(isLong(register(S1), 0x8000_0001_4060_0000n)),
    not(isDouble(binary("add", register(S1), constant(8)), -2.5)),
    not({
      kind: "compare doubles",
      operator: "eq",
      left: { kind: "single load", address: register(S1) },
      right: doubleConstant(3.5),
    }),
    not({
      kind: "compare doubles",
      operator: "eq",
      left: { kind: "single of bits", operand: load(register(S1)) },
      right: doubleConstant(3.5),
    }),
    // Signed, it is less than 0, unsigned it is not.
    not({
      kind: "compare longs",
      operator: "ltS",
      left: { kind: "long load", address: register(S1) },
      right: longConstant(0n),
    }),
    {
      kind: "compare longs",
      operator: "ltU",
      left: { kind: "long load", address: register(S1) },
      right: longConstant(0x8000_0000_0000_0000n),
    },
  ] satisfies Condition[];
  for (const condition of conditions) {
    const pair = both();
    for (const { memory, breakpoints } of pair.machines) {
      memory.writeU32(9 * 4096, 0x4060_0000);
      memory.writeU32(9 * 4096 + 4, 0x8000_0001);
      memory.writeU32(9 * 4096 + 12, 0xc004_0000);
      breakpoints.set(0, pair.at("middle"), condition);
    }
    expect(stopOf(pair)).toEqual({ kind: "budget" });
  }
});

test("a condition is of one address space", () => {
  const pair = both();
  for (const { breakpoints } of pair.machines) {
    breakpoints.set(1, pair.at("middle"), equals(A0, 5000));
    breakpoints.set(0, pair.at("middle"), equals(A0, 6000));
  }
  expect(stopOf(pair)).toMatchObject({ kind: "breakpoint" });
  expect(pair.hot.hart.x(A0)).toBe(6000);
  for (const { hart } of pair.machines) {
    hart.asid = 1;
    hart.setX(A0, 4000);
  }
  expect(stopOf(pair)).toMatchObject({ kind: "breakpoint" });
  expect(pair.hot.hart.x(A0)).toBe(5000);
});

test("one that always stops, in another address space, takes nothing from a condition", () => {
  const pair = both();
  for (const { breakpoints } of pair.machines) {
    breakpoints.set(1, pair.at("middle"));
    breakpoints.set(0, pair.at("middle"), equals(A0, 5000));
  }
  expect(stopOf(pair)).toMatchObject({ kind: "breakpoint" });
  expect(pair.hot.hart.x(A0)).toBe(5000);
});

test("a condition that is set, replaced or cleared in hot code takes effect at once, and the code stays hot", () => {
  const { hot, at } = both();
  const set = (condition?: Condition) => hot.breakpoints.set(0, at("middle"), condition);
  set(NEVER);
  expect(hot.run(1000)).toEqual({ kind: "budget" });
  set(binary("ltS", constant(0), register(A0)));
  expect(hot.run(1000)).toMatchObject({ kind: "breakpoint" });
  set(NEVER);
  expect(hot.run(1000, true)).toEqual({ kind: "budget" });
  set();
  expect(hot.run(1000)).toMatchObject({ kind: "breakpoint" });
  set(NEVER);
  const { translatedSteps } = hot;
  hot.run(STEPS, true);
  hot.breakpoints.clear(0, at("middle"));
  hot.run(STEPS);
  expect(hot.translatedSteps - translatedSteps).toBeGreaterThan(STEPS * 1.98);
  expect(hot.translation?.forgotten).toBeGreaterThan(3);
});

test("the same condition once more changes nothing", () => {
  const { hot, at } = both();
  hot.breakpoints.set(0, at("middle"), equals(A0, -1));
  hot.run(STEPS);
  const { forgotten } = { ...hot.translation };
  hot.breakpoints.set(0, at("middle"), equals(A0, -1));
  expect(hot.translation?.forgotten).toBe(forgotten);
});

describe("what doesn't stop leaves the code translated:", () => {
  const isTranslated = ({ hot, cold, machines }: ReturnType<typeof both>) => {
    const { translatedSteps } = hot;
    expect(stopOf({ hot, cold, machines, at: () => 0 })).toEqual({ kind: "budget" });
    expect(hot.translatedSteps - translatedSteps).toBeGreaterThan(STEPS * 0.99);
  };

  test.each([undefined, constant(1)])(
    "breakpoints while none stops (condition: %o)",
    (condition) => {
      const pair = both();
      for (const { breakpoints } of pair.machines) {
        breakpoints.set(0, pair.at("middle"), condition);
        breakpoints.set(0, pair.at("loop"), condition);
        breakpoints.isMuted = true;
      }
      isTranslated(pair);
      for (const { breakpoints } of pair.machines) breakpoints.isMuted = false;
      expect(stopOf(pair)).toMatchObject({ kind: "breakpoint" });
    },
  );

  test("one of another address space", () => {
    const pair = both();
    for (const { breakpoints } of pair.machines) breakpoints.set(1, pair.at("middle"));
    isTranslated(pair);
    for (const { hart } of pair.machines) hart.asid = 1;
    expect(stopOf(pair)).toEqual({ kind: "breakpoint", pc: pair.at("middle") });
  });
});

test("a condition reads a watched page without hitting the watch", () => {
  const pair = both();
  for (const { watchpoints, breakpoints } of pair.machines) {
    watchpoints.set({ id: 1, pa: 9 * 4096, length: 4096, read: true, write: true });
    breakpoints.set(0, pair.at("middle"), binary("eq", load(register(S1)), constant(1)));
  }
  expect(stopOf(pair)).toEqual({ kind: "budget" });
});

test("evaluation leaves registers, TLB and memory as they are", () => {
  const { hot, at } = both();
  const other = machineOf("translator").machine;
  other.run(10_000);
  hot.breakpoints.set(0, at("middle"), {
    kind: "or",
    left: binary("eq", load(register(S1)), load(register(S0), 2)),
    right: binary("ltU", register(T0), register(A1)),
  });
  for (let end = hot.steps + STEPS; hot.steps < end; ) hot.run(end - hot.steps, true);
  other.run(STEPS);
  expect(hot.hash()).toBe(other.hash());
});

const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
console.info(`conditions: EXOSCOPE_SEED=${SEED}`);

test("random conditions stop hot code where they stop it interpreted", () => {
  let stops = 0;
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer()), (numbers) => {
      const chance = {
        next: () => numbers.next().value as number,
        below: (count: number) => ((numbers.next().value as number) >>> 0) % count,
        of: <T>(items: readonly T[]) => items[chance.below(items.length)] as T,
      };
      const pair = both();
      for (let i = 0; i < 3; i++) {
        const at = pair.at(chance.of(["loop", "middle", "after", "branch", "called", "return"]));
        const condition = randomCondition(chance, [S0, S1]);
        for (const { breakpoints } of pair.machines) breakpoints.set(0, at, condition);
      }
      for (let i = 0; i < 6; i++) {
        const [stop, other] = pair.machines.map((machine) => machine.run(700, true));
        expect([stop, pair.hot.steps, ...pair.hot.hart.registers()]).toEqual([
          other,
          pair.cold.steps,
          ...pair.cold.hart.registers(),
        ]);
        if (other?.kind === "breakpoint") stops += 1;
      }
      expect(pair.hot.hash()).toBe(pair.cold.hash());
    }),
    { numRuns: process.env["EXOSCOPE_FULL"] === "1" ? 3000 : 150, seed: SEED },
  );
  expect(stops).toBeGreaterThan(50);
}, 120_000);
