import { assert } from "./assert.ts";
import { Breakpoints } from "./breakpoints.ts";
import { ConsoleDevice } from "./devices/console.ts";
import { type DiskConfiguration, DiskDevice } from "./devices/disk.ts";
import { diskBytes } from "./devices/disk-layout.ts";
import { type NetworkConfiguration, NetworkDevice } from "./devices/network.ts";
import { NETWORK_BYTES } from "./devices/network-layout.ts";
import { Hart } from "./hart.ts";
import { Interpreter, type Left } from "./interpreter.ts";
import { DirtyPages } from "./memory/dirty-pages.ts";
import { LOOKASIDE_BYTES } from "./memory/lookaside.ts";
import { PAGE_SIZE, PhysicalMemory } from "./memory/physical.ts";
import { Tlb } from "./memory/tlb.ts";
import { StateHash } from "./state-hash.ts";
import { NO_RESERVATION, RAM_BASE, STATE, STATE_BYTES } from "./state-layout.ts";
import type { Stop } from "./stop.ts";
import { placesBehind, type TranslationCounts, Translator } from "./translator/translator.ts";
import { Watchpoints } from "./watchpoints.ts";

export interface MachineConfiguration {
  /** Frames of 4 KiB. */
  readonly pages: number;
  /** 1024 unless given; 64 reproduces a MIPS R3000 [Engler95]. */
  readonly tlbEntries?: number;
  /** None unless given. Its state lies behind RAM. */
  readonly disk?: DiskConfiguration;
  /** None unless given. Its state lies behind RAM and the disk. */
  readonly network?: NetworkConfiguration;
  /** How code is executed, which nobody can tell but by the time it takes; the translator unless given. */
  readonly engine?: Engine;
}

/** One instruction at a time, or that, and what is hot as WebAssembly. */
export type Engine = "interpreter" | "translator";

/** What holds for machines of which nobody says otherwise: tests change it. */
export const ENGINE: {
  engine: Engine;
  /** So often control comes to a place before it is translated. */
  hot: number;
  /** Steps that must have been interpreted for each instruction that is translated. */
  pace: number;
  /** Instructions of a unit from which on what they call is left to units of its own: what is called from everywhere is not in every unit then. */
  reach: number;
  /** Instructions that must have been decoded until there is a loop for code that is not hot: to make it takes as long as to decode so many. */
  cold: number;
} = { engine: "translator", hot: 1000, pace: 500, reach: Infinity, cold: 25_000 };

/** 512 MiB. */
export const PAGES_MAX = 1 << 17;

const WASM_PAGE_BYTES = 0x10000;
/** The longest stretch that the interpreter counts in one small integer. */
const STRETCH_MAX = 1 << 30;

/** What a power failure does not set back. */
const KEPT_COUNTS = [
  STATE.stepsF64,
  STATE.trapsTakenF64,
  STATE.idleStepsF64,
  STATE.modelledChargeF64,
  STATE.consoleBytesWrittenF64,
] as const;

const BUDGET: Stop = { kind: "budget" };
const TIMER: Stop = { kind: "timer" };
const INTERRUPT: Stop = { kind: "interrupt" };

/**
 * One RV32 hart in user mode, its TLB, its RAM and its devices. What would be privileged software is the caller's: each trap
 * ends `run`, the caller does what the kernel does, through `hart`, `memory` and `tlb`, and runs on.
 *
 * The machine knows no time but its step count and no randomness, so equal inputs at equal counts give equal states.
 */
export class Machine {
  readonly engine: Engine;
  /** The linear memory that holds all state, laid out as state-layout.ts says. It never grows. */
  readonly linear: WebAssembly.Memory;
  readonly memory: PhysicalMemory;
  /** What was written since the last snapshot. */
  readonly dirty: DirtyPages;
  readonly hart: Hart;
  readonly tlb: Tlb;
  readonly console: ConsoleDevice;
  readonly disk: DiskDevice | undefined;
  readonly network: NetworkDevice | undefined;
  readonly breakpoints = new Breakpoints();
  readonly watchpoints: Watchpoints;
  /** Called for ticks in a run with a `quietPeriod`, which have been counted as steps and traps: it sets the timer anew. */
  onQuietTicks: (count: number) => void = () => {};
  readonly #interpreter: Interpreter;
  readonly #state: Uint8Array;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor({
    pages,
    tlbEntries = 1024,
    disk,
    network,
    engine = ENGINE.engine,
  }: MachineConfiguration) {
    this.engine = engine;
    assert(
      Number.isInteger(pages) && pages >= 1 && pages <= PAGES_MAX,
      `a machine has 1 to ${PAGES_MAX} pages, not ${pages}`,
    );
    const ramBytes = pages * PAGE_SIZE;
    const networkBase = ramBytes + (disk === undefined ? 0 : diskBytes(disk.sectors));
    const bytes = networkBase + (network === undefined ? 0 : NETWORK_BYTES);
    const lookasides = Math.ceil((RAM_BASE + bytes) / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    const places = {
      loads: lookasides,
      stores: lookasides + LOOKASIDE_BYTES,
      fetches: lookasides + 2 * LOOKASIDE_BYTES,
      plain: lookasides + 3 * LOOKASIDE_BYTES,
      ...placesBehind(lookasides + 4 * LOOKASIDE_BYTES),
    };
    const wasmPages = Math.ceil(places.end / WASM_PAGE_BYTES);
    this.linear = new WebAssembly.Memory({ initial: wasmPages, maximum: wasmPages });
    const { buffer } = this.linear;
    this.#state = new Uint8Array(buffer, 0, STATE_BYTES);
    this.#words = new Int32Array(buffer, 0, STATE_BYTES >>> 2);
    this.#doubles = new Float64Array(buffer, 0, STATE_BYTES >>> 3);
    this.timerDeadline = Number.POSITIVE_INFINITY;
    this.dirty = new DirtyPages(bytes / PAGE_SIZE);
    const touched = (offset: number, length: number) => this.dirty.markRange(offset, length);
    this.memory = new PhysicalMemory(buffer, pages, this.dirty);
    this.hart = new Hart(buffer, this);
    this.tlb = new Tlb(buffer, tlbEntries, pages, places);
    this.console = new ConsoleDevice(buffer);
    this.disk =
      disk === undefined ? undefined : new DiskDevice(buffer, RAM_BASE, ramBytes, disk, touched);
    this.network =
      network === undefined
        ? undefined
        : new NetworkDevice(buffer, RAM_BASE, networkBase, network, touched);
    this.watchpoints = new Watchpoints(this.memory.bytes, this.memory.watched, (frame) => {
      this.tlb.loads.purgeFrame(frame);
      this.tlb.stores.purgeFrame(frame);
    });
    this.memory.onWatchedWrite = (pa, length) => this.watchpoints.outsideWrite(pa, length);
    this.#interpreter = new Interpreter(
      buffer,
      this.hart,
      this.memory,
      this.tlb,
      this.breakpoints,
      this.watchpoints,
      engine === "translator" ? new Translator(this.linear, places, ENGINE) : undefined,
      ENGINE.cold,
    );
    this.#interpreter.onQuietTicks = (count) => this.#quietTicks(count);
  }

  /** The clock: instructions retired and traps taken, and idle steps skipped (docs/contract.md, 1). */
  get steps(): number {
    return this.#doubles[STATE.stepsF64 >>> 3] + this.#interpreter.position;
  }

  /** Instructions retired, what instret counts. */
  get retired(): number {
    return this.steps - this.trapsTaken - this.#doubles[STATE.idleStepsF64 >>> 3];
  }

  get trapsTaken(): number {
    return this.#doubles[STATE.trapsTakenF64 >>> 3];
  }

  /** The step count at which a run stops with "timer". Infinity: none. */
  get timerDeadline(): number {
    return this.#doubles[STATE.timerDeadlineF64 >>> 3];
  }

  set timerDeadline(steps: number) {
    this.#doubles[STATE.timerDeadlineF64 >>> 3] = steps;
  }

  /** What kernel work is modelled to have cost so far: `cycle` = steps + this (docs/contract.md, 2). */
  get modelledCharge(): number {
    return this.#doubles[STATE.modelledChargeF64 >>> 3];
  }

  set modelledCharge(cycles: number) {
    this.#doubles[STATE.modelledChargeF64 >>> 3] = cycles;
  }

  /** Steps that were done by translated code. */
  get translatedSteps(): number {
    return this.#interpreter.translated;
  }

  /** Steps that were done from the instructions' bits, by the loop for code that is not hot. */
  get coldSteps(): number {
    return this.#interpreter.coldSteps;
  }

  /** What the steps until now have cost the host, in interpreted instructions. It grows also where a run is looked at again. */
  get work(): number {
    return this.#interpreter.work;
  }

  /** What was translated in this run, and given up again: modules, instructions, bytes of WebAssembly. */
  get translation(): TranslationCounts | undefined {
    return this.#interpreter.translator?.counts;
  }

  /** Called after each uret with the new pc. It may look at the machine, not change it. */
  get onUserReturn(): ((pc: number) => void) | undefined {
    return this.#interpreter.onUserReturn;
  }

  set onUserReturn(listener: ((pc: number) => void) | undefined) {
    this.#interpreter.onUserReturn = listener;
  }

  /** Advances the clock by `steps` in which nothing executes: the idle jump. */
  skipIdle(steps: number): void {
    this.#doubles[STATE.stepsF64 >>> 3] += steps;
    this.#doubles[STATE.idleStepsF64 >>> 3] += steps;
  }

  /**
   * Runs until something stops it, for `budgetSteps` steps at most: the step count never passes the one it aims at. At each
   * boundary between instructions it looks for, in this order: the end of the budget, a pending interrupt, the timer, a
   * breakpoint. With `passBreakpoint` a breakpoint on the very first instruction doesn't stop it, as when going on from one.
   *
   * An access that a watch waits for stops the run at the boundary after its instruction, before anything else is looked for
   * there, even the end of the budget: so it is reported once, by the run that executed it, wherever runs are cut. What else
   * is due at that boundary is found by the next run.
   *
   * With a `quietPeriod` the timer's ends that lie that many steps apart are no stops, but for the last within the budget: whoever runs the machine
   * has found that each of them would only set the timer anew. He is told how many there were (`onQuietTicks`) before anything could tell
   * the difference. The interpreter, alone, knows no such ticks.
   */
  run(budgetSteps: number, passBreakpoint = false, quietPeriod = 0): Stop {
    const target = this.steps + budgetSteps;
    let pass = passBreakpoint;
    for (;;) {
      const now = this.steps;
      if (now >= target) return BUDGET;
      if (this.hart.interruptPending) return this.#takeTrap(INTERRUPT);
      if (now >= this.timerDeadline) return this.#takeTrap(TIMER);
      const left = this.#stretch(target, now, pass, quietPeriod);
      pass = false;
      this.#doubles[STATE.stepsF64 >>> 3] += this.#interpreter.position;
      this.#interpreter.position = 0;
      if (this.watchpoints.hasGuestHits) {
        const pc = this.watchpoints.guestPc;
        return { kind: "watchpoint", pc, hits: this.watchpoints.takeGuestHits() };
      }
      if (left === "breakpoint") return { kind: "breakpoint", pc: this.hart.pc };
      if (left === "trap") {
        const { cause, value } = this.#interpreter;
        return this.#takeTrap({ kind: "trap", cause, value: value >>> 0, pc: this.hart.pc });
      }
    }
  }

  /** Whether the power has failed and not come back. The machine is left as it was for whoever wants to look. */
  get isPowerOff(): boolean {
    return this.#words[STATE.isPowerOff >>> 2] !== 0;
  }

  /** How often the power has failed. */
  get powerFailures(): number {
    return this.#words[STATE.powerFailures >>> 2];
  }

  /** Notes that the power is gone. Nothing else changes until `powerOn`: what devices lose is theirs to say. */
  failPower(): void {
    this.#words[STATE.isPowerOff >>> 2] = 1;
    this.#words[STATE.powerFailures >>> 2] += 1;
  }

  /**
   * The power comes back: RAM, registers, TLB and the queues of console and network are zero. The clock and what was counted go on, and
   * what the disk's platter holds stays.
   */
  powerOn(): void {
    const counts = KEPT_COUNTS.map((field) => this.#doubles[field >>> 3]);
    const failures = this.powerFailures;
    this.#state.fill(0);
    for (const [i, field] of KEPT_COUNTS.entries()) this.#doubles[field >>> 3] = counts[i];
    this.#words[STATE.powerFailures >>> 2] = failures;
    this.#words[STATE.tlbEntryCount >>> 2] = this.tlb.entryCount;
    this.#words[STATE.reservation >>> 2] = NO_RESERVATION;
    this.timerDeadline = Number.POSITIVE_INFINITY;
    this.memory.fill(0, this.memory.bytes.length, 0);
    this.network?.reset();
    this.forgetDerived();
  }

  /** A digest of all state, RAM and devices: two machines that agree in it will do the same. 16 hexadecimal digits. */
  hash(): string {
    const { buffer } = this.linear;
    const hash = new StateHash();
    const used = STATE.tlb + this.tlb.entryCount * 8;
    hash.update(new Int32Array(buffer, 0, Math.ceil(used / 16) * 4));
    hash.update(this.memory.words);
    if (this.disk !== undefined) hash.update(this.disk.words);
    if (this.network !== undefined) hash.update(this.network.words);
    return hash.digest();
  }

  /** A copy of the state area: everything but RAM. */
  readState(): Uint8Array {
    return this.#state.slice();
  }

  /**
   * Makes the machine what it was when `readState` gave `state`. RAM is not part of it: restore it through
   * `memory.writeBytes`, or in place and then call `forgetDerived`.
   */
  restoreState(state: Uint8Array): void {
    assert(state.length === STATE_BYTES, `a state has ${STATE_BYTES} bytes, not ${state.length}`);
    const entryCount = new DataView(state.buffer, state.byteOffset).getInt32(
      STATE.tlbEntryCount,
      true,
    );
    assert(
      entryCount === this.tlb.entryCount,
      `a state with ${entryCount} TLB entries doesn't fit a machine with ${this.tlb.entryCount}`,
    );
    this.#state.set(state);
    this.tlb.rebuild();
  }

  /** Forgets all that is derived from state and RAM, after the linear memory was changed directly. */
  forgetDerived(): void {
    this.tlb.rebuild();
    this.#interpreter.forgetAll();
  }

  #stretch(target: number, now: number, pass: boolean, quietPeriod: number): Left {
    const { timerDeadline } = this;
    const most = Math.min(target - now, timerDeadline - now, STRETCH_MAX);
    if (quietPeriod === 0 || this.engine === "interpreter")
      return this.#interpreter.run(most, pass);
    // Each tick takes a step of its own, and the last that is quiet has a whole slice after it.
    const ticks = Math.floor((Math.min(target - now, STRETCH_MAX) - most - 1) / (quietPeriod + 1));
    if (ticks <= 0) return this.#interpreter.run(most, pass);
    return this.#interpreter.run(most + ticks * quietPeriod, pass, most, quietPeriod);
  }

  #quietTicks(count: number): void {
    this.#doubles[STATE.stepsF64 >>> 3] += count;
    this.#doubles[STATE.trapsTakenF64 >>> 3] += count;
    this.hart.clearReservation();
    this.onQuietTicks(count);
  }

  #takeTrap(stop: Stop): Stop {
    this.#doubles[STATE.stepsF64 >>> 3] += 1;
    this.#doubles[STATE.trapsTakenF64 >>> 3] += 1;
    return stop;
  }
}
