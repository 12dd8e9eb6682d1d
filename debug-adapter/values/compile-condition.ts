/**
 * Conditions as the machine's own: an expression over integers and pointers of at most 32 bits, in registers or at places that are fixed
 * where the breakpoint is, comes to the same number there as `Evaluator` finds in a frame that stands there; or it has no
 * answer, and then `Evaluator` is asked. What is beyond that (floating types, 64 bits, what is spread over several places) isn't compiled.
 */
import type { Condition } from "#emulator";
import {
  type DebugInfo,
  type Member,
  type Place,
  stripped,
  type Type,
} from "../dwarf/debug-info.ts";
import {
  commonType,
  INT,
  isFloating,
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
  narrowed,
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
    const { term } = new ConditionCompiler(site, frame, evaluator).operand(expression);
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

/** An object: in memory at an address, or as the low bytes of a word. */
interface CompiledValue {
  readonly type: Type;
  readonly place: "memory" | "word";
  readonly term: Condition;
  /** Of a bit field: its bits from the lowest of the byte at the address on. */
  readonly bits?: Member["bits"];
}

/** A number of 32 bits or less, extended by its type. */
interface CompiledOperand {
  readonly type: Scalar;
  /** A bit field is promoted by how many it has. */
  readonly bitCount?: number;
  readonly term: Condition;
}

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

  #value(node: Expression): CompiledValue {
    switch (node.kind) {
      case "literal":
        if (typeof node.value === "number") throw new NotCompiled();
        return { type: node.type, place: "word", term: constantOf(node.value) };
      case "name":
        return this.#name(node);
      case "register":
        return this.#register(node);
      case "unary":
        return this.#unary(node);
      case "binary":
        return computed(
          this.#combined(node.operator, this.operand(node.left), this.operand(node.right)),
        );
      case "logical": {
        const kind = node.operator === "&&" ? "and" : "or";
        const [left, right] = [this.operand(node.left).term, this.operand(node.right).term];
        return computed({ type: INT, term: { kind, left, right } });
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

  #read({ type, place, term, bits }: CompiledValue): CompiledOperand {
    const plain = stripped(type);
    if (plain.kind === "array" || plain.kind === "function") {
      if (place !== "memory") throw new NotCompiled();
      return { type: pointerTo(plain.kind === "array" ? plain.element : type), term };
    }
    const scalar = this.#scalar(type);
    if (bits !== undefined) {
      const field = fieldAt(term, bits, isSigned(scalar));
      if (field === undefined) throw new NotCompiled();
      return { type: scalar, bitCount: bits.size, term: field };
    }
    if (place === "word") return { type: scalar, term: narrowed(scalar, term) };
    const bytes = scalar.size as 1 | 2 | 4;
    return {
      type: scalar,
      term: { kind: "load", bytes, isSigned: isSigned(scalar), address: term },
    };
  }

  #scalar(type: Type): Scalar {
    const scalar = scalarOf(type);
    if (scalar === undefined || isFloating(scalar)) throw new NotCompiled();
    if (scalar.size !== 1 && scalar.size !== 2 && scalar.size !== 4) throw new NotCompiled();
    return scalar;
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
        const { type, place, term, bits } = this.#value(operand);
        if (place !== "memory" || bits !== undefined) throw new NotCompiled();
        return computed({ type: pointerTo(type), term });
      }
      case "*": {
        const value = this.#value(operand);
        return stripped(value.type).kind === "function" ? value : this.#target(this.#read(value));
      }
      case "!":
        return computed({ type: INT, term: binary("eq", this.operand(operand).term, ZERO) });
      default: {
        const { type, term } = promote(this.operand(operand));
        if (operator === "+") return computed({ type, term });
        const result = operator === "-" ? binary("sub", ZERO, term) : binary("xor", term, ALL_ONES);
        return computed({ type, term: result });
      }
    }
  }

  #target({ type, term }: CompiledOperand): CompiledValue {
    if (type.kind !== "pointer") throw new NotCompiled();
    return { type: type.target, place: "memory", term };
  }

  #cast({ type: name, operand }: Node<"cast">): CompiledValue {
    const type = this.#scalar(typeOfName(name, debugOf(this.#frame)));
    const { term } = this.operand(operand);
    const isBoolean = type.kind === "base" && type.encoding === "boolean";
    return computed({ type, term: isBoolean ? binary("ne", term, ZERO) : narrowed(type, term) });
  }

  #conditional({ condition, then, otherwise }: Node<"conditional">): CompiledValue {
    const test = this.operand(condition).term;
    const [yes, no] = [this.operand(then), this.operand(otherwise)];
    // Which of two pointer types it has depends on which is chosen.
    if (yes.type.kind === "pointer" || no.type.kind === "pointer") throw new NotCompiled();
    const type = commonType(promote(yes).type, promote(no).type);
    return computed({ type, term: { kind: "choice", test, yes: yes.term, no: no.term } });
  }

  #member({ object, isArrow, member: name }: Node<"member">): CompiledValue {
    const value = this.#value(object);
    const whole = isArrow ? this.#target(this.#read(value)) : value;
    const plain = stripped(whole.type);
    if (plain.kind !== "struct" && plain.kind !== "union") throw new NotCompiled();
    const member = membersOf(plain).find((candidate) => candidate.name === name);
    if (member === undefined || whole.place !== "memory") throw new NotCompiled();
    const { type, offset, bits } = member;
    const term = added(whole.term, offset);
    return { type, place: "memory", term, bits };
  }

  #index({ array, index }: Node<"index">): CompiledValue {
    const base = this.operand(array);
    const sum = this.#combined("+", base, this.operand(index));
    return this.#target(sum);
  }

  #combined(
    operator: BinaryOperator,
    left: CompiledOperand,
    right: CompiledOperand,
  ): CompiledOperand {
    const hasPointer = left.type.kind === "pointer" || right.type.kind === "pointer";
    if (hasPointer && (operator === "+" || operator === "-")) {
      return this.#pointerSum(operator, left, right);
    }
    if (hasPointer) {
      // Addresses have no sign.
      const compared = comparison(operator, left.term, right.term, false);
      if (compared !== undefined) return { type: INT, term: compared };
    }
    const [a, b] = [promote(left), promote(right)];
    if (operator === "<<" || operator === ">>") {
      const shift = operator === "<<" ? "shl" : isSigned(a.type) ? "shrS" : "shrU";
      return { type: a.type, term: binary(shift, a.term, b.term) };
    }
    const type = commonType(a.type, b.type);
    const compared = comparison(operator, a.term, b.term, isSigned(type));
    if (compared !== undefined) return { type: INT, term: compared };
    const plain = arithmetic(operator, isSigned(type));
    if (plain === undefined) throw new NotCompiled();
    return { type, term: binary(plain, a.term, b.term) };
  }

  /** As `pointerSum` of the evaluator: it counts in elements. */
  #pointerSum(operator: "+" | "-", left: CompiledOperand, right: CompiledOperand): CompiledOperand {
    const [pointer, other] = left.type.kind === "pointer" ? [left, right] : [right, left];
    const size = constantOf(BigInt(this.#elementSize(pointer.type)));
    if (other.type.kind === "pointer") {
      return { type: INT, term: binary("divS", binary("sub", left.term, right.term), size) };
    }
    const distance = binary("mul", promote(other).term, size);
    const term = binary(operator === "+" ? "add" : "sub", pointer.term, distance);
    return { type: pointer.type, term };
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

const computed = ({ type, term }: CompiledOperand): CompiledValue => ({
  type,
  place: "word",
  term,
});

/** As `promote` of the evaluator: what is narrower is an int already, and a pointer counts as the number that it is. */
function promote({ type, term, bitCount }: CompiledOperand) {
  const to = promoted(type, bitCount);
  return { type: to.kind === "pointer" ? UNSIGNED_LONG : to, term };
}
