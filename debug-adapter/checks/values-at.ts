/** C expressions at moments of a run, for conditions: their truth, their values, and what to tell of them. */
import type { Debuggee } from "../debuggee.ts";
import { truth } from "../values/conditions.ts";
import { evaluate, evaluateNumber } from "../values/evaluate.ts";
import { formatValue } from "../values/format.ts";
import type { FrameAccess } from "../values/frame-access.ts";
import { parseExpression } from "../values/parser.ts";
import { type Expression, ExpressionError } from "../values/syntax.ts";
import { frameOf } from "./frame-at.ts";

export type TruthThere =
  | { readonly ok: true; readonly isTrue: boolean; readonly because: string }
  | { readonly ok: false; readonly problem: string };

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** Whether it is true now; `because` names the values that it is made of. */
export function truthNow(
  debuggee: Debuggee,
  environment: number,
  expression: string,
  functionName: string | undefined,
): TruthThere {
  const frame = frameOf(debuggee, environment, functionName);
  if (typeof frame === "string") return { ok: false, problem: frame };
  const result = truth(expression, frame);
  if (!result.ok) return { ok: false, problem: result.message };
  return { ok: true, isTrue: result.value, because: partsText(expression, frame) };
}

/** Its value now, as a number where it is one. */
export function valueNow(
  debuggee: Debuggee,
  environment: number,
  expression: string,
  functionName: string | undefined,
): { readonly value: number | string; readonly text: string } | { readonly problem: string } {
  const frame = frameOf(debuggee, environment, functionName);
  if (typeof frame === "string") return { problem: frame };
  const result = evaluate(expression, frame);
  if (!result.ok) return { problem: result.message };
  const text = formatValue(result.value, frame);
  const number = evaluateNumber(expression, frame);
  const isNumber = number.ok && /^-?(?:\d|0x)/.test(text);
  return { value: isNumber ? Number(number.operand.value) : text, text };
}

/** `faults is 3, before is 7`: the parts of an expression that are no constants. */
function partsText(text: string, frame: FrameAccess): string {
  let parts: Expression[];
  try {
    parts = partsOf(parseExpression(text, () => false).expression);
  } catch (problem) {
    if (!(problem instanceof ExpressionError)) throw problem;
    return "";
  }
  const shown = new Set<string>();
  for (const { start, end } of parts) {
    const part = text.slice(start, end);
    const result = evaluate(part, frame);
    if (result.ok) shown.add(`${part} is ${formatValue(result.value, frame)}`);
  }
  return [...shown].join(", ");
}

function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "literal":
      return [];
    case "logical":
      return [...partsOf(expression.left), ...partsOf(expression.right)];
    case "binary":
      return COMPARISONS.has(expression.operator)
        ? [...sideOf(expression.left), ...sideOf(expression.right)]
        : [expression];
    case "unary":
      return expression.operator === "!" ? partsOf(expression.operand) : [expression];
    default:
      return [expression];
  }
}

const isConstant = (expression: Expression): boolean =>
  expression.kind === "literal" || (expression.kind === "unary" && isConstant(expression.operand));

const sideOf = (expression: Expression): Expression[] =>
  isConstant(expression) ? [] : [expression];
