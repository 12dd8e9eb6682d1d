import { expect, test } from "vitest";
import { ENTRIES } from "../abi.ts";
import { A, B, call, done, put, setEntry, wait } from "../testing/snippets.ts";
import { boot, words } from "../testing/system.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const word = (text: string) =>
  [...bytes(text)].reduce((value, byte, i) => (value | (byte << (8 * i))) >>> 0, 0);
const write = (count: number, text: string, index?: number) =>
  call(
    "CONSOLE_WRITE",
    ["SLOT_CONSOLE", count, ...(text.match(/.{1,4}/gs) ?? []).map(word)],
    index,
  );
const read = (index: number) => call("CONSOLE_READ", ["SLOT_CONSOLE"], index);

test("C11: console bytes travel in registers, up to twenty a call", () => {
  const text = "twenty bytes exactly";
  const system = boot([
    {
      name: "a",
      source: `
      ${write(20, text, 0)}
      ${write(5, "01234567", 1)}
      ${write(0, "0123", 2)}
      ${write(21, text, 3)}
      ${write(-1, text, 4)}
      ${done}`,
    },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 5)).toEqual([20, 5, 0, -1, -1]);
  expect(system.output()).toBe(`${text}01234`);
  expect(system.events("refused")[0]).toMatchObject({
    guard: "the bytes fit the registers",
    because: "21 bytes, at most 20",
  });
});

test("C11: writing and reading take a console capability with the right", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 100, "RIGHT_READ"])}
      ${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 101, "RIGHT_WRITE"])}
      ${call("CONSOLE_WRITE", [100, 1, 65], 0)}
      ${call("CONSOLE_READ", [101], 1)}
      ${call("CONSOLE_WRITE", [101, 1, 65], 2)}
      ${call("CONSOLE_WRITE", ["SLOT_MEMORY", 1, 65], 3)}
      ${call("CONSOLE_WRITE", [500, 1, 65], 4)}
      ${call("CONSOLE_READ", [100], 5)}
      ${done}`,
    },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 6)).toEqual([-3, -3, 1, -2, -2, -10]);
  expect(system.output()).toBe("A");
  // "Nothing there yet" is an answer, not a refusal.
  expect(system.events("refused").map((event) => event.error)).toEqual([
    "RIGHTS",
    "RIGHTS",
    "CAP",
    "CAP",
  ]);
});

test("C3: input is read in order, byte by byte, and there is nothing before its step", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${read(0)}
        kcall SLEEP
        ${read(1)}
        ${read(2)}
        ${read(3)}
        kcall SLEEP
        ${read(4)}
        ${done}`,
      },
    ],
    {
      console: [
        { step: 900, bytes: Uint8Array.of(0xff) },
        { step: 500, bytes: Uint8Array.of(0, 0x80) },
      ],
    },
  );
  system.run(2000);
  expect(words(system, "a", 0, 5)).toEqual([-10, 0, 0x80, -10, 0xff]);
  expect(system.events("consoleInput").map(({ step, count }) => [step, count])).toEqual([
    [500, 2],
    [900, 1],
  ]);
});

test("C3: input wakes those who hold a console capability with READ, and nobody else", () => {
  const sleeper = (before: string) => `${before}\nkcall SLEEP\nli t0, 1\n${put(0, "t0")}\n${done}`;
  const system = boot(
    [
      { name: "a", source: sleeper("") },
      { name: "b", source: sleeper(call("CAP_DELETE", [0, "SLOT_CONSOLE"])) },
      {
        name: "c",
        source: sleeper(
          `${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 100, "RIGHT_WRITE"])}\n${call("CAP_DELETE", [0, "SLOT_CONSOLE"])}`,
        ),
      },
      {
        name: "d",
        source: sleeper(
          `${call("CAP_DERIVE", [0, "SLOT_CONSOLE", 0, 100, "RIGHT_READ"])}\n${call("CAP_DERIVE", [0, 0, 0, 3, 0])}`,
        ),
      },
    ],
    { console: [{ step: 50_000, bytes: bytes("x") }], policy: { tick: 1000 } },
  );
  system.run(60_000);
  expect(["a", "b", "c", "d"].map((name) => system.data(name, 0))).toEqual([1, 0, 0, 1]);
  expect(system.view.environment(B)?.state).toBe("sleeping");
});

test("C18: the console upcall says how many bytes wait, and reading is left to the libOS", () => {
  const system = boot(
    [
      {
        name: "a",
        source: `
        ${setEntry("ENTRY_CONSOLE", "input")}
        ${done}
      input: csrr t0, utval
        ${put(0, "t0")}
        csrr t0, ucause
        ${put(1, "t0")}
        uret`,
      },
    ],
    { console: [{ step: 200, bytes: bytes("abc") }] },
  );
  system.run(400);
  expect(words(system, "a", 0, 2)).toEqual([3, (0x8000_0000 + ENTRIES.console.number) | 0]);
  expect(system.events("upcall")).toMatchObject([{ step: 201, environment: A }]);
});

test("C3: input from outside enters at the current step: a run that has it scripted there is the same", () => {
  const guest = {
    name: "a",
    source: `
    1: kcall SLEEP
    2: ${call("CONSOLE_READ", ["SLOT_CONSOLE"])}
      bltz a0, 1b
      add s0, s0, a0
      ${put(0, "s0")}
      j 2b`,
  };
  const live = boot([guest]);
  live.kernel.run(300);
  const inputs = ["one", "two"].map((text) => {
    const input = { step: live.kernel.steps, bytes: bytes(text) };
    live.kernel.consoleInput(input.bytes);
    live.kernel.run(300);
    return input;
  });
  const scripted = boot([guest], { console: inputs });
  scripted.kernel.run(900);
  // Without input to come a run stops as idle; with input it jumps there.
  expect(scripted.data("a", 0)).toBe(live.data("a", 0));
  expect(scripted.kernel.machine.steps).toBe(live.kernel.machine.steps);
  expect(scripted.kernel.hash()).toBe(live.kernel.hash());
});

test("C3: input that finds the queue full is lost, and the event says how much was taken", () => {
  const system = boot([{ name: "a", source: done }], {
    console: [
      { step: 100, bytes: new Uint8Array(16_000) },
      { step: 200, bytes: new Uint8Array(1000) },
    ],
  });
  system.run(300);
  expect(system.events("consoleInput").map(({ count, lost }) => [count, lost])).toEqual([
    [16_000, 0],
    [384, 616],
  ]);
});

test("C2: time counts steps, cycle counts steps too while nothing is charged, instret the instructions alone", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(2, "illegal")}
      csrr s0, time
      csrr s1, cycle
      csrr s2, instret
      li a7, 0
      ecall
      csrr s3, time
      csrr s4, cycle
      csrr s5, instret
      sub t0, s3, s0
      ${put(0, "t0")}
      sub t0, s4, s1
      ${put(1, "t0")}
      sub t0, s5, s2
      ${put(2, "t0")}
      csrr t0, timeh
      ${put(3, "t0")}
      csrrw t0, time, t0     # read-only
      ${done}
    illegal: csrr t0, ucause
      ${put(4, "t0")}
      ${done}`,
    },
  ]);
  system.run(300);
  // Between the reads: two more reads, li, ecall. The ecall is a step and no instruction retired.
  expect(words(system, "a", 0, 5)).toEqual([5, 5, 4, 0, 2]);
});

test("C2: what kernel work is charged moves cycle and not time", () => {
  const system = boot([
    {
      name: "a",
      source: `${wait()}\ncsrr t0, cycle\ncsrr t1, time\nsub t0, t0, t1\n${put(0, "t0")}\n${done}`,
    },
  ]);
  system.kernel.machine.modelledCharge = 1000;
  system.run(300);
  expect(system.data("a", 0)).toBe(999);
});
