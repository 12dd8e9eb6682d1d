/** Images that guests publish: of a UNIX world whose processes are environments that it makes itself, and of a guest that lies. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { expect, test } from "vitest";
import { DapClient, frameText, markerLine, WORKSPACE } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-published-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const HEADERS = `#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
`;
const PARENT = file(
  "parent.c",
  `${HEADERS}
int shared = 1;
static void work(int round) {
  shared += round;                     //@step work
}
int main(void) {
  char *arguments[] = {"child", "7", 0};
  for (int round = 1; round <= 2; round++) {
    int pid = fork();                  //@step fork
    if (pid == 0) {
      work(round);                     //@step in-child
      exec("/bin/child", arguments);   //@step exec
      exit(9);
    }
    wait(0);                           //@step wait
  }
  exit(shared == 1 ? 0 : 1);
}
`,
);
const CHILD = file(
  "child.c",
  `${HEADERS}
static int twice(int n) {
  return 2 * n;                        //@step twice
}
int main(int argc, char **argv) {
  int doubled = twice(atoi(argv[argc - 1]));
  printf("child says %d\\n", doubled);  //@step says
  exit(0);
}
`,
);
const WORLD = file(
  "world.exo.json",
  JSON.stringify({
    machine: { pages: 4096 },
    disk: {
      sectors: 2048,
      files: { "/parent": "parent.c", "/bin/child": "child.c" },
      latency: { base: 10, perSector: 1 },
    },
    environments: [
      {
        name: "world",
        program: join(WORKSPACE, "v6/world.c"),
        arguments: ["/parent"],
        createsEnvironments: true,
      },
    ],
  }),
);

const inChild = (marker: string, rest: object = {}) => ({ file: CHILD, marker, ...rest });
const inParent = (marker: string, rest: object = {}) => ({ file: PARENT, marker, ...rest });

async function nameOf(client: DapClient, id: number): Promise<string | undefined> {
  const { threads } = await client.request("threads", undefined);
  return threads.find((thread) => thread.id === id)?.name.replace(/ \(env \d+\)$/, "");
}

const changes = (client: DapClient): Dap.Breakpoint[] =>
  client.events
    .filter(({ event }) => event === "breakpoint")
    .map(({ body }) => (body as { breakpoint: Dap.Breakpoint }).breakpoint);

test("a breakpoint in a program that has never run binds when an environment publishes it", async () => {
  const client = new DapClient();
  const [before] = await client.launch({ program: WORLD }, [inChild("twice")]);
  expect(before).toMatchObject({
    verified: false,
    line: 6,
    message: "No environment runs this program yet; the breakpoint binds when one does.",
  });
  const { threadId, hitBreakpointIds } = await client.stopped();
  expect(hitBreakpointIds).toEqual([before?.id]);
  expect(changes(client)).toMatchObject([{ id: before?.id, verified: true, line: 6 }]);
  expect(await nameOf(client, threadId)).toBe("child");
  const stack = await client.stack(threadId);
  expect(stack.slice(0, 2).map(frameText)).toEqual(["twice child.c:6", "main child.c:9"]);
  const [n] = await client.scope(stack[0]?.id ?? 0, "Arguments");
  expect(n).toMatchObject({ name: "n", value: "7" });
  const told = client.events.flatMap(({ event, body }) =>
    event === "loadedSource" ? [(body as { source: Dap.Source }).source.path] : [],
  );
  expect(told).toEqual(expect.arrayContaining([PARENT, CHILD]));
  expect(new Set(told).size).toBe(told.length);
  // Steps in it are by its own lines, and the second process of that program stops as well.
  expect(await client.go("stepOut", threadId)).toMatchObject({ body: { threadId } });
  await client.go("next", threadId);
  expect((await client.stack(threadId)).slice(0, 1).map(frameText)).toEqual(["main child.c:10"]);
  const second = await client.go("continue", threadId);
  expect(second).toMatchObject({ kind: "stopped", body: { hitBreakpointIds: [before?.id] } });
  if (second.kind !== "stopped") return;
  expect(second.body.threadId).not.toBe(threadId);
  expect(await nameOf(client, second.body.threadId)).toBe("child");
  expect(await client.go("continue", second.body.threadId)).toMatchObject({
    kind: "ended",
    exitCode: 0,
  });
  expect(changes(client).length).toBe(1);
});

test("breakpoints hit in environments that a guest creates later with the image of their creator", async () => {
  const client = new DapClient();
  await client.launch({ program: WORLD }, [inParent("fork")]);
  const { threadId: parent } = await client.stopped();
  await client.setBreakpoints([inParent("work")]);
  const { breakpoints } = await client.request("setFunctionBreakpoints", {
    breakpoints: [{ name: "twice" }, { name: "work@child" }],
  });
  expect(breakpoints).toMatchObject([
    {
      verified: false,
      message: "No environment runs this program yet; the breakpoint binds when one does.",
    },
    { verified: false },
  ]);
  const stops: [string | undefined, string | undefined][] = [];
  for (let arrival = await client.go("continue", parent); arrival.kind === "stopped"; ) {
    const { threadId } = arrival.body;
    expect(threadId).not.toBe(parent);
    const [frame] = await client.stack(threadId);
    stops.push([await nameOf(client, threadId), frame?.name]);
    arrival = await client.go("continue", threadId);
  }
  expect(stops).toEqual([
    ["parent", "work"],
    ["child", "twice"],
    ["parent", "work"],
    ["child", "twice"],
  ]);
});

test("a breakpoint for one program by its name stops in each environment that is called so", async () => {
  const client = new DapClient();
  const [named, other] = await client.launch({ program: WORLD }, [
    inChild("says", { condition: "env == child && doubled == 14" }),
    inChild("twice", { condition: "env == parent" }),
  ]);
  const stops: number[] = [];
  for (let arrival = await client.arrival(); arrival.kind === "stopped"; ) {
    expect(arrival.body.hitBreakpointIds).toEqual([named?.id]);
    stops.push(arrival.body.threadId);
    arrival = await client.go("continue", arrival.body.threadId);
  }
  expect(new Set(stops).size).toBe(2);
  expect(other?.verified).toBe(false);
});

test("going back before an image was published shows what ran then; so do branches", async () => {
  const client = new DapClient();
  const [breakpoint] = await client.launch({ program: WORLD }, [
    inChild("twice"),
    inParent("in-child", { condition: "round == 2" }),
  ]);
  const { threadId: child } = await client.stopped();
  const atChild = await client.request("exo/history", undefined);
  const before = await client.request("exo/goTo", { end: "start" });
  expect(before).toBeUndefined();
  await client.stopped();
  // Nobody has run the program at the start: the breakpoint is not bound there.
  expect(changes(client).at(-1)).toMatchObject({ verified: false });
  expect((await client.request("threads", undefined)).threads.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^world \(env \d+\)$/),
  ]);
  expect(await client.request("exo/goTo", { position: atChild.now })).toBeUndefined();
  await client.stopped();
  expect(changes(client).slice(-2)).toMatchObject([
    { id: breakpoint?.id, verified: true },
    { verified: true },
  ]);
  expect(await nameOf(client, child)).toBe("child");
  expect((await client.stack(child)).slice(0, 1).map(frameText)).toEqual(["twice child.c:6"]);
  // Forward to the second round, and backward to the same stop in the first process, which is gone by then.
  const second = await client.go("continue", child);
  expect(second.kind).toBe("stopped");
  const back = await client.go("reverseContinue", child);
  expect(back).toMatchObject({ kind: "stopped", body: { threadId: child } });
  expect((await client.stack(child)).slice(0, 1).map(frameText)).toEqual(["twice child.c:6"]);
  // A change here begins a branch, on which the same program is published again later.
  const [frame] = await client.stack(child);
  const { scopes } = await client.request("scopes", { frameId: frame?.id ?? 0 });
  const locals = scopes.find(({ name }) => name === "Arguments")?.variablesReference ?? 0;
  await client.request("setVariable", { variablesReference: locals, name: "n", value: "100" });
  const onBranch: (string | undefined)[] = [];
  for (let arrival = await client.go("continue", child); arrival.kind === "stopped"; ) {
    onBranch.push(await nameOf(client, arrival.body.threadId));
    arrival = await client.go("continue", arrival.body.threadId);
  }
  expect(onBranch).toEqual(["parent", "child"]);
  expect(client.output()).toContain("child says 200");
});

test("a step back finds the lines of a program that its environment has ended since", async () => {
  const client = new DapClient();
  await client.launch({ program: WORLD }, [inChild("says")]);
  const { threadId } = await client.stopped();
  const back = await client.back("into", threadId);
  expect(back).toMatchObject({ kind: "stopped", body: { threadId } });
  expect((await client.stack(threadId))[0]).toMatchObject({ name: "twice" });
});

test("a log point over all of the past is in each environment that ran the program", async () => {
  const client = new DapClient();
  await client.launch({ program: WORLD, stopAtEnd: true });
  await client.stopped();
  const { hits } = await client.request("exo/hits", {
    path: CHILD,
    line: 6,
    logMessage: "twice {n}",
  });
  expect(hits.map(({ text }) => text)).toEqual(["twice 7", "twice 7"]);
  expect(new Set(hits.map(({ environment }) => environment)).size).toBe(2);
});

const LIAR = file(
  "liar.c",
  `#include <libos.h>
#include <string.h>
static char pages[3 * 4096];
static struct exo_image image;
static void publish(uint32_t path) {
  image.path = path;
  exo_env_publish(0, (uintptr_t)&image);
}
int main(void) {
  char *text = pages;
  exo_env_publish(0, 0xfffffffc);               //@step begin
  exo_env_publish(0, 4);                        //@step wild
  memset(image.build_id, 0xa5, 20);             //@step unbound
  publish((uintptr_t)"/bin/stranger");
  publish(0xfffffff0);                          //@step stranger
  memset(pages, 'x', sizeof pages);             //@step pathless
  publish((uintptr_t)text);
  strcpy(text, "/evil\\x1b[2J");                 //@step endless
  publish((uintptr_t)text);
  memset(image.build_id, 0, 20);                //@step control
  publish((uintptr_t)"/bin/liar");
  image.base = 0x1000;                          //@step itself
  publish((uintptr_t)"liar");
  exo_env_publish(0, 0);                        //@step moved
  return 0;                                     //@step end
}
`,
);

test("a guest that publishes nonsense is shown without symbols, and is itself again when it says so", async () => {
  const client = new DapClient();
  const lines = ["begin", "wild", "unbound", "stranger", "pathless", "endless", "control"];
  await client.launch({ program: LIAR, stopOnEntry: true, stopAtEnd: true }, [
    ...[...lines, "itself", "moved", "end"].map((marker) => ({ file: LIAR, marker })),
  ]);
  const { threadId } = await client.stopped();
  const seen: [string | undefined, boolean][] = [];
  const stops: (number | undefined)[] = [];
  const look = async () => {
    const [frame] = await client.stack(threadId);
    const { environments } = await client.request("exo/environments", undefined);
    const shown = environments.find(({ id }) => id === threadId);
    expect(shown?.name).toBe(await nameOf(client, threadId));
    seen.push([shown?.name, frame?.source !== undefined]);
  };
  // Without symbols there are no lines to stop at: it is gone through by events.
  await client.request("setExceptionBreakpoints", { filters: [] });
  const published = { direction: "next" as const, kinds: ["published"] };
  for (;;) {
    await client.request("exo/goToEvent", published);
    const arrival = await client.arrival();
    if (arrival.kind === "ended" || arrival.body.description === "end of the run") break;
    if (arrival.body.reason === "breakpoint") stops.push((await client.stack(threadId))[0]?.line);
    else await look();
  }
  expect(seen).toEqual([
    ["liar", false],
    ["liar", false],
    ["/bin/stranger", false],
    // Neither a path that is nowhere, nor one without end, nor one that writes on the terminal.
    ["liar", false],
    ["liar", false],
    ["liar", false],
    ["liar", true],
    // Loaded elsewhere than it was linked.
    ["liar", false],
    ["liar", false],
  ]);
  expect(stops).toEqual([markerLine(LIAR, "begin"), markerLine(LIAR, "itself")]);
});
