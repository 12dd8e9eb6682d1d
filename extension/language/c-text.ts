/** What is at a place of a C or assembly text: the word, the call whose arguments are being written, the headers that it names. */
import { blankComments } from "./c-declarations.ts";

export interface Word {
  readonly text: string;
  readonly start: number;
}

/** The word around an offset, in code: nothing within a comment or a string. */
export function wordAt(source: string, offset: number, letters = /[\w]/): Word | undefined {
  let start = offset;
  let end = offset;
  while (start > 0 && letters.test(source[start - 1] ?? "")) start -= 1;
  while (end < source.length && letters.test(source[end] ?? "")) end += 1;
  if (start === end) return undefined;
  return { text: source.slice(start, end), start };
}

/** Whether an offset is in a comment or between quotes, by what is before it. */
export function isInProse(source: string, offset: number): boolean {
  // A character that is no blank, put at the offset, is blanked when it stands in prose.
  const probe = `${source.slice(0, offset)}x`;
  return blankComments(closeQuote(probe))[offset] === " ";
}

/** A string that is not finished ends with its line. */
function closeQuote(text: string): string {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const quotes = line.replace(/\\./g, "").match(/"/g)?.length ?? 0;
  return quotes % 2 === 1 ? `${text}"` : text;
}

/** The call whose argument list an offset is in: its name, and how many arguments are before. */
export function callAround(
  source: string,
  offset: number,
): { readonly name: string; readonly argument: number } | undefined {
  const code = blankComments(source.slice(0, offset));
  let depth = 0;
  let argument = 0;
  for (let at = code.length - 1; at >= 0; at -= 1) {
    const character = code[at];
    if (character === ")" || character === "]") depth += 1;
    else if (character === "[") {
      depth -= 1;
      if (depth < 0) depth = 0;
    } else if (character === "(") {
      if (depth > 0) {
        depth -= 1;
        continue;
      }
      const name = /([A-Za-z_]\w*)\s*$/.exec(code.slice(0, at))?.[1];
      if (name !== undefined && !/^(?:if|while|for|switch|return|sizeof)$/.test(name))
        return { name, argument };
      argument = 0;
    } else if (character === "," && depth === 0) argument += 1;
    else if ((character === ";" || character === "{" || character === "}") && depth === 0)
      return undefined;
  }
  return undefined;
}

export interface Include {
  readonly name: string;
  readonly isSystem: boolean;
  readonly line: number;
}

export function includesOf(source: string): Include[] {
  return [...source.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm)].map((match) => ({
    name: match[2] ?? "",
    isSystem: match[1] === "<",
    line: source.slice(0, match.index).split("\n").length - 1,
  }));
}
