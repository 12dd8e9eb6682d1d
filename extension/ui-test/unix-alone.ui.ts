import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callStackThat } from "./call-stack.ts";
import { findMarker } from "./markers.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

/** As a course has it: xv6's headers and nothing of ours. */
const PROGRAM = `#include "kernel/types.h"
#include "user/user.h"

int
main(void)
{
  int ends[2];
  char c;

  pipe(ends);
  if (fork() == 0) {
    write(ends[1], "x", 1); //@step child
    exit(0);
  }
  read(ends[0], &c, 1);
  wait(0);
  printf("my child wrote %c\\n", c);
  exit(0);
}
`;

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

test("F5 on one UNIX program of a course runs it in a world of its own, and stops in the child that it forks", async () => {
  const folder = join(vscode.workspace, "course");
  await mkdir(folder);
  await writeFile(join(folder, "letter.c"), PROGRAM);
  const child = await findMarker([folder], "//@step child");
  await vscode.openFile("letter.c");
  await vscode.setBreakpoint(child.line);
  await vscode.press("F5");
  await callStackThat(vscode, (frames) => frames.includes("main"));
  await expect.poll(() => vscode.markedLine()).toEqual({ file: "letter.c", line: child.line });
  await vscode.screenshot("unix-alone-1-child");

  await vscode.command("Remove All Breakpoints");
  await vscode.press("F5");
  await expect
    .poll(() => vscode.terminalText())
    .toMatch(/^my child wrote x\s+letter\.c: finished, status 0$/);
  await vscode.screenshot("unix-alone-2-said");
});
