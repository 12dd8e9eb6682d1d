/** The language client: a bundle of its own, which is loaded when the first document needs it. */
import type * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import type { LanguageOptions } from "./options.ts";

export interface ClientRequest {
  readonly server: string;
  readonly options: LanguageOptions;
  /** Folders and files whose documents are ours. */
  readonly places: readonly string[];
  /** Hears of every result of a check. */
  readonly checked: (uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]) => void;
}

/** Starts a server and returns what stops it. */
export async function startClient(request: ClientRequest): Promise<vscode.Disposable> {
  const { server, options, places, checked } = request;
  const languages = [{ language: "c" }, { language: "asm" }, { language: "riscv" }];
  const documentSelector = places.flatMap((place) => {
    const path = place.replaceAll("\\", "/");
    const isFile = /\.\w+$/.test(path);
    return [
      ...languages.map((each) => ({
        ...each,
        scheme: "file",
        pattern: isFile ? path : `${path}/**`,
      })),
      // VS Code takes a header for C++.
      ...(isFile ? [] : [{ language: "cpp", scheme: "file", pattern: `${path}/**/*.h` }]),
    ];
  });
  const run = { module: server, transport: TransportKind.ipc };
  const client = new LanguageClient(
    "exoscope.language",
    "Exoscope Language Server",
    { run, debug: run },
    {
      documentSelector,
      initializationOptions: options,
      middleware: {
        handleDiagnostics: (uri, diagnostics, next) => {
          checked(uri, diagnostics);
          next(uri, diagnostics);
        },
      },
    },
  );
  await client.start();
  return { dispose: () => void client.dispose() };
}

export { flagsFile, isOurs, propertiesFile } from "./compile-flags.ts";
