/**
 * LR and SC (Unpriv §8.2): what keeps a reservation, what ends it. Ours is one word, by its physical address. Every program runs twenty times,
 * come to by a jump, so that one engine has translated it.
 */
import { describe, expect, test } from "vitest";
import type { Machine } from "./machine.ts";
import { RIGHT } from "./memory/tlb.ts";
import { DATA, ENGINES, guest, map, type TestedEngine } from "./testing/guest.ts";

const RUNS = 20;
/** Another page that is the same frame as the first of DATA. */
const ALIAS = DATA + 0x10000;
const DATA_FRAME = 8;
const A0 = 10;

/** a0 is DATA, a1 the word behind it, a2 is 7; what is expected are a3, a4, a5 and the two words, which were 1 and 2. */
interface Case {
  readonly because: string;
  readonly source: string;
  readonly registers: readonly number[];
  readonly words: readonly number[];
}

const CASES: readonly Case[] = [
  {
    because: "SC.W succeeds if the reservation is still valid and contains the bytes being written",
    source: "lr.w a3, (a0); sc.w a4, a2, (a0)",
    registers: [1, 0, 0],
    words: [7, 2],
  },
  {
    because: "without an LR an SC fails: it does not write, and rd is not zero",
    source: "li a4, 5; sc.w a4, a2, (a0)",
    registers: [0, 1, 0],
    words: [1, 2],
  },
  {
    because: "an SC that succeeds ends the reservation",
    source: "lr.w a3, (a0); sc.w a4, a2, (a0); sc.w a5, zero, (a0)",
    registers: [1, 0, 1],
    words: [7, 2],
  },
  {
    because: "an SC that fails ends it, too, to whatever address it goes",
    source: "lr.w a3, (a0); sc.w a4, a2, (a1); sc.w a5, a2, (a0)",
    registers: [1, 1, 1],
    words: [1, 2],
  },
  {
    because: "an SC can only pair with the most recent LR: the one before is forgotten",
    source: "lr.w a3, (a0); lr.w a4, (a1); sc.w a5, a2, (a0)",
    registers: [1, 2, 1],
    words: [1, 2],
  },
  {
    because: "an SC can only pair with the most recent LR: that one counts",
    source: "lr.w a3, (a0); lr.w a4, (a1); sc.w a5, a2, (a1)",
    registers: [1, 2, 0],
    words: [1, 7],
  },
  {
    because: "the same word may be reserved again after an SC",
    source: "lr.w a3, (a0); sc.w a4, a2, (a0); lr.w a3, (a0); sc.w a4, a3, (a1); sc.w a5, a3, (a0)",
    registers: [7, 1, 1],
    words: [7, 2],
  },
  {
    because: "stores of this hart are not those of another: a reservation survives them",
    source: "lr.w a3, (a0); li a4, 9; sw a4, 0(a0); sc.w a5, a2, (a0)",
    registers: [1, 9, 0],
    words: [7, 2],
  },
  {
    because: "nor is an AMO of this hart, nor a store to part of the word",
    source: "lr.w a3, (a0); amoadd.w a4, a2, (a0); sb a2, 3(a0); sc.w a5, a2, (a0)",
    registers: [1, 1, 0],
    words: [7, 2],
  },
  {
    because: "loads, fences, branches and calls between LR and SC do not end it",
    source: `lr.w a3, (a0); fence; fence.i; lw a4, 0(a1); bnez a4, 1f; nop; 1: call 2f
      sc.w a5, a2, (a0); j 3f; 2: ret; 3:`,
    registers: [1, 2, 0],
    words: [7, 2],
  },
  {
    because: "an SC may succeed if the LR reserved the same location by another virtual address",
    source: "lr.w a3, (a0); li t0, ALIAS; sc.w a5, a2, (t0)",
    registers: [1, 0, 0],
    words: [7, 2],
  },
  {
    because: "aq and rl change nothing for one hart",
    source: "lr.w.aqrl a3, (a0); sc.w.rl a4, a2, (a0); lr.w.aq a3, (a0); sc.w.aqrl a5, a3, (a0)",
    registers: [7, 0, 0],
    words: [7, 2],
  },
  {
    because: "a constrained loop makes its change at once",
    source: "1: lr.w a3, (a0); add a4, a3, a2; sc.w a5, a4, (a0); bnez a5, 1b",
    registers: [1, 8, 0],
    words: [8, 2],
  },
];

function prepare(source: string, engine: TestedEngine) {
  const code = `first: ${source.replaceAll("ALIAS", String(ALIAS))}\necall\n.balign 4096\n.space 16\nstart: j first`;
  const made = guest(code, { engine });
  map(made.machine, ALIAS, DATA_FRAME, RIGHT.R | RIGHT.W | RIGHT.D);
  const begin = () => {
    const { machine } = made;
    machine.hart.setRegisters(new Uint32Array(32));
    machine.hart.setX(A0, DATA);
    machine.hart.setX(A0 + 1, DATA + 4);
    machine.hart.setX(A0 + 2, 7);
    machine.hart.clearReservation();
    machine.memory.writeU32(DATA_FRAME * 4096, 1);
    machine.memory.writeU32(DATA_FRAME * 4096 + 4, 2);
    machine.hart.setPc(made.symbols.get("start")!);
  };
  return { ...made, begin };
}

const seen = ({ hart }: Machine) => [3, 4, 5].map((a) => hart.x(A0 + a));

describe.each(ENGINES)("%s", (engine) => {
  test.each(CASES)("$because", ({ source, registers, words }) => {
    const { machine, word, begin } = prepare(source, engine);
    for (let i = 0; i < RUNS; i++) {
      begin();
      expect(machine.run(100)).toMatchObject({ kind: "trap", cause: 8 });
      expect(seen(machine)).toEqual(registers);
      expect([word(DATA), word(DATA + 4)]).toEqual(words);
    }
    if (engine === "forced") expect(machine.translatedSteps).toBeGreaterThan(0);
  });

  test.each(CASES)("wherever a run is cut, also: $because", ({ source, registers, words }) => {
    const { machine, word, begin } = prepare(source, engine);
    for (const budget of [100, 1, 2, 3, 5, 1, 100, 1]) {
      begin();
      while (machine.run(budget).kind === "budget");
      expect(seen(machine)).toEqual(registers);
      expect([word(DATA), word(DATA + 4)]).toEqual(words);
    }
  });

  test("what the kernel does when another environment gets the hart makes the SC fail", () => {
    const { machine, word, begin } = prepare("lr.w a3, (a0); sc.w a4, a2, (a0)", engine);
    for (let i = 0; i < RUNS; i++) {
      begin();
      expect(machine.run(2)).toEqual({ kind: "budget" });
      expect(machine.hart.reservation).toBe(DATA_FRAME * 4096);
      machine.hart.clearReservation();
      machine.run(10);
      expect([...seen(machine), word(DATA)]).toEqual([1, 1, 0, 1]);
    }
  });

  test.each`
    source                                    | cause | because
    ${"lr.w a3, (a0); lr.w a4, (t0)"}         | ${4}  | ${"a misaligned LR reserves nothing"}
    ${"lr.w a3, (a0); sc.w a4, a2, (t0)"}     | ${6}  | ${"a misaligned SC is not executed"}
    ${"lr.w a3, (a0); lr.w a4, (t1)"}         | ${13} | ${"an LR that faults reserves nothing"}
    ${"lr.w a3, (a0); sc.w a4, a2, (t1)"}     | ${15} | ${"an SC that faults is not executed"}
    ${"lr.w a3, (a0); amoadd.w a4, a2, (t0)"} | ${6}  | ${"a misaligned AMO traps as a store"}
    ${"lr.w a3, (a0); lw a4, 0(t1); c.nop"}   | ${13} | ${"what becomes of it is the kernel's"}
    ${"lr.w a3, (a0); .half 0; c.nop; c.nop"} | ${2}  | ${"also after an illegal instruction"}
  `("a trap leaves the reservation as it is: $source ($because)", ({ source, cause }) => {
    const { machine, begin } = prepare(source, engine);
    for (let i = 0; i < RUNS; i++) {
      begin();
      machine.hart.setX(5, DATA + 2);
      machine.hart.setX(6, 0x70000);
      expect(machine.run(100)).toMatchObject({ kind: "trap", cause });
      expect(machine.hart.reservation).toBe(DATA_FRAME * 4096);
      expect(seen(machine)).toEqual([1, 0, 0]);
    }
  });

  test("the word moves with its frame: at the same address, in another frame, nothing is reserved", () => {
    const { machine, word, begin } = prepare("lr.w a3, (a0); sc.w a4, a2, (a0)", engine);
    for (let i = 0; i < RUNS; i++) {
      begin();
      machine.run(2);
      map(machine, DATA, DATA_FRAME + 2, RIGHT.R | RIGHT.W | RIGHT.D);
      machine.run(10);
      expect([...seen(machine), word(DATA)]).toEqual([1, 1, 0, 1]);
      expect(machine.memory.readU32((DATA_FRAME + 2) * 4096)).toBe(0);
      map(machine, DATA, DATA_FRAME, RIGHT.R | RIGHT.W | RIGHT.D);
    }
  });

  test("a state that is restored has its reservation", () => {
    const { machine, word, begin } = prepare("lr.w a3, (a0); sc.w a4, a2, (a0)", engine);
    for (let i = 0; i < RUNS; i++) {
      begin();
      machine.run(2);
      const state = machine.readState();
      machine.run(10);
      expect(word(DATA)).toBe(7);
      machine.memory.writeU32(DATA_FRAME * 4096, 1);
      machine.restoreState(state);
      machine.run(10);
      expect([...seen(machine), word(DATA)]).toEqual([1, 0, 0, 7]);
    }
  });
});
