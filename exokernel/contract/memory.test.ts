import { expect, test } from "vitest";
import { ERRORS, LIMITS, SLOTS } from "../abi.ts";
import { COUNTERS, ENV, HEADER, MAGIC } from "../layout.ts";
import { A, B, call, counting, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot, type GuestSystem, words } from "../testing/system.ts";

/** Stores a constant into word `index` of the data page. */
const store = (index: number, value: number | string): string =>
  `li t0, ${value}\n${put(index, "t0")}`;
/** Slot of the guest's own data page. */
const PAGE = 17;
const R = 1;
const RW = 3;

/** An entry of bind_batch from word `at` of the data page on. */
const entry = (at: number, address: number, rights: number, slot: number): string =>
  `${store(at, address | rights)}\n${store(at + 1, slot)}`;

test("C44: a batch binds and unbinds as its list says", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 3, 100], 0)}
      ${entry(64, 0x40_0000, RW, 100)}
      ${entry(66, 0x40_1000, R, 101)}
      ${entry(68, 0x40_0000, 0, 0)}
      ${entry(70, 0x40_2000, RW, 102)}
      ${call("BIND_BATCH", [0, PAGE, 256, 4], 1)}
      ${done}`,
    },
  ]);
  system.run(500);
  expect(words(system, "a", 0, 2)).toEqual([3, 4]);
  const bound = system.view.bindings(A).filter(({ virtualPage }) => virtualPage >> 8 === 4);
  expect(bound.map(({ virtualPage, rights }) => [virtualPage, rights])).toEqual([
    [0x401, R],
    [0x402, RW],
  ]);
});

test("C44: a batch that has one entry too bold does nothing at all", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 2, 100], 0)}
      ${entry(64, 0x40_0000, RW, 100)}
      ${entry(66, 0x40_1000, RW, 99)}
      ${call("BIND_BATCH", [0, PAGE, 256, 2], 1)}
      ${call("BIND_BATCH", [0, PAGE, 256, 0], 2)}
      ${call("BIND_BATCH", [0, PAGE, 256, LIMITS.batch + 1], 3)}
      ${call("BIND_BATCH", [0, PAGE, 4092, 1], 4)}
      ${call("BIND_BATCH", [0, PAGE, 2, 1], 5)}
      ${call("BIND_BATCH", [0, 99, 0, 1], 6)}
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 2, 101], 7)}
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 2, 1023], 8)}
      ${done}`,
    },
  ]);
  system.run(800);
  const { INVAL, CAP, SLOT } = ERRORS;
  expect(words(system, "a", 1, 8)).toEqual(
    [CAP, INVAL, INVAL, INVAL, INVAL, CAP, SLOT, INVAL].map(({ code }) => code),
  );
  expect(system.view.bindings(A).some(({ virtualPage }) => virtualPage >> 8 === 4)).toBe(false);
});

test("C44: dirty and referenced bits are set by use, and cleared with every mark of them", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
      ${call("BIND", [0, 0x40_0000, 100, RW])}
      ${call("PAGE_BITS", [0, 100, 0], 0)}
      li s0, 0x400000
      lw t0, 0(s0)
      ${call("PAGE_BITS", [0, 100, 0], 1)}
      sw t0, 0(s0)
      ${call("PAGE_BITS", [0, 100, 3], 2)}
      ${call("PAGE_BITS", [0, 100, 0], 3)}
      lw t0, 0(s0)
      ${call("PAGE_BITS", [0, 100, 2], 4)}
      sw t0, 0(s0)
      ${call("PAGE_BITS", [0, 100, 0], 5)}
      ${call("PAGE_BITS", [0, 100, 4], 6)}
      ${call("CAP_DERIVE", [0, 100, 0, 101, 3])}
      ${call("PAGE_BITS", [0, 101, 3], 7)}
      ${done}`,
    },
  ]);
  system.run(800);
  expect(words(system, "a", 0, 8)).toEqual([
    0,
    2,
    3,
    0,
    2,
    3,
    ERRORS.INVAL.code,
    ERRORS.OWNER.code,
  ]);
});

test("C8: the kernel's records are there to be read, and are what decides", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("BIND_STATE", [0, 0x50_0000, "SLOT_STATE", 0], 0)}
      li s0, 0x500000
      lw t0, ${HEADER.magic}(s0)
      ${put(1, "t0")}
      lw t0, ${HEADER.freeCount}(s0)
      ${put(2, "t0")}
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100], 3)}
      lw t0, ${HEADER.freeCount}(s0)
      ${put(4, "t0")}
      lw t1, ${HEADER.environmentsAt}(s0)
      li a0, 0
      li a1, 0x501000
      li a2, SLOT_STATE
      mv a3, t1
      kcall BIND_STATE
      li s1, ${0x50_1000 + 2 * ENV.bytes}
      lw t0, ${ENV.id}(s1)
      ${put(5, "t0")}
      lw t0, ${ENV.counters + 4 * COUNTERS.indexOf("pages")}(s1)
      ${put(6, "t0")}
      ${done}`,
    },
  ]);
  system.run(800);
  const [result, magic, before, frame, after, id, pages] = words(system, "a", 0, 7);
  expect([result, magic, before - after, id]).toEqual([0, MAGIC | 0, 1, A]);
  expect(pages).toBe(system.view.environment(A)?.counters.pages);
  expect(system.view.page(frame).owner).toBe(A);
});

test.each`
  what                    | frame          | rights
  ${"of saved registers"} | ${"saveAreas"} | ${"RIGHTS"}
  ${"that somebody has"}  | ${"firstFree"} | ${"RIGHTS"}
`("C8: a page $what is not exposed", ({ frame, rights }) => {
  const system = boot([{ name: "a", source: done }]);
  const { regions } = system.kernel.core.records;
  const page = frame === "firstFree" ? regions.firstFree : regions.saveAreas / 4096;
  const answer = system.kernel.whatIf(2, "bindState", [0, 0x50_0000, SLOTS.state, page]);
  expect(answer.ok ? "" : answer.refusal.error).toBe(rights);
});

test("C8: exposed records cannot be written, nor bound by another call", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(15, "faulted")}
      ${call("BIND_STATE", [0, 0x50_0000, "SLOT_STATE", 0])}
      ${call("BIND", [0, 0x51_0000, "SLOT_STATE", RW], 1)}
      li s0, 0x500000
      sw zero, 0(s0)
      ${done}
    faulted:
      ${store(0, 7)}
      ${done}`,
    },
  ]);
  system.run(800);
  expect(words(system, "a", 0, 2)).toEqual([7, ERRORS.CAP.code]);
  expect(system.kernel.core.records.header(HEADER.magic)).toBe(MAGIC);
});

test("C8: what is exposed does not depend on how a run is cut", () => {
  const source = counting();
  const [whole, pieces] = [boot([{ name: "a", source }]), boot([{ name: "a", source }])];
  whole.kernel.run(3000);
  for (let i = 0; i < 300; i += 1) pieces.kernel.run(10);
  const exposed = ({ kernel }: GuestSystem) =>
    kernel.machine.memory.readBytes(0, kernel.core.records.regions.exposed * 4096);
  // One of them is in the middle of it, between the same two instructions.
  whole.kernel.run(5);
  for (let i = 0; i < 5; i += 1) pieces.kernel.run(1);
  expect(Buffer.from(exposed(pieces)).equals(Buffer.from(exposed(whole)))).toBe(true);
});

/** A term of sleep_until from word `at` of the data page on. */
const term = (at: number, slot: number | string, where: number, value: number): string =>
  [slot, where, value, 0].map((word, i) => store(at + i, word)).join("\n");
const CLOCK = -1;
const [EQUAL, AT_LEAST, OR] = [0, 3 << 16, 1 << 24];

test("C45: a sleeper wakes when its predicate over a shared word holds, and is told which product", () => {
  const system = boot([
    {
      name: "waiter",
      source: `
      ${term(64, PAGE, 40 | EQUAL, 77)}
      ${term(68, PAGE, 44 | EQUAL | OR, 5)}
      ${call("CAP_OFFER", [PAGE, B, RW])}
      ${call("SLEEP_UNTIL", [PAGE, 256, 2], 0)}
      ${done}`,
    },
    {
      name: "writer",
      source: `
      ${wait(2)}
      ${call("CAP_ACCEPT", [A, PAGE, 60])}
      ${call("BIND", [0, 0x40_0000, 60, RW])}
      li s0, 0x400000
      li t0, 5
      sw t0, 44(s0)
      ${done}`,
    },
  ]);
  system.run(60_000);
  expect(system.data("waiter", 0)).toBe(2);
  expect(system.events("woken")).toMatchObject([{ environment: A, product: 2 }]);
});

test("C45: the clock is a word like others, and idle time jumps to it", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${term(64, CLOCK, AT_LEAST, 50_000)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 0)}
      csrr t0, time
      ${put(1, "t0")}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 2)}
      ${done}`,
    },
  ]);
  system.run(60_000);
  expect(system.data("a", 0)).toBe(1);
  expect(system.data("a", 1)).toBeGreaterThanOrEqual(50_000);
  expect(system.data("a", 1)).toBeLessThan(50_020);
  // What holds already does not put to sleep.
  expect(system.data("a", 2)).toBe(1);
  expect(system.events("slept")).toHaveLength(1);
});

test("C45: who loses a page that its predicate reads wakes with an error", () => {
  const system = boot([
    {
      name: "owner",
      source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
      ${call("CAP_OFFER", [100, B, R])}
      ${wait(3)}
      ${call("PAGE_FREE", [0, 100])}
      ${done}`,
    },
    {
      name: "waiter",
      source: `
      ${call("CAP_ACCEPT", [A, 100, 60])}
      ${term(64, 60, EQUAL, 1)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 0)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 1)}
      ${term(64, PAGE, 4096, 1)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 2)}
      ${term(64, PAGE, 6 << 16, 1)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 3)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 9], 4)}
      ${done}`,
    },
  ]);
  system.run(90_000);
  const { CAP, INVAL } = ERRORS;
  expect(words(system, "waiter", 0, 5)).toEqual(
    [CAP, CAP, INVAL, INVAL, INVAL].map(({ code }) => code),
  );
  expect(system.events("woken")).toMatchObject([{ product: 0 }]);
});

test("C45: the clock is compared by order only, and the run is the same however it is cut", () => {
  const guest = {
    name: "a",
    source: `
      ${term(64, CLOCK, 4 << 16, 0x1_0000)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 0)}
      ${term(64, CLOCK, AT_LEAST, 50_000)}
      li t0, 0x200000
      ${put(67, "t0")}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 1)}
      ${term(64, CLOCK, 1 << 16, 600)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 2)}
      ${term(64, CLOCK, 2 << 16, 10)}
      ${call("SLEEP_UNTIL", [PAGE, 256, 1], 3)}
      ${done}`,
  };
  const run = (piece: number) => {
    const system = boot([guest], { console: [{ step: 90_000, bytes: Uint8Array.of(1) }] });
    while (system.kernel.steps < 100_000) {
      system.kernel.run(Math.min(piece, 100_000 - system.kernel.steps));
    }
    return { hash: system.kernel.hash(), words: words(system, "a", 0, 3) };
  };
  const whole = run(100_000);
  expect(whole.words).toEqual([ERRORS.INVAL.code, ERRORS.INVAL.code, 1]);
  expect(run(777)).toEqual(whole);
});

test("C45: who saves its own registers is told the product once", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        ${term(64, CLOCK, AT_LEAST, 5000)}
        ${call("SLEEP_UNTIL", [PAGE, 256, 1])}
      end:
        li a0, 0
        kcall YIELD
      begin:
        li s11, DATA
        lw t0, 0(s11)
        addi t1, t0, 1
        sw t1, 0(s11)
        slli t0, t0, 2
        add t0, t0, s11
        csrr t1, utval
        sw t1, 4(t0)
        li a0, 0
        kcall YIELD`,
      },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(5_060);
  expect(words(system, "a", 0, 5)).toEqual([6, 1, 0, 0, 0]);
});

test("C46: a queued transfer is a binding: it is broken with the capability that it was asked with, and pins its page until then", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 8, 90])}
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100], 0)}
        ${call("CAP_DERIVE", [0, 100, 0, 101, RW])}
        ${call("DISK_READ", [90, 0, 1, 101, 0, 1])}
        ${call("DISK_READ", [90, 0, 1, 100, 0, 2])}
        ${call("CAP_DELETE", [0, 101])}
        ${call("CAP_RESTRICT", [0, 100, 1])}
        kcall SLEEP
        ${done}`,
      },
    ],
    { disk: { sectors: 16, latency: { base: 5000, perSector: 1 } } },
  );
  const pins = () => system.view.page(system.data("a", 0)).pins;
  const seen: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    system.run(1);
    if (system.data("a", 0) !== 0 && pins() !== seen.at(-1)) seen.push(pins());
  }
  expect(seen).toEqual([0, 1, 2, 1, 0]);
  expect(system.events("transferBroken").map(({ why }) => why)).toEqual([
    "it was deleted",
    "its capability has fewer rights now",
  ]);
  system.run(20_000);
  expect(system.events("diskComplete").map(({ status }) => status)).toEqual([
    ERRORS.CAP.code,
    ERRORS.CAP.code,
  ]);
});
