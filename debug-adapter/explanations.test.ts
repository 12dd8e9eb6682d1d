/** Explanations of events that the sample programs do not come to; the others are in sessions/explanations.session.test.ts. */
import { beforeAll, expect, test } from "vitest";
import type { EventBody, KernelEvent } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import { explainEvent, explainLastWords } from "./explanations.ts";
import { nodeHost } from "./host.ts";
import { boot, configure } from "./launch.ts";
import { NodeBuilder } from "./node-builder.ts";
import { KERNEL_SOURCE, ROOT, WORKSPACE } from "./testing/dap-client.ts";

let debuggee: Debuggee;
let owner = 0;
let borrower = 0;

beforeAll(async () => {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const args = { program: `${WORKSPACE}/share/share.exo.json` };
  debuggee = boot(await configure(args, nodeHost, builder));
  const idOf = (name: string) =>
    debuggee.environments().find((each) => each.name === name)?.id ?? 0;
  owner = idOf("owner");
  borrower = idOf("borrower");
  debuggee.timeline.run(3000);
});

function explained(environment: number, body: EventBody): string | undefined {
  const event = { ...body, environment, step: 0, index: 0 } as KernelEvent;
  return explainEvent(debuggee, KERNEL_SOURCE, event);
}

test("a double upcall says that upcalls were disabled, and that nothing is registered for it", () => {
  const body = { kind: "doubleUpcall", cause: 15, value: 0x10, pc: 0 } as const;
  expect(explained(owner, body)).toBe(
    `The store to 0x10 at 0x0 by owner (env ${owner}) faulted: no page is bound there: it is a null pointer. Upcalls were disabled (UIE = 0), since a handler was at work; no entry for a double upcall is registered: the environment is destroyed when the run goes on.`,
  );
});

test("an environment that cannot go on: what happened, why nobody was asked, and what goes with it", () => {
  const because = "load page fault at 0x50000000 (pc 0x0), and no handler for it is registered";
  expect(explained(owner, { kind: "fatal", because })).toMatch(
    /^The load from 0x50000000 at 0x0 by owner \(env \d+\) faulted: no page is bound there\. No handler for it is registered\. The libOS is not asked any more: the environment is destroyed when the run goes on, and its \d+ pages with all that derives from them are freed\.$/,
  );
  expect(explained(owner, { kind: "fatal", because: "it was late 17 times" })).toMatch(
    /^owner \(env \d+\) cannot go on: it was late 17 times\. The libOS is not asked any more/,
  );
});

test("an exception that is no page fault is named with its value", () => {
  const body = { kind: "upcall", entry: 2, cause: 2, value: 0xbad, pc: 0, entryPc: 0 } as const;
  expect(explained(owner, body)).toBe(
    `owner (env ${owner}) had the exception illegal instruction (0xbad) at 0x0. Its handler at 0x0 for illegal instruction runs next; it may mend what is wrong and go on with uret, or end the program.`,
  );
});

test("a loss says who took what, whose it is, and how the loser hears of it", () => {
  const frame = debuggee.view.pageCount - 1;
  const body = {
    kind: "lost",
    holder: borrower,
    slot: 40,
    capabilityKind: 3,
    resource: frame,
    why: "the capability that it derives from was revoked",
  } as const;
  expect(explained(owner, body)).toMatch(
    new RegExp(
      `^borrower \\(env ${borrower}\\) lost slot 40, page 0x${frame.toString(16)}: the capability that it derives from was revoked; owner \\(env ${owner}\\) did it\\. Page 0x${frame.toString(16)} is free\\. It `,
    ),
  );
});

test("a weakened guard says where it stands", () => {
  const body = { kind: "weakened", call: "bind", guard: "x", because: "y" } as const;
  expect(explained(owner, body)).toBe(`bind by owner (env ${owner}) went on.`);
});

test("events that refuse nothing and trap nowhere have no explanation", () => {
  expect(explained(owner, { kind: "rested" })).toBeUndefined();
});

test("a program that aborts by itself is not the kernel's affair", () => {
  expect(explainLastWords(debuggee, owner, undefined)).toBe(
    `owner (env ${owner}) aborts, by a failed assertion or of its own accord. The kernel has no part in it.`,
  );
});

test("a request says what is owed, what is guaranteed, who chooses, and what comes if nothing is given", () => {
  const body = {
    kind: "asked",
    target: borrower,
    resourceKind: 3,
    count: 2,
    owed: 2,
    deadline: 50_000,
    rule: "most above its guarantee",
    candidates: [],
  } as const;
  expect(explained(owner, body)).toMatch(
    /^borrower \(env \d+\) owes 2 pages\. borrower \(env \d+\) answers for \d+ pages, of which 10 are guaranteed and never taken\. It has registered no entry for that\. Otherwise the kernel insists at step 50000\.$/,
  );
  expect(explained(owner, { ...body, kind: "insisted" })).toMatch(
    /Otherwise the kernel takes by force at step 50000\.$/,
  );
});

test("force says what was taken, what is left, and where the losses are", () => {
  const body = {
    kind: "repossessed",
    target: borrower,
    resourceKind: 3,
    owed: 4,
    taken: 2,
  } as const;
  expect(explained(owner, body)).toMatch(
    /^2 pages taken from borrower \(env \d+\), which owed 4, the least used first\. .* Each loss is in its repossession vector\. Its handler at 0x[0-9a-f]+ \(upcall_entry\) runs when it next may; it must forget what is gone\.$/,
  );
});

test("who is no arbiter, or starts what has started, is not sent for a capability nor told to wait", () => {
  const refused = { kind: "refused", args: [], because: "x" } as const;
  expect(
    explained(owner, {
      ...refused,
      call: "arbiter_info",
      error: "CAP",
      guard: "only the arbiter is told",
    }),
  ).toMatch(/; only whom arbiter_set or the scenario names arbiter may make this call\.$/);
  expect(
    explained(owner, {
      ...refused,
      call: "env_start",
      error: "BUSY",
      guard: "environment has not started",
    }),
  ).toMatch(/; an environment is started once\.$/);
});
