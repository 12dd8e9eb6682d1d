import type { Breakpoints } from "./breakpoints.ts";
import { decode, operand } from "./isa/decode.ts";
import { instructionLength } from "./isa/encoding.ts";
import { DISCARD, type Execute, headOf, isReturn, nameOf, Operation } from "./isa/instruction.ts";
import { INSTRUCTIONS } from "./isa/instructions.ts";
import { PAGE_SHIFT, PAGE_SIZE, type PhysicalMemory } from "./memory/physical.ts";

const JALR = INSTRUCTIONS.find(({ mnemonic }) => mnemonic === "jalr")!.execute;
const HALVES_IN_PAGE = PAGE_SIZE / 2;

/** What stands in an operation that isn't simply its row: the interpreter's own doing. */
export interface Detours {
  /** Decodes the operation, then does it. */
  readonly decode: Execute;
  /** Finds the operation at `op.pc`, through the TLB, then does it. */
  readonly fetch: Execute;
  /** Stops, if a breakpoint is set here in the current address space; else does it. */
  readonly breakpoint: Execute;
  /** Does an instruction whose second half lies in the next page. */
  readonly spanning: Execute;
  readonly illegal: Execute;
  /** Counts how often a place that may be translated is come to. */
  readonly count: Execute | undefined;
  readonly enter: Execute;
  /** Jumps by a register, and notes where to. */
  readonly indirect: Execute | undefined;
}

/**
 * The operations of one frame as seen at one virtual page, one for each place where an instruction can start. They are
 * made when control first comes to them and stay in place; when code is written they become undecoded again, so links
 * between them stay good.
 */
export class DecodedPage {
  readonly frame: number;
  readonly vpn: number;
  /** The operation that leads to the first instruction of the next page. */
  readonly exit: Operation;
  readonly #operations: (Operation | undefined)[] = new Array(HALVES_IN_PAGE).fill(undefined);
  readonly #detours: Detours;

  constructor(frame: number, vpn: number, detours: Detours) {
    this.frame = frame;
    this.vpn = vpn;
    this.#detours = detours;
    this.exit = new Operation(((vpn + 1) << PAGE_SHIFT) | 0, detours.fetch, undefined);
  }

  /** The operation at halfword `index` of the page. */
  at(index: number): Operation {
    return this.#operations[index] ?? this.#make(index);
  }

  /** The operation at halfword `index`, if control has ever come to it. */
  existing(index: number): Operation | undefined {
    return this.#operations[index];
  }

  /** The operation at `pc`, which may lie outside the page: then one that fetches there. */
  reach(pc: number): Operation {
    return pc >>> PAGE_SHIFT === this.vpn
      ? this.at((pc & (PAGE_SIZE - 1)) >>> 1)
      : new Operation(pc | 0, this.#detours.fetch, undefined);
  }

  #make(index: number): Operation {
    const pc = ((this.vpn << PAGE_SHIFT) + index * 2) | 0;
    const operation = new Operation(pc, this.#detours.decode, this);
    this.#operations[index] = operation;
    return operation;
  }
}

/**
 * All decoded code. It is derived from RAM and may be forgotten at any time. Invariant: `memory.holdsCode` is 1 for exactly
 * the frames that have a page here, so that every write to one of them arrives at `written`.
 */
export class DecodedPages {
  readonly #memory: PhysicalMemory;
  readonly #breakpoints: Breakpoints;
  readonly detours: Detours;
  /** How many instructions were decoded. */
  decoded = 0;
  readonly #byFrame = new Map<number, DecodedPage[]>();
  /** Called when `frame` starts to hold code: from then on a store there must not take the fast path. */
  readonly #onFrameHoldsCode: (frame: number) => void;

  constructor(
    memory: PhysicalMemory,
    breakpoints: Breakpoints,
    detours: Detours,
    onFrameHoldsCode: (frame: number) => void,
  ) {
    this.#memory = memory;
    this.#breakpoints = breakpoints;
    this.detours = detours;
    this.#onFrameHoldsCode = onFrameHoldsCode;
  }

  /** The page for `frame` as seen at `vpn`. */
  page(frame: number, vpn: number): DecodedPage {
    let pages = this.#byFrame.get(frame);
    const known = pages?.find((page) => page.vpn === vpn);
    if (known) return known;
    if (!pages) {
      pages = [];
      this.#byFrame.set(frame, pages);
      this.#memory.holdsCode[frame] = 1;
      this.#onFrameHoldsCode(frame);
    }
    const page = new DecodedPage(frame, vpn, this.detours);
    pages.push(page);
    return page;
  }

  decodeAt(op: Operation): void {
    if (op.action === this.detours.decode) this.decode(op);
  }

  /** Decodes the instruction at `op`, which belongs to a page, and links it to what may follow. */
  decode(op: Operation): void {
    this.decoded += 1;
    const page = op.page!;
    const offset = op.pc & (PAGE_SIZE - 1);
    const half = ((page.frame << PAGE_SHIFT) | offset) >>> 1;
    const first = this.#memory.halves[half] & 0xffff;
    const length = instructionLength(first);
    if (offset + length > PAGE_SIZE) {
      op.action = this.detours.spanning;
    } else {
      this.decodeWord(op, length === 4 ? first | (this.#memory.halves[half + 1] << 16) : first);
      op.next = offset + length === PAGE_SIZE ? page.exit : page.at((offset + length) >>> 1);
      this.#markHeads(op);
    }
    this.arm(op);
  }

  /** Makes `op` the instruction `word`, half of which lies in the next page. */
  decodeSpanning(op: Operation, word: number): void {
    if (op.bits === word) return;
    this.decodeWord(op, word);
    op.next = op.page!.reach((op.pc + 4) | 0);
    op.action = this.detours.spanning;
    this.#markHeads(op);
  }

  /** Makes `op` the instruction `word`, but for what follows it in a straight line. */
  decodeWord(op: Operation, word: number): void {
    const row = decode(word);
    op.bits = word;
    op.row = row;
    if (row === undefined) {
      op.action = this.detours.illegal;
      return;
    }
    const rd = operand(row, word, "rd");
    op.rd = rd === 0 && row.format.rd?.isFloat !== true ? DISCARD : rd;
    op.rs1 = operand(row, word, "rs1");
    op.rs2 = operand(row, word, "rs2");
    op.imm = operand(row, word, "imm");
    op.action = this.doingOf(op);
    if (row.format.syntax.endsWith("target")) op.target = op.page!.reach((op.pc + op.imm) | 0);
  }

  /** What an operation that was decoded does. */
  doingOf(op: Operation): Execute {
    const { illegal, indirect } = this.detours;
    if (op.row === undefined) return illegal;
    const isNoted = indirect !== undefined && op.row.execute === JALR && !isReturn(op);
    return isNoted ? indirect : op.row.execute;
  }

  /** Makes what was decoded from the `length` bytes at `pa`, all in one frame, undecoded. */
  written(pa: number, length: number): void {
    const offset = pa & (PAGE_SIZE - 1);
    // An instruction that starts a halfword earlier may reach into what was written.
    const first = Math.max((offset >>> 1) - 1, 0);
    const last = (offset + length - 1) >>> 1;
    for (const page of this.#byFrame.get(pa >>> PAGE_SHIFT) ?? []) {
      for (let index = first; index <= last; index++) {
        const op = page.existing(index);
        if (op === undefined) continue;
        op.action = this.detours.decode;
        op.execute = op.action;
      }
    }
  }

  /** Puts or removes the detours after the breakpoints at `address` have changed. */
  rearm(address: number): void {
    for (const pages of this.#byFrame.values()) {
      for (const page of pages) {
        if (page.vpn !== address >>> PAGE_SHIFT) continue;
        const op = page.existing((address & (PAGE_SIZE - 1)) >>> 1);
        if (op !== undefined && op.action !== this.detours.decode) this.arm(op);
      }
    }
  }

  forgetFrame(frame: number): void {
    this.#byFrame.delete(frame);
    this.#memory.holdsCode[frame] = 0;
  }

  forgetAll(): void {
    this.#byFrame.clear();
    this.#memory.holdsCode.fill(0);
  }

  /** Places that may be translated: where loops begin, functions, and what comes after calls. */
  #markHeads(op: Operation): void {
    if (this.detours.count === undefined || op.row === undefined) return;
    const name = nameOf(op);
    const isCall = (name === "jal" || name === "jalr") && op.rd !== DISCARD;
    if (isCall && op.next.head?.isRoot !== true) {
      headOf(op.next).isSecondary = true;
      this.mark(op.next);
    }
    if (op.target !== op && (isCall || op.target.pc <= op.pc)) this.mark(op.target);
  }

  mark(op: Operation): void {
    if (op.page === undefined) return;
    const head = headOf(op);
    if (head.isRoot) return;
    head.isRoot = true;
    if (op.action !== this.detours.decode) this.arm(op);
  }

  /** Makes what is done at an operation what stands there now. */
  arm(op: Operation): void {
    if (op.action === this.detours.decode) return;
    op.execute = this.#breakpoints.hasAddress(op.pc) ? this.detours.breakpoint : this.behind(op);
  }

  /** What is done at an operation where a breakpoint before it doesn't stop. */
  behind(op: Operation): Execute {
    if (op.head?.isRoot !== true || this.detours.count === undefined) return op.action;
    return op.head.unit === undefined ? this.detours.count : this.detours.enter;
  }
}
