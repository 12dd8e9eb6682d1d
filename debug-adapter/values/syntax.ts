/** Expressions as the parser understands them (C11 §6.5). Every node knows its text, so that a message can show it. */
import type { BaseType } from "../dwarf/debug-info.ts";

/** Something is wrong with the expression at offset `at` of its text. Thrown inside this folder only. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** A part of the text, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = "+" | "-" | "!" | "~" | "*" | "&";

export type BinaryOperator =
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | "<<"
  | ">>"
  | "<"
  | ">"
  | "<="
  | ">="
  | "=="
  | "!="
  | "&"
  | "^"
  | "|";

export type Expression = Span &
  (
    | { readonly kind: "literal"; readonly type: BaseType; readonly value: bigint | number }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "register"; readonly name: string }
    | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        /** Where the operator is. */
        readonly at: number;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: "logical";
        readonly operator: "&&" | "||";
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: "conditional";
        readonly condition: Expression;
        readonly then: Expression;
        readonly otherwise: Expression;
      }
    | { readonly kind: "comma"; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: "assign";
        /** Of a compound assignment: `+` for `+=`. */
        readonly operator: BinaryOperator | undefined;
        readonly at: number;
        readonly target: Expression;
        readonly source: Expression;
      }
    /** `++` and `--`. */
    | {
        readonly kind: "step";
        readonly by: 1 | -1;
        readonly isPrefix: boolean;
        readonly operand: Expression;
      }
    | { readonly kind: "cast"; readonly type: TypeName; readonly operand: Expression }
    | { readonly kind: "size of type"; readonly type: TypeName }
    | { readonly kind: "size of"; readonly operand: Expression }
    | {
        readonly kind: "member";
        readonly object: Expression;
        readonly isArrow: boolean;
        readonly member: string;
        readonly memberAt: number;
      }
    | { readonly kind: "index"; readonly array: Expression; readonly index: Expression }
    | { readonly kind: "call"; readonly callee: Expression }
  );

/** A type as a cast names it: the specifier (`unsigned int`, `struct foo`), and what to make of it, from it outwards. */
export interface TypeName extends Span {
  readonly specifier: string;
  readonly derivations: readonly Derivation[];
}

export type Derivation =
  | { readonly kind: "pointer" }
  | { readonly kind: "array"; readonly count: number | undefined }
  | { readonly kind: "function"; readonly parameters: readonly TypeName[] };
