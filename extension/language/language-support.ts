/** When the language server runs: from the first C or assembly file of an Exoscope workspace that is opened. */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as vscode from "vscode";
import type { CompilerDiagnostics } from "../diagnostics.ts";
import type { ClientRequest } from "./client.ts";
import { extentOf, type LanguageOptions } from "./options.ts";

const LANGUAGES = new Set(["c", "asm", "riscv"]);
const OTHERS = ["llvm-vs-code-extensions.vscode-clangd", "ms-vscode.cpptools"];

export class LanguageSupport implements vscode.Disposable {
  readonly #root: string;
  readonly #diagnostics: CompilerDiagnostics;
  readonly #places = new Set<string>();
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #listeners: vscode.Disposable[];
  /** Starts and stops, one after the other. */
  #client: Promise<vscode.Disposable | undefined> = Promise.resolve(undefined);

  constructor(root: string, diagnostics: CompilerDiagnostics) {
    this.#root = root;
    this.#diagnostics = diagnostics;
    this.#listeners = [
      vscode.workspace.onDidOpenTextDocument((document) => void this.#opened(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => diagnostics.notCheckedAnyMore(uri)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const isOurs = ["exoscope.compiler", "exoscope.language"].some((name) =>
          change.affectsConfiguration(name),
        );
        if (isOurs && this.#places.size > 0) this.#restart();
      }),
      vscode.extensions.onDidChange(() => {
        if (this.#places.size > 0) this.#restart();
      }),
    ];
    for (const document of vscode.workspace.textDocuments) void this.#opened(document);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    void this.#client.then((client) => client?.dispose());
  }

  async #opened({ uri, languageId }: vscode.TextDocument): Promise<void> {
    if (uri.scheme !== "file" || !LANGUAGES.has(languageId)) return;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined || this.#places.has(folder.uri.fsPath)) return;
    if (!(await this.#isOurs(folder)) || this.#places.has(folder.uri.fsPath)) return;
    this.#places.add(folder.uri.fsPath);
    // A definition leads into the libOS, where one reads on.
    this.#places.add(join(this.#root, "libos"));
    this.#restart();
  }

  /** Asked once a folder: with a scenario in it, or with a launch configuration of ours. */
  #isOurs(folder: vscode.WorkspaceFolder): Promise<boolean> {
    const path = folder.uri.fsPath;
    let answer = this.#known.get(path);
    if (answer === undefined) {
      answer = isExoscopeFolder(folder);
      this.#known.set(path, answer);
    }
    return answer;
  }

  #restart(): void {
    this.#client = this.#client
      .then((client) => client?.dispose())
      .then(() => this.#start())
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        void vscode.window.showWarningMessage(
          `Completion, hover and checks of C and assembly are not available: the language server could not be started (${reason}); reload the window to try again.`,
        );
        return undefined;
      });
  }

  #start(): Promise<vscode.Disposable> {
    const dist = join(this.#root, "dist");
    const { startClient } = createRequire(join(dist, "extension.js"))("./language-client.js") as {
      startClient: (request: ClientRequest) => Promise<vscode.Disposable>;
    };
    return startClient({
      server: join(dist, "language-server.js"),
      options: this.#options(),
      places: [...this.#places],
      checked: (uri, diagnostics) => this.#diagnostics.checkedAsTyped(uri, diagnostics),
    });
  }

  #options(): LanguageOptions {
    const settings = vscode.workspace.getConfiguration("exoscope");
    const hasOther = OTHERS.some((id) => vscode.extensions.getExtension(id) !== undefined);
    return {
      root: this.#root,
      compiler: settings.get("compiler", ""),
      c: extentOf(settings.get("language.c", "auto"), hasOther),
    };
  }
}

async function isExoscopeFolder(folder: vscode.WorkspaceFolder): Promise<boolean> {
  const launch = vscode.workspace.getConfiguration("launch", folder.uri);
  const configurations = launch.get<{ type?: string }[]>("configurations", []);
  if (configurations.some(({ type }) => type === "exoscope")) return true;
  const scenario = new vscode.RelativePattern(folder, "**/*.exo.json");
  return (await vscode.workspace.findFiles(scenario, undefined, 1)).length > 0;
}
