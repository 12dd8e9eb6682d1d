/** `loadedSources` and its event: the files that the programs of a run were compiled from, as far as they are on this machine. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee } from "../debuggee.ts";
import { sourceOf } from "../disassembly.ts";
import type { LoadedImage } from "../loaded-image.ts";

export function loadedSources(debuggee: Debuggee): Dap.Source[] {
  const images = debuggee.environments().map(({ image }) => image);
  return pathsOf(new Set(images)).map(sourceOf);
}

function pathsOf(images: Iterable<LoadedImage | undefined>): string[] {
  const paths = new Set<string>();
  for (const image of images) {
    for (const file of image?.debug.sourceFiles() ?? []) {
      if (image?.hasSource(file) === true) paths.add(image.localPath(file));
    }
  }
  return [...paths].sort();
}

/** Finds out which sources are new since environments run images that none has run before. */
export class LoadedSources {
  readonly #debuggee: Debuggee;
  readonly #images: Set<LoadedImage | undefined>;
  #paths: Set<string> | undefined;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
    this.#images = new Set(debuggee.environments().map(({ image }) => image));
  }

  /** Those that were not told yet, once each. */
  added(): Dap.Source[] {
    const images = new Set(this.#debuggee.environments().map(({ image }) => image));
    const fresh = [...images].filter((image) => !this.#images.has(image));
    if (fresh.length === 0) return [];
    // Looking for files takes a while, and is not done for programs that load no others.
    this.#paths ??= new Set(pathsOf(this.#images));
    const told = this.#paths;
    const paths = pathsOf(fresh).filter((path) => !told.has(path));
    for (const image of fresh) this.#images.add(image);
    for (const path of paths) told.add(path);
    return paths.map(sourceOf);
  }
}
