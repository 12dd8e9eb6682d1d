import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readPcap } from "../pcap.ts";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";

beforeAll(() => {
  const bundled = spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT });
  expect(bundled.status).toBe(0);
});

function exo(
  args: readonly string[],
  input = "",
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "dist/exo.js"), ...args],
    {
      input,
      cwd: WORKSPACE,
      encoding: "utf8",
      timeout: 25_000,
    },
  );
  return { status, stdout, stderr };
}

test("exo run hello.c prints the greeting and exits 0", () => {
  expect(exo(["run", "hello.c"])).toMatchObject({
    status: 0,
    stdout: "Hello from an exokernel.\n",
  });
});

test("--pcap-out writes what was sent and what came from outside, to be fed to a run again", () => {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-pcap-"));
  const first = join(folder, "first.pcap");
  expect(exo(["run", "packets/packets.exo.json", "--pcap-out", first]).status).toBe(0);
  const packets = readPcap(readFileSync(first));
  // Six from the file at their steps, and after three of them A's answer to port 50000.
  expect(packets.map(({ bytes }) => (bytes[36] << 8) | bytes[37])).toEqual([
    ...[7, 50_000, 9, 11, 7, 50_000, 7, 50_000, 9],
  ]);
  expect(packets[0]).toMatchObject({ seconds: 0, nanoseconds: 200_000_000 });
  const scenario = {
    environments: [{ name: "b", program: join(WORKSPACE, "packets/udp-b.c"), arguments: ["2"] }],
    network: { packets: { file: "first.pcap", at: 50_000, spacing: 1000 }, out: "second.pcap" },
  };
  writeFileSync(join(folder, "again.exo.json"), JSON.stringify(scenario));
  const again = exo(["run", join(folder, "again.exo.json")]);
  expect(again.stdout).toContain("b: 2 packets; 9 arrived in all, 7 for nobody");
  expect(readPcap(readFileSync(join(folder, "second.pcap"))).length).toBe(9);
  expect(exo(["run", "hello.c", "--pcap-out", first])).toMatchObject({
    status: 2,
    stderr: "exo: --pcap-out needs a machine with a network; give the scenario a 'network'.\n",
  });
});

test("exo run warns of weakened guards and says what they let a program break", () => {
  const { status, stdout, stderr } = exo(["run", "share/thief-weakened.exo.json"]);
  expect(status).toBe(1);
  expect(stdout).toContain("thief: the owner's page says \"A page of the owner's\"");
  expect(stderr).toMatch(
    /^exo: warning: this scenario weakens the guard 'rights do not grow'; what it shows,/,
  );
  expect(stderr).toMatch(
    /^exo: bind has broken the kernel: binding of 0x60000000 in environment index 2 has more rights than its capability/m,
  );
  expect(exo(["run", "share/thief.exo.json"])).toMatchObject({
    status: 0,
    stdout: "thief: bind for writing: EXO_E_RIGHTS\n",
    stderr: "",
  });
});

test("the program's exit status is exo's own", () => {
  expect(exo(["run", "bad/returns-3.c"]).status).toBe(3);
});

test.each(["bad/endless-loop.c", "bad/fault-loop.c"])(
  "--max-steps ends %s with a message and a status of its own",
  (program) => {
    const { status, stderr } = exo(["run", "--max-steps", "300000", program]);
    expect(status).toBe(124);
    expect(stderr).toMatch(/^exo: stopped after 300000 steps \(--max-steps\); .* was at /m);
  },
);

test("standard input is the guest's console, and its end leaves nobody waiting for ever", () => {
  expect(exo(["run", "echo.c"], "Ada\n").stdout).toContain("Hello, Ada.");
  const { status } = exo(["run", "echo.c"], "");
  expect(status).not.toBeNull();
});

test("several programs run in an environment each, and a scenario says so itself", () => {
  const { stdout, status } = exo(["run", "hello.c", "hello.c"]);
  expect(stdout).toBe("Hello from an exokernel.\nHello from an exokernel.\n");
  expect(status).toBe(0);
  expect(exo(["run", "--scenario", "ping-pong/ping-pong.exo.json"]).stdout).toContain(
    "ping 3, pong 4",
  );
  expect(exo(["run", "hello.c", "share/share.exo.json"])).toMatchObject({ status: 2 });
});

test("a wrong use is one sentence on stderr and status 2", () => {
  for (const [args, sentence] of [
    [["run"], /Name a program/],
    [["run", "no-such.c"], /There is no file/],
    [["run", "--max-steps", "soon", "hello.c"], /must be a whole number/],
    [["run", "--engine", "warp", "hello.c"], /no engine 'warp'/],
    [["run", "--wat", "hello.c"], /--wat/],
    [["run", "bad/does-not-compile.c"], /does not compile/],
    [["dance"], /no command 'dance'/],
  ] as const) {
    const { status, stderr } = exo(args);
    expect({ args, status }).toEqual({ args, status: 2 });
    expect(stderr).toMatch(sentence);
  }
});

test("--stats json gives the same hash for the same run", () => {
  const stats = (...options: string[]) => {
    const { stderr } = exo(["run", "--stats", "json", ...options, "share/share.exo.json"]);
    return JSON.parse(stderr);
  };
  const { host, ...first } = stats();
  expect(first).toMatchObject({ environments: [{ name: "borrower" }, { name: "owner" }] });
  expect(host.engine).toBe("translator");
  // What it cost the host is another matter, and so is the engine.
  const { host: interpreter, ...other } = stats("--engine", "interpreter");
  expect(other).toEqual(first);
  expect(interpreter).toMatchObject({ engine: "interpreter", translatedSteps: 0 });
});

test("exo trace prints every kernel event with its step", () => {
  const { stderr } = exo(["trace", "page-fault.c"]);
  expect(stderr).toMatch(
    /^ +\d+ {2}page-fault \(env \d+\): upcall: store page fault at 0x40000020/m,
  );
});

test("exo abi --count compares the number of calls", () => {
  const { stdout } = exo(["abi", "--count"]);
  for (const line of [/^JOS +14 /m, /^xv6 +21 /m, /^FreeBSD 4\.5 +364 /m, /^Exoscope +\d+ /m]) {
    expect(stdout).toMatch(line);
  }
});

test("exo caps prints every capability as text or as a graph, at the end or after so many steps", () => {
  const { status, stdout } = exo(["caps", "share/share.exo.json", "--max-steps", "9000"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^arch riscv32\n\nobjects \{\n/);
  expect(stdout).toMatch(
    /table_owner__env_\d+_ \{\n {4}0: env_owner__env_\d+_ \(rwxgc\) <- launcher/,
  );
  // Nothing of what the programs print is among it.
  expect(stdout).not.toContain("owner:");
  const graph = exo(["caps", "share/share.exo.json", "--dot"]);
  expect(graph.stdout).toMatch(/^digraph capabilities \{\n[\s\S]*\}\n$/);
  expect(exo(["caps"])).toMatchObject({ status: 2, stdout: "" });
});

test("a program of UNIX that is run alone reads what is typed, to its end, and its exit status is exo's", () => {
  const counted = exo(["run", "v6/wc.c"], "one two\nthree\n");
  expect(counted).toMatchObject({ status: 0, stderr: "" });
  expect(counted.stdout).toBe("one two\nthree\n2 3 14\n");
  // More than the terminal's ring, and the console's queue, hold at once.
  const long = exo(["run", "v6/wc.c"], "0123456789 abcdefg\n".repeat(2000) + "x".repeat(3000));
  expect(long).toMatchObject({ status: 0, stderr: "" });
  expect(long.stdout.endsWith("x2000 4001 41000\n")).toBe(true);
  const folder = mkdtempSync(join(tmpdir(), "exoscope-unix-"));
  const program = join(folder, "runs.c");
  writeFileSync(
    program,
    `#include "kernel/types.h"
#include "user/user.h"
int main(int argc, char **argv) {
  if (fork() == 0) { exec("echo", argv); exit(1); }
  wait(0);
  exit(argc);
}`,
  );
  expect(exo(["run", program, "--", "a", "b"])).toMatchObject({ status: 3, stdout: "a b\n" });
  const recording = join(folder, "runs.exorec");
  expect(exo(["record", program, "-o", recording, "--", "a"]).status).toBe(2);
  const again = exo(["replay", recording]);
  expect(again.stderr).toContain("the same run");
  expect(again.status).toBe(2);
});

test("exo crash --barriers cuts the power before barriers too, with as many seeds as asked for, and finds one that is missing", () => {
  const every = ["--barriers", "--mode", "random"];
  const whole = exo(["crash", "bank/wal.exo.json", ...every, "--seeds", "2"]);
  expect(whole.status).toBe(0);
  expect(whole.stdout.split("\n").filter((line) => line !== "")).toHaveLength(2 * (6 + 4 + 1));
  expect(whole.stdout).toContain("ok    seed 2, after 2 of 6 writes, before barrier 1: found A=");
  const lacking = exo(["crash", "txn/no-table-barrier.exo.json", ...every]);
  expect(lacking.status).toBe(1);
  expect(lacking.stdout).toMatch(/^FAIL {2}after .*, before barrier .*, WRONG, status 1$/m);
}, 60_000);

test("exo crash wants at least one seed", () => {
  const { status, stderr } = exo([
    "crash",
    "bank/wal.exo.json",
    "--mode",
    "random",
    "--seeds",
    "0",
  ]);
  expect(status).not.toBe(0);
  expect(stderr).toContain("--seeds must be a whole number from 1 to 2^32 - 1, not '0'.");
});
