/**
 * Generated hostile guests (DESIGN.md 3, Bad input): whatever they execute, the kernel's invariants hold, nothing throws, and what
 * happens does not depend on how the run is cut into pieces or on who watches.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkInvariants } from "./invariants.ts";
import type { KernelStop } from "./kernel-stop.ts";
import { bootPrograms, programs } from "./testing/random-guests.ts";
import { announceSeed, sampled, TIMEOUT } from "./testing/sampling.ts";
import { type GuestSystem, TEXT } from "./testing/system.ts";

announceSeed("hostile guests");

const STEPS = 5000;

/** Runs on until `steps`, in pieces, whatever it stops for on the way. */
function runUntil(system: GuestSystem, steps: number, piece: (i: number) => number): void {
  const { kernel } = system;
  let pass = false;
  for (let i = 0; ; i += 1) {
    const stop: KernelStop = kernel.run(Math.min(piece(i), steps - kernel.steps), pass);
    pass = stop.kind === "breakpoint";
    if (["exited", "idle", "powerFailed"].includes(stop.kind)) return;
    if (stop.kind === "budget" && kernel.steps >= steps) return;
  }
}

/** What a debugger looks at when it stops; the invariants hold there too. */
function look({ kernel, view }: GuestSystem): void {
  for (const { id } of view.environments()) {
    view.registers(id);
    view.csrs(id);
    view.activations(id);
    view.bindings(id);
    view.read(id, TEXT - 16, 32);
  }
  expect(checkInvariants(kernel)).toEqual([]);
}

const outcome = (system: GuestSystem) => ({
  hash: system.kernel.hash(),
  steps: system.kernel.steps,
  events: system.view.events(0),
});

/** As `toEqual`, which takes its time over thousands of events that are equal. */
function expectSame(actual: ReturnType<typeof outcome>, expected: typeof actual): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

test(
  "whatever guests execute, the invariants hold, and neither pieces nor a debugger change what happens",
  () => {
    fc.assert(
      fc.property(programs, (drawn) => {
        const whole = bootPrograms(drawn);
        runUntil(whole, STEPS, () => STEPS);
        expect(checkInvariants(whole.kernel)).toEqual([]);
        const expected = outcome(whole);

        const pieces = bootPrograms(drawn);
        runUntil(pieces, STEPS, (i) => drawn.pieces[i % drawn.pieces.length]);
        expectSame(outcome(pieces), expected);

        const watched = bootPrograms(drawn);
        const { kernel } = watched;
        kernel.stopOn = (event) => event.index % drawn.watched === 0;
        for (let at = 0; at < 400; at += 4 * drawn.watched) {
          kernel.machine.breakpoints.set(2 + (at % 3), TEXT + at);
        }
        runUntil(watched, STEPS, (i) => {
          if (i % 40 === 0) look(watched);
          return STEPS;
        });
        expectSame(outcome(watched), expected);
      }),
      sampled(40, 3000),
    );
  },
  TIMEOUT,
);
