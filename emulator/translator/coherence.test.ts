/** Translated code is what stands in memory, where it is mapped now, at each moment. Each test runs hot code, and then changes what it stands on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { assemble } from "../isa/assembler.ts";
import { ENGINE, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";

const before = { ...ENGINE };
beforeAll(() => {
  ENGINE.engine = "translator";
  ENGINE.hot = 2;
  ENGINE.pace = 0;
});
afterAll(() => {
  Object.assign(ENGINE, before);
});

const CODE = 0x10000;
const DATA = 0x20000;
const RX = RIGHT.R | RIGHT.X;
const RWX = RX | RIGHT.W | RIGHT.D;

/** A loop over two pages that counts in a0, and adds what stands on the second page to a1. */
const LOOP = `
  .space 4080
  loop: addi a0, a0, 1; addi a2, a2, 1; addi a3, a3, 1; addi a4, a4, 1
  addi a1, a1, 1
  j loop`;

function machineWith(source: string, rights: number = RWX): Machine {
  const machine = new Machine({ pages: 16 });
  const { bytes, symbols } = assemble(source, { origin: CODE, symbols: { DATA } });
  machine.memory.writeBytes(4 * 4096, bytes);
  for (const page of [0, 1]) {
    machine.tlb.write({ asid: 0, vpn: (CODE >>> 12) + page, frame: 4 + page, rights });
  }
  machine.tlb.write({ asid: 0, vpn: DATA >>> 12, frame: 8, rights: RWX });
  machine.hart.setPc(symbols.get("loop") ?? CODE);
  return machine;
}

const A0 = 10;
const A1 = 11;

/** A machine in which the loop has been translated; a1 and a0 are equal, and pc is at its beginning. */
function hotLoop(): Machine {
  const machine = machineWith(LOOP);
  machine.run(600);
  expect(machine.translatedSteps).toBeGreaterThan(400);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([100, 100]);
  return machine;
}

const second = (text: string) => assemble(text, { origin: CODE + 4096 }).bytes;

test("the page that a loop goes on in is mapped elsewhere: the other code is executed", () => {
  const machine = hotLoop();
  machine.memory.writeBytes(6 * 4096, machine.memory.readBytes(5 * 4096, 4096));
  machine.memory.writeBytes(6 * 4096, second("addi a1, a1, 100"));
  machine.tlb.write({ asid: 0, vpn: (CODE >>> 12) + 1, frame: 6, rights: RX });
  machine.run(60);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([110, 1100]);
});

test.each([
  ["is no longer there", undefined],
  ["may no longer be executed", RIGHT.R | RIGHT.W],
])("the page that a loop goes on in %s: it faults at its first instruction", (_, rights) => {
  const machine = hotLoop();
  const vpn = (CODE >>> 12) + 1;
  if (rights === undefined) machine.tlb.invalidatePage(0, vpn);
  else machine.tlb.write({ asid: 0, vpn, frame: 5, rights });
  expect(machine.run(60)).toEqual({ kind: "trap", cause: 12, value: CODE + 4096, pc: CODE + 4096 });
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([101, 100]);
});

test("another address space has other code at the same addresses", () => {
  const machine = hotLoop();
  machine.memory.writeBytes(6 * 4096, machine.memory.readBytes(5 * 4096, 4096));
  machine.memory.writeBytes(6 * 4096, second("addi a1, a1, 100"));
  machine.tlb.write({ asid: 1, vpn: CODE >>> 12, frame: 4, rights: RX });
  machine.tlb.write({ asid: 1, vpn: (CODE >>> 12) + 1, frame: 6, rights: RX });
  machine.hart.asid = 1;
  machine.run(60);
  machine.hart.asid = 0;
  machine.run(60);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([120, 1110]);
});

test("what somebody else writes to hot code is executed at once", () => {
  const machine = hotLoop();
  machine.memory.writeBytes(5 * 4096, second("addi a1, a1, 100"));
  machine.run(60);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([110, 1100]);
});

test("a loop that writes to the instruction after the store executes what it wrote, each time", () => {
  // a1 counts what stands at `patched`: an addi by 0, 1, 2, ...
  const machine = machineWith(`
    loop: lw t0, 0(s0); add t0, t0, s1; sw t0, 0(s0)
    patched: addi a1, a1, 0
    addi a0, a0, 1; j loop`);
  const { symbols } = assemble(
    "lw t0, 0(s0); add t0, t0, s1; sw t0, 0(s0); patched: addi a1, a1, 0",
    { origin: CODE },
  );
  machine.hart.setX(8, symbols.get("patched") ?? 0);
  machine.hart.setX(9, 1 << 20);
  machine.run(6 * 40);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([40, (40 * 41) / 2]);
});

test("a store beside hot code, in its page, leaves the code as it is", () => {
  const machine = machineWith(`
    loop: addi a0, a0, 1; sw a0, 64(s0); lw a1, 64(s0); j loop`);
  machine.hart.setX(8, CODE);
  machine.run(4 * 1000);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([1000, 1000]);
});

test("a breakpoint in a hot loop stops it, and is gone when it is cleared", () => {
  const machine = hotLoop();
  machine.breakpoints.set(0, CODE + 4092);
  expect(machine.run(600)).toEqual({ kind: "breakpoint", pc: CODE + 4092 });
  expect(machine.run(600, true)).toEqual({ kind: "breakpoint", pc: CODE + 4092 });
  machine.breakpoints.clear(0, CODE + 4092);
  const translated = machine.translatedSteps;
  expect(machine.run(6000)).toEqual({ kind: "budget" });
  expect(machine.translatedSteps - translated).toBeGreaterThan(5500);
});

test("a breakpoint of another address space costs nothing but a look at it", () => {
  const machine = hotLoop();
  machine.breakpoints.set(7, CODE + 4092);
  expect(machine.run(600)).toEqual({ kind: "budget" });
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([200, 200]);
});

test("a watch of what a hot loop writes stops it after each write", () => {
  const machine = machineWith("loop: addi a0, a0, 1; sw a0, 8(s0); j loop");
  machine.hart.setX(8, DATA);
  machine.run(300);
  machine.watchpoints.set({ id: 1, pa: 8 * 4096 + 8, length: 4, read: false, write: true });
  for (const count of [101, 102, 103]) {
    expect(machine.run(300)).toMatchObject({ kind: "watchpoint", pc: CODE + 4 });
    expect(machine.hart.x(A0)).toBe(count);
  }
});

test("a run ends at each step that is asked for, within hot code, too", () => {
  const machine = hotLoop();
  const stepped = machineWith(LOOP);
  stepped.run(600);
  for (let budget = 1; budget < 90; budget++) {
    machine.run(budget);
    for (let i = 0; i < budget; i++) stepped.run(1);
    expect([machine.steps, machine.hart.pc, ...machine.hart.registers()]).toEqual([
      stepped.steps,
      stepped.hart.pc,
      ...stepped.hart.registers(),
    ]);
  }
});

test("deep recursion goes on where emitted code has used up its calls", () => {
  const machine = machineWith(`
    loop: li sp, DATA + 4096; li a1, 900; call down; addi a0, a0, 1; j loop
    down: addi sp, sp, -4; sw ra, 0(sp); addi a1, a1, -1; beqz a1, 1f; call down
    1: addi a2, a2, 1; lw ra, 0(sp); addi sp, sp, 4; ret`);
  machine.run(1_000_000);
  const interpreted = Object.assign(ENGINE, { engine: "interpreter" });
  const other = machineWith(`
    loop: li sp, DATA + 4096; li a1, 900; call down; addi a0, a0, 1; j loop
    down: addi sp, sp, -4; sw ra, 0(sp); addi a1, a1, -1; beqz a1, 1f; call down
    1: addi a2, a2, 1; lw ra, 0(sp); addi sp, sp, 4; ret`);
  interpreted.engine = "translator";
  other.run(1_000_000);
  expect(machine.hash()).toBe(other.hash());
  expect(machine.translatedSteps).toBeGreaterThan(900_000);
});

/** A loop whose fourth instruction lies in two pages. */
const SPANNING = `
  .space 4084
  loop: addi a0, a0, 1; addi a2, a2, 1; c.addi a3, 1
  addi a1, a1, 1
  j loop`;
const SPANNING_PC = CODE + 4094;

function hotSpanning(): Machine {
  const machine = machineWith(SPANNING);
  machine.run(500);
  expect(machine.translatedSteps).toBeGreaterThan(400);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([100, 100]);
  return machine;
}

/** What of an instruction lies in the second page. */
const secondHalf = (text: string) => assemble(text, { origin: SPANNING_PC }).bytes.slice(2);

test("the second half of an instruction is written: the new one is executed at once, and is soon translated", () => {
  const machine = hotSpanning();
  machine.memory.writeBytes(5 * 4096, secondHalf("addi a1, a1, 100"));
  machine.run(50);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([110, 1100]);
  const translated = machine.translatedSteps;
  machine.run(500);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([210, 11100]);
  expect(machine.translatedSteps - translated).toBeGreaterThan(400);
});

test("the first half of an instruction is written, and with it another register", () => {
  const machine = hotSpanning();
  machine.memory.writeBytes(
    4 * 4096 + 4094,
    assemble("addi a5, a1, 1", { origin: SPANNING_PC }).bytes.slice(0, 2),
  );
  machine.run(50);
  expect([machine.hart.x(A0), machine.hart.x(A1), machine.hart.x(15)]).toEqual([110, 100, 101]);
});

test("the page of the second half is mapped elsewhere: the instruction is what stands there", () => {
  const machine = hotSpanning();
  machine.memory.writeBytes(6 * 4096, machine.memory.readBytes(5 * 4096, 4096));
  machine.memory.writeBytes(6 * 4096, secondHalf("addi a1, a1, 100"));
  machine.tlb.write({ asid: 0, vpn: (CODE >>> 12) + 1, frame: 6, rights: RX });
  machine.run(50);
  machine.tlb.write({ asid: 0, vpn: (CODE >>> 12) + 1, frame: 5, rights: RX });
  machine.run(50);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([120, 1110]);
});

test.each([
  ["is no longer there", undefined],
  ["may no longer be executed", RIGHT.R | RIGHT.W],
])("the page of the second half %s: the instruction faults there", (_, rights) => {
  const machine = hotSpanning();
  const vpn = (CODE >>> 12) + 1;
  if (rights === undefined) machine.tlb.invalidatePage(0, vpn);
  else machine.tlb.write({ asid: 0, vpn, frame: 5, rights });
  expect(machine.run(50)).toEqual({
    kind: "trap",
    cause: 12,
    value: CODE + 4096,
    pc: SPANNING_PC,
  });
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([101, 100]);
});

test("a breakpoint at an instruction in two pages stops it, and is gone when it is cleared", () => {
  const machine = hotSpanning();
  machine.breakpoints.set(0, SPANNING_PC);
  expect(machine.run(500)).toEqual({ kind: "breakpoint", pc: SPANNING_PC });
  expect(machine.run(500, true)).toEqual({ kind: "breakpoint", pc: SPANNING_PC });
  machine.breakpoints.clear(0, SPANNING_PC);
  const translated = machine.translatedSteps;
  expect(machine.run(5000)).toEqual({ kind: "budget" });
  expect(machine.translatedSteps - translated).toBeGreaterThan(4500);
});

test("a jump back that lies in two pages closes a loop, and may be where one begins", () => {
  const machine = machineWith(".space 4090; loop: addi a0, a0, 1; j loop");
  machine.run(600);
  expect(machine.translatedSteps).toBeGreaterThan(400);
  const other = machineWith(".space 4094; loop: addi a0, a0, 1; j loop");
  other.run(600);
  expect(other.translatedSteps).toBeGreaterThan(400);
  expect([machine.hart.x(A0), other.hart.x(A0)]).toEqual([300, 300]);
});

test("the loop for cold code sees that what begins with an instruction in two pages is hot", () => {
  const { cold } = ENGINE;
  ENGINE.cold = 0;
  const long = Array.from({ length: 150 }, () => "addi a1, a1, 1").join("; ");
  const machine = machineWith(`.space 4094; loop: addi a0, a0, 1; ${long}; j loop`);
  ENGINE.cold = cold;
  machine.run(152 * 1000);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([1000, 150_000]);
  expect(machine.coldSteps).toBeGreaterThan(0);
  expect(machine.translatedSteps).toBeGreaterThan(100_000);
});

test("a jump by a register that lies in two pages is followed within its unit", () => {
  const machine = machineWith(`
    .space 4082
    loop: addi a0, a0, 1; lui t0, 17; addi t0, t0, 2
    jalr zero, 0(t0)
    goal: addi a1, a1, 1
    j loop`);
  machine.run(600);
  const { forgotten, units } = machine.translation!;
  expect([forgotten, units]).toEqual([0, 1]);
  expect([machine.hart.x(A0), machine.hart.x(A1)]).toEqual([100, 100]);
});
