/** The kernel's own source files as DAP sources: read-only texts that a client asks for by number. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { UserError } from "../errors.ts";
import type { KernelSource } from "../kernel-source.ts";

export class KernelTexts {
  readonly #source: KernelSource;
  readonly #files: readonly string[];

  constructor(source: KernelSource) {
    this.#source = source;
    this.#files = Object.keys(source.files).sort();
  }

  sourceOf(file: string): Dap.Source | undefined {
    const at = this.#files.indexOf(file);
    if (at < 0) return undefined;
    const name = file.replace(/^.*\//, "");
    return { name, path: file, sourceReference: at + 1, origin: "the kernel's own source" };
  }

  /** Answers DAP's `source`. */
  text({ source, sourceReference }: Dap.SourceArguments): Dap.SourceResponse["body"] {
    const file = this.#files[(source?.sourceReference || sourceReference) - 1];
    const content = file === undefined ? undefined : this.#source.files[file];
    if (content === undefined) {
      throw new UserError(163, "The kernel's source is not with this adapter; build it anew.");
    }
    // The name says what language it is; clients do not know the type of TypeScript.
    return { content };
  }
}
