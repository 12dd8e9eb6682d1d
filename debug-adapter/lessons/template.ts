/** Text with values in it: `The counter is ${faults}.` What stands between the braces is a value's expression or, as JSON, its object. */

export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly source: string; readonly value: unknown };

export interface Template {
  readonly parts: readonly TemplatePart[];
  /** What is wrong with it, in words that follow its name. */
  readonly problem?: string;
}

/** Takes a text apart. `\${` is the two characters themselves. */
export function expressionsIn(text: string): Template {
  const parts: TemplatePart[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    if (text.startsWith("\\${", at)) {
      plain += "${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      const end = closingBrace(text, at + 2);
      if (end === undefined) return { parts, problem: `the '\${' at column ${at + 1} has no end` };
      const source = text.slice(at + 2, end).trim();
      if (source === "") return { parts, problem: `the '\${}' at column ${at + 1} is empty` };
      flush();
      const value = readValue(source);
      if (value === undefined) return { parts, problem: `'\${${source}}' is no JSON` };
      parts.push({ kind: "value", source, value: value.json });
      at = end + 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
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

function readValue(source: string): { readonly json: unknown } | undefined {
  if (!source.startsWith("{")) return { json: source };
  try {
    return { json: JSON.parse(source) };
  } catch {
    return undefined;
  }
}

/** The text with each value shown. */
export function filled(template: Template, shown: (value: unknown) => string): string {
  return template.parts
    .map((part) => (part.kind === "text" ? part.text : shown(part.value)))
    .join("");
}
