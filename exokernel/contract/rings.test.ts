import { expect, test } from "vitest";
import { ENTRIES } from "../abi.ts";
import { Timeline } from "../history/timeline.ts";
import {
  at,
  frame,
  listen,
  PAGE,
  packets,
  ring,
  ringWords,
  withNetwork,
  words,
} from "../testing/network-snippets.ts";
import { A, call, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot } from "../testing/system.ts";

test("C43: a packet upcall comes with each frame, at the step when it arrives", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_PACKET", "packet")}
        ${listen(7)}
        ${ring}
        csrwi ustatus, 1
      1: j 1b
      packet:
        csrr s1, time
        ${put(2, "s1")}
        csrr s1, ucause
        ${put(3, "s1")}
        ${done}`,
      },
    ],
    withNetwork({ packets: [at(1000, 7)] }),
  );
  system.run(2000);
  expect(system.data("a", 2) - 1000).toBeLessThan(5);
  expect(system.data("a", 3) >>> 0).toBe((0x8000_0000 + ENTRIES.packet.number) >>> 0);
});

test("C43: when nobody can run, the clock jumps to the next frame", () => {
  const system = boot(
    [{ name: "a", source: `${listen(7)}\n${ring}\nkcall SLEEP\n${done}` }],
    withNetwork({ packets: [at(90_000, 8), at(100_000, 7)] }),
  );
  system.run(1000);
  system.run(150_000);
  expect(system.events("idle").map(({ until }) => until)).toEqual([90_000, 100_000]);
  expect(packets(system)).toEqual([
    [1, 0, "no filter"],
    [2, A, "taken"],
  ]);
});

test("C43: a full ring drops and counts, and nobody else is touched", () => {
  const system = boot(
    [
      { name: "a", source: `${listen(7)}\n${ring}\n${done}` },
      { name: "b", source: `${listen(8)}\n${ring}\n${done}` },
    ],
    withNetwork({ packets: [1, 2, 3, 4].flatMap((i) => [at(3000 + i, 7, 1514), at(3010, 8)]) }),
  );
  system.run(5000);
  expect(packets(system).filter(([, target]) => target === A)).toEqual([
    [1, A, "taken"],
    [2, A, "taken"],
    [3, A, "ring full"],
    [4, A, "ring full"],
  ]);
  expect(ringWords(system, "a", 3)).toEqual([2 * 1528, 0, 2]);
  expect(ringWords(system, "b", 3)).toEqual([4 * 72, 0, 0]);
  const [a, b] = system.view.filters();
  expect([a?.ring.received, a?.ring.dropped, b?.ring.received]).toEqual([2, 2, 4]);
});

test("C43: after the receiver has moved its tail there is room again, and a frame is never split", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}
        ${ring}
        ${wait(4)}
        li s0, 0x40000
        li s1, ${2 * 1528}
        sw s1, 4(s0)
        ${done}`,
      },
      { name: "b", source: done },
    ],
    withNetwork({
      packets: [at(1000, 7, 1514), at(1001, 7, 1514), at(5000, 7, 1514), at(5001, 7, 1514)],
    }),
  );
  system.run(8000);
  expect(packets(system).map(([, , dropped]) => dropped)).toEqual([
    "taken",
    "taken",
    "taken",
    "ring full",
  ]);
  // The mark that says: go on at the begin; and there the third frame.
  expect(ringWords(system, "a", 2, 4 + (2 * 1528) / 4)).toEqual([0, 0]);
  expect(ringWords(system, "a", 2, 4)).toEqual([1514, 3]);
  expect(ringWords(system, "a", 2)).toEqual([1528, 2 * 1528]);
});

test.each([4080, 4081, 1, 0xffff_ffff, 0x8000_0000])(
  "C43: what if the receiver writes nonsense into its ring (tail %i)?",
  (tail) => {
    const system = boot(
      [
        {
          name: "a",
          source: `${listen(7)}
          ${ring}
          li s0, 0x40000
          li s1, ${tail}
          ${[0, 4, 8, 12].map((field) => `sw s1, ${field}(s0)`).join("\n")}
          ${done}`,
        },
      ],
      withNetwork({ packets: [at(2000, 7)] }),
    );
    system.run(3000);
    expect(packets(system)).toEqual([[1, A, "ring full"]]);
    // Its own page has one word more; the kernel's head is where it was.
    expect(ringWords(system, "a", 4)).toEqual([tail, tail, (tail + 1) >>> 0, tail]);
    expect(system.view.filters()[0]?.ring.head).toBe(0);
  },
);

test("C43: a ring may have several pages, which are the caller's to read and write, and different ones", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}
        ${[101, 102, 103].map((slot) => call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", slot])).join("\n")}
        ${[0, 1, 2].map((i) => call("BIND", [0, 0x40000 + 4096 * i, 101 + i, "RIGHT_READ"])).join("\n")}
        ${call("CAP_DERIVE", [0, 101, 0, 110, "RIGHT_READ"])}
        ${call("CAP_DERIVE", [0, 101, 0, 104, "RIGHT_READ | RIGHT_WRITE"])}
        ${call("RING_SET", [100, 101, 5], 1)}
        ${call("RING_SET", [100, 110, 1], 2)}
        ${call("RING_SET", [100, 101, 4], 3)}
        ${call("RING_SET", [100, 103, 3], 4)}
        ${call("RING_SET", [PAGE, 101, 1], 5)}
        ${call("RING_SET", [100, 101, 3], 6)}
        ${done}`,
      },
    ],
    withNetwork({ packets: Array.from({ length: 9 }, (_, i) => at(5000 + i, 7, 1514)) }),
  );
  system.run(7000);
  expect(words(system, "a", 1, 6)).toEqual([-1, -3, -1, -2, -2, 3 * 4096 - 16]);
  const taken = packets(system).filter(([, , dropped]) => dropped === "taken");
  expect(taken.length).toBe(8);
  // The third frame lies across the first border between pages.
  const bytes = system.view.read(A, 0x40000 + 16 + 2 * 1528 + 8, 1514);
  expect(bytes).toEqual(frame(7, 1514));
});

test("C43: a ring whose page is lost, and a filter without a ring, drop their frames", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}
        ${wait(2)}
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", 900, 101])}
        ${call("RING_SET", [100, 101, 1])}
        ${call("PAGE_FREE", [0, 101])}
        ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", 900, 101], 5)}
        ${done}`,
      },
      { name: "b", source: done },
    ],
    withNetwork({ packets: [at(250, 7), at(5000, 7)] }),
  );
  system.run(6000);
  expect(system.data("a", 5)).toBe(900);
  expect(packets(system)).toEqual([
    [1, A, "no ring"],
    [2, A, "ring lost"],
  ]);
  expect(system.kernel.machine.memory.readBytes(900 * 4096, 4096).every((byte) => byte === 0)).toBe(
    true,
  );
});

test("C43: a frame from outside enters as input does; while the power is off nobody gets it", () => {
  const system = boot([{ name: "a", source: `${listen(7)}\n${ring}\n${done}` }], withNetwork());
  system.run(1000);
  system.kernel.networkInput(frame(7));
  system.kernel.failPower({ mode: "drop", seed: 0 });
  system.kernel.networkInput(frame(7));
  system.reboot();
  system.run(1000);
  system.kernel.networkInput(frame(7));
  const second = system.view.environments().find(({ state }) => state === "ready")?.id;
  expect(packets(system)).toEqual([
    [1, A, "taken"],
    [2, 0, "no power"],
    [3, second, "taken"],
  ]);
});

test("C43: packets are part of a run's history: gone back, they come again, and in the past others begin a branch", () => {
  const system = boot(
    [{ name: "a", source: `${listen(7)}\n${ring}\n1: kcall SLEEP\nj 1b` }],
    withNetwork({ packets: [at(2000, 7)] }),
  );
  const timeline = new Timeline(system.kernel);
  timeline.run(3000);
  expect(timeline.intervene({ kind: "packet", bytes: frame(7) })).toBeUndefined();
  timeline.run(3000);
  const { end } = timeline;
  const hash = system.kernel.hash();
  const before = packets(system);
  expect(before.length).toBe(2);
  timeline.seekStep(1900);
  expect(ringWords(system, "a", 1)).toEqual([0]);
  timeline.seek(end);
  expect([system.kernel.hash(), packets(system)]).toEqual([hash, before]);
  timeline.seekStep(1900);
  expect(timeline.intervene({ kind: "packet", bytes: frame(8) })).toBeUndefined();
  timeline.run(3000);
  expect(packets(system)).toEqual([
    [1, 0, "no filter"],
    [2, A, "taken"],
  ]);
  expect(timeline.branches.length).toBe(2);
  expect(timeline.intervene({ kind: "packet", bytes: frame(8, 1515) })).toBe(
    "a frame has 1 to 1514 bytes, not 1515",
  );
  const none = new Timeline(boot([{ name: "a", source: done }]).kernel);
  expect(none.intervene({ kind: "packet", bytes: frame(8) })).toBe("the machine has no network");
});

test("C43: a run goes back to when there were other filters, and the trie is of those", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}\n${ring}\n${wait(9)}
        ${call("FILTER_REMOVE", [0, 100])}
        ${listen(8)}
        ${done}`,
      },
      { name: "b", source: done },
    ],
    withNetwork(),
  );
  const timeline = new Timeline(system.kernel);
  const winners = () => {
    system.kernel.networkInput(frame(7));
    system.kernel.networkInput(frame(8));
    return system
      .events("packet")
      .slice(-2)
      .map(({ filter }) => filter);
  };
  timeline.run(8000);
  expect(winners()).toEqual([-1, 0]);
  timeline.seekStep(1500);
  expect(winners()).toEqual([0, -1]);
});
