/** `exo grade` as a process: what a shell and a CI system see. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DapClient, frameText, ROOT, WORKSPACE } from "../testing/dap-client.ts";
import { gradeAll } from "./grade-pool.ts";
import type { GradeReply } from "./grade-worker.ts";

// Programs are compiled and run, on a machine that may have more to do.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "exoscope-grade-"));
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  expect(spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT }).status).toBe(0);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function exo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "dist/exo.js"), ...args],
    { cwd: WORKSPACE, encoding: "utf8", timeout: 100_000 },
  );
  return { status, stdout, stderr };
}

const SPEC = "grading/page-fault.grade.json";
const RIGHT = "page-fault.c";
const WRONG = "grading/page-fault-one-page.c";

test("all points are status 0", () => {
  expect(exo("grade", SPEC, RIGHT)).toEqual({
    status: 0,
    stderr: "",
    stdout: `page-fault.c: 8 of 8 points
  ok    2/2  the store that faults is done in the end
  ok    2/2  each page is asked for once
  ok    3/3  every address has a page of its own
  ok    1/1  the program says what it saw
  ok    0/0  the kernel is as sound as before
`,
  });
});

test("a table has a reason for what fails, several programs in their order, and status 1", () => {
  const programs = [WRONG, "bad/does-not-compile.c", RIGHT, "bad/endless-loop.c"];
  const { status, stdout, stderr } = exo("grade", SPEC, ...programs, "--jobs", "2");
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  expect(stdout).toMatch(/FAIL {2}0\/3 {2}every address has a page of its own\n {8}'allocated' by/);
  expect(stdout).toContain("whatever the program prints.\n");
  expect(stdout).toMatch(/does-not-compile\.c: 0 of 8 points, not built\n.*does not compile \(/);
  expect(stdout).toContain("the run was ended after 1,000,000 steps, its limit");
  expect(stdout.split("\n").slice(-8)).toEqual([
    "",
    "grading/page-fault-one-page.c      5 / 8",
    "bad/does-not-compile.c             0 / 8  not built",
    "page-fault.c                       8 / 8",
    expect.stringMatching(/^bad\/endless-loop\.c {17}\d \/ 8$/),
    "",
    "1 of 4 programs have all points.",
    "",
  ]);
});

test("JSON and JUnit say the same, and the recording opens at the failing event", () => {
  const [json, junit, recordings] = [file("r.json"), file("r.xml"), file("recordings")];
  const args = ["--json", json, "--junit", junit, "--recordings", recordings];
  expect(exo("grade", SPEC, RIGHT, WRONG, ...args).status).toBe(1);
  const report = JSON.parse(readFileSync(json, "utf8"));
  expect(report.programs.map(({ points }: { points: number }) => points)).toEqual([8, 5]);
  const [failure] = report.programs[1].tests[2].failures;
  expect(readFileSync(junit, "utf8")).toContain(
    '<testsuite name="grading/page-fault-one-page.c" tests="5" failures="1" errors="0">',
  );
  expect(readdirSync(recordings)).toEqual(["grading-page-fault-one-page-run.exorec"]);
  const recording = JSON.parse(readFileSync(failure.recording, "utf8"));
  expect(recording.marks).toEqual([
    {
      name: "every address has a page of its own",
      note: failure.reason,
      branch: 1,
      at: [failure.at.step, failure.at.event],
    },
  ]);
  expect(exo("replay", failure.recording).stderr).toMatch(/the same run/);
});

test("a session on the recording goes from its start to the failing event, in the program that is wrong", async () => {
  const [recordings, json] = [file("session"), file("session.json")];
  const args = ["--recordings", recordings, "--json", json];
  expect(exo("grade", "grading/cowfork.grade.json", "cowfork/cowfork_bug.c", ...args).status).toBe(
    1,
  );
  const [{ tests }] = JSON.parse(readFileSync(json, "utf8")).programs;
  const [{ at, recording }] = tests[1].failures;
  const client = new DapClient();
  const program = resolve(WORKSPACE, recording);
  await client.launch({ program, stopOnEntry: true });
  expect((await client.stopped()).reason).toBe("entry");
  await client.request("exo/goTo", { position: { branch: 1, ...at } });
  const { threadId } = await client.stopped();
  const frames = (await client.stack(threadId)).map(frameText);
  expect(frames.join("\n")).toMatch(/mark_pages.*fork_with/s);
});

test("- is standard output, which then has nothing else", () => {
  const { stdout } = exo("grade", SPEC, RIGHT, "--json", "-");
  expect(JSON.parse(stdout)).toMatchObject({ spec: SPEC, programs: [{ points: 8 }] });
  expect(exo("grade", SPEC, RIGHT, "--junit", "-").stdout).toMatch(/^<\?xml/);
});

test("without a program it is the one that the scenario names; --list says what is tested", () => {
  expect(exo("grade", "grading/share.grade.json").stdout).toMatch(/^owner\.c: 6 of 6 points\n/);
  expect(exo("grade", SPEC).stdout).toMatch(/^\.\.\/page-fault\.c: 8 of 8 points\n/);
  const { title, tests } = JSON.parse(exo("grade", SPEC, "--list").stdout);
  expect(title).toBe("A page fault, mended by the program itself");
  expect(tests[2]).toEqual({ name: "every address has a page of its own", points: 3 });
});

test.each([
  [
    ["grade", "--list"],
    /^exo: Name a specification \(\.grade\.json\) and the programs to grade\.\n$/,
  ],
  [
    ["grade", "nowhere.grade.json", RIGHT],
    /^exo: There is no specification '.*nowhere.grade.json'\.\n$/,
  ],
  [
    ["grade", SPEC, RIGHT, "--jobs", "0"],
    /^exo: --jobs must be a whole number from 1 to 256, not '0'\.\n$/,
  ],
  [["grade", SPEC, RIGHT, "--json", "-", "--junit", "-"], /cannot both be '-'/],
  [
    ["grade", "share/share.exo.json", RIGHT],
    /share\.exo\.json: it has an unknown key 'environments'/,
  ],
])("a mistake is one sentence and status 2: %j", (args, sentence) => {
  const { status, stdout, stderr } = exo(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(sentence);
});

test("a grading process that dies takes no other program with it", async () => {
  const executable = file("worker.cjs");
  writeFileSync(
    executable,
    `process.on("message", ({ program }) => {
  if (program === "dies") process.abort();
  const result = { program, pid: process.pid };
  setTimeout(() => process.send({ kind: "graded", result }), program === "slow" ? 300 : 0);
});
process.on("disconnect", () => process.exit(0));
`,
  );
  const programs = ["slow", "dies", "a", "b", "dies", "c"];
  const replies: GradeReply[] = [];
  const orders = programs.map((program) => ({ spec: "", program }));
  await gradeAll({ executable, jobs: 2 }, orders, (reply, index) => {
    expect(index).toBe(replies.length);
    replies.push(reply);
  });
  expect(
    replies.map((reply) => (reply.kind === "graded" ? reply.result.program : reply.kind)),
  ).toEqual(["slow", "failed", "a", "b", "failed", "c"]);
  expect(replies[1]).toMatchObject({ sentence: expect.stringMatching(/ended \(SIGABRT\)/) });
});
