/**
 * Conditions over a run, as plain values (docs/checks.md). An _occurrence_ is something that happens at moments of a run; a _condition_
 * holds for a run or does not; a _computed_ value is a number or a text that a run gives. read.ts makes them of JSON.
 */
import type { EventKind } from "#exokernel";
import type { FieldKind } from "./event-fields.ts";

/** A count or number as a file asks for it: `4`, `">= 4"`. */
export interface NumberTest {
  readonly text: string;
  readonly accepts: (value: number) => boolean;
}

export interface FieldTest {
  readonly name: string;
  readonly kind: FieldKind;
  readonly wanted: string | boolean | NumberTest;
}

export type Occurrence = {
  /** Name of the environment, where `*` stands for anything; any environment when missing. */
  readonly env?: string;
  /** A C expression that must be true there. */
  readonly condition?: string;
  /** Which one is meant where a single moment is needed: 1 is the first, -1 the last. */
  readonly nth: number;
} & (
  | {
      readonly kind: "event";
      readonly kinds: readonly EventKind[];
      readonly fields: readonly FieldTest[];
      /** Part of the sentence that says what happened. */
      readonly text?: string;
    }
  /** A line marked `//@step name` is reached. */
  | { readonly kind: "marker"; readonly name: string; readonly file?: string }
  | { readonly kind: "function"; readonly name: string }
  /** The console's output has just come to contain this. */
  | { readonly kind: "output"; readonly text: string }
  /** The programs are loaded and none has run. */
  | { readonly kind: "start" }
  /** The end of the run; for what concerns an environment, the last moment at which it lived. */
  | { readonly kind: "end" }
);

/** A part of a run. */
export interface Stretch {
  readonly after?: Occurrence;
  readonly before?: Occurrence;
}

export type OrderItem =
  | { readonly what: Occurrence; readonly isForbidden: false }
  /** It must not happen between its neighbours. */
  | { readonly what: Occurrence; readonly isForbidden: true };

export const HOLDINGS = [
  "pages",
  "capabilities",
  "slices",
  "extents",
  "filters",
  "bindings",
] as const;
/** What an environment has. */
export type Holding = (typeof HOLDINGS)[number];

export type OutputTest =
  /** All of them, in this order. */
  | { readonly kind: "contains"; readonly texts: readonly string[] }
  | { readonly kind: "lacks"; readonly texts: readonly string[] }
  | { readonly kind: "equals"; readonly text: string }
  | { readonly kind: "matches"; readonly pattern: RegExp }
  /** These lines, in any order, and no others. */
  | { readonly kind: "lines"; readonly lines: readonly string[] };

export type Condition = {
  /** What a teacher says to who fails it, after the reason. */
  readonly hint?: string;
} & (
  | {
      readonly kind: "happens";
      readonly what: Occurrence;
      readonly times: NumberTest;
      readonly within: Stretch;
    }
  | { readonly kind: "order"; readonly items: readonly OrderItem[]; readonly within: Stretch }
  /** After every one of `what` there is one of `follower`: before the next `before`, and no more than `steps` later. */
  | {
      readonly kind: "every";
      readonly what: Occurrence;
      readonly follower: Occurrence;
      readonly before?: Occurrence;
      readonly steps?: number;
      readonly within: Stretch;
    }
  | { readonly kind: "output"; readonly env?: string; readonly test: OutputTest }
  | { readonly kind: "exit"; readonly env?: string; readonly status: NumberTest }
  | {
      readonly kind: "holds";
      readonly expression: string;
      readonly env?: string;
      readonly frame?: string;
      readonly at: Occurrence;
      readonly isEach: boolean;
    }
  | { readonly kind: "invariants"; readonly at: Occurrence; readonly isEach: boolean }
  | {
      readonly kind: "unchanged";
      readonly what: Holding | { readonly expression: string };
      readonly env?: string;
      readonly from: Occurrence;
      readonly to: Occurrence;
      /** More may have come; what was there still is. */
      readonly mayGrow: boolean;
    }
  | { readonly kind: "number"; readonly value: Computed; readonly test: NumberTest | Computed }
  /** The run comes to its end within its limits. */
  | { readonly kind: "ends" }
  | { readonly kind: "all" | "any"; readonly conditions: readonly Condition[] }
  | { readonly kind: "not"; readonly condition: Condition }
);

export type Computed =
  | { readonly kind: "constant"; readonly value: number | string }
  | { readonly kind: "count"; readonly what: Occurrence; readonly within: Stretch }
  | {
      readonly kind: "value";
      readonly expression: string;
      readonly env?: string;
      readonly frame?: string;
      readonly at: Occurrence;
    }
  | { readonly kind: "steps"; readonly from: Occurrence; readonly to: Occurrence }
  /** What a field of an event says. */
  | { readonly kind: "field"; readonly what: Occurrence; readonly field: string }
  /** Name of the environment that caused it, or in which it happened. */
  | { readonly kind: "environment"; readonly what: Occurrence }
  /** The function, or line, in which an environment stands. */
  | { readonly kind: "function" | "line"; readonly at: Occurrence; readonly env?: string }
  | {
      readonly kind: "held";
      readonly holding: Holding;
      readonly env?: string;
      readonly at: Occurrence;
    }
  | { readonly kind: "freePages"; readonly at: Occurrence }
  | { readonly kind: "exit"; readonly env?: string }
  /** The first group of a regular expression in the console's output, else all that it matches. */
  | { readonly kind: "output"; readonly env?: string; readonly pattern: RegExp }
  | { readonly kind: "sum" | "difference" | "product"; readonly of: readonly Computed[] };

/** Every occurrence that a condition or computed value speaks of. */
export function occurrencesOf(what: Condition | Computed): Occurrence[] {
  switch (what.kind) {
    case "happens":
    case "count":
      return [what.what, ...ofStretch(what.within)];
    case "order":
      return [...what.items.map((item) => item.what), ...ofStretch(what.within)];
    case "every":
      return [
        what.what,
        what.follower,
        ...(what.before === undefined ? [] : [what.before]),
        ...ofStretch(what.within),
      ];
    case "holds":
    case "invariants":
    case "value":
    case "function":
    case "line":
    case "held":
    case "freePages":
      return [what.at];
    case "unchanged":
    case "steps":
      return [what.from, what.to];
    case "number":
      return [
        ...occurrencesOf(what.value),
        ...("kind" in what.test ? occurrencesOf(what.test) : []),
      ];
    case "field":
    case "environment":
      return [what.what];
    case "all":
    case "any":
      return what.conditions.flatMap(occurrencesOf);
    case "not":
      return occurrencesOf(what.condition);
    case "sum":
    case "difference":
    case "product":
      return what.of.flatMap(occurrencesOf);
    case "output":
    case "exit":
    case "ends":
    case "constant":
      return [];
  }
}

const ofStretch = ({ after, before }: Stretch): Occurrence[] => [
  ...(after === undefined ? [] : [after]),
  ...(before === undefined ? [] : [before]),
];
