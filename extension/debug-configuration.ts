/** F5: finds out what to debug when no launch.json says so, completes what one says, and refuses in one sentence. */
import { basename } from "node:path";
import * as vscode from "vscode";
import {
  completed,
  configurationFor,
  hasMain,
  isProgram,
  type LaunchConfiguration,
  meansOpenFile,
  problemOf,
} from "./configuration.ts";
import { DEBUG_TYPE } from "./session-observer.ts";

const SAMPLE_BUTTON = "Open Sample Workspace";
/** More programs than anybody wants to read in a list. */
const PROGRAMS_MAX = 200;

export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  /** The program that was launched last in this window. */
  #lastProgram: string | undefined;

  /** For the list of configurations: one for each program of the folder. */
  async provideDebugConfigurations(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration[]> {
    const programs = await programsOf(folder);
    return programs.map((uri) =>
      asDebugConfiguration(
        configurationFor(uri.fsPath, vscode.workspace.asRelativePath(uri, false)),
      ),
    );
  }

  /** Before variables are replaced: `${file}` would fail where no file is open. */
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (!meansOpenFile(configuration)) return configuration;
    const program = await this.#chooseProgram(folder);
    if (program === undefined) return undefined;
    const { name, type: _type, request: _request, ...rest } = configuration;
    const found = configurationFor(program);
    return asDebugConfiguration({ ...found, ...rest, program, name: name || found.name });
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const complete = completed(configuration as LaunchConfiguration, {
      compiler: vscode.workspace.getConfiguration("exoscope", folder).get("compiler", ""),
      ...(folder === undefined ? {} : { folder: folder.uri.fsPath }),
    });
    const problem = problemOf(complete, await exists(vscode.Uri.file(complete.program ?? "")));
    if (problem === undefined) {
      this.#lastProgram = complete.program;
      return asDebugConfiguration(complete);
    }
    await refuse(problem);
    return undefined;
  }

  /** The file in the active editor if it is a program, or else the last one, or one that the user picks. */
  async #chooseProgram(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const open = activeUri();
    if (open?.scheme === "untitled" && isUnsavedC()) return saveActive();
    if (open?.scheme === "file" && (await canRun(open))) return open.fsPath;
    // A part of a program is open, often one of the libOS where the last session stood: that one is run again.
    const last = this.#lastProgram;
    if (last !== undefined && (await exists(vscode.Uri.file(last)))) return last;
    const programs = await programsOf(folder ?? vscode.workspace.workspaceFolders?.[0]);
    if (programs.length > 0) return pickProgram(programs, open);
    await refuse(
      "Open a C file, a scenario (*.exo.json) or a recording (*.exorec) to debug it, or start with the sample workspace.",
    );
    return undefined;
  }
}

/** Starts a session on a file: the one given, or what F5 would choose. */
export async function debugFile(uri: vscode.Uri | undefined): Promise<void> {
  const home =
    uri === undefined
      ? undefined
      : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(uri.fsPath));
  await vscode.debug.startDebugging(
    home ?? vscode.workspace.workspaceFolders?.[0],
    asDebugConfiguration(configurationFor(uri?.fsPath ?? "")),
  );
}

const asDebugConfiguration = (configuration: LaunchConfiguration): vscode.DebugConfiguration => ({
  ...configuration,
});

/** Whether a file is a program of its own: a C file needs a `main`. */
async function canRun(uri: vscode.Uri): Promise<boolean> {
  if (!isProgram(uri.fsPath)) return false;
  return !uri.fsPath.endsWith(".c") || hasMain(await textOf(uri));
}

/** What the active tab shows, also where that is no text. */
function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom)
    return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}

const isUnsavedC = (): boolean => {
  const document = vscode.window.activeTextEditor?.document;
  return document?.isUntitled === true && document.languageId === "c";
};

/** VS Code has offered to save it already, unless it is set not to; whoever declined is asked once more, by name. */
async function saveActive(): Promise<string | undefined> {
  const save = "Save As...";
  const answer = await vscode.window.showInformationMessage(
    "Save the file first: the compiler reads it from the disk.",
    save,
  );
  if (answer !== save) return undefined;
  await vscode.window.activeTextEditor?.document.save();
  const saved = activeUri();
  return saved?.scheme === "file" && isProgram(saved.fsPath) ? saved.fsPath : undefined;
}

/** `open` is what is in the active editor and is no program. */
async function pickProgram(
  programs: readonly vscode.Uri[],
  open: vscode.Uri | undefined,
): Promise<string | undefined> {
  if (programs.length === 1) return programs[0]!.fsPath;
  const items = programs.map((uri) => ({
    label: basename(uri.fsPath),
    description: folderOf(vscode.workspace.asRelativePath(uri, false)),
    iconPath: new vscode.ThemeIcon(iconOf(uri.fsPath)),
    uri,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: "Exoscope: which program?",
    placeHolder: open?.fsPath.endsWith(".c")
      ? `${basename(open.fsPath)} has no main: choose a program`
      : "A C program, a scenario of several environments, or a recording",
    matchOnDescription: true,
  });
  return picked?.uri.fsPath;
}

const iconOf = (path: string): string =>
  path.endsWith(".c") ? "file-code" : path.endsWith(".exorec") ? "history" : "server-environment";

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");

/** The folder's programs: scenarios, recordings, and C files with a `main`. */
async function programsOf(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.Uri[]> {
  if (folder === undefined) return [];
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, "**/*.{c,exo.json,exorec}"),
    undefined,
    PROGRAMS_MAX,
  );
  const kept = await Promise.all(found.map(canRun));
  const isDeep = (uri: vscode.Uri) => vscode.workspace.asRelativePath(uri, false).includes("/");
  return found
    .filter((_, index) => kept[index])
    .sort((a, b) => Number(isDeep(a)) - Number(isDeep(b)) || a.fsPath.localeCompare(b.fsPath));
}

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return "";
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

async function refuse(sentence: string): Promise<void> {
  const answer = await vscode.window.showErrorMessage(sentence, SAMPLE_BUTTON);
  if (answer === SAMPLE_BUTTON) await vscode.commands.executeCommand("exoscope.openSample");
}

export function registerConfigurationProvider(): vscode.Disposable[] {
  const provider = new ConfigurationProvider();
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  // The list of configurations alone: registering the same provider twice would resolve every one twice.
  const list = {
    provideDebugConfigurations: (folder: vscode.WorkspaceFolder | undefined) =>
      provider.provideDebugConfigurations(folder),
  };
  const resolving: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (folder, configuration) =>
      provider.resolveDebugConfiguration(folder, configuration),
    resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) =>
      provider.resolveDebugConfigurationWithSubstitutedVariables(folder, configuration),
  };
  return [
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, resolving),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, list, Dynamic),
  ];
}
