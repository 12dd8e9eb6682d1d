/** Ends of slices that pass quietly are the same as others: what happens, when, and what a guest or a debugger can see of it. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENGINE } from "#emulator";
import { checkInvariants } from "./invariants.ts";
import type { KernelStop } from "./kernel-stop.ts";
import { announceSeed, sampled, TIMEOUT } from "./testing/sampling.ts";
import { call, setEntry } from "./testing/snippets.ts";
import { boot, DATA, type Guest, type GuestSystem, TEXT } from "./testing/system.ts";

announceSeed("quiet ticks");

const chosen = { ...ENGINE };
beforeAll(() => Object.assign(ENGINE, { hot: 1, pace: 0 }));
afterAll(() => Object.assign(ENGINE, chosen));

const STEPS = 8000;

/** What one pass of a guest's loop may do: all of it sums up in s2, and so in what is stored. */
const PIECES: readonly ((n: number) => string)[] = [
  (n) => `li t0, ${1 + (n % 90)}\n1: add s2, s2, t0\naddi t0, t0, -1\nbnez t0, 1b`,
  () => "rdcycle t0\nxor s2, s2, t0",
  () => "rdinstret t0\nadd s2, s2, t0",
  () => "rdtime t0\nsub s2, s2, t0",
  // Between LR and SC a tick may pass, and then SC fails.
  (n) => `lr.w t0, (s1)\n${"addi t0, t0, 1\n".repeat(n % 9)}sc.w t1, t0, (s1)\nadd s2, s2, t1`,
  (n) =>
    `lr.w t0, (s1)\nli t2, ${1 + (n % 60)}\n1: addi t2, t2, -1\nbnez t2, 1b\nsc.w t1, t0, (s1)\nslli s2, s2, 1\nadd s2, s2, t1`,
  () => "amoadd.w t0, s2, (s1)\nxor s2, s2, t0",
  (n) => `sw s2, ${4 * (n % 30)}(s1)`,
  (n) => `lw t0, ${4 * (n % 30)}(s1)\nadd s2, s2, t0`,
  // A trap that the kernel hands back, and a return without the kernel.
  () => "lw t0, 1(s1)",
  () => "la t0, 1f\ncsrw uepc, t0\nuret\n1:",
  () => `${call("SLICE_FREE", [0, 99])}\nadd s2, s2, a0`,
  (n) => `jal t6, 1f\nj 2f\n1: ${"addi s2, s2, 3\n".repeat(n % 40)}jr t6\n2:`,
];

const drawn = fc.record({
  pieces: fc.array(fc.tuple(fc.nat(PIECES.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 7,
  }),
  // Short ones, so that each place of the loop meets the end of a slice.
  tick: fc.integer({ min: 20, max: 300 }),
  companion: fc.constantFrom("none", "sleeps", "sleepsFor", "runs"),
  budget: fc.integer({ min: 1, max: 2000 }),
  place: fc.nat(200),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

const worker = ({ pieces }: Drawn): Guest => ({
  name: "worker",
  source: `
    ${setEntry(4, "skip")}
    li s1, DATA
    li s2, 1
  again:
    ${pieces.map(([piece, n]) => PIECES[piece]!(n)).join("\n")}
    sw s2, 0(s1)
    j again
  skip:
    csrr t1, uepc
    addi t1, t1, 4
    csrw uepc, t1
    uret`,
});

/** Sleeps 777 steps at a time, by a predicate over the clock. */
const UNTIL_LATER = `
    li s1, DATA + 256
  1: rdtime t0
    li t1, 777
    add t0, t0, t1
    li t1, -1
    sw t1, 0(s1)
    li t1, 0x30000
    sw t1, 4(s1)
    sw t0, 8(s1)
    sw zero, 12(s1)
    ${call("SLEEP_UNTIL", [17, 256, 1])}
    j 1b`;

const COMPANIONS: Readonly<Record<Drawn["companion"], readonly Guest[]>> = {
  none: [],
  sleeps: [{ name: "other", source: `1: ${call("SLEEP", [])}\nj 1b` }],
  sleepsFor: [{ name: "other", source: UNTIL_LATER }],
  runs: [{ name: "other", source: "1: addi t0, t0, 1\nj 1b" }],
};

function booted(of: Drawn, engine: "interpreter" | "translator"): GuestSystem {
  return boot([worker(of), ...COMPANIONS[of.companion]], { engine, policy: { tick: of.tick } });
}

/** Runs on until STEPS, whatever it stops for on the way; the places where it stopped. */
function runOn({ kernel }: GuestSystem, budget = STEPS): KernelStop[] {
  const stops: KernelStop[] = [];
  for (let pass = false; kernel.steps < STEPS; ) {
    const stop = kernel.run(Math.min(budget, STEPS - kernel.steps), pass);
    pass = stop.kind === "breakpoint";
    if (stop.kind !== "budget") stops.push(stop);
    if (stop.kind === "exited" || stop.kind === "idle") break;
  }
  return stops;
}

const outcome = ({ kernel, view }: GuestSystem) => ({
  hash: kernel.hash(),
  steps: kernel.steps,
  events: view.events(0),
});

/** Counts the ticks that pass while the machine runs. */
function counted({ kernel }: GuestSystem): { count: number } {
  const seen = { count: 0 };
  const { onQuietTicks } = kernel.machine;
  kernel.machine.onQuietTicks = (count) => {
    seen.count += count;
    onQuietTicks(count);
  };
  return seen;
}

test(
  "a run is the same whether the ends of its slices are quiet or each is a stop",
  () => {
    let quiet = 0;
    fc.assert(
      fc.property(drawn, (of) => {
        const plain = booted(of, "interpreter");
        runOn(plain);
        const expected = outcome(plain);

        const translated = booted(of, "translator");
        const seen = counted(translated);
        runOn(translated);
        expect(outcome(translated)).toEqual(expected);
        expect(checkInvariants(translated.kernel)).toEqual([]);
        quiet += seen.count;

        const inPieces = booted(of, "translator");
        runOn(inPieces, of.budget);
        expect(outcome(inPieces)).toEqual(expected);

        const asked = booted(of, "translator");
        const each = counted(asked);
        asked.kernel.stopOn = ({ index }) => index % 50 === 0;
        runOn(asked);
        expect(each.count).toBe(0);
        expect(outcome(asked)).toEqual(expected);
      }),
      sampled(200, 2000),
    );
    expect(quiet).toBeGreaterThan(100);
  },
  TIMEOUT,
);

test(
  "breakpoints and watches stop at the same steps, with the same events before them",
  () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const [one, other] = (["interpreter", "translator"] as const).map((engine) => {
          const system = booted(of, engine);
          const { kernel } = system;
          kernel.run(of.budget);
          kernel.machine.breakpoints.set(system.kernel.core.current, TEXT + 2 * of.place);
          const frame = system.view.translate(system.id("worker"), DATA)?.frame;
          if (frame !== undefined && of.place % 3 === 0) {
            const range = { pa: frame * 4096, length: 4, read: true, write: true };
            kernel.machine.watchpoints.set({ id: 1, ...range });
          }
          const stops: unknown[] = [];
          for (let i = 0, pass = false; i < 40 && kernel.steps < STEPS; i += 1) {
            const stop = kernel.run(STEPS - kernel.steps, pass);
            pass = stop.kind === "breakpoint";
            stops.push({ stop, ...kernel.position });
          }
          return { stops, ...outcome(system) };
        });
        expect(other).toEqual(one);
      }),
      sampled(200, 2000),
    );
  },
  TIMEOUT,
);

test("a guest that reads the kernel's records sees each tick", () => {
  const guest: Guest = {
    name: "reader",
    source: `
      ${call("BIND_STATE", [0, 0x40000, "SLOT_STATE", 0])}
      li s0, 0x40000
      li s1, DATA
    1: lw t0, 32(s0)
      lw t1, 44(s0)
      add s2, s2, t0
      add s2, s2, t1
      sw s2, 0(s1)
      j 1b`,
  };
  const [one, other] = (["interpreter", "translator"] as const).map((engine) => {
    const system = boot([guest], { engine, policy: { tick: 100 } });
    const seen = counted(system);
    runOn(system);
    expect(seen.count).toBe(0);
    return outcome(system);
  });
  expect(other).toEqual(one);
});
