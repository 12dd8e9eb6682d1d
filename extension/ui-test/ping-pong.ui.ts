import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

const TRANSFER = /^protected control transfer from client \(env \d+\)$/;

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("F11 at the call goes into the server, whose stack goes on in the client, and Shift+F11 comes back", async () => {
  const call = await findMarker([join(vscode.workspace, "ping-pong")], "//@step call");
  await vscode.openFile(call.path);
  await vscode.setBreakpoint(call.line);
  await vscode.openFile("ping-pong.exo.json");
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames[0] === "ping" && frames.includes("main"));
  await expect.poll(() => vscode.markedLine()).toEqual({ file: "client.c", line: call.line });
  await vscode.screenshot("ping-pong-1-call");

  await vscode.press("F11");
  const inside = await callStackThat(
    vscode,
    (frames) => frames.includes("serve") && frames.includes("main [client]"),
  );
  // The client's own thread may still be unfolded above the server's.
  const stack = inside.slice(inside.indexOf("serve"));
  const boundary = stack.findIndex((frame) => TRANSFER.test(frame));
  expect(boundary, inside.join(" | ")).toBeGreaterThan(0);
  expect(stack.slice(boundary + 1)).toContain("ping [client]");
  await expect.poll(async () => (await vscode.markedLine())?.file).toBe("server.c");
  await expect
    .poll(() => vscode.treeRows("Environments"))
    .toSatisfy((rows: string[]) => rows.some((row) => /client.*waits/.test(row)));
  // What is chosen in the trees follows to where execution is.
  await expect
    .poll(async () => (await vscode.rows("Environments")).find(({ selected }) => selected)?.text)
    .toMatch(/^server/);
  await vscode.screenshot("ping-pong-2-server");

  await vscode.press("Shift+F11");
  await expect.poll(async () => (await vscode.markedLine())?.file).toBe("client.c");
  await callStackThat(vscode, (frames) => frames.includes("ping") && frames.includes("main"));
  await vscode.screenshot("ping-pong-3-back");
});
