import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient, frameText } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-lifetimes-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

file("loop.c", "int main(void) { volatile int n = 0; for (;;) n++; }\n");
file(
  "short.c",
  "#include <stdlib.h>\nint main(void) {\n  int x = 1;\n  exit(x); //@step exit\n}\n",
);
const beside = (other: string) =>
  file(
    `beside-${other}.exo.json`,
    JSON.stringify({ environments: [{ program: "short.c" }, { program: other }] }),
  );

test("a step whose environment ends, ends with it: the stop is on an environment that is left", async () => {
  const client = new DapClient();
  await client.launch({ program: beside("loop.c") }, [
    { file: join(folder, "short.c"), marker: "exit" },
  ]);
  const { threadId } = await client.stopped();
  const arrival = await client.go("next", threadId);
  expect(arrival).toMatchObject({
    kind: "stopped",
    body: { reason: "step", text: `short (env ${threadId}) has ended.` },
  });
  const { threads } = await client.request("threads", undefined);
  expect(threads.map(({ name }) => name.replace(/ .*/, ""))).toEqual(["loop"]);
  await client.request("terminate", undefined);
});

test("a step that ends the program stops there: one can go back, or go on and end the session with its status", async () => {
  const client = new DapClient();
  await client.launch({ program: join(folder, "short.c") }, [
    { file: join(folder, "short.c"), marker: "exit" },
  ]);
  const { threadId } = await client.stopped();
  const end = await client.go("next", threadId);
  expect(end).toMatchObject({ kind: "stopped", body: { description: "end of the run", threadId } });
  expect(await client.stack(threadId)).toMatchObject([
    { name: expect.stringMatching(/short .* has ended, status 1/) },
  ]);
  await expect(client.go("next", threadId)).rejects.toThrow(/has ended: go back, or continue/);
  const back = await client.go("stepBack", threadId);
  expect(back).toMatchObject({ kind: "stopped", body: { reason: "step" } });
  expect(await client.go("continue", threadId)).toEqual({ kind: "ended", exitCode: 1 });
});

test("a run in which nobody can go on ends, and says who would wait for ever", async () => {
  file(
    "server.c",
    "#include <libos.h>\nstatic int serve(exo_env c, uint32_t *w) { (void)c; (void)w; return 0; }\nint main(void) { rpc_serve(serve); return 0; }\n",
  );
  const client = new DapClient();
  await client.launch({ program: beside("server.c") });
  expect(await client.arrival()).toEqual({ kind: "ended", exitCode: 1 });
  expect(client.output("stderr")).toMatch(
    /Nobody can run any more: server \(env \d+\) would wait for ever/,
  );
});

test("a program that waits for input can be paused, and goes on when input comes", async () => {
  const client = new DapClient();
  await client.launch({ program: "echo.c" });
  const [thread] = (await client.request("threads", undefined)).threads;
  await client.request("pause", { threadId: thread?.id ?? 0 });
  const { reason, threadId } = await client.stopped();
  expect(reason).toBe("pause");
  expect(
    (await client.stack(threadId)).map(frameText).some((text) => text.startsWith("main ")),
  ).toBe(true);
  await client.request("continue", { threadId });
  await client.request("exo/consoleInput", { text: "Grace\n\u0004" });
  expect(await client.arrival()).toEqual({ kind: "ended", exitCode: 0 });
  expect(client.output()).toContain("Hello, Grace.");
});

test("a step over in a thread that waits in a transfer runs until its call is done", async () => {
  const client = new DapClient();
  await client.launch({ program: "ping-pong/ping-pong.exo.json" }, [
    { file: "ping-pong/server.c", marker: "serve" },
  ]);
  const { threadId: server } = await client.stopped();
  const { threads } = await client.request("threads", undefined);
  const waiting = threads.find(({ id }) => id !== server)?.id ?? 0;
  const arrival = await client.go("stepOut", waiting);
  expect(arrival).toMatchObject({ kind: "stopped", body: { threadId: waiting } });
  expect((await client.stack(waiting)).map(frameText)[0]).toMatch(/client\.c/);
});

test("requests while the program runs are refused in one sentence, and the kernel's state is still to be had", async () => {
  const client = new DapClient();
  await client.launch({ program: join(folder, "loop.c") });
  const [thread] = (await client.request("threads", undefined)).threads;
  await expect(client.request("stackTrace", { threadId: thread?.id ?? 0 })).rejects.toThrow(
    /runs; pause it first/,
  );
  const { environments } = await client.request("exo/environments", undefined);
  expect(environments.map(({ name }) => name)).toEqual(["launcher", "loop"]);
  await client.request("pause", { threadId: thread?.id ?? 0 });
  await client.stopped();
  await client.request("disconnect", undefined);
});

test("a deep recursion's stack is cut with a note, and paged", async () => {
  const path = file(
    "deep.c",
    "int depth;\nstatic int down(int n) { depth = n; return n == 0 ? 0 : down(n - 1) + 1; }\nint main(void) { return down(3000) != 3000; } //@step main\n",
  );
  const client = new DapClient();
  await client.launch({ program: path, stopOnEntry: true });
  const { threadId } = await client.stopped();
  await client.request("setFunctionBreakpoints", {
    breakpoints: [{ name: "down", condition: "n == 0" }],
  });
  await client.go("continue", threadId);
  const body = await client.request("stackTrace", { threadId, startFrame: 0, levels: 20 });
  expect(body.stackFrames).toHaveLength(20);
  expect(body.totalFrames).toBeGreaterThan(900);
  const all = await client.stack(threadId);
  expect(all.at(-1)?.name).toMatch(/more frames are not shown/);
});

test("an environment is called after its creator, also where another one has its id on another branch", async () => {
  const creator = (wait: number) => `#include <libos.h>
static volatile int wants = 1, n;
int main(void)
{
  for (int i = 0; i < ${wait}; i++) n++;
  if (wants)                                      //@step create
    exo_env_create(EXO_SLOT_ENVIRONMENTS, slot_alloc());
  n = 0;                                          //@step created
  for (;;) n++;
}
`;
  const first = file("first.c", creator(0));
  const second = file("second.c", creator(100_000));
  const program = file(
    "creators.exo.json",
    JSON.stringify({
      environments: [
        { program: "first.c", createsEnvironments: true },
        { program: "second.c", createsEnvironments: true },
      ],
    }),
  );
  const client = new DapClient();
  await client.launch({ program }, [{ file: first, marker: "create" }]);
  const { threadId } = await client.stopped();
  const { now } = await client.request("exo/history", undefined);
  await client.setBreakpoints([{ file: second, marker: "created" }]);
  const created = async () => {
    const { threads } = await client.request("threads", undefined);
    return threads.map(({ name }) => name.replace(/ .*/, "")).slice(2);
  };
  await client.go("continue", threadId);
  const [ofFirst, ofSecond] = await created();
  expect(ofFirst).toMatch(/^first-\d+$/);
  expect(ofSecond).toMatch(/^second-\d+$/);
  await client.request("exo/goTo", { position: now });
  await client.stopped();
  const [top] = await client.stack(threadId);
  const change = { expression: "wants", value: "0", frameId: top?.id ?? 0 };
  await client.request("setExpression", change);
  await client.go("continue", threadId);
  expect(await created()).toEqual([ofFirst?.replace("first", "second")]);
  await client.request("exo/branch", { branch: 1 });
  await client.stopped();
  expect(await created()).toEqual([ofFirst, ofSecond]);
  await client.request("terminate", undefined);
});
