/** The parser of C expressions: precedence climbing over the grammar of C11 §6.5, and abstract declarators (§6.7.7) for casts. */
import { type Token, tokenize } from "./lexer.ts";
import {
  type BinaryOperator,
  type Derivation,
  type Expression,
  ExpressionError,
  type TypeName,
  type UnaryOperator,
} from "./syntax.ts";
import type { Format } from "./value.ts";

export interface ParsedExpression {
  readonly expression: Expression;
  readonly format: Format | undefined;
  /** From a suffix `,N`: show so many elements from the pointer or array on. */
  readonly count: number | undefined;
  /** Where the expression without its suffix ends. */
  readonly end: number;
  /** Where the first operator is that changes something, if there is one. */
  readonly effectAt: number | undefined;
}

/** Deeper is never written by hand; the parser and the evaluator recurse. */
const DEPTH_MAX = 200;
/** Operators of one level in a row make a tree as deep as the row is long. */
const LENGTH_MAX = 2000;

/** C11 §6.5.5 to §6.5.14, from the loosest to the tightest. */
const PRECEDENCE = new Map<string, number>();
for (const [level, operators] of [
  "||",
  "&&",
  "|",
  "^",
  "&",
  "== !=",
  "< > <= >=",
  "<< >>",
  "+ -",
  "* / %",
].entries()) {
  for (const operator of operators.split(" ")) PRECEDENCE.set(operator, level);
}

const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="]);
const UNARY = new Set(["+", "-", "!", "~", "*", "&"]);
const QUALIFIERS = new Set(["const", "volatile", "restrict", "_Atomic"]);
const TAG_KEYWORDS = new Set(["struct", "union", "enum"]);
const TYPE_WORDS = new Set(
  "void char short int long float double signed unsigned _Bool bool".split(" "),
);
const FORMATS = new Map<string, Format>([
  ["x", { radix: 16 }],
  ["d", { radix: 10 }],
  ["o", { radix: 8 }],
  ["b", { radix: 2 }],
  ["c", { as: "character" }],
  ["s", { as: "string" }],
]);

/**
 * Parses `text`; throws an `ExpressionError`. `isTypeName` decides whether `(name)` begins a cast, as C can't tell without declarations.
 *
 * What follows a comma without a space, at the end, is a format as in other debuggers: `,x` `,d` `,o` `,b` `,c` `,s` and `,10`. With a
 * space it is C's comma operator.
 */
export function parseExpression(
  text: string,
  isTypeName: (name: string) => boolean,
): ParsedExpression {
  if (text.length > LENGTH_MAX) throw new ExpressionError(0, "the expression is too long");
  return new Parser(tokenize(text), isTypeName).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isTypeName: (name: string) => boolean;
  #position = 0;
  #depth = 0;
  #effectAt: number | undefined;

  constructor(tokens: readonly Token[], isTypeName: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isTypeName = isTypeName;
  }

  parse(): ParsedExpression {
    if (this.#tokens[0]!.kind === "end") throw new ExpressionError(0, "there is no expression");
    const expression = this.#comma();
    const end = this.#tokens[this.#position - 1]!.end;
    let format: Format | undefined;
    let count: number | undefined;
    while (this.#isSuffix()) {
      this.#position++;
      const suffix = this.#next();
      if (suffix.kind === "literal") count = Number(suffix.value);
      else if (suffix.kind === "identifier") format = { ...format, ...FORMATS.get(suffix.text) };
    }
    if (this.#token.kind !== "end") throw this.#unexpected("an operator");
    return { expression, format, count, end, effectAt: this.#effectAt };
  }

  get #token(): Token {
    return this.#tokens[this.#position]!;
  }

  #next(): Token {
    const token = this.#token;
    if (token.kind !== "end") this.#position++;
    return token;
  }

  #peekOperator(ahead = 0): string | undefined {
    const token = this.#tokens[this.#position + ahead];
    return token?.kind === "operator" ? token.text : undefined;
  }

  #accept(operator: string): boolean {
    if (this.#peekOperator() !== operator) return false;
    this.#position++;
    return true;
  }

  #expect(operator: string): Token {
    if (this.#peekOperator() !== operator) throw this.#unexpected(`'${operator}'`);
    return this.#next();
  }

  #unexpected(expected: string): ExpressionError {
    const token = this.#token;
    if (token.kind === "end") {
      return new ExpressionError(token.start, `${expected} is missing at the end`);
    }
    const text = token.kind === "literal" || token.kind === "string" ? "a constant" : undefined;
    const found = text ?? `'${token.kind === "register" ? "$" : ""}${textOf(token)}'`;
    return new ExpressionError(token.start, `${expected} is expected instead of ${found}`);
  }

  #isSuffix(): boolean {
    const [comma, suffix, after] = this.#tokens.slice(this.#position, this.#position + 3);
    if (comma?.kind !== "operator" || comma.text !== "," || suffix?.start !== comma.end) {
      return false;
    }
    const isLast = after?.kind === "end" || (after?.kind === "operator" && after.text === ",");
    if (suffix.kind === "literal") return isLast && typeof suffix.value === "bigint";
    return isLast && suffix.kind === "identifier" && FORMATS.has(suffix.text);
  }

  /** Every recursion goes through here or through #unary. */
  #comma(): Expression {
    let left = this.#assignment();
    while (this.#peekOperator() === "," && !this.#isSuffix()) {
      this.#position++;
      const right = this.#assignment();
      left = { kind: "comma", left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #assignment(): Expression {
    const target = this.#conditional();
    const token = this.#token;
    if (token.kind !== "operator" || !ASSIGNMENTS.has(token.text)) return target;
    this.#position++;
    this.#effectAt ??= token.start;
    const source = this.#nested(() => this.#assignment());
    return {
      kind: "assign",
      operator: token.text === "=" ? undefined : (token.text.slice(0, -1) as BinaryOperator),
      at: token.start,
      target,
      source,
      start: target.start,
      end: source.end,
    };
  }

  #conditional(): Expression {
    const condition = this.#binary(0);
    if (!this.#accept("?")) return condition;
    const then = this.#nested(() => this.#comma());
    this.#expect(":");
    const otherwise = this.#nested(() => this.#conditional());
    const { start } = condition;
    return { kind: "conditional", condition, then, otherwise, start, end: otherwise.end };
  }

  #binary(levelMin: number): Expression {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peekOperator();
      const level = operator === undefined ? undefined : PRECEDENCE.get(operator);
      if (level === undefined || level < levelMin) return left;
      const at = this.#next().start;
      const right = this.#binary(level + 1);
      const span = { start: left.start, end: right.end };
      left =
        operator === "&&" || operator === "||"
          ? { kind: "logical", operator, left, right, ...span }
          : { kind: "binary", operator: operator as BinaryOperator, at, left, right, ...span };
    }
  }

  #unary(): Expression {
    return this.#nested(() => {
      const token = this.#token;
      const { start } = token;
      if (token.kind === "identifier" && token.text === "sizeof") return this.#sizeof();
      if (token.kind !== "operator") return this.#postfix();
      const operator = token.text;
      if (operator === "++" || operator === "--") {
        this.#effectAt ??= start;
        this.#position++;
        const operand = this.#unary();
        const by = operator === "++" ? 1 : -1;
        return { kind: "step", by, isPrefix: true, operand, start, end: operand.end };
      }
      if (UNARY.has(operator)) {
        this.#position++;
        const operand = this.#unary();
        const end = operand.end;
        return { kind: "unary", operator: operator as UnaryOperator, operand, start, end };
      }
      if (operator === "(" && this.#isTypeStart(1)) {
        this.#position++;
        const type = this.#typeName();
        this.#expect(")");
        const operand = this.#unary();
        return { kind: "cast", type, operand, start, end: operand.end };
      }
      return this.#postfix();
    });
  }

  #sizeof(): Expression {
    const { start } = this.#next();
    if (this.#peekOperator() === "(" && this.#isTypeStart(1)) {
      this.#position++;
      const type = this.#typeName();
      return { kind: "size of type", type, start, end: this.#expect(")").end };
    }
    const operand = this.#unary();
    return { kind: "size of", operand, start, end: operand.end };
  }

  #postfix(): Expression {
    let expression = this.#primary();
    const { start } = expression;
    for (;;) {
      const token = this.#token;
      switch (this.#peekOperator()) {
        case "[": {
          this.#position++;
          const index = this.#nested(() => this.#comma());
          const { end } = this.#expect("]");
          expression = { kind: "index", array: expression, index, start, end };
          break;
        }
        case ".":
        case "->": {
          this.#position++;
          const name = this.#next();
          if (name.kind !== "identifier") {
            throw new ExpressionError(name.start, "the name of a member is missing");
          }
          expression = {
            kind: "member",
            object: expression,
            isArrow: textOf(token) === "->",
            member: name.text,
            memberAt: name.start,
            start,
            end: name.end,
          };
          break;
        }
        case "++":
        case "--": {
          this.#position++;
          this.#effectAt ??= token.start;
          const by = textOf(token) === "++" ? 1 : -1;
          const operand = expression;
          expression = { kind: "step", by, isPrefix: false, operand, start, end: token.end };
          break;
        }
        case "(":
          expression = { kind: "call", callee: expression, start, end: this.#skipArguments() };
          break;
        default:
          return expression;
      }
    }
  }

  /** Calls are refused whatever their arguments are, which may be strings and other things that aren't supported. */
  #skipArguments(): number {
    let depth = 0;
    for (;;) {
      const token = this.#next();
      if (token.kind === "end") throw this.#unexpected("')'");
      if (token.kind !== "operator") continue;
      if (token.text === "(") depth++;
      else if (token.text === ")" && --depth === 0) return token.end;
    }
  }

  #primary(): Expression {
    const token = this.#token;
    const { start, end } = token;
    switch (token.kind) {
      case "literal":
        this.#position++;
        return { kind: "literal", type: token.type, value: token.value, start, end };
      case "identifier":
        if (TAG_KEYWORDS.has(token.text) || TYPE_WORDS.has(token.text)) {
          throw new ExpressionError(start, `the type '${token.text}' is no value; a cast needs ()`);
        }
        this.#position++;
        return { kind: "name", name: token.text, start, end };
      case "register":
        this.#position++;
        return { kind: "register", name: token.text, start, end };
      case "string":
        throw new ExpressionError(
          start,
          "string literals aren't supported: there is no place in the guest's memory for them",
        );
      default: {
        if (!this.#accept("(")) throw this.#unexpected("a value");
        const inner = this.#nested(() => this.#comma());
        return { ...inner, start, end: this.#expect(")").end };
      }
    }
  }

  #isTypeStart(ahead: number): boolean {
    const token = this.#tokens[this.#position + ahead];
    if (token?.kind !== "identifier") return false;
    const { text } = token;
    if (TYPE_WORDS.has(text) || TAG_KEYWORDS.has(text) || QUALIFIERS.has(text)) return true;
    return this.#isTypeName(text);
  }

  #typeName(): TypeName {
    const { start } = this.#token;
    const words: string[] = [];
    for (;;) {
      const token = this.#token;
      if (token.kind !== "identifier") break;
      const { text } = token;
      if (QUALIFIERS.has(text)) {
        this.#position++;
        continue;
      }
      const isWord = TYPE_WORDS.has(text);
      if (words.length > 0 && !(isWord && TYPE_WORDS.has(words[0]!))) break;
      this.#position++;
      words.push(text);
      if (!TAG_KEYWORDS.has(text)) continue;
      const tag = this.#next();
      if (tag.kind !== "identifier") {
        throw new ExpressionError(tag.start, `the name of the ${text} is missing`);
      }
      words.push(tag.text);
    }
    if (words.length === 0) throw this.#unexpected("a type");
    const derivations = this.#declarator();
    const end = this.#tokens[this.#position - 1]!.end;
    return { specifier: words.join(" "), derivations, start, end };
  }

  /** An abstract declarator, as what it makes of the type before it, in order. */
  #declarator(): Derivation[] {
    const pointers: Derivation[] = [];
    while (this.#accept("*")) {
      pointers.push({ kind: "pointer" });
      while (this.#token.kind === "identifier" && QUALIFIERS.has(this.#token.text))
        this.#position++;
    }
    let inner: Derivation[] = [];
    const after = this.#peekOperator(1);
    if (this.#peekOperator() === "(" && (after === "*" || after === "(" || after === "[")) {
      this.#position++;
      inner = this.#nested(() => this.#declarator());
      this.#expect(")");
    }
    const suffixes: Derivation[] = [];
    for (;;) {
      if (this.#accept("[")) suffixes.unshift({ kind: "array", count: this.#arrayCount() });
      else if (this.#accept("(")) {
        suffixes.unshift({ kind: "function", parameters: this.#parameters() });
      } else break;
    }
    return [...pointers, ...suffixes, ...inner];
  }

  #arrayCount(): number | undefined {
    if (this.#accept("]")) return undefined;
    const token = this.#next();
    if (token.kind !== "literal" || typeof token.value !== "bigint") {
      throw new ExpressionError(token.start, "the length of an array in a cast is a plain number");
    }
    this.#expect("]");
    return Number(token.value);
  }

  #parameters(): TypeName[] {
    const parameters: TypeName[] = [];
    if (this.#accept(")")) return parameters;
    do {
      if (this.#accept("...")) break;
      if (!this.#isTypeStart(0)) throw this.#unexpected("a type");
      parameters.push(this.#nested(() => this.#typeName()));
    } while (this.#accept(","));
    this.#expect(")");
    const [only] = parameters;
    const isVoid =
      parameters.length === 1 && only!.specifier === "void" && only!.derivations.length === 0;
    return isVoid ? [] : parameters;
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > DEPTH_MAX) {
      throw new ExpressionError(this.#token.start, "the expression is nested too deeply");
    }
    const result = parse();
    this.#depth--;
    return result;
  }
}

function textOf(token: Token): string {
  return "text" in token ? token.text : "";
}
