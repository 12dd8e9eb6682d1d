/** Numbers as assembly writes them: literals, symbols, operators of C, and %hi and %lo. */

/** What a name stands for, where the expression is: undefined if that isn't known (yet). */
export type SymbolValue = (name: string) => number | undefined;

/**
 * The value of `text`, or undefined if it depends on a symbol without value. Throws a SyntaxError with a sentence if it
 * isn't an expression. `.` is asked for like any name, and so are `1b` and `1f`. Values are exact integers, not words, so
 * that a range check can still see what was meant.
 */
export function evaluate(text: string, symbolValue: SymbolValue): number | undefined {
  const tokens = tokenize(text);
  const parser = new Parser(text, tokens, symbolValue);
  const value = parser.binary(0);
  parser.expectEnd();
  return value;
}

/** A name that may stand in an expression or be a label. */
export const SYMBOL = /^[A-Za-z_.$][\w.$]*$/;

const TOKEN =
  /\s+|0[xX][0-9a-fA-F]+|0[bB][01]+|\d+[bf]\b|\d+|'(?:\\.|[^\\'])'|%\w+|[A-Za-z_.$][\w.$]*|<<|>>|[-+*/%&|^~()]/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined)
      throw new SyntaxError(`'${text}' is not understood from '${text.slice(at)}' on`);
    if (token.trim()) tokens.push(token);
  }
  return tokens;
}

/** From the loosest binding to the tightest, as in C. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "|": (left, right) => left | right,
  "^": (left, right) => left ^ right,
  "&": (left, right) => left & right,
  "<<": (left, right) => left << right,
  ">>": (left, right) => left >> right,
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
};

class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  readonly #symbolValue: SymbolValue;
  #position = 0;

  constructor(text: string, tokens: readonly string[], symbolValue: SymbolValue) {
    this.#text = text;
    this.#tokens = tokens;
    this.#symbolValue = symbolValue;
  }

  binary(level: number): number | undefined {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    while (operators.includes(this.#tokens[this.#position])) {
      const operator = this.#tokens[this.#position++];
      const right = this.binary(level + 1);
      if (right === 0 && (operator === "/" || operator === "%")) {
        throw new SyntaxError(`'${this.#text}' divides by zero`);
      }
      left =
        left === undefined || right === undefined ? undefined : OPERATORS[operator](left, right);
    }
    return left;
  }

  expectEnd(): void {
    const rest = this.#tokens[this.#position];
    if (rest !== undefined) throw new SyntaxError(`'${this.#text}' goes on with '${rest}'`);
  }

  #unary(): number | undefined {
    const token = this.#tokens[this.#position++];
    if (token === undefined) throw new SyntaxError(`'${this.#text}' lacks a value`);
    switch (token) {
      case "-":
        return map(this.#unary(), (value) => -value);
      case "+":
        return this.#unary();
      case "~":
        return map(this.#unary(), (value) => ~value);
      case "(":
        return this.#closed();
      case "%hi":
        return map(this.#parenthesised(token), upperPart);
      case "%lo":
        return map(this.#parenthesised(token), lowerPart);
      default:
        return this.#atom(token);
    }
  }

  #parenthesised(after: string): number | undefined {
    if (this.#tokens[this.#position++] !== "(") {
      throw new SyntaxError(`'${after}' is followed by a parenthesis`);
    }
    return this.#closed();
  }

  #closed(): number | undefined {
    const value = this.binary(0);
    if (this.#tokens[this.#position++] !== ")") {
      throw new SyntaxError(`'${this.#text}' lacks a closing parenthesis`);
    }
    return value;
  }

  #atom(token: string): number | undefined {
    if (token.startsWith("'")) return characterCode(token.slice(1, -1));
    if (/^\d+[bf]$/.test(token)) return this.#symbolValue(token);
    if (/^\d/.test(token)) return Number(token);
    if (SYMBOL.test(token)) return this.#symbolValue(token);
    throw new SyntaxError(`'${token}' in '${this.#text}' is no value`);
  }
}

/** What lui or auipc takes, so that adding `lowerPart` gives `value` (Unpriv §2.4). */
export function upperPart(value: number): number {
  return ((value + 0x800) >>> 12) & 0xfffff;
}

/** The low 12 bits, sign-extended, as addi, loads and stores take them. */
export function lowerPart(value: number): number {
  return (value << 20) >> 20;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, 0: 0, b: 8, f: 12 };

/** The code of one character as it stands between quotes: `a`, `\n`, `\\`. */
export function characterCode(written: string): number {
  if (!written.startsWith("\\")) return written.codePointAt(0)!;
  return ESCAPES[written[1]] ?? written.charCodeAt(1);
}

function map<T>(value: T | undefined, change: (value: T) => T): T | undefined {
  return value === undefined ? undefined : change(value);
}
