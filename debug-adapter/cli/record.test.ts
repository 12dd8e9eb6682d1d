/** `exo record` and `exo replay` as processes: what a shell sees. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-record-"));
const EXO = join(ROOT, "dist/exo.js");
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  expect(spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT }).status).toBe(0);
  // The first run compiles the libOS, while other tests do so as well.
  spawnSync(process.execPath, [EXO, "run", "hello.c"], { cwd: WORKSPACE });
}, 120_000);

function exo(args: readonly string[], input = "", cwd = WORKSPACE) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [EXO, ...args], {
    input,
    cwd,
    encoding: "utf8",
    timeout: 25_000,
  });
  return { status, stdout, stderr };
}

test.each([
  ["hello.c", "", 0],
  ["page-fault.c", "", 0],
  ["ping-pong/ping-pong.exo.json", "", 0],
  ["slices/slices.exo.json", "", 0],
  ["share/share.exo.json", "", 0],
  ["bad/returns-3.c", "", 3],
  ["bad/null-store.c", "", 139],
  ["echo.c", "Ada\nJosé\nquit\n", 0],
])("%s is recorded as it runs, and is the same run again", (program, input, status) => {
  const output = file(`${program.replaceAll("/", "-")}.exorec`);
  const plain = exo(["run", program], input);
  expect(plain.status).toBe(status);
  const recorded = exo(["record", program, "-o", output], input);
  expect(recorded).toMatchObject({ status, stdout: plain.stdout });
  expect(recorded.stderr).toMatch(/exo: recorded \d+ steps in .*\.exorec \(\d+ bytes\)/);
  const again = exo(["replay", output]);
  expect(again).toMatchObject({ status, stdout: plain.stdout });
  const steps = /recorded (\d+) steps/.exec(recorded.stderr)?.[1];
  expect(again.stderr).toContain(`exo: the same run, ${steps} steps\n`);
});

test("a recording has the disk that was made for it, and opens without the files that are on it", () => {
  const scenario = file("disk.exo.json");
  writeFileSync(file("note.txt"), "a note");
  writeFileSync(file("hi.c"), readFileSync(join(WORKSPACE, "hello.c")));
  const files = { "/bin/hi": "hi.c", "/note": "note.txt", "/bin/args": join(WORKSPACE, "echo.c") };
  writeFileSync(
    scenario,
    JSON.stringify({ disk: { sectors: 1024, files }, environments: [{ program: "hi.c" }] }),
  );
  const output = file("disk.exorec");
  const recorded = exo(["record", scenario, "-o", output, "--with-programs"]);
  expect(recorded).toMatchObject({ status: 0, stdout: "Hello from an exokernel.\n" });
  const json = JSON.parse(readFileSync(output, "utf8"));
  expect(json.scenario.disk.files).toEqual({
    ...{ "/bin/hi": "hi.c", "/note": "note.txt", "/bin/args": "echo.c" },
  });
  expect(json.files.map(({ name }: { name: string }) => name)).toEqual(["hi.c", "echo.c"]);
  for (const name of ["note.txt", "hi.c", "disk.exo.json"]) rmSync(file(name));
  const again = exo(["replay", output], "", folder);
  expect(again).toMatchObject({ status: 0, stdout: recorded.stdout });
  expect(again.stderr).toContain("exo: the same run");
});

test("a recording has its packets in it, and opens without the file that they came from", () => {
  const output = file("packets.exorec");
  const recorded = exo(["record", "packets/packets.exo.json", "-o", output, "--with-programs"]);
  expect(recorded.status).toBe(0);
  const { scenario } = JSON.parse(readFileSync(output, "utf8"));
  expect(scenario.network.packets.map(({ at }: { at: number }) => at)).toEqual([
    ...[200_000, 220_000, 240_000, 260_000, 280_000, 300_000],
  ]);
  const again = exo(["replay", output], "", folder);
  expect(again).toMatchObject({ status: 0, stdout: recorded.stdout });
  expect(again.stderr).toContain("exo: the same run");
  // A recording of somebody else's names no files of this machine.
  const network = { packets: "/etc/passwd" };
  const text = JSON.stringify({
    ...JSON.parse(readFileSync(output, "utf8")),
    scenario: { ...scenario, network },
  });
  writeFileSync(file("foreign.exorec"), text);
  expect(exo(["replay", file("foreign.exorec")]).stderr).toContain(
    "is damaged: its packets are in another file",
  );
});

test("arguments, slices and several programs are of the recording", () => {
  const output = file("several.exorec");
  const options = ["--tick", "300", "hello.c", "share/owner.c", "-o", output];
  const { stdout, status } = exo(["record", ...options, "--", "--loud"]);
  expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({
    launch: { tick: 300 },
    scenario: {
      environments: [{ program: "hello.c", arguments: ["--loud"] }, { program: "share/owner.c" }],
    },
  });
  const again = exo(["replay", output, "--stats", "json"]);
  expect(again).toMatchObject({ status, stdout });
  expect(again.stderr).toContain("the same run");
});

test("with its programs it runs again from another folder, which has neither sources nor a compiler", () => {
  const output = file("alone.exorec");
  const { stdout } = exo([
    "record",
    "ping-pong/ping-pong.exo.json",
    "-o",
    output,
    "--with-programs",
  ]);
  const again = exo(["replay", output, "--compiler", "/no/such/compiler"], "", tmpdir());
  expect(again).toMatchObject({ status: 0, stdout });
  expect(again.stderr).toContain("the same run");
  const bare = file("bare.exorec");
  exo(["record", "ping-pong/ping-pong.exo.json", "-o", bare]);
  expect(exo(["replay", bare], "", tmpdir())).toMatchObject({ status: 2, stdout: "" });
  expect(exo(["replay", bare], "", tmpdir()).stderr).toMatch(
    /^exo: The program 'client\.c' of the recording '.*bare\.exorec' is neither in the recording nor near it; put it into '.*', or save the recording with its programs\.\n$/,
  );
});

test("a run that ends by its limit, or because nobody can run, is recorded to there", () => {
  const limited = file("limited.exorec");
  const first = exo(["record", "bad/endless-loop.c", "--max-steps", "5000", "-o", limited]);
  expect(first.status).toBe(124);
  const again = exo(["replay", limited]);
  expect(again.status).toBe(124);
  expect(again.stderr).toMatch(
    /the same run, 5000 steps\nexo: the recording ends before the program does; endless-loop \(env \d+\) was at /,
  );

  const idle = file("idle.exorec");
  expect(exo(["record", "echo.c", "-o", idle], "Ada\n").status).toBe(125);
  const waiting = exo(["replay", idle]);
  expect(waiting.status).toBe(125);
  expect(waiting.stderr).toMatch(
    /the same run, \d+ steps\nexo: nobody can run any more: echo .* sleeps/,
  );
});

test.each([
  ["a loop without end", "going.c", "", "going\n"],
  ["a wait for input", "echo.c", "Ada\n", "Hello, Ada."],
])("control-C ends %s, and what ran until then is recorded", async (_, program, input, until) => {
  const going = '#include <stdio.h>\nint main(void) { printf("going\\n"); for (;;) ; }\n';
  writeFileSync(file("going.c"), going);
  const output = file(`interrupted-${program}.exorec`);
  const path = input === "" ? file(program) : program;
  const child = spawn(process.execPath, [EXO, "record", path, "-o", output], { cwd: WORKSPACE });
  let said = "";
  const hasBegun = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(until)) resolve();
    });
  });
  child.stdin.write(input);
  await hasBegun;
  child.kill("SIGINT");
  const status = await new Promise((resolve) => child.on("exit", resolve));
  expect(status).toBe(130);
  const again = exo(["replay", output]);
  expect(again.stderr).toMatch(/the same run, \d+ steps/);
  expect(again.stdout).toBe(said);
});

test("a program that was changed is refused; one that behaves otherwise is said to differ", () => {
  const source = file("mine.c");
  const text = '#include <stdio.h>\nint main(void) { printf("one\\n"); return 0; }\n';
  writeFileSync(source, text);
  const output = file("mine.exorec");
  exo(["record", "mine.c"], "", folder);
  writeFileSync(source, text.replace("one", "two"));
  const changed = exo(["replay", output]);
  expect(changed).toMatchObject({ status: 2, stdout: "" });
  expect(changed.stderr).toMatch(
    /^exo: The program 'mine\.c' of the recording '.*' is not the one that was recorded: .*; restore it as it was, or record again\.\n$/,
  );
  writeFileSync(source, text);
  expect(exo(["replay", output]).stdout).toBe("one\n");

  const recorded = JSON.parse(readFileSync(output, "utf8")) as {
    hash: string;
    branches: { end: number[] }[];
  };
  const replayed = (name: string, change: object) => {
    writeFileSync(file(name), JSON.stringify({ ...recorded, ...change }));
    return exo(["replay", file(name)]);
  };
  const other = replayed("other-hash.exorec", { hash: "0".repeat(16) });
  expect(other.status).toBe(123);
  expect(other.stderr).toMatch(
    /^exo: not the same run: at its end, step \d+, the machine's hash is [0-9a-f]{16}, and 0{16} was recorded/m,
  );
  const [{ end = [] } = {}] = recorded.branches;
  const later = replayed("later.exorec", {
    branches: [{ name: "main", end: [(end[0] ?? 0) + 9, end[1]], journal: [] }],
  });
  expect(later.status).toBe(123);
  expect(later.stderr).toMatch(
    /not the same run: it ended at step \d+ \(event \d+\), the recording ends at step \d+/,
  );
  const journal = [{ at: [300, 1], typed: "x" }];
  const never = replayed("never.exorec", { branches: [{ name: "main", end, journal }] });
  expect(never).toMatchObject({ status: 2 });
  expect(never.stderr).toMatch(/an entry of 'main' lies before the first moment/);
});

test("a replay traces as exo trace does", () => {
  const output = file("traced.exorec");
  exo(["record", "page-fault.c", "-o", output]);
  const events = (stderr: string) => stderr.split("\n").filter((line) => !line.startsWith("exo:"));
  expect(events(exo(["replay", output, "--trace"]).stderr)).toEqual(
    events(exo(["trace", "page-fault.c"]).stderr),
  );
});

test("a wrong use is one sentence on stderr and status 2", () => {
  for (const [args, sentence] of [
    [["record"], /Name a program/],
    [["record", "hello.c", "-o", "/no/such/folder/x.exorec"], /cannot be written \(ENOENT\)/],
    [["record", "hello.c", "-o", file("x.json")], /name ends in '\.exorec'/],
    [["replay"], /Name one recording/],
    [["replay", "no-such.exorec"], /There is no file/],
    [["replay", "hello.c"], /is not a recording/],
    [["replay", "hello.c", "--stats", "xml"], /--stats xml is not known/],
    [["run", file("hello.c.exorec")], /is a recording; run it again with 'exo replay'/],
  ] as const) {
    const { status, stderr, stdout } = exo(args);
    expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  }
});
