/** UNIX programs that are launched alone: they run in the world that their library names. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeHost } from "../host.ts";
import { loadProgram } from "../load-program.ts";
import { NodeBuilder } from "../node-builder.ts";
import { scenarioAround } from "../scenario-around.ts";
import { DapClient, frameText, ROOT, WORKSPACE } from "../testing/dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-alone-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const HEADERS = `#include "kernel/types.h"
#include "user/user.h"
`;
const PIPES = file(
  "pipes.c",
  `${HEADERS}
int main(int argc, char **argv) {
  char *hi[] = {"echo", "hi", 0}, *other[] = {"neighbour", 0};
  int ends[2], status;
  char c = 0;
  pipe(ends);                          //@step pipe
  if (fork() == 0) {                   //@step fork
    write(ends[1], argv[1], 1);        //@step in-child
    exit(0);
  }
  read(ends[0], &c, 1);                //@step read
  wait(0);                             //@step wait
  printf("%c of %d\\n", c, argc);
  if (fork() == 0) exec("echo", hi);
  wait(0);
  if (fork() == 0) exec("neighbour", other);
  wait(&status);
  exit(status + argc);
}
`,
);
file("neighbour.c", `${HEADERS}\nint main(void) { printf("neighbour\\n"); exit(40); }\n`);
file("broken.c", `${HEADERS}\nint main(void) { return nothing; }\n`);
file("a-much-too-long-name.c", `${HEADERS}\nint main(void) { exit(0); }\n`);
file("part.c", `${HEADERS}\nint helper(void) { return 1; }\n`);
file("default.c", "#include <stdio.h>\nint main(void) { return 0; }\n");

const builder = (said: string[] = []) =>
  new NodeBuilder(ROOT, { log: (text) => said.push(text), diagnostics: () => {} });

async function around(program: string, said: string[] = []) {
  const build = builder(said);
  const image = await loadProgram(program, { program }, nodeHost, build);
  return scenarioAround(image, { program, args: ["x"] }, nodeHost, build);
}

test("a program of UNIX has a scenario around it, with the programs beside it that can be built, and one of the default libOS has none", async () => {
  const said: string[] = [];
  const found = await around(PIPES, said);
  const paths = found?.scenario.disk?.contents?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(expect.arrayContaining(["/pipes", "/neighbour", "/echo", "/sh", "/ls"]));
  expect(paths.filter((path) => /broken|part|default|long/.test(path))).toEqual([]);
  expect(found?.scenario.environments.map(({ arguments: args }) => args)).toEqual([["pipes", "x"]]);
  expect(said.sort()).toEqual([
    "a-much-too-long-name.c is left out of the disk: its name has more than 14 bytes.\n",
    expect.stringMatching(/^broken\.c is left out of the disk: .*'nothing'.*\n$/),
  ]);
  expect(await around(join(WORKSPACE, "hello.c"))).toBeUndefined();
});

test("a launch stops at a breakpoint in main, steps over a fork and a pipe, and ends with the program's status", async () => {
  const client = new DapClient();
  await client.launch({ program: PIPES, args: ["x"] }, [{ file: PIPES, marker: "pipe" }]);
  const { threadId } = await client.stopped();
  const stack = await client.stack(threadId);
  expect(stack.map(frameText)).toEqual(["main pipes.c:8", "libos_main start.c", "_start start.S"]);
  expect(stack[1]?.source?.path).toBe(join(ROOT, "libos/v6/start.c"));
  const { threads } = await client.request("threads", undefined);
  expect(threads.map(({ name }) => name.replace(/ \(.*/, ""))).toEqual(["world", "pipes"]);
  const lines: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    await client.go("next", threadId);
    lines.push((await client.stack(threadId)).map(frameText)[0]);
  }
  expect(lines).toEqual([
    ...["main pipes.c:9", "main pipes.c:13", "main pipes.c:14", "main pipes.c:15"],
  ]);
  expect(await client.go("continue", threadId)).toMatchObject({ kind: "ended", exitCode: 42 });
  expect(client.output()).toContain("x of 2\nhi\nneighbour\n");
});

test("a breakpoint in a child stops there, in a thread of its own", async () => {
  const client = new DapClient();
  await client.launch({ program: PIPES, args: ["x"], stopOnEntry: true }, [
    { file: PIPES, marker: "in-child" },
  ]);
  const entry = await client.stopped();
  expect((await client.stack(entry.threadId)).map(frameText)[0]).toMatch(/^main pipes\.c:5/);
  const child = await client.go("continue", entry.threadId);
  if (child.kind !== "stopped") throw new Error(`it ended: ${child.exitCode} ${client.output()}`);
  expect(child.body.threadId).not.toBe(entry.threadId);
  expect((await client.stack(child.body.threadId)).map(frameText)[0]).toBe("main pipes.c:10");
});

test("the library may be chosen by the launch rather than by a header", async () => {
  const bare = file(
    "bare.c",
    'int write(int, const void *, int);\nint main(void) { write(1, "bare\\n", 5); return 9; }\n',
  );
  const client = new DapClient();
  await client.launch({ program: bare, libos: ["v6"] });
  expect(await client.arrival()).toMatchObject({ kind: "ended", exitCode: 9 });
  expect(client.output()).toContain("bare\n");
});
