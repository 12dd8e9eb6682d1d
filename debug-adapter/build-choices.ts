import type { LaunchArguments } from "./protocol.ts";

/** How the C sources of a run are built: launch arguments that a recording keeps, since built otherwise it would be another run. */
export type BuildChoices = Pick<LaunchArguments, "optimization" | "floatingPoint">;

export const OPTIMIZATIONS = ["0", "1", "2", "3", "s"] as const;
export const FLOATING_POINTS = ["software", "hardware"] as const;

/** The choices that were made, and nothing else. */
export function buildChoices({ optimization, floatingPoint }: BuildChoices): BuildChoices {
  return {
    ...(optimization === undefined ? {} : { optimization }),
    ...(floatingPoint === undefined ? {} : { floatingPoint }),
  };
}
