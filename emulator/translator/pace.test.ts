/** When code is translated, and what of it, so that no run takes much longer than interpreted. */
import { afterEach, expect, test } from "vitest";
import { assemble } from "../isa/assembler.ts";
import { ENGINE, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";

const before = { ...ENGINE };
afterEach(() => {
  Object.assign(ENGINE, before);
});

const CODE = 0x10000;

function machineWith(source: string): Machine {
  const machine = new Machine({ pages: 16, engine: "translator" });
  machine.memory.writeBytes(4 * 4096, assemble(source, { origin: CODE }).bytes);
  machine.tlb.write({ asid: 0, vpn: CODE >>> 12, frame: 4, rights: RIGHT.R | RIGHT.X });
  machine.hart.setPc(CODE);
  return machine;
}

/** The work that was done when there were so many modules. */
function workUntil(machine: Machine, units: number): number {
  while (machine.translation!.units < units) {
    expect(machine.steps).toBeLessThan(100_000);
    machine.run(10);
  }
  return machine.work;
}

test("interpreted steps pay for what is translated, and a multiple for the first instructions after the start", () => {
  Object.assign(ENGINE, { hot: 2, pace: 1 });
  const machine = machineWith(`
    li a0, 3000
    1: addi a0, a0, -1
    bnez a0, 1b
    2: addi a0, a0, 1
    j 2b`);
  const first = workUntil(machine, 1);
  // 3,400 for the start and 600 since modules are to be few.
  expect(first).toBeGreaterThanOrEqual(4000);
  expect(first).toBeLessThan(4100);
  const second = workUntil(machine, 2);
  // 3,400 for the start, 60 for the module and 4 times its three instructions or so, and then 4 times 600.
  expect(second).toBeGreaterThanOrEqual(3460 + 4 * 602);
  expect(second).toBeLessThan(3460 + 4 * 604 + 100);
});

test("what is warm is translated along, but not a second time what is a part of something else in the module", () => {
  Object.assign(ENGINE, { hot: 8, pace: 0 });
  const nested = machineWith(`
    1: li t0, 2
    2: addi t0, t0, -1
    bnez t0, 2b
    addi a0, a0, 1
    j 1b`);
  nested.run(200);
  expect(nested.translation).toMatchObject({ units: 1, regions: 1 });
  const apart = machineWith(`
    1: li t0, 3
    2: addi t0, t0, -1
    bnez t0, 2b
    call 3f
    j 1b
    3: addi a0, a0, 1
    ret`);
  apart.run(200);
  expect(apart.translation!.regions).toBeGreaterThan(1);
});
