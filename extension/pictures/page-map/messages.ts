/** What the page map's page wishes, and what it is told to do. */
import type { HistoryPosition } from "../../../debug-adapter/protocol.ts";

export type PageMapWish =
  | { readonly kind: "history"; readonly frame: number }
  | { readonly kind: "goTo"; readonly position: HistoryPosition }
  /** A command of VS Code's about a page; `environment` and `slot` are its owner's. */
  | { readonly kind: "command"; readonly command: string; readonly subject: PageSubject }
  /** Compare with this stop from now on, or again with the one before. */
  | { readonly kind: "keepStop"; readonly isKept: boolean };

export interface PageSubject {
  readonly frame: number;
  readonly environment?: number;
  readonly slot?: number;
  /** Where it is bound, to ask who granted that. */
  readonly address?: number;
  readonly boundIn?: number;
}

export type PageMapOrder =
  | {
      readonly kind: "history";
      readonly frame: number;
      readonly items: readonly { readonly text: string; readonly position: HistoryPosition }[];
    }
  /** A command of VS Code's, about the page with the cursor. */
  | { readonly kind: "run"; readonly command: string }
  /** What stands in the way of an answer, as a sentence. */
  | { readonly kind: "problem"; readonly text: string };
