/** What becomes of a page and of a capability: freed, revoked, offered, deleted, and who is told. */
import { expect, test } from "vitest";
import { ENTRIES, KINDS, LOSS_REASONS } from "../abi.ts";
import {
  alloc,
  bind,
  CONFLICT,
  LOAD_FAULT,
  load,
  PAGE,
  quick,
  RW,
  skipFault,
  store,
  VA,
} from "../testing/mapping-snippets.ts";
import { A, B, C, call, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot, type GuestSystem, words } from "../testing/system.ts";

const upcallsOf = (system: GuestSystem, name: string) =>
  system.events("upcall").filter((event) => event.environment === system.id(name));

/** `a` allocates a page, writes 1234 to it and offers it to `b`; then each goes on in turn, one slice a phase. */
const giver = (rest: string) => `
    ${alloc(PAGE)}
    ${bind(VA, PAGE)}
    ${store(VA, 1234)}
    ${call("CAP_OFFER", [PAGE, B, `${RW} | RIGHT_GRANT`], 0)}
    ${wait()}
    ${rest}
    ${done}`;
const taker = (rest: string) => `
    ${setEntry("ENTRY_REPOSSESSION", "taken")}
    ${setEntry(LOAD_FAULT, "fault")}
    ${call("CAP_ACCEPT", [A, PAGE, 50], 0)}
    ${bind(VA, 50)}
    ${load(VA, 1)}
    ${rest}
    ${done}
  taken:
    csrr t2, utval
    ${put(8, "t2")}
    kcall REPOSSESSION_NEXT
    ${[0, 1, 2, 3, 4].map((i) => put(10 + i, `a${i}`)).join("\n")}
    kcall REPOSSESSION_NEXT
    ${put(15, "a0")}
    uret
    ${skipFault("fault", 4)}`;

test("C15: freeing a page by its owner takes it from every holder, who finds who and why in its repossession vector", () => {
  const system = boot(
    [
      {
        name: "a",
        source: giver(
          `${call("PAGE_FREE", [0, PAGE], 1)}\nkcall REPOSSESSION_NEXT\n${put(2, "a0")}`,
        ),
      },
      { name: "b", source: taker(`${wait()}\n${load(VA, 2)}\n${bind(VA, 50, RW, 3)}`) },
    ],
    quick,
  );
  system.run(20_000);
  const frame = system.events("allocated").at(-1)?.frame ?? 0;
  expect(words(system, "a", 0, 3)).toEqual([0, 0, -10]);
  expect(words(system, "b", 0, 2)).toEqual([11, 1234]);
  expect(system.data("b", 3)).toBe(-2);
  expect(words(system, "b", 4, 2)).toEqual([VA, 1]);
  expect(system.data("b", 8)).toBe(1);
  expect(words(system, "b", 10, 6)).toEqual([KINDS.page, frame, A, LOSS_REASONS.freed, 50, -10]);
  expect(upcallsOf(system, "a")).toEqual([]);
  expect(upcallsOf(system, "b").map((event) => event.entry)).toEqual([
    ENTRIES.repossession.number,
    LOAD_FAULT,
  ]);
  expect(system.events("lost")).toMatchObject([{ holder: B, slot: 50, environment: A }]);
  expect(system.view.page(frame).state).toBe("free");
});

test("C15: only the owner's capability frees a page, whatever rights another has", () => {
  const system = boot(
    [
      { name: "a", source: giver(load(VA, 1)) },
      { name: "b", source: taker(call("PAGE_FREE", [0, 50], 2)) },
    ],
    quick,
  );
  system.run(20_000);
  expect(system.data("b", 2)).toBe(-14);
  expect(system.data("a", 1)).toBe(1234);
});

test("C11: a page's contents are cleared when it is freed, so that its next owner reads zeros", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${alloc(PAGE, 0)}\n${bind(VA, PAGE)}\n${store(VA + 8, 99)}\n${call("ENV_DESTROY", [0])}`,
      },
      {
        name: "b",
        source: `
        li s0, 40
        li s1, 0
      next:
        li a0, 0
        li a1, SLOT_MEMORY
        li a2, ANY
        li a3, ${PAGE}
        add a3, a3, s1
        mv a4, a3
        kcall PAGE_ALLOC
        bltz a0, all
        li a0, 0
        li a1, ${VA}
        li a2, ${PAGE}
        add a2, a2, s1
        li a3, RIGHT_READ
        kcall BIND
        li t0, ${VA}
        lw t1, 8(t0)
        or s2, s2, t1
        addi s1, s1, 1
        j next
      all: ${put(0, "s2")}
        ${put(1, "s1")}
        ${done}`,
      },
    ],
    { pages: 320, ...quick },
  );
  system.run(40_000);
  const secret = system
    .events("allocated")
    .find((event) => event.slot === PAGE && event.owner === A);
  const again = system.events("allocated").filter((event) => event.frame === secret?.frame);
  expect(again.map((event) => event.owner)).toEqual([A, B]);
  expect(system.data("b", 0)).toBe(0);
});

/** `b` passes on to `c` what it accepted from `a`. */
const middle = (rest: string) =>
  taker(`${call("CAP_OFFER", [50, C, "RIGHT_READ"], 2)}\n${wait()}\n${rest}`);
const last = (rest: string) => `
    ${setEntry(LOAD_FAULT, "fault")}
    ${call("CAP_ACCEPT", [B, 50, 60], 0)}
    ${bind(VA, 60, "RIGHT_READ")}
    ${load(VA, 1)}
    ${wait()}
    ${load(VA, 2)}
    kcall REPOSSESSION_NEXT
    ${[0, 1, 2, 3, 4].map((i) => put(10 + i, `a${i}`)).join("\n")}
    ${rest}
    ${done}
    ${skipFault("fault", 4)}`;

test("C15: revoking a capability removes its descendants through three environments, and each is told by whom", () => {
  const system = boot(
    [
      {
        name: "a",
        source: giver(`
        ${call("CAP_REVOKE", [0, PAGE], 1)}
        ${load(VA, 2)}
        ${call("CAP_REVOKE", [0, PAGE], 3)}`),
      },
      { name: "b", source: middle(`${load(VA, 3)}`) },
      { name: "c", source: last(call("CAP_ACCEPT", [B, 50, 60], 3)) },
    ],
    quick,
  );
  system.run(30_000);
  const frame = system.events("allocated").at(-1)?.frame ?? 0;
  expect(words(system, "a", 0, 4)).toEqual([0, 2, 1234, 0]);
  expect(words(system, "b", 10, 6)).toEqual([KINDS.page, frame, A, LOSS_REASONS.revoked, 50, -10]);
  expect(words(system, "b", 4, 2)).toEqual([VA, 1]);
  expect(words(system, "c", 0, 2)).toEqual([1, 1234]);
  expect(words(system, "c", 10, 5)).toEqual([KINDS.page, frame, A, LOSS_REASONS.revoked, 60]);
  expect(words(system, "c", 3, 3)).toEqual([-11, VA, 1]);
  const removed = system.events("removed").filter((event) => event.environment === A);
  expect(removed.map((event) => event.holder)).toEqual([C, B]);
});

test("C15: when the one in the middle is destroyed, what derives from its capabilities goes too", () => {
  const system = boot(
    [
      { name: "a", source: giver(load(VA, 1)) },
      { name: "b", source: middle(call("ENV_DESTROY", [0])) },
      { name: "c", source: last(`${wait()}\n${load(VA, 2)}`).replace(wait(), wait(2)) },
    ],
    quick,
  );
  system.run(30_000);
  expect(system.data("a", 1)).toBe(1234);
  expect(words(system, "c", 10, 5)).toEqual([
    KINDS.page,
    system.events("allocated").at(-1)?.frame,
    B,
    LOSS_REASONS.holderDestroyed,
    60,
  ]);
  expect(system.view.capabilities(A).filter((c) => c.kind === "page" && c.isOwner)).toHaveLength(3);
});

test("C15: a full repossession vector forgets the oldest entries", () => {
  const many = 40;
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${alloc(PAGE)}
        li s0, 0
      next:
        li a0, ${PAGE}
        li a1, ${B}
        li a2, RIGHT_READ
        kcall CAP_OFFER
        ${wait()}
        addi s0, s0, 1
        li t0, ${many}
        bne s0, t0, next
        ${call("PAGE_FREE", [0, PAGE])}
        ${done}`,
      },
      {
        name: "b",
        source: `
        li s0, 0
      next:
        li a0, ${A}
        li a1, ${PAGE}
        addi a2, s0, 200
        kcall CAP_ACCEPT
        ${wait()}
        addi s0, s0, 1
        li t0, ${many}
        bne s0, t0, next
        kcall REPOSSESSION_NEXT
        ${put(0, "a4")}
        li s0, 1
      drain:
        kcall REPOSSESSION_NEXT
        bltz a0, empty
        addi s0, s0, 1
        ${put(1, "a4")}
        j drain
      empty: ${put(2, "s0")}
        ${done}`,
      },
    ],
    quick,
  );
  system.run(60_000);
  // The newest child is removed first: slots 239, 238, ... of which the last 32 remain.
  expect(words(system, "b", 0, 3)).toEqual([231, 200, 32]);
  expect(system.view.environment(B)?.counters.losses).toBe(many);
});

test("C22: an offer is accepted once, and only by the one to whom it is made", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${alloc(PAGE)}\n${call("CAP_OFFER", [PAGE, C, "RIGHT_READ"], 0)}\n${wait()}\n${done}`,
      },
      {
        name: "b",
        source: `${call("CAP_ACCEPT", [A, PAGE, 50], 0)}\n${call("CAP_ACCEPT", [A, 500, 50], 1)}\n${done}`,
      },
      {
        name: "c",
        source: `
        ${call("CAP_ACCEPT", [A, PAGE, 0], 0)}
        ${call("CAP_ACCEPT", [A, PAGE, 2000], 1)}
        ${call("CAP_ACCEPT", [A, PAGE, 50], 2)}
        ${call("CAP_ACCEPT", [A, PAGE, 51], 3)}
        ${call("CAP_ACCEPT", [A, 1024, 51], 4)}
        ${call("CAP_ACCEPT", [9999, PAGE, 51], 5)}
        ${done}`,
      },
    ],
    quick,
  );
  system.run(20_000);
  // An empty slot of another and one that is offered to another get the same answer.
  expect(words(system, "b", 0, 2)).toEqual([-11, -11]);
  expect(words(system, "c", 0, 6)).toEqual([-6, -1, 1, -11, -1, -7]);
  expect(
    system.view.capabilities(C).find((c) => c.kind === "page" && !c.isOwner && c.rights === 1),
  ).toBeDefined();
});

test("C22: an offer that is withdrawn, made anew to another or revoked cannot be accepted", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${alloc(PAGE)}
        ${alloc(PAGE + 1)}
        ${alloc(PAGE + 2)}
        ${[0, 1, 2].map((i) => call("CAP_OFFER", [PAGE + i, B, "RIGHT_READ"])).join("\n")}
        ${call("CAP_OFFER", [PAGE, 0, 0], 0)}
        ${call("CAP_OFFER", [PAGE + 1, C, "RIGHT_READ"], 1)}
        ${call("PAGE_FREE", [0, PAGE + 2], 2)}
        ${alloc(PAGE + 2)}
        ${wait()}
        ${done}`,
      },
      {
        name: "b",
        source: `${[0, 1, 2].map((i) => call("CAP_ACCEPT", [A, PAGE + i, 50 + i], i)).join("\n")}\n${done}`,
      },
      { name: "c", source: `${call("CAP_ACCEPT", [A, PAGE + 1, 50], 0)}\n${done}` },
    ],
    quick,
  );
  system.run(20_000);
  expect(words(system, "a", 0, 3)).toEqual([0, 0, 0]);
  expect(words(system, "b", 0, 3)).toEqual([-11, -11, -11]);
  expect(system.data("c", 0)).toBe(1);
});

test("C22: rights only shrink, and leaving the environment takes GRANT", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${alloc(PAGE)}
      ${call("CAP_DERIVE", [0, PAGE, 0, 101, "RIGHT_READ | RIGHT_WRITE"], 0)}
      ${call("CAP_DERIVE", [0, 101, 0, 102, "RIGHT_READ | RIGHT_EXECUTE"], 1)}
      ${call("CAP_DERIVE", [0, 101, 0, 102, 32], 2)}
      ${call("CAP_DERIVE", [0, 101, 0, 102, 0], 3)}
      ${call("CAP_DERIVE", [0, 102, 0, 103, "RIGHT_READ"], 4)}
      ${call("CAP_OFFER", [101, B, "RIGHT_READ"], 5)}
      ${call("CAP_OFFER", [PAGE, B, "RIGHT_CONTROL"], 6)}
      ${call("CAP_DERIVE", [0, PAGE, 0, 101, "RIGHT_READ"], 7)}
      ${call("CAP_DERIVE", [101, PAGE, 0, 104, "RIGHT_READ"], 8)}
      ${done}`,
    },
    { name: "b", source: done },
  ]);
  system.run(2000);
  expect(words(system, "a", 0, 9)).toEqual([0, -3, -1, 0, -3, -3, -3, -6, -2]);
});

test("C22: deleting a capability removes what derives from it; an owner's and slot 0 stay", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${alloc(PAGE)}
      ${call("CAP_DERIVE", [0, PAGE, 0, 101, 15])}
      ${call("CAP_DERIVE", [0, 101, 0, 102, 15])}
      ${bind(VA, 102)}
      ${call("CAP_DELETE", [0, 101], 0)}
      ${call("CAP_DELETE", [0, 102], 1)}
      ${call("CAP_DELETE", [0, PAGE], 2)}
      ${call("CAP_DELETE", [0, 0], 3)}
      kcall REPOSSESSION_NEXT
      ${put(4, "a0")}
      ${done}`,
    },
  ]);
  system.run(2000);
  expect(words(system, "a", 0, 5)).toEqual([0, -2, -14, -1, -10]);
  expect(system.view.translate(A, VA)).toBeUndefined();
  expect(system.events("lost")).toEqual([]);
});

test("C15: who deletes the capability from which its pages were allocated loses them, and nobody else is told", () => {
  const system = boot([
    {
      name: "a",
      source: `${alloc(PAGE)}\n${bind(VA, PAGE)}\n${call("CAP_DELETE", [0, "SLOT_MEMORY"])}\n${done}`,
    },
  ]);
  const free = system.view.freePages;
  system.run(1000);
  expect(system.events("lost")).toEqual([]);
  // Its data and its boot page, which were allocated from it; the launcher's shared text stays.
  expect(system.view.freePages).toBe(free + 2);
});

test("C15: revoking a thousand capabilities that bind nothing does not search the software TLB for each", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${alloc(PAGE)}
      ${bind(VA, PAGE)}
      li s0, 101
    next:
      li a0, 0
      addi a1, s0, -1
      li a2, 0
      mv a3, s0
      li a4, 15
      kcall CAP_DERIVE
      addi s0, s0, 1
      li t0, 1024
      bne s0, t0, next
      ${bind(CONFLICT, 1023)}
      ${bind(VA + 4096, 500)}
    before: ${call("CAP_REVOKE", [0, PAGE], 0)}
      ${done}`,
    },
  ]);
  system.kernel.machine.breakpoints.set(2, system.symbols.get("a")?.get("before") ?? 0);
  expect(system.run(20_000).kind).toBe("breakpoint");
  const { records } = system.kernel.core;
  let reads = 0;
  const original = records.stlb.bind(records);
  records.stlb = (index, field) => {
    reads += 1;
    return original(index, field);
  };
  system.kernel.run(100, true);
  records.stlb = original;
  expect(system.data("a", 0)).toBe(1024 - 101);
  // Two of them bound something, and a walk is 4,096 entries of up to three words.
  expect(reads).toBeLessThan(3 * 3 * 4096);
  expect(system.view.translate(A, VA)).toBeUndefined();
  expect(system.view.translate(A, VA + 4096)).toBeUndefined();
});
