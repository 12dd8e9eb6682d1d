import type { EnvironmentItem } from "../../debug-adapter/protocol.ts";

/** What the rows of a view are made of: the answer of an `exo/...` request at this stop and at the last one. */
export interface TreePicture<Body> {
  readonly now: Body;
  /** As it was at the last stop. */
  readonly before?: Body;
  /** For names and letters. */
  readonly environments: readonly EnvironmentItem[];
  /** The environment of the frame that the user looks at. */
  readonly focused?: number;
}
