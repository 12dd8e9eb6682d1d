/** Assembly source, line by line, before anything is known of its meaning. */

export interface Statement {
  /** Counted from 1. */
  readonly line: number;
  /** The labels that stand before it. */
  readonly labels: readonly string[];
  /** A mnemonic, or a directive with its dot, in lower case; "" if the line has only labels. */
  readonly operation: string;
  readonly operands: readonly string[];
}

const LABEL = /^\s*([A-Za-z_.$][\w.$]*|\d+)\s*:/;
const ASSIGNMENT = /^\s*([A-Za-z_.$][\w.$]*)\s*=(?!=)\s*(.+)$/;

/** Splits source into statements. Comments run from # or // to the end of the line; `;` separates statements. */
export function parseLines(source: string): Statement[] {
  return source.split(/\r?\n/).flatMap((text, index) => statementsOfLine(text, index + 1));
}

function statementsOfLine(text: string, line: number): Statement[] {
  return splitOutsideQuotes(withoutComment(text), ";").flatMap((part) => {
    const labels: string[] = [];
    let rest = part;
    for (let label = LABEL.exec(rest); label; label = LABEL.exec(rest)) {
      labels.push(label[1]);
      rest = rest.slice(label[0].length);
    }
    const assignment = ASSIGNMENT.exec(rest);
    if (assignment) {
      return [{ line, labels, operation: ".equ", operands: [assignment[1], assignment[2].trim()] }];
    }
    const [operation = ""] = /\S+/.exec(rest) ?? [];
    if (operation === "" && labels.length === 0) return [];
    const list = rest.slice(rest.indexOf(operation) + operation.length).trim();
    const operands = list === "" ? [] : splitOutsideQuotes(list, ",").map((item) => item.trim());
    return [{ line, labels, operation: operation.toLowerCase(), operands }];
  });
}

function withoutComment(text: string): string {
  for (const { index, character } of outsideQuotes(text)) {
    if (character === "#" || text.startsWith("//", index)) return text.slice(0, index);
  }
  return text;
}

function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { index, character } of outsideQuotes(text)) {
    if (character !== separator) continue;
    parts.push(text.slice(start, index));
    start = index + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** The characters that are neither in a string nor a character literal. */
function* outsideQuotes(text: string): Generator<{ index: number; character: string }> {
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character !== '"' && character !== "'") {
      yield { index, character };
      continue;
    }
    index++;
    while (index < text.length && text[index] !== character) index += text[index] === "\\" ? 2 : 1;
  }
}
