import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ElfImage } from "#emulator";
import {
  buildGuest,
  LIBOS,
  ROOT,
  runGuest,
  runPrograms,
} from "../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../exokernel/testing/sampling.ts";

const at = (name: string) => join(LIBOS, "tests", name);
const idOf = (name: string) => `\${env:${name}}`;

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each([
    ["format.c", "printf prints what the standard says"],
    ["strings.c", "string and number functions do what the standard says"],
    ["arithmetic.c", "64-bit division agrees with multiplication"],
    ["heap.c", "the heap keeps what is put into it and joins what is freed"],
    ["eviction.c", "a program goes on after all its bindings but the guaranteed ones are evicted"],
  ])("%s: %s", async (program) => {
    const run = await runGuest(at(program), { optimisation });
    expect(run.output).not.toContain("FAILED");
    expect(run.fatal).toEqual([]);
    expect([...run.statuses.values()]).toEqual([0]);
  });

  test("network.c: frames of every length come back over the loopback, through a ring that wraps round", async () => {
    const network = { loopback: true, latency: 500 };
    const run = await runGuest(at("network.c"), { optimisation, network });
    expect(run.output).not.toContain("FAILED");
    expect(run.fatal).toEqual([]);
    expect([...run.statuses.values()]).toEqual([0]);
    expect(run.events.filter(({ kind }) => kind === "packetSent").length).toBe(127);
  });

  test.each([
    { what: "data", evictions: 40 },
    { what: "text", evictions: 1 },
  ])(
    "two pages that share an entry of the software TLB take turns: $evictions evictions or more where one is $what",
    async ({ what, evictions }) => {
      const run = await runGuest(at("conflict.c"), { optimisation, arguments: [what], steps: 1e6 });
      expect(run.output).not.toContain("FAILED");
      expect([...run.statuses.values()]).toEqual([0]);
      const count = run.events.filter(({ kind }) => kind === "evicted").length;
      expect(count).toBeGreaterThanOrEqual(evictions);
    },
  );

  test.each(["kernel", "libos"])(
    "registers survive upcalls and switches when the %s saves them",
    async (who) => {
      const image = await buildGuest(at("registers.c"), { optimisation });
      const programs = ["one", "two", "three"].map((name) => ({ name, image, arguments: [who] }));
      // Ticks that share no factor with the length of a loop: slices end at every instruction of it.
      for (const tick of [701, 997]) {
        const run = runPrograms(programs, { tick });
        expect(run.output).toBe("");
        expect(run.fatal).toEqual([]);
        expect(Object.fromEntries(run.statuses)).toEqual({ one: 0, two: 0, three: 0 });
      }
    },
  );

  test.each([
    ["kernel", "kernel"],
    ["kernel", "libos"],
    ["libos", "kernel"],
    ["libos", "libos"],
  ])(
    "calls and replies arrive whole while slices end everywhere: clients switched by %s, servers by %s",
    async (client, server) => {
      const [clients, servers] = await Promise.all([
        buildGuest(at("call-client.c"), { optimisation }),
        buildGuest(at("call-server.c"), { optimisation }),
      ]);
      const programs = [
        { name: "one", image: clients, arguments: [idOf("front"), client] },
        { name: "two", image: clients, arguments: [idOf("back"), client] },
        { name: "front", image: servers, arguments: [idOf("back"), server] },
        { name: "back", image: servers, arguments: ["0", server] },
      ];
      for (const tick of [1501, 4001]) {
        const run = runPrograms(programs, { tick });
        expect(run.output.split("\n").sort().join(" ")).toBe(" one: 22140 two: 22140");
        expect(run.fatal).toEqual([]);
        expect(run.stop).toBe("idle"); // the servers rest
        expect(Object.fromEntries(run.statuses)).toEqual({ one: 0, two: 0 });
      }
    },
  );

  test.each([
    ["kernel", "calls"],
    ["libos", "calls"],
    ["kernel", "transfers"],
    ["libos", "transfers"],
  ])(
    "a client that is entered by a stranger all the time gets its replies and goes on: switched by %s, entered by %s",
    async (who, how) => {
      const [victim, server, stranger] = await Promise.all(
        ["poked.c", "call-server.c", "poker.c"].map((name) =>
          buildGuest(at(name), { optimisation }),
        ),
      );
      if (!victim || !server || !stranger) throw new Error("not built");
      const programs = [
        { name: "victim", image: victim, arguments: [idOf("server"), who] },
        { name: "server", image: server, arguments: ["0", who] },
        { name: "stranger", image: stranger, arguments: [idOf("victim"), how] },
      ];
      let entered = 0;
      for (const tick of [499, 501, 703, 1009]) {
        const run = runPrograms(programs, { tick });
        expect(run.fatal).toEqual([]);
        expect(run.output).toMatch(/^victim: (poked|left alone)\n$/);
        expect(Object.fromEntries(run.statuses)).toEqual({ victim: 0, stranger: 0 });
        const ids = run.events.flatMap((event) =>
          event.kind === "transfer" && !event.reply ? [event] : [],
        );
        entered += ids.filter(({ to, environment }) => to === 258 && environment === 260).length;
      }
      // The kernel lets nobody enter one whose registers it keeps.
      if (who === "libos") expect(entered).toBeGreaterThan(100);
      else expect(entered).toBe(0);
    },
  );

  test("the end of a slice does not tear a line", async () => {
    const image = await buildGuest(at("lines.c"), { optimisation });
    const names = ["anna", "bert"];
    const run = runPrograms(
      names.map((name) => ({ name, image })),
      { tick: 900 },
    );
    const lines = run.output.trimEnd().split("\n");
    expect(lines).toHaveLength(24);
    for (const line of lines) expect(line).toMatch(/^(anna ){7}anna$|^(bert ){7}bert$/);
    // They did take turns.
    expect(run.output).toMatch(/anna\nbert/);
  });
});

test("a handler that faults for ever ends in a double upcall, which the kernel explains", async () => {
  const run = await runGuest(at("nested-faults.c"));
  expect(run.output).toBe("falling\n");
  expect(run.fatal).toHaveLength(1);
  expect(run.fatal[0]).toMatch(
    /^double upcall: store page fault at 0x1.... .*while upcalls were disabled/,
  );
});

test("a page that was taken by force comes back neither as it was nor as zeros: who touches it ends and says why", async () => {
  const image = await buildGuest(at("lost.c"));
  const program = { name: "lost", image, administers: true, guaranteedPages: 0 };
  const run = runPrograms([program], { policy: { askSteps: 1000, insistSteps: 1000 } });
  expect(run.output).toMatch(
    /^the slot is free\nlost: page fault: a load to 0x\w+ at pc 0x\w+: the page there was taken by force, and what it held is lost\n$/,
  );
  expect(run.events.filter(({ kind }) => kind === "repossessed")).toMatchObject([{ taken: 1 }]);
  expect([...run.statuses.values()]).toEqual([139]);
});

test("a program from which much was taken ends with a sentence, or has all that it touches", async () => {
  const image = await buildGuest(at("taken.c"));
  const seen = new Set<string>();
  for (let guaranteedPages = 0; guaranteedPages < 20; guaranteedPages += 1) {
    const program = { name: "taken", image, administers: true, guaranteedPages };
    const run = runPrograms([program], { policy: { askSteps: 500, insistSteps: 500 } });
    const end =
      [
        /^all is there: 1\n$/,
        /^a part of the page table was taken by force, and with it where everything is\n$/,
        /^taken: page fault: a \w+ to 0x\w+ at pc 0x\w+: the page there was taken by force/,
        /^a fault that cannot be told: what would tell it is gone too\n$/,
      ].find((text) => text.test(run.output)) ?? run.output;
    seen.add(String(end));
    expect(end).toBeInstanceOf(RegExp);
    expect(run.fatal).toEqual([]);
    expect([...run.statuses.values()]).toEqual([run.output.startsWith("all") ? 0 : 139]);
  }
  expect(seen.size).toBeGreaterThan(1);
});

test("a capability that loses a right keeps its slot and its other rights", async () => {
  const image = await buildGuest(at("restricted.c"));
  const run = runPrograms([
    { name: "borrower", image, arguments: [idOf("owner")] },
    { name: "owner", image, arguments: ["0"] },
  ]);
  expect(run.output).toBe("");
  expect(Object.fromEntries(run.statuses)).toEqual({ borrower: 0, owner: 0 });
});

test("a failed assertion names its file, line and function, and ends like abort", async () => {
  const run = await runGuest(at("failing-assert.c"));
  expect(run.output).toBe("failing-assert.c:10: main: assertion 'two == 3' failed\n");
  expect([...run.statuses.values()]).toEqual([134]);
});

describe("input", () => {
  let image: ElfImage;
  beforeAll(async () => {
    image = await buildGuest(at("key.c"));
  });

  test.each([
    { who: "kernel", args: [] },
    { who: "libos", args: ["slices"] },
  ])(
    "a byte wakes the one that waits for it, at whatever step it comes (switched by $who)",
    ({ args }) => {
      const keyAt = (step?: number) =>
        runPrograms([{ name: "key", image, arguments: args }], {
          console: step === undefined ? [] : [{ step, bytes: new Uint8Array([0x78]) }],
          steps: 50_000,
          pages: 512,
        });
      const asleep = keyAt().events.find((event) => event.kind === "slept")?.step ?? 0;
      expect(asleep).toBeGreaterThan(1000);
      // Every step around the moment at which it looks for input and falls asleep, and some before.
      for (let step = 1; step < asleep + 30; step += step < asleep - 120 ? 97 : 1) {
        const run = keyAt(step);
        expect([step, run.output, run.stop]).toEqual([step, "x", "exited"]);
      }
    },
  );
});

test("what a program defines replaces the libOS's function of the same name", async () => {
  const image = await buildGuest(join(ROOT, "test-workspace/own-write.c"));
  const definitions = image.symbols.filter(({ name }) => name === "console_write");
  expect(definitions).toHaveLength(1);
});

test("everything in the .exo sections fits in ten pages and calls nothing else that must run", async () => {
  const image = await buildGuest(join(ROOT, "test-workspace/hello.c"));
  const symbol = (name: string) => image.symbols.find((each) => each.name === name)?.value ?? 0;
  const bytes = symbol("__exo_end") - symbol("__exo_start");
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(10 * 4096);
  for (const name of [
    "upcall_entry",
    "upcall_dispatch",
    "pager_refill",
    "pager_lookup",
    "exo_bind",
  ]) {
    expect(symbol(name)).toBeGreaterThanOrEqual(symbol("__exo_start"));
    expect(symbol(name)).toBeLessThan(symbol("__exo_end"));
  }
});
