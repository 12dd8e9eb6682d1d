/**
 * Where a run came from, in the words that its recording will use: names of files relative to each other, and nothing of the machine
 * that they lie on.
 */
import type { KernelNetwork } from "#exokernel";
import { type BuildChoices, buildChoices } from "../build-choices.ts";
import type { LoadedImage } from "../loaded-image.ts";
import type { LaunchArguments } from "../protocol.ts";
import { imageName, imageOfName, type Scenario } from "../scenario.ts";
import { recordedFiles } from "../scenario-files.ts";
import { recordedNetwork } from "../scenario-network.ts";
import type { Recording } from "./recording.ts";

export interface Origin
  extends Pick<Recording, "title" | "folder" | "scenario" | "tick">,
    BuildChoices {
  /** The programs by the names that `scenario` has for them. */
  readonly images: ReadonlyMap<string, LoadedImage>;
  /** What the disk held at first, where the scenario has an image for it. */
  readonly diskImage?: Uint8Array;
}

/** `images` are by the names that the scenario has for them. */
export function originOf(
  scenario: Scenario,
  args: LaunchArguments,
  images: ReadonlyMap<string, LoadedImage>,
  diskImage?: Uint8Array,
  network?: KernelNetwork,
): Origin {
  const { program, cwd, tick } = args;
  const home = folderOf(program);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const each of new Set([...images.keys()].map((image) => imageOfName(image).program))) {
    const wanted = isAbsolute(each) ? (below(home, each) ?? baseName(each)) : slashes(each);
    let name = wanted;
    // Two files of one name in folders that are not to be told.
    for (let i = 2; taken.has(name); i += 1) name = `${i}/${baseName(wanted)}`;
    taken.add(name);
    names.set(each, name);
  }
  const { environments, disk } = scenario.source;
  return {
    title: baseName(program),
    folder: (cwd === undefined ? undefined : below(cwd, home)) ?? "",
    scenario: {
      ...scenario.source,
      environments: (environments as readonly Readonly<Record<string, unknown>>[]).map((each) => ({
        ...each,
        program: names.get(String(each["program"])),
      })),
      ...(diskImage === undefined ? {} : { disk: recordedDisk(disk, names) }),
      ...(network === undefined
        ? {}
        : { network: recordedNetwork(scenario.source["network"], network) }),
    },
    ...(diskImage === undefined ? {} : { diskImage }),
    images: new Map(
      [...images].map(([each, image]) => {
        const { program: source, ...linked } = imageOfName(each);
        return [imageName({ program: names.get(source) as string, ...linked }), image];
      }),
    ),
    ...(tick === undefined ? {} : { tick }),
    ...buildChoices(args),
  };
}

/** The recording has the image itself; names are for people, and for finding the programs. */
function recordedDisk(disk: unknown, names: ReadonlyMap<string, string>): unknown {
  const { image, files, ...rest } = disk as Readonly<Record<string, unknown>>;
  return {
    ...rest,
    ...(image === undefined ? {} : { image: baseName(String(image)) }),
    ...(files === undefined
      ? {}
      : { files: recordedFiles(files, (program) => names.get(program), baseName) }),
  };
}

const slashes = (path: string): string => path.replaceAll("\\", "/");

export const isAbsolute = (path: string): boolean => /^([\\/]|[A-Za-z]:[\\/])/.test(path);

export const baseName = (path: string): string => path.replace(/^.*[\\/]/, "");

export const folderOf = (path: string): string => slashes(path).split("/").slice(0, -1).join("/");

/** A path relative to a folder in which it lies; empty for the folder itself. Undefined when it lies elsewhere. */
export function below(folder: string, path: string): string | undefined {
  const from = slashes(folder).replace(/\/$/, "");
  const to = slashes(path);
  if (to === from) return "";
  return to.startsWith(`${from}/`) ? to.slice(from.length + 1) : undefined;
}
