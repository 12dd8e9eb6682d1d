/**
 * The whole dialogue of visible revocation and the abort protocol, as the events tell it: `golden/revocation/*.txt` are for
 * reading. Contract C37 to C39.
 */
import { expect, test } from "vitest";
import { ENTRIES, ERRORS, KINDS, LOSS_REASONS } from "./abi.ts";
import { describeEvent } from "./event-text.ts";
import type { EventKind } from "./events.ts";
import type { KernelConfiguration } from "./kernel-configuration.ts";
import { A, B, C, call, counting, done, put, setEntry } from "./testing/snippets.ts";
import { boot, type Guest, type GuestSystem } from "./testing/system.ts";

const POLICY = {
  tick: 1000,
  askSteps: 4000,
  insistSteps: 3000,
  arbiterSteps: 3000,
  revocationStep: 2,
  guaranteedMinimum: 0,
};

/** Allocates `count` pages into the slots from 100 on. */
const holds = (count: number): string => call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", count, 100]);

/** Answers a request at once: frees as many pages as it owes, from slot 100 on. The registers are the handler's own. */
const giver = `
  give:
    li s8, 100
    kcall REVOCATION_NEXT
    mv s9, a1
  3: beqz s9, 4f
    li a0, 0
    mv a1, s8
    kcall PAGE_FREE
    addi s8, s8, 1
    addi s9, s9, -1
    j 3b
  4: .word 0x00200073`;

/** Puts each entry of the vector (kind, resource, by, reason, slot, saved) into the data page from word 16 on. */
const collector = `
  lost:
    li s10, DATA + 64
  5: kcall REPOSSESSION_NEXT
    bltz a0, 6f
    sw a0, 0(s10)
    sw a1, 4(s10)
    sw a2, 8(s10)
    sw a3, 12(s10)
    sw a4, 16(s10)
    sw a5, 20(s10)
    addi s10, s10, 24
    j 5b
  6: .word 0x00200073`;

const polite: Guest = {
  name: "polite",
  source: `
    ${setEntry("ENTRY_REVOCATION", "give")}
    ${setEntry("ENTRY_REPOSSESSION", "lost")}
    ${holds(8)}
    ${done}
    ${giver}
    ${collector}`,
};

/** Gives only when the kernel insists. */
const late: Guest = {
  name: "late",
  source: `
    ${setEntry("ENTRY_REVOCATION", "first")}
    ${holds(8)}
    ${done}
  first:
    ${setEntry("ENTRY_REVOCATION", "give")}
    .word 0x00200073
    ${giver}`,
};

/** Has no entry for requests, and looks at what it lost. */
const deaf: Guest = {
  name: "deaf",
  source: `
    ${setEntry("ENTRY_REPOSSESSION", "lost")}
    ${holds(8)}
    ${counting()}
    ${collector}`,
};

/** Takes all pages that are left, then wants one more until it gets it; word 0 counts how often it was refused. */
const filler: Guest = {
  name: "filler",
  guaranteedPages: 200,
  source: `
    li s0, 0
    li s1, 300
  1: li a0, 0
    li a1, SLOT_MEMORY
    li a2, ANY
    mv a3, s1
    kcall PAGE_ALLOC
    bltz a0, 2f
    addi s1, s1, 1
    bnez s0, 9f
    j 1b
  2: addi s0, s0, 1
    ${put(0, "s0")}
    li a0, 0
    kcall YIELD
    j 1b
  9: ${put(1, "s0")}
    ${done}`,
};

/** Asks environment A for pages, in the kernel's name. */
const administrator = (count: number): Guest => ({
  name: "administrator",
  administers: true,
  source: `
    li a0, 0
    kcall YIELD
    ${call("REVOKE_ASK", ["SLOT_MEMORY", A, count], 0)}
    ${done}`,
});

const DIALOGUE: readonly EventKind[] = [
  "shortage",
  "unmet",
  "arbiter",
  "arbiterAsked",
  "arbiterLate",
  "asked",
  "insisted",
  "complied",
  "repossessed",
  "lost",
  "freed",
  "savePlace",
  "guaranteed",
  "quota",
  "restricted",
  "woken",
  "slept",
  "refused",
];

function dialogue(system: GuestSystem): string {
  const names = new Map([...system.ids].map(([name, id]) => [id, name]));
  const nameOf = (id: number) => names.get(id) ?? (id === 0x101 ? "launcher" : String(id));
  const lines: string[] = [];
  for (const event of system.view.events(0)) {
    const isUpcall =
      event.kind === "upcall" && event.entry >= ENTRIES.revocation.number && event.entry !== 20;
    if (!isUpcall && !DIALOGUE.includes(event.kind)) continue;
    const who = event.environment === 0 ? "kernel" : nameOf(event.environment);
    const line = `${String(event.step).padStart(6)}  ${who.padEnd(13)}  ${describeEvent(event, nameOf)}`;
    // Who has no page and asks again and again says so each time.
    const said = (text: string) => text.replace(/^ *\d+/, "");
    if (event.kind === "refused" && lines.some((each) => said(each) === said(line))) continue;
    lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}

/** Runs guests for `steps`; what was guaranteed to the filler so that it could be loaded is nobody's after. */
function play(guests: readonly Guest[], steps: number, more: Partial<KernelConfiguration> = {}) {
  const { policy, ...rest } = more;
  const system = boot(
    guests.map(({ guaranteedPages: _, ...guest }) => guest),
    {
      pages: 256,
      policy: { ...POLICY, ...policy },
      ...rest,
    },
  );
  system.run(steps);
  return system;
}

const golden = (name: string) => `golden/revocation/${name}.txt`;

test("C37: who answers the request gives what it chooses, and nothing is taken by force", async () => {
  const system = play([polite, administrator(3)], 20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("polite"));
  expect(system.events("complied")).toMatchObject([{ target: A, stage: 1 }]);
  expect(system.events("insisted")).toEqual([]);
  expect(system.events("lost")).toEqual([]);
});

test("C37: who does not answer in time is told that the kernel insists, and may still choose", async () => {
  const system = play([late, administrator(3)], 20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("late"));
  const [asked] = system.events("asked");
  const [insisted] = system.events("insisted");
  expect(insisted.step).toBe(asked.deadline);
  expect(asked.deadline - asked.step).toBe(POLICY.askSteps);
  expect(insisted.deadline - insisted.step).toBe(POLICY.insistSteps);
  expect(system.events("complied")).toMatchObject([{ target: A, stage: 2 }]);
  expect(system.events("lost")).toEqual([]);
});

test("C37: from who is deaf it is taken by force at the deadline, each loss is in its vector, and then it is told", async () => {
  const system = play([deaf, administrator(3)], 20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("deaf"));
  const [insisted] = system.events("insisted");
  const [taken] = system.events("repossessed");
  expect(taken).toMatchObject({ step: insisted.deadline, target: A, owed: 3, taken: 3 });
  const lost = system.events("lost");
  expect(lost.map(({ holder }) => holder)).toEqual([A, A, A]);
  for (const [i, { resource, slot }] of lost.entries()) {
    const entry = Array.from({ length: 6 }, (_, field) => system.data("deaf", 16 + 6 * i + field));
    expect(entry).toEqual([KINDS.page, resource, 0, LOSS_REASONS.kernel, slot, 0]);
  }
});

test("C38: what is guaranteed is never taken, nor a page with a guaranteed mapping", async () => {
  const guest: Guest = { ...deaf, guaranteed: true };
  const system = boot([{ ...guest, guaranteedPages: 9 }, administrator(100)], {
    pages: 256,
    policy: POLICY,
  });
  system.run(20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("below-the-guarantee"));
  const environment = system.view.environment(A);
  const charge = (environment?.counters.pages ?? 0) + (environment?.counters.kernelPages ?? 0);
  expect(charge).toBe(9);
  const bindings = system.view.bindings(A).filter(({ guaranteed }) => guaranteed);
  expect(bindings.map(({ virtualPage }) => virtualPage)).toContain(0x10);
  // It goes on counting: its text, its data and its tables are there.
  const counted = system.data("deaf", 0);
  system.run(2000);
  expect(system.data("deaf", 0)).toBeGreaterThan(counted);
});

test("C37: an allocation that finds no page declares a shortage, and the one with most above its guarantee is asked", async () => {
  const system = play(
    [polite, { ...filler, guaranteedPages: 0 }, { ...deaf, source: done }],
    60_000,
  );
  await expect(dialogue(system)).toMatchFileSnapshot(golden("shortage"));
  const [asked] = system.events("asked");
  // The filler itself holds most.
  expect(asked).toMatchObject({ target: B, rule: "most above its guarantee" });
});

test("C39: an arbiter chooses who gives", async () => {
  const arbiter: Guest = {
    name: "arbiter",
    isArbiter: true,
    source: `
      ${setEntry("ENTRY_ARBITER", "choose")}
      ${done}
    choose:
      kcall ARBITER_INFO
      mv a1, a1
      li a0, ${A}
      kcall ARBITER_CHOOSE
      ${put(0, "a0")}
      .word 0x00200073`,
  };
  const system = play([polite, arbiter, filler], 60_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("arbiter"));
  expect(system.events("asked")[0]).toMatchObject({ target: A, rule: "the arbiter's choice" });
  expect(system.data("arbiter", 0)).toBe(0);
  expect(system.data("filler", 1)).toBeGreaterThan(0);
});

test("C39: an arbiter that does not choose by its deadline is passed over", async () => {
  const arbiter: Guest = {
    name: "arbiter",
    isArbiter: true,
    source: `
      ${setEntry("ENTRY_ARBITER", "forget")}
      ${done}
    forget: .word 0x00200073`,
  };
  const system = play([polite, arbiter, filler], 60_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("arbiter-late"));
  const [question] = system.events("arbiterAsked");
  expect(system.events("arbiterLate")[0]).toMatchObject({ step: question.deadline });
  expect(system.events("asked")[0]?.rule).toBe("most above its guarantee");
});

test("C15: a loss by a peer's hand is recorded like one by the kernel, with who and why", async () => {
  const owner: Guest = {
    name: "owner",
    source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
      ${call("CAP_OFFER", [100, B, 3])}
      li a0, 0
      kcall YIELD
      li a0, 0
      kcall YIELD
      ${call("CAP_RESTRICT", [0, 100, 9], 0)}
      ${call("CAP_REVOKE", [0, 100], 1)}
      ${done}`,
  };
  const borrower: Guest = {
    name: "borrower",
    source: `
      ${setEntry("ENTRY_REPOSSESSION", "lost")}
      ${call("CAP_ACCEPT", [A, 100, 50], 0)}
      ${call("BIND", [0, 0x40_0000, 50, 3], 1)}
      ${done}
      ${collector}`,
  };
  const system = play([owner, borrower], 20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("by-a-peer"));
  expect(system.data("owner", 0)).toBe(2);
  expect(system.data("owner", 1)).toBe(1);
  const reasons = system.events("lost").map(({ holder }) => holder);
  expect(reasons).toEqual([B]);
});

test("C37: slices and extents are asked for and taken as pages are; who has one slice keeps it", async () => {
  const rich: Guest = {
    name: "rich",
    slices: 3,
    source: `
      ${setEntry("ENTRY_REPOSSESSION", "lost")}
      ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 8, 100])}
      ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 4, 101])}
      ${counting()}
      ${collector}`,
  };
  const asker: Guest = {
    name: "asker",
    administers: true,
    source: `
      ${call("REVOKE_ASK", ["SLOT_PROCESSOR", A, 9], 0)}
      ${call("REVOKE_ASK", ["SLOT_DISK", A, 2], 1)}
      ${done}`,
  };
  const system = play([rich, asker], 20_000, {
    disk: { sectors: 32, latency: { base: 100, perSector: 10 } },
  });
  await expect(dialogue(system)).toMatchFileSnapshot(golden("slices-and-extents"));
  expect(system.view.environment(A)?.slices).toHaveLength(1);
  expect(system.view.extents().map(({ count }) => count)).toEqual([8]);
});

test("C37: what is taken is saved first where the libOS named a place, and the vector says where", async () => {
  const careful: Guest = {
    name: "careful",
    source: `
      ${setEntry("ENTRY_REPOSSESSION", "lost")}
      ${call("EXTENT_ALLOC", [0, "SLOT_DISK", 16, 40, 90])}
      ${holds(4)}
      ${call("BIND", [0, 0x40_0000, 103, 3])}
      li t0, 0x400000
      li t1, 0x5afe
      sw t1, 0(t0)
      ${call("SAVE_PLACE", [90, 0, 2], 1)}
      ${call("SAVE_PLACE", [90, 32, 2], 2)}
      ${call("SAVE_PLACE", [90, 8, 4], 1)}
      ${counting()}
      ${collector}`,
  };
  const system = play([careful, administrator(4)], 20_000, {
    disk: { sectors: 64, latency: { base: 100, perSector: 10 } },
  });
  await expect(dialogue(system)).toMatchFileSnapshot(golden("saved"));
  // Sixteen sectors from the 32nd on would end beyond the extent of 40.
  expect(system.data("careful", 2)).toBe(ERRORS.INVAL.code);
  const saved = Array.from({ length: 4 }, (_, i) => system.data("careful", 16 + 6 * i + 5));
  expect(saved).toEqual([9, 17, 25, 33]);
  // The page that it wrote to was missed most and went last. What the disk's cache holds goes to the platter.
  system.kernel.failPower({ mode: "keep", seed: 0 });
  const image = system.kernel.machine.disk?.readImage() ?? new Uint8Array();
  expect([...image.subarray((16 + 32) * 512, (16 + 32) * 512 + 4)]).toEqual([0xfe, 0x5a, 0, 0]);
});

test("C37: a request wakes a sleeper, and the end of the environment settles what it owed", () => {
  const sleeper: Guest = {
    name: "sleeper",
    source: `
      ${holds(4)}
      kcall SLEEP
      ${put(0, "a0")}
      li t0, 1
      ${put(1, "t0")}
      li a0, 0
      kcall ENV_DESTROY`,
  };
  const system = play([sleeper, administrator(2)], 20_000);
  expect(system.events("asked")).toHaveLength(1);
  expect(system.events("destroyed")).toMatchObject([{ target: A }]);
  expect(system.events("insisted")).toEqual([]);
  expect(system.events("repossessed")).toEqual([]);
});

test("C39: an environment with a quota is refused beyond it, and shares it with those that it makes", async () => {
  const parent: Guest = {
    name: "parent",
    quota: 10,
    createsEnvironments: true,
    source: `
      ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 60], 0)}
      ${call("QUOTA_MOVE", [60, 3], 1)}
      ${call("QUOTA_MOVE", [60, 9], 2)}
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 9, 100], 3)}
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 2, 100], 4)}
      ${call("ENV_DESTROY", [60], 5)}
      ${call("PAGE_ALLOC_BATCH", [0, "SLOT_MEMORY", 3, 110], 6)}
      ${done}`,
  };
  const system = play([parent], 20_000);
  await expect(dialogue(system)).toMatchFileSnapshot(golden("quota"));
  const quota = ERRORS.QUOTA.code;
  const results = Array.from({ length: 7 }, (_, i) => system.data("parent", i));
  expect(results).toEqual([C - 1, 0, quota, quota, 2, 0, 3]);
});

test("C36: a planned failure at the write that saves a page stops the run there, however it is cut; nothing is said to be saved", () => {
  const guest: Guest = {
    name: "a",
    administers: true,
    source: `
      ${call("EXTENT_ALLOC", [0, "SLOT_DISK", 0, 64, 90])}
      ${call("SAVE_PLACE", [90, 0, 4])}
      ${holds(8)}
      ${call("REVOKE_ASK", ["SLOT_MEMORY", A, 4])}
      ${counting(5)}`,
  };
  const run = (piece: number) => {
    const system = boot([guest], {
      policy: { ...POLICY, tick: 10_000 },
      disk: { sectors: 64, crash: { beforeWrite: 1, mode: "drop", seed: 0 } },
    });
    let stop = system.kernel.run(piece);
    while (stop.kind === "budget") stop = system.kernel.run(piece);
    return {
      stop,
      steps: system.kernel.steps,
      hash: system.kernel.hash(),
      lost: system.events("lost"),
    };
  };
  const whole = run(1_000_000);
  expect(whole.stop).toEqual({ kind: "powerFailed" });
  expect(whole.lost).toEqual([]);
  expect(run(100)).toEqual(whole);
  expect(run(7)).toEqual(whole);
});

test("C37: a request that grows is asked anew: nothing is taken for which there was no time", () => {
  const asker: Guest = {
    name: "asker",
    administers: true,
    source: `
      ${call("REVOKE_ASK", ["SLOT_MEMORY", A, 1])}
      li t0, 6800
    1: csrr t1, time
      blt t1, t0, 1b
      ${call("REVOKE_ASK", ["SLOT_MEMORY", A, 3])}
      ${call("REVOKE_ASK", ["SLOT_MEMORY", A, "0xffffff"], 0)}
      ${done}`,
  };
  const system = play([{ ...deaf, slices: 1 }, asker], 30_000);
  const [first, second] = system.events("asked");
  expect(second.deadline).toBe(second.step + POLICY.askSteps);
  expect(second.step).toBeGreaterThan(first.deadline);
  const [taken] = system.events("repossessed");
  expect(taken.step).toBe(second.deadline + POLICY.insistSteps);
  expect(taken.owed).toBe(4);
  expect(system.data("asker", 0)).toBe(ERRORS.INVAL.code);
});

test("C39: an arbiter that ends while it is asked is not asked itself", () => {
  const arbiter: Guest = {
    name: "arbiter",
    isArbiter: true,
    source: `
      ${setEntry("ENTRY_ARBITER", "end")}
      ${done}
    end: li a0, 0
      kcall ENV_DESTROY`,
  };
  const system = play([polite, arbiter, filler], 60_000);
  expect(system.events("arbiterLate")).toHaveLength(1);
  expect(system.events("asked").map(({ target }) => target)).not.toContain(B);
});

test("C15: rights are taken from as many as descend, and no call is too large for the kernel", () => {
  const system = play([{ name: "a", source: done, createsEnvironments: true }], 100, {
    pages: 2048,
    policy: { revocationStep: 0 },
  });
  const { kernel } = system;
  let derived = 0;
  for (let i = 0; i < 130; i += 1) {
    expect(kernel.call(1, "envCreate", 4, 200 + i)).toBeGreaterThan(0);
    for (let slot = 1; slot < 1024; slot += 1) {
      if (kernel.call(1, "capDerive", 0, 1, 200 + i, slot, 3) === 0) derived += 1;
    }
  }
  expect(derived).toBeGreaterThan(125_000);
  expect(kernel.call(1, "capRestrict", 0, 1, 30)).toBeGreaterThan(derived);
}, 30_000);
