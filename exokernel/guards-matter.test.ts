/**
 * Each guard matters: with one of them weakened, some hostile program breaks an invariant, or a check of a lesson's: whose pages are
 * whose, what one may read of another, whether a guest makes progress. A guard for which none does is listed with its reason.
 * `docs/guards.md` is written from here.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readKernelSource } from "../tools/kernel-source.mjs";
import { ANY, type CallName, ENTRIES, RIGHTS, SLOTS } from "./abi.ts";
import { type GuardName, WEAKENABLE_GUARDS } from "./guard-names.ts";
import { checkInvariants } from "./invariants.ts";
import { ACTION_NUMBERS, type Action, type Past, readCall } from "./testing/hostile-calls.ts";
import { hostileSystem, make, recruit } from "./testing/hostile-system.ts";
import { done, wait } from "./testing/snippets.ts";
import { boot, type GuestSystem, TEXT } from "./testing/system.ts";

/** Guards that random hostile calls find, with the invariant that falls. */
const BY_CHANCE: Partial<Record<GuardName, { readonly breaks: RegExp; readonly what: string }>> = {
  "capability is of the kind": {
    breaks: /is free and has|has a record|has no capability|page|outlives/,
    what: "a number of one kind is taken for another's: a page for an extent, a slice for a filter",
  },
  "rights do not grow": {
    breaks: /has more than its parent|more rights than its capability/,
    what: "a derived capability has more rights than the one that it derives from",
  },
  "rights are of access": {
    breaks: /is dirty, its page is clean|more rights than its capability/,
    what: "a binding carries marks that only the kernel makes: it is dirty and its page is clean",
  },
  "page is free": {
    breaks: /the free list|assertion failed|two owners|is owned/,
    what: "a page has two owners, and the free list is torn",
  },
  "the sectors are free": {
    breaks: /has sectors of another one/,
    what: "two extents have the same sectors",
  },
  "the sectors are the extent's": {
    breaks: /assertion failed: sectors .* are on the disk/,
    what: "a request reaches sectors beyond its extent, and beyond the disk",
  },
  "environment has not started": {
    breaks: /waits for .* in another state|keeps registers/,
    what: "who waits in a transfer is started once more, and waits and runs at once",
  },
  "target can run": {
    breaks: /the running environment is in state/,
    what: "one that sleeps is given the processor, and runs asleep",
  },
  "the page is exposed state": {
    breaks: /a page of the kernel's that is private/,
    what: "an environment reads the registers that the kernel keeps of others",
  },
  "the quota covers what is charged": {
    breaks: /beyond its quota/,
    what: "an environment is charged with more than its quota",
  },
  "what is promised stays free": {
    breaks: /pages are promised and \d+ free/,
    what: "pages that are guaranteed to one are allocated by another",
  },
  "the launcher is not asked": {
    breaks: /the next deadline is/,
    what: "the launcher owes pages that it cannot give: they are everybody's text",
  },
  "some packet can match": {
    breaks: /matches nothing/,
    what: "a filter that no packet can match stands in the way of others",
  },
  "no packet is another's, too": {
    breaks: /of two owners overlap/,
    what: "one takes the packets that are another's",
  },
};

/** Why weakening these does no harm, or none that the next guard would not stop. */
const HARMLESS: Partial<Record<GuardName, string>> = {
  "capability is not an owner's":
    "deleting an owner's capability frees what it owns, as the call for that does; the guard keeps the two apart for readers of a trace",
  "slot 0 stays":
    "who gives up the capability for itself can hand it to nobody any more, and no other is touched",
  "rights are defined":
    "a right that does not exist is held by nobody: 'rights do not grow' refuses it",
  "address is page-aligned":
    "the low bits would be dropped: the libOS would take another address for bound",
  "address is word-aligned": "the debugger would find no image there, and the kernel does not look",
  "the batch has so many pages":
    "bounds the work of one call; slots and pages are checked one by one",
  "the bits exist": "bits that do not exist are not cleared",
  "both have quotas": "who has none has nothing to give: 'the giver covers its charge' refuses it",
  "something is asked for":
    "nobody gives anything for a request of nothing, and force stops at the guarantee",
  "only the arbiter is told": "what it is told stands in the exposed state for everybody",
  "the one chosen has so much above its guarantee": "force looks at the guarantee again",
  "callee has started":
    "who has not started has upcalls disabled: 'callee can be entered' refuses it",
  "the word is within the page": "its place in the page is masked when it is read",
  "the relation exists": "one that does not is read as the last",
};

const MALLORY = 2;
const VICTIM = 3;
const { READ, WRITE } = RIGHTS;

interface Stage {
  readonly system: GuestSystem;
  /** A call in an environment's name; its result. */
  readonly call: (who: number, name: CallName, ...args: number[]) => number;
  /** A page of an environment: its number. The slot is the environment's. */
  readonly page: (who: number, slot: number, frame?: number) => number;
  readonly poke: (frame: number, offset: number, ...words: number[]) => void;
  readonly peek: (frame: number, offset: number) => number;
}

function stage(weakened: readonly GuardName[], source = done, victim = done): Stage {
  const system = boot(
    [
      { name: "mallory", source, createsEnvironments: true },
      { name: "victim", source: victim, slices: [7] },
    ],
    {
      pages: 1024,
      weakened,
      policy: { tick: 1000, askSteps: 100, insistSteps: 100, guaranteedMinimum: 0 },
      disk: { sectors: 64, latency: { base: 5, perSector: 1 } },
      network: { loopback: true },
    },
  );
  const { kernel } = system;
  const call = (who: number, name: CallName, ...args: number[]) =>
    kernel.core.current === who ? -99 : kernel.call(who, name, ...args);
  return {
    system,
    call,
    page: (who, slot, frame = ANY) => call(who, "pageAlloc", 0, SLOTS.memory, frame, slot),
    poke: (frame, offset, ...words) => {
      for (const [i, word] of words.entries())
        kernel.machine.memory.writeU32(frame * 4096 + offset + 4 * i, word >>> 0);
    },
    peek: (frame, offset) => kernel.machine.memory.readU32(frame * 4096 + offset),
  };
}

/** Two neighbouring pages: mallory's, and behind it the victim's with a secret at its begin. */
function neighbours(s: Stage, secret: number): { readonly mine: number; readonly its: number } {
  const mine = 900;
  expect([s.page(MALLORY, 100, mine), s.page(VICTIM, 100, mine + 1)]).toEqual([mine, mine + 1]);
  s.poke(mine + 1, 0, secret);
  return { mine, its: mine + 1 };
}

/** What an attack reached, as a sentence; undefined when it reached nothing. */
type Attack = (weakened: readonly GuardName[]) => string | undefined;

/** Whether what mallory learns depends on the victim's secret. */
const learns =
  (attack: (s: Stage, mine: number) => unknown): Attack =>
  (weakened) => {
    const seen = [1, 2].map((secret) => {
      const s = stage(weakened);
      return JSON.stringify(attack(s, neighbours(s, secret).mine));
    });
    return seen[0] === seen[1] ? undefined : "mallory learns what stands in the victim's page";
  };

/** Lends mallory the victim's page to be read, in slot 101. */
function lend(s: Stage): number {
  const frame = s.page(VICTIM, 100);
  const mallory = s.system.id("mallory");
  s.call(VICTIM, "capOffer", 100, mallory, READ);
  s.call(MALLORY, "capAccept", s.system.id("victim"), 100, 101);
  return frame;
}

const DIRECTED: Partial<Record<GuardName, Attack>> = {
  "capability has the rights": (weakened) => {
    const s = stage(weakened);
    const frame = lend(s);
    s.call(MALLORY, "extentAlloc", 0, SLOTS.disk, ANY, 8, 102);
    s.page(MALLORY, 103);
    s.call(MALLORY, "diskRead", 102, 0, 1, 101, 0, 1);
    s.poke(frame, 0, 77);
    s.system.kernel.run(1000);
    return s.peek(frame, 0) === 77 ? undefined : "a page that was lent to be read has been written";
  },
  "capability is the owner's": (weakened) => {
    const s = stage(weakened);
    const frame = lend(s);
    s.call(VICTIM, "bind", 0, 0x40_0000, 100, READ | WRITE);
    s.system.kernel.core.records.setPage(frame, 8, 2 | 0x100 | 0x200);
    s.call(MALLORY, "pageBits", 0, 101, 3);
    return s.system.view.page(frame).dirty
      ? undefined
      : "another has cleared the bits of the victim's page";
  },
  "the offer is to the caller": (weakened) => {
    const s = stage(weakened);
    const frame = s.page(VICTIM, 100);
    s.call(VICTIM, "capOffer", 100, s.system.kernel.core.records.idOf(1), READ | WRITE);
    s.call(MALLORY, "capAccept", s.system.id("victim"), 100, 101);
    const holds = s.system.view
      .capabilities(s.system.id("mallory"))
      .some((c) => c.resource === frame && c.kind === "page");
    return holds ? "mallory holds what was offered to another" : undefined;
  },
  "pc is 2-byte aligned": (weakened) => {
    const s = stage(weakened);
    s.call(MALLORY, "envSetEntry", 0, ENTRIES.console.number, TEXT + 1);
    s.system.kernel.consoleInput(Uint8Array.of(1));
    s.system.kernel.run(3000);
    const entered = s.system.events("upcall").some(({ entryPc }) => (entryPc & 1) !== 0);
    return entered
      ? "an upcall is entered at an odd address, which no register of the machine holds"
      : undefined;
  },
  "what is writable is readable": (weakened) => {
    const s = stage(
      weakened,
      `li s0, 0x400000\n1: li a0, 0\nmv a1, s0\nli a2, 100\nli a3, 2\nli a7, 0x22\necall\nbnez a0, 2f\namoadd.w t0, t1, (s0)\n2: j 2b`,
    );
    s.page(MALLORY, 100);
    s.system.kernel.run(300);
    const { retired } = s.system.kernel.machine;
    s.system.kernel.run(300);
    return s.system.kernel.machine.retired === retired
      ? "an atomic faults and is refilled for ever: the guest makes no progress and is not told"
      : undefined;
  },
  "position is free": (weakened) => {
    const s = stage(weakened);
    s.call(MALLORY, "sliceAlloc", 0, SLOTS.processor, 7, 100);
    return checkInvariants(s.system.kernel)[0];
  },
  "the bytes are the page's": (weakened) => {
    const s = stage(weakened);
    const { its } = neighbours(s, 5);
    s.call(MALLORY, "extentAlloc", 0, SLOTS.disk, ANY, 8, 102);
    s.call(MALLORY, "diskRead", 102, 0, 1, 100, 4096, 1);
    s.system.kernel.run(1000);
    return s.peek(its, 0) === 5 ? undefined : "the disk has written into the victim's page";
  },
  "entry is registered": (weakened) => {
    const s = stage(
      weakened,
      `${wait(3)}\nli t6, 0x103\nli a7, 0x40\necall\n${done}`,
      "kcall REST",
    );
    s.system.kernel.run(6000);
    const dead = s.system
      .events("fatal")
      .some(({ environment }) => environment === s.system.id("victim"));
    return dead ? "the victim is entered at address 0 and ends" : undefined;
  },
  "the quota is not used up": (weakened) => {
    const s = stage(weakened);
    s.call(1, "quotaSet", 17, SLOTS.memory, 4);
    const control = s.system.control("mallory");
    s.call(1, "quotaSet", control, SLOTS.memory, 6);
    for (let slot = 200; slot < 210; slot += 1) s.page(MALLORY, slot);
    return checkInvariants(s.system.kernel)[0];
  },
  "the list is within the page": learns((s, mine) => {
    // Half of the entry is mallory's; the slot is the first word of the victim's page.
    s.poke(mine, 4092, 0x40_0001);
    return s.system.kernel.whatIf(MALLORY, "bindBatch", [0, 100, 4092, 1]);
  }),
  "the pages are there": (weakened) => {
    const s = stage(weakened);
    s.call(1, "memoryGuarantee", s.system.control("mallory"), SLOTS.memory, 5000);
    return checkInvariants(s.system.kernel)[0];
  },
  "the giver covers its charge": (weakened) => {
    const s = stage(weakened);
    s.call(1, "quotaSet", s.system.control("mallory"), SLOTS.memory, 20);
    s.call(MALLORY, "envCreate", SLOTS.environments, 100);
    s.call(MALLORY, "quotaMove", 100, 18);
    return checkInvariants(s.system.kernel)[0];
  },
  "the caller is the arbiter": (weakened) => {
    const s = stage(weakened);
    s.call(1, "arbiterSet", SLOTS.memory, s.system.id("victim"));
    s.call(VICTIM, "envSetEntry", 0, ENTRIES.arbiter.number, TEXT);
    s.page(VICTIM, 100);
    for (let slot = 200; s.page(MALLORY, slot) >= 0; slot += 1);
    s.call(MALLORY, "arbiterChoose", s.system.id("victim"), 1);
    const asked = s.system
      .events("asked")
      .some(({ environment }) => environment === s.system.id("mallory"));
    return asked ? "mallory chooses who gives, and is not the arbiter" : undefined;
  },
  "the place is within the extent": (weakened) => {
    const s = stage(weakened);
    s.call(MALLORY, "extentAlloc", 0, SLOTS.disk, 0, 8, 100);
    s.call(VICTIM, "extentAlloc", 0, SLOTS.disk, 8, 8, 100);
    const frame = s.page(MALLORY, 101);
    s.poke(frame, 0, 0xbad);
    s.call(MALLORY, "savePlace", 100, 8, 1);
    s.call(1, "revokeAsk", SLOTS.memory, s.system.id("mallory"), 400);
    s.system.kernel.run(3000);
    s.system.kernel.failPower({ mode: "keep", seed: 0 });
    const image = s.system.kernel.machine.disk?.readImage() ?? new Uint8Array();
    const hit = image.subarray(8 * 512, 16 * 512).some((byte) => byte !== 0);
    return hit ? "what is saved of mallory's page overwrites the victim's sectors" : undefined;
  },
  "the bytes to send are the page's": learns((s) => {
    s.call(MALLORY, "networkSend", SLOTS.network, 100, 4090, 60);
    s.system.kernel.run(2000);
    return s.system.events("packet").map(({ head }) => head);
  }),
  "the terms are the page's": learns((s, mine) => {
    // The first byte of a frame is compared with the first word of the victim's page.
    s.poke(mine, 4084, 0, 1, 0xff);
    s.call(MALLORY, "filterInsert", 0, SLOTS.network, 100, 4084, 1, 0, 110);
    s.system.kernel.networkInput(Uint8Array.of(1));
    return s.system.events("packet").map(({ filter }) => filter);
  }),
};

/** Plays hostile rounds with a guard weakened; the first thing that is broken. */
function playWeakened(
  guard: GuardName,
  round: number,
  actions: readonly Action[],
): string | undefined {
  const system = hostileSystem([20, 100, 1000][round % 3], [9, 5000][round % 2], [guard]);
  const { kernel } = system;
  const past: Past = new Set();
  for (const action of actions) {
    recruit(system);
    const total = system.view.eventCount;
    if (action[0] % 8 === 0) {
      kernel.run(action[2] % 400);
    } else {
      const runner = action[0] % 2 === 0 ? kernel.core.current : 0;
      try {
        make(system, readCall(system, past, action, runner === 0 ? undefined : runner));
      } catch (problem) {
        return (problem as Error).message;
      }
    }
    const events = system.view.events(total);
    const failed = events.find((event) => event.kind === "kernelFailed");
    if (failed?.kind === "kernelFailed") return `assertion failed: ${failed.because}`;
    if (!events.some(({ kind }) => kind === "weakened")) continue;
    const [problem] = checkInvariants(kernel);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const ROUNDS = 30;
const rounds = () =>
  fc.sample(
    fc.noBias(
      fc.array(
        fc.array(fc.nat(0xfff_ffff), { minLength: ACTION_NUMBERS, maxLength: ACTION_NUMBERS }),
        { minLength: 400, maxLength: 400, size: "max" },
      ),
    ),
    { numRuns: ROUNDS, seed: 5 },
  );

test.each(Object.entries(BY_CHANCE))(
  "with '%s' weakened, random hostile calls break an invariant",
  (guard, { breaks }) => {
    for (const [i, round] of rounds().entries()) {
      const problem = playWeakened(guard as GuardName, i, round);
      if (problem === undefined) continue;
      expect(problem).toMatch(breaks);
      return;
    }
    expect.unreachable(`${ROUNDS} rounds broke nothing`);
  },
  60_000,
);

test.each(Object.entries(DIRECTED))(
  "with '%s' weakened, an attack succeeds that is refused otherwise",
  (guard, attack) => {
    expect(attack([])).toBeUndefined();
    expect(attack([guard as GuardName])).toEqual(expect.any(String));
  },
);

test("every guard that can be weakened is shown to matter, or is listed with its reason", () => {
  const listed = [BY_CHANCE, DIRECTED, HARMLESS].flatMap((list) => Object.keys(list));
  expect(listed.sort()).toEqual([...WEAKENABLE_GUARDS].sort());
});

test("docs/guards.md has every guard with its place and what it is for", async () => {
  const { guards } = readKernelSource();
  const rows = Object.entries(guards).map(([name, { file, isStructural }]) => {
    const attack = DIRECTED[name as GuardName]?.([name as GuardName]);
    const what = isStructural
      ? "structural"
      : (HARMLESS[name as GuardName] ?? BY_CHANCE[name as GuardName]?.what ?? attack ?? "");
    return [name, file.replace("exokernel/", ""), what];
  });
  rows.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  const table = tableOf([["guard", "in exokernel/", "without it"], ...rows]);
  await expect(`${DOCUMENT}${table}\n`).toMatchFileSnapshot("../docs/guards.md");
});

/** A table in Markdown as the formatter writes it; the first row is the head. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = " ") =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(["", "", ""], "-"), ...body.map((row) => line(row))].join("\n");
}

const DOCUMENT = `# Guards

Written by \`exokernel/guards-matter.test.ts\`. Each kernel call is decoded by named guards before anything is changed; the first that does
not hold refuses the call. A scenario may weaken the ones that are not structural (\`"weaken": ["rights do not grow"]\`), to see
which attack then succeeds. For each the third column says what its absence lets a program break, as a test shows, or why its absence does no harm.

_Structural_ guards cannot be weakened: without what they ask for the call has nothing to act on (an empty slot, no free page, a
number beyond a table), so that the kernel's own code would fail rather than its protection.

`;
