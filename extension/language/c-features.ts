/** Completion, hover, signature help and definition in guest C. Knows no editor: texts and offsets in, LSP values out. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CompletionItem,
  CompletionItemKind,
  type Hover,
  type Location,
  type SignatureHelp,
} from "vscode-languageserver/node";
import { type DeclarationKind, declarationsOf } from "./c-declarations.ts";
import { callAround, includesOf, isInProse, wordAt } from "./c-text.ts";
import { headingLine, type KernelCallText, kernelCallHover } from "./kernel-call-text.ts";
import type { Known, Library, Place } from "./library.ts";

/** Everything, or only what another C extension cannot say of kernel calls. */
export type Extent = "all" | "kernelCalls";

const KINDS: Readonly<Record<DeclarationKind, CompletionItemKind>> = {
  function: CompletionItemKind.Function,
  macro: CompletionItemKind.Constant,
  type: CompletionItemKind.Struct,
  constant: CompletionItemKind.EnumMember,
  variable: CompletionItemKind.Variable,
};

export class CFeatures {
  readonly #library: Library;
  readonly #calls: ReadonlyMap<string, KernelCallText>;
  /** `docs/abi.md`, which is shipped. */
  readonly #document: string;
  /** What the text that was asked about last declares itself. */
  #own:
    | { readonly path: string; readonly text: string; readonly known: readonly Known[] }
    | undefined;
  readonly #callItems: readonly CompletionItem[];

  constructor(library: Library, calls: ReadonlyMap<string, KernelCallText>, document: string) {
    this.#library = library;
    this.#calls = calls;
    this.#document = document;
    this.#callItems = [...calls.values()].map((call) => ({
      label: call.function,
      kind: CompletionItemKind.Function,
      detail: "kernel call, includes <exo.h>",
      documentation: { kind: "markdown", value: kernelCallHover(call) },
    }));
  }

  completion(path: string, text: string, offset: number, extent: Extent): CompletionItem[] {
    const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
    const before = text.slice(lineStart, offset);
    if (extent === "kernelCalls") return [];
    if (/^\s*#\s*include\s*[<"][^>"]*$/.test(before)) {
      return this.#library
        .headerNames()
        .map((label) => ({ label, kind: CompletionItemKind.File, detail: "header of the libOS" }));
    }
    // After . and -> stand members, which the compiler knows and we do not.
    if (isInProse(text, offset) || /(?:\.|->)\s*\w*$/.test(before)) return [];
    const visible = this.#visible(path, text);
    const items = new Map<string, CompletionItem>();
    for (const known of visible) {
      const start = offset - (/\w*$/.exec(before)?.[0].length ?? 0);
      const isBeingWritten = known.path === path && known.isDefinition === false && start <= offset;
      if (items.has(known.name) || (isBeingWritten && known.kind === "variable")) continue;
      const comment = this.#commentOf(known);
      items.set(known.name, {
        label: known.name,
        kind: KINDS[known.kind],
        detail: known.text.split("\n")[0] ?? "",
        ...(comment === "" ? {} : { documentation: { kind: "markdown", value: comment } }),
      });
    }
    const additionalTextEdits = [includeEdit(text)];
    for (const item of this.#callItems) {
      if (!items.has(item.label)) items.set(item.label, { ...item, additionalTextEdits });
    }
    return [...items.values()];
  }

  hover(path: string, text: string, offset: number, extent: Extent): Hover | undefined {
    const word = wordAt(text, offset);
    if (word === undefined || isInProse(text, word.start)) return undefined;
    const known = this.#find(path, text, word.text);
    const call = this.#calls.get(word.text);
    if (call !== undefined) return markdown(kernelCallHover(call, known?.text));
    if (known === undefined || extent === "kernelCalls") return undefined;
    const comment = this.#commentOf(known);
    return markdown(`\`\`\`c\n${known.text}\n\`\`\`${comment === "" ? "" : `\n\n${comment}`}`);
  }

  signatureHelp(
    path: string,
    text: string,
    offset: number,
    extent: Extent,
  ): SignatureHelp | undefined {
    if (extent === "kernelCalls" || isInProse(text, offset)) return undefined;
    const around = callAround(text, offset);
    if (around === undefined) return undefined;
    const known = this.#find(path, text, around.name);
    const call = this.#calls.get(around.name);
    const names = call?.row.parameters.map(({ name }) => name) ?? [];
    const parameters = known?.parameters ?? (call === undefined ? undefined : names);
    if (parameters === undefined) return undefined;
    const documentation = call === undefined ? this.#commentOf(known as Known) : call.row.meaning;
    return {
      signatures: [
        {
          label: known?.text ?? `int ${around.name}(${names.join(", ")})`,
          ...(documentation === ""
            ? {}
            : { documentation: { kind: "markdown", value: documentation } }),
          parameters: parameters.map((label, index) => {
            const meaning = call?.row.parameters[index]?.meaning;
            return meaning === undefined ? { label } : { label, documentation: meaning };
          }),
        },
      ],
      activeSignature: 0,
      activeParameter:
        parameters.at(-1) === "..."
          ? Math.min(around.argument, parameters.length - 1)
          : around.argument,
    };
  }

  definition(path: string, text: string, offset: number, extent: Extent): Location[] {
    const included = this.#includedAt(path, text, offset);
    if (included !== undefined)
      return extent === "all" ? [location({ path: included, line: 0, character: 0 })] : [];
    const word = wordAt(text, offset);
    if (word === undefined || isInProse(text, word.start)) return [];
    const call = this.#calls.get(word.text);
    if (call !== undefined && existsSync(this.#document)) {
      const line = headingLine(readFileSync(this.#document, "utf8"), call.row);
      return [location({ path: this.#document, line, character: 0 })];
    }
    if (extent === "kernelCalls") return [];
    const all = this.#visible(path, text).filter(({ name }) => name === word.text);
    const [known] = all;
    if (known === undefined) return [];
    const here = all.find((each) => each.path === path && each.isDefinition);
    if (here !== undefined) return [location(here)];
    const isCode = known.kind === "function" || known.kind === "variable";
    const defined =
      isCode && !known.isDefinition ? this.#library.definition(word.text, known.path) : undefined;
    return [location(defined ?? known)];
  }

  #includedAt(path: string, text: string, offset: number): string | undefined {
    const line = text.slice(0, offset).split("\n").length - 1;
    const include = includesOf(text).find((each) => each.line === line);
    return include === undefined ? undefined : this.#library.header(include.name, path);
  }

  #visible(path: string, text: string): Known[] {
    if (this.#own?.path !== path || this.#own.text !== text) {
      const known = declarationsOf(text).map((each) => ({ ...each, path }));
      this.#own = { path, text, known };
    }
    return [...this.#own.known, ...this.#library.visibleFrom(path, text)];
  }

  #find(path: string, text: string, name: string): Known | undefined {
    const all = this.#visible(path, text).filter((known) => known.name === name);
    // The declaration in a header has the comment; a definition without one adds nothing.
    return all.find(({ comment }) => comment !== "") ?? all[0];
  }

  #commentOf({ comment }: Known): string {
    return comment.replace(/\n {2,}(\w+):/g, "\n- `$1`:").replace(/\n(?=\w)/g, " ");
  }
}

/** A line of its own after the last include, or at the top. */
function includeEdit(text: string): NonNullable<CompletionItem["additionalTextEdits"]>[number] {
  const last = includesOf(text).at(-1);
  const position = { line: last === undefined ? 0 : last.line + 1, character: 0 };
  return { range: { start: position, end: position }, newText: "#include <exo.h>\n" };
}

const markdown = (value: string): Hover => ({ contents: { kind: "markdown", value } });

const location = ({ path, line, character }: Place): Location => {
  const at = { line, character };
  return { uri: pathToFileURL(path).href, range: { start: at, end: at } };
};

/** Where the document of the interface is in an installed extension. */
export const abiDocument = (root: string): string => join(root, "docs/abi.md");
