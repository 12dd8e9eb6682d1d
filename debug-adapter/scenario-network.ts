/** The network of a scenario: what its file says of it, and the packets that are meant. */
import { FRAME_BYTES_MAX } from "#emulator";
import type { KernelNetwork, NetworkInput } from "#exokernel";
import { badScenario } from "./errors.ts";
import type { Host } from "./host.ts";
import { type CapturedPacket, PcapError, readPcap } from "./pcap.ts";

export interface ScenarioNetwork {
  readonly loopback: boolean;
  /** Steps for which a frame is on the line. */
  readonly latency?: number;
  readonly packets: readonly NetworkInput[] | PacketFile;
  /** Where the frames that passed are written at the end: a path relative to the scenario file, or absolute. */
  readonly out?: string;
}

/** A pcap file and the steps at which its packets arrive. */
export interface PacketFile {
  /** Relative to the scenario file, or absolute. */
  readonly file: string;
  /** Step of the first packet. */
  readonly at: number;
  /** Of the time between two packets. */
  readonly stepsPerSecond: number;
  /** Steps from each packet to the next, instead of the file's own times. */
  readonly spacing?: number;
}

/** A step is a microsecond unless a scenario says otherwise. */
const STEPS_PER_SECOND = 1_000_000;

/** The checks of the scenario's reader; `where` is the key that a sentence names. */
export interface Checks {
  object(json: unknown, where: string): Record<string, unknown>;
  known(object: Record<string, unknown>, where: string, keys: readonly string[]): void;
  string(json: unknown, where: string): string;
  integer(json: unknown, where: string, min: number, max: number): number;
  fail(what: string): never;
}

/** Reads the key `network`. */
export function readNetwork(json: unknown, checks: Checks): ScenarioNetwork {
  const network = checks.object(json, "network");
  checks.known(network, "network", ["loopback", "packets", "out"]);
  const { loopback = false, packets = [], out } = network;
  return {
    ...readLoopback(loopback, checks),
    packets: readPackets(packets, checks),
    ...(out === undefined ? {} : { out: checks.string(out, "network.out") }),
  };
}

function readLoopback(
  json: unknown,
  checks: Checks,
): Pick<ScenarioNetwork, "loopback" | "latency"> {
  if (typeof json === "boolean") return { loopback: json };
  if (typeof json !== "object" || json === null) {
    checks.fail("'network.loopback' must be true, false or { latency }");
  }
  const loopback = checks.object(json, "network.loopback");
  checks.known(loopback, "network.loopback", ["latency"]);
  const latency = checks.integer(loopback["latency"], "network.loopback.latency", 0, 1_000_000_000);
  return { loopback: true, latency };
}

function readPackets(json: unknown, checks: Checks): readonly NetworkInput[] | PacketFile {
  if (Array.isArray(json)) {
    return json.map((item, i) => readPacket(item, `network.packets[${i}]`, checks));
  }
  const where = "network.packets";
  if (typeof json === "string") return { file: json, at: 0, stepsPerSecond: STEPS_PER_SECOND };
  if (typeof json !== "object" || json === null) {
    checks.fail(`'${where}' must be a pcap file's name, { file, ... } or a list of { at, hex }`);
  }
  const item = checks.object(json, where);
  checks.known(item, where, ["file", "at", "stepsPerSecond", "spacing"]);
  const { file, at = 0, stepsPerSecond, spacing } = item;
  if (stepsPerSecond !== undefined && spacing !== undefined) {
    checks.fail(`'${where}' has both 'stepsPerSecond' and 'spacing'; leave one of them out`);
  }
  return {
    file: checks.string(file, `${where}.file`),
    at: checks.integer(at, `${where}.at`, 0, Number.MAX_SAFE_INTEGER),
    stepsPerSecond: checks.integer(
      stepsPerSecond ?? STEPS_PER_SECOND,
      `${where}.stepsPerSecond`,
      1,
      1_000_000_000,
    ),
    ...(spacing === undefined
      ? {}
      : { spacing: checks.integer(spacing, `${where}.spacing`, 0, 1_000_000_000) }),
  };
}

function readPacket(json: unknown, where: string, checks: Checks): NetworkInput {
  const item = checks.object(json, where);
  checks.known(item, where, ["at", "hex"]);
  const step = checks.integer(item["at"], `${where}.at`, 0, Number.MAX_SAFE_INTEGER);
  const hex = checks.string(item["hex"], `${where}.hex`).replace(/\s/g, "");
  if (!/^([0-9a-f]{2})+$/i.test(hex) || hex.length > 2 * FRAME_BYTES_MAX) {
    checks.fail(
      `'${where}.hex' must be 1 to ${FRAME_BYTES_MAX} bytes, each as two hexadecimal digits`,
    );
  }
  return {
    step,
    bytes: Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
  };
}

/** The network as the kernel takes it: the packets of a file are read. `path` is the file's, `program` the scenario's. */
export function networkOf(
  { loopback, latency, packets }: ScenarioNetwork,
  program: string,
  resolve: (path: string) => string,
  host: Host,
): KernelNetwork {
  return {
    loopback,
    ...(latency === undefined ? {} : { latency }),
    packets: "file" in packets ? packetsOf(packets, program, resolve(packets.file), host) : packets,
  };
}

function packetsOf(packets: PacketFile, program: string, path: string, host: Host): NetworkInput[] {
  if (!host.isFile(path)) {
    throw badScenario(
      program,
      `'network.packets' names '${packets.file}', but there is no file '${path}'; make one with 'exo run --pcap-out', or list the packets in the scenario.`,
    );
  }
  try {
    return timed(readPcap(host.readBytes(path)), packets);
  } catch (problem) {
    if (!(problem instanceof PcapError)) throw problem;
    throw badScenario(program, `the packet file '${path}' ${problem.message}.`);
  }
}

/** The steps at which captured packets arrive. One that was captured before the first arrives with the first. */
export function timed(
  captured: readonly CapturedPacket[],
  { at, stepsPerSecond, spacing }: Omit<PacketFile, "file">,
): NetworkInput[] {
  const { seconds: begin = 0, nanoseconds: beginNanoseconds = 0 } = captured[0] ?? {};
  return captured.map(({ seconds, nanoseconds, bytes }, i) => {
    const after =
      (seconds - begin) * stepsPerSecond +
      Math.floor(((nanoseconds - beginNanoseconds) * stepsPerSecond) / 1e9);
    return { step: at + (spacing === undefined ? Math.max(0, after) : i * spacing), bytes };
  });
}

/** The key `network` as a recording has it: with its packets in it, and without a file to write. */
export function recordedNetwork(source: unknown, { packets = [] }: KernelNetwork): unknown {
  const { out: _out, ...rest } = source as Record<string, unknown>;
  return {
    ...rest,
    packets: packets.map(({ step, bytes }) => ({
      at: step,
      hex: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    })),
  };
}
