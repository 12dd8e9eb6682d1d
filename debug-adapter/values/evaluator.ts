/** What an expression means in a frame (C11 §6.5). A value isn't read before something needs its number, so `*p` is cheap and may be unreadable. */

import { ElfImage } from "#emulator";
import { DebugInfo, type StructType, stripped, type Type, typeName } from "../dwarf/debug-info.ts";
import {
  commonType,
  convert,
  INT,
  isFloating,
  type Operand,
  pointerTo,
  scalarOf,
  toBits,
  UNSIGNED,
} from "./c-types.ts";
import type { FrameAccess } from "./frame-access.ts";
import {
  lookUp,
  namesInScope,
  registerNames,
  registerValue,
  similarName,
} from "./names-in-scope.ts";
import {
  combine,
  FALSE,
  isTrue,
  promote,
  type ReadOperand,
  TRUE,
  unaryOperation,
} from "./operators.ts";
import { storeBytes, storeNumber, unwritableReason } from "./storing.ts";
import { elementValue, membersOf, memberThrough, memberValue, targetValue } from "./subobjects.ts";
import { type BinaryOperator, type Expression, ExpressionError } from "./syntax.ts";
import { typeOfName } from "./type-names.ts";
import { addressOf, byteSize, bytesOf, numberOf, reasonText, type Value } from "./value.ts";

type Node<K extends Expression["kind"]> = Extract<Expression, { readonly kind: K }>;

/** Knows C's own types and nothing else. */
export const NO_DEBUG_DATA = DebugInfo.fromElf(new ElfImage({ entry: 0, flags: 0 }, [], [], []));

export function debugOf(frame: FrameAccess): DebugInfo {
  return frame.debug ?? NO_DEBUG_DATA;
}

export class Evaluator {
  readonly #text: string;
  readonly #frame: FrameAccess;
  readonly #named: (name: string) => Value | undefined;
  /**
   * While set, only types matter, as in an operand of sizeof: nothing is read or stored, every number is taken for 0, and what depends on
   * numbers, such as a division by zero, is no error.
   */
  #isTypeOnly = false;

  /** `named` knows names beyond those in scope; it is asked first. */
  constructor(text: string, frame: FrameAccess, named?: (name: string) => Value | undefined) {
    this.#text = text;
    this.#frame = frame;
    this.#named = (name) => named?.(name) ?? lookUp(name, frame);
  }

  /** The value of `node`, or an `ExpressionError`. */
  value(node: Expression): Value {
    switch (node.kind) {
      case "literal":
        return computed(node);
      case "name":
        return this.#name(node);
      case "register":
        return this.#register(node);
      case "unary":
        return this.#unary(node);
      case "binary":
        return this.#binary(node);
      case "logical":
        return this.#logical(node);
      case "conditional":
        return this.#conditional(node);
      case "comma":
        this.value(node.left);
        return this.#rvalue(this.value(node.right), node.right);
      case "assign":
        return this.#assign(node);
      case "step":
        return this.#step(node);
      case "cast":
        return this.#cast(node);
      case "size of type":
        return this.#sizeOf(typeOfName(node.type, debugOf(this.#frame)), node);
      case "size of": {
        const operand = this.typeOnly(node.operand);
        if (operand.bits) throw this.#error(node, "a bit field has no size in bytes");
        return this.#sizeOf(operand.type, node);
      }
      case "member":
        return this.#member(node);
      case "index":
        return this.#index(node);
      case "call":
        this.typeOnly(node.callee);
        throw this.#error(node, "calling functions of the guest is not supported");
    }
  }

  /** The value of `node` as far as its type goes. */
  typeOnly(node: Expression): Value {
    const before = this.#isTypeOnly;
    this.#isTypeOnly = true;
    try {
      return this.value(node);
    } finally {
      this.#isTypeOnly = before;
    }
  }

  /** The number that `node` is: arrays and functions become pointers (C11 §6.3.2.1), and nothing else may be more than a number. */
  operand(node: Expression): ReadOperand {
    return this.#read(this.value(node), node);
  }

  #read(value: Value, node: Expression): ReadOperand {
    const type = stripped(value.type);
    if (type.kind === "array" || type.kind === "function") {
      const address = this.#isTypeOnly ? 0 : addressOf(value);
      if (typeof address === "string") throw this.#unreadable(node, address);
      const target = type.kind === "array" ? type.element : value.type;
      return { type: pointerTo(target), value: BigInt(address) };
    }
    const scalar = scalarOf(type);
    if (!scalar) {
      const name = type.kind === "void" ? "void" : typeName(value.type);
      throw this.#error(node, `'${this.#textOf(node)}' is of type ${name}, which isn't a number`);
    }
    const bitCount = value.bits?.size ?? scalar.size * 8;
    if (this.#isTypeOnly) return { type: scalar, value: isFloating(scalar) ? 0 : 0n, bitCount };
    const number = numberOf(value, this.#frame);
    if (typeof number === "string") throw this.#unreadable(node, number);
    return { type: scalar, value: number, bitCount };
  }

  /** What a comma gives is no object, so it can't be assigned to (C11 §6.5.17). */
  #rvalue(value: Value, node: Expression): Value {
    const { kind } = stripped(value.type);
    const isWhole = kind === "struct" || kind === "union" || kind === "void";
    return isWhole ? value : computed(this.#read(value, node));
  }

  #name(node: Node<"name">): Value {
    const value = this.#named(node.name);
    if (value) return value;
    const similar = similarName(node.name, namesInScope(this.#frame));
    const hint = similar === undefined ? "" : `; did you mean '${similar}'?`;
    throw this.#error(node, `there is no '${node.name}' in scope${hint}`);
  }

  #register(node: Node<"register">): Value {
    const value = registerValue(node.name, this.#frame);
    if (value) return value;
    const similar = similarName(node.name, registerNames());
    const hint = similar === undefined ? "" : `; did you mean '$${similar}'?`;
    throw this.#error(node, `there is no register '$${node.name}'${hint}`);
  }

  // Operators with one operand

  #unary({ operator, operand, ...node }: Node<"unary">): Value {
    switch (operator) {
      case "&":
        return this.#address(operand);
      case "*":
        return this.#target(this.value(operand), operand);
      case "!":
        return computed(isTrue(this.operand(operand)) ? FALSE : TRUE);
      default: {
        const number = this.operand(operand);
        if (number.type.kind === "pointer" && operator !== "~") {
          throw this.#error(operand, `'${operator}' can't be applied to a pointer`);
        }
        return computed(this.#checked(unaryOperation(operator, number), node));
      }
    }
  }

  #address(operand: Expression): Value {
    const value = this.value(operand);
    const address = addressOf(value);
    if (typeof address === "number") {
      return computed({ type: pointerTo(value.type), value: BigInt(address) });
    }
    if (this.#isTypeOnly && value.place.kind !== "value" && !value.bits) {
      return computed({ type: pointerTo(value.type), value: 0n });
    }
    throw this.#error(operand, `'${this.#textOf(operand)}' is ${reasonText(address)}`);
  }

  #target(pointer: Value, node: Expression): Value {
    const plain = stripped(pointer.type);
    if (plain.kind === "function") return pointer;
    const { type, value } = this.#read(pointer, node);
    if (type.kind !== "pointer") {
      const text = this.#textOf(node);
      throw this.#error(node, `'${text}' is no pointer: cast it first, as in *(int *)${text}`);
    }
    if (stripped(type.target).kind === "void") {
      throw this.#error(
        node,
        `'${this.#textOf(node)}' is a void pointer: cast it to another first`,
      );
    }
    return targetValue({ ...pointer, name: this.#textOf(node) }, type.target, Number(value));
  }

  #cast({ type: name, operand }: Node<"cast">): Value {
    const type = typeOfName(name, debugOf(this.#frame));
    const plain = stripped(type);
    const value = this.value(operand);
    if (plain.kind === "void") return { type, place: { kind: "value", value: 0n } };
    const scalar = scalarOf(type);
    if (!scalar) {
      if (isSameStruct(plain, stripped(value.type))) return value;
      const hint = "a cast is to a number or a pointer";
      throw this.#error(name, `'${typeName(type)}' can't be cast to: ${hint}`);
    }
    const { type: from, value: number } = this.#read(value, operand);
    const isMixed =
      (scalar.kind === "pointer" && isFloating(from)) ||
      (from.kind === "pointer" && isFloating(scalar));
    if (isMixed) throw this.#error(name, "C has no cast between pointers and floating types");
    return { ...computed({ type: scalar, value: convert(scalar, number) }), type };
  }

  #sizeOf(type: Type, node: Expression): Value {
    const size = byteSize(type, this.#frame);
    if (size === undefined) throw this.#error(node, `${typeName(type)} has no known size`);
    return computed({ type: UNSIGNED, value: BigInt(size) });
  }

  // Operators with two operands

  #binary({ operator, at, left, right }: Node<"binary">): Value {
    return computed(this.#combined(operator, at, this.operand(left), this.operand(right)));
  }

  #combined(operator: BinaryOperator, at: number, left: ReadOperand, right: ReadOperand): Operand {
    // Where only types matter, numbers aren't known; 1 is right for each operator.
    const known = this.#isTypeOnly ? { ...right, value: isFloating(right.type) ? 1 : 1n } : right;
    const sizeOf = (type: Type) => byteSize(type, this.#frame);
    return this.#checked(combine(operator, left, known, sizeOf), { start: at });
  }

  #logical({ operator, left, right }: Node<"logical">): Value {
    const first = isTrue(this.operand(left));
    const isDecided = first === (operator === "||");
    // What isn't evaluated must still make sense.
    if (isDecided && !this.#isTypeOnly) {
      this.#typeOf(this.typeOnly(right), right);
      return computed(first ? TRUE : FALSE);
    }
    return computed(isTrue(this.operand(right)) ? TRUE : FALSE);
  }

  #conditional({ condition, then, otherwise, ...node }: Node<"conditional">): Value {
    const isThen = isTrue(this.operand(condition));
    const [chosen, other] = isThen ? [then, otherwise] : [otherwise, then];
    const otherValue = this.typeOnly(other);
    const value = this.value(chosen);
    const [left, right] = [stripped(value.type), stripped(otherValue.type)];
    if (left.kind === right.kind && (left.kind === "void" || isSameStruct(left, right))) {
      return value;
    }
    const operand = this.#read(value, chosen);
    const { type: otherType, bitCount } = this.#typeOf(otherValue, other);
    const isPointer = operand.type.kind === "pointer";
    if (!isPointer && otherType.kind !== "pointer") {
      const to = commonType(
        promote(operand).type,
        promote({ type: otherType, value: 0n, ...(bitCount !== undefined && { bitCount }) }).type,
      );
      return computed({ type: to, value: convert(to, operand.value) });
    }
    if (isFloating(operand.type) || isFloating(otherType)) {
      throw this.#error(node, "'?:' has a pointer and a floating value to choose from");
    }
    // A null pointer written as 0, or a void pointer, takes the type of the other (C11 §6.5.15).
    const isVague = !isPointer || isVoidPointer(operand.type);
    const type = isVague && otherType.kind === "pointer" ? otherType : operand.type;
    return computed({ type, value: convert(type, operand.value) });
  }

  #typeOf(value: Value, node: Expression): ReadOperand {
    const before = this.#isTypeOnly;
    this.#isTypeOnly = true;
    try {
      return this.#read(value, node);
    } finally {
      this.#isTypeOnly = before;
    }
  }

  // Parts of objects

  #member({ object, isArrow, member: name, memberAt }: Node<"member">): Value {
    const value = this.value(object);
    const plain = stripped(value.type);
    const text = this.#textOf(object);
    if (!isArrow) {
      if (plain.kind === "pointer") throw this.#error(object, `'${text}' is a pointer: use '->'`);
      const member = this.#memberNamed(plain, name, object, memberAt);
      return memberValue(value, member, this.#frame);
    }
    if (plain.kind === "struct" || plain.kind === "union") {
      throw this.#error(object, `'${text}' is a ${plain.kind}, not a pointer: use '.'`);
    }
    const pointer = this.#read(value, object);
    if (pointer.type.kind !== "pointer") throw this.#error(object, `'${text}' is no pointer`);
    const member = this.#memberNamed(stripped(pointer.type.target), name, object, memberAt);
    return memberThrough(value, Number(pointer.value), member, this.#frame);
  }

  #memberNamed(type: ReturnType<typeof stripped>, name: string, object: Expression, at: number) {
    if (type.kind !== "struct" && type.kind !== "union") {
      throw this.#error(object, `'${this.#textOf(object)}' has no members: it is no struct`);
    }
    const members = membersOf(type);
    const member = members.find((candidate) => candidate.name === name);
    if (member) return member;
    const what = typeName(type);
    if (type.isDeclaration) throw this.#error({ start: at }, `${what} is declared but not defined`);
    const names = members.map((candidate) => candidate.name);
    const similar = similarName(name, names);
    const hint = similar === undefined ? "" : `; did you mean '${similar}'?`;
    throw this.#error({ start: at }, `${what} has no member '${name}'${hint}`);
  }

  #index({ array, index }: Node<"index">): Value {
    const value = this.value(array);
    const plain = stripped(value.type);
    const count = this.operand(index);
    // An array that is in registers has elements too, although it can't become a pointer.
    if (
      plain.kind === "array" &&
      typeof count.value === "bigint" &&
      count.type.kind !== "pointer"
    ) {
      return elementValue(value, plain.element, Number(count.value), this.#frame);
    }
    const base = this.#read(value, array);
    const [, pointer] = base.type.kind === "pointer" ? [array, base] : [index, count];
    if (pointer.type.kind !== "pointer") {
      throw this.#error(array, `'${this.#textOf(array)}' is neither an array nor a pointer`);
    }
    const sum = this.#combined("+", index.start, base, count);
    return targetValue({ type: sum.type, place: NOWHERE }, pointer.type.target, Number(sum.value));
  }

  // Effects

  #assign({ operator, at, target, source, ...node }: Node<"assign">): Value {
    const destination = this.#writable(target);
    const plain = stripped(destination.type);
    if (plain.kind === "struct" || plain.kind === "union") {
      const value = this.value(source);
      if (operator || !isSameStruct(plain, stripped(value.type))) {
        const name = typeName(destination.type);
        throw this.#error(
          node,
          `only another ${name} can be assigned to '${this.#textOf(target)}'`,
        );
      }
      this.#copy(destination, value, target, source);
      return destination;
    }
    let operand = this.operand(source);
    if (operator) operand = this.#combined(operator, at, this.#read(destination, target), operand);
    this.#store(destination, operand, target);
    return destination;
  }

  #step({ by, isPrefix, operand, ...node }: Node<"step">): Value {
    const destination = this.#writable(operand);
    const before = this.#read(destination, operand);
    const one: Operand = { type: INT, value: BigInt(by) };
    const after = this.#combined("+", node.start, before, one);
    this.#store(destination, after, operand);
    return isPrefix ? destination : computed(before);
  }

  #writable(node: Expression): Value {
    const value = this.value(node);
    const { kind } = stripped(value.type);
    const text = this.#textOf(node);
    if (kind === "array" || kind === "function" || kind === "void") {
      throw this.#error(node, `'${text}' can't be changed: it is of type ${typeName(value.type)}`);
    }
    const reason = unwritableReason(value.place);
    if (reason === undefined) return value;
    throw this.#error(node, `'${text}' can't be changed: ${reason}`);
  }

  #store(destination: Value, operand: Operand, node: Expression): void {
    const type = scalarOf(destination.type);
    const text = this.#textOf(node);
    if (!type) throw this.#error(node, `'${text}' is of a type that can't be changed`);
    if (
      (type.kind === "pointer" && isFloating(operand.type)) ||
      (operand.type.kind === "pointer" && isFloating(type))
    ) {
      throw this.#error(node, "C has no conversion between pointers and floating types");
    }
    if (this.#isTypeOnly) return;
    const reason = storeNumber(destination, convert(type, operand.value), this.#frame);
    if (reason !== undefined) throw this.#error(node, `'${text}' can't be changed: ${reason}`);
  }

  #copy(destination: Value, source: Value, target: Expression, node: Expression): void {
    if (this.#isTypeOnly) return;
    const bytes = bytesOf(source, this.#frame);
    if (typeof bytes === "string") throw this.#unreadable(node, bytes);
    const reason = storeBytes(destination.place, bytes, this.#frame);
    if (reason === undefined) return;
    throw this.#error(target, `'${this.#textOf(target)}' can't be changed: ${reason}`);
  }

  // Messages

  #textOf({ start, end }: Expression): string {
    return this.#text.slice(start, end);
  }

  #unreadable(node: Expression, reason: string): ExpressionError {
    return this.#error(node, `'${this.#textOf(node)}' can't be read: ${reasonText(reason)}`);
  }

  #error({ start }: { readonly start: number }, message: string): ExpressionError {
    return new ExpressionError(start, message);
  }

  #checked(result: Operand | string, node: { readonly start: number }): Operand {
    if (typeof result !== "string") return result;
    throw this.#error(node, result);
  }
}

const NOWHERE = { kind: "value", value: 0n } as const;

/** A value that is only computed. */
function computed(operand: Operand): Value {
  return { type: operand.type, place: { kind: "value", value: toBits(operand) } };
}

function isSameStruct(
  left: ReturnType<typeof stripped>,
  right: ReturnType<typeof stripped>,
): left is StructType {
  if (left.kind !== "struct" && left.kind !== "union") return false;
  if (left === right) return true;
  if (right.kind !== left.kind || left.name === undefined) return false;
  return left.name === right.name && left.size === right.size;
}

function isVoidPointer(type: Operand["type"]): boolean {
  return type.kind === "pointer" && stripped(type.target).kind === "void";
}
