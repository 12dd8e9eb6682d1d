/**
 * A lesson as data: what a `*.lesson.json` says once it has been read. Conditions and values are in the language of docs/checks.md; the
 * file format is in docs/lessons.md. The names of CodeTour's fields mean what they mean there.
 */

/** A condition or a value as the file has it: `debug-adapter/checks` reads it. */
export type Json = unknown;

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
  readonly check: readonly Json[];
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
  /** The event at which the check fails. */
  readonly at: Json;
  /** The run whose check it fails; the lesson's own when missing. Index of a step. */
  readonly check?: readonly Json[];
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
  /** Where the step stands: the first moment behind the last step at which this holds. */
  readonly until?: Json;
  readonly predict?: Prediction;
  /** Where the answer is seen: the first moment behind that at which this holds. */
  readonly then?: Json;
  /** Markdown with `${values}`, computed at the step's last moment. */
  readonly reveal?: string;
  /** What must be true at the step's last moment. */
  readonly check: readonly Json[];
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
  /** The value that is right, computed at the step's last moment. */
  readonly answerFrom: Json;
  /** What to say to an answer that is wrong, by the answer. */
  readonly wrong: Readonly<Record<string, string>>;
  /** From the gentlest to the plainest. */
  readonly hints: readonly string[];
}
