/**
 * From file names in debug data to files on this machine. What we ship is compiled with `exo:/libos/...` and
 * `exo:/test-workspace/...` instead of a folder that exists only where it was built.
 */

export interface SourceRoot {
  /** Beginning of a name in debug data, with its last slash. */
  readonly prefix: string;
  /** Folder on this machine, without a last slash. */
  readonly folder: string;
}

export class SourceMap {
  readonly #roots: readonly SourceRoot[];
  readonly #exists: (path: string) => boolean;
  readonly #isCaseSensitive: boolean;
  readonly #known = new Map<string, boolean>();

  constructor(
    roots: readonly SourceRoot[],
    exists: (path: string) => boolean,
    isCaseSensitive = true,
  ) {
    this.#roots = roots;
    this.#exists = exists;
    this.#isCaseSensitive = isCaseSensitive;
  }

  /** The first root under which the file exists; without one, the first that fits, or the name itself. */
  toLocal(file: string): string {
    const candidates = this.#roots
      .filter((root) => file.startsWith(root.prefix))
      .map((root) => `${root.folder}/${file.slice(root.prefix.length)}`);
    return candidates.find((path) => this.exists(path)) ?? candidates[0] ?? file;
  }

  exists(path: string): boolean {
    let known = this.#known.get(path);
    if (known === undefined) {
      known = this.#exists(path);
      this.#known.set(path, known);
    }
    return known;
  }

  /** What two spellings of one path have in common. */
  key(path: string): string {
    const slashes = path.replace(/\\/g, "/").replace(/^([a-z]):/, (drive) => drive.toUpperCase());
    return this.#isCaseSensitive ? slashes : slashes.toLowerCase();
  }
}
