/** The library of threads: what it promises, with slices that end everywhere. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  buildGuest,
  LIBOS,
  type RunOptions,
  runGuest,
  runPrograms,
} from "../../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../../exokernel/testing/sampling.ts";

const at = (name: string) => join(LIBOS, "threads/tests", name);
const idOf = (name: string) => `\${env:${name}}`;
const disk = { sectors: 16 };
const key = (step: number, text: string) => ({ step, bytes: Buffer.from(text) });

describe.each(LEVELS)("with -O%s", (optimisation) => {
  const run = async (name: string, options: RunOptions = {}) =>
    runGuest(at(name), { optimisation, ...options });

  test("registers.c: all registers of all threads survive, wherever slices end", async () => {
    const image = await buildGuest(at("registers.c"), { optimisation });
    for (const tick of [1501, 1999, 2503, 10000]) {
      const result = runPrograms([{ name: "registers", image }], { tick });
      expect([tick, result.output, result.fatal]).toEqual([tick, "", []]);
      expect([...result.statuses.values()]).toEqual([0]);
    }
  });

  test("cycle.c: a slice may end at any instruction of a switch", async () => {
    const image = await buildGuest(at("cycle.c"), { optimisation });
    const ends = new Set<number>();
    for (let tick = 24_000; tick < 24_600; tick += 1) {
      const result = runPrograms([{ name: "cycle", image }], {
        tick,
        onEvent: ({ kind }, { machine }) => {
          if (kind === "sliceEnded") ends.add(machine.hart.pc);
        },
      });
      expect([tick, result.output, result.fatal]).toEqual([tick, "", []]);
      expect([...result.statuses.values()]).toEqual([0]);
    }
    // The assembly has four bytes an instruction, or two where the assembler compresses: all of them were met.
    for (const name of ["thread_switch", "thread_copy"]) {
      const { value = 0, size = 0 } = image.symbol(name) ?? {};
      const met = [...ends].filter((pc) => pc >= value && pc < value + size).sort((a, b) => a - b);
      const gaps = met.map((pc, i) => (met[i + 1] ?? value + size) - pc);
      expect([name, met[0], Math.max(...gaps)]).toEqual([name, value, 4]);
    }
  });

  test("together.c: mutexes, conditions, channels and the heap hold, wherever slices end", async () => {
    const image = await buildGuest(at("together.c"), { optimisation });
    // Each tick cuts elsewhere: together they end slices at every instruction of the library.
    for (let tick = 2003; tick < 2203; tick += 4) {
      const result = runPrograms([{ name: "together", image }], { tick });
      expect([tick, result.output, result.fatal]).toEqual([tick, "", []]);
      expect([...result.statuses.values()]).toEqual([0]);
    }
  });

  test("switches.c: a switch between threads does not enter the kernel", async () => {
    const result = await run("switches.c", { tick: 10_000_000 });
    expect(result.output).toMatch(
      /^\d{3,4} switches, 0 kernel calls, 0 upcalls, few steps each\n$/,
    );
    expect([...result.statuses.values()]).toEqual([0]);
  });

  test("waits.c: whatever a thread waits for, the others run", async () => {
    const result = await run("waits.c", {
      disk,
      console: [key(900_000, "k"), key(3_000_000, "l")],
    });
    expect(result.output.split("\n")).toEqual([
      "disk: the others ran",
      "page: the others ran",
      "page: the others ran",
      "clock: the others ran",
      "console: the others ran",
      "alone: the others waited",
      "alone: the others waited",
      "",
    ]);
    expect([...result.statuses.values()]).toEqual([0]);
    // It sleeps only when no thread is ready, and until the very step that was asked for.
    const slept = result.events.filter(({ kind }) => kind === "slept");
    expect(slept.length).toBeGreaterThanOrEqual(3);
  });

  test("events.c: a packet and a predicate are waited for by one thread", async () => {
    const network = { loopback: true, latency: 30_000 };
    const result = await run("events.c", { network, steps: 5e6 });
    expect(result.output).toBe("");
    expect(result.stop).toBe("exited");
    expect([...result.statuses.values()]).toEqual([0]);
  });

  test("overflow.c: a full stack is told by the name of its thread", async () => {
    const result = await run("overflow.c");
    expect(result.output).toMatch(
      /^overflow: the stack of thread 'recurses' is full \(stack overflow\): 0x[0-9a-f]{8} at pc 0x[0-9a-f]{8}\n$/,
    );
    expect([...result.statuses.values()]).toEqual([139]);
  });

  test("deadlock.c: who waits for whom is said in one sentence, and ends the program", async () => {
    const result = await run("deadlock.c");
    expect(result.output).toBe(
      "deadlock: deadlock: main waits for the end of anna, anna waits for the mutex knife, which bert has, bert waits for the mutex fork, which anna has.\n",
    );
    expect([...result.statuses.values()]).toEqual([134]);
  });

  test("messages between environments arrive whole while others compute, wherever slices end", async () => {
    const [sender, receiver] = await Promise.all(
      ["sender.c", "receiver.c"].map((name) => buildGuest(at(name), { optimisation })),
    );
    if (sender === undefined || receiver === undefined) throw new Error("not built");
    const programs = [
      { name: "one", image: sender, arguments: [idOf("answers")] },
      { name: "two", image: sender, arguments: [idOf("answers")] },
      { name: "answers", image: receiver, arguments: ["40"] },
    ];
    for (const tick of [2003, 3001, 10_007]) {
      const result = runPrograms(programs, { tick, steps: 50_000_000 });
      expect(result.fatal).toEqual([]);
      expect(result.output.split("\n").sort().join(" ")).toBe(
        " one: 2870, counted much two: 2870, counted much",
      );
      expect(Object.fromEntries(result.statuses)).toEqual({ one: 0, two: 0, answers: 0 });
    }
  });
});
