/** Starts the debug adapter as a process of its own, so that a busy machine never makes the editor wait. */
import { join } from "node:path";
import * as vscode from "vscode";

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #extensionPath: string;

  constructor(extensionPath: string) {
    this.#extensionPath = extensionPath;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const port = vscode.workspace.getConfiguration("exoscope").get<number | null>("adapterServer");
    if (port) return new vscode.DebugAdapterServer(port);
    // The command "node" is special: VS Code forks its own runtime, Electron told to be Node on a desktop and Node itself
    // on a server. So the user needs no Node, and process.execPath need not be guessed at.
    return new vscode.DebugAdapterExecutable("node", [
      join(this.#extensionPath, "dist", "debug-adapter.js"),
    ]);
  }
}
