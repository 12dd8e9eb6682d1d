/** Tables that a generated guest does not fill: each is filled here, and the one too many is refused without effect. */
import { expect, test } from "vitest";
import { ANY, type CallName, ERRORS, LIMITS, RIGHTS, SLOTS } from "../abi.ts";
import { checkInvariants } from "../invariants.ts";
import { LAUNCHER_INDEX } from "../kernel.ts";
import { done } from "../testing/snippets.ts";
import { boot, type GuestSystem } from "../testing/system.ts";

const disk = { sectors: 1024, latency: { base: 9, perSector: 1 } };

function system(): GuestSystem {
  return boot([{ name: "a", source: done }], { pages: 1024, disk, network: {} });
}

/** Calls until it is refused, and says by which guard and how often it was accepted. */
function fill(
  { kernel }: GuestSystem,
  name: CallName,
  argsOf: (i: number) => number[],
): { readonly accepted: number; readonly guard: string; readonly error: number } {
  for (let i = 0; ; i += 1) {
    const answer = kernel.whatIf(LAUNCHER_INDEX, name, argsOf(i));
    const result = kernel.call(LAUNCHER_INDEX, name, ...argsOf(i));
    if (answer.ok) continue;
    expect(checkInvariants(kernel)).toEqual([]);
    return { accepted: i, guard: answer.refusal.guard, error: result };
  }
}

test("C10: the slice vector has 64 positions, the one too many is refused", () => {
  const found = fill(system(), "sliceAlloc", (i) => [0, SLOTS.processor, ANY, 100 + i]);
  expect(found).toEqual({
    accepted: LIMITS.sliceVector - 1,
    guard: "a slice is left",
    error: ERRORS.NONE.code,
  });
});

test("C34: there are 512 extents, the one too many is refused though sectors are free", () => {
  const found = fill(system(), "extentAlloc", (i) => [0, SLOTS.disk, ANY, 1, 100 + i]);
  expect(found).toEqual({
    accepted: LIMITS.extents,
    guard: "an extent is left",
    error: ERRORS.NONE.code,
  });
});

test("C14: an environment has 20 guaranteed mappings, the one too many is refused", () => {
  const target = system();
  expect(target.launcherCall("pageAlloc", 0, SLOTS.memory, ANY, 99)).toBeGreaterThan(0);
  const found = fill(target, "bindGuaranteed", (i) => [0, 0x10_0000 + 4096 * i, 99, 3]);
  expect(found).toEqual({
    accepted: LIMITS.guaranteed,
    guard: "a guaranteed mapping is left",
    error: ERRORS.NONE.code,
  });
});

test("C35: 16 requests of one environment may be in flight or not taken, the one too many is refused", () => {
  const target = system();
  expect(target.launcherCall("pageAlloc", 0, SLOTS.memory, ANY, 99)).toBeGreaterThan(0);
  expect(target.launcherCall("extentAlloc", 0, SLOTS.disk, ANY, 8, 98)).toBe(0);
  const found = fill(target, "diskRead", (i) => [98, 0, 1, 99, 0, i]);
  expect(found).toEqual({
    accepted: LIMITS.diskRequests,
    guard: "the caller may ask for more",
    error: ERRORS.BUSY.code,
  });
});

test("C35: the disk takes 32 requests at a time, whosever they are", () => {
  const target = boot(
    ["a", "b", "c"].map((name) => ({ name, source: "j ." })),
    { pages: 1024, disk: { sectors: 64, latency: { base: 100_000, perSector: 1 } } },
  );
  const results: number[] = [];
  for (const index of [2, 3, 4]) {
    expect(target.kernel.call(index, "extentAlloc", 0, SLOTS.disk, ANY, 8, 98)).toBeGreaterThan(-1);
    for (let i = 0; i < 14; i += 1) {
      results.push(target.kernel.call(index, "diskBarrier", 98, i));
    }
  }
  expect(results.slice(0, 32)).toEqual(new Array(32).fill(0));
  expect(results.slice(32)).toEqual(new Array(10).fill(ERRORS.BUSY.code));
  expect(target.events("refused").at(-1)?.guard).toBe("the disk's queue has room");
});

/** A filter of one term, which takes frames whose first byte is `byte`, at the begin of the page in slot 99. */
function writeFilter({ kernel }: GuestSystem, frame: number, byte: number): void {
  for (const [word, value] of [0, 1, 0xff, byte].entries()) {
    kernel.machine.memory.writeU32(frame * 4096 + 4 * word, value);
  }
}

test("C41: there are 128 filters, the one too many is refused", () => {
  const target = system();
  const frame = target.launcherCall("pageAlloc", 0, SLOTS.memory, ANY, 99);
  const found = fill(target, "filterInsert", (i) => {
    writeFilter(target, frame, i);
    return [0, SLOTS.network, 99, 0, 1, 0, 100 + i];
  });
  expect(found).toEqual({
    accepted: LIMITS.filters,
    guard: "a filter is left",
    error: ERRORS.NONE.code,
  });
});

test("C43: a ring is not made of one page twice", () => {
  const target = system();
  const frame = target.launcherCall("pageAlloc", 0, SLOTS.memory, ANY, 98);
  expect(target.launcherCall("capDerive", 0, 98, 0, 99, RIGHTS.READ | RIGHTS.WRITE)).toBe(0);
  writeFilter(target, frame, 1);
  expect(target.launcherCall("filterInsert", 0, SLOTS.network, 99, 0, 1, 0, 100)).toBe(0);
  expect(target.launcherCall("ringSet", 100, 98, 2)).toBe(ERRORS.INVAL.code);
  expect(target.events("refused").at(-1)?.guard).toBe("the pages are different ones");
  expect(target.launcherCall("ringSet", 100, 98, 1)).toBeGreaterThan(4000);
});

test("C10: 255 environments may live, the one too many is refused", () => {
  const found = fill(system(), "envCreate", (i) => [SLOTS.environments, 100 + i]);
  expect(found).toEqual({
    accepted: LIMITS.environments - 3,
    guard: "an environment is free",
    error: ERRORS.NONE.code,
  });
});
