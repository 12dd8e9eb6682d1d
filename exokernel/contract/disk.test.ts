import { expect, test } from "vitest";
import { ENTRIES } from "../abi.ts";
import type { KernelConfiguration } from "../kernel-configuration.ts";
import { A, B, call, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot, type GuestSystem, words } from "../testing/system.ts";

const DISK = { sectors: 32, latency: { base: 100, perSector: 10 } };
const withDisk = (more: Partial<NonNullable<KernelConfiguration["disk"]>> = {}) => ({
  disk: { ...DISK, ...more },
});
/** Slot of the guest's own data page, from which it writes and into which it reads. */
const PAGE = 17;
const extent = (first: number | string, count: number, slot: number, index?: number) =>
  call("EXTENT_ALLOC", [0, "SLOT_DISK", first, count, slot], index);
/** Sleeps until a request is complete and stores its tag and status from word `index` on. */
const complete = (index: number) => `
  1: kcall DISK_NEXT
    beqz a0, 2f
    kcall SLEEP
    j 1b
  2: ${put(index, "a1")}
    ${put(index + 1, "a2")}`;
const sectorWord = (system: GuestSystem, sector: number) =>
  new DataView(system.kernel.machine.disk?.readImage().buffer ?? new ArrayBuffer(0)).getInt32(
    512 * sector,
    true,
  );

test("C34: an extent is free sectors by name or any; its sectors are nobody else's, and its physical place is told", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(4, 8, 100, 0)}
        ${extent(8, 2, 101, 1)}
        ${extent("ANY", 4, 101, 2)}
        ${extent("ANY", 40, 102, 3)}
        ${extent(31, 2, 102, 4)}
        ${extent("ANY", 0, 102, 5)}
        ${call("EXTENT_INFO", [100], 6)}
        ${put(7, "a1")}
        ${call("EXTENT_FREE", [0, 100], 8)}
        ${extent(8, 2, 102, 9)}
        ${done}`,
      },
    ],
    withDisk(),
  );
  system.run(800);
  expect(words(system, "a", 0, 10)).toEqual([4, -4, 0, -1, -1, -1, 8, 4, 0, 8]);
  expect(system.events("refused")[0]?.because).toBe(
    `extent 0 of environment ${A} has sectors 4 to 11`,
  );
});

test("C34: what is on the disk outlives its extent, for whoever takes the sectors next", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(2, 1, 100)}
        li s0, 77
        ${put(128, "s0")}
        ${call("DISK_WRITE", [100, 0, 1, PAGE, 512, 5], 0)}
        ${complete(1)}
        ${call("EXTENT_FREE", [0, 100])}
        ${done}`,
      },
      {
        name: "b",
        source: `
        ${wait(60)}
        ${extent(2, 1, 100, 0)}
        ${call("DISK_READ", [100, 0, 1, PAGE, 1024, 6], 1)}
        ${complete(2)}
        ${done}`,
      },
    ],
    { ...withDisk(), policy: { tick: 300 } },
  );
  system.run(20_000);
  expect(words(system, "a", 0, 3)).toEqual([0, 5, 0]);
  expect(words(system, "b", 0, 4)).toEqual([2, 0, 6, 0]);
  expect(system.data("b", 256)).toBe(77);
});

test("C35: requests are asynchronous: the call returns at once, the completion comes by upcall when its steps are over", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_DISK", "done")}
        ${extent(0, 4, 100)}
        ${call("DISK_WRITE", [100, 0, 2, PAGE, 512, 9], 0)}
        csrr s1, time
        ${put(1, "s1")}
        csrwi ustatus, 1
      1: addi s2, s2, 1
        j 1b
      done:
        csrr s3, time
        ${put(2, "s3")}
        csrr s4, ucause
        ${put(3, "s4")}
        kcall DISK_NEXT
        ${put(4, "a1")}
        ${done}`,
      },
    ],
    withDisk(),
  );
  system.run(2000);
  const [result = 0, asked = 0, completed = 0, cause = 0, tag = 0] = words(system, "a", 0, 5);
  expect({ result, cause: cause >>> 0, tag }).toEqual({
    result: 0,
    cause: (0x8000_0000 + ENTRIES.disk.number) >>> 0,
    tag: 9,
  });
  // 100 steps, and 10 for each of two sectors.
  expect(completed - asked).toBeGreaterThanOrEqual(110);
  expect(completed - asked).toBeLessThan(140);
});

test("C35: requests take rights on the extent and on the page, and stay within both", () => {
  const refusals: readonly (readonly [string, readonly (number | string)[], number])[] = [
    ["DISK_WRITE", [100, 0, 0, PAGE, 0, 0], -1],
    ["DISK_WRITE", [100, 0, 9, PAGE, 0, 0], -1],
    ["DISK_WRITE", [100, 3, 2, PAGE, 0, 0], -1],
    ["DISK_WRITE", [100, -1, 1, PAGE, 0, 0], -1],
    ["DISK_WRITE", [100, 0, 1, PAGE, 100, 0], -1],
    ["DISK_WRITE", [100, 0, 2, PAGE, 3584, 0], -1],
    ["DISK_WRITE", [500, 0, 1, PAGE, 0, 0], -2],
    ["DISK_WRITE", [100, 0, 1, 500, 0, 0], -2],
    ["DISK_WRITE", [PAGE, 0, 1, PAGE, 0, 0], -2],
    ["DISK_WRITE", [101, 0, 1, PAGE, 0, 0], -3],
    ["DISK_BARRIER", [101, 0], -3],
    ["DISK_READ", [102, 0, 1, PAGE, 0, 0], -3],
    // The text page may be read and not written.
    ["DISK_READ", [100, 0, 1, 16, 0, 0], -3],
  ];
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(0, 4, 100)}
        ${call("CAP_DERIVE", [0, 100, 0, 101, "RIGHT_READ"])}
        ${call("CAP_DERIVE", [0, 100, 0, 102, "RIGHT_WRITE"])}
        ${refusals.map(([name, args], i) => call(name, args, i)).join("\n")}
        ${done}`,
      },
    ],
    withDisk(),
  );
  system.run(3000);
  expect(words(system, "a", 0, refusals.length)).toEqual(refusals.map(([, , code]) => code));
  expect(system.events("diskRequest")).toEqual([]);
});

test("C35: a read whose page is no longer the requester's delivers nothing and says so", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(0, 1, 100)}
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", 250, 101])}
        ${call("DISK_READ", [100, 0, 1, 101, 0, 3], 0)}
        ${call("PAGE_FREE", [0, 101])}
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", 250, 101], 1)}
        ${complete(2)}
        ${done}`,
      },
    ],
    { ...withDisk({ image: new Uint8Array(4096).fill(7) }), pages: 280 },
  );
  system.run(3000);
  // The same page in the same slot, but another capability.
  expect(words(system, "a", 0, 4)).toEqual([0, 250, 3, -2]);
  expect(system.kernel.machine.memory.readU8(250 * 4096)).toBe(0);
});

test("C35: an environment that ends leaves its writes to the disk, and its completions to nobody", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(0, 1, 100)}
        li s0, 55
        ${put(128, "s0")}
        ${call("DISK_WRITE", [100, 0, 1, PAGE, 512, 1])}
        ${call("DISK_BARRIER", [100, 2])}
        li a0, 0
        kcall ENV_DESTROY`,
      },
      { name: "b", source: done },
    ],
    withDisk(),
  );
  system.run(3000);
  expect(sectorWord(system, 0)).toBe(55);
  expect(system.events("diskComplete").map(({ target }) => target)).toEqual([0, 0]);
  expect(system.view.environment(A)?.state).toBe("destroyed");
});

test("C35: so many requests a caller may have in flight, and no more", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${extent(0, 1, 100)}
        li s0, 40
      1: ${call("DISK_BARRIER", [100, 0])}
        bltz a0, 2f
        addi s1, s1, 1
        j 1b
      2: ${put(0, "a0")}
        ${put(1, "s1")}
        ${done}`,
      },
    ],
    withDisk({ latency: { base: 1_000_000, perSector: 0 } }),
  );
  system.run(3000);
  expect(words(system, "a", 0, 2)).toEqual([-8, 16]);
  expect(system.events("refused")[0]).toMatchObject({ guard: "the caller may ask for more" });
});

const WRITER = `
    ${extent(0, 2, 100)}
    li s0, 1
    ${put(128, "s0")}
    ${call("DISK_WRITE", [100, 0, 1, PAGE, 512, 1])}
    ${complete(0)}
    ${call("DISK_BARRIER", [100, 2])}
    ${complete(0)}
    li s0, 2
    ${put(128, "s0")}
    ${call("DISK_WRITE", [100, 0, 1, PAGE, 512, 3])}
    ${complete(0)}
    ${call("DISK_WRITE", [100, 1, 1, PAGE, 512, 4])}
    ${done}`;

test.each([
  ["drop", 1],
  ["keep", 2],
] as const)(
  "C36: when the power fails before the third write, mode %s leaves %i on the platter",
  (mode, value) => {
    const system = boot(
      [{ name: "a", source: WRITER }],
      withDisk({ crash: { beforeWrite: 3, mode, seed: 0 } }),
    );
    expect(system.kernel.run(10_000)).toEqual({ kind: "powerFailed" });
    expect(system.kernel.run(10_000)).toEqual({ kind: "powerFailed" });
    expect(sectorWord(system, 0)).toBe(value);
    expect(sectorWord(system, 1)).toBe(0);
  },
);

test("C36: the next boot is a fresh machine on the same platter; time and ids go on", () => {
  const system = boot(
    [{ name: "a", source: WRITER }],
    withDisk({ crash: { beforeWrite: 3, mode: "keep", seed: 0 } }),
  );
  system.kernel.run(10_000);
  const before = system.kernel.steps;
  system.reboot();
  const second = system.view.environments().find(({ state }) => state === "ready");
  expect(second?.id).toBeGreaterThan(A);
  expect(system.kernel.steps).toBe(before);
  expect(system.view.environment(A)).toBeUndefined();
  const image = system.kernel.machine.disk?.readImage() ?? new Uint8Array();
  const fresh = boot([{ name: "a", source: WRITER }], withDisk({ image }));
  const frame = (which: GuestSystem, name: "text" | "data", id: number) => {
    const at = which.view.translate(id, name === "text" ? 0x1_0000 : 0x2_0000)?.frame ?? 0;
    return Array.from(which.kernel.machine.memory.frame(at));
  };
  for (const name of ["text", "data"] as const) {
    expect(frame(system, name, second?.id ?? 0)).toEqual(frame(fresh, name, A));
  }
  expect(system.view.freePages).toBe(fresh.view.freePages);
  // The planned failure was: the second boot gets to its end.
  expect(system.kernel.run(10_000)).toEqual({ kind: "budget" });
  // Its first write is behind a barrier; the second stays in the disk's cache.
  expect(sectorWord(system, 0)).toBe(1);
});

test("C34: what if one environment asks for another's sectors?", () => {
  const system = boot(
    [
      { name: "a", source: `${extent(0, 4, 100)}\n${done}` },
      {
        name: "b",
        source: `
        ${wait(2)}
        ${extent(0, 1, 100, 0)}
        ${call("DISK_READ", [100, 0, 1, PAGE, 0, 0], 1)}
        ${extent(4, 1, 101, 2)}
        ${call("DISK_READ", [101, -1, 1, PAGE, 0, 0], 3)}
        ${call("DISK_READ", [101, 1, 1, PAGE, 0, 0], 4)}
        ${done}`,
      },
    ],
    { ...withDisk(), policy: { tick: 300 } },
  );
  system.run(5000);
  expect(words(system, "b", 0, 5)).toEqual([-4, -2, 4, -1, -1]);
  expect(B).toBe(A + 1);
});
