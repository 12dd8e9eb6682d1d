/** What a run says to a lesson: where each step stands, which answers are right, what is revealed, and whether the check holds. */
import type { Position } from "#exokernel";
import { type Answer as Computed, computeIn } from "../checks/compute.ts";
import { verdictIn } from "../checks/evaluate.ts";
import type { Happening } from "../checks/observation.ts";
import type { Missing, PastRun } from "../checks/past-run.ts";
import type { Occurrence } from "../checks/syntax.ts";
import type { Verdict } from "../checks/verdict.ts";
import type { Answer, Lesson, LessonStep, Prediction } from "./lesson.ts";
import type { LessonRun } from "./runs.ts";
import { filled } from "./template.ts";

export interface ExaminedStep {
  readonly index: number;
  /** Where it stands. */
  readonly at?: Position;
  /** Where its answer is seen, where that is another moment. */
  readonly seenAt?: Position;
  readonly answer?: string;
  readonly reveal?: string;
  /** What is wrong with the step, in whole sentences. */
  readonly problems: readonly string[];
}

export interface Examined {
  readonly steps: readonly ExaminedStep[];
  readonly checks: readonly Verdict[];
}

/** Moves the run. */
export function examineRun(run: PastRun, lesson: Lesson, { steps, check }: LessonRun): Examined {
  return {
    steps: steps.flatMap((index) => {
      const step = lesson.steps[index];
      return step === undefined ? [] : [new StepExaminer(run).examine(step, index)];
    }),
    checks: check.map((condition) => verdictIn(run, condition)),
  };
}

class StepExaminer {
  readonly #run: PastRun;
  readonly #problems: string[] = [];

  constructor(run: PastRun) {
    this.#run = run;
  }

  examine({ until, seenAt, predict, reveal }: LessonStep, index: number): ExaminedStep {
    const begin = this.#moment(until, "'until'");
    const end = this.#moment(seenAt, "'then'");
    if (begin !== undefined && end !== undefined && end.order < begin.order) {
      this.#problems.push("Where its answer is seen ('then') comes before where it stands.");
    }
    const answer = predict === undefined ? undefined : this.#answer(predict);
    const text =
      reveal === undefined
        ? undefined
        : filled(reveal, (value) => this.#value(value, "'reveal'")?.text ?? "?");
    return {
      index,
      ...(begin === undefined ? {} : { at: begin.at }),
      ...(end === undefined ? {} : { seenAt: end.at }),
      ...(answer === undefined ? {} : { answer }),
      ...(text === undefined ? {} : { reveal: text }),
      problems: this.#problems,
    };
  }

  #moment(occurrence: Occurrence | undefined, where: string): Happening | undefined {
    if (occurrence === undefined) return undefined;
    const found = this.#run.one(occurrence);
    return this.#found(found, where);
  }

  #answer(predict: Prediction): string | undefined {
    const { kind, options, answerFrom } = predict;
    const found = this.#decide(answerFrom);
    if (found === undefined) return undefined;
    if (kind === "choice" && !options.some(({ key }) => key === found.text)) {
      const keys = options.map(({ key }) => key).join(", ");
      this.#problems.push(`The run's answer is '${found.text}', which is none of ${keys}.`);
    }
    if ((kind === "number" || kind === "frame") && typeof found.value !== "number") {
      this.#problems.push(`The run's answer is '${found.text}', and a ${kind} is asked for.`);
    }
    const isFrame = kind === "frame" && typeof found.value === "number";
    return isFrame ? `0x${found.value.toString(16)}` : String(found.value);
  }

  #decide(answer: Answer): Computed | undefined {
    if (answer.kind === "computed") return this.#value(answer.value, "'answerFrom'");
    return this.#decide(verdictIn(this.#run, answer.condition).holds ? answer.yes : answer.no);
  }

  #value(value: Parameters<typeof computeIn>[1], where: string): Computed | undefined {
    return this.#found(computeIn(this.#run, value), where);
  }

  #found<Found extends object>(found: Found | Missing, where: string): Found | undefined {
    if (!("problem" in found)) return found;
    this.#problems.push(`${where}: ${found.problem}.`);
    return undefined;
  }
}
