/** The network library: what it sends is right by a dissector that shares no line with it, and by tshark; what it is sent, it survives. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { KernelNetwork } from "#exokernel";
import { writePcap } from "../../debug-adapter/pcap.ts";
import { type Dissected, dissect, type Packet } from "../../debug-adapter/testing/dissect.ts";
import {
  arpFrame,
  echoRequestFrame,
  mendHeader,
  udpFrameTo,
} from "../../debug-adapter/testing/network-frames.ts";
import {
  buildGuest,
  type GuestRun,
  LIBOS,
  type RunOptions,
  runPrograms,
} from "../../debug-adapter/testing/run-guest.ts";
import { tsharkProblems } from "../../debug-adapter/testing/tshark.ts";
import { announceSeed, FULL, LEVELS, SEED, TIMEOUT } from "../../exokernel/testing/sampling.ts";

announceSeed("network library");

const STATION = "02:65:78:6f:00:01";
const LOOPBACK: KernelNetwork = { loopback: true, latency: 500 };
/** Another host, outside the machine, and the server to which it sends. */
const PEER = { source: "10.0.0.2", target: "10.0.0.7" };
const at = (step: number, bytes: Uint8Array) => ({ step, bytes });

interface NetRun extends GuestRun {
  /** What was sent, in order. */
  readonly frames: readonly { readonly step: number; readonly bytes: Uint8Array }[];
}

interface Guest {
  readonly name: string;
  /** In `tests`. */
  readonly source: string;
  readonly arguments?: readonly string[];
}

async function run(guests: readonly Guest[], options: RunOptions = {}): Promise<NetRun> {
  const { optimisation } = options;
  const frames: { step: number; bytes: Uint8Array }[] = [];
  const programs = await Promise.all(
    guests.map(async ({ source, ...guest }) => ({
      ...guest,
      image: await buildGuest(join(LIBOS, "net/tests", source), { optimisation }),
    })),
  );
  let listens = false;
  const result = runPrograms(programs, {
    network: LOOPBACK,
    ...options,
    onEvent: (event, kernel) => {
      const { network } = kernel.machine;
      if (!listens && network !== undefined) {
        listens = true;
        network.onFrame = (bytes, way) => {
          if (way === "sent") frames.push({ step: kernel.steps, bytes: bytes.slice() });
        };
      }
      options.onEvent?.(event, kernel);
    },
  });
  return { ...result, frames };
}

/** What a program counted, from its last lines. */
function countsOf(output: string): Record<string, number> {
  const lines = [...output.matchAll(/^(\w+) (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, name = "", count]) => [name, Number(count)]));
}

const dissected = (frames: NetRun["frames"]): Dissected[] =>
  frames.map(({ bytes }) => dissect(bytes));
const problemsOf = (frames: NetRun["frames"]): string[] =>
  dissected(frames).flatMap(({ problems }, i) =>
    problems.map((problem) => `frame ${i}: ${problem}`),
  );
const succeeded = (result: GuestRun, ...names: string[]): void => {
  expect(result.output).not.toContain("FAILED");
  expect(result.fatal).toEqual([]);
  expect(Object.fromEntries(result.statuses)).toEqual(
    Object.fromEntries(names.map((name) => [name, 0])),
  );
};

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test("a datagram of every length from 0 to 1472 bytes comes back, between two programs that no other program set up", async () => {
    const result = await run(
      [
        {
          name: "client",
          source: "every-length.c",
          arguments: ["10.0.0.8", "10.0.0.7", "kernel", "1472"],
        },
        { name: "server", source: "echoer.c", arguments: ["10.0.0.7"] },
      ],
      { optimisation, steps: 400_000_000 },
    );
    succeeded(result, "client", "server");
    expect(problemsOf(result.frames)).toEqual([]);
    expect(tsharkProblems(writePcap(result.frames)) ?? []).toEqual([]);
    const frames = dissected(result.frames);
    const echoed = frames.flatMap(({ packet }) =>
      packet.kind === "udp" && packet.sourcePort === 7 ? [packet.data.length] : [],
    );
    expect(echoed).toEqual(Array.from({ length: 1473 }, (_, length) => length));
    for (const { packet } of frames) if (packet.kind === "udp") expect(packet.checksum).not.toBe(0);
    for (const { from } of frames) expect(from).toBe(STATION);
    expect(countsOf(result.output)).toMatchObject({
      udp_taken: 1474,
      udp_checksum: 0,
      ring_full: 0,
    });
  });

  test.each([
    { who: "kernel", tick: 701 },
    { who: "libos", tick: 1501 },
  ])(
    "it works wherever slices end, also when the $who saves the registers",
    async ({ who, tick }) => {
      const result = await run(
        [
          {
            name: "client",
            source: "every-length.c",
            arguments: ["10.0.0.8", "10.0.0.7", who, "40"],
          },
          { name: "server", source: "echoer.c", arguments: ["10.0.0.7", who] },
        ],
        { optimisation, tick, steps: 100_000_000 },
      );
      succeeded(result, "client", "server");
      expect(problemsOf(result.frames)).toEqual([]);
    },
  );

  test("before the first datagram the client asks for the server's station, and it is the server who answers", async () => {
    const result = await run(
      [
        { name: "server", source: "echoer.c", arguments: ["10.0.0.7"] },
        {
          name: "client",
          source: "every-length.c",
          arguments: ["10.0.0.8", "10.0.0.7", "kernel", "2"],
        },
      ],
      { optimisation },
    );
    succeeded(result, "client", "server");
    const [first, second, third, ...others] = dissected(result.frames);
    expect(first).toMatchObject({
      to: "ff:ff:ff:ff:ff:ff",
      packet: { kind: "arp", operation: 1, sender: "10.0.0.8", target: "10.0.0.7" },
    });
    expect(second).toMatchObject({
      to: STATION,
      packet: { kind: "arp", operation: 2, sender: "10.0.0.7", senderStation: STATION },
    });
    expect(third).toMatchObject({ packet: { kind: "udp", source: "10.0.0.8", targetPort: 7 } });
    // The server has learned from the question, and both remember.
    for (const { packet } of others) expect(packet.kind).toBe("udp");
    const [question, , answer] = result.frames;
    const arrived = result.events.filter(({ kind }) => kind === "packet");
    expect(arrived[0]).toMatchObject({ target: 0x102 });
    expect(question?.step).toBeLessThan(answer?.step ?? 0);
  });

  test("what the calls are given that makes no sense is refused, and everything is given back", async () => {
    const result = await run([{ name: "api", source: "api.c" }], { optimisation });
    succeeded(result, "api");
    expect(problemsOf(result.frames)).toEqual([]);
    const toPort70 = dissected(result.frames).flatMap(({ packet }) =>
      packet.kind === "udp" && packet.targetPort === 70 ? [packet.checksum] : [],
    );
    expect(toPort70).toEqual([0xffff]);
  });

  test("what finds no room in the server's ring is lost, and the client's retries bring all through", async () => {
    const result = await run(
      [
        { name: "server", source: "echoer.c", arguments: ["10.0.0.7"] },
        { name: "client", source: "burst.c", arguments: ["10.0.0.8", "10.0.0.7"] },
      ],
      { optimisation, network: { loopback: true, latency: 50 }, steps: 100_000_000 },
    );
    succeeded(result, "client", "server");
    const dropped = result.events.filter(
      (event) => event.kind === "packet" && event.dropped === "ring full",
    );
    expect(dropped.length).toBeGreaterThan(3);
    expect(Number(/after (\d+) rounds/.exec(result.output)?.[1])).toBeGreaterThan(1);
    expect(problemsOf(result.frames)).toEqual([]);
  });

  test("a socket goes on when the pages under it are replaced by copies", async () => {
    const result = await run(
      [
        { name: "server", source: "echoer.c", arguments: ["10.0.0.7"] },
        { name: "client", source: "copied.c", arguments: ["10.0.0.8", "10.0.0.7"] },
      ],
      { optimisation },
    );
    succeeded(result, "client", "server");
  });

  test(
    "nothing behind a frame's last byte is read, whatever the frame says, and each is counted once",
    async () => {
      const frames = FULL ? 300_000 : 10_000;
      const result = await run(
        [{ name: "guard", source: "guard.c", arguments: [String(SEED), String(frames)] }],
        { optimisation, steps: 10_000_000_000 },
      );
      succeeded(result, "guard");
      const { sent, not_sent, ...others } = countsOf(result.output);
      expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(frames);
      // Every way in which a frame can end was taken.
      for (const [name, count] of Object.entries(others)) expect(count, name).toBeGreaterThan(0);
    },
    TIMEOUT,
  );

  test.each(Array.from({ length: FULL ? 20 : 1 }, (_, round) => ({ seed: SEED + round })))(
    "spoilt frames among good ones: exactly the good ones are answered, by the word of another dissector (seed $seed)",
    async ({ seed }) => {
      const random = generator(seed);
      // The server learns the peer's station from this, and believes it for longer than the test takes.
      const packets = [at(100_000, arpFrame("request", PEER.source, PEER.target))];
      for (let i = 0; i < 1500; i += 1) {
        packets.push(at(200_000 + i * 20_000, spoilt(random)));
      }
      const end = [..."end"].map((letter) => letter.charCodeAt(0));
      const last = (packets.at(-1)?.step ?? 0) + 100_000;
      packets.push(at(last, udpFrameTo(PEER, 9, 7, end)));
      const result = await run([{ name: "server", source: "echoer.c", arguments: ["10.0.0.7"] }], {
        optimisation,
        network: { packets },
        steps: last + 1_000_000,
      });
      succeeded(result, "server");
      const delivered = result.events.flatMap((event) =>
        event.kind === "packet" && event.target === 0x102 && event.dropped === undefined
          ? [dissect(packets[event.number - 1].bytes)]
          : [],
      );
      const good = delivered.filter(
        ({ to, problems, packet }) =>
          // Padding is nobody's business but the sender's.
          problems.every((problem) => /^padding|^a frame of/.test(problem)) &&
          (packet.kind === "arp" || to === STATION),
      );
      const of = <K extends Packet["kind"]>(kind: K) =>
        good.flatMap(({ packet }) =>
          packet.kind === kind ? [packet as Extract<Packet, { kind: K }>] : [],
        );
      const taken = of("udp").filter(({ targetPort }) => targetPort === 7);
      const requests = of("icmp").filter(({ type, code }) => type === 8 && code === 0);
      const counts = countsOf(result.output);
      expect(counts).toMatchObject({
        udp_taken: taken.length,
        udp_nobody: of("udp").length - taken.length,
        echo_answered: requests.length,
        arp_answered: of("arp").filter(({ operation }) => operation === 1).length,
        ring_full: 0,
      });
      const { sent, not_sent, ring_full, ...others } = counts;
      expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(delivered.length);
      expect(problemsOf(result.frames)).toEqual([]);
      // Each good datagram of the peer that has a station came back, but for the last, which ends the server.
      const echoed = dissected(result.frames).flatMap(({ packet }) =>
        packet.kind === "udp" && packet.target === PEER.source ? [packet.data] : [],
      );
      const fromPeer = taken.filter(
        ({ source, sourcePort }) => source === PEER.source && sourcePort !== 0,
      );
      expect(echoed).toEqual(fromPeer.slice(0, -1).map(({ data }) => data));
      expect(taken.length).toBeGreaterThan(packets.length / 10);
      expect(delivered.length - good.length).toBeGreaterThan(packets.length / 10);
    },
    TIMEOUT,
  );
});

test("two programs cannot have one address: the kernel refuses the second's filter, and the first goes on", async () => {
  const result = await run([
    { name: "first", source: "echoer.c", arguments: ["10.0.0.7"] },
    { name: "second", source: "echoer.c", arguments: ["10.0.0.7"] },
    {
      name: "client",
      source: "every-length.c",
      arguments: ["10.0.0.8", "10.0.0.7", "kernel", "5"],
    },
  ]);
  expect(Object.fromEntries(result.statuses)).toEqual({ first: 0, second: 1, client: 0 });
  expect(result.output).toContain("10.0.0.7: some packet would match another's filter, too\n");
});

test("neither a storm of ARP requests nor answers that nobody asked for keep a client from its server", async () => {
  const packets = Array.from({ length: 600 }, (_, i) => {
    const sender = `10.0.${2 + (i >> 8)}.${i & 0xff}`;
    const frame =
      i % 3 === 0
        ? // Somebody says that he is the server.
          arpFrame("reply", "10.0.0.7", "10.0.0.8", [2, 0, 0, 0, 0, 66])
        : arpFrame("request", sender, i % 2 === 0 ? "10.0.0.8" : "10.0.0.7", [
            2,
            0,
            0,
            0,
            1,
            i & 0xff,
          ]);
    return at(200_000 + i * 100, frame);
  });
  const result = await run(
    [
      { name: "server", source: "echoer.c", arguments: ["10.0.0.7"] },
      {
        name: "client",
        source: "every-length.c",
        arguments: ["10.0.0.8", "10.0.0.7", "kernel", "60"],
      },
    ],
    { network: { ...LOOPBACK, packets }, steps: 100_000_000 },
  );
  succeeded(result, "client", "server");
  expect(problemsOf(result.frames)).toEqual([]);
});

test("a datagram whose sender computed no checksum is taken, and one with a wrong checksum is not", async () => {
  const wrong = udpFrameTo(PEER, 9, 7, [1, 2, 3]);
  wrong[44] ^= 1;
  const packets = [
    at(100_000, arpFrame("request", PEER.source, PEER.target)),
    at(200_000, udpFrameTo(PEER, 9, 7, [1, 2, 3], false)),
    at(300_000, wrong),
    at(400_000, udpFrameTo(PEER, 9, 7, [0x65, 0x6e, 0x64])),
  ];
  const result = await run([{ name: "server", source: "echoer.c", arguments: ["10.0.0.7"] }], {
    network: { packets },
  });
  succeeded(result, "server");
  expect(countsOf(result.output)).toMatchObject({ udp_taken: 2, udp_checksum: 1 });
  const answers = dissected(result.frames).map(({ packet }) => packet);
  expect(answers).toMatchObject([
    { kind: "arp", operation: 2, target: PEER.source },
    { kind: "udp", targetPort: 9, data: Uint8Array.of(1, 2, 3) },
  ]);
});

/** A generator of numbers below a limit (Marsaglia's xorshift). */
function generator(seed: number): (limit: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

/** A frame to the server, as it should be or changed a little. */
function spoilt(random: (limit: number) => number): Uint8Array {
  const data = Array.from({ length: random(120) }, () => random(256));
  const made = [
    () => udpFrameTo(PEER, 1 + random(60_000), 7, data, random(8) !== 0),
    () => udpFrameTo(PEER, 9, random(4) === 0 ? 8 : 7, data),
    () => echoRequestFrame(PEER, data),
    () => arpFrame(random(2) === 0 ? "request" : "reply", PEER.source, PEER.target),
  ];
  let frame = made[random(made.length)]();
  for (let times = random(3); times > 0; times -= 1) {
    const change = random(5);
    if (change === 0) frame[random(frame.length)] ^= 1 << random(8);
    else if (change === 1) frame[12 + random(30)] = random(256);
    else if (change === 2) frame = frame.slice(0, 1 + random(frame.length));
    else if (change === 3 && frame.length > 18) frame.set([0, random(140)], 16);
    else if (frame.length > 40) frame.set([0, random(140)], 38);
  }
  if (random(3) !== 0 && frame[12] === 8 && frame[13] === 0) mendHeader(frame);
  return frame;
}
