/** Where in a file a step stands: by a comment that travels with the line, or by a pattern. Lines are 1-based. */
import type { Anchor } from "./lesson.ts";

/** The line, or why there is none, in words that follow the step's name. */
export function lineOfAnchor(
  { file, marker, pattern, line }: Anchor,
  text: string,
): number | string {
  const lines = text.split("\n");
  if (marker !== undefined) {
    const comment = new RegExp(`//@step ${escaped(marker)}\\s*$`);
    const found = lines.flatMap((each, i) => (comment.test(each) ? [i + 1] : []));
    const [first, second] = found;
    if (first === undefined)
      return `${file} has no comment '//@step ${marker}' at the end of a line`;
    return second === undefined
      ? first
      : `${file} has '//@step ${marker}' in the lines ${first} and ${second}`;
  }
  if (pattern !== undefined) {
    const at = lines.findIndex((each) => new RegExp(pattern).test(each));
    return at < 0 ? `${file} has no line with the pattern '${pattern}'` : at + 1;
  }
  if (line !== undefined) {
    return line <= lines.length ? line : `${file} has ${lines.length} lines, and not line ${line}`;
  }
  return 1;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
