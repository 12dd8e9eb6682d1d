/**
 * What a seed makes of a lesson: each parameter gets one of its values, wherever the file says `${name}`. Several that belong together are
 * one entry: names and values with a space between them, `"port count": ["9 2", "11 1"]`.
 */

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
    Object.entries(parameters).flatMap(([name, values]) => {
      const value = values[next(values.length)] ?? "";
      const names = wordsOf(name);
      const each = names.length === 1 ? [value] : wordsOf(value);
      return names.map((one, i) => [one, each[i] ?? ""]);
    }),
  );
}

/** The words between spaces. */
export const wordsOf = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** MurmurHash3's finalizer: neighbouring seeds have nothing to do with each other. */
function mixed(word: number): number {
  let hash = word >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The same JSON with the values in its texts, and in the names of its keys. What is no parameter's name stays as it is. */
export function withValues(json: unknown, values: Readonly<Record<string, string>>): unknown {
  const filled = (text: string) =>
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  if (typeof json === "string") return filled(json);
  if (Array.isArray(json)) return json.map((each) => withValues(each, values));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, each]) => [filled(key), withValues(each, values)]),
  );
}
