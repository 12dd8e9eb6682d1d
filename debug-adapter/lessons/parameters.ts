/** What a seed makes of a lesson: each parameter gets one of its values, wherever the file says `${name}`. */

export type Parameters = Readonly<Record<string, readonly string[]>>;

/** Seed 0 means the first value of each; any other seed the values that a generator of its own draws. */
export function drawn(parameters: Parameters, seed: number): Readonly<Record<string, string>> {
  let state = seed >>> 0;
  const next = (count: number): number => {
    if (seed === 0) return 0;
    state = mixed(state + 0x9e3779b9);
    return state % count;
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, values[next(values.length)] ?? ""]),
  );
}

/** MurmurHash3's finalizer: neighbouring seeds have nothing to do with each other. */
function mixed(word: number): number {
  let hash = word >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
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
