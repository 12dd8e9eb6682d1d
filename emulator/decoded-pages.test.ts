import { describe, expect, test } from "vitest";
import { assemble } from "./isa/assembler.ts";
import type { Machine } from "./machine.ts";
import { PAGE_SIZE } from "./memory/physical.ts";
import { RIGHT } from "./memory/tlb.ts";
import { CODE, DATA, guest, map } from "./testing/guest.ts";

const A0 = 10;
const ALL = RIGHT.R | RIGHT.W | RIGHT.X | RIGHT.D;

/** The 32 bits of one instruction. */
function word(source: string): number {
  return new DataView(assemble(source).bytes.buffer).getUint32(0, true);
}

/** A guest whose code is also mapped for writing, at DATA. */
function selfModifying(source: string): Machine {
  const { machine } = guest(source);
  map(machine, DATA, 4, ALL);
  machine.hart.setX(11, DATA);
  return machine;
}

describe("code that is written is what runs", () => {
  test("at once, when the next instruction is overwritten", () => {
    const machine = selfModifying("sw a2, 4(a1); addi a0, a0, 1");
    machine.hart.setX(12, word("addi a0, a0, 100"));
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(100);
  });

  test("in a loop that has run before", () => {
    const machine = selfModifying(`
      loop: addi a0, a0, 1
            addi a3, a3, 1
            blt a3, a4, loop
            sw a2, 0(a1)
            li a3, 0
            j loop
    `);
    machine.hart.setX(12, word("addi a0, a0, 100"));
    machine.hart.setX(14, 5);
    machine.run(15 + 3 + 15);
    expect(machine.hart.x(A0)).toBe(505);
  });

  test.each`
    change                                                   | sum        | because
    ${"lw t1, 0(t3); add t1, t1, t2; sw t1, 0(t3)"}          | ${45}      | ${"a word that is the instruction"}
    ${"lhu t1, 2(t3); addi t1, t1, 16; sh t1, 2(t3)"}        | ${45}      | ${"its upper half"}
    ${"lbu t1, 3(t3); addi t1, t1, 1; sb t1, 3(t3)"}         | ${45 * 16} | ${"its last byte"}
    ${"amoadd.w t1, t2, (t3)"}                               | ${45}      | ${"an AMO on it"}
    ${"2: lr.w t1, (t3); add t1, t1, t2; sc.w t1, t1, (t3)"} | ${45}      | ${"an SC to it"}
  `("each time round a loop that raises its own increment, by $because", ({ change, sum }) => {
    const machine = selfModifying(`
            li t0, 10
            lui t2, 0x100
            addi t3, a1, %lo(loop - ${CODE})
      loop: addi a0, a0, 0
            ${change}
            addi t0, t0, -1
            bnez t0, loop
            ecall
    `);
    expect(machine.run(1000)).toMatchObject({ kind: "trap", cause: 8 });
    expect(machine.hart.x(A0)).toBe(sum);
  });

  test("when the frame was only data while it was written before", () => {
    const machine = selfModifying("sw a2, 0(a1); jalr a3; sw a4, 0(a1); jalr a3; ecall");
    map(machine, 0x40000, 10, RIGHT.X);
    map(machine, DATA, 10, ALL);
    machine.memory.writeU32(10 * PAGE_SIZE + 4, word("ret"));
    machine.hart.setX(13, 0x40000);
    machine.hart.setX(12, word("addi a0, a0, 1"));
    machine.hart.setX(14, word("addi a0, a0, 100"));
    expect(machine.run(100)).toMatchObject({ kind: "trap", cause: 8 });
    expect(machine.hart.x(A0)).toBe(101);
  });

  test("when SC writes it", () => {
    const machine = selfModifying("lr.w a5, (a6); sc.w a5, a2, (a6); addi a0, a0, 1");
    machine.hart.setX(16, DATA + 8);
    machine.hart.setX(12, word("addi a0, a0, 100"));
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(100);
  });

  test("when a store in the middle of an instruction makes it two", () => {
    const machine = selfModifying("sh a2, 6(a1); addi a0, a0, 1; nop; j .-12");
    machine.hart.setX(12, word("addi a0, a0, 1") >>> 16);
    machine.run(4);
    expect(machine.hart.x(A0)).toBe(1);
    machine.memory.writeU16(4 * PAGE_SIZE + 4, 0x0505); // c.addi a0, 1
    machine.hart.setX(12, 0x050d); // c.addi a0, 3
    machine.run(4);
    expect(machine.hart.x(A0)).toBe(5);
    expect(machine.hart.pc).toBe(CODE + 12);
  });

  test("when the store that is under way overwrites itself", () => {
    const machine = selfModifying("sw a2, 0(a1); j .-4");
    machine.hart.setX(12, word("addi a0, a0, 100"));
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(100);
  });

  test("when the host writes it", () => {
    const machine = selfModifying("loop: addi a0, a0, 1; j loop");
    machine.run(4);
    for (const write of [
      () => machine.memory.writeU32(4 * PAGE_SIZE, word("addi a0, a0, 16")),
      () => machine.memory.writeU16(4 * PAGE_SIZE + 2, word("addi a0, a0, 32") >>> 16),
      () => machine.memory.writeU8(4 * PAGE_SIZE + 3, word("addi a0, a0, 64") >>> 24),
      () => machine.memory.writeBytes(4 * PAGE_SIZE, assemble("addi a0, a0, 128").bytes),
    ]) {
      const before = machine.hart.x(A0);
      write();
      machine.run(2);
      expect(machine.hart.x(A0)).toBeGreaterThan(before + 1);
    }
  });

  test("when the host replaces the frame as a whole", () => {
    const machine = selfModifying("loop: addi a0, a0, 1; j loop");
    machine.run(4);
    const page = new Uint8Array(PAGE_SIZE);
    page.set(assemble("loop: addi a0, a0, 100; j loop").bytes);
    machine.memory.writeBytes(4 * PAGE_SIZE, page);
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(102);
    machine.memory.fill(4 * PAGE_SIZE, PAGE_SIZE, 0);
    expect(machine.run(1)).toMatchObject({ kind: "trap", cause: 2, value: 0 });
    machine.memory.copyFrame(5, 4);
    expect(machine.run(1)).toMatchObject({ kind: "trap", cause: 2, value: 0 });
  });

  test("when a write of many pages covers it in part", () => {
    const machine = selfModifying("loop: addi a0, a0, 1; j loop");
    machine.run(4);
    const bytes = new Uint8Array(3 * PAGE_SIZE + 4);
    bytes.set(assemble("addi a0, a0, 100").bytes, 3 * PAGE_SIZE);
    machine.memory.writeBytes(PAGE_SIZE, bytes);
    machine.run(2);
    expect(machine.hart.x(A0)).toBe(102);
  });

  test("in every place where the frame is mapped", () => {
    const machine = selfModifying("addi a0, a0, 1; jr ra");
    map(machine, 0x40000, 4, RIGHT.X);
    machine.hart.setX(1, 0x40000);
    machine.run(3);
    expect(machine.hart.x(A0)).toBe(2);
    machine.memory.writeU32(4 * PAGE_SIZE, word("addi a0, a0, 100"));
    machine.hart.setX(1, CODE);
    machine.run(4);
    expect(machine.hart.x(A0)).toBe(202);
  });
});

test("a frame seen at two addresses links to each by its own addresses", () => {
  const { machine } = guest("auipc a0, 0; jal a1, .+8; nop; ecall");
  map(machine, 0x40000, 4, RIGHT.X);
  machine.run(10);
  expect([machine.hart.x(A0), machine.hart.x(11)]).toEqual([CODE, CODE + 8]);
  machine.hart.setPc(0x40000);
  machine.run(10);
  expect([machine.hart.x(A0), machine.hart.x(11)]).toEqual([0x40000, 0x40008]);
});

test("a page that loses its right to execute faults although its code was decoded", () => {
  const { machine } = guest("loop: addi a0, a0, 1; j loop");
  machine.run(4);
  map(machine, CODE, 4, RIGHT.R);
  expect(machine.run(1)).toMatchObject({ kind: "trap", cause: 12, value: CODE });
});
