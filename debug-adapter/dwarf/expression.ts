/**
 * DWARF expressions (DWARF5 §2.5) and the places that they describe (§2.6). An expression that can't be evaluated gives an
 * `unavailable` place with the reason; nothing is thrown. A long file: most of it is one switch over the operations.
 */
import { OP } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import { indexedAddress } from "./forms.ts";
import type { Unit } from "./info.ts";
import { DwarfDataError } from "./problems.ts";
import {
  ArithmeticError,
  binary,
  convert,
  generic,
  type StackValue,
  toAddress,
  typed,
  unary,
  type ValueType,
} from "./stack-values.ts";

/** Where an object is, or what it is if it is nowhere. */
export type Place = SimplePlace | { readonly kind: "pieces"; readonly pieces: readonly Piece[] };

export type SimplePlace =
  | { readonly kind: "memory"; readonly address: number }
  /** 0 to 31 are x-registers, 32 to 63 f-registers (psABI, DWARF Register Numbers). */
  | { readonly kind: "register"; readonly register: number }
  /** The object is nowhere, but this is its value; its low bits as two's complement, or a float's bits. */
  | { readonly kind: "value"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** `reason` completes the sentence "it is ...". */
  | { readonly kind: "unavailable"; readonly reason: string };

/** The next `bitSize` bits of an object; they are the bits from `bitOffset` on of what is at `place`. */
export interface Piece {
  readonly place: SimplePlace;
  readonly bitSize: number;
  readonly bitOffset: number;
}

/** The frame and the unit that an expression is evaluated for. Whatever isn't known is `undefined`. */
export interface ExpressionContext {
  readonly unit: Unit | undefined;
  readRegister(register: number): number | bigint | undefined;
  readMemory(address: number, size: number): Uint8Array | undefined;
  /** The value of the function's frame base, or a reason why there is none. */
  frameBase(): number | string;
  cfa(): number | undefined;
  /** What the expression had as its value when the function was entered, or a reason why that isn't known. */
  entryValue(expression: Uint8Array): StackValue | string;
  /** The expression of the entry at an offset of .debug_info, for DW_OP_call. */
  procedure(offset: number): Uint8Array | undefined;
  /** The base type at an offset of .debug_info. */
  baseType(offset: number): ValueType | undefined;
}

/** Real expressions have a dozen operations; more means a loop without end (DWARF5 §2.5.1.5, DW_OP_bra). */
const STEP_COUNT_MAX = 10_000;
const STACK_SIZE_MAX = 256;
const CALL_DEPTH_MAX = 8;

/** The place that a location expression describes. */
export function evaluatePlace(bytes: Uint8Array, context: ExpressionContext): Place {
  return attempt(() => new Evaluator(context, []).place(bytes));
}

/** The value that an expression computes, on top of `initial`: for call frame information and call sites. A string is a reason. */
export function evaluateValue(
  bytes: Uint8Array,
  context: ExpressionContext,
  initial: readonly StackValue[] = [],
): StackValue | string {
  let value: StackValue | undefined;
  const result = attempt(() => {
    value = new Evaluator(context, [...initial]).value(bytes);
    return { kind: "value", value: value.value };
  });
  return value ?? (result.kind === "unavailable" ? result.reason : "without a value");
}

/** Ends an evaluation; the message is the reason. */
class Unavailable extends Error {}

function attempt(evaluate: () => Place): Place {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof Unavailable || error instanceof ArithmeticError) {
      return { kind: "unavailable", reason: error.message };
    }
    if (error instanceof DwarfDataError) {
      return { kind: "unavailable", reason: `described by malformed data: ${error.message}` };
    }
    throw error;
  }
}

class Evaluator {
  readonly #context: ExpressionContext;
  readonly #stack: StackValue[];
  readonly #pieces: Piece[] = [];
  /** Set by an operation that says what the object is; otherwise the top of the stack is its address. */
  #described: SimplePlace | undefined;
  #stepCount = 0;
  #callDepth = 0;

  constructor(context: ExpressionContext, initial: StackValue[]) {
    this.#context = context;
    this.#stack = initial;
  }

  place(bytes: Uint8Array): Place {
    this.#run(bytes);
    if (this.#pieces.length > 0) return { kind: "pieces", pieces: this.#pieces };
    return this.#takeDescription();
  }

  value(bytes: Uint8Array): StackValue {
    this.#run(bytes);
    const described = this.#described;
    if (described?.kind === "register") return generic(this.#register(described.register));
    if (described?.kind === "value") return generic(described.value);
    return this.#pop();
  }

  #run(bytes: Uint8Array): void {
    const cursor = new Cursor("an expression", bytes);
    while (!cursor.isAtEnd) {
      if (++this.#stepCount > STEP_COUNT_MAX) {
        throw new Unavailable("described by an expression that doesn't end");
      }
      const operation = cursor.u8();
      this.#ranged(operation, cursor) ||
        this.#constant(operation, cursor) ||
        this.#stackOperation(operation, cursor) ||
        this.#arithmetic(operation, cursor) ||
        this.#control(operation, cursor) ||
        this.#frame(operation, cursor) ||
        this.#typed(operation, cursor) ||
        this.#description(operation, cursor) ||
        unsupported(operation);
    }
  }

  // Each of the following executes `operation` if it is one of its kind, and returns whether it was.

  #ranged(operation: number, cursor: Cursor): boolean {
    if (operation >= OP.lit0 && operation < OP.reg0) this.#push(operation - OP.lit0);
    else if (operation >= OP.reg0 && operation < OP.breg0) {
      this.#described = { kind: "register", register: operation - OP.reg0 };
    } else if (operation >= OP.breg0 && operation < OP.regx) {
      this.#push(this.#register(operation - OP.breg0) + cursor.slebBig(), true);
    } else return false;
    return true;
  }

  /** DWARF5 §2.5.1.1, Literal Encodings. */
  #constant(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.addr:
      case OP.const4u:
        this.#push(cursor.u32());
        return true;
      case OP.const1u:
        this.#push(cursor.u8());
        return true;
      case OP.const1s:
        this.#push(cursor.i8());
        return true;
      case OP.const2u:
        this.#push(cursor.u16());
        return true;
      case OP.const2s:
        this.#push((cursor.u16() << 16) >> 16);
        return true;
      case OP.const4s:
        this.#push(cursor.i32());
        return true;
      case OP.const8u:
        this.#push(cursor.u64());
        return true;
      case OP.const8s:
        this.#push(BigInt.asIntN(64, cursor.u64()));
        return true;
      case OP.constu:
        this.#push(cursor.ulebBig());
        return true;
      case OP.consts:
        this.#push(cursor.slebBig());
        return true;
      case OP.addrx:
      case OP.constx:
      case OP.GNU_addr_index:
      case OP.GNU_const_index:
        this.#push(indexedAddress(this.#unit(), cursor.uleb()));
        return true;
      default:
        return false;
    }
  }

  /** DWARF5 §2.5.1.3, Stack Operations. */
  #stackOperation(operation: number, cursor: Cursor): boolean {
    const stack = this.#stack;
    switch (operation) {
      case OP.dup:
        this.#pushValue(this.#peek(0));
        return true;
      case OP.drop:
        this.#pop();
        return true;
      case OP.over:
        this.#pushValue(this.#peek(1));
        return true;
      case OP.pick:
        this.#pushValue(this.#peek(cursor.u8()));
        return true;
      case OP.swap:
        this.#peek(1);
        stack.push(...stack.splice(-2).reverse());
        return true;
      case OP.rot: {
        this.#peek(2);
        const top = stack.pop()!;
        stack.splice(-2, 0, top);
        return true;
      }
      case OP.deref:
        this.#push(this.#memory(toAddress(this.#pop()), 4));
        return true;
      case OP.deref_size:
        this.#push(this.#memory(toAddress(this.#pop()), cursor.u8()));
        return true;
      case OP.call_frame_cfa: {
        const cfa = this.#context.cfa();
        if (cfa === undefined) {
          throw new Unavailable("unknown, because there is no call frame information here");
        }
        this.#push(cfa);
        return true;
      }
      default:
        return false;
    }
  }

  /** DWARF5 §2.5.1.4, Arithmetic and Logical Operations, and the comparisons of §2.5.1.5. */
  #arithmetic(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.abs:
      case OP.neg:
      case OP.not:
        this.#pushValue(unary(operation, this.#pop()));
        return true;
      case OP.plus_uconst: {
        const operand = this.#pop();
        this.#pushValue(typed(operand.value + cursor.ulebBig(), operand.type));
        return true;
      }
      case OP.and:
      case OP.div:
      case OP.minus:
      case OP.mod:
      case OP.mul:
      case OP.or:
      case OP.plus:
      case OP.shl:
      case OP.shr:
      case OP.shra:
      case OP.xor:
      case OP.eq:
      case OP.ge:
      case OP.gt:
      case OP.le:
      case OP.lt:
      case OP.ne: {
        const right = this.#pop();
        const left = this.#pop();
        this.#pushValue(binary(operation, left, right));
        return true;
      }
      default:
        return false;
    }
  }

  /** DWARF5 §2.5.1.5, Control Flow Operations, and §2.5.1.6, which has DW_OP_nop. */
  #control(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.nop:
      case OP.GNU_uninit:
        return true;
      case OP.skip:
      case OP.bra: {
        const distance = (cursor.u16() << 16) >> 16;
        const isTaken = operation === OP.skip || this.#pop().value !== 0n;
        if (isTaken) {
          const target = cursor.position + distance;
          if (target < 0 || target > cursor.end) {
            throw new DwarfDataError("a branch leaves the expression");
          }
          cursor.position = target;
        }
        return true;
      }
      case OP.call2:
        this.#call(this.#unit().offset + cursor.u16());
        return true;
      case OP.call4:
        this.#call(this.#unit().offset + cursor.u32());
        return true;
      case OP.call_ref:
        this.#call(cursor.unsigned(this.#unit().offsetSize));
        return true;
      default:
        return false;
    }
  }

  #call(offset: number): void {
    const bytes = this.#context.procedure(offset);
    // An entry without a location is a call without effect.
    if (!bytes) return;
    if (this.#callDepth >= CALL_DEPTH_MAX) {
      throw new Unavailable("described by expressions that call each other without end");
    }
    this.#callDepth++;
    this.#run(bytes);
    this.#callDepth--;
  }

  /** DWARF5 §2.5.1.2, Register Values, and entry values (§2.5.1.7). */
  #frame(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.fbreg: {
        const base = this.#context.frameBase();
        if (typeof base === "string") throw new Unavailable(base);
        this.#push(BigInt(base) + cursor.slebBig(), true);
        return true;
      }
      case OP.bregx: {
        const register = cursor.uleb();
        this.#push(this.#register(register) + cursor.slebBig(), true);
        return true;
      }
      case OP.entry_value:
      case OP.GNU_entry_value: {
        const value = this.#context.entryValue(cursor.take(cursor.uleb()));
        if (typeof value === "string") throw new Unavailable(value);
        this.#pushValue(value);
        return true;
      }
      case OP.push_object_address:
        throw new Unavailable("described relative to another object");
      case OP.form_tls_address:
      case OP.GNU_push_tls_address:
        throw new Unavailable("thread-local, and this machine has no thread-local storage");
      default:
        return false;
    }
  }

  /** Operations with a base type (DWARF5 §2.5.1.1 to §2.5.1.6). */
  #typed(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.const_type:
      case OP.GNU_const_type: {
        const type = this.#baseType(cursor.uleb());
        this.#pushValue(typed(littleEndian(cursor.take(cursor.u8())), type));
        return true;
      }
      case OP.regval_type:
      case OP.GNU_regval_type: {
        const register = cursor.uleb();
        const type = this.#baseType(cursor.uleb());
        this.#pushValue(typed(this.#register(register), type));
        return true;
      }
      case OP.deref_type:
      case OP.GNU_deref_type: {
        const size = cursor.u8();
        const type = this.#baseType(cursor.uleb());
        this.#pushValue(typed(this.#memory(toAddress(this.#pop()), size), type));
        return true;
      }
      case OP.convert:
      case OP.GNU_convert:
        this.#pushValue(convert(this.#pop(), this.#baseType(cursor.uleb())));
        return true;
      case OP.reinterpret:
      case OP.GNU_reinterpret:
        this.#pushValue(typed(this.#pop().value, this.#baseType(cursor.uleb())));
        return true;
      default:
        return false;
    }
  }

  /** DWARF5 §2.6.1, Single Location Descriptions. */
  #description(operation: number, cursor: Cursor): boolean {
    switch (operation) {
      case OP.regx:
        this.#described = { kind: "register", register: cursor.uleb() };
        return true;
      case OP.stack_value:
        this.#described = { kind: "value", value: this.#pop().value };
        return true;
      case OP.implicit_value:
        this.#described = { kind: "bytes", bytes: cursor.take(cursor.uleb()) };
        return true;
      case OP.implicit_pointer:
      case OP.GNU_implicit_pointer:
        cursor.skip(this.#unit().offsetSize);
        cursor.slebBig();
        this.#described = {
          kind: "unavailable",
          reason: "a pointer to an object that was optimised away",
        };
        return true;
      case OP.GNU_parameter_ref:
        throw new Unavailable("known only from a parameter of the caller that was optimised away");
      case OP.piece: {
        const bitSize = cursor.uleb() * 8;
        this.#pieces.push({ place: this.#takeDescription(), bitSize, bitOffset: 0 });
        return true;
      }
      case OP.bit_piece: {
        const bitSize = cursor.uleb();
        const bitOffset = cursor.uleb();
        this.#pieces.push({ place: this.#takeDescription(), bitSize, bitOffset });
        return true;
      }
      default:
        return false;
    }
  }

  /** What the operations since the last piece describe; nothing at all is a part that was optimised away (DWARF5 §2.6.1.1.4). */
  #takeDescription(): SimplePlace {
    const described = this.#described;
    this.#described = undefined;
    if (described) return described;
    const top = this.#stack.pop();
    if (!top) return { kind: "unavailable", reason: "optimised away" };
    return { kind: "memory", address: toAddress(top) };
  }

  /** `wraps`: the result of an addition, which is of 32 bits. */
  #push(value: bigint | number, wraps = false): void {
    const whole = BigInt(value);
    this.#pushValue(generic(wraps ? BigInt.asUintN(32, whole) : whole));
  }

  #pushValue(value: StackValue): void {
    if (this.#stack.length >= STACK_SIZE_MAX) {
      throw new Unavailable("described by an expression that needs too much stack");
    }
    this.#stack.push(value);
  }

  #pop(): StackValue {
    const top = this.#peek(0);
    this.#stack.pop();
    return top;
  }

  #peek(depth: number): StackValue {
    const value = this.#stack.at(-1 - depth);
    if (!value) throw new DwarfDataError("an expression takes more from its stack than is there");
    return value;
  }

  #register(register: number): bigint {
    const value = this.#context.readRegister(register);
    if (value === undefined) {
      throw new Unavailable(`unknown, because register ${register} wasn't saved by its callees`);
    }
    return BigInt(value);
  }

  #memory(address: number, size: number): bigint {
    if (size < 1 || size > 16) throw new DwarfDataError(`a read of ${size} bytes`);
    const bytes = this.#context.readMemory(address, size);
    if (!bytes || bytes.length < size) {
      throw new Unavailable(`unreadable: there is no memory at 0x${address.toString(16)}`);
    }
    return littleEndian(bytes.subarray(0, size));
  }

  #baseType(offset: number): ValueType | undefined {
    return offset === 0 ? undefined : this.#context.baseType(this.#unit().offset + offset);
  }

  #unit(): Unit {
    const { unit } = this.#context;
    if (!unit) throw new DwarfDataError("an operation of call frame information needs a unit");
    return unit;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index]!);
  }
  return value;
}

function unsupported(operation: number): never {
  throw new Unavailable(
    `described by the operation 0x${operation.toString(16)}, which isn't supported`,
  );
}
