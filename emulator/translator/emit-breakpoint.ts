/**
 * Breakpoints as WebAssembly: what leaves before an instruction where one stops. A condition that has no answer leaves by the same way as one that
 * is true: the interpreter evaluates it again.
 */
import type { Breakpoint } from "../breakpoints.ts";
import type { Condition, ConditionOperator } from "../condition.ts";
import { asidTag, asidWord, LOOKASIDE_BASE } from "../memory/lookaside.ts";
import { RAM_BASE } from "../state-layout.ts";
import { type Code, I32, OP } from "./module-builder.ts";
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
        if (condition.kind === "or") this.#choice(decide, evaluate);
        else this.#choice(evaluate, decide);
        return;
      }
      case "choice":
        this.term(condition.test);
        this.#choice(
          () => this.term(condition.yes),
          () => this.term(condition.no),
        );
    }
  }

  #choice(then: () => void, otherwise: () => void): void {
    const { code } = this.#place;
    code.op(OP.if).byte(I32);
    this.#depth += 1;
    then();
    code.op(OP.else);
    otherwise();
    code.op(OP.end);
    this.#depth -= 1;
  }

  #load({ address, bytes, isSigned }: Extract<Condition, { kind: "load" }>): void {
    const { code, loads, scratch } = this.#place;
    const [va, slot] = scratch;
    this.term(address);
    code.tee(va).const(8).op(OP.i32ShrU).const(0x3ff0).op(OP.i32And).tee(slot);
    code.memory(OP.i32Load, 2, loads);
    const mask = bytes === 4 ? WORD : bytes === 2 ? HALF : BYTE;
    code.get(va).const(mask).op(OP.i32And).const(asidTag(this.#asid)).op(OP.i32Or).op(OP.i32Ne);
    this.#exitIf();
    code.get(slot).memory(OP.i32Load, 2, loads + LOOKASIDE_BASE);
    code.get(va).const(0xfff).op(OP.i32And).op(OP.i32Or);
    if (bytes === 4) code.memory(OP.i32Load, 2, RAM_BASE);
    else if (bytes === 2) code.memory(isSigned ? OP.i32Load16S : OP.i32Load16U, 1, RAM_BASE);
    else code.memory(isSigned ? OP.i32Load8S : OP.i32Load8U, 0, RAM_BASE);
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
  return condition.kind === "binary" && /^(?:eq|ne|lt|le)/.test(condition.operator);
}
