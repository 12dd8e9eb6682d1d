import { expect, test } from "vitest";
import { ENTRIES } from "../abi.ts";
import { boot, type Guest } from "../testing/system.ts";

const put = (index: number, register: string) =>
  `li s11, DATA + ${4 * index}\nsw ${register}, 0(s11)`;
const setEntry = (entry: string, label: string) =>
  `li a0, 0\nli a1, ${entry}\nla a2, ${label}\nkcall ENV_SET_ENTRY`;
const done = "1: j 1b";
const counting = `li s0, 0\n1: addi s0, s0, 1\n${put(0, "s0")}\nj 1b`;

/** What the launcher replaces by the id of the environment of that name. */
const envArgument = (name: string) => `\${env:${name}}`;

/** Rests; replies a0 + 1 to whoever enters, and notes who that was. */
const server: Guest = {
  name: "server",
  source: `
    ${setEntry("ENTRY_TRANSFER", "entry")}
    ${setEntry("ENTRY_TRANSFER_ASYNC", "async")}
    kcall REST
  entry:
    ${put(0, "a0")}
    ${put(1, "s5")}
    csrr t0, utval
    ${put(2, "t0")}
    csrr t1, ucause
    ${put(3, "t1")}
    addi a0, a0, 1
    mv t6, t0
    kcall TRANSFER_SYNC
    ${put(9, "a0")}
    ${done}
  async:
    ${put(4, "a0")}
    kcall REST`,
};

/** Calls the environment whose id is its first argument, as decimal text in the boot page. */
const readTarget = `
    lw t0, 28(a0)        # arguments
    lw t0, 4(t0)         # argv[1]
    li s0, 0
    li t3, 10
  digit: lbu t1, 0(t0)
    beqz t1, parsed
    mul s0, s0, t3
    addi t1, t1, -48
    add s0, s0, t1
    addi t0, t0, 1
    j digit
  parsed:`;

/** Lets the server start and rest first. */
const waitForServer = "li a0, 0\nkcall YIELD";

const client = (body: string): Guest => ({
  name: "client",
  arguments: [envArgument("server")],
  source: `${readTarget}
    ${setEntry("ENTRY_TRANSFER", "reply")}
    ${waitForServer}
    ${body}`,
});

test("C20: a synchronous transfer carries every register but a7 and t6 untouched, and utval names the caller", () => {
  const system = boot([
    server,
    client(`
      li a0, 41
      li s5, 0x5a5a
      mv t6, s0
      kcall TRANSFER_SYNC
      ${put(1, "a0")}
    reply:
      ${put(0, "a0")}
      csrr t0, utval
      ${put(2, "t0")}
      ${done}`),
  ]);
  system.run(100_000);
  expect([0, 1, 2].map((i) => system.data("server", i))).toEqual([41, 0x5a5a, system.id("client")]);
  expect(system.data("server", 3)).toBe((0x8000_0000 + 23) | 0);
  expect([0, 1, 2].map((i) => system.data("client", i))).toEqual([42, 0, system.id("server")]);
  expect(system.events("transfer").map((event) => event.reply)).toEqual([false, true]);
});

test("C21: while the callee works its caller waits, and the caller's slices run the callee", () => {
  const slowServer = `
    ${setEntry("ENTRY_TRANSFER", "entry")}
    kcall REST
  entry:
    li t0, 20000
  1: addi t0, t0, -1
    bnez t0, 1b
    csrr t6, utval
    kcall TRANSFER_SYNC`;
  const system = boot(
    [
      { name: "server", source: slowServer },
      client(`mv t6, s0\nkcall TRANSFER_SYNC\nreply: li t0, 7\n${put(0, "t0")}\n${done}`),
    ],
    { policy: { tick: 1000 } },
  );
  system.run(10_000);
  expect(system.view.environment(system.id("client"))?.state).toBe("waiting");
  const began = system.events("sliceBegan").filter((e) => e.environment === system.id("server"));
  expect(began.some((event) => event.owner === system.id("client"))).toBe(true);
  system.run(100_000);
  expect(system.data("client", 0)).toBe(7);
});

test("C21: a kernel-switched callee that holds a context is busy, one that rests is not", () => {
  const system = boot([
    { name: "server", source: `${setEntry("ENTRY_TRANSFER", "e")}\ne: ${done}` },
    client(`mv t6, s0\nkcall TRANSFER_SYNC\n${put(0, "a0")}\nreply: ${done}`),
  ]);
  system.run(30_000);
  expect(system.data("client", 0)).toBe(-8);
  expect(system.events("refused")[0]).toMatchObject({
    error: "BUSY",
    guard: "callee can be entered",
  });
});

test("C21: a callee with upcalls disabled is busy", () => {
  const system = boot(
    [
      {
        name: "server",
        source: `${setEntry("ENTRY_TRANSFER", "e")}
        ${setEntry("ENTRY_BEGIN_SLICE", "e")}
        ${setEntry("ENTRY_END_SLICE", "e")}
        kcall REST
      e: csrwi ustatus, 0
        li a0, 0
        li a1, 0
        li a2, 1
        kcall ENV_SET_WORD
        ${done}`,
      },
      client(`mv t6, s0\nkcall TRANSFER_SYNC\nreply: ${done}`),
      {
        ...client(`mv t6, s0\nkcall TRANSFER_SYNC\n${put(0, "a0")}\nreply: ${done}`),
        name: "second",
      },
    ],
    { policy: { tick: 500, excessMax: 1000 } },
  );
  system.run(30_000);
  // The first client waits for ever; the server never yields and keeps the processor, so the second never came.
  expect(system.view.environment(system.id("client"))?.state).toBe("waiting");
});

test("C21: an unregistered entry, a stale id and the caller itself are refused", () => {
  const system = boot([
    { name: "server", source: done },
    client(`
      mv t6, s0
      kcall TRANSFER_SYNC
      ${put(0, "a0")}
      li t6, 99999
      kcall TRANSFER_SYNC
      ${put(1, "a0")}
      li t1, BOOT
      lw t6, 8(t1)
      kcall TRANSFER_ASYNC
      ${put(2, "a0")}
    reply: ${done}`),
  ]);
  system.run(40_000);
  expect([0, 1, 2].map((i) => system.data("client", i))).toEqual([-9, -7, -1]);
});

test("C21: when the callee dies the caller is entered at its calleeDied entry with the dead one's id", () => {
  const system = boot([
    {
      name: "server",
      source: `${setEntry("ENTRY_TRANSFER", "entry")}\nkcall REST\nentry: li a0, 0\nkcall ENV_DESTROY`,
    },
    client(`
      ${setEntry("ENTRY_CALLEE_DIED", "died")}
      mv t6, s0
      kcall TRANSFER_SYNC
    reply: ${done}
    died: csrr t0, utval
      ${put(0, "t0")}
      ${put(1, "s0")}
      ${done}`),
  ]);
  system.run(40_000);
  expect(system.data("client", 0)).toBe(system.id("server"));
  expect(system.data("client", 1)).toBe(0); // its registers went with the message
  expect(system.events("calleeDied")).toMatchObject([{ callee: system.id("server") }]);
});

test("C21: a caller without a calleeDied entry is destroyed with an explanation when its callee dies", () => {
  const system = boot([
    {
      name: "server",
      source: `${setEntry("ENTRY_TRANSFER", "e")}\nkcall REST\ne: li t0, 0\njr t0`,
    },
    client(`mv t6, s0\nkcall TRANSFER_SYNC\nreply: ${done}`),
  ]);
  expect(system.run(40_000)).toEqual({ kind: "exited" });
  expect(system.events("destroyed").map((event) => event.target)).toEqual([
    system.id("server"),
    system.id("client"),
  ]);
});

test("C21: an asynchronous transfer donates the rest of the slice and its caller goes on in its own", () => {
  const system = boot([
    server,
    client(`
      li a0, 9
      mv t6, s0
      kcall TRANSFER_ASYNC
      ${put(0, "a0")}
      li t0, 5
      ${put(1, "t0")}
    reply: ${done}`),
  ]);
  system.run(60_000);
  expect(system.data("server", 4)).toBe(9);
  expect([0, 1].map((i) => system.data("client", i))).toEqual([0, 5]);
});

test("C21: nested synchronous transfers unwind in order", () => {
  const middle: Guest = {
    name: "middle",
    arguments: [envArgument("server")],
    source: `${readTarget}
      ${setEntry("ENTRY_TRANSFER", "entry")}
      li t1, DATA
      sw s0, 40(t1)
      kcall REST
    entry:
      csrr t0, utval
      li t1, DATA
      lw t2, 40(t1)
      beq t0, t2, answered
      sw t0, 44(t1)          # who called
      addi a0, a0, 100
      mv t6, t2
      csrwi ustatus, 1
      kcall TRANSFER_SYNC
    answered:
      lw t6, 44(t1)
      addi a0, a0, 1000
      csrwi ustatus, 1
      kcall TRANSFER_SYNC`,
  };
  const system = boot([
    server,
    middle,
    {
      ...client(
        `${waitForServer}\nli a0, 1\nmv t6, s0\nkcall TRANSFER_SYNC\nreply: ${put(0, "a0")}\n${done}`,
      ),
      arguments: [envArgument("middle")],
    },
  ]);
  system.run(100_000);
  expect(system.data("client", 0)).toBe(1102);
});

test("C23: a transfer leaves a record of the caller's registers with the callee, and the reply removes it", () => {
  const system = boot([
    server,
    client(`li s5, 0x77\nmv t6, s0\ncall_site: kcall TRANSFER_SYNC\nreply: ${done}`),
  ]);
  system.kernel.stopOn = (event) => event.kind === "transfer";
  system.run(100_000);
  const site = system.symbols.get("client")?.get("call_site") ?? 0;
  expect(system.view.activations(system.id("server"))).toMatchObject([
    { kind: "transfer", caller: system.id("client"), pc: site + 4 },
  ]);
  expect(system.view.activations(system.id("server"))[0].registers[21]).toBe(0x77);
  expect(system.view.activations(system.id("client"))).toMatchObject([{ kind: "waiting" }]);
  system.run(100_000);
  expect(system.view.activations(system.id("server"))).toEqual([]);
});

test("C21: an asynchronous transfer to the environment that waits for its sender is refused as busy, and the reply still comes", () => {
  const system = boot([
    {
      name: "server",
      source: `
        ${setEntry("ENTRY_TRANSFER", "entry")}
        kcall REST
      entry:
        csrr t6, utval
        kcall TRANSFER_ASYNC
        ${put(0, "a0")}
        csrr t6, utval
        li a0, 55
        kcall TRANSFER_SYNC`,
    },
    client(`
      ${setEntry("ENTRY_TRANSFER_ASYNC", "reply")}
      mv t6, s0
      kcall TRANSFER_SYNC
    reply: ${put(0, "a0")}
      ${done}`),
  ]);
  system.run(40_000);
  expect(system.data("server", 0)).toBe(-8);
  expect(system.data("client", 0)).toBe(55);
});

test("C21: a callee whose registers the kernel keeps is busy, even when both slice entries were registered for it meanwhile", () => {
  const system = boot(
    [
      {
        name: "server",
        source: `${setEntry("ENTRY_TRANSFER", "entry")}
        ${counting}
      begin: ${done}
      entry: ${put(1, "a7")}
        ${done}`,
      },
      {
        name: "client",
        arguments: [envArgument("server")],
        source: `${readTarget}
        ${setEntry("ENTRY_TRANSFER", "reply")}
        mv t6, s0
        kcall TRANSFER_SYNC
        ${put(0, "a0")}
      reply: ${done}`,
      },
    ],
    { policy: { tick: 1000 } },
  );
  system.kernel.stopOn = (event) =>
    event.kind === "sliceBegan" && event.owner === system.id("client");
  system.run(5000);
  for (const entry of [ENTRIES.beginSlice, ENTRIES.endSlice]) {
    const begin = system.symbols.get("server")?.get("begin") ?? 0;
    system.launcherCall("envSetEntry", system.control("server"), entry.number, begin);
  }
  system.kernel.stopOn = undefined;
  system.run(500);
  expect(system.data("client", 0)).toBe(-8);
  expect(system.data("server", 0)).toBeGreaterThan(100);
  expect(system.data("server", 1)).toBe(0);
});
