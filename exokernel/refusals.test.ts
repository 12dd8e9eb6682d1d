/**
 * What a refused call leaves: nothing but its place in the caller's account. Every call of hostile environments is made again with
 * no page to be had, then one, then two, ..., until it is accepted: whichever of its allocations is refused, the state is unchanged.
 * And nothing leaks: when everybody is gone, everything is free.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ANY, type CallName, ERRORS, SLOTS } from "./abi.ts";
import { liveIndices } from "./environment.ts";
import { extentsOf } from "./extents.ts";
import { freeCount } from "./frames.ts";
import { checkInvariants } from "./invariants.ts";
import { LAUNCHER_INDEX } from "./kernel.ts";
import { HEADER } from "./layout.ts";
import { ACTION_NUMBERS, type HostileCall, type Past, readCall } from "./testing/hostile-calls.ts";
import { hostileSystem, make, recruit } from "./testing/hostile-system.ts";
import { announceSeed, sampled, TIMEOUT } from "./testing/sampling.ts";
import type { GuestSystem } from "./testing/system.ts";

announceSeed("refusals");

/** No call takes more pages than a batch and two pages of the table. */
const PAGES_MAX = 70;

/** Makes a call with ever more pages to be had; says how often it was refused for lack of them. */
function failTheNth(system: GuestSystem, { caller, name, args }: HostileCall): number {
  const { kernel } = system;
  const { core } = kernel;
  const free = freeCount(core);
  const most = Math.min(free, PAGES_MAX);
  let refused = 0;
  for (; refused <= most; refused += 1) {
    core.withheldPages = free - refused;
    const answer = kernel.whatIf(caller, name, args);
    if (answer.ok || answer.refusal.error !== "NONE") break;
    const before = kernel.hash();
    const counts = (["calls", "refusals"] as const).map((c) => core.records.counter(caller, c));
    expect(kernel.call(caller, name, ...args)).toBe(ERRORS.NONE.code);
    core.records.count(caller, "calls", counts[0] - core.records.counter(caller, "calls"));
    core.records.count(caller, "refusals", counts[1] - core.records.counter(caller, "refusals"));
    expect(kernel.hash(), `${name} refused with ${refused} pages to be had`).toBe(before);
  }
  core.withheldPages = 0;
  return refused;
}

/** The calls that take pages, and arguments with which the launcher is not refused. */
const ALLOCATING: readonly (readonly [CallName, ...number[]])[] = [
  ["pageAlloc", 0, SLOTS.memory, ANY, 900],
  ["sliceAlloc", 0, SLOTS.processor, ANY, 900],
  ["extentAlloc", 0, SLOTS.disk, ANY, 8, 900],
  ["envCreate", SLOTS.environments, 900],
  ["pageAllocBatch", 0, SLOTS.memory, 64, 860],
];

const rounds = (length: number) =>
  fc.noBias(
    fc.noShrink(
      fc.array(
        fc.array(fc.nat(0xfff_ffff), { minLength: ACTION_NUMBERS, maxLength: ACTION_NUMBERS }),
        { minLength: length, maxLength: length, size: "max" },
      ),
    ),
  );

test(
  "a call of which any allocation is refused leaves the state as it was",
  () => {
    const refused = new Map<string, number>();
    fc.assert(
      fc.property(rounds(120), (actions) => {
        // Nobody is asked to give anything: that would be a change, of the kernel's own will.
        const system = hostileSystem(1000, 9, [], { revocationStep: 0 });
        const past: Past = new Set();
        for (const action of actions) {
          recruit(system);
          const call = readCall(system, past, action);
          if (call.caller !== system.kernel.core.current) {
            const times = failTheNth(system, call);
            refused.set(call.name, Math.max(times, refused.get(call.name) ?? 0));
          }
          make(system, call);
          if (action[0] % 8 === 0) system.kernel.run(action[2] % 400);
        }
      }),
      sampled(12, 400),
    );
    // Chance may leave one of them out, so each is made once more, into slots of which the table's page is not there yet.
    for (const [name, ...args] of ALLOCATING) {
      const system = hostileSystem(1000, 9, [], { revocationStep: 0 });
      const times = failTheNth(system, { caller: LAUNCHER_INDEX, name, args });
      refused.set(name, Math.max(times, refused.get(name) ?? 0));
    }
    // The ones that allocate did meet it, and the one that takes most was refused its second page too.
    for (const name of ["pageAlloc", "sliceAlloc", "extentAlloc", "envCreate"]) {
      expect(refused.get(name), name).toBeGreaterThan(0);
    }
    expect(refused.get("pageAllocBatch")).toBeGreaterThan(1);
  },
  TIMEOUT,
);

test(
  "any other refused call leaves the state as it was, too",
  () => {
    fc.assert(
      fc.property(rounds(150), (actions) => {
        const system = hostileSystem(1000, 9, [], { revocationStep: 0 });
        const { kernel } = system;
        const { records } = kernel.core;
        const past: Past = new Set();
        for (const action of actions) {
          recruit(system);
          const call = readCall(system, past, action);
          const { caller, name, args } = call;
          const isRefused = !kernel.whatIf(caller, name, args).ok;
          if (!isRefused || caller === kernel.core.current) {
            make(system, call);
            continue;
          }
          const before = kernel.hash();
          const counts = (["calls", "refusals"] as const).map((c) => records.counter(caller, c));
          expect(kernel.call(caller, name, ...args)).toBeLessThan(0);
          records.count(caller, "calls", counts[0] - records.counter(caller, "calls"));
          records.count(caller, "refusals", counts[1] - records.counter(caller, "refusals"));
          expect(kernel.hash(), `${name} refused`).toBe(before);
        }
      }),
      sampled(15, 600),
    );
  },
  TIMEOUT,
);

test(
  "when all environments are gone, everything but the launcher's is free",
  () => {
    fc.assert(
      fc.property(rounds(200), (actions) => {
        const system = hostileSystem(100, 500);
        const { kernel } = system;
        const { core } = kernel;
        const past: Past = new Set();
        for (const action of actions) {
          recruit(system);
          make(system, readCall(system, past, action));
          if (action[0] % 4 === 0) kernel.run(action[2] % 400);
        }
        endEveryone(system);
        // What the disk and the line still had to do ends.
        kernel.run(100_000);
        expect(checkInvariants(kernel)).toEqual([]);
        expect([...liveIndices(core)]).toEqual([LAUNCHER_INDEX]);
        const launcher = system.view.environments()[0];
        const { pageCount, regions } = core.records;
        expect(freeCount(core)).toBe(pageCount - regions.firstFree - (launcher?.charge ?? 0));
        const owners = system.view.slices().map(({ owner }) => owner);
        expect(owners.every((owner) => owner === 0 || owner === launcher?.id)).toBe(true);
        expect(extentsOf(core).every(({ owner }) => owner === launcher?.id)).toBe(true);
        expect(system.view.filters().every(({ owner }) => owner === launcher?.id)).toBe(true);
        expect(core.records.header(HEADER.guaranteedSum)).toBe(launcher?.guaranteed ?? 0);
        expect(system.view.bindings().every(({ environmentIndex }) => environmentIndex === 1)).toBe(
          true,
        );
        expect(kernel.machine.tlb.entries().filter(({ asid }) => asid !== 1)).toEqual([]);
      }),
      sampled(20, 1000),
    );
  },
  TIMEOUT,
);

/** The launcher destroys everyone over whom it holds control, or they themselves do. */
function endEveryone({ kernel }: GuestSystem): void {
  for (const index of [...liveIndices(kernel.core)].reverse()) {
    if (index === LAUNCHER_INDEX) continue;
    if (kernel.core.current === index) {
      kernel.core.doomed.push({ id: kernel.core.records.idOf(index), because: "the test ends" });
    } else if (kernel.core.records.isLive(index)) {
      kernel.call(index, "envDestroy", 0);
    }
  }
}
