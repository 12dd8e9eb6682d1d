/** Names, stubs, rings and pages between environments; with those who lie, pry, die, or never answer. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ElfImage } from "#emulator";
import { checkInvariants, Kernel, Launcher, type Program } from "#exokernel";
import {
  buildGuest,
  type GuestRun,
  LIBOS,
  runPrograms,
} from "../../debug-adapter/testing/run-guest.ts";
import { HEADER } from "../../exokernel/layout.ts";
import { destroyByLauncher } from "../../exokernel/testing/destroy.ts";
import { announceSeed, FULL, LEVELS, SEED, TIMEOUT } from "../../exokernel/testing/sampling.ts";

announceSeed("rpc");

const idOf = (name: string) => `\${env:${name}}`;

function build(name: string, optimisation: "0" | "2" = "2"): Promise<ElfImage> {
  return buildGuest(join(LIBOS, "rpc/tests", `${name}.c`), { optimisation });
}

const sortedLines = (run: GuestRun) => run.output.trimEnd().split("\n").sort();

function expectFine(run: GuestRun, statuses: Record<string, number>): void {
  expect(run.output).not.toContain("FAILED");
  expect(run.fatal).toEqual([]);
  expect(Object.fromEntries(run.statuses)).toEqual(statuses);
}

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test.each(
    ["trusting", "distrusting", "by", "ring", "wake"].flatMap((how) =>
      ["kernel", "libos"].flatMap((client) =>
        ["kernel", "libos"].map((server) => ({ how, client, server })),
      ),
    ),
  )(
    "$how calls are answered right while slices end everywhere: clients switched by $client, server by $server",
    async ({ how, client, server }) => {
      // A ring is drained by nobody while its server only rests: then it takes a wake.
      if (how === "ring") return expectRingPair(optimisation, client, server);
      const caller = await build("caller", optimisation);
      const answerer = await build("answerer", optimisation);
      for (const serves of ["preserve", "clear"]) {
        for (const tick of [1501, 4001]) {
          const run = runPrograms(
            [
              { name: "one", image: caller, arguments: [idOf("server"), how, client, "20"] },
              { name: "two", image: caller, arguments: [idOf("server"), how, client, "20"] },
              { name: "server", image: answerer, arguments: [serves, server] },
            ],
            { tick },
          );
          expect(sortedLines(run)).toEqual(["one: all right", "two: all right"]);
          expectFine(run, { one: 0, two: 0 });
          expect(run.stop).toBe("idle"); // the server rests
        }
      }
    },
  );

  async function expectRingPair(level: "0" | "2", client: string, server: string): Promise<void> {
    const pair = await build("pair", level);
    for (const tick of [701, 3001]) {
      const run = runPrograms(
        [
          { name: "asks", image: pair, arguments: [idOf("answers"), "ask", client, "200"] },
          { name: "answers", image: pair, arguments: [idOf("asks"), "answer", server] },
        ],
        { tick },
      );
      // Who answers hears that the other is gone.
      expect(sortedLines(run)).toEqual(["answers: EXO_E_DEAD", "asks: all right"]);
      expectFine(run, { asks: 0, answers: 0 });
    }
  }

  test("a server that replies with every register wrong: only who trusts it is harmed", async () => {
    const image = await build("registers", optimisation);
    const wrong = await build("wrong-registers", optimisation);
    const answerer = await build("answerer", optimisation);
    const against = (how: string, server: ElfImage) =>
      runPrograms([
        { name: "client", image, arguments: [idOf("server"), how, "50"] },
        { name: "server", image: server, arguments: ["clear"] },
      ]);
    const distrusting = against("distrusting", wrong);
    expect(distrusting.output).toBe("client: 0 of 50 calls changed registers\n");
    expectFine(distrusting, { client: 0 });
    // The test sees what there is to be seen: the library's own server preserves them, this one does not.
    expect(against("trusting", answerer).output).toBe("client: 0 of 50 calls changed registers\n");
    expect(against("trusting", wrong).output).not.toContain("client: 0 of 50");
  });

  test("a server finds nothing in a distrusting caller's registers but the message", async () => {
    const image = await build("registers", optimisation);
    const spy = await build("spy-server", optimisation);
    const look = (how: string) =>
      runPrograms([
        { name: "client", image, arguments: [idOf("spy"), how, "1"] },
        { name: "spy", image: spy },
      ]).output;
    expect(look("distrusting")).toBe(
      "looked, found nothing\nclient: 0 of 1 calls changed registers\n",
    );
    expect(look("trusting")).toContain("looked, found something");
  });

  test("a server that clears leaves nothing of its work in the registers, one that preserves leaves something", async () => {
    const image = await build("spy-client", optimisation);
    const answerer = await build("answerer", optimisation);
    const look = (how: string) => {
      const run = runPrograms([
        { name: "spy", image, arguments: [idOf("server")] },
        { name: "server", image: answerer, arguments: [how] },
      ]);
      expectFine(run, { spy: 0 });
      return run.output;
    };
    expect(look("clear")).toBe("nothing is left\n");
    expect(look("preserve")).toBe("something is left\n");
  });

  test("names are registered, found, withdrawn and limited, and go with their owner", async () => {
    const user = await build("names-user", optimisation);
    const names = await build("name-server", optimisation);
    const run = runPrograms([
      { name: "client", image: user, arguments: ["client"] },
      { name: "server", image: user, arguments: ["server"] },
      { name: "names", image: names, slices: [63] },
      { name: "squatter", image: user, arguments: ["squatter"] },
    ]);
    expect(sortedLines(run)).toEqual(["client: all asked", "squatter: the position is taken"]);
    expectFine(run, { client: 0, server: 0, squatter: 0 });
  });

  test("pages go by capability and come back; what is taken back is gone", async () => {
    const image = await build("pages", optimisation);
    const run = runPrograms([
      { name: "giver", image, arguments: [idOf("taker"), "giver"] },
      { name: "taker", image, arguments: ["0", "taker"] },
    ]);
    expect(run.output).toBe("giver: done\n");
    expectFine(run, { giver: 0 });
    // The first was released for its rights, a hundred were given back, the last was revoked: none piles up.
    expect(run.events.filter(({ kind }) => kind === "accepted")).toHaveLength(102);
  });
});

test("a name that was given beforehand is nobody else's to take", async () => {
  const user = await build("names-user");
  const names = await build("name-server");
  const run = runPrograms([
    { name: "squatter", image: user, arguments: ["server"] },
    { name: "names", image: names, slices: [63], arguments: [`service=${idOf("rightful")}`] },
    { name: "rightful", image: user, arguments: ["server"] },
  ]);
  expect(run.output).toBe(
    'FAILED: squatter:19: status == 0\nFAILED: squatter:20: names_register("service") == 0\n',
  );
});

test("a name server that died is told once to who knew it, and only then its successor is trusted", async () => {
  const user = await build("names-user");
  const names = await build("name-server");
  const run = runPrograms([
    { name: "faithful", image: user, arguments: ["faithful"] },
    { name: "names", image: names, slices: [63], arguments: ["mortal"] },
    { name: "successor", image: user, arguments: ["successor"] },
  ]);
  expect(run.output).toBe("faithful: told of the death, then of a successor\n");
  expectFine(run, { faithful: 0, names: 0 });
});

test(
  "who writes nonsense into its ring is noticed and reaches nothing",
  async () => {
    const liar = await build("ring-liar");
    const victim = await build("ring-victim");
    for (const who of ["kernel", "libos"]) {
      for (let i = 0; i < (FULL ? 40 : 8); i += 1) {
        const run = runPrograms(
          [
            { name: "victim", image: victim, arguments: [idOf("liar"), who] },
            {
              name: "liar",
              image: liar,
              arguments: [idOf("victim"), String((SEED + i) % 100_000)],
            },
          ],
          { tick: 1000 + 77 * i },
        );
        expect(run.output).toBe("victim: noticed\n");
        expectFine(run, { victim: 0, liar: 0 });
      }
    }
  },
  TIMEOUT,
);

test(
  "servers and clients that are entered with whatever registers go on and answer the others right",
  async () => {
    const caller = await build("caller");
    const answerer = await build("answerer");
    const attacker = await build("attacker");
    for (let i = 0; i < (FULL ? 60 : 10); i += 1) {
      const [serves, who] = [i % 2 ? "clear" : "preserve", i % 4 < 2 ? "kernel" : "libos"];
      const seed = String((SEED + i) % 100_000);
      const run = runPrograms(
        [
          { name: "honest", image: caller, arguments: [idOf("server"), "distrusting", who, "60"] },
          { name: "patient", image: caller, arguments: [idOf("server"), "by", who, "60"] },
          { name: "server", image: answerer, arguments: [serves, who] },
          { name: "attacker", image: attacker, arguments: [idOf("server"), seed] },
          { name: "other", image: attacker, arguments: [idOf("patient"), `${seed}1`] },
        ],
        { tick: 2003 + 10 * i, steps: 40_000_000 },
      );
      expect(run.output).toContain("honest: all right\n");
      expect(run.output).toContain("patient: all right\n");
      expect(run.output).toContain("attacker: answered\n");
      expectFine(run, { honest: 0, patient: 0, attacker: 0, other: 0 });
    }
  },
  TIMEOUT,
);

test("who does not want to wait for ever gives up at its deadline", async () => {
  const image = await build("never-replies");
  const loops = await build("loops");
  const run = runPrograms([
    { name: "client", image, arguments: [idOf("server")] },
    { name: "server", image: loops },
  ]);
  expect(run.output).toBe("gave up\n");
  expect(Object.fromEntries(run.statuses)).toEqual({ client: 0 });
});

describe("one of the two is destroyed at any moment", () => {
  interface Row {
    readonly how: string;
    readonly first: string;
    readonly second: string;
    readonly arguments: (who: string, other: string) => readonly string[];
  }
  const called = (how: string): Row => ({
    how,
    first: "caller",
    second: "answerer",
    arguments: (who, other) => (who === "caller" ? [idOf(other), how, "kernel", "6"] : ["clear"]),
  });
  const ring: Row = {
    how: "ring",
    first: "pair",
    second: "pair",
    arguments: (who, other) =>
      who === "first" ? [idOf(other), "ask", "kernel", "40"] : [idOf(other), "answer", "libos"],
  };

  /** Runs to a step, destroys one, and runs on. Undefined when that one was gone by then. */
  function cutAt(programs: readonly Program[], victim: number, step: number) {
    const kernel = new Kernel({ policy: { tick: 2000 } });
    const bytes: number[] = [];
    const fatal: string[] = [];
    const statuses = new Map<number, number>();
    kernel.machine.console.onOutput = (byte) => bytes.push(byte);
    const launched = new Launcher(kernel).launch(programs);
    kernel.onEvent = (event) => {
      if (event.kind === "fatal") fatal.push(event.because);
      if (event.kind === "destroyed") statuses.set(event.target, event.status);
    };
    kernel.run(step);
    // At the end of a slice there is no time for what comes besides: that would be a question to the pager (how long does it take to
    // forget a page?), and nobody but the kernel acts then.
    while (kernel.core.records.header(HEADER.inExcess) !== 0) kernel.run(1);
    const id = launched[victim]?.id ?? 0;
    if (statuses.has(id)) return undefined;
    destroyByLauncher(kernel, id);
    const stop = kernel.run(20_000_000);
    expect(checkInvariants(kernel)).toEqual([]);
    return { output: Buffer.from(bytes).toString(), stop: stop.kind, fatal, statuses };
  }

  test.each([
    { row: called("distrusting"), dies: 1 },
    { row: called("distrusting"), dies: 0 },
    { row: called("by"), dies: 1 },
    { row: called("by"), dies: 0 },
    { row: called("wake"), dies: 1 },
    { row: called("wake"), dies: 0 },
    { row: ring, dies: 1 },
    { row: ring, dies: 0 },
  ])(
    "$row.how, $dies: the other goes on or is told, and a third is served",
    async ({ row, dies }) => {
      const [first, second, after] = await Promise.all([
        build(row.first),
        build(row.second),
        build("caller"),
      ]);
      const programs: Program[] = [
        {
          name: "first",
          image: first,
          arguments: row.arguments(row.first === "pair" ? "first" : "caller", "second"),
        },
        {
          name: "second",
          image: second,
          arguments: row.arguments(row.first === "pair" ? "second" : "answerer", "first"),
        },
      ];
      const hasThird = row.first === "caller";
      if (hasThird)
        programs.push({
          name: "after",
          image: after,
          arguments: [idOf("second"), row.how, "kernel", "6"],
        });
      const whole = runPrograms(programs, { tick: 2000 });
      expectFine(whole, hasThird ? { first: 0, after: 0 } : { first: 0, second: 0 });
      const ends = whole.events.filter(({ kind }) => kind === "destroyed");
      // As long as it lives: a server that is never destroyed by itself, until the last of its callers has ended.
      const end =
        ends.find((event) => event.kind === "destroyed" && event.target === 258 + dies)?.step ??
        ends.at(-1)?.step ??
        0;
      const samples = FULL ? 400 : 25;
      let cut = 0;
      for (let i = 0; i < samples; i += 1) {
        const step = 1 + Math.floor(((i + (SEED % 97) / 97) * end) / samples);
        const run = cutAt(programs, dies, step);
        if (run === undefined) continue;
        cut += 1;
        const what = `destroyed at step ${step}: ${run.output}`;
        expect(what).not.toContain("FAILED");
        expect(run.fatal, what).toEqual([]);
        expect(run.stop === "idle" || run.stop === "exited", what).toBe(true);
        // Nobody hangs: who lives on has ended, but for a server, which rests.
        const survivor = dies === 0 ? "second" : "first";
        if (survivor === "first" || !hasThird)
          expect(run.output, what).toMatch(new RegExp(`^${survivor}: `, "m"));
        if (hasThird)
          expect(run.output, what).toMatch(dies === 0 ? /^after: all right$/m : /^after: /m);
      }
      expect(cut).toBeGreaterThan(samples * 0.9);
    },
    TIMEOUT,
  );
});
