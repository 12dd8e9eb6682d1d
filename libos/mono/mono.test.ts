import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import {
  measureUnixCosts,
  OPERATIONS,
  type Operation,
  type UnixCosts,
  unixText,
} from "../../bench/unix.ts";
import {
  compileGuest,
  type GuestRun,
  ROOT,
  runGuest,
  WORKSPACE,
} from "../../debug-adapter/testing/run-guest.ts";
import { capabilityAt } from "../../exokernel/capability.ts";
import { COUNTERS, ENV, HEADER } from "../../exokernel/layout.ts";
import { refOf } from "../../exokernel/records.ts";
import { LEVELS } from "../../exokernel/testing/sampling.ts";

/** To translate what runs once takes many times as long as to interpret it. */
const PATIENCE = process.env["EXOSCOPE_ENGINE"] === "forced" ? 600_000 : 120_000;

const at = (name: string): string => join(WORKSPACE, "mono", name);
const SCENARIO = at("mono.exo.json");
type Level = (typeof LEVELS)[number];

const typed = (text: string) => new TextEncoder().encode(text);

/** Types commands at a shell in a UNIX of its own. Without `exit` at the end it waits for more. */
async function shell(
  text: string,
  optimisation: Level = "2",
  steps = 100_000_000,
): Promise<GuestRun & { readonly written: string }> {
  const run = await runGuest(SCENARIO, {
    console: [{ step: 1, bytes: typed(text) }],
    optimisation,
    steps,
  });
  return { ...run, written: run.output.replace(text, "").replaceAll("$ ", "") };
}

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test("programs for v6 run unchanged: pipelines, redirection, lists, background, exec that fails", async () => {
    const { written, fatal, statuses } = await shell(
      [
        "echo one two | wc; echo three > f; echo four >> f; cat < f | grep r | wc",
        "(echo x; echo y) | grep -n y && echo yes || echo no",
        "mkdir d; cd d; echo in > g; cat g; cd ..; rm d/g d",
        "sleep 1 & echo at once; wait; nothing here; crashy; echo on",
        "exit 3",
        "",
      ].join("\n"),
      optimisation,
    );
    const [before, after] = written.split("crashy: page fault: a store to 0x00000000");
    expect(before).toBe(
      "1 2 8\n2 2 11\n2:y\nyes\nin\nat once\nsh: there is no program nothing\ncrashy: about to store\n",
    );
    expect(after).toMatch(/: nothing is mapped there\non\n$/);
    expect(fatal).toEqual([]);
    expect(statuses.get("server")).toBe(3);
  });

  test("the stress test passes", async () => {
    const run = await shell("stress 1\nexit\n", optimisation, 400_000_000);
    expect(run.written).toContain("PASSED");
    expect(run.fatal).toEqual([]);
    expect(run.stop).toBe("exited");
  });

  test("a buggy module in the server ends every process, of whatever program", async () => {
    const run = await runGuest(at("module-mono.exo.json"), { optimisation });
    expect(run.output).toMatch(/^a{10}\nb{20}\nc{30}\nserver: page fault: a load to 0x0{8}.*\n$/);
    expect(run.statuses.get("server")).toBe(139);
    // The shell, the one in the background, its sleep, and the program that wrote the line: only the launcher is left.
    const { records } = run.kernel.core;
    const live = Array.from({ length: 256 }, (_, index) => index).filter((i) => records.isLive(i));
    expect(live).toEqual([1]);
    expect(run.stop).toBe("exited");
  });

  test("the same module in a program's library ends that program, and the shell goes on", async () => {
    const run = await runGuest(at("module-v6.exo.json"), { optimisation });
    expect(run.output).toMatch(
      /^a{10}\nb{20}\nc{30}\nlines: page fault: a load to 0x0{8}.*\nbystander\nthe shell goes on\n$/,
    );
    expect(run.statuses.get("world")).toBe(0);
    expect(run.fatal).toEqual([]);
  });

  test("while a process waits for the disk, a libOS answers getpid and page faults, and one server does not", async () => {
    const slowest = async (system: string) => {
      const { output } = await runGuest(at(`blocked-${system}.exo.json`), {
        optimisation,
        steps: 200_000_000,
      });
      const [, pid, page] = /getpid took (\d+) steps, the slowest page (\d+)/.exec(output) ?? [];
      return { pid: Number(pid), page: Number(page) };
    };
    const [v6, mono] = [await slowest("v6"), await slowest("mono")];
    // A request takes 500,000 steps. Two slices are 20,000, and the rest is the work.
    expect(v6.pid).toBeLessThan(25_000);
    expect(v6.page).toBeLessThan(50_000);
    expect(mono.pid).toBeGreaterThan(500_000);
  });
});

test(
  "absurd arguments are answered by an error, or end the process that gave them and nobody else",
  async () => {
    const run = await shell("absurd\nexit\n", "2", 1_500_000_000);
    expect(run.written).toContain("ALL OK");
    expect(run.written).not.toContain("WRONG");
    expect(run.fatal).toEqual([]);
    expect(run.statuses.get("server")).toBe(0);
  },
  PATIENCE,
);

test("who reads from the terminal or a pipe and finds nothing keeps nobody from running", async () => {
  const run = await runGuest(SCENARIO, {
    optimisation: "2",
    steps: 60_000_000,
    console: [
      { step: 1, bytes: typed("(sleep 5; echo meanwhile) & cat | wc\n") },
      { step: 20_000_000, bytes: typed("late\n\u0004") },
      { step: 30_000_000, bytes: typed("exit\n") },
    ],
  });
  expect(run.output).toMatch(/meanwhile\nlate\n1 1 5\n/);
  expect(run.stop).toBe("exited");
});

test("control-C ends what runs in the foreground, and the shell reads on", async () => {
  const run = await runGuest(SCENARIO, {
    optimisation: "2",
    steps: 60_000_000,
    console: [
      { step: 1, bytes: typed("sleep 1000\n") },
      { step: 20_000_000, bytes: typed("\u0003") },
      { step: 21_000_000, bytes: typed("echo on\nexit\n") },
    ],
  });
  expect(run.output).toMatch(/\^C\n[\s\S]*\non\n/);
  expect(run.stop).toBe("exited");
});

test("forks and programs leave no page, capability or environment behind", async () => {
  const leftAfter = async (rounds: number) => {
    const { kernel, fatal } = await shell("manyforks 40; ls | wc\n".repeat(rounds), "2");
    expect(fatal).toEqual([]);
    const { records } = kernel.core;
    const live = Array.from({ length: 256 }, (_, index) => index).filter((i) => records.isLive(i));
    return {
      free: records.header(HEADER.freeCount),
      capabilities: live.map((index) =>
        records.env(index, ENV.counters + 4 * COUNTERS.indexOf("capabilities")),
      ),
    };
  };
  const [once, thrice] = await Promise.all([leftAfter(1), leftAfter(3)]);
  // The launcher, the server, a keeper of its pages, and the shell.
  expect(once.capabilities).toHaveLength(4);
  expect(thrice).toEqual(once);
});

test("a process has capabilities for itself, a slice that it has, and its pages, and for nothing else", async () => {
  const { kernel } = await shell("echo on\n", "2");
  const { records } = kernel.core;
  const [shellIndex] = Array.from({ length: 256 }, (_, index) => 255 - index).filter((index) => {
    const slice = records.isLive(index) ? capabilityAt(kernel.core, refOf(index, 10)) : undefined;
    return slice?.kind === "slice";
  });
  const held = Array.from({ length: 1024 }, (_, slot) =>
    capabilityAt(kernel.core, refOf(shellIndex ?? 0, slot)),
  ).flatMap((capability) => (capability === undefined ? [] : [capability]));
  const others = held.filter(({ kind }) => kind !== "page");
  expect(others.map(({ kind, rights }) => [kind, kind === "processor" ? rights : 0])).toEqual([
    ["environment", 0],
    ["processor", 0],
    ["slice", 0],
  ]);
  // None that could be passed on, and none of a page that it owns.
  const pages = held.filter(({ kind }) => kind === "page");
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter(({ isOwner, rights }) => isOwner || rights > 7)).toEqual([]);
});

test("of a program that is linked with mono nothing is v6's own", async () => {
  const built = await compileGuest(join(WORKSPACE, "v6/sh.c"), { libos: ["mono"] });
  if (!built.ok) throw new Error(built.text);
  const elf = parseElf(readFileSync(built.output));
  expect(elf.symbol("mono_call")).toBeDefined();
  for (const name of ["world_call", "page_flags", "descriptors"])
    expect(elf.symbol(name)).toBeUndefined();
});

test("a program that is run without a server says so, and ends with a status that is not 0", async () => {
  const run = await runGuest(join(WORKSPACE, "v6/ls.c"), { libos: ["mono"] });
  expect(run.output).toContain("there is none: run a scenario");
  expect(run.statuses.get("ls")).not.toBe(0);
});

describe("crossings for each operation, counted by the machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-unix-"));
  let costs: UnixCosts;
  beforeAll(async () => {
    costs = await measureUnixCosts(ROOT, folder);
  }, PATIENCE);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("what v6 has in its library is none there, and a call and a reply in mono", () => {
    for (const [name, calls] of [
      ["getpid", 1],
      ["dup", 2],
      ["sbrk", 1],
    ] as const) {
      expect(costs.v6[name].crossings).toBe(0);
      expect(costs.mono[name].crossings).toBe(4 * calls);
    }
  });

  test("a fault is more crossings in mono than in v6, for the same is done and the server is asked besides", () => {
    for (const name of ["touch", "copy"] as const)
      expect(costs.mono[name].crossings).toBeGreaterThanOrEqual(costs.v6[name].crossings + 4);
  });

  test("what both ask a server for is as many crossings in the one as in the other", () => {
    // But for pages that share an entry of the software TLB.
    for (const { open } of [costs.mono, costs.v6]) {
      expect(open.crossings).toBeGreaterThanOrEqual(8);
      expect(open.crossings).toBeLessThan(10);
    }
    expect(Math.abs(costs.mono.ping.crossings - costs.v6.ping.crossings)).toBeLessThan(2);
  });

  test("the table has a line for each operation", () => {
    const lines = unixText(costs).split("\n");
    for (const name of Object.keys(OPERATIONS) as Operation[])
      expect(lines.some((line) => line.startsWith(`${OPERATIONS[name]} `))).toBe(true);
  });
});
