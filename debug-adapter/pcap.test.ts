import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "./errors.ts";
import type { Host } from "./host.ts";
import { nodeHost } from "./host.ts";
import { PcapError, readPcap, writePcap } from "./pcap.ts";
import { parseScenario } from "./scenario.ts";
import { networkOf, type PacketFile, timed } from "./scenario-network.ts";

const frames = fc.array(
  fc.record({
    step: fc.nat(5_000_000_000),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  }),
  { maxLength: 6 },
);

/** A file in any of the four forms. */
function file(isLittle: boolean, magic: number, link = 1, records: readonly number[][] = []) {
  const size = 24 + records.reduce((sum, [, , , ...bytes]) => sum + 16 + bytes.length, 0);
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(0, magic, isLittle);
  view.setUint16(4, 2, isLittle);
  view.setUint16(6, 4, isLittle);
  view.setUint32(16, 0xffff, isLittle);
  view.setUint32(20, link, isLittle);
  let at = 24;
  for (const [seconds, fraction, length, ...bytes] of records) {
    for (const [i, word] of [seconds, fraction, bytes.length, length].entries()) {
      view.setUint32(at + 4 * i, word, isLittle);
    }
    for (const [i, byte] of bytes.entries()) view.setUint8(at + 16 + i, byte);
    at += 16 + bytes.length;
  }
  return new Uint8Array(view.buffer);
}

test("what is written is read again, with a microsecond for a step", () => {
  fc.assert(
    fc.property(frames, (list) => {
      const back = readPcap(writePcap(list)).map(({ seconds, nanoseconds, bytes }) => ({
        step: seconds * 1_000_000 + nanoseconds / 1000,
        bytes,
      }));
      expect(back).toEqual(list);
    }),
  );
});

test.each([
  ["little endian, microseconds", true, 0xa1b2_c3d4, 7_000],
  ["big endian, microseconds", false, 0xa1b2_c3d4, 7_000],
  ["little endian, nanoseconds", true, 0xa1b2_3c4d, 7],
  ["big endian, nanoseconds", false, 0xa1b2_3c4d, 7],
])("a file that is %s", (_, isLittle, magic, nanoseconds) => {
  expect(readPcap(file(isLittle, magic, 1, [[3, 7, 2, 0xaa, 0xbb]]))).toEqual([
    { seconds: 3, nanoseconds, bytes: Uint8Array.of(0xaa, 0xbb) },
  ]);
});

test.each([
  ["is no pcap file", new Uint8Array()],
  ["is no pcap file", Uint8Array.of(1, 2, 3, 4, 5)],
  ["is in the newer format pcapng; save it as pcap", Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a)],
  ["ends within its header of 24 bytes", file(true, 0xa1b2_c3d4).subarray(0, 23)],
  ["has packets of link type 101, and only Ethernet (1) is known", file(true, 0xa1b2_c3d4, 101)],
  [
    "ends within packet 1; it was cut short",
    file(true, 0xa1b2_c3d4, 1, [[0, 0, 3, 1, 2, 3]]).subarray(0, 42),
  ],
  [
    "ends within packet 2; it was cut short",
    file(false, 0xa1b2_c3d4, 1, [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]).subarray(0, 50),
  ],
  [
    "holds only 1 of the 60 bytes of packet 1; capture whole packets",
    file(true, 0xa1b2_c3d4, 1, [[0, 0, 60, 1]]),
  ],
  ["has 0 bytes in packet 1, and a frame has 1 to 1514", file(true, 0xa1b2_c3d4, 1, [[0, 0, 0]])],
])("a file that %s is refused with that", (sentence, bytes) => {
  expect(() => readPcap(bytes)).toThrow(new PcapError(sentence));
});

test("whatever a file holds, it is packets or a sentence", () => {
  const damaged = fc
    .record({ list: frames, at: fc.nat(), value: fc.nat(255), end: fc.nat() })
    .map(({ list, at, value, end }) => {
      const bytes = writePcap(list);
      bytes[at % bytes.length] = value;
      return bytes.subarray(0, end % 4 === 0 ? end % bytes.length : bytes.length);
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })), (bytes) => {
      try {
        readPcap(bytes);
      } catch (problem) {
        expect(problem).toBeInstanceOf(PcapError);
      }
    }),
  );
});

const captured = (seconds: number, nanoseconds: number) => ({
  seconds,
  nanoseconds,
  bytes: Uint8Array.of(1),
});
const stepsOf = (options: Partial<PacketFile>) =>
  timed([captured(10, 999_999_500), captured(11, 1_000), captured(9, 0)], {
    at: 100,
    stepsPerSecond: 1_000_000,
    ...options,
  }).map(({ step }) => step);

test("a file's times become steps, by its clock or by a spacing", () => {
  expect(stepsOf({})).toEqual([100, 101, 100]);
  expect(stepsOf({ stepsPerSecond: 1_000_000_000 })).toEqual([100, 1600, 100]);
  expect(stepsOf({ spacing: 50 })).toEqual([100, 150, 200]);
  expect(timed([], { at: 0, stepsPerSecond: 1 })).toEqual([]);
});

const SCENARIO = "/w/x.exo.json";
const scenario = (network: unknown) =>
  parseScenario(SCENARIO, JSON.stringify({ environments: [{ program: "a.c" }], network })).network;
const hostWith = (bytes: Uint8Array | undefined): Host => ({
  ...nodeHost,
  isFile: () => bytes !== undefined,
  readBytes: () => bytes ?? new Uint8Array(),
});
const load = (network: unknown, bytes?: Uint8Array) => {
  const read = scenario(network);
  if (read === undefined) throw new Error("no network");
  return networkOf(read, SCENARIO, (path) => `/w/${path}`, hostWith(bytes));
};

test("a scenario's packets come from its list or from its file", () => {
  expect(load({ packets: [{ at: 3, hex: "0a 0B\nff" }] })).toEqual({
    loopback: false,
    packets: [{ step: 3, bytes: Uint8Array.of(10, 11, 255) }],
  });
  expect(load({ loopback: { latency: 9 } })).toEqual({ loopback: true, latency: 9, packets: [] });
  const bytes = writePcap([{ step: 5, bytes: Uint8Array.of(1) }]);
  expect(load({ packets: { file: "a.pcap", at: 40 } }, bytes).packets).toEqual([
    { step: 40, bytes: Uint8Array.of(1) },
  ]);
});

test.each([
  [
    { packets: "a.pcap" },
    undefined,
    "/w/x.exo.json: 'network.packets' names 'a.pcap', but there is no file '/w/a.pcap'; make one with 'exo run --pcap-out', or list the packets in the scenario.",
  ],
  [
    { packets: "a.pcap" },
    Uint8Array.of(1),
    "/w/x.exo.json: the packet file '/w/a.pcap' is no pcap file.",
  ],
  [
    { packets: 5 },
    undefined,
    "/w/x.exo.json: 'network.packets' must be a pcap file's name, { file, ... } or a list of { at, hex }.",
  ],
  [
    { packets: { file: "a", spacing: 1, stepsPerSecond: 1 } },
    undefined,
    "/w/x.exo.json: 'network.packets' has both 'stepsPerSecond' and 'spacing'; leave one of them out.",
  ],
  [
    { packets: [{ at: 1, hex: "00".repeat(1515) }] },
    undefined,
    "/w/x.exo.json: 'network.packets[0].hex' must be 1 to 1514 bytes, each as two hexadecimal digits.",
  ],
  [
    { loopback: 1 },
    undefined,
    "/w/x.exo.json: 'network.loopback' must be true, false or { latency }.",
  ],
])("a bad network is one sentence: %j", (network, bytes, sentence) => {
  expect(() => load(network, bytes)).toThrow(new UserError(105, sentence));
});
