/** The samples in net/: what they print, and that what they sent is right, in the words of others than they. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CapturedPacket, readPcap, writePcap } from "../debug-adapter/pcap.ts";
import { type Dissected, dissect } from "../debug-adapter/testing/dissect.ts";
import { ROOT, runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";
import { tsharkProblems } from "../debug-adapter/testing/tshark.ts";

const lines = (output: string, who: string): string[] =>
  output.split("\n").filter((line) => line.startsWith(`${who}:`));

beforeAll(() => {
  const bundled = spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT });
  expect(bundled.status).toBe(0);
});

/** Runs a scenario by the command line, and reads the file that `--pcap-out` made. */
function capture(scenario: string): { output: string; packets: CapturedPacket[] } {
  const file = join(mkdtempSync(join(tmpdir(), "exoscope-net-")), "out.pcap");
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(ROOT, "dist/exo.js"), "run", scenario, "--pcap-out", file],
    { cwd: WORKSPACE, encoding: "utf8", timeout: 25_000 },
  );
  expect(status).toBe(0);
  return { output: stdout, packets: readPcap(readFileSync(file)) };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const dissected = (packets: readonly CapturedPacket[]): Dissected[] =>
  packets.map(({ bytes }) => dissect(bytes));

const pcapOf = (packets: readonly CapturedPacket[]): Uint8Array =>
  writePcap(packets.map(({ bytes }, step) => ({ step, bytes })));

describe("echo.exo.json", () => {
  test.each(["0", "2"] as const)(
    "server and client find each other by an address alone, and both answer pings (-O%s)",
    async (optimisation) => {
      const run = await runGuest(join(WORKSPACE, "net/echo.exo.json"), { optimisation });
      expect(run.fatal).toEqual([]);
      expect(Object.fromEntries(run.statuses)).toEqual({ server: 0, client: 0, ping: 1 });
      expect(lines(run.output, "client")).toEqual([
        'client: "one" came back, try 1',
        'client: "two" came back, try 1',
        'client: "three" came back, try 1',
      ]);
      expect(lines(run.output, "server")).toEqual([
        "server: 10.0.0.7, port 7",
        "server: 3 bytes from 10.0.0.8",
        "server: 3 bytes from 10.0.0.8",
        "server: 5 bytes from 10.0.0.8",
      ]);
      expect(lines(run.output, "ping").map((line) => line.replace(/\d+ steps/, "N steps"))).toEqual(
        [
          "ping: 10.0.0.7 answers within N steps",
          "ping: 10.0.0.9 answers within N steps",
          "ping: 10.0.0.99: nobody answers ARP for that address",
        ],
      );
    },
  );

  test("no frame in its capture is malformed, neither to our dissector nor to tshark", () => {
    const { packets } = capture("net/echo.exo.json");
    expect(dissected(packets).flatMap(({ problems }) => problems)).toEqual([]);
    const kinds = dissected(packets).map(({ packet }) => packet.kind);
    expect(new Set(kinds)).toEqual(new Set(["arp", "udp", "icmp"]));
    expect(tsharkProblems(pcapOf(packets)) ?? []).toEqual([]);
  });

  test("either would say so if one were", () => {
    const { packets } = capture("net/echo.exo.json");
    // The last byte of the first datagram's checksum.
    const at = packets.findIndex(({ bytes }) => dissect(bytes).packet.kind === "udp");
    packets[at].bytes[41] ^= 1;
    expect(dissected(packets).flatMap(({ problems }) => problems)).toEqual(["UDP checksum"]);
    expect(tsharkProblems(pcapOf(packets))?.length ?? 1).toBe(1);
  });
});

describe("v6/udp.exo.json", () => {
  test("a UNIX process keeps its socket over forks; its child takes an address of its own, and the two talk", async () => {
    const run = await runGuest(join(WORKSPACE, "v6/udp.exo.json"), { steps: 100_000_000 });
    expect(run.fatal).toEqual([]);
    expect(run.statuses.get("world")).toBe(0);
    expect(lines(run.output, "server")).toEqual(["server: the parent's socket: no such socket"]);
    expect(lines(run.output, "client")).toEqual([
      "client: 3 bytes came back, the same",
      "client: 12 bytes came back, the same",
      "client: 0 bytes came back, the same",
      "client: the ping of a process that is gone: nothing came in time",
    ]);
  });
});

describe("outside.exo.json", () => {
  test("another host finds the server by ARP, pings it, and is echoed; what is spoilt is not", () => {
    const { output, packets } = capture("net/outside.exo.json");
    expect(output).toBe(
      [
        "server: 10.0.0.7, port 7",
        "server: 5 bytes from 10.0.0.2",
        "server: 5 bytes from 10.0.0.2",
        "server: 3 bytes from 10.0.0.2",
        "",
      ].join("\n"),
    );
    const answers = dissected(packets).filter(({ from }) => from === "02:65:78:6f:00:01");
    // The machine ends with its last program: the answer to the last datagram has not left by then.
    expect(answers.map(({ packet }) => packet)).toMatchObject([
      { kind: "arp", operation: 2, target: "10.0.0.2" },
      { kind: "icmp", type: 0, target: "10.0.0.2" },
      { kind: "udp", targetPort: 50_000, data: bytesOf("hello") },
      { kind: "icmp", type: 3, code: 3 },
      { kind: "udp", targetPort: 50_000, data: bytesOf("again") },
    ]);
    expect(answers.flatMap(({ problems }) => problems)).toEqual([]);
    const theirs = packets.filter(({ bytes }) => dissect(bytes).from === "02:65:78:6f:00:01");
    expect(tsharkProblems(pcapOf(theirs)) ?? []).toEqual([]);
  });
});
