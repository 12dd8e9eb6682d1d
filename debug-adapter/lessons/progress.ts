/** How far somebody is in a lesson: pure data, which the player keeps and exports. */
import type { Lesson, Prediction } from "./lesson.ts";

export interface StepProgress {
  /** The step's moment was reached, or it has none. */
  readonly isSeen: boolean;
  /** Answers that were given, oldest first. */
  readonly given: readonly string[];
  /** Whether the last of them was right. */
  readonly isRight: boolean;
  /** The answer was shown without a right one. */
  readonly isRevealed: boolean;
  readonly hints: number;
  /** Whether what the step's check says was true of the run; absent while it was not asked. */
  readonly isChecked?: boolean;
}

export interface Progress {
  readonly seed: number;
  readonly current: number;
  readonly steps: readonly StepProgress[];
}

const UNSEEN: StepProgress = {
  isSeen: false,
  given: [],
  isRight: false,
  isRevealed: false,
  hints: 0,
};

export const newProgress = ({ steps }: Lesson, seed: number): Progress => ({
  seed,
  current: 0,
  steps: steps.map(() => UNSEEN),
});

export const changed = (
  progress: Progress,
  index: number,
  change: Partial<StepProgress>,
): Progress => ({
  ...progress,
  steps: progress.steps.map((step, i) => (i === index ? { ...step, ...change } : step)),
});

/** Whether the answer may be shown: it was predicted, or given up, or nothing is asked. */
export const isOpen = (prediction: Prediction | undefined, step: StepProgress): boolean =>
  prediction === undefined || step.isRight || step.isRevealed;

/** Whether a step gets its tick. */
export const isDone = (prediction: Prediction | undefined, step: StepProgress): boolean =>
  step.isSeen && isOpen(prediction, step) && step.isChecked !== false;

/** Whether what was predicted is what the run says. */
export function isRightAnswer({ kind }: Prediction, given: string, answer: string): boolean {
  if (kind === "number" || kind === "frame") {
    const [a, b] = [numberIn(given, kind), numberIn(answer, kind)];
    return a !== undefined && a === b;
  }
  const plain = (text: string) => text.trim().replace(/\s+/g, " ").toLowerCase();
  return plain(given) === plain(answer);
}

/** What is wrong with the form of an answer, so that a slip is no wrong answer. */
export function problemOfAnswer({ kind, options }: Prediction, given: string): string | undefined {
  if (given.trim() === "") return "An answer is needed; give up to see what happens.";
  if (kind === "number" || kind === "frame") {
    return numberIn(given, kind) === undefined
      ? "This is asked as a number, 12 or 0x1f."
      : undefined;
  }
  if (kind === "choice" && !options.some(({ key }) => key === given)) {
    return `One of ${options.map(({ key }) => key).join(", ")} is asked for.`;
  }
  return undefined;
}

/** A physical page may be written without its 0x, and a number with commas. */
function numberIn(text: string, kind: "number" | "frame"): number | undefined {
  const plain = text
    .trim()
    .replace(/^page\s+/i, "")
    .replace(/,/g, "")
    .toLowerCase();
  const isHex = /^0x[0-9a-f]+$/.test(plain) || (kind === "frame" && /^[0-9a-f]+$/.test(plain));
  if (isHex) return Number.parseInt(plain.replace(/^0x/, ""), 16);
  return /^-?\d+$/.test(plain) ? Number(plain) : undefined;
}

/** The hint that comes next: what is said to this very wrong answer, then the ladder. */
export function hintAfter(prediction: Prediction, step: StepProgress): string | undefined {
  return prediction.hints[step.hints];
}

/** What is exported: enough for whoever marks it, and for going on another day. */
export interface ExportedProgress {
  readonly lesson: string;
  readonly seed: number;
  readonly done: number;
  readonly of: number;
  readonly predictions: number;
  readonly rightAtOnce: number;
  readonly steps: readonly {
    readonly title: string;
    readonly done: boolean;
    readonly answers?: readonly string[];
    readonly right?: boolean;
    readonly hints?: number;
    readonly gaveUp?: boolean;
    readonly check?: boolean;
  }[];
}

export function exported(lesson: Lesson, { seed, steps }: Progress): ExportedProgress {
  const all = lesson.steps.map(({ title, predict }, i) => {
    const step = steps[i] ?? UNSEEN;
    return { title, predict, step, done: isDone(predict, step) };
  });
  const asked = all.filter(({ predict }) => predict !== undefined);
  return {
    lesson: lesson.title,
    seed,
    done: all.filter(({ done }) => done).length,
    of: all.length,
    predictions: asked.length,
    rightAtOnce: asked.filter(({ step }) => step.isRight && step.given.length === 1).length,
    steps: all.map(({ title, predict, step, done }) => ({
      title,
      done,
      ...(predict === undefined
        ? {}
        : {
            answers: step.given,
            right: step.isRight,
            hints: step.hints,
            ...(step.isRevealed ? { gaveUp: true } : {}),
          }),
      ...(step.isChecked === undefined ? {} : { check: step.isChecked }),
    })),
  };
}

/** Progress that was kept, if it is of this lesson as it is now. */
export function restored(lesson: Lesson, kept: unknown): Progress | undefined {
  const { seed, current, steps } = (kept ?? {}) as Partial<Progress>;
  if (typeof seed !== "number" || typeof current !== "number" || !Array.isArray(steps)) {
    return undefined;
  }
  const isSame = steps.length === lesson.steps.length && current < steps.length && current >= 0;
  return isSame ? { seed, current, steps } : undefined;
}
