import { expect, test } from "vitest";
import { EventLog } from "./event-log.ts";
import { describeEvent } from "./event-text.ts";
import type { EventKind } from "./events.ts";
import { writeGuestMemory } from "./interventions.ts";
import { A, B, C, call, done, put, setEntry, term, wait } from "./testing/snippets.ts";
import { boot, DATA, type Guest } from "./testing/system.ts";

/** Allocates, shares, calls and is taken from. */
const client: Guest = {
  name: "client",
  arguments: ["one"],
  source: `
    ${setEntry("ENTRY_TRANSFER", "reply")}
    ${setEntry("ENTRY_CALLEE_DIED", "died")}
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
    ${call("CAP_OFFER", [100, C, "RIGHT_READ"])}
    ${call("CAP_OFFER", [100, 0, 0])}
    ${call("CAP_OFFER", [100, B, "RIGHT_READ"])}
    ${call("BIND", [0, 0x40000, 100, "RIGHT_READ | RIGHT_WRITE"])}
    ${call("BIND", [0, 0x1040000, 100, "RIGHT_READ"])}
    ${call("BIND_GUARANTEED", [0, 0x50000, 100, "RIGHT_READ"])}
    ${call("BIND", [0, 0x60000, 100, "RIGHT_WRITE"])}
    ${call("UNBIND", [0, 0x50000])}
    ${call("ENV_PUBLISH", [0, 0x20010])}
    ${call("CONSOLE_WRITE", ["SLOT_CONSOLE", 2, 0x6968])}
    ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", 9, 101])}
    ${call("SLICE_FREE", [0, 101])}
    ${wait()}
    li t6, ${B}
    kcall TRANSFER_ASYNC
    li t6, ${B}
    kcall TRANSFER_SYNC
  reply:
    ${call("PAGE_FREE", [0, 100])}
    csrwi ustatus, 1
    li t6, ${B}
    kcall TRANSFER_SYNC
  died:
    li a7, 499
    ecall
    ${call("ENV_SET_WORD", [0, 0, 3])}
    ${call("ENV_DESTROY", [0])}`,
};

/** Accepts, answers once and dies of the second call. */
const server: Guest = {
  name: "server",
  source: `
    ${setEntry("ENTRY_TRANSFER", "entry")}
    ${setEntry("ENTRY_TRANSFER_ASYNC", "async")}
    ${setEntry("ENTRY_REPOSSESSION", "taken")}
    ${call("CAP_ACCEPT", [A, 100, 50])}
    kcall REST
  async: kcall REST
  taken: kcall REST
  entry:
    li t0, DATA
    lw t1, 0(t0)
    bnez t1, again
    li t1, 1
    sw t1, 0(t0)
    csrr t6, utval
    kcall TRANSFER_SYNC
  again: lw t1, 3(t0)`,
};

/** Overstays its slice, sleeps, and is interrupted by input. */
const idler: Guest = {
  name: "idler",
  source: `
    ${setEntry("ENTRY_BEGIN_SLICE", "begin")}
    ${setEntry("ENTRY_END_SLICE", "end")}
    ${setEntry("ENTRY_CONSOLE", "input")}
    ${setEntry(13, "fault")}
    li t0, 0x70000
    lw t1, 0(t0)
  1: j 1b
  fault: csrr t0, uepc
    addi t0, t0, 4
    csrw uepc, t0
    uret
  end:
    li t0, 60
  2: addi t0, t0, -1
    bnez t0, 2b
    kcall SLEEP
  begin:
    csrwi ustatus, 1
    kcall SLEEP
  input: ${put(0, "t0")}
    kcall SLEEP`,
};

/** Uses the disk, and when all else is over writes once more, which is too often. */
const keeper: Guest = {
  name: "keeper",
  source: `
    ${call("EXTENT_ALLOC", [0, "SLOT_DISK", 12, 4, 100])}
    ${call("EXTENT_FREE", [0, 100])}
    ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 2, 100])}
    ${call("DISK_WRITE", [100, 0, 2, 17, 0, 1])}
    ${call("DISK_BARRIER", [100, 2])}
    ${call("DISK_READ", [100, 1, 1, 17, 512, 3])}
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 101])}
    ${call("DISK_READ", [100, 1, 1, 101, 512, 4])}
    ${call("PAGE_FREE", [0, 101])}
  1: kcall SLEEP
    ${call("CONSOLE_READ", ["SLOT_CONSOLE"])}
    bltz a0, 1b
    ${wait()}
    ${call("DISK_WRITE", [100, 1, 1, 17, 0, 5])}
    ${done}`,
};

/** Receives what it sends over the loopback, and one frame that nobody wants. */
const listener: Guest = {
  name: "listener",
  source: `
    ${term(64, 0, 1, 0xff, 7)}
    ${term(68, 1, 2, 0xf0f0, 0)}
    ${call("FILTER_INSERT", [0, "SLOT_NETWORK", 17, 256, 2, 0, 100])}
    ${call("FILTER_INSERT", [0, "SLOT_NETWORK", 17, 256, 1, 0, 101])}
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 102])}
    ${call("RING_SET", [100, 102, 1])}
    li s0, 7
    ${put(32, "s0")}
    ${call("NETWORK_SEND", ["SLOT_NETWORK", 17, 128, 60])}
    kcall SLEEP
    ${call("RING_SET", [100, 0, 0])}
    ${call("FILTER_REMOVE", [0, 100])}
    ${done}`,
};

/** Where each kind of event is seen as a sentence. */
const KINDS: Record<EventKind, "here" | "revocation.test.ts" | "weakened.test.ts"> = {
  invariantBroken: "weakened.test.ts",
  kernelFailed: "weakened.test.ts",
  weakened: "weakened.test.ts",
  accepted: "here",
  allocated: "here",
  arbiter: "revocation.test.ts",
  arbiterAsked: "revocation.test.ts",
  arbiterLate: "revocation.test.ts",
  asked: "revocation.test.ts",
  bound: "here",
  calleeDied: "here",
  complied: "revocation.test.ts",
  consoleInput: "here",
  created: "here",
  derived: "here",
  destroyed: "here",
  diskComplete: "here",
  diskRequest: "here",
  doubleUpcall: "here",
  entry: "here",
  evicted: "here",
  excess: "here",
  extentAllocated: "here",
  extentFreed: "here",
  fatal: "here",
  forfeited: "here",
  freed: "here",
  guaranteed: "here",
  idle: "here",
  insisted: "revocation.test.ts",
  intervention: "here",
  lost: "here",
  offered: "here",
  powerFailed: "here",
  poweredOn: "here",
  published: "here",
  quota: "revocation.test.ts",
  refused: "here",
  removed: "here",
  repossessed: "revocation.test.ts",
  rested: "here",
  restricted: "revocation.test.ts",
  savePlace: "revocation.test.ts",
  shortage: "revocation.test.ts",
  slept: "here",
  sliceAllocated: "here",
  sliceBegan: "here",
  sliceEnded: "here",
  sliceFreed: "here",
  started: "here",
  transfer: "here",
  transferBroken: "here",
  unbound: "here",
  unmet: "revocation.test.ts",
  upcall: "here",
  woken: "revocation.test.ts",
  filterInserted: "here",
  filterRemoved: "here",
  packet: "here",
  packetLeft: "here",
  packetSent: "here",
  ringSet: "here",
  yielded: "here",
};

test("every event of a small run is a sentence, and nearly every kind of event comes in it", async () => {
  const system = boot([client, server, idler, keeper, listener], {
    policy: { tick: 400 },
    network: { loopback: true, packets: [{ step: 4000, bytes: Uint8Array.of(9) }] },
    disk: {
      sectors: 16,
      latency: { base: 100, perSector: 10 },
      crash: { beforeWrite: 2, mode: "random", seed: 7 },
    },
    console: [{ step: 5000, bytes: Uint8Array.of(65, 66) }],
  });
  while (system.kernel.run(1000).kind === "budget");
  writeGuestMemory(system.kernel, C, DATA, Uint8Array.of(1));
  system.kernel.powerOn();
  const names = new Map([...system.ids].map(([name, id]) => [id, name]));
  const nameOf = (id: number) => names.get(id) ?? (id === 0x101 ? "launcher" : String(id));
  const lines = system.view.events(0).map((event) => {
    const who = event.environment === 0 ? "kernel" : nameOf(event.environment);
    return `${String(event.step).padStart(6)}  ${who.padEnd(8)}  ${describeEvent(event, nameOf)}`;
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/events.txt");
  const seen = new Set(system.view.events(0).map((event) => event.kind));
  const expected = Object.entries(KINDS).filter(([, where]) => where === "here");
  expect(expected.map(([kind]) => kind).filter((kind) => !seen.has(kind as EventKind))).toEqual([]);
});

test("the log keeps the last events and numbers all of them", () => {
  const log = new EventLog(10);
  for (let step = 0; step < 45; step += 1) log.add(step, 0, { kind: "rested" });
  expect(log.total).toBe(45);
  const kept = log.since(0, 100);
  expect(kept.length).toBeGreaterThanOrEqual(10);
  expect(kept.length).toBeLessThan(20);
  expect(kept.at(-1)).toMatchObject({ index: 44, step: 44 });
  expect(log.since(43).map((event) => event.index)).toEqual([43, 44]);
  expect(log.since(44, 0)).toEqual([]);
  expect(log.since(45)).toEqual([]);
  expect(kept.map((event) => event.index)).toEqual(kept.map((_, i) => 45 - kept.length + i));
});
