/** The command *Write Compile Flags*, which also runs when the sample is open: a file that is not ours is left alone. */
import * as vscode from "vscode";
import { openedSample } from "../sample-workspace.ts";

/** The pure part: it is in the client's bundle, since it knows the compiler's flags. */
export interface FlagFiles {
  readonly flagsFile: (root: string) => string;
  readonly propertiesFile: (root: string) => string;
  readonly isOurs: (name: string, text: string) => boolean;
}

export async function writeCompileFlags(
  root: string,
  files: FlagFiles,
  folder?: vscode.WorkspaceFolder,
): Promise<void> {
  const isAsked = folder === undefined;
  const target = folder ?? (await chooseFolder());
  if (target === undefined) return;
  const kept: string[] = [];
  for (const [name, text] of [
    ["compile_flags.txt", files.flagsFile(root)],
    [".vscode/c_cpp_properties.json", files.propertiesFile(root)],
  ] as const) {
    const uri = vscode.Uri.joinPath(target.uri, name);
    const there = await textAt(uri);
    if (there === text) continue;
    if (there !== undefined && !files.isOurs(name, there)) kept.push(name);
    else await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  }
  if (!isAsked) return;
  await vscode.window.showInformationMessage(
    kept.length === 0
      ? `clangd and the C/C++ extension now find the libOS: compile_flags.txt and .vscode/c_cpp_properties.json are in ${target.name}.`
      : `${kept.join(" and ")} in ${target.name} is your own and was kept: rename it and run the command again to have one for the libOS.`,
  );
}

/** In a window on the sample, quietly. */
export async function writeSampleFlags(root: string, files: () => FlagFiles): Promise<void> {
  const sample = await openedSample();
  if (sample === undefined) return;
  try {
    await writeCompileFlags(root, files(), sample);
  } catch {
    // A folder that cannot be written has no flags; the command says why.
  }
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick();
  if (folders[0] === undefined) {
    await vscode.window.showWarningMessage(
      "Compile flags are written to a folder: open the folder of your programs first.",
    );
  }
  return folders[0];
}

async function textAt(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
