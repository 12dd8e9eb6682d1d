/** Text with values in it, as JSON between the braces of a `${...}`: `The counter is ${{"value": "faults"}}.` */
import type { Computed } from "../checks/syntax.ts";

export interface Template {
  readonly parts: readonly (string | Computed)[];
}

/** The parts of a text, each value as `read` makes it; or what is wrong, in words that follow the text's name. */
export function readTemplate(text: string, read: (json: unknown) => Computed): Template | string {
  const parts: (string | Computed)[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    if (text.startsWith("\\${", at)) {
      plain += "${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      const end = closingBrace(text, at + 2);
      if (end === undefined) return `has a '\${' at column ${at + 1} that has no end`;
      const source = text.slice(at + 2, end);
      const value = parsed(source);
      if (value === undefined) return `has '\${${source}}', which is no JSON`;
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push(read(value.json));
      at = end + 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain !== "") parts.push(plain);
  return { parts };
}

/** Where the braces that are open at `from` close, with those inside, and without those in strings. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 1;
  let isString = false;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (isString) {
      if (letter === "\\") at += 1;
      else if (letter === '"') isString = false;
    } else if (letter === '"') isString = true;
    else if (letter === "{") depth += 1;
    else if (letter === "}") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

function parsed(source: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(source) };
  } catch {
    return undefined;
  }
}

/** The text with each value shown. */
export function filled(template: Template, shown: (value: Computed) => string): string {
  return template.parts.map((part) => (typeof part === "string" ? part : shown(part))).join("");
}

export const valuesIn = ({ parts }: Template): Computed[] =>
  parts.filter((part): part is Computed => typeof part !== "string");
