import fc from "fast-check";
import { expect, test } from "vitest";
import { Machine } from "../machine.ts";
import { DiskDevice, type DiskRequest } from "./disk.ts";
import { DISK_CACHE, DISK_QUEUE, diskBytes, SECTOR_BYTES } from "./disk-layout.ts";
import { Xorshift32 } from "./xorshift.ts";

const LATENCY = { base: 100, perSector: 10 };
const RAM = 4096;

function disk(sectors = 16, touched?: (offset: number, length: number) => void): DiskDevice {
  const buffer = new ArrayBuffer(RAM + diskBytes(sectors));
  return new DiskDevice(buffer, 0, RAM, { sectors, latency: LATENCY }, touched);
}

/** Sectors that are filled with one byte each. */
const filled = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => new Array<number>(SECTOR_BYTES).fill(value)));
const write = (sector: number, ...values: number[]): DiskRequest => ({
  kind: "write",
  sector,
  data: filled(...values),
});
const read = (sector: number, count = 1): DiskRequest => ({ kind: "read", sector, count });
const BARRIER: DiskRequest = { kind: "barrier" };
/** The first byte of each sector. */
const firsts = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / SECTOR_BYTES }, (_, i) => bytes[i * SECTOR_BYTES]);

/** Completes everything, each at its own step. */
function settle(device: DiskDevice): number[] {
  const steps: number[] = [];
  while (device.inFlight > 0) {
    steps.push(device.nextCompletion);
    device.complete(device.nextCompletion);
  }
  return steps;
}

test("requests are served one after the other, and each takes what the latency says", () => {
  const device = disk();
  device.accept(1000, write(0, 1, 2));
  device.accept(1001, read(0, 3));
  device.accept(1002, BARRIER);
  expect(settle(device)).toEqual([1120, 1250, 1370]);
  device.accept(5000, BARRIER);
  expect(device.nextCompletion).toBe(5100);
  expect(device.complete(5099)).toBeUndefined();
  expect(device.complete(5100)).toMatchObject({ kind: "barrier", slot: 3 });
  expect(device.nextCompletion).toBe(Number.POSITIVE_INFINITY);
});

test("how late completions are fetched does not change when the next one comes", () => {
  const device = disk();
  device.accept(0, read(0));
  device.accept(0, read(1));
  device.complete(9999);
  expect(device.nextCompletion).toBe(220);
});

test("a complete write is read from the cache, and is on the platter after a barrier only", () => {
  const device = disk();
  device.accept(0, write(3, 7));
  device.complete(110);
  device.accept(200, read(2, 3));
  expect(firsts(device.complete(1000)?.data ?? new Uint8Array())).toEqual([0, 7, 0]);
  expect(firsts(device.readImage())[3]).toBe(0);
  device.accept(1000, BARRIER);
  settle(device);
  expect(firsts(device.readImage())[3]).toBe(7);
  expect(device.cached).toBe(0);
});

test("the data of a write is taken when it is accepted, and a later read finds the newest version", () => {
  const device = disk();
  const data = filled(1);
  device.accept(0, { kind: "write", sector: 0, data });
  data.fill(9);
  device.accept(0, write(0, 2));
  device.accept(0, read(0));
  device.complete(1000);
  device.complete(1000);
  expect(firsts(device.complete(1000)?.data ?? new Uint8Array())).toEqual([2]);
});

test("when the cache is full the oldest sector goes out to the platter", () => {
  const device = disk(DISK_CACHE + 8);
  for (let sector = 0; sector < DISK_CACHE + 2; sector++) {
    device.accept(0, write(sector, 1));
    settle(device);
  }
  expect(device.cached).toBe(DISK_CACHE);
  expect(firsts(device.readImage()).slice(0, 4)).toEqual([1, 1, 0, 0]);
});

test("the queue has room for a number of requests, and refuses what is not on the disk", () => {
  const device = disk();
  for (let i = 0; i < DISK_QUEUE; i++) device.accept(0, read(0));
  expect(device.isFull).toBe(true);
  expect(() => device.accept(0, read(0))).toThrow(/has room/);
  expect(() => disk().accept(0, read(15, 2))).toThrow(/on the disk/);
  expect(() => disk().accept(0, { kind: "write", sector: 0, data: new Uint8Array(3) })).toThrow();
  expect(() => disk(12)).toThrow(/a multiple of 8/);
});

test.each([
  ["drop", [1, 0, 0, 0]],
  ["keep", [1, 2, 3, 4]],
] as const)("a power failure in mode %s leaves of the unflushed sectors %j", (mode, left) => {
  const device = disk();
  device.accept(0, write(0, 1));
  device.accept(0, BARRIER);
  settle(device);
  device.accept(2000, write(1, 2));
  settle(device);
  device.accept(3000, write(2, 3, 4));
  const loss = device.failPower({ mode, seed: 1 });
  expect(loss).toEqual({ unflushed: 3, reached: mode === "keep" ? 3 : 0 });
  expect(firsts(device.readImage()).slice(0, 4)).toEqual(left);
  expect([device.inFlight, device.cached, device.writesAccepted]).toEqual([0, 0, 3]);
});

test("mode random tears writes between sectors, lets older versions win, and repeats itself for a seed", () => {
  const outcome = (seed: number) => {
    const device = disk();
    device.accept(0, write(0, 1, 1));
    device.accept(0, write(0, 2));
    device.failPower({ mode: "random", seed });
    return firsts(device.readImage()).slice(0, 2).join("");
  };
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  expect(new Set(seeds.map(outcome))).toEqual(new Set(["00", "01", "10", "11", "20", "21"]));
  expect(seeds.map(outcome)).toEqual(seeds.map(outcome));
});

test("after a power failure nothing but the platter and what was counted tells it from a new disk", () => {
  const device = disk();
  device.accept(0, write(1, 5));
  device.accept(0, BARRIER);
  settle(device);
  device.accept(0, write(2, 6));
  device.accept(0, read(2));
  device.complete(1000);
  device.failPower({ mode: "drop", seed: 0 });
  const fresh = disk();
  fresh.writeImage(device.readImage());
  const counts = 40 / 4;
  const same = [...device.words].map((word, i) => (i === counts || i === counts + 1 ? 0 : word));
  expect(same).toEqual([...fresh.words]);
});

test("each write into the disk's memory is told, so that nothing changes unseen", () => {
  const sectors = 16;
  const buffer = new ArrayBuffer(RAM + diskBytes(sectors));
  const bytes = new Uint8Array(buffer);
  const known = bytes.slice();
  const touched = (offset: number, length: number) =>
    known.set(bytes.subarray(offset, offset + length), offset);
  const device = new DiskDevice(buffer, 0, RAM, { sectors, latency: LATENCY }, touched);
  for (let sector = 0; sector < 12; sector++) {
    device.accept(sector, write(sector, sector + 1));
    device.accept(sector, sector % 5 === 0 ? BARRIER : read(sector));
  }
  settle(device);
  expect(known).toEqual(bytes);
  device.accept(0, write(3, 99, 98));
  device.failPower({ mode: "random", seed: 3 });
  device.writeImage(filled(1, 2, 3));
  expect(known).toEqual(bytes);
});

const requests = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("write" as const),
      sector: fc.nat(12),
      values: fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("barrier" as const) }),
    fc.record({ kind: fc.constant("read" as const), sector: fc.nat(12), count: fc.constant(4) }),
  ),
  { maxLength: 60 },
);

test("whatever is written, each surviving sector is an accepted version, none older than the last complete barrier's", () => {
  fc.assert(
    fc.property(
      requests,
      fc.array(fc.nat(400), { minLength: 1 }),
      fc.nat(),
      fc.constantFrom("drop" as const, "keep" as const, "random" as const),
      (list, waits, seed, mode) => {
        const device = disk();
        // By sector: its version on the platter for sure, and those accepted since, oldest first.
        const sure = new Array<number>(16).fill(0);
        const since: number[][] = sure.map(() => []);
        // What completes in which order, and what reads must find.
        const queue: (() => void)[] = [];
        const newest = new Array<number>(16).fill(0);
        // Barriers in flight: how many versions of each sector they cover.
        const flushed: number[][] = [];
        let now = 0;
        const completeUntil = (step: number) => {
          for (let done = device.complete(step); done !== undefined; done = device.complete(step)) {
            queue.shift()?.();
            if (done.kind !== "read") continue;
            expect(firsts(done.data)).toEqual(newest.slice(done.sector, done.sector + 4));
          }
        };
        for (const [i, request] of list.entries()) {
          now += waits[i % waits.length];
          completeUntil(now);
          if (device.isFull) continue;
          if (request.kind === "write") {
            device.accept(now, write(request.sector, ...request.values));
            for (const [j, value] of request.values.entries())
              since[request.sector + j].push(value);
            queue.push(() => {
              for (const [j, value] of request.values.entries()) newest[request.sector + j] = value;
            });
          } else if (request.kind === "read") {
            device.accept(now, request);
            queue.push(() => {});
          } else {
            device.accept(now, BARRIER);
            const covered = since.map((versions) => versions.length);
            queue.push(() => {
              for (const [sector, versions] of since.entries()) {
                const gone = versions.splice(0, covered[sector]);
                if (gone.length > 0) sure[sector] = gone[gone.length - 1];
                // Barriers behind this one cover less by what it has flushed.
                flushed.forEach((counts) => {
                  counts[sector] -= gone.length;
                });
              }
              flushed.splice(flushed.indexOf(covered), 1);
            });
            flushed.push(covered);
          }
        }
        device.failPower({ mode, seed });
        const after = firsts(device.readImage());
        for (let sector = 0; sector < 16; sector++) {
          const last = since[sector].at(-1) ?? sure[sector];
          if (mode === "keep") expect(after[sector]).toBe(last);
          else if (mode === "drop") expect(after[sector]).toBe(sure[sector]);
          else expect([sure[sector], ...since[sector]]).toContain(after[sector]);
        }
      },
    ),
    { numRuns: 300 },
  );
});
test("xorshift32 repeats itself for a seed, also for 0, and numbers below a bound are", () => {
  for (const seed of [0, 1, -1, 0x7fff_ffff]) {
    const [one, two] = [new Xorshift32(seed), new Xorshift32(seed)];
    const drawn = Array.from({ length: 1000 }, () => one.below(7));
    expect(drawn).toEqual(Array.from({ length: 1000 }, () => two.below(7)));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  }
});

test("a machine's hash covers its disk, and a machine without one has the hash that it had", () => {
  const plain = new Machine({ pages: 4 });
  const machine = new Machine({ pages: 4, disk: { sectors: 8 } });
  const before = machine.hash();
  machine.disk?.writeImage(Uint8Array.of(1));
  expect(machine.hash()).not.toBe(before);
  expect(plain.hash()).toBe(new Machine({ pages: 4 }).hash());
});

test("power that comes back finds the platter, the clock and what was counted, and nothing else", () => {
  const make = () => new Machine({ pages: 4, disk: { sectors: 8, latency: LATENCY } });
  const machine = make();
  machine.hart.setX(5, 7);
  machine.hart.setPc(0x1234);
  machine.tlb.write({ asid: 3, vpn: 4, frame: 1, rights: 1 });
  machine.console.push(Uint8Array.of(1, 2));
  machine.console.write(65);
  machine.memory.writeU32(100, 5);
  machine.timerDeadline = 77;
  machine.skipIdle(1000);
  machine.disk?.accept(0, write(1, 9));
  machine.disk?.failPower({ mode: "keep", seed: 0 });
  machine.failPower();
  expect(machine.isPowerOff).toBe(true);
  expect(machine.memory.readU32(100)).toBe(5);
  machine.powerOn();
  expect([machine.isPowerOff, machine.powerFailures, machine.steps]).toEqual([false, 1, 1000]);
  expect(machine.console.bytesWritten).toBe(1);
  expect(machine.tlb.entries()).toEqual([]);
  const fresh = make();
  fresh.disk?.writeImage(machine.disk?.readImage() ?? new Uint8Array());
  expect(machine.memory.bytes).toEqual(fresh.memory.bytes);
  const differ = [...machine.readState()].flatMap((byte, at) =>
    byte === fresh.readState()[at] ? [] : [at & ~7],
  );
  // The clock, the idle steps, the console's count, and how often the power has failed.
  expect([...new Set(differ)]).toEqual([0x100, 0x110, 0x160, 0x170]);
});
