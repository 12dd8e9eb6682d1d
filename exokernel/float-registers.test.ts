/** f-registers are treated exactly as x-registers (CONTRACT C7), and fcsr as the CSRs that a program has for itself (C16). */
import { expect, test } from "vitest";
import { writeGuestFloat } from "./interventions.ts";
import { checkInvariants } from "./invariants.ts";
import { A, B, done, put, setEntry, transferTo } from "./testing/snippets.ts";
import { boot, type GuestSystem } from "./testing/system.ts";

/** Sums up `n` in fa1 for ever, rounding in the mode of that number, and stores the sum and fcsr. */
const summing = (name: string, n: number) => ({
  name,
  source: `
    li t0, ${n}
    fcvt.d.w fa0, t0
    fsrmi ${n}
  again:
    fadd.d fa1, fa1, fa0
    fcvt.w.d t0, fa1
    ${put(0, "t0")}
    frcsr t0
    ${put(1, "t0")}
    j again`,
});

function doubleOf({ view }: GuestSystem, id: number, register: number): number {
  const words = view.registers(id)?.floats ?? new Uint32Array(64);
  return new Float64Array(words.buffer.slice(8 * register, 8 * register + 8))[0]!;
}

test("who is switched by the kernel goes on with its own f-registers and its own fcsr", () => {
  const system = boot([summing("one", 1), summing("three", 3)], { policy: { tick: 100 } });
  system.run(20_000);
  expect(system.events("sliceEnded").length).toBeGreaterThan(100);
  for (const [name, n] of [
    ["one", 1],
    ["three", 3],
  ] as const) {
    const sum = system.data(name, 0);
    expect(sum).toBeGreaterThan(500 * n);
    // It may have been interrupted between the addition and the store.
    expect([sum, sum + n]).toContain(doubleOf(system, system.id(name), 11));
    expect(system.data(name, 1)).toBe(n << 5);
    expect(system.view.csrs(system.id(name))?.fcsr).toBe(n << 5);
  }
  expect(checkInvariants(system.kernel)).toEqual([]);
});

test("who saves its own registers finds nothing of another's in them at the begin of a slice", () => {
  const keeper = {
    name: "keeper",
    source: `
      ${setEntry("ENTRY_END_SLICE", "ends")}
      ${setEntry("ENTRY_BEGIN_SLICE", "begins")}
      csrsi ustatus, 1
      1: j 1b
    ends:
      kcall YIELD
    begins:
      li s11, DATA
      lw t0, 0(s11)
      addi t0, t0, 1
      sw t0, 0(s11)
      fmv.x.w t0, fa1
      fmv.x.w t1, fa0
      or t0, t0, t1
      lw t1, 4(s11)
      or t0, t0, t1
      sw t0, 4(s11)
      csrsi ustatus, 1
      1: j 1b`,
  };
  const single = "li t0, 0x3f800000\nfmv.w.x fa0, t0\nfmv.w.x fa1, t0";
  const system = boot([keeper, { name: "other", source: `${single}\n${done}` }], {
    policy: { tick: 200 },
  });
  system.run(10_000);
  expect(system.data("keeper", 0)).toBeGreaterThan(5);
  expect(system.data("keeper", 1)).toBe(0);
});

test("a transfer takes f-registers along, as part of the message, but not fcsr", () => {
  const server = {
    name: "server",
    source: `
      ${setEntry("ENTRY_TRANSFER", "serve")}
      fsrmi 2
      kcall REST
    serve:
      fcvt.w.d t0, fs3
      ${put(0, "t0")}
      frcsr t0
      ${put(1, "t0")}
      ${done}`,
  };
  const client = {
    name: "client",
    source: `
      ${setEntry("ENTRY_TRANSFER", "reply")}
      li t0, 77
      fcvt.d.w fs3, t0
      fsrmi 1
      li t0, ${A}
      ${transferTo("TRANSFER_SYNC", "t0")}
    reply:
      ${done}`,
  };
  const system = boot([server, client]);
  system.run(40_000);
  expect(system.events("transfer").map(({ environment }) => environment)).toEqual([B]);
  expect([system.data("server", 0), system.data("server", 1)]).toEqual([77, 2 << 5]);
});

test("of an environment that is gone no f-register is left", () => {
  const system = boot([summing("gone", 2), summing("stays", 1)], { policy: { tick: 100 } });
  system.run(2000);
  system.launcherCall("envDestroy", system.control("gone"), system.id("gone"));
  system.run(2000);
  expect(system.view.environment(system.id("gone"))?.state).toBe("destroyed");
  expect(checkInvariants(system.kernel)).toEqual([]);
});

test("a debugger's write reaches the register wherever it is kept", () => {
  const system = boot([summing("one", 1), summing("three", 3)], { policy: { tick: 100 } });
  system.run(3000);
  for (const name of ["one", "three"]) {
    const id = system.id(name);
    const before = system.data(name, 0);
    const bits = new BigUint64Array(Float64Array.of(1_000_000).buffer)[0]!;
    expect(writeGuestFloat(system.kernel, id, 11, bits)).toBeUndefined();
    expect(doubleOf(system, id, 11)).toBe(1_000_000);
    expect(before).toBeLessThan(1_000_000);
  }
  system.run(2000);
  for (const name of ["one", "three"]) {
    expect(system.data(name, 0)).toBeGreaterThan(1_000_000);
  }
  expect(writeGuestFloat(system.kernel, 0x999, 11, 0n)).toMatch(/is gone/);
  expect(writeGuestFloat(system.kernel, system.id("one"), 32, 0n)).toMatch(/no register f32/);
});
