/** Grading specifications in the Test Explorer, over the command line as it is. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import * as vscode from "vscode";
import { runGradeWith } from "./grade-runner.ts";
import { GuestTests, rangeOf } from "./guest-tests.ts";
import { CancellationTokenSource, type StubTestController, stub } from "./testing/vscode-stub.ts";

const ROOT = join(import.meta.dirname, "..");
const WORKSPACE = join(ROOT, "test-workspace");
const folder = mkdtempSync(join(tmpdir(), "exoscope-guest-tests-"));
const RECORDINGS = join(folder, "graded");
const SHARE = join(WORKSPACE, "grading/share.grade.json");
/** A specification whose scenario has the wrong owner. */
const GENEROUS = join(folder, "generous.grade.json");
const BROKEN = join(folder, "broken.grade.json");

// Several processes one after the other, on a machine that may have more to do.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(() => {
  expect(spawnSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT }).status).toBe(0);
  const spec = JSON.parse(readFileSync(SHARE, "utf8"));
  const scenario = join(WORKSPACE, "grading/too-generous.exo.json");
  writeFileSync(GENEROUS, JSON.stringify({ ...spec, scenario }, undefined, 2));
  writeFileSync(BROKEN, '{ "tests": [{ "name": "a", "conditions": [{ "hapens": "end" }] }] }');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let tests: GuestTests;
let controller: StubTestController;
beforeEach(() => {
  for (const list of [stub.testControllers, stub.launched, stub.messages, stub.watchers]) {
    list.length = 0;
  }
  stub.files.clear();
  for (const path of [SHARE, GENEROUS, BROKEN]) stub.files.set(path, readFileSync(path, "utf8"));
  tests = new GuestTests(runGradeWith(join(ROOT, "dist/exo.js")), vscode.Uri.file(RECORDINGS));
  controller = stub.testControllers[0] as StubTestController;
});

const idOf = (path: string): string => vscode.Uri.file(path).toString();

async function found(path: string) {
  await controller.resolveHandler?.();
  const item = controller.items.get(idOf(path));
  if (item === undefined) throw new Error(`no item for ${path}`);
  await controller.resolveHandler?.(item);
  return item;
}

/** Runs what the Test Explorer would. */
async function run(
  kind: "Run" | "Debug",
  include: readonly unknown[] | undefined,
): Promise<string[]> {
  const profile = controller.profiles.find((each) => each.kind === vscode.TestRunProfileKind[kind]);
  await profile?.run({ include, exclude: [] }, new CancellationTokenSource().token);
  return controller.told.filter((text) => !text.startsWith("started"));
}

test("each specification is an item with its tests, at the place where its file names them", async () => {
  const item = await found(SHARE);
  expect(controller.items.size).toBe(3);
  expect(item).toMatchObject({ label: "share", description: "Lend a page, and take it back" });
  const labels: string[] = [];
  item.children.forEach(({ label, range, description }) => {
    labels.push(`${label}: ${description}`);
    const line = readFileSync(SHARE, "utf8").split("\n")[range?.start.line ?? -1];
    expect(line?.slice(range?.start.character, range?.end.character)).toBe(`"${label}"`);
  });
  expect(labels).toEqual([
    "the borrower can read the page: 1 point",
    "the borrower cannot write the page: 2 points",
    "the page is taken back, and its owner keeps it: 2 points",
    "both come to their end: 1 point",
  ]);
});

test("a mistake in a specification is said at its item", async () => {
  const item = await found(BROKEN);
  expect(item.error).toContain("'tests[0].conditions[0]' is no condition; did you mean 'happens'?");
  expect(item.children.size).toBe(0);
});

test("a run tells of each test, and a failing one's message is its reason", async () => {
  const item = await found(GENEROUS);
  expect(await run("Run", [item])).toEqual([
    "passed the borrower can read the page",
    "failed the borrower cannot write the page",
    "passed the page is taken back, and its owner keeps it",
    "passed both come to their end",
    "ended",
  ]);
  const [message] = controller.messages;
  expect(message?.message).toMatch(
    /^'accepted' \(rights rw\) by borrower must never happen, but it did at step/,
  );
  expect(message?.location?.range).toEqual(
    rangeOf("the borrower cannot write the page", stub.files.get(GENEROUS) ?? ""),
  );
});

test("one test is run alone, though its specification is graded as a whole", async () => {
  const item = await found(SHARE);
  const chosen: unknown[] = [];
  item.children.forEach((child) => {
    if (child.label === "both come to their end") chosen.push(child);
  });
  expect(await run("Run", chosen)).toEqual(["passed both come to their end", "ended"]);
});

test("Debug opens the recording and goes to the failing event at its first stop, once", async () => {
  await run("Debug", [await found(GENEROUS)]);
  expect(stub.launched.length).toBe(1);
  const [, configuration] = stub.launched[0] as [unknown, vscode.DebugConfiguration];
  expect(configuration).toMatchObject({ type: "exoscope", request: "launch", stopOnEntry: true });
  expect(existsSync(configuration["program"])).toBe(true);
  const requests: unknown[][] = [];
  const session = {
    id: "1",
    configuration,
    customRequest: async (...call: unknown[]) => requests.push(call),
  };
  tests.heard(session, { kind: "running" });
  expect(requests).toEqual([]);
  tests.heard(session, { kind: "stopped" });
  tests.heard(session, { kind: "stopped" });
  const [mark] = JSON.parse(readFileSync(configuration["program"], "utf8")).marks;
  const [step, event] = mark.at;
  expect(requests).toEqual([["exo/goTo", { position: { branch: 1, step, event } }]]);
});

test("Debug of tests that pass says that there is nothing to go to", async () => {
  await run("Debug", [await found(SHARE)]);
  expect(stub.launched).toEqual([]);
  expect(stub.messages).toEqual([
    "share: what was chosen passes, so there is no failing event to go to.",
  ]);
});

test("all is run when nothing is chosen; what cannot be graded is an error of its item", async () => {
  const told = await run("Run", undefined);
  expect(told.filter((text) => text.startsWith("passed")).length).toBe(7);
  expect(controller.items.get(idOf(BROKEN))?.error).toContain("is no condition");
});

test("files that come and go are items that come and go", async () => {
  await found(SHARE);
  stub.watchers[0]?.onDidDelete.fire(vscode.Uri.file(SHARE) as never);
  expect(controller.items.get(idOf(SHARE))).toBeUndefined();
  stub.watchers[0]?.onDidCreate.fire(vscode.Uri.file(SHARE) as never);
  expect(controller.items.get(idOf(SHARE))?.label).toBe("share");
});
