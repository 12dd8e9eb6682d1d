/**
 * Going back: whatever guests and debugger do, a moment that is gone to again is what it was, to the last byte.
 *
 * A small sample by default; EXOSCOPE_FULL=1 goes to thousands of moments. A failure prints its seed: EXOSCOPE_SEED repeats it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Position } from "../kernel.ts";
import { bootPrograms, type Programs, programs } from "../testing/random-guests.ts";
import { A, call, done, put } from "../testing/snippets.ts";
import { boot, DATA, type GuestSystem, TEXT } from "../testing/system.ts";
import type { Branch } from "./branch.ts";
import { Divergence } from "./divergence.ts";
import { comparePositions } from "./position.ts";
import { Timeline, type TimelineOptions } from "./timeline.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`history: EXOSCOPE_SEED=${SEED}`);
const TIMEOUT = FULL ? 1_800_000 : 60_000;

/** Everything that decides or is shown, at one moment. */
function stateOf({ kernel }: GuestSystem): string {
  const { tail, activations, ...rest } = kernel.saveState();
  const { stacks, parked } = activations;
  const maps = [[...stacks].filter(([, stack]) => stack.length > 0), [...parked]];
  return JSON.stringify([kernel.hash(), rest, maps, tail]);
}

interface Visited {
  readonly branch: Branch;
  readonly position: Position;
  readonly state: string;
}

interface Journey extends Programs {
  readonly acts: readonly (readonly number[])[];
  readonly returns: readonly number[];
  readonly options: TimelineOptions;
}

const journeys: fc.Arbitrary<Journey> = fc
  .tuple(
    programs,
    fc.record({
      acts: fc.array(fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 }), {
        minLength: 5,
        maxLength: 40,
      }),
      returns: fc.array(fc.nat(0xffff), { minLength: 10, maxLength: 40 }),
      options: fc.record({
        interval: fc.constantFrom(200, 3000),
        memoryLimit: fc.constantFrom(300_000, 100_000_000),
      }),
    }),
  )
  .map(([drawn, more]) => ({ ...drawn, ...more }));

/** Runs, stops at events and breakpoints, changes things now and in the past, and notes each moment with its state. */
function travel(system: GuestSystem, timeline: Timeline, journey: Journey): Visited[] {
  const { kernel } = system;
  const visited: Visited[] = [];
  const note = () =>
    visited.push({ branch: timeline.branch, position: timeline.now, state: stateOf(system) });
  note();
  for (const [what = 0, x = 0, y = 0, z = 0] of journey.acts) {
    switch (what % 10) {
      case 0:
        timeline.intervene(
          z % 2 === 0
            ? { kind: "console", bytes: Uint8Array.of(x & 0xff, y & 0xff) }
            : { kind: "packet", bytes: Uint8Array.of(x & 1, y & 1, z & 0xff) },
        );
        break;
      case 1: {
        const bytes = Uint8Array.of(z & 0xff);
        const address = (x % 2 === 0 ? DATA : TEXT + 64) + (y % 256);
        timeline.intervene({ kind: "memory", environment: A + (z % 3), address, bytes });
        break;
      }
      case 2: {
        const register = 1 + (x % 31);
        const environment = A + (z % 3);
        timeline.intervene({ kind: "register", environment, register, value: y });
        // From then on the kernel has them to keep.
        if (y % 2 === 0)
          timeline.intervene({ kind: "float", environment, register, words: [x, z] });
        break;
      }
      case 3: {
        const past = visited[x % visited.length];
        if (past.branch === timeline.branch) timeline.seek(past.position);
        else timeline.switchTo(past.branch, past.position);
        expect(stateOf(system)).toBe(past.state);
        break;
      }
      case 4:
        if (kernel.machine.isPowerOff) timeline.intervene({ kind: "powerOn" });
        break;
      case 5:
        if (x % 2 === 0) timeline.intervene({ kind: "failPower", mode: "random", seed: y });
        break;
      default:
        kernel.stopOn = x % 3 === 0 ? (event) => event.index % (1 + (y % 20)) === 0 : undefined;
        for (let at = 0; at < 400; at += 40) {
          kernel.machine.breakpoints[z % 2 === 0 ? "set" : "clear"](2 + (at % 3), TEXT + at);
        }
        timeline.run(1 + (y % 900), true);
    }
    note();
  }
  return visited;
}

test(
  "C33: each moment, on each branch, is gone back to exactly",
  () => {
    let moments = 0;
    fc.assert(
      fc.property(journeys, (journey) => {
        const system = bootPrograms(journey);
        const timeline = new Timeline(system.kernel, { ...journey.options, boot: system.reboot });
        const visited = travel(system, timeline, journey);
        for (const drawn of journey.returns) {
          const { branch, position, state } = visited[drawn % visited.length] as Visited;
          if (branch === timeline.branch && drawn % 5 !== 0) timeline.seek(position);
          else timeline.switchTo(branch, position);
          expect(timeline.now).toEqual(position);
          if (stateOf(system) !== state) expect(stateOf(system)).toBe(state);
          moments += 1;
        }
      }),
      { seed: SEED, numRuns: FULL ? 1500 : 25 },
    );
    expect(moments).toBeGreaterThan(200);
  },
  TIMEOUT,
);

test(
  "C33: a run with a history is the run without one, event by event",
  () => {
    fc.assert(
      fc.property(programs, (drawn) => {
        const plain = bootPrograms(drawn);
        plain.kernel.run(5000);
        const recorded = bootPrograms(drawn);
        const timeline = new Timeline(recorded.kernel, { interval: 300, memoryLimit: 400_000 });
        while (recorded.kernel.steps < plain.kernel.steps) {
          const stop = timeline.run(Math.min(700, plain.kernel.steps - recorded.kernel.steps));
          if (stop.kind !== "budget") break;
        }
        expect(recorded.kernel.hash()).toBe(plain.kernel.hash());
        expect(recorded.view.events(0)).toEqual(plain.view.events(0));
      }),
      { seed: SEED, numRuns: FULL ? 500 : 10 },
    );
  },
  TIMEOUT,
);

const counter = {
  name: "a",
  source: `
    li s1, DATA
  1: addi s0, s0, 1
    sw s0, 0(s1)
    j 1b`,
};

test("C33: a change in the past begins a branch; the old future stays and can be gone to", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  timeline.run(3000);
  const { now: end, branch: main } = timeline;
  const counted = system.data("a", 0);
  timeline.seekStep(600);
  const problem = timeline.intervene({
    kind: "register",
    environment: A,
    register: 8,
    value: 5000,
  });
  expect(problem).toBeUndefined();
  expect(timeline.branch).toMatchObject({ id: 2, parent: main, fork: { step: 600 } });
  timeline.run(300);
  expect(system.data("a", 0)).toBeGreaterThan(5000);
  expect(system.kernel.altered).toBe(true);
  timeline.switchTo(main);
  expect(timeline.now).toEqual(end);
  expect(system.data("a", 0)).toBe(counted);
  expect(system.kernel.altered).toBe(false);
  timeline.switchTo(timeline.branches[1] as Branch);
  expect(system.data("a", 0)).toBeGreaterThan(5000);
});

test("C33: a change at the end of the history is recorded on the same branch and enters again", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  timeline.run(400);
  const before = timeline.now;
  timeline.intervene({ kind: "register", environment: A, register: 8, value: 7000 });
  timeline.run(400);
  const [state, end] = [stateOf(system), timeline.now];
  expect(timeline.branches).toHaveLength(1);
  timeline.seek(before);
  expect(system.data("a", 0)).toBeLessThan(7000);
  timeline.run(400);
  expect(timeline.now).toEqual(end);
  expect(stateOf(system)).toBe(state);
});

test("C33: what is impossible in the past changes nothing and begins no branch", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  timeline.run(1000);
  timeline.seekStep(500);
  const state = stateOf(system);
  const bytes = Uint8Array.of(1);
  expect(
    timeline.intervene({ kind: "memory", environment: A, address: 0x7000_0000, bytes }),
  ).toMatch(/no page is bound at 0x70000000/);
  expect(timeline.branches).toHaveLength(1);
  expect(stateOf(system)).toBe(state);
});

test("positions outside the history are brought to its ends", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  timeline.run(1000);
  expect(timeline.clamp({ step: 1e9, event: 0 })).toEqual(timeline.end);
  expect(timeline.clamp({ step: -5, event: 0 })).toEqual(timeline.start);
  expect(timeline.seekStep(-1)).toEqual(timeline.start);
  expect(timeline.isAtStart).toBe(true);
});

test("a recorded run stops once where its recording ends, and can be run on from there", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  timeline.run(1000);
  const { end } = timeline;
  timeline.seek(timeline.start);
  timeline.holdsAtEnd = true;
  expect(timeline.run(5000)).toEqual({ kind: "endOfHistory" });
  expect(timeline.now).toEqual(end);
  expect(timeline.run(500)).toEqual({ kind: "budget" });
  expect(comparePositions(end, timeline.now)).toBeLessThan(0);
});

test("a recorded history is laid out on a new run, with its branches, and each stops at its end", () => {
  const first = boot([counter]);
  const made = new Timeline(first.kernel);
  made.run(700);
  made.intervene({ kind: "register", environment: A, register: 8, value: 7000 });
  made.run(400);
  const mainEnd = made.now;
  made.seekStep(500);
  made.intervene({ kind: "register", environment: A, register: 8, value: 90 });
  made.run(300);
  const [main, fork] = made.branches as [Branch, Branch];
  const states = [stateOf(first)];
  made.switchTo(main);
  states.push(stateOf(first));

  const second = boot([counter]);
  const timeline = new Timeline(second.kernel);
  timeline.load(main.entries, mainEnd);
  const added = timeline.addBranch(fork.name, timeline.branch, fork.fork, fork.entries, fork.end);
  expect(added.entries).toEqual(fork.entries);
  timeline.holdsAtEnd = true;
  timeline.switchTo(added, timeline.start);
  expect(timeline.run(9000)).toEqual({ kind: "endOfHistory" });
  expect(timeline.now).toEqual(fork.end);
  const [root] = timeline.branches as [Branch];
  const found = [stateOf(second)];
  timeline.switchTo(root, timeline.start);
  expect(timeline.run(9000)).toEqual({ kind: "endOfHistory" });
  expect(timeline.now).toEqual(mainEnd);
  found.push(stateOf(second));
  expect(found).toEqual(states);
});

test("a journal that is not of these programs is a divergence that says where", () => {
  const system = boot([counter]);
  const timeline = new Timeline(system.kernel);
  const at = { step: 300, event: timeline.start.event - 1 };
  const what = { kind: "console", bytes: Uint8Array.of(1) } as const;
  timeline.load([{ at, what }], { step: 900, event: timeline.start.event });
  expect(() => timeline.run(5000)).toThrow(Divergence);
});

test("events that the log has forgotten are found by executing again", () => {
  // Each call is refused, which is an event.
  const chatter = { name: "a", source: `1: ${call("UNBIND", ["0", "0x7001"])}\nj 1b` };
  const system = boot([chatter]);
  const timeline = new Timeline(system.kernel, { interval: 50_000 });
  timeline.run(2_000_000);
  expect(system.kernel.core.log.first).toBeGreaterThan(0);
  const all = timeline.events(() => true);
  expect(all[0]?.index).toBe(0);
  expect(all.map(({ index }) => index)).toEqual(all.map((_, i) => i));
  expect(all).toHaveLength(timeline.now.event);
});

test("a snapshot costs the pages that changed, and a history keeps to its memory", () => {
  const writer = {
    name: "a",
    dataPages: 20,
    source: `
    0: li t0, 20
      li t1, DATA
      li t2, 4096
    1: addi s0, s0, 1
      sw s0, 0(t1)
      add t1, t1, t2
      addi t0, t0, -1
      bnez t0, 1b
      j 0b`,
  };
  const limit = 2 ** 20;
  const system = boot([writer]);
  const timeline = new Timeline(system.kernel, { interval: 10_000, memoryLimit: limit });
  const states: Visited[] = [];
  for (let i = 0; i < 100; i += 1) {
    timeline.run(500_000);
    states.push({ branch: timeline.branch, position: timeline.now, state: system.kernel.hash() });
  }
  expect(timeline.kept.bytes).toBeLessThanOrEqual(limit);
  expect(timeline.kept.count).toBeGreaterThan(2);
  for (const i of [0, 99, 50, 98, 3]) {
    const { position, state } = states[i] as Visited;
    timeline.seek(position);
    expect(system.kernel.hash()).toBe(state);
  }
  // Snapshots are as far apart as work: that of translated code would be too little.
  const still = boot([{ name: "a", source: done }], { engine: "interpreter" });
  const quiet = new Timeline(still.kernel, { interval: 20_000 });
  const before = quiet.kept.bytes;
  quiet.run(2_000_000);
  const perMoment = (quiet.kept.bytes - before) / (quiet.kept.count - 1);
  expect(quiet.kept.count).toBeGreaterThan(20);
  expect(perMoment).toBeLessThan(20 * 4096);
});

test("C33: input that was typed enters again at its moment, and typing in the past begins a branch", () => {
  const reader = {
    name: "a",
    source: `
    1: kcall SLEEP
    2: ${call("CONSOLE_READ", ["SLOT_CONSOLE"])}
      bltz a0, 1b
      add s0, s0, a0
      ${put(0, "s0")}
      j 2b`,
  };
  const system = boot([reader]);
  const timeline = new Timeline(system.kernel);
  expect(timeline.run(1000)).toEqual({ kind: "idle" });
  const before = timeline.now;
  timeline.intervene({ kind: "console", bytes: Uint8Array.of(7) });
  expect(timeline.run(1000)).toEqual({ kind: "idle" });
  const state = stateOf(system);
  timeline.seek(before);
  expect(system.data("a", 0)).toBe(0);
  expect(timeline.run(1000)).toEqual({ kind: "idle" });
  expect(stateOf(system)).toBe(state);
  expect(system.data("a", 0)).toBe(7);
  timeline.seek(before);
  timeline.intervene({ kind: "console", bytes: Uint8Array.of(9) });
  timeline.run(1000);
  expect(system.data("a", 0)).toBe(9);
  expect(timeline.branches).toHaveLength(2);
});
