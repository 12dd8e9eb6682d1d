/** Terms of the machine's conditions for C's integers of 64 bits, for float and for double; and between them and words. */
import type { Condition, DoubleCondition, LongCondition } from "#emulator";
import { isFloating, isSigned, type Scalar } from "./c-types.ts";
import { constantOf, narrowed } from "./condition-terms.ts";
import { floatToBits } from "./floats.ts";
import type { BinaryOperator } from "./syntax.ts";

/** A number, by what of the machine it is computed in. Words stand extended by their types; floats are doubles that are floats. */
export type Term =
  | { readonly width: "word"; readonly term: Condition }
  | { readonly width: "long"; readonly term: LongCondition }
  | { readonly width: "double"; readonly term: DoubleCondition };

type Width = Term["width"];

/** Undefined for types that are in none, as long double. */
export function widthOf(type: Scalar): Width | undefined {
  if (isFloating(type)) return type.size === 4 || type.size === 8 ? "double" : undefined;
  if (type.size === 8) return "long";
  return type.size === 1 || type.size === 2 || type.size === 4 ? "word" : undefined;
}

export const word = (term: Condition): Term => ({ width: "word", term });

/** Each half as a signed word. */
function halves(bits: bigint): { readonly low: number; readonly high: number } {
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)) };
}

export function literalOf(value: bigint | number, type: Scalar): Term | undefined {
  const width = widthOf(type);
  if (typeof value === "number") {
    if (width !== "double") return undefined;
    return { width, term: { kind: "double constant", ...halves(floatToBits(value, 8)) } };
  }
  if (width === "long") return { width, term: { kind: "long constant", ...halves(value) } };
  return width === "word" ? word(constantOf(value)) : undefined;
}

/** What lies at an address. */
export function loaded(type: Scalar, address: Condition): Term | undefined {
  switch (widthOf(type)) {
    case "word": {
      const bytes = type.size as 1 | 2 | 4;
      return word({ kind: "load", bytes, isSigned: isSigned(type), address });
    }
    case "long":
      return { width: "long", term: { kind: "long load", address } };
    case "double":
      return {
        width: "double",
        term: { kind: type.size === 4 ? "single load" : "double load", address },
      };
    default:
      return undefined;
  }
}

/** What the low bytes of a word are. */
export function fromWord(type: Scalar, term: Condition): Term | undefined {
  switch (widthOf(type)) {
    case "word":
      return word(narrowed(type, term));
    case "double":
      return type.size === 4
        ? { width: "double", term: { kind: "single of bits", operand: term } }
        : undefined;
    default:
      return undefined;
  }
}

/** C11 §6.3.1; undefined for a floating number as an integer, which a condition seldom asks for. */
export function convertTo(to: Scalar, from: Scalar, value: Term): Term | undefined {
  const isBoolean = to.kind === "base" && to.encoding === "boolean";
  if (isBoolean) return word(truthOf(value, "ne"));
  switch (widthOf(to)) {
    case "word":
      if (value.width === "double") return undefined;
      return word(
        narrowed(to, value.width === "word" ? value.term : { kind: "low", operand: value.term }),
      );
    case "long":
      if (value.width === "double") return undefined;
      if (value.width === "long") return value;
      return {
        width: "long",
        term: { kind: "long of word", isSigned: isSigned(from), operand: value.term },
      };
    case "double": {
      const term = doubleOf(from, value);
      const isExact = value.width === "double" && (to.size === 8 || from.size === 4);
      return {
        width: "double",
        term: to.size === 4 && !isExact ? { kind: "rounded", operand: term } : term,
      };
    }
    default:
      return undefined;
  }
}

function doubleOf(from: Scalar, value: Term): DoubleCondition {
  if (value.width === "double") return value.term;
  return value.width === "word"
    ? { kind: "double of word", isSigned: isSigned(from), operand: value.term }
    : { kind: "double of long", isSigned: isSigned(from), operand: value.term };
}

const LONG_ZERO: LongCondition = { kind: "long constant", low: 0, high: 0 };
const DOUBLE_ZERO: DoubleCondition = { kind: "double constant", low: 0, high: 0 };

/** 1 if a number is 0 ("eq"), or if it is not ("ne"). */
export function truthOf(value: Term, operator: "eq" | "ne"): Condition {
  switch (value.width) {
    case "word":
      return { kind: "binary", operator, left: value.term, right: constantOf(0) };
    case "long":
      return { kind: "compare longs", operator, left: value.term, right: LONG_ZERO };
    case "double":
      return { kind: "compare doubles", operator, left: value.term, right: DOUBLE_ZERO };
  }
}

/** `-` or `~` of a long or a double; undefined where there is none. */
export function wideUnary(operator: "-" | "~", value: Term): Term | undefined {
  if (value.width === "long") {
    const [kind, left]: ["sub" | "xor", LongCondition] =
      operator === "-" ? ["sub", LONG_ZERO] : ["xor", { kind: "long constant", low: -1, high: -1 }];
    return {
      width: "long",
      term: { kind: "long binary", operator: kind, left, right: value.term },
    };
  }
  if (value.width !== "double" || operator === "~") return undefined;
  // From -0: so 0 becomes -0.
  const left: DoubleCondition = { kind: "double constant", low: 0, high: 0x8000_0000 | 0 };
  return {
    width: "double",
    term: { kind: "double binary", operator: "sub", left, right: value.term },
  };
}

/** A comparison of two longs or two doubles; undefined if `operator` is none. */
export function wideComparison(
  operator: BinaryOperator,
  left: Term,
  right: Term,
  areSigned: boolean,
): Condition | undefined {
  const isSwapped = operator === ">" || operator === ">=";
  const [a, b] = isSwapped ? [right, left] : [left, right];
  const plain = COMPARISONS[operator];
  if (plain === undefined) return undefined;
  if (a.width === "double" && b.width === "double") {
    return { kind: "compare doubles", operator: plain, left: a.term, right: b.term };
  }
  if (a.width !== "long" || b.width !== "long") return undefined;
  const sign = areSigned ? "S" : "U";
  const operatorOfLongs = plain === "lt" || plain === "le" ? (`${plain}${sign}` as const) : plain;
  return { kind: "compare longs", operator: operatorOfLongs, left: a.term, right: b.term };
}

const COMPARISONS: Readonly<Partial<Record<BinaryOperator, "eq" | "ne" | "lt" | "le">>> = {
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  ">": "lt",
  "<=": "le",
  ">=": "le",
};

const LONG_OPERATORS: Readonly<
  Partial<Record<BinaryOperator, "add" | "sub" | "mul" | "and" | "or" | "xor">>
> = { "+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor" };

const DOUBLE_OPERATORS: Readonly<Partial<Record<BinaryOperator, "add" | "sub" | "mul" | "div">>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
};

/** Of two longs or two doubles, as a number of `type`; undefined for what the machine does not do: quotients of longs. */
export function wideArithmetic(
  operator: BinaryOperator,
  type: Scalar,
  left: Term,
  right: Term,
): Term | undefined {
  if (left.width === "long" && right.width === "long") {
    const plain = LONG_OPERATORS[operator];
    if (plain === undefined) return undefined;
    const [a, b] = [left.term, right.term];
    return { width: "long", term: { kind: "long binary", operator: plain, left: a, right: b } };
  }
  if (left.width !== "double" || right.width !== "double") return undefined;
  const plain = DOUBLE_OPERATORS[operator];
  if (plain === undefined) return undefined;
  const [a, b] = [left.term, right.term];
  const term: DoubleCondition = { kind: "double binary", operator: plain, left: a, right: b };
  return { width: "double", term: type.size === 4 ? { kind: "rounded", operand: term } : term };
}

/** A shift of a long by a constant; undefined for others. */
export function wideShift(
  operator: "<<" | ">>",
  type: Scalar,
  value: Term,
  count: Term,
): Term | undefined {
  if (value.width !== "long" || count.width !== "word" || count.term.kind !== "constant") {
    return undefined;
  }
  const places = count.term.value;
  if (places < 0 || places > 63) return undefined;
  const shift = operator === "<<" ? "shl" : isSigned(type) ? "shrS" : "shrU";
  return {
    width: "long",
    term: { kind: "long shift", operator: shift, operand: value.term, places },
  };
}

/** One of two numbers of the same width. */
export function chosen(test: Condition, yes: Term, no: Term): Term | undefined {
  if (yes.width === "word" && no.width === "word") {
    return word({ kind: "choice", test, yes: yes.term, no: no.term });
  }
  if (yes.width === "long" && no.width === "long") {
    return { width: "long", term: { kind: "long choice", test, yes: yes.term, no: no.term } };
  }
  if (yes.width !== "double" || no.width !== "double") return undefined;
  return { width: "double", term: { kind: "double choice", test, yes: yes.term, no: no.term } };
}
