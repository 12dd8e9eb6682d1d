/** The language server: a process of its own, which speaks LSP over IPC or stdio (`--stdio`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createConnection,
  MessageType,
  ProposedFeatures,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { KernelSource } from "#debug-adapter";
import { AssemblyFeatures } from "./assembly-features.ts";
import { abiDocument, CFeatures } from "./c-features.ts";
import { guardsByCall } from "./call-guards.ts";
import { kernelCalls } from "./kernel-call-text.ts";
import { Library } from "./library.ts";
import type { LanguageOptions } from "./options.ts";
import { PublishedFindings } from "./published-findings.ts";
import { SourceChecker } from "./source-check.ts";

/** Long enough that a word is typed, short enough that nobody waits. */
const PAUSE_MILLISECONDS = 300;

interface Features {
  readonly c: CFeatures;
  readonly assembly: AssemblyFeatures;
  readonly checker: SourceChecker;
  readonly extent: LanguageOptions["c"];
}

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const findings = new PublishedFindings();
const timers = new Map<string, NodeJS.Timeout>();
let features: Features | undefined;
let hasSaidWhyNot = false;

connection.onInitialize(({ initializationOptions }) => {
  const { root, compiler, c } = initializationOptions as LanguageOptions;
  const library = new Library(join(root, "libos"));
  const calls = kernelCalls(guardsByCall(kernelSourceOf(root)));
  features = {
    c: new CFeatures(library, calls, abiDocument(root)),
    assembly: new AssemblyFeatures(library, calls),
    checker: new SourceChecker({ root, compiler }),
    extent: c,
  };
  return {
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: ["<", '"'] },
      hoverProvider: true,
      definitionProvider: true,
      signatureHelpProvider: { triggerCharacters: ["(", ","] },
    },
  };
});

/** An extension that was built without it has no guards to name. */
function kernelSourceOf(root: string): KernelSource {
  try {
    return JSON.parse(readFileSync(join(root, "dist/kernel-source.json"), "utf8")) as KernelSource;
  } catch {
    return { files: {}, guards: {}, calls: {} };
  }
}

interface Asked {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

/** Answers for the document's language, or with nothing where that is turned off. */
function answer<T>(
  { textDocument, position }: Asked,
  inAssembly: (features: Features, path: string, text: string, offset: number) => T,
  inC: (
    features: Features,
    path: string,
    text: string,
    offset: number,
    extent: "all" | "kernelCalls",
  ) => T,
): T | undefined {
  const document = documents.get(textDocument.uri);
  if (document === undefined || features === undefined) return undefined;
  const path = pathOf(document.uri);
  const [text, offset] = [document.getText(), document.offsetAt(position)];
  if (/\.[sS]$/.test(path)) return inAssembly(features, path, text, offset);
  const { extent } = features;
  return extent === "off" ? undefined : inC(features, path, text, offset, extent);
}

connection.onCompletion((asked) =>
  answer(
    asked,
    ({ assembly }, ...at) => assembly.completion(...at),
    ({ c }, ...at) => c.completion(...at),
  ),
);
connection.onHover((asked) =>
  answer(
    asked,
    ({ assembly }, ...at) => assembly.hover(...at),
    ({ c }, ...at) => c.hover(...at),
  ),
);
connection.onDefinition((asked) =>
  answer(
    asked,
    ({ assembly }, ...at) => assembly.definition(...at),
    ({ c }, ...at) => c.definition(...at),
  ),
);
connection.onSignatureHelp((asked) =>
  answer(
    asked,
    () => undefined,
    ({ c }, ...at) => c.signatureHelp(...at),
  ),
);

documents.onDidChangeContent(({ document }) => {
  if (features?.extent !== "all" || !document.uri.endsWith(".c")) return;
  const { uri } = document;
  clearTimeout(timers.get(uri));
  // What runs is about an older text.
  features.checker.cancel(pathOf(uri));
  timers.set(
    uri,
    setTimeout(() => void check(uri), PAUSE_MILLISECONDS),
  );
});

documents.onDidClose(({ document: { uri } }) => {
  clearTimeout(timers.get(uri));
  timers.delete(uri);
  features?.checker.cancel(pathOf(uri));
  publish(pathOf(uri), []);
});

async function check(uri: string): Promise<void> {
  const document = documents.get(uri);
  if (document === undefined || features === undefined) return;
  const path = pathOf(uri);
  const result = await features.checker.check(path, document.getText());
  if (result.kind === "cancelled" || documents.get(uri)?.version !== document.version) return;
  if (result.kind === "checked") {
    publish(path, result.diagnostics);
  } else if (!hasSaidWhyNot) {
    hasSaidWhyNot = true;
    // A notification: nobody is asked anything.
    void connection.sendNotification(ShowMessageNotification.type, {
      type: MessageType.Info,
      message: `C programs are not checked as you type: ${result.because}`,
    });
  }
}

function publish(path: string, found: Parameters<PublishedFindings["replace"]>[1]): void {
  const textOf = (file: string) => documents.get(pathToFileURL(file).href)?.getText();
  for (const [file, diagnostics] of findings.replace(path, found, textOf)) {
    void connection.sendDiagnostics({ uri: pathToFileURL(file).href, diagnostics });
  }
}

const pathOf = (uri: string): string => (uri.startsWith("file:") ? fileURLToPath(uri) : uri);

documents.listen(connection);
connection.listen();
