import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CSR, USTATUS } from "./csr.ts";
import { decode } from "./isa/decode.ts";
import { INSTRUCTIONS } from "./isa/instructions.ts";
import { Machine } from "./machine.ts";
import { PAGE_SIZE } from "./memory/physical.ts";
import { RIGHT } from "./memory/tlb.ts";
import { CODE, DATA, guest, map } from "./testing/guest.ts";
import { CAUSE } from "./trap.ts";

const A0 = 10;
const A1 = 11;

describe("the clock", () => {
  test("a run stops when its budget of steps is used up, wherever that is", () => {
    const { machine } = guest("1: addi a0, a0, 1; j 1b");
    expect(machine.run(5)).toEqual({ kind: "budget" });
    expect(machine.hart.x(A0)).toBe(3);
    expect(machine.hart.pc).toBe(CODE + 4);
    expect(machine.steps).toBe(5);
  });

  test("a run of no steps does nothing, not even take a trap that is due", () => {
    const { machine } = guest("ecall");
    machine.timerDeadline = 0;
    expect(machine.run(0)).toEqual({ kind: "budget" });
    expect(machine.steps).toBe(0);
  });

  test("a trap is one step, and retires nothing", () => {
    const { machine } = guest("nop; ecall");
    expect(machine.run(100)).toEqual({ kind: "trap", cause: CAUSE.ecall, value: 0, pc: CODE + 4 });
    expect(machine.steps).toBe(2);
    expect(machine.retired).toBe(1);
    expect(machine.trapsTaken).toBe(1);
  });

  test("in a fault loop steps go on while instret stands still", () => {
    const { machine } = guest("lw a0, 0(zero)");
    for (let count = 1; count <= 3; count++) {
      expect(machine.run(1)).toMatchObject({ kind: "trap", cause: CAUSE.loadPageFault });
      expect(machine.steps).toBe(count);
    }
    expect(machine.retired).toBe(0);
  });

  test("the timer stops a run at its deadline, as a step of its own, until it is moved", () => {
    const { machine } = guest("1: addi a0, a0, 1; j 1b");
    machine.timerDeadline = 4;
    expect(machine.run(100)).toEqual({ kind: "timer" });
    expect([machine.steps, machine.retired, machine.hart.x(A0)]).toEqual([5, 4, 2]);
    expect(machine.run(100)).toEqual({ kind: "timer" });
    expect([machine.steps, machine.retired, machine.hart.x(A0)]).toEqual([6, 4, 2]);
    machine.timerDeadline = 8;
    expect(machine.run(100)).toEqual({ kind: "timer" });
    expect([machine.steps, machine.retired, machine.hart.x(A0)]).toEqual([9, 6, 3]);
  });

  test("a run whose budget ends at the deadline stops before the timer, so that no run goes too far", () => {
    const { machine } = guest("1: j 1b");
    machine.timerDeadline = 4;
    expect(machine.run(4)).toEqual({ kind: "budget" });
    expect(machine.run(1)).toEqual({ kind: "timer" });
    expect(machine.steps).toBe(5);
  });

  test("an idle jump advances time and cycle, and retires nothing", () => {
    const { machine } = guest("rdtime a0; rdinstret a1; ecall");
    machine.skipIdle(1000);
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(1000);
    expect(machine.hart.x(A1)).toBe(1);
    expect(machine.steps).toBe(1003);
    expect(machine.retired).toBe(2);
  });

  test("counters read what was counted before the instruction that reads them", () => {
    const { machine } = guest(
      "nop; rdtime a0; rdinstret a1; rdcycle a2; rdcycleh a3; rdtimeh a4; rdinstreth a5",
    );
    machine.modelledCharge = 2 ** 33 + 100;
    machine.run(7);
    const [a0, a1, a2, a3, a4, a5] = machine.hart.registers().slice(A0);
    expect([a0, a1, a2, a3, a4, a5]).toEqual([1, 2, 103, 2, 0, 0]);
  });

  test("counts beyond 32 bits are read in two halves", () => {
    const { machine } = guest("rdtime a0; rdtimeh a1");
    machine.skipIdle(5 * 2 ** 32 + 7);
    machine.run(2);
    expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([7, 5]);
    expect(machine.hart.readCsr(CSR.timeh)).toBe(5);
  });
});

describe("interrupts", () => {
  test("a pending interrupt is taken at the next boundary if UIE is 1", () => {
    const { machine } = guest("nop; nop");
    machine.hart.writeCsr(CSR.uip, 1);
    expect(machine.run(1)).toEqual({ kind: "budget" });
    machine.hart.writeCsr(CSR.ustatus, USTATUS.UIE);
    expect(machine.run(10)).toEqual({ kind: "interrupt" });
    expect([machine.steps, machine.retired, machine.hart.pc]).toEqual([2, 1, CODE + 4]);
  });

  test.each`
    source                                      | pc          | because
    ${"csrwi ustatus, 1; nop"}                  | ${CODE + 4} | ${"a write of ustatus"}
    ${"csrsi ustatus, 1; nop"}                  | ${CODE + 4} | ${"a bit set in ustatus"}
    ${"csrw uepc, a0; csrwi ustatus, 16; uret"} | ${CODE}     | ${"uret"}
  `(
    "$because that sets UIE lets a pending interrupt in before the next instruction",
    ({ source, pc }) => {
      const { machine } = guest(source);
      machine.hart.setX(A0, CODE);
      machine.hart.writeCsr(CSR.uip, 0x100);
      expect(machine.run(100)).toEqual({ kind: "interrupt" });
      expect(machine.hart.pc).toBe(pc);
    },
  );

  test("an interrupt goes before the timer, and the timer before a breakpoint", () => {
    const { machine } = guest("nop");
    machine.hart.writeCsr(CSR.uip, 1);
    machine.hart.writeCsr(CSR.ustatus, USTATUS.UIE);
    machine.timerDeadline = 0;
    machine.breakpoints.set(0, CODE);
    expect(machine.run(10)).toEqual({ kind: "interrupt" });
    machine.hart.writeCsr(CSR.uip, 0);
    expect(machine.run(10)).toEqual({ kind: "timer" });
    machine.timerDeadline = Number.POSITIVE_INFINITY;
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE });
  });

  test("uret is reported to whoever records, with the new pc, after it has happened", () => {
    const { machine } = guest("nop; uret");
    machine.hart.writeCsr(CSR.uepc, CODE + 2);
    const seen: [number, number][] = [];
    machine.onUserReturn = (pc) => seen.push([pc, machine.steps]);
    machine.run(2);
    expect(seen).toEqual([[CODE + 2, 2]]);
    expect(machine.hart.pc).toBe(CODE + 2);
  });
});

describe("fetching", () => {
  test.each`
    rights               | because
    ${RIGHT.R | RIGHT.W} | ${"the page isn't executable"}
    ${undefined}         | ${"the page isn't mapped"}
  `("a jump retires and the fetch at its target traps: $because", ({ rights }) => {
    const { machine } = guest("lui a0, 0x30; jr a0");
    if (rights !== undefined) map(machine, 0x30000, 10, rights);
    expect(machine.run(10)).toEqual({
      kind: "trap",
      cause: CAUSE.instructionPageFault,
      value: 0x30000,
      pc: 0x30000,
    });
    expect([machine.steps, machine.retired, machine.hart.pc]).toEqual([3, 2, 0x30000]);
  });

  test("execution runs on from one page into the next, wherever that is in memory", () => {
    const { machine } = guest(".space 4092; nop; addi a0, a0, 1");
    machine.tlb.invalidatePage(0, (CODE >>> 12) + 1);
    map(machine, CODE + PAGE_SIZE, 12, RIGHT.X);
    machine.memory.writeU32(12 * PAGE_SIZE, 0x00250513); // addi a0, a0, 2
    machine.hart.setPc(CODE + 4092);
    expect(machine.run(2)).toEqual({ kind: "budget" });
    expect(machine.hart.x(A0)).toBe(2);
  });

  test("the page after the last one is the first one", () => {
    const { machine } = guest("ecall");
    map(machine, 0xfffff000, 12, RIGHT.X);
    map(machine, 0, 13, RIGHT.X);
    machine.memory.writeU32(12 * PAGE_SIZE + 4092, 0x00150513); // addi a0, a0, 1
    machine.memory.writeU32(13 * PAGE_SIZE, 0x00150513);
    machine.hart.setPc(0xfffffffc);
    expect(machine.run(2)).toEqual({ kind: "budget" });
    expect([machine.hart.pc, machine.hart.x(A0)]).toEqual([4, 2]);
  });
});

describe("an instruction that spans two pages", () => {
  const spanning = ".space 4094; addi a0, a0, 1; jr a1";

  function spanningGuest(): Machine {
    const { machine } = guest(spanning);
    machine.hart.setPc(CODE + 4094);
    machine.hart.setX(A1, CODE + 4094);
    return machine;
  }

  test("executes as one", () => {
    const machine = spanningGuest();
    machine.run(21);
    expect(machine.hart.x(A0)).toBe(11);
    expect(machine.hart.pc).toBe(CODE + 4098);
  });

  test("traps with the address of the second page if that isn't mapped, while pc stays at the instruction", () => {
    const machine = spanningGuest();
    machine.tlb.invalidatePage(0, (CODE >>> 12) + 1);
    expect(machine.run(1)).toEqual({
      kind: "trap",
      cause: CAUSE.instructionPageFault,
      value: CODE + PAGE_SIZE,
      pc: CODE + 4094,
    });
    map(machine, CODE + PAGE_SIZE, 5, RIGHT.X);
    machine.run(1);
    expect(machine.hart.x(A0)).toBe(1);
  });

  test("is another one when its second page is mapped elsewhere", () => {
    const machine = spanningGuest();
    machine.run(2);
    map(machine, CODE + PAGE_SIZE, 12, RIGHT.X);
    machine.memory.writeBytes(12 * PAGE_SIZE, machine.memory.frame(5));
    machine.memory.writeU16(12 * PAGE_SIZE, 0x0075); // addi a0, a0, 7
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(8);
  });

  test("is another one when its second half is written", () => {
    const machine = spanningGuest();
    machine.run(2);
    machine.memory.writeU16(5 * PAGE_SIZE, 0x0075);
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(8);
  });

  test("is illegal as a whole, with all its bits as value", () => {
    const machine = spanningGuest();
    machine.memory.writeU16(5 * PAGE_SIZE, 0xffff);
    machine.memory.writeU16(5 * PAGE_SIZE - 2, 0xffff);
    expect(machine.run(1)).toMatchObject({ cause: CAUSE.illegalInstruction, value: 0xffffffff });
  });

  test("may branch", () => {
    const { machine } = guest(".space 4094; beqz zero, target; nop; target: addi a0, a0, 5");
    machine.hart.setPc(CODE + 4094);
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(5);
  });
});

describe("address spaces", () => {
  function twoSpaces(): Machine {
    const { machine } = guest("1: lw a0, 0(a1); addi a2, a2, 1; j 1b");
    machine.hart.setX(A1, DATA);
    machine.memory.writeU32(8 * PAGE_SIZE, 111);
    map(machine, CODE, 12, RIGHT.X, 7);
    map(machine, DATA, 13, RIGHT.R, 7);
    machine.memory.writeBytes(12 * PAGE_SIZE, machine.memory.frame(4));
    machine.memory.writeU32(12 * PAGE_SIZE + 4, 0x00a60613); // addi a2, a2, 10
    machine.memory.writeU32(13 * PAGE_SIZE, 777);
    return machine;
  }

  test("setting asid switches what every address means, at once", () => {
    const machine = twoSpaces();
    for (const [asid, value, sum] of [
      [0, 111, 1],
      [7, 777, 11],
      [0, 111, 12],
      [7, 777, 22],
    ]) {
      machine.hart.asid = asid;
      machine.run(3);
      expect([machine.hart.x(A0), machine.hart.x(12)]).toEqual([value, sum]);
    }
  });

  test("a jump to another page goes where the current address space leads, though another was there last", () => {
    const { machine } = guest("lui a1, 0x40; jr a1");
    map(machine, 0x40000, 12, RIGHT.X);
    map(machine, CODE, 4, RIGHT.X, 7);
    map(machine, 0x40000, 13, RIGHT.X, 7);
    machine.memory.writeU32(12 * PAGE_SIZE, 0x00150513); // addi a0, a0, 1
    machine.memory.writeU32(13 * PAGE_SIZE, 0x00a50513); // addi a0, a0, 10
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(1);
    machine.hart.asid = 7;
    machine.hart.setPc(CODE);
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(11);
  });

  test("an address space without entries faults where another one has some", () => {
    const machine = twoSpaces();
    machine.run(3);
    machine.hart.asid = 8;
    expect(machine.run(1)).toMatchObject({ cause: CAUSE.instructionPageFault, value: CODE });
  });
});

describe("a store to a page without D", () => {
  test("faults once, and succeeds when the kernel has set D", () => {
    const { machine, word } = guest("sw a0, 0(a1)");
    map(machine, DATA, 8, RIGHT.R | RIGHT.W);
    machine.hart.setX(A0, 5);
    machine.hart.setX(A1, DATA);
    expect(machine.run(1)).toMatchObject({ cause: CAUSE.storePageFault, value: DATA });
    map(machine, DATA, 8, RIGHT.R | RIGHT.W | RIGHT.D);
    expect(machine.run(1)).toEqual({ kind: "budget" });
    expect(word(DATA)).toBe(5);
  });
});

test("an AMO needs to read and to write, an SC only to write", () => {
  const { machine, word } = guest("sc.w a2, a0, (a1); amoadd.w a2, a0, (a1)");
  map(machine, DATA, 8, RIGHT.W | RIGHT.D);
  machine.hart.setX(A1, DATA);
  expect(machine.run(1)).toEqual({ kind: "budget" });
  expect(machine.run(1)).toMatchObject({ cause: CAUSE.storePageFault, value: DATA, pc: CODE + 4 });
  expect(word(DATA)).toBe(0);
});

describe("determinism", () => {
  test("state and hash after a run of n steps are those after n runs of one step", () => {
    fc.assert(
      fc.property(randomProgram(), fc.integer({ min: 1, max: 300 }), (program, steps) => {
        const whole = randomMachine(program);
        const single = randomMachine(program);
        runHandlingTraps(whole, steps, steps);
        runHandlingTraps(single, steps, 1);
        expect(single.hash()).toBe(whole.hash());
        expect(single.steps).toBe(whole.steps);
      }),
      { numRuns: 150 },
    );
  });

  test("breakpoints, hit or not, don't change what the machine does", () => {
    fc.assert(
      fc.property(randomProgram(), fc.array(fc.nat(511), { maxLength: 8 }), (program, places) => {
        const plain = randomMachine(program);
        const watched = randomMachine(program);
        for (const place of places) watched.breakpoints.set(0, CODE + place * 2);
        runHandlingTraps(plain, 200, 200);
        runHandlingTraps(watched, 200, 200);
        expect(watched.hash()).toBe(plain.hash());
      }),
      { numRuns: 80 },
    );
  });

  test("a machine that was restored goes on as the first one did", () => {
    fc.assert(
      fc.property(randomProgram(), (program) => {
        const machine = randomMachine(program);
        runHandlingTraps(machine, 50, 50);
        const state = machine.readState();
        const ram = machine.memory.bytes.slice();
        runHandlingTraps(machine, 50, 50);
        const after = machine.hash();
        machine.memory.writeBytes(0, ram);
        machine.restoreState(state);
        runHandlingTraps(machine, 50, 50);
        expect(machine.hash()).toBe(after);
      }),
      { numRuns: 50 },
    );
  });

  /** Words of which most are instructions, among them stores into the code itself. */
  function randomProgram(): fc.Arbitrary<number[]> {
    const instruction = fc
      .tuple(fc.constantFrom(...INSTRUCTIONS), fc.nat(0xffffffff))
      .map(([{ encoding }, random]) => (random & ~encoding.mask) | encoding.match);
    return fc.array(fc.oneof({ weight: 9, arbitrary: instruction }, fc.nat(0xffffffff)), {
      minLength: 64,
      maxLength: 256,
    });
  }

  function randomMachine(program: number[]): Machine {
    const machine = new Machine({ pages: 16, tlbEntries: 4 });
    program.forEach((word, index) => {
      machine.memory.writeU32(4 * PAGE_SIZE + index * 4, word);
    });
    machine.hart.setPc(CODE);
    machine.hart.writeCsr(CSR.uip, 2);
    machine.timerDeadline = 37;
    // Registers that point into code and data, so that loads, stores and jumps often succeed.
    for (let index = 1; index < 32; index++) {
      machine.hart.setX(index, (index % 2 === 0 ? DATA : CODE) + index * 28);
    }
    return machine;
  }

  /** A kernel of a few lines: it maps what misses, skips what can't be, and ticks. */
  function runHandlingTraps(machine: Machine, steps: number, budget: number): void {
    const end = machine.steps + steps;
    const all = RIGHT.R | RIGHT.W | RIGHT.X | RIGHT.D;
    let pass = false;
    while (machine.steps < end) {
      const stop = machine.run(Math.min(budget, end - machine.steps), pass);
      pass = stop.kind === "breakpoint";
      if (stop.kind === "interrupt") machine.hart.writeCsr(CSR.ustatus, USTATUS.UPIE);
      if (stop.kind === "timer") machine.timerDeadline = machine.steps + 37;
      if (stop.kind !== "trap") continue;
      const page = stop.value >>> 12;
      const isPageFault = stop.cause >= CAUSE.instructionPageFault;
      if (isPageFault && (page === CODE >>> 12 || page === DATA >>> 12)) {
        map(machine, stop.value, page === CODE >>> 12 ? 4 : 8, all);
      } else if (stop.pc >>> 12 === CODE >>> 12 && (stop.pc & 0xfff) < 1024) {
        const word = machine.memory.readU16(4 * PAGE_SIZE + (stop.pc & 0xfff));
        machine.hart.setPc(stop.pc + ((word & 3) === 3 ? 4 : 2));
      } else {
        machine.hart.setPc(CODE + (machine.steps % 64) * 4);
      }
    }
  }
});

describe("the hash", () => {
  test("tells states apart that differ in one bit of a register, of RAM, of a TLB entry or of a device", () => {
    const hashes = [
      () => {},
      (machine: Machine) => machine.hart.setX(31, 1),
      (machine: Machine) => machine.memory.writeU8(16 * PAGE_SIZE - 1, 0x80),
      (machine: Machine) => machine.memory.writeU8(16 * PAGE_SIZE - 1, 0x40),
      (machine: Machine) => map(machine, 0x50000, 3, RIGHT.R),
      (machine: Machine) => machine.console.push(Uint8Array.of(1)),
      (machine: Machine) => machine.skipIdle(1),
      (machine: Machine) => {
        machine.timerDeadline = 5;
      },
    ].map((change) => {
      const { machine } = guest("nop");
      change(machine);
      expect(machine.hash()).toMatch(/^[0-9a-f]{16}$/);
      return machine.hash();
    });
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("doesn't cover TLB entries that are gone", () => {
    const [one, other] = [3, 5].map((frame) => {
      const { machine } = guest("nop");
      map(machine, 0x50000, frame, RIGHT.R);
      machine.tlb.invalidatePage(0, 0x50);
      return machine.hash();
    });
    expect(one).toBe(other);
  });

  test("doesn't cover what was written to x0", () => {
    const { machine } = guest("add zero, a0, a0");
    const { machine: other } = guest("add zero, a0, a0");
    // The same registers in the end, but other values thrown away.
    machine.hart.setX(A0, 5);
    machine.run(1);
    other.run(1);
    machine.hart.setX(A0, 0);
    expect(machine.hash()).toBe(other.hash());
  });

  test("doesn't cover what is only remembered to be fast", () => {
    const { machine } = guest("1: lw a0, 0(a1); sw a0, 4(a1); ecall");
    machine.hart.setX(A1, DATA);
    const before = machine.readState();
    machine.run(3);
    machine.restoreState(before);
    machine.memory.writeU32(8 * PAGE_SIZE + 4, 0);
    const { machine: fresh } = guest("1: lw a0, 0(a1); sw a0, 4(a1); ecall");
    fresh.hart.setX(A1, DATA);
    expect(machine.hash()).toBe(fresh.hash());
  });
});

test.each`
  configuration                    | because
  ${{ pages: 0 }}                  | ${"a machine has a page at least"}
  ${{ pages: (1 << 17) + 1 }}      | ${"512 MiB are the most"}
  ${{ pages: 1.5 }}                | ${"pages are whole"}
  ${{ pages: 1, tlbEntries: 0 }}   | ${"a TLB has an entry at least"}
  ${{ pages: 1, tlbEntries: 1e6 }} | ${"the state area has no room for so many entries"}
`("a machine of $configuration is refused: $because", ({ configuration }) => {
  expect(() => new Machine(configuration)).toThrow(/assertion failed/);
});

test("a state of another size of TLB is refused", () => {
  const { machine } = guest("nop", { tlbEntries: 64 });
  expect(() => machine.restoreState(guest("nop").machine.readState())).toThrow(/64/);
});

test("the registers of a hart come out unsigned and x0 stays 0", () => {
  const { machine } = guest("nop");
  machine.hart.setX(0, 5);
  machine.hart.setRegisters(new Uint32Array(32).fill(0xffffffff));
  expect(machine.hart.x(0)).toBe(0);
  expect(machine.hart.x(31)).toBe(0xffffffff);
  expect(machine.hart.registers()).toEqual(
    Uint32Array.from([0, ...new Array(31).fill(0xffffffff)]),
  );
});

test("a decoded word of all zeros is none", () => {
  expect(decode(0)).toBeUndefined();
});
