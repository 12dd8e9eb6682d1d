import { expect, test } from "vitest";
import {
  alloc,
  bind,
  CONFLICT,
  LOAD_FAULT,
  load,
  PAGE,
  quick,
  RW,
  skipFault,
  store,
  VA,
} from "../testing/mapping-snippets.ts";
import { A, B, call, done, put, setEntry } from "../testing/snippets.ts";
import { boot, TEXT, words } from "../testing/system.ts";

const STORE_FAULT = 15;

test("C14: a conflict in the software TLB evicts a binding, which is an event, and the next access is an upcall", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(LOAD_FAULT, "fault")}
      ${alloc(PAGE)}
      ${alloc(PAGE + 1)}
      ${bind(VA, PAGE)}
      ${store(VA, 77)}
      ${load(VA, 0)}
      ${bind(CONFLICT, PAGE + 1)}
      ${load(CONFLICT, 1)}
      li t1, 0
      ${load(VA, 2)}
      ${done}
      ${skipFault("fault", 4)}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 3)).toEqual([77, 0, 0]);
  expect(words(system, "a", 4, 2)).toEqual([VA, 1]);
  expect(system.events("evicted")).toMatchObject([
    { target: A, address: VA, by: A, byAddress: CONFLICT },
  ]);
  expect(system.view.environment(A)?.counters.evictions).toBe(1);
});

test("C14: one environment's binding may evict another's, and the index keeps equal pages of neighbours apart", () => {
  const system = boot(
    [
      { name: "a", source: `${alloc(PAGE)}\n${bind(VA, PAGE)}\n${done}` },
      {
        name: "b",
        source: `${alloc(PAGE)}\n${bind(VA, PAGE)}\n${bind(VA - 64 * 4096, PAGE)}\n${done}`,
      },
    ],
    quick,
  );
  system.run(10_000);
  expect(system.events("evicted")).toMatchObject([
    { target: A, address: VA, by: B, byAddress: VA - 64 * 4096 },
  ]);
  expect(system.view.translate(B, VA)).toBeDefined();
});

const sixteenPages = `
    ${alloc(PAGE)}
    li s0, 0
    li s1, ${VA}
  bind_next:
    li a0, 0
    mv a1, s1
    li a2, ${PAGE}
    li a3, ${RW}
    kcall BIND
    li t0, 0x1000
    add s1, s1, t0
    addi s0, s0, 1
    li t1, 16
    bne s0, t1, bind_next
    li s2, 0
  round:
    li s0, 0
    li s1, ${VA}
  touch:
    lw t2, 0(s1)
    addi t2, t2, 1
    sw t2, 0(s1)
    li t0, 0x1000
    add s1, s1, t0
    addi s0, s0, 1
    li t1, 16
    bne s0, t1, touch
    addi s2, s2, 1
    li t1, 5
    bne s2, t1, round
    li s1, ${VA}
    lw t2, 0(s1)
    ${put(0, "t2")}
    ${done}`;

test.each([3, 4, 5, 16, 64, 1024])(
  "C14: with a TLB of %i entries misses are refilled from bindings, and the libOS sees none",
  (tlbEntries) => {
    const system = boot([{ name: "a", source: sixteenPages }], { tlbEntries });
    system.run(8000);
    expect(system.data("a", 0)).toBe(16 * 5);
    expect(system.events("upcall")).toEqual([]);
    const refills = system.view.environment(A)?.counters.refills ?? 0;
    // Text and data, and a page's first load and first store; or every touch, where sixteen pages do not fit.
    if (tlbEntries <= 16) expect(refills).toBeGreaterThanOrEqual(16 * 5);
    else expect(refills).toBe(2 * 16 + 2);
  },
);

test("C14: a guaranteed mapping is not evicted, and its refill needs no libOS", () => {
  const conflict = TEXT + 4096 * 4096;
  const system = boot(
    [
      {
        name: "a",
        guaranteed: true,
        source: `
        ${alloc(PAGE)}
        ${bind(conflict, PAGE)}
        ${store(conflict, 5)}
        ${load(conflict, 0)}
        ${done}`,
      },
    ],
    { tlbEntries: 4 },
  );
  system.run(1000);
  expect(system.data("a", 0)).toBe(5);
  expect(system.events("evicted")).toEqual([]);
  expect(system.events("upcall")).toEqual([]);
  expect(system.view.translate(A, TEXT)).toMatchObject({ guaranteed: true });
});

test("C12: twenty mappings can be guaranteed, one more is refused, and one of them can still be made anew", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${alloc(PAGE)}
      li s0, 0
      li s1, ${VA}
    next:
      li a0, 0
      mv a1, s1
      li a2, ${PAGE}
      li a3, RIGHT_READ
      kcall BIND_GUARANTEED
      bltz a0, full
      li t0, 0x1000
      add s1, s1, t0
      addi s0, s0, 1
      j next
    full:
      ${put(0, "a0")}
      ${put(1, "s0")}
      ${call("BIND_GUARANTEED", [0, VA, PAGE, RW], 2)}
      ${store(VA, 9)}
      ${load(VA + 4096, 3)}
      ${call("UNBIND", [0, VA + 4096], 4)}
      ${call("BIND_GUARANTEED", [0, CONFLICT, PAGE, RW], 5)}
      ${done}`,
    },
  ]);
  system.run(2000);
  // The boot page is one of the twenty.
  expect(words(system, "a", 0, 6)).toEqual([-5, 19, 0, 9, 0, 0]);
});

test.each(["BIND", "BIND_GUARANTEED"])(
  "C5: the first store sets the dirty bit of a page bound by %s without an upcall",
  (binder) => {
    const system = boot([
      {
        name: "a",
        source: `
        ${alloc(PAGE, 0)}
        ${call(binder, [0, VA, PAGE, RW])}
        ${load(VA, 1)}
      before: ${store(VA, 3)}
      after: ${load(VA, 1)}
        ${done}`,
      },
    ]);
    const symbols = system.symbols.get("a");
    system.kernel.machine.breakpoints.set(2, symbols?.get("before") ?? 0);
    system.kernel.machine.breakpoints.set(2, symbols?.get("after") ?? 0);
    system.run(1000);
    const frame = system.data("a", 0);
    expect(system.view.page(frame)).toMatchObject({ dirty: false, referenced: true, owner: A });
    expect(system.view.translate(A, VA)?.dirty).toBe(false);
    system.kernel.run(1000, true);
    expect(system.view.page(frame)).toMatchObject({ dirty: true });
    expect(system.view.translate(A, VA)?.dirty).toBe(true);
    system.kernel.run(1000, true);
    expect(system.data("a", 1)).toBe(3);
    expect(system.events("upcall")).toEqual([]);
  },
);

test("C14: unbind takes a page out of the address space, and says 0 where nothing was bound", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(STORE_FAULT, "fault")}
      ${alloc(PAGE)}
      ${bind(VA, PAGE)}
      ${store(VA, 1)}
      ${call("UNBIND", [0, VA], 0)}
      ${call("UNBIND", [0, VA], 1)}
      ${call("UNBIND", [0, VA + 4], 2)}
      ${store(VA, 2)}
      ${bind(VA, PAGE)}
      ${load(VA, 3)}
      ${done}
      ${skipFault("fault", 4)}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 6)).toEqual([0, 0, -1, 1, VA, 1]);
  expect(system.events("unbound")).toHaveLength(1);
});

test("C14: binding anew leads to the new page with the new rights, at once and for stores too", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(STORE_FAULT, "fault")}
      ${alloc(PAGE)}
      ${alloc(PAGE + 1)}
      ${bind(VA, PAGE)}
      ${store(VA, 1)}
      ${bind(VA, PAGE + 1)}
      ${load(VA, 0)}
      ${store(VA, 2)}
      ${call("BIND_GUARANTEED", [0, VA, PAGE, "RIGHT_READ"])}
      ${load(VA, 1)}
      ${store(VA, 3)}
      ${bind(VA, PAGE, "RIGHT_READ")}
      ${store(VA, 4)}
      ${load(VA, 2)}
      ${done}
      ${skipFault("fault", 4)}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 3)).toEqual([0, 1, 1]);
  expect(words(system, "a", 4, 2)).toEqual([VA, 2]);
  expect(system.events("unbound").map((event) => event.why)).toEqual(
    Array.from({ length: 3 }, () => "bound anew"),
  );
  expect(system.view.page(system.events("allocated").at(-1)?.frame ?? 0).bindings).toBe(0);
});

test("C14: what may be written may be read: a write-only binding is refused, and an AMO works on any writable page", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(STORE_FAULT, "fault")}
      ${alloc(PAGE)}
      ${bind(VA, PAGE, "RIGHT_WRITE", 0)}
      ${bind(VA, PAGE, "0", 1)}
      ${bind(VA, PAGE, "RIGHT_READ | RIGHT_GRANT", 2)}
      ${bind(VA, PAGE)}
      li t0, ${VA}
      li t1, 6
      amoadd.w t2, t1, (t0)
      ${bind(VA, PAGE, "RIGHT_READ")}
      li t0, ${VA}
      amoadd.w t2, t1, (t0)
      ${put(3, "t2")}
      ${load(VA, 3)}
      ${done}
      ${skipFault("fault", 4)}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 6)).toEqual([-1, -1, -1, 6, VA, 1]);
});

test("C14: a binding has no right that its capability lacks", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${alloc(PAGE)}
      ${call("CAP_DERIVE", [0, PAGE, 0, PAGE + 1, "RIGHT_READ"], 0)}
      ${bind(VA, PAGE + 1, RW, 1)}
      ${bind(VA, PAGE + 1, "RIGHT_READ | RIGHT_EXECUTE", 2)}
      ${bind(VA, PAGE + 1, "RIGHT_READ", 3)}
      ${bind(VA, "SLOT_MEMORY", RW, 4)}
      ${bind(VA, 999, RW, 5)}
      ${bind(VA, 1024, RW, 6)}
      ${done}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 7)).toEqual([0, -3, -3, 0, -2, -2, -1]);
});

test("C5: three TLB entries are enough for an instruction that spans two pages and accesses a third, and fewer are not taken", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        li t0, DATA
        li t1, 8
        j spanning - 2
        .space 4094 - 3 * 4 - 2
      # So that it begins in the last half of the page.
        c.nop
      spanning: sw t1, 0(t0)
        ${done}`,
      },
    ],
    { tlbEntries: 3 },
  );
  const address = system.symbols.get("a")?.get("spanning") ?? 0;
  expect(address & 0xfff).toBe(0xffe);
  system.run(100);
  expect(system.data("a", 0)).toBe(8);
  expect(() => boot([], { tlbEntries: 2 })).toThrow("3 TLB entries or more, not 2");
  expect(() => boot([], { pages: 64 })).toThrow("240 pages or more, not 64");
});
