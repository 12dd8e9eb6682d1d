/** What a seed makes of a lesson: each parameter gets one of its values, wherever the file says `${name}`. */

export type Parameters = Readonly<Record<string, readonly string[]>>;

/** Seed 0 means the first value of each; any other seed the values that a generator of its own draws. */
export function drawn(parameters: Parameters, seed: number): Readonly<Record<string, string>> {
  let state = seed >>> 0;
  const next = (count: number): number => {
    if (seed === 0) return 0;
    // Numerical Recipes' constants; its low bits are poor, so the high ones are taken.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % count;
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, values[next(values.length)] ?? ""]),
  );
}

/** The same JSON with the values in its texts. What is no parameter's name stays as it is. */
export function withValues(json: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof json === "string") {
    return json.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  }
  if (Array.isArray(json)) return json.map((each) => withValues(each, values));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, each]) => [key, withValues(each, values)]),
  );
}
