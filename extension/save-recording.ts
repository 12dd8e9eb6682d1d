/** `Save Recording...`: the session's whole history as one file, to be opened again with F5, here or elsewhere. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { RecordArguments, RecordBody } from "../debug-adapter/protocol.ts";
import { DEBUG_TYPE } from "./session-observer.ts";

/** What is needed of a debug session. */
export type RecordedSession = Pick<
  vscode.DebugSession,
  "type" | "configuration" | "workspaceFolder" | "customRequest"
>;

/** Asks whether the programs go in and where to, and saves. Whatever goes wrong is said, and the session goes on. */
export async function saveRecording(session: RecordedSession | undefined): Promise<void> {
  if (session?.type !== DEBUG_TYPE) {
    await vscode.window.showInformationMessage(
      "There is no session to save: debug a program first, and stop it.",
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(CHOICES, {
    title: "Save Recording: with its programs?",
    placeHolder: "A recording holds what was typed and changed, the branches and the marks",
  });
  if (chosen === undefined) return;
  const program = String(session.configuration["program"] ?? "");
  const folder = session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0];
  const target = await vscode.window.showSaveDialog({
    title: "Save Recording",
    filters: { "Exoscope recordings": ["exorec"] },
    ...(folder === undefined
      ? {}
      : { defaultUri: vscode.Uri.joinPath(folder.uri, recordingName(program)) }),
  });
  if (target === undefined) return;
  await write(session, target, chosen.withPrograms);
}

const CHOICES = [
  {
    label: "Without Programs",
    description: "Opens where the same programs are, unchanged",
    detail: "Some KB. Names of programs are all that it says of this machine.",
    withPrograms: false,
  },
  {
    label: "With Programs",
    description: "Opens anywhere, also without a compiler",
    detail: "Some 50 KB for each program. Debug data in it names folders of this machine.",
    withPrograms: true,
  },
];

/** What a recording of a program is called at first. */
export const recordingName = (program: string): string =>
  `${basename(program.replaceAll("\\", "/")).replace(/(\.c|\.elf|\.exo\.json|\.exorec)$/, "") || "session"}.exorec`;

async function write(
  session: RecordedSession,
  target: vscode.Uri,
  withPrograms: boolean,
): Promise<void> {
  if (target.scheme !== "file") {
    await vscode.window.showErrorMessage(
      `A recording is written by the debug adapter, to a file on its machine; '${target.toString()}' is none.`,
    );
    return;
  }
  const path = target.fsPath.endsWith(".exorec") ? target.fsPath : `${target.fsPath}.exorec`;
  const args: RecordArguments = { path, withPrograms };
  try {
    const { bytes }: RecordBody = await session.customRequest("exo/record", args);
    await vscode.window.showInformationMessage(
      `${basename(path)} is saved (${sizeText(bytes)}). Open it and press F5 to be at its beginning again.`,
    );
  } catch (problem) {
    await vscode.window.showErrorMessage(
      problem instanceof Error ? problem.message : String(problem),
    );
  }
}

const sizeText = (bytes: number): string =>
  bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} KB`;
