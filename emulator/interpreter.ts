/** The interpreter's loop and what instructions need of the machine: long, since V8 inlines what is in one class. */
import type { Breakpoints } from "./breakpoints.ts";
import type { ConditionState } from "./condition.ts";
import { csrRow, isReadOnlyCsr, USTATUS } from "./csr.ts";
import { type DecodedPage, DecodedPages } from "./decoded-pages.ts";
import { FloatUnit } from "./float/float-unit.ts";
import type { Hart } from "./hart.ts";
import { DISCARD, type Execute, type Execution, headOf, Operation } from "./isa/instruction.ts";
import type { DirtyPages } from "./memory/dirty-pages.ts";
import { asidTag, asidWord, LOOKASIDE_MASK, LOOKASIDE_SLOTS } from "./memory/lookaside.ts";
import { PAGE_SHIFT, PAGE_SIZE, type PhysicalMemory } from "./memory/physical.ts";
import { RIGHT, type Tlb } from "./memory/tlb.ts";
import { NO_RESERVATION, STATE } from "./state-layout.ts";
import type { ColdLoop } from "./translator/cold-loop.ts";
import { JUMP_HEAT, WHY } from "./translator/cold-places.ts";
import { ColdTrials } from "./translator/cold-trials.ts";
import type { FetchableCode } from "./translator/region.ts";
import { CALLS_MAX, type Translator } from "./translator/translator.ts";
import { CAUSE, type Cause } from "./trap.ts";
import type { Watchpoints } from "./watchpoints.ts";

/** Why the loop ended. After "trap", `cause` and `value` say more, and hart.pc says where. */
export type Left = "limit" | "trap" | "breakpoint";

/** The position of what never comes. */
const NEVER = 0x7fffffff;

/** What `limit` is set to, to leave the loop after the operation that is under way. */
const LEAVE = -1;

// Copies, since a module runner such as Vitest's makes a property access of each use of an imported name.
const SLOT = LOOKASIDE_MASK;
const SHIFT = PAGE_SHIFT;

// What of an address is compared with a lookaside's tag: the page, and the bits that must be 0 in an aligned address.
const WORD_TAG = ~0xffc;
const HALF_TAG = ~0xffe;
const BYTE_TAG = ~0xfff;
const OFFSET = PAGE_SIZE - 1;

/**
 * The reference semantics, one instruction at a time.
 *
 * The loop calls the current operation, which returns the next one. Nothing is thrown: a trap sets what the loop will
 * report, and its limit to LEAVE, and returns the operation itself. (A thrown signal, even one made beforehand, took 0.8 µs,
 * as long as a hundred instructions; Node 20, November 2026.)
 *
 * Invariant: translations don't change while the loop runs, since only the kernel writes the TLB; so code that stays in
 * its page is fetched without asking again.
 */
export class Interpreter implements Execution, ConditionState {
  readonly x: Int32Array;
  readonly words: Int32Array;
  readonly float: FloatUnit;
  /** The steps of this run so far. An instruction is counted when it starts, and one that traps is uncounted. */
  position = 0;
  cause: Cause = CAUSE.illegalInstruction;
  value = 0;
  /** Steps of all runs before this one, and those of all that were done by translated code. */
  private done = 0;
  translated = 0;
  /** Those that the loop for what is cold has done. */
  coldSteps = 0;
  /** Called after each uret with the new pc. */
  onUserReturn: ((pc: number) => void) | undefined = undefined;

  // Plain fields, not private names, for what each instruction reads: nothing else sees an Interpreter.
  private limit = 0;
  private left: Left = "limit";
  /** The `position` at which a breakpoint doesn't stop: that of the first instruction, in a run that passes it. */
  private passedAt = 0;
  /** The `position` at which the next quiet tick is due, and what lies between two. */
  private tickAt = NEVER;
  private tickSteps = 0;
  /** Called when so many quiet ticks have passed, before what could notice is done. */
  onQuietTicks: (count: number) => void = () => {};
  private asid = 0;
  private asidTag = 0;
  private readonly state: Int32Array;
  /** f0..f31, two words each. */
  private readonly floats: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly halves: Int16Array;
  private readonly holdsCode: Uint8Array;
  private readonly dirty: DirtyPages;
  private readonly dirtyFlags: Uint8Array;
  private readonly watched: Uint8Array;
  private readonly loads: Int32Array;
  private readonly stores: Int32Array;
  private readonly fetches: Int32Array;
  /** The page that each slot of the fetch lookaside stands for, where its tag matches. */
  private readonly fetchPages: (DecodedPage | undefined)[];
  private readonly hart: Hart;
  private readonly tlb: Tlb;
  private readonly pages: DecodedPages;
  private readonly watchpoints: Watchpoints;
  /** Where a run starts, and where a jump leads whose page isn't at hand: doing it fetches. */
  private readonly entry: Operation;
  private readonly spanning: Execute;
  readonly translator: Translator | undefined;
  /** For what is not hot; there is none before so many instructions were decoded. */
  private cold: ColdLoop | undefined = undefined;
  private readonly coldAfter: number;
  private readonly coldTrials: ColdTrials;
  private readonly unexpected: Int32Array;
  /** What the translator makes its units of. */
  private readonly code: FetchableCode;
  private readonly breakpoints: Breakpoints;

  constructor(
    buffer: ArrayBuffer,
    hart: Hart,
    memory: PhysicalMemory,
    tlb: Tlb,
    breakpoints: Breakpoints,
    watchpoints: Watchpoints,
    translator: Translator | undefined,
    coldAfter: number,
  ) {
    this.translator = translator;
    this.coldAfter = translator === undefined ? Number.POSITIVE_INFINITY : coldAfter;
    this.coldTrials = new ColdTrials(coldAfter === 0);
    this.unexpected = new Int32Array(buffer, translator?.places.unexpected ?? STATE.discard, 1);
    this.x = new Int32Array(buffer, STATE.x, DISCARD + 1);
    this.state = new Int32Array(buffer, 0, STATE.f >>> 2);
    this.float = new FloatUnit(buffer);
    this.floats = new Int32Array(buffer, STATE.f, 64);
    this.words = memory.words;
    this.bytes = memory.bytes;
    this.halves = memory.halves;
    this.holdsCode = memory.holdsCode;
    this.dirty = memory.dirty;
    this.dirtyFlags = memory.dirty.flags;
    this.watched = memory.watched;
    this.watchpoints = watchpoints;
    this.loads = tlb.loads.entries;
    this.stores = tlb.stores.entries;
    this.fetches = tlb.fetches.entries;
    this.fetchPages = new Array(LOOKASIDE_SLOTS).fill(undefined);
    this.hart = hart;
    this.tlb = tlb;

    const fetch: Execute = (_, op) => {
      if (op === this.entry && this.cold !== undefined) {
        if (this.coldTrials.isDue) return this.#runCold(this.cold, op);
        this.coldTrials.skipped();
      }
      const page = this.#fetchPage(op.pc);
      if (page === undefined) return this.trap(op, CAUSE.instructionPageFault, op.pc);
      const found = page.at((op.pc & OFFSET) >>> 1);
      // Where a run happens to begin, or straight code comes into a page, is no place of its own.
      if (translator !== undefined && op !== this.entry && found.head?.isRoot !== true) {
        headOf(found).isSecondary = (op.pc & OFFSET) === 0;
        this.pages.mark(found);
      }
      return found.execute(this, found);
    };
    this.spanning = (_, op) => this.#executeSpanning(op);
    this.pages = new DecodedPages(
      memory,
      breakpoints,
      {
        fetch,
        decode: (_, op) => {
          this.pages.decode(op);
          return op.execute(this, op);
        },
        spanning: this.spanning,
        illegal: (_, op) => this.trap(op, CAUSE.illegalInstruction, op.bits),
        count:
          translator === undefined
            ? undefined
            : (_, op) => {
                const head = op.head!;
                head.heat += 1;
                return head.heat < head.due ? op.action(this, op) : this.#count(op);
              },
        enter: (_, op) => this.#enter(op),
        indirect:
          translator === undefined
            ? undefined
            : (_, op) => {
                const next = op.row!.execute(this, op);
                translator.sawJump(op, next.pc);
                this.cold?.sawJump(op.pc, next.pc);
                return next;
              },
        breakpoint: (_, op) => {
          if (this.position === this.passedAt) return op.action(this, op);
          if (breakpoints.stops(this.asid, op.pc, this)) return this.#leave(op, "breakpoint");
          return this.pages.behind(op)(this, op);
        },
      },
      (frame) => tlb.stores.purgeFrame(frame),
    );
    this.entry = new Operation(0, fetch, undefined);
    this.code = {
      operationAt: (pc) => {
        const page = this.#fetchPage(pc);
        if (page === undefined) return undefined;
        const op = page.at((pc & OFFSET) >>> 1);
        this.pages.decodeAt(op);
        const isThere = op.action !== this.spanning || this.#decodeSpanning(op);
        return isThere ? op : undefined;
      },
      pageAt: (pc) => this.#fetchPage(pc),
    };
    this.breakpoints = breakpoints;
    if (translator !== undefined) {
      translator.onChanged = (root) => {
        this.pages.arm(root);
        this.cold?.changed(root);
      };
    }
    if (translator !== undefined) {
      const isMuted = new Int32Array(buffer, translator.places.isMuted, 1);
      breakpoints.onMuted = (muted) => {
        isMuted[0] = muted ? 1 : 0;
      };
    }
    breakpoints.onChange = (address) => {
      translator?.breakpointChanged(address);
      tlb.plain.purgePage(address >>> SHIFT);
      this.pages.rearm(address);
    };
    memory.onCodeWritten = (pa, length) => {
      translator?.written(pa, length);
      if (length === PAGE_SIZE) {
        this.pages.forgetFrame(pa >>> SHIFT);
        tlb.fetches.purgeFrame(pa >>> SHIFT);
        tlb.plain.purgeFrame(pa >>> SHIFT);
      } else {
        this.pages.written(pa, length);
      }
    };
  }

  /**
   * Executes from hart.pc on until `position`, which starts at 0, reaches `limit`, or something else ends the loop. It also
   * ends, with "limit", after an instruction that makes an interrupt pending or that hits a watch. If `passBreakpoint`, the first instruction
   * executes even if a breakpoint is set on it. Quiet ticks are due at `tickAt` and each `tickSteps` instructions after it.
   */
  run(limit: number, passBreakpoint: boolean, tickAt = NEVER, tickSteps = 0): Left {
    this.position = 0;
    this.tickAt = tickAt;
    this.tickSteps = tickSteps;
    this.limit = limit;
    this.left = "limit";
    this.passedAt = passBreakpoint ? 1 : 0;
    this.asid = this.hart.asid;
    this.asidTag = asidTag(this.asid);
    this.entry.pc = this.hart.pc | 0;
    if (this.cold === undefined && this.pages.decoded >= this.coldAfter) {
      this.cold = this.translator?.makeColdLoop();
    }
    let op = this.entry;
    while (this.position < this.limit) {
      this.position++;
      op = op.execute(this, op);
    }
    this.hart.setPc(op.pc);
    this.x[DISCARD] = 0;
    this.done += this.position;
    // A tick comes before a trap or a breakpoint at the same boundary, and after all else: that is for the next run.
    this.#settleTicks(this.left === "limit" ? this.position - 1 : this.position);
    return this.left;
  }

  /** Lets the ticks pass that were due when so many instructions were done. */
  #settleTicks(position: number): void {
    if (position < this.tickAt) return;
    const count = 1 + Math.floor((position - this.tickAt) / this.tickSteps);
    this.tickAt += count * this.tickSteps;
    this.onQuietTicks(count);
  }

  /** Forgets everything derived from RAM, after it was replaced. */
  forgetAll(): void {
    this.translator?.forgetAll();
    this.cold?.forgetAll();
    this.pages.forgetAll();
    this.fetchPages.fill(undefined);
  }

  /** What the steps of all runs have cost the host, in interpreted ones: a translated one costs a sixteenth. */
  get work(): number {
    const { done, position, translated } = this;
    return done + position - translated + translated / 16;
  }

  /** A root that has been counted. */
  #count(op: Operation): Operation {
    return this.#comesToHave(op) ? this.#enter(op) : op.action(this, op);
  }

  /** Whether there is translated code for a root now, since it is hot. */
  #comesToHave(op: Operation): boolean {
    const translator = this.translator!;
    if (!translator.isDue(op)) return false;
    const made = translator.translate(op, this.code, this.breakpoints, this.work);
    if (made === "never") {
      headOf(op).isRoot = false;
      this.pages.arm(op);
    }
    return made === "done";
  }

  /** Goes on in the loop for what is cold, from `entry` on. Then the instruction at which that left is done here, and it is tried again. */
  #runCold(cold: ColdLoop, entry: Operation): Operation {
    for (;;) {
      const budget = this.limit - this.position + 1;
      const tickLeft = this.limit - this.tickAt;
      const left = cold.run(budget, asidWord(this.asid), entry.pc, tickLeft);
      const translated = cold.takeTranslated();
      this.position += budget - left - 1;
      this.translated += translated;
      this.coldSteps += budget - left - translated;
      const pc = this.state[STATE.pc >>> 2];
      entry.pc = pc;
      const why = cold.takeWhy();
      const wasUnexpected = this.#wasUnexpected(pc);
      entry.pc = pc;
      if (why === WHY.tick) this.#settleTicks(this.position);
      else if (why !== WHY.nothing) this.#warmed(pc, why);
      if (left === 0) return entry;
      this.position += 1;
      if (why !== WHY.nothing || wasUnexpected) continue;
      const page = this.#fetchPage(pc);
      if (page === undefined) return this.trap(entry, CAUSE.instructionPageFault, pc);
      const op = page.at((pc & OFFSET) >>> 1);
      this.coldTrials.tried(budget - left, this.pages.decoded);
      if (!this.coldTrials.isDue || this.breakpoints.isInPage(page.vpn)) {
        return op.execute(this, op);
      }
      if (!this.tlb.plain.has(this.asid, page.vpn)) {
        this.tlb.plain.put(this.asid, page.vpn, page.frame);
        continue;
      }
      this.pages.decodeAt(op);
      entry.pc = op.action(this, op).pc;
      return entry;
    }
  }

  /** Control has come to a place that the loop for what is cold has counted. */
  #warmed(pc: number, why: number): void {
    const page = this.#fetchPage(pc);
    if (page === undefined) return;
    const op = page.at((pc & OFFSET) >>> 1);
    this.pages.decodeAt(op);
    const head = headOf(op);
    if (head.unit !== undefined) {
      this.cold!.changed(op);
      return;
    }
    const isAfterCall = why === WHY.hotAfterCall;
    if (!head.isRoot) {
      if (isAfterCall) head.isSecondary = true;
      this.pages.mark(op);
    }
    const { coldVisits } = this.translator!;
    head.heat += isAfterCall ? coldVisits * JUMP_HEAT : coldVisits;
    if (head.heat >= head.due) this.#comesToHave(op);
  }

  /** Whether translated code left since a jump led where that did not expect it: then it is told. */
  #wasUnexpected(pc: number): boolean {
    const from = this.unexpected[0];
    if (from === 0) return false;
    this.unexpected[0] = 0;
    const jump = this.jump(from - 1);
    if (jump !== this.entry) this.translator!.missed(jump, pc);
    return true;
  }

  /** Goes on in a unit, for as many steps as this run may take; then its first operation is done here, if it did none. */
  #enter(op: Operation): Operation {
    const translator = this.translator!;
    const entry = op.head!.unit!;
    let most = this.limit - this.position + 1;
    if (entry.unit.reserves) {
      this.#settleTicks(this.position - 1);
      most = Math.min(most, this.tickAt - this.position + 1);
    }
    if (most < entry.needs) return op.action(this, op);
    const budget = translator.budgetOf(entry, most);
    const left = entry.enter(budget, asidWord(this.asid), CALLS_MAX);
    if (left === budget) return op.action(this, op);
    this.position += budget - left - 1;
    this.translated += budget - left;
    const next = this.jump(this.state[STATE.pc >>> 2]);
    // The entry's pc may have been the other's.
    return this.#wasUnexpected(next.pc) ? this.jump(this.state[STATE.pc >>> 2]) : next;
  }

  jump(address: number): Operation {
    const slot = (address >>> SHIFT) & SLOT;
    if (this.fetches[slot * 4] === ((address & BYTE_TAG) | this.asidTag)) {
      const op = this.fetchPages[slot]!.at((address & OFFSET) >>> 1);
      if (this.translator !== undefined && op.head?.isRoot !== true) this.pages.mark(op);
      return op;
    }
    this.entry.pc = address | 0;
    return this.entry;
  }

  trap(op: Operation, cause: Cause, value: number): Operation {
    this.cause = cause;
    this.value = value;
    return this.#leave(op, "trap");
  }

  loadWord(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    let pa = this.loads[slot + 1] | (va & OFFSET);
    if (this.loads[slot] !== ((va & WORD_TAG) | this.asidTag)) {
      pa = this.#loadAddress(op, va, 4);
      if (pa < 0) return op;
    }
    this.x[op.rd] = this.words[pa >>> 2];
    return op.next;
  }

  loadHalf(op: Operation): Operation {
    const pa = this.#halfAddress(op);
    if (pa < 0) return op;
    this.x[op.rd] = this.halves[pa >>> 1];
    return op.next;
  }

  loadHalfUnsigned(op: Operation): Operation {
    const pa = this.#halfAddress(op);
    if (pa < 0) return op;
    this.x[op.rd] = this.halves[pa >>> 1] & 0xffff;
    return op.next;
  }

  loadByte(op: Operation): Operation {
    const pa = this.#byteAddress(op);
    if (pa < 0) return op;
    this.x[op.rd] = (this.bytes[pa] << 24) >> 24;
    return op.next;
  }

  loadByteUnsigned(op: Operation): Operation {
    const pa = this.#byteAddress(op);
    if (pa < 0) return op;
    this.x[op.rd] = this.bytes[pa];
    return op.next;
  }

  storeWord(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    if (this.stores[slot] === ((va & WORD_TAG) | this.asidTag)) {
      this.words[(this.stores[slot + 1] | (va & OFFSET)) >>> 2] = this.x[op.rs2];
      return op.next;
    }
    const pa = this.#storeAddress(op, va, 4, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    this.words[pa >>> 2] = this.x[op.rs2];
    return this.#stored(op, pa, 4);
  }

  storeHalf(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    if (this.stores[slot] === ((va & HALF_TAG) | this.asidTag)) {
      this.halves[(this.stores[slot + 1] | (va & OFFSET)) >>> 1] = this.x[op.rs2];
      return op.next;
    }
    const pa = this.#storeAddress(op, va, 2, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    this.halves[pa >>> 1] = this.x[op.rs2];
    return this.#stored(op, pa, 2);
  }

  storeByte(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    if (this.stores[slot] === ((va & BYTE_TAG) | this.asidTag)) {
      this.bytes[this.stores[slot + 1] | (va & OFFSET)] = this.x[op.rs2];
      return op.next;
    }
    const pa = this.#storeAddress(op, va, 1, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    this.bytes[pa] = this.x[op.rs2];
    return this.#stored(op, pa, 1);
  }

  loadSingle(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    let pa = this.loads[slot + 1] | (va & OFFSET);
    if (this.loads[slot] !== ((va & WORD_TAG) | this.asidTag)) {
      pa = this.#loadAddress(op, va, 4);
      if (pa < 0) return op;
    }
    this.float.setWord(op.rd, this.words[pa >>> 2]);
    return op.next;
  }

  // Whether eight bytes are aligned no tag can tell: its third bit belongs to the address space.
  loadDouble(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    let pa = this.loads[slot + 1] | (va & OFFSET);
    if ((va & 4) !== 0 || this.loads[slot] !== ((va & WORD_TAG) | this.asidTag)) {
      pa = this.#loadAddress(op, va, 8);
      if (pa < 0) return op;
    }
    this.floats[op.rd * 2] = this.words[pa >>> 2];
    this.floats[op.rd * 2 + 1] = this.words[(pa >>> 2) + 1];
    return op.next;
  }

  storeSingle(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    if (this.stores[slot] === ((va & WORD_TAG) | this.asidTag)) {
      this.words[(this.stores[slot + 1] | (va & OFFSET)) >>> 2] = this.floats[op.rs2 * 2];
      return op.next;
    }
    const pa = this.#storeAddress(op, va, 4, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    this.words[pa >>> 2] = this.floats[op.rs2 * 2];
    return this.#stored(op, pa, 4);
  }

  storeDouble(op: Operation): Operation {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    const isKnown = (va & 4) === 0 && this.stores[slot] === ((va & WORD_TAG) | this.asidTag);
    const pa = isKnown
      ? this.stores[slot + 1] | (va & OFFSET)
      : this.#storeAddress(op, va, 8, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    this.words[pa >>> 2] = this.floats[op.rs2 * 2];
    this.words[(pa >>> 2) + 1] = this.floats[op.rs2 * 2 + 1];
    return isKnown ? op.next : this.#stored(op, pa, 8);
  }

  loadReserved(op: Operation): Operation {
    this.#settleTicks(this.position - 1);
    const pa = this.#loadAddress(op, this.x[op.rs1], 4);
    if (pa < 0) return op;
    this.state[STATE.reservation >>> 2] = pa;
    this.x[op.rd] = this.words[pa >>> 2];
    return op.next;
  }

  /** Unpriv §8.2: an SC fails if anything else was reserved since; either way no reservation is left. */
  storeConditional(op: Operation): Operation {
    this.#settleTicks(this.position - 1);
    const pa = this.#storeAddress(op, this.x[op.rs1], 4, RIGHT.W | RIGHT.D);
    if (pa < 0) return op;
    const succeeds = this.state[STATE.reservation >>> 2] === pa;
    this.state[STATE.reservation >>> 2] = NO_RESERVATION;
    if (succeeds) this.words[pa >>> 2] = this.x[op.rs2];
    else if (this.watched[pa >>> SHIFT] !== 0) this.watchpoints.forgetGuest();
    this.x[op.rd] = succeeds ? 0 : 1;
    return succeeds ? this.#stored(op, pa, 4) : op.next;
  }

  atomicWord(op: Operation): number {
    const pa = this.#storeAddress(op, this.x[op.rs1], 4, RIGHT.R | RIGHT.W | RIGHT.D);
    return pa < 0 ? -1 : pa >>> 2;
  }

  atomicWrite(op: Operation, index: number, value: number): Operation {
    const old = this.words[index];
    this.words[index] = value;
    this.x[op.rd] = old;
    return this.#stored(op, index << 2, 4);
  }

  readCsr(op: Operation): Operation {
    if (csrRow(op.imm) === undefined) return this.#illegal(op);
    // A counter is read as it was before this instruction.
    this.position--;
    this.#settleTicks(this.position);
    const value = this.hart.readCsr(op.imm);
    this.position++;
    this.x[op.rd] = value;
    return op.next;
  }

  updateCsr(
    op: Operation,
    operand: number,
    change: (old: number, operand: number) => number,
  ): Operation {
    const row = csrRow(op.imm);
    if (row === undefined || isReadOnlyCsr(op.imm)) return this.#illegal(op);
    const old = this.hart.readCsr(op.imm);
    if (row.guestWritable !== 0) this.hart.writeCsr(op.imm, change(old, operand));
    this.x[op.rd] = old;
    this.#noticeInterrupt();
    return op.next;
  }

  /** N 1.1, uret: UIE takes the value of UPIE, UPIE becomes 1, and execution goes on at uepc. */
  userReturn(): Operation {
    const { state } = this;
    this.#settleTicks(this.position - 1);
    const wasEnabled = (state[STATE.ustatus >>> 2] & USTATUS.UPIE) !== 0;
    state[STATE.ustatus >>> 2] = USTATUS.UPIE | (wasEnabled ? USTATUS.UIE : 0);
    const pc = state[STATE.uepc >>> 2];
    this.#noticeInterrupt();
    this.onUserReturn?.(pc >>> 0);
    return this.jump(pc);
  }

  /** An interrupt that an instruction makes pending is taken before the next one. */
  #noticeInterrupt(): void {
    if (this.hart.interruptPending) this.limit = LEAVE;
  }

  #illegal(op: Operation): Operation {
    return this.trap(op, CAUSE.illegalInstruction, op.bits);
  }

  #leave(op: Operation, left: Left): Operation {
    this.position--;
    this.limit = LEAVE;
    this.left = left;
    return op;
  }

  #halfAddress(op: Operation): number {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    return this.loads[slot] === ((va & HALF_TAG) | this.asidTag)
      ? this.loads[slot + 1] | (va & OFFSET)
      : this.#loadAddress(op, va, 2);
  }

  #byteAddress(op: Operation): number {
    const va = (this.x[op.rs1] + op.imm) | 0;
    const slot = ((va >>> SHIFT) & SLOT) * 4;
    return this.loads[slot] === ((va & BYTE_TAG) | this.asidTag)
      ? this.loads[slot + 1] | (va & OFFSET)
      : this.#loadAddress(op, va, 1);
  }

  /**
   * The physical address of a load of `size` bytes at `va`, or -1 after a trap. Alignment is checked before translation
   * (Priv §3.1.15 leaves the order to us, so a misaligned access to a page that isn't there is first of all misaligned).
   */
  #loadAddress(op: Operation, va: number, size: number): number {
    if ((va & (size - 1)) !== 0) return this.#fault(op, CAUSE.loadMisaligned, va);
    const vpn = va >>> SHIFT;
    const found = this.tlb.find(this.asid, vpn);
    if (found < 0 || (found & RIGHT.R) === 0) return this.#fault(op, CAUSE.loadPageFault, va);
    const frame = found >>> 4;
    const pa = (frame << SHIFT) | (va & OFFSET);
    if (this.watched[frame] === 0) this.tlb.loads.put(this.asid, vpn, frame);
    else this.#watch(op, pa, size, RIGHT.R);
    return pa;
  }

  /** The same for a store, or an AMO, that needs `rights`. */
  #storeAddress(op: Operation, va: number, size: number, rights: number): number {
    if ((va & (size - 1)) !== 0) return this.#fault(op, CAUSE.storeMisaligned, va);
    const vpn = va >>> SHIFT;
    const found = this.tlb.find(this.asid, vpn);
    if (found < 0 || (found & rights) !== rights) {
      return this.#fault(op, CAUSE.storePageFault, va);
    }
    const frame = found >>> 4;
    if (this.dirtyFlags[frame] === 0) this.dirty.mark(frame);
    const pa = (frame << SHIFT) | (va & OFFSET);
    if (this.watched[frame] !== 0) this.#watch(op, pa, size, rights);
    else if (this.holdsCode[frame] === 0) this.tlb.stores.put(this.asid, vpn, frame);
    return pa;
  }

  /** An access to a watched frame, which nothing can stop any more: if it is waited for, the loop ends after it. */
  #watch(op: Operation, pa: number, size: number, rights: number): void {
    const isRead = (rights & RIGHT.R) !== 0;
    const isWrite = (rights & RIGHT.W) !== 0;
    if (this.watchpoints.guestAccess(op.pc, pa, size, isRead, isWrite)) this.limit = LEAVE;
  }

  #fault(op: Operation, cause: Cause, va: number): number {
    this.trap(op, cause, va);
    return -1;
  }

  /** Completes a store of `size` bytes at `pa` that may have hit code. */
  #stored(op: Operation, pa: number, size: number): Operation {
    if (this.holdsCode[pa >>> SHIFT] !== 0) {
      this.translator?.written(pa, size);
      this.pages.written(pa, size);
    }
    return op.next;
  }

  /** As translated code does it, which looks into the lookaside only: so it is there from now on. */
  readForCondition(address: number, bytes: 1 | 2 | 4): number | undefined {
    const vpn = address >>> SHIFT;
    const found = this.tlb.find(this.asid, vpn);
    if (found < 0 || (found & RIGHT.R) === 0) return undefined;
    const frame = found >>> 4;
    if (this.watched[frame] === 0) this.tlb.loads.put(this.asid, vpn, frame);
    const pa = (frame << SHIFT) | (address & OFFSET);
    if (bytes === 4) return this.words[pa >>> 2] >>> 0;
    return bytes === 2 ? this.halves[pa >>> 1] & 0xffff : this.bytes[pa];
  }

  /** The decoded page that `pc` is in, or undefined if it can't be fetched from. */
  #fetchPage(pc: number): DecodedPage | undefined {
    const vpn = pc >>> SHIFT;
    const slot = vpn & SLOT;
    if (this.fetches[slot * 4] === ((pc & BYTE_TAG) | this.asidTag)) return this.fetchPages[slot];
    const found = this.tlb.find(this.asid, vpn);
    if (found < 0 || (found & RIGHT.X) === 0) return undefined;
    const page = this.pages.page(found >>> 4, vpn);
    this.tlb.fetches.put(this.asid, vpn, found >>> 4);
    this.fetchPages[slot] = page;
    return page;
  }

  /**
   * An instruction in the last halfword of a page and the first of the next. It is looked at each time, since the second
   * page may be mapped elsewhere, or written, without the first one hearing of it.
   */
  #executeSpanning(op: Operation): Operation {
    if (!this.#decodeSpanning(op)) {
      return this.trap(op, CAUSE.instructionPageFault, (op.pc + 2) | 0);
    }
    return this.pages.doingOf(op)(this, op);
  }

  /** False where the second page can't be fetched from. */
  #decodeSpanning(op: Operation): boolean {
    const second = this.#fetchPage((op.pc + 2) | 0);
    if (second === undefined) return false;
    const firstHalf = this.halves[((op.page!.frame << SHIFT) | (op.pc & OFFSET)) >>> 1];
    const secondHalf = this.halves[(second.frame << SHIFT) >>> 1];
    this.pages.decodeSpanning(op, (firstHalf & 0xffff) | (secondHalf << 16));
    return true;
  }
}
