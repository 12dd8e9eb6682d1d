/** Hover, completion and definition in RISC-V assembly. */
import { pathToFileURL } from "node:url";
import {
  type CompletionItem,
  CompletionItemKind,
  type Hover,
  type Location,
} from "vscode-languageserver/node";
import { REGISTER_NAMES } from "#emulator";
import { CSR_NAMES, csrText, MNEMONICS, mnemonicText, registerText } from "./assembly-text.ts";
import { wordAt } from "./c-text.ts";
import { type KernelCallText, kernelCallHover } from "./kernel-call-text.ts";
import type { Library } from "./library.ts";

/** Mnemonics and labels have dots in them. */
const LETTERS = /[\w.$]/;

interface Label {
  readonly name: string;
  readonly line: number;
  readonly character: number;
  readonly what: "label" | "macro";
}

interface Statement {
  readonly mnemonic: string;
  readonly mnemonicAt: number;
  readonly operands: string;
}

export class AssemblyFeatures {
  readonly #library: Library;
  readonly #calls: ReadonlyMap<string, KernelCallText>;

  constructor(library: Library, calls: ReadonlyMap<string, KernelCallText>) {
    this.#library = library;
    this.#calls = calls;
  }

  hover(path: string, text: string, offset: number): Hover | undefined {
    const word = wordAt(text, offset, LETTERS);
    if (word === undefined || isInAssemblyComment(text, word.start)) return undefined;
    const said = this.#textOf(path, text, word.text, word.start);
    return said === undefined ? undefined : { contents: { kind: "markdown", value: said } };
  }

  #textOf(path: string, text: string, word: string, start: number): string | undefined {
    const at = statementAt(text, start);
    if (at !== undefined && at.mnemonicAt === start) {
      const macro = labelsOf(text).find(({ name, what }) => what === "macro" && name === word);
      if (macro !== undefined)
        return `**\`${word}\`** is a macro of this file, line ${macro.line + 1}.`;
      return mnemonicText(word, countOperands(at.operands));
    }
    const call = this.#calls.get(word);
    if (call !== undefined) return kernelCallHover(call);
    const label = findLabel(text, word, start);
    if (label !== undefined) return `**\`${label.name}\`** is a label, line ${label.line + 1}.`;
    const known = this.#library.visibleFrom(path, text).find(({ name }) => name === word);
    return (
      registerText(word) ??
      csrText(word) ??
      (known === undefined
        ? undefined
        : `\`\`\`c\n${known.text}\n\`\`\`${known.comment === "" ? "" : `\n\n${known.comment}`}`)
    );
  }

  completion(path: string, text: string, offset: number): CompletionItem[] {
    if (isInAssemblyComment(text, offset)) return [];
    const line = text
      .slice(text.lastIndexOf("\n", offset - 1) + 1, offset)
      .replace(/^[^:"]*:\s*/, "");
    const labels = labelsOf(text);
    // Directives are the assembler's, preprocessor lines the compiler's.
    if (/^\s*[.#]/.test(line)) return [];
    if (/^\s*[\w.]*$/.test(line)) {
      return [
        ...MNEMONICS.map((label) => item(label, CompletionItemKind.Keyword, mnemonicText(label))),
        ...labels
          .filter(({ what }) => what === "macro")
          .map(({ name }) => item(name, CompletionItemKind.Snippet, undefined)),
      ];
    }
    const macros = this.#library
      .visibleFrom(path, text)
      .filter(({ kind }) => kind === "macro")
      .map(({ name, text: value }) => item(name, CompletionItemKind.Constant, `\`${value}\``));
    return [
      ...REGISTER_NAMES.map((name) => item(name, CompletionItemKind.Variable, registerText(name))),
      ...(/^\s*csr/.test(line)
        ? CSR_NAMES.map((name) => item(name, CompletionItemKind.Property, csrText(name)))
        : []),
      ...labels
        .filter(({ what, name }) => what === "label" && !/^\d/.test(name))
        .map(({ name }) => item(name, CompletionItemKind.Reference, undefined)),
      ...macros,
    ];
  }

  definition(path: string, text: string, offset: number): Location[] {
    const word = wordAt(text, offset, LETTERS);
    if (word === undefined || isInAssemblyComment(text, word.start)) return [];
    const label = findLabel(text, word.text, word.start);
    const known = this.#library.visibleFrom(path, text).find(({ name }) => name === word.text);
    const place =
      label !== undefined
        ? { ...label, path }
        : (this.#library.definition(word.text, path) ?? known);
    if (place === undefined) return [];
    const at = { line: place.line, character: place.character };
    return [{ uri: pathToFileURL(place.path).href, range: { start: at, end: at } }];
  }
}

function item(label: string, kind: CompletionItemKind, said: string | undefined): CompletionItem {
  return said === undefined
    ? { label, kind }
    : { label, kind, documentation: { kind: "markdown", value: said } };
}

/** Labels and macros of a file. */
function labelsOf(text: string): Label[] {
  return text.split("\n").flatMap((line, index): Label[] => {
    const label = /^(\s*)([A-Za-z_.$][\w.$]*|\d+):/.exec(line);
    if (label !== null)
      return [
        { name: label[2] ?? "", line: index, character: label[1]?.length ?? 0, what: "label" },
      ];
    const macro = /^(\s*\.macro\s+)([\w.]+)/.exec(line);
    return macro === null
      ? []
      : [{ name: macro[2] ?? "", line: index, character: macro[1]?.length ?? 0, what: "macro" }];
  });
}

/** A label by its name; `1f` is the next `1:` after the place, `1b` the last one before it. */
function findLabel(text: string, word: string, offset: number): Label | undefined {
  const labels = labelsOf(text);
  const local = /^(\d+)([fb])$/.exec(word);
  if (local === null) return labels.find(({ name }) => name === word);
  const line = text.slice(0, offset).split("\n").length - 1;
  const [, number, way] = local;
  const named = labels.filter(({ name }) => name === number);
  return way === "f"
    ? named.find((label) => label.line > line)
    : named.filter((label) => label.line <= line).at(-1);
}

function statementAt(text: string, offset: number): Statement | undefined {
  const begin = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(begin, end < 0 ? text.length : end).replace(/(?:\/\/|#|\/\*).*$/, "");
  // Statements of one line are separated by semicolons.
  let start = 0;
  for (const piece of line.split(";")) {
    const match = /^((?:\s*[\w.$]+:)*\s*)([A-Za-z.][\w.]*)(.*)$/.exec(piece);
    if (match !== null && offset - begin <= start + piece.length)
      return {
        mnemonic: match[2] ?? "",
        mnemonicAt: begin + start + (match[1]?.length ?? 0),
        operands: (match[3] ?? "").trim(),
      };
    start += piece.length + 1;
  }
  return undefined;
}

const countOperands = (operands: string): number =>
  operands === "" ? 0 : operands.replace(/\([^()]*\)/g, "").split(",").length;

function isInAssemblyComment(text: string, offset: number): boolean {
  const before = text.slice(0, offset);
  if (before.lastIndexOf("/*") > before.lastIndexOf("*/")) return true;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return /\/\//.test(line) || /^[^"]*#(?!\s*(?:include|define|if|endif|else))/.test(line);
}
