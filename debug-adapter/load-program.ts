/** From a program's path to its image: how it is built is the builder's business. */
import { ElfError } from "#emulator";
import { badElf, unknownKind } from "./errors.ts";
import type { Host } from "./host.ts";
import { LoadedImage } from "./loaded-image.ts";
import type { LaunchArguments } from "./protocol.ts";
import type { SourceMap, SourceRoot } from "./source-map.ts";

/** An executable, and where the sources that its debug data names are. */
export interface BuiltProgram {
  readonly elfPath: string;
  readonly sources: SourceMap;
}

/** Turns a program's path into an executable. Throws `UserError`; findings of the compiler are reported on the way. */
export interface Builder {
  /** Where the sources of an executable are that lies at `path`; `moved` says it of folders of another machine. */
  sources(path: string, moved: readonly SourceRoot[]): SourceMap;
  build(path: string, args: LaunchArguments, role?: ProgramRole): Promise<BuiltProgram>;
  readonly libosFolder: string;
  /** Names of the libOS's parts. */
  parts(): readonly string[];
  /** A sentence for the user who launches. */
  say(sentence: string): void;
}

/**
 * What a program is to a launch: one that the user names, one that comes with us and is not built where it was shipped built, or one that
 * is only found beside the user's, of which the compiler's findings are not reported.
 */
export type ProgramRole = "named" | "given" | "found";

/** Builds one program, or takes it as it is when it is an executable. Throws `UserError`. */
export async function loadProgram(
  path: string,
  args: LaunchArguments,
  host: Host,
  builder: Builder,
  role: ProgramRole = "named",
): Promise<LoadedImage> {
  if (!/\.(c|elf)$/.test(path) && !looksLikeElf(path, host)) throw unknownKind(path);
  const built = await builder.build(path, args, role);
  try {
    return new LoadedImage(built.elfPath, host.readBytes(built.elfPath), built.sources);
  } catch (problem) {
    if (problem instanceof ElfError) throw badElf(built.elfPath, problem.message);
    throw problem;
  }
}

function looksLikeElf(path: string, host: Host): boolean {
  const [a, b, c, d] = host.readBytes(path);
  return a === 0x7f && b === 0x45 && c === 0x4c && d === 0x46;
}
