/** The sample workspace: copied from the extension to a place of the user's own, and opened. */
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";

/** The file that makes a folder the sample, by a marker that nobody writes by chance. */
const SAMPLE_FILE = "page-fault.c";
const SAMPLE_MARKER = "//@step store";
const DEFAULT_FOLDER = "exoscope-sample";
/** Left behind by builds, and ours rather than the user's. */
const NOT_COPIED = /^\.exo-cache$|\.test\.ts$/;

/** The folder of this window that is a copy of the sample. */
export async function openedSample(): Promise<vscode.WorkspaceFolder | undefined> {
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    if (await isSample(folder.uri)) return folder;
  }
  return undefined;
}

async function isSample(folder: vscode.Uri): Promise<boolean> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, SAMPLE_FILE));
    return new TextDecoder().decode(bytes).includes(SAMPLE_MARKER);
  } catch {
    return false;
  }
}

/** Asks for a place, copies what is not there yet, and opens the folder. */
export async function openSample(context: vscode.ExtensionContext): Promise<void> {
  const opened = await openedSample();
  if (opened !== undefined) {
    await vscode.window.showInformationMessage(
      `The sample workspace is open in this window: ${opened.uri.fsPath}.`,
    );
    return;
  }
  const place = await choosePlace(context);
  if (place === undefined) return;
  const kept = await copyMissing(
    vscode.Uri.joinPath(context.extensionUri, "test-workspace"),
    place,
  );
  if (kept > 0) {
    vscode.window.setStatusBarMessage(`Exoscope: kept the ${kept} files that were there`, 5000);
  }
  const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand("vscode.openFolder", place, { forceNewWindow: hasFolder });
}

async function choosePlace(context: vscode.ExtensionContext): Promise<vscode.Uri | undefined> {
  const home = join(homedir(), DEFAULT_FOLDER);
  const usual = { label: "$(home) In my home folder", detail: home };
  const other = {
    label: "$(folder) In another folder...",
    detail: `As ${DEFAULT_FOLDER} below it`,
  };
  const answer = await vscode.window.showQuickPick([usual, other], {
    title: "Exoscope: where shall the sample workspace go?",
    placeHolder: "Your own copy: edit it as you like; files that are there are kept",
  });
  if (answer === undefined) return undefined;
  if (answer === usual) return vscode.Uri.file(home);
  try {
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: "Put It Here",
      })) ?? [];
    return folder && vscode.Uri.joinPath(folder, DEFAULT_FOLDER);
  } catch {
    return vscode.Uri.joinPath(context.globalStorageUri, DEFAULT_FOLDER);
  }
}

/** Copies files that the target lacks and returns how many it had: a user's edits are never overwritten. */
export async function copyMissing(source: vscode.Uri, target: vscode.Uri): Promise<number> {
  const { fs } = vscode.workspace;
  await fs.createDirectory(target);
  const there = new Set((await fs.readDirectory(target)).map(([name]) => name));
  let kept = 0;
  for (const [name, type] of await fs.readDirectory(source)) {
    if (NOT_COPIED.test(name)) continue;
    const [from, to] = [vscode.Uri.joinPath(source, name), vscode.Uri.joinPath(target, name)];
    if (type === vscode.FileType.Directory) kept += await copyMissing(from, to);
    else if (there.has(name)) kept += 1;
    else await fs.copy(from, to, { overwrite: false });
  }
  return kept;
}
