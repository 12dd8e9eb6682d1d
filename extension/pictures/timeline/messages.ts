/** What the timeline's page is given, wishes and is told to do. */
import type {
  CrashOutcome,
  EventItem,
  HistoryBody,
  HistoryPosition,
  TimelineBody,
} from "../../../debug-adapter/protocol.ts";

export interface TimelinePicture {
  readonly timeline: TimelineBody;
  readonly branches: HistoryBody["branches"];
  /** What the power failures came to that were tried in this session. */
  readonly crashes?: readonly CrashOutcome[];
}

export type TimelineWish =
  /** The rows of a window, no finer than can be drawn. */
  | {
      readonly kind: "window";
      readonly branch: number;
      readonly from: number;
      readonly to: number;
      /** Missing: as fine as there are pixels. */
      readonly resolution?: number;
    }
  | {
      readonly kind: "events";
      readonly branch: number;
      readonly since: number;
      readonly limit: number;
    }
  | { readonly kind: "goTo"; readonly position: HistoryPosition }
  | { readonly kind: "branch"; readonly branch: number }
  | { readonly kind: "crashes" }
  | { readonly kind: "export" }
  | { readonly kind: "text" };

export type TimelineOrder =
  | { readonly kind: "window"; readonly timeline: TimelineBody }
  | { readonly kind: "events"; readonly branch: number; readonly events: readonly EventItem[] }
  | { readonly kind: "crashes"; readonly crashes: readonly CrashOutcome[] };
