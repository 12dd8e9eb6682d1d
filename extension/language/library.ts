/** The libOS as a program sees it: what its headers declare, by the headers that a file includes, and where its sources define it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { includeFolders, partsOf, sourcesIn } from "#debug-adapter";
import { type Declaration, declarationsOf } from "./c-declarations.ts";
import { includesOf } from "./c-text.ts";

export interface Place {
  readonly path: string;
  /** From 0. */
  readonly line: number;
  readonly character: number;
}

export interface Known extends Declaration {
  readonly path: string;
}

interface ReadFile {
  readonly changed: number;
  readonly text: string;
  readonly declarations: readonly Known[];
}

interface Visible {
  readonly key: string;
  readonly headers: readonly (readonly [path: string, changed: number])[];
  readonly known: readonly Known[];
}

export class Library {
  readonly folder: string;
  readonly #includeFolders: readonly string[];
  readonly #parts: ReadonlySet<string>;
  readonly #files = new Map<string, ReadFile>();
  /** By file: valid while it includes the same headers and none of them has changed. */
  readonly #visible = new Map<string, Visible>();
  #definitions: Map<string, Place[]> | undefined;

  constructor(libosFolder: string) {
    this.folder = libosFolder;
    this.#includeFolders = existsSync(libosFolder) ? includeFolders(libosFolder) : [];
    this.#parts = new Set(existsSync(libosFolder) ? partsOf(libosFolder) : []);
  }

  /** What the headers that a text includes declare, each header once; a name's first declaration comes first. */
  visibleFrom(path: string, text: string): readonly Known[] {
    const includes = includesOf(text);
    const key = includes.map(({ name }) => name).join("|");
    const last = this.#visible.get(path);
    if (last?.key === key && last.headers.every(([header, at]) => changedAt(header) === at))
      return last.known;
    const headers = this.headersOf(path, text);
    const known = headers.flatMap((header) => this.#read(header).declarations);
    // A header that is not written yet is looked for again.
    const isWhole = includes.every(
      (each) => each.isSystem || this.header(each.name, path) !== undefined,
    );
    if (isWhole)
      this.#visible.set(path, {
        key,
        known,
        headers: headers.map((each) => [each, changedAt(each)]),
      });
    return known;
  }

  /** Headers that a text includes, also by others; unknown ones (the compiler's own) are left out. */
  headersOf(path: string, text: string): string[] {
    const found = new Set<string>();
    const follow = (from: string, source: string) => {
      for (const { name, isSystem } of includesOf(source)) {
        const header = this.#find(name, isSystem ? undefined : dirname(from));
        if (header === undefined || found.has(header)) continue;
        found.add(header);
        follow(header, this.#read(header).text);
      }
    };
    follow(path, text);
    return [...found];
  }

  /** A header by the name in an include line. */
  header(name: string, from: string): string | undefined {
    return this.#find(name, dirname(from));
  }

  /** Where a function of the libOS that `declared` declares is defined: in the part of its header, else in the default libOS. */
  definition(name: string, declared: string): Place | undefined {
    this.#definitions ??= this.#readDefinitions();
    const places = this.#definitions.get(name) ?? [];
    const part = this.#partOf(declared);
    return places.find(({ path }) => this.#partOf(path) === part) ?? places[0];
  }

  /** The folder of the libOS that a file belongs to: a part, or "" for the default one. */
  #partOf(path: string): string {
    const [first = ""] = relative(this.folder, path).split(/[\\/]/);
    return this.#parts.has(first) ? first : "";
  }

  #find(name: string, beside: string | undefined): string | undefined {
    const folders = beside === undefined ? this.#includeFolders : [beside, ...this.#includeFolders];
    return folders.map((folder) => resolve(folder, name)).find(isFile);
  }

  #read(path: string): ReadFile {
    const changed = changedAt(path);
    const known = this.#files.get(path);
    if (known?.changed === changed) return known;
    const text = textOf(path);
    const declarations = declarationsOf(text).map((each) => ({ ...each, path }));
    const file = { changed, text, declarations };
    this.#files.set(path, file);
    return file;
  }

  #readDefinitions(): Map<string, Place[]> {
    const found = new Map<string, Place[]>();
    const add = (name: string, place: Place) =>
      found.set(name, [...(found.get(name) ?? []), place]);
    for (const folder of [
      this.folder,
      ...[...this.#parts].map((part) => join(this.folder, part)),
    ]) {
      for (const path of existsSync(folder) ? sourcesIn(folder) : []) {
        const text = textOf(path);
        if (path.endsWith(".S")) {
          text.split("\n").forEach((line, index) => {
            const label = /^([A-Za-z_]\w*):/.exec(line)?.[1];
            if (label !== undefined) add(label, { path, line: index, character: 0 });
          });
          continue;
        }
        for (const { name, kind, isDefinition, text: head, line, character } of declarationsOf(
          text,
        )) {
          const isOwn = head.startsWith("static");
          if (isDefinition && !isOwn && (kind === "function" || kind === "variable"))
            add(name, { path, line, character });
        }
      }
    }
    return found;
  }

  /** Names of headers that an include line may name, for completion. */
  headerNames(): string[] {
    return this.#includeFolders.flatMap((folder) =>
      readdirSync(folder).filter((name) => name.endsWith(".h")),
    );
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Empty when it cannot be read: it may have gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
