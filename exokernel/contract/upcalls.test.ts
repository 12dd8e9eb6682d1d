import { expect, test } from "vitest";
import { boot, DATA, TEXT } from "../testing/system.ts";

const LOAD_FAULT = 13;
const STORE_FAULT = 15;

/** Stores t0 into word `index` of the data page, by way of t6. */
const put = (index: number, register: string) =>
  `li t6, DATA + ${4 * index}\nsw ${register}, 0(t6)`;
const setEntry = (entry: string | number, label: string) =>
  `li a0, 0\nli a1, ${entry}\nla a2, ${label}\nkcall ENV_SET_ENTRY`;
const done = "1: j 1b";

test("C16: an upcall sets uepc, ucause, utval and touches no general register", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(STORE_FAULT, "handler")}
        li t0, 0x123
        li s0, 0x456
        li t1, 0x50000
      fault: sw t0, 8(t1)
        ${done}
      handler:
        ${put(0, "t0")}
        ${put(1, "s0")}
        csrr t2, uepc
        ${put(2, "t2")}
        csrr t2, ucause
        ${put(3, "t2")}
        csrr t2, utval
        ${put(4, "t2")}
        csrr t2, ustatus
        ${put(5, "t2")}
        ${done}`,
    },
  ]);
  system.run(200);
  const fault = system.symbols.get("a")?.get("fault");
  expect([0, 1, 2, 3, 4, 5].map((i) => system.data("a", i))).toEqual([
    0x123,
    0x456,
    fault,
    STORE_FAULT,
    0x50008,
    0x10, // UPIE = 1, UIE = 0
  ]);
  expect(system.events("upcall")).toMatchObject([
    { cause: STORE_FAULT, value: 0x50008, pc: fault, entry: STORE_FAULT },
  ]);
});

test("C16: uret goes back to uepc with UIE restored, without the kernel", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(LOAD_FAULT, "handler")}
        li t1, 0x50000
        lw t0, 0(t1)
        csrr t2, ustatus
        ${put(0, "t2")}
        ${put(1, "t0")}
        ${done}
      handler:
        li t0, 77
        csrr t3, uepc
        addi t3, t3, 4
        csrw uepc, t3
        uret`,
    },
  ]);
  const before = system.kernel.core.log.total;
  system.run(200);
  expect(system.data("a", 0) & 1).toBe(1);
  expect(system.data("a", 1)).toBe(77);
  const kinds = system.view.events(before).map((event) => event.kind);
  expect(kinds.filter((kind) => kind !== "entry" && kind !== "sliceBegan")).toEqual(["upcall"]);
});

test("C17: an exception without an entry of its own enters at utvec", () => {
  const system = boot([
    {
      name: "a",
      source: `
        la t0, handler
        csrw utvec, t0
        .word 0
        ${done}
      handler:
        csrr t0, ucause
        addi t0, t0, 100
        ${put(0, "t0")}
        ${done}`,
    },
  ]);
  system.run(100);
  expect(system.data("a", 0)).toBe(102);
});

test("C17: an exception without any handler is a named stop, then destruction with an explanation", () => {
  const system = boot([{ name: "a", source: "li t0, 0\njr t0" }]);
  system.kernel.stopOn = (event) => event.kind === "fatal";
  expect(system.run(100)).toMatchObject({ kind: "event", event: { kind: "fatal" } });
  expect(system.view.environment(system.id("a"))?.state).toBe("ready");
  expect(system.view.registers(system.id("a"))?.pc).toBe(0);
  expect(system.run(100)).toEqual({ kind: "exited" });
  expect(system.events("destroyed")[0].because).toBe(
    "instruction page fault at 0x0 (pc 0x0), and no handler for it is registered",
  );
});

test("C18: an exception in a handler that has re-enabled upcalls nests", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(STORE_FAULT, "store_fault")}
        ${setEntry(LOAD_FAULT, "load_fault")}
        li t1, 0x50000
        sw zero, 0(t1)
        ${put(2, "s3")}
        ${done}
      store_fault:
        csrr s0, uepc          # what the stub saves, before the window opens
        csrr s1, ustatus
        csrwi ustatus, 1
        lw t2, 0(t1)           # nested
        csrw uepc, s0
        csrw ustatus, s1
        addi s3, s3, 1
        csrr t3, uepc
        addi t3, t3, 4
        csrw uepc, t3
        uret
      load_fault:
        addi s3, s3, 10
        csrr t3, uepc
        addi t3, t3, 4
        csrw uepc, t3
        uret`,
    },
  ]);
  system.run(300);
  expect(system.data("a", 2)).toBe(11);
  expect(system.events("upcall").map((event) => event.cause)).toEqual([STORE_FAULT, LOAD_FAULT]);
});

test("C18: an exception while UIE = 0 is a double upcall and enters its own entry", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(STORE_FAULT, "handler")}
        ${setEntry("ENTRY_DOUBLE_UPCALL", "double")}
        li t1, 0x50000
        sw zero, 0(t1)
        ${done}
      handler: lw t0, 4(t1)
        ${done}
      double:
        csrr t0, utval
        ${put(0, "t0")}
        ${done}`,
    },
  ]);
  system.run(200);
  expect(system.data("a", 0)).toBe(0x50004);
  expect(system.events("doubleUpcall")).toMatchObject([{ cause: LOAD_FAULT, value: 0x50004 }]);
});

test("C18: a double upcall without an entry destroys the environment with an explanation", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(STORE_FAULT, "handler")}
        li t1, 0x50000
        sw zero, 0(t1)
      handler: lw t0, 4(t1)`,
    },
  ]);
  expect(system.run(200)).toEqual({ kind: "exited" });
  expect(system.events("destroyed")[0].because).toContain(
    "double upcall: load page fault at 0x50004",
  );
});

test("C18: an interrupt-like upcall stays pending while UIE = 0 and is delivered when the window opens", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_CONSOLE", "input")}
        csrwi ustatus, 0
        li t0, 200
      wait: addi t0, t0, -1
        bnez t0, wait
        ${put(0, "s2")}
      window: csrwi ustatus, 1
      after: ${put(1, "s2")}
        ${done}
      input: li s2, 5
        csrr t2, uepc
        ${put(2, "t2")}
        uret`,
      },
    ],
    { console: [{ step: 30, bytes: Uint8Array.of(65) }] },
  );
  system.run(1000);
  expect(system.data("a", 0)).toBe(0);
  expect(system.data("a", 1)).toBe(5);
  expect(system.data("a", 2)).toBe(system.symbols.get("a")?.get("after"));
});

test("C18: sleep returns at once when something became pending before it, so that no wake-up is lost", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        li t0, 300
      wait: addi t0, t0, -1
        bnez t0, wait
        kcall SLEEP
        li a0, SLOT_CONSOLE
        kcall CONSOLE_READ
        ${put(0, "a0")}
        kcall SLEEP
        li a0, SLOT_CONSOLE
        kcall CONSOLE_READ
        ${put(1, "a0")}
        ${done}`,
      },
    ],
    {
      console: [
        { step: 30, bytes: Uint8Array.of(65) },
        { step: 5000, bytes: Uint8Array.of(66) },
      ],
    },
  );
  system.run(20_000);
  expect([system.data("a", 0), system.data("a", 1)]).toEqual([65, 66]);
});

test("C23: the record of an upcall holds the interrupted registers and dies when uret resumes them", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(LOAD_FAULT, "handler")}
        li sp, 0x7000
        li s5, 42
        li t1, 0x50000
      fault: lw t0, 0(t1)
      after: ${done}
      handler:
        li s5, 0
        csrr t3, uepc
        addi t3, t3, 4
        csrw uepc, t3
      back: uret`,
    },
  ]);
  const symbols = system.symbols.get("a");
  system.kernel.machine.breakpoints.set(2, symbols?.get("back") ?? 0);
  expect(system.run(1000)).toMatchObject({ kind: "breakpoint", pc: symbols?.get("back") });
  const [record] = system.view.activations(system.id("a"));
  expect(record).toMatchObject({ kind: "upcall", pc: symbols?.get("fault"), cause: LOAD_FAULT });
  expect(record.registers[21]).toBe(42);
  system.kernel.run(1, true);
  expect(system.view.activations(system.id("a"))).toEqual([]);
  expect(system.view.registers(system.id("a"))?.pc).toBe(symbols?.get("after"));
});

test("C1: every kernel entry is one step, and instret counts retired instructions only", () => {
  const system = boot([
    {
      name: "a",
      source: `
        ${setEntry(STORE_FAULT, "handler")}
        li t1, 0x50000
        sw zero, 0(t1)
      handler:
        csrr t0, time
        csrr t2, instret
        sub t0, t0, t2
        ${put(0, "t0")}
        ${done}`,
    },
  ]);
  system.run(100);
  const { steps, retired } = system.kernel.machine;
  expect(steps).toBe(100);
  expect(retired).toBeLessThan(steps);
  // Kernel entries before the first csrr: the refill of the text page, one ecall, the fault itself. One more retires between the reads.
  expect(system.data("a", 0)).toBe(2);
});

test("C16: the addresses of the guest's own world are where the launcher bound them", () => {
  const system = boot([{ name: "a", source: done }]);
  expect(system.view.translate(system.id("a"), TEXT)).toMatchObject({ rights: 5 });
  expect(system.view.translate(system.id("a"), DATA)).toMatchObject({ rights: 3 });
});

test("C16: the user CSRs are per environment, and so is a reservation", () => {
  const csrs = ["utvec", "uscratch", "uepc", "ucause", "utval", "uie"];
  const system = boot([
    {
      name: "a",
      source: `
        ${csrs.map((csr, i) => `li t0, ${0x1000 + 16 * i}\ncsrw ${csr}, t0`).join("\n")}
        li a0, 0
        kcall YIELD
        ${csrs.map((csr, i) => `csrr t0, ${csr}\n${put(i, "t0")}`).join("\n")}
        li t0, DATA
        lr.w t1, 0(t0)
        li a0, 0
        kcall YIELD
        li t0, DATA
        sc.w t1, t1, 0(t0)
        ${put(8, "t1")}
        ${done}`,
    },
    {
      name: "b",
      source: `
        ${csrs.map((csr, i) => `csrr t0, ${csr}\n${put(i, "t0")}`).join("\n")}
        ${done}`,
    },
  ]);
  system.run(50_000);
  expect(csrs.map((_, i) => system.data("b", i))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(csrs.map((_, i) => system.data("a", i))).toEqual(csrs.map((_, i) => 0x1000 + 16 * i));
  expect(system.data("a", 8)).toBe(1);
});
