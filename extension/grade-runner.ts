/** `exo grade` as a process of its own, for the Test Explorer: its options in, what it printed out. */
import { fork } from "node:child_process";
import type * as vscode from "vscode";

export interface GradeOutput {
  /** Undefined when it was ended. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export type RunGrade = (
  args: readonly string[],
  token: vscode.CancellationToken,
) => Promise<GradeOutput>;

/** More than a report of all that can be tested. */
const TEXT_MAX = 64 * 2 ** 20;

/** `executable` is the bundled command line. It runs by VS Code's own Node: the user needs none. */
export const runGradeWith =
  (executable: string): RunGrade =>
  (args, token) =>
    new Promise((resolve) => {
      const child = fork(executable, ["grade", ...args], { silent: true, execArgv: [] });
      let stdout = "";
      let stderr = "";
      const cancelled = token.onCancellationRequested(() => child.kill());
      child.stdout?.on("data", (chunk: Buffer) => {
        if (stdout.length < TEXT_MAX) stdout += chunk.toString("utf8");
      });
      child.stderr?.on("data", (chunk: Buffer) => {
        if (stderr.length < TEXT_MAX) stderr += chunk.toString("utf8");
      });
      child.on("error", ({ message }) => {
        stderr += message;
      });
      child.on("close", (status) => {
        cancelled.dispose();
        resolve({ status: status ?? undefined, stdout, stderr });
      });
    });
