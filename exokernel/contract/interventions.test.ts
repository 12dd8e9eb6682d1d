import { expect, test } from "vitest";
import { writeGuestMemory, writeGuestRegister } from "../interventions.ts";
import {
  A,
  B,
  counting,
  done,
  envArgument,
  put,
  readArgument,
  setEntry,
  wait,
} from "../testing/snippets.ts";
import { boot, DATA, TEXT } from "../testing/system.ts";

const PC = 32;

test("C4: a write to memory is an event with its step, and marks the run as altered", () => {
  const system = boot([{ name: "a", source: counting(3) }]);
  system.run(100);
  expect(system.kernel.altered).toBe(false);
  expect(writeGuestMemory(system.kernel, A, DATA + 4, Uint8Array.of(1, 2, 3, 4))).toBeUndefined();
  expect(system.kernel.altered).toBe(true);
  expect(system.data("a", 1)).toBe(0x0403_0201);
  expect(system.events("intervention")).toMatchObject([
    { step: 100, environment: 0, what: "4 bytes written at 0x20004 of environment 258" },
  ]);
});

test("C4: a write that crosses pages is made in both or in none", () => {
  const system = boot([{ name: "a", source: done, dataPages: 2 }]);
  const write = (address: number) =>
    writeGuestMemory(system.kernel, A, address, Uint8Array.of(1, 2, 3, 4));
  expect(write(DATA + 4094)).toBeUndefined();
  expect([...system.view.read(A, DATA + 4094, 4)]).toEqual([1, 2, 3, 4]);
  expect(write(DATA + 8190)).toBe("no page is bound at 0x22000");
  expect([...system.view.read(A, DATA + 8190, 4)]).toEqual([0, 0]);
  expect(writeGuestMemory(system.kernel, 999, DATA, Uint8Array.of(1))).toBe(
    "environment 999 is gone",
  );
  expect(system.events("intervention")).toHaveLength(1);
});

test("C4, C6: what a debugger writes over code is what executes, though it was executed before", () => {
  const system = boot([{ name: "a", source: `1: addi s0, s0, 1\nj 1b` }]);
  system.run(50);
  // addi s0, s0, 0; the text is read-only to the guest.
  writeGuestMemory(system.kernel, A, TEXT, Uint8Array.of(0x13, 0x04, 0x04, 0x00));
  const before = system.view.registers(A)?.registers[8];
  system.run(50);
  expect(system.view.registers(A)?.registers[8]).toBe(before);
});

test("C4, C7: a write between LR and SC is not undone by the SC", () => {
  const system = boot([
    {
      name: "a",
      source: `
      li t0, DATA
      lr.w s0, (t0)
      li s1, 5
      sc.w s2, s1, (t0)
    1: j 1b`,
    },
  ]);
  const registers = () => system.view.registers(A)?.registers;
  while (registers()?.[9] !== 5) system.run(1);
  expect(writeGuestMemory(system.kernel, A, DATA, Uint8Array.of(7, 0, 0, 0))).toBeUndefined();
  system.run(10);
  expect(registers()?.[18]).toBe(1);
  expect(system.data("a", 0)).toBe(7);
});

test("C4: registers of the one that runs and of one whose registers the kernel keeps can be written, x0 and none can not", () => {
  const system = boot(
    [
      { name: "a", source: `1: j 1b\n${put(0, "s0")}\n${done}` },
      { name: "b", source: `1: j 1b\n${put(0, "s0")}\n${done}` },
    ],
    { policy: { tick: 100 } },
  );
  system.run(150);
  expect(system.view.running).toBe(B);
  for (const id of [A, B]) {
    expect(writeGuestRegister(system.kernel, id, 8, id + 1000)).toBeUndefined();
    expect(writeGuestRegister(system.kernel, id, PC, TEXT + 4)).toBeUndefined();
    expect(writeGuestRegister(system.kernel, id, 0, 1)).toBe("x0 is always zero");
    for (const register of [-1, 33, 1.5, Number.NaN]) {
      expect(writeGuestRegister(system.kernel, id, register, 1)).toBe(
        `there is no register ${register}`,
      );
    }
  }
  expect(writeGuestRegister(system.kernel, 5, 8, 1)).toBe("environment 5 is gone");
  system.run(1000);
  expect([system.data("a", 0), system.data("b", 0)]).toEqual([A + 1000, B + 1000]);
  expect(system.events("intervention").map((event) => event.what)).toEqual([
    "x8 of environment 258 set to 0x4ea",
    "pc of environment 258 set to 0x10004",
    "x8 of environment 259 set to 0x4eb",
    "pc of environment 259 set to 0x10004",
  ]);
});

test("C4: an environment that waits for a reply has no registers to write", () => {
  const system = boot([
    {
      name: "a",
      arguments: [envArgument("b")],
      source: `
      ${readArgument(1, "s0")}
      ${setEntry("ENTRY_TRANSFER", "reply")}
      ${wait()}
      mv t6, s0
      kcall TRANSFER_SYNC
    reply: ${done}`,
    },
    { name: "b", source: `${setEntry("ENTRY_TRANSFER", "entry")}\nkcall REST\nentry: ${done}` },
  ]);
  system.run(1000);
  expect(writeGuestRegister(system.kernel, A, 8, 1)).toBe(
    "environment 258 has no registers now: its libOS saved them, or they went with a transfer",
  );
  expect(system.kernel.altered).toBe(false);
});

test("C4: the same intervention at the same step makes the same run", () => {
  const run = (pieces: number[]) => {
    const system = boot([
      { name: "a", source: counting() },
      { name: "b", source: counting() },
    ]);
    for (const piece of pieces) system.kernel.run(piece);
    writeGuestRegister(system.kernel, A, 8, 5_000_000);
    system.kernel.run(2000);
    return { hash: system.kernel.hash(), events: system.view.events(0) };
  };
  expect(run([1, 300, 199])).toEqual(run([500]));
});
