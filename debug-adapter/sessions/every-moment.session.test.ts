/**
 * Forward and back on real programs: at any moment that is gone to again, every page, register, device and kernel record is what it
 * was. A sample by default; EXOSCOPE_FULL=1 visits thousands of moments.
 */
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Debuggee } from "../debuggee.ts";
import { nodeHost } from "../host.ts";
import { prepare } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`every moment: EXOSCOPE_SEED=${SEED}`);
const STEPS_MAX = 3_000_000;

async function make(program: string): Promise<Debuggee> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  return prepare({ program: join(WORKSPACE, program) }, nodeHost, builder);
}

function stateOf({ kernel }: Debuggee): string {
  const { tail: _, activations, ...rest } = kernel.saveState();
  const { stacks, parked } = activations;
  return JSON.stringify([kernel.hash(), rest, [...stacks], [...parked]]);
}

const PROGRAMS = [
  "hello.c",
  "echo.c",
  "page-fault.c",
  "own-write.c",
  "ping-pong/ping-pong.exo.json",
  "share/share.exo.json",
  "slices/slices.exo.json",
  "refused/refused.exo.json",
  "bad/endless-loop.c",
  "bad/fault-loop.c",
  "bad/greedy.c",
  "bad/null-store.c",
  "bad/stack-overflow.c",
  "bad/garbage.c",
];

test.each(PROGRAMS)(
  "%s: forward so many steps and back so many is the same state",
  async (program) => {
    // Builds once; each run of the property is a run of its own.
    const first = await make(program);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5000), { minLength: 4, maxLength: FULL ? 60 : 12 }),
        fc.array(fc.nat(10_000), { minLength: 5, maxLength: FULL ? 200 : 15 }),
        async (forward, back) => {
          const debuggee = first.timeline.isAtEnd ? first : await make(program);
          const { timeline } = debuggee;
          timeline.seek(timeline.start);
          const visited = [{ at: timeline.now, state: stateOf(debuggee) }];
          for (const [i, steps] of forward.entries()) {
            if (i % 3 === 1 && timeline.isAtEnd) {
              timeline.intervene({ kind: "console", bytes: Uint8Array.of(65 + (steps % 26), 10) });
            }
            const far = i % 4 === 0 ? 40 : 1;
            timeline.run(Math.min(steps * far, STEPS_MAX - timeline.now.step), true);
            visited.push({ at: timeline.now, state: stateOf(debuggee) });
          }
          for (const drawn of back) {
            const { at, state } = visited[drawn % visited.length] as (typeof visited)[number];
            timeline.seek(at);
            if (stateOf(debuggee) !== state) expect(stateOf(debuggee)).toBe(state);
          }
          timeline.seek(timeline.end);
        },
      ),
      { seed: SEED, numRuns: FULL ? 20 : 2 },
    );
  },
  FULL ? 600_000 : 60_000,
);
