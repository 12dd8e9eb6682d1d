import { expect, test } from "vitest";
import { ENV } from "../layout.ts";
import { A, B, C, call, counting, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot, type GuestSystem, TEXT, words } from "../testing/system.ts";

const quick = { policy: { tick: 1000 } };
const destroyed = (system: GuestSystem) =>
  system.events("destroyed").map((event) => [event.target, event.because]);
/** Enters another synchronously; the refusal goes into word `index`. */
const enter = (id: number, index: number) =>
  `li t6, ${id}\nkcall TRANSFER_SYNC\n${put(index, "a0")}`;
/** Gives whom it calls power over itself. */
const trusting = (id: number) => call("CAP_OFFER", [0, id, 31]);

test("what if a server destroys the client that waits for its reply?", () => {
  const system = boot(
    [
      {
        name: "client",
        source: `${trusting(B)}\n${setEntry("ENTRY_TRANSFER", "reply")}\n${wait()}\n${enter(B, 0)}\nreply: ${done}`,
      },
      {
        name: "server",
        source: `
        ${call("CAP_ACCEPT", [A, 0, 60], 0)}
        ${setEntry("ENTRY_TRANSFER", "entry")}
        kcall REST
      entry:
        ${call("ENV_DESTROY", [60], 1)}
        ${enter(A, 2)}
        ${call("ENV_DESTROY", [60], 3)}
        ${done}`,
      },
    ],
    quick,
  );
  system.run(20_000);
  // It goes on, in the rest of the slice that it was given and then in its own; the capability is gone with the client.
  expect(words(system, "server", 0, 4)).toEqual([31, 0, -7, -2]);
  expect(destroyed(system)).toEqual([[A, "destroyed by another environment"]]);
  expect(system.view.environment(B)).toMatchObject({ serving: 0, state: "ready" });
});

test("what if the last of a chain of transfers is destroyed, and only the first can hear of it?", () => {
  const link = (to: number, rest = "") => `
    ${setEntry("ENTRY_TRANSFER", "entry")}
    kcall REST
  entry: csrwi ustatus, 1
    ${enter(to, 0)}
    ${rest}
    ${done}`;
  const system = boot(
    [
      {
        name: "first",
        source: `
        ${setEntry("ENTRY_CALLEE_DIED", "died")}
        ${setEntry("ENTRY_TRANSFER", "died")}
        ${wait(2)}
        ${enter(B, 0)}
      died: csrr t0, utval
        ${put(1, "t0")}
        ${done}`,
      },
      { name: "second", source: link(C) },
      {
        name: "third",
        source: `${setEntry("ENTRY_TRANSFER", "entry")}\nkcall REST\nentry: .word 0`,
      },
    ],
    quick,
  );
  system.run(20_000);
  expect(destroyed(system).map(([target]) => target)).toEqual([C, B]);
  expect(system.data("first", 1)).toBe(B);
});

test("what if an environment yields to itself, or to one that waits for it?", () => {
  const system = boot(
    [
      {
        name: "client",
        source: `${setEntry("ENTRY_TRANSFER", "reply")}\n${wait()}\n${enter(B, 0)}\nreply: ${put(1, "s7")}\n${done}`,
      },
      {
        name: "server",
        source: `
        ${setEntry("ENTRY_TRANSFER", "entry")}
        ${call("YIELD", [B], 0)}
        kcall REST
      entry:
        ${call("YIELD", [A], 1)}
        li s7, 5
        li t0, 1
        ${put(2, "t0")}
        li t6, ${A}
        kcall TRANSFER_SYNC`,
      },
    ],
    quick,
  );
  system.run(20_000);
  expect(words(system, "server", 0, 3)).toEqual([0, 0, 1]);
  expect(system.data("client", 1)).toBe(5);
  // Yielding to oneself neither ends the slice nor makes it longer.
  const began = system.events("sliceBegan").map((event) => event.step);
  expect(began[1] - began[0]).toBeLessThanOrEqual(1001);
});

test("what if the slices of the running environment are revoked?", () => {
  const system = boot(
    [
      { name: "a", source: counting(), slices: 2 },
      { name: "b", source: counting() },
    ],
    quick,
  );
  system.run(500);
  const processor = system.view
    .capabilities(A)
    .find((capability) => capability.kind === "processor");
  expect(processor).toBeDefined();
  // The launcher revokes what derives from its own processor capability: all slices there are.
  expect(system.launcherCall("capRevoke", 0, 2)).toBeGreaterThan(3);
  const before = system.view.environment(A)?.counters.steps ?? 0;
  expect(system.run(10_000)).toEqual({ kind: "idle" });
  // What is left of the slice that runs is run, up to the timer's trap.
  expect(system.view.environment(A)?.counters.steps).toBe(before + 501);
  expect(system.view.environment(B)?.counters.steps).toBe(0);
  expect(system.events("lost").filter((event) => event.capabilityKind === 5)).toHaveLength(3);
});

test("what if every owner of a slice has forfeits to pay?", () => {
  const greedy = `
    ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
    ${setEntry("ENTRY_END_SLICE", "end")}
  1: j 1b
  begin: csrwi ustatus, 1
    j 1b
  end: li t0, 225
  2: addi t0, t0, -1
    bnez t0, 2b
    ${call("YIELD", [0])}`;
  const system = boot(
    [
      { name: "a", source: greedy },
      { name: "b", source: greedy, slices: 3 },
      { name: "c", source: greedy },
    ],
    { policy: { tick: 1000, forfeitsPerExcess: 50 } },
  );
  expect(system.run(50_000)).toEqual({ kind: "budget" });
  const idle = system.events("idle");
  expect(idle).toEqual([]);
  expect(system.events("forfeited").length).toBeGreaterThan(1000);
  for (const name of ["a", "b", "c"]) {
    expect(system.view.environment(system.id(name))?.counters.slices).toBeGreaterThan(2);
  }
});

test("what if an environment keeps its upcalls disabled for ever?", () => {
  const system = boot(
    [
      { name: "a", source: `csrwi ustatus, 0\n${counting()}` },
      { name: "b", source: counting() },
    ],
    { ...quick, console: [{ step: 3000, bytes: Uint8Array.of(1) }] },
  );
  system.run(20_000);
  const steps = [A, B].map((id) => system.view.environment(id)?.counters.steps ?? 0);
  expect(Math.abs(steps[0] - steps[1])).toBeLessThanOrEqual(1002);
});

test("what if it gives up being libOS-switched in the middle of its excess?", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_BEGIN_SLICE", "end")}
        ${setEntry("ENTRY_END_SLICE", "end")}
        ${done}
      end: ${call("ENV_SET_ENTRY", [0, "ENTRY_END_SLICE", 0])}
        ${done}`,
      },
      { name: "b", source: counting() },
    ],
    quick,
  );
  system.run(20_000);
  expect(destroyed(system)).toEqual([
    [A, "it ran 17 times 100 steps over the end of its slice without yielding"],
  ]);
});

test("what if it frees the page that it executes, or its own boot page?", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        # Its code to a page of its own, to be executed there.
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
        ${call("BIND", [0, 0x40000, 100, 7])}
        la t0, away
        la t1, away_end
        li t2, 0x40000
      1: lw t3, 0(t0)
        sw t3, 0(t2)
        addi t0, t0, 4
        addi t2, t2, 4
        bne t0, t1, 1b
        li t0, 0x40000
        jr t0
      away: ${call("PAGE_FREE", [0, 100])}
        j .
      away_end:`,
      },
      {
        name: "b",
        source: `
        li t1, BOOT
        lw t0, 36(t1)
        lw t2, 32(t1)
        addi t2, t2, -1
        li t3, 12
        mul t2, t2, t3
        add t0, t0, t2      # the last mapping: the boot page
        lw a1, 8(t0)
        li a0, 0
        kcall PAGE_FREE
        ${put(0, "a0")}
        lw t0, 0(t1)
        ${done}`,
      },
    ],
    quick,
  );
  expect(system.run(20_000)).toEqual({ kind: "exited" });
  const [[first, why], [second, because]] = destroyed(system);
  expect([first, second]).toEqual([A, B]);
  expect(why).toMatch(/^instruction page fault at 0x400/);
  expect(because).toMatch(/^load page fault at 0x7fff0000/);
});

test("what if it destroys itself through a capability in another slot than 0?", () => {
  const system = boot([
    {
      name: "a",
      source: `${call("CAP_DERIVE", [0, 0, 0, 77, 16])}\n${call("ENV_DESTROY", [77])}\n${done}`,
    },
  ]);
  expect(system.run(100)).toEqual({ kind: "exited" });
  expect(destroyed(system)).toEqual([[A, "it destroyed itself"]]);
});

test("what if it loses the capability of itself and puts another into slot 0?", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${wait()}\n${call("CAP_DERIVE", [0, 3, 0, 0, 2], 0)}\n${call("ENV_SET_WORD", [0, 1, 9], 1)}\n${call("CAP_DELETE", [0, 0], 2)}\n${done}`,
      },
      { name: "b", source: counting() },
    ],
    quick,
  );
  system.kernel.stopOn = (event) => event.kind === "yielded";
  system.run(1000);
  system.kernel.stopOn = undefined;
  // Whoever created it revokes all that derives from its creation.
  expect(system.launcherCall("capRevoke", 0, system.control("a"))).toBe(1);
  system.run(5000);
  // As an argument, 0 means the caller, whatever its slot 0 holds.
  expect(words(system, "a", 0, 3)).toEqual([0, 0, -1]);
  expect(system.view.environment(A)?.words[1]).toBe(9);
  expect(system.launcherCall("envDestroy", system.control("a"))).toBe(0);
});

test("what if a debugger looks at one about to be destroyed, and meanwhile its index gets another tenant?", () => {
  const system = boot([
    { name: "a", source: ".word 0" },
    { name: "b", source: done },
  ]);
  system.kernel.stopOn = (event) => event.kind === "fatal";
  expect(system.run(100)).toMatchObject({ kind: "event" });
  system.kernel.stopOn = undefined;
  system.launcherCall("envDestroy", system.control("a"));
  const successor = system.launcherCall("envCreate", 4, 500);
  expect(successor & 0xff).toBe(A & 0xff);
  system.run(1000);
  expect(system.view.environment(successor)?.state).toBe("created");
});

test("what if a page is mapped by an environment whose capability to it came from one that is destroyed while it runs on?", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
        ${call("CAP_OFFER", [100, B, 3])}
        ${wait()}
        ${call("ENV_DESTROY", [0])}`,
      },
      {
        name: "b",
        source: `
        ${call("CAP_ACCEPT", [A, 100, 50])}
        ${call("BIND", [0, 0x40000, 50, 3])}
        li t0, 0x40000
        sw t0, 0(t0)
        ${wait()}
        li t0, 0x40000
        lw t1, 0(t0)
        ${done}`,
      },
    ],
    quick,
  );
  expect(system.run(10_000)).toEqual({ kind: "exited" });
  expect(destroyed(system).at(-1)?.[1]).toMatch(/^load page fault at 0x40000/);
});

test("what if it enters, yields to or accepts from the launcher, or one that was never started?", () => {
  const system = boot([
    {
      name: "a",
      createsEnvironments: true,
      source: `
      ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 200])}
      ${call("ENV_SET_ENTRY", [200, "ENTRY_TRANSFER", TEXT])}
      ${enter(B, 0)}
      ${call("YIELD", [B], 1)}
      li t6, 0x101
      kcall TRANSFER_SYNC
      ${put(2, "a0")}
      ${call("YIELD", [0x101], 3)}
      ${call("CAP_ACCEPT", [0x101, 1, 50], 4)}
      ${done}`,
    },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 5)).toEqual([-8, -8, -8, -8, -11]);
  expect(system.kernel.core.records.env(1, ENV.hasContext)).toBe(0);
});
