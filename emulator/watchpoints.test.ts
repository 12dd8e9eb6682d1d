import { describe, expect, test } from "vitest";
import { CSR, USTATUS } from "./csr.ts";
import { RIGHT } from "./memory/tlb.ts";
import type { Stop } from "./stop.ts";
import { CODE, DATA, type Guest, guest, map } from "./testing/guest.ts";
import type { Watch, WatchHit } from "./watchpoints.ts";

const A0 = 10;
const DATA_PA = 8 * 4096;

/** The guest's first line sets s0 to DATA, which is at physical DATA_PA. */
const guestWith = (source: string): Guest => guest(`lui s0, ${DATA >>> 12}; ${source}`);

const watch = (
  offset: number,
  length: number,
  access: Partial<Watch> = { write: true },
): Watch => ({
  id: 1,
  pa: DATA_PA + offset,
  length,
  read: false,
  write: false,
  ...access,
});

/** A hit in few words: `write 4@8 01000000>02000000`. */
function short({ access, pa, size, before, after }: WatchHit): string {
  const hex = (bytes: Uint8Array) =>
    [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${access} ${size}@${pa - DATA_PA} ${hex(before)}>${hex(after)}`;
}

function hitsOf(stop: Stop): string[] {
  if (stop.kind !== "watchpoint") throw new Error(`stopped by ${stop.kind}`);
  return stop.hits.map(short);
}

describe("a watch", () => {
  test("stops after the instruction that wrote, which has retired", () => {
    const { machine } = guestWith("li a0, 7; sw a0, 8(s0); nop");
    machine.watchpoints.set(watch(8, 4));
    const stop = machine.run(100);
    expect(stop).toMatchObject({ kind: "watchpoint", pc: CODE + 8 });
    expect(hitsOf(stop)).toEqual(["write 4@8 00000000>07000000"]);
    expect([machine.steps, machine.retired, machine.hart.pc]).toEqual([3, 3, CODE + 12]);
  });

  test.each`
    access                         | source                                                       | hits                                                             | because
    ${{ write: true }}             | ${"sb s0, 9(s0); ecall"}                                     | ${["write 1@9 00000000>00000000"]}                               | ${"a byte of the range is written, though with what it held"}
    ${{ write: true }}             | ${"sh s0, 6(s0); sw s0, 12(s0); ecall"}                      | ${[]}                                                            | ${"its neighbours are written"}
    ${{ write: true }}             | ${"lw a0, 8(s0); ecall"}                                     | ${[]}                                                            | ${"it is only read"}
    ${{ read: true }}              | ${"lw a0, 8(s0); ecall"}                                     | ${["read 4@8 00000000>00000000"]}                                | ${"it is read"}
    ${{ read: true }}              | ${"lbu a0, 11(s0); ecall"}                                   | ${["read 1@11 00000000>00000000"]}                               | ${"a part of it is read"}
    ${{ read: true }}              | ${"sw s0, 8(s0); ecall"}                                     | ${[]}                                                            | ${"it is only written"}
    ${{ read: true, write: true }} | ${"addi a1, s0, 8; amoadd.w a0, s0, (a1); ecall"}            | ${["read 4@8 00000000>00000200", "write 4@8 00000000>00000200"]} | ${"an AMO reads and writes"}
    ${{ read: true, write: true }} | ${"addi a1, s0, 8; lr.w a0, (a1); ecall"}                    | ${["read 4@8 00000000>00000000"]}                                | ${"LR reads"}
    ${{ read: true, write: true }} | ${"addi a1, s0, 8; sc.w a0, s0, (a1); ecall"}                | ${[]}                                                            | ${"an SC without a reservation stores nothing"}
    ${{ write: true }}             | ${"addi a1, s0, 8; lr.w a0, (a1); sc.w a0, s0, (a1); ecall"} | ${["write 4@8 00000000>00000200"]}                               | ${"an SC that succeeds stores"}
    ${{ write: true }}             | ${"sw s0, 9(s0); ecall"}                                     | ${[]}                                                            | ${"a misaligned store traps and stores nothing"}
  `("of 4 bytes with $access gets $hits from $source: $because", ({ access, source, hits }) => {
    const { machine } = guestWith(source);
    machine.watchpoints.set(watch(8, 4, access));
    const stop = machine.run(100);
    if (hits.length === 0) expect(stop.kind).toBe("trap");
    else expect(hitsOf(stop)).toEqual(hits);
  });

  test("that is set after the page was used is noticed, and one that is cleared isn't any more", () => {
    const { machine } = guestWith("1: lw a0, 0(s0); sw a0, 4(s0); j 1b");
    expect(machine.run(100)).toEqual({ kind: "budget" });
    machine.watchpoints.set(watch(4, 1));
    expect(hitsOf(machine.run(100))).toEqual(["write 4@4 00>00"]);
    machine.watchpoints.set(watch(0, 4, { read: true }));
    expect(hitsOf(machine.run(100))).toEqual(["read 4@0 00000000>00000000"]);
    machine.watchpoints.clear(1);
    expect(machine.run(100)).toEqual({ kind: "budget" });
    expect(machine.watchpoints.frames[8]).toBe(0);
  });

  test("follows its frame through every mapping of every address space", () => {
    const { machine } = guestWith("lui s1, 0x50; sw s0, 8(s1); ecall");
    map(machine, CODE, 4, RIGHT.X, 3);
    map(machine, 0x50000, 8, RIGHT.R | RIGHT.W | RIGHT.D, 3);
    machine.hart.asid = 3;
    machine.watchpoints.set(watch(8, 4));
    expect(hitsOf(machine.run(100))).toEqual(["write 4@8 00000000>00000200"]);
  });

  test("of many bytes shows only those that were touched, and reaches across pages", () => {
    const { machine } = guestWith("lui s1, 0x21; sw s0, -4(s1); sh s0, 0(s1); ecall");
    machine.watchpoints.set(watch(100, 5000));
    expect(hitsOf(machine.run(100))).toEqual(["write 4@4092 00000000>00000200"]);
    expect(hitsOf(machine.run(100))).toEqual(["write 2@4096 0000>0000"]);
    expect(machine.run(100).kind).toBe("trap");
  });

  test("among others is named by its id, each of them once", () => {
    const { machine } = guestWith("sw s0, 0(s0); ecall");
    for (const [id, offset] of [3, 2, 40, 0].entries()) {
      machine.watchpoints.set({ ...watch(offset, 2), id });
    }
    const stop = machine.run(100);
    expect(stop.kind === "watchpoint" && stop.hits.map(({ id }) => id)).toEqual([0, 1, 3]);
  });

  test("does not count what is fetched as an instruction", () => {
    const { machine } = guestWith("nop; ecall");
    machine.watchpoints.set({ id: 1, pa: 4 * 4096, length: 64, read: true, write: true });
    expect(machine.run(100).kind).toBe("trap");
  });

  test("in a page of code sees code that is written, which then runs as written", () => {
    const { machine } = guestWith("nop; sw a2, 12(s0); nop; j .-12");
    map(machine, DATA, 4, RIGHT.R | RIGHT.W | RIGHT.D);
    machine.hart.setX(12, 0x00150513); // addi a0, a0, 1
    machine.watchpoints.set({ id: 1, pa: 4 * 4096 + 12, length: 4, read: false, write: true });
    expect(machine.run(100).kind).toBe("watchpoint");
    machine.run(1);
    expect(machine.hart.x(A0)).toBe(1);
  });
});

describe("at the boundary after an access that is watched", () => {
  const source = "nop; sw s0, 0(s0); addi a0, a0, 1; ecall";
  const atStore = 3;

  test("the hit comes before the end of the budget, and once", () => {
    const { machine } = guestWith(source);
    machine.watchpoints.set(watch(0, 4));
    expect(machine.run(atStore).kind).toBe("watchpoint");
    expect(machine.steps).toBe(atStore);
    expect(machine.run(1)).toEqual({ kind: "budget" });
    expect(machine.hart.x(A0)).toBe(1);
  });

  test("a timer that is due is taken by the next run", () => {
    const { machine } = guestWith(source);
    machine.watchpoints.set(watch(0, 4));
    machine.timerDeadline = atStore;
    expect(machine.run(100).kind).toBe("watchpoint");
    expect(machine.run(100)).toEqual({ kind: "timer" });
    expect([machine.steps, machine.hart.pc]).toEqual([atStore + 1, CODE + 12]);
  });

  test("an interrupt that is pending is taken by the next run", () => {
    const { machine } = guestWith(source);
    machine.watchpoints.set(watch(0, 4));
    expect(machine.run(100).kind).toBe("watchpoint");
    machine.hart.writeCsr(CSR.uip, 1);
    machine.hart.writeCsr(CSR.ustatus, USTATUS.UIE);
    expect(machine.run(100)).toEqual({ kind: "interrupt" });
  });

  test("a breakpoint on the next instruction is met by the next run", () => {
    const { machine } = guestWith(source);
    machine.watchpoints.set(watch(0, 4));
    machine.breakpoints.set(0, CODE + 12);
    expect(machine.run(100).kind).toBe("watchpoint");
    expect(machine.run(100)).toEqual({ kind: "breakpoint", pc: CODE + 12 });
    expect(machine.steps).toBe(atStore);
  });

  test("a trap of the next instruction is taken by the next run", () => {
    const { machine } = guestWith("sw s0, 0(s0); ecall");
    machine.watchpoints.set(watch(0, 4));
    expect(machine.run(100).kind).toBe("watchpoint");
    expect(machine.run(100)).toMatchObject({ kind: "trap", pc: CODE + 8 });
  });
});

describe("writes by others than the guest", () => {
  test("are kept with the bytes before and after each of them", () => {
    const { machine } = guestWith("nop");
    const { memory, watchpoints } = machine;
    watchpoints.set(watch(8, 4));
    memory.writeU32(DATA_PA + 8, 1);
    memory.writeU8(DATA_PA + 9, 2);
    memory.writeU16(DATA_PA + 12, 3);
    memory.fill(DATA_PA, 4096, 0);
    memory.writeBytes(DATA_PA - 2, new Uint8Array(12).fill(5));
    memory.copyFrame(9, 8);
    expect(watchpoints.hasOutsideHits).toBe(true);
    expect(watchpoints.takeOutsideHits().map(short)).toEqual([
      "write 4@8 00000000>01000000",
      "write 1@9 01000000>01020000",
      "write 4096@0 01020000>00000000",
      "write 12@-2 00000000>05050000",
      "write 4096@0 05050000>00000000",
    ]);
    expect(watchpoints.hasOutsideHits).toBe(false);
  });

  test("that span pages are one hit of a range that spans them", () => {
    const { machine } = guestWith("nop");
    machine.watchpoints.set(watch(4092, 8));
    machine.memory.writeBytes(DATA_PA + 4090, new Uint8Array(8).fill(1));
    expect(machine.watchpoints.takeOutsideHits().map(short)).toEqual([
      "write 8@4090 0000000000000000>0101010101010000",
    ]);
  });

  test("do not stop the machine, which does not know who they are", () => {
    const { machine } = guestWith("nop; nop");
    machine.watchpoints.set(watch(0, 4));
    machine.memory.writeU32(DATA_PA, 1);
    expect(machine.run(2)).toEqual({ kind: "budget" });
    expect(machine.watchpoints.takeOutsideHits()).toHaveLength(1);
  });

  test("that the watcher makes himself are none, and do not blur those before", () => {
    const { machine } = guestWith("nop");
    const { memory, watchpoints } = machine;
    watchpoints.set(watch(8, 1));
    memory.writeU8(DATA_PA + 8, 1);
    watchpoints.unobserved(() => memory.writeU8(DATA_PA + 8, 2));
    memory.writeU8(DATA_PA + 8, 3);
    expect(watchpoints.takeOutsideHits().map(short)).toEqual([
      "write 1@8 00>01",
      "write 1@8 02>03",
    ]);
  });

  test("are forgotten with all watches", () => {
    const { machine } = guestWith("nop");
    machine.watchpoints.set(watch(8, 1));
    machine.memory.writeU8(DATA_PA + 8, 1);
    machine.watchpoints.clearAll();
    expect(machine.watchpoints.hasOutsideHits).toBe(false);
    expect(machine.watchpoints.list()).toEqual([]);
  });
});
