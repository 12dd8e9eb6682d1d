/** Findings of checks as LSP diagnostics by file: a header's are those of all sources that include it, each once. */
import { pathToFileURL } from "node:url";
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver/node";
import type { Diagnostic as Finding } from "#debug-adapter";
import { lineStarts } from "./c-declarations.ts";
import { wordAt } from "./c-text.ts";

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
} as const;

export class PublishedFindings {
  /** By file, then by the source whose check found them. */
  readonly #found = new Map<string, Map<string, Diagnostic[]>>();

  /** Takes the result of one source's check; returns what changed files show now. `textOf` gives the text that was checked. */
  replace(
    source: string,
    findings: readonly Finding[],
    textOf: (file: string) => string | undefined,
  ): Map<string, Diagnostic[]> {
    const changed = new Set<string>([source]);
    for (const [file, bySource] of this.#found) if (bySource.delete(source)) changed.add(file);
    let last: Diagnostic | undefined;
    for (const finding of findings) {
      if (finding.severity === "note" && last !== undefined) {
        last.relatedInformation = [
          ...(last.relatedInformation ?? []),
          {
            location: {
              uri: pathToFileURL(finding.file).href,
              range: rangeOf(finding, textOf(finding.file)),
            },
            message: finding.message,
          },
        ];
        continue;
      }
      last = {
        range: rangeOf(finding, textOf(finding.file)),
        message: finding.message,
        severity: SEVERITIES[finding.severity],
        source: "exoscope",
      };
      const bySource = this.#found.get(finding.file) ?? new Map<string, Diagnostic[]>();
      bySource.set(source, [...(bySource.get(source) ?? []), last]);
      this.#found.set(finding.file, bySource);
      changed.add(finding.file);
    }
    return new Map([...changed].map((file) => [file, this.#shown(file)]));
  }

  #shown(file: string): Diagnostic[] {
    const shown = new Map<string, Diagnostic>();
    for (const list of this.#found.get(file)?.values() ?? []) {
      for (const each of list) shown.set(JSON.stringify([each.range, each.message]), each);
    }
    return [...shown.values()];
  }
}

/** The word at a finding's place, or one character: a compiler's columns count bytes from 1. */
function rangeOf({ line, column }: Finding, text: string | undefined): Range {
  const at = { line: Math.max(0, line - 1), character: Math.max(0, column - 1) };
  if (text === undefined) return { start: at, end: at };
  const start = lineStarts(text)[at.line] ?? text.length;
  const end = text.indexOf("\n", start);
  const content = text.slice(start, end < 0 ? text.length : end);
  const character = Buffer.from(content, "utf8").subarray(0, at.character).toString("utf8").length;
  const word = wordAt(content, character);
  const last = word === undefined ? character + 1 : word.start + word.text.length;
  return { start: { line: at.line, character }, end: { line: at.line, character: last } };
}
