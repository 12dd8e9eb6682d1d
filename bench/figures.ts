/** One measured figure: the median of its runs, how far they lie apart, and what it should be. */
export interface Figure {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
  /** What is aimed at, and whether it is reached. */
  readonly aim?: string;
  readonly isMet?: boolean;
  /** Why the whole measurement fails. */
  readonly failure?: string;
}

/** What a figure should be: `atMost` or `atLeast` so much. Beyond `failsAbove` the measurement fails. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly failsAbove?: number;
}

export function figure(
  id: string,
  unit: string,
  values: readonly number[],
  bound: Bound = {},
): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number | undefined) => Math.round((value ?? 0) * 100) / 100;
  const value = round(sorted[Math.floor(sorted.length / 2)]);
  return {
    id,
    unit,
    value,
    runs: sorted.length,
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    ...judge(id, unit, value, bound),
  };
}

function judge(
  id: string,
  unit: string,
  value: number,
  { atMost, atLeast, failsAbove }: Bound,
): Pick<Figure, "aim" | "isMet" | "failure"> {
  const aim = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return {
    ...(atMost === undefined && atLeast === undefined
      ? {}
      : {
          aim,
          isMet: value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? -Infinity),
        }),
    ...(failsAbove === undefined || value <= failsAbove
      ? {}
      : { failure: `'${id}' is ${value} ${unit}, and must not be above ${failsAbove}.` }),
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function table(figures: readonly Figure[]): string {
  const lines = figures.map(
    ({ id, value, unit, runs, min, max, aim, isMet }) =>
      `${id.padEnd(46)} ${String(value).padStart(9)} ${unit}  (${runs} runs, ${min} to ${max}` +
      `${aim === undefined ? "" : `; aim: ${aim}, ${isMet ? "met" : "NOT met"}`})`,
  );
  return `${lines.join("\n")}\n`;
}
