/** A session that is saved and opened again is the same run: the same stops at the same moments, to the same hash. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noCompiler } from "../errors.ts";
import { nodeHost } from "../host.ts";
import { NodeBuilder } from "../node-builder.ts";
import type { HistoryPosition } from "../protocol.ts";
import {
  type BreakpointSpec,
  DapClient,
  frameText,
  ROOT,
  WORKSPACE,
} from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-recordings-"));
const PING_PONG = "ping-pong/ping-pong.exo.json";
const CALLS: readonly BreakpointSpec[] = [
  { file: "ping-pong/client.c", marker: "call" },
  { file: "ping-pong/server.c", marker: "serve" },
];

interface Stop {
  readonly position: HistoryPosition;
  readonly frames: readonly string[];
}

async function look(client: DapClient, threadId: number): Promise<Stop> {
  const { now: position } = await client.request("exo/history", undefined);
  return { position, frames: (await client.stack(threadId)).map(frameText) };
}

/** Continues until the run or its recording ends, and notes each stop on the way. */
async function stops(client: DapClient): Promise<Stop[]> {
  const found: Stop[] = [];
  for (;;) {
    const { threadId, description } = await client.stopped();
    if (description === "end of the run" || description === "end of the history") return found;
    found.push(await look(client, threadId));
    await client.request("continue", { threadId });
  }
}

async function change(client: DapClient, threadId: number, name: string, value: string) {
  const [frame] = await client.stack(threadId);
  await client.request("setExpression", {
    expression: name,
    value,
    ...(frame === undefined ? {} : { frameId: frame.id }),
  });
}

const hashIn = (text: string): string => (JSON.parse(text) as { hash: string }).hash;

async function textOf(client: DapClient): Promise<string> {
  return (await client.request("exo/record", {})).text ?? "";
}

/** ping-pong with a key typed, a variable changed, two marks, and a branch on which something else was changed. */
async function recordPingPong(): Promise<{ client: DapClient; stops: Stop[] }> {
  const client = new DapClient();
  await client.launch({ program: PING_PONG, cwd: WORKSPACE, stopAtEnd: true, tick: 400 }, CALLS);
  const first = await client.stopped();
  await client.request("exo/mark", { name: "the first call", note: "nothing is sent yet" });
  await client.request("exo/consoleInput", { text: "käse\u0000" });
  await change(client, first.threadId, "words[1]", "41");
  const begin = await look(client, first.threadId);
  await client.request("continue", { threadId: first.threadId });
  const later = await stops(client);
  const { now, marks } = await client.request("exo/history", undefined);
  await client.request("exo/mark", { name: "the end" });
  // Another course from the first mark on.
  await client.request("exo/goTo", { mark: marks[0]?.id ?? 0 });
  const { threadId } = await client.stopped();
  await change(client, threadId, "words[1]", "7");
  await client.request("continue", { threadId });
  await client.stopped();
  await client.request("exo/branch", { branch: 2, name: "seven" });
  await client.request("exo/branch", { branch: 1 });
  await client.stopped();
  expect((await client.request("exo/history", undefined)).now).toEqual(now);
  return { client, stops: [begin, ...later] };
}

test("a session with input, changes, marks and branches is saved, and opened it is the same run", async () => {
  const made = await recordPingPong();
  const path = join(folder, "ping-pong.exorec");
  const saved = await made.client.request("exo/record", { path });
  expect(saved).toEqual({ path, bytes: readFileSync(path).length });
  expect(saved.bytes).toBeLessThan(4096);
  const output = made.client.output();
  const past = await made.client.request("exo/history", undefined);

  const client = new DapClient();
  await client.launch({ program: path, cwd: WORKSPACE, stopAtEnd: true }, CALLS);
  const found = await stops(client);
  // The change at the first call is later than the first stop there.
  expect(found.slice(1)).toEqual(made.stops.slice(1));
  expect(found[0]?.frames).toEqual(made.stops[0]?.frames);
  expect(found.length).toBeGreaterThan(4);
  expect(output).toContain(client.output());
  expect(client.output()).toContain("pong 42");
  const history = await client.request("exo/history", undefined);
  const { snapshots: _count, snapshotBytes: _bytes, ...known } = past;
  expect(history).toMatchObject(known);
  expect(history.branches.map(({ name }) => name)).toEqual(["main", "seven"]);
  expect(history.marks.map(({ name, note }) => [name, note])).toEqual([
    ["the first call", "nothing is sent yet"],
    ["the end", ""],
  ]);
  // Saved again it is the same file: the hash at the end with it.
  expect(await textOf(client)).toBe(readFileSync(path, "utf8"));
  await client.request("exo/branch", { branch: 2 });
  await client.stopped();
  await made.client.request("exo/branch", { branch: 2 });
  await made.client.stopped();
  expect(hashIn(await textOf(client))).toBe(hashIn(await textOf(made.client)));
});

test("a recording says nothing of the machine it was made on but names of programs", async () => {
  const { client } = await recordPingPong();
  const text = await textOf(client);
  expect(text).not.toContain(ROOT);
  expect(text).not.toContain(tmpdir());
  expect(JSON.parse(text)).toMatchObject({ title: "ping-pong.exo.json", folder: "ping-pong" });
});

test("with its programs it opens where no compiler and no source is, and shows sources that are there", async () => {
  const client = new DapClient();
  await client.launch({ program: "page-fault.c", stopOnEntry: true, stopAtEnd: true });
  const { threadId } = await client.stopped();
  await client.go("continue", threadId);
  const alone = join(mkdtempSync(join(tmpdir(), "exoscope-alone-")), "alone.exorec");
  await client.request("exo/record", { path: alone, withPrograms: true });
  const bare = join(mkdtempSync(join(tmpdir(), "exoscope-bare-")), "bare.exorec");
  await client.request("exo/record", { path: bare });

  const withoutCompiler = () =>
    new DapClient(({ log, diagnostics }) => {
      const builder = new NodeBuilder(ROOT, { log, diagnostics });
      return {
        libosFolder: builder.libosFolder,
        parts: () => builder.parts(),
        say: (sentence) => builder.say(sentence),
        sources: (path, moved) => builder.sources(path, moved),
        build: async (path) => {
          throw noCompiler(path, "none is here.");
        },
      };
    });
  const opened = withoutCompiler();
  await opened.launch({ program: alone, stopOnEntry: true });
  const at = await opened.stopped();
  expect((await opened.stack(at.threadId)).map(frameText)[0]).toMatch(/^main page-fault\.c:\d+$/);
  const end = await opened.go("continue", at.threadId);
  expect(end).toMatchObject({ kind: "stopped", body: { description: "end of the run" } });
  expect(opened.output()).toBe(client.output());

  await expect(withoutCompiler().launch({ program: bare })).rejects.toThrow(
    /The program 'page-fault\.c' of the recording '.*bare\.exorec' is neither in the recording nor near it/,
  );
  copyFileSync(join(WORKSPACE, "page-fault.c"), join(bare, "../page-fault.c"));
  await expect(withoutCompiler().launch({ program: bare })).rejects.toThrow(/cannot be compiled/);
});

test("sources that have moved are shown where the recording lies now", async () => {
  const [here, there] = ["here", "there"].map((name) => join(folder, name)) as [string, string];
  for (const each of [here, there]) {
    mkdirSync(each);
    writeFileSync(join(each, "moved.c"), "int main(void) {\n  return 0;\n}\n");
  }
  const client = new DapClient();
  await client.launch({ program: join(here, "moved.c"), stopOnEntry: true });
  await client.stopped();
  const path = join(there, "moved.exorec");
  await client.request("exo/record", { path, withPrograms: true });
  const opened = new DapClient();
  await opened.launch({ program: path, stopOnEntry: true });
  const { threadId } = await opened.stopped();
  const [top] = await opened.stack(threadId);
  expect(top?.source?.path).toBe(join(there, "moved.c"));
});

test("a program that was changed is noticed and refused; a comment is no change", async () => {
  const source = join(folder, "changed.c");
  const text = '#include <stdio.h>\nint main(void) { printf("%d\\n", 1); return 0; }\n';
  writeFileSync(source, text);
  const client = new DapClient();
  await client.launch({ program: source, stopAtEnd: true });
  await client.stopped();
  const path = join(folder, "changed.exorec");
  await client.request("exo/record", { path });
  writeFileSync(source, text.replace("1)", "2)"));
  await expect(new DapClient().launch({ program: path })).rejects.toThrow(
    /^The program 'changed\.c' of the recording '.*' is not the one that was recorded: '.*changed\.c' was changed since.*; restore it as it was, or record again\.$/,
  );
  writeFileSync(source, `${text}/* the same program */\n`);
  const again = new DapClient();
  await again.launch({ program: path });
  expect(await again.stopped()).toMatchObject({ description: "end of the run" });
});

test("at the end of a recording one goes on live, and that can be saved as well", async () => {
  const client = new DapClient();
  await client.launch({ program: "echo.c" });
  await client.request("exo/consoleInput", { text: "Ada\n" });
  while (!client.output().includes("Hello, Ada.")) await client.waitFor("output").then(pause);
  await client.request("pause", { threadId: 0 });
  await client.stopped();
  const path = join(folder, "echo.exorec");
  await client.request("exo/record", { path });

  const opened = new DapClient();
  await opened.launch({ program: path, cwd: WORKSPACE, stopAtEnd: true });
  const { text, threadId } = await opened.stopped();
  expect(text).toBe("This is the end of the recording. Going on from here adds to it.");
  expect(opened.output()).toContain("Hello, Ada.");
  await opened.request("continue", { threadId });
  await opened.request("exo/consoleInput", { text: "quit\n" });
  expect(await opened.stopped()).toMatchObject({ description: "end of the run" });
  expect(opened.output()).toContain("2 lines");
  const { journal, branches } = await opened.request("exo/history", undefined);
  expect(journal).toHaveLength(2);
  expect(branches).toHaveLength(1);
  const longer = JSON.parse(await textOf(opened)) as { branches: { journal: unknown[] }[] };
  expect(longer.branches[0]?.journal).toHaveLength(2);
});

const pause = () => new Promise((resolve) => setImmediate(resolve));

test("a file that cannot be written is said, and what was there stays", async () => {
  const client = new DapClient();
  await client.launch({ program: "hello.c", stopOnEntry: true });
  await client.stopped();
  await expect(
    client.request("exo/record", { path: join(folder, "no-such-folder/x.exorec") }),
  ).rejects.toThrow(/cannot be written \(ENOENT\), and nothing was changed; make room or choose/);
  const taken = join(folder, "a-folder.exorec");
  mkdirSync(taken);
  await expect(client.request("exo/record", { path: taken })).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  await expect(client.request("exo/record", { path: "" })).rejects.toThrow(/'path' of exo\/record/);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect((await client.request("exo/record", undefined)).text).toMatch(/^\{\n {2}"format"/);
});

test("a recording whose moments are not its programs' ends with a sentence about the recording, not about us", async () => {
  const { client } = await recordPingPong();
  const json = JSON.parse(await textOf(client)) as {
    branches: { journal: { at: [number, number] }[]; end: [number, number] }[];
    marks: { at: [number, number] }[];
  };
  const wrong = (name: string, edit: (copy: typeof json) => void): string => {
    const copy = structuredClone(json);
    edit(copy);
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(copy));
    return path;
  };
  const shifted = wrong("shifted.exorec", ({ branches }) => {
    for (const { at } of branches[0]?.journal ?? []) at[1] -= 1;
  });
  const opened = new DapClient();
  await opened.launch({ program: shifted, cwd: WORKSPACE });
  expect((await opened.arrival()).kind).toBe("ended");
  expect(opened.output("stderr")).toMatch(/does not fit its programs: around step \d+/);
  expect(opened.output("stderr")).not.toMatch(/made a mistake/);

  const early = wrong("early.exorec", ({ marks }) => {
    for (const { at } of marks) at[1] = 0;
  });
  for (const mark of json.marks) expect(mark.at[1]).toBeGreaterThan(0);
  await expect(new DapClient().launch({ program: early, cwd: WORKSPACE })).rejects.toThrow(
    /the end' lies before|the mark '.*' lies before the first moment/,
  );

  const absent = wrong("absent.exorec", ({ marks }) => {
    for (const { at } of marks.slice(0, 1)) at[1] += 5;
  });
  const travelling = new DapClient();
  await travelling.launch({ program: absent, cwd: WORKSPACE, stopOnEntry: true });
  await travelling.stopped();
  await expect(travelling.request("exo/goTo", { mark: 1 })).rejects.toThrow(/does not fit/);
});

test("saved in the past it is the same recording, and one stands where one stood", async () => {
  const { client } = await recordPingPong();
  const atEnd = await textOf(client);
  await client.request("exo/goTo", { mark: 1 });
  const { threadId: there } = await client.stopped();
  const { now } = await client.request("exo/history", undefined);
  expect(await textOf(client)).toBe(atEnd);
  expect((await client.request("exo/history", undefined)).now).toEqual(now);
  const { threadId } = await client.go("stepBack", there).then((arrival) => {
    if (arrival.kind === "ended") throw new Error("the session ended");
    return arrival.body;
  });
  expect((await client.stack(threadId)).length).toBeGreaterThan(0);
});

test("programs that are damaged in the file are refused", async () => {
  const client = new DapClient();
  await client.launch({ program: "hello.c", stopOnEntry: true });
  await client.stopped();
  const { text = "" } = await client.request("exo/record", { withPrograms: true });
  const json = JSON.parse(text) as { files: { contents: string; identity: string }[] };
  const opened = async (change: Partial<{ contents: string; identity: string }>) => {
    const path = join(folder, "contents.exorec");
    const files = json.files.map((file) => ({ ...file, ...change }));
    writeFileSync(path, JSON.stringify({ ...json, files }));
    return new DapClient().launch({ program: path });
  };
  const packed = (bytes: Uint8Array) => Buffer.from(nodeHost.gzip(bytes)).toString("base64");
  await expect(opened({ contents: "AAAA" })).rejects.toThrow(/cannot be decompressed; get an un/);
  await expect(opened({ contents: packed(Uint8Array.of(1, 2)) })).rejects.toThrow(
    /its program 'hello\.c' is no executable \(/,
  );
  await expect(opened({ identity: `sha256:${"0".repeat(64)}` })).rejects.toThrow(
    /its program 'hello\.c' is not the one that was recorded/,
  );
});

test("a recording has its own arguments, slices and optimisation", async () => {
  const path = join(folder, "own.exorec");
  const client = new DapClient();
  await client.launch({ program: "hello.c", stopOnEntry: true, tick: 500 });
  await client.stopped();
  await client.request("exo/record", { path });
  for (const more of [{ args: ["x"] }, { tick: 600 }, { optimization: "2" }] as const) {
    await expect(
      new DapClient().launch({ program: path, cwd: WORKSPACE, ...more }),
    ).rejects.toThrow(/cannot be chosen for a recording, which has its own; remove it\.$/);
  }
  const opened = new DapClient();
  await opened.launch({ program: path, cwd: WORKSPACE, tick: 500, stopOnEntry: true });
  await opened.stopped();
});

test("names and notes that are no texts, and power failures that there are not, are refused", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json", stopOnEntry: true });
  await client.stopped();
  const refused = async (answer: Promise<unknown>, sentence: string) =>
    expect(answer).rejects.toThrow(sentence);
  const mark = (args: object) => client.request("exo/mark", args);
  await refused(mark({ name: 5 }), "'name' of exo/mark must be a string.");
  await refused(mark({ note: {} }), "'note' of exo/mark must be a string.");
  const rename = client.request("exo/branch", { branch: 1, name: 5 as never });
  await refused(Promise.resolve(rename), "'name' of exo/branch must be a string.");
  for (const seed of [-1, 0.5, 2 ** 32]) {
    const crashes = client.request("exo/crashes", { mode: "random", seed });
    await refused(crashes, "'seed' of exo/crashes must be a whole number from 0 to 2^32 - 1.");
  }
  const crashes = client.request("exo/crashes", { mode: "melt" as never });
  await refused(crashes, "'mode' of exo/crashes must be one of 'drop', 'keep', 'random'.");
  const { marks, branches } = await client.request("exo/history", undefined);
  expect([marks, branches.map(({ name }) => name)]).toEqual([[], ["main"]]);
});

test("a recording's disk image must be there, and fit its disk", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json", stopOnEntry: true });
  await client.stopped();
  const { text = "" } = await client.request("exo/record", { withPrograms: true });
  const path = join(folder, "disk.exorec");
  type Json = { diskImage?: string; scenario: { disk?: object } };
  const opened = async (change: (json: Json) => void) => {
    const json = JSON.parse(text) as Json;
    change(json);
    writeFileSync(path, JSON.stringify(json));
    return new DapClient().launch({ program: path });
  };
  const image = (length: number) =>
    Buffer.from(nodeHost.gzip(new Uint8Array(length))).toString("base64");
  for (const length of [1, 1 << 20]) {
    await expect(
      opened((json) => Object.assign(json, { diskImage: image(length) })),
    ).rejects.toThrow(
      new RegExp(
        `its disk image has ${length} bytes, and must be whole pages of 4096 on a disk of`,
      ),
    );
  }
  const lacks = (json: Json) => delete json.diskImage;
  await expect(opened(lacks)).rejects.toThrow(/it lacks the image of its disk; get an undamaged/);
  const diskless = (json: Json) => delete json.scenario.disk;
  await expect(opened(diskless)).rejects.toThrow(/has a disk image, and its scenario has no disk/);
});
