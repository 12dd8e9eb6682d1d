/** A value within a JSON file: its readers say in one sentence what is wrong, in which file, and where in it. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { badChecks, type UserError } from "../errors.ts";
import { similarName } from "../values/names-in-scope.ts";

export class JsonPlace {
  readonly file: string;
  /** `tests[2].conditions[0]`; empty for the whole file. */
  readonly path: string;
  readonly value: unknown;

  constructor(file: string, path: string, value: unknown) {
    this.file = file;
    this.path = path;
    this.value = value;
  }

  /** Parses a file's text; comments are allowed in it. */
  static parse(file: string, text: string): JsonPlace {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first === undefined) return new JsonPlace(file, "", value);
    const before = text.slice(0, first.offset);
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const what = printParseErrorCode(first.error).replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
    throw badChecks(file, `it is not valid JSON at line ${line}, column ${column}:${what}.`);
  }

  error(what: string): UserError {
    const subject = this.path === "" ? "it" : `'${this.path}'`;
    return badChecks(this.file, `${subject} ${what}${what.endsWith("?") ? "" : "."}`);
  }

  has(key: string): boolean {
    return this.#object()[key] !== undefined;
  }

  get isString(): boolean {
    return typeof this.value === "string";
  }

  get isObject(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  at(key: string): JsonPlace {
    const path = this.path === "" ? key : `${this.path}.${key}`;
    return new JsonPlace(this.file, path, this.#object()[key]);
  }

  /** The value of a key, read by `read`, where there is one. */
  optional<Result>(key: string, read: (place: JsonPlace) => Result): Result | undefined {
    return this.has(key) ? read(this.at(key)) : undefined;
  }

  keys(): string[] {
    return Object.keys(this.#object());
  }

  /** Refuses keys that are not among these. */
  only(known: readonly string[]): void {
    for (const key of this.keys()) {
      if (known.includes(key)) continue;
      throw this.error(`has an unknown key '${key}'${didYouMean(key, known)}`);
    }
  }

  items(least = 0): JsonPlace[] {
    if (!Array.isArray(this.value)) throw this.error("must be a list [ ... ]");
    if (this.value.length < least) throw this.error("must not be empty");
    return this.value.map((item, i) => new JsonPlace(this.file, `${this.path}[${i}]`, item));
  }

  string(): string {
    if (typeof this.value !== "string" || this.value === "") {
      throw this.error("must be a text in quotes");
    }
    return this.value;
  }

  /** A text, or a list of them. */
  strings(): string[] {
    return this.isList ? this.items(1).map((item) => item.string()) : [this.string()];
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") throw this.error("must be true or false");
    return this.value;
  }

  integer(min: number, max = Number.MAX_SAFE_INTEGER): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) {
      const range =
        max === Number.MAX_SAFE_INTEGER ? `, at least ${min}` : ` from ${min} to ${max}`;
      throw this.error(`must be a whole number${range}`);
    }
    return value;
  }

  word<Word extends string>(words: readonly Word[]): Word {
    const found = words.find((word) => word === this.value);
    if (found !== undefined) return found;
    if (typeof this.value !== "string") throw this.error(`must be one of ${words.join(", ")}`);
    throw this.error(`is '${this.value}'${didYouMean(this.value, words)}`);
  }

  pattern(): RegExp {
    const text = this.string();
    try {
      return new RegExp(text, "mu");
    } catch (problem) {
      const message = (problem as Error).message.replace(/^Invalid regular expression: /, "");
      throw this.error(`is no regular expression: ${message}`);
    }
  }

  #object(): Readonly<Record<string, unknown>> {
    if (!this.isObject) throw this.error("must be an object { ... }");
    return this.value as Readonly<Record<string, unknown>>;
  }
}

/** `; did you mean 'upcall'?`, or all that there is where nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const similar = similarName(word, known);
  return similar === undefined
    ? `; there may be ${known.join(", ")}`
    : `; did you mean '${similar}'?`;
}
