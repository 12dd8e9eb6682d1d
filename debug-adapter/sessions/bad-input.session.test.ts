import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileGuest } from "../testing/compile-guest.ts";
import { DapClient, frameText, WORKSPACE } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-bad-"));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** The sentence with which a launch fails. The next launch in a new session must work. */
async function launchError(program: string): Promise<string> {
  const client = new DapClient();
  try {
    await client.launch({ program });
  } catch (problem) {
    return (problem as Error).message;
  }
  throw new Error("the launch did not fail");
}

test("C that does not compile fails the launch with the place, and the findings go to the Problems panel", async () => {
  const client = new DapClient();
  await expect(client.launch({ program: "bad/does-not-compile.c" })).rejects.toThrow(
    /does not compile \(\d+ errors?\): does-not-compile\.c:\d+:\d+: /,
  );
  const { body } = client.events.find(({ event }) => event === "exo/diagnostics") as {
    body: { diagnostics: { path: string; line: number; severity: string }[] };
  };
  expect(body.diagnostics[0]).toMatchObject({ severity: "error" });
  expect(body.diagnostics[0]?.path).toBe(join(WORKSPACE, "bad/does-not-compile.c"));
});

test("a missing file, an unknown kind and no program at all are one sentence each", async () => {
  expect(await launchError("no-such.c")).toMatch(/^There is no file '.*no-such\.c'/);
  expect(await launchError(file("notes.txt", "hello"))).toMatch(/neither a C source/);
  expect(await launchError("")).toMatch(/There is no file|has no 'program'/);
});

test("an ELF for x86, a truncated one and an empty one say what is wrong and what to do", async () => {
  const elf = readFileSync(await compileGuest(join(WORKSPACE, "hello.c")));
  const x86 = Uint8Array.from(elf);
  x86[18] = 62;
  expect(await launchError(file("x86.elf", x86))).toMatch(/x86.*RISC-V/);
  for (const length of [0, 10, 60, 300, elf.length >> 1]) {
    expect(await launchError(file(`cut-${length}.elf`, elf.subarray(0, length)))).toMatch(
      /cut-\d+\.elf'/,
    );
  }
});

test("broken JSON, an unknown key and an unknown program in a scenario name the file, the place and the key", async () => {
  expect(await launchError(file("a.exo.json", '{\n  "environments": [,]\n}'))).toMatch(
    /a\.exo\.json: it is not valid JSON.*line 2/,
  );
  expect(await launchError(file("b.exo.json", '{"enviroments": []}'))).toMatch(
    /unknown key 'enviroments'/,
  );
  expect(
    await launchError(file("c.exo.json", '{"environments": [{"name": "x", "program": "gone.c"}]}')),
  ).toMatch(/environment 'x' names the program 'gone\.c'/);
  expect(await launchError(file("d.exo.json", "[]"))).toMatch(/must be an object/);
  expect(
    await launchError(file("e.exo.json", '{"environments": [{"program": "a.c", "slices": 99}]}')),
  ).toMatch(/slices/);
});

test.each([
  ["bad/jump-to-zero.c", /jump to 0x0*0\b/],
  ["bad/stack-overflow.c", /stack is full/],
  ["bad/lost-stack-pointer.c", /nothing is mapped/],
  ["bad/garbage.c", /illegal instruction/],
] as const)("%s ends in order, with a clear message on its console", async (program, message) => {
  const client = new DapClient();
  await client.launch({ program });
  let arrival = await client.arrival();
  for (let i = 0; arrival.kind === "stopped" && i < 5; i += 1) {
    arrival = await client.go("continue", arrival.body.threadId);
  }
  expect(arrival.kind).toBe("ended");
  expect(client.output()).toMatch(message);
  expect(arrival.kind === "ended" && arrival.exitCode).not.toBe(0);
});

test.each([
  ["bad/jump-to-zero.c", /instruction page fault at 0x0,/, "main"],
  ["bad/null-store.c", /store page fault/, "main"],
  ["bad/garbage.c", /illegal instruction/, "main"],
] as const)(
  "%s stops before its libOS ends it, and the frame to look at is the one that did it",
  async (program, text, name) => {
    const client = new DapClient();
    await client.launch({ program });
    const stopped = await client.stopped();
    expect(stopped).toMatchObject({
      reason: "exception",
      description: "the libOS ends the program",
    });
    expect(stopped.text).toMatch(text);
    const frames = await client.stack(stopped.threadId);
    const shown = frames.find(
      ({ source, presentationHint }) =>
        source !== undefined &&
        source.presentationHint === undefined &&
        presentationHint === undefined,
    );
    expect(shown?.name).toBe(name);
    const info = await client.request("exceptionInfo", { threadId: stopped.threadId });
    expect(info.details?.message).toBe(stopped.text);
    const end = await client.go("continue", stopped.threadId);
    expect(end.kind).toBe("ended");
  },
);

test("a failed assertion stops in the program's own function, before it ends", async () => {
  const path = file(
    "assertion.c",
    "#include <assert.h>\nint main(void) { int x = 1; assert(x == 2); return 0; }\n",
  );
  const client = new DapClient();
  await client.launch({ program: path });
  const stopped = await client.stopped();
  expect(stopped.text).toMatch(/the program aborts/);
  const frames = await client.stack(stopped.threadId);
  expect(frames.find(({ source }) => source?.presentationHint === undefined)?.name).toBe("main");
  expect(await client.go("continue", stopped.threadId)).toEqual({ kind: "ended", exitCode: 134 });
});

test.each(["bad/endless-loop.c", "bad/fault-loop.c"])(
  "%s is paused, and then stepped and looked at",
  async (program) => {
    const client = new DapClient();
    await client.launch({ program });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [thread] = (await client.request("threads", undefined)).threads;
    await client.request("pause", { threadId: thread?.id ?? 0 });
    const { reason, threadId } = await client.stopped();
    expect(reason).toBe("pause");
    const frames = await client.stack(threadId);
    expect(frames.map(frameText).some((text) => text.startsWith("main "))).toBe(true);
    await client.request("terminate", undefined);
  },
);

test("a program built for other addresses than its own stays within its environment: garbage executed from data is refused", async () => {
  const path = file(
    "data-jump.c",
    "#include <stdio.h>\nint data[4] = {0x13, 0x13, 0x13, 0x13};\nint main(void) { ((void (*)(void))data)(); return 0; }\n",
  );
  const client = new DapClient();
  await client.launch({ program: path });
  const stopped = await client.stopped();
  expect(stopped.text).toMatch(/instruction page fault/);
  const arrival = await client.go("continue", stopped.threadId);
  expect(arrival.kind).toBe("ended");
  expect(client.output()).toMatch(/a jump to/);
});

test("requests before a launch, for old frames and for unknown threads get a sentence, and the session goes on", async () => {
  const client = new DapClient();
  await expect(client.request("threads", undefined)).rejects.toThrow(/launch a program first/);
  await client.launch({ program: "hello.c", stopOnEntry: true });
  const { threadId } = await client.stopped();
  await expect(client.request("scopes", { frameId: 9999 })).rejects.toThrow(/earlier stop/);
  await expect(client.request("next", { threadId: 77 })).rejects.toThrow(/no environment 77/);
  await expect(client.request("variables", { variablesReference: 12345 })).rejects.toThrow(
    /earlier stop/,
  );
  await expect(client.request("evaluate", { expression: "1 +", context: "watch" })).rejects.toThrow(
    /column/,
  );
  await expect(
    client.request("readMemory", { memoryReference: "nonsense", count: 4 }),
  ).rejects.toThrow(/not an address/);
  const end = await client.go("continue", threadId);
  expect(end).toEqual({ kind: "ended", exitCode: 0 });
});
