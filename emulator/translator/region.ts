/**
 * The control flow that one translated function covers: what can be reached from a root without a call, as basic blocks. Calls go on
 * behind themselves; returns and other indirect jumps leave.
 */

import type { DecodedPage } from "../decoded-pages.ts";
import { instructionLength } from "../isa/encoding.ts";
import { DISCARD, isReturn, nameOf, type Operation } from "../isa/instruction.ts";
import { FloatEmitter } from "./emit-float-operation.ts";
import { uses } from "./operations.ts";

/** How a block ends; addresses are signed words. */
export type Ending =
  /** Control goes on in the next block. */
  | { readonly kind: "jump"; readonly to: number }
  | {
      readonly kind: "branch";
      readonly op: Operation;
      readonly taken: number;
      readonly next: number;
    }
  | {
      readonly kind: "call";
      readonly op: Operation;
      readonly target: number;
      readonly back: number;
    }
  /** A jump; by a register, if `auipc` before it says where to. */
  | { readonly kind: "tail"; readonly op: Operation; readonly to: number }
  /** A jump or, with `back`, a call by a register, and where it was seen to lead. A return is one of which nothing is expected. */
  | {
      readonly kind: "indirect";
      readonly op: Operation;
      readonly targets: readonly number[];
      readonly back: number | undefined;
    }
  /** The instruction at `pc` is not translated: the interpreter does it. */
  | { readonly kind: "leave"; readonly pc: number };

export interface Block {
  readonly pc: number;
  readonly vpn: number;
  readonly frame: number;
  /** The operation at `pc`. */
  readonly first: Operation;
  /** What is executed before the ending, without the ending's own instruction. */
  readonly ops: readonly Operation[];
  readonly ending: Ending;
  /** Instructions of the block, the ending's included. */
  readonly count: number;
  /** Their bytes in this page. */
  readonly length: number;
  /** The next page, where half of the last instruction lies there. */
  readonly span: DecodedPage | undefined;
  /** Registers that the block reads and writes, a bit each. */
  readonly reads: number;
  readonly writes: number;
}

export interface Region {
  readonly root: number;
  readonly blocks: ReadonlyMap<number, Block>;
  /** Roots of regions that are called. */
  readonly callees: ReadonlySet<number>;
}

/** Where regions are found. */
export interface FetchableCode {
  /** The decoded operation at an address, if all of it can be fetched now. */
  readonly operationAt: (pc: number) => Operation | undefined;
  /** The page of an address, if that can be fetched from now. */
  readonly pageAt: (pc: number) => DecodedPage | undefined;
}

/** Of one region. */
const INSTRUCTIONS_MAX = 3000;

const BRANCHES = new Set(["beq", "bne", "blt", "bge", "bltu", "bgeu"]);

const STRAIGHT = new Set(
  (
    "lui auipc lb lh lw lbu lhu sb sh sw addi slti sltiu xori ori andi slli srli srai add sub sll slt sltu xor srl sra or and fence " +
    "mul mulh mulhsu mulhu div divu rem remu " +
    "sh1add sh2add sh3add andn orn xnor clz ctz cpop max maxu min minu sext.b sext.h zext.h rol ror rori orc.b rev8 " +
    "lr.w sc.w amoswap.w amoadd.w amoxor.w amoand.w amoor.w amomin.w amomax.w amominu.w amomaxu.w"
  ).split(" "),
);

/** Whether the second half of an instruction lies in the next page. */
export const isSpanning = (op: Operation): boolean =>
  (op.pc & 0xfff) === 0xffe && instructionLength(op.bits) === 4;

const wordAfter = (op: Operation): number => (op.pc + instructionLength(op.bits)) | 0;

/**
 * Adds a root's region, and those that are called, by their roots, as long as there are no more than `most` instructions. From `reach`
 * instructions on, what is called is left out. Returns how many were added.
 */
export function addRegions(
  regions: Map<number, Region>,
  root: number,
  code: FetchableCode,
  most: number,
  reach = most,
): number {
  const pending = [root];
  let size = 0;
  for (let pc = pending.shift(); pc !== undefined; pc = pending.shift()) {
    if (regions.has(pc) || size >= Math.min(most, reach)) continue;
    const region = discover(pc, code, Math.min(INSTRUCTIONS_MAX, most - size));
    if (region === undefined) continue;
    size += sizeOf(region);
    regions.set(pc, region);
    pending.push(...region.callees);
  }
  return size;
}

/** Instructions of a region. */
export function sizeOf({ blocks }: Region): number {
  let size = 0;
  for (const { count } of blocks.values()) size += count;
  return size;
}

function discover(root: number, code: FetchableCode, most: number): Region | undefined {
  const ops = new Map<number, Operation>();
  const spans = new Map<number, DecodedPage>();
  const leaders = new Set<number>([root]);
  const callees = new Set<number>();
  const pending = [root];
  const lead = (pc: number) => {
    leaders.add(pc);
    if (!ops.has(pc)) pending.push(pc);
  };
  for (let start = pending.pop(); start !== undefined; start = pending.pop()) {
    let pc = start;
    let before: Operation | undefined;
    while (!ops.has(pc)) {
      if (ops.size >= most) break;
      const op = code.operationAt(pc);
      if (op === undefined) break;
      const name = nameOf(op);
      if (isSpanning(op)) {
        const second = code.pageAt((pc + 2) | 0);
        if (second === undefined) break;
        spans.set(pc, second);
      }
      if (STRAIGHT.has(name) || FloatEmitter.knows(op)) {
        ops.set(pc, op);
        const next = wordAfter(op);
        if (next >>> 12 !== pc >>> 12) {
          lead(next);
          break;
        }
        pc = next;
        before = op;
        continue;
      }
      if (BRANCHES.has(name)) {
        ops.set(pc, op);
        lead(wordAfter(op));
        lead(op.target.pc);
      } else if (name === "jal") {
        ops.set(pc, op);
        if (op.rd === DISCARD) lead(op.target.pc);
        else {
          callees.add(op.target.pc);
          lead(wordAfter(op));
        }
      } else if (name === "jalr") {
        ops.set(pc, op);
        const known = knownTarget(op, before);
        const targets = known === undefined ? targetsOf(op) : [known];
        if (op.rd === DISCARD) for (const target of targets) lead(target);
        else {
          for (const target of targets) callees.add(target);
          lead(wordAfter(op));
        }
      }
      break;
    }
  }
  if (!ops.has(root)) return undefined;
  const blocks = new Map<number, Block>();
  for (const leader of leaders) {
    const first = ops.get(leader);
    if (first === undefined) continue;
    blocks.set(leader, blockAt(leader, ops, leaders, spans));
  }
  return { root, blocks, callees };
}

function targetsOf(op: Operation): readonly number[] {
  return isReturn(op) ? [] : [...(op.head?.targets ?? [])].sort((a, b) => (a >>> 0) - (b >>> 0));
}

function knownTarget(op: Operation, before: Operation | undefined): number | undefined {
  if (before === undefined || nameOf(before) !== "auipc" || before.rd !== op.rs1) return undefined;
  return (before.pc + before.imm + op.imm) & ~1;
}

function blockAt(
  pc: number,
  ops: ReadonlyMap<number, Operation>,
  leaders: ReadonlySet<number>,
  spans: ReadonlyMap<number, DecodedPage>,
): Block {
  const straight: Operation[] = [];
  const first = ops.get(pc)!;
  const { page } = first;
  const block = (ending: Ending, more: number): Block => {
    let reads = 0;
    let writes = 0;
    let length = 0;
    let span: DecodedPage | undefined;
    const add = (op: Operation) => {
      const use = uses(op);
      reads |= use.reads;
      writes |= use.writes;
      length += isSpanning(op) ? 2 : instructionLength(op.bits);
      span = spans.get(op.pc);
    };
    for (const op of straight) add(op);
    if ("op" in ending) add(ending.op);
    const { vpn, frame } = page!;
    const count = straight.length + more;
    return { pc, vpn, frame, first, ops: straight, ending, count, length, span, reads, writes };
  };
  for (let at = pc; ; ) {
    const op = ops.get(at);
    if (op === undefined) return block({ kind: "leave", pc: at }, 0);
    const name = nameOf(op);
    const next = wordAfter(op);
    if (BRANCHES.has(name)) return block({ kind: "branch", op, taken: op.target.pc, next }, 1);
    if (name === "jal") {
      return op.rd === DISCARD
        ? block({ kind: "tail", op, to: op.target.pc }, 1)
        : block({ kind: "call", op, target: op.target.pc, back: next }, 1);
    }
    if (name === "jalr") {
      const known = knownTarget(op, straight.at(-1));
      if (known === undefined) {
        const back = op.rd === DISCARD ? undefined : next;
        return block({ kind: "indirect", op, targets: targetsOf(op), back }, 1);
      }
      return op.rd === DISCARD
        ? block({ kind: "tail", op, to: known }, 1)
        : block({ kind: "call", op, target: known, back: next }, 1);
    }
    straight.push(op);
    if (leaders.has(next)) return block({ kind: "jump", to: next }, 0);
    at = next;
  }
}

/** Where control can go from a block within its region. */
export function successors({ ending }: Block): readonly number[] {
  switch (ending.kind) {
    case "jump":
    case "tail":
      return [ending.to];
    case "branch":
      return [ending.next, ending.taken];
    case "call":
      return [ending.back];
    case "indirect":
      return ending.back === undefined ? ending.targets : [ending.back];
    default:
      return [];
  }
}
