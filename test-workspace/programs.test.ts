import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { writePcap } from "../debug-adapter/pcap.ts";
import { runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";
import { udpFrame } from "../debug-adapter/testing/udp-frames.ts";

const at = (name: string) => join(WORKSPACE, name);
const lines = (...all: string[]) => `${all.join("\n")}\n`;

test.each([
  {
    program: "hello.c",
    because: "prints a line and ends",
    status: 0,
    output: "Hello from an exokernel.\n",
  },
  {
    program: "page-fault.c",
    because: "gets a page for the store that faulted, and one for each further page",
    status: 0,
    output: lines(
      "nothing is mapped at 0x40000020",
      "before 7, after 42, faults 1",
      "four pages touched, faults 4",
    ),
  },
  {
    program: "own-write.c",
    because: "prints through the function that it replaced",
    status: 0,
    output: lines("THIS LINE GOES THROUGH OUR OWN CONSOLE_WRITE", "12 KERNEL CALLS SO FAR"),
  },
  { program: "bad/returns-3.c", because: "ends with its own status", status: 3, output: "" },
  {
    program: "bad/divide.c",
    because: "divides by zero without a trap",
    status: 0,
    output: lines("7 / 0 = -1, 7 % 0 = 7", "64 bits: -1"),
  },
  {
    program: "bad/misaligned.c",
    because: "has its misaligned accesses completed by the libOS",
    status: 0,
    output: lines("word 05040302, half ff08, signed -514", "01 d4 c3 b2 a1 06 07 66 55 fe fd fc"),
  },
])("$program $because", async ({ program, status, output }) => {
  const run = await runGuest(at(program));
  expect(run.output).toBe(output);
  expect(run.stop).toBe("exited");
  expect([...run.statuses.values()]).toEqual([status]);
});

test.each([
  {
    program: "bad/null-store.c",
    status: 139,
    message: /a store to 0x00000004 at pc 0x000100..: a null pointer: nothing is mapped there/,
  },
  {
    program: "bad/jump-to-zero.c",
    status: 139,
    message: /a jump to 0x00000000 at pc 0x00000000: a null pointer/,
  },
  {
    program: "bad/stack-overflow.c",
    status: 139,
    message: /a store to 0x7fed.... at pc 0x000100..: the stack is full \(stack overflow\)/,
  },
  {
    program: "bad/lost-stack-pointer.c",
    status: 139,
    message: /a store to 0xdeadbee0 at pc 0x000100..: nothing is mapped there/,
  },
  {
    program: "bad/garbage.c",
    status: 132,
    message: /illegal instruction 0x00000000 at pc 0x000100../,
  },
  {
    program: "bad/unaligned-atomic.c",
    status: 135,
    message: /cause 0x6, value 0x0001[0-9a-f]{3}1/,
  },
  { program: "bad/greedy.c", status: 139, message: /no page is left for the heap/ },
])("$program ends with a message of the libOS and status $status", async (row) => {
  const run = await runGuest(at(row.program));
  expect(run.output).toMatch(row.message);
  expect(run.fatal).toEqual([]);
  expect([...run.statuses.values()]).toEqual([row.status]);
});

test.each(["bad/endless-loop.c", "bad/fault-loop.c"])(
  "%s goes on until the steps that it may take are used up",
  async (program) => {
    const run = await runGuest(at(program), { steps: 200_000 });
    expect(run.stop).toBe("budget");
    expect(run.statuses.size).toBe(0);
  },
);

test("hello prints its arguments", async () => {
  const run = await runGuest(at("hello.c"), { arguments: ["one", "two words"] });
  expect(run.output).toBe(
    lines("Hello from an exokernel.", "argument 1: one", "argument 2: two words"),
  );
});

test("a client calls its server over protected control transfers, until the server dies in a call", async () => {
  const run = await runGuest(at("ping-pong/ping-pong.exo.json"));
  expect(run.output).toBe(
    lines(
      "server: ready",
      "client: ping 1, pong 2",
      "client: ping 2, pong 3",
      "client: ping 3, pong 4",
      "server: 4 calls, the last from my client",
      "client: the environment died before it replied",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ client: 0, server: 0 });
});

test("a page is lent read-only, changed by its owner, and taken back by revocation", async () => {
  const run = await runGuest(at("share/share.exo.json"));
  expect(run.output).toBe(
    lines(
      "borrower: accepted with rights 1",
      "borrower: bind for writing: EXO_E_RIGHTS",
      "borrower: bind for reading: success",
      `borrower: it says "a page of the owner's"`,
      `borrower: 1 store refused, it says "a page of the owner's"`,
      `borrower: it says "the owner changed its mind"`,
      "borrower: lost the page in slot 0: revoked",
      "borrower: 1 loss",
      "borrower: bind again: EXO_E_CAP",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ borrower: 0, owner: 0 });
});

test("three environments share the processor, and the one that is late pays with later slices", async () => {
  const run = await runGuest(at("slices/slices.exo.json"));
  expect(Object.fromEntries(run.statuses)).toEqual({ anna: 0, bert: 0, carl: 0 });
  for (const name of ["anna", "bert", "carl"]) expect(run.output).toMatch(`${name}: slice 5\n`);
  const forfeited = run.events.filter((event) => event.kind === "forfeited");
  const bert = run.events.find((event) => event.kind === "excess")?.environment;
  expect(forfeited.length).toBeGreaterThan(0);
  expect(forfeited.filter((event) => event.environment === bert).length).toBeGreaterThan(
    forfeited.length / 2,
  );
});

test("six packets of a file: three are A's, two B's, one nobody's; the sniffer is refused", async () => {
  const run = await runGuest(at("packets/packets.exo.json"));
  const of = (name: string) =>
    run.output
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2));
  expect(of("a")).toEqual([
    "filter 0 is for port 7",
    'packet 1: "one"',
    'packet 2: "four"',
    'packet 3: "five"',
    "3 packets, 0 did not fit the ring",
  ]);
  expect(of("b")).toEqual([
    "filter 1 is for port 9",
    'packet 1: "two"',
    'packet 2: "six"',
    "2 packets; 6 arrived in all, 1 for nobody",
  ]);
  expect(of("sniffer")).toEqual([
    "EXO_E_OVERLAP: some packet would match another's filter, too",
    "0 packets",
  ]);
  expect(Object.fromEntries(run.statuses)).toEqual({ a: 0, b: 0, sniffer: 0 });
  const packets = run.events.filter((event) => event.kind === "packet");
  expect(packets.map(({ filter, dropped }) => dropped ?? filter)).toEqual([
    ...[0, 1, "no filter", 0, 0, 1],
  ]);
});

test("six.pcap is what the packets say", () => {
  const texts = ["one", "two", "three", "four", "five", "six"];
  const frames = [7, 9, 11, 7, 7, 9].map((port, i) => ({
    step: 20_000 * i,
    bytes: udpFrame(port, texts[i] ?? ""),
  }));
  expect(new Uint8Array(readFileSync(at("packets/six.pcap")))).toEqual(writePcap(frames));
});

test("every error code is had once, for the reason that the program expects", async () => {
  const run = await runGuest(at("refused/refused.exo.json"));
  const codes = [...run.output.matchAll(/^EXO_E_(\w+)/gm)].map(([, code]) => code);
  expect(codes.sort()).toEqual(
    "AGAIN BUSY CALL CAP DEAD ENTRY ENV INVAL NONE OFFER OWNER RIGHTS SLOT TAKEN".split(" "),
  );
  expect(run.output).toMatch("0 of the answers differ\n");
  expect(run.statuses.get("refused")).toBe(0);
});

test("echo waits for lines and echoes them with line editing", async () => {
  const type = (step: number, text: string) => ({ step, bytes: new TextEncoder().encode(text) });
  const run = await runGuest(at("echo.c"), {
    console: [type(20_000, "Ama"), type(30_000, "\x7fn\r"), type(400_000, "quit\n")],
  });
  expect(run.output).toBe(
    lines("What is your name?", "Ama\b \bn", "Hello, Amn.", "quit", "2 lines"),
  );
});

const programs = readdirSync(WORKSPACE, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".c"));

test.each(programs)("the markers of %s stand each on one line with code", (name) => {
  const source = readFileSync(at(name), "utf8").split("\n");
  const markers = source.filter((line) => line.includes("//@step"));
  expect(new Set(markers.map((line) => line.replace(/.*\/\/@step /, ""))).size).toBe(
    markers.length,
  );
  for (const line of markers) {
    expect(line).toMatch(/^.*[;{)}].*\/\/@step [a-z-]+$/);
  }
});

test("launch.json has an entry for every program that is there, and none for one that is not", () => {
  const { configurations } = JSON.parse(readFileSync(at(".vscode/launch.json"), "utf8")) as {
    configurations: { program: string }[];
  };
  const named = configurations
    .map(({ program }) => program.replace(/^\$\{workspaceFolder\}\//, ""))
    .filter((program) => !program.startsWith("$"));
  const scenarios = readdirSync(WORKSPACE, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".exo.json"));
  const alone = programs.filter(
    (name) => !scenarios.some((each) => dirname(each) === dirname(name)),
  );
  expect(named.sort()).toEqual([...scenarios, ...alone].sort());
});
