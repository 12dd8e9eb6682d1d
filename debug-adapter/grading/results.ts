/** What grading gives: plain values, as the JSON report has them (docs/grading.md). */
import type { Position } from "#exokernel";

/** Why a test fails in a run. */
export interface Failure {
  /** Name of the run; empty where there was none. */
  readonly run: string;
  readonly reason: string;
  /** The moment to look at. */
  readonly at?: Position;
  /** Path of the recording in which it is marked. */
  readonly recording?: string;
}

export interface TestResult {
  readonly name: string;
  readonly points: number;
  readonly of: number;
  readonly passed: boolean;
  readonly failures: readonly Failure[];
}

export interface ProgramResult {
  readonly program: string;
  /** `not built`: it does not compile, or is not there. `not graded`: the grader could not do it, which is not the program's fault alone. */
  readonly verdict: "graded" | "not built" | "not graded";
  readonly problem?: string;
  readonly points: number;
  readonly of: number;
  /** Of all its runs. */
  readonly steps: number;
  readonly tests: readonly TestResult[];
}

export interface GradeReport {
  readonly title: string;
  readonly spec: string;
  readonly programs: readonly ProgramResult[];
}
