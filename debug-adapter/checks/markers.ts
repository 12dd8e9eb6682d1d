/** Lines of sources that are marked `//@step name`, so that files name places and no line numbers. */
import type { LoadedImage } from "../loaded-image.ts";

/** The text of a source on this machine; undefined where it is not there. */
export type ReadSource = (path: string) => string | undefined;

const LIBOS = "exo:/libos/";
const MARKER = /\/\/@step\s+([\w-]+)/;

interface Marked {
  readonly name: string;
  readonly file: string;
  readonly addresses: readonly number[];
}

export class Markers {
  readonly #read: ReadSource;
  readonly #byImage = new Map<LoadedImage, readonly Marked[]>();

  constructor(read: ReadSource) {
    this.#read = read;
  }

  /** Addresses of a marked line in a program; in the source of that name only, where one is given. */
  addresses(image: LoadedImage, name: string, file?: string): number[] {
    return this.#of(image)
      .filter((each) => each.name === name && (file === undefined || isFile(each.file, file)))
      .flatMap(({ addresses }) => addresses);
  }

  names(image: LoadedImage): string[] {
    return this.#of(image).map(({ name }) => name);
  }

  #of(image: LoadedImage): readonly Marked[] {
    let found = this.#byImage.get(image);
    if (found === undefined) {
      found = image.debug
        .sourceFiles()
        .filter((file) => !file.startsWith(LIBOS))
        .flatMap((file) => this.#inFile(image, file));
      this.#byImage.set(image, found);
    }
    return found;
  }

  #inFile(image: LoadedImage, file: string): Marked[] {
    const path = image.localPath(file);
    const lines = this.#read(path)?.split("\n") ?? [];
    return lines.flatMap((line, i) => {
      const [, name] = MARKER.exec(line) ?? [];
      if (name === undefined) return [];
      return [
        { name, file: path, addresses: image.debug.lineAddresses(file, i + 1)?.addresses ?? [] },
      ];
    });
  }
}

const isFile = (path: string, wanted: string): boolean =>
  path.replaceAll("\\", "/").endsWith(`/${wanted}`);
