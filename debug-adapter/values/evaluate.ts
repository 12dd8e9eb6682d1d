/** C expressions in a frame, from text to a value or a sentence. Nothing here throws, whatever the text. */
import { type ArrayType, stripped, type Type } from "../dwarf/debug-info.ts";
import type { Operand } from "./c-types.ts";
import { debugOf, Evaluator, NO_DEBUG_DATA } from "./evaluator.ts";
import type { FrameAccess } from "./frame-access.ts";
import { lookUp } from "./names-in-scope.ts";
import { type ParsedExpression, parseExpression } from "./parser.ts";
import { memory } from "./subobjects.ts";
import { type Expression, ExpressionError } from "./syntax.ts";
import { specifiedType } from "./type-names.ts";
import { numberOf, reasonText, type Value } from "./value.ts";

export type Evaluation =
  | { readonly ok: true; readonly value: Value }
  /** One sentence, with the column. */
  | { readonly ok: false; readonly message: string };

/** The number that an expression is: arrays and functions are their addresses. */
export type NumberEvaluation =
  | { readonly ok: true; readonly operand: Operand }
  | { readonly ok: false; readonly message: string };

export interface EvaluateOptions {
  /** Assignments, `++` and `--` are carried out; otherwise they are refused, as in a hover or a condition. */
  readonly allowEffects?: boolean;
  /** Names beyond those in scope, which it hides. */
  readonly named?: ((name: string) => Value | undefined) | undefined;
}

/** The value of the C expression `text` in `frame`. It may be one that can't be read: then showing it says why. */
export function evaluate(
  text: string,
  frame: FrameAccess,
  options: EvaluateOptions = {},
): Evaluation {
  return attempt(() => {
    const { parsed, evaluator } = prepare(text, frame, options);
    const { expression } = parsed;
    const value = { ...evaluator.value(expression), ...namesOf(text, parsed) };
    return { ok: true, value: withSuffix(value, parsed, frame) };
  });
}

/** The number that `text` is in `frame`; what would change something is refused. */
export function evaluateNumber(
  text: string,
  frame: FrameAccess,
  named?: EvaluateOptions["named"],
): NumberEvaluation {
  return attempt(() => {
    const { parsed, evaluator } = prepare(text, frame, { named });
    return { ok: true, operand: evaluator.operand(parsed.expression) };
  });
}

function prepare(text: string, frame: FrameAccess, options: EvaluateOptions) {
  const parsed = parseExpression(text, (name) => isTypeName(name, frame, options));
  const evaluator = new Evaluator(text, frame, options.named);
  if (parsed.effectAt !== undefined) {
    if (!options.allowEffects) {
      const operator = /^(?:\+\+|--|[^\s\w=]*=)/.exec(text.slice(parsed.effectAt))?.[0];
      throw new ExpressionError(
        parsed.effectAt,
        `'${operator}' would change the program, which isn't allowed here`,
      );
    }
    // What is wrong with the types is found before anything is changed.
    evaluator.typeOnly(parsed.expression);
  }
  return { parsed, evaluator };
}

/** The type of `text` without reading anything but what its names need; for completions. */
export function evaluateType(text: string, frame: FrameAccess): Type | undefined {
  const result = attempt(() => {
    const { expression } = parseExpression(text, (name) => isTypeName(name, frame, {}));
    return { ok: true, type: new Evaluator(text, frame).typeOnly(expression).type } as const;
  });
  return result.ok ? result.type : undefined;
}

/** What is wrong with the form of `text`, if something is: for conditions, before there is a frame. */
export function syntaxError(text: string, debug = NO_DEBUG_DATA): string | undefined {
  const result = attempt(() => {
    parseExpression(text, (name) => specifiedType(name, debug) !== undefined);
    return { ok: true } as const;
  });
  return result.ok ? undefined : result.message;
}

function attempt<T>(compute: () => T): T | { readonly ok: false; readonly message: string } {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ok: false, message: `${error.message} (column ${error.at + 1})` };
  }
}

/** A name is a variable before it is a type: a scope may hide a typedef. */
export function isTypeName(
  name: string,
  frame: FrameAccess,
  { named }: EvaluateOptions = {},
): boolean {
  if (!specifiedType(name, debugOf(frame))) return false;
  return !(named?.(name) ?? lookUp(name, frame));
}

function namesOf(text: string, { expression, end, effectAt }: ParsedExpression) {
  const name = text.slice(expression.start, end);
  if (effectAt === undefined) return { name, evaluateName: name };
  return { name, evaluateName: assignedName(text, expression) };
}

/** `x` for `x = 1`: what the result is, in words that don't do it again. */
function assignedName(text: string, expression: Expression): string | undefined {
  if (expression.kind !== "assign") return undefined;
  const { start, end, kind } = expression.target;
  return kind === "name" || kind === "register" ? text.slice(start, end) : undefined;
}

function withSuffix(
  value: Value,
  { format, count, expression }: ParsedExpression,
  frame: FrameAccess,
): Value {
  if (count === undefined) return format ? { ...value, format } : value;
  const type = stripped(value.type);
  if (type.kind === "array") return { ...value, type: arrayOf(type.element, count), format };
  if (type.kind !== "pointer") {
    throw new ExpressionError(
      expression.start,
      `',${count}' shows elements of a pointer or an array, which this isn't`,
    );
  }
  const address = numberOf(value, frame);
  if (typeof address === "string") {
    throw new ExpressionError(expression.start, `it can't be read: ${reasonText(address)}`);
  }
  const place = memory(Number(address));
  return { ...value, type: arrayOf(type.target, count), place, format };
}

function arrayOf(element: Type, count: number): ArrayType {
  return { kind: "array", element, count, dynamicCount: undefined };
}
