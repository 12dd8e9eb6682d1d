/** C's operators on values that were read (C11 §6.5.5 to §6.5.14). A string that is returned says why they have no result. */
import { type BaseType, stripped, type Type, typeName } from "../dwarf/debug-info.ts";
import {
  commonType,
  convert,
  INT,
  isFloating,
  type Operand,
  promoted,
  type Scalar,
  UNSIGNED_LONG,
} from "./c-types.ts";
import type { BinaryOperator } from "./syntax.ts";

/** An operand of a bit field knows how many bits it has, which decides its promotion. */
export interface ReadOperand extends Operand {
  readonly bitCount?: number;
}

export const TRUE: Operand = { type: INT, value: 1n };
export const FALSE: Operand = { type: INT, value: 0n };

export function isTrue({ value }: Operand): boolean {
  return value !== 0n && value !== 0;
}

/** The operand after the integer promotions. A pointer counts as the number that it is. */
export function promote({ type, value, bitCount }: ReadOperand): Operand & { type: BaseType } {
  const to = promoted(type, bitCount);
  if (to.kind === "pointer") return { type: UNSIGNED_LONG, value };
  return { type: to, value: convert(to, value) };
}

/** What applies `+`, `-` or `~` to a number, or a sentence that says why it can't be done. */
export function unaryOperation(operator: "+" | "-" | "~", operand: ReadOperand): Operand | string {
  const { type, value } = promote(operand);
  if (operator === "+") return { type, value };
  if (typeof value === "number") {
    return operator === "-" ? { type, value: -value } : "'~' needs an integer";
  }
  return { type, value: convert(type, operator === "-" ? -value : ~value) };
}

/** The result of a binary operator on numbers and pointers. `sizeOf` is undefined for incomplete types. */
export function combine(
  operator: BinaryOperator,
  left: ReadOperand,
  right: ReadOperand,
  sizeOf: (type: Type) => number | undefined,
): Operand | string {
  if (left.type.kind !== "pointer" && right.type.kind !== "pointer") {
    return numbersCombined(operator, left, right);
  }
  if (operator === "+" || operator === "-") return pointerSum(operator, left, right, sizeOf);
  if (isFloating(left.type) || isFloating(right.type) || operator === "*" || operator === "/") {
    return `'${operator}' can't be applied to a pointer`;
  }
  // Two pointers compare as addresses, without a sign; so does a pointer with a number.
  const address = ({ value }: Operand) => BigInt.asUintN(32, value as bigint);
  const compared = comparison(operator, address(left), address(right));
  if (compared !== undefined) return compared ? TRUE : FALSE;
  // C has no bits of pointers, but `$sp & ~15` says what it means.
  return numbersCombined(operator, left, right);
}

/** Pointer arithmetic counts in elements (C11 §6.5.6). */
function pointerSum(
  operator: "+" | "-",
  left: ReadOperand,
  right: ReadOperand,
  sizeOf: (type: Type) => number | undefined,
): Operand | string {
  const [pointer, other] = left.type.kind === "pointer" ? [left, right] : [right, left];
  const size = elementSize(pointer.type, sizeOf);
  if (typeof size === "string") return size;
  const address = pointer.value as bigint;
  if (other.type.kind === "pointer") {
    if (operator === "+") return "two pointers can't be added";
    if (elementSize(other.type, sizeOf) !== size) {
      return "pointers to types of different sizes have no difference";
    }
    const distance = BigInt.asIntN(32, address - (other.value as bigint));
    return { type: INT, value: distance / size };
  }
  const { value: count } = promote(other);
  if (typeof count === "number") return `'${operator}' of a pointer needs an integer`;
  if (operator === "-" && pointer !== left) return "a pointer can't be subtracted from a number";
  const sum = operator === "+" ? address + count * size : address - count * size;
  return { type: pointer.type, value: BigInt.asUintN(32, sum) };
}

/** As GNU C has it, void and functions count as bytes. Elements of size 0 can't be counted. */
function elementSize(pointer: Scalar, sizeOf: (type: Type) => number | undefined): bigint | string {
  const target = pointer.kind === "pointer" ? pointer.target : pointer;
  const { kind } = stripped(target);
  if (kind === "void" || kind === "function") return 1n;
  const size = sizeOf(target);
  return size ? BigInt(size) : `${typeName(target)} has no known size to count in`;
}

function numbersCombined(
  operator: BinaryOperator,
  left: ReadOperand,
  right: ReadOperand,
): Operand | string {
  const a = promote(left);
  const b = promote(right);
  if (operator === "<<" || operator === ">>") return shift(operator, a, b);
  const type = commonType(a.type, b.type);
  const x = convert(type, a.value);
  const y = convert(type, b.value);
  const compared = comparison(operator, x, y);
  if (compared !== undefined) return compared ? TRUE : FALSE;
  if (typeof x === "number" || typeof y === "number") {
    return floatOperation(operator, type, Number(x), Number(y));
  }
  const result = integerOperation(operator, x, y);
  return typeof result === "string" ? result : { type, value: convert(type, result) };
}

/** Beyond these counts the machine and the compiler may disagree, so C leaves it undefined (C11 §6.5.7). */
function shift(operator: "<<" | ">>", { type, value }: Operand, count: Operand): Operand | string {
  if (isFloating(type) || typeof value === "number" || typeof count.value === "number") {
    return `'${operator}' needs integers`;
  }
  const bitCount = type.size * 8;
  if (count.value < 0n || count.value >= bitCount) {
    return `a shift by ${count.value} is undefined in C: it must be from 0 to ${bitCount - 1}`;
  }
  return {
    type,
    value: convert(type, operator === "<<" ? value << count.value : value >> count.value),
  };
}

/** Undefined if `operator` is no comparison. */
export function comparison<T extends bigint | number>(
  operator: BinaryOperator,
  left: T,
  right: T,
): boolean | undefined {
  switch (operator) {
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    default:
      return undefined;
  }
}

function floatOperation(
  operator: BinaryOperator,
  type: BaseType,
  left: number,
  right: number,
): Operand | string {
  // Rounding a double's result to float gives what float arithmetic gives, for these four operations.
  const of = (value: number) => ({ type, value: convert(type, value) });
  switch (operator) {
    case "+":
      return of(left + right);
    case "-":
      return of(left - right);
    case "*":
      return of(left * right);
    case "/":
      return of(left / right);
    default:
      return `'${operator}' needs integers`;
  }
}

function integerOperation(operator: BinaryOperator, left: bigint, right: bigint): bigint | string {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? "division by zero" : left / right;
    case "%":
      return right === 0n ? "division by zero" : left % right;
    case "&":
      return left & right;
    case "^":
      return left ^ right;
    case "|":
      return left | right;
    default:
      return `'${operator}' isn't an operation on integers`;
  }
}
