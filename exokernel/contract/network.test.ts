import { expect, test } from "vitest";
import { KINDS } from "../abi.ts";
import {
  at,
  insert,
  listen,
  type Network,
  PAGE,
  ring,
  ringWords,
  withNetwork,
  words,
} from "../testing/network-snippets.ts";
import { A, B, call, done, put, term, wait } from "../testing/snippets.ts";
import { boot } from "../testing/system.ts";

test("C40: a frame is taken from a page by capability, leaves later, and over the loopback arrives again", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${listen(7)}
        ${ring}
        li s0, 7
        ${put(512, "s0")}
        ${call("NETWORK_SEND", ["SLOT_NETWORK", PAGE, 2048, 60], 2)}
        li s0, 9
        ${put(512, "s0")}
        kcall SLEEP
        csrr s1, time
        ${put(3, "s1")}
        ${done}`,
      },
    ],
    withNetwork({ loopback: true }),
  );
  system.run(3000);
  expect(words(system, "a", 0, 3)).toEqual([0, 4080, 0]);
  const [sent] = system.events("packetSent");
  const [packet] = system.events("packet");
  expect(sent).toMatchObject({ number: 1, length: 60, environment: A });
  expect(packet).toMatchObject({ number: 1, length: 60, filter: 0, target: A, alsoMatched: [] });
  expect(packet?.head.slice(0, 8)).toBe("07000000");
  // The call itself is a step; the sleeper wakes with the packet.
  expect((packet?.step ?? 0) - (sent?.step ?? 0)).toBe(100);
  expect(system.data("a", 3)).toBe(packet?.step);
  // head, tail, dropped, size; length and number; what was sent, and not what was stored after it.
  expect(ringWords(system, "a", 7)).toEqual([72, 0, 0, 4080, 60, 1, 7]);
});

test("C40: without a loopback nothing that is sent comes back, and the queue has room for so many frames", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
      1: ${call("NETWORK_SEND", ["SLOT_NETWORK", PAGE, 0, 1514])}
        bltz a0, 2f
        addi s1, s1, 1
        j 1b
      2: ${put(0, "a0")}
        ${put(1, "s1")}
        ${call("NETWORK_INFO", ["SLOT_NETWORK"], 2)}
        ${["a1", "a2", "a3", "a4"].map((name, i) => put(3 + i, name)).join("\n")}
        ${done}`,
      },
    ],
    withNetwork({ latency: 1_000_000 }),
  );
  system.run(3000);
  expect(words(system, "a", 0, 3)).toEqual([-8, 16, 0]);
  // 02:65:78:6f:00:01, frames sent, frames for no filter.
  expect(words(system, "a", 3, 4)).toEqual([0x6f78_6502, 0x0100, 16, 0]);
  expect(system.events("packet")).toEqual([]);
  expect(system.events("refused")[0]).toMatchObject({ guard: "the interface's queue has room" });
});

test("C40: sending takes WRITE on the network and READ on the page, and stays within the page", () => {
  const cases: readonly (readonly [readonly (number | string)[], number])[] = [
    [["SLOT_NETWORK", PAGE, 0, 0], -1],
    [["SLOT_NETWORK", PAGE, 0, 1515], -1],
    [["SLOT_NETWORK", PAGE, 4037, 60], -1],
    [["SLOT_NETWORK", PAGE, -1, 60], -1],
    [["SLOT_NETWORK", PAGE, 4036, 60], 0],
    [["SLOT_NETWORK", 500, 0, 60], -2],
    [[PAGE, PAGE, 0, 60], -2],
    [[110, PAGE, 0, 60], -3],
    [["SLOT_NETWORK", 111, 0, 60], -3],
  ];
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${call("CAP_DERIVE", [0, "SLOT_NETWORK", 0, 110, "RIGHT_READ"])}
        ${call("CAP_DERIVE", [0, PAGE, 0, 111, "RIGHT_WRITE"])}
        ${cases.map(([args], i) => call("NETWORK_SEND", args, i)).join("\n")}
        ${done}`,
      },
    ],
    withNetwork(),
  );
  system.run(3000);
  expect(words(system, "a", 0, cases.length)).toEqual(cases.map(([, code]) => code));
});

test("C41: a filter that could read outside a frame, or match nothing, is refused before it is there", () => {
  const cases: readonly (readonly [readonly [number, number, number, number], number])[] = [
    [[1510, 4, 0xffff_ffff, 1], 0],
    [[1511, 4, 0xffff_ffff, 1], -1],
    [[0xffff_ffff, 1, 0xff, 1], -1],
    [[0, 3, 0xff, 1], -1],
    [[0, 0, 0, 0], -1],
    [[0, 1, 0x100, 0], -1],
    [[0, 2, 0xffff, 0x1_0000], -1],
    [[0, 1, 0xf0, 1], -1],
    [[0, 1, 0xf0, 0x10], 0],
  ];
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${cases
          .map(
            ([fields], i) => `
        ${term(256, ...fields)}
        ${insert(100, i)}
        ${call("FILTER_REMOVE", [0, 100])}`,
          )
          .join("\n")}
        ${done}`,
      },
    ],
    withNetwork(),
  );
  system.run(5000);
  expect(words(system, "a", 0, cases.length)).toEqual(cases.map(([, code]) => code));
  expect(system.events("filterRemoved").length).toBe(2);
});

test("C41: terms come from a page by capability, one to eight of them, and must agree", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${Array.from({ length: 9 }, (_, i) => term(256 + 4 * i, i, 1, 0xff, 0)).join("\n")}
        ${term(1020, 0, 1, 0xff, 1)}
        ${term(300, 0, 2, 0xffff, 0x0102)}
        ${term(304, 1, 1, 0xff, 3)}
        ${call("CAP_DERIVE", [0, PAGE, 0, 111, "RIGHT_WRITE"])}
        ${call("CAP_DERIVE", [0, "SLOT_NETWORK", 0, 112, "RIGHT_WRITE"])}
        ${insert(120, 0, { count: 8 })}
        ${insert(121, 1, { count: 9 })}
        ${insert(121, 2, { count: 0 })}
        ${insert(121, 3, { word: 1020 })}
        ${insert(122, 4, { word: 1020, count: 2 })}
        ${insert(122, 5, { word: 300, count: 2 })}
        ${call("FILTER_INSERT", [0, "SLOT_NETWORK", PAGE, 1026, 1, 0, 122], 6)}
        ${call("FILTER_INSERT", [0, "SLOT_NETWORK", 111, 1024, 1, 0, 122], 7)}
        ${call("FILTER_INSERT", [0, 112, PAGE, 1024, 1, 0, 122], 8)}
        ${insert(121, 9)}
        ${done}`,
      },
    ],
    withNetwork(),
  );
  system.run(5000);
  expect(words(system, "a", 0, 10)).toEqual([0, -1, -1, 1, -1, -1, -1, -3, -3, -6]);
  expect(
    system
      .events("refused")
      .map(({ guard }) => guard)
      .slice(3, 4),
  ).toEqual(["some packet can match"]);
});

test("C41: no more filters than there are records", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${term(256, 0, 1, 0xff, 1)}
        li s3, 100
      1: li a0, 0
        li a1, SLOT_NETWORK
        li a2, ${PAGE}
        li a3, 1024
        li a4, 1
        li a5, 0
        mv a6, s3
        kcall FILTER_INSERT
        bltz a0, 2f
        addi s3, s3, 1
        j 1b
      2: ${put(0, "a0")}
        ${put(1, "s3")}
        ${done}`,
      },
    ],
    withNetwork(),
  );
  system.run(9000);
  expect(words(system, "a", 0, 2)).toEqual([-5, 228]);
});

/** Two guests: `a` listens for frames that begin with 7; `b` comes later and wants them, too. */
const thief = (b: string, a = done, network: Network = {}) =>
  boot(
    [
      { name: "a", source: `${listen(7)}\n${ring}\n${a}` },
      { name: "b", source: `${wait(3)}\n${b}\n${done}` },
    ],
    withNetwork(network),
  );

test("C42: a filter that some packet would match together with another's is refused, and the sentence names it", () => {
  const system = thief(`
    ${term(256, 0, 1, 0xff, 7)}
    ${insert(100, 0)}
    ${term(256, 0, 1, 0x0f, 7)}
    ${insert(100, 1)}
    ${term(256, 30, 1, 0xff, 1)}
    ${insert(100, 2)}
    ${term(256, 0, 1, 0xff, 8)}
    ${insert(100, 3)}`);
  system.run(4000);
  expect(words(system, "b", 0, 4)).toEqual([-16, -16, -16, 1]);
  expect(system.events("refused")[0]).toMatchObject({
    error: "OVERLAP",
    guard: "no packet is another's, too",
    because: `some packet would match filter 0 of environment ${A}, too; only with a capability for it from its owner may another overlap it`,
  });
});

const OFFER = `${call("CAP_OFFER", [100, B, "RIGHT_READ"])}`;
const ACCEPT = call("CAP_ACCEPT", [A, 100, 110], 9);

test("C42: with the owner's capability a filter may overlap; the more specific one wins, of equals the older", () => {
  const system = thief(
    `${ACCEPT}
    ${term(256, 0, 1, 0xff, 7)}
    ${insert(100, 0, { over: 110 })}
    ${term(260, 1, 1, 0xff, 1)}
    ${insert(101, 1, { over: 110, count: 2 })}`,
    `${OFFER}\n${done}`,
    { packets: [at(6000, 7), { step: 6100, bytes: Uint8Array.of(7, 2, 3) }, at(6200, 8)] },
  );
  system.run(8000);
  expect(words(system, "b", 0, 2)).toEqual([1, 2]);
  expect(
    system.events("packet").map(({ filter, target, alsoMatched }) => [filter, target, alsoMatched]),
  ).toEqual([
    [2, B, [0, 1]],
    [0, A, [1]],
    [-1, 0, []],
  ]);
  expect(system.events("filterInserted").map(({ over }) => over)).toEqual([-1, 0, 0]);
});

test("C42: the capability allows that very filter and no other", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}
        ${term(256, 0, 1, 0xff, 8)}
        ${insert(101)}
        ${OFFER}
        ${done}`,
      },
      {
        name: "b",
        source: `${wait(3)}
        ${ACCEPT}
        ${term(256, 0, 1, 0xff, 8)}
        ${insert(100, 0, { over: 110 })}
        ${term(256, 0, 1, 0xf0, 0)}
        ${insert(100, 1, { over: 110 })}
        ${insert(100, 2, { over: PAGE })}
        ${insert(100, 3, { over: 555 })}
        ${done}`,
      },
    ],
    withNetwork(),
  );
  system.run(6000);
  expect(words(system, "b", 0, 4)).toEqual([-16, -16, -2, -2]);
});

test.each([
  ["the owner revokes the capability", call("CAP_REVOKE", [0, 100])],
  ["the owner removes the filter", call("FILTER_REMOVE", [0, 100])],
  ["the owner is destroyed", call("ENV_DESTROY", [0])],
])("C42: a filter over another goes when %s, and who had it is told", (_, how) => {
  const system = thief(
    `${ACCEPT}
    ${term(256, 0, 1, 0xff, 7)}
    ${insert(100, 0, { over: 110 })}
    ${wait(6)}
    ${["KIND", "RESOURCE"].map((__, i) => `kcall REPOSSESSION_NEXT\n${put(2 + 2 * i, "a0")}\n${put(3 + 2 * i, "a1")}`).join("\n")}`,
    `${OFFER}\n${wait(5)}\n${how}\n${done}`,
  );
  system.run(12_000);
  expect(system.data("b", 0)).toBe(1);
  expect(system.view.filters().filter(({ owner }) => owner === B)).toEqual([]);
  const lost = [words(system, "b", 2, 2), words(system, "b", 4, 2)];
  expect(lost).toContainEqual([KINDS.filter, 0]);
  expect(lost).toContainEqual([KINDS.filter, 1]);
});

test("C42: filters of one owner may overlap each other", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `${listen(7)}
        ${term(256, 0, 1, 0, 0)}
        ${insert(101, 1)}
        ${done}`,
      },
    ],
    withNetwork({ packets: [at(2000, 7), at(2001, 8)] }),
  );
  system.run(3000);
  expect(words(system, "a", 0, 2)).toEqual([0, 1]);
  expect(system.events("packet").map(({ filter, alsoMatched }) => [filter, alsoMatched])).toEqual([
    [0, [1]],
    [1, []],
  ]);
});

test("C41: a filter goes with its capability: by its owner, by who gave the network, or with its owner", () => {
  const source = `${listen(7)}\n${done}`;
  const revoked = boot([{ name: "a", source }], withNetwork());
  revoked.run(1000);
  expect(revoked.view.filters().length).toBe(1);
  expect(revoked.launcherCall("capRevoke", 0, 7)).toBeGreaterThan(0);
  expect(revoked.view.filters()).toEqual([]);
  const destroyed = boot([{ name: "a", source }], withNetwork());
  destroyed.run(1000);
  destroyed.launcherCall("envDestroy", destroyed.control("a"));
  expect(destroyed.view.filters()).toEqual([]);
  for (const system of [revoked, destroyed]) {
    expect(system.events("filterRemoved")).toMatchObject([{ owner: A, filter: 0 }]);
    system.run(1000);
  }
});

test("C41: only the owner's capability removes a filter or sets its ring", () => {
  const system = thief(
    `${ACCEPT}
    ${call("FILTER_REMOVE", [0, 110], 0)}
    ${call("RING_SET", [110, PAGE, 1], 1)}
    ${call("CAP_DELETE", [0, 110], 2)}`,
    `${OFFER}\n${done}`,
  );
  system.run(5000);
  expect(words(system, "b", 0, 3)).toEqual([-14, -14, 0]);
  expect(system.view.filters().length).toBe(1);
});

test("C40: a machine without a network has no capability for one", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("NETWORK_SEND", ["SLOT_NETWORK", PAGE, 0, 60], 0)}
      ${call("FILTER_INSERT", [0, "SLOT_NETWORK", PAGE, 0, 1, 0, 100], 1)}
      ${call("NETWORK_INFO", ["SLOT_NETWORK"], 2)}
      ${done}`,
    },
  ]);
  system.run(1000);
  expect(words(system, "a", 0, 3)).toEqual([-2, -2, -2]);
  expect(system.view.filters()).toEqual([]);
  expect(system.view.networkStats).toBeUndefined();
});
