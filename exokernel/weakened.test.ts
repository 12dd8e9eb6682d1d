/** What a weakened guard lets through, and that whatever it breaks is said and never brings the adapter down. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLS, RIGHTS } from "./abi.ts";
import { describeEvent } from "./event-text.ts";
import { type GuardName, isWeakenable, WEAKENABLE_GUARDS } from "./guard-names.ts";
import { Timeline } from "./history/timeline.ts";
import type { KernelConfiguration } from "./kernel-configuration.ts";
import { ACTION_NUMBERS, readCall } from "./testing/hostile-calls.ts";
import { A, B, call, done, setEntry, wait } from "./testing/snippets.ts";
import { boot } from "./testing/system.ts";

const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`weakened: EXOSCOPE_SEED=${SEED}`);

const weak = (...weakened: GuardName[]): KernelConfiguration => ({
  policy: { tick: 1000 },
  weakened,
});
const textOf = (event: Parameters<typeof describeEvent>[0]) => describeEvent(event, String);

/** Derives a writable capability from one that may only be read, and binds by it. */
const forger = {
  name: "forger",
  source: `
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
    ${call("CAP_DERIVE", [0, 100, 0, 101, "RIGHT_READ"])}
    ${call("CAP_DERIVE", [0, 101, 0, 102, "RIGHT_READ + RIGHT_WRITE"], 0)}
    ${call("BIND", [0, 0x60000, 102, "RIGHT_READ + RIGHT_WRITE"], 1)}
    ${done}`,
};

test("C47: without weakening, rights do not grow; with it they do, and the event says what that breaks", () => {
  const honest = boot([forger], { policy: { tick: 1000 } });
  honest.run(500);
  expect(honest.data("forger", 0)).toBe(-3);
  expect(honest.events("weakened")).toEqual([]);

  const system = boot([forger], weak("rights do not grow"));
  system.kernel.run(500);
  expect([system.data("forger", 0), system.data("forger", 1)]).toEqual([0, 0]);
  const [event] = system.events("weakened");
  expect(event && textOf(event)).toBe(
    "cap_derive goes on though guard 'rights do not grow' does not hold, which is weakened: rw--- asked for, r---- held",
  );
  const [broken] = system.events("invariantBroken");
  expect(broken && textOf(broken)).toBe(
    "cap_derive has broken the kernel: slot 102 of environment index 2 has more than its parent",
  );
});

test("C47: weakening a guard changes nothing where it holds", () => {
  const hash = (configuration: KernelConfiguration) => {
    const system = boot([{ name: "a", source: `${call("PAGE_ALLOC", [0, 1, -1, 90])}\n${done}` }], {
      ...configuration,
    });
    system.run(2000);
    return system.kernel.hash();
  };
  expect(hash(weak(...WEAKENABLE_GUARDS))).toBe(hash({ policy: { tick: 1000 } }));
});

test("C47: a kernel that fails after weakening halts the machine with a sentence, in every replay as well", () => {
  const reader = {
    name: "reader",
    source: `
      ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 8, 100])}
      ${call("DISK_READ", [100, 5000, 1, 17, 0, 1])}
      ${done}`,
  };
  const system = boot([reader], {
    ...weak("the sectors are the extent's"),
    disk: { sectors: 16 },
  });
  const timeline = new Timeline(system.kernel);
  expect(timeline.run(1000)).toEqual({ kind: "powerFailed" });
  const [failed] = system.events("kernelFailed");
  expect(failed && textOf(failed)).toBe(
    "the kernel itself fails (sectors 5000 to 5001 are on the disk) with weakened guards: 'the sectors are the extent's'",
  );
  const { now } = timeline;
  const hash = system.kernel.hash();
  timeline.seek(timeline.start);
  timeline.seek(now);
  expect(system.kernel.hash()).toBe(hash);
  expect(timeline.now).toEqual(now);
});

test("what if honours weakened guards, says so, and has no effect", () => {
  const system = boot([forger], weak("rights do not grow"));
  system.kernel.run(60);
  const before = [system.kernel.hash(), system.view.eventCount];
  const index = system.view.environment(A)?.index ?? 0;
  const rights = RIGHTS.READ | RIGHTS.WRITE;
  const checked = system.kernel.whatIf(index, "capDerive", [0, 101, 0, 103, rights]);
  expect(checked.ok).toBe(true);
  expect(checked.trail.filter(({ isWeakened }) => isWeakened)).toMatchObject([
    { guard: "rights do not grow", holds: false },
  ]);
  expect([system.kernel.hash(), system.view.eventCount]).toEqual(before);
});

test("only guards of the list can be weakened", () => {
  expect(isWeakenable("rights do not grow")).toBe(true);
  expect(isWeakenable("slot holds a capability")).toBe(false);
  expect(new Set(WEAKENABLE_GUARDS).size).toBe(WEAKENABLE_GUARDS.length);
});

const idle = (name: string) => ({
  name,
  source: `
    ${setEntry("ENTRY_TRANSFER", "entry")}
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
    ${wait()}
  entry:
    ecall
    j entry`,
});

test("hostile calls with every guard weakened end in results or in a kernel that says that it fails", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.nat(0xffff_ffff), { minLength: ACTION_NUMBERS, maxLength: ACTION_NUMBERS }),
        {
          minLength: 12,
          maxLength: 40,
        },
      ),
      (actions) => {
        const system = boot([idle("a"), idle("b")], {
          ...weak(...WEAKENABLE_GUARDS),
          disk: { sectors: 32 },
        });
        const { kernel } = system;
        kernel.run(300);
        for (const action of actions) {
          if (kernel.machine.isPowerOff || system.view.environment(A) === undefined) break;
          const { current } = kernel.core;
          if (current !== 0) {
            const { name, args } = readCall(system, new Set([A, B]), action, current);
            prepareCall(system, name, args);
          }
          kernel.run(current === 0 ? 1000 : 3);
        }
        if (!kernel.machine.isPowerOff) return;
        expect(system.events("kernelFailed")).toHaveLength(1);
      },
    ),
    { seed: SEED, numRuns: process.env["EXOSCOPE_FULL"] === "1" ? 500 : 40 },
  );
}, 120_000);

/** The guests make calls for ever: this is what the running one calls next. */
function prepareCall(
  { kernel }: ReturnType<typeof boot>,
  name: keyof typeof CALLS,
  args: readonly number[],
): void {
  const { hart } = kernel.machine;
  for (let i = 0; i < 7; i += 1) hart.setX(10 + i, args[i] ?? 0);
  hart.setX(31, args[7] ?? 0);
  hart.setX(17, CALLS[name].number);
}

test("C47: what if says of a call at which a weakened kernel would fail that it would, and fails not itself", () => {
  const system = boot([forger], { ...weak("capability is of the kind"), disk: { sectors: 16 } });
  const console = 3;
  for (const [name, args] of [
    ["diskBarrier", [console, 1]],
    ["networkSend", [console, 17, 0, 60]],
    ["filterInsert", [0, console, 17, 0, 1, 0, 90]],
  ] as const) {
    expect(system.kernel.whatIf(2, name, args).ok, name).toBe(false);
  }
});

test("C47: a torn tree that a weakened guard made possible ends the kernel, and not the patience of who waits", () => {
  const system = boot([forger], { ...weak("page is free"), policy: { tick: 1000 } });
  const { records } = system.kernel.core;
  expect(system.kernel.call(2, "pageAlloc", 0, 1, 800, 101)).toBe(800);
  // As one who has its own table bound writable would: the capability becomes its own child.
  records.setCapability((2 << 16) | 101, 12, (2 << 16) | 101);
  expect(() => system.kernel.call(2, "capRestrict", 0, 101, 1)).toThrow(/has a loop/);
});
