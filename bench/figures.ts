/** One measured figure: the median of its runs, and how far they lie apart. */
export interface Figure {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
}

export function figure(id: string, unit: string, values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number | undefined) => Math.round((value ?? 0) * 100) / 100;
  return {
    id,
    unit,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    runs: sorted.length,
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
  };
}

export function table(figures: readonly Figure[]): string {
  const lines = figures.map(
    ({ id, value, unit, runs, min, max }) =>
      `${id.padEnd(46)} ${String(value).padStart(9)} ${unit}  (${runs} runs, ${min} to ${max})`,
  );
  return `${lines.join("\n")}\n`;
}
