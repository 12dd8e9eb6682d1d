import { describe, expect, test } from "vitest";
import { RIGHT } from "./memory/tlb.ts";
import { CODE, DATA, guest, map } from "./testing/guest.ts";

const A0 = 10;

describe("a breakpoint", () => {
  test("stops before its instruction, and costs no step", () => {
    const { machine } = guest("nop; addi a0, a0, 1; nop");
    machine.breakpoints.set(0, CODE + 4);
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE + 4 });
    expect([machine.steps, machine.hart.pc, machine.hart.x(A0)]).toEqual([1, CODE + 4, 0]);
  });

  test("stops again at once, unless the run passes it", () => {
    const { machine } = guest("addi a0, a0, 1; j .-4");
    machine.breakpoints.set(0, CODE);
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE });
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE });
    expect(machine.run(10, true)).toEqual({ kind: "breakpoint", pc: CODE });
    expect([machine.steps, machine.hart.x(A0)]).toEqual([2, 1]);
  });

  test("is passed by the first instruction only", () => {
    const { machine } = guest("1: j 1b");
    machine.breakpoints.set(0, CODE);
    expect(machine.run(10, true)).toEqual({ kind: "breakpoint", pc: CODE });
    expect(machine.steps).toBe(1);
  });

  test("that is set or cleared in code that has run takes effect at once", () => {
    const { machine } = guest("addi a0, a0, 1; j .-4");
    machine.run(10);
    machine.breakpoints.set(0, CODE + 4);
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE + 4 });
    machine.breakpoints.clear(0, CODE + 4);
    expect(machine.run(10)).toEqual({ kind: "budget" });
    machine.breakpoints.set(0, CODE);
    machine.breakpoints.set(0, CODE + 4);
    machine.breakpoints.clearAll();
    expect(machine.run(10)).toEqual({ kind: "budget" });
  });

  test("is of one address space, though others run the same frame at the same address", () => {
    const { machine } = guest("addi a0, a0, 1; j .-4");
    map(machine, CODE, 4, RIGHT.X, 3);
    machine.breakpoints.set(3, CODE + 4);
    expect(machine.run(10)).toEqual({ kind: "budget" });
    machine.hart.asid = 3;
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE + 4 });
    machine.breakpoints.set(0, CODE + 4);
    machine.breakpoints.clear(3, CODE + 4);
    expect(machine.run(10)).toEqual({ kind: "budget" });
    expect(machine.breakpoints.has(0, CODE + 4)).toBe(true);
    expect(machine.breakpoints.has(3, CODE + 4)).toBe(false);
  });

  test("survives that its instruction is written", () => {
    const { machine } = guest("nop; sw a2, 8(a1); nop; j .-12");
    map(machine, DATA, 4, RIGHT.R | RIGHT.W | RIGHT.D);
    machine.hart.setX(11, DATA);
    machine.hart.setX(12, 0x00150513); // addi a0, a0, 1
    machine.breakpoints.set(0, CODE + 8);
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE + 8 });
    expect(machine.run(10, true)).toEqual({ kind: "breakpoint", pc: CODE + 8 });
    expect(machine.hart.x(A0)).toBe(1);
  });

  test("stops at an instruction that spans two pages", () => {
    const { machine } = guest(".space 4094; addi a0, a0, 1; ecall");
    machine.hart.setPc(CODE + 4094);
    machine.breakpoints.set(0, CODE + 4094);
    expect(machine.run(10)).toEqual({ kind: "breakpoint", pc: CODE + 4094 });
    expect(machine.run(1, true)).toEqual({ kind: "budget" });
    expect(machine.hart.x(A0)).toBe(1);
  });

  test("in a page that cannot be fetched is a fault", () => {
    const { machine } = guest("lui a0, 0x50; jr a0");
    machine.breakpoints.set(0, 0x50000);
    expect(machine.run(10)).toMatchObject({ kind: "trap", cause: 12, pc: 0x50000 });
  });
});
