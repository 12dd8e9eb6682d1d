import { expect, test } from "vitest";
import { ENTRIES } from "../abi.ts";
import { boot, type GuestSystem } from "../testing/system.ts";

const put = (index: number, register: string) =>
  `li s11, DATA + ${4 * index}\nsw ${register}, 0(s11)`;
const setEntry = (entry: string, label: string) =>
  `li a0, 0\nli a1, ${entry}\nla a2, ${label}\nkcall ENV_SET_ENTRY`;
const done = "1: j 1b";
const counting = `li s0, 0\n1: addi s0, s0, 1\n${put(0, "s0")}\nj 1b`;

test("C19: an environment without slice entries keeps its registers across slices by the kernel's hand", () => {
  const system = boot(
    [
      { name: "a", source: `li s1, 1111\nli s2, 2222\n${counting}` },
      { name: "b", source: `li s1, 3333\nli s2, 4444\n${counting}` },
    ],
    { policy: { tick: 777 } },
  );
  system.run(50_000);
  for (const [name, s1, s2] of [
    ["a", 1111, 2222],
    ["b", 3333, 4444],
  ] as const) {
    const registers = system.view.registers(system.id(name))?.registers;
    expect([registers?.[9], registers?.[18]]).toEqual([s1, s2]);
    expect(system.data(name, 0)).toBeGreaterThan(3000);
  }
});

test("C19: at the end of a slice the libOS saves and yields, and begins its next with all registers zero", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        li s0, 0
      loop: addi s0, s0, 1
        j loop
      end:
        ${put(0, "s0")}        # saves what it wants
        csrr t0, uepc
        ${put(1, "t0")}
        li a0, 0
        kcall YIELD
      begin:
        or t0, s0, s1
        or t0, t0, sp
        or t0, t0, a0
        ${put(2, "t0")}        # all were zero
        li t1, DATA
        lw s0, 0(t1)
        lw t2, 4(t1)
        lw t3, 12(t1)
        addi t3, t3, 1
        sw t3, 12(t1)          # how many begins
        csrw uepc, t2
        uret`,
      },
      { name: "b", source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(20_000);
  expect(system.data("a", 2)).toBe(0);
  expect(system.data("a", 3)).toBeGreaterThan(5);
  expect(system.data("a", 0)).toBeGreaterThan(2000);
  expect(system.view.environment(system.id("a"))?.counters.excess).toBe(0);
});

test("C19: time over the end of a slice is excess, each forfeits one later slice, and past 16 it is destroyed", () => {
  const greedy = (ticks: number) => `
    ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
    ${setEntry("ENTRY_END_SLICE", "end")}
    ${done}
  begin: ${done}
  end:
    li t0, ${ticks}
  2: addi t0, t0, -1
    bnez t0, 2b
    li a0, 0
    kcall YIELD`;
  const rude = boot(
    [
      { name: "a", source: greedy(225) },
      { name: "b", source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  rude.run(3000);
  // 450 steps over the end are four excesses of 100.
  expect(rude.events("excess").map((event) => event.count)).toEqual([1, 2, 3, 4]);
  rude.run(20_000);
  expect(
    rude
      .events("forfeited")
      .slice(0, 4)
      .map((event) => event.remaining),
  ).toEqual([3, 2, 1, 0]);

  const deaf = boot(
    [
      { name: "a", source: greedy(1_000_000) },
      { name: "b", source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  deaf.run(20_000);
  expect(deaf.events("destroyed")[0]).toMatchObject({ target: deaf.id("a") });
  expect(deaf.events("destroyed")[0].because).toContain("over the end of its slice");
});

test("C18: the end of a slice waits for the window, and the time counts as excess", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        csrwi ustatus, 0
        li t0, 600
      2: addi t0, t0, -1
        bnez t0, 2b
        csrwi ustatus, 1
        li t0, 1
        ${put(1, "t0")}
        ${done}
      end: ${put(0, "t0")}
        li a0, 0
        kcall YIELD
      begin: ${done}`,
      },
      { name: "b", source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(4000);
  expect(system.data("a", 0)).toBe(0); // t0 had reached zero: the critical section was finished
  expect(system.data("a", 1)).toBe(0);
  expect(system.events("excess").length).toBeGreaterThan(0);
});

test("a directed yield gives the rest of the slice to the one named", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `li t1, BOOT\nlw a0, 8(t1)\naddi a0, a0, 1\n1: li t1, BOOT\nlw a0, 8(t1)\naddi a0, a0, 1\nkcall YIELD\nj 1b`,
      },
      { name: "b", slices: 0, source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(20_000);
  expect(system.data("b", 0)).toBeGreaterThan(1000);
  expect(system.events("sliceBegan").every((event) => event.owner === system.id("a"))).toBe(true);
});

test("slices run in the order of their positions in the vector", () => {
  const system = boot(
    [
      { name: "a", source: done, slices: [0, 5] },
      { name: "b", source: done, slices: [3] },
      { name: "c", source: done, slices: [9] },
    ],
    { policy: { tick: 100 } },
  );
  system.run(100 * 9);
  expect(
    system
      .events("sliceBegan")
      .map((event) => event.position)
      .slice(0, 8),
  ).toEqual([0, 3, 5, 9, 0, 3, 5, 9]);
});

test("C3: when everyone sleeps the clock jumps to the next scripted input, and without one the run is idle", () => {
  const system = boot([{ name: "a", source: `kcall SLEEP\nkcall SLEEP\n${done}` }], {
    console: [{ step: 1_000_000, bytes: Uint8Array.of(1) }],
  });
  expect(system.run(2_000_000)).toEqual({ kind: "idle" });
  expect(system.kernel.steps).toBeGreaterThanOrEqual(1_000_000);
  expect(system.kernel.machine.retired).toBeLessThan(100);
});

test("the same system run in one go and step by step is the same to the last byte", () => {
  const guests = () =>
    boot(
      [
        { name: "a", source: counting },
        { name: "b", source: `1: li a0, 0\nkcall YIELD\nj 1b` },
      ],
      { policy: { tick: 100 } },
    );
  const whole = guests();
  whole.run(3000);
  const single = guests();
  for (let i = 0; i < 3000; i += 1) single.kernel.run(1);
  expect(single.kernel.hash()).toBe(whole.kernel.hash());
  expect(single.view.events(0)).toEqual(whole.view.events(0));
});

/** `a` gave up its registers as a libOS-switched environment does, lost its entries, and is next when `b` dies. */
function nowhereToGoOn(): GuestSystem {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "begin")}
      begin: li a0, 0
        kcall YIELD`,
      },
      { name: "b", source: `nop\nnop\nnop\n.word 0` },
    ],
    { policy: { tick: 1000 } },
  );
  system.kernel.stopOn = (event) => event.kind === "yielded";
  system.run(1000);
  for (const entry of [ENTRIES.beginSlice, ENTRIES.endSlice]) {
    system.launcherCall("envSetEntry", system.control("a"), entry.number, 0);
  }
  system.kernel.stopOn = undefined;
  return system;
}

test("C19: an environment without registers and entries is destroyed before it executes anything, watched or not", () => {
  const alone = nowhereToGoOn();
  const before = alone.view.environment(alone.id("a"))?.counters.steps;
  expect(alone.run(10_000)).toEqual({ kind: "exited" });
  const [b, a] = alone.events("destroyed");
  expect(a).toMatchObject({ target: alone.id("a"), step: b.step });
  expect(a.because).toContain("has no entry at which it could go on");
  expect(alone.view.environment(alone.id("a"))?.counters.steps).toBe(before);

  const watched = nowhereToGoOn();
  watched.kernel.stopOn = () => true;
  while (watched.kernel.run(10_000).kind === "event");
  expect(watched.kernel.hash()).toBe(alone.kernel.hash());
  expect(watched.view.events(0)).toEqual(alone.view.events(0));
});

test("C18: an end of slice that was not delivered before the libOS yielded is not delivered in its next slice", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        csrwi ustatus, 0
        li t0, 600
      2: addi t0, t0, -1
        bnez t0, 2b
        li a0, 0
        kcall YIELD            # the slice ended meanwhile
      begin:
        csrwi ustatus, 1
        li t0, 1
        ${put(0, "t0")}
        ${done}
      end: li t0, 1
        ${put(1, "t0")}
        li a0, 0
        kcall YIELD`,
      },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(1800);
  expect(system.events("sliceBegan").length).toBe(2);
  expect([system.data("a", 0), system.data("a", 1)]).toEqual([1, 0]);
});

test("C19: excess in a donated slice forfeits slices of the one who owns it", () => {
  const system = boot(
    [
      {
        name: "owner",
        source: `li t1, BOOT\nlw s0, 8(t1)\n1: addi a0, s0, 1\nkcall YIELD\nj 1b`,
      },
      {
        name: "accomplice",
        slices: 0,
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        li a0, 0
        kcall YIELD
      begin: csrwi ustatus, 1
        ${done}
      end:
        li t0, 225
      2: addi t0, t0, -1
        bnez t0, 2b
        li a0, 0
        kcall YIELD`,
      },
      { name: "victim", source: counting },
    ],
    { policy: { tick: 1000 } },
  );
  system.run(50_000);
  expect(system.events("excess").every((e) => e.environment === system.id("accomplice"))).toBe(
    true,
  );
  expect(system.events("forfeited").length).toBeGreaterThan(4);
  expect(system.events("forfeited").every((e) => e.environment === system.id("owner"))).toBe(true);
  const steps = (name: string) => system.view.environment(system.id(name))?.counters.steps ?? 0;
  expect(steps("victim")).toBeGreaterThan(2 * steps("accomplice"));
});

test("C3: an idle jump is one event, however the run is cut into pieces and wherever it stops", () => {
  const guests = () =>
    boot([{ name: "a", source: `1: kcall SLEEP\nj 1b` }], {
      console: [
        { step: 700, bytes: Uint8Array.of(1) },
        { step: 2000, bytes: Uint8Array.of(2) },
      ],
    });
  const whole = guests();
  expect(whole.run(3000)).toEqual({ kind: "idle" });
  expect(whole.events("idle").map((event) => event.until)).toEqual([700, 2000]);
  const pieces = guests();
  for (let i = 0; i < 43; i += 1) pieces.kernel.run(71);
  expect(pieces.view.events(0)).toEqual(whole.view.events(0));
  expect(pieces.kernel.hash()).toBe(whole.kernel.hash());
  const watched = guests();
  watched.kernel.stopOn = (event) => event.kind === "idle";
  expect(watched.kernel.run(300)).toMatchObject({ kind: "event", event: { until: 700 } });
  while (watched.kernel.run(300).kind !== "idle");
  expect(watched.view.events(0)).toEqual(whole.view.events(0));
  expect(watched.kernel.hash()).toBe(whole.kernel.hash());
});

test("C18: an end of slice that is pending does not keep its environment from sleeping", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
        ${setEntry("ENTRY_END_SLICE", "begin")}
        csrwi ustatus, 0
        li t0, 600
      2: addi t0, t0, -1
        bnez t0, 2b
        kcall SLEEP
        li t0, 1
        ${put(0, "t0")}
      begin: ${done}`,
      },
    ],
    { policy: { tick: 1000 } },
  );
  expect(system.run(5000)).toEqual({ kind: "idle" });
  expect(system.data("a", 0)).toBe(0);
  expect(system.view.environment(system.id("a"))?.state).toBe("sleeping");
});
