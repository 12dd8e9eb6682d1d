/**
 * Conditions as the machine's own: an expression over numbers and pointers, in registers or at places that are fixed
 * where the breakpoint is, comes to the same number there as `Evaluator` finds in a frame that stands there; or it has no
 * answer, and then `Evaluator` is asked. What is beyond that (long double, quotients of 64 bits, f-registers, what is spread over several places) isn't compiled.
 */
import type { Condition } from "#emulator";
import {
  type BaseType,
  type DebugInfo,
  type Member,
  type Place,
  stripped,
  type Type,
} from "../dwarf/debug-info.ts";
import {
  commonType,
  INT,
  isSigned,
  pointerTo,
  promoted,
  type Scalar,
  scalarOf,
  UNSIGNED_LONG,
} from "./c-types.ts";
import {
  ALL_ONES,
  added,
  arithmetic,
  binary,
  comparison,
  constantOf,
  contentOf,
  fieldAt,
  isShort,
  ZERO,
} from "./condition-terms.ts";
import { isTypeName } from "./evaluate.ts";
import { debugOf, Evaluator } from "./evaluator.ts";
import type { FrameAccess } from "./frame-access.ts";
import { fixedValueNamed, registerValue, variableNamed } from "./names-in-scope.ts";
import { parseExpression } from "./parser.ts";
import { membersOf } from "./subobjects.ts";
import { type BinaryOperator, type Expression, ExpressionError } from "./syntax.ts";
import { typeOfName } from "./type-names.ts";
import { byteSize, type ValuePlace } from "./value.ts";
import {
  chosen,
  convertTo,
  fromWord,
  literalOf,
  loaded,
  type Term,
  truthOf,
  wideArithmetic,
  wideComparison,
  wideShift,
  wideUnary,
  word,
} from "./wide-terms.ts";

/** Where a condition is evaluated: in every frame that stands at `pc`. */
export interface ConditionSite {
  readonly debug: DebugInfo | undefined;
  readonly pc: number;
  /** The code as it was built. */
  readCode(address: number, size: number): Uint8Array | undefined;
  symbolAddress(name: string): number | undefined;
  functionName(address: number): string | undefined;
}

/** Undefined for what isn't compiled, be it wrong or only beyond this. */
export function compileCondition(text: string, site: ConditionSite): Condition | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const frame = frameAt(site);
  try {
    const { expression, effectAt } = parseExpression(text, (name) => isTypeName(name, frame));
    if (effectAt !== undefined) return undefined;
    // What is wrong with types is found also in what a run may never come to.
    const evaluator = new Evaluator(text, frame);
    evaluator.typeOnly(expression);
    const value = new ConditionCompiler(site, frame, evaluator).operand(expression);
    const term = value.width === "word" ? value.term : truthOf(value, "ne");
    return isShort(term) ? term : undefined;
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof NotCompiled) return undefined;
    throw error;
  }
}

const LENGTH_MAX = 1000;

class NotCompiled extends Error {}

/** A frame of which only names and types are known. */
function frameAt({ debug, pc, symbolAddress, functionName }: ConditionSite): FrameAccess {
  return {
    debug,
    context: { pc, readRegister: () => undefined, readMemory: () => undefined },
    writeMemory: () => "it is not there",
    writeRegister: () => "it is not there",
    writeFloat: () => "it is not there",
    symbolAddress,
    functionName,
  };
}

/** An object: in memory at an address, or as the low bytes of a word; or what was computed. */
type CompiledValue =
  | {
      readonly type: Type;
      readonly place: "memory" | "word";
      readonly term: Condition;
      /** Of a bit field: its bits from the lowest of the byte at the address on. */
      readonly bits?: Member["bits"];
    }
  | { readonly type: Scalar; readonly place: "computed"; readonly operand: CompiledOperand };

/** A number; a word is extended by its type. A bit field is promoted by how many bits it has. */
type CompiledOperand = Term & { readonly type: Scalar; readonly bitCount?: number };
type WordOperand = Extract<CompiledOperand, { readonly width: "word" }>;

type Node<K extends Expression["kind"]> = Extract<Expression, { readonly kind: K }>;

class ConditionCompiler {
  readonly #site: ConditionSite;
  readonly #frame: FrameAccess;
  readonly #evaluator: Evaluator;

  constructor(site: ConditionSite, frame: FrameAccess, evaluator: Evaluator) {
    this.#site = site;
    this.#frame = frame;
    this.#evaluator = evaluator;
  }

  operand(node: Expression): CompiledOperand {
    return this.#read(this.#value(node));
  }

  #truth(node: Expression): Condition {
    const value = this.operand(node);
    return value.width === "word" ? value.term : truthOf(value, "ne");
  }

  #value(node: Expression): CompiledValue {
    switch (node.kind) {
      case "literal":
        return computed(node.type, literalOf(node.value, node.type));
      case "name":
        return this.#name(node);
      case "register":
        return this.#register(node);
      case "unary":
        return this.#unary(node);
      case "binary":
        return given(
          this.#combined(node.operator, this.operand(node.left), this.operand(node.right)),
        );
      case "logical": {
        const kind = node.operator === "&&" ? "and" : "or";
        const [left, right] = [this.#truth(node.left), this.#truth(node.right)];
        return computed(INT, word({ kind, left, right }));
      }
      case "conditional":
        return this.#conditional(node);
      case "cast":
        return this.#cast(node);
      case "size of type":
      case "size of":
        return this.#fixed(this.#evaluator.value(node));
      case "member":
        return this.#member(node);
      case "index":
        return this.#index(node);
      default:
        throw new NotCompiled();
    }
  }

  #read(value: CompiledValue): CompiledOperand {
    if (value.place === "computed") return value.operand;
    const { type, place, term, bits } = value;
    const plain = stripped(type);
    if (plain.kind === "array" || plain.kind === "function") {
      if (place !== "memory") throw new NotCompiled();
      return { type: pointerTo(plain.kind === "array" ? plain.element : type), ...word(term) };
    }
    const scalar = scalarType(type);
    if (bits !== undefined) {
      const field = scalar.size > 4 ? undefined : fieldAt(term, bits, isSigned(scalar));
      if (field === undefined) throw new NotCompiled();
      return { type: scalar, bitCount: bits.size, ...word(field) };
    }
    const found = place === "word" ? fromWord(scalar, term) : loaded(scalar, term);
    return { type: scalar, ...there(found) };
  }

  #name({ name }: Node<"name">): CompiledValue {
    const variable = variableNamed(name, this.#frame);
    if (variable === undefined) return this.#fixed(fixedValueNamed(name, this.#frame));
    const { debug, pc, readCode } = this.#site;
    const found = debug?.fixedPlace(variable.location, pc, readCode);
    if (found === undefined) throw new NotCompiled();
    const { register, offset } = found;
    const base = register === undefined ? ZERO : contentOf(register);
    const place = found.kind === "memory" ? "memory" : "word";
    return { type: variable.type, place, term: added(base, offset) };
  }

  #fixed(value: { readonly type: Type; readonly place: ValuePlace } | undefined): CompiledValue {
    if (value === undefined) throw new NotCompiled();
    const { type, place } = value;
    if (place.kind === "memory") return { type, place: "memory", term: constantOf(place.address) };
    if (place.kind === "value") return { type, place: "word", term: constantOf(place.value) };
    throw new NotCompiled();
  }

  #register({ name }: Node<"register">): CompiledValue {
    const value = registerValue(name, this.#frame);
    const place = value?.place as Place | { readonly kind: "pc" } | undefined;
    if (value === undefined || place === undefined) throw new NotCompiled();
    if (place.kind === "pc") {
      return { type: value.type, place: "word", term: constantOf(this.#site.pc) };
    }
    if (place.kind !== "register" || place.register > 31) throw new NotCompiled();
    return { type: value.type, place: "word", term: contentOf(place.register) };
  }

  #unary({ operator, operand }: Node<"unary">): CompiledValue {
    switch (operator) {
      case "&": {
        const value = this.#value(operand);
        if (value.place !== "memory" || value.bits !== undefined) throw new NotCompiled();
        return computed(pointerTo(value.type), word(value.term));
      }
      case "*": {
        const value = this.#value(operand);
        const isFunction = stripped(value.type).kind === "function";
        return isFunction ? value : this.#target(wordOf(this.#read(value)));
      }
      case "!":
        return computed(INT, word(this.#isZero(this.operand(operand))));
      default: {
        const value = promote(this.operand(operand));
        if (operator === "+") return given(value);
        if (value.width !== "word") return computed(value.type, wideUnary(operator, value));
        const { term } = value;
        const result = operator === "-" ? binary("sub", ZERO, term) : binary("xor", term, ALL_ONES);
        return computed(value.type, word(result));
      }
    }
  }

  #isZero(value: CompiledOperand): Condition {
    return value.width === "word" ? binary("eq", value.term, ZERO) : truthOf(value, "eq");
  }

  #target({ type, term }: WordOperand): CompiledValue {
    if (type.kind !== "pointer") throw new NotCompiled();
    return { type: type.target, place: "memory", term };
  }

  #cast({ type: name, operand }: Node<"cast">): CompiledValue {
    const type = scalarType(typeOfName(name, debugOf(this.#frame)));
    const value = this.operand(operand);
    return computed(type, convertTo(type, value.type, value));
  }

  #conditional({ condition, then, otherwise }: Node<"conditional">): CompiledValue {
    const test = this.#truth(condition);
    const [yes, no] = [this.operand(then), this.operand(otherwise)];
    // Which of two pointer types it has depends on which is chosen.
    if (yes.type.kind === "pointer" || no.type.kind === "pointer") throw new NotCompiled();
    const [a, b] = [promote(yes), promote(no)];
    const type = commonType(a.type, b.type);
    const [one, other] = [convertTo(type, a.type, a), convertTo(type, b.type, b)];
    return computed(type, chosen(test, there(one), there(other)));
  }

  #member({ object, isArrow, member: name }: Node<"member">): CompiledValue {
    const value = this.#value(object);
    const whole = isArrow ? this.#target(wordOf(this.#read(value))) : value;
    const plain = stripped(whole.type);
    if (plain.kind !== "struct" && plain.kind !== "union") throw new NotCompiled();
    const member = membersOf(plain).find((candidate) => candidate.name === name);
    if (member === undefined || whole.place !== "memory") throw new NotCompiled();
    const { type, offset, bits } = member;
    const term = added(whole.term, offset);
    return { type, place: "memory", term, bits };
  }

  #index({ array, index }: Node<"index">): CompiledValue {
    const sum = this.#combined("+", this.operand(array), this.operand(index));
    return this.#target(wordOf(sum));
  }

  #combined(
    operator: BinaryOperator,
    left: CompiledOperand,
    right: CompiledOperand,
  ): CompiledOperand {
    const hasPointer = left.type.kind === "pointer" || right.type.kind === "pointer";
    if (hasPointer && (operator === "+" || operator === "-")) {
      return this.#pointerSum(operator, wordOf(left), wordOf(right));
    }
    if (hasPointer) {
      // Addresses have no sign.
      const compared = comparison(operator, wordOf(left).term, wordOf(right).term, false);
      if (compared !== undefined) return { type: INT, ...word(compared) };
    }
    const [a, b] = [promote(left), promote(right)];
    if (operator === "<<" || operator === ">>") {
      if (a.width !== "word") return { type: a.type, ...there(wideShift(operator, a.type, a, b)) };
      const shift = operator === "<<" ? "shl" : isSigned(a.type) ? "shrS" : "shrU";
      return { type: a.type, ...word(binary(shift, a.term, wordOf(b).term)) };
    }
    const type = commonType(a.type, b.type);
    if (a.width === "word" && b.width === "word") {
      const compared = comparison(operator, a.term, b.term, isSigned(type));
      if (compared !== undefined) return { type: INT, ...word(compared) };
      const plain = arithmetic(operator, isSigned(type));
      if (plain === undefined) throw new NotCompiled();
      return { type, ...word(binary(plain, a.term, b.term)) };
    }
    const x = there(convertTo(type, a.type, a));
    const y = there(convertTo(type, b.type, b));
    const compared = wideComparison(operator, x, y, isSigned(type));
    if (compared !== undefined) return { type: INT, ...word(compared) };
    return { type, ...there(wideArithmetic(operator, type, x, y)) };
  }

  /** As `pointerSum` of the evaluator: it counts in elements. */
  #pointerSum(operator: "+" | "-", left: WordOperand, right: WordOperand): CompiledOperand {
    const [pointer, other] = left.type.kind === "pointer" ? [left, right] : [right, left];
    const size = constantOf(BigInt(this.#elementSize(pointer.type)));
    if (other.type.kind === "pointer") {
      const distance = binary("divS", binary("sub", left.term, right.term), size);
      return { type: INT, ...word(distance) };
    }
    const distance = binary("mul", other.term, size);
    const term = binary(operator === "+" ? "add" : "sub", pointer.term, distance);
    return { type: pointer.type, ...word(term) };
  }

  #elementSize(pointer: Scalar): number {
    const target = pointer.kind === "pointer" ? pointer.target : pointer;
    const { kind } = stripped(target);
    if (kind === "void" || kind === "function") return 1;
    const size = byteSize(target, this.#frame);
    if (!size || size >= 2 ** 31) throw new NotCompiled();
    return size;
  }
}

const given = (operand: CompiledOperand): CompiledValue => ({
  type: operand.type,
  place: "computed",
  operand,
});

/** A term may be an operand as it was, with the type that it had: `type` is what holds. */
const computed = (type: Scalar, term: Term | undefined): CompiledValue =>
  given({ ...there(term), type });

function there(term: Term | undefined): Term {
  if (term === undefined) throw new NotCompiled();
  return term;
}

function wordOf(operand: CompiledOperand): WordOperand {
  if (operand.width !== "word") throw new NotCompiled();
  return operand;
}

function scalarType(type: Type): Scalar {
  const scalar = scalarOf(type);
  if (scalar === undefined) throw new NotCompiled();
  return scalar;
}

/** As `promote` of the evaluator: what is narrower is an int already, and a pointer counts as the number that it is. */
function promote(operand: CompiledOperand): Term & { readonly type: BaseType } {
  const to = promoted(operand.type, operand.bitCount);
  const type = to.kind === "pointer" ? UNSIGNED_LONG : to;
  const { width, term } = operand;
  return { width, term, type } as Term & { readonly type: BaseType };
}
