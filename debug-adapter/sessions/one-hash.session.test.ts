/**
 * Equal inputs end in the same hash: with either engine, with every place translated at its first visit, and with all that can be done from the
 * instructions' bits; however the run is cut, and with snapshots taken and gone back to on the way. A sample by default; EXOSCOPE_FULL=1 makes 100 runs of each program.
 */
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { ENGINE } from "#emulator";
import { type ConsoleInput, DEFAULT_TICK } from "#exokernel";
import { FORCED_ENGINE } from "../../emulator/testing/forced-engine.ts";
import type { Debuggee, DebuggeeConfiguration } from "../debuggee.ts";
import { nodeHost } from "../host.ts";
import { boot, configure } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`one hash: EXOSCOPE_SEED=${SEED}`);
const RUNS = FULL ? 100 : 6;
const STEPS_MAX = 4_000_000;

/** As a run is configured where nothing else is said, and restored after each test: ENGINE holds for all machines. */
const usual = { ...ENGINE };
const ENGINES = {
  interpreter: { ...usual, engine: "interpreter" },
  translator: { ...usual, engine: "translator", hot: 50, pace: 20 },
  forced: FORCED_ENGINE,
  cold: { engine: "translator", hot: 200, pace: 0, cold: 0 },
} as const;
type Mode = keyof typeof ENGINES;

afterEach(() => {
  Object.assign(ENGINE, usual);
});

interface Guest {
  readonly program: string;
  readonly typed?: readonly (readonly [step: number, text: string])[];
  readonly tick?: number;
}

/** Input, disk, network, several environments, ends of slices, transfers, upcalls, threads and processes. */
const GUESTS: readonly Guest[] = [
  { program: "page-fault.c" },
  {
    program: "echo.c",
    typed: [
      [3000, "Ada\n"],
      [20_000, "Grace\n"],
      [20_001, "\x04"],
    ],
  },
  { program: "slices/slices.exo.json", tick: 777 },
  { program: "ping-pong/ping-pong.exo.json" },
  { program: "threads/threads.exo.json", tick: 1500 },
  { program: "packets/packets.exo.json" },
  { program: "bank/wal.exo.json" },
  { program: "cowfork/cowfork.exo.json" },
  {
    program: "v6/v6.exo.json",
    typed: [
      [60_000, "echo a b | wc\n"],
      [1_500_000, "ls\n"],
    ],
  },
];

async function configured({ program, typed = [], tick }: Guest): Promise<DebuggeeConfiguration> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const args = { program: join(WORKSPACE, program), tick: tick ?? DEFAULT_TICK };
  const configuration = await configure(args, nodeHost, builder);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const console = typed.map(([step, text]): ConsoleInput => ({ step, bytes: bytes(text) }));
  return { ...configuration, console: [...(configuration.console ?? []), ...console] };
}

function bootWith(configuration: DebuggeeConfiguration, mode: Mode): Debuggee {
  Object.assign(ENGINE, ENGINES[mode]);
  return boot(configuration);
}

/** All that there is at the end. */
function endOf({ kernel }: Debuggee) {
  const { tail: _, activations, ...rest } = kernel.saveState();
  const { stacks, parked } = activations;
  const { steps, retired, trapsTaken } = kernel.machine;
  return {
    hash: kernel.hash(),
    counts: { steps, retired, trapsTaken },
    kernel: JSON.stringify([rest, [...stacks], [...parked]]),
  };
}

/** One way to come to the end. */
interface Way {
  readonly mode: Mode;
  /** Whether the history runs it, with snapshots and ways back; else the bare kernel does. */
  readonly hasHistory: boolean;
  /** Steps of the pieces in which it is run, used again and again. */
  readonly cuts: readonly number[];
  /** What happens between pieces: a snapshot is taken, or one goes back to this part of the steps. */
  readonly turns: readonly { readonly what: "keep" | "back"; readonly part: number }[];
}

const way: fc.Arbitrary<Way> = fc.record({
  mode: fc.constantFrom("interpreter", "translator", "forced", "cold"),
  hasHistory: fc.boolean(),
  cuts: fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 400_000 })), {
    minLength: 3,
    maxLength: 12,
  }),
  turns: fc.array(
    fc.record({
      what: fc.constantFrom("keep", "back"),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

function go(debuggee: Debuggee, { hasHistory, cuts, turns }: Way): void {
  const { kernel, timeline } = debuggee;
  const left = [...turns];
  for (let i = 0; kernel.steps < STEPS_MAX; i += 1) {
    // Small cuts come in between; a run of nothing else would take for ever.
    const drawn = cuts[i % cuts.length] ?? 1;
    const budget = Math.min(i > 200 ? 400_000 : drawn, STEPS_MAX - kernel.steps);
    const { kind } = hasHistory ? timeline.run(budget, true) : kernel.run(budget, true);
    const isEnd = kind === "exited" || kind === "idle";
    const turn = hasHistory && (isEnd || i % 3 === 2) ? left.pop() : undefined;
    if (turn?.what === "keep") timeline.keep();
    if (turn?.what === "back") timeline.seekStep(Math.floor(kernel.steps * turn.part));
    if (isEnd && turn?.what !== "back") return;
  }
}

test.each(GUESTS)(
  "$program: equal inputs end in the same hash, however one comes there",
  async (guest) => {
    const configuration = await configured(guest);
    const straight = bootWith(configuration, "interpreter");
    const stop = straight.kernel.run(STEPS_MAX);
    expect(["exited", "idle", "budget"]).toContain(stop.kind);
    const expected = endOf(straight);
    const modes = new Map<string, number>();
    fc.assert(
      fc.property(way, (drawn) => {
        const debuggee = bootWith(configuration, drawn.mode);
        go(debuggee, drawn);
        expect(endOf(debuggee)).toEqual(expected);
        const { mode, hasHistory } = drawn;
        if (mode === "forced") expect(debuggee.kernel.machine.translatedSteps).toBeGreaterThan(0);
        if (mode === "cold") expect(debuggee.kernel.machine.coldSteps).toBeGreaterThan(0);
        const key = `${mode} ${hasHistory}`;
        modes.set(key, (modes.get(key) ?? 0) + 1);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    if (FULL) expect(modes.size).toBe(8);
  },
  FULL ? 1_200_000 : 60_000,
);
