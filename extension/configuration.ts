/** What a launch configuration says, completed and checked. Knows no VS Code; debug-configuration.ts asks the user. */
import { basename, isAbsolute, join } from "node:path";
import type { LaunchArguments } from "../debug-adapter/protocol.ts";

/** A launch configuration as launch.json has it: everything may be missing. */
export interface LaunchConfiguration extends Partial<Omit<LaunchArguments, "args">> {
  readonly type: string;
  readonly name: string;
  readonly request: string;
  readonly args?: readonly string[];
  readonly internalConsoleOptions?: string;
  /** More of the configuration, from `literally`. */
  readonly literal?: string;
}

/** What the launch takes from outside the configuration. */
export interface Surroundings {
  /** The setting `exoscope.compiler`; empty to have one found. */
  readonly compiler: string;
  /** The workspace folder's path, if there is one. */
  readonly folder?: string;
}

/** Variables of VS Code that mean the file in the active editor. */
const OPEN_FILE = /^(\$\{workspaceFolder\}\/)?\$\{(file|relativeFile)\}$/;

/** Whether a file can be a session's program by its name. */
export const isProgram = (path: string): boolean => /(\.c|\.elf|\.exo\.json|\.exorec)$/.test(path);

/** Whether a C file can be a program of its own, rather than a part of one. */
export const hasMain = (source: string): boolean => /\bmain\s*\(/.test(source);

/** Whether the configuration leaves its program to the active editor. */
export const meansOpenFile = ({ program }: Partial<LaunchConfiguration>): boolean =>
  program === undefined || program === "" || OPEN_FILE.test(program);

/** A configuration for one file; its name is what the user sees in the call stack and in the list of configurations. */
export const configurationFor = (
  program: string,
  name = basename(program),
): LaunchConfiguration => ({
  type: "exoscope",
  request: "launch",
  name,
  program,
});

/**
 * A part of a configuration in which VS Code shall replace nothing: it takes the `${env:owner}` of a scenario's arguments for a variable
 * of the shell, and has no way to quote it.
 */
export const literally = (part: Partial<LaunchConfiguration>): { literal: string } => ({
  literal: JSON.stringify(part).replaceAll("$", "\\u0024"),
});

/** Fills in what is missing. The program is there by now; a relative one is the workspace folder's. */
export function completed(
  { literal, ...given }: LaunchConfiguration,
  { compiler, folder }: Surroundings,
): LaunchConfiguration {
  const configuration: LaunchConfiguration =
    literal === undefined ? given : { ...given, ...JSON.parse(literal) };
  const { console = "terminal", program = "" } = configuration;
  const path =
    folder !== undefined && program !== "" && !isAbsolute(program)
      ? join(folder, program)
      : program;
  const cwd = configuration.cwd ?? folder;
  return {
    ...configuration,
    program: path,
    console,
    ...(cwd === undefined ? {} : { cwd }),
    ...(configuration.compiler === undefined && compiler !== "" ? { compiler } : {}),
    // The guests' console has the panel: the debug console would cover it at every start.
    ...(configuration.internalConsoleOptions === undefined && console === "terminal"
      ? { internalConsoleOptions: "neverOpen" }
      : {}),
  };
}

/** Why a completed configuration cannot be launched: one sentence that says what to do. */
export function problemOf(
  { program = "" }: LaunchConfiguration,
  exists: boolean,
): string | undefined {
  if (!isProgram(program)) {
    return `${basename(program)} is no program: open a C file, an ELF executable, a scenario (*.exo.json) or a recording (*.exorec), or name one as "program" in launch.json.`;
  }
  if (!exists)
    return `${program} does not exist: correct "program" in launch.json or create the file.`;
  return undefined;
}
