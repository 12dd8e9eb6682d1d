/** Links of course pages to a step of a lesson: `vscode://exoscope.exoscope/lesson/w6-revocation?step=4&seed=2`. */

export interface LessonLink {
  /** The lesson's file without its ending; a link names no folders. */
  readonly name: string;
  /** Counted from 1. */
  readonly step?: number;
  readonly seed?: number;
}

/** What a link says, or what is wrong with it: one sentence. */
export function readLessonLink({
  path,
  query,
}: {
  readonly path: string;
  readonly query: string;
}): LessonLink | string {
  const name = /^\/lesson\/([\w.-]+)$/.exec(path)?.[1]?.replace(/\.lesson\.json$/, "");
  if (name === undefined) {
    return `The link's path is '${path}', and it must be /lesson/NAME, as in /lesson/w1-allocate.`;
  }
  const asked = new URLSearchParams(query);
  for (const [key, least] of [
    ["step", 1],
    ["seed", 0],
  ] as const) {
    const value = asked.get(key);
    if (value !== null && !(/^\d{1,9}$/.test(value) && Number(value) >= least)) {
      return `The link's '${key}' is '${value}', and it must be a number from ${least} on.`;
    }
  }
  const number = (key: "step" | "seed") =>
    asked.has(key) ? { [key]: Number(asked.get(key)) } : {};
  return { name, ...number("step"), ...number("seed") };
}
