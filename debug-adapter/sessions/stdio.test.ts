import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { frameText, markerLine, ROOT, WORKSPACE } from "../testing/dap-client.ts";
import { StdioClient } from "../testing/stdio-client.ts";

/** The bundle that the extension starts, made anew so that it is today's. */
const BUNDLE = join(ROOT, "dist/debug-adapter.js");

beforeAll(async () => {
  await build({
    entryPoints: [join(ROOT, "debug-adapter/main.ts")],
    outfile: BUNDLE,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: true,
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
});

test("a plain DAP client on the adapter's process stops in the pager, sees the stitched stack and steps out", async () => {
  expect(existsSync(BUNDLE)).toBe(true);
  const path = join(WORKSPACE, "page-fault.c");
  const client = new StdioClient(BUNDLE);
  const capabilities = await client.request<Dap.Capabilities>("initialize", {
    adapterID: "exoscope",
  });
  expect(capabilities.supportsConfigurationDoneRequest).toBe(true);
  const launch = client.send("launch", { program: path });
  expect(launch).toBeGreaterThan(0);
  await client.event("initialized");
  const set = await client.request<{ breakpoints: Dap.Breakpoint[] }>("setBreakpoints", {
    source: { path },
    breakpoints: [{ line: markerLine(path, "pager") }],
  });
  expect(set.breakpoints[0]?.verified).toBe(true);
  await client.request("configurationDone");
  const stopped = await client.event<{ threadId: number; reason: string }>("stopped");
  expect(stopped.reason).toBe("breakpoint");
  const { stackFrames } = await client.request<{ stackFrames: Dap.StackFrame[] }>("stackTrace", {
    threadId: stopped.threadId,
  });
  expect(stackFrames.map(frameText)).toContain("-- upcall: store page fault at 0x40000020 --");
  await client.request("stepOut", { threadId: stopped.threadId });
  const again = await client.event<{ threadId: number }>("stopped");
  const after = await client.request<{ stackFrames: Dap.StackFrame[] }>("stackTrace", {
    threadId: again.threadId,
    levels: 1,
  });
  expect(after.stackFrames[0]).toMatchObject({ name: "main", line: markerLine(path, "after") });
  await client.request("setBreakpoints", { source: { path }, breakpoints: [] });
  await client.request("continue", { threadId: again.threadId });
  expect(await client.event<{ exitCode: number }>("exited")).toEqual({ exitCode: 0 });
  await client.event("terminated");
  await client.request("disconnect");
  expect(await client.exited()).toBe(0);
});

test("pause stops an endless loop, and continue goes on, time and again", async () => {
  const client = new StdioClient(BUNDLE);
  await client.request("initialize", { adapterID: "exoscope" });
  client.send("launch", { program: join(WORKSPACE, "bad/endless-loop.c") });
  await client.event("initialized");
  await client.request("configurationDone");
  const { threads } = await client.request<{ threads: Dap.Thread[] }>("threads");
  for (let i = 0; i < 5; i += 1) {
    await client.request("pause", { threadId: threads[0]?.id });
    expect(await client.event<{ reason: string }>("stopped")).toMatchObject({ reason: "pause" });
    await client.request("continue", { threadId: threads[0]?.id });
  }
  await client.request("disconnect");
  expect(await client.exited()).toBe(0);
});
