import fc from "fast-check";
import { expect, test } from "vitest";
import type { KernelStop } from "../kernel-stop.ts";
import { A, B, call, counting, done, put, wait } from "../testing/snippets.ts";
import { boot, DATA, type GuestSystem, TEXT } from "../testing/system.ts";

const PAGE = 60;
const WATCH = 1;

/** The physical address of a guest's data. */
function dataOf(system: GuestSystem, name: string, offset = 0): number {
  const binding = system.view.translate(system.id(name), DATA);
  if (binding === undefined) throw new Error(`${name} has no data`);
  return binding.frame * 4096 + offset;
}

function watch(system: GuestSystem, pa: number, length = 4, id = WATCH): void {
  system.kernel.machine.watchpoints.set({ id, pa, length, read: false, write: true });
}

test("C32: an environment's write to what is watched stops at once, with who made it and where", () => {
  const system = boot([
    { name: "a", source: `li s0, 7\n${put(1, "s0")}\n${done}` },
    { name: "b", source: counting(1) },
  ]);
  watch(system, dataOf(system, "a", 4));
  const stop = system.run(100_000);
  expect(stop).toMatchObject({ kind: "watchpoint", environment: A, byKernel: false });
  expect(stop).toMatchObject({ hits: [{ id: WATCH, after: Uint8Array.of(7, 0, 0, 0) }] });
  expect(system.kernel.steps).toBe(
    system.kernel.machine.retired + system.kernel.machine.trapsTaken,
  );
  expect(system.view.registers(A)?.pc).toBe((stop.kind === "watchpoint" ? stop.pc : 0) + 4);
  expect(system.run(100_000)).toEqual({ kind: "budget" });
});

test("C32: a page that the kernel clears when it is freed is written by the kernel, for the one who freed it", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", PAGE])}
      here: ${call("PAGE_FREE", [0, PAGE], 1)}
      li s0, 1
      ${put(2, "s0")}
      ${done}`,
    },
  ]);
  system.kernel.stopOn = (event) => event.kind === "allocated";
  const allocated = system.run(1000);
  system.kernel.stopOn = (event) => event.kind === "freed";
  const frame =
    allocated.kind === "event" && allocated.event.kind === "allocated" ? allocated.event.frame : 0;
  watch(system, frame * 4096 + 10, 2);
  // The event is told first, then the write that was part of it, both at the same step.
  expect(system.run(1000)).toMatchObject({ kind: "event", event: { kind: "freed", frame } });
  const { steps } = system.kernel;
  expect(system.run(1000)).toMatchObject({
    kind: "watchpoint",
    environment: A,
    pc: (system.view.registers(A)?.pc ?? 0) - 4,
    byKernel: true,
    hits: [{ id: WATCH, access: "write", pa: frame * 4096, size: 4096 }],
  });
  expect(system.kernel.steps).toBe(steps);
  expect(system.run(1000)).toEqual({ kind: "budget" });
  expect(system.data("a", 2)).toBe(1);
});

test("C32: a kernel record that changes is a write, one that is set to what it holds is none", () => {
  const system = boot([{ name: "a", source: `${wait(3)}\n${done}` }], { policy: { tick: 100 } });
  const { records } = system.kernel.core;
  const index = records.indexOf(A) ?? 0;
  const record = records.regions.environments + 1024 * index;
  watch(system, record, 1024);
  const stops: KernelStop[] = [];
  for (let stop = system.run(50); stop.kind !== "budget"; stop = system.run(50)) stops.push(stop);
  expect(stops.length).toBeGreaterThan(3);
  for (const stop of stops) {
    if (stop.kind !== "watchpoint") throw new Error(stop.kind);
    expect(stop.byKernel).toBe(true);
    for (const { before, after } of stop.hits) expect(before).not.toEqual(after);
  }
});

test("C32: what goes with an environment that ends is told before the end of the run", () => {
  const system = boot([{ name: "a", source: `${call("ENV_DESTROY", ["SLOT_SELF", 0])}\n${done}` }]);
  watch(system, dataOf(system, "a"));
  expect(system.run(1000)).toMatchObject({ kind: "watchpoint", environment: A, byKernel: true });
  expect(system.run(1000)).toEqual({ kind: "exited" });
});

test("C32: input that comes to a record is on nobody's account", () => {
  const system = boot([{ name: "a", source: done }], {
    console: [{ step: 500, bytes: Uint8Array.of(65) }],
  });
  const { records } = system.kernel.core;
  watch(system, records.regions.environments + 1024 * (records.indexOf(A) ?? 0) + 12);
  expect(system.run(1000)).toMatchObject({ kind: "watchpoint", environment: 0, pc: 0 });
  expect(system.kernel.steps).toBe(500);
});

/** Two environments that write, are switched, get input and free pages. */
const BUSY = [
  {
    name: "a",
    source: `
    1: ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", PAGE])}
      addi s0, s0, 1
      ${put(1, "s0")}
      ${call("PAGE_FREE", [0, PAGE])}
      j 1b`,
  },
  {
    name: "b",
    source: `
    1: addi s0, s0, 3
      ${put(1, "s0")}
      ${call("YIELD", [0])}
      j 1b`,
  },
];

function history(budgets: readonly number[], isWatched: boolean) {
  const system = boot(BUSY, {
    policy: { tick: 150 },
    console: [{ step: 700, bytes: Uint8Array.of(65, 66) }],
  });
  const { records } = system.kernel.core;
  if (isWatched) {
    watch(system, dataOf(system, "a", 4), 4, 1);
    watch(system, dataOf(system, "b", 5), 1, 2);
    watch(system, records.regions.environments + 1024 * (records.indexOf(B) ?? 0), 1024, 3);
    watch(system, 0, 4096, 4);
    watch(system, (dataOf(system, "b") & -4096) + 4096, 40_960, 5);
  }
  const stops: { readonly step: number; readonly stop: KernelStop }[] = [];
  for (let turn = 0; system.kernel.steps < 2000; turn += 1) {
    const budget = Math.min(budgets[turn % budgets.length] ?? 1, 2000 - system.kernel.steps);
    const stop = system.kernel.run(budget);
    if (stop.kind === "watchpoint") stops.push({ step: system.kernel.steps, stop });
  }
  for (let stop = system.kernel.run(0); stop.kind !== "budget"; stop = system.kernel.run(0)) {
    stops.push({ step: system.kernel.steps, stop });
  }
  return { stops, hash: system.kernel.hash() };
}

test("C32: stops do not depend on how a run is cut into pieces, and watching changes nothing", () => {
  const expected = history([2000], true);
  expect(expected.stops.length).toBeGreaterThan(50);
  expect(new Set(expected.stops.map(({ stop }) => "byKernel" in stop && stop.byKernel)).size).toBe(
    2,
  );
  expect(history([2000], false).hash).toBe(expected.hash);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      (budgets) => {
        expect(history(budgets, true)).toEqual(expected);
      },
    ),
    { numRuns: 12, examples: [[[1]]] },
  );
});

test("C4, C32: what a debugger writes is no hit: it knows what it does itself", async () => {
  const { writeGuestMemory, writeGuestRegister } = await import("../interventions.ts");
  const system = boot([
    { name: "a", source: done },
    { name: "b", source: done },
  ]);
  system.run(10);
  watch(system, dataOf(system, "a"));
  const { records } = system.kernel.core;
  watch(system, records.saveArea(records.indexOf(B) ?? 0), 512, 2);
  writeGuestMemory(system.kernel, A, DATA, Uint8Array.of(1));
  writeGuestRegister(system.kernel, B, 32, TEXT + 4);
  expect(system.run(100)).toEqual({ kind: "budget" });
});
