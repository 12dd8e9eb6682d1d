/**
 * What the generated hostile calls are worth: how many are accepted, and which guards and errors they meet. A generator that is
 * refused everything proves nothing.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLS, ERRORS } from "./abi.ts";
import {
  ACTION_NUMBERS,
  type Action,
  frameFrom,
  type Past,
  readCall,
} from "./testing/hostile-calls.ts";
import { hostileSystem, make, recruit } from "./testing/hostile-system.ts";

const CALLS_MADE = 60_000;
/** Fixed: what is measured is the generator. */
const SEED = 20_261_126;

interface Coverage {
  accepted: number;
  refused: number;
  readonly held: Set<string>;
  readonly failed: Set<string>;
  readonly errors: Set<string>;
  readonly calls: Map<string, number>;
}

function measure(): Coverage {
  const coverage: Coverage = {
    accepted: 0,
    refused: 0,
    held: new Set(),
    failed: new Set(),
    errors: new Set(),
    calls: new Map(),
  };
  const action = fc.array(fc.nat(0xfff_ffff), {
    minLength: ACTION_NUMBERS,
    maxLength: ACTION_NUMBERS,
  });
  const rounds = fc.sample(
    fc.noBias(fc.array(action, { minLength: 600, maxLength: 600, size: "max" })),
    { numRuns: CALLS_MADE / 600, seed: SEED },
  );
  for (const [i, round] of rounds.entries()) play(i, round, coverage);
  return coverage;
}

function play(round: number, actions: readonly Action[], coverage: Coverage): void {
  const system = hostileSystem([20, 100, 1000][round % 3], [9, 5000][round % 2]);
  const { kernel } = system;
  const past: Past = new Set();
  for (const action of actions) {
    recruit(system);
    if (action[0] % 8 === 0) {
      kernel.run(action[2] % 400);
      continue;
    }
    if (action[0] % 64 === 1) kernel.consoleInput(new Uint8Array(action[3] % 4));
    if (action[0] % 64 === 3) kernel.networkInput(frameFrom(action));
    const runner = action[0] % 2 === 0 ? kernel.core.current : 0;
    const call = readCall(system, past, action, runner === 0 ? undefined : runner);
    const answer = kernel.whatIf(call.caller, call.name, call.args);
    for (const { guard, holds } of answer.trail) {
      (holds ? coverage.held : coverage.failed).add(guard);
    }
    if (answer.ok) {
      coverage.accepted += 1;
      coverage.calls.set(call.name, (coverage.calls.get(call.name) ?? 0) + 1);
    } else {
      coverage.refused += 1;
      coverage.errors.add(answer.refusal.error);
    }
    make(system, call);
  }
}

/** What random calls do not come to, and what does instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "an extent is left": "contract/limits.test.ts",
  "a slice is left": "contract/limits.test.ts",
  "an environment is free": "contract/limits.test.ts",
  "a guaranteed mapping is left": "contract/limits.test.ts",
  "the caller may ask for more": "contract/limits.test.ts",
  "the disk's queue has room": "contract/limits.test.ts",
  "the interface's queue has room": "contract/network.test.ts",
  "a filter is left": "contract/limits.test.ts",
  "the pages are different ones": "contract/limits.test.ts",
  "the extent is there": "cannot fail unless 'capability is of the kind' is weakened",
  "the machine has a disk": "cannot fail unless 'capability is of the kind' is weakened",
  "the machine has a network": "cannot fail unless 'capability is of the kind' is weakened",
  "there is something to accept": "cannot fail unless 'the offer is to the caller' is weakened",
  "the pages are there": "revocation.test.ts",
  "environment lives": "cannot fail: the capability goes with the environment that it is for",
};
/** Errors that decode does not give. */
const NOT_OF_GUARDS = ["CALL", "DEAD"];

test("of the hostile calls many are accepted, each call is, each guard is seen both ways, each error is met", () => {
  const { accepted, refused, held, failed, errors, calls } = measure();
  console.info(`hostile calls: ${accepted} accepted, ${refused} refused`);
  expect(accepted / (accepted + refused)).toBeGreaterThan(0.3);
  expect(Object.keys(CALLS).filter((name) => !calls.has(name))).toEqual([]);
  expect([...failed].filter((guard) => !held.has(guard) && !(guard in ELSEWHERE))).toEqual([]);
  expect([...held].filter((guard) => !failed.has(guard) && !(guard in ELSEWHERE))).toEqual([]);
  const met = [...errors, ...NOT_OF_GUARDS];
  expect(Object.keys(ERRORS).filter((error) => !met.includes(error))).toEqual([]);
}, 120_000);
