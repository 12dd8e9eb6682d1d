/** One region as the body of a WebAssembly function: (steps left, asid tag, calls left) -> steps left. */
import type { Breakpoint } from "../breakpoints.ts";
import { DISCARD, isReturn, nameOf, type Operation, writesFloat } from "../isa/instruction.ts";
import {
  LOOKASIDE_BASE,
  LOOKASIDE_MASK,
  LOOKASIDE_PAGE,
  LOOKASIDE_WORDS,
} from "../memory/lookaside.ts";
import { RAM_BASE, STATE } from "../state-layout.ts";
import { ADDRESS_LOCALS, Addresses, accessOf } from "./addresses.ts";
import { budgetTests, dirtyRegisters } from "./analysis.ts";
import { type ControlFlow, controlFlow, type Node } from "./control-flow.ts";
import { emitAtomic } from "./emit-atomic.ts";
import { emitBreakpoint } from "./emit-breakpoint.ts";
import { FloatEmitter } from "./emit-float-operation.ts";
import { DOUBLE_LOCALS, SINGLE_LOCALS } from "./float-code.ts";
import { Code, type FunctionBody, OP } from "./module-builder.ts";
import { ATOMIC, COMPARE, LOADS, STORES } from "./operations.ts";
import { type Block, isSpanning, type Region } from "./region.ts";
import { type Operands, RESULTS } from "./results.ts";

/** Where the lookasides lie in linear memory: pairs of tag and base, LOOKASIDE_SLOTS of them each. */
export interface LookasidePlaces {
  readonly loads: number;
  readonly stores: number;
  readonly fetches: number;
  /** A word: the address + 1 of the jump that led where the unit did not expect it, or 0. */
  readonly unexpected: number;
  /** A word: other than 0 while no breakpoint stops. */
  readonly isMuted: number;
}

export interface Callee {
  readonly index: number;
  readonly vpn: number;
  readonly frame: number;
  /** Registers that it, or what it calls, may write: a bit each. */
  readonly writes: number;
}

const LEFT = 0;
const TAG = 1;
const DEPTH = 2;
const PC = 3;
const UNDONE = 4;
/** For what an instruction needs within itself. */
const HELP = 5;
const WORD_BEFORE = 6;
const FIRST_ADDRESS = 7;
const FIRST_REGISTER = FIRST_ADDRESS + ADDRESS_LOCALS;

export function emit(
  region: Region,
  places: LookasidePlaces,
  calleeAt: (pc: number) => Callee | undefined,
  breakpointsAt: (pc: number) => readonly Breakpoint[],
): FunctionBody {
  return new Emitter(region, places, calleeAt, breakpointsAt).emit();
}

type Label = { readonly node?: Node; readonly kind: "exit" | "block" | "loop" | "if" };

class Emitter {
  readonly #code = new Code();
  readonly #places: LookasidePlaces;
  readonly #calleeAt: (pc: number) => Callee | undefined;
  readonly #breakpointsAt: (pc: number) => readonly Breakpoint[];
  readonly #flow: ControlFlow;
  readonly #labels: Label[] = [];
  readonly #used: number;
  readonly #written: number;
  /** The local of each register that is used, by its number. */
  readonly #locals = new Int32Array(32);
  #localCount = 0;
  readonly #tests: ReadonlyMap<Node, number>;
  readonly #dirtyIn: ReadonlyMap<Node, number>;
  readonly #addresses: Addresses;
  /** Where the region has such instructions. */
  readonly #floats: FloatEmitter | undefined;
  readonly #firstLong: number;

  constructor(
    region: Region,
    places: LookasidePlaces,
    calleeAt: (pc: number) => Callee | undefined,
    breakpointsAt: (pc: number) => readonly Breakpoint[],
  ) {
    this.#breakpointsAt = breakpointsAt;
    this.#places = places;
    this.#calleeAt = calleeAt;
    this.#flow = controlFlow(region);
    let reads = 0;
    let writes = 0;
    let hasFloats = false;
    for (const { block } of this.#flow.nodes) {
      reads |= block.reads;
      writes |= block.writes;
      hasFloats ||= block.ops.some(FloatEmitter.knows);
    }
    this.#used = reads | writes;
    this.#written = writes;
    for (let x = 1; x < 32; x++) {
      if ((this.#used >>> x) & 1) this.#locals[x] = FIRST_REGISTER + this.#localCount++;
    }
    const around = {
      code: this.#code,
      get: (register: number) => this.#get(register),
      willExit: (pc: number, undone: number) => this.#willExit(pc, undone),
      exitIf: () => this.#exitIf(),
      when: (emit: () => void) => this.#when(emit),
    };
    const fcsr = FIRST_REGISTER + this.#localCount;
    this.#firstLong = hasFloats ? fcsr + 1 : fcsr;
    this.#addresses = new Addresses(around, places, FIRST_ADDRESS, this.#firstLong);
    this.#floats = hasFloats
      ? new FloatEmitter({
          ...around,
          addresses: this.#addresses,
          local: (register) => this.#local(register),
          fcsr,
          firstDouble: this.#firstLong + Addresses.LONG_LOCALS,
        })
      : undefined;
    this.#tests = budgetTests(this.#flow);
    this.#dirtyIn = dirtyRegisters(this.#flow);
  }

  emit(): FunctionBody {
    const code = this.#code;
    this.#load(this.#used);
    this.#addresses.begin(TAG);
    this.#floats?.begin();
    this.#labels.push({ kind: "exit" });
    code.begin(OP.block);
    this.#tree(this.#flow.root);
    code.op(OP.unreachable).op(OP.end);
    this.#labels.pop();
    this.#store(this.#written);
    code.const(0).get(PC).memory(OP.i32Store, 2, STATE.pc);
    code.get(LEFT).get(UNDONE).op(OP.i32Add);
    const needs = this.#tests.get(this.#flow.root)!;
    return {
      i32Locals: this.#firstLong - 3,
      i64Locals: Addresses.LONG_LOCALS,
      f64Locals: this.#floats === undefined ? 0 : DOUBLE_LOCALS,
      f32Locals: this.#floats === undefined ? 0 : SINGLE_LOCALS,
      code,
      needs,
    };
  }

  #tree(node: Node): void {
    if (node.isLoopHead) {
      this.#labels.push({ kind: "loop", node });
      this.#code.begin(OP.loop);
      this.#within(node, 0);
      this.#code.op(OP.end);
      this.#labels.pop();
    } else {
      this.#within(node, 0);
    }
  }

  #within(node: Node, index: number): void {
    const follower = node.merges[index];
    if (follower === undefined) {
      this.#block(node);
      return;
    }
    this.#labels.push({ kind: "block", node: follower });
    this.#code.begin(OP.block);
    this.#within(node, index + 1);
    this.#code.op(OP.end);
    this.#labels.pop();
    this.#tree(follower);
  }

  #block(node: Node): void {
    const code = this.#code;
    const { block } = node;
    const test = this.#tests.get(node);
    if (test !== undefined) {
      this.#willExit(block.pc, 0);
      code.get(LEFT).const(test).op(OP.i32LtS);
      this.#exitIf();
    }
    if (block.count > 0) code.get(LEFT).const(block.count).op(OP.i32Sub).set(LEFT);
    this.#addresses.forget();
    this.#floats?.forget();
    for (const [i, op] of block.ops.entries()) {
      this.#breakpoints(op.pc, block.count - i);
      if (isSpanning(op)) this.#checkFetch(op.pc, block.count - i, block.span!);
      this.#operation(op, block.count - i);
      if (op.rd !== DISCARD && !writesFloat(op)) this.#addresses.written(op.rd);
    }
    if ("op" in block.ending) {
      const { op } = block.ending;
      this.#breakpoints(op.pc, 1);
      if (isSpanning(op)) this.#checkFetch(op.pc, 1, block.span!);
    }
    this.#ending(node, this.#dirtyIn.get(node)! | block.writes);
  }

  #ending(node: Node, dirty: number): void {
    const code = this.#code;
    const { ending } = node.block;
    switch (ending.kind) {
      case "jump":
      case "tail":
        this.#branch(node, ending.to);
        return;
      case "leave":
        this.#exit(ending.pc);
        return;
      case "branch": {
        const { op } = ending;
        this.#get(op.rs1);
        this.#get(op.rs2);
        code.op(COMPARE[nameOf(op)]!);
        this.#labels.push({ kind: "if" });
        code.begin(OP.if);
        this.#branch(node, ending.taken);
        code.op(OP.else);
        this.#branch(node, ending.next);
        code.op(OP.end);
        this.#labels.pop();
        code.op(OP.unreachable);
        return;
      }
      case "indirect": {
        const { op, targets, back } = ending;
        this.#get(op.rs1);
        if (op.imm !== 0) code.const(op.imm).op(OP.i32Add);
        code.const(-2).op(OP.i32And).set(PC);
        if (back !== undefined) code.const(back).set(this.#local(op.rd));
        const found = targets.filter((target) =>
          back === undefined
            ? this.#flow.at.has(target)
            : this.#calleeAt(target) !== undefined && this.#flow.at.has(back),
        );
        this.#among(
          found,
          (target) => {
            if (back === undefined) this.#branch(node, target);
            else this.#call(node, target, dirty);
          },
          () => {
            if (!isReturn(op))
              code
                .const(0)
                .const(op.pc + 1)
                .memory(OP.i32Store, 2, this.#places.unexpected);
            this.#store(dirty);
            code.const(0).get(PC).memory(OP.i32Store, 2, STATE.pc);
            code.get(LEFT).op(OP.return);
          },
        );
        if (back !== undefined && found.length > 0) {
          let writes = 0;
          for (const target of found) writes |= this.#calleeAt(target)!.writes;
          this.#load(this.#used & writes);
          this.#branch(node, back);
        } else code.op(OP.unreachable);
        return;
      }
      case "call": {
        const { op, target, back } = ending;
        code.const(back).set(this.#local(op.rd));
        const callee = this.#calleeAt(target);
        if (callee === undefined || !this.#flow.at.has(back)) {
          this.#exit(target);
          return;
        }
        this.#call(node, target, dirty);
        this.#load(this.#used & callee.writes);
        this.#branch(node, back);
        return;
      }
    }
  }

  /** Does one thing or another by which of some addresses, in their unsigned order, the local PC is. */
  #among(targets: readonly number[], one: (target: number) => void, none: () => void): void {
    const code = this.#code;
    const middle = targets[targets.length >>> 1];
    if (middle === undefined) {
      none();
      return;
    }
    const isLast = targets.length === 1;
    code
      .get(PC)
      .const(middle)
      .op(isLast ? OP.i32Eq : OP.i32LtU);
    this.#labels.push({ kind: "if" });
    code.begin(OP.if);
    if (isLast) one(middle);
    else this.#among(targets.slice(0, targets.length >>> 1), one, none);
    code.op(OP.else);
    this.#among(isLast ? [] : targets.slice(targets.length >>> 1), one, none);
    code.op(OP.end);
    this.#labels.pop();
  }

  /** Calls a region of this module. Where it comes back elsewhere, or leaves, all is in the state area, and this function returns, too. */
  #call(node: Node, target: number, dirty: number): void {
    const code = this.#code;
    const callee = this.#calleeAt(target)!;
    const { ending } = node.block;
    const back = "back" in ending ? ending.back! : 0;
    this.#checkPage(node.block, target, callee);
    this.#willExit(target, 0);
    code.get(DEPTH).op(OP.i32Eqz);
    this.#exitIf();
    this.#store(dirty);
    code.get(LEFT).get(TAG).get(DEPTH).const(1).op(OP.i32Sub);
    code.op(OP.call).u32(callee.index).set(LEFT);
    code.const(0).memory(OP.i32Load, 2, STATE.pc).const(back).op(OP.i32Ne);
    code.begin(OP.if).get(LEFT).op(OP.return).op(OP.end);
  }

  #branch(from: Node, pc: number): void {
    const node = this.#flow.at.get(pc);
    if (node === undefined || this.#flow.isIrreducible(from, node)) {
      this.#exit(pc);
      return;
    }
    this.#checkPage(from.block, pc, node.block);
    if (this.#flow.isBack(from, node)) this.#code.op(OP.br).u32(this.#depthOf("loop", node));
    else if (node.forwardEdges > 1) this.#code.op(OP.br).u32(this.#depthOf("block", node));
    else this.#tree(node);
  }

  #depthOf(kind: Label["kind"], node?: Node): number {
    for (let i = this.#labels.length - 1; i >= 0; i--) {
      const label = this.#labels[i]!;
      if (label.kind === kind && label.node === node) return this.#labels.length - 1 - i;
    }
    throw new Error("a label is around what branches to it");
  }

  /** Control may come to another page only if that is still the one that was translated. */
  #checkPage(from: Block, pc: number, to: { readonly vpn: number; readonly frame: number }): void {
    if (from.vpn !== to.vpn) this.#checkFetch(pc, 0, to);
  }

  /** Leaves at `pc` unless instructions of a page are those that were translated. */
  #checkFetch(
    pc: number,
    undone: number,
    to: { readonly vpn: number; readonly frame: number },
  ): void {
    const slot = this.#places.fetches + (to.vpn & LOOKASIDE_MASK) * LOOKASIDE_WORDS * 4;
    this.#willExit(pc, undone);
    this.#code
      .const(0)
      .memory(OP.i32Load, 2, slot + LOOKASIDE_PAGE + 4)
      .get(TAG)
      .op(OP.i32Xor)
      .const(0)
      .memory(OP.i32Load, 2, slot + LOOKASIDE_PAGE)
      .const(to.vpn << 12)
      .op(OP.i32Xor)
      .op(OP.i32Or)
      .const(0)
      .memory(OP.i32Load, 2, slot + LOOKASIDE_BASE)
      .const(to.frame << 12)
      .op(OP.i32Xor)
      .op(OP.i32Or);
    this.#exitIf();
  }

  #willExit(pc: number, undone: number): void {
    this.#code.const(pc).set(PC).const(undone).set(UNDONE);
  }

  #exitIf(): void {
    this.#code.op(OP.brIf).u32(this.#depthOf("exit"));
  }

  /** Does something if what is on the stack is not 0. */
  #when(emit: () => void): void {
    this.#labels.push({ kind: "if" });
    this.#code.begin(OP.if);
    emit();
    this.#code.op(OP.end);
    this.#labels.pop();
  }

  #exit(pc: number): void {
    this.#willExit(pc, 0);
    this.#code.op(OP.br).u32(this.#depthOf("exit"));
  }

  /** Leaves before the instruction at `pc` where a breakpoint stops. */
  #breakpoints(pc: number, undone: number): void {
    const code = this.#code;
    for (const breakpoint of this.#breakpointsAt(pc)) {
      this.#willExit(pc, undone);
      emitBreakpoint(breakpoint, {
        code,
        register: (x) => {
          if (x === 0 || (this.#used >>> x) & 1) this.#get(x);
          else code.const(0).memory(OP.i32Load, 2, STATE.x + x * 4);
        },
        exit: this.#depthOf("exit"),
        loads: this.#places.loads,
        isMuted: this.#places.isMuted,
        owner: TAG,
        scratch: [HELP, WORD_BEFORE],
      });
    }
  }

  #operation(op: Operation, undone: number): void {
    const code = this.#code;
    const name = nameOf(op);
    const load = LOADS[name];
    const store = STORES[name];
    if (FloatEmitter.knows(op)) {
      this.#floats!.emit(op, undone);
      return;
    }
    if (load !== undefined) {
      this.#addresses.load(accessOf(op, load[2], undone));
      code.memory(load[0], load[1], RAM_BASE);
      if (op.rd === DISCARD) code.op(OP.drop);
      else code.set(this.#local(op.rd));
      return;
    }
    if (store !== undefined) {
      this.#addresses.store(accessOf(op, store[2], undone));
      this.#get(op.rs2);
      code.memory(store[0], store[1], RAM_BASE);
      return;
    }
    if (name === "lr.w" || name === "sc.w" || name in ATOMIC) {
      emitAtomic(op, undone, {
        code,
        addresses: this.#addresses,
        get: (x) => this.#get(x),
        local: this.#local(op.rd),
        scratch: [HELP, WORD_BEFORE],
      });
      return;
    }
    if (op.rd === DISCARD || name === "fence") return;
    if (name === "auipc") code.const((op.pc + op.imm) | 0);
    else if (name === "addi" && op.rs1 === 0) code.const(op.imm);
    else if (name === "addi" && op.imm === 0) this.#get(op.rs1);
    else RESULTS.get(name)!(code, this.#operandsOf(op));
    code.set(this.#local(op.rd));
  }

  #operandsOf(op: Operation): Operands {
    const code = this.#code;
    return {
      rs1: () => this.#get(op.rs1),
      rs2: () => this.#get(op.rs2),
      imm: () => code.const(op.imm),
      pc: () => code.const(op.pc),
    };
  }

  #local(x: number): number {
    return this.#locals[x];
  }

  #get(x: number): void {
    if (x === 0) this.#code.const(0);
    else this.#code.get(this.#local(x));
  }

  #load(registers: number): void {
    for (let x = 1; x < 32; x++) {
      if (((registers >>> x) & 1) === 0) continue;
      this.#code.const(0).memory(OP.i32Load, 2, STATE.x + x * 4);
      this.#code.set(this.#local(x));
    }
  }

  #store(registers: number): void {
    for (let x = 1; x < 32; x++) {
      if (((registers >>> x) & 1) === 0) continue;
      this.#code.const(0).get(this.#local(x));
      this.#code.memory(OP.i32Store, 2, STATE.x + x * 4);
    }
  }
}
