/** C10: ids that do not come twice, and tables that grow page by page, as a guest meets them. */
import { expect, test } from "vitest";
import { type CALLS, ERRORS, SLOTS } from "../abi.ts";
import { checkInvariants } from "../invariants.ts";
import { ENV, LAUNCHER_INDEX, UNIQUIFIER_MAX } from "../layout.ts";
import { A, B, C, call, done, put } from "../testing/snippets.ts";
import { boot, type GuestSystem, words } from "../testing/system.ts";

test("C10: an index whose uniquifiers are used up is not used again, so that ids stay positive and do not come twice", () => {
  const system = boot([{ name: "a", source: call("ENV_DESTROY", [0]) }]);
  const { records } = system.kernel.core;
  system.run(500);
  records.setEnv(2, ENV.id, UNIQUIFIER_MAX * 256 - 256 + 2);
  const last = system.launcherCall("envCreate", 4, 100);
  expect([last, last >>> 8, last & 0xff]).toEqual([last, UNIQUIFIER_MAX, 2]);
  expect(last).toBeLessThan(2 ** 31);
  system.launcherCall("envDestroy", 100);
  expect(system.launcherCall("envCreate", 4, 100) & 0xff).toBe(3);
  expect(LAUNCHER_INDEX).toBe(1);
});

test("C10: an id whose index was reused is stale: it names nobody, and reaches nobody", () => {
  const system = boot(
    [
      {
        name: "a",
        createsEnvironments: true,
        source: `
        ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 200], 0)}
        mv s0, a0
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
        li a0, 100
        mv a1, s0
        li a2, RIGHT_READ
        kcall CAP_OFFER
        ${put(1, "a0")}
        ${call("ENV_DESTROY", [200], 2)}
        ${call("ENV_DESTROY", [200], 3)}
        ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 201], 4)}
        li a0, 100
        mv a1, s0
        kcall CAP_OFFER
        ${put(5, "a0")}
        mv a0, s0
        kcall YIELD
        ${put(6, "a0")}
        mv t6, s0
        kcall TRANSFER_SYNC
        ${put(7, "a0")}
        mv a0, s0
        ${call("CAP_ACCEPT", [0, 100, 102]).replace("li a0, 0\n", "")}
        ${put(8, "a0")}
        ${done}`,
      },
    ],
    { policy: { tick: 5000 } },
  );
  system.run(3000);
  expect(words(system, "a", 0, 9)).toEqual([B, 0, 0, -2, B + 256, -7, -7, -7, -7]);
  // The offer to the dead one does not become an offer to its successor.
  const control = system.view.capabilities(A).find((c) => c.resource === B + 256);
  expect(control).toBeDefined();
  expect(system.view.environment(B)).toBeUndefined();
});

test("C10: at most 255 environments, and the one too many changes nothing", () => {
  const system = boot([
    {
      name: "a",
      createsEnvironments: true,
      source: `
      li s0, 0
    next:
      li a0, SLOT_ENVIRONMENTS
      addi a1, s0, 200
      kcall ENV_CREATE
      bltz a0, full
      addi s0, s0, 1
      j next
    full:
      ${put(0, "a0")}
      ${put(1, "s0")}
      ${call("ENV_DESTROY", [210], 2)}
      ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 210], 3)}
      ${done}`,
    },
  ]);
  system.run(4000);
  // The launcher and the guest itself are the other two.
  expect(words(system, "a", 0, 3)).toEqual([-5, 253, 0]);
  expect(system.data("a", 3)).toBe(2 * 256 + 2 + 11);
});

test("C10: the slice vector has 64 positions, by name or any", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", 63, 100], 0)}
      ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", 63, 101], 1)}
      ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", 64, 101], 2)}
      li s0, 101
    next:
      li a0, 0
      li a1, SLOT_PROCESSOR
      li a2, ANY
      mv a3, s0
      kcall SLICE_ALLOC
      bltz a0, full
      addi s0, s0, 1
      j next
    full:
      ${put(3, "a0")}
      ${put(4, "s0")}
      ${call("SLICE_FREE", [0, 120], 5)}
      ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", "ANY", 120], 6)}
      ${call("CAP_DERIVE", [0, 120, 0, 300, 0], 7)}
      ${call("SLICE_FREE", [0, 300], 8)}
      ${done}`,
    },
  ]);
  system.run(4000);
  expect(words(system, "a", 0, 9)).toEqual([63, -4, -1, -5, 101 + 62, 0, 20, 0, -14]);
});

test("C10: a capability table has 1,024 slots, and its pages are allocated as they are needed", () => {
  const system = boot([
    {
      name: "a",
      source: `
      li s0, 0
    next:
      li a0, 0
      li a1, SLOT_CONSOLE
      li a2, 0
      mv a3, s0
      li a4, RIGHT_WRITE
      kcall CAP_DERIVE
      addi s0, s0, 1
      li t0, 1024
      bne s0, t0, next
      ${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 1024, 0], 0)}
      ${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 65536, 0], 1)}
      ${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, -1, 0], 2)}
      ${call("CAP_DERIVE", [0, 0x10001, 0, 500, 0], 3)}
      ${done}`,
    },
  ]);
  const free = system.view.freePages;
  system.run(15_000);
  expect(words(system, "a", 0, 4)).toEqual([-1, -1, -1, -1]);
  expect(system.view.capabilities(A)).toHaveLength(1024);
  expect(system.view.freePages).toBe(free - 7);
});

/** Makes the launcher's call with ever fewer pages left; returns how often it was refused before it went through. */
function failTheNth(
  prepare: (system: GuestSystem) => void,
  name: keyof typeof CALLS,
  ...args: number[]
): number {
  for (let pages = 0; ; pages += 1) {
    const system = boot([{ name: "a", source: done }], {
      pages: 320,
      // Nothing is promised, and nobody is asked for more.
      policy: { guaranteedMinimum: 0, revocationStep: 0 },
    });
    prepare(system);
    leave(system, pages);
    const { kernel } = system;
    const { records } = kernel.core;
    const counters = (["calls", "refusals"] as const).map((c) =>
      records.counter(LAUNCHER_INDEX, c),
    );
    const before = kernel.hash();
    const result = system.launcherCall(name, ...args);
    expect(checkInvariants(kernel)).toEqual([]);
    if (result >= 0) return pages;
    expect(result).toBe(ERRORS.NONE.code);
    // All but the caller's account of calls and refusals is as it was.
    expect(records.counter(LAUNCHER_INDEX, "calls")).toBe(counters[0] + 1);
    records.count(LAUNCHER_INDEX, "calls", -1);
    records.count(LAUNCHER_INDEX, "refusals", -1);
    expect(kernel.hash()).toBe(before);
  }
}

/** Has the launcher take all free pages but `pages`. */
function leave(system: GuestSystem, pages: number): void {
  for (let slot = 512; slot < 1024 - 128; slot += 1) {
    if (system.view.freePages <= pages) return;
    system.launcherCall("pageAlloc", 0, SLOTS.memory, 0xffff_ffff, slot);
    // The last page that can go this way may need one for the table; then free again.
    if (system.view.freePages < pages) system.launcherCall("pageFree", 0, slot);
  }
}

test.each`
  name            | args                         | refusals | because
  ${"pageAlloc"}  | ${[0, 1, 0xffff_ffff, 1000]} | ${2}     | ${"the page and a page of the table"}
  ${"pageAlloc"}  | ${[0, 1, 0xffff_ffff, 40]}   | ${1}     | ${"the page; the table has its page"}
  ${"envCreate"}  | ${[4, 1000]}                 | ${2}     | ${"a page of either table"}
  ${"envCreate"}  | ${[4, 20]}                   | ${1}     | ${"a page of the new environment's table"}
  ${"capDerive"}  | ${[0, 1, 0, 1000, 0]}        | ${1}     | ${"a page of the table"}
  ${"sliceAlloc"} | ${[0, 2, 0xffff_ffff, 1000]} | ${1}     | ${"a page of the table"}
`(
  "C10: $name is refused without effect until there is room for: $because",
  ({ name, args, refusals }) => {
    expect(failTheNth(() => {}, name, ...args)).toBe(refusals);
  },
);

test("C10: accepting an offer is refused without effect while there is no page for the table", () => {
  const offer = (system: GuestSystem) => {
    const control = system.control("a");
    system.launcherCall("capDerive", 0, control, 0, 30, 31);
    expect(system.launcherCall("capOffer", 30, C - 256 - 3)).toBe(ERRORS.ENV.code);
    expect(system.launcherCall("capOffer", 30, 0x101, 16)).toBe(0);
  };
  expect(failTheNth(offer, "capAccept", 0x101, 30, 1000)).toBe(1);
});
