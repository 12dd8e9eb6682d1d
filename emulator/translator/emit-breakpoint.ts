/**
 * Breakpoints as WebAssembly: what leaves before an instruction where one stops. A condition that has no answer leaves by the same way as one that
 * is true: the interpreter evaluates it again.
 */
import type { Breakpoint } from "../breakpoints.ts";
import type { Condition, ConditionOperator, DoubleCondition, LongCondition } from "../condition.ts";
import { asidTag, asidWord, LOOKASIDE_BASE } from "../memory/lookaside.ts";
import { RAM_BASE } from "../state-layout.ts";
import { type Code, F64, I32, I64, OP } from "./module-builder.ts";
import { BYTE, HALF, WORD } from "./operations.ts";

/** What the function around a breakpoint offers it. */
export interface BreakpointPlace {
  readonly code: Code;
  /** Puts a register's value on the stack. */
  readonly register: (x: number) => void;
  /** The label, from here, of a block without a result: it is left where the run stops. */
  readonly exit: number;
  /** Where the lookaside of loads lies, and the word that is other than 0 while no breakpoint stops. */
  readonly loads: number;
  readonly isMuted: number;
  /** The local with the word of whose address space it is, and two that are free. */
  readonly owner: number;
  readonly scratch: readonly [number, number];
}

export function emitBreakpoint({ asid, condition }: Breakpoint, place: BreakpointPlace): void {
  const { code, exit } = place;
  code.get(place.owner).const(asidWord(asid)).op(OP.i32Eq);
  code.const(0).memory(OP.i32Load, 2, place.isMuted).op(OP.i32Eqz).op(OP.i32And);
  if (condition === undefined) {
    code.op(OP.brIf).u32(exit);
    return;
  }
  code.begin(OP.if);
  new ConditionEmitter({ ...place, exit: exit + 1 }, asid).term(condition);
  code.op(OP.brIf).u32(exit + 1);
  code.op(OP.end);
}

const OPCODES: Readonly<Record<ConditionOperator, number>> = {
  add: OP.i32Add,
  sub: OP.i32Sub,
  mul: OP.i32Mul,
  divS: OP.i32DivS,
  divU: OP.i32DivU,
  remS: OP.i32RemS,
  remU: OP.i32RemU,
  and: OP.i32And,
  or: OP.i32Or,
  xor: OP.i32Xor,
  shl: OP.i32Shl,
  shrS: OP.i32ShrS,
  shrU: OP.i32ShrU,
  eq: OP.i32Eq,
  ne: OP.i32Ne,
  ltS: OP.i32LtS,
  ltU: OP.i32LtU,
  leS: OP.i32LeS,
  leU: OP.i32LeU,
};

const LONG_OPCODES = {
  add: OP.i64Add,
  sub: OP.i64Sub,
  mul: OP.i64Mul,
  and: OP.i64And,
  or: OP.i64Or,
  xor: OP.i64Xor,
  shl: OP.i64Shl,
  shrS: OP.i64ShrS,
  shrU: OP.i64ShrU,
  eq: OP.i64Eq,
  ne: OP.i64Ne,
  ltS: OP.i64LtS,
  ltU: OP.i64LtU,
  leS: OP.i64LeS,
  leU: OP.i64LeU,
};

const DOUBLE_OPCODES = {
  add: OP.f64Add,
  sub: OP.f64Sub,
  mul: OP.f64Mul,
  div: OP.f64Div,
  eq: OP.f64Eq,
  ne: OP.f64Ne,
  lt: OP.f64Lt,
  le: OP.f64Le,
};

interface Pair<Operand, Operator> {
  readonly operator: Operator;
  readonly left: Operand;
  readonly right: Operand;
}

class ConditionEmitter {
  readonly #place: BreakpointPlace;
  readonly #asid: number;
  /** Blocks that are open around what is emitted. */
  #depth = 0;

  constructor(place: BreakpointPlace, asid: number) {
    this.#place = place;
    this.#asid = asid;
  }

  term(condition: Condition): void {
    const { code } = this.#place;
    switch (condition.kind) {
      case "constant":
        code.const(condition.value);
        return;
      case "register":
        this.#place.register(condition.x);
        return;
      case "load":
        this.#load(condition);
        return;
      case "extend":
        this.term(condition.operand);
        if (!condition.isSigned) code.const(condition.bits === 8 ? 0xff : 0xffff).op(OP.i32And);
        else code.op(condition.bits === 8 ? OP.i32Extend8S : OP.i32Extend16S);
        return;
      case "binary":
        this.#binary(condition);
        return;
      case "and":
      case "or": {
        const decide = () => code.const(condition.kind === "or" ? 1 : 0);
        const evaluate = () => {
          this.term(condition.right);
          if (!isTruth(condition.right)) code.const(0).op(OP.i32Ne);
        };
        this.term(condition.left);
        if (condition.kind === "or") this.#choice(I32, decide, evaluate);
        else this.#choice(I32, evaluate, decide);
        return;
      }
      case "choice":
        this.term(condition.test);
        this.#choice(
          I32,
          () => this.term(condition.yes),
          () => this.term(condition.no),
        );
        return;
      case "low":
        this.#long(condition.operand);
        code.op(OP.i32WrapI64);
        return;
      case "compare longs":
        this.#longs(condition);
        return;
      case "compare doubles":
        this.#doubles(condition);
    }
  }

  #long(condition: LongCondition): void {
    const { code } = this.#place;
    switch (condition.kind) {
      case "long constant":
        code.long((BigInt(condition.high) << 32n) | BigInt(condition.low >>> 0));
        return;
      case "long load":
        this.#eightAt(condition.address);
        code.memory(OP.i64Load, 3, RAM_BASE);
        return;
      case "long of word":
        this.term(condition.operand);
        code.op(condition.isSigned ? OP.i64ExtendI32S : OP.i64ExtendI32U);
        return;
      case "long binary":
        this.#longs(condition);
        return;
      case "long shift":
        this.#long(condition.operand);
        code.long(BigInt(condition.places)).op(LONG_OPCODES[condition.operator]);
        return;
      case "long choice":
        this.term(condition.test);
        this.#choice(
          I64,
          () => this.#long(condition.yes),
          () => this.#long(condition.no),
        );
    }
  }

  /** An operation on two of them, or a comparison. */
  #longs({ operator, left, right }: Pair<LongCondition, keyof typeof LONG_OPCODES>): void {
    this.#long(left);
    this.#long(right);
    this.#place.code.op(LONG_OPCODES[operator]);
  }

  #doubles({ operator, left, right }: Pair<DoubleCondition, keyof typeof DOUBLE_OPCODES>): void {
    this.#double(left);
    this.#double(right);
    this.#place.code.op(DOUBLE_OPCODES[operator]);
  }

  #double(condition: DoubleCondition): void {
    const { code } = this.#place;
    switch (condition.kind) {
      case "double constant":
        code.long((BigInt(condition.high) << 32n) | BigInt(condition.low >>> 0));
        code.op(OP.f64ReinterpretI64);
        return;
      case "double load":
        this.#eightAt(condition.address);
        code.memory(OP.f64Load, 3, RAM_BASE);
        return;
      case "single load":
        this.term(condition.address);
        this.#lookUp(WORD);
        code.memory(OP.f32Load, 2, RAM_BASE).op(OP.f64PromoteF32);
        return;
      case "single of bits":
        this.term(condition.operand);
        code.op(OP.f32ReinterpretI32).op(OP.f64PromoteF32);
        return;
      case "double of word":
        this.term(condition.operand);
        code.op(condition.isSigned ? OP.f64ConvertI32S : OP.f64ConvertI32U);
        return;
      case "double of long":
        this.#long(condition.operand);
        code.op(condition.isSigned ? OP.f64ConvertI64S : OP.f64ConvertI64U);
        return;
      case "double binary":
        this.#doubles(condition);
        return;
      case "rounded":
        this.#double(condition.operand);
        code.op(OP.f32DemoteF64).op(OP.f64PromoteF32);
        return;
      case "double choice":
        this.term(condition.test);
        this.#choice(
          F64,
          () => this.#double(condition.yes),
          () => this.#double(condition.no),
        );
    }
  }

  #choice(type: number, then: () => void, otherwise: () => void): void {
    const { code } = this.#place;
    code.op(OP.if).byte(type);
    this.#depth += 1;
    then();
    code.op(OP.else);
    otherwise();
    code.op(OP.end);
    this.#depth -= 1;
  }

  #load({ address, bytes, isSigned }: Extract<Condition, { kind: "load" }>): void {
    const { code } = this.#place;
    this.term(address);
    this.#lookUp(bytes === 4 ? WORD : bytes === 2 ? HALF : BYTE);
    if (bytes === 4) code.memory(OP.i32Load, 2, RAM_BASE);
    else if (bytes === 2) code.memory(isSigned ? OP.i32Load16S : OP.i32Load16U, 1, RAM_BASE);
    else code.memory(isSigned ? OP.i32Load8S : OP.i32Load8U, 0, RAM_BASE);
  }

  /** Puts the address in RAM of 8 aligned bytes on the stack; whether they are aligned no tag tells, since its third bit is of the address space. */
  #eightAt(address: Condition): void {
    const { code, scratch } = this.#place;
    const [va] = scratch;
    this.term(address);
    code.tee(va).const(4).op(OP.i32And);
    this.#exitIf();
    code.get(va);
    this.#lookUp(WORD);
  }

  /** Makes the address on the stack one in RAM. */
  #lookUp(mask: number): void {
    const { code, loads, scratch } = this.#place;
    const [va, slot] = scratch;
    code.tee(va).const(8).op(OP.i32ShrU).const(0x3ff0).op(OP.i32And).tee(slot);
    code.memory(OP.i32Load, 2, loads);
    code.get(va).const(mask).op(OP.i32And).const(asidTag(this.#asid)).op(OP.i32Or).op(OP.i32Ne);
    this.#exitIf();
    code.get(slot).memory(OP.i32Load, 2, loads + LOOKASIDE_BASE);
    code.get(va).const(0xfff).op(OP.i32And).op(OP.i32Or);
  }

  #binary({ operator, left, right }: Extract<Condition, { kind: "binary" }>): void {
    const { code, scratch } = this.#place;
    const [divisor, dividend] = scratch;
    this.term(left);
    this.term(right);
    switch (operator) {
      case "shl":
      case "shrS":
      case "shrU":
        if (right.kind === "constant" && right.value >>> 0 < 32) break;
        code.tee(divisor).const(31).op(OP.i32GtU);
        this.#exitIf();
        code.get(divisor);
        break;
      case "divS":
        this.#nonZero(right, divisor);
        if (right.kind === "constant" && right.value !== -1) break;
        // The quotient of the least number and -1 would trap.
        code.set(divisor).set(dividend).get(divisor).const(-1).op(OP.i32Eq);
        this.#choice(
          I32,
          () => code.const(0).get(dividend).op(OP.i32Sub),
          () => code.get(dividend).get(divisor).op(OP.i32DivS),
        );
        return;
      case "divU":
      case "remS":
      case "remU":
        this.#nonZero(right, divisor);
    }
    code.op(OPCODES[operator]);
  }

  /** The divisor on the stack is another than 0. */
  #nonZero(divisor: Condition, local: number): void {
    if (divisor.kind === "constant" && divisor.value !== 0) return;
    const { code } = this.#place;
    code.tee(local).op(OP.i32Eqz);
    this.#exitIf();
    code.get(local);
  }

  #exitIf(): void {
    this.#place.code.op(OP.brIf).u32(this.#place.exit + this.#depth);
  }
}

/** Whether it is 0 or 1. */
function isTruth(condition: Condition): boolean {
  if (condition.kind === "and" || condition.kind === "or") return true;
  if (condition.kind === "compare longs" || condition.kind === "compare doubles") return true;
  return condition.kind === "binary" && /^(?:eq|ne|lt|le)/.test(condition.operator);
}
