/** The images that are at hand in a run, and which of them a guest means that publishes one (`env_publish`). */
import type { LoadedImage } from "./loaded-image.ts";
import { baseName } from "./recording/origin.ts";

/** An executable that was built or loaded for a run. */
export interface KnownImage {
  readonly image: LoadedImage;
  /** What a guest may call it: `/bin/ls` where it lies on the run's disk, or its program's name. */
  readonly path: string;
}

/** What an environment says that it runs. */
export interface PublishedImage {
  /** In the format of `ElfImage.buildId`; all zeros when it says none. */
  readonly buildId: string;
  readonly base: number;
  /** Undefined when it is no text that could be shown. */
  readonly path: string | undefined;
}

type ReadMemory = (address: number, length: number) => Uint8Array;

/** Bytes of `struct exo_image`: five words of the build id, the base, and the path's address. */
const IMAGE_BYTES = 28;
const BUILD_ID_BYTES = 20;
/** A guest may publish anything: what is longer is no path. */
const PATH_MAX = 256;
/** Of a path that is shown as a name. */
const NAME_MAX = 64;

/** Reads a struct exo_image and its path; undefined when it is not there to be read. Whatever the bytes are, this ends. */
export function readPublished(read: ReadMemory, address: number): PublishedImage | undefined {
  const bytes = read(address, IMAGE_BYTES);
  if (bytes.length < IMAGE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = bytes.subarray(0, BUILD_ID_BYTES);
  return {
    buildId: Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    base: view.getUint32(BUILD_ID_BYTES, true),
    path: pathFrom(read(view.getUint32(BUILD_ID_BYTES + 4, true), PATH_MAX)),
  };
}

function pathFrom(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  if (end < 1) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end));
    // Control characters, and those that turn the direction of writing, among others.
    return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

export class KnownImages {
  readonly all: readonly KnownImage[];
  readonly #byBuildId = new Map<string, KnownImage>();

  constructor(all: readonly KnownImage[]) {
    this.all = all;
    for (const known of all) {
      const { buildId } = known.image.elf;
      if (buildId !== undefined && !this.#byBuildId.has(buildId)) {
        this.#byBuildId.set(buildId, known);
      }
    }
  }

  /** The image that is meant, if it is at hand, and what the environment is to be called, if it says so. */
  find({ buildId, base, path }: PublishedImage): {
    readonly name: string | undefined;
    readonly image: LoadedImage | undefined;
  } {
    const known = /^0+$/.test(buildId)
      ? this.#byPath(path)
      : (this.#byBuildId.get(buildId) ?? this.#byPath(path, true));
    // Debug data is of addresses at which the program was linked.
    if (known === undefined || base !== 0) return { name: shortened(path), image: undefined };
    return { name: shortened(baseName(path ?? "") || nameOf(known)), image: known.image };
  }

  /** One that tells another build id than what was published cannot be the same, however it is called. */
  #byPath(path: string | undefined, isWithoutId = false): KnownImage | undefined {
    if (path === undefined) return undefined;
    const candidates = this.all.filter(
      ({ image }) => !isWithoutId || image.elf.buildId === undefined,
    );
    const exact = candidates.find((known) => known.path === path);
    if (exact !== undefined) return exact;
    const named = candidates.filter((known) => nameOf(known) === baseName(path));
    return new Set(named.map(({ image }) => image)).size === 1 ? named[0] : undefined;
  }
}

const nameOf = ({ path }: KnownImage): string => baseName(path).replace(/\.(c|elf)$/, "");

const shortened = (text: string | undefined): string | undefined =>
  text === undefined || text.length <= NAME_MAX ? text : `...${text.slice(3 - NAME_MAX)}`;
