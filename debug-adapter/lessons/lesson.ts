/**
 * A lesson as data: what a `*.lesson.json` says once it has been read. Conditions and values are in the language of docs/checks.md; the
 * file format is in docs/lessons.md. The names of CodeTour's fields mean what they mean there.
 */

import type { Computed, Condition, Occurrence } from "../checks/syntax.ts";
import type { Template } from "./template.ts";

/** What is right: a value of the run, or one answer or another by what is true of it. */
export type Answer =
  | { readonly kind: "computed"; readonly value: Computed }
  | {
      readonly kind: "if";
      readonly condition: Condition;
      readonly yes: Answer;
      readonly no: Answer;
    };

export interface Lesson {
  /** The path of the file. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  /** What students believe that is not so. */
  readonly misconception?: string;
  readonly minutes?: number;
  /** The file of the lesson after this one, relative to this file. */
  readonly next?: string;
  /** What the steps run unless they say otherwise; absent in a tour that only shows files. */
  readonly run?: Run;
  /** What another seed draws other values of. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly LessonStep[];
  /** What must be true of the run as a whole. */
  readonly check: readonly Condition[];
  /** Programs with a mistake: the check must fail for each of them, at that event. */
  readonly broken: readonly BrokenVariant[];
}

/** A program or a scenario to run, by a path that is relative to the lesson; arguments may have `${parameter}`. */
export interface Run {
  readonly program: string;
  /** Of a program that is run alone. */
  readonly args?: readonly string[];
  /** Of a scenario's environments, by their names, in place of what the scenario says. */
  readonly environments?: Readonly<Record<string, readonly string[]>>;
}

export interface BrokenVariant {
  readonly run: Run;
  /** What is wrong with it, in a sentence. */
  readonly because: string;
  /** What happens where it goes wrong: the check fails there. */
  readonly at: Occurrence;
  /** What it must fail; the lesson's own check when missing. */
  readonly check?: readonly Condition[];
}

export interface Anchor {
  /** Relative to the lesson. */
  readonly file: string;
  readonly marker?: string;
  readonly pattern?: string;
  /** Only in a tour: a bare number drifts. */
  readonly line?: number;
}

export interface LessonStep {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  readonly anchor?: Anchor;
  /** A view to show, by its id. */
  readonly view?: string;
  /** Commands to run when the step is opened. */
  readonly commands: readonly string[];
  /** From here on this is run. */
  readonly run?: Run;
  /** Where the step stands; where its marker is reached first when missing. */
  readonly until?: Occurrence;
  readonly predict?: Prediction;
  /** Where the answer is seen; where the step stands when missing. */
  readonly seenAt?: Occurrence;
  /** Markdown with `${values}` in it. */
  readonly reveal?: Template;
  /** What must be true of the run, beside the lesson's own check: for a step with a run of its own. */
  readonly check: readonly Condition[];
  /** For whoever teaches. */
  readonly notes?: string;
}

export type PredictionKind = "choice" | "number" | "frame" | "text";

export interface PredictionOption {
  readonly key: string;
  readonly text: string;
}

export interface Prediction {
  readonly kind: PredictionKind;
  readonly ask: string;
  /** Of a choice. */
  readonly options: readonly PredictionOption[];
  readonly answerFrom: Answer;
  /** What to say to an answer that is wrong, by the answer. */
  readonly wrong: Readonly<Record<string, string>>;
  /** From the gentlest to the plainest. */
  readonly hints: readonly string[];
}
