/** Schedulers as programs: shares in slices as the kernel's events count them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ElfImage } from "#emulator";
import { KernelView, type Program } from "#exokernel";
import {
  buildGuest,
  type GuestRun,
  LIBOS,
  runGuest,
  runPrograms,
  WORKSPACE,
} from "../../debug-adapter/testing/run-guest.ts";

const SAMPLES = join(WORKSPACE, "sched");
const TESTS = join(LIBOS, "sched/tests");
const SLICES = 10_000;
const TICK = 1000;
const TICKETS = { anna: 3, bert: 2, carl: 1 } as const;
const NAMES = Object.keys(TICKETS) as (keyof typeof TICKETS)[];

let scheduler: ElfImage;
let counter: ElfImage;
beforeAll(async () => {
  [scheduler, counter] = await Promise.all([
    buildGuest(join(SAMPLES, "sched.c"), { optimisation: "2" }),
    buildGuest(join(SAMPLES, "counter.c"), { optimisation: "2" }),
  ]);
});

/** How many slices the scheduler gave to each client, by the kernel's events. */
function given(run: GuestRun): Map<number, number> {
  const counts = new Map<number, number>();
  for (const event of run.events) {
    if (event.kind !== "yielded" || event.environment !== 258 || event.to === 0) continue;
    counts.set(event.to, (counts.get(event.to) ?? 0) + 1);
  }
  return counts;
}

function share(
  policy: string,
  seed: number,
): { readonly run: GuestRun; readonly slices: number[] } {
  const clients = NAMES.map((name) => `${TICKETS[name]}:\${env:${name}}`);
  const run = runPrograms(
    [
      {
        name: "scheduler",
        image: scheduler,
        arguments: [policy, String(SLICES), String(seed), ...clients],
      },
      ...NAMES.map(
        (name): Program => ({ name, image: counter, slices: 0, arguments: ["0", "1000000000"] }),
      ),
    ],
    { tick: TICK, steps: 2 * SLICES * TICK },
  );
  expect(run.fatal).toEqual([]);
  expect(Object.fromEntries(run.statuses)).toEqual({ scheduler: 0 });
  const counts = given(run);
  return { run, slices: NAMES.map((_, i) => counts.get(259 + i) ?? 0) };
}

/** The word `count` of a client. */
function counted(run: GuestRun, image: ElfImage, id: number): number {
  const bytes = new KernelView(run.kernel).read(id, image.symbol("count")?.value ?? 0, 4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

test("stride gives three clients 3:2:1 within 1 % over 10,000 slices, in slices and in what they get done", () => {
  const { run, slices } = share("stride", 1);
  expect(slices.reduce((a, b) => a + b)).toBe(SLICES);
  const done = NAMES.map((_, i) => counted(run, counter, 259 + i));
  const all = done.reduce((a, b) => a + b);
  for (const [i, name] of NAMES.entries()) {
    const part = TICKETS[name] / 6;
    expect(Math.abs((slices[i] ?? 0) / SLICES / part - 1)).toBeLessThan(0.01);
    expect(Math.abs((done[i] ?? 0) / all / part - 1)).toBeLessThan(0.01);
    // The error of stride scheduling is a slice for a pair of clients [Waldspurger and Weihl 1995, 2.3].
    expect(Math.abs((slices[i] ?? 0) - SLICES * part)).toBeLessThan(3);
  }
  expect(run.kernel.steps).toBeLessThan(1.1 * SLICES * TICK);
});

test("a lottery is within 3.5 standard deviations for each of its seeds, which decide it", () => {
  const results = [1, 2, 42, 1995].map((seed) => share("lottery", seed).slices);
  for (const slices of results) {
    expect(slices.reduce((a, b) => a + b)).toBe(SLICES);
    for (const [i, name] of NAMES.entries()) {
      const part = TICKETS[name] / 6;
      const deviation = Math.sqrt(SLICES * part * (1 - part));
      expect(Math.abs((slices[i] ?? 0) - SLICES * part)).toBeLessThan(3.5 * deviation);
    }
  }
  expect(share("lottery", 42).slices).toEqual(results[2]);
  expect(new Set(results.map(String)).size).toBe(4);
});

test("the generator is the one of Park and Miller, and passes may wrap round", async () => {
  const run = await runGuest(join(TESTS, "random.c"));
  expect(run.output).toBe("1043618065\n30000 10000\n-1 -1 -1\n");
});

describe("clients come and go", () => {
  test("the share of one that died is divided among the others", () => {
    const run = runPrograms(
      [
        {
          name: "scheduler",
          image: scheduler,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the launcher's
          arguments: ["stride", "900", "1", "3:${env:a}", "2:${env:b}", "1:${env:c}"],
        },
        { name: "a", image: counter, slices: 0, arguments: ["2000", "1000000"] },
        { name: "b", image: counter, slices: 0, arguments: ["0", "1000000"] },
        { name: "c", image: counter, slices: 0, arguments: ["0", "1000000"] },
      ],
      { tick: TICK },
    );
    expect(run.output).toMatch(
      /^scheduler: 2 tickets, (\d+) slices\nscheduler: 1 tickets, (\d+) slices\n$|^scheduler: 1 tickets, (\d+) slices\nscheduler: 2 tickets, (\d+) slices\n$/,
    );
    const counts = given(run);
    const [a = 0, b = 0, c = 0] = [259, 260, 261].map((id) => counts.get(id));
    expect(a).toBeGreaterThan(0);
    expect(a + b + c).toBe(900);
    expect(Math.abs(b - 2 * c)).toBeLessThan(4);
    expect(Object.fromEntries(run.statuses)).toEqual({ a: 0, scheduler: 0 });
  });

  test("one that sleeps gets no more afterwards than its share, and while all sleep the clock jumps", async () => {
    const sleeper = await buildGuest(join(TESTS, "sleeper.c"), { optimisation: "2" });
    const programs = (others: boolean): Program[] => [
      {
        name: "scheduler",
        image: scheduler,
        arguments: [
          "stride",
          "400",
          "1",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the launcher's
          "1:${env:sleeper}",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the launcher's
          ...(others ? ["1:${env:awake}"] : []),
        ],
      },
      { name: "sleeper", image: sleeper, slices: 0, arguments: ["50"] },
      ...(others
        ? [{ name: "awake", image: counter, slices: 0, arguments: ["0", "1000000"] }]
        : []),
    ];
    const both = runPrograms(programs(true), { tick: TICK });
    const counts = given(both);
    // It wakes once a slice for a moment; the other never waits for it for longer.
    expect((counts.get(259) ?? 0) + (counts.get(260) ?? 0)).toBe(400);
    expect(counts.get(260)).toBeGreaterThanOrEqual(199);
    const alone = runPrograms(programs(false), { tick: TICK, steps: 3_000_000 });
    expect(given(alone).get(259)).toBe(400);
    expect(alone.kernel.machine.retired).toBeLessThan(alone.kernel.steps / 2);
  });

  test("a guest asks, gets its share, and leaves it behind", async () => {
    const run = await runGuest(join(SAMPLES, "guests.exo.json"));
    expect(run.output).toContain("guest: counted to 40000\n");
    expect(run.output).toContain("scheduler: 2 tickets,");
    expect(run.fatal).toEqual([]);
    const freed = run.events.find((event) => event.kind === "sliceFreed" && event.owner === 261);
    expect(freed).toBeDefined();
    expect(given(run).get(261)).toBeGreaterThan(100);
    expect(Object.fromEntries(run.statuses)).toEqual({ guest: 0, scheduler: 0 });
  });
});

test("a stride scheduler is less than a hundred lines: library, policy and program", () => {
  const files = [
    join(LIBOS, "sched/sched.c"),
    join(LIBOS, "sched/stride.c"),
    join(SAMPLES, "sched.c"),
  ];
  const lines = files
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
  expect(lines.length).toBeLessThan(100);
});

test.each(["stride", "lottery"])("%s.exo.json shows who was given how much", async (policy) => {
  const run = await runGuest(join(SAMPLES, `${policy}.exo.json`));
  const numbers = [...run.output.matchAll(/(\d) tickets, (\d+) slices/g)].map(([, , n]) =>
    Number(n),
  );
  expect(numbers.reduce((a, b) => a + b)).toBe(600);
  if (policy === "stride") expect(numbers).toEqual([300, 200, 100]);
  expect(run.output).toMatch(/^anna: 10000$/m);
  expect(run.stop).toBe("idle");
});
