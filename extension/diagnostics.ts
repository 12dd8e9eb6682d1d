/** The compiler's findings in the Problems panel. Those of a program go when it is launched again. */
import * as vscode from "vscode";
import type { DiagnosticsEventBody } from "../debug-adapter/protocol.ts";
import type { SessionNews } from "./session-news.ts";
import type { SessionListener } from "./session-observer.ts";

type Finding = DiagnosticsEventBody["diagnostics"][number];

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
} as const;

/** A compiler's finding as VS Code's, which counts from 0 and underlines the word that begins at a range's start. */
export function diagnosticOf({
  line,
  column,
  severity,
  message,
  origin,
}: Finding): vscode.Diagnostic {
  const start = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(start, start),
    message,
    SEVERITY[severity],
  );
  diagnostic.source = "exoscope";
  if (origin !== undefined) diagnostic.code = origin;
  return diagnostic;
}

const LINKER = "linker";
const keyOf = ({ range, message }: vscode.Diagnostic): string => `${range.start.line}: ${message}`;

export class CompilerDiagnostics implements SessionListener {
  readonly #collection = vscode.languages.createDiagnosticCollection("exoscope");
  /** Files with findings, by the program whose launch found them: a header's findings are its includer's. */
  readonly #files = new Map<string, vscode.Uri[]>();

  /** What the last check of a file as it is typed found, by path: the same is not shown twice. */
  readonly #checked = new Map<string, ReadonlySet<string>>();

  /** A check of a newer text speaks for the compiler from now on; only the linker's findings stay. */
  checkedAsTyped(uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]): void {
    this.#checked.set(uri.fsPath, new Set(diagnostics.map(keyOf)));
    const shown = this.#collection.get(uri) ?? [];
    const left = shown.filter(({ code }) => code === LINKER);
    if (left.length < shown.length) this.#collection.set(uri, left);
  }

  notCheckedAnyMore(uri: vscode.Uri): void {
    this.#checked.delete(uri.fsPath);
  }

  began(session: vscode.DebugSession): void {
    this.#clear(programOf(session));
  }

  heard(session: vscode.DebugSession, news: SessionNews): void {
    if (news.kind !== "diagnostics") return;
    const program = programOf(session);
    this.#clear(program);
    const byPath = new Map<string, vscode.Diagnostic[]>();
    let isShown = true;
    for (const finding of news.diagnostics) {
      const diagnostic = diagnosticOf(finding);
      // A note belongs to the finding before it.
      if (finding.severity !== "note")
        isShown = this.#checked.get(finding.path)?.has(keyOf(diagnostic)) !== true;
      if (!isShown) continue;
      const list = byPath.get(finding.path) ?? [];
      list.push(diagnostic);
      byPath.set(finding.path, list);
    }
    for (const [path, list] of byPath) this.#collection.set(vscode.Uri.file(path), list);
    this.#files.set(
      program,
      [...byPath.keys()].map((path) => vscode.Uri.file(path)),
    );
    // As VS Code does for a build that fails before a launch: the next key goes to the first error.
    if (news.diagnostics.some(({ severity }) => severity === "error")) {
      vscode.commands.executeCommand("workbench.panel.markers.view.focus");
    }
  }

  ended(): void {}

  dispose(): void {
    this.#collection.dispose();
  }

  #clear(program: string): void {
    for (const uri of this.#files.get(program) ?? []) this.#collection.delete(uri);
    this.#files.delete(program);
  }
}

function programOf({ configuration }: vscode.DebugSession): string {
  const { program = "" } = configuration as { program?: string };
  return program;
}
